"""Compare an answer with its reference, test by test, in the order of `records.Outcome`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.answer import Answer, Status
from autograder.questions.define import Question
from autograder.questions.tolerance import tolerance
from autograder.records import Difference, Expected, Outcome, Trial
from autograder.tree import Opaque, Tree

_ENDED = {
    Status.NOT_ATTEMPTED: Outcome.NOT_ATTEMPTED,
    Status.MISSING: Outcome.MISSING,
    Status.RAISED: Outcome.RAISED,
    Status.TIMED_OUT: Outcome.TIMED_OUT,
    Status.CRASHED: Outcome.CRASHED,
}
_ORDER = {outcome: rank for rank, outcome in enumerate(Outcome)}


@dataclass(frozen=True)
class Pair:
    """One part of an answer, its reference, and the error allowed (see `questions.tolerance`)."""

    part: str
    expected: Tree
    allowed: float
    yours: Tree


def differences_of(question: Question, trial: Trial) -> list[Difference]:
    """What costs an answer points in one case; see `differences`."""
    stability = question.cases[trial.case].stability
    return differences(trial.answer, trial.expected, question.returns, stability=stability)


def differences(
    answer: Answer,
    expected: Expected,
    returns: tuple[str, ...] = (),
    *,
    stability: bool = True,
) -> list[Difference]:
    """All differences between an answer and its reference, the most serious first.

    Args:
        answer: the answer to one case.
        expected: the reference for that case.
        returns: names of the parts of a returned tuple, or of the one value.
        stability: whether a warning is a difference where the values are right.

    Returns:
        At most one difference per part; empty when the answer is right.
    """
    if answer.status in _ENDED:
        return [Difference(_ENDED[answer.status], detail=answer.error)]
    found: list[Difference] = []
    for pair in pairs(answer.value, expected, returns):
        difference = pair if isinstance(pair, Difference) else _leaf_difference(pair)
        if difference is not None:
            found.append(difference)
    if answer.changed:
        found.append(Difference(Outcome.CHANGED_ARGUMENTS, detail=", ".join(answer.changed)))
    if stability and answer.warned and not found:
        found.append(Difference(Outcome.WARNED, detail=", ".join(answer.warned)))
    return sorted(found, key=lambda difference: _ORDER[difference.outcome])


def pairs(
    value: Tree, expected: Expected, returns: tuple[str, ...] = ()
) -> Iterator[Pair | Difference]:
    """Each leaf of the reference with the answer's; a `Difference` where structures differ."""
    if isinstance(expected.value, list) and len(returns) == len(expected.value):
        yield from _pair_named(value, expected, returns)
    else:
        name = returns[0] if len(returns) == 1 else ""
        yield from _pair(value, expected.value, expected.rounding, name)


def _pair_named(
    value: Tree, expected: Expected, names: tuple[str, ...]
) -> Iterator[Pair | Difference]:
    if isinstance(value, dict) and set(value) == set(names):
        value = [value[name] for name in names]
    elif _holds_parts(value, expected.value):
        value = [np.asarray(item) for item in value]
    if not isinstance(value, list) or len(value) != len(names):
        wanted = f"{len(names)} values ({', '.join(names)})"
        yield Difference(Outcome.STRUCTURE, detail=f"expected {wanted}, received {kind(value)}")
        return
    for name, item, leaf, allowed in zip(
        names, value, expected.value, expected.rounding, strict=True
    ):
        yield from _pair(item, leaf, allowed, name)


def _holds_parts(value: Tree, expected: list[Tree]) -> bool:
    """Whether an array holds the parts of an answer: lists of numbers, or stacked arrays.

    An array that has the shape of one part is that part alone.
    """
    if not isinstance(value, np.ndarray) or value.shape[:1] != (len(expected),):
        return False
    return all(value.shape != part.shape for part in expected if isinstance(part, np.ndarray))


def _pair(value: Tree, expected: Tree, allowed: Tree, name: str) -> Iterator[Pair | Difference]:
    if isinstance(expected, dict):
        wanted = f"expected a dict with the keys {', '.join(expected)}, received {kind(value)}"
        if not isinstance(value, dict) or not set(value) & set(expected):
            yield Difference(Outcome.STRUCTURE, name, wanted)
            return
        if set(value) - set(expected):
            yield Difference(Outcome.STRUCTURE, name, wanted, values_right=True)
        for key in expected:
            part = at_key(name, key)
            if key in value:
                yield from _pair(value[key], expected[key], allowed[key], part)
            else:
                yield Difference(Outcome.STRUCTURE, part, wanted)
    elif isinstance(expected, list):
        if isinstance(value, np.ndarray) and value.shape[:1] == (len(expected),):
            value = [np.asarray(item) for item in value]
        if not isinstance(value, list) or len(value) != len(expected):
            detail = f"expected {len(expected)} values, received {kind(value)}"
            lists = (value, expected) if isinstance(value, list) else ()
            yield Difference(Outcome.STRUCTURE, name, detail, *lists)
            return
        for place, item in enumerate(expected):
            yield from _pair(value[place], item, allowed[place], f"{name or 'result'}[{place}]")
    else:
        yield Pair(name, expected, allowed, value)


