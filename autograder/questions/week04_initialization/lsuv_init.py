"""Kernels scaled by listening to what each layer says (LSUV)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week04_initialization.activation_std_by_layer import pile

Bend = Callable[[Array], Array]


@question(points=12)
def lsuv_init(X: Array, weights: list[Array], activation: Any) -> Any:
    """The kernels, each scaled so that its layer's sums z = h @ W have standard deviation 1.

    From the first layer to the last; h is X in the first, and in any other the activations of the
    layer before it with its new kernel.

    Args:
        X: inputs, shape (N, D), float64.
        weights: the drawn kernels from the first layer to the last, float64; there are no biases.
        activation: the bend, a function that works entry by entry; it stands after every layer. A
            case names one of Keras' activations here, and the driver passes a function.

    Returns:
        A list of as many kernels, of the same shapes.

    Source: Mishkin & Matas 2016, "All you need is a good init", algorithm 1; keras.ops.std.
    """
    import keras
    from keras import ops

    h, scaled = X, []
    for W in weights:
        scaled.append(W / ops.std(ops.matmul(h, W)))
        h = getattr(keras.activations, activation)(ops.matmul(h, scaled[-1]))
    return scaled


@lsuv_init.driver
def _(target: Any, X: Array, weights: list[Array], activation: str) -> Any:
    # Bends that no question asks for: a driver runs beside the student's code.
    bends = {"softsign": lambda z: z / (1 + np.abs(z)), "tanh": np.tanh}
    return target(X, weights, bends[activation])


@lsuv_init.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return pile(rng, "softsign", 9, 7, 5, 8, 4, 6)


@lsuv_init.case("loud-and-quiet", weight=2)
def _(rng: Rng) -> Inputs:
    given = pile(rng, "tanh", 8, 5, 6, 4, 1)
    sizes = [float(rng.uniform(20, 40)), 1e-12, float(rng.uniform(1e3, 1e4))]
    return given | {"weights": [s * W for s, W in zip(sizes, given["weights"], strict=True)]}


@lsuv_init.case("one-example", square="one example still has a spread")
def _(rng: Rng) -> Inputs:
    return pile(rng, "softsign", 1, 4, 3, 5)


@lsuv_init.case("square", square="with equal sizes a wrong axis or input fits")
def _(rng: Rng) -> Inputs:
    return pile(rng, "softsign", 6, 6, 6, 6, 6)


@lsuv_init.alternative("activations-divided-first")
def _(X: Array, weights: list[Array], activation: Bend) -> Any:
    scaled = []
    for W in weights:
        z = X @ W
        spread = np.sqrt(np.mean((z - z.mean()) ** 2))
        scaled.append(W / spread)
        X = activation(z / spread)
    return scaled


@lsuv_init.alternative("measured-twice")
def _(X: Array, weights: list[Array], activation: Bend) -> Any:
    scaled = []
    for W in weights:
        for _ in range(2):
            W = W / (X @ W).std()
        scaled.append(W)
        X = activation(X @ W)
    return scaled


@lsuv_init.mistake("lsuv-next-layer-fed-unscaled")
def _(X: Array, weights: list[Array], activation: Bend) -> Any:
    """Layer by layer: the next one listens to what the scaled kernel says; here it gets the
    activations of the kernel before scaling.

    The first kernel is right. In the finished pile the others receive louder or quieter inputs than
    those that they were measured with.

    Check: listen to the finished pile; the sums of each layer should have standard deviation 1.
    """
    scaled = []
    for W in weights:
        scaled.append(W / (X @ W).std())
        X = activation(X @ W)
    return scaled


@lsuv_init.mistake("lsuv-after-the-bend")
def _(X: Array, weights: list[Array], activation: Bend) -> Any:
    """The spread that is set to 1 is that of the sums z = h @ W; here it is that after the bend.

    A bend that is not straight does not pass on a factor, so dividing by that spread gives 1
    neither before the bend nor after it.

    Check: for one layer (X @ W_new).std() should be 1.
    """
    scaled = []
    for W in weights:
        W = W / activation(X @ W).std()
        scaled.append(W)
        X = activation(X @ W)
    return scaled


@lsuv_init.mistake("lsuv-without-bends")
def _(X: Array, weights: list[Array], activation: Bend) -> Any:
    """Between two layers stands the bend; here the sums themselves are handed on.

    The first kernel is right. The others are measured in a pile that has collapsed to one layer.

    Check: the argument activation should be called once for each layer.
    """
    scaled = []
    for W in weights:
        z = X @ W
        scaled.append(W / z.std())
        X = z / z.std()
    return scaled


@lsuv_init.mistake("lsuv-each-fed-with-the-input")
def _(X: Array, weights: list[Array], activation: Bend) -> Any:
    """A layer's input is the output of the layer before it; here every layer listens to X.

    Kernels of different shapes then do not fit, and NumPy raises an error. With equal sizes the
    first kernel is right and the others are not.

    Check: inside the loop, which variable does the product read, and which does it write?
    """
    return [W / (X @ W).std() for W in weights]


@lsuv_init.mistake("lsuv-divided-by-the-variance", rows="F03")
def _(X: Array, weights: list[Array], activation: Bend) -> Any:
    """A factor s on the kernel multiplies the standard deviation by s and the variance by s^2; here
    the kernel is divided by the variance.

    Sums with a spread of 3 then get one of 1/3.

    Check: for one layer (X @ W_new).std() should be 1.
    """
    scaled = []
    for W in weights:
        W = W / (X @ W).var()
        scaled.append(W)
        X = activation(X @ W)
    return scaled


@lsuv_init.mistake("lsuv-multiplied")
def _(X: Array, weights: list[Array], activation: Bend) -> Any:
    """A layer that is too loud needs smaller weights; here the kernel is multiplied by the spread.

    Loud layers become louder and quiet ones quieter.

    Check: for one layer (X @ W_new).std() should be 1.
    """
    scaled = []
    for W in weights:
        W = W * (X @ W).std()
        scaled.append(W)
        X = activation(X @ W)
    return scaled


@lsuv_init.mistake("lsuv-unit-by-unit", rows="C01")
def _(X: Array, weights: list[Array], activation: Bend) -> Any:
    """One factor for a layer: the standard deviation is over all entries of z; here each unit has
    its own.

    With axis=0 every column is scaled by itself, and the differences between the units are lost.

    Check: W_new / W should be the same number in every entry.
    """
    scaled = []
    for W in weights:
        W = W / (X @ W).std(axis=0)
        scaled.append(W)
        X = activation(X @ W)
    return scaled


@lsuv_init.mistake("lsuv-size-for-spread")
def _(X: Array, weights: list[Array], activation: Bend) -> Any:
    """A standard deviation is measured from the mean; sqrt(mean of z^2) is measured from 0.

    For sums with mean 0 the two are equal. The activations of a layer often have another mean, and
    so have the sums of the next.

    Check: (X @ W_new).std() should be 1 in every layer.
    """
    scaled = []
    for W in weights:
        W = W / np.sqrt(np.mean((X @ W) ** 2))
        scaled.append(W)
        X = activation(X @ W)
    return scaled


@lsuv_init.mistake("lsuv-of-the-weights")
def _(X: Array, weights: list[Array], activation: Bend) -> Any:
    """What is to have standard deviation 1 are the sums z = h @ W; here it is the weights.

    Weights with a spread of 1 make every layer louder by sqrt(fan_in).

    Check: (X @ W_new).std() should be 1, whatever the number of inputs.
    """
    return [W / W.std() for W in weights]


@lsuv_init.mistake("lsuv-in-place", rows="A15")
def _(X: Array, weights: list[Array], activation: Bend) -> Any:
    """W /= s changes the caller's kernels, because W is not a copy of them.

    The returned kernels are right, but the drawn ones are lost.

    Check: keep a copy of weights[0], call your function, and compare the two.
    """
    for W in weights:
        W /= (X @ W).std()
        X = activation(X @ W)
    return weights


@lsuv_init.mistake("lsuv-spreads-returned")
def _(X: Array, weights: list[Array], activation: Bend) -> Any:
    """These are the spreads that were heard; asked for are the kernels divided by them.

    Check: the first entry of the answer should have the shape of weights[0].
    """
    heard = []
    for W in weights:
        heard.append((X @ W).std())
        X = activation(X @ W / heard[-1])
    return heard
