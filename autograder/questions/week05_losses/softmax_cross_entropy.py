"""Softmax cross-entropy from logits."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import SMALL_NUMBERS, Array, Formula, Inputs, Rng, question
from autograder.questions.week05_losses.formulas import (
    far_scores,
    indicator,
    of_the_label,
    row_log_softmax,
    row_softmax,
    scores,
)


def cross_entropy(Z: Any, y: Any) -> Any:
    """Keras' loss in the dtype of Z."""
    import keras

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype=Z.dtype.name)
    return loss(y, Z)


@question(points=9, builds_on=("log_softmax",))
def softmax_cross_entropy(Z: Array, y: Array) -> Any:
    """The mean over the N examples of -log softmax(Z)[n, y[n]].

    Args:
        Z: logits, shape (N, K), float64; K may be as large as 50,000.
        y: labels from 0 to K - 1, shape (N,), int64.

    Returns:
        One number, 0 or more.

    Source: keras.losses.SparseCategoricalCrossentropy(from_logits=True).
    """
    return cross_entropy(Z, y)


@softmax_cross_entropy.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return scores(rng, 7, 4)


@softmax_cross_entropy.case("square", square="with N = K a wrong axis has the right shape")
def _(rng: Rng) -> Inputs:
    return scores(rng, 4, 4)


@softmax_cross_entropy.case("stability", weight=2, stability=True)
def _(rng: Rng) -> Inputs:
    return far_scores(rng, 6, 5)


@softmax_cross_entropy.case("vocabulary", square="one example is a batch too")
def _(rng: Rng) -> Inputs:
    return {"Z": 3 * rng.normal(size=(1, 50_000)), "y": rng.integers(0, 50_000, 1)}


@softmax_cross_entropy.alternative("logsumexp-minus-logit")
def _(Z: Array, y: Array) -> Any:
    from scipy.special import logsumexp

    return np.mean(logsumexp(Z, axis=1) - Z[np.arange(len(y)), y])


@softmax_cross_entropy.alternative("one-hot-rows")
def _(Z: Array, y: Array) -> Any:
    return -np.sum(indicator(Z, y) * row_log_softmax(Z)) / len(y)


@softmax_cross_entropy.made_of(
    but="log-of-softmax log-softmax-base-two log-softmax-keepdims-missing "
    "log-softmax-over-the-batch log-softmax-overflow log-softmax-reversed "
    "log-softmax-shift-added log-softmax-with-epsilon"
)
def _(Z: Array, y: Array, *, log_softmax: Formula = row_log_softmax) -> Any:
    return -of_the_label(log_softmax(Z), y).mean()


@softmax_cross_entropy.mistake("cross-entropy-summed", rows="C13")
def _(Z: Array, y: Array) -> Any:
    """This is the sum over the examples; the loss is their mean.

    A sum grows with the batch, and so do its gradients and the steps.

    Check: list every row and every label twice; the loss should not change.
    """
    return -of_the_label(row_log_softmax(Z), y).sum()


@softmax_cross_entropy.mistake("cross-entropy-averaged-over-classes", rows="C14")
def _(Z: Array, y: Array) -> Any:
    """Each example contributes one number, so the mean runs over N, not over N * K entries.

    After multiplying by one-hot rows most entries are 0, but they count in the average. The loss is
    K times too small.

    Check: for Z = [[0, 0]] and y = [0] the loss should be log(2) = 0.6931.
    """
    return -np.mean(indicator(Z, y) * row_log_softmax(Z))


@softmax_cross_entropy.mistake("cross-entropy-sign-missing")
def _(Z: Array, y: Array) -> Any:
    """Log-probabilities are at most 0, but a loss is at least 0: it is the mean of -log p.

    Without the minus sign the loss is lowest where the robot is most wrong.

    Check: for Z = [[0, 0]] and y = [0] the loss should be log(2) = 0.6931.
    """
    return of_the_label(row_log_softmax(Z), y).mean()


@softmax_cross_entropy.mistake("softmax-taken-twice", rows="C18")
def _(Z: Array, y: Array) -> Any:
    """This loss already contains the softmax; here it is applied to the logits once more.

    The second softmax only sees numbers from 0 to 1, so no class can ever be far ahead. The loss
    stays near log(K) and never comes near 0.

    Check: for Z = [[100, 0]] and y = [0] the loss should be nearly 0.
    """
    return -of_the_label(row_log_softmax(row_softmax(Z)), y).mean()


