"""The standard deviation of each layer's activations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question

Bend = Callable[[Array], Array]


@question(points=12)
def activation_std_by_layer(X: Array, weights: list[Array], activation: Any) -> Any:
    """The standard deviation of every layer's activations, h = activation(h_before @ W).

    Args:
        X: inputs, shape (N, D), float64.
        weights: the kernels from the first layer to the last, float64; there are no biases, and
            a bend stands after every layer.
        activation: the bend, a function that works entry by entry. A case names one of Keras'
            activations here, and the driver passes a function to the student.

    Returns:
        One number for each kernel, the standard deviation over all entries of that layer's h.

    Source: keras.ops.matmul and std, keras.activations.
    """
    import keras
    from keras import ops

    h, stds = X, []
    for W in weights:
        h = getattr(keras.activations, activation)(ops.matmul(h, W))
        stds.append(ops.std(h))
    return ops.stack(stds)


@activation_std_by_layer.driver
def _(target: Any, X: Array, weights: list[Array], activation: str) -> Any:
    # Bends that no question asks for: a driver runs beside the student's code.
    bends = {"softsign": lambda z: z / (1 + np.abs(z)), "tanh": np.tanh}
    return target(X, weights, bends[activation])


def pile(rng: Rng, activation: str, *sizes: int) -> Inputs:
    """A batch, shifted away from 0, and random kernels that keep the numbers near 1."""
    N, *widths = sizes
    return {
        "X": rng.normal(0.3, 1.0, (N, widths[0])),
        "weights": [
            rng.normal(0.2, 1.0, shape) / np.sqrt(shape[0])
            for shape in zip(widths, widths[1:], strict=False)
        ],
        "activation": activation,
    }


@activation_std_by_layer.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return pile(rng, "softsign", 9, 7, 5, 8, 4, 6)


@activation_std_by_layer.case("tanh")
def _(rng: Rng) -> Inputs:
    return pile(rng, "tanh", 8, 5, 6, 4, 7)


@activation_std_by_layer.case("one-layer", square="one example still has a spread")
def _(rng: Rng) -> Inputs:
    return pile(rng, "softsign", 1, 4, 3)


@activation_std_by_layer.case("square", square="with equal sizes a wrong axis or input fits")
def _(rng: Rng) -> Inputs:
    return pile(rng, "softsign", 6, 6, 6, 6, 6)


@activation_std_by_layer.alternative("as-an-array")
def _(X: Array, weights: list[Array], activation: Bend) -> Any:
    stds = np.empty(len(weights))
    for place, W in enumerate(weights):
        X = activation(X @ W)
        stds[place] = np.sqrt(np.mean((X - np.mean(X)) ** 2))
    return stds


def layers(X: Array, weights: list[Array], activation: Bend) -> list[Array]:
    """Every layer's activations, for mistakes that are made in what is measured."""
    found = []
    for W in weights:
        X = activation(X @ W)
        found.append(X)
    return found


@activation_std_by_layer.mistake("spread-before-the-bend")
def _(X: Array, weights: list[Array], activation: Bend) -> Any:
    """The standard deviation is that of h = activation(z); here it is that of z.

    ReLU cuts off everything below 0, so h is less spread out than z.

    Check: with ReLU and a W whose weights make every z negative, the answer should be 0.
    """
    before = [X, *layers(X, weights, activation)[:-1]]
    return [(h @ W).std() for h, W in zip(before, weights, strict=True)]


@activation_std_by_layer.mistake("no-bend-between-layers")
def _(X: Array, weights: list[Array], activation: Bend) -> Any:
    """The next layer receives h = activation(z); here it receives z itself.

    The first number is right. The activation is only applied to what is measured, so the pile
    itself has collapsed to one layer.

    Check: the matrix product inside the loop should use the result of activation.
    """
    stds = []
    for W in weights:
        X = X @ W
        stds.append(activation(X).std())
    return stds


