"""What the gradebook knows of a week: its cells, how many are graded, and when it is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from autograder.course import database
from autograder.course.directory import Course
from autograder.errors import CourseError


@dataclass(frozen=True)
class Entry:
    """A week in the gradebook.

    Args:
        cells: the cells that nbgrader knows by name.
        graded: how many submissions have rows.
        due: when it is due, in UTC; None for never.
    """

    cells: frozenset[str]
    graded: int
    due: datetime | None


def find(course: Course, assignment: str) -> Entry | None:
    """A week's entry; None if the week is not in the gradebook.

    Args:
        course: whose gradebook is read.
        assignment: nbgrader's name for the week, such as week06_backpropagation.

    Raises:
        CourseError: when the gradebook cannot be read.
    """
    from sqlalchemy import func, select

    from autograder.light_imports import api

    with database.connected(course.db_url) as connection:
        table = api.Assignment
        found = connection.execute(
            select(table.id, table.duedate).where(table.name == assignment)
        ).one_or_none()
        if found is None:
            return None
        notebooks = select(api.Notebook.id).where(api.Notebook.assignment_id == found.id)
        cells = connection.scalars(
            select(api.SourceCell.name).where(api.SourceCell.notebook_id.in_(notebooks))
        )
        graded = connection.scalar(
            select(func.count())
            .select_from(api.SubmittedNotebook)
            .where(api.SubmittedNotebook.notebook_id.in_(notebooks))
        )
        due = found.duedate.replace(tzinfo=UTC) if found.duedate else None
        return Entry(frozenset(cells), int(graded or 0), due)


def set_due(course: Course, assignment: str, due: datetime) -> None:
    """Say when a week is due.

    Args:
        course: whose gradebook is written.
        assignment: nbgrader's name for the week.
        due: with its time zone.

    Raises:
        CourseError: when the gradebook cannot be written.
    """
    from sqlalchemy import update
    from sqlalchemy.exc import SQLAlchemyError

    from autograder.light_imports import api

    # nbgrader stores times in UTC, without a zone.
    stored = due.astimezone(UTC).replace(tzinfo=None)
    change: Any = update(api.Assignment).where(api.Assignment.name == assignment)
    try:
        with database.opened(course.db_url) as engine, engine.begin() as connection:
            connection.execute(change.values(duedate=stored))
    except SQLAlchemyError as error:
        why = database.reason(error)
        raise CourseError(
            f"the due date was not written to the gradebook {database.described(course.db_url)} "
            f"({why}); {database.next_step(why, course.db_url)} and try again"
        ) from None


def follow_settings(course: Course, week: str, assignment: str) -> datetime | None:
    """Write the due date that course.toml says, if the gradebook has another.

    Args:
        course: whose gradebook is written.
        week: such as week06.
        assignment: nbgrader's name for it.

    Returns:
        The new due date; None if nothing had to be changed.
    """
    wanted = course.settings.due.get(week)
    entry = find(course, assignment) if wanted else None
    if wanted is None or entry is None or entry.due == wanted:
        return None
    set_due(course, assignment, wanted)
    return wanted


def handed_in(course: Course, assignment: str) -> Sequence[str]:
    """The students who have a folder of this week in `submitted/`."""
    folders = course.root.glob(f"submitted/*/{assignment}")
    return sorted(folder.parent.name for folder in folders)
