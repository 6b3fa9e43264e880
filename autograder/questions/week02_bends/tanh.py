"""The hyperbolic tangent and its slope."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Derivative, Formula, Rng, question
from autograder.questions.week02_bends.formulas import around_zero, stable_sigmoid


@question(points=3, builds_on=("sigmoid",))
def tanh(z: Array) -> Any:
    """The S-shaped bend between -1 and 1: (exp(z) - exp(-z)) / (exp(z) + exp(-z)).

    Args:
        z: pre-activations, any shape, float64.

    Returns:
        Values between -1 and 1, the shape of z, float64.

    Source: keras.activations.tanh.
    """
    import keras

    return keras.activations.tanh(z)


@tanh.case("typical", weight=2)
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(-3, 3, (5, 6))}


@tanh.case("edge")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": around_zero(rng, 7, 1, 4)}


@tanh.case("stability", weight=1, stability=True)
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(800, 1e4, 15) * np.resize([1.0, -1.0], 15)}


@tanh.alternative("stretched-sigmoid")
def _(z: Array) -> Any:
    e = np.exp(-2 * np.abs(z))
    return np.sign(z) * (1 - e) / (1 + e)


@tanh.made_of(
    but="sigmoid-integer-buffer sigmoid-mirrored sigmoid-one-branch-for-all "
    "sigmoid-overflow-positive"
)
def _(z: Array, *, sigmoid: Formula = stable_sigmoid) -> Any:
    return 2 * sigmoid(2 * z) - 1


@tanh.mistake("tanh-overflow", rows="A10")
def _(z: Array) -> Any:
    """For |z| above about 709 either exp(z) or exp(-z) is inf, and inf / inf is nan.

    The equation is right on paper and for small z. Its numerator and denominator both overflow,
    although their quotient is never larger than 1.

    Next: look for a NumPy function that already computes this curve, or divide the numerator and
    the denominator by the larger exponential.
    """
    return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))


@tanh.mistake("tanh-overflow-positive", rows="A10")
def _(z: Array) -> Any:
    """For z above about 355, exp(2z) is inf in float64, and inf / inf is nan.

    Large negative inputs are right here, because exp(2z) is then 0. Multiplying the fraction by
    exp(z) saved one exponential, but left the overflow on the positive side.

    Next: find a form, for each sign of z, that only uses exp of a negative number.
    """
    return (np.exp(2 * z) - 1) / (np.exp(2 * z) + 1)


@tanh.mistake("tanh-half-argument")
def _(z: Array) -> Any:
    """2 sigmoid(z) - 1 equals tanh(z / 2): the curve is twice as wide as it should be.

    A tanh is a sigmoid stretched to the range from -1 to 1 and compressed along z by a factor of 2.
    Here the compression is missing. The values at 0 and far from 0 are right, which hides the
    mistake.

    Check: the slope of tanh at 0 is 1; compare it with (tanh(0.001) - tanh(-0.001)) / 0.002.
    """
    return 2 * stable_sigmoid(z) - 1


@tanh.mistake("tanh-not-centred")
def _(z: Array) -> Any:
    """2 sigmoid(2z) runs from 0 to 2; tanh(z) = 2 sigmoid(2z) - 1 runs from -1 to 1.

    Every value is exactly 1 too large. Stretching a sigmoid by 2 also moves its middle from 0.5 to
    1.

    Check: tanh(0) should be 0.
    """
    return 2 * stable_sigmoid(2 * z)


@tanh.mistake("tanh-sign-reversed")
def _(z: Array) -> Any:
    """The numerator is exp(z) - exp(-z); with its terms swapped the result is -tanh(z).

    Every value has the right size and the wrong sign, so the curve falls where it should rise.

    Check: tanh of a positive number should be positive.
    """
    return -np.tanh(z)


@tanh.mistake("tangent-for-tanh")
def _(z: Array) -> Any:
    """np.tan is the tangent of an angle, sin / cos; the hyperbolic tangent is a different function.

    The tangent repeats with period pi and has no bounds. Near 0 the two agree, because both are
    close to z there.

    Check: no value of tanh should lie outside -1 to 1.
    """
    return np.tan(z)


@question(points=4, builds_on=("tanh",), derivative=Derivative(of="tanh", wrt="z"))
def tanh_grad(z: Array) -> Any:
    """The slope of tanh at z: 1 - a^2 with a = tanh(z).

    Args:
        z: pre-activations, any shape, float64.

    Returns:
        Slopes between 0 and 1, the shape of z, float64.

    Source: tf.GradientTape through keras.activations.tanh.
    """
    import keras

    from course_lib.gradients import derivative

    return derivative(keras.activations.tanh, z)


@tanh_grad.case("typical", weight=3)
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(-3, 3, (5, 6))}


@tanh_grad.case("edge")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": around_zero(rng, 7, 1, 4)}


@tanh_grad.case("stability", stability=True)
def _(rng: Rng) -> dict[str, Any]:
    z = rng.uniform(800, 1e4, 20) * np.resize([1.0, -1.0], 20)
    return {"z": np.where(np.resize([True, True, False], z.shape), z, z / 1e4)}


@tanh_grad.alternative("product-of-both-sides")
def _(z: Array) -> Any:
    return (1 - np.tanh(z)) * (1 + np.tanh(z))


@tanh_grad.made_of(but="sigmoid-overflow-negative tanh-overflow tanh-sign-reversed")
def _(z: Array, *, tanh: Formula = np.tanh) -> Any:
    return 1 - tanh(z) ** 2


@tanh_grad.mistake("tanh-slope-from-z", rows="A08")
def _(z: Array) -> Any:
    """The slope is 1 - a^2 with a = tanh(z); here z itself is used as a.

    Many books write the slope in terms of the value of tanh and call that value z or x. This
    function receives the pre-activation. At z = 3 the result is -8, but a tanh never falls.

    Check: the slope should be positive everywhere, and nearly 0 at z = 10.
    """
    return 1 - z**2


@tanh_grad.mistake("tanh-slope-applied-twice", rows="A08")
def _(z: Array) -> Any:
    """Here tanh was applied twice: 1 - a^2 was computed with a = tanh(tanh(z)).

    tanh(z) lies between -1 and 1, so the second tanh only sees that short range, and the slope
    never falls below 0.42. This happens when a value is passed to a function that expects a
    pre-activation.

    Check: the slope at z = 10 should be nearly 0.
    """
    return 1 - np.tanh(np.tanh(z)) ** 2


@tanh_grad.mistake("tanh-slope-square-missing")
def _(z: Array) -> Any:
    """The slope is 1 - a^2; 1 - a is 2 on the far left, where the curve is flat.

    Only the right side goes to 0. The square makes the slope the same on both sides.

    Check: the slope should be the same at z and at -z.
    """
    return 1 - np.tanh(z)


@tanh_grad.mistake("tanh-slope-of-sigmoid")
def _(z: Array) -> Any:
    """a (1 - a) is the slope of a sigmoid; for a = tanh(z) the slope is 1 - a^2.

    Each bend has its own formula. a (1 - a) is negative for negative z, but a tanh never falls.

    Check: the slope of tanh at z = 0 should be 1.
    """
    a = np.tanh(z)
    return a * (1 - a)


@tanh_grad.mistake("tanh-slope-overflow", rows="A10")
def _(z: Array) -> Any:
    """For |z| above about 709 either exp(z) or exp(-z) is inf, and inf / inf is nan.

    The equation of tanh is right on paper and for small z. Its numerator and denominator both
    overflow.

    Next: use the function in this notebook that computes a = tanh(z) for any z.
    """
    a = (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))
    return 1 - a**2


@tanh_grad.mistake("tanh-slope-cosh-overflow")
def _(z: Array) -> Any:
    """The slope 1 / cosh(z)^2 is right on paper, but cosh(z) overflows for |z| above about 710.

    The slope happens to come out right, because 1 / inf is 0; the overflow warning is the only
    symptom.

    Next: write the slope in terms of a = tanh(z), which always lies between -1 and 1.
    """
    return 1 / np.cosh(z) ** 2
