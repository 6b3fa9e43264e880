"""ReLU."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Rng, question
from autograder.questions.week02_bends.formulas import around_zero


@question(points=3)
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


@relu.mistake("relu-leaky", family={"slope": (0.01, 0.001, 0.1, 0.2, 0.3)})
def _(z: Array, *, slope: float = 0.01) -> Any:
    """This is a leaky ReLU: where z is negative it lets a small part of z through; ReLU gives 0.

    Nothing passes a ReLU that is off, neither forward nor backward. The leaky ReLU is another bend.

    Check: relu(-100) should be 0.
    """
    return np.where(z > 0, z, slope * z)


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
