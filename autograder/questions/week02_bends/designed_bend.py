"""A bend that is designed from wishes about its slope, and this slope."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograder.questions.define import Array, Derivative, Formula, Rng, question
from autograder.questions.week02_bends.formulas import around_zero, stable_sigmoid


def wishes(rng: Rng) -> dict[str, float]:
    """Slopes of a rising bend, none of them 0 or 1, the middle one nearer to one of the others."""
    left, right = rng.uniform(0.1, 0.3), rng.uniform(1.3, 1.7)
    share = rng.uniform(0.6, 0.85)
    return {
        "left": float(left),
        "middle": float(left + share * (right - left)),
        "right": float(right),
        "width": float(rng.uniform(0.4, 0.7)),
    }


def shift(left: float, middle: float, right: float) -> float:
    """The c at which sigmoid(c) is the middle slope's share of the way from left to right."""
    share = (middle - left) / (right - left)
    return math.log(share) - math.log1p(-share)


def stable_softplus(t: Any) -> Any:
    """ln(1 + exp(t)) without overflow, for mistakes that are made elsewhere in a formula."""
    return np.logaddexp(0.0, t)


def keras_bend(z: Any, left: float, middle: float, right: float, width: float) -> Any:
    """The bend by keras.activations.softplus in the dtype of z."""
    import keras

    z = keras.ops.convert_to_tensor(z)
    c = keras.ops.convert_to_tensor(shift(left, middle, right), dtype=z.dtype)
    rise = keras.activations.softplus(z / width + c) - keras.activations.softplus(c)
    return left * z + (right - left) * width * rise


@question(points=15)
def designed_bend(z: Array, left: float, middle: float, right: float, width: float) -> Any:
    """The bend through (0, 0) whose slope climbs from `left` over `middle` to `right`.

    Its slope is left + (right - left) * sigmoid(z / width + c), with the c that makes it `middle`
    at z = 0.

    Args:
        z: pre-activations, any shape, float64.
        left: the slope far to the left.
        middle: the slope at z = 0, between the two others.
        right: the slope far to the right; not equal to left.
        width: how slowly the slope changes, above 0.

    Returns:
        The shape of z, float64.

    Source: the integral of a sigmoid is a softplus; keras.activations.softplus.
    """
    return keras_bend(z, left, middle, right, width)


@designed_bend.case("typical", weight=3)
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(-3, 3, (6, 5)), **wishes(rng)}


@designed_bend.case("falling-slope")
def _(rng: Rng) -> dict[str, Any]:
    rising = wishes(rng)
    turned = {"left": rising["right"], "right": -rising["left"], "width": 3 * rising["width"]}
    return {"z": rng.uniform(-4, 4, (2, 1, 7)), **rising, **turned}


@designed_bend.case("edge")
def _(rng: Rng) -> dict[str, Any]:
    z = around_zero(rng, 3, 1, 6)
    return {"z": z, **wishes(rng), "left": 0.0, "right": 2.0, "width": 2.0}


@designed_bend.case("stability", weight=2, stability=True)
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(1000, 1e4, 15) * np.resize([1.0, -1.0], 15), **wishes(rng)}


@designed_bend.alternative("two-forms-of-softplus")
def _(z: Array, left: float, middle: float, right: float, width: float) -> Any:
    c = np.log((middle - left) / (right - middle))
    t = z / width + c
    softplus = np.maximum(t, 0) + np.log1p(np.exp(-np.abs(t)))
    return left * z + (right - left) * width * (softplus - np.log1p(np.exp(c)))


@designed_bend.mistake("bend-misses-the-origin")
def _(z: Array, left: float, middle: float, right: float, width: float) -> Any:
    """A slope leaves the height open: the constant that makes the bend 0 at z = 0 is missing.

    Every value is too large by the same number, (right - left) * width * softplus(c). The slope is
    right, since a constant has slope 0.

    Check: designed_bend(0, ...) should be 0.
    """
    c = shift(left, middle, right)
    return left * z + (right - left) * width * stable_softplus(z / width + c)


