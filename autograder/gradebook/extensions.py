"""More time for one student: nbgrader's extension, which may come before the work does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, select

from autograder.course import enrolment
from autograder.course.database import connected
from autograder.course.directory import Course
from autograder.course.gradebook import opened
from autograder.errors import CourseError
from autograder.gradebook.bulk import BulkWriter
from autograder.light_imports import api

_AMOUNT = re.compile(r"(\d+(?:[.,]\d+)?)\s*(minutes?|min|m|hours?|h|days?|d|weeks?|w)", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class Extended:
    """What an extension means: the week's due date and the student's own, in UTC."""

    due: datetime | None
    until: datetime | None
    extension: timedelta


def extend(course: Course, assignment: str, student: str, text: str) -> Extended:
    """Give a student more time for a week, in place of an earlier extension.

    The late penalty of work that is graded already is computed again.

    Args:
        course: whose gradebook is changed.
        assignment: nbgrader's name for the week, such as week06_backpropagation.
        student: the student's id.
        text: such as `48h`, `2d`, `1w 12h`, a date such as `2026-12-03 23:59+01:00`, or `0` for
            no extension.

    Raises:
        UnknownName: when there is no such student.
        CourseError: when the week is not released, or the text is no time.
    """
    from nbgrader.api import MissingEntry

    enrolment.graded_weeks(course, student)
    with opened(course) as gradebook:
        try:
            due = gradebook.find_assignment(assignment).duedate
        except MissingEntry:
            week = assignment.partition("_")[0]
            raise CourseError(
                f"{week} is not released in this course; run `autograder release {week}`"
            ) from None
        extension = _read(text, due)
        _write(gradebook, assignment, student, extension or None)
    if course.notebook("autograded", assignment, student).is_file():
        with BulkWriter(course, assignment) as writer:
            writer.renew_penalties([student])
    return Extended(due, due + extension if due else None, extension)


def deadlines(course: Course, student: str) -> dict[str, Extended]:
    """What is due when for a student, by nbgrader's names of the released weeks.

    Args:
        course: whose gradebook is read.
        student: the student's id.

    Raises:
        CourseError: when the gradebook cannot be read.
    """
    owner = api.SubmittedAssignment
    mine = and_(owner.assignment_id == api.Assignment.id, owner.student_id == student)
    wanted = select(api.Assignment.name, api.Assignment.duedate, owner.extension)
    found = {}
    with connected(course.db_url) as connection:
        for row in connection.execute(wanted.outerjoin(owner, mine)):
            due = row.duedate.replace(tzinfo=UTC) if row.duedate else None
            extension = row.extension or timedelta()
            found[row.name] = Extended(due, due + extension if due else None, extension)
    return found


def _write(gradebook: Any, assignment: str, student: str, extension: timedelta | None) -> None:
    from nbgrader.api import MissingEntry

    try:
        gradebook.find_submission(assignment, student).extension = extension
    except MissingEntry:
        made = gradebook.add_submission(assignment, student, extension=extension)
        for grade in (grade for notebook in made.notebooks for grade in notebook.grades):
            # Nothing is handed in yet that a person could grade.
            grade.needs_manual_grade = False
    gradebook.db.commit()


def _read(text: str, due: datetime | None) -> timedelta:
    squeezed = text.strip().lower()
    if squeezed in ("0", "none"):
        return timedelta()
    amounts = _AMOUNT.findall(squeezed)
    if amounts and not _AMOUNT.sub("", squeezed).strip(" ,and"):
        given = {_UNITS[unit[0]]: 0.0 for _, unit in amounts}
        for amount, unit in amounts:
            given[_UNITS[unit[0]]] += float(amount.replace(",", "."))
        return _reasonable(timedelta(**given), text)
    try:
        until = datetime.fromisoformat(text.strip())
    except ValueError:
        raise CourseError(
            f"{text!r} is no extension; expected a length such as 48h, 2d or 1w, a date such as "
            "2026-12-03 23:59+01:00, or 0 to take an extension back"
        ) from None
    if due is None:
        raise CourseError(
            f"the week has no due date, so {text!r} cannot be counted from it; give a length such "
            "as 48h, or set the due date first"
        )
    # Without a zone it is this machine's time, as with every date that a person types.
    in_utc = until.astimezone(UTC).replace(tzinfo=None)
    if in_utc <= due:
        raise CourseError(
            f"{text!r} is not after the due date, {due:%Y-%m-%d %H:%M} UTC; nothing was changed"
        )
    return _reasonable(in_utc - due, text)


def _reasonable(extension: timedelta, text: str) -> timedelta:
    if extension > _LONGEST:
        raise CourseError(f"an extension of {text!r} is more than a year; nothing was changed")
    return extension
