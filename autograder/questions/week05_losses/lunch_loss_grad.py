"""The gradient of the loss that was designed from a story."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Derivative, Inputs, Rng, question
from autograder.questions.week05_losses.lunches import (
    costs,
    keras_lunch,
    lunches,
    on_the_borders,
    slopes,
)
from autograder.questions.week05_losses.mse import ONE_COLUMN


@question(points=14, derivative=Derivative(of="lunch_loss", wrt="pred"))
def lunch_loss_grad(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """The gradient of lunch_loss with respect to pred.

    Args:
        pred: packed lunches in grams, shape (N, M), float64.
        target: what the cats ate, shape (N, M), float64.
        short: what each missing gram costs beyond delta, above 0.
        waste: what each gram too many costs beyond delta, above 0.
        delta: how large an error is hardly an error, in grams, above 0.

    Returns:
        dL/dpred, shape (N, M), float64.

    Source: tf.GradientTape through keras.losses.huber, weighted by the side of the error.
    """
    from course_lib.gradients import vector_jacobian_product

    def loss(pred: Any) -> Any:
        return keras_lunch(pred, target, short, waste, delta)

    return vector_jacobian_product(loss, [pred])[0]


@lunch_loss_grad.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return lunches(rng, 7, 5, 3.0, 2.0)


@lunch_loss_grad.case("waste-costs-more", square=ONE_COLUMN)
def _(rng: Rng) -> Inputs:
    return lunches(rng, 6, 1, 3.0, 1.5, "waste")


@lunch_loss_grad.case("edges", weight=2, square="one example is a batch too")
def _(rng: Rng) -> Inputs:
    return on_the_borders(rng)


@lunch_loss_grad.case("large")
def _(rng: Rng) -> Inputs:
    return lunches(rng, 3, 8, 4e3, 0.25)


@lunch_loss_grad.alternative("by-cases")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    e = (pred - target) / delta
    found = np.select([e < -1, e < 0, e <= 1], [-short, short * e, waste * e], waste)
    return found / pred.size


@lunch_loss_grad.mistake("lunch-gradient-reversed", rows="C05")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """The gradient points to where the loss rises; here it points to where the loss falls.

    If a lunch is too large, enlarging it makes the loss rise, so its entry is positive. The minus
    sign of learning comes later.

    Check: where pred is larger than target the gradient should be positive.
    """
    return -slopes(pred - target, short, waste, delta) / pred.size


@lunch_loss_grad.mistake("lunch-gradient-not-averaged", rows="C04")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """The loss is a mean over N * M entries, so each entry's slope carries 1 / (N * M).

    This is the slope of the sum. With a larger batch the steps would grow, although the loss does
    not.

    Check: list every row twice; each entry of the gradient should be halved.
    """
    return slopes(pred - target, short, waste, delta)


@lunch_loss_grad.mistake("lunch-gradient-over-rows-only", rows="C02 C04", convention=True)
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """This gradient fits a loss that sums over the M columns; this course averages all N * M
    entries.

    With one column the two agree.

    Check: compare with (lunch_loss(pred + h) - lunch_loss(pred - h)) / (2 h), moving one entry.
    """
    return slopes(pred - target, short, waste, delta) / len(pred)


@lunch_loss_grad.mistake("slopes-exchanged")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """Where pred < target the slope has the price short, elsewhere waste; here the prices are
    swapped.

    The signs are right, but the hungry cat is heard too little.

    Check: for pred = [[0]], target = [[10]], short = 3, waste = 1 and delta = 2 the gradient should
    be -3.
    """
    return slopes(pred - target, waste, short, delta) / pred.size


@lunch_loss_grad.mistake("one-slope-for-both-sides")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """The slope has the price of its side, short or waste; here both sides have the price 1.

    This is the gradient of the Huber loss in units of delta.

    Check: the gradient should change when short does.
    """
    return slopes(pred - target, 1.0, 1.0, delta) / pred.size


@lunch_loss_grad.mistake("a-jump-at-zero", family={"at_zero": (0.0, 1.0, -1.0)})
def _(
    pred: Array, target: Array, short: float, waste: float, delta: float, *, at_zero: float = 0.0
) -> Any:
    """Within delta the slope grows evenly from 0 to the full price; here it jumps at 0.

    This is the gradient of the quantile loss, which has no soft middle. Near the best lunch it
    pushes as hard as far away from it.

    Check: for pred = [[1]], target = [[0]], short = 3, waste = 1 and delta = 2 the gradient should
    be 0.5.
    """
    side = np.sign(pred - target)
    side[side == 0] = at_zero
    return np.select([side > 0, side < 0], [waste, -short], 0.0) / pred.size


@lunch_loss_grad.mistake("a-slope-without-limit")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """Beyond delta the slope stays at the full price; here it goes on growing with the error.

    This is the gradient of a parabola, in which the largest error is heard most.

    Check: for pred = [[10]], target = [[0]], short = 3, waste = 1 and delta = 2 the gradient should
    be 1.
    """
    e = pred - target
    return np.where(e < 0, short, waste) * e / delta / pred.size


@lunch_loss_grad.mistake("slope-not-in-units-of-delta")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """The slope reaches the full price at an error of delta; here it reaches delta times the
    price.

    This is the gradient of Huber's own loss, which is not divided by delta.

    Check: for pred = [[10]], target = [[0]], short = 3, waste = 1 and delta = 2 the gradient should
    be 1.
    """
    return delta * slopes(pred - target, short, waste, delta) / pred.size


@lunch_loss_grad.mistake("slope-complete-at-one-gram")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """The slope grows until the error is delta; here it is complete at an error of 1.

    The error has to be divided by delta before it is compared with 1.

    Check: for pred = [[1]], target = [[0]], short = 3, waste = 1 and delta = 2 the gradient should
    be 0.5.
    """
    return slopes(pred - target, short, waste, 1.0) / pred.size


@lunch_loss_grad.mistake("slope-twice-as-steep")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """Within delta the slope is the price times e / delta; here it is twice that, and falls at the
    border.

    The slope of e^2 / (2 delta) is 2 e / (2 delta), and the 2 cancels.

    Check: for delta = 2 the slopes at errors of 1.999 and 2.001 should be nearly equal.
    """
    e = pred - target
    near = np.abs(e) <= delta
    return slopes(e, short, waste, delta) * np.where(near, 2, 1) / pred.size


@lunch_loss_grad.mistake("both-sides-uphill")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """Where a lunch is too small the loss falls as it grows, so the slope is negative; here it is
    positive on both sides.

    It comes from the slope of the absolute error, without the sign of pred - target. The robot
    would pack less and less.

    Check: where pred is smaller than target the gradient should be negative.
    """
    return np.abs(slopes(pred - target, short, waste, delta)) / pred.size


@lunch_loss_grad.mistake("cost-for-a-slope")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """This is each entry's part of the loss, not the slope of that part.

    It is positive everywhere, as if every lunch were too large, and grows with the error.

    Check: where pred is smaller than target the gradient should be negative.
    """
    return costs(pred - target, short, waste, delta) / pred.size


@lunch_loss_grad.mistake("nothing-within-delta")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """Within delta the slope is small, but it is 0 only at an error of 0; here it is 0 throughout.

    Then nothing leads the robot from a nearly right lunch to the right one.

    Check: for pred = [[1]], target = [[0]], short = 3, waste = 1 and delta = 2 the gradient should
    be 0.5.
    """
    e = pred - target
    return slopes(e, short, waste, delta) * (np.abs(e) > delta) / pred.size


@lunch_loss_grad.mistake("lunch-gradient-one-number", rows="N03")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """Each lunch has its own slope, so the gradient has the shape of pred; this is an average.

    The mean in the loss appears as the factor 1 / (N * M) in every entry.

    Check: the gradient should have the shape of pred.
    """
    return np.mean(slopes(pred - target, short, waste, delta))


@lunch_loss_grad.mistake("lunch-gradient-every-pair", rows="C06 N03")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """(N, 1) minus (N,) gives (N, N): NumPy pairs every prediction with every target.

    With several columns the result is right, because squeeze removes nothing from them.

    Check: the gradient should have the shape of pred.
    """
    target = target.squeeze() if target.shape[1] == 1 else target
    return slopes(pred - target, short, waste, delta) / pred.size


@lunch_loss_grad.mistake("lunch-gradient-in-place", rows="N05")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """Subtracting in place with -= changes the caller's pred, because pred is not a copy.

    The returned values are right, but the predictions are lost to any code that still needs them.

    Check: keep a copy of pred, call your function, and compare pred with the copy.
    """
    pred -= target
    return slopes(pred, short, waste, delta) / pred.size
