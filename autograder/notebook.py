"""What a student may call in a notebook beside `check`: `check_all`, `again`, `explain`, `submit`.

Under nbgrader and in the grader's sandbox they do nothing: no output may be read as points.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from autograder.check import asking, names_asked, verdict_on
from autograder.errors import AutograderError
from autograder.output.text import as_html
from autograder.records import Outcome, Verdict

if TYPE_CHECKING:
    from autograder.student.listing import Listing
    from autograder.student.submitted import Submitted

TRIED = "NNFS_TRIED"
"""Set where a program runs a notebook to see what it does; nothing is handed in from there."""
_NONE_YET = object()
Shown = TypeVar("Shown")


class Said:
    """A text that Jupyter shows."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return as_html(self.text, right=False, attempted=False)


def check_all() -> Listing | Said | None:
    """Run every check of this notebook and list what is missing.

    That is what is not attempted, wrong or never checked, cells that have not run, and names that a
    restart would lose.
    """
    if _is_graded():
        return None
    from autograder.student.survey import survey

    namespace = sys._getframe(1).f_globals
    found = survey(
        namespace,
        _history(),
        lambda name: _verdict(name, namespace),
        _week_of,
    )
    return _shown(Said(found) if isinstance(found, str) else found)


def again(name: str, answer: Any = _NONE_YET, *, number: int = 1) -> Verdict | None:
    """Ask for the same idea in a fresh case with other numbers, to be worked out by hand.

    Args:
        name: the question's name.
        answer: what you have worked out; without it, the case is shown.
        number: which of the fresh cases, from 1.
    """
    if _is_graded():
        return None
    from autograder.student.again import NOTHING, asked_again

    given = NOTHING if answer is _NONE_YET else answer
    try:
        with asking(name, sys._getframe(1).f_globals) as (question, ask):
            return _shown(asked_again(question, given, number, ask))
    except AutograderError as error:
        return _shown(Verdict(name, 0.0, 0.0, Outcome.MISSING, str(error)))


def explain(mistake: str) -> Said | None:
    """Say what is behind a mistake that a check has named.

    Args:
        mistake: its name, such as "bias-gradient-averaged".
    """
    if _is_graded():
        return None
    from autograder.student.explain import explained

    try:
        return _shown(Said(explained(mistake)))
    except AutograderError as error:
        return _shown(Said(str(error)))


def submit(path: str = "", *, new_token: bool = False) -> Submitted | Said | None:
    """Hand in this notebook, as it is saved, and show its verdict.

    The first time you are asked for your personal token: the page of the week makes one.

    Args:
        path: the notebook's file, where the editor does not say which one it is.
        new_token: to be asked for the token again.
    """
    if _is_graded() or os.environ.get(TRIED):
        return None
    from autograder.student.submit import SubmitError, submitted

    try:
        done = submitted(
            sys._getframe(1).f_globals,
            _history(),
            _week_named,
            _Status(),
            path=path,
            new_token=new_token,
        )
    except SubmitError as error:
        return _shown(Said(str(error)))
    return _shown(done)


class _Status:
    """One line that says what is happening, in place of the line before."""

    def __init__(self) -> None:
        self._handle: Any = None
        self._last = ""

    def __call__(self, text: str) -> None:
        if text == self._last:
            return
        self._last = text
        if "IPython" not in sys.modules:
            print(text)
        elif self._handle is None:
            from IPython.display import display

            self._handle = display(Said(text), display_id=True)
        else:
            self._handle.update(Said(text))


def _week_named(name: str) -> str:
    """The week of a question; empty where there is no such question."""
    try:
        with asking(name, {}) as (question, _):
            return question.week
    except AutograderError:
        return ""


def _is_graded() -> bool:
    return bool(os.environ.get("NBGRADER_EXECUTION"))


def _shown(value: Shown) -> Shown:
    """The value; outside of IPython, which shows it, its text is printed."""
    if not (hasattr(sys, "ps1") or "IPython" in sys.modules):
        print(value)
    return value


def _verdict(name: str, namespace: dict[str, Any]) -> Verdict:
    try:
        return verdict_on(name, namespace)
    except AutograderError as error:
        return Verdict(name, 0.0, 0.0, Outcome.MISSING, str(error))


def _week_of(name: str) -> Mapping[str, str]:
    """The questions of a question's week; none where there is no such question."""
    try:
        with asking(name, {}) as (question, _):
            return names_asked(question)
    except AutograderError:
        return {}


def _history() -> list[str] | None:
    """The cells that have run since the notebook was started; None outside of IPython."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return list(shell.history_manager.input_hist_raw) if shell else None
