"""The sigmoid and its slope."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Derivative, Rng, question
from autograder.questions.week02_bends.formulas import stable_sigmoid


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
