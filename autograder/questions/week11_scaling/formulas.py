"""Formulas shared by several questions of week 11."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng

Numbers = tuple[float, float]


def log_line(x: Array, y: Array) -> Numbers:
    """Intercept and slope of the straight line through (x, y), by least squares."""
    slope, intercept = np.polyfit(x, y, 1)
    return intercept, slope


def power_law(N: Array, L: Array) -> Numbers:
    """A right (a, alpha) of L = a * N^-alpha, for wrong formulas whose mistake lies elsewhere."""
    intercept, slope = log_line(np.log(N), np.log(L))
    return np.exp(intercept), -slope


def line_on_log_paper(N: Array, L: Array) -> Any:
    """Intercept and slope of log L against log N, by Keras' least squares."""
    from keras import ops

    x, y = ops.log(ops.convert_to_tensor(N)), ops.log(ops.convert_to_tensor(L))
    found = ops.lstsq(ops.stack([ops.ones_like(x), x], axis=1), y)
    return found[0], found[1]


def settled(yours: Any, exact: Any) -> Any:
    """An answer whose numbers are replaced by the exact ones where they agree to nine digits.

    A law read off far outside its points magnifies rounding, and by how much depends on the way
    in which the line was fitted. Right ways agree to eleven digits, wrong ones to three at most.
    The exact numbers are given to eleven digits, so that they are the same on every computer.

    Args:
        yours: numbers, the shape of `exact`; anything else comes back as it is.
        exact: what they should be, any shape.
    """
    numbers = np.asarray(yours)
    if numbers.shape != np.shape(exact) or numbers.dtype.kind not in "iuf":
        return yours
    near = 1e-4 if numbers.dtype == np.float32 else 1e-9
    rounded = np.reshape([float(f"{number:.10e}") for number in np.ravel(exact)], np.shape(exact))
    return np.where(np.abs(numbers - exact) <= near * np.abs(exact), rounded, numbers)


def sizes(rng: Rng, W: int, low: float, high: float) -> Array:
    """W rising model sizes from about 10^low to about 10^high, unevenly spaced."""
    places = np.linspace(low, high, W)
    step = places[1] - places[0]
    return np.asarray(10 ** (places + rng.uniform(-0.3, 0.3, W) * step))


def measured_run(rng: Rng, W: int, low: float, high: float, noise: float) -> Inputs:
    """Losses that scatter around a power law without a floor."""
    N = sizes(rng, W, low, high)
    scatter = np.exp(noise * rng.normal(size=W))
    return {"N": N, "L": rng.uniform(3, 30) * N ** -rng.uniform(0.15, 0.6) * scatter}
