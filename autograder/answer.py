"""How a question is put to a function, and what counts as its answer.

The same few lines run in three places: in the sandbox around a student's function, in the
notebook's `check`, and around the catalogue's wrong formulas. One way of asking means that a
mistake is recognised by exactly what a student who makes it would have answered. The file stands
alone (NumPy and the standard library) because the sandbox sees nothing else of the grader.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from autograder.tree import Opaque, Tree, copy_tree, same_tree, to_tree

MAX_ERROR_LENGTH = 300


class Status(StrEnum):
    """How an asked function ended."""

    RETURNED = "returned"
    NOT_ATTEMPTED = "not attempted"
    MISSING = "missing"
    RAISED = "raised"
    TIMED_OUT = "timed out"
    CRASHED = "crashed"


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