def at_key(name: str, key: str) -> str:
    """The name of an entry of a dict, such as `grads["W1"]`; its key alone if the dict has none."""
    return f'{name}["{key}"]' if name else key


def kind(value: Tree) -> str:
    """A value's kind, to be put into a sentence: `an array of shape (3,)`, `a single number`."""
    if isinstance(value, Opaque):
        if value.kind.startswith("array of "):
            return f"an {value.kind}"
        return "None" if value.kind == "None" else f"a value of type {value.kind}"
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    if isinstance(value, dict):
        return f"a dict with the keys {', '.join(list(value)[:8]) or '(none)'}"
    if isinstance(value, list):
        return f"a tuple or list of {len(value)}"
    return f"an array of shape {value.shape}" if value.ndim else "a single number"


def _leaf_difference(pair: Pair) -> Difference | None:
    expected, yours = pair.expected, pair.yours
    if isinstance(expected, str):
        if isinstance(yours, str) and yours.strip().lower() == expected.lower():
            return None
        outcome = Outcome.VALUES if isinstance(yours, str) else Outcome.STRUCTURE
        return Difference(outcome, pair.part, kind(yours), yours, expected)
    array = as_array(yours)
    if array is None:
        detail = f"expected {kind(expected)}, received {kind(yours)}"
        return Difference(Outcome.STRUCTURE, pair.part, detail)
    if array.shape != expected.shape:
        detail = f"expected shape {expected.shape}, received {array.shape}"
        right = _same_without_axes_of_size_1(array, expected, pair.allowed)
        return Difference(Outcome.SHAPE, pair.part, detail, array, expected, right)
    if array.dtype.kind == "c" or array.dtype == np.float16:
        detail = f"expected {expected.dtype}, received {array.dtype}"
        return Difference(Outcome.DTYPE, pair.part, detail, array, expected)
    if not wrong_entries(array, expected, pair.allowed).any():
        return None
    if _decimals_dropped(array, expected):
        detail = f"expected {expected.dtype}, received {array.dtype}, which drops the decimals"
        return Difference(Outcome.DTYPE, pair.part, detail, array, expected)
    unusable = ~np.isfinite(array) & np.isfinite(expected)
    outcome = Outcome.NOT_FINITE if unusable.any() else Outcome.VALUES
    return Difference(outcome, pair.part, "", array, expected)


def _same_without_axes_of_size_1(
    array: NDArray[Any], expected: NDArray[Any], allowed: float
) -> bool:
    """Whether an array is right but for axes of size 1 that it has more or fewer."""
    if array.squeeze().shape != expected.squeeze().shape or array.dtype.kind not in "biuf":
        return False
    return not wrong_entries(array.reshape(expected.shape), expected, allowed).any()


def as_array(value: Tree) -> NDArray[Any] | None:
    """The value as one array, stacking lists of rows with equal shapes; None if that fails."""
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, list):
        rows = [as_array(item) for item in value]
        if (
            all(row is not None for row in rows)
            and len({row.shape for row in rows if row is not None}) <= 1
        ):
            return np.array(rows, dtype=None if rows else np.float64)
    return None


def wrong_entries(yours: NDArray[Any], expected: NDArray[Any], allowed: float) -> NDArray[np.bool_]:
    """Which entries differ by more than rounding error; NaN and infinities have to match.

    Args:
        yours: real numbers, any shape.
        expected: the reference, the same shape.
        allowed: the reference's allowance, in units of roundoff (see `questions.tolerance`).

    Returns:
        Booleans of that shape, true where the answer is wrong.
    """
    if yours.dtype == expected.dtype and yours.tobytes() == expected.tobytes():
        # Most right answers are, to the last bit, and this takes a quarter of the time.
        return np.zeros(yours.shape, np.bool_)
    precision = yours.dtype if yours.dtype.kind == "f" else np.dtype(np.float64)
    limit = tolerance(allowed, precision)
    left, right = yours.astype(np.float64, copy=False), expected.astype(np.float64, copy=False)
    with np.errstate(invalid="ignore", over="ignore"):
        near = np.abs(left - right) <= limit
    if isfinite(limit) and near.all():
        # Within a finite limit, so everything is finite.
        return ~near
    both_finite = np.isfinite(left) & np.isfinite(right)
    same = (left == right) | (np.isnan(left) & np.isnan(right))
    return ~np.where(both_finite, near, same)


def _decimals_dropped(yours: NDArray[Any], expected: NDArray[Any]) -> bool:
    """Whether an integer answer equals the expected values with their decimals dropped."""
    if yours.dtype.kind not in "iu" or expected.dtype.kind != "f":
        return False
    return bool(np.array_equal(yours, np.trunc(expected)))
