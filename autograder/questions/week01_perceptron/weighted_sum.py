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


@weighted_sum.case("many-inputs")
def _(rng: Rng) -> Inputs:
    return rule_inputs(rng, 5, 64)


@weighted_sum.case("square", square="with N = D a wrong axis gives the right shape")
def _(rng: Rng) -> Inputs:
    return rule_inputs(rng, 4, 4)


@weighted_sum.mistake("bias-missing", rows="B10")
def _(X: Array, w: Array, b: float) -> Any:
    """The score is z = x1 w1 + ... + xD wD + b, and here b is not added.

    Every entry is off by the same amount. A rule without a bias always gives 0 to an example of
    zeros, so its line has to pass through the origin.

    Check: for X of zeros every score should be b.
    """
    return X @ w


@weighted_sum.mistake("bias-subtracted", convention=True)
def _(X: Array, w: Array, b: float) -> Any:
    """Some books subtract a threshold, z = x w - threshold; here a bias is added, z = x w + b.

    The two mean the same with b = -threshold. In 1958 Rosenblatt spoke of a threshold. All later
    weeks add b.

    Check: for X of zeros every score should be b.
    """
    return X @ w - b


@weighted_sum.mistake("bias-added-for-every-input")
def _(X: Array, w: Array, b: float) -> Any:
    """b is added once to each score; inside the sum over d it is added D times.

    Every entry is off by (D - 1) b. The bias belongs to the rule, not to an input.

    Check: for X of zeros every score should be b.
    """
    return (X * w + b).sum(axis=1)


@weighted_sum.mistake("products-not-summed", rows="B17")
def _(X: Array, w: Array, b: float) -> Any:
    """X * w holds the D products of each example; a score is their sum over d.

    The result has the shape of X, (N, D). `*` multiplies entry by entry and sums nothing.

    Check: the result should have one number for each row of X.
    """
    return X * w + b


@weighted_sum.mistake("summed-over-examples")
def _(X: Array, w: Array, b: float) -> Any:
    """A score sums over the inputs d of one example; this sum runs over the examples n.

    The result has D entries instead of N. Where N = D the shape is right and the numbers are not.

    Check: with one example and many inputs the result should have a single entry.
    """
    return (X * w).sum(axis=0) + b


@weighted_sum.mistake("one-sum-for-all-examples")
def _(X: Array, w: Array, b: float) -> Any:
    """Every example has a score of its own, z[n]; this sum runs over all examples together.

    The result is a single number. A sum without an axis adds up everything that it finds.

    Check: the result should have one number for each row of X.
    """
    return (X * w).sum() + b


@weighted_sum.mistake("examples-in-columns", rows="B18", convention=True)
def _(X: Array, w: Array, b: float) -> Any:
    """Some books store one example a column; here X has one example a row, (N, D).

    The product does not fit unless N = D, and NumPy raises. In a square X it fits, and each score
    mixes all examples.

    Check: write the shapes side by side; the axis that disappears in the sum should be D.
    """
    return w @ X + b


@weighted_sum.mistake("scores-in-a-column", rows="B11")
def _(X: Array, w: Array, b: float) -> Any:
    """One rule gives one number an example, shape (N,); this is a column of shape (N, 1).

    The numbers are right. Later a column minus labels of shape (N,) silently becomes a table of
    shape (N, N).

    Check: print the shape of the result for three examples; it should be (3,).
    """
    return X @ w.reshape(-1, 1) + b


@weighted_sum.mistake("score-already-stepped")
def _(X: Array, w: Array, b: float) -> Any:
    """This is the decision, 1 or 0; the score z = x w + b is the number before it.

    How far a score lies from 0 is lost here. The step is the next function.

    Check: for X of zeros every score should be b.
    """
    return (X @ w + b > 0).astype(float)
