"""What instructors and assistants have done: who, when, and about whom.

Rows are only ever added, and before the deed: a kill in between leaves a row too many, never one
too few.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, Row, insert, select

from autograder.errors import AutograderError
from autograder.lms.lti.store import reading
from autograder.service.tables import ACTIONS

SHOWN = 200
_LONGEST = 2000


@dataclass(frozen=True)
class By:
    """Who does something: the LMS's names for them."""

    platform: int
    subject: str
    name: str


@contextmanager
def recorded(
    engine: Engine,
    by: By,
    action: str,
    assignment: str = "",
    student: str = "",
    details: str = "",
) -> Iterator[None]:
    """Record an action that is done inside; one that fails gets a second row that says so.

    Args:
        engine: the service's database.
        by: who does it.
        action: such as "extend".
        assignment: nbgrader's name for the week; empty if it is about none.
        student: whom it is about; empty for a whole week.
        details: such as how long an extension is.
    """
    about = {"action": action, "assignment": assignment, "student": student}
    _add(engine, by, details, about)
    try:
        yield
    except AutograderError as error:
        _add(engine, by, f"not done: {error}", about)
        raise
    except Exception as error:
        _add(engine, by, f"not done: {type(error).__name__}", about)
        raise


def _add(engine: Engine, by: By, details: str, about: dict[str, str]) -> None:
    row = {
        "moment": datetime.now(UTC),
        "platform": by.platform,
        "subject": by.subject,
        "name": by.name,
        "details": details[:_LONGEST],
        **about,
    }
    with engine.begin() as connection:
        connection.execute(insert(ACTIONS).values(row))


def latest(
    engine: Engine, assignment: str = "", student: str = "", before: int = 0
) -> Sequence[Row[Any]]:
    """Actions, the newest first; at most `SHOWN`.

    Args:
        engine: the service's database.
        assignment, student: what they are about; empty for anything.
        before: only older ones than that of this number; 0 for the newest.
    """
    found = select(ACTIONS).order_by(ACTIONS.c.id.desc()).limit(SHOWN)
    if assignment:
        found = found.where(ACTIONS.c.assignment == assignment)
    if student:
        found = found.where(ACTIONS.c.student == student)
    if before:
        found = found.where(ACTIONS.c.id < before)
    with reading(engine) as connection:
        return connection.execute(found).all()
