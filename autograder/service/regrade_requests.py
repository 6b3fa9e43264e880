"""A student asks in a sentence for a question to be looked at once more, and is answered there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, func, insert, select, update

from autograder.errors import AutograderError
from autograder.lms.lti.store import reading
from autograder.service.tables import REGRADE_REQUESTS

LONGEST = 2000
MOST_OPEN = 5
"""Of one student and week."""


class UnusableRequest(AutograderError):
    """A request that is not taken; the text says why."""


def ask(
    engine: Engine, student: str, assignment: str, question: str, sentence: str, now: datetime
) -> None:
    """Store a request.

    Args:
        engine: the service's database.
        student: the id on the roster.
        assignment: nbgrader's name for the week, such as week06_backpropagation.
        question: which one; empty for the week as a whole.
        sentence: what the student thinks is wrong.
        now: when it was asked.

    Raises:
        UnusableRequest: when there is no sentence, it is too long, or too many are open.
    """
    text = sentence.strip()
    if not text:
        raise UnusableRequest(
            "Expected a sentence that says what should be looked at, received none. "
            "Next: write it into the field, and send the request again."
        )
    if len(text) > LONGEST:
        raise UnusableRequest(
            f"Expected at most {LONGEST} characters, received {len(text)}. "
            "Next: say it in fewer words, and send the request again."
        )
    mine = (REGRADE_REQUESTS.c.student == student, REGRADE_REQUESTS.c.assignment == assignment)
    unanswered = select(func.count()).where(*mine, REGRADE_REQUESTS.c.answered.is_(None))
    row = {"student": student, "assignment": assignment, "question": question}
    with engine.begin() as connection:
        if (connection.scalar(unanswered) or 0) >= MOST_OPEN:
            raise UnusableRequest(
                f"{MOST_OPEN} of your requests for this week are not answered yet, which is the "
                "most. Next: wait for an answer."
            )
        values = row | {"sentence": text, "asked": now}
        connection.execute(insert(REGRADE_REQUESTS).values(values))


def of_student(engine: Engine, student: str, assignment: str) -> Sequence[Row[Any]]:
    """A student's requests for a week, the newest first."""
    found = select(REGRADE_REQUESTS).where(
        REGRADE_REQUESTS.c.student == student, REGRADE_REQUESTS.c.assignment == assignment
    )
    with reading(engine) as connection:
        return connection.execute(found.order_by(REGRADE_REQUESTS.c.id.desc())).all()


def of_week(engine: Engine, assignment: str) -> Sequence[Row[Any]]:
    """All requests for a week: those that are not answered first, the oldest of them first."""
    found = select(REGRADE_REQUESTS).where(REGRADE_REQUESTS.c.assignment == assignment)
    order = REGRADE_REQUESTS.c.answered.is_not(None), REGRADE_REQUESTS.c.id
    with reading(engine) as connection:
        return connection.execute(found.order_by(*order)).all()


def unanswered(engine: Engine) -> dict[str, int]:
    """How many requests are not answered, by nbgrader's name for the week."""
    found = select(REGRADE_REQUESTS.c.assignment, func.count().label("open"))
    found = found.where(REGRADE_REQUESTS.c.answered.is_(None))
    with reading(engine) as connection:
        rows = connection.execute(found.group_by(REGRADE_REQUESTS.c.assignment))
        return {row.assignment: row.open for row in rows}


def answer(
    engine: Engine, assignment: str, number: int, text: str, by_person: str, now: datetime
) -> Row[Any]:
    """Answer a request, or replace an earlier answer.

    Args:
        engine: the service's database.
        assignment: nbgrader's name for the week.
        number: of the request.
        text: what the student reads.
        by_person: the name that stands below it.
        now: when it is answered.

    Returns:
        The request.

    Raises:
        UnusableRequest: when there is no text, it is too long, or there is no such request.
    """
    said = text.strip()
    if not said or len(said) > LONGEST:
        raise UnusableRequest(
            f"Expected an answer of 1 to {LONGEST} characters, received {len(said)}. "
            "Next: write it into the field, and send it again."
        )
    this = (REGRADE_REQUESTS.c.id == number, REGRADE_REQUESTS.c.assignment == assignment)
    values = {"answer": said, "answered": now, "answered_by": by_person}
    with engine.begin() as connection:
        connection.execute(update(REGRADE_REQUESTS).where(*this).values(values))
        row = connection.execute(select(REGRADE_REQUESTS).where(*this)).one_or_none()
    if row is None:
        raise UnusableRequest("There is no such request in this week; nothing was changed.")
    return row
