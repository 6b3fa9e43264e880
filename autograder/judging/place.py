"""Where a wrong array departs from the right one: its first step, its rows, the operation."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder.records import Difference, Trial

_NEAR = 1e-9
_MOST_NAMED = 3
_LEAVES = "abcdefgh"
"""What the leaves of an expression of Values are called, in the order of the gradient's columns."""


def place(found: Sequence[tuple[Trial, Difference]], part: str) -> str:
    """A sentence that says where a wrong array departs; empty if it is wrong all over.

    Args:
        found: the wrong public trials of a part with their differences, the first to be told.
        part: the array's name, in the student's symbols.
    """
    trial, first = found[0]
    wrong = _wrong(first)
    if wrong is None:
        return ""
    expression = trial.inputs.get("expression")
    if isinstance(expression, str):
        return _operation(expression, wrong) if wrong.ndim == 2 else ""
    if (in_order := _first(part, wrong)) and _is_a_sequence(found, part, in_order):
        return in_order
    return _lines(part, wrong)


def _wrong(difference: Difference) -> NDArray[np.bool_] | None:
    """Which entries of an array are wrong; None if it is none, or has another shape."""
    yours, expected = difference.yours, difference.expected
    if (
        not isinstance(yours, np.ndarray)
        or not isinstance(expected, np.ndarray)
        or yours.shape != expected.shape
        or yours.dtype.kind not in "iuf"
        or yours.ndim == 0
    ):
        return None
    scale = float(np.max(np.abs(expected), initial=0.0, where=np.isfinite(expected)))
    near = np.isclose(yours, expected, rtol=_NEAR, atol=_NEAR * scale, equal_nan=True)
    return None if near.all() else ~near


def _is_a_sequence(found: Sequence[tuple[Trial, Difference]], part: str, told: str) -> bool:
    """Whether the order of the entries may say something.

    Where each entry comes from one of an input, it does only if several cases say the same.
    """
    trial, first = found[0]
    inputs = [value for value in trial.inputs.values() if isinstance(value, np.ndarray)]
    if all(value.shape != first.yours.shape for value in inputs):
        return True
    others = [_wrong(difference) for _, difference in found[1:]]
    beginning = told.split()[:2]
    return bool(others) and all(
        wrong is not None and _first(part, wrong).split()[:2] == beginning for wrong in others
    )


def _first(part: str, wrong: NDArray[np.bool_]) -> str:
    """The first or the last entries, if these are right and all others wrong."""
    if len(wrong) < 3:
        return ""
    entries = np.asarray(wrong.reshape(len(wrong), -1).any(axis=1))
    count = int(np.argmax(entries))
    what = "entries" if wrong.ndim == 1 else "rows"
    if count and entries[count:].all():
        agree = _agree(count, len(wrong), what, part)
        return f"The first {agree}; [{count}] is the first that departs."
    right = int(np.argmax(entries[::-1]))
    if right and entries[: len(wrong) - right].all():
        return f"The last {_agree(right, len(wrong), what, part)}; those before do not."
    return ""


def _agree(count: int, total: int, what: str, part: str) -> str:
    several = f"{count} " if count > 1 else ""
    return f"{several}of the {total} {what} of {part} agree{'' if several else 's'}"


def _lines(part: str, wrong: NDArray[np.bool_]) -> str:
    """The few rows or columns that are wrong, if all others are right."""
    if wrong.ndim != 2:
        return ""
    for axis, name in ((1, "row"), (0, "column")):
        places = np.flatnonzero(wrong.any(axis=axis))
        if len(places) <= _MOST_NAMED and 2 * len(places) <= wrong.shape[1 - axis]:
            named = _listed([str(place) for place in places])
            several = "s" if len(places) > 1 else ""
            verb = "are" if several else "is"
            return f"Only {name}{several} {named} of {part} {verb} wrong; the others agree."
    return ""


def _operation(expression: str, wrong: NDArray[np.bool_]) -> str:
    """The operation of an expression by which the leaves with a wrong gradient enter it."""
    columns = np.asarray(wrong.any(axis=0))
    if columns.all() or len(columns) > len(_LEAVES):
        return ""
    leaves = [_LEAVES[place] for place in np.flatnonzero(columns)]
    node = _smallest(ast.parse(expression, mode="eval").body, set(leaves))
    right = _listed([_LEAVES[place] for place in np.flatnonzero(~columns)])
    several = len(leaves) > 1
    return (
        f"In {expression} the grad{'s' if several else ''} of {_listed(leaves)} "
        f"{'are' if several else 'is'} wrong and {right} {'has' if len(right) == 1 else 'have'} "
        f"the right one: look at {ast.unparse(node)}."
    )


def _smallest(node: ast.expr, leaves: set[str]) -> ast.expr:
    """The smallest operation that contains all these leaves."""
    for child in ast.iter_child_nodes(node):
        if isinstance(
            child, (ast.BinOp, ast.Call, ast.UnaryOp, ast.NamedExpr)
        ) and leaves <= _names(child):
            return _smallest(child, leaves)
    return node


def _names(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def _listed(names: Sequence[Any]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else str(last)
