"""What grading found, kept beside the gradebook: mistakes, messages and times by question.

nbgrader's tables hold points. Which misconception cost them, and what the student was told, stands
here, one small file a submission. It is written whole and after its rows: a report with a key says
that everything of this result is in its place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from autograder.course.directory import Course
from autograder.errors import CourseError
from autograder.output.files import write_whole
from autograder.records import Outcome, Report, Verdict

_NOT_KEPT = ("verdicts", "notebook", "answers", "kept", "judged_again")
_KEPT = [field.name for field in fields(Report) if field.name not in _NOT_KEPT]


def save(root: Path, assignment: str, report: Report) -> None:
    """Keep a report, without its notebook, in place of the student's earlier one.

    Args:
        root: the course directory.
        assignment: nbgrader's name for the week.
        report: what grading one submission found.

    Raises:
        OSError: when it cannot be written.
    """
    path = folder(root, assignment) / f"{report.student}.json"
    # For the instructor alone, like the secret: it tells what each student got wrong.
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(path, json.dumps(as_plain(report)).encode("utf-8", "replace"), 0o600)


def as_plain(report: Report) -> dict[str, Any]:
    """A report without its notebook, as what JSON can hold."""
    plain = {name: getattr(report, name) for name in _KEPT}
    plain["verdicts"] = [dict(vars(verdict)) for verdict in report.verdicts]
    return plain


def from_plain(plain: Mapping[str, Any]) -> Report:
    """The report that `as_plain` took apart.

    Raises:
        KeyError, TypeError, ValueError: when it is none.
    """
    verdicts = tuple(_verdict(each) for each in plain["verdicts"])
    return Report(**{**plain, "problems": tuple(plain["problems"]), "verdicts": verdicts})


def find(root: Path, assignment: str, student: str) -> Report | None:
    """A student's kept report, or None where there is none that can be read."""
    path = folder(root, assignment) / f"{student}.json"
    try:
        return _read(path) if path.is_file() else None
    except CourseError:
        return None


def load(course: Course, assignment: str) -> Iterator[Report]:
    """Every kept report of an assignment, in the order of the students' ids, one at a time.

    Raises:
        CourseError: when nothing has been graded, or a file was damaged.
    """
    paths = sorted(folder(course.root, assignment).glob("[!.]*.json"))
    if not paths:
        raise CourseError(
            f"nothing of {assignment} has been graded; "
            f"run `autograder grade {assignment.partition('_')[0]}`"
        )
    return map(_read, paths)


def _read(path: Path) -> Report:
    try:
        return from_plain(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CourseError(
            f"the report {path} is damaged ({error}); delete it and grade again"
        ) from None


def _verdict(kept: dict[str, Any]) -> Verdict:
    # Reports of earlier versions hold no figures.
    figures = tuple((name, value) for name, value in kept.get("figures", ()))
    return Verdict(**{**kept, "outcome": Outcome(kept["outcome"]), "figures": figures})


def folder(root: Path, assignment: str) -> Path:
    """Where an assignment's reports are kept."""
    return root / ".autograder" / "reports" / assignment
