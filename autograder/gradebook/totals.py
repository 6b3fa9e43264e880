"""What every student has for a week: the one place from which grades leave the gradebook."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import case, create_engine, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from autograder.course.directory import Course
from autograder.errors import CourseError
from autograder.light_imports import api


@dataclass(frozen=True)
class Total:
    """One student's grade for one week, with everything that a person changed in it.

    `points` holds manual grades and extra credit, less the late penalty and never below 0; it is
    None where nothing was handed in. `waiting` says that a person has still to grade a part.
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
    """The grades of all students of the course for one week, in the order of their ids.

    Args:
        course: whose gradebook is read.
        assignment: nbgrader's name for the week, such as week06_backpropagation.

    Raises:
        CourseError: when the assignment is not in the gradebook, or that cannot be read.
    """
    engine = create_engine(course.db_url)
    try:
        with Session(engine) as session:
            return _read(session, assignment)
    except SQLAlchemyError as error:
        reason = str(error).partition("\n")[0]
        raise CourseError(f"the gradebook cannot be read: {reason}") from None
    finally:
        engine.dispose()


def _read(session: Session, assignment: str) -> list[Total]:
    found = session.scalars(
        select(api.Assignment.id).where(api.Assignment.name == assignment)
    ).one_or_none()
    if found is None:
        week = assignment.partition("_")[0]
        raise CourseError(f"{assignment} is not in the gradebook; run `autograder release {week}`")
    worth = session.scalar(
        select(func.sum(api.GradeCell.max_score))
        .join(api.Notebook, api.Notebook.id == api.GradeCell.notebook_id)
        .where(api.Notebook.assignment_id == found)
    )
    graded = {row.student_id: row for row in session.execute(_sums(found))}
    everyone = session.execute(
        select(
            api.Student.id,
            api.Student.last_name,
            api.Student.first_name,
            api.Student.email,
            api.Student.lms_user_id,
        ).order_by(api.Student.id)
    )
    return [_total(student, graded.get(student.id), float(worth or 0.0)) for student in everyone]


def _sums(assignment_id: str) -> Any:
    """One row a submission: the sums over its grades."""
    submission, notebook, grade = api.SubmittedAssignment, api.SubmittedNotebook, api.Grade
    # nbgrader's own score: a person's before the automatic one, and extra credit with either.
    without_extra = func.coalesce(grade.manual_score, grade.auto_score, 0.0)
    # One notebook a submission, so its penalty is the same on every row of the group.
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
