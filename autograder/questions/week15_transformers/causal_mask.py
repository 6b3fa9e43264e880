"""Who may look where in a text that is read from left to right."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Inputs, Rng, question


@question(points=2)
def causal_mask(T: int) -> Any:
    """The mask of a text that is read from left to right.

    Args:
        T: how many places the text has, 1 or more.

    Returns:
        bool, shape (T, T): entry (t, s) is True where place t may look at place s, which are
        itself and all places before it.

    Source: keras.ops.tril.
    """
    from keras import ops

    return ops.tril(ops.ones((T, T), dtype="bool"))


@causal_mask.case("typical", weight=3, hidden={"T": 6})
def _(rng: Rng) -> Inputs:
    return {"T": 5}


@causal_mask.case("long", hidden={"T": 31})
def _(rng: Rng) -> Inputs:
    return {"T": 24}


@causal_mask.case("smallest", hidden={"T": 2})
def _(rng: Rng) -> Inputs:
    return {"T": 1}


@causal_mask.alternative("places-compared")
def _(T: int) -> Any:
    return np.arange(T)[:, None] >= np.arange(T)


@causal_mask.mistake("diagonal-masked")
def _(T: int) -> Any:
    """Place t may look at itself; here only at the places before it.

    Place 0 then has nowhere to look at all, and its softmax is 0 / 0.

    Check: every row should hold at least one True.
    """
    return np.tri(T, k=-1, dtype=bool)


@causal_mask.mistake("future-leaks-by-one")
def _(T: int) -> Any:
    """Place t may look at places up to t; here it sees place t + 1 as well.

    That place holds the token which place t should guess. The loss falls to nearly 0, and the
    robot has learned to copy.

    Check: row 0 should hold a single True.
    """
    return np.tri(T, k=1, dtype=bool)


@causal_mask.mistake("past-masked")
def _(T: int) -> Any:
    """Place t may look at itself and back; here it looks at itself and forward.

    Rows and columns are exchanged: the row is the place that looks, the column the place at which
    it looks.

    Check: the last row should be True everywhere.
    """
    return np.tri(T, dtype=bool).T


@causal_mask.mistake("true-means-hidden", convention=True)
def _(T: int) -> Any:
    """In PyTorch's attention layer True means hidden; in this course, as in Keras, True means that
    the place may be looked at.

    Check: entry (1, 0) should be True, because place 1 may look back at place 0.
    """
    return ~np.tri(T, dtype=bool)


@causal_mask.mistake("everything-visible")
def _(T: int) -> Any:
    """A place may not look at those after it; here every place may look everywhere.

    Such a mask is for tasks in which the whole text is known, like filling gaps.

    Check: row 0 should hold a single True.
    """
    return np.ones((T, T), bool)


@causal_mask.mistake("itself-only")
def _(T: int) -> Any:
    """Place t may look at itself and at all places before it; here only at itself.

    Nothing could pass from one place to another.

    Check: the last row should be True everywhere.
    """
    return np.eye(T, dtype=bool)


@causal_mask.mistake("itself-and-its-neighbour")
def _(T: int) -> Any:
    """Place t may look at all places before it; here only at the nearest one and at itself.

    A band like this is a convolution's view, not that of attention.

    Check: the last row should be True everywhere.
    """
    return np.tri(T, dtype=bool) & ~np.tri(T, k=-2, dtype=bool)


@causal_mask.mistake("row-reversed")
def _(T: int) -> Any:
    """Place 0, in row 0, sees the least; here the rows stand in reverse order.

    Check: row 0 should hold a single True, in column 0.
    """
    return np.tri(T, dtype=bool)[::-1]


@causal_mask.mistake("minus-infinity-in-the-mask", convention=True)
def _(T: int) -> Any:
    """A mask that is added to the scores holds 0 and minus infinity; in this course a mask holds
    True and False.

    With np.where(mask, scores, -np.inf) minus infinity counts as True.

    Check: mask.dtype should be bool.
    """
    return np.where(np.tri(T, dtype=bool), 0.0, -np.inf)
