"""How a wrong array relates to the right one and to the inputs, where no simple pattern fits.

Each sentence is a fact about every wrong public case in which the array is finite, and is only told
where it could hardly be true by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autograder.judging import lone_number
from autograder.judging.compare import at_key
from autograder.judging.patterns import Pattern, start
from autograder.records import Difference, Trial

Array = NDArray[Any]

_WHERE_FINITE = ", in the cases in which it is finite"
_NEAR = 1e-9
_SEEN = 1e-6
"""How large a difference has to be, relative to the array, to be told from rounding."""
_ENOUGH = 4
"""How many entries are wrong, and how many right, before it says something which these are."""


class _Case(NamedTuple):
    """A wrong array of one case, the expected one, its inputs that are numbers, and all inputs."""

    name: str
    yours: Array
    expected: Array
    inputs: Mapping[str, Array]
    given: Mapping[str, Any]


def relate(
    found: Sequence[tuple[Trial, Difference]],
    part: str,
    sizes: Callable[[Mapping[str, Any]], Mapping[str, int]] = lambda inputs: {},
) -> Pattern | None:
    """How a wrong array, or number, relates to the right one and the inputs; None if unknown.

    Args:
        found: the wrong public trials of a part with their differences.
        part: the array's name, in the student's symbols.
        sizes: N, D, ... of a case's inputs, for a single number.
    """
    shaped = [case for trial, difference in found if (case := _case(trial, difference))]
    finite = [case for case in shaped if np.isfinite(case.yours).all()]
    if not finite or len(shaped) < len(found) or not all(map(_is_seen, finite)):
        return None
    everywhere = len(finite) == len(found)
    if all(case.expected.ndim == 0 for case in finite):
        return _of_numbers(part, finite, sizes, everywhere=everywhere)
    for relation, next_step in _NEXT.items():
        if fact := relation(part, finite):
            some = "" if everywhere else _WHERE_FINITE
            return Pattern(f"{start(fact)}{some}.", next_step)
    return None


def _of_numbers(
    part: str,
    cases: Sequence[_Case],
    sizes: Callable[[Mapping[str, Any]], Mapping[str, int]],
    *,
    everywhere: bool,
) -> Pattern | None:
    numbers = [
        lone_number.Case(
            each.name, float(each.yours), float(each.expected), each.inputs, sizes(each.given)
        )
        for each in cases
    ]
    where = " in every wrong case" if everywhere else " in every case in which it is finite"
    fact = lone_number.relation(part, numbers, where)
    return Pattern(f"{start(fact[0])}.", fact[1]) if fact else None


def _case(trial: Trial, difference: Difference) -> _Case | None:
    yours, expected = difference.yours, difference.expected
    if (
        not isinstance(yours, np.ndarray)
        or not isinstance(expected, np.ndarray)
        or yours.shape != expected.shape
        or yours.dtype.kind not in "iuf"
        or not np.isfinite(expected).all()
    ):
        return None
    inputs = dict(_numbers("", trial.inputs))
    return _Case(trial.case, yours.astype(float), expected.astype(float), inputs, trial.inputs)


def _numbers(name: str, value: Any) -> Iterator[tuple[str, Array]]:
    """The arrays of numbers among the inputs, as the student would write them."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _numbers(at_key(name, key) if name else str(key), item)
    elif isinstance(value, list) and all(type(item) in (int, float) for item in value):
        yield from _numbers(name, np.array(value))
    elif isinstance(value, int | float | np.ndarray) and not isinstance(value, bool):
        array = np.asarray(value)
        if array.dtype.kind in "iuf" and np.isfinite(array).all():
            yield name, array.astype(float)


def _close(left: Array, right: Array, scale: float = 0.0) -> bool:
    scale = scale or float(np.max(np.abs(right), initial=0.0))
    return scale > 0 and bool(np.max(np.abs(left - right), initial=0.0) <= _NEAR * scale)


