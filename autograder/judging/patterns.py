"""Patterns: how a wrong array relates to the right one, stated as a fact and not as a cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.records import Difference, Outcome

Array = NDArray[Any]

RELATIVE = 1e-9
"""Slips are told apart by factors such as 2 or N, so closeness may be loose against rounding."""


def describe(found: Sequence[tuple[Difference, Mapping[str, int]]], part: str) -> str:
    """One sentence about how every wrong array relates to its reference, or nothing.

    Args:
        part: what the arrays are, in the student's symbols.
        found: for every trial that went wrong, the difference and that trial's sizes (N, D ...).
            The sentence is given only when it holds for all of them.
    """
    if not found or any(
        not isinstance(difference.yours, np.ndarray)
        or not isinstance(difference.expected, np.ndarray)
        or difference.yours.dtype.kind not in "iuf"
        or not np.isfinite(difference.yours).all()
        for difference, _ in found
    ):
        return ""
    arrays = [(d.yours.astype(float), d.expected.astype(float), sizes) for d, sizes in found]
    if found[0][0].outcome is Outcome.SHAPE:
        return _shape_slip(part, arrays)
    for slip in (_sign, _scale, _transposed, _offset, _permuted):
        if sentence := slip(part, arrays):
            return sentence
    return ""


Arrays = Sequence[tuple[Array, Array, Mapping[str, int]]]


def _close(left: Array, right: Array) -> bool:
    if left.shape != right.shape or not (np.isfinite(left).all() and np.isfinite(right).all()):
        return False
    scale = float(np.max(np.abs(right), initial=0.0))
    return scale > 0 and bool(np.max(np.abs(left - right)) <= RELATIVE * scale)


def _shape_slip(part: str, arrays: Arrays) -> str:
    if all(_close(yours.T, expected) for yours, expected, _ in arrays):
        return f"{start(part)} is the transpose of the expected array."
    if all(
        yours.size == expected.size and _close(yours.reshape(expected.shape), expected)
        for yours, expected, _ in arrays
    ):
        return f"The numbers in {part} are right, but its shape is not."
    if all(yours.ndim and _close(yours.sum(axis=0), expected) for yours, expected, _ in arrays):
        return f"Summed over its first axis, {part} equals the expected array."
    return ""


def _sign(part: str, arrays: Arrays) -> str:
    if all(_close(-yours, expected) for yours, expected, _ in arrays):
        return f"{_subject(part, arrays)} has the wrong sign and the right magnitude."
    return ""


def _scale(part: str, arrays: Arrays) -> str:
    for name in _factors(arrays[0][2]):
        values = [_value(name, sizes) for _, _, sizes in arrays]
        if all(
            _close(yours, factor * expected)
            for (yours, expected, _), factor in zip(arrays, values, strict=True)
        ):
            factor = f"{values[0]:.4g} times"
            sizes = arrays[0][2]
            known = ", ".join(f"{s} = {sizes[s]}" for s in name if s in sizes)
            reason = f", and {known} (the factor is {name})" if known else ""
            return f"{_subject(part, arrays)} is {factor} the expected value{reason}."
    return ""


def _factors(sizes: Mapping[str, int]) -> list[str]:
    """Constants that wrong formulas scale by, named by the sizes that they are made of."""
    products = list(sizes) + [f"{a}*{b}" for a, b in combinations(sizes, 2)]
    return ["2", "1/2", *products, *(f"1/({p})" if "*" in p else f"1/{p}" for p in products)]


def _value(name: str, sizes: Mapping[str, int]) -> float:
    inverse, _, product = name.rpartition("/")
    value = 1.0
    for factor in product.strip("()").split("*"):
        value *= sizes.get(factor) or float(factor)
    return 1.0 / value if inverse else value


def _transposed(part: str, arrays: Arrays) -> str:
    if all(yours.ndim == 2 and _close(yours.T, expected) for yours, expected, _ in arrays):
        return f"{start(part)} is the transpose of the expected array."
    return ""


def _offset(part: str, arrays: Arrays) -> str:
    if all(
        yours.size > 1 and _close(yours - np.mean(yours - expected), expected)
        for yours, expected, _ in arrays
    ):
        return f"Every entry of {part} is off by the same amount."
    return ""


def _permuted(part: str, arrays: Arrays) -> str:
    if all(
        yours.size > 2 and _close(np.sort(yours, axis=None), np.sort(expected, axis=None))
        for yours, expected, _ in arrays
    ):
        return f"{start(part)} contains the expected numbers in a different order."
    return ""


def _subject(part: str, arrays: Arrays) -> str:
    return f"Every entry of {part}" if arrays[0][0].ndim else start(part)


def start(part: str) -> str:
    """The part at the beginning of a sentence; a student's symbol keeps its case."""
    return part[:1].upper() + part[1:] if part == "the result" else part
