"""What was exported last, and to where: which grades the LMS does not have yet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from autograder.course.directory import Course
from autograder.output.files import make_private, write_whole


@dataclass(frozen=True)
class Exported:
    """The points that the last export of a week gave each student.

    Attributes:
        to: the exporter's name.
        when: in UTC.
        points: by student; None where nothing was handed in.
    """

    to: str
    when: datetime
    points: Mapping[str, float | None] = field(default_factory=dict)


def remember(course: Course, assignment: str, to: str, points: Mapping[str, float | None]) -> None:
    """Record an export, beside earlier ones of students whom this one left out.

    Args:
        course: where the record is kept.
        assignment: nbgrader's name for the week, such as week06_backpropagation.
        to: the exporter's name.
        points: of the students who were exported.
    """
    earlier = recall(course, assignment)
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    plain = {
        "to": to,
        "when": now.isoformat(),
        "points": {**(earlier.points if earlier else {}), **points},
    }
    path = _path(course, assignment)
    make_private(path.parent)
    write_whole(path, json.dumps(plain, indent=1).encode())


def recall(course: Course, assignment: str) -> Exported | None:
    """The record of a week's last export; None if there is none or it cannot be read."""
    try:
        plain = json.loads(_path(course, assignment).read_text(encoding="utf-8"))
        return Exported(plain["to"], datetime.fromisoformat(plain["when"]), dict(plain["points"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _path(course: Course, assignment: str) -> Path:
    return course.root / ".autograder" / "exported" / f"{assignment}.json"