@activation_std_by_layer.mistake("every-layer-fed-with-the-input")
def _(X: Array, weights: list[Array], activation: Bend) -> Any:
    """A layer's input is the output of the layer before it; here every layer receives X.

    Kernels of different shapes then do not fit, and NumPy raises an error. With equal sizes the
    first number is right and the others are not.

    Check: inside the loop, which variable does the product read, and which does it write?
    """
    return [activation(X @ W).std() for W in weights]


@activation_std_by_layer.mistake("variance-by-layer", rows="F03")
def _(X: Array, weights: list[Array], activation: Bend) -> Any:
    """This is the variance; the standard deviation is its square root.

    Each number is the square of the expected one.

    Check: for the entries 1, 1, 5, 5 the standard deviation should be 2.
    """
    return [h.var() for h in layers(X, weights, activation)]


@activation_std_by_layer.mistake("size-for-spread")
def _(X: Array, weights: list[Array], activation: Bend) -> Any:
    """A standard deviation is measured from the mean; sqrt(mean of h^2) is measured from 0.

    For a layer with mean 0 the two are equal. After ReLU the mean is above 0.

    Check: a layer whose entries are all 3 should have standard deviation 0.
    """
    return [np.sqrt(np.mean(h**2)) for h in layers(X, weights, activation)]


@activation_std_by_layer.mistake(
    "spread-of-each-unit",
    otherwise=lambda _: (
        lambda X, weights, activation: [
            np.sqrt(np.mean((h - h.mean(axis=0)) ** 2)) for h in layers(X, weights, activation)
        ],
    ),
)
def _(X: Array, weights: list[Array], activation: Bend) -> Any:
    """The std is over all N * M entries of a layer; here it is each unit's own std, averaged.

    This loses the differences between the units.

    Check: std should be called without an axis.
    """
    return [h.std(axis=0).mean() for h in layers(X, weights, activation)]


@activation_std_by_layer.mistake("spread-divided-by-one-less", convention=True)
def _(X: Array, weights: list[Array], activation: Bend) -> Any:
    """With ddof=1 the sum of squares is divided by n - 1; this course divides by n, as np.std does.

    ddof=1 estimates the standard deviation of a population from a sample. The question is about the
    layer itself.

    Check: for the entries 1, 1, 5, 5 the standard deviation should be 2.
    """
    return [h.std(ddof=1) for h in layers(X, weights, activation)]


@activation_std_by_layer.mistake("input-counted-as-layer")
def _(X: Array, weights: list[Array], activation: Bend) -> Any:
    """There is one number for each kernel; here the std of X comes before them.

    All the numbers are there, but one place too late.

    Check: the answer should have as many entries as weights.
    """
    return [X.std(), *(h.std() for h in layers(X, weights, activation))]


@activation_std_by_layer.mistake("last-layer-not-measured")
def _(X: Array, weights: list[Array], activation: Bend) -> Any:
    """Each layer's output is measured; here it is each layer's input.

    The std of X comes first, and the last layer's is missing.

    Check: with a single kernel the answer should not be the std of X.
    """
    return [h.std() for h in [X, *layers(X, weights, activation)[:-1]]]


@activation_std_by_layer.mistake("only-the-last-spread")
def _(X: Array, weights: list[Array], activation: Bend) -> Any:
    """This is the standard deviation after the last layer; each layer needs its own number.

    The number has to be stored inside the loop, because the next iteration replaces h.

    Check: the answer should have as many entries as weights.
    """
    return layers(X, weights, activation)[-1].std()


@activation_std_by_layer.mistake("mean-for-spread")
def _(X: Array, weights: list[Array], activation: Bend) -> Any:
    """This is the mean of a layer's activations, not their standard deviation.

    The mean says where the numbers are, the standard deviation how far apart they are.

    Check: a layer whose entries are all 3 should have standard deviation 0.
    """
    return [h.mean() for h in layers(X, weights, activation)]
