"""The sigmoid and its slope."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Derivative, Formula, Rng, question
from autograder.questions.week02_bends.formulas import around_zero, stable_sigmoid


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
    return {"z": around_zero(rng, 4, 1, 7)}


@sigmoid.case("whole-numbers")
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.integers(-6, 7, (3, 8))}


@sigmoid.case("stability", weight=2, stability=True)
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(800, 1e4, 15) * np.resize([1.0, -1.0], 15)}


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
    missing minus sign causes this. The value at z = 0 is 0.5 either way, so a test at 0 does not
    show it.

    Check: a large positive z should give a value near 1.
    """
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, e / (1 + e), 1 / (1 + e))


@sigmoid.mistake("sigmoid-overflow-negative", rows="A02")
def _(z: Array) -> Any:
    """For z below about -709, exp(-z) is larger than the largest float64, so it overflows.

    The value happens to come out right, because 1 / inf is 0; the overflow warning is the only
    symptom. In a longer computation the same infinity becomes nan. The equation is right on paper,
    but it should only be used where its exponential stays small.

    Next: find a form of the equation, for each sign of z, that only uses exp of a negative number.
    """
    return 1 / (1 + np.exp(-z))


@sigmoid.mistake("sigmoid-overflow-positive", rows="A03")
def _(z: Array) -> Any:
    """For z above about 709, exp(z) is inf in float64, and inf / (1 + inf) is nan.

    Small inputs are right, and so are large negative ones. exp(z) / (1 + exp(z)) is the same
    function on paper, but it moves the overflow to the other side instead of removing it.

    Next: use each of the two forms of sigmoid only for the sign of z where its exponential is below
    1.
    """
    return np.exp(z) / (1 + np.exp(z))


@sigmoid.mistake("sigmoid-missing-parentheses")
def _(z: Array) -> Any:
    """Python divides before it adds, so 1/1 + exp(-z) is 1 + exp(-z), not 1 / (1 + exp(-z)).

    Every value is above 1. A sum in a denominator needs parentheses around it.

    Check: sigmoid(0) should be 0.5.
    """
    return 1 / 1 + np.exp(-z)


@sigmoid.mistake("sigmoid-integer-buffer", rows="A36")
def _(z: Array) -> Any:
    """zeros_like(z) has the dtype of z, and an integer array truncates 0.88 to 0.

    With floats everything is right; with integers every answer is 0 (or 1, where the sigmoid rounds
    to exactly 1). There is no error: NumPy converts silently when it writes into an existing array.

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
    """An `if` makes one decision for the whole array, but each entry of z has its own sign.

    NumPy refuses to turn an array of many truth values into one, and raises "The truth value of an
    array ... is ambiguous". The function works for a single number, which hides the mistake.

    Next: look at np.where, which chooses separately for every entry.
    """
    if z >= 0:
        return 1 / (1 + np.exp(-z))
    return np.exp(z) / (1 + np.exp(z))


@sigmoid.mistake("sigmoid-is-not-tanh")
def _(z: Array) -> Any:
    """These are the values of tanh, which runs from -1 to 1; a sigmoid runs from 0 to 1.

    The two curves have the same shape: tanh(z) = 2 sigmoid(2z) - 1. Only tanh has negative values.

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
    return {"z": around_zero(rng, 4, 1, 7)}


@sigmoid_grad.case("stability", stability=True)
def _(rng: Rng) -> dict[str, Any]:
    z = rng.uniform(800, 1e4, 20) * np.resize([1.0, -1.0], 20)
    return {"z": np.where(np.resize([True, True, False], z.shape), z, z / 1e4)}


@sigmoid_grad.alternative("product-of-both-sides")
def _(z: Array) -> Any:
    return stable_sigmoid(z) * stable_sigmoid(-z)


@sigmoid_grad.made_of(
    but="sigmoid-integer-buffer sigmoid-mirrored sigmoid-one-branch-for-all "
    "sigmoid-overflow-negative sigmoid-overflow-positive"
)
def _(z: Array, *, sigmoid: Formula = stable_sigmoid) -> Any:
    a = sigmoid(z)
    return a * (1 - a)


@sigmoid_grad.mistake("sigmoid-slope-from-z", rows="A04")
def _(z: Array) -> Any:
    """The slope is a (1 - a) with a = sigmoid(z); here z itself is used as a.

    Many books write the slope in terms of the sigmoid's value and call that value z or x. This
    function receives the pre-activation. Negative slopes show it: a sigmoid never falls.

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

    sigmoid(z) lies between 0 and 1, so the second sigmoid only sees that short range, and the
    result stays between 0.19 and 0.25. This happens when a value is passed to a function that
    expects a pre-activation.

    Check: the slope at z = 10 should be nearly 0.
    """
    a = stable_sigmoid(stable_sigmoid(z))
    return a * (1 - a)


@sigmoid_grad.mistake("sigmoid-slope-squared")
def _(z: Array) -> Any:
    """The slope is a - a^2 = a (1 - a); 1 - a^2 is the formula for tanh.

    The two S-shaped bends have similar formulas for their slopes. With a between 0 and 1, 1 - a^2
    approaches 1 on the left, where the curve is flat.

    Check: the slope should be the same at z and at -z.
    """
    return 1 - stable_sigmoid(z) ** 2


@sigmoid_grad.mistake("sigmoid-slope-not-squared")
def _(z: Array) -> Any:
    """The slope is exp(-z) / (1 + exp(-z))^2; here the square of the denominator is missing.

    exp(-z) / (1 + exp(-z)) is 1 - a, a value between 0 and 1. The slope is a (1 - a), at most 0.25.

    Check: the slope should be the same at z and at -z, and 0.25 at 0.
    """
    return np.exp(-z) / (1 + np.exp(-z))


@sigmoid_grad.mistake("sigmoid-slope-overflow", rows="A02")
def _(z: Array) -> Any:
    """For very negative z, exp(-z) and (1 + exp(-z))^2 are both inf in float64; inf / inf is nan.

    The formula exp(-z) / (1 + exp(-z))^2 is right on paper and for moderate z. Its intermediate
    values do not fit into float64, although the slope itself is at most 0.25.

    Next: write the slope in terms of the value that your sigmoid returns.
    """
    return np.exp(-z) / (1 + np.exp(-z)) ** 2


@sigmoid_grad.mistake("sigmoid-slope-overflow-negative", rows="A02")
def _(z: Array) -> Any:
    """For z below about -709, exp(-z) overflows inside 1 / (1 + exp(-z)).

    The slope happens to come out right, because 1 / inf is 0; the overflow warning is the only
    symptom. The stable sigmoid of this week avoids it.

    Next: use the function in this notebook that computes a = sigmoid(z) for any z.
    """
    a = 1 / (1 + np.exp(-z))
    return a * (1 - a)


@sigmoid_grad.mistake("sigmoid-slope-overflow-positive", rows="A03")
def _(z: Array) -> Any:
    """For z above about 709, exp(z) / (1 + exp(z)) is inf / inf, which is nan.

    Smaller inputs are right. The stable sigmoid of this week avoids it.

    Next: use the function in this notebook that computes a = sigmoid(z) for any z.
    """
    a = np.exp(z) / (1 + np.exp(z))
    return a * (1 - a)
