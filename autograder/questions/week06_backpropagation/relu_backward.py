"""The gradient (blame) through a ReLU."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from course_lib.gradients import vector_jacobian_product


@question(points=6)
def relu_backward(dout: Array, z: Array) -> Any:
    """The blame that passes back through out = relu(z); the slope at z = 0 is 0.

    Args:
        dout: dL/dout, the shape of z, float64.
        z: pre-activations, any shape, float64.

    Returns:
        dL/dz, the shape of z.

    Source: tf.GradientTape through keras.activations.relu.
    """
    import keras

    return vector_jacobian_product(keras.activations.relu, [z], dout)[0]


@relu_backward.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return {"dout": rng.normal(size=(6, 5)), "z": rng.normal(size=(6, 5))}


@relu_backward.case("edge")
def _(rng: Rng) -> Inputs:
    z = rng.normal(size=(5, 1, 8)) * np.resize([0.0, 1.0, 1e-9], (5, 1, 8))
    return {"dout": rng.normal(size=z.shape), "z": z}


@relu_backward.case("large")
def _(rng: Rng) -> Inputs:
    return {"dout": rng.normal(size=7), "z": rng.uniform(-1e4, 1e4, 7)}


@relu_backward.mistake("relu-upstream-ignored", rows="A06")
def _(dout: Array, z: Array) -> Any:
    """The chain rule multiplies: dL/dz = dL/dout * dout/dz; this is dout/dz on its own.

    The result is only zeros and ones. It says whether the gate is open, but not how large the
    gradient from above is. If dout is all ones the two are equal, so such a test does not show the
    mistake.

    Check: doubling dout should double the result.
    """
    return (z > 0).astype(float)


@relu_backward.mistake("relu-upstream-added", rows="A07")
def _(dout: Array, z: Array) -> Any:
    """The chain rule multiplies slopes along a path; it adds only where paths meet.

    The sum of the gradient and the slope is not 0 where the gate is shut. Sums belong to a value
    that is used twice, and ReLU uses its input once.

    Check: with dout = 0 the result should be 0 everywhere.
    """
    return dout + (z > 0)


@relu_backward.mistake("gate-from-the-blame", rows="A11")
def _(dout: Array, z: Array) -> Any:
    """The sign of z in the forward pass decides whether the gate is open, not the sign of dout.

    Negative gradients disappear and positive ones always pass. Applying relu to the gradient does
    the same. Gradients of either sign have to pass an open gate.

    Check: with z = 1 and dout = -1 the result should be -1.
    """
    return dout * (dout > 0)


@relu_backward.mistake("gate-always-open", rows="A12")
def _(dout: Array, z: Array) -> Any:
    """The result equals dout, so every gate is open: a test such as relu(z) >= 0 is always true.

    The output of ReLU is never negative, so it is always at least 0. The gradient then reaches
    units that took no part in the answer.

    Check: with z = -1 the result should be 0.
    """
    return dout * (np.maximum(z, 0) >= 0)


@relu_backward.mistake("relu-blame-and-input-exchanged")
def _(dout: Array, z: Array) -> Any:
    """dout passes where z is positive; here z passes where dout is positive.

    The two arguments have changed places. They have the same shape, so NumPy raises no error.

    Check: with dout = 0 the result should be 0, and doubling dout should double it.
    """
    return z * (dout > 0)


@relu_backward.mistake("slope-one-at-zero", rows="A13", convention=True)
def _(dout: Array, z: Array) -> Any:
    """ReLU has a corner at z = 0; some books use the slope 1 there, this course uses 0.

    Only entries with z exactly 0 differ. Keras and most libraries use 0 as well. The choice hardly
    matters in training, but it has to be stated.

    Check: with z = 0 the result should be 0.
    """
    return dout * (z >= 0)


@relu_backward.mistake("relu-dout-changed", rows="A16")
def _(dout: Array, z: Array) -> Any:
    """A second name for dout is the same array, so writing into it changes the caller's dout.

    The returned values are right, but the caller's array is changed too, and code that uses it
    next, for example a second branch of the network, gets wrong numbers.

    Check: compare dout before and after the call with np.array_equal.
    """
    dout[z <= 0] = 0
    return dout


@relu_backward.mistake("multiplied-by-the-output")
def _(dout: Array, z: Array) -> Any:
    """The slope of relu is 1 where it is open; z is its value there, not its slope.

    Where the gate is shut both are 0, so half of the entries look right. The others are multiplied
    by z. The backward pass multiplies by slopes, never by outputs.

    Check: multiplying z by 10 should not change the result.
    """
    return dout * np.maximum(z, 0)
