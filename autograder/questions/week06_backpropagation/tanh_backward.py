"""The gradient (blame) through tanh."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=5)
def tanh_backward(dout: Array, out: Array) -> Any:
    """The blame that passes back through out = tanh(z), from the output alone.

    Args:
        dout: dL/dout, any shape, float64.
        out: the output of tanh, not its input; the shape of dout, float64.

    Returns:
        dL/dz, the shape of out.

    Source: TensorFlow's TanhGrad, by which tf.GradientTape differentiates tanh.
    """
    import tensorflow as tf

    return tf.raw_ops.TanhGrad(y=tf.constant(out), dy=tf.constant(dout))


@tanh_backward.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return {"dout": rng.normal(size=(5, 7)), "out": rng.uniform(-0.95, 0.95, (5, 7))}


@tanh_backward.case("one-axis")
def _(rng: Rng) -> Inputs:
    return {"dout": rng.normal(size=9), "out": rng.uniform(-0.95, 0.95, 9)}


@tanh_backward.case("saturated")
def _(rng: Rng) -> Inputs:
    out = rng.uniform(-1.0, 1.0, (6, 1, 4)) * np.resize([1.0, 1e-6, 0.0], (6, 1, 4))
    out = np.where(np.arange(4) == rng.integers(4), rng.choice([-1.0, 1.0]), out)
    return {"dout": rng.normal(size=out.shape), "out": out}


@tanh_backward.mistake("tanh-applied-twice", rows="A08")
def _(dout: Array, out: Array) -> Any:
    """The argument is already the output, tanh(z), so the slope uses out as it is.

    The slopes never fall below 0.42, even where tanh is flat. The formula in terms of z needs a
    tanh; this one does not.

    Check: with out = 1 the curve is flat, so the result should be 0.
    """
    return dout * (1 - np.tanh(out) ** 2)


@tanh_backward.mistake("tanh-upstream-ignored", rows="A06")
def _(dout: Array, out: Array) -> Any:
    """The chain rule multiplies: dL/dz = dL/dout * dout/dz; this is dout/dz on its own.

    The result is never negative, whatever dout is. If dout is all ones it is right, so a test with
    ones does not show the mistake.

    Check: doubling dout should double the result.
    """
    return 1 - out**2


@tanh_backward.mistake("tanh-upstream-added", rows="A07")
def _(dout: Array, out: Array) -> Any:
    """The chain rule multiplies slopes along a path; it adds only where paths meet.

    Where tanh is flat the gradient should stop, but here it passes unchanged.

    Check: with dout = 0 the result should be 0.
    """
    return dout + 1 - out**2


@tanh_backward.mistake("square-missing")
def _(dout: Array, out: Array) -> Any:
    """The slope of tanh is 1 - out**2, the same at out and -out; here the square is missing.

    At out = -1 tanh is as flat as at out = 1, but this formula gives 2 there. Positive outputs near
    0 or 1 look right; negative ones never do.

    Check: out and -out should give the same slope.
    """
    return dout * (1 - out)


@tanh_backward.mistake("sigmoid-slope-for-tanh")
def _(dout: Array, out: Array) -> Any:
    """out * (1 - out) is the sigmoid's slope; tanh is steepest at out = 0, where that is 0.

    For negative outputs the result has the wrong sign. The curves look alike, and their slopes are
    easily confused.

    Check: with out = 0 the slope should be 1.
    """
    return dout * out * (1 - out)
