"""Numerical gradients by central differences."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=10, returns=("gradient", "x"))
def numerical_gradient(coefficients: Array, x: Array, eps: float) -> Any:
    """The slope of f in every direction of x, by central differences.

    The function that is differentiated is f(x) = sum(coefficients * x**3) + sum(x)**2.

    Args:
        coefficients: of f, the shape of x, float64.
        x: where to measure, any shape, float64 or whole numbers.
        eps: the step to either side.

    Returns:
        (f(x + eps * e_i) - f(x - eps * e_i)) / (2 * eps) for every entry i, the shape of x, and
        x itself, which holds after the call what it held before.

    Source: the central difference quotient, by TensorFlow operations in float64.
    """
    import tensorflow as tf

    c = tf.constant(coefficients)
    start = tf.cast(tf.constant(x), c.dtype)
    steps = eps * tf.reshape(tf.eye(x.size, dtype=c.dtype), (x.size, *x.shape))
    axes = tuple(range(1, x.ndim + 1))

    def f(points: Any) -> Any:
        cubes = tf.reduce_sum(c * points**3, axis=axes)
        return cubes + tf.reduce_sum(points, axis=axes) ** 2

    quotients = (f(start + steps) - f(start - steps)) / (2 * eps)
    return tf.reshape(quotients, x.shape), x


@numerical_gradient.driver
def _(numerical_gradient: Any, coefficients: Array, x: Array, eps: float) -> Any:
    def f(z: Any) -> Any:
        return np.sum(coefficients * z**3) + np.sum(z) ** 2

    point = x.copy()
    gradient = numerical_gradient(f, point, eps)
    return None if gradient is None else (gradient, point)


def cubic(rng: Rng, shape: tuple[int, ...], eps: float) -> Inputs:
    """A random cubic, and a point at which every wrong difference quotient shows."""
    sign = rng.choice([-1.0, 1.0], shape)
    return {
        "coefficients": sign * rng.uniform(0.5, 2.0, shape),
        "x": rng.uniform(0.5, 2.0, shape),
        "eps": eps,
    }


@numerical_gradient.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return cubic(rng, (9,), 1e-2)


@numerical_gradient.case("matrix", weight=3)
def _(rng: Rng) -> Inputs:
    return cubic(rng, (4, 5), 1e-3)


@numerical_gradient.case("small-step", weight=2)
def _(rng: Rng) -> Inputs:
    return cubic(rng, (3, 1, 5), 1e-5)


@numerical_gradient.case("whole-numbers", weight=2)
def _(rng: Rng) -> Inputs:
    return {**cubic(rng, (2, 4), 1e-2), "x": rng.integers(1, 6, (2, 4))}


def quotients(f: Any, x: Array, eps: float, *, up: float, down: float, divisor: float) -> Array:
    """Difference quotients (f(x + up) - f(x - down)) / divisor, in steps of eps."""
    gradient = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        above, below = x.astype(float), x.astype(float)
        above[place] += up * eps
        below[place] -= down * eps
        gradient[place] = (f(above) - f(below)) / (divisor * eps)
    return gradient


@numerical_gradient.mistake("forward-difference", rows="E01")
def _(f: Any, x: Array, eps: float) -> Any:
    """A step to one side only, (f(x + eps) - f(x)) / eps, is off by about eps * f''(x) / 2.

    The error shrinks only as fast as eps. With a step to either side the curvature cancels, and the
    error shrinks like eps squared: at eps = 1e-3 that is a thousand times better. A one-sided check
    cannot tell a slightly wrong gradient from a right one.

    Check: for f(x) = x**2 a central difference gives 2 * x exactly, whatever eps is.
    """
    return quotients(f, x, eps, up=1, down=0, divisor=1)


@numerical_gradient.mistake("half-the-distance", rows="E02")
def _(f: Any, x: Array, eps: float) -> Any:
    """The two points are 2 * eps apart, and a slope is the rise divided by the whole distance.

    Every entry is exactly twice the expected one. The divisor eps belongs to the one-sided
    quotient; it often stays when the numerator is changed to two sides.

    Check: for f(x) = 3 * x the result should be 3.
    """
    return quotients(f, x, eps, up=1, down=1, divisor=1)


@numerical_gradient.mistake("step-ignored", rows="E03")
def _(f: Any, x: Array, eps: float) -> Any:
    """The step is fixed inside the function, so the argument eps has no effect.

    The error of a central difference has two parts: truncation grows like eps**2, rounding like
    1e-16 / eps. Which step is best depends on the function, so the caller decides.

    Check: call it with eps = 1 and with eps = 1e-6; for x**3 the results should differ by 1.
    """
    return quotients(f, x, 1e-5, up=1, down=1, divisor=2)


@numerical_gradient.mistake("single-precision", rows="E04")
def _(f: Any, x: Array, eps: float) -> Any:
    """In float32 numbers near 1 are 1e-7 apart, so a difference over 2 * eps is mostly noise.

    The result agrees in a few digits and then is random; the smaller eps is, the fewer digits
    agree. Something inside the function converts to float32. The rest of the course computes in
    float64.

    Check: print the dtype of the array that you change inside the function.
    """
    return quotients(f, x.astype(np.float32).astype(float), eps, up=1, down=1, divisor=2)


@numerical_gradient.mistake("x-not-restored", rows="E05")
def _(f: Any, x: Array, eps: float) -> Any:
    """An entry of x that is not reset is still moved when the next entry's slope is measured.

    After the call, every entry of x differs by eps from what it was, and all entries after the
    first are measured at the wrong place. The caller's x is usually a weight of the network, so the
    network itself has changed too.

    Check: compare x before and after the call with np.array_equal.
    """
    gradient = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        x[place] += eps
        above = f(x)
        x[place] -= 2 * eps
        gradient[place] = (above - f(x)) / (2 * eps)
    return gradient


@numerical_gradient.mistake("whole-number-step-lost", rows="E07")
def _(f: Any, x: Array, eps: float) -> Any:
    """An integer array cannot hold 2 + eps: the assignment cuts off the decimals.

    With float x everything is right. With integers the upper point stays where it was and the lower
    point falls to the next integer, so the quotient is far too large or 0. NumPy gives no warning,
    because storing a float in an integer array is allowed.

    Check: call it with x = np.array([1, 2, 3]) and with the same numbers as floats.
    """
    gradient = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        kept = x[place]
        x[place] = kept + eps
        above = f(x)
        x[place] = kept - eps
        gradient[place] = (above - f(x)) / (2 * eps)
        x[place] = kept
    return gradient


@numerical_gradient.mistake("one-entry-only", rows="E13")
def _(f: Any, x: Array, eps: float) -> Any:
    """A gradient has one slope for every entry of x; here only the first one is measured.

    All other entries are 0. A `return` inside the loop, or a missing loop, causes this. It goes
    unnoticed as long as x has a single entry.

    Check: for f(x) = sum(x**2) no entry of the result should be 0 unless x is 0 there.
    """
    gradient = np.zeros(x.shape)
    first = (0,) * x.ndim
    gradient[first] = quotients(f, x, eps, up=1, down=1, divisor=2)[first]
    return gradient


@numerical_gradient.mistake("all-entries-at-once", rows="E13")
def _(f: Any, x: Array, eps: float) -> Any:
    """Moving all entries together gives the sum of all slopes, one number, instead of each slope.

    The result has no shape, although x has one. The formula for a single number suggests adding eps
    to the whole array. A gradient moves one entry at a time, while the others stay where they are.

    Check: the result should have the shape of x.
    """
    return (f(x + eps) - f(x - eps)) / (2 * eps)


@numerical_gradient.mistake("rows-at-once", rows="E13")
def _(f: Any, x: Array, eps: float) -> Any:
    """A loop over range(len(x)) goes over rows, so each row of a matrix is moved as a whole.

    For one-dimensional x the answer is right. For a matrix all entries of a row are equal: each is
    the sum of that row's slopes. Weights are matrices, so that is the case that matters.

    Check: call it with a matrix; the entries of a row should differ.
    """
    gradient = np.zeros(x.shape)
    for row in range(len(x)):
        step = np.zeros(x.shape)
        step[row] = eps
        gradient[row] = (f(x + step) - f(x - step)) / (2 * eps)
    return gradient
