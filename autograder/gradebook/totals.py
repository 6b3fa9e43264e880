"""Every student's total for a week: the one place that reads grades out of the gradebook."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, or_, select

from autograder.course.database import connected
from autograder.course.directory import Course
from autograder.errors import CourseError
from autograder.light_imports import api


@dataclass(frozen=True)
class Total:
    """One student's grade for one week.

    `points` includes manual grades and extra credit, minus the late penalty, and is never below 0;
    it is None if nothing was handed in. `waiting` means that a part still has to be graded by hand.
    """

    student: str
    last_name: str = ""
    first_name: str = ""
    email: str = ""
    lms_id: str = ""
    points: float | None = None
    max_points: float = 0.0
    late_penalty: float = 0.0
    extra_credit: float = 0.0
    waiting: bool = False
    handed_in: datetime | None = None


def totals(course: Course, assignment: str) -> list[Total]:
    """The grades of all students of a course for one week, ordered by student id.

    Args:
        course: whose gradebook is read.
        assignment: nbgrader's name for the week, such as week06_backpropagation.

    Raises:
        CourseError: when the assignment is not in the gradebook, or the gradebook cannot be read.
    """
    with connected(course.db_url) as connection:
        return _read(connection, assignment)


Fingerprint = tuple[Any, ...]


def fingerprints(course: Course) -> dict[str, Fingerprint]:
    """What changes when a grade or a remark of a week does, by the week's name.

    One query for all weeks: whoever watches the gradebook reads only those that have changed.

    Args:
        course: whose gradebook is read.

    Raises:
        CourseError: when the gradebook cannot be read.
    """
    submission, notebook = api.SubmittedAssignment, api.SubmittedNotebook
    grade, comment = api.Grade, api.Comment
    late = func.coalesce(notebook.late_submission_penalty, 0.0)
    graded = (
        select(
            submission.assignment_id,
            func.count(),
            func.sum(func.coalesce(grade.auto_score, -1.0)),
            func.sum(func.coalesce(grade.manual_score, -1.0)),
            func.sum(func.coalesce(grade.extra_credit, 0.0)),
            func.sum(case((grade.needs_manual_grade, 1), else_=0)),
            # Every grade of a notebook counts its penalty once.
            func.sum(late),
        )
        .join(notebook, notebook.assignment_id == submission.id)
        .join(grade, grade.notebook_id == notebook.id)
        .group_by(submission.assignment_id)
    )
    said = (
        select(
            submission.assignment_id,
            func.count(comment.manual_comment),
            func.sum(func.length(comment.manual_comment)),
        )
        .join(notebook, notebook.assignment_id == submission.id)
        .join(comment, comment.notebook_id == notebook.id)
        .group_by(submission.assignment_id)
    )
    with connected(course.db_url) as connection:
        names = dict(map(tuple, connection.execute(select(api.Assignment.id, api.Assignment.name))))
        found: dict[str, list[Any]] = {name: [] for name in names.values()}
        for query in (graded, said):
            for number, *values in connection.execute(query):
                found[names[number]] += values
    return {name: tuple(values) for name, values in found.items()}


def _read(connection: Connection, assignment: str) -> list[Total]:
    found = connection.scalars(
        select(api.Assignment.id).where(api.Assignment.name == assignment)
    ).one_or_none()
    if found is None:
        week = assignment.partition("_")[0]
        raise CourseError(f"{assignment} is not in the gradebook; run `autograder release {week}`")
    worth = sum(
        connection.scalar(
            select(func.sum(kind.max_score))
            .join(api.Notebook, api.Notebook.id == kind.notebook_id)
            .where(api.Notebook.assignment_id == found)
        )
        or 0.0
        for kind in (api.GradeCell, api.TaskCell)
    )
    graded = {row.student_id: row for row in connection.execute(_sums(found))}
    everyone = connection.execute(
        select(
            api.Student.id,
            api.Student.last_name,
            api.Student.first_name,
            api.Student.email,
            api.Student.lms_user_id,
        ).order_by(api.Student.id)
    )
    return [_total(student, graded.get(student.id), float(worth)) for student in everyone]


def _sums(assignment_id: str) -> Any:
    """One row per submission: the sums over its grades."""
    submission, notebook, grade = api.SubmittedAssignment, api.SubmittedNotebook, api.Grade
    # As nbgrader: a manual score replaces the automatic one; extra credit is added to either.
    without_extra = func.coalesce(grade.manual_score, grade.auto_score, 0.0)
    graded = or_(
        grade.auto_score.is_not(None), grade.manual_score.is_not(None), grade.needs_manual_grade
    )
    # One notebook per submission, so every row of the group has the same penalty.
    return (
        select(
            submission.student_id,
            submission.timestamp,
            func.sum(grade.score).label("points"),
            func.sum(grade.score - without_extra).label("extra"),
            func.max(func.coalesce(notebook.late_submission_penalty, 0.0)).label("penalty"),
            func.max(case((grade.needs_manual_grade, 1), else_=0)).label("waiting"),
        )
        .join(notebook, notebook.assignment_id == submission.id)
        .join(grade, grade.notebook_id == notebook.id)
        .where(submission.assignment_id == assignment_id)
        .group_by(submission.student_id, submission.timestamp)
        # An extension has rows too, before anything is handed in.
        .having(func.sum(case((graded, 1), else_=0)) > 0)
    )


def _total(student: Any, row: Any, worth: float) -> Total:
    person = Total(
        student.id,
        student.last_name or "",
        student.first_name or "",
        student.email or "",
        student.lms_user_id or "",
        max_points=worth,
    )
    if row is None:
        return person
    return replace(
        person,
        points=max(0.0, row.points - row.penalty),
        late_penalty=row.penalty,
        extra_credit=row.extra,
        waiting=bool(row.waiting),
        handed_in=row.timestamp,
    )
