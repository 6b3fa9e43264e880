"""The gradient (blame) through a sigmoid."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=5)
def sigmoid_backward(dout: Array, out: Array) -> Any:
    """The blame that passes back through out = sigmoid(z), from the output alone.

    Args:
        dout: dL/dout, any shape, float64.
        out: the sigmoid's output, not its input; the shape of dout, float64.

    Returns:
        dL/dz, the shape of out.

    Source: TensorFlow's SigmoidGrad, by which tf.GradientTape differentiates the sigmoid.
    """
    import tensorflow as tf

    return tf.raw_ops.SigmoidGrad(y=tf.constant(out), dy=tf.constant(dout))


@sigmoid_backward.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return {"dout": rng.normal(size=(6, 5)), "out": rng.uniform(0.05, 0.95, (6, 5))}


@sigmoid_backward.case("one-axis")
def _(rng: Rng) -> Inputs:
    return {"dout": rng.normal(size=8), "out": rng.uniform(0.05, 0.95, 8)}


@sigmoid_backward.case("saturated")
def _(rng: Rng) -> Inputs:
    out = rng.uniform(0.0, 1.0, (4, 1, 7)) * np.resize([1.0, 1e-6, 0.0], (4, 1, 7))
    out = np.where(np.arange(7) == rng.integers(7), 1.0, out)
    return {"dout": rng.normal(size=out.shape), "out": out}


@sigmoid_backward.mistake("sigmoid-applied-twice", rows="A04")
def _(dout: Array, out: Array) -> Any:
    """The argument is already the output, sigmoid(z), so the slope uses out as it is.

    The slopes then lie between 0.19 and 0.25 everywhere, even where the sigmoid is flat. The
    formula in terms of z needs a sigmoid; this one does not.

    Check: with out = 1 the curve is flat, so the result should be 0.
    """
    again = 1 / (1 + np.exp(-out))
    return dout * again * (1 - again)


@sigmoid_backward.mistake("sigmoid-upstream-ignored", rows="A06")
def _(dout: Array, out: Array) -> Any:
    """The chain rule multiplies: dL/dz = dL/dout * dout/dz; this is dout/dz on its own.

    The result is never negative, whatever dout is. If dout is all ones it is right, so a test with
    ones does not show the mistake.

    Check: doubling dout should double the result.
    """
    return out * (1 - out)


@sigmoid_backward.mistake("sigmoid-upstream-added", rows="A07")
def _(dout: Array, out: Array) -> Any:
    """The chain rule multiplies slopes along a path; it adds only where paths meet.

    The result is near dout everywhere, because the slope is at most 0.25. A flat sigmoid should
    stop the gradient but here lets it through.

    Check: with dout = 0 the result should be 0.
    """
    return dout + out * (1 - out)


@sigmoid_backward.mistake("half-of-the-slope")
def _(dout: Array, out: Array) -> Any:
    """The slope of the sigmoid is a product of two factors, out and its distance from 1.

    The output alone is largest where the sigmoid saturates, but the sigmoid is flat there.

    Check: with out = 1 the result should be 0.
    """
    return dout * out


@sigmoid_backward.mistake("other-half-of-the-slope")
def _(dout: Array, out: Array) -> Any:
    """The slope of the sigmoid has two factors, and at out = 0 the factor out makes it 0.

    The distance from 1 alone is largest where the sigmoid is near 0, but the sigmoid is flat there
    as well.

    Check: with out = 0 the result should be 0.
    """
    return dout * (1 - out)


@sigmoid_backward.mistake("tanh-slope-for-sigmoid")
def _(dout: Array, out: Array) -> Any:
    """1 - out**2 is the slope of tanh, whose outputs run from -1 to 1; a sigmoid's run from 0 to 1.

    The curves look alike, and their slopes are easily confused. At out = 0 the sigmoid is flat,
    while tanh is steepest.

    Check: with out = 0.5 the slope should be 0.25.
    """
    return dout * (1 - out**2)


@sigmoid_backward.mistake("sigmoid-slope-negative")
def _(dout: Array, out: Array) -> Any:
    """The sigmoid rises everywhere, so its slope is positive; out * (out - 1) is negative.

    Every entry has the right size and the wrong sign. A nudge would then push every earlier weight
    the wrong way.

    Check: with dout = 1 no entry of the result should be negative.
    """
    return dout * out * (out - 1)
