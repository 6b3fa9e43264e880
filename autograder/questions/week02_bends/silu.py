"""SiLU (swish) and its slope."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Derivative, Rng, question
from autograder.questions.week02_bends.formulas import around_zero, stable_sigmoid


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
    return {"z": around_zero(rng, 7, 1, 4)}


@silu.case("stability", stability=True)
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(800, 1e4, 15) * np.resize([1.0, -1.0], 15)}


@silu.mistake("silu-overflow-negative", rows="A02")
def _(z: Array) -> Any:
    """For z below about -709, exp(-z) in z / (1 + exp(-z)) overflows float64.

    The value happens to come out right, because z / inf is 0; the overflow warning is the only
    symptom. Your sigmoid of this week has already solved this.

    Next: which function in this notebook appears in the equation z * sigmoid(z)?
    """
    return z / (1 + np.exp(-z))


@silu.mistake("silu-overflow-positive", rows="A03")
def _(z: Array) -> Any:
    """For z above about 709, exp(z) is inf in float64, and inf / (1 + inf) is nan.

    Small inputs are right, and so are large negative ones. Your sigmoid of this week has already
    solved this.

    Next: which function in this notebook appears in the equation z * sigmoid(z)?
    """
    return z * (np.exp(z) / (1 + np.exp(z)))


@silu.mistake("silu-gate-only")
def _(z: Array) -> Any:
    """This is sigmoid(z), the fraction of z that SiLU lets through; SiLU is z * sigmoid(z).

    All values lie between 0 and 1, so large inputs no longer pass.

    Check: silu(0) should be 0, and silu(100) should be 100.
    """
    return stable_sigmoid(z)


@silu.mistake("silu-mirrored", rows="A01")
def _(z: Array) -> Any:
    """With exp(+z) in the sigmoid the gate is mirrored: it opens for negative z instead of
    positive.

    The result is z * (1 - sigmoid(z)): negative inputs pass, and positive ones are stopped.

    Check: silu(100) should be 100, and silu(-100) should be close to 0.
    """
    return z * stable_sigmoid(-z)


@silu.mistake("silu-quick-gelu")
def _(z: Array) -> Any:
    """z * sigmoid(1.702 z) is an approximation of GELU; SiLU has no factor inside the sigmoid.

    The two bends are related. The factor 1.702 makes a sigmoid look like the normal distribution's
    Phi.

    Check: silu(1) should be 0.731059.
    """
    return z * stable_sigmoid(1.702 * z)


@question(
    points=6,
    builds_on=("sigmoid", "silu", "sigmoid_grad"),
    derivative=Derivative(of="silu", wrt="z"),
)
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
