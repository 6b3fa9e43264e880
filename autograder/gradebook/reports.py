"""Reports of what grading found, saved beside the gradebook: mistakes, messages and times.

nbgrader's tables hold points only. Which misconception cost them and what the student was told is
saved here, in one small file per submission. It is written atomically and after the gradebook's
rows, so a report with a key shows that the whole result has been saved.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from autograder.course.directory import Course
from autograder.errors import CourseError
from autograder.output.files import make_private, write_whole
from autograder.records import Outcome, Report, Verdict

_NOT_KEPT = ("verdicts", "notebook", "answers", "kept", "judged_again")
_KEPT = [field.name for field in fields(Report) if field.name not in _NOT_KEPT]


def save(root: Path, assignment: str, report: Report) -> None:
    """Save a report, without its notebook, replacing the student's earlier one.

    Args:
        root: the course directory.
        assignment: nbgrader's name for the week.
        report: the result of grading one submission.

    Raises:
        OSError: when it cannot be written.
    """
    path = folder(root, assignment) / f"{report.student}.json"
    # Private to the instructor: it tells what each student got wrong.
    make_private(path.parent)
    write_whole(path, json.dumps(as_plain(report)).encode("utf-8", "replace"))


def as_plain(report: Report) -> dict[str, Any]:
    """A report without its notebook, as plain data for JSON."""
    plain = {name: getattr(report, name) for name in _KEPT}
    plain["verdicts"] = [dict(vars(verdict)) for verdict in report.verdicts]
    return plain


def from_plain(plain: Mapping[str, Any]) -> Report:
    """The report that `as_plain` converted.

    Raises:
        KeyError, TypeError, ValueError: when the data is not a report.
    """
    verdicts = tuple(_verdict(each) for each in plain["verdicts"])
    # Reports written by earlier versions have no digests of answers.
    texts = tuple((name, digest) for name, digest in plain.get("texts", ()))
    made = {"problems": tuple(plain["problems"]), "verdicts": verdicts, "texts": texts}
    return Report(**{**plain, **made})


def find(root: Path, assignment: str, student: str) -> Report | None:
    """A student's saved report, or None if there is none or it cannot be read."""
    path = folder(root, assignment) / f"{student}.json"
    try:
        return _read(path) if path.is_file() else None
    except CourseError:
        return None


def load(course: Course, assignment: str) -> Iterator[Report]:
    """Every saved report of an assignment, one at a time, ordered by student id.

    Raises:
        CourseError: when nothing has been graded, or a file is damaged.
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
    # Reports written by earlier versions have none of these.
    pairs = {
        field: tuple((name, value) for name, value in kept.get(field, ()))
        for field in ("figures", "lost")
    }
    names = {field: tuple(kept.get(field, ())) for field in ("calls", "lost_cases")}
    return Verdict(**{**kept, "outcome": Outcome(kept["outcome"]), **pairs, **names})


def folder(root: Path, assignment: str) -> Path:
    """The folder with an assignment's reports."""
    return root / ".autograder" / "reports" / assignment
