"""The slope of SiLU (swish)."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Formula, Rng, question
from autograder.questions.week02_bends.formulas import around_zero, stable_sigmoid


@question(points=6, builds_on=("sigmoid", "sigmoid_grad"))
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
    return {"z": around_zero(rng, 7, 1, 4)}


@silu_grad.case("stability", stability=True)
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(800, 1e4, 15) * np.resize([1.0, -1.0], 15)}


@silu_grad.alternative("factored")
def _(z: Array) -> Any:
    s = stable_sigmoid(z)
    return s * (1 + z * (1 - s))


@silu_grad.made_of(
    but="sigmoid-integer-buffer sigmoid-one-branch-for-all sigmoid-overflow-negative "
    "sigmoid-overflow-positive"
)
def _(z: Array, *, sigmoid: Formula = stable_sigmoid) -> Any:
    a = sigmoid(z)
    return a + z * a * (1 - a)


@silu_grad.mistake("silu-slope-first-term-only", rows="A25")
def _(z: Array) -> Any:
    """z * s is a product, so its slope has two terms; s = sigmoid(z) is only the first of them.

    The product rule adds z times the slope of the sigmoid. The two agree at 0 and far from 0.

    Check: compare with (silu(z + h) - silu(z - h)) / (2 h) at z = 2 and h = 1e-5.
    """
    return stable_sigmoid(z)


@silu_grad.mistake("silu-slope-second-term-only", rows="A25")
def _(z: Array) -> Any:
    """z * s is a product, so its slope has two terms; z s (1 - s) is only the second of them.

    The product rule also adds s, the slope of z times the other factor. Without it the slope would
    go to 0 on the far right, where SiLU rises like z.

    Check: the slope at z = 0 should be 0.5, and nearly 1 at z = 20.
    """
    s = stable_sigmoid(z)
    return z * s * (1 - s)


@silu_grad.mistake("silu-slope-of-sigmoid")
def _(z: Array) -> Any:
    """s (1 - s) is the slope of the sigmoid alone; SiLU is z * s and needs the product rule.

    The result goes to 0 on both sides. SiLU is flat only on the left.

    Check: the slope should be nearly 1 at z = 20.
    """
    s = stable_sigmoid(z)
    return s * (1 - s)


@silu_grad.mistake("silu-slope-factor-s-missing")
def _(z: Array) -> Any:
    """The second term is z times the sigmoid's slope, z s (1 - s); here its factor s is missing.

    On the left, where s goes to 0, the result grows like z instead of vanishing.

    Check: the slope should be nearly 0 at z = -20.
    """
    s = stable_sigmoid(z)
    return s + z * (1 - s)


@silu_grad.mistake("silu-slope-overflow-negative", rows="A02")
def _(z: Array) -> Any:
    """For z below about -709, exp(-z) overflows inside 1 / (1 + exp(-z)).

    The slope happens to come out right, because 1 / inf is 0; the overflow warning is the only
    symptom.

    Next: use the function in this notebook that computes s = sigmoid(z) for any z.
    """
    s = 1 / (1 + np.exp(-z))
    return s + z * s * (1 - s)


@silu_grad.mistake("silu-slope-overflow-positive", rows="A03")
def _(z: Array) -> Any:
    """For z above about 709, exp(z) / (1 + exp(z)) is inf / inf, which is nan.

    Smaller inputs are right. The stable sigmoid of this week avoids it.

    Next: use the function in this notebook that computes s = sigmoid(z) for any z.
    """
    s = np.exp(z) / (1 + np.exp(z))
    return s + z * s * (1 - s)