@designed_bend.mistake("bend-lowered-by-ln-2")
def _(z: Array, left: float, middle: float, right: float, width: float) -> Any:
    """At z = 0 the curve stands at softplus(c); ln 2 is softplus(0), its height without a shift.

    The constant that is subtracted has to be the height of your own curve at z = 0. It is ln 2 only
    where c = 0, where `middle` lies halfway between `left` and `right`.

    Check: designed_bend(0, ...) should be 0.
    """
    c = shift(left, middle, right)
    rise = stable_softplus(z / width + c) - math.log(2)
    return left * z + (right - left) * width * rise


@designed_bend.mistake("bend-width-factor-missing")
def _(z: Array, left: float, middle: float, right: float, width: float) -> Any:
    """By the chain rule softplus(z / width) has the slope sigmoid(z / width) / width; a factor
    `width` in front is missing.

    Dividing z by the width makes the curve wider and, with nothing in front, also flatter. With
    width 1 the mistake does not show.

    Check: measure the slope of your bend at z = 50; it should be `right`.
    """
    c = shift(left, middle, right)
    rise = stable_softplus(z / width + c) - stable_softplus(c)
    return left * z + (right - left) * rise


@designed_bend.mistake("bend-times-width")
def _(z: Array, left: float, middle: float, right: float, width: float) -> Any:
    """A wide bend changes slowly: z is divided by the width; here it is multiplied.

    The larger the width, the sharper the corner, and it should be the other way round.

    Check: with a width of 0.01 the bend should look like a sharp hinge.
    """
    c = shift(left, middle, right)
    rise = (stable_softplus(z * width + c) - stable_softplus(c)) / width
    return left * z + (right - left) * rise


@designed_bend.mistake("bend-middle-ignored")
def _(z: Array, left: float, middle: float, right: float, width: float) -> Any:
    """Without a shift c the slope at z = 0 is halfway between `left` and `right`, whatever `middle`
    says.

    sigmoid(0) is a half. The slope at 0 is `middle` if sigmoid(c) is the share
    (middle - left) / (right - left).

    Check: measure the slope of your bend at z = 0.
    """
    rise = stable_softplus(z / width) - math.log(2)
    return left * z + (right - left) * width * rise


@designed_bend.mistake("bend-share-in-place-of-shift")
def _(z: Array, left: float, middle: float, right: float, width: float) -> Any:
    """sigmoid(c) should be the share p = (middle - left) / (right - left); here c itself is p.

    The share is a height of the S, and the shift is the place where the S has this height: solve
    p = 1 / (1 + exp(-c)) for c.

    Check: sigmoid(c) should give back p.
    """
    c = (middle - left) / (right - left)
    rise = stable_softplus(z / width + c) - stable_softplus(c)
    return left * z + (right - left) * width * rise


@designed_bend.mistake("bend-shift-reversed")
def _(z: Array, left: float, middle: float, right: float, width: float) -> Any:
    """Solving p = 1 / (1 + exp(-c)) gives c = ln(p / (1 - p)); here c has the other sign.

    The bend then has the slope left + right - middle at z = 0.

    Check: for p above one half c should be positive.
    """
    c = -shift(left, middle, right)
    rise = stable_softplus(z / width + c) - stable_softplus(c)
    return left * z + (right - left) * width * rise


@designed_bend.mistake("bend-share-without-left")
def _(z: Array, left: float, middle: float, right: float, width: float) -> Any:
    """The share of the way is (middle - left) / (right - left); middle / right starts the way at 0.

    The two agree only where `left` is 0.

    Check: with middle = left + 0.5 * (right - left) the share should be 0.5.
    """
    share = middle / right
    c = np.log(share) - np.log(1 - share)
    rise = stable_softplus(z / width + c) - stable_softplus(c)
    return left * z + (right - left) * width * rise


@designed_bend.mistake("bend-left-line-missing")
def _(z: Array, left: float, middle: float, right: float, width: float) -> Any:
    """The slope has two parts, left + (right - left) * sigmoid(...); the first, a line of slope
    `left`, is missing.

    Far to the left the curve is flat, and no nudge passes.

    Check: measure the slope of your bend at z = -50; it should be `left`.
    """
    c = shift(left, middle, right)
    return (right - left) * width * (stable_softplus(z / width + c) - stable_softplus(c))


