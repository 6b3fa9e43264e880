"""A small convolutional network for pictures, and the kernels of its first layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from course_lib.gradients import Array
from course_lib.precision import dtype_of_weights, import_keras


def cnn(
    side: int = 28,
    classes: int = 10,
    filters: Sequence[int] = (16, 32),
    kernel_size: int = 5,
    hidden: int = 64,
    dtype: str = "float32",
) -> Any:
    """Convolutions with ReLU, each halved by max-pooling, then two dense layers to logits.

    Args:
        side: width and height of a picture in pixels.
        classes: number of logits.
        filters: number of filters of each convolution; `first_filters` returns the first layer's.
        kernel_size: width and height of a kernel in pixels; odd, to keep kernels centred.
        hidden: units of the dense layer before the logits.
        dtype: "float32", "float64", or "mixed_bfloat16", where weights and logits are float32 and
            everything else is computed in bfloat16.

    Returns:
        A built `keras.Sequential` from pictures (N, side * side), as `datasets` gives them, to
        logits (N, classes). Its convolutions are called `convolution1`, `convolution2`, ...

    Source: LeCun, Bottou, Bengio and Haffner 1998, with ReLU and max-pooling.
    """
    keras = import_keras(dtype)
    kept = dtype_of_weights(dtype)
    layers = [
        keras.Input((side * side,), dtype=kept),
        keras.layers.Reshape((side, side, 1), dtype=dtype),
    ]
    for number, count in enumerate(filters, start=1):
        layers += [
            keras.layers.Conv2D(
                count,
                kernel_size,
                padding="same",
                activation="relu",
                kernel_initializer="he_normal",
                dtype=dtype,
                name=f"convolution{number}",
            ),
            keras.layers.MaxPooling2D(dtype=dtype),
        ]
    layers += [
        keras.layers.Flatten(dtype=dtype),
        keras.layers.Dense(hidden, "relu", kernel_initializer="he_normal", dtype=dtype),
        keras.layers.Dense(classes, dtype=kept, name="logits"),
    ]
    return keras.Sequential(layers)


def first_filters(model: Any) -> Array:
    """The kernels of a `cnn`'s first convolution.

    Args:
        model: what `cnn` returned.

    Returns:
        Kernels (F, K, K), one for each of F filters.
    """
    kernel, _ = model.get_layer("convolution1").get_weights()
    return np.moveaxis(kernel[:, :, 0, :], -1, 0)
