"""Patterns: how a wrong array relates to the right one, stated as a fact and not as a cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograder.records import Difference, Outcome
from autograder.tree import Tree

Array = NDArray[Any]

RELATIVE = 1e-9
"""Patterns differ by factors such as 2 or N, so this may be far larger than rounding error."""


class Pattern(NamedTuple):
    """A sentence about wrong arrays and their references, and where to look for the reason."""

    sentence: str
    next_step: str


def describe(found: Sequence[tuple[Difference, Mapping[str, int]]], part: str) -> Pattern | None:
    """What is true of every wrong array and its reference; None if nothing is known.

    Args:
        found: the difference of each wrong trial, and that trial's sizes (N, D, ...).
        part: the arrays' name, in the student's symbols.
    """
    if found and all(isinstance(difference.yours, list) for difference, _ in found):
        return _list_pattern(part, [(d.yours, d.expected) for d, _ in found])
    if not found or any(
        not isinstance(difference.yours, np.ndarray)
        or not isinstance(difference.expected, np.ndarray)
        or difference.yours.dtype.kind not in "iuf"
        for difference, _ in found
    ):
        return None
    finite = [each for each in found if np.isfinite(each[0].yours).all()]
    pattern = _of_finite(finite, part) if finite else None
    if pattern is None or len(finite) == len(found):
        return pattern
    sentence = f"{pattern.sentence.removesuffix('.')}, in the cases in which it is finite."
    return pattern._replace(sentence=sentence)


def _of_finite(found: Sequence[tuple[Difference, Mapping[str, int]]], part: str) -> Pattern | None:
    if found[0][0].outcome is Outcome.SHAPE:
        return _shape_pattern(part, [(d.yours, d.expected.astype(float)) for d, _ in found])
    if any(d.outcome is Outcome.SHAPE for d, _ in found):
        return None
    arrays = [(d.yours.astype(float), d.expected.astype(float), sizes) for d, sizes in found]
    if all(_close(yours, expected) for yours, expected, _ in arrays):
        # The last digits differ, which any pattern would hide.
        return None
    for pattern in (_sign, _scale, _transposed, _offset, _permuted):
        if sentence := pattern(part, arrays):
            return Pattern(sentence, _NEXT[pattern])
    return None


Arrays = Sequence[tuple[Array, Array, Mapping[str, int]]]


def _close(left: Array, right: Array) -> bool:
    if left.shape != right.shape or not (np.isfinite(left).all() and np.isfinite(right).all()):
        return False
    scale = float(np.max(np.abs(right), initial=0.0))
    return scale > 0 and bool(np.max(np.abs(left - right)) <= RELATIVE * scale)


def _zero(left: Array, right: Array) -> bool:
    return not (left.any() or right.any())


def _shape_pattern(part: str, arrays: Sequence[tuple[Array, Array]]) -> Pattern | None:
    # Sizes come first: an array of another shape may have any size.
    if all(
        yours.shape == expected.shape[::-1] and _close(yours.T.astype(float), expected)
        for yours, expected in arrays
    ):
        sentence = f"{start(part)} is the transpose of the expected array."
        return Pattern(sentence, _NEXT[_transposed])
    if all(
        yours.size == expected.size
        and (
            _close(yours.reshape(expected.shape).astype(float), expected) or _zero(yours, expected)
        )
        for yours, expected in arrays
    ):
        return Pattern(
            f"The numbers in {part} are right, but its shape is not.",
            "Next: print the shape after each step, and find where an axis appears or is lost.",
        )
    if all(
        yours.ndim
        and yours.shape[1:] == expected.shape
        and _close(yours.sum(axis=0, dtype=float), expected)
        for yours, expected in arrays
    ):
        return Pattern(
            f"Summed over its first axis, {part} equals the expected array.",
            "Next: find out over which axis the docstring's formula sums.",
        )
    if all(expected.ndim == yours.ndim > 0 for yours, expected in arrays):
        return _list_pattern(part, arrays)
    return None


def _list_pattern(part: str, found: Sequence[tuple[Any, Any]]) -> Pattern | None:
    """What is said of lists that keep what earlier calls added.

    Each then ends with its reference, after as many other entries as in no other call.
    """
    earlier = {len(yours) - len(expected) for yours, expected in found}
    if (
        1 < len(found) == len(earlier)
        and min(earlier) > 0
        and all(_all_close(yours[-len(expected) :], expected) for yours, expected in found)
    ):
        return Pattern(
            f"{start(part)} ends with the expected numbers, after those of earlier calls.",
            "Next: make the list inside the function; a list outside it, or a default argument "
            "such as `history=[]`, is made once and keeps what every call adds.",
        )
    return None


def _all_close(left: Tree, right: Tree) -> bool:
    """Whether two trees have the same arrays of numbers in the same places."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(_all_close, left, right))
    arrays = isinstance(left, np.ndarray) and isinstance(right, np.ndarray)
    return arrays and left.dtype.kind in "iuf" and _close(left.astype(float), right.astype(float))


