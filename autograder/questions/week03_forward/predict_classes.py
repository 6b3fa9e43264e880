"""The brightest output."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=8)
def predict_classes(logits: Array) -> Any:
    """The class with the largest logit, for every example; among equal ones the first.

    Args:
        logits: shape (N, K), float64.

    Returns:
        Class numbers from 0 to K - 1, shape (N,), whole numbers.

    Source: keras.ops.argmax over the last axis.
    """
    from keras import ops

    return ops.argmax(logits, axis=-1)


@predict_classes.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return {"logits": rng.normal(size=(11, 5))}


@predict_classes.case("all-negative")
def _(rng: Rng) -> Inputs:
    return {"logits": -rng.uniform(1, 9, (12, 4))}


@predict_classes.case("square", square="with N = K a wrong axis has the right shape")
def _(rng: Rng) -> Inputs:
    return {"logits": rng.normal(size=(6, 6))}


@predict_classes.case("equal-logits")
def _(rng: Rng) -> Inputs:
    logits = -rng.uniform(1, 9, (9, 5))
    for row in logits:
        row[rng.permutation(5)[:2]] = 0.0
    return {"logits": logits}


@predict_classes.alternative("sorted")
def _(logits: Array) -> Any:
    return np.argsort(-logits, axis=1, kind="stable")[:, 0]


@predict_classes.mistake("classes-over-the-batch", rows="L12")
def _(logits: Array) -> Any:
    """axis=0 compares examples for each class; an example's classes stand in its row, along axis 1.

    The result has one entry for each class, (K,), and names examples. With N = K its shape is
    right by accident.

    Check: the result should have one entry for each row of logits.
    """
    return np.argmax(logits, axis=0)


@predict_classes.mistake("classes-over-everything", rows="L12")
def _(logits: Array) -> Any:
    """Without an axis argmax looks at the whole table as one long row and gives a single place.

    There is one answer for each example, so N answers.

    Check: the result should have the shape (N,).
    """
    return np.argmax(logits)


@predict_classes.mistake("classes-as-one-hot", rows="L12")
def _(logits: Array) -> Any:
    """This is a table with a 1 at each winner, (N, K); a class is the number of its column, (N,).

    Comparing such a table with labels compares ones and zeros with class numbers.

    Check: the result should have the shape (N,).
    """
    return np.eye(logits.shape[1], dtype=int)[np.argmax(logits, axis=1)]


@predict_classes.mistake("brightness-for-class")
def _(logits: Array) -> Any:
    """max gives how large the largest logit is; the class is where it stands.

    The result holds decimals and may be negative. A class is a column number.

    Check: every entry should be one of 0, 1, ..., K - 1.
    """
    return np.max(logits, axis=1)


@predict_classes.mistake("darkest-output")
def _(logits: Array) -> Any:
    """The answer is the largest logit; here it is the smallest.

    argmin and argmax differ by two letters.

    Check: for logits [0, 5, 1] the class should be 1.
    """
    return np.argmin(logits, axis=1)


@predict_classes.mistake("largest-size-for-class")
def _(logits: Array) -> Any:
    """A logit of -9 is a strong no; comparing sizes without signs makes it the winner.

    With positive logits nothing shows.

    Check: for logits [-9, 1, 2] the class should be 2.
    """
    return np.argmax(np.abs(logits), axis=1)


@predict_classes.mistake("classes-from-one")
def _(logits: Array) -> Any:
    """Classes are column numbers and begin at 0; here every one is 1 too large.

    Labels in this course run from 0 to K - 1. Digit 0 would never be named.

    Check: for logits [5, 0, 0] the class should be 0.
    """
    return np.argmax(logits, axis=1) + 1


@predict_classes.mistake("classes-as-column", rows="N03")
def _(logits: Array) -> Any:
    """The numbers are right and stand in a column, (N, 1); labels have the shape (N,).

    Comparing (N, 1) with labels (N,) gives an (N, N) table without any error, and its mean is not
    the share of right answers.

    Check: the result's shape should be (N,).
    """
    return np.argmax(logits, axis=1, keepdims=True)


@predict_classes.mistake("last-of-equals")
def _(logits: Array) -> Any:
    """Among equal logits the first wins; with >= in a comparison, or a sort from below, the last
    does.

    It shows only where two logits are exactly equal, for example when all of them are 0.

    Check: for logits [3, 3, 1] the class should be 0.
    """
    return logits.shape[1] - 1 - np.argmax(logits[:, ::-1], axis=1)
