"""How far two gradients are apart, relative to their size."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=5)
def relative_error(a: Array, b: Array) -> Any:
    """How far two arrays are apart, relative to their own size: the largest over all entries.

    Args:
        a: one gradient, any shape, float64.
        b: another, the shape of a.

    Returns:
        max over entries of |a - b| / max(1e-8, |a| + |b|), one number from 0 to 1.

    Source: the formula, by keras.ops.
    """
    from keras import ops

    left, right = ops.convert_to_tensor(a), ops.convert_to_tensor(b)
    size = ops.maximum(ops.abs(left) + ops.abs(right), 1e-8)
    return ops.max(ops.abs(left - right) / size)


@relative_error.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    # The largest error lies where b is larger than a, so that a lost sign shows.
    a = rng.uniform(0.5, 2.0, (4, 5)) * rng.choice([-1.0, 1.0], (4, 5))
    off = rng.uniform(1e-3, 2e-3, a.shape)
    off[rng.integers(4), rng.integers(5)] = 0.3
    return {"a": a, "b": a + off}


@relative_error.case("zeros")
def _(rng: Rng) -> Inputs:
    a = rng.uniform(0.5, 2.0, (3, 2, 6))
    b = a * rng.uniform(1.3, 1.6, a.shape)
    column = rng.integers(6)
    a[..., column] = b[..., column] = 0.0
    return {"a": a, "b": b}


@relative_error.case("tiny")
def _(rng: Rng) -> Inputs:
    a = rng.uniform(1e-10, 1e-9, (2, 7)) * rng.choice([-1.0, 1.0], (2, 7))
    return {"a": a, "b": a * rng.uniform(1.1, 1.5, a.shape)}


@relative_error.case("opposite-signs", weight=0.5)
def _(rng: Rng) -> Inputs:
    # In |a + b| the two would cancel.
    a = rng.uniform(0.5, 2.0, 5) * rng.choice([-1.0, 1.0])
    return {"a": a, "b": -a * rng.uniform(0.4, 0.6, 5)}


@relative_error.mistake("signed-error", rows="E08")
def _(a: Array, b: Array) -> Any:
    """Without absolute values a negative difference is never the largest: max only sees a > b.

    An error of -0.9 counts less than one of +0.001. The result depends on the order of the
    arguments and may even be negative, although an error cannot be.

    Check: swapping a and b should not change the result.
    """
    return np.max((a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b)))


@relative_error.mistake("signed-size", rows="E08")
def _(a: Array, b: Array) -> Any:
    """The denominator is |a| + |b|; the plain sum a + b is negative for two negative numbers.

    Where a and b are negative the lower limit of 1e-8 takes over, and the quotient becomes
    enormous. With positive numbers the result is right, so positive examples hide the mistake.

    Check: changing the sign of both arrays should not change the result.
    """
    return np.max(np.abs(a - b) / np.maximum(1e-8, a + b))


@relative_error.mistake("mean-error", rows="E08")
def _(a: Array, b: Array) -> Any:
    """A mean lets many right entries hide a wrong one; the docstring asks for the largest error.

    One wrong weight among 13,002 changes the mean by almost nothing. A gradient check is there
    to find that one weight.

    Check: try two arrays that differ in a single entry out of a thousand.
    """
    return np.mean(np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b)))


@relative_error.mistake("no-floor", rows="E08 E14")
def _(a: Array, b: Array) -> Any:
    """Where both entries are 0 the quotient is 0 / 0, which is nan.

    A nan is neither below nor above any tolerance, so comparing with it decides nothing. Gradients
    of 0 are common: every unit that ReLU turns off has them.

    Check: two arrays of zeros should give 0.
    """
    return np.max(np.abs(a - b) / (np.abs(a) + np.abs(b)))


@relative_error.mistake("floor-added", rows="E08", convention=True)
def _(a: Array, b: Array) -> Any:
    """Some books add the limit, |a| + |b| + 1e-8; this course takes the larger of the two.

    The results agree to eight digits for numbers of order 1 and differ for tiny ones. Both are safe
    at 0. With the maximum the limit changes nothing above it.

    Check: for a = 1 and b = 3 the result should be 0.5 exactly.
    """
    return np.max(np.abs(a - b) / (np.abs(a) + np.abs(b) + 1e-8))


@relative_error.mistake("size-of-the-larger", rows="E08", convention=True)
def _(a: Array, b: Array) -> Any:
    """Some books divide by max(|a|, |b|); this course divides by the sum |a| + |b|.

    For nearly equal numbers the result is about twice the expected one. Both measure the same
    thing. With the sum the result cannot exceed 1.

    Check: for a = 1 and b = 3 the result should be 0.5.
    """
    return np.max(np.abs(a - b) / np.maximum(1e-8, np.maximum(np.abs(a), np.abs(b))))


@relative_error.mistake("size-of-the-first", convention=True)
def _(a: Array, b: Array) -> Any:
    """Dividing by |a| treats a as the truth; this course treats both equally, with |a| + |b|.

    For nearly equal numbers the result is about twice the expected one. In a gradient check neither
    side is known to be right, so neither should be preferred.

    Check: swapping a and b should not change the result.
    """
    return np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(a)))


@relative_error.mistake("error-of-the-norms", convention=True)
def _(a: Array, b: Array) -> Any:
    """Norms, ||a - b|| / (||a|| + ||b||), average over the entries; this course takes the worst
    one.

    Large entries dominate the norms, so a wrong gradient of a small weight goes unnoticed. Norms
    are common elsewhere and useful as a summary.

    Check: try arrays with one large, right entry and one small, wrong entry.
    """
    return np.linalg.norm(a - b) / np.maximum(1e-8, np.linalg.norm(a) + np.linalg.norm(b))


@relative_error.mistake("absolute-error")
def _(a: Array, b: Array) -> Any:
    """Without a denominator the error |a - b| depends on the size of the gradients.

    An error of 1e-6 is excellent for a gradient of 100 and hopeless for one of 1e-6. The
    quotient makes the two comparable.

    Check: multiplying both arrays by 1000 should not change the result.
    """
    return np.max(np.abs(a - b))