@softmax_cross_entropy.mistake("cross-entropy-of-every-class")
def _(Z: Array, y: Array) -> Any:
    """This adds -log(1 - p) for each wrong class: the loss of K separate yes-or-no questions.

    The probabilities of softmax sum to 1, so the loss looks at the true class alone: raising it
    lowers the others.

    Check: for Z = [[0, 0, 0]] the loss should be log(3) = 1.0986.
    """
    p, of_label = row_softmax(Z), indicator(Z, y)
    return -(of_label * np.log(p) + (1 - of_label) * np.log(1 - p)).sum() / len(y)


@softmax_cross_entropy.mistake(
    "cross-entropy-every-pair",
    rows="C20",
    otherwise=lambda _: (lambda Z, y: -np.log(row_softmax(Z)[:, y]).mean(),),
)
def _(Z: Array, y: Array) -> Any:
    """With a colon, or with labels of shape (N, 1), NumPy pairs every row with every label, (N, N).

    The mean then runs over N * N entries, most of which belong to another example's label.

    Check: print the shape of what you pick from the log-probabilities; it should be (N,).
    """
    return -row_log_softmax(Z)[:, y].mean()


@softmax_cross_entropy.mistake("cross-entropy-labels-counted-from-one", rows="C21")
def _(Z: Array, y: Array) -> Any:
    """Labels run from 0 to K - 1, like NumPy's columns; here they are treated as running from 1 to
    K.

    Each label picks its left neighbour, and label 0 picks the last column, so there is no error.

    Check: for Z = [[100, 0, 0]] and y = [0] the loss should be nearly 0.
    """
    return -of_the_label(row_log_softmax(Z), y - 1).mean()


@softmax_cross_entropy.mistake("cross-entropy-base-two", rows="C22")
def _(Z: Array, y: Array) -> Any:
    """log2 measures in bits; in this course log is the natural logarithm, the inverse of exp.

    The loss is 1.4427 times too large, and its gradient would be too.

    Check: for Z = [[0, 0]] and y = [0] the loss should be log(2) = 0.6931.
    """
    return -of_the_label(row_log_softmax(Z) / np.log(2), y).mean()


@softmax_cross_entropy.mistake("cross-entropy-base-ten", rows="C22")
def _(Z: Array, y: Array) -> Any:
    """log10 has base 10; in this course log is the natural logarithm, the inverse of exp.

    The loss is 0.4343 times the expected one.

    Check: for Z = [[0, 0]] and y = [0] the loss should be log(2) = 0.6931.
    """
    return -of_the_label(row_log_softmax(Z) / np.log(10), y).mean()


@softmax_cross_entropy.mistake(
    "cross-entropy-with-epsilon", rows="C23", family={"small": SMALL_NUMBERS}
)
def _(Z: Array, y: Array, *, small: float = 1e-12) -> Any:
    """A small number inside the logarithm changes every loss and limits it, 1e-12 to 27.6.

    It hides log(0), and with it how wrong the robot is. Beyond the limit the slope is 0.

    Check: for Z = [[0, 1000]] and y = [0] the loss should be 1000.
    """
    return -np.log(of_the_label(row_softmax(Z), y) + small).mean()


@softmax_cross_entropy.mistake(
    "cross-entropy-clipped", rows="C09 C23", family={"small": SMALL_NUMBERS}
)
def _(Z: Array, y: Array, *, small: float = 1e-7) -> Any:
    """Clipping the probabilities limits the loss, at 1e-7 to 16.12; beyond that its slope is 0.

    Keras clips like this when it is given probabilities, because it then has nothing better. From
    logits the loss is exact.

    Check: for Z = [[0, 1000]] and y = [0] the loss should be 1000.
    """
    return -np.log(np.clip(of_the_label(row_softmax(Z), y), small, 1 - small)).mean()


@softmax_cross_entropy.mistake("log-of-a-vanished-probability", rows="A33")
def _(Z: Array, y: Array) -> Any:
    """A probability below about 1e-308 is 0 in float64, and -log(0) is inf.

    The loss of such an example is large but finite: about the difference between the best logit and
    the true one. Computing the probability first loses it.

    Next: use the function in this notebook that gives log-probabilities for any logits.
    """
    return -np.log(of_the_label(row_softmax(Z), y)).mean()


