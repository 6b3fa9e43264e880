"""A student asks in a sentence for a question to be looked at once more, and is answered there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, func, insert, select

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
