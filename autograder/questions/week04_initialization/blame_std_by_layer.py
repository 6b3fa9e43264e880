"""The standard deviation of the blame that travels back through a pile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week04_initialization.activation_std_by_layer import pile

Bend = Callable[[Array], Array]


@question(points=10)
def blame_std_by_layer(
    X: Array, weights: list[Array], activation: Any, activation_grad: Any, blame: Array
) -> Any:
    """The standard deviation of the blame that arrives at each layer's inputs.

    Args:
        X: inputs, shape (N, D), float64.
        weights: the kernels from the first layer to the last, float64; there are no biases, and
            a bend stands after every layer.
        activation: the bend, a function that works entry by entry. A case names one of Keras'
            activations here, and the driver passes a function.
        activation_grad: the slope of the bend at z, likewise.
        blame: how the loss changes with the last layer's activations, shape (N, M), float64.

    Returns:
        One number for each kernel, from the first layer to the last: the standard deviation over
        all entries of dL/dh, where h is what this layer receives.

    Source: tf.GradientTape through keras.ops.matmul and keras.activations; Glorot & Bengio 2010.
    """
    import keras
    from keras import ops

    from course_lib.gradients import vector_jacobian_product

    def moved(*steps: Any) -> Any:
        """The pile's output where each layer's input has been moved a little."""
        h = X
        for W, step in zip(weights, steps, strict=True):
            h = getattr(keras.activations, activation)(ops.matmul(h + step, W))
        return h

    still = [np.zeros((len(X), len(W)), X.dtype) for W in weights]
    return np.stack([np.std(each) for each in vector_jacobian_product(moved, still, blame)])


@blame_std_by_layer.driver
def _(
    target: Any,
    X: Array,
    weights: list[Array],
    activation: str,
    activation_grad: str,
    blame: Array,
) -> Any:
    # Bends that no question asks for: a driver runs beside the student's code.
    def hard_silu(z: Any) -> Any:
        return z * np.clip(z / 6 + 0.5, 0, 1)

    def hard_silu_slope(z: Any) -> Any:
        return np.where(np.abs(z) < 3, z / 3 + 0.5, 0.5 + 0.5 * np.sign(z))

    bends = {"softsign": lambda z: z / (1 + np.abs(z)), "hard_silu": hard_silu}
    slopes = {"softsign": lambda z: 1 / (1 + np.abs(z)) ** 2, "hard_silu": hard_silu_slope}
    return target(X, weights, bends[activation], slopes[activation_grad], blame)


def with_blame(rng: Rng, activation: str, *sizes: int) -> Inputs:
    """A pile, and blame at its end that is not centred on 0."""
    blame = rng.normal(0.4, 1.0, (sizes[0], sizes[-1]))
    return pile(rng, activation, *sizes) | {"activation_grad": activation, "blame": blame}


@blame_std_by_layer.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return with_blame(rng, "softsign", 9, 7, 5, 8, 4, 6)


@blame_std_by_layer.case("falling-slopes", weight=2)
def _(rng: Rng) -> Inputs:
    return with_blame(rng, "hard_silu", 8, 5, 6, 4, 7)


@blame_std_by_layer.case("one-layer", square="one example still has a spread")
def _(rng: Rng) -> Inputs:
    return with_blame(rng, "softsign", 1, 4, 3)


@blame_std_by_layer.case("square", square="with equal sizes a wrong axis or input fits")
def _(rng: Rng) -> Inputs:
    return with_blame(rng, "softsign", 6, 6, 6, 6, 6)


@blame_std_by_layer.alternative("lists-of-sums")
def _(X: Array, weights: list[Array], activation: Bend, activation_grad: Bend, blame: Array) -> Any:
    return [each.std() for each in arriving(X, weights, activation, activation_grad, blame)]


def sums(X: Array, weights: list[Array], activation: Bend) -> list[Array]:
    """The pre-activations of every layer."""
    found = []
    for W in weights:
        found.append(X @ W)
        X = activation(found[-1])
    return found


def arriving(
    X: Array, weights: list[Array], activation: Bend, activation_grad: Bend, blame: Array
) -> list[Array]:
    """The blame at every layer's inputs, for mistakes that are made in what is measured."""
    found = []
    for W, z in zip(reversed(weights), reversed(sums(X, weights, activation)), strict=True):
        blame = (blame * activation_grad(z)) @ W.T
        found.append(blame)
    return found[::-1]


@blame_std_by_layer.mistake("blame-slope-missing", rows="A06")
def _(X: Array, weights: list[Array], activation: Bend, activation_grad: Bend, blame: Array) -> Any:
    """At every bend the blame is multiplied by the bend's slope; here it passes unchanged.

    The function activation_grad is not called at all. The result is that of a pile without bends.

    Check: with activation_grad = np.zeros_like every answer should be 0.
    """
    found = []
    for W in reversed(weights):
        blame = blame @ W.T
        found.append(blame.std())
    return found[::-1]


@blame_std_by_layer.mistake("blame-slope-at-the-activation", rows="A08")
def _(X: Array, weights: list[Array], activation: Bend, activation_grad: Bend, blame: Array) -> Any:
    """activation_grad takes the pre-activation z = h @ W; here it receives activation(z).

    The two are equal for no bend that is not straight.

    Check: print what activation_grad receives in the first layer beside X @ weights[0].
    """

    def slope_of_output(z: Array) -> Array:
        return activation_grad(activation(z))

    return [each.std() for each in arriving(X, weights, activation, slope_of_output, blame)]


