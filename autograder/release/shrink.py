"""A question's inputs made small enough to work with by hand: few entries, few digits.

Every axis of one size is cut to one smaller size, so arrays that fit together still do. Whether the
result is a sensible case is for its maker to try: see `make_small_cases`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.questions.define import Inputs
from autograder.tree import leaves, map_tree

_MANY = 50.0
"""Where numbers are larger, or all smaller than 1/50, digits are counted from the first."""


def shrink(given: Inputs, sizes: Sequence[int]) -> Inputs:
    """The first entries of every axis, rounded.

    Args:
        given: a case's inputs.
        sizes: what the first, second, third size among the inputs' axes becomes at most.

    Returns:
        Inputs of the same structure and dtypes.
    """
    found = dict.fromkeys(size for leaf in leaves(given) for size in _shape(leaf) if size > 1)
    targets = {
        size: min(size, sizes[min(place, len(sizes) - 1)]) for place, size in enumerate(found)
    }
    return {
        name: map_tree(lambda leaf: _small(leaf, targets), each) for name, each in given.items()
    }


def count(given: Any) -> int:
    """How many numbers these inputs hold."""
    return sum(int(np.size(leaf)) for leaf in leaves(given))


def _shape(leaf: Any) -> tuple[int, ...]:
    return leaf.shape if isinstance(leaf, np.ndarray) else ()


def _small(leaf: Any, targets: dict[int, int]) -> Any:
    # A plain float stays: some are chosen to be exact in float32.
    if not isinstance(leaf, np.ndarray):
        return leaf
    cut = leaf[tuple(slice(targets.get(size, size)) for size in leaf.shape)].copy()
    if leaf.dtype.kind in "iu" and leaf.ndim == 1 and cut.size:
        # Labels and tokens: below the number of classes that is left.
        return cut % max(2, min(targets.values(), default=2)) if leaf.max() > 1 else cut
    if leaf.dtype.kind != "f" or not cut.size:
        return cut
    return _distribution(cut) if _is_distribution(leaf) else _rounded(cut)


def _is_distribution(array: NDArray[Any]) -> bool:
    return bool(array.ndim and (array >= 0).all() and np.allclose(array.sum(axis=-1), 1.0))


def _distribution(array: NDArray[Any]) -> NDArray[Any]:
    """Rows that sum to 1 again, in two digits."""
    rows = array.reshape(-1, array.shape[-1])
    for place, row in enumerate(rows):
        if not row.any():
            row[place % len(row)] = 1.0
        row[:] = np.round(row / row.sum(), 2)
        row[np.argmax(row)] += 1.0 - row.sum()
    return np.round(rows, 2).reshape(array.shape)


def _rounded(array: NDArray[Any]) -> NDArray[Any]:
    largest = float(np.max(np.abs(array), initial=0.0, where=np.isfinite(array)))
    if largest == 0.0:
        return array
    digits = 1 if 1 / _MANY < largest < _MANY else 1 - math.floor(math.log10(largest))
    step = 10.0**-digits
    rounded = np.round(array, digits)
    return np.where((rounded == 0) & (array != 0), np.copysign(step, array), rounded)
