"""What a course has released: the record that `release` writes, and that `grade` compares with.

.autograder/released/<stem>.json    private: the lesson as a notebook has the solutions
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import autograder
from autograder.course.directory import Course
from autograder.errors import CourseError
from autograder.intake.former import former_cells
from autograder.light_imports import from_dict
from autograder.output.files import PRIVATE, make_private, write_whole
from autograder.questions.keys import question_keys

if TYPE_CHECKING:
    from autograder.questions.catalogue import Week

FOLDER = Path(".autograder", "released")
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Record:
    """One released week, as the package and the lesson had it.

    Args:
        points: the points of its questions, written ones included, by name; None for a week of an
            earlier version, whose points are those of its released notebook.
        keys: what decided each question's verdict then (see `questions.keys`).
        notebook: the lesson with its solutions (nbformat 4), before the instructor's edits.
        lesson: a digest of the lesson script.
        files: what was written beside the notebook, by name.
        own: whether students bring functions of earlier weeks along.
        version: the package's version.
        accepted: differences with which the instructor has chosen to grade as released.
        made: digests of the notebooks in `source/` and `release/`, by nbgrader's name of the step.
        provided: the instructor's files beside the notebook in `source/`.
        former: cells as earlier releases had them (see `intake.former`).
    """

    points: Mapping[str, float | None]
    keys: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    notebook: Any = None
    lesson: str = ""
    files: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    own: bool = False
    version: str = ""
    accepted: tuple[str, ...] = ()
    made: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    provided: tuple[str, ...] = ()
    former: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


def record_of(week: Week, notebook: Any, lesson: str, files: Mapping[str, str]) -> Record:
    """The record of a week that is released now.

    Args:
        week: the week.
        notebook: its lesson as a notebook with the solutions.
        lesson: a digest of its lesson script.
        files: what is written beside the notebook, by name.
    """
    points = week.points_by_name
    keys = question_keys(week) if week.questions else {}
    version = autograder.__version__
    return Record(points, keys, notebook, lesson, dict(files), bool(files), version)


def finish(course: Course, stem: str, record: Record, before: Mapping[str, Path]) -> None:
    """Save the record of a release that has just happened.

    A notebook that it replaced and that nobody but a person can have made is kept in
    `.autograder/released/replaced/`.

    Args:
        course: whose `source/` and `release/` hold the new notebooks.
        stem: nbgrader's name for the week.
        record: what was released.
        before: the folders with the notebooks of before, by step.

    Raises:
        OSError: when something cannot be written.
    """
    earlier = load(course, stem)
    former = dict(earlier.former) if earlier else {}
    made = {}
    for step, folder in before.items():
        now = course.notebook(step, stem).read_bytes()
        made[step] = _digest(now)
        path = folder / f"{stem}.ipynb"
        if not path.is_file():
            continue
        replaced = path.read_bytes()
        if step == "release":
            former |= _former(replaced, now)
        known = (made[step], earlier.made.get(step) if earlier else None)
        if _digest(replaced) not in known:
            target = course.root / FOLDER / "replaced" / f"{stem}.{step}-{_digest(replaced)}.ipynb"
            make_private(target.parent)
            write_whole(target, replaced, PRIVATE)
    folder = course.folder("source", stem)
    files = (str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())
    provided = tuple(sorted(name for name in files if not name.endswith(".ipynb")))
    save(course, stem, replace(record, made=made, provided=provided, former=former))


def _former(replaced: bytes, now: bytes) -> dict[str, str]:
    from autograder.light_imports import nbformat

    try:
        before, after = (nbformat.reads(text.decode(), as_version=4) for text in (replaced, now))
        return former_cells(before, after)
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}  # not a notebook: no student can have worked on it


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=6).hexdigest()


def save(course: Course, stem: str, record: Record) -> None:
    """Write a week's record, in place of the one before.

    Raises:
        OSError: when it cannot be written.
    """
    path = _path(course.root, stem)
    make_private(path.parent)
    write_whole(path, json.dumps(asdict(record)).encode("utf-8", "replace"), PRIVATE)


def load(course: Course, stem: str) -> Record | None:
    """A week's record; None if an earlier version released it, or nobody did.

    Raises:
        CourseError: when the record is damaged.
    """
    path = _path(course.root, stem)
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        # Another version's record may have other fields.
        known = {each.name: plain[each.name] for each in fields(Record) if each.name in plain}
        lists = {name: tuple(plain.get(name, ())) for name in ("accepted", "provided")}
        made = Record(**{**known, **lists})
        return replace(made, notebook=from_dict(made.notebook))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CourseError(
            f"the record {path} of what was released is damaged ({error}); restore it from a "
            "backup, or delete it: the released notebook then says what was released"
        ) from None


def _path(root: Path, stem: str) -> Path:
    return root / FOLDER / f"{stem}.json"
