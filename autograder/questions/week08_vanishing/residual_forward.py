"""A block that adds its branch's output to its input."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week08_vanishing.blocks import block, branch, empty_picture


@question(points=4)
def residual_forward(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """The output of a residual block: its input plus what its branch makes of it.

    Args:
        X: inputs, shape (N, D), float64.
        W1: the branch's first kernel, shape (D, H), float64.
        b1: its bias, shape (H,), float64.
        W2: the branch's second kernel, shape (H, D), float64.
        b2: its bias, shape (D,), float64.

    Returns:
        The sum of the two, shape (N, D). No bend follows it.

    Source: keras.layers.Dense and keras.layers.Add; He et al. 2016, "Identity mappings in deep
    residual networks", where the way of the skip stays clear.
    """
    import keras

    H, D = W2.shape
    inside = keras.layers.Dense(H, activation="relu", dtype=X.dtype.name)
    outside = keras.layers.Dense(D, dtype=X.dtype.name)
    inside.build((None, D))
    outside.build((None, H))
    inside.set_weights([W1, b1])
    outside.set_weights([W2, b2])
    return keras.layers.Add(dtype=X.dtype.name)([X, outside(inside(X))])


@residual_forward.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return block(rng, 7, 5, 4)


@residual_forward.case("wide-branch", weight=2, square="a batch of one keeps its axis")
def _(rng: Rng) -> Inputs:
    return block(rng, 1, 4, 9)


@residual_forward.case("empty-picture")
def _(rng: Rng) -> Inputs:
    return empty_picture(rng, 6, 5, 7)


@residual_forward.case("square", square="with D = H a missing second layer has the right shape")
def _(rng: Rng) -> Inputs:
    return block(rng, 4, 4, 4)


@residual_forward.mistake("skip-left-out")
def _(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """A residual block adds its input to the branch, X + F(X); here only F(X) is left.

    That is two plain layers. The gradient then has to pass through both of them again.

    Check: with W2 = 0 and b2 = 0 the block should return X.
    """
    return branch(X, W1, b1)[1] @ W2 + b2


@residual_forward.mistake("skip-multiplied", rows="K03")
def _(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """The skip is added, X + F(X); here it is multiplied, X * F(X).

    Where the branch is 0 the product is 0, and nothing gets through in either direction.

    Check: with W2 = 0 and b2 = 0 the block should return X.
    """
    return X * (branch(X, W1, b1)[1] @ W2 + b2)


@residual_forward.mistake("relu-after-the-sum", rows="K04", convention=True)
def _(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """In the first ResNet, of 2015, a ReLU follows the sum; this course's block, like the second
    version of 2016, ends with the sum.

    A ReLU on the skip path can block the gradient again. All outputs are 0 or more.

    Check: with W2 = 0 and b2 = 0 the block should return X, even where X is negative.
    """
    return np.maximum(X + branch(X, W1, b1)[1] @ W2 + b2, 0)


@residual_forward.mistake("branch-bent-at-its-end")
def _(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """The branch ends with its second dense layer; here a ReLU follows it, before the sum.

    The branch could then only add to X and never take anything away.

    Check: some entries of the output should be smaller than those of X.
    """
    return X + np.maximum(branch(X, W1, b1)[1] @ W2 + b2, 0)


@residual_forward.mistake("second-layer-left-out", rows="K05")
def _(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """W2 maps the branch's H hidden units back to D features; here the hidden units are added to X
    directly.

    Unless H equals D, NumPy raises an error: the two terms of a sum need the same shape, and W2
    provides it.

    Check: the result should depend on W2.
    """
    return X + branch(X, W1, b1)[1]


@residual_forward.mistake("branch-without-a-bend")
def _(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """There is a ReLU between the branch's two layers; without it the branch collapses into one
    linear layer.

    The result is a linear function of X, however many blocks are stacked.

    Check: every entry that the second layer receives should be 0 or more.
    """
    return X + branch(X, W1, b1)[0] @ W2 + b2


@residual_forward.mistake("first-bias-left-out", rows="B10")
def _(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """The branch's first layer is X @ W1 + b1; here b1 is missing.

    Where b1 is 0 this makes no difference, and before training it is 0 in every network.

    Check: the result should depend on b1.
    """
    return X + np.maximum(X @ W1, 0) @ W2 + b2


@residual_forward.mistake("second-bias-left-out", rows="B10")
def _(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """The branch's second layer adds its bias b2; here it is missing.

    Every row of the result is off by the same vector.

    Check: for X = 0 and b1 = 0 the block should return b2 in every row.
    """
    return X + branch(X, W1, b1)[1] @ W2


@residual_forward.mistake("sum-scaled-down", rows="K08", convention=True)
def _(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """Some networks divide the sum by sqrt(2) to keep its spread constant; this course's block uses
    the plain sum.

    The skip is then worth 0.707 in each block, and powers of 0.707 vanish again.

    Check: with W2 = 0 and b2 = 0 the block should return X.
    """
    return (X + branch(X, W1, b1)[1] @ W2 + b2) / np.sqrt(2)


@residual_forward.mistake("input-overwritten", rows="N05")
def _(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """X += ... writes into the caller's array; the sum should be a new array.

    The returned values are right. But the backward pass needs the block's input, and it is gone.

    Check: keep a copy of X, call your function, and compare.
    """
    X += branch(X, W1, b1)[1] @ W2 + b2
    return X
