"""The slope of a hinge: of ReLU, and of a ReLU with a leak."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Rng, question
from autograder.questions.week02_bends.formulas import around_zero


@question(points=4)
def leaky_relu_grad(z: Array, slope: float) -> Any:
    """The slope of leaky_relu at z: 1 where z > 0, else `slope`, also at z = 0.

    Args:
        z: pre-activations, any shape, float64.
        slope: slope of the negative side, between 0 and 1.

    Returns:
        Slopes, the shape of z, float64.

    Source: tf.GradientTape through keras.activations.leaky_relu.
    """
    import keras

    from course_lib.gradients import derivative

    return derivative(lambda t: keras.activations.leaky_relu(t, negative_slope=slope), z)


@leaky_relu_grad.case("typical", weight=2)
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(-4, 4, (7, 5)), "slope": float(rng.integers(3, 26)) / 64}


@leaky_relu_grad.case("edge")
def _(rng: Rng) -> dict[str, Any]:
    z = around_zero(rng, 3, 1, 8)
    return {"z": z, "slope": float(rng.integers(13, 26)) / 64}


@leaky_relu_grad.case("large")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(-1e4, 1e4, 24), "slope": float(rng.integers(3, 26)) / 64}


@leaky_relu_grad.mistake("leaky-slope-negated", rows="A18")
def _(z: Array, slope: float) -> Any:
    """The line slope * z has the slope `slope`; here it is -slope, which would rise to the left.

    z is negative there, but the slope is not: the line still rises from left to right.

    Check: every slope should be positive.
    """
    return np.where(z > 0, 1.0, -slope)


@leaky_relu_grad.mistake("leaky-slope-on-the-wrong-side", rows="A18")
def _(z: Array, slope: float) -> Any:
    """The slope is 1 for z > 0 and `slope` for z <= 0; here the two sides are swapped.

    The positive side of the hinge is the steep one.

    Check: leaky_relu_grad(3, 0.1) should be 1.
    """
    return np.where(z > 0, slope, 1.0)


@leaky_relu_grad.mistake("leaky-slope-one-at-zero", rows="A13", convention=True)
def _(z: Array, slope: float) -> Any:
    """Here the slope at z = 0 is 1; this course and Keras use `slope` there.

    A hinge has no slope at its corner, so any number between the slopes of the two sides may be
    chosen.

    Check: look at the entries where z is exactly 0.
    """
    return np.where(z >= 0, 1.0, slope)


@leaky_relu_grad.mistake("leaky-slope-times-z")
def _(z: Array, slope: float) -> Any:
    """On the negative side slope * z is the value; its derivative with respect to z is `slope`.

    This combines the slope on one side with the value on the other.

    Check: leaky_relu_grad(-3, 0.1) and leaky_relu_grad(-6, 0.1) should be equal.
    """
    return np.where(z > 0, 1.0, slope * z)


@leaky_relu_grad.mistake("leaky-slope-missing")
def _(z: Array, slope: float) -> Any:
    """On the negative side the slope is `slope`; here it is 0, as in a plain ReLU.

    The argument slope is not used at all. The leak is there to let the nudge pass on the negative
    side.

    Check: leaky_relu_grad(-3, 0.1) should be 0.1.
    """
    return np.where(z > 0, 1.0, 0.0)
