"""Labels as rows with a single 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week05_losses.formulas import labels


@question(points=6)
def one_hot(y: Array, K: int) -> Any:
    """A row for each label, 1 at the label and 0 elsewhere.

    Args:
        y: labels from 0 to K - 1, shape (N,), int64.
        K: how many classes there are; some may not occur in y.

    Returns:
        Shape (N, K), float64; every row sums to 1.

    Source: keras.ops.one_hot.
    """
    import keras

    return keras.ops.one_hot(y, K, dtype="float64")


@one_hot.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return {"y": labels(rng, 7, 4), "K": 4}


@one_hot.case("square")
def _(rng: Rng) -> Inputs:
    # One label twice and one not at all: a permutation matrix could be its own transpose.
    return {"y": rng.permutation([0, 1, 2, 2, 4]), "K": 5}


@one_hot.case("absent-classes", square="the row of one label is still a table")
def _(rng: Rng) -> Inputs:
    return {"y": rng.integers(1, 5, 1), "K": int(rng.integers(7, 12))}


@one_hot.alternative("rows-of-the-identity")
def _(y: Array, K: int) -> Any:
    return np.eye(K)[y]


@one_hot.alternative("comparison")
def _(y: Array, K: int) -> Any:
    return (y[:, None] == np.arange(K)).astype(float)


@one_hot.mistake("one-hot-transposed")
def _(y: Array, K: int) -> Any:
    """A row is an example and a column a class, (N, K); here they are swapped.

    With N = K the shape happens to be right, but the rows no longer sum to 1.

    Check: every row should sum to 1.
    """
    return np.eye(K)[:, y]


@one_hot.mistake("one-hot-counted-from-one", rows="C21")
def _(y: Array, K: int) -> Any:
    """Labels run from 0 to K - 1, like NumPy's columns; here they are treated as running from 1 to
    K.

    Every 1 is one column too far left. Label 0 becomes column -1, which in NumPy is the last one,
    so there is no error.

    Check: for y = [0] and K = 3 the row should be [1, 0, 0].
    """
    Y = np.zeros((len(y), K))
    Y[np.arange(len(y)), y - 1] = 1
    return Y


@one_hot.mistake("one-hot-every-row", rows="C20")
def _(y: Array, K: int) -> Any:
    """A colon as the row index means all rows, so every row gets a 1 at every label in y.

    All rows are equal. NumPy pairs two index arrays of the same length entry by entry, but it pairs
    a colon with nothing.

    Check: every row should sum to 1.
    """
    Y = np.zeros((len(y), K))
    Y[:, y] = 1
    return Y


@one_hot.mistake("one-hot-classes-by-largest-label")
def _(y: Array, K: int) -> Any:
    """The number of columns is K; here it comes from the largest label in y.

    A small batch need not contain every class. Then the table is narrower than the logits.

    Check: for y = [0] and K = 3 the row should be [1, 0, 0].
    """
    return np.eye(y.max() + 1)[y]


@one_hot.mistake("one-hot-labels-kept")
def _(y: Array, K: int) -> Any:
    """The entry at the label is 1, whatever the label; here it is the label itself.

    Class 0 then has a row of zeros, and class 3 counts three times.

    Check: every row should sum to 1.
    """
    Y = np.zeros((len(y), K))
    Y[np.arange(len(y)), y] = y
    return Y


@one_hot.mistake("one-hot-reversed")
def _(y: Array, K: int) -> Any:
    """The label's class gets 1 and all others get 0; here zeros and ones are swapped.

    Training should push the true class's probability towards 1; this would push it towards 0.

    Check: every row should sum to 1.
    """
    return 1.0 - np.eye(K)[y]