@softmax_cross_entropy.mistake("cross-entropy-overflow", rows="A26")
def _(Z: Array, y: Array) -> Any:
    """exp overflows above about 709 and is 0 far below 0, and inf / inf and 0 / 0 are nan.

    The equation is right on paper and for small logits.

    Next: use the function in this notebook that gives log-probabilities for any logits.
    """
    E = np.exp(Z)
    return -np.log(of_the_label(E / E.sum(axis=1, keepdims=True), y)).mean()


@softmax_cross_entropy.mistake("cross-entropy-over-the-batch", rows="A29")
def _(Z: Array, y: Array) -> Any:
    """The softmax runs down the columns; it should run over the classes of each row.

    A row is one example. Here the examples of a batch share their probabilities.

    Check: the loss of a batch should be the mean of the losses of its single rows.
    """
    return -of_the_label(row_log_softmax(Z.T).T, y).mean()


@softmax_cross_entropy.mistake("cross-entropy-of-raw-logits")
def _(Z: Array, y: Array) -> Any:
    """Logits are not log-probabilities: the log of the row's sum of exps has to be subtracted.

    Without it the loss falls without limit when all logits are raised together, although no
    probability changes.

    Check: add 10 to every logit; the loss should not change.
    """
    return -of_the_label(Z, y).mean()


@softmax_cross_entropy.mistake("cross-entropy-counts-mistakes", rows="C25")
def _(Z: Array, y: Array) -> Any:
    """This is the fraction of wrong answers; the loss is the mean of -log p of the true class.

    The fraction does not change when a logit changes a little, so it has no slope to follow.

    Check: for Z = [[0, 0]] and y = [0] the loss should be log(2) = 0.6931.
    """
    return np.mean(Z.argmax(axis=1) != y)


@softmax_cross_entropy.mistake("cross-entropy-of-the-favourite", rows="C25")
def _(Z: Array, y: Array) -> Any:
    """This is -log p of the class that the robot finds most likely; the label y is not used.

    A robot that is sure of itself gets a loss of nearly 0, right or wrong.

    Check: the loss should change when y does.
    """
    return -row_log_softmax(Z).max(axis=1).mean()


@softmax_cross_entropy.mistake("cross-entropy-back-to-probabilities")
def _(Z: Array, y: Array) -> Any:
    """1 - p is at most 1, however wrong the robot is; -log p of the true class has no such limit.

    The difference between a wrong answer and a terribly wrong one is lost.

    Check: for Z = [[0, 1000]] and y = [0] the loss should be 1000.
    """
    return np.mean(1 - of_the_label(row_softmax(Z), y))


@softmax_cross_entropy.mistake("log-of-a-logarithm")
def _(Z: Array, y: Array) -> Any:
    """log_softmax has taken the logarithm already; the logarithm of a negative number is nan.

    The loss is the entry itself with its sign turned.

    Check: print what you take the logarithm of; does it hold probabilities, or their logarithms?
    """
    return -np.log(of_the_label(row_log_softmax(Z), y)).mean()


@softmax_cross_entropy.mistake("cross-entropy-per-example", rows="N03")
def _(Z: Array, y: Array) -> Any:
    """These are the losses of the N examples, shape (N,); the loss of a batch is their mean.

    Training needs a single number to minimise.

    Check: the shape of the result should be ().
    """
    return -of_the_label(row_log_softmax(Z), y)


@softmax_cross_entropy.mistake("cross-entropy-axis-kept", rows="N03")
def _(Z: Array, y: Array) -> Any:
    """The mean over the examples leaves an axis of size 1: the loss has the shape (1,), not ().

    The number is right. A column, (N, 1), comes from y[:, None] or take_along_axis.

    Check: the shape of the result should be ().
    """
    return np.mean(-of_the_label(row_log_softmax(Z), y)[:, None], axis=0)


@softmax_cross_entropy.mistake("cross-entropy-every-pair-kept", rows="C20 N03")
def _(Z: Array, y: Array) -> Any:
    """log_p[:, y] takes every label for every example, (N, N), and nothing is averaged.

    Each example has one label, so one entry is taken from each row.

    Check: log_p[np.arange(N), y] should have the shape (N,), and its mean the shape ().
    """
    return -row_log_softmax(Z)[:, y]
