"""What should stand in the LMS: a week's grades as the gradebook has them, with their comments."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.course.database import SQLITE
from autograder.course.directory import Course
from autograder.feedback.comment import NOBODY, comment
from autograder.gradebook import reports
from autograder.gradebook.by_hand import by_hand
from autograder.gradebook.totals import Total, totals
from autograder.records import Report


@dataclass(frozen=True)
class Grade:
    """One student's grade for a week.

    Attributes:
        student: the id.
        points: manual grades and late penalty included.
        max_points: what the week is worth.
        final: whether no part of it waits for a person.
        comment: what the LMS shows beside it.
        submitted: when the work was handed in.
    """

    student: str
    points: float
    max_points: float
    final: bool
    comment: str
    submitted: datetime | None


def grades(
    course: Course,
    assignment: str,
    students: Collection[str] | None = None,
    new: Mapping[str, Report] | None = None,
) -> dict[str, Grade]:
    """The grades of those who have one, by student.

    Args:
        course: whose gradebook and reports are read.
        assignment: nbgrader's name for the week, such as week06_backpropagation.
        students: whose; by default everybody's.
        new: reports that are known already.

    Raises:
        CourseError: when the gradebook cannot be read.
    """
    people = by_hand(course, assignment)
    found = {}
    for total in totals(course, assignment):
        if total.points is None or (students is not None and total.student not in students):
            continue
        report = (new or {}).get(total.student) or reports.find(
            course.root, assignment, total.student
        )
        told = comment(report, total, people.get(total.student, NOBODY)) if report else ""
        found[total.student] = _grade(total, told)
    return found


def gradebook_stamp(course: Course) -> tuple[int, int] | None:
    """Changes when the gradebook does; None for PostgreSQL, where only a query tells."""
    if not course.db_url.startswith(SQLITE):
        return None
    status = Path(course.db_url.removeprefix(SQLITE)).stat()
    return status.st_mtime_ns, status.st_size


def _grade(total: Total, told: str) -> Grade:
    assert total.points is not None
    submitted = total.handed_in.replace(tzinfo=UTC) if total.handed_in else None
    return Grade(
        total.student,
        round(total.points, 4),
        total.max_points,
        not total.waiting,
        told,
        submitted,
    )
