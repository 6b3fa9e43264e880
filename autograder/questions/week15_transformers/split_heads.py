"""Features shared out among the heads."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week15_transformers.formulas import heads


@question(points=2)
def split_heads(X: Array, H: int) -> Any:
    """The features of every place, shared out among H heads.

    Args:
        X: features, shape (N, T, D), float64.
        H: how many heads; it divides D.

    Returns:
        shape (N, H, T, D // H): head h has the features h * D // H and following of each place.

    Source: keras.ops.reshape and keras.ops.transpose.
    """
    from keras import ops

    N, T, D = X.shape
    parts = ops.reshape(ops.convert_to_tensor(X, dtype=X.dtype.name), (N, T, H, D // H))
    return ops.transpose(parts, (0, 2, 1, 3))


@split_heads.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return {"X": rng.normal(size=(2, 5, 12)), "H": 3}


@split_heads.case("as-many-heads-as-places", square="an order of axes shows only in the numbers")
def _(rng: Rng) -> Inputs:
    return {"X": rng.normal(size=(4, 4, 16)), "H": 4}


@split_heads.case("one-head", square="one head has all features, and one text is a batch")
def _(rng: Rng) -> Inputs:
    return {"X": rng.normal(size=(1, 3, 4)), "H": 1}


@split_heads.case("a-feature-for-each-head")
def _(rng: Rng) -> Inputs:
    return {"X": rng.normal(size=(2, 3, 5)), "H": 5}


@split_heads.alternative("split-and-stack")
def _(X: Array, H: int) -> Any:
    return np.stack(np.split(X, H, axis=-1), axis=1)


@split_heads.alternative("einsum")
def _(X: Array, H: int) -> Any:
    return np.einsum("nthd->nhtd", X.reshape(*X.shape[:2], H, -1))


@split_heads.mistake("heads-mixed-up-in-the-reshape")
def _(X: Array, H: int) -> Any:
    """reshape keeps the order of the numbers in memory and only sets new borders; asked for the
    shape (N, H, T, D // H) at once, it mixes places and heads.

    The shape is right. But head 0 then has all features of the first places, and no head sees the
    whole text.

    Next: reshape to (N, T, H, D // H) first, then exchange two axes.
    """
    N, T, D = X.shape
    return X.reshape(N, H, T, D // H)


@split_heads.mistake("axes-not-exchanged")
def _(X: Array, H: int) -> Any:
    """The heads come before the places, (N, H, T, D // H); here they come after them.

    The features are shared out rightly. Attention would then compare the heads of one place with
    each other.

    Check: the result's shape, with H different from T.
    """
    N, T, D = X.shape
    return X.reshape(N, T, H, D // H)


@split_heads.mistake("every-h-th-feature")
def _(X: Array, H: int) -> Any:
    """Head h has D // H features that stand beside each other; here it has every H-th one.

    The last axis was cut as (D // H, H) in place of (H, D // H).

    Check: result[0, 0, 0] should be the first D // H features of X[0, 0].
    """
    N, T, D = X.shape
    return X.reshape(N, T, D // H, H).transpose(0, 3, 1, 2)


@split_heads.mistake("heads-of-h-features")
def _(X: Array, H: int) -> Any:
    """There are H heads with D // H features each; here there are D // H heads with H features.

    Check: result.shape[1] should be H.
    """
    N, T, D = X.shape
    return X.reshape(N, T, D // H, H).transpose(0, 2, 1, 3)


@split_heads.mistake("heads-in-front-of-the-batch")
def _(X: Array, H: int) -> Any:
    """The batch stays in front, (N, H, T, D // H); here the heads come first.

    Check: result[n] should depend on X[n] alone.
    """
    return heads(X, H).transpose(1, 0, 2, 3)


@split_heads.mistake("features-before-the-places")
def _(X: Array, H: int) -> Any:
    """The last axis holds the features of a head; here it holds the places.

    Check: result[0, 0, 0] should be the first D // H features of X[0, 0].
    """
    return np.swapaxes(heads(X, H), -1, -2)


@split_heads.mistake("places-cut-in-place-of-features")
def _(X: Array, H: int) -> Any:
    """Every head sees all places and some of the features; here it sees some of the places and all
    features.

    If H does not divide T, the cut fails.

    Check: result.shape[2] should be T.
    """
    return np.stack(np.split(X, H, axis=1), axis=1)


@split_heads.mistake("heads-in-reverse-order")
def _(X: Array, H: int) -> Any:
    """Head 0 has the first features; here it has the last ones.

    Check: result[0, 0, 0] should be the first D // H features of X[0, 0].
    """
    return heads(X, H)[:, ::-1]


@split_heads.mistake("heads-folded-into-the-batch")
def _(X: Array, H: int) -> Any:
    """Heads have an axis of their own, four axes in all; here batch and heads share one.

    The matrix products are the same, but a mask for each text does not fit.

    Check: result.ndim should be 4.
    """
    N, T, D = X.shape
    return heads(X, H).reshape(N * H, T, D // H)
