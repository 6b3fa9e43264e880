"""The quantile Huber loss as a story of lunches: reference, cases and right formulas."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng
from autograder.questions.week05_losses.formulas import pairs_of_numbers


def keras_lunch(pred: Any, target: Any, short: float, waste: float, delta: float) -> Any:
    """Keras' Huber loss of every entry, in units of delta, times the price of its side."""
    import keras
    from keras import ops

    dtype = pred.dtype.name if isinstance(pred, np.ndarray) else pred.dtype
    huber = keras.losses.huber(ops.expand_dims(target, -1), ops.expand_dims(pred, -1), delta)
    too_little, too_much = (ops.cast(side, dtype) for side in (pred < target, pred > target))
    return ops.mean((short * too_little + waste * too_much) * huber) / delta


def costs(e: Array, short: float, waste: float, delta: float) -> Array:
    """The cost of every error, for mistakes that are made elsewhere in a formula."""
    a = np.abs(e)
    shape: Array = np.where(a <= delta, a**2 / (2 * delta), a - delta / 2)
    return np.where(e < 0, short, waste) * shape


def slopes(e: Array, short: float, waste: float, delta: float) -> Array:
    """The slope of every cost, for mistakes that are made elsewhere in a formula."""
    found: Array = np.where(e < 0, short, waste) * np.clip(e / delta, -1, 1)
    return found


def lunches(rng: Rng, N: int, M: int, scale: float, delta: float, dear: str = "short") -> Inputs:
    """Predictions and targets, and two prices of which the named one is the higher."""
    # Round numbers, with which a small case can be worked by hand.
    low, high = float(rng.choice([0.25, 0.5, 0.75])), float(rng.choice([1.75, 2.0, 2.5, 3.0]))
    return {
        **pairs_of_numbers(rng, N, M, scale),
        "short": high if dear == "short" else low,
        "waste": low if dear == "short" else high,
        "delta": delta * float(rng.choice([0.8, 1.0, 1.2])),
    }


def on_the_borders(rng: Rng) -> Inputs:
    """One row: errors of 0 and of delta, and others of both signs about them."""
    delta = float(rng.choice([0.5, 1.0, 2.0]))
    errors = delta * rng.permutation([0.0, 3e-6, -3e-6, 1.0, -1.0, 0.25, -0.25, 4.0, -3.0])
    target = rng.integers(-8, 9, 9).astype(float)
    given = lunches(rng, 1, 9, 1.0, 1.0, "waste")
    return given | {"pred": (target + errors)[None], "target": target[None], "delta": delta}