@designed_bend.mistake("bend-rise-too-high")
def _(z: Array, left: float, middle: float, right: float, width: float) -> Any:
    """From `left` the slope has right - left to climb; here it climbs by `right` and ends at
    left + right.

    The two agree only where `left` is 0.

    Check: measure the slope of your bend at z = 50; it should be `right`.
    """
    c = shift(left, middle, right)
    return left * z + right * width * (stable_softplus(z / width + c) - stable_softplus(c))


@designed_bend.mistake("bend-overflow", rows="A02")
def _(z: Array, left: float, middle: float, right: float, width: float) -> Any:
    """For z / width above about 709, exp overflows float64 inside ln(1 + exp(t)), and the bend is
    inf.

    Small inputs are right, and so are large negative ones. For large t, ln(1 + exp(t)) is nearly t.

    Next: take exp(t) out of the logarithm: ln(1 + exp(t)) = t + ln(1 + exp(-t)); use each form only
    for the sign of t where its exponential stays below 1.
    """
    c = shift(left, middle, right)
    rise = np.log(1 + np.exp(z / width + c)) - np.log(1 + np.exp(c))
    return left * z + (right - left) * width * rise


@designed_bend.mistake("bend-slope-instead")
def _(z: Array, left: float, middle: float, right: float, width: float) -> Any:
    """This is the slope of the bend; asked for is the bend that has this slope.

    All values lie between `left` and `right`. The bend itself grows without end on the right.

    Check: designed_bend(0, ...) should be 0.
    """
    return left + (right - left) * stable_sigmoid(z / width + shift(left, middle, right))


@question(
    points=11,
    derivative=Derivative(of="designed_bend", wrt="z"),
    builds_on=("sigmoid",),
)
def designed_bend_grad(z: Array, left: float, middle: float, right: float, width: float) -> Any:
    """The slope of designed_bend at z: left + (right - left) * sigmoid(z / width + c).

    Args:
        z: pre-activations, any shape, float64.
        left: the slope far to the left.
        middle: the slope at z = 0, between the two others.
        right: the slope far to the right; not equal to left.
        width: how slowly the slope changes, above 0.

    Returns:
        Slopes between left and right, the shape of z, float64.

    Source: tf.GradientTape through keras.activations.softplus.
    """
    from course_lib.gradients import derivative

    return derivative(lambda t: keras_bend(t, left, middle, right, width), z)


@designed_bend_grad.case("typical", weight=3)
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(-3, 3, (6, 5)), **wishes(rng)}


@designed_bend_grad.case("falling-slope")
def _(rng: Rng) -> dict[str, Any]:
    rising = wishes(rng)
    turned = {"left": rising["right"], "right": -rising["left"], "width": 3 * rising["width"]}
    return {"z": rng.uniform(-4, 4, (2, 1, 7)), **rising, **turned}


@designed_bend_grad.case("edge")
def _(rng: Rng) -> dict[str, Any]:
    z = around_zero(rng, 3, 1, 6)
    return {"z": z, **wishes(rng), "left": 0.0, "right": 2.0, "width": 2.0}


@designed_bend_grad.case("stability", weight=2, stability=True)
def _(rng: Rng) -> dict[str, Any]:
    return {"z": rng.uniform(1000, 1e4, 15) * np.resize([1.0, -1.0], 15), **wishes(rng)}


@designed_bend_grad.made_of(
    but="sigmoid-integer-buffer sigmoid-one-branch-for-all sigmoid-overflow-negative "
    "sigmoid-overflow-positive"
)
def _(
    z: Array,
    left: float,
    middle: float,
    right: float,
    width: float,
    *,
    sigmoid: Formula = stable_sigmoid,
) -> Any:
    return left + (right - left) * sigmoid(z / width + shift(left, middle, right))


