"""The L2 penalty for large weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week10_regularization.networks import kernels, parameters


@question(points=4)
def l2_penalty(params: dict[str, Array], lam: float) -> Any:
    """lam times the sum of all squared kernel entries, which is added to the loss.

    Args:
        params: kernels W1, W2, ..., and biases, gammas and betas, which are left out.
        lam: how much a squared weight costs.

    Returns:
        The penalty, one number.

    Source: keras.regularizers.L2, which has neither a factor 1/2 nor 1/N.
    """
    import keras

    price = keras.regularizers.L2(lam)
    return sum(price(keras.ops.convert_to_tensor(params[name])) for name in kernels(params))


# Keras keeps lam in float32, which holds these fractions exactly.
@l2_penalty.case("two-layers", weight=2)
def _(rng: Rng) -> Inputs:
    return {"params": parameters(rng, 5, 4, 3), "lam": int(rng.integers(10, 100)) / 1024}


@l2_penalty.case("four-layers")
def _(rng: Rng) -> Inputs:
    return {"params": parameters(rng, 7, 6, 5, 4, 3), "lam": int(rng.integers(128, 192)) / 64}


@l2_penalty.mistake("bias-has-a-price", rows="D05")
def _(params: dict[str, Array], lam: float) -> Any:
    """Only the kernels W1, W2, ... are penalized; here biases, gammas and betas are included too.

    A bias does not make the output more sensitive to the picture; it only shifts a threshold. And a
    gamma that is pulled to 0 silences its unit.

    Check: change b1; the penalty should stay the same.
    """
    return lam * sum(np.sum(value**2) for value in params.values())


@l2_penalty.mistake("half-the-price", rows="D06 D02", convention=True)
def _(params: dict[str, Array], lam: float) -> Any:
    """Many books put 1/2 before the sum, 1/2 lam sum W^2; this course, like Keras, does not.

    With the 1/2, the gradient is lam W, and the same lam penalizes half as much. What must not
    happen is a 1/2 in the penalty with a gradient that ignores it.

    Check: a single weight of 3 with lam = 1 should cost 9.
    """
    return 0.5 * lam * sum(np.sum(params[name] ** 2) for name in kernels(params))


@l2_penalty.mistake("nothing-has-a-price", rows="D04")
def _(params: dict[str, Array], lam: float) -> Any:
    """The penalty is lam sum W^2, which is 0 only if every weight is 0; here it is always 0.

    Nothing was ever added to the total. It happens when a condition matches no name, such as
    testing for a name that is exactly "W".

    Check: print the names that the sum includes.
    """
    return 0.0 * lam


@l2_penalty.mistake("one-layer-has-a-price")
def _(params: dict[str, Array], lam: float) -> Any:
    """The sum covers all kernels; here only the last one is left in it.

    Each layer's penalty replaced that of the layers before it.

    Check: double W1; the penalty should grow.
    """
    return lam * np.sum(params[kernels(params)[-1]] ** 2)


@l2_penalty.mistake("length-instead-of-square")
def _(params: dict[str, Array], lam: float) -> Any:
    """The penalty is the squared norm, sum W^2; here it is the norm itself, its square root.

    `np.linalg.norm` takes the square root. The gradient of the norm does not grow with the weights.

    Check: weights twice as large should cost four times as much.
    """
    return lam * sum(np.sqrt(np.sum(params[name] ** 2)) for name in kernels(params))


@l2_penalty.mistake("absolute-weights", rows="D08")
def _(params: dict[str, Array], lam: float) -> Any:
    """sum |W| is the L1 penalty; L2 squares the entries.

    L1 sets many weights to exactly 0; L2 makes all of them smaller.

    Check: weights twice as large should cost four times as much.
    """
    return lam * sum(np.sum(np.abs(params[name])) for name in kernels(params))


@l2_penalty.mistake("mean-of-the-squares")
def _(params: dict[str, Array], lam: float) -> Any:
    """The squares are added; here each layer's squares are averaged.

    A mean makes a weight in a large layer cheaper than one in a small layer.

    Check: a kernel of six ones with lam = 1 should cost 6.
    """
    return lam * sum(np.mean(params[name] ** 2) for name in kernels(params))
