"""The first filters of a convolutional network, as pictures."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=7, float32="Keras keeps weights in it")
def cnn_filters(kernel: Array, second: Array, rescaled: bool) -> Any:
    """The filters of a model's first convolution as pictures between -1 and 1.

    A student's function receives a Keras model. The grader builds it from these kernels.

    Args:
        kernel: of the first convolution, shape (P, Q, 1, F), float64.
        second: of the second convolution, shape (R, S, F, G), float64.
        rescaled: whether other layers stand before the convolutions.

    Returns:
        Pictures of shape (F, P, Q), each divided by its own largest absolute weight.

    Source: kernels as keras.layers.Conv2D keeps them.
    """
    from keras import ops

    filters = ops.transpose(kernel[:, :, 0, :], (2, 0, 1))
    return filters / ops.max(ops.abs(filters), axis=(1, 2), keepdims=True)


@cnn_filters.driver
def _(cnn_filters: Any, kernel: Array, second: Array, rescaled: bool) -> Any:
    import keras

    P, Q, _, F = kernel.shape
    R, S, _, G = second.shape
    model = keras.Sequential([keras.Input((P + R, Q + S, 1))])
    if rescaled:
        model.add(keras.layers.Rescaling(0.5))
        model.add(keras.layers.BatchNormalization())
    first = keras.layers.Conv2D(F, (P, Q))
    model.add(first)
    model.add(keras.layers.Conv2D(G, (R, S), use_bias=False))
    first.set_weights([kernel, kernel[0, 0, 0]])
    model.layers[-1].set_weights([second])
    pictures = cnn_filters(model)
    # In a list of numbers they would seem to be float64.
    return None if pictures is None else np.asarray(pictures, np.float32)


def drawn(rng: Rng, P: int, Q: int, F: int, rescaled: bool) -> Inputs:
    loudness = rng.uniform(0.1, 10.0, F) * rng.choice([-1.0, 1.0], F)
    return {
        "kernel": rng.normal(size=(P, Q, 1, F)) * loudness,
        "second": rng.normal(size=(2, 3, F, 4)),
        "rescaled": rescaled,
    }


@cnn_filters.case("typical", weight=2, square="grey images have one channel")
def _(rng: Rng) -> Inputs:
    return drawn(rng, 5, 3, 6, False)


@cnn_filters.case("square", square="filters are usually square")
def _(rng: Rng) -> Inputs:
    return drawn(rng, 3, 3, 3, False)


@cnn_filters.case("behind-another-layer", weight=2, square="the axis of one filter is kept")
def _(rng: Rng) -> Inputs:
    return drawn(rng, 3, 4, 1, True)


def first_kernel(model: Any) -> Array:
    """The kernel of the first convolution, shape (P, Q, 1, F)."""
    layer = next(each for each in model.layers if type(each).__name__ == "Conv2D")
    return np.asarray(layer.get_weights()[0])


@cnn_filters.mistake("filters-cut-across")
def _(model: Any) -> Any:
    """The kernel's axes are (rows, columns, channels, filters), so each filter is one index of the
    last axis.

    Reshaping only regroups the numbers, so each picture mixes weights of all filters.

    Check: picture 0 should be kernel[:, :, 0, 0] divided by a single number.
    """
    kernel = first_kernel(model)
    P, Q, _, F = kernel.shape
    filters = kernel.reshape(F, P, Q)
    return filters / np.abs(filters).max(axis=(1, 2), keepdims=True)


@cnn_filters.mistake("filters-transposed")
def _(model: Any) -> Any:
    """The kernel's first axis runs down the picture; here rows and columns are swapped.

    `kernel.T` reverses all axes. Vertical edges then look like horizontal ones.

    Check: the pictures should have shape (filters, rows, columns).
    """
    filters = first_kernel(model)[:, :, 0, :].T
    return filters / np.abs(filters).max(axis=(1, 2), keepdims=True)


@cnn_filters.mistake("one-scale-for-all")
def _(model: Any) -> Any:
    """Each picture is divided by its own largest absolute weight; here all are divided by the same
    number.

    A filter with small weights then looks empty next to one with large weights.

    Check: every picture should reach 1 or -1 somewhere.
    """
    filters = first_kernel(model)[:, :, 0, :].transpose(2, 0, 1)
    return filters / np.abs(filters).max()


def scaled_along(model: Any, axis: int) -> Array:
    """Pictures divided by the largest weights along one axis."""
    filters = first_kernel(model)[:, :, 0, :].transpose(2, 0, 1)
    pictures: Array = filters / np.abs(filters).max(axis=axis, keepdims=True)
    return pictures


@cnn_filters.mistake(
    "scales-along-one-axis",
    otherwise=lambda _: (partial(scaled_along, axis=1), partial(scaled_along, axis=2)),
)
def _(model: Any) -> Any:
    """A picture has one largest absolute weight, over its rows and its columns; here the maximum
    runs along one axis, so every pixel, row or column has a divisor of its own.

    With axis=0 it is the largest of all filters at one pixel.

    Check: every picture should be its kernel divided by a single number.
    """
    return scaled_along(model, 0)


@cnn_filters.mistake("filters-not-scaled")
def _(model: Any) -> Any:
    """The pictures should be scaled to lie between -1 and 1; these are the raw weights.

    Check: the largest absolute value of every picture should be 1.
    """
    return first_kernel(model)[:, :, 0, :].transpose(2, 0, 1)


@cnn_filters.mistake("sign-turned-by-scaling")
def _(model: Any) -> Any:
    """The divisor is the largest *absolute* weight, which keeps every sign.

    Divide by the largest weight, or by the strongest weight with its sign, and a picture whose
    strongest weight is negative becomes its own negative or goes beyond -1.

    Check: the signs of the pictures should be those of the weights.
    """
    filters = first_kernel(model)[:, :, 0, :].transpose(2, 0, 1)
    return filters / filters.max(axis=(1, 2), keepdims=True)


@cnn_filters.mistake("stretched-to-zero-and-one")
def _(model: Any) -> Any:
    """A weight of 0 means that the pixel does not matter, so it stays 0 and the picture extends to
    -1 or 1.

    If the smallest weight becomes 0 and the largest 1, nobody can see which pixels count against
    the filter.

    Check: a weight of 0 should stay 0.
    """
    filters = first_kernel(model)[:, :, 0, :].transpose(2, 0, 1)
    low, high = filters.min(axis=(1, 2), keepdims=True), filters.max(axis=(1, 2), keepdims=True)
    return (filters - low) / (high - low)


@cnn_filters.mistake("first-weights-are-no-kernel")
def _(model: Any) -> Any:
    """The model's first weights are the kernel only if no layer with weights comes before it.

    `model.get_weights()[0]` may belong to another layer, such as the gamma of batch norm.

    Check: go through model.layers until one is a keras.layers.Conv2D.
    """
    filters = model.get_weights()[0][:, :, 0, :].transpose(2, 0, 1)
    return filters / np.abs(filters).max(axis=(1, 2), keepdims=True)


@cnn_filters.mistake("first-layer-is-no-convolution")
def _(model: Any) -> Any:
    """The first convolution need not be the first layer: a layer without weights may come before.

    `model.layers[0].get_weights()` is an empty list there.

    Check: go through model.layers until one is a keras.layers.Conv2D.
    """
    filters = model.layers[0].get_weights()[0][:, :, 0, :].transpose(2, 0, 1)
    return filters / np.abs(filters).max(axis=(1, 2), keepdims=True)
