"""The logarithm of softmax, without ever computing a probability of 0."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import SMALL_NUMBERS, Array, Inputs, Rng, question
from autograder.questions.week05_losses.formulas import far_scores, row_log_softmax, row_softmax


@question(points=11)
def log_softmax(Z: Array) -> Any:
    """Logarithms of each row's probabilities, for any finite logits.

    Args:
        Z: logits, shape (N, K), float64.

    Returns:
        Log-probabilities, shape (N, K), float64; none is above 0, all are finite.

    Source: keras.ops.log_softmax over the last axis.
    """
    import keras

    return keras.ops.log_softmax(Z, axis=-1)


@log_softmax.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return {"Z": rng.uniform(-2, 2, (5, 3))}


@log_softmax.case("square", square="a sum without keepdims raises an error unless N equals K")
def _(rng: Rng) -> Inputs:
    return {"Z": rng.uniform(-2, 2, (4, 4))}


@log_softmax.case("one-example", square="one row is still a table")
def _(rng: Rng) -> Inputs:
    return {"Z": rng.uniform(-2, 2, (1, 4))}


@log_softmax.case("hundreds", stability=True)
def _(rng: Rng) -> Inputs:
    level = rng.uniform(420, 600, (6, 1)) * np.resize([1.0, -1.0], (6, 1))
    return {"Z": level + rng.uniform(-2, 2, (6, 4))}


@log_softmax.case("stability", weight=2, stability=True)
def _(rng: Rng) -> Inputs:
    return {"Z": far_scores(rng, 7, 4)["Z"]}


@log_softmax.alternative("scipy")
def _(Z: Array) -> Any:
    from scipy.special import logsumexp

    return Z - logsumexp(Z, axis=1, keepdims=True)


@log_softmax.mistake("log-of-softmax", rows="A33")
def _(Z: Array) -> Any:
    """A probability below about 1e-308 is 0 in float64, and log(0) is -inf; the true log is finite.

    Rows whose logits are close together are right. With logits of 0 and 1000 the logarithms are
    -1000 and 0; computing the probabilities first loses the -1000.

    Next: first take the logarithm of the fraction on paper, and see which exp remains.
    """
    return np.log(row_softmax(Z))


@log_softmax.mistake("log-softmax-with-epsilon", rows="C23", family={"small": SMALL_NUMBERS})
def _(Z: Array, *, small: float = 1e-12) -> Any:
    """A small number inside the logarithm changes every value and limits it: 1e-12 to log(1e-12),
    which is -27.6.

    It hides log(0), and with it how wrong the robot is: a loss of 1000 becomes 27.6, and beyond
    that the slope is 0.

    Next: first take the logarithm of the fraction on paper; then log(0) cannot occur.
    """
    return np.log(row_softmax(Z) + small)


@log_softmax.mistake("log-softmax-overflow", rows="A26")
def _(Z: Array) -> Any:
    """exp overflows above about 709 and is 0 below about -745; both spoil the log of the sum.

    The equation is right on paper. Only the differences within a row matter, so the row can be
    shifted before exp is taken.

    Next: find a constant for each row that can be subtracted from its logits.
    """
    return Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))


@log_softmax.mistake("log-softmax-shift-added", rows="A27")
def _(Z: Array) -> Any:
    """The row's largest logit is subtracted before exp; here it is added.

    For small logits the result is right, because any shift cancels.

    Check: after the shift the largest entry of every row should be 0.
    """
    shifted = Z + Z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@log_softmax.mistake("log-softmax-global-shift", rows="A28")
def _(Z: Array) -> Any:
    """Subtracting the whole batch's largest logit makes every exp of a low row 0, and log(0) is
    -inf.

    Rows close to the largest logit are right. The result of a row then depends on the other rows of
    its batch.

    Check: after the shift the largest entry of every row should be 0.
    """
    shifted = Z - Z.max()
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@log_softmax.mistake("log-softmax-shift-in-the-sum-only")
def _(Z: Array) -> Any:
    """The shift only cancels if it is applied both to the logit and inside the sum of exps.

    Here the logit outside the logarithm is not shifted. Each row is off by its largest logit.

    Check: no entry of the result should be above 0.
    """
    return Z - np.log(np.exp(Z - Z.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True))


@log_softmax.mistake("log-softmax-over-the-batch", rows="A29")
def _(Z: Array) -> Any:
    """The sum runs down the columns; it should run over the classes of each row.

    A row is one example. Here the examples of a batch share their probabilities.

    Check: exp of the result should sum to 1 along every row.
    """
    return row_log_softmax(Z.T).T


@log_softmax.mistake("log-softmax-over-everything", rows="A29")
def _(Z: Array) -> Any:
    """The sum runs over all N * K entries; each row needs its own sum.

    exp of all entries together sums to 1, but no single row does.

    Check: exp of the result should sum to 1 along every row.
    """
    shifted = Z - Z.max()
    return shifted - np.log(np.exp(shifted).sum())


@log_softmax.mistake("log-softmax-keepdims-missing", rows="A30")
def _(Z: Array) -> Any:
    """A sum over axis 1 has shape (N,); NumPy lines it up with the columns, not with the rows.

    For N different from K NumPy raises an error. For N = K it silently subtracts the wrong numbers.

    Check: print the shapes of the logits and of the sum.
    """
    shifted = Z - Z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1))


@log_softmax.mistake("log-softmax-base-two", rows="C22")
def _(Z: Array) -> Any:
    """log2 measures in bits; in this course log is the natural logarithm, the inverse of exp.

    Every value is 1.4427 times too large. In information theory bits are common.

    Check: for logits of [0, 0] both entries should be -0.6931.
    """
    return row_log_softmax(Z) / np.log(2)


@log_softmax.mistake("log-softmax-without-log")
def _(Z: Array) -> Any:
    """These are the probabilities; the question asks for their logarithms.

    All entries lie between 0 and 1. A logarithm of a probability is never above 0.

    Check: for logits of [0, 0] both entries should be -0.6931.
    """
    return row_softmax(Z)


@log_softmax.mistake("log-softmax-reversed")
def _(Z: Array) -> Any:
    """A probability is at most 1, so its logarithm is at most 0; here every sign is reversed.

    The minus sign belongs to the next exercise, which turns these numbers into a loss.

    Check: for logits of [0, 0] both entries should be -0.6931.
    """
    return -row_log_softmax(Z)


@log_softmax.mistake("log-softmax-in-place", rows="A16 N05")
def _(Z: Array) -> Any:
    """Subtracting in place with -= changes the caller's Z, because Z is not a copy.

    The returned values are right, but the logits are shifted for any code that still needs them.

    Check: keep a copy of Z, call your function, and compare Z with the copy.
    """
    Z -= Z.max(axis=1, keepdims=True)
    return Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
