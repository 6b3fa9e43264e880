"""What remains of a nudge after many bends."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=3)
def slope_product(depth: int, max_slope: Array) -> Any:
    """What is at most left of a nudge of 1 after `depth` bends in a row.

    Args:
        depth: how many bends it passes, 0 or more.
        max_slope: the steepest slope of the bend, a positive number, float64.

    Returns:
        The product of `depth` slopes of max_slope each, one number, float64; 1 for depth 0.

    Source: tf.GradientTape through so many bends max_slope * tanh(z), at z = 0, where each of
    them has its steepest slope, max_slope.
    """
    from keras import ops

    from course_lib.gradients import derivative

    def pile(z: Any) -> Any:
        for _ in range(depth):
            z = max_slope * ops.tanh(z)
        return z

    return derivative(pile, np.zeros_like(max_slope))


def bend(rng: Rng, low: float, high: float) -> Array:
    """A steepest slope. As an array, so that its rounding error is measured."""
    return np.array(rng.uniform(low, high))


@slope_product.driver
def _(slope_product: Any, depth: int, max_slope: Array) -> Any:
    return slope_product(depth, float(max_slope))


@slope_product.case("typical", weight=2)
def _(rng: Rng) -> Inputs:
    return {"depth": int(rng.integers(7, 13)), "max_slope": bend(rng, 0.2, 0.4)}


@slope_product.case("deep")
def _(rng: Rng) -> Inputs:
    return {"depth": int(rng.integers(40, 51)), "max_slope": bend(rng, 0.2, 0.3)}


@slope_product.case("growing")
def _(rng: Rng) -> Inputs:
    return {"depth": int(rng.integers(20, 31)), "max_slope": bend(rng, 1.5, 2.5)}


@slope_product.case("no-bend")
def _(rng: Rng) -> Inputs:
    return {"depth": 0, "max_slope": bend(rng, 0.2, 0.4)}


@slope_product.alternative("multiplied-one-by-one")
def _(depth: int, max_slope: Array) -> Any:
    left: Any = 1.0
    for _ in range(depth):
        left = left * max_slope
    return left


@slope_product.alternative("by-logarithms")
def _(depth: int, max_slope: Array) -> Any:
    return np.exp(depth * np.log(max_slope))


@slope_product.mistake("slopes-added")
def _(depth: int, max_slope: Array) -> Any:
    """Slopes along one path are multiplied; here they are added, depth * max_slope.

    A sum grows with the depth, whatever the slope is. A nudge passes bend after bend, and each lets
    through only a fraction of what arrived.

    Check: two bends of slope 0.25 should leave 0.0625 of a nudge of 1.
    """
    return depth * max_slope


@slope_product.mistake("slope-shared-out")
def _(depth: int, max_slope: Array) -> Any:
    """Every bend multiplies the nudge by its slope; here a single slope is divided by the depth.

    max_slope / depth falls slowly, like 1 / depth. A product of slopes below 1 falls much faster.

    Check: two bends of slope 0.25 should leave 0.0625 of a nudge of 1.
    """
    return max_slope / max(depth, 1)


@slope_product.mistake("one-bend-too-few")
def _(depth: int, max_slope: Array) -> Any:
    """There is one factor for each of the `depth` bends; here there is one factor too few.

    The result is too large by the factor 1 / max_slope. It happens when the first bend is taken as
    the start.

    Check: with depth 0, no bend at all, the whole nudge should be left.
    """
    return max_slope ** (depth - 1)


@slope_product.mistake("one-bend-too-many")
def _(depth: int, max_slope: Array) -> Any:
    """There is one factor for each of the `depth` bends; here there is one factor too many.

    The result is max_slope times what it should be. It happens when the product starts with
    max_slope and is then multiplied `depth` times.

    Check: with depth 0, no bend at all, the whole nudge should be left.
    """
    return max_slope ** (depth + 1)


@slope_product.mistake("base-and-exponent-exchanged")
def _(depth: int, max_slope: Array) -> Any:
    """The slope is multiplied `depth` times, so the depth is the exponent; here it is the base.

    depth ** max_slope grows with the depth even where every slope is smaller than 1.

    Check: two bends of slope 0.25 should leave 0.0625 of a nudge of 1.
    """
    return depth**max_slope


@slope_product.mistake("power-turned-over")
def _(depth: int, max_slope: Array) -> Any:
    """Slopes below 1 make a nudge smaller; here the result is 1 divided by the product.

    It explodes where it should vanish, and vanishes where it should explode.

    Check: two bends of slope 0.25 should leave 0.0625 of a nudge of 1.
    """
    return max_slope ** (-float(depth))
