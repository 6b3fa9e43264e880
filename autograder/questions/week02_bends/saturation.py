"""The fraction of a layer's entries where its bend is flat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.questions.define import Array, Rng, question

Slope = Callable[[Array], Array]


@question(points=3)
def saturation_fraction(z: Array, activation_grad: Any, threshold: float) -> Any:
    """The fraction of entries where abs(activation_grad(z)) < threshold.

    Args:
        z: pre-activations of one layer, shape (N, M), float64.
        activation_grad: a function that gives the slope at every entry of z. A case names one
            of Keras' activations here, and the driver passes its slope to the student.
        threshold: a slope smaller than this, in absolute value, counts as flat.

    Returns:
        One number between 0 and 1, float64.

    Source: Glorot & Bengio 2010, on saturated units; slopes by tf.GradientTape.
    """
    import keras

    from course_lib.gradients import derivative

    slopes = derivative(getattr(keras.activations, activation_grad), z)
    return np.mean(np.abs(slopes) < threshold, dtype=z.dtype)


@saturation_fraction.driver
def _(target: Any, z: Array, activation_grad: str, threshold: float) -> Any:
    # Bends that no question asks for: a driver runs beside the student's code.
    def softsign_slope(z: Any) -> Any:
        return 1 / (1 + np.abs(z)) ** 2

    def hard_silu_slope(z: Any) -> Any:
        return np.where(np.abs(z) < 3, z / 3 + 0.5, 0.5 + 0.5 * np.sign(z))

    def hard_tanh_slope(z: Any) -> Any:
        return np.where(np.abs(z) < 1, 1.0, 0.0)

    slopes = {
        "softsign": softsign_slope,
        "hard_silu": hard_silu_slope,
        "hard_tanh": hard_tanh_slope,
    }
    return target(z, slopes[activation_grad], threshold)


def where_softsign_rises_by(slope: float) -> float:
    """The positive z at which softsign has this slope."""
    return float(slope**-0.5 - 1)


# An odd number of entries: no fraction is then equal to its complement.
@saturation_fraction.case("typical", weight=2)
def _(rng: Rng) -> dict[str, Any]:
    z = 4 * rng.normal(size=(9, 7))
    # On each side of the threshold, too near for one that is slightly off.
    z[0] = where_softsign_rises_by(0.05 + 5e-6) * rng.choice([-1, 1], 7)
    z[1] = where_softsign_rises_by(0.05 - 5e-6) * rng.choice([-1, 1], 7)
    return {"z": rng.permutation(z), "activation_grad": "softsign", "threshold": 0.05}


@saturation_fraction.case("falling-slopes", square="one example is a batch too")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(-6, 6, (1, 99)), "activation_grad": "hard_silu", "threshold": 0.04}


@saturation_fraction.case("at-the-threshold")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.normal(size=(5, 7)) + 0.3, "activation_grad": "hard_tanh", "threshold": 1.0}


@saturation_fraction.mistake("saturation-without-absolute-value")
def _(z: Array, activation_grad: Slope, threshold: float) -> Any:
    """A slope of -0.1 is below any positive threshold, but not flat; flat means |slope| <
    threshold.

    Some bends, such as SiLU and GELU, fall a little before they rise. Their negative slopes pass on
    a nudge just as well as positive ones. With sigmoid, tanh and ReLU the mistake does not show.

    Check: try it with silu_grad and z = -2.5, where the slope is about -0.1.
    """
    return np.mean(activation_grad(z) < threshold)


@saturation_fraction.mistake("saturation-complement")
def _(z: Array, activation_grad: Slope, threshold: float) -> Any:
    """This is the fraction of entries that are not flat; the question asks for |slope| < threshold.

    Your result and the expected one add up to 1.

    Check: for z far from 0 everywhere, a sigmoid is saturated and the fraction should be 1.
    """
    return np.mean(np.abs(activation_grad(z)) >= threshold)


@saturation_fraction.mistake("saturation-threshold-included")
def _(z: Array, activation_grad: Slope, threshold: float) -> Any:
    """A slope equal to the threshold does not count: the condition is |slope| < threshold.

    This matters for bends made of straight lines, where many entries have exactly the same slope.

    Check: with relu_grad, threshold 1 and positive z the fraction should be 0.
    """
    return np.mean(np.abs(activation_grad(z)) <= threshold)


@saturation_fraction.mistake("saturation-of-z")
def _(z: Array, activation_grad: Slope, threshold: float) -> Any:
    """The threshold applies to the slope activation_grad(z); here z itself is compared with it.

    A bend is flat where its slope is small. For an S-shaped bend that is where |z| is large, so
    this counts nearly the opposite.

    Check: for z = 0 a sigmoid has slope 0.25, and with threshold 0.05 nothing is saturated.
    """
    return np.mean(np.abs(z) < threshold)


@saturation_fraction.mistake("saturation-count")
def _(z: Array, activation_grad: Slope, threshold: float) -> Any:
    """This is the number of flat entries; the fraction is that number divided by all N * M entries.

    The count grows with the size of the layer, so it cannot be used to compare two layers.

    Check: the result should lie between 0 and 1.
    """
    return np.sum(np.abs(activation_grad(z)) < threshold)


@saturation_fraction.mistake("saturation-over-rows")
def _(z: Array, activation_grad: Slope, threshold: float) -> Any:
    """Dividing by len(z) divides by the N rows only; z has N * M entries.

    The result is M times too large. The len of a matrix is its number of rows.

    Check: the result should lie between 0 and 1.
    """
    return np.sum(np.abs(activation_grad(z)) < threshold) / len(z)


@saturation_fraction.mistake("saturation-per-unit")
def _(z: Array, activation_grad: Slope, threshold: float) -> Any:
    """A mean over axis 0 gives one fraction for each of the M units; the layer needs just one.

    Such a list is useful for finding single units that saturate. Here one number describes the
    layer.

    Check: the result should be a single number.
    """
    return np.mean(np.abs(activation_grad(z)) < threshold, axis=0)
