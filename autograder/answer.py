"""How a question is put to a function, and what counts as its answer.

The same few lines run in three places: in the sandbox around a student's function, in the
notebook's `check`, and around the catalogue's wrong formulas. One way of asking means that a
mistake is recognised by exactly what a student who makes it would have answered. The file stands
alone (NumPy and the standard library) because the sandbox sees nothing else of the grader.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

Tree = Any
"""Nested dicts and lists; a leaf is an array, a word, or `Opaque` where neither could be had."""

MAX_DEPTH = 16
MAX_LEAVES = 20_000
MAX_BYTES = 64 * 2**20
MAX_ERROR_LENGTH = 300
_NUMBERS = (bool, int, float, np.generic)


class Status(StrEnum):
    """How an asked function ended."""

    RETURNED = "returned"
    NOT_ATTEMPTED = "not attempted"
    MISSING = "missing"
    RAISED = "raised"
    TIMED_OUT = "timed out"
    CRASHED = "crashed"


@dataclass(frozen=True)
class Opaque:
    """A leaf that is neither numbers nor text: only the name of what it was."""

    kind: str


@dataclass(frozen=True, eq=False)
class Answer:
    """What one question answered to one case; an answer is equal to itself alone.

    `changed` names the arguments that the call altered, `warned` the floating-point conditions
    (overflow, divide by zero, invalid value) that it let escape, `error` the exception's last
    line and `line` the student's source line that raised it.
    """

    status: Status
    value: Tree = None
    changed: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()
    error: str = ""
    line: str = ""


class _Missing:
    """The name is not defined in the notebook."""


MISSING = _Missing()


def ask(
    target: Any,
    arguments: Mapping[str, Any],
    driver: Callable[..., Any] | None = None,
) -> Answer:
    """Put one case to a student's function, class or variable.

    Args:
        target: what the notebook defines under the question's name, or `MISSING`.
        arguments: the case's named inputs in the order of the question's signature.
        driver: how to use `target` where one plain call is not enough; receives it first.

    Returns:
        The answer, with its value reduced to a `Tree` of fresh arrays. Never raises for what
        `target` does, short of ending the process.
    """
    if target is MISSING:
        return Answer(Status.MISSING)
    if target is None or target is Ellipsis:
        return Answer(Status.NOT_ATTEMPTED)
    passed = copy_tree(dict(arguments))
    warned: list[str] = []
    try:
        with np.errstate(
            over="call",
            divide="call",
            invalid="call",
            under="ignore",
            call=lambda kind, _flag: warned.append(kind),
        ):
            value = _call(target, passed, driver)
            tree = to_tree(value)
    except NotImplementedError:
        return Answer(Status.NOT_ATTEMPTED)
    except (Exception, SystemExit) as error:
        return Answer(Status.RAISED, error=_last_line(error), line=_student_line(error))
    if isinstance(tree, Opaque) and tree.kind in ("None", "ellipsis"):
        return Answer(Status.NOT_ATTEMPTED)
    changed = tuple(name for name in arguments if not same_tree(arguments[name], passed[name]))
    return Answer(Status.RETURNED, tree, changed, tuple(dict.fromkeys(warned)))


def _call(target: Any, arguments: dict[str, Any], driver: Callable[..., Any] | None) -> Any:
    if driver is not None:
        return driver(target, *arguments.values())
    if callable(target):
        return target(*arguments.values())
    if arguments:
        raise TypeError(f"expected a function, received {type(target).__name__}")
    return target


def copy_tree(tree: Tree) -> Tree:
    """A copy whose arrays share no memory with the original's."""
    if isinstance(tree, np.ndarray):
        return tree.copy()
    if isinstance(tree, dict):
        return {key: copy_tree(branch) for key, branch in tree.items()}
    if isinstance(tree, list):
        return [copy_tree(branch) for branch in tree]
    if isinstance(tree, tuple):
        return tuple(copy_tree(branch) for branch in tree)
    return tree


def same_tree(left: Tree, right: Tree) -> bool:
    """Whether two trees hold the same structure, dtypes, shapes and bits (NaN equals NaN)."""
    if isinstance(left, np.ndarray):
        return (
            isinstance(right, np.ndarray)
            and left.dtype == right.dtype
            and left.shape == right.shape
            and left.tobytes() == right.tobytes()
        )
    if isinstance(left, dict):
        return (
            isinstance(right, dict)
            and list(left) == list(right)
            and all(same_tree(left[key], right[key]) for key in left)
        )
    if isinstance(left, (list, tuple)):
        return (
            isinstance(right, (list, tuple))
            and len(left) == len(right)
            and all(map(same_tree, left, right))
        )
    return type(left) is type(right) and bool(left == right)


def to_tree(value: Any) -> Tree:
    """Reduce whatever a function returned to arrays in dicts and lists.

    Lists of numbers, NumPy matrices and Python scalars become arrays: how numbers are packed is
    not what a week teaches. Everything else becomes an `Opaque` leaf and fails by its kind.

    Raises:
        ValueError: when it is nested, branched or large beyond any answer's need.
    """
    budget = [MAX_LEAVES, MAX_BYTES]
    return _to_tree(value, MAX_DEPTH, budget)


def _to_tree(value: Any, depth: int, budget: list[int]) -> Tree:
    budget[0] -= 1
    if depth == 0 or budget[0] < 0:
        raise ValueError("the returned value is nested too deeply or has too many parts")
    if isinstance(value, dict):
        return {str(key): _to_tree(item, depth - 1, budget) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        if not value or _shape(value) is None:
            return [_to_tree(item, depth - 1, budget) for item in value]
        try:
            return _leaf(np.array(value), budget)
        except ValueError:
            return [_to_tree(item, depth - 1, budget) for item in value]
    if isinstance(value, (np.ndarray, np.generic, bool, int, float, complex)):
        return _leaf(np.array(value, subok=False), budget)
    if isinstance(value, str):
        return value[:MAX_ERROR_LENGTH]
    return Opaque("None" if value is None else type(value).__name__)


def _shape(value: Sequence[Any]) -> tuple[int, ...] | None:
    """The shape of a nest of lists that holds numbers alone; None for any other or ragged one."""
    # A long list has few types: each is asked once.
    kinds = set(map(type, value))
    if all(issubclass(kind, _NUMBERS) for kind in kinds):
        return (len(value),)
    if not all(issubclass(kind, (list, tuple)) for kind in kinds):
        return None
    inner, *others = {_shape(item) for item in value}
    return None if inner is None or others else (len(value), *inner)


def _leaf(array: np.ndarray[Any, Any], budget: list[int]) -> np.ndarray[Any, Any] | Opaque:
    if array.dtype.kind not in "biufc":
        return Opaque(f"array of {array.dtype}")
    budget[1] -= array.nbytes
    if budget[1] < 0:
        raise ValueError(f"the returned arrays hold more than {MAX_BYTES // 2**20} MiB")
    return array


def _last_line(error: BaseException) -> str:
    text = "".join(traceback.format_exception_only(error)).strip().splitlines()
    return (text[-1] if text else type(error).__name__)[:MAX_ERROR_LENGTH]


def _student_line(error: BaseException) -> str:
    """The innermost line of the traceback that stands in this question's own cell."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "site-packages" not in frame.filename]
    for frame in reversed(own):
        if frame.filename != __file__ and frame.line:
            return f"line {frame.lineno} of the cell, `{frame.line[:120]}`"
    return ""
