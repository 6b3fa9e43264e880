"""`submit()`: sends the running notebook to the course's service, and waits for the verdict."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from autograder.student.listing import ago
from autograder.student.notebook_file import NotebookFile, checked_in, read, running
from autograder.student.personal_token import PersonalToken, SubmitError, token
from autograder.student.send import get, post
from autograder.student.submitted import Submitted, from_answer

__all__ = ["SubmitError", "submitted"]

PATIENCE = 30 * 60.0
"""Seconds after which nobody looks at the cell any more."""
_PAUSES = (0.5, 0.5, 1.0, 1.0, 2.0)
_LONGEST_PAUSE = 5.0
_MOST_NAMED = 3
_DEF = re.compile(r"^(?:def|class) (\w+)", re.MULTILINE)
_OWN_FUNCTIONS = "earlier_weeks.py"
_ON_THE_PAGE = "The page of the week in your LMS shows its verdict when it is there."

Say = Callable[[str], None]


def submitted(
    namespace: Mapping[str, Any],
    history: Sequence[str] | None,
    week_named: Callable[[str], str],
    say: Say,
    *,
    path: str = "",
    new_token: bool = False,
) -> Submitted:
    """Hand in the notebook that is running.

    Args:
        namespace: its variables.
        history: the cells that have run since it was started; None outside of IPython.
        week_named: the week of a question; empty where there is no such question.
        say: shows one line, in place of the one before.
        path: the notebook's file, if it is not to be looked for.
        new_token: to ask for the token again.

    Raises:
        SubmitError: when nothing was handed in, or the verdict is not known.
    """
    file = _file(namespace, history or (), path)
    if not path:
        _refuse_unsaved(file, history or ())
    week = next((each for each in map(week_named, file.checks) if each), "")
    if not week:
        raise SubmitError(
            f"{file.name} has no check of a week of this course, so where it belongs is not "
            "known. Nothing was handed in. Next: hand it in on the page of the week in your LMS."
        )
    personal = token(new=new_token)
    _refuse_written_token(file, personal)
    say(f"Sending {file.name} ...")
    sent = post(personal, f"/api/submit/{week}", _files(file))
    found = _graded(personal, sent, say)
    about = []
    if file.saved is not None:
        about = [f"The file was saved {ago(file.saved)}; what you changed since is not in it."]
        if names := _other_code(file, history or ()):
            about.append(
                f"Here {names} ran last with other code than the file has. If you have not saved "
                "that code, save the notebook (Ctrl+S), and run submit() again."
            )
    if sent.get("again"):
        about.append("This very file was handed in before; no attempt was used for it.")
    return from_answer(week, found, about)


def _file(namespace: Mapping[str, Any], history: Sequence[str], path: str) -> NotebookFile:
    if path:
        try:
            return read(Path(path))
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            raise SubmitError(
                f"Expected the file of a notebook, received {path!r}, which cannot be read as "
                "one. Nothing was handed in. Next: give the name of the notebook, such as "
                'submit("week06_backpropagation.ipynb").'
            ) from None
    checked = list(dict.fromkeys(name for cell in history for name in checked_in(cell)))
    found = running(namespace, checked)
    if found is None or not found.content:
        raise SubmitError(
            "Which file this notebook is, its editor does not say. Nothing was handed in. Next: "
            "save the notebook, and name its file, such as "
            'submit("week06_backpropagation.ipynb").'
        )
    return found


def _refuse_unsaved(file: NotebookFile, history: Sequence[str]) -> None:
    """The cell that calls `submit` is on the screen: a file without it is older than the screen."""
    if file.saved is None or not history or "submit" not in history[-1]:
        return
    if history[-1].strip() not in {cell.source.strip() for cell in file.cells}:
        raise SubmitError(
            f"The file {file.name} does not have the cell that you have just run, so it is older "
            "than what you see. Nothing was handed in. Next: save the notebook (Ctrl+S), and run "
            "submit() again."
        )


def _other_code(file: NotebookFile, history: Sequence[str]) -> str:
    """The functions whose code that ran last stands in no cell of the file, as a text."""
    in_file = {cell.source.strip() for cell in file.cells}
    ran: dict[str, str] = {}
    for cell in history:
        ran |= dict.fromkeys(_functions(cell), cell.strip())
    known = {name for source in in_file for name in _functions(source)}
    other = [name for name, source in ran.items() if name in known and source not in in_file]
    return ", ".join(f"`{name}`" for name in other[:_MOST_NAMED])


def _functions(source: str) -> list[str]:
    return _DEF.findall(source)


def _refuse_written_token(file: NotebookFile, personal: PersonalToken) -> None:
    if personal.secret.encode() in file.content:
        raise SubmitError(
            "Your token stands in the notebook, where whoever gets the notebook could use it. "
            "Nothing was handed in. Next: delete it there and save; revoke it on the page of the "
            "week, make a new one, and call submit(new_token=True)."
        )


def _files(file: NotebookFile) -> dict[str, bytes]:
    """What is sent: the notebook, and the student's own functions if they lie beside it."""
    name = file.name if file.name.endswith(".ipynb") else "notebook.ipynb"
    found = {name: file.content}
    if file.folder and "import" in "".join(cell.source for cell in file.cells):
        own = file.folder / _OWN_FUNCTIONS
        if own.is_file() and any(Path(_OWN_FUNCTIONS).stem in cell.source for cell in file.cells):
            found[_OWN_FUNCTIONS] = own.read_bytes()
    return found


def _graded(personal: PersonalToken, sent: Mapping[str, Any], say: Say) -> Mapping[str, Any]:
    """Wait until an upload is graded."""
    began, looks, found = time.monotonic(), 0, sent
    try:
        while found["state"] not in ("graded", "failed"):
            say(_waiting(found))
            if time.monotonic() > began + PATIENCE:
                raise SubmitError(f"The notebook is handed in and not graded yet. {_ON_THE_PAGE}")
            time.sleep(_PAUSES[looks] if looks < len(_PAUSES) else _LONGEST_PAUSE)
            looks += 1
            try:
                found = get(personal, f"/api/uploads/{sent['upload']}")
            except SubmitError as error:
                raise SubmitError(f"The notebook is handed in. {_ON_THE_PAGE} {error}") from None
    except KeyboardInterrupt:
        raise SubmitError(f"The notebook is handed in. {_ON_THE_PAGE}") from None
    except KeyError:
        raise SubmitError(f"The service's answer cannot be read. {_ON_THE_PAGE}") from None
    if found["state"] == "failed":
        raise SubmitError(f"The notebook is handed in, and it is not graded: {found['problem']}")
    say("Graded.")
    return found


def _waiting(found: Mapping[str, Any]) -> str:
    seconds = max(1, round(found.get("seconds") or 1))
    if ahead := found.get("ahead"):
        before = "1 notebook is" if ahead == 1 else f"{ahead} notebooks are"
        return f"Handed in; {before} before yours, about {seconds} s."
    return f"Handed in; it is being graded, about {seconds} s."
