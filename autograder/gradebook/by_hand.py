"""What people have decided beside the automatic grades of a week: points, remarks, due dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select

from autograder.course.database import connected
from autograder.course.directory import Course
from autograder.light_imports import api


class Part(NamedTuple):
    """A cell that a person grades or has graded.

    Attributes:
        name: of the cell.
        points: a person's points, or None as long as they are missing.
        max_points: what it is worth.
        automatic: the points that they replace; None if only people grade this cell.
    """

    name: str
    points: float | None
    max_points: float
    automatic: float | None = None


@dataclass(frozen=True)
class ByHand:
    """What concerns one student.

    Attributes:
        parts: the cells that a person grades or has graded.
        remarks: the cells that a person has commented on, and the comments.
        due: when the work was due, in UTC, with the student's extension; only for late work.
    """

    parts: tuple[Part, ...] = ()
    remarks: tuple[tuple[str, str], ...] = ()
    due: datetime | None = None


def by_hand(course: Course, assignment: str) -> Mapping[str, ByHand]:
    """The work of people on a week, by student; only of students whom it concerns.

    Args:
        course: whose gradebook is read.
        assignment: nbgrader's name for the week, such as week06_backpropagation.

    Raises:
        CourseError: when the gradebook cannot be read.
    """
    parts: dict[str, list[Part]] = {}
    remarks: dict[str, list[tuple[str, str]]] = {}
    with connected(course.db_url) as connection:
        for kind in (api.GradeCell, api.TaskCell):
            for row in connection.execute(_grades(assignment, kind)):
                parts.setdefault(row.student_id, []).append(_part(row))
        for row in connection.execute(_remarks(assignment)):
            remarks.setdefault(row.student_id, []).append((row.name, row.manual_comment))
        late = connection.execute(_late(assignment))
        due = {row.student_id: row.duedate + (row.extension or timedelta()) for row in late}
    return {
        student: ByHand(
            tuple(parts.get(student, ())), tuple(remarks.get(student, ())), due.get(student)
        )
        for student in {*parts, *remarks, *due}
    }


def _part(row: Any) -> Part:
    return Part(row.name, row.manual_score, row.max_score, row.auto_score)


def _grades(assignment: str, kind: Any) -> Any:
    """The cells of a kind that a person has graded, or has to grade."""
    submission, notebook, grade = api.SubmittedAssignment, api.SubmittedNotebook, api.Grade
    return (
        select(
            submission.student_id,
            kind.name,
            kind.max_score,
            grade.auto_score,
            grade.manual_score,
        )
        .join(notebook, notebook.assignment_id == submission.id)
        .join(grade, grade.notebook_id == notebook.id)
        .join(kind, kind.id == grade.cell_id)
        .join(api.Assignment, api.Assignment.id == submission.assignment_id)
        .where(api.Assignment.name == assignment)
        .where(
            grade.manual_score.is_not(None)
            | (grade.needs_manual_grade & grade.auto_score.is_(None))
        )
        .order_by(submission.student_id, kind.name)
    )


def _late(assignment: str) -> Any:
    submission, notebook = api.SubmittedAssignment, api.SubmittedNotebook
    return (
        select(submission.student_id, api.Assignment.duedate, submission.extension)
        .join(notebook, notebook.assignment_id == submission.id)
        .join(api.Assignment, api.Assignment.id == submission.assignment_id)
        .where(api.Assignment.name == assignment, api.Assignment.duedate.is_not(None))
        .where(notebook.late_submission_penalty > 0)
    )


def _remarks(assignment: str) -> Any:
    submission, notebook = api.SubmittedAssignment, api.SubmittedNotebook
    return (
        select(submission.student_id, api.BaseCell.name, api.Comment.manual_comment)
        .join(notebook, notebook.assignment_id == submission.id)
        .join(api.Comment, api.Comment.notebook_id == notebook.id)
        .join(api.BaseCell, api.BaseCell.id == api.Comment.cell_id)
        .join(api.Assignment, api.Assignment.id == submission.assignment_id)
        .where(api.Assignment.name == assignment)
        .where(api.Comment.manual_comment.is_not(None), api.Comment.manual_comment != "")
        .order_by(submission.student_id, api.BaseCell.name)
    )
