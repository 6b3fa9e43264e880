"""The score of one rule."""

from __future__ import annotations

from typing import Any

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=6)
def weighted_sum(X: Array, w: Array, b: float) -> Any:
    """The score of one rule for every example: z[n] = sum over d of X[n, d] * w[d], plus b.

    Args:
        X: examples, one a row, shape (N, D), float64.
        w: weights, shape (D,), float64.
        b: bias, one number.

    Returns:
        z (N,), float64.

    Source: keras.ops.matmul.
    """
    from keras import ops

    return ops.matmul(X, w) + b


def rule_inputs(rng: Rng, N: int, D: int) -> Inputs:
    """Examples and a rule whose bias matters."""
    return {
        "X": rng.normal(size=(N, D)),
        "w": rng.normal(size=D),
        "b": float(rng.choice([-1, 1]) * rng.uniform(0.5, 2)),
    }


@weighted_sum.case("typical", weight=2)
def _(rng: Rng) -> Inputs:
    return rule_inputs(rng, 7, 4)


@weighted_sum.case("many-inputs", square="the score of one example is still an array")
def _(rng: Rng) -> Inputs:
    return rule_inputs(rng, 1, 64)


@weighted_sum.case("square", square="with N = D a wrong axis gives the right shape")
def _(rng: Rng) -> Inputs:
    return rule_inputs(rng, 4, 4)


@weighted_sum.mistake("bias-missing", rows="B10")
def _(X: Array, w: Array, b: float) -> Any:
    """The score is z = x1 w1 + ... + xD wD + b; here b is not added.

    Every entry is off by the same amount. A rule without a bias gives every example of zeros the
    score 0, so its line has to pass through the origin.

    Check: for X of zeros every score should be b.
    """
    return X @ w


@weighted_sum.mistake("bias-subtracted", convention=True)
def _(X: Array, w: Array, b: float) -> Any:
    """Some books subtract a threshold, z = x w - threshold; this course adds a bias, z = x w + b.

    The two mean the same with b = -threshold. In 1958 Rosenblatt used a threshold. All later weeks
    add b.

    Check: for X of zeros every score should be b.
    """
    return X @ w - b


@weighted_sum.mistake("bias-added-for-every-input")
def _(X: Array, w: Array, b: float) -> Any:
    """b is added once to each score; here it is inside the sum over d and added D times.

    Every entry is off by (D - 1) b. The bias belongs to the rule, not to an input.

    Check: for X of zeros every score should be b.
    """
    return (X * w + b).sum(axis=1)


@weighted_sum.mistake("products-not-summed", rows="B17")
def _(X: Array, w: Array, b: float) -> Any:
    """X * w holds the D products of each example; a score is their sum over d.

    The result has the shape of X, (N, D). `*` multiplies entry by entry and does not sum.

    Check: the result should have one number for each row of X.
    """
    return X * w + b


@weighted_sum.mistake("summed-over-examples")
def _(X: Array, w: Array, b: float) -> Any:
    """A score sums over the inputs d of one example; here the sum runs over the examples n.

    The result has D entries instead of N. Where N = D the shape is right but the numbers are not.

    Check: with one example and many inputs the result should have a single entry.
    """
    return (X * w).sum(axis=0) + b


@weighted_sum.mistake("one-sum-for-all-examples")
def _(X: Array, w: Array, b: float) -> Any:
    """Every example has its own score, z[n]; here one sum runs over all examples together.

    The result is a single number. A sum without an axis adds up all entries.

    Check: the result should have one number for each row of X.
    """
    return (X * w).sum() + b


@weighted_sum.mistake("examples-in-columns", rows="B18", convention=True)
def _(X: Array, w: Array, b: float) -> Any:
    """Some books store one example per column; in this course X has one per row, (N, D).

    Unless N = D the shapes do not fit and NumPy raises an error. With a square X they do, and each
    score mixes all examples.

    Check: write the shapes side by side; the axis that disappears in the sum should be D.
    """
    return w @ X + b


@weighted_sum.mistake("scores-in-a-column", rows="B11")
def _(X: Array, w: Array, b: float) -> Any:
    """There is one score per example, shape (N,); here the scores form a column of shape (N, 1).

    The numbers are right. Later, subtracting labels of shape (N,) from a column silently gives a
    table of shape (N, N).

    Check: print the shape of the result for three examples; it should be (3,).
    """
    return X @ w.reshape(-1, 1) + b


@weighted_sum.mistake("score-already-stepped")
def _(X: Array, w: Array, b: float) -> Any:
    """This is the decision, 1 or 0; the score is the number before it, z = x w + b.

    The distance of a score from 0 is lost here. The step is the next function.

    Check: for X of zeros every score should be b.
    """
    return (X @ w + b > 0).astype(float)
