"""ReLU and its slope."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Derivative, Rng, question
from autograder.questions.week02_bends.formulas import around_zero


@question(points=4)
def relu(z: Array) -> Any:
    """The hinge max(0, z).

    Args:
        z: pre-activations, any shape, float64.

    Returns:
        z where z is positive, else 0; the shape of z, float64.

    Source: keras.activations.relu; Nair & Hinton 2010.
    """
    import keras

    return keras.activations.relu(z)


@relu.case("typical", weight=2)
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(-4, 4, (5, 7))}


@relu.case("edge")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": around_zero(rng, 6, 1, 5)}


@relu.case("large")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(-1e4, 1e4, 24)}


@relu.alternative("masked-product")
def _(z: Array) -> Any:
    return z * (z > 0)


@relu.mistake("relu-in-place", rows="A15")
def _(z: Array) -> Any:
    """Writing z[z < 0] = 0 changes the caller's array, because z is not a copy of it.

    The returned values are right, but the pre-activations are lost. The slope needs them (week 06)
    and would be computed from the overwritten numbers.

    Check: keep a copy of the input, call your function, and compare the input with the copy.
    """
    z[z < 0] = 0
    return z


@relu.mistake("relu-identity")
def _(z: Array) -> Any:
    """For negative z max(0, z) is 0; here z comes back as it is.

    Without a bend a pile of layers is a single linear layer.

    Check: relu(-3) should be 0.
    """
    return z


@relu.mistake("relu-absolute-value")
def _(z: Array) -> Any:
    """For negative z max(0, z) is 0; here it is |z|.

    A ReLU is a hinge that lies flat on the left. The absolute value is a V.

    Check: relu(-3) should be 0.
    """
    return np.abs(z)


@relu.mistake("relu-minimum")
def _(z: Array) -> Any:
    """min(0, z) keeps the negative side; max(0, z) keeps the positive side.

    Positive inputs give 0 and negative ones pass through: the hinge is upside down.

    Check: relu(3) should be 3.
    """
    return np.minimum(0, z)


@relu.mistake("relu-step")
def _(z: Array) -> Any:
    """This is the step of week 01, 0 or 1; max(0, z) gives 0 or z itself.

    The condition z > 0 is the slope of a ReLU, not its value. A step has slope 0 everywhere, so no
    nudge passes through it. That is why the course leaves it behind.

    Check: relu(3) should be 3.
    """
    return np.where(z > 0, 1.0, 0.0)


@relu.mistake("relu-one-decision-for-all")
def _(z: Array) -> Any:
    """Python's `max` and `if` make one decision for the whole array; each entry needs its own.

    NumPy refuses to turn an array of many truth values into one, and raises "The truth value of an
    array ... is ambiguous". The function works for a single number, which hides the mistake.

    Next: look for the NumPy function that takes the larger of two values entry by entry.
    """
    return max(0, z)


@relu.mistake("relu-largest-entry")
def _(z: Array) -> Any:
    """np.max(z) is the largest entry of the array; max(0, z) is needed for every entry.

    np.max reduces an array to a number. A bend keeps the shape: one value out for each value in.

    Check: the result should have the shape of z.
    """
    return np.max(z)


@question(points=4, derivative=Derivative(of="relu", wrt="z"))
def relu_grad(z: Array) -> Any:
    """The slope of relu at z: 1 where z > 0, else 0; by this course's convention 0 at z = 0.

    Args:
        z: pre-activations, any shape, float64.

    Returns:
        Zeros and ones, the shape of z, float64.

    Source: tf.GradientTape through keras.activations.relu.
    """
    import keras

    from course_lib.gradients import derivative

    return derivative(keras.activations.relu, z)


@relu_grad.case("typical", weight=2)
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(-4, 4, (5, 7))}


@relu_grad.case("edge")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": around_zero(rng, 6, 1, 5)}


@relu_grad.case("large")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(-1e4, 1e4, 24)}


@relu_grad.mistake("relu-slope-mask-from-output", rows="A12")
def _(z: Array) -> Any:
    """The condition a >= 0 with a = relu(z) is always true, because a ReLU is never negative.

    Every slope is 1, as if there were no bend. On the flat side a = 0, and 0 >= 0 is true.

    Check: the slope at z = -3 should be 0.
    """
    a = np.maximum(0, z)
    return np.where(a >= 0, 1.0, 0.0)


@relu_grad.mistake("relu-slope-one-at-zero", rows="A13", convention=True)
def _(z: Array) -> Any:
    """Here relu'(0) = 1; this course and Keras set relu'(0) = 0.

    A hinge has no slope at its corner. Any number from 0 to 1 may be chosen there, and books
    differ.

    Check: look at the entries where z is exactly 0.
    """
    return np.where(z >= 0, 1.0, 0.0)


@relu_grad.mistake("relu-slope-value-instead")
def _(z: Array) -> Any:
    """This is the value max(0, z); its slope is 1 on the positive side, whatever z is.

    A slope says how much the value changes when z changes a little. On the positive side the value
    changes exactly as much as z.

    Check: the slopes at z = 3 and at z = 30 should be equal.
    """
    return np.maximum(0, z)


@relu_grad.mistake("relu-slope-sign")
def _(z: Array) -> Any:
    """np.sign gives -1 for negative z, which is the slope of |z|; the left side of a ReLU is flat.

    A flat line has slope 0. The slope -1 would mean that the value grows when z falls.

    Check: the slope at z = -3 should be 0.
    """
    return np.sign(z)


@relu_grad.mistake("relu-slope-wrong-side")
def _(z: Array) -> Any:
    """The slope is 1 where z > 0; here it is 1 on the negative side.

    The zeros and ones are swapped.

    Check: the slope at z = 3 should be 1, and at z = -3 it should be 0.
    """
    return np.where(z < 0, 1.0, 0.0)


@relu_grad.mistake("relu-slope-in-place", rows="A15")
def _(z: Array) -> Any:
    """Writing zeros and ones into z changes the caller's array, because z is not a copy of it.

    The returned slopes are right, but the pre-activations are lost to any code that still needs
    them.

    Check: keep a copy of the input, call your function, and compare the input with the copy.
    """
    z[z <= 0] = 0
    z[z > 0] = 1
    return z