def _is_seen(case: _Case) -> bool:
    """Whether the difference is far above rounding, in which any relation could hide."""
    scale = float(np.max(np.abs(case.expected), initial=0.0))
    return float(np.max(np.abs(case.yours - case.expected), initial=0.0)) > _SEEN * scale


def _wrong(case: _Case) -> NDArray[np.bool_]:
    scale = float(np.max(np.abs(case.expected), initial=0.0))
    return ~np.isclose(case.yours, case.expected, rtol=_NEAR, atol=_NEAR * scale)


def _in_all(cases: Sequence[_Case]) -> list[str]:
    """The inputs that every case has, in order."""
    return [name for name in cases[0].inputs if all(name in case.inputs for case in cases)]


def _of_same_shape(cases: Sequence[_Case]) -> list[str]:
    return [
        name
        for name in _in_all(cases)
        if all(case.inputs[name].shape == case.expected.shape for case in cases)
    ]


_SIGNS: Mapping[str, Callable[[Array], Any]] = {
    "negative": lambda x: x < 0,
    "positive": lambda x: x > 0,
    "0": lambda x: x == 0,
    "0 or negative": lambda x: x <= 0,
    "0 or positive": lambda x: x >= 0,
}


def _only_where(part: str, cases: Sequence[_Case]) -> str:
    """The sign or the range of an input, or the sign of the right value, of all wrong entries."""
    wrong = np.concatenate([_wrong(case).ravel() for case in cases])
    if min(np.count_nonzero(wrong), np.count_nonzero(~wrong)) < _ENOUGH:
        return ""
    pooled = {
        name: np.concatenate([case.inputs[name].ravel() for case in cases])
        for name in _of_same_shape(cases)
    }
    expected = np.concatenate([case.expected.ravel() for case in cases])
    for name, values in [*pooled.items(), ("the expected value", expected)]:
        # What is done to a tiny number may be too little to be seen.
        seen = (np.abs(values) > _SEEN) | (values == 0)
        for sign, holds in _SIGNS.items():
            if np.array_equal(wrong[seen], holds(values[seen])):
                return f"{part} is wrong exactly where {name} is {sign}, and right elsewhere"
    for name, values in pooled.items():
        low, high = float(values[wrong].min()), float(values[wrong].max())
        if not ((values[~wrong] >= low) & (values[~wrong] <= high)).any():
            between = f"between {low:.4g} and {high:.4g}"
            return f"{part} is wrong exactly where {name} is {between}, and right elsewhere"
    return ""


def _multiple(left: Array, right: Array, scale: float) -> float | None:
    """The number times `right` that is `left`; None if there is none."""
    size = float(np.sum(right * right))
    if np.count_nonzero(right) < 3 or not 0 < size < np.inf:
        return None
    factor = float(np.sum(left * right)) / size
    seen = float(np.max(np.abs(left))) > _SEEN * scale
    return factor if seen and _close(left, factor * right, scale) else None


def _factors(cases: Sequence[_Case], pairs: Sequence[tuple[Array, Array]]) -> list[float] | None:
    """The factor between two arrays in each case; None if there is none in one of them."""
    found = []
    for case, (left, right) in zip(cases, pairs, strict=True):
        scale = max(float(np.max(np.abs(each), initial=0.0)) for each in (left, case.expected))
        factor = _multiple(left, right, scale)
        if factor is None:
            return None
        found.append(factor)
    return found


def _number(factors: Sequence[float], cases: Sequence[_Case]) -> str:
    """`0.01 times`, or what it is in the first case if another number stands in others."""
    if np.allclose(factors, factors[0], rtol=1e-6, atol=0.0):
        return f"{factors[0]:.4g} times "
    return f"a multiple (in {cases[0].name} {factors[0]:.4g} times) of "


def _input_itself(part: str, cases: Sequence[_Case]) -> str:
    for name in _of_same_shape(cases):
        factors = _factors(cases, [(case.yours, case.inputs[name]) for case in cases])
        if factors and np.allclose(factors, factors[0], rtol=_NEAR, atol=0.0):
            one = np.isclose(factors[0], 1.0, rtol=_NEAR, atol=0.0)
            return f"{part} is {'' if one else _number(factors, cases)}{name} and nothing else"
    return ""


