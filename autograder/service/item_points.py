"""How a person's points are made up, by item of the rubric.

The gradebook has one number for an answer, and that one counts. When it was changed elsewhere,
such as in formgrader, what is kept here says nothing any more.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Engine, delete, insert, select

from autograder.lms.lti.store import reading
from autograder.service.tables import ITEM_POINTS


def find(
    engine: Engine, assignment: str, question: str, student: str, total: float | None, count: int
) -> list[float] | None:
    """The points by item; None if none are kept, or they do not add up to the total.

    Args:
        engine: the service's database.
        assignment, question, student: whose answer to what.
        total: a person's points, as the gradebook has them.
        count: how many items the rubric has now.
    """
    found = select(ITEM_POINTS.c.points).where(*_this(assignment, question, student))
    with reading(engine) as connection:
        text = connection.scalar(found)
    points = [float(each) for each in json.loads(text)] if text else []
    if total is None or len(points) != count or abs(sum(points) - total) > 1e-6:
        return None
    return points


def keep(
    engine: Engine, assignment: str, question: str, student: str, points: Sequence[float]
) -> None:
    """Keep the points by item, in place of earlier ones; none forgets them."""
    with engine.begin() as connection:
        connection.execute(delete(ITEM_POINTS).where(*_this(assignment, question, student)))
        if points:
            row = {"assignment": assignment, "question": question, "student": student}
            text = json.dumps(list(points))
            connection.execute(insert(ITEM_POINTS).values(row | {"points": text}))


def _this(assignment: str, question: str, student: str) -> tuple[ColumnElement[bool], ...]:
    table = ITEM_POINTS.c
    return table.assignment == assignment, table.question == question, table.student == student
