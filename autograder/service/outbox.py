"""The outbox: what each column of the LMS's gradebook should hold, until the LMS has taken it.

A row stands for one column and one person. It says what the grade should be, so that a regrade
replaces what has not been sent yet, and nothing is sent twice. `want` is called in the transaction
that says that an upload is graded; `deliver.py` sends what is due.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update

from autograder.lms.lti.roles import Role
from autograder.lms.lti.store import reading
from autograder.lms.lti.tables import CONTEXTS, LINE_ITEMS, PEOPLE
from autograder.service.grades import Grade
from autograder.service.tables import HOLDS, MEMBERS, SCORES


class State(StrEnum):
    """Where a row stands."""

    DUE = "due"
    DELIVERED = "delivered"
    UNFINISHED = "unfinished"
    """A part waits for a person, so that nothing is sent: many an LMS would erase its grade."""
    REFUSED = "refused"
    """The LMS will not take it; a person has to see why."""


def want(
    connection: Connection,
    assignment: str,
    grades: Mapping[str, Grade],
    *,
    new_attempts: bool = False,
    send_unfinished: bool = False,
    now: datetime | None = None,
) -> int:
    """Say what the LMS should hold for a week.

    Args:
        connection: of the transaction that this belongs to.
        assignment: nbgrader's name for the week, such as week06_backpropagation.
        grades: by student.
        new_attempts: whether these come from new uploads; otherwise earlier grades have changed.
        send_unfinished: whether points go out while a part still waits for a person.
        now: by default now.

    Returns:
        How many rows changed.
    """
    now = now or datetime.now(UTC)
    if not grades:
        return 0
    week = assignment.partition("_")[0]
    known = {
        (row.line_item, row.subject): row
        for row in connection.execute(select(SCORES).where(SCORES.c.assignment == assignment))
    }
    changed = 0
    for place in _places(connection, week, assignment):
        grade = grades.get(place.student)
        if grade is None:
            continue
        row = known.get((place.line_item, place.subject))
        wanted = _wanted(grade, send_unfinished)
        if row is None:
            values = wanted | {
                "line_item": place.line_item,
                "subject": place.subject,
                "student": place.student,
                "assignment": assignment,
                "revision": 1,
                "new_attempt": True,
                "due": now,
            }
            connection.execute(insert(SCORES).values(values))
        elif new_attempts or _differs(row, wanted | {"student": place.student}):
            values = wanted | {
                "student": place.student,
                "revision": row.revision + 1,
                # What was not delivered yet still is a new attempt.
                "new_attempt": new_attempts or (row.new_attempt and row.state != State.DELIVERED),
                "due": now,
                "tries": 0,
                "problem": None,
            }
            connection.execute(update(SCORES).where(SCORES.c.id == row.id).values(values))
        else:
            continue
        changed += 1
    return changed


def weeks(engine: Engine, stems: Sequence[str]) -> list[str]:
    """Those of the assignments that have a column in a connected course of an LMS."""
    found = (
        select(LINE_ITEMS.c.week)
        .join(CONTEXTS, CONTEXTS.c.id == LINE_ITEMS.c.context)
        .where(CONTEXTS.c.connected, LINE_ITEMS.c.week.is_not(None))
    )
    with reading(engine) as connection:
        named = set(connection.scalars(found))
    return [stem for stem in stems if {stem, stem.partition("_")[0]} & named]


Reach = tuple[int, ...]


def reach(engine: Engine) -> Reach:
    """Changes when more grades can reach an LMS: somebody has come, or a column is known."""
    counted = (
        select(func.count()).select_from(MEMBERS),
        select(func.count(PEOPLE.c.student)),
        select(func.count(LINE_ITEMS.c.week)),
        select(func.count()).where(CONTEXTS.c.connected),
    )
    with reading(engine) as connection:
        return tuple(int(connection.scalar(each) or 0) for each in counted)


def _places(connection: Connection, week: str, assignment: str) -> list[Row[Any]]:
    """The columns of a week in connected LMS courses, and the students who are in these."""
    return list(
        connection.execute(
            select(
                LINE_ITEMS.c.id.label("line_item"),
                PEOPLE.c.subject,
                PEOPLE.c.student,
            )
            .join(CONTEXTS, CONTEXTS.c.id == LINE_ITEMS.c.context)
            .join(MEMBERS, MEMBERS.c.context == CONTEXTS.c.id)
            .join(PEOPLE, PEOPLE.c.id == MEMBERS.c.person)
            .where(
                CONTEXTS.c.connected,
                LINE_ITEMS.c.week.in_((week, assignment)),
                PEOPLE.c.student.is_not(None),
                # Staff have no grades: an LMS refuses them, or shows them to the class.
                MEMBERS.c.role == Role.STUDENT.value,
            )
        )
    )


def _wanted(grade: Grade, send_unfinished: bool) -> dict[str, Any]:
    final = grade.final or send_unfinished
    return {
        "points": grade.points,
        "max_points": grade.max_points,
        "final": final,
        "comment": grade.comment,
        "submitted": grade.submitted,
        "state": State.DUE if final else State.UNFINISHED,
    }


def _differs(row: Row[Any], wanted: Mapping[str, Any]) -> bool:
    parts = ("student", "points", "max_points", "final", "comment")
    return any(getattr(row, part) != wanted[part] for part in parts)


def hold(engine: Engine, assignment: str, by_person: str, now: datetime | None = None) -> None:
    """Hold a week's grades back from the LMS until they are released."""
    with engine.begin() as connection:
        connection.execute(delete(HOLDS).where(HOLDS.c.assignment == assignment))
        row = {"assignment": assignment, "since": now or datetime.now(UTC), "by_person": by_person}
        connection.execute(insert(HOLDS).values(row))


def release(engine: Engine, assignment: str) -> None:
    """Let a week's grades go to the LMS."""
    with engine.begin() as connection:
        connection.execute(delete(HOLDS).where(HOLDS.c.assignment == assignment))


def is_held(engine: Engine, assignment: str) -> bool:
    """Whether a week's grades are held back."""
    with reading(engine) as connection:
        found = select(HOLDS.c.assignment).where(HOLDS.c.assignment == assignment)
        return connection.scalar(found) is not None


def try_again(engine: Engine, assignment: str, now: datetime | None = None) -> int:
    """Send again what the LMS refused, after somebody has corrected the cause."""
    with engine.begin() as connection:
        result = connection.execute(
            update(SCORES)
            .where(SCORES.c.assignment == assignment, SCORES.c.state == State.REFUSED)
            .values(state=State.DUE, due=now or datetime.now(UTC), tries=0, problem=None)
        )
        return result.rowcount


def states(engine: Engine, assignment: str, student: str | None = None) -> list[Row[Any]]:
    """The rows of a week: `student`, `state`, `points`, `max_points`, `sent_at`, `problem`."""
    found = select(SCORES).where(SCORES.c.assignment == assignment).order_by(SCORES.c.student)
    if student is not None:
        found = found.where(SCORES.c.student == student)
    with reading(engine) as connection:
        return list(connection.execute(found))
