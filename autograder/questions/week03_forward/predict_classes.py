"""The class with the largest logit."""

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


@predict_classes.case("all-negative", square="the class of one example is still an array")
def _(rng: Rng) -> Inputs:
    logits = -rng.uniform(1, 9, (1, 4))
    # Whoever looks for a logit above 0 and finds none answers with the first class.
    logits[0, rng.integers(1, 4)] = -0.5
    return {"logits": logits}


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
    """axis=0 compares the examples for each class; the classes of one example lie along axis 1.

    The result has one entry for each class, (K,), and each entry is the number of an example. With
    N = K its shape happens to be right.

    Check: the result should have one entry for each row of logits.
    """
    return np.argmax(logits, axis=0)


@predict_classes.mistake("classes-over-everything", rows="L12")
def _(logits: Array) -> Any:
    """Without an axis argmax treats the table as one long row and returns a single index.

    Each of the N examples needs its own answer.

    Check: the result should have the shape (N,).
    """
    return np.argmax(logits)


@predict_classes.mistake("classes-as-one-hot", rows="L12")
def _(logits: Array) -> Any:
    """This is a one-hot table, (N, K); a class is the number of the column with the 1, shape (N,).

    Comparing such a table with labels compares ones and zeros with class numbers.

    Check: the result should have the shape (N,).
    """
    return np.eye(logits.shape[1], dtype=int)[np.argmax(logits, axis=1)]


@predict_classes.mistake("brightness-for-class")
def _(logits: Array) -> Any:
    """max gives the value of the largest logit; the class is its column number.

    The result holds decimals and may be negative. A class is a column number.

    Check: every entry should be one of 0, 1, ..., K - 1.
    """
    return np.max(logits, axis=1)


@predict_classes.mistake("darkest-output")
def _(logits: Array) -> Any:
    """The class has the largest logit; here it is the smallest.

    argmin and argmax differ by two letters.

    Check: for logits [0, 5, 1] the class should be 1.
    """
    return np.argmin(logits, axis=1)


@predict_classes.mistake("largest-size-for-class")
def _(logits: Array) -> Any:
    """A logit of -9 is a strong no; here its absolute value makes it win.

    With positive logits the mistake does not show.

    Check: for logits [-9, 1, 2] the class should be 2.
    """
    return np.argmax(np.abs(logits), axis=1)


@predict_classes.mistake("classes-from-one")
def _(logits: Array) -> Any:
    """Classes are column numbers and begin at 0; here every one is 1 too large.

    Labels in this course run from 0 to K - 1. Here digit 0 would never be predicted.

    Check: for logits [5, 0, 0] the class should be 0.
    """
    return np.argmax(logits, axis=1) + 1


@predict_classes.mistake("classes-as-column", rows="N03")
def _(logits: Array) -> Any:
    """Labels have the shape (N,); here the class numbers form a column, (N, 1).

    Comparing (N, 1) with labels (N,) gives an (N, N) table without any error, and its mean is not
    the accuracy.

    Check: the result's shape should be (N,).
    """
    return np.argmax(logits, axis=1, keepdims=True)


@predict_classes.mistake("last-of-equals")
def _(logits: Array) -> Any:
    """Among equal logits the first wins; `>=` in a comparison, or an ascending sort, picks the
    last.

    It matters only where two logits are exactly equal, for example when all of them are 0.

    Check: for logits [3, 3, 1] the class should be 0.
    """
    return logits.shape[1] - 1 - np.argmax(logits[:, ::-1], axis=1)
