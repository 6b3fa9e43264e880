"""The heads' features side by side."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week15_transformers.formulas import joined


@question(points=2)
def join_heads(X: Array) -> Any:
    """The features of all heads side by side: split_heads undone.

    Args:
        X: what the heads found, shape (N, H, T, M), float64, with M features for each head.

    Returns:
        shape (N, T, H * M): of each place the features of head 0, then those of head 1, and so on.

    Source: keras.ops.transpose and keras.ops.reshape.
    """
    from keras import ops

    N, H, T, M = X.shape
    tensor = ops.convert_to_tensor(X, dtype=X.dtype.name)
    return ops.reshape(ops.transpose(tensor, (0, 2, 1, 3)), (N, T, H * M))


@join_heads.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return {"X": rng.normal(size=(2, 3, 5, 4))}


@join_heads.case("as-many-heads-as-places", square="an order of axes shows only in the numbers")
def _(rng: Rng) -> Inputs:
    return {"X": rng.normal(size=(4, 4, 4, 4))}


@join_heads.case("one-head", square="one head is joined as well, and one text is a batch")
def _(rng: Rng) -> Inputs:
    return {"X": rng.normal(size=(1, 1, 3, 5))}


@join_heads.alternative("concatenate")
def _(X: Array) -> Any:
    return np.concatenate(list(np.moveaxis(X, 1, 0)), axis=-1)


@join_heads.mistake("places-mixed-up-in-the-reshape")
def _(X: Array) -> Any:
    """reshape keeps the order of the numbers in memory; without exchanging heads and places first,
    one row then holds several places of one head.

    The shape is right, and no error is raised.

    Check: join_heads(split_heads(X, H)) should be X.
    """
    N, H, T, M = X.shape
    return X.reshape(N, T, H * M)


@join_heads.mistake("heads-interleaved")
def _(X: Array) -> Any:
    """The features of head 0 stand beside each other, then those of head 1; here the heads take
    turns.

    The axes were brought into the order (N, T, M, H) before the reshape.

    Check: result[0, 0, :M] should be X[0, 0, 0].
    """
    N, H, T, M = X.shape
    return X.transpose(0, 2, 3, 1).reshape(N, T, H * M)


@join_heads.mistake("heads-summed")
def _(X: Array) -> Any:
    """The heads stand side by side, H * M features; here they are added up.

    What one head found could no longer be told from what another one did.

    Check: result.shape[-1] should be H * M.
    """
    return X.sum(axis=1)


@join_heads.mistake("heads-averaged")
def _(X: Array) -> Any:
    """The heads stand side by side, H * M features; here they are averaged.

    What one head found could no longer be told from what another one did.

    Check: result.shape[-1] should be H * M.
    """
    return X.mean(axis=1)


@join_heads.mistake("axes-exchanged-and-not-joined")
def _(X: Array) -> Any:
    """The result has three axes, (N, T, H * M); here heads and features still have one each.

    Check: result.ndim should be 3.
    """
    return X.transpose(0, 2, 1, 3)


@join_heads.mistake("heads-joined-along-the-places")
def _(X: Array) -> Any:
    """The heads stand side by side in the features; here they follow each other like more places.

    Check: result.shape should be (N, T, H * M).
    """
    N, H, T, M = X.shape
    return X.reshape(N, H * T, M)


@join_heads.mistake("batch-and-heads-exchanged")
def _(X: Array) -> Any:
    """The heads of one text are joined; here each head is joined across the batch.

    Texts would see each other.

    Check: result[0] should depend on X[0] alone.
    """
    return joined(X.transpose(1, 0, 2, 3))


@join_heads.mistake("features-before-the-places")
def _(X: Array) -> Any:
    """The places come before the features, (N, T, H * M); here they come last.

    Check: result[0, 0, :M] should be X[0, 0, 0].
    """
    return np.swapaxes(joined(X), -1, -2)


@join_heads.mistake("heads-joined-in-reverse-order")
def _(X: Array) -> Any:
    """The features of head 0 come first; here those of the last head do.

    Check: result[0, 0, :M] should be X[0, 0, 0].
    """
    return joined(X[:, ::-1])