def _added(part: str, cases: Sequence[_Case]) -> str:
    for name in _of_same_shape(cases):
        factors = _factors(
            cases, [(case.yours - case.expected, case.inputs[name]) for case in cases]
        )
        if factors:
            return f"{part} minus the expected array is {_number(factors, cases)}{name}"
    return ""


def _broadcast(value: Array, shape: tuple[int, ...]) -> Iterator[Array]:
    """An input as it could have multiplied an array: entry by entry, row by row, or all of it."""
    if value.shape == shape or value.ndim == 0:
        yield np.broadcast_to(value, shape)
    elif value.ndim == 1 and len(shape) == 2:
        if value.shape[0] == shape[1]:
            yield np.broadcast_to(value, shape)
        if value.shape[0] == shape[0]:
            yield np.broadcast_to(value[:, None], shape)


def _times(part: str, cases: Sequence[_Case]) -> str:
    """An input that is one factor too many, or too few."""
    entries = sum(np.count_nonzero(case.expected) for case in cases)
    for name in _in_all(cases):
        scalar = all(case.inputs[name].ndim == 0 for case in cases)
        told = {float(case.inputs[name]) for case in cases} if scalar else set()
        if entries < 3 or (scalar and (len(told) < 2 or 1.0 in told)):
            continue
        if all(_is_product(case.yours, case.expected, case.inputs[name]) for case in cases):
            return f"{part} is the expected value, multiplied by {name} once more"
        if all(_is_product(case.expected, case.yours, case.inputs[name]) for case in cases):
            return f"{part} would be the expected value if it were multiplied by {name}"
    return ""


def _is_product(product: Array, factor: Array, value: Array) -> bool:
    return any(
        _close(factor * each, product) for each in _broadcast(value, factor.shape) if each.any()
    )


def _function(part: str, cases: Sequence[_Case]) -> str:
    """A function of one number that was left out, or applied once too often."""
    if sum(len(np.unique(case.expected)) for case in cases) < 3:
        return ""
    with np.errstate(all="ignore"):
        for name, function in _FUNCTIONS.items():
            if all(_is_function(case, function) for case in cases):
                return f"{part} is {name} the expected value"
    return ""


_FUNCTIONS: Mapping[str, Callable[[Array], Any]] = {
    "the square root of": np.sqrt,
    "the square of": np.square,
    "the absolute value of": np.abs,
    "the exponential of": np.exp,
    "the logarithm of": np.log,
    "1 divided by": lambda x: 1 / x,
    "1 minus": lambda x: 1 - x,
}


def _is_function(case: _Case, function: Callable[[Array], Any]) -> bool:
    values = function(case.expected)
    return bool(np.isfinite(values).all()) and _close(case.yours, values)


def _affine(part: str, cases: Sequence[_Case]) -> str:
    """The same multiple of the right value in every case, plus a number."""
    lines = []
    for case in cases:
        if len(np.unique(case.expected)) < _ENOUGH:
            return ""
        x, y = case.expected - case.expected.mean(), case.yours - case.yours.mean()
        factor = _multiple(y, x, float(np.max(np.abs(case.yours))))
        if factor is None:
            return ""
        lines.append((factor, float(case.yours.mean() - factor * case.expected.mean())))
    factor, constant = lines[0]
    if not np.allclose([each for each, _ in lines], factor, rtol=1e-6, atol=0.0):
        return ""
    sign = "minus" if constant < 0 else "plus"
    where = f" in {cases[0].name}" if len(cases) > 1 else ""
    return f"{part} is {factor:.4g} times the expected value, {sign} {abs(constant):.4g}{where}"


def _one_factor(part: str, cases: Sequence[_Case]) -> str:
    """One factor for all entries, but another one in each case."""
    factors = _factors(cases, [(case.yours, case.expected) for case in cases])
    if not factors:
        return ""
    told = " and ".join(
        f"{factor:.4g} in {case.name}"
        for factor, case in list(zip(factors, cases, strict=True))[:2]
    )
    return f"All entries of {part} are off by one and the same factor, {told}"


