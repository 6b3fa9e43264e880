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


def logic_gate(name: str) -> tuple[Array, Array]:
    """The four corners of a gate with two inputs, and what the gate says there.

    Args:
        name: "AND", "OR" or "XOR".

    Returns:
        X (4, 2) float64 of zeros and ones, in counting order, and labels y (4,) int64.
    """
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    ones = X.sum(axis=1)
    y = {"AND": ones == 2, "OR": ones >= 1, "XOR": ones == 1}[name]
    return X.astype(np.float64), y.astype(np.int64)


def houses() -> tuple[Array, Array]:
    """Six houses that cost exactly 200 dollars a square foot.

    Returns:
        size (6,) in 1,000 square feet and price (6,) in 1,000 dollars, both float64.
    """
    size = np.array([1.0, 0.8, 1.2, 1.5, 1.75, 2.0])
    return size, 200.0 * size
