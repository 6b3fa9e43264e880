"""Digits as nobody has seen them, for questions about what a network has learned.

The digits themselves are public, and so are networks that read all of them. So every image is a
mix of two, a digit and a fainter one that goes with it, and the classes have new names. Which digit
goes with which, and the names, are drawn with the case, and only the training examples show them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from autograder.questions.define import Array, Rng
from course_lib import datasets

STEPS = (1, 2, 3, 4, 6, 7, 8, 9)
"""From a digit to the fainter one. With 5, two classes would mix the same two digits."""


class Disguised(NamedTuple):
    """Training examples, and others that no student's code receives."""

    X: Array
    y: Array
    unseen_X: Array
    unseen_y: Array


def disguised(rng: Rng, training: int, share: tuple[float, float]) -> Disguised:
    """Mixed digits with new names; no image has a part in both the training and the other examples.

    Args:
        rng: draws the split, the mixtures and the names.
        training: how many of the 1,797 digits are for training.
        share: how much of a mixed image is the digit that names its class, at least and at most.

    Returns:
        X (training, 64), y (training,), and unseen_X and unseen_y of the rest.
    """
    digits, labels = datasets.digits()
    order = rng.permutation(len(labels))
    step = rng.choice(STEPS)
    names = rng.permutation(10)
    train, rest = order[:training], order[training:]
    return Disguised(
        _mixed(rng, digits[train], labels[train], step, share),
        names[labels[train]],
        _mixed(rng, digits[rest], labels[rest], step, share),
        names[labels[rest]],
    )


def _mixed(rng: Rng, digits: Array, labels: Array, step: int, share: tuple[float, float]) -> Array:
    fainter = np.empty_like(digits)
    for digit in range(10):
        rows = np.flatnonzero((labels + step) % 10 == digit)
        fainter[rows] = rng.choice(digits[labels == digit], len(rows))
    ink = rng.uniform(*share, (len(digits), 1))
    # Sixteenths, like the digits themselves, are exact in float32 too.
    return np.rint(16 * (ink * digits + (1 - ink) * fainter)) / 16


def turned(images: Array, move: int, quarters: int, *, mirrored: bool) -> Array:
    """Images moved sideways, where digits have a margin, then turned and perhaps mirrored.

    Args:
        images: shape (N, 8, 8).
        move: -1, 0 or 1 pixels to the left.
        quarters: how many quarter turns, 0 to 3.
        mirrored: whether left and right are swapped in the end.
    """
    wide = np.pad(images, ((0, 0), (0, 0), (1, 1)))
    moved = np.rot90(wide[:, :, 1 + move : 9 + move], quarters, (1, 2))
    return np.ascontiguousarray(moved[:, :, ::-1] if mirrored else moved)