@designed_bend_grad.mistake("design-chain-rule-twice")
def _(z: Array, left: float, middle: float, right: float, width: float) -> Any:
    """The second part of the slope is (right - left) * sigmoid(...); here it is divided by `width`.

    The chain rule does give 1 / width for softplus(z / width), and the factor `width` in front of
    the bend cancels it. With width 1 the mistake does not show.

    Check: the slope at z = 50 should be `right`.
    """
    t = z / width + shift(left, middle, right)
    return left + (right - left) * stable_sigmoid(t) / width


@designed_bend_grad.mistake("design-middle-ignored")
def _(z: Array, left: float, middle: float, right: float, width: float) -> Any:
    """Without a shift c the slope at z = 0 is halfway between `left` and `right`, whatever `middle`
    says.

    sigmoid(0) is a half. The slope at 0 is `middle` if sigmoid(c) is the share
    (middle - left) / (right - left).

    Check: the slope at z = 0 should be `middle`.
    """
    return left + (right - left) * stable_sigmoid(z / width)


@designed_bend_grad.mistake("design-share-in-place-of-shift")
def _(z: Array, left: float, middle: float, right: float, width: float) -> Any:
    """sigmoid(c) should be the share p = (middle - left) / (right - left); here c itself is p.

    The share is a height of the S, and the shift is the place where the S has this height: solve
    p = 1 / (1 + exp(-c)) for c.

    Check: the slope at z = 0 should be `middle`.
    """
    share = (middle - left) / (right - left)
    return left + (right - left) * stable_sigmoid(z / width + share)


@designed_bend_grad.mistake("design-shift-reversed")
def _(z: Array, left: float, middle: float, right: float, width: float) -> Any:
    """Solving p = 1 / (1 + exp(-c)) gives c = ln(p / (1 - p)); here c has the other sign.

    The slope at z = 0 is then left + right - middle.

    Check: the slope at z = 0 should be `middle`.
    """
    t = z / width - shift(left, middle, right)
    return left + (right - left) * stable_sigmoid(t)


@designed_bend_grad.mistake("design-times-width")
def _(z: Array, left: float, middle: float, right: float, width: float) -> Any:
    """A wide bend changes slowly: z is divided by the width; here it is multiplied.

    The larger the width, the sharper the corner, and it should be the other way round.

    Check: with a width of 0.01 the slope at z = 1 should be nearly `right`.
    """
    t = z * width + shift(left, middle, right)
    return left + (right - left) * stable_sigmoid(t)


@designed_bend_grad.mistake("design-left-missing")
def _(z: Array, left: float, middle: float, right: float, width: float) -> Any:
    """The slope starts at `left` and climbs from there; here it starts at 0.

    Every slope is too small by `left`: the line left * z of the bend has a slope, too.

    Check: the slope at z = -50 should be `left`.
    """
    t = z / width + shift(left, middle, right)
    return (right - left) * stable_sigmoid(t)


@designed_bend_grad.mistake("design-rise-too-high")
def _(z: Array, left: float, middle: float, right: float, width: float) -> Any:
    """From `left` the slope has right - left to climb; here it climbs by `right` and ends at
    left + right.

    The two agree only where `left` is 0.

    Check: the slope at z = 50 should be `right`.
    """
    t = z / width + shift(left, middle, right)
    return left + right * stable_sigmoid(t)


@designed_bend_grad.mistake("design-slope-of-the-slope")
def _(z: Array, left: float, middle: float, right: float, width: float) -> Any:
    """The slope of a softplus is the sigmoid itself; a (1 - a) is the slope of the sigmoid.

    It vanishes on both sides, so far to the right the result is `left` again.

    Check: the slope at z = 50 should be `right`.
    """
    a = stable_sigmoid(z / width + shift(left, middle, right))
    return left + (right - left) * a * (1 - a)


@designed_bend_grad.mistake("design-overflow", rows="A02")
def _(z: Array, left: float, middle: float, right: float, width: float) -> Any:
    """For z / width below about -709, exp(-t) overflows float64 inside 1 / (1 + exp(-t)).

    The slope happens to come out right, because 1 / inf is 0; the overflow warning is the only
    symptom.

    Next: use the function in this notebook that computes sigmoid(t) for any t.
    """
    t = z / width + shift(left, middle, right)
    return left + (right - left) / (1 + np.exp(-t))
