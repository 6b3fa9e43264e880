"""The negative log-likelihood of the true classes."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week05_losses.formulas import (
    far_scores,
    indicator,
    labels,
    of_the_label,
    row_log_softmax,
    scores,
)


@question(points=7, builds_on=("one_hot",))
def nll(log_probs: Array, y: Array) -> Any:
    """The mean over the N examples of -log_probs[n, y[n]].

    Args:
        log_probs: logarithms of each row's probabilities, shape (N, K), float64.
        y: labels from 0 to K - 1, shape (N,), int64.

    Returns:
        One number, 0 or more.

    Source: keras.ops.take_along_axis and keras.ops.mean.
    """
    from keras import ops

    return -ops.mean(ops.take_along_axis(log_probs, y[:, None], axis=1))


@nll.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return {"log_probs": row_log_softmax(rng.uniform(-3, 3, (7, 4))), "y": labels(rng, 7, 4)}


@nll.case("square", square="with N = K a label that indexes the wrong axis has the right shape")
def _(rng: Rng) -> Inputs:
    given = scores(rng, 4, 4, 3.0)
    return {"log_probs": row_log_softmax(given["Z"]), "y": given["y"]}


@nll.case("one-example", square="one example is a batch too")
def _(rng: Rng) -> Inputs:
    given = scores(rng, 1, 4, 3.0)
    return {"log_probs": row_log_softmax(given["Z"]), "y": given["y"]}


@nll.case("stability", stability=True)
def _(rng: Rng) -> Inputs:
    given = far_scores(rng, 6, 5)
    return {"log_probs": row_log_softmax(given["Z"]), "y": given["y"]}


@nll.alternative("example-by-example")
def _(log_probs: Array, y: Array) -> Any:
    return -sum(row[label] for row, label in zip(log_probs, y, strict=True)) / len(y)


@nll.mistake("nll-sign-missing")
def _(log_probs: Array, y: Array) -> Any:
    """Log-probabilities are at most 0, but a loss is at least 0: it is the mean of -log p.

    Without the minus sign the loss is lowest where the robot is most wrong.

    Check: for log_probs = [[-1, -0.459]] and y = [0] the loss should be 1.
    """
    return of_the_label(log_probs, y).mean()


@nll.mistake("nll-summed", rows="C13")
def _(log_probs: Array, y: Array) -> Any:
    """This is the sum over the examples; the loss is their mean.

    A sum grows with the batch, so the losses of two batches cannot be compared.

    Check: list every row and every label twice; the loss should not change.
    """
    return -of_the_label(log_probs, y).sum()


@nll.mistake("nll-averaged-over-classes", rows="C14")
def _(log_probs: Array, y: Array) -> Any:
    """Each row contributes one number, so the mean runs over N examples, not over N * K entries.

    After multiplying by one-hot rows most entries are 0, but they count in the average. The loss is
    K times too small.

    Check: for log_probs = [[-1, -0.459]] and y = [0] the loss should be 1.
    """
    return -np.mean(indicator(log_probs, y) * log_probs)


@nll.mistake("nll-every-pair", rows="C20")
def _(log_probs: Array, y: Array) -> Any:
    """With a colon, or with labels of shape (N, 1), NumPy pairs every row with every label, (N, N).

    The mean then runs over N * N entries, most of which belong to another example's label.

    Check: print the shape of what you pick from log_probs; it should be (N,).
    """
    return -log_probs[:, y].mean()


@nll.mistake("nll-labels-counted-from-one", rows="C21")
def _(log_probs: Array, y: Array) -> Any:
    """Labels run from 0 to K - 1, like NumPy's columns; here they are treated as running from 1 to
    K.

    Each label picks its left neighbour, and label 0 picks the last column, so there is no error.

    Check: for log_probs = [[-1, -0.459]] and y = [0] the loss should be 1.
    """
    return -of_the_label(log_probs, y - 1).mean()


@nll.mistake("nll-log-taken-again")
def _(log_probs: Array, y: Array) -> Any:
    """The argument already holds logarithms; the logarithm of a negative number is nan.

    The name of the loss, negative log-likelihood, includes the logarithm that has already been
    taken.

    Check: print log_probs; does it hold probabilities, or their logarithms?
    """
    return -np.log(of_the_label(log_probs, y)).mean()


@nll.mistake("nll-of-the-favourite", rows="C25")
def _(log_probs: Array, y: Array) -> Any:
    """This is -log p of the class that the robot finds most likely; the label y is not used.

    A robot that is sure of itself gets a loss of nearly 0, right or wrong.

    Check: the loss should change when y does.
    """
    return -log_probs.max(axis=1).mean()


@nll.mistake("nll-counts-mistakes", rows="C25")
def _(log_probs: Array, y: Array) -> Any:
    """This is the fraction of wrong answers; the loss is the mean of -log p of the true class.

    The fraction does not change when a probability changes a little, so it has no slope to follow.

    Check: for log_probs = [[-1, -0.459]] and y = [0] the loss should be 1.
    """
    return np.mean(log_probs.argmax(axis=1) != y)


@nll.mistake("nll-back-to-probabilities")
def _(log_probs: Array, y: Array) -> Any:
    """1 - p is at most 1, however wrong the robot is; -log p of the true class has no such limit.

    exp of a log-probability gives the probability again, and the difference between a wrong answer
    and a terribly wrong one is lost.

    Check: for log_probs = [[-1000, 0]] and y = [0] the loss should be 1000.
    """
    return np.mean(1 - np.exp(of_the_label(log_probs, y)))


@nll.mistake("nll-per-example", rows="N03")
def _(log_probs: Array, y: Array) -> Any:
    """These are the losses of the N examples, shape (N,); the loss of a batch is their mean.

    Training needs a single number to minimise.

    Check: the shape of the result should be ().
    """
    return -of_the_label(log_probs, y)


@nll.mistake("nll-axis-kept", rows="N03")
def _(log_probs: Array, y: Array) -> Any:
    """The mean over the examples leaves an axis of size 1: the loss has the shape (1,), not ().

    The number is right. log_probs[rows, y[:, None]] and take_along_axis return a column, (N, 1).

    Check: the shape of the result should be ().
    """
    return np.mean(-of_the_label(log_probs, y)[:, None], axis=0)


@nll.mistake("nll-every-pair-kept", rows="C20 N03")
def _(log_probs: Array, y: Array) -> Any:
    """log_probs[:, y] takes every label for every example, (N, N), and nothing is averaged.

    Each example has one label, so one entry is taken from each row.

    Check: log_probs[np.arange(N), y] should have the shape (N,), and its mean the shape ().
    """
    return -log_probs[:, y]