def _lines(part: str, cases: Sequence[_Case]) -> str:
    """A factor or an amount of its own for each row, for each column, or for both."""
    if any(case.expected.ndim != 2 for case in cases):
        return ""
    for what, alike in (("a factor", _of_factors), ("an amount", _of_amounts)):
        for whose, rows, columns in (
            ("row", True, False),
            ("column", False, True),
            ("row and each column", True, True),
        ):
            free = sum(_left(case.expected.shape, rows, columns) for case in cases)
            if free >= _ENOUGH and all(
                alike(case.yours, case.expected, rows, columns) for case in cases
            ):
                return f"Each {whose} of {part} is off by {what} of its own"
    return ""


def _left(shape: tuple[int, ...], rows: bool, columns: bool) -> int:
    """How many entries are left to show it once the numbers of each row or column are known."""
    N, K = shape
    return max(N * K - (N if rows else 0) - (K if columns else 0) + int(rows and columns), 0)


def _of_factors(yours: Array, expected: Array, rows: bool, columns: bool) -> bool:
    if not (expected.all() and yours.all()):
        return False
    ratio = yours / expected
    model = ratio[:, :1] if rows else ratio[:1, :]
    if rows and columns:
        model = ratio[:, :1] * ratio[:1, :] / ratio[0, 0]
    return bool(np.allclose(ratio, model, rtol=1e-8, atol=0.0))


def _of_amounts(yours: Array, expected: Array, rows: bool, columns: bool) -> bool:
    gap = yours - expected
    model = gap[:, :1] if rows else gap[:1, :]
    if rows and columns:
        model = gap[:, :1] + gap[:1, :] - gap[0, 0]
    scale = float(np.max(np.abs(yours), initial=0.0))
    seen = float(np.max(np.abs(gap), initial=0.0)) > _SEEN * scale
    return seen and _close(gap, model + 0 * gap, scale)


def _lines_beside(part: str, cases: Sequence[_Case]) -> str:
    """A factor for each row, once an input is subtracted that is added to every row."""
    if any(case.expected.ndim < 2 for case in cases):
        return ""
    if sum(case.expected.size - case.expected[..., 0].size for case in cases) < _ENOUGH:
        return ""
    for name in _in_all(cases):
        if all(_of_row_factors(case, case.inputs[name]) for case in cases):
            return f"Each row of {part}, less {name}, is off by a factor of its own"
    return ""


def _of_row_factors(case: _Case, added: Array) -> bool:
    """Whether each row is a multiple of the right one once this vector is subtracted."""
    if added.shape != case.expected.shape[-1:]:
        return False
    left, right = case.yours - added, case.expected - added
    sizes = np.einsum("...d,...d", right, right)
    factor = np.einsum("...d,...d", left, right) / np.where(sizes, sizes, 1.0)
    scale = float(np.max(np.abs(case.expected), initial=0.0))
    return _close(left, factor[..., None] * right, scale)


_SOME_AXIS = "Next: look at the axis and at the formula of each maximum, sum and mean."
_NEXT: Mapping[Callable[[str, Sequence[_Case]], str], str] = {
    _input_itself: "Next: find the step that should change it, and where its result is used.",
    _only_where: "Next: work one of the wrong entries by hand, and one of the right ones.",
    _added: "Next: look for a term that the docstring's formula does not have.",
    _times: "Next: compare the factors in your formula with those in the docstring's.",
    _function: "Next: look for a function that is left out, or applied once too often.",
    _one_factor: "Next: print the number that everything is multiplied by or divided by.",
    _affine: "Next: compare the factors and the constants with those in the docstring's formula.",
    _lines: _SOME_AXIS,
    _lines_beside: _SOME_AXIS,
}
"""Each relation, in the order in which they are tried, and where to look for its reason."""
