"""Week 02: the bends (activations), their slopes, and softmax with its backward pass.

Every reference is Keras' own activation in the dtype of its input, every slope comes from
tf.GradientTape. Slopes take the pre-activation z, never the activation's value.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.questions.define import Derivative, Written, choice, question

Array = NDArray[Any]
Rng = np.random.Generator

WEEK = "week02"
TITLE = "Bends"
POINTS = 100


def stable_sigmoid(z: Array) -> Array:
    """A sigmoid without overflow, for wrong formulas whose mistake lies elsewhere."""
    a: Array = 0.5 * (1 + np.tanh(0.5 * z))
    return a


def row_softmax(Z: Array) -> Array:
    """A softmax without overflow, for wrong formulas whose mistake lies elsewhere."""
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    s: Array = E / E.sum(axis=1, keepdims=True)
    return s


def exact_gelu(z: Any) -> Any:
    """GELU by keras.ops.erf in the dtype of z.

    Not keras.activations.gelu: TensorFlow rounds its sqrt(2) to float32 for float64 inputs too,
    which moves the result by 2e-9.
    """
    import keras

    z = keras.ops.convert_to_tensor(z)
    return 0.5 * z * (1 + keras.ops.erf(z / math.sqrt(2)))


# --- sigmoid ---------------------------------------------------------------------------------


@question(points=7)
def sigmoid(z: Array) -> Any:
    """The S-shaped bend 1 / (1 + exp(-z)).

    Args:
        z: pre-activations, any shape, float64 or whole numbers.

    Returns:
        Values between 0 and 1, the shape of z, floating point.

    Source: keras.activations.sigmoid.
    """
    import keras

    return keras.activations.sigmoid(z if z.dtype.kind == "f" else z.astype(np.float64))


@sigmoid.case("typical", weight=3)
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(-5, 5, (6, 5))}


@sigmoid.case("edge")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.normal(size=(4, 7)) * np.resize([0.0, 1.0, 1e-6], (4, 7))}


@sigmoid.case("whole-numbers")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.integers(-6, 7, (3, 8))}


@sigmoid.case("stability", weight=2)
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(800, 1e4, (5, 3)) * np.resize([1.0, -1.0], (5, 3))}


@sigmoid.alternative("half-of-tanh")
def _(z: Array) -> Any:
    return 0.5 * (1 + np.tanh(0.5 * z))


@sigmoid.alternative("scipy-expit")
def _(z: Array) -> Any:
    from scipy.special import expit

    return expit(z)


@sigmoid.mistake("sigmoid-mirrored", rows="A01")
def _(z: Array) -> Any:
    """With exp(+z) in the denominator the curve is mirrored: 1 / (1 + exp(z)) = 1 - sigmoid(z).

    Every value is exactly 1 minus the expected one, and the curve falls where it should rise. A
    lost minus sign does this. The value at z = 0 is 0.5 either way, so a test at 0 cannot see it.

    Check: a large positive z should give a value near 1.
    """
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, e / (1 + e), 1 / (1 + e))


@sigmoid.mistake("sigmoid-overflow-negative", rows="A02")
def _(z: Array) -> Any:
    """For z below about -709, exp(-z) is larger than the largest float64, so it overflows.

    The value happens to come out right, because 1 / inf is 0; the overflow warning is the only
    sign. In a longer computation the same infinity becomes nan. The equation is right on paper,
    but it should only be used where its exponential stays small.

    Next: find a form of the equation in which only exp of a negative number appears, for each
    sign of z.
    """
    return 1 / (1 + np.exp(-z))


@sigmoid.mistake("sigmoid-overflow-positive", rows="A03")
def _(z: Array) -> Any:
    """For z above about 709, exp(z) is inf in float64, and inf / (1 + inf) is nan.

    Small inputs are right, and so are large negative ones. exp(z) / (1 + exp(z)) is the same
    function on paper, but it moves the overflow to the other side instead of removing it.

    Next: use each of the two forms of sigmoid only for the sign of z where its exponential is
    below 1.
    """
    return np.exp(z) / (1 + np.exp(z))


@sigmoid.mistake("sigmoid-missing-parentheses")
def _(z: Array) -> Any:
    """Python divides before it adds, so 1/1 + exp(-z) is 1 + exp(-z), not 1 / (1 + exp(-z)).

    Every value is above 1, and the values are exactly one over the expected ones. A sum in a
    denominator needs parentheses around it.

    Check: sigmoid(0) should be 0.5.
    """
    return 1 / 1 + np.exp(-z)


@sigmoid.mistake("sigmoid-integer-buffer", rows="A36")
def _(z: Array) -> Any:
    """An array made by zeros_like(z) has the dtype of z, and an integer array cuts 0.88 to 0.

    With floating-point input all is well; with whole numbers every answer is 0 (or 1, where the
    sigmoid rounds to exactly 1). No error appears: NumPy converts silently when it writes into
    an existing array.

    Check: call your function with np.array([-1, 0, 1]) and look at the dtype of what it returns.
    """
    out = np.zeros_like(z)
    right = z >= 0
    out[right] = 1 / (1 + np.exp(-z[right]))
    left = np.exp(z[~right])
    out[~right] = left / (1 + left)
    return out


@sigmoid.mistake("sigmoid-one-branch-for-all")
def _(z: Array) -> Any:
    """An `if` decides once for the whole array, but each entry of z has a sign of its own.

    NumPy refuses to turn an array of many truth values into one, and raises "The truth value of
    an array ... is ambiguous". The function works for a single number, which hides the trouble.

    Next: look at np.where, which chooses separately for every entry.
    """
    if z >= 0:
        return 1 / (1 + np.exp(-z))
    return np.exp(z) / (1 + np.exp(z))


@sigmoid.mistake("sigmoid-is-not-tanh")
def _(z: Array) -> Any:
    """These are the values of tanh, which runs from -1 to 1; a sigmoid runs from 0 to 1.

    The two curves have the same shape: tanh(z) = 2 sigmoid(2z) - 1. Negative values give it away.

    Check: no value of sigmoid is negative, and sigmoid(0) is 0.5.
    """
    return np.tanh(z)


# --- tanh ------------------------------------------------------------------------------------


@question(points=4, builds_on=("sigmoid",))
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
    return {"z": rng.normal(size=(7, 4)) * np.resize([0.0, 1.0, 1e-6], (7, 4))}


@tanh.case("stability", weight=1)
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(800, 1e4, (3, 5)) * np.resize([1.0, -1.0], (3, 5))}


@tanh.alternative("stretched-sigmoid")
def _(z: Array) -> Any:
    e = np.exp(-2 * np.abs(z))
    return np.sign(z) * (1 - e) / (1 + e)


@tanh.mistake("tanh-overflow", rows="A10")
def _(z: Array) -> Any:
    """Beyond |z| of about 709 one of exp(z) and exp(-z) is inf, and inf / inf is nan.

    The equation is right on paper and right for small z. Its numerator and denominator both
    overflow, although their quotient is never larger than 1.

    Next: look for a NumPy function that already computes this curve, or divide the fraction by
    its larger exponential.
    """
    return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))


@tanh.mistake("tanh-overflow-positive", rows="A10")
def _(z: Array) -> Any:
    """For z above about 355, exp(2z) is inf in float64, and inf / inf is nan.

    Large negative inputs are right here, because exp(2z) is then 0. Multiplying the fraction by
    exp(z) saved one exponential, and left the overflow on the positive side.

    Next: use a form in which only exp of a negative number appears, for each sign of z.
    """
    return (np.exp(2 * z) - 1) / (np.exp(2 * z) + 1)


@tanh.mistake("tanh-half-argument")
def _(z: Array) -> Any:
    """2 sigmoid(z) - 1 equals tanh(z / 2): the curve is twice as wide as it should be.

    A tanh is a sigmoid stretched to the range from -1 to 1 and also squeezed along z by a factor
    2. Here the squeeze is missing. The values at 0 and far out are right, which hides it.

    Check: the slope of tanh at 0 is 1; compare (tanh(0.001) - tanh(-0.001)) / 0.002.
    """
    return 2 * stable_sigmoid(z) - 1


@tanh.mistake("tanh-not-centred")
def _(z: Array) -> Any:
    """2 sigmoid(2z) runs from 0 to 2; tanh(z) = 2 sigmoid(2z) - 1 runs from -1 to 1.

    Every value is exactly 1 too large. Stretching a sigmoid by 2 also moves its middle from 0.5
    to 1.

    Check: tanh(0) should be 0.
    """
    return 2 * stable_sigmoid(2 * z)


@tanh.mistake("tanh-sign-reversed")
def _(z: Array) -> Any:
    """The numerator is exp(z) - exp(-z); with its terms exchanged the result is -tanh(z).

    Every value has the right size and the wrong sign, so the curve falls where it should rise.

    Check: tanh of a positive number is positive.
    """
    return -np.tanh(z)


@tanh.mistake("tangent-for-tanh")
def _(z: Array) -> Any:
    """np.tan is the tangent of an angle, sin / cos; the hyperbolic tangent is another function.

    The tangent repeats itself every pi and has no bounds. Near 0 the two agree, because both are
    close to z there.

    Check: no value of tanh lies outside -1 to 1.
    """
    return np.tan(z)


# --- relu ------------------------------------------------------------------------------------


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
    return {"z": rng.normal(size=(2, 3, 5)) * np.resize([0.0, 1.0, 1e-6, 1.0], (2, 3, 5))}


@relu.case("large")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(-1e4, 1e4, (4, 6))}


@relu.alternative("masked-product")
def _(z: Array) -> Any:
    return z * (z > 0)


@relu.mistake("relu-in-place", rows="A15")
def _(z: Array) -> Any:
    """Writing z[z < 0] = 0 changes the caller's array, because z is not a copy of it.

    The returned values are right, but the pre-activations are gone. The slope of week 06 needs
    them: it would then be computed from numbers that this function has overwritten.

    Check: keep a copy of the input, call your function, and compare the input with the copy.
    """
    z[z < 0] = 0
    return z


@relu.mistake("relu-absolute-value")
def _(z: Array) -> Any:
    """The negative side of max(0, z) is 0; |z| folds it up instead.

    A ReLU is a hinge that lies flat on the left. The absolute value is a V.

    Check: relu(-3) should be 0.
    """
    return np.abs(z)


@relu.mistake("relu-minimum")
def _(z: Array) -> Any:
    """min(0, z) keeps the negative side; max(0, z) keeps the positive side.

    Positive inputs give 0 and negative ones pass through: the hinge is turned upside down.

    Check: relu(3) should be 3.
    """
    return np.minimum(0, z)


@relu.mistake("relu-step")
def _(z: Array) -> Any:
    """The step of week 01 answers 0 or 1; max(0, z) answers 0 or z itself.

    The condition z > 0 is the slope of a ReLU, not its value. A step has slope 0 everywhere, so
    no nudge passes through it. That is why the course leaves it behind.

    Check: relu(3) should be 3.
    """
    return np.where(z > 0, 1.0, 0.0)


@relu.mistake("relu-one-decision-for-all")
def _(z: Array) -> Any:
    """Python's `max` and `if` decide once for the whole array; max(0, z) is meant for each entry.

    NumPy refuses to turn an array of many truth values into one, and raises "The truth value of
    an array ... is ambiguous". The function works for a single number, which hides the trouble.

    Next: look for the NumPy function that takes the larger of two values entry by entry.
    """
    return max(0, z)


@relu.mistake("relu-largest-entry")
def _(z: Array) -> Any:
    """np.max(z) is the single largest entry of an array; max(0, z) is asked for every entry.

    np.max reduces an array to a number. A bend keeps the shape: one value out for each value in.

    Check: the shape of the result should be the shape of z.
    """
    return np.max(z)


# --- leaky_relu ------------------------------------------------------------------------------


@question(points=4)
def leaky_relu(z: Array, slope: float) -> Any:
    """The hinge with a leak: z where z > 0, slope * z elsewhere.

    Args:
        z: pre-activations, any shape, float64.
        slope: slope of the negative side, between 0 and 1.

    Returns:
        The shape of z, float64.

    Source: keras.activations.leaky_relu; Maas, Hannun & Ng 2013.
    """
    # TensorFlow rounds the slope to float32 even here, so every case draws one that float32 holds.
    import keras

    return keras.activations.leaky_relu(z, negative_slope=slope)


@leaky_relu.case("typical", weight=2)
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(-4, 4, (7, 5)), "slope": float(rng.integers(3, 26)) / 64}


@leaky_relu.case("edge")
def _(rng: Rng) -> dict[str, Any]:
    z = rng.normal(size=(3, 8)) * np.resize([0.0, 1.0, 1e-6, 1.0, 1.0], (3, 8))
    return {"z": z, "slope": float(rng.integers(13, 26)) / 64}


@leaky_relu.case("large")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(-1e4, 1e4, (6, 4)), "slope": float(rng.integers(3, 26)) / 64}


@leaky_relu.alternative("larger-of-two-lines")
def _(z: Array, slope: float) -> Any:
    return np.maximum(z, slope * z)


@leaky_relu.mistake("leak-on-the-wrong-side", rows="A18")
def _(z: Array, slope: float) -> Any:
    """The slope belongs to the negative side: f(z) = z for z > 0 and slope * z for z <= 0.

    Here the positive side is flattened and the negative one passes unchanged. The two values
    after a condition are easily exchanged.

    Check: leaky_relu(3, 0.1) should be 3, and leaky_relu(-3, 0.1) should be -0.3.
    """
    return np.where(z > 0, slope * z, z)


@leaky_relu.mistake("slope-as-a-floor", rows="A18")
def _(z: Array, slope: float) -> Any:
    """The slope multiplies z; max(z, slope) uses it as a value and cuts everything below it off.

    The result is flat on the left, so nothing leaks, and it is never below the slope.

    Check: leaky_relu(-3, 0.1) should be -0.3.
    """
    return np.maximum(z, slope)


@leaky_relu.mistake("slope-for-the-value")
def _(z: Array, slope: float) -> Any:
    """On the negative side the value is slope * z; the slope alone is a constant.

    Every negative input gives the same positive number. A slope says how steep the line is, not
    how high it stands.

    Check: leaky_relu(-3, 0.1) and leaky_relu(-6, 0.1) should differ.
    """
    return np.where(z > 0, z, slope)


@leaky_relu.mistake("leak-points-up")
def _(z: Array, slope: float) -> Any:
    """With -slope * z the negative side rises to the left; slope * z falls, as z does.

    The curve becomes a lopsided V. A leak keeps the sign of z and only makes it smaller.

    Check: leaky_relu(-3, 0.1) should be negative.
    """
    return np.where(z > 0, z, -slope * z)


@leaky_relu.mistake("fixed-slope")
def _(z: Array, slope: float) -> Any:
    """The answer uses the slope 0.01 whatever the argument says; f(z) = slope * z on the left.

    0.01 is a common choice, and many libraries have it as their default. This function receives
    its slope as an argument.

    Check: two calls with the same z and different slopes should differ where z is negative.
    """
    return np.where(z > 0, z, 0.01 * z)


@leaky_relu.mistake("leak-missing")
def _(z: Array, slope: float) -> Any:
    """The negative side is 0, as in a plain ReLU; here it is slope * z.

    The argument slope does not enter the result at all.

    Check: leaky_relu(-3, 0.1) should be -0.3.
    """
    return np.maximum(0, z)


@leaky_relu.mistake("leaky-in-place", rows="A15")
def _(z: Array, slope: float) -> Any:
    """Writing into z changes the caller's array, because z is not a copy of it.

    The returned values are right, but the pre-activations on the negative side have been
    multiplied by the slope. Asked a second time with the same array, the function would answer
    slope * slope * z.

    Check: call your function twice with the same array; the two answers should be equal.
    """
    z[z < 0] *= slope
    return z


# --- gelu ------------------------------------------------------------------------------------


@question(points=6)
def gelu(z: Array) -> Any:
    """The exact Gaussian error linear unit: z * (1 + erf(z / sqrt(2))) / 2.

    Args:
        z: pre-activations, any shape, float64.

    Returns:
        z times the normal distribution's Phi(z); the shape of z, float64.

    Source: keras.ops.erf; Hendrycks & Gimpel 2016.
    """
    return exact_gelu(z)


@gelu.case("typical", weight=3)
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(-3, 3, (6, 5))}


@gelu.case("edge")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.normal(size=(4, 7)) * np.resize([0.0, 1.0, 1e-6, 2.0], (4, 7))}


@gelu.case("stability")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(30, 1e4, (5, 3)) * np.resize([1.0, -1.0], (5, 3))}


@gelu.alternative("scipy-normal-distribution")
def _(z: Array) -> Any:
    from scipy.special import ndtr

    return z * ndtr(z)


@gelu.mistake("gelu-tanh-form", rows="A21", convention=True)
def _(z: Array) -> Any:
    """This is GELU's tanh form, another convention; here GELU is z * Phi(z) with the exact erf.

    The tanh form is an approximation from the time when erf was slow, and GPT-2 uses it. It
    differs from the exact form by up to 0.0005, most near |z| = 2. Keras computes the exact form
    unless it is told approximate=True.

    Check: the exact gelu(2) is 1.954500, the tanh form gives 1.954598.
    """
    return 0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))


@gelu.mistake("gelu-sigmoid-form", rows="A22", convention=True)
def _(z: Array) -> Any:
    """This is the quick form z * sigmoid(1.702 z), another convention; here GELU is z * Phi(z).

    The quick form differs from the exact one by up to 0.02. CLIP was trained with it.

    Check: the exact gelu(2) is 1.954500, the quick form gives 1.935660.
    """
    return z * stable_sigmoid(1.702 * z)


@gelu.mistake("erf-without-root-two", rows="A23")
def _(z: Array) -> Any:
    """Phi(z) is (1 + erf(z / sqrt(2))) / 2; without the root the curve is narrower by sqrt(2).

    erf belongs to a normal distribution of variance 1/2, and GELU needs the one of variance 1.
    The values at 0 and far out are right, which hides it.

    Check: Phi(1) is 0.841345; print that factor of your formula on its own.
    """
    from scipy.special import erf

    return 0.5 * z * (1 + erf(z))


@gelu.mistake("gelu-tanh-form-root-upside-down", rows="A23")
def _(z: Array) -> Any:
    """The tanh form has sqrt(2 / pi) inside, not sqrt(2 pi), and the exact erf form is asked for.

    The two roots look alike in print, and here the factor is pi times too large. The course uses
    the exact form, with erf and without this constant.

    Next: read the equation in the docstring again; it has one root and no pi.
    """
    return 0.5 * z * (1 + np.tanh(np.sqrt(2 * np.pi) * (z + 0.044715 * z**3)))


@gelu.mistake("gelu-tanh-form-coefficient", rows="A23")
def _(z: Array) -> Any:
    """The cubic coefficient of the tanh form is 0.044715, ten times smaller than 0.44715.

    A lost zero makes the bend too steep around |z| = 1. The course uses the exact form, z * Phi(z)
    with erf, which has no such coefficient.

    Next: read the equation in the docstring again; it has no cubic term.
    """
    return 0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.44715 * z**3)))


@gelu.mistake("gelu-tanh-form-cubic-missing", rows="A23")
def _(z: Array) -> Any:
    """tanh(sqrt(2 / pi) z) without its cubic term is only a rough copy of erf(z / sqrt(2)).

    The approximation needs z + 0.044715 z^3 inside the tanh. The course uses the exact form,
    z * Phi(z) with erf, which needs neither.

    Next: read the equation in the docstring again; it has erf where tanh stands.
    """
    return 0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * z))


@gelu.mistake("gelu-half-missing")
def _(z: Array) -> Any:
    """1 + erf runs from 0 to 2; the share of z that GELU lets through is half of it, 0 to 1.

    Every value is exactly twice the expected one.

    Check: for a large z, gelu(z) should be z.
    """
    from scipy.special import erf

    return z * (1 + erf(z / np.sqrt(2)))


@gelu.mistake("gelu-gate-only")
def _(z: Array) -> Any:
    """This is Phi(z), the share of z that passes; GELU is that share times z.

    All values lie between 0 and 1 and the curve is S-shaped, like a sigmoid.

    Check: gelu(0) should be 0, and gelu(10) should be 10.
    """
    from scipy.special import erf

    return 0.5 * (1 + erf(z / np.sqrt(2)))


# --- silu ------------------------------------------------------------------------------------


@question(points=5, builds_on=("sigmoid",))
def silu(z: Array) -> Any:
    """The sigmoid linear unit, also called swish: z * sigmoid(z).

    Args:
        z: pre-activations, any shape, float64.

    Returns:
        The shape of z, float64.

    Source: keras.activations.silu; Elfwing, Uchibe & Doya 2018.
    """
    import keras

    return keras.activations.silu(z)


@silu.case("typical", weight=3)
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(-5, 5, (5, 6))}


@silu.case("edge")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.normal(size=(7, 4)) * np.resize([0.0, 1.0, 1e-6, 2.0, 1.0], (7, 4))}


@silu.case("stability")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(800, 1e4, (3, 5)) * np.resize([1.0, -1.0], (3, 5))}


@silu.mistake("silu-overflow-negative", rows="A02")
def _(z: Array) -> Any:
    """For z below about -709, exp(-z) in z / (1 + exp(-z)) overflows float64.

    The value happens to come out right, because z / inf is 0; the overflow warning is the only
    sign. Your sigmoid of this week has already solved this.

    Next: look which function of this notebook the equation z * sigmoid(z) contains.
    """
    return z / (1 + np.exp(-z))


@silu.mistake("silu-overflow-positive", rows="A03")
def _(z: Array) -> Any:
    """For z above about 709, exp(z) is inf in float64, and inf / (1 + inf) is nan.

    Small inputs are right, and so are large negative ones. Your sigmoid of this week has already
    solved this.

    Next: look which function of this notebook the equation z * sigmoid(z) contains.
    """
    return z * (np.exp(z) / (1 + np.exp(z)))


@silu.mistake("silu-gate-only")
def _(z: Array) -> Any:
    """This is sigmoid(z), the share of z that passes; SiLU is z * sigmoid(z).

    All values lie between 0 and 1, so large inputs no longer pass.

    Check: silu(0) should be 0, and silu(100) should be 100.
    """
    return stable_sigmoid(z)


@silu.mistake("silu-mirrored", rows="A01")
def _(z: Array) -> Any:
    """With exp(+z) in the sigmoid the gate is mirrored: it opens for negative z, not for positive.

    The result is z * (1 - sigmoid(z)): negative inputs pass, positive ones are stopped.

    Check: silu(100) should be 100, and silu(-100) should be close to 0.
    """
    return z * stable_sigmoid(-z)


@silu.mistake("silu-quick-gelu")
def _(z: Array) -> Any:
    """z * sigmoid(1.702 z) is the quick form of GELU; SiLU has no factor inside the sigmoid.

    The two bends are cousins. The factor 1.702 makes a sigmoid look like the normal distribution.

    Check: silu(1) should be 0.731059.
    """
    return z * stable_sigmoid(1.702 * z)


# --- softmax ---------------------------------------------------------------------------------


@question(points=9)
def softmax(Z: Array) -> Any:
    """Probabilities of each row: exp(Z[n, k]) / sum over j of exp(Z[n, j]).

    Args:
        Z: logits, shape (N, K), float64.

    Returns:
        Probabilities, shape (N, K), float64; every row sums to 1.

    Source: keras.activations.softmax over the last axis.
    """
    import keras

    return keras.activations.softmax(Z, axis=-1)


@softmax.case("typical", weight=3)
def _(rng: Rng) -> dict[str, Any]:
    return {"Z": rng.uniform(-2, 2, (5, 3))}


@softmax.case("square", square="a sum without keepdims raises an error unless N equals K")
def _(rng: Rng) -> dict[str, Any]:
    return {"Z": rng.uniform(-2, 2, (4, 4))}


@softmax.case("hundreds")
def _(rng: Rng) -> dict[str, Any]:
    level = rng.uniform(420, 600, (6, 1)) * np.resize([1.0, -1.0], (6, 1))
    return {"Z": level + rng.uniform(-2, 2, (6, 4))}


@softmax.case("stability", weight=2)
def _(rng: Rng) -> dict[str, Any]:
    level = rng.uniform(1000, 9000, (7, 1)) * np.resize([1.0, -1.0], (7, 1))
    width = np.resize([2.0, 2.0, 900.0], (7, 1))
    return {"Z": level + width * rng.uniform(-1, 1, (7, 3))}


@softmax.alternative("scipy")
def _(Z: Array) -> Any:
    from scipy import special

    return special.softmax(Z, axis=1)


@softmax.alternative("row-by-row")
def _(Z: Array) -> Any:
    rows = []
    for row in Z:
        shifted = np.exp(row - max(row))
        rows.append(shifted / sum(shifted))
    return rows


@softmax.mistake("softmax-overflow", rows="A26")
def _(Z: Array) -> Any:
    """float64 exp exceeds its range above about 709, and inf / inf is nan.

    Logits below that are right. Logits far below 0 fail as well: every exp is then 0, and 0 / 0
    is nan. Both are a matter of where the row lies, and softmax only depends on differences
    within a row.

    Next: find a constant for each row that can be subtracted without changing softmax.
    """
    E = np.exp(Z)
    return E / E.sum(axis=1, keepdims=True)


@softmax.mistake("softmax-shift-added", rows="A27")
def _(Z: Array) -> Any:
    """The row's largest logit is to be subtracted; added, it makes the exponent twice as large.

    exp(Z + max) overflows at logits of about 355, earlier than without any shift. Small logits
    are right, because any constant cancels in the fraction.

    Check: after the shift the largest entry of every row should be 0.
    """
    E = np.exp(Z + Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


@softmax.mistake("softmax-global-shift", rows="A28")
def _(Z: Array) -> Any:
    """The whole batch's largest logit is too much for a low row: every exp is 0, and 0 / 0 is nan.

    Rows near the largest one are right. A row that lies 800 below it becomes exp(-800) = 0 in
    every entry. Each row is one example, and needs a shift of its own.

    Check: after the shift the largest entry of every row should be 0.
    """
    E = np.exp(Z - Z.max())
    return E / E.sum(axis=1, keepdims=True)


@softmax.mistake("softmax-over-the-batch", rows="A29")
def _(Z: Array) -> Any:
    """Columns of the result sum to 1; rows should: a row is one example, a column one class.

    With axis=0 NumPy adds down the columns, so the examples of a batch compete with each other
    for each class. axis names the axis that disappears in the sum.

    Check: print the sums over axis 1; every entry should be 1.
    """
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=0)


@softmax.mistake("softmax-normaliser-over-the-batch", rows="A29")
def _(Z: Array) -> Any:
    """The normaliser sums down the columns; it is the sum over the classes j of one row n.

    The shift is taken for each row, as it should be, but the sum runs over axis 0: the columns
    sum to 1 and the rows do not.

    Check: print the sums over axis 1; every entry should be 1.
    """
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=0)


@softmax.mistake("softmax-over-everything", rows="A29")
def _(Z: Array) -> Any:
    """All entries together sum to 1; each row should, because each row is one example.

    A sum without an axis adds the whole array. For a batch of N examples the probabilities are
    then about N times too small.

    Check: print the sums over axis 1; every entry should be 1.
    """
    E = np.exp(Z - Z.max())
    return E / E.sum()


@softmax.mistake("softmax-keepdims-missing", rows="A30")
def _(Z: Array) -> Any:
    """A sum over axis 1 has shape (N,); NumPy lines it up with the columns, not with the rows.

    For N different from K NumPy raises an error. For N = K it divides silently by the wrong
    numbers: column n is divided by the sum of row n. A normaliser of shape (N, 1) lines up with
    the rows.

    Check: print the shapes of the numerator and of the denominator.
    """
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1)


@softmax.mistake("softmax-without-exp", rows="A37")
def _(Z: Array) -> Any:
    """Z / sum(Z) has rows that sum to 1 but no exponential: entries can be negative or above 1.

    Probabilities come from exp(Z), which is positive for every logit. Without it a row whose
    logits sum to nearly 0 gives enormous numbers.

    Check: every entry should lie between 0 and 1.
    """
    return Z / Z.sum(axis=1, keepdims=True)


@softmax.mistake("softmax-doubled-logits", rows="A38")
def _(Z: Array) -> Any:
    """exp(2 Z) doubles every difference between logits, so the largest class gets too much.

    The ratio of two probabilities is exp of the difference of their logits. Here it is the square
    of that.

    Check: for the logits [1, 0] the ratio of the probabilities should be e = 2.718.
    """
    return row_softmax(2 * Z)


@softmax.mistake("softmax-divided-logits", rows="A38")
def _(Z: Array) -> Any:
    """Dividing the logits by K is a temperature of K: it flattens the probabilities.

    The ratio of two probabilities is exp of the difference of their logits. Here the difference
    is K times too small.

    Check: for the logits [1, 0] the ratio of the probabilities should be e = 2.718.
    """
    return row_softmax(Z / Z.shape[1])


@softmax.mistake("softmax-entrywise-sigmoid")
def _(Z: Array) -> Any:
    """A sigmoid looks at each logit alone; softmax divides by the sum over the row's classes.

    Sigmoids of several logits answer several yes-or-no questions. They need not sum to 1.

    Check: print the sums over axis 1; every entry should be 1.
    """
    return stable_sigmoid(Z)


# --- sigmoid_grad ----------------------------------------------------------------------------


@question(points=5, builds_on=("sigmoid",), derivative=Derivative(of="sigmoid", wrt="z"))
def sigmoid_grad(z: Array) -> Any:
    """The slope of sigmoid at z: a * (1 - a) with a = sigmoid(z).

    Args:
        z: pre-activations, any shape, float64.

    Returns:
        Slopes between 0 and 1/4, the shape of z, float64.

    Source: tf.GradientTape through keras.activations.sigmoid.
    """
    import keras

    from course_lib.gradients import derivative

    return derivative(keras.activations.sigmoid, z)


@sigmoid_grad.case("typical", weight=3)
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(-5, 5, (6, 5))}


@sigmoid_grad.case("edge")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.normal(size=(4, 7)) * np.resize([0.0, 1.0, 1e-6], (4, 7))}


@sigmoid_grad.case("stability")
def _(rng: Rng) -> dict[str, Any]:
    z = rng.uniform(800, 1e4, (5, 4)) * np.resize([1.0, -1.0], (5, 4))
    return {"z": np.where(np.resize([True, True, False], z.shape), z, z / 1e4)}


@sigmoid_grad.alternative("product-of-both-sides")
def _(z: Array) -> Any:
    return stable_sigmoid(z) * stable_sigmoid(-z)


@sigmoid_grad.mistake("sigmoid-slope-from-z", rows="A04")
def _(z: Array) -> Any:
    """The slope is a (1 - a) with a = sigmoid(z); here z itself stands in the place of a.

    Many books write the slope in terms of the sigmoid's value and call that value z or x. This
    function receives the pre-activation. Negative slopes give it away: a sigmoid never falls.

    Check: the slope at z = 0 should be 0.25, and it should be positive everywhere.
    """
    return z * (1 - z)


@sigmoid_grad.mistake("sigmoid-slope-value-instead")
def _(z: Array) -> Any:
    """This is the value a = sigmoid(z); its slope is a (1 - a).

    A slope says how fast the value changes. It goes to 0 on both sides, where the curve is flat.

    Check: the slope at z = 10 should be nearly 0.
    """
    return stable_sigmoid(z)


@sigmoid_grad.mistake("sigmoid-slope-applied-twice")
def _(z: Array) -> Any:
    """Here sigmoid was applied twice: a (1 - a) was computed with a = sigmoid(sigmoid(z)).

    sigmoid(z) lies between 0 and 1, so the second sigmoid only sees that short stretch, and the
    result stays between 0.19 and 0.25. This comes from passing a value on to a function that
    expects a pre-activation.

    Check: the slope at z = 10 should be nearly 0.
    """
    a = stable_sigmoid(stable_sigmoid(z))
    return a * (1 - a)


@sigmoid_grad.mistake("sigmoid-slope-squared")
def _(z: Array) -> Any:
    """The slope is a - a^2 = a (1 - a); with 1 - a^2 the rule for tanh was used.

    The two S-shaped bends have similar slopes in print. With a between 0 and 1, 1 - a^2 goes to 1
    on the left, where the curve is flat.

    Check: the slope should be the same at z and at -z.
    """
    return 1 - stable_sigmoid(z) ** 2


@sigmoid_grad.mistake("sigmoid-slope-overflow", rows="A02")
def _(z: Array) -> Any:
    """Far below 0, exp(-z) and (1 + exp(-z))^2 are both inf in float64, and inf / inf is nan.

    The formula exp(-z) / (1 + exp(-z))^2 is right on paper and right for moderate z. It needs
    quantities that do not fit into float64, although the slope itself is at most 0.25.

    Next: write the slope in terms of the value that your sigmoid returns.
    """
    return np.exp(-z) / (1 + np.exp(-z)) ** 2


@sigmoid_grad.mistake("sigmoid-slope-overflow-negative", rows="A02")
def _(z: Array) -> Any:
    """For z below about -709, exp(-z) overflows inside 1 / (1 + exp(-z)).

    The slope happens to come out right, because 1 / inf is 0; the overflow warning is the only
    sign. The stable sigmoid of this week avoids it.

    Next: use the function of this notebook that computes a = sigmoid(z) for any z.
    """
    a = 1 / (1 + np.exp(-z))
    return a * (1 - a)


@sigmoid_grad.mistake("sigmoid-slope-overflow-positive", rows="A03")
def _(z: Array) -> Any:
    """For z above about 709, exp(z) / (1 + exp(z)) is inf / inf, which is nan.

    Smaller inputs are right. The stable sigmoid of this week avoids it.

    Next: use the function of this notebook that computes a = sigmoid(z) for any z.
    """
    a = np.exp(z) / (1 + np.exp(z))
    return a * (1 - a)


# --- tanh_grad -------------------------------------------------------------------------------


@question(points=5, builds_on=("tanh",), derivative=Derivative(of="tanh", wrt="z"))
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
    return {"z": rng.normal(size=(7, 4)) * np.resize([0.0, 1.0, 1e-6], (7, 4))}


@tanh_grad.case("stability")
def _(rng: Rng) -> dict[str, Any]:
    z = rng.uniform(800, 1e4, (4, 5)) * np.resize([1.0, -1.0], (4, 5))
    return {"z": np.where(np.resize([True, True, False], z.shape), z, z / 1e4)}


@tanh_grad.alternative("product-of-both-sides")
def _(z: Array) -> Any:
    return (1 - np.tanh(z)) * (1 + np.tanh(z))


@tanh_grad.mistake("tanh-slope-from-z", rows="A08")
def _(z: Array) -> Any:
    """The slope is 1 - a^2 with a = tanh(z); here z itself stands in the place of a.

    Many books write the slope in terms of the value of tanh and call that value z or x. This
    function receives the pre-activation. At z = 3 it gives -8, and a tanh never falls.

    Check: the slope should be positive everywhere, and nearly 0 at z = 10.
    """
    return 1 - z**2


@tanh_grad.mistake("tanh-slope-applied-twice", rows="A08")
def _(z: Array) -> Any:
    """Here tanh was applied twice: 1 - a^2 was computed with a = tanh(tanh(z)).

    tanh(z) lies between -1 and 1, so the second tanh only sees that short stretch, and the slope
    never falls below 0.42. This comes from passing a value on to a function that expects a
    pre-activation.

    Check: the slope at z = 10 should be nearly 0.
    """
    return 1 - np.tanh(np.tanh(z)) ** 2


@tanh_grad.mistake("tanh-slope-square-missing")
def _(z: Array) -> Any:
    """The slope is 1 - a^2; with 1 - a it is 2 on the far left, where the curve is flat.

    Only the right side goes to 0. A square makes the slope the same on both sides.

    Check: the slope should be the same at z and at -z.
    """
    return 1 - np.tanh(z)


@tanh_grad.mistake("tanh-slope-of-sigmoid")
def _(z: Array) -> Any:
    """a (1 - a) is the slope of a sigmoid; for a = tanh(z) the slope is 1 - a^2.

    Each bend has its own rule. a (1 - a) is negative for negative z, and a tanh never falls.

    Check: the slope of tanh at z = 0 should be 1.
    """
    a = np.tanh(z)
    return a * (1 - a)


@tanh_grad.mistake("tanh-slope-overflow", rows="A10")
def _(z: Array) -> Any:
    """Beyond |z| of about 709 one of exp(z) and exp(-z) is inf, and inf / inf is nan.

    The equation of tanh is right on paper and right for small z. Its numerator and denominator
    both overflow.

    Next: use the function of this notebook that computes a = tanh(z) for any z.
    """
    a = (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))
    return 1 - a**2


@tanh_grad.mistake("tanh-slope-cosh-overflow")
def _(z: Array) -> Any:
    """The slope 1 / cosh(z)^2 is right on paper, but cosh(z) overflows beyond |z| of about 710.

    The slope happens to come out right, because 1 / inf is 0; the overflow warning is the only
    sign.

    Next: write the slope in terms of a = tanh(z), which never leaves -1 to 1.
    """
    return 1 / np.cosh(z) ** 2


# --- relu_grad -------------------------------------------------------------------------------


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
    return {"z": rng.normal(size=(2, 3, 5)) * np.resize([0.0, 1.0, 1e-6, 1.0], (2, 3, 5))}


@relu_grad.case("large")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(-1e4, 1e4, (4, 6))}


@relu_grad.mistake("relu-slope-mask-from-output", rows="A12")
def _(z: Array) -> Any:
    """The condition a >= 0 with a = relu(z) holds everywhere, because a ReLU is never negative.

    Every slope is 1, as if there were no bend at all. The flat side has a = 0, and 0 >= 0 is true.

    Check: the slope at z = -3 should be 0.
    """
    a = np.maximum(0, z)
    return np.where(a >= 0, 1.0, 0.0)


@relu_grad.mistake("relu-slope-one-at-zero", rows="A13", convention=True)
def _(z: Array) -> Any:
    """The slope at z = 0 is 1 here, another convention; this course and Keras set relu'(0) = 0.

    A hinge has no slope at its corner. Any number from 0 to 1 may be chosen there, and books
    differ.

    Check: look at the entries where z is exactly 0.
    """
    return np.where(z >= 0, 1.0, 0.0)


@relu_grad.mistake("relu-slope-value-instead")
def _(z: Array) -> Any:
    """This is the value max(0, z); its slope is 1 on the positive side, whatever z is.

    A slope says how much the value changes when z changes by a little. On the positive side the
    value changes exactly as much as z.

    Check: the slope at z = 3 and at z = 30 should be equal.
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

    Zeros and ones have changed places.

    Check: the slope at z = 3 should be 1, and at z = -3 it should be 0.
    """
    return np.where(z < 0, 1.0, 0.0)


@relu_grad.mistake("relu-slope-in-place", rows="A15")
def _(z: Array) -> Any:
    """Writing zeros and ones into z changes the caller's array, because z is not a copy of it.

    The returned slopes are right, but the pre-activations are gone for everyone who still needs
    them.

    Check: keep a copy of the input, call your function, and compare the input with the copy.
    """
    z[z <= 0] = 0
    z[z > 0] = 1
    return z


# --- leaky_relu_grad -------------------------------------------------------------------------


@question(points=4, derivative=Derivative(of="leaky_relu", wrt="z"))
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
    z = rng.normal(size=(3, 8)) * np.resize([0.0, 1.0, 1e-6, 1.0, 1.0], (3, 8))
    return {"z": z, "slope": float(rng.integers(13, 26)) / 64}


@leaky_relu_grad.case("large")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(-1e4, 1e4, (6, 4)), "slope": float(rng.integers(3, 26)) / 64}


@leaky_relu_grad.mistake("leaky-slope-negated", rows="A18")
def _(z: Array, slope: float) -> Any:
    """The negative side of slope * z has the slope `slope`; -slope would let it rise to the left.

    That z is negative there does not make the slope negative: the line still climbs from left to
    right.

    Check: every slope should be positive.
    """
    return np.where(z > 0, 1.0, -slope)


@leaky_relu_grad.mistake("leaky-slope-on-the-wrong-side", rows="A18")
def _(z: Array, slope: float) -> Any:
    """The slope is 1 for z > 0 and `slope` for z <= 0; here the two sides are exchanged.

    The positive side of the hinge is the steep one.

    Check: leaky_relu_grad(3, 0.1) should be 1.
    """
    return np.where(z > 0, slope, 1.0)


@leaky_relu_grad.mistake("leaky-slope-one-at-zero", rows="A13", convention=True)
def _(z: Array, slope: float) -> Any:
    """The slope at z = 0 is 1 here, another convention; this course and Keras take `slope` there.

    A hinge has no slope at its corner, and any number between the two sides' slopes may be
    chosen.

    Check: look at the entries where z is exactly 0.
    """
    return np.where(z >= 0, 1.0, slope)


@leaky_relu_grad.mistake("leaky-slope-times-z")
def _(z: Array, slope: float) -> Any:
    """On the negative side slope * z is the value; its derivative with respect to z is `slope`.

    The answer mixes the slope on one side with the value on the other.

    Check: leaky_relu_grad(-3, 0.1) and leaky_relu_grad(-6, 0.1) should be equal.
    """
    return np.where(z > 0, 1.0, slope * z)


@leaky_relu_grad.mistake("leaky-slope-missing")
def _(z: Array, slope: float) -> Any:
    """The negative side has slope 0 here, as in a plain ReLU; the leak has the slope `slope`.

    The argument slope does not enter the result at all. A leak exists so that the nudge survives
    on the negative side.

    Check: leaky_relu_grad(-3, 0.1) should be 0.1.
    """
    return np.where(z > 0, 1.0, 0.0)


# --- gelu_grad -------------------------------------------------------------------------------


@question(points=6, derivative=Derivative(of="gelu", wrt="z"))
def gelu_grad(z: Array) -> Any:
    """The slope of the exact GELU at z: Phi(z) + z * phi(z).

    Phi(z) = (1 + erf(z / sqrt(2))) / 2 and phi(z) = exp(-z^2 / 2) / sqrt(2 pi).

    Args:
        z: pre-activations, any shape, float64.

    Returns:
        Slopes, the shape of z, float64; some are negative, some above 1.

    Source: tf.GradientTape through keras.ops.erf.
    """
    from course_lib.gradients import derivative

    return derivative(exact_gelu, z)


@gelu_grad.case("typical", weight=3)
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(-3, 3, (6, 5))}


@gelu_grad.case("edge")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.normal(size=(4, 7)) * np.resize([0.0, 1.0, 1e-6, 2.0], (4, 7))}


@gelu_grad.case("stability")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(60, 1e4, (5, 3)) * np.resize([1.0, -1.0], (5, 3))}


@gelu_grad.mistake("gelu-slope-of-the-tanh-form", rows="A20 A21", convention=True)
def _(z: Array) -> Any:
    """This is the slope of GELU's tanh form, another convention; here GELU is z * Phi(z) with erf.

    A slope must belong to the bend that is used, or the nudge goes in a slightly wrong direction.
    The two slopes differ by up to 0.0009.

    Check: compare the slope with (gelu(z + h) - gelu(z - h)) / (2 h) for your own gelu, at
    z = -2 and h = 1e-5.
    """
    t = np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3))
    inner = np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * z**2)
    return 0.5 * (1 + t) + 0.5 * z * (1 - t**2) * inner


@gelu_grad.mistake("gelu-slope-of-the-sigmoid-form", rows="A20 A22", convention=True)
def _(z: Array) -> Any:
    """This is the slope of z * sigmoid(1.702 z), another convention; here the bend is z * Phi(z).

    A slope must belong to the bend that is used. The two differ by up to 0.03.

    Check: compare the slope with (gelu(z + h) - gelu(z - h)) / (2 h) for your own gelu, at
    z = -2 and h = 1e-5.
    """
    s = stable_sigmoid(1.702 * z)
    return s + 1.702 * z * s * (1 - s)


@gelu_grad.mistake("gelu-slope-product-rule", rows="A24")
def _(z: Array) -> Any:
    """z * Phi(z) is a product, so its slope has two terms, and Phi(z) is only the first.

    The product rule adds z times the slope of Phi. Both agree at 0 and far out, where the second
    term vanishes.

    Check: compare with (gelu(z + h) - gelu(z - h)) / (2 h) at z = -1.5 and h = 1e-5.
    """
    from scipy.special import erf

    return 0.5 * (1 + erf(z / np.sqrt(2)))


@gelu_grad.mistake("gelu-slope-density-unscaled", rows="A24")
def _(z: Array) -> Any:
    """The slope of Phi is phi(z) = exp(-z^2 / 2) / sqrt(2 pi); here 1 / sqrt(2 pi) is absent.

    The second term is 2.507 times too large. A density must enclose an area of 1, and that is
    what the factor is for.

    Check: compare with (gelu(z + h) - gelu(z - h)) / (2 h) at z = 1 and h = 1e-5.
    """
    from scipy.special import erf

    return 0.5 * (1 + erf(z / np.sqrt(2))) + z * np.exp(-(z**2) / 2)


@gelu_grad.mistake("gelu-slope-factor-z-missing")
def _(z: Array) -> Any:
    """The second term of the product rule is z * phi(z); here phi(z) stands alone.

    In a product the slope of each factor is multiplied by the other factor. At z = 1 this cannot
    be seen.

    Check: the slope at z = 0 should be 0.5.
    """
    from scipy.special import erf

    return 0.5 * (1 + erf(z / np.sqrt(2))) + np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)


@gelu_grad.mistake("gelu-slope-erf-without-root-two", rows="A23")
def _(z: Array) -> Any:
    """Phi(z) is (1 + erf(z / sqrt(2))) / 2; without the root it belongs to another distribution.

    erf belongs to a normal distribution of variance 1/2. Here the first term uses that one and
    the second term the one of variance 1.

    Check: Phi(1) is 0.841345; print that term of your formula on its own.
    """
    from scipy.special import erf

    return 0.5 * (1 + erf(z)) + z * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)


# --- silu_grad -------------------------------------------------------------------------------


@question(points=6, builds_on=("sigmoid",), derivative=Derivative(of="silu", wrt="z"))
def silu_grad(z: Array) -> Any:
    """The slope of SiLU at z: s + z * s * (1 - s) with s = sigmoid(z).

    Args:
        z: pre-activations, any shape, float64.

    Returns:
        Slopes, the shape of z, float64; some are negative, some above 1.

    Source: tf.GradientTape through keras.activations.silu.
    """
    import keras

    from course_lib.gradients import derivative

    return derivative(keras.activations.silu, z)


@silu_grad.case("typical", weight=3)
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(-5, 5, (5, 6))}


@silu_grad.case("edge")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.normal(size=(7, 4)) * np.resize([0.0, 1.0, 1e-6, 2.0, 1.0], (7, 4))}


@silu_grad.case("stability")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(800, 1e4, (3, 5)) * np.resize([1.0, -1.0], (3, 5))}


@silu_grad.alternative("factored")
def _(z: Array) -> Any:
    s = stable_sigmoid(z)
    return s * (1 + z * (1 - s))


@silu_grad.mistake("silu-slope-first-term-only", rows="A25")
def _(z: Array) -> Any:
    """z * s is a product, so its slope has two terms, and s = sigmoid(z) is only the first.

    The product rule adds z times the slope of the sigmoid. Both agree at 0 and far out.

    Check: compare with (silu(z + h) - silu(z - h)) / (2 h) at z = 2 and h = 1e-5.
    """
    return stable_sigmoid(z)


@silu_grad.mistake("silu-slope-second-term-only", rows="A25")
def _(z: Array) -> Any:
    """z * s is a product, so its slope has two terms, and z s (1 - s) is only the second.

    The product rule also adds s, the slope of z times the other factor. Without it the slope
    would go to 0 on the far right, where SiLU climbs like z.

    Check: the slope at z = 0 should be 0.5, and nearly 1 at z = 20.
    """
    s = stable_sigmoid(z)
    return z * s * (1 - s)


@silu_grad.mistake("silu-slope-of-sigmoid")
def _(z: Array) -> Any:
    """s (1 - s) is the slope of the sigmoid alone; SiLU is z * s and needs the product rule.

    The result goes to 0 on both sides. SiLU is flat on the left only.

    Check: the slope should be nearly 1 at z = 20.
    """
    s = stable_sigmoid(z)
    return s * (1 - s)


@silu_grad.mistake("silu-slope-factor-s-missing")
def _(z: Array) -> Any:
    """The second term is z times the sigmoid's slope, z s (1 - s); here its factor s is absent.

    On the left, where s goes to 0, the result grows like z instead of vanishing.

    Check: the slope should be nearly 0 at z = -20.
    """
    s = stable_sigmoid(z)
    return s + z * (1 - s)


@silu_grad.mistake("silu-slope-overflow-negative", rows="A02")
def _(z: Array) -> Any:
    """For z below about -709, exp(-z) overflows inside 1 / (1 + exp(-z)).

    The slope happens to come out right, because 1 / inf is 0; the overflow warning is the only
    sign.

    Next: use the function of this notebook that computes s = sigmoid(z) for any z.
    """
    s = 1 / (1 + np.exp(-z))
    return s + z * s * (1 - s)


@silu_grad.mistake("silu-slope-overflow-positive", rows="A03")
def _(z: Array) -> Any:
    """For z above about 709, exp(z) / (1 + exp(z)) is inf / inf, which is nan.

    Smaller inputs are right. The stable sigmoid of this week avoids it.

    Next: use the function of this notebook that computes s = sigmoid(z) for any z.
    """
    s = np.exp(z) / (1 + np.exp(z))
    return s + z * s * (1 - s)


# --- softmax_vjp -----------------------------------------------------------------------------


@question(
    points=8,
    builds_on=("softmax",),
    derivative=Derivative(of="softmax", wrt="Z", upstream="dout"),
)
def softmax_vjp(Z: Array, dout: Array) -> Any:
    """Send a gradient back through softmax: dZ = s * (dout - sum over k of dout * s).

    Args:
        Z: logits, shape (N, K), float64.
        dout: dL/ds for the probabilities s that softmax gives, shape (N, K), float64.

    Returns:
        dZ = dL/dZ, shape (N, K), float64; every row sums to 0.

    Source: tf.GradientTape through keras.activations.softmax.
    """
    import keras

    from course_lib.gradients import vector_jacobian_product

    return vector_jacobian_product(keras.activations.softmax, [Z], dout)[0]


@softmax_vjp.case("typical", weight=3)
def _(rng: Rng) -> dict[str, Any]:
    return {"Z": rng.uniform(-2, 2, (5, 3)), "dout": rng.normal(size=(5, 3))}


@softmax_vjp.case("square", square="a sum without keepdims raises an error unless N equals K")
def _(rng: Rng) -> dict[str, Any]:
    return {"Z": rng.uniform(-2, 2, (4, 4)), "dout": rng.normal(size=(4, 4))}


@softmax_vjp.case("stability")
def _(rng: Rng) -> dict[str, Any]:
    level = rng.uniform(1000, 9000, (7, 1)) * np.resize([1.0, -1.0], (7, 1))
    return {"Z": level + rng.uniform(-2, 2, (7, 4)), "dout": rng.normal(size=(7, 4))}


@softmax_vjp.alternative("whole-jacobian")
def _(Z: Array, dout: Array) -> Any:
    s = row_softmax(Z)
    jacobian = np.einsum("nk,kj->nkj", s, np.eye(Z.shape[1])) - np.einsum("nk,nj->nkj", s, s)
    return np.einsum("nkj,nk->nj", jacobian, dout)


@softmax_vjp.mistake("softmax-upstream-ignored", rows="A06")
def _(Z: Array, dout: Array) -> Any:
    """s (1 - s) is a local slope; the chain rule needs it times dout, which is unused here.

    The chain rule multiplies what comes from above with the local slope. A result that does not
    depend on dout cannot know what the loss wants.

    Check: with dout = 0 the result should be 0, and doubling dout should double it.
    """
    s = row_softmax(Z)
    return s * (1 - s)


@softmax_vjp.mistake("softmax-upstream-added", rows="A07")
def _(Z: Array, dout: Array) -> Any:
    """The chain rule multiplies dout with the local slope; here the two are added.

    A sum does not scale: twice the gradient from above must give twice the gradient below.

    Check: with dout = 0 the result should be 0.
    """
    s = row_softmax(Z)
    return dout + s * (1 - s)


@softmax_vjp.mistake("softmax-diagonal-only", rows="A31")
def _(Z: Array, dout: Array) -> Any:
    """s (1 - s) dout holds only the effect of each logit on its own probability, ds_k / dZ_k.

    A logit also moves all the other probabilities of its row, because they share one
    normaliser: ds_j / dZ_k = -s_j s_k. Softmax is not an entry-by-entry bend.

    Check: every row of the result should sum to 0.
    """
    s = row_softmax(Z)
    return s * (1 - s) * dout


@softmax_vjp.mistake("softmax-gradient-plus-sign")
def _(Z: Array, dout: Array) -> Any:
    """The effect on the other probabilities is negative, ds_j / dZ_k = -s_j s_k; here it is added.

    When one probability grows, the others must shrink, because they sum to 1.

    Check: every row of the result should sum to 0.
    """
    s = row_softmax(Z)
    return s * (dout + (dout * s).sum(axis=1, keepdims=True))


@softmax_vjp.mistake("softmax-gradient-factor-missing")
def _(Z: Array, dout: Array) -> Any:
    """Every entry of dZ carries the factor s_k: dZ_k = s_k (dout_k - sum_j dout_j s_j).

    Here the bracket stands alone. A class whose probability is nearly 0 then gets as large a
    gradient as a likely one, though moving its logit changes almost nothing.

    Check: every row of the result should sum to 0.
    """
    s = row_softmax(Z)
    return dout - (dout * s).sum(axis=1, keepdims=True)


@softmax_vjp.mistake("softmax-gradient-unweighted-sum")
def _(Z: Array, dout: Array) -> Any:
    """The sum in dZ_k = s_k (dout_k - sum_j dout_j s_j) weighs each dout_j by its probability s_j.

    Here dout is summed without the weights. What is to be subtracted is the average of dout under
    the probabilities.

    Check: with dout of ones the result should be 0.
    """
    s = row_softmax(Z)
    return s * (dout - dout.sum(axis=1, keepdims=True))


@softmax_vjp.mistake("softmax-gradient-over-the-batch", rows="A29")
def _(Z: Array, dout: Array) -> Any:
    """The sum of dout * s runs over the classes of one row; here it runs over the examples.

    With axis=0 the examples of a batch influence each other's gradients. Each row is one example
    and knows nothing of the others.

    Check: the first row of the result should not change when the second row of Z does.
    """
    s = row_softmax(Z)
    return s * (dout - (dout * s).sum(axis=0))


@softmax_vjp.mistake("softmax-gradient-keepdims-missing", rows="A30")
def _(Z: Array, dout: Array) -> Any:
    """A sum over axis 1 has shape (N,); NumPy lines it up with the columns, not with the rows.

    For N different from K NumPy raises an error. For N = K it subtracts silently the wrong
    numbers. A sum of shape (N, 1) lines up with the rows.

    Check: print the shapes of dout and of the sum.
    """
    s = row_softmax(Z)
    return s * (dout - (dout * s).sum(axis=1))


@softmax_vjp.mistake("softmax-gradient-overflow", rows="A26")
def _(Z: Array, dout: Array) -> Any:
    """float64 exp exceeds its range above about 709, and inf / inf is nan.

    The gradient's formula is right; the probabilities inside it are not. Logits far below 0 fail
    as well, because every exp is then 0.

    Next: use the function of this notebook that computes softmax for any logits.
    """
    E = np.exp(Z)
    s = E / E.sum(axis=1, keepdims=True)
    return s * (dout - (dout * s).sum(axis=1, keepdims=True))


@softmax_vjp.mistake("softmax-upstream-in-place", rows="A16")
def _(Z: Array, dout: Array) -> Any:
    """Subtracting in place with -= changes the caller's dout, because it is not a copy.

    The returned values are right, but the gradient from above is gone for everyone who still
    needs it. In a network the same dout may go to several places.

    Check: keep a copy of dout, call your function, and compare dout with the copy.
    """
    s = row_softmax(Z)
    dout -= (dout * s).sum(axis=1, keepdims=True)
    return s * dout


# --- saturation_fraction ---------------------------------------------------------------------

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
    def sigmoid_slope(z: Any) -> Any:
        return 0.25 * (1 - np.tanh(0.5 * z) ** 2)

    def silu_slope(z: Any) -> Any:
        return 0.5 * (1 + np.tanh(0.5 * z)) + z * sigmoid_slope(z)

    def relu_slope(z: Any) -> Any:
        return np.where(z > 0, 1.0, 0.0)

    slopes = {"sigmoid": sigmoid_slope, "silu": silu_slope, "relu": relu_slope}
    return target(z, slopes[activation_grad], threshold)


# An odd number of entries: no fraction is then equal to its complement.
@saturation_fraction.case("typical", weight=2)
def _(rng: Rng) -> dict[str, Any]:
    return {"z": 4 * rng.normal(size=(9, 7)), "activation_grad": "sigmoid", "threshold": 0.05}


@saturation_fraction.case("falling-slopes")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(-6, 6, (9, 11)), "activation_grad": "silu", "threshold": 0.04}


@saturation_fraction.case("at-the-threshold")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.normal(size=(5, 7)) + 0.3, "activation_grad": "relu", "threshold": 1.0}


@saturation_fraction.mistake("saturation-without-absolute-value")
def _(z: Array, activation_grad: Slope, threshold: float) -> Any:
    """A slope of -0.09 is smaller than 0.04 but not flat; flat means |slope| < threshold.

    Some bends fall a little before they rise, SiLU and GELU among them. Their negative slopes
    carry a nudge just as well as positive ones. With sigmoid, tanh and ReLU this cannot be seen.

    Check: try it with silu_grad and z = -2.5, where the slope is about -0.09.
    """
    return np.mean(activation_grad(z) < threshold)


@saturation_fraction.mistake("saturation-complement")
def _(z: Array, activation_grad: Slope, threshold: float) -> Any:
    """This is the fraction of entries that are not flat; |slope| < threshold is asked for.

    The result and the expected one sum to 1.

    Check: for z far from 0 everywhere, a sigmoid is saturated and the fraction should be 1.
    """
    return np.mean(np.abs(activation_grad(z)) >= threshold)


@saturation_fraction.mistake("saturation-threshold-included")
def _(z: Array, activation_grad: Slope, threshold: float) -> Any:
    """A slope that equals the threshold does not count: the condition is |slope| < threshold.

    It matters for bends made of straight lines, where many entries have the very same slope.

    Check: with relu_grad, threshold 1 and positive z the fraction should be 0.
    """
    return np.mean(np.abs(activation_grad(z)) <= threshold)


@saturation_fraction.mistake("saturation-of-z")
def _(z: Array, activation_grad: Slope, threshold: float) -> Any:
    """The threshold belongs to the slope activation_grad(z); here it was compared with z itself.

    A bend is flat where its slope is small. For an S-shaped bend that is where z is large, so
    this counts nearly the opposite.

    Check: for z = 0 a sigmoid has slope 0.25, and with threshold 0.05 nothing is saturated.
    """
    return np.mean(np.abs(z) < threshold)


@saturation_fraction.mistake("saturation-count")
def _(z: Array, activation_grad: Slope, threshold: float) -> Any:
    """This is the number of flat entries; a fraction is that number divided by all N * M entries.

    It grows with the size of the layer, so two layers cannot be compared by it.

    Check: the result should lie between 0 and 1.
    """
    return np.sum(np.abs(activation_grad(z)) < threshold)


@saturation_fraction.mistake("saturation-over-rows")
def _(z: Array, activation_grad: Slope, threshold: float) -> Any:
    """Dividing by len(z) divides by the N rows only; z has N * M entries.

    The result is M times too large. len of a matrix is its number of rows.

    Check: the result should lie between 0 and 1.
    """
    return np.sum(np.abs(activation_grad(z)) < threshold) / len(z)


@saturation_fraction.mistake("saturation-per-unit")
def _(z: Array, activation_grad: Slope, threshold: float) -> Any:
    """A mean over axis 0 gives one fraction for each of the M units; the layer has one in all.

    That table is useful when single units are suspected. Here one number describes the layer.

    Check: the result should be a single number.
    """
    return np.mean(np.abs(activation_grad(z)) < threshold, axis=0)


# --- self-check and the written question -----------------------------------------------------

ten_sigmoids = choice(
    "ten_sigmoids",
    points=2.5,
    correct="b",
    wrong={
        "a": "Slopes along a path are multiplied, not added: 0.25 ten times is 0.25^10, not 2.5.",
        "c": "1 is the steepest slope of tanh and ReLU; a sigmoid's steepest slope is 0.25.",
    },
)

shifted_logits = choice(
    "shifted_logits",
    points=2.5,
    correct="c",
    wrong={
        "a": "Every exp is multiplied by exp(100), the sum in the denominator as well: it cancels.",
        "b": "Only differences between the logits of a row matter, and a shift keeps them all.",
    },
)

silent_unit = choice(
    "silent_unit",
    points=2.5,
    correct="a",
    wrong={
        "b": "A ReLU has slope exactly 0 at z = -3, and anything times 0 is 0, not a little.",
        "c": "The slope of a ReLU is 0 or 1, never negative.",
    },
)

equal_wishes = choice(
    "equal_wishes",
    points=2.5,
    correct="b",
    wrong={
        "a": "Only dout minus its average under s counts, and that difference is 0 here.",
        "c": "The probabilities of a row sum to 1 whatever Z is, so they cannot all grow at once.",
    },
)

WRITTEN = (
    Written(
        "why_bends",
        10,
        "3 points: without bends two layers are one, "
        "(X W1 + b1) W2 + b2 = X (W1 W2) + (b1 W2 + b2), so depth adds nothing. "
        "2 points: a bend is not a straight line, so the product can no longer be merged (XOR or "
        "another example). "
        "3 points: a nudge is multiplied by one slope at every bend it passes; ten sigmoids at "
        "their best give 0.25^10, about 1e-6, so the first layers hardly move. "
        "2 points: names a bend that keeps the product alive and what it costs (ReLU: slope 1 on "
        "the positive side, but exactly 0 on the negative one).",
    ),
)