@blame_std_by_layer.mistake("blame-bend-for-slope")
def _(X: Array, weights: list[Array], activation: Bend, activation_grad: Bend, blame: Array) -> Any:
    """The blame is multiplied by the slope activation_grad(z); here by the value activation(z).

    A value says where the unit stands, a slope how much its output changes with its sum.

    Check: with activation_grad = np.zeros_like every answer should be 0.
    """
    return [each.std() for each in arriving(X, weights, activation, activation, blame)]


@blame_std_by_layer.mistake("blame-kernel-not-transposed", rows="B01")
def _(X: Array, weights: list[Array], activation: Bend, activation_grad: Bend, blame: Array) -> Any:
    """On the way back a layer's outputs hand blame to its inputs, @ W.T; here it is @ W.

    The shapes only fit for square kernels. An input of a unit gets the unit's blame times the
    weight between them, summed over the units.

    Check: blame (N, M) times the transposed kernel (M, D) should have the shape of h (N, D).
    """
    found = []
    for W, z in zip(reversed(weights), reversed(sums(X, weights, activation)), strict=True):
        blame = (blame * activation_grad(z)) @ W
        found.append(blame.std())
    return found[::-1]


@blame_std_by_layer.mistake("blame-kernel-before-slope")
def _(X: Array, weights: list[Array], activation: Bend, activation_grad: Bend, blame: Array) -> Any:
    """Backwards the bend comes first and the kernel after it; here they are exchanged.

    On the way forward z = h @ W is made first and bent after that, so on the way back the blame
    meets the slope first. The shapes only fit for square kernels.

    Check: the slope of a layer should be multiplied with an array of the shape of its z.
    """
    found = []
    for W, z in zip(reversed(weights), reversed(sums(X, weights, activation)), strict=True):
        blame = (blame @ W.T) * activation_grad(z)
        found.append(blame.std())
    return found[::-1]


@blame_std_by_layer.mistake("blame-last-layer-first")
def _(X: Array, weights: list[Array], activation: Bend, activation_grad: Bend, blame: Array) -> Any:
    """The answer goes from the first layer to the last; here the numbers stand in the order in
    which the blame arrives.

    All of them are right, and in the wrong places.

    Check: the last number should belong to the last layer, which the blame reaches first.
    """
    there = arriving(X, weights, activation, activation_grad, blame)
    return [each.std() for each in reversed(there)]


@blame_std_by_layer.mistake("blame-measured-at-outputs")
def _(X: Array, weights: list[Array], activation: Bend, activation_grad: Bend, blame: Array) -> Any:
    """Asked for is the blame at each layer's inputs; here it is that at its outputs.

    The last number is the spread of the argument blame itself, and that of the first layer's
    inputs is missing.

    Check: with a single kernel the answer should not be blame.std().
    """
    there = arriving(X, weights, activation, activation_grad, blame)
    return [each.std() for each in [*there[1:], blame]]


@blame_std_by_layer.mistake("blame-before-the-kernel")
def _(X: Array, weights: list[Array], activation: Bend, activation_grad: Bend, blame: Array) -> Any:
    """Asked for is the blame at a layer's inputs; here it is measured at its sums z, before it has
    passed the kernel.

    The numbers are spreads of blame * slope.

    Check: with weights of zeros every answer should be 0.
    """
    found = []
    for W, z in zip(reversed(weights), reversed(sums(X, weights, activation)), strict=True):
        blame = blame * activation_grad(z)
        found.append(blame.std())
        blame = blame @ W.T
    return found[::-1]


@blame_std_by_layer.mistake("blame-slopes-of-a-straight-pile")
def _(X: Array, weights: list[Array], activation: Bend, activation_grad: Bend, blame: Array) -> Any:
    """The slopes belong to the z of the real pile, with its bends; here z goes on without a bend.

    The first layer's z is right, and the others are those of a pile that has collapsed.

    Check: on the way forward activation should be called once for each layer.
    """
    found, straight = [], []
    for W in weights:
        X = X @ W
        straight.append(X)
    for W, z in zip(reversed(weights), reversed(straight), strict=True):
        blame = (blame * activation_grad(z)) @ W.T
        found.append(blame.std())
    return found[::-1]


@blame_std_by_layer.mistake("blame-variance", rows="F03")
def _(X: Array, weights: list[Array], activation: Bend, activation_grad: Bend, blame: Array) -> Any:
    """This is the variance; the standard deviation is its square root.

    Each number is the square of the expected one.

    Check: for the entries 1, 1, 5, 5 the standard deviation should be 2.
    """
    return [each.var() for each in arriving(X, weights, activation, activation_grad, blame)]


@blame_std_by_layer.mistake("blame-in-place", rows="A16")
def _(X: Array, weights: list[Array], activation: Bend, activation_grad: Bend, blame: Array) -> Any:
    """blame *= slope changes the caller's array, because blame is not a copy of it.

    The returned numbers are right, but whoever calls the function twice gets other ones.

    Check: keep a copy of blame, call your function, and compare the two.
    """
    found = []
    for W, z in zip(reversed(weights), reversed(sums(X, weights, activation)), strict=True):
        blame *= activation_grad(z)
        blame = blame @ W.T
        found.append(blame.std())
    return found[::-1]
