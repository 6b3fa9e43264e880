"""How a question is put to a function, and what counts as its answer.

The same few lines run in three places: in the sandbox around a student's function, in the
notebook's `check`, and around the catalogue's wrong formulas. One way of asking means that a
mistake is recognised by exactly what a student who makes it would have answered; only a notebook
has settings of its own for warnings. The file stands alone (NumPy and the standard library)
because the sandbox sees nothing else of the grader.
"""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, ValuesView
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from types import FunctionType
from typing import Any
from warnings import catch_warnings

import numpy as np

from autograder.tree import Opaque, Tree, copy_tree, same_tree, to_tree

MAX_ERROR_LENGTH = 300
# Not "overflow encountered in f (vectorized)": Python's own functions leave flags of which
# `np.vectorize` warns, and raise exceptions, which may have been caught.
_FLOATING_POINT = re.compile(r"(divide by zero|overflow|invalid value) encountered( in [\w ]+)?$")
LONGEST_LINE = 120


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

    `changed` names the arguments that the call altered, `warned` what NumPy warned of during it
    (such as "overflow in exp"), `error` the exception's last line and `line` the student's source
    line that raised it. `quoted` is that line of a hidden case, quoted by the grader; it never
    comes out of the sandbox. `changed_later` names globals that the function reads and that the
    notebook changed after its check, before anything was asked.
    """

    status: Status
    value: Tree = None
    changed: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()
    error: str = ""
    line: str = ""
    quoted: str = ""
    changed_later: tuple[str, ...] = ()

    @property
    def stopped(self) -> bool:
        """Whether the process had to be ended, or ended, while this was asked."""
        return self.status in (Status.TIMED_OUT, Status.CRASHED)

    @property
    def unwritten(self) -> bool:
        """Whether there was nothing to ask yet: what students start from, or no such name."""
        return self.status in (Status.NOT_ATTEMPTED, Status.MISSING)


class _Missing:
    """The name is not defined in the notebook."""


MISSING = _Missing()


@contextmanager
def warnings_shown() -> Iterator[list[str]]:
    """Record the floating-point warnings that Jupyter would show, and keep them from being shown.

    The notebook's own settings count: those of `np.seterr` and of `warnings`. What is set in the
    meantime ends with this. A number that becomes 0 because it is small is never a fault, also
    after `np.seterr(all="raise")`. The filters of `warnings` belong to the whole process, so use
    it in one thread at a time.
    """
    warned: list[str] = []
    with np.errstate(under="ignore"), catch_warnings(record=True) as shown:
        yield warned
        for each in shown:
            if found := _FLOATING_POINT.match(str(each.message)):
                warned.append(f"{found[1]}{found[2] or ''}")


@contextmanager
def conditions_met() -> Iterator[list[str]]:
    """Record the floating-point conditions of which NumPy would warn by default, in any thread."""
    warned: list[str] = []
    with np.errstate(
        over="call",
        divide="call",
        invalid="call",
        under="ignore",
        call=lambda kind, _flag: warned.append(kind),
    ):
        yield warned


def ask(
    target: Any,
    arguments: Mapping[str, Any],
    driver: Callable[..., Any] | None = None,
    watch: Callable[[], AbstractContextManager[list[str]]] = warnings_shown,
) -> Answer:
    """Put one case to a student's function, class or variable.

    Args:
        target: what the notebook defines under the question's name, or `MISSING`.
        arguments: the case's named inputs in the order of the question's signature.
        driver: how to use `target` where one plain call is not enough; receives it first.
        watch: records warnings during the call; `conditions_met` in a process with threads.

    Returns:
        The answer, with its value reduced to a `Tree` of fresh arrays. Never raises for what
        `target` does, short of ending the process.
    """
    if target is MISSING:
        return Answer(Status.MISSING)
    if target is None or target is Ellipsis:
        return Answer(Status.NOT_ATTEMPTED)
    passed = copy_tree(dict(arguments))
    try:
        with watch() as warned:
            value = _call(target, passed, driver)
            tree = to_tree(value)
    except NotImplementedError:
        return Answer(Status.NOT_ATTEMPTED)
    except (Exception, SystemExit) as error:
        return Answer(Status.RAISED, error=last_line(error), line=_student_line(error, target))
    if isinstance(tree, Opaque) and tree.kind in ("None", "ellipsis"):
        return Answer(Status.NOT_ATTEMPTED)
    changed = tuple(name for name in arguments if not same_tree(arguments[name], passed[name]))
    return Answer(Status.RETURNED, tree, changed, tuple(dict.fromkeys(warned)))


def _call(target: Any, arguments: dict[str, Any], driver: Callable[..., Any] | None) -> Any:
    if driver is not None:
        return driver(_returning_lists(target), *arguments.values())
    if callable(target):
        return target(*arguments.values())
    if arguments:
        raise TypeError(f"expected a function, received {type(target).__name__}")
    return target


def _returning_lists(target: Any) -> Any:
    """The same function with a list in place of an iterator, which a driver could read only once.

    Likewise for a dict's values, which have no index. A class, and what is no function, is itself.
    """
    if not callable(target) or isinstance(target, type):
        return target

    def call(*arguments: Any, **keywords: Any) -> Any:
        value = target(*arguments, **keywords)
        return list(value) if isinstance(value, (Iterator, ValuesView)) else value

    return call


def last_line(error: BaseException) -> str:
    """The line of a traceback that names the exception, with what helps to find its cause.

    That is the place of a syntax error, and a name like one that is not there.
    """
    name = type(error).__name__
    lines = [line.strip() for line in "".join(traceback.format_exception_only(error)).splitlines()]
    lines = [line for line in lines if line] or [name]
    # Before it, a syntax error shows the source; after it come the rest of the text, and notes.
    named = [i for i, line in enumerate(lines) if line.split(":")[0].split(".")[-1] == name]
    place = named[0] if named else -1
    line = " ".join(lines[place:][:2]) if lines[place].endswith(":") else lines[place]
    if isinstance(error, SyntaxError) and error.lineno and error.text:
        line = f"{line} (line {error.lineno}: `{error.text.strip()[:LONGEST_LINE]}`)"
    elif isinstance(error, (NameError, AttributeError)) and (near := _like(error)):
        # As Python itself says it from version 3.12 on.
        line = f"{line.rstrip('.')}. Did you mean: '{near}'?"
    return line[:MAX_ERROR_LENGTH]


def _like(error: NameError | AttributeError) -> str:
    """A name like the one that is missing, among those that its line could have used, or ""."""
    if sys.version_info >= (3, 12) or not isinstance(error.name, str):
        return ""
    try:
        # Needed only here, so no other answer waits for it.
        import difflib

        names = [each for each in _within_reach(error) if not each.startswith("_")]
        return next(iter(difflib.get_close_matches(error.name, names, 1, 0.7)), "")
    except Exception:
        # The object is the student's, and may say anything of itself; and they may have opened so
        # many files that nothing more can be imported.
        return ""


def _within_reach(error: NameError | AttributeError) -> Iterator[str]:
    """The names that the line which raised it could have used in place of the missing one."""
    if isinstance(error, AttributeError):
        yield from dir(error.obj)
        return
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is not None:
        yield from trace.tb_frame.f_locals
        yield from trace.tb_frame.f_globals


def _student_line(error: BaseException, target: Any) -> str:
    """The innermost line of the traceback in this question's own cell, or else of all."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if "site-packages" not in frame.filename and frame.filename != __file__ and frame.line
    ]
    if isinstance(target, FunctionType):
        cell = target.__code__.co_filename
        frames = [frame for frame in frames if frame.filename == cell] or frames
    if not frames:
        return ""
    return f"line {frames[-1].lineno} of the cell, `{(frames[-1].line or '')[:LONGEST_LINE]}`"
