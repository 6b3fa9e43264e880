"""Probabilities from logits."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week03_forward.formulas import row_softmax, stable_sigmoid


@question(points=10)
def predict_probabilities(logits: Array) -> Any:
    """Probabilities of each row: exp(logits[n, k]) / sum over j of exp(logits[n, j]).

    Args:
        logits: shape (N, K), float64, up to 10,000 in size.

    Returns:
        Probabilities, shape (N, K), float64; every row sums to 1.

    Source: keras.activations.softmax over the last axis.
    """
    import keras

    return keras.activations.softmax(logits, axis=-1)


@predict_probabilities.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return {"logits": rng.uniform(-2, 2, (6, 4))}


@predict_probabilities.case(
    "square", square="a sum without keepdims raises an error unless N equals K"
)
def _(rng: Rng) -> Inputs:
    return {"logits": rng.uniform(-2, 2, (5, 5))}


@predict_probabilities.case("one-example", square="one row is still a table")
def _(rng: Rng) -> Inputs:
    return {"logits": rng.uniform(-2, 2, (1, 4))}


@predict_probabilities.case("hundreds", stability=True)
def _(rng: Rng) -> Inputs:
    level = rng.uniform(420, 600, (7, 1)) * np.resize([1.0, -1.0], (7, 1))
    return {"logits": level + rng.uniform(-2, 2, (7, 3))}


@predict_probabilities.case("stability", weight=2, stability=True)
def _(rng: Rng) -> Inputs:
    level = rng.uniform(1000, 9000, (6, 1)) * np.resize([1.0, -1.0], (6, 1))
    width = np.resize([2.0, 2.0, 900.0], (6, 1))
    return {"logits": level + width * rng.uniform(-1, 1, (6, 3))}


@predict_probabilities.alternative("row-by-row")
def _(logits: Array) -> Any:
    rows = []
    for row in logits:
        shifted = np.exp(row - max(row))
        rows.append(shifted / sum(shifted))
    return rows


def down_the_columns(logits: Array, shift: Any) -> Array:
    """Probabilities whose columns sum to 1, after any shift."""
    E = np.exp(logits - shift(logits))
    probabilities: Array = E / E.sum(axis=0)
    return probabilities


@predict_probabilities.mistake("probabilities-overflow", rows="A26")
def _(logits: Array) -> Any:
    """exp of a number above about 709 is inf in float64, and inf / inf is nan.

    Small logits are right. Logits far below 0 fail too: every exp is 0, and 0 / 0 is nan. The
    probabilities depend only on the differences within a row, not on the size of its logits.

    Next: reread which number can be subtracted from a row without changing its probabilities.
    """
    E = np.exp(logits)
    return E / E.sum(axis=1, keepdims=True)


@predict_probabilities.mistake("probabilities-shift-added", rows="A27")
def _(logits: Array) -> Any:
    """The largest logit of a row is subtracted before exp; here it is added.

    exp then overflows for logits of only about 355. Small logits are right, because any constant
    cancels.

    Check: after the shift the largest entry of every row should be 0.
    """
    E = np.exp(logits + logits.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


@predict_probabilities.mistake("probabilities-global-shift", rows="A28")
def _(logits: Array) -> Any:
    """Subtracting the whole batch's largest logit makes every exp of a low row 0, and 0 / 0 is nan.

    Rows close to the largest logit are right. Each row is a separate example and needs its own
    shift.

    Check: after the shift the largest entry of every row should be 0.
    """
    E = np.exp(logits - logits.max())
    return E / E.sum(axis=1, keepdims=True)


@predict_probabilities.mistake(
    "probabilities-over-the-batch",
    rows="A29",
    otherwise=lambda _: tuple(
        partial(down_the_columns, shift=shift)
        for shift in (lambda Z: Z.max(), lambda Z: Z.max(axis=1, keepdims=True), lambda Z: 0.0)
    ),
)
def _(logits: Array) -> Any:
    """The columns of your result sum to 1; the rows should, because each row is one example.

    With axis=0 the pictures of a batch compete with each other for each class. axis names the axis
    that disappears in the sum.

    Check: print the sums over axis 1; every entry should be 1.
    """
    E = np.exp(logits - logits.max(axis=0))
    return E / E.sum(axis=0)


@predict_probabilities.mistake("probabilities-over-everything", rows="A29")
def _(logits: Array) -> Any:
    """All entries together sum to 1; each row should sum to 1, because each row is one example.

    A sum without an axis adds up the whole table.

    Check: print the sums over axis 1; every entry should be 1.
    """
    E = np.exp(logits - logits.max())
    return E / E.sum()


@predict_probabilities.mistake("probabilities-keepdims-missing", rows="A30")
def _(logits: Array) -> Any:
    """A sum over axis 1 has shape (N,); NumPy lines it up with the columns, not with the rows.

    With N different from K NumPy raises an error. With N = K it divides column n by the sum of row
    n, without any error. A sum of shape (N, 1) lines up with the rows.

    Check: print the shapes of the numerator and the denominator.
    """
    E = np.exp(logits - logits.max(axis=1, keepdims=True))
    return E / E.sum(axis=1)


@predict_probabilities.mistake("probabilities-without-exp", rows="A37")
def _(logits: Array) -> Any:
    """Rows of logits / sum do add up to 1, but entries can be negative; exp makes them positive.

    Entries can be above 1 too. A row whose logits nearly cancel gives enormous numbers.

    Check: every entry should lie between 0 and 1.
    """
    return logits / logits.sum(axis=1, keepdims=True)


@predict_probabilities.mistake("probabilities-doubled-logits", rows="A38")
def _(logits: Array) -> Any:
    """exp(2 z) doubles every difference within a row, so the network seems more certain than it is.

    The ratio of two probabilities is exp of the difference between their logits. Here it is the
    square of that.

    Check: for the logits [1, 0] the ratio of the probabilities should be e = 2.718.
    """
    return row_softmax(2 * logits)


@predict_probabilities.mistake("probabilities-divided-logits", rows="A38")
def _(logits: Array) -> Any:
    """Dividing the logits by K flattens the row; the network seems less certain than it is.

    The ratio of two probabilities is exp of the difference between their logits. Here the
    difference is K times too small.

    Check: for the logits [1, 0] the ratio of the probabilities should be e = 2.718.
    """
    return row_softmax(logits / logits.shape[1])


@predict_probabilities.mistake("probabilities-entrywise-sigmoid")
def _(logits: Array) -> Any:
    """A sigmoid looks at each logit on its own; probabilities of K classes must sum to 1 in each
    row.

    K sigmoids answer K separate yes-or-no questions.

    Check: print the sums over axis 1; every entry should be 1.
    """
    return stable_sigmoid(logits)


@predict_probabilities.mistake("winner-takes-all")
def _(logits: Array) -> Any:
    """A 1 for the largest logit and 0 elsewhere is the predicted class, not the probabilities.

    The differences between the logits are lost. A close decision looks like a certain one.

    Check: for the logits [1, 0] the probabilities should be 0.731 and 0.269.
    """
    return np.eye(logits.shape[1])[np.argmax(logits, axis=1)]


@predict_probabilities.mistake("log-probabilities")
def _(logits: Array) -> Any:
    """These are the logarithms of the probabilities, z - log(sum of exp(z)); none is above 0.

    They are used in the loss of week 05. A probability lies between 0 and 1.

    Check: every entry should lie between 0 and 1.
    """
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@predict_probabilities.mistake("logits-shifted-in-place", rows="N05")
def _(logits: Array) -> Any:
    """`-=` writes into the caller's own array, so the logits themselves change.

    The probabilities are right, but code that uses the logits afterwards, such as a loss, finds
    different numbers.

    Check: keep a copy of logits, call your function, and compare.
    """
    logits -= logits.max(axis=1, keepdims=True)
    E = np.exp(logits)
    return E / E.sum(axis=1, keepdims=True)
