"""The students' package of a course: one wheel, beside every released notebook.

It holds the released weeks, so every release makes it again. A question that has not changed is
taken from the wheel of the release before.
"""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import autograder
from autograder.course.directory import Course
from autograder.errors import CourseError
from autograder.judging.judge import Judge
from autograder.output.files import write_together
from autograder.questions import catalogue, packaged, references, small_cases
from autograder.questions.catalogue import Week
from autograder.questions.keys import digest, question_keys
from autograder.release.student_package import pack_question as packing
from autograder.release.student_package import standalone
from autograder.release.student_package.modules import COMMAND, ROOTS, modules
from autograder.release.student_package.wheel_file import file_name, write_wheel

NAME = "nn-course-check"
"""Not a name on the public index."""
REQUIRES = ("numpy>=2.1", "matplotlib>=3.9", "scikit-learn>=1.5", "ipython>=8.20")
PYTHON = ">=3.11,<3.14"
HEADERS = (
    ("Summary", "The checks of your course's notebooks"),
    ("License-Expression", "MIT"),
    ("Requires-Python", PYTHON),
    ("Classifier", "Private :: Do Not Upload"),
    *(("Requires-Dist", each) for each in REQUIRES),
)
COMMANDS = {"nnfs": f"{COMMAND}:run"}
DATA = packaged.FOLDER.relative_to(ROOTS["autograder"].parent).as_posix()
KEYS_FILE = "keys.json"
_READABLE = 0o644
_ANY = file_name(NAME, "*")

Files = Mapping[str, bytes]


def write_student_package(course: Course) -> Path:
    """Make the wheel of all released weeks: in `release/`, and beside each of their notebooks.

    Args:
        course: a course with at least one released week.

    Returns:
        The wheel in `release/`. Where nothing has changed it is the one of the release before; else
        it has a higher version, so that pip replaces the other.

    Raises:
        CourseError: when no week is released.
        MissingReference, QuestionError: when a released week can no longer be judged.
    """
    released = {
        stem: path.parent
        for stem in catalogue.stems()
        if (path := course.notebook("release", stem)).is_file()
    }
    if not released:
        raise CourseError("no week is released yet; run `autograder release week06`")
    home = course.root / "release"
    before = max(home.glob(_ANY), default=None)
    earlier = _files_of(before) if before else {}
    files = contents([catalogue.week(stem) for stem in released], earlier)
    if before and files == earlier:
        name, wheel = before.name, before.read_bytes()
    else:
        version = f"{autograder.__version__}.post{time.strftime('%Y%m%d%H%M%S', time.gmtime())}"
        name, wheel = file_name(NAME, version), write_wheel(NAME, version, HEADERS, files, COMMANDS)
    folders = [home, *released.values()]
    write_together({folder / name: wheel for folder in folders}, _READABLE)
    for old in (path for folder in folders for path in folder.glob(_ANY) if path.name != name):
        old.unlink()
    return home / name


def contents(weeks: list[Week], earlier: Files | None = None) -> dict[str, bytes]:
    """The files of a students' package, by their path.

    Args:
        weeks: the weeks that it holds.
        earlier: the files of a package that was made before, to take what has not changed.
    """
    kept = earlier or {}
    known: dict[str, str] = json.loads(kept.get(f"{DATA}/{KEYS_FILE}", b"{}"))
    keys = {name: key for week in weeks for name, key in _keys(week).items()}
    packed: dict[str, bytes] = {}
    for week in weeks:
        stale = [name for name in week.questions if known.get(name) != keys[name]]
        packed |= {name: kept[_path(name)] for name in week.questions if name not in stale}
        if stale:
            public = references.public(week.questions.values(), week.stem)
            judge = Judge(week.questions, public)
            packed |= {name: packing.pack_question(judge, name) for name in stale}
    index = {
        week.name: {each.name: each.calls for each in week.questions.values()} for week in weeks
    }
    return {
        **modules(source for content in packed.values() for source in _sources(content)),
        f"{DATA}/{packaged.INDEX_FILE}": _json(index),
        f"{DATA}/{KEYS_FILE}": _json(keys),
        **{_path(name): packed[name] for name in sorted(packed)},
        **_small_cases(weeks),
    }


def _small_cases(weeks: list[Week]) -> dict[str, bytes]:
    """The files of the small cases that hints show."""
    root = ROOTS["autograder"].parent
    files = {
        small_cases.file_of(week.name): small_cases.of_week(week.name, week.questions.values())
        for week in weeks
    }
    return {path.relative_to(root).as_posix(): each for path, each in files.items() if each}


def _path(name: str) -> str:
    return f"{DATA}/{name}.npz"


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=0).encode()


def _sources(content: bytes) -> list[str]:
    """The code of a question's data."""
    kept = packaged.unpacked(content)
    return [kept[name] for name in ("drive", "measure", "figure") if kept.get(name)]


def _keys(week: Week) -> dict[str, str]:
    """What decides each question's data: what decides its verdicts, and how it is packed."""
    how = [Path(module.__file__ or "").read_bytes() for module in (packing, standalone, packaged)]
    return {name: digest(key.encode(), *how).hex() for name, key in question_keys(week).items()}


def _files_of(wheel: Path) -> dict[str, bytes]:
    """What a wheel installs, by its path; nothing if it cannot be read."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            names = [each for each in archive.namelist() if ".dist-info/" not in each]
            return {name: archive.read(name) for name in names}
    except (OSError, zipfile.BadZipFile):
        return {}
