"""Imports a week's modules, and says in a sentence what is wrong with one that cannot be used."""

from __future__ import annotations

import importlib
import re
import sys
import traceback
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import autograder.questions
from autograder.errors import AutograderError, QuestionError
from autograder.questions import places, time_limit
from autograder.questions.define import Written
from autograder.questions.time_limit import at_most

_PREFIX = f"{autograder.questions.__name__}."
_WEEK_MODULE = re.compile(r"questions\.(week\d\d)_")


@dataclass(frozen=True)
class WeekSettings:
    """What a week's `__init__.py` states; `points` is None where it leaves the sum to us."""

    name: str
    title: str
    points: float | None
    parts: tuple[str, ...]
    written: tuple[Written, ...]
    libraries: tuple[str, ...]


def forget_weeks(changed: Collection[str]) -> None:
    """Drop imported weeks, so that the next import reads their files again.

    Args:
        changed: their names, such as week06; weeks that import from them are dropped too.
    """
    loaded = {
        name: module
        for name, module in sys.modules.items()
        if name.startswith(f"{_PREFIX}week") and module is not None
    }
    gone = set(changed)
    while more := {_week(n) for n, module in loaded.items() if gone & _imported(module)} - gone:
        gone |= more
    for name in [name for name in loaded if _week(name) in gone]:
        del sys.modules[name]
        parent, _, child = name.rpartition(".")
        if f"{parent}." == _PREFIX and hasattr(autograder.questions, child):
            delattr(autograder.questions, child)
    importlib.invalidate_caches()


def _week(module: str) -> str:
    return module.removeprefix(_PREFIX)[:6]


def _imported(module: ModuleType) -> set[str]:
    """The weeks that a module's text names as modules."""
    try:
        return set(_WEEK_MODULE.findall(Path(module.__file__ or "").read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return set()


def import_module(name: str) -> ModuleType:
    """Import a week or one of its parts.

    Raises:
        QuestionError: when it cannot be imported, with the file and line where there is one.
    """
    before = sys.dont_write_bytecode
    # Bytecode would be in the instructor's folder, and stale if an edit keeps a file's second
    # and size.
    sys.dont_write_bytecode = before or places.is_own(_folder(name))
    try:
        with at_most(time_limit.REFERENCE_SECONDS, f"importing {name.removeprefix(_PREFIX)}"):
            return importlib.import_module(name)
    except AutograderError:
        raise
    except ModuleNotFoundError as error:
        if error.name != name:
            raise QuestionError(_told(name, error)) from error
        folder, _, part = name.removeprefix(_PREFIX).partition(".")
        raise QuestionError(
            f"{folder}: PARTS names {part!r}, but there is no {part}.py; "
            "add the file, or take the name out of PARTS"
        ) from None
    except Exception as error:
        raise QuestionError(_told(name, error)) from error
    finally:
        sys.dont_write_bytecode = before


def week_settings(module: ModuleType, stem: str) -> WeekSettings:
    """What the week's `__init__.py` states.

    Raises:
        QuestionError: when something is missing or of another kind.
    """
    stated = vars(module)
    file = f"{stem}/__init__.py"
    if missing := [name for name in ("WEEK", "TITLE", "PARTS") if name not in stated]:
        raise QuestionError(f"{file} has no {missing[0]}; see the __init__.py of another week")
    name, title, points = stated["WEEK"], stated["TITLE"], stated.get("POINTS")
    if name != stem[:6]:
        raise QuestionError(f"{file}: WEEK is {name!r}, expected {stem[:6]!r}, as in its folder")
    if not isinstance(title, str) or not title.strip():
        raise QuestionError(f"{file}: TITLE is {title!r}, expected some words")
    if points is not None and (isinstance(points, bool) or not isinstance(points, (int, float))):
        raise QuestionError(f"{file}: POINTS is {points!r}, expected a number such as 100")
    return WeekSettings(
        name,
        title,
        points,
        _all(str, stated["PARTS"], f'{file}: PARTS should be names of files, such as ("relu",)'),
        _all(
            Written,
            stated.get("WRITTEN", ()),
            f"{file}: WRITTEN should be a tuple of Written(...); a single one needs a comma "
            "after it",
        ),
        _all(str, stated.get("LIBRARIES", ()), f'{file}: LIBRARIES should be as in ("keras",)'),
    )


def _all(kind: type, given: object, otherwise: str) -> tuple:  # type: ignore[type-arg]
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise QuestionError(otherwise)
    found = tuple(given)
    if not all(isinstance(each, kind) for each in found):
        raise QuestionError(otherwise)
    return found


def _folder(name: str) -> Path:
    return places.folder_of(name.removeprefix(_PREFIX).partition(".")[0])


def _told(name: str, error: Exception) -> str:
    """What failed, and the line of the week's own files where it did."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}, line {error.lineno}: {error.msg}"
    folder = str(_folder(name))
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(folder)
    ]
    where = f"{frames[-1].filename}, line {frames[-1].lineno}" if frames else name
    return f"{where}: {type(error).__name__}: {error}"
