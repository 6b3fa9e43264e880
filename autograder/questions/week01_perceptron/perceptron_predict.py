"""A whole rule: score, then decision."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Formula, Inputs, Rng, question
from autograder.questions.week01_perceptron.weighted_sum import rule_inputs


@question(points=6, builds_on=("weighted_sum", "step"))
def perceptron_predict(X: Array, w: Array, b: float) -> Any:
    """The label of every example: 1 where X[n] w + b > 0, else 0.

    Args:
        X: examples, one a row, shape (N, D), float64 or whole numbers.
        w: weights, shape (D,), float64 or whole numbers.
        b: bias, one number.

    Returns:
        Labels 0 and 1, shape (N,).

    Source: keras.ops.matmul and keras.ops.greater.
    """
    from keras import ops

    return ops.cast(ops.greater(ops.matmul(X, w) + b, 0), "float64")


@perceptron_predict.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return rule_inputs(rng, 40, 3)


@perceptron_predict.case("on-the-line")
def _(rng: Rng) -> Inputs:
    # Multiples of 2^-20: some scores are exactly 0 in every order of summing, and the others are
    # so small that a limit other than 0 shows.
    X, w = rng.integers(-3, 4, (24, 2)), rng.choice([-2, -1, 1, 2], 2) / 2**20
    return {"X": X, "w": w, "b": float(-X[0] @ w)}


@perceptron_predict.case("square", square="with N = D a wrong axis gives the right shape")
def _(rng: Rng) -> Inputs:
    return rule_inputs(rng, 24, 24)


@perceptron_predict.case("one-example", square="the label of one example is still an array")
def _(rng: Rng) -> Inputs:
    return rule_inputs(rng, 1, 3)


@perceptron_predict.made_of(
    but="bias-missing bias-subtracted if-on-an-array products-not-summed score-already-stepped "
    "scores-in-a-column step-at-one-half step-in-place step-keeps-the-score "
    "step-minus-one-or-one step-one-at-zero step-reversed"
)
def _(
    X: Array,
    w: Array,
    b: float,
    *,
    weighted_sum: Formula = lambda X, w, b: X @ w + b,
    step: Formula = lambda z: 1.0 * (z > 0),
) -> Any:
    return step(weighted_sum(X, w, b))


@perceptron_predict.mistake("label-is-the-score")
def _(X: Array, w: Array, b: float) -> Any:
    """X w + b is the score; the label is what the step makes of it, 0 or 1.

    The entries have any size and either sign. Where the score is positive the label is 1.

    Check: every entry of the result should be 0 or 1.
    """
    return X @ w + b


@perceptron_predict.mistake("label-without-bias", rows="B10")
def _(X: Array, w: Array, b: float) -> Any:
    """The decision is X w + b > 0; here b is missing, so only X w is compared with 0.

    Examples near the origin get the wrong label. The line of such a rule always passes through the
    origin.

    Check: with w of zeros and b = 1 every label should be 1.
    """
    return (X @ w > 0).astype(float)


@perceptron_predict.mistake("label-limit-at-the-bias")
def _(X: Array, w: Array, b: float) -> Any:
    """X w + b > 0 means X w > -b; here X w is compared with +b.

    A larger bias should make a yes easier; here it makes a yes harder. A threshold, as in some
    books, works this way; a bias is minus the threshold.

    Check: with w of zeros and b = 1 every label should be 1.
    """
    return (X @ w > b).astype(float)


@perceptron_predict.mistake("label-one-on-the-line", convention=True)
def _(X: Array, w: Array, b: float) -> Any:
    """Some books answer 1 on the line itself; in this course a score of exactly 0 gives the label
    0.

    Only examples whose score is exactly 0 differ.

    Check: with w and b of zeros every label should be 0.
    """
    return (X @ w + b >= 0).astype(float)


@perceptron_predict.mistake("labels-minus-one-and-one", convention=True)
def _(X: Array, w: Array, b: float) -> Any:
    """Some books use the labels -1 and 1; in this course they are 0 and 1.

    Every 0 appears as -1.

    Check: no entry of the result should be negative.
    """
    return np.where(X @ w + b > 0, 1.0, -1.0)


@perceptron_predict.mistake("labels-exchanged", rows="G01")
def _(X: Array, w: Array, b: float) -> Any:
    """A positive score means 1; here the two labels are swapped.

    Every label is the opposite of the expected one.

    Check: with w of zeros and b = 1 every label should be 1.
    """
    return np.where(X @ w + b > 0, 0.0, 1.0)


@perceptron_predict.mistake("label-limit-one-half")
def _(X: Array, w: Array, b: float) -> Any:
    """The score is compared with 0; a threshold of 0.5 is for probabilities.

    Examples with a score between 0 and 0.5 get the label 0.

    Check: with w of zeros and b = 0.2 every label should be 1.
    """
    return (X @ w + b > 0.5).astype(float)


@perceptron_predict.mistake("labels-in-a-column", rows="B11")
def _(X: Array, w: Array, b: float) -> Any:
    """Labels have the shape (N,); this is a column of shape (N, 1).

    The numbers are right. Comparing a column with labels of shape (N,) gives a table of shape (N,
    N), and an accuracy that means nothing.

    Check: print the shape of the result for three examples; it should be (3,).
    """
    return (X @ w.reshape(-1, 1) + b > 0).astype(float)


@perceptron_predict.mistake("label-for-every-input", rows="B17")
def _(X: Array, w: Array, b: float) -> Any:
    """The rule makes one decision per example, from the sum of all its products X[n, d] w[d].

    Here there is a separate decision for every product, and the result has the shape of X.

    Check: the result should have one number for each row of X.
    """
    return (X * w + b > 0).astype(float)