def _sign(part: str, arrays: Arrays) -> str:
    if all(_close(-yours, expected) for yours, expected, _ in arrays):
        return f"{_subject(part, arrays)} has the wrong sign and the right magnitude."
    return ""


def _scale(part: str, arrays: Arrays) -> str:
    ratios = [_ratio(yours, expected) for yours, expected, _ in arrays]
    if not all(ratios):
        return ""
    sizes = arrays[0][2]
    evidence = _is_evidence(arrays)
    factor = _factor(ratios, [each for _, _, each in arrays], any_multiple=evidence)
    same = np.allclose(ratios, ratios[0], rtol=RELATIVE, atol=0.0)
    if factor is None and not (evidence and same):
        return ""
    shown = f"{ratios[0]:.4g}"
    if shown == "1":
        # Only a factor that can be told from 1 helps.
        return ""
    known = ", ".join(f"{s} = {sizes[s]}" for s in factor or "" if s in sizes)
    reason = f", and {known} (the factor is {factor})" if known else ""
    return f"{_subject(part, arrays)} is {shown} times the expected value{reason}."


def _ratio(yours: Array, expected: Array) -> float:
    """The number by which the whole expected array is multiplied; 0 if there is none."""
    size = float(np.sum(expected * expected))
    ratio = float(np.sum(yours * expected)) / size if 0 < size < np.inf else 0.0
    return ratio if _close(yours, ratio * expected) else 0.0


def _factor(
    ratios: Sequence[float], sizes: Sequence[Mapping[str, int]], *, any_multiple: bool
) -> str | None:
    """The expression in the sizes that is the ratio in every case, such as `-N` or `N/32`.

    Without `any_multiple`, no number but 2 and -1 stands in it.
    """
    names = _factors(sizes[0])
    shares = [
        [ratio / _value(name, each) for ratio, each in zip(ratios, sizes, strict=True)]
        for name in names
    ]
    for sign, mark in ((1.0, ""), (-1.0, "-")):
        for name, share in zip(names, shares, strict=True):
            if np.allclose(share, sign, rtol=RELATIVE, atol=0.0):
                return f"{mark}{name}"
    if not any_multiple or np.allclose(ratios, ratios[0], rtol=RELATIVE, atol=0.0):
        return None
    for name, share in zip(names, shares, strict=True):
        if np.allclose(share, share[0], rtol=RELATIVE, atol=0.0):
            return f"{share[0]:.6g}*{name}" if abs(share[0]) > 1 else _divided(name, share[0])
    return None


def _divided(name: str, share: float) -> str:
    """`N/32` for N and 1/32."""
    divisor = 1 / share
    whole = round(divisor)
    known = abs(divisor - whole) <= RELATIVE * abs(divisor)
    return f"{name}/{whole}" if known and "/" not in name else f"{share:.6g}*{name}"


def _is_evidence(arrays: Arrays) -> bool:
    """Whether it says something that arrays are a multiple of their references.

    A single number always is one, and two numbers easily are one number times some sizes.
    """
    return bool(sum(np.count_nonzero(expected) for _, expected, _ in arrays) > 2)


def _factors(sizes: Mapping[str, int]) -> list[str]:
    """Expressions in the sizes by which a wrong formula may be off, such as `N` and `1/(N*K)`."""
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
    # A single entry is always off by one amount.
    if any(yours.size > 1 for yours, _, _ in arrays) and all(
        _close(yours - np.mean(yours - expected), expected) for yours, expected, _ in arrays
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


_NEXT = {
    _sign: "Next: look for a minus sign that is missing or too many, or a difference turned round.",
    _scale: "Next: look for a factor that is missing or too many, such as a sum for a mean.",
    _transposed: "Next: look for a missing or needless `.T`, or two factors in the wrong order.",
    _offset: "Next: look for a constant that is left out, or added where none belongs.",
    _permuted: "Next: compare the order of rows and columns with the docstring's.",
}
"""Where to look for the reason of each pattern."""


def _subject(part: str, arrays: Arrays) -> str:
    return f"Every entry of {part}" if arrays[0][0].ndim else start(part)


def start(part: str) -> str:
    """A part's name at the start of a sentence; symbols keep their case."""
    return part[:1].upper() + part[1:] if part == "the result" else part
