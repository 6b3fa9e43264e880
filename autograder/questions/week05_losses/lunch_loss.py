"""A loss designed from a story, the quantile Huber loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week05_losses.lunches import costs, keras_lunch, lunches, on_the_borders
from autograder.questions.week05_losses.mse import ONE_COLUMN


@question(points=13)
def lunch_loss(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """The mean over all N * M entries of what a wrong lunch costs.

    Args:
        pred: packed lunches in grams, shape (N, M), float64.
        target: what the cats ate, shape (N, M), float64.
        short: what each missing gram costs beyond delta, above 0.
        waste: what each gram too many costs beyond delta, above 0.
        delta: how large an error is hardly an error, in grams, above 0.

    Returns:
        One number, 0 or more.

    Source: keras.losses.huber, weighted by the side of the error.
    """
    return keras_lunch(pred, target, short, waste, delta)


@lunch_loss.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return lunches(rng, 7, 5, 3.0, 2.0)


@lunch_loss.case("waste-costs-more", square=ONE_COLUMN)
def _(rng: Rng) -> Inputs:
    return lunches(rng, 6, 1, 3.0, 1.5, "waste")


@lunch_loss.case("edges", weight=2, square="one example is a batch too")
def _(rng: Rng) -> Inputs:
    return on_the_borders(rng)


@lunch_loss.case("large")
def _(rng: Rng) -> Inputs:
    return lunches(rng, 3, 8, 4e3, 0.25)


@lunch_loss.alternative("slope-times-the-middle")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    a = np.abs(pred - target)
    near = np.minimum(a, delta)
    return np.mean(np.where(pred < target, short, waste) * near * (a - near / 2)) / delta


@lunch_loss.mistake("prices-exchanged")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """A lunch is too small where pred < target, and that costs short; here the prices are swapped.

    The robot would learn to pack too little where it should rather pack too much.

    Check: for pred = [[0]], target = [[10]], short = 3, waste = 1 and delta = 2 the loss should be
    27.
    """
    return np.mean(costs(target - pred, short, waste, delta))


@lunch_loss.mistake("one-price-for-both-sides")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """A gram too little and a gram too much have different prices, short and waste; here every
    error has the same.

    Without the prices the loss is the Huber loss in units of delta, and the best lunch lies in
    the middle.

    Check: the loss should change when short does.
    """
    return np.mean(costs(pred - target, 1.0, 1.0, delta))


@lunch_loss.mistake("prices-averaged")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """A gram too little costs short and a gram too much costs waste; here every gram costs their
    mean.

    The price depends on the sign of pred - target, entry by entry.

    Check: for a lunch that is too large the loss should not depend on short.
    """
    price = (short + waste) / 2
    return np.mean(costs(pred - target, price, price, delta))


@lunch_loss.mistake("no-bend-near-zero")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """Within delta the slope grows evenly from 0, so the cost is a parabola there; here it is
    straight down to 0.

    Its slope jumps at 0, from -short to waste. This is the quantile loss, to which the story adds
    a soft middle. Farther out the cost is too high by half a delta.

    Check: for pred = [[1]], target = [[0]], short = 3, waste = 1 and delta = 2 the loss should be
    0.25.
    """
    e = pred - target
    return np.mean(np.where(e < 0, short, waste) * np.abs(e))


@lunch_loss.mistake("a-parabola-everywhere")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """Beyond delta every gram costs the same, so the cost is straight there; here it goes on as a
    parabola.

    A parabola listens to the largest error, and one typing mistake would decide all lunches.

    Check: for pred = [[10]], target = [[0]], short = 3, waste = 1 and delta = 2 the loss should be
    9.
    """
    e = pred - target
    return np.mean(np.where(e < 0, short, waste) * e**2 / (2 * delta))


@lunch_loss.mistake("huber-in-its-own-unit")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """The slope should reach the full price at delta; here it reaches delta times the price.

    Huber's own loss, e^2 / 2 near 0, has the slope e, which is delta at the border. Dividing all
    of it by delta makes that 1.

    Check: for pred = [[10]], target = [[0]], short = 3, waste = 1 and delta = 2 the loss should be
    9.
    """
    return delta * np.mean(costs(pred - target, short, waste, delta))


@lunch_loss.mistake("a-step-at-the-border")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """Beyond delta the cost goes on from where the parabola ends, at half a delta; here it starts
    from delta, so that it jumps at the border.

    The area under the slope is a triangle up to delta, whose half has to be subtracted.

    Check: for delta = 2 an error of 2.001 should cost hardly more than one of 1.999.
    """
    e = pred - target
    a = np.abs(e)
    shape = np.where(a <= delta, a**2 / (2 * delta), a)
    return np.mean(np.where(e < 0, short, waste) * shape)


@lunch_loss.mistake("triangle-left-out")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """Beyond delta the cost is |e| - delta / 2, since the first delta of the way costs half; here
    it costs nothing.

    |e| - delta is the rectangle alone. The triangle below it, delta / 2, is missing, and the cost
    falls at the border.

    Check: for delta = 2 an error of 2.001 should cost hardly more than one of 1.999.
    """
    e = pred - target
    a = np.abs(e)
    shape = np.where(a <= delta, a**2 / (2 * delta), a - delta)
    return np.mean(np.where(e < 0, short, waste) * shape)


@lunch_loss.mistake("rectangle-for-a-triangle")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """The area under a slope that grows evenly is a triangle, half of a rectangle; here it is the
    whole rectangle, e^2 / delta.

    Within delta every cost is twice as high as it should be.

    Check: for pred = [[1]], target = [[0]], short = 3, waste = 1 and delta = 2 the loss should be
    0.25.
    """
    e = pred - target
    a = np.abs(e)
    shape = np.where(a <= delta, a**2 / delta, a - delta / 2)
    return np.mean(np.where(e < 0, short, waste) * shape)


@lunch_loss.mistake("nothing-for-small-errors")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """A small error costs little, but not nothing; here errors within delta cost 0.

    Then no lunch within delta is better than another, and the robot has nothing to follow there.

    Check: for pred = [[1]], target = [[0]], short = 3, waste = 1 and delta = 2 the loss should be
    0.25.
    """
    e = pred - target
    return np.mean(costs(e, short, waste, delta) * (np.abs(e) > delta))


@lunch_loss.mistake("price-inside-the-error")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """The price multiplies the cost; here it multiplies the error, before the cost is computed.

    In the parabola the price is then squared, and the border is no longer at delta grams.

    Check: with both prices doubled, the loss should double.
    """
    e = pred - target
    return np.mean(costs(np.where(e < 0, short, waste) * e, 1.0, 1.0, delta))


@lunch_loss.mistake("too-little-earns")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """A cost is never below 0, on either side; here a lunch that is too small has a negative cost.

    It comes from pred - target without its absolute value. Packing nothing would be best.

    Check: the loss should be 0 for pred = target and positive for anything else.
    """
    e = pred - target
    return np.mean(np.sign(e) * costs(e, short, waste, delta))


@lunch_loss.mistake("prices-as-shares", convention=True)
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """Some books divide the two prices by their sum, so that they add up to 1; this course takes
    them as they are.

    The best lunches are the same. In those books short / (short + waste) is called tau.

    Check: for pred = [[0]], target = [[10]], short = 3, waste = 1 and delta = 2 the loss should be
    27.
    """
    return np.mean(costs(pred - target, short, waste, delta)) / (short + waste)


@lunch_loss.mistake("lunches-summed", rows="C13")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """This is the sum of the costs; the mean divides it by the N * M entries.

    A sum grows with the batch, so the losses of two batches cannot be compared.

    Check: list every row of pred and of target twice; the loss should not change.
    """
    return np.sum(costs(pred - target, short, waste, delta))


@lunch_loss.mistake("lunches-summed-over-columns", rows="C02", convention=True)
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """Here only the N rows are averaged, and each row is a sum; this course averages all N * M
    entries.

    With one column the two agree.

    Check: list every column of pred and of target twice; the loss should not change.
    """
    return np.sum(costs(pred - target, short, waste, delta)) / len(pred)


@lunch_loss.mistake("lunches-every-pair", rows="C06 N03")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """(N, 1) minus (N,) gives (N, N): NumPy pairs every prediction with every target.

    With several columns the result is right, because squeeze removes nothing from them. With one
    column squeeze turns the targets into a row.

    Check: print the shape of the difference; it should be the shape of pred.
    """
    target = target.squeeze() if target.shape[1] == 1 else target
    return np.mean(costs(pred - target, short, waste, delta))


@lunch_loss.mistake("lunches-not-averaged", rows="N03")
def _(pred: Array, target: Array, short: float, waste: float, delta: float) -> Any:
    """The costs of all entries, (N, M), are not averaged; the loss is their mean.

    Training needs a single number to minimise.

    Check: the shape of the result should be ().
    """
    return costs(pred - target, short, waste, delta)
