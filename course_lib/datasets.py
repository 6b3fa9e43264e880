"""The course's data: real digits that ship with scikit-learn, and points made to order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from course_lib.gradients import Array


def digits() -> tuple[Array, Array]:
    """Handwritten digits, 8 by 8 pixels, always in the same order.

    Returns:
        X (1797, 64) float64 in [0, 1], where 1 is ink, and labels y (1797,) int64 in 0 ... 9.

    Source: the test set of Alpaydin and Kaynak 1998, as scikit-learn ships it.
    """
    from sklearn.datasets import load_digits

    data = load_digits()
    return np.asarray(data.data, np.float64) / 16.0, np.asarray(data.target, np.int64)


def moons(n: int, rng: np.random.Generator, noise: float = 0.1) -> tuple[Array, Array]:
    """Two interleaving half circles, which no straight line separates.

    Args:
        n: how many points; the first class takes the larger half.
        rng: decides places and noise; the same generator state gives the same points.
        noise: standard deviation of the scatter.

    Returns:
        X (n, 2) float64, about in [-1.5, 2.5], and labels y (n,) int64, 0 above and 1 below.
    """
    y = np.arange(n) % 2
    angle = rng.uniform(0.0, np.pi, n)
    above = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    below = np.stack([1.0 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    X = np.where(y[:, None] == 0, above, below)
    return X + rng.normal(0.0, noise, X.shape), y
