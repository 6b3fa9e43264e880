"""Remarks on a question that graders keep for the next answer with the same problem."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, delete, insert, select

from autograder.lms.lti.store import reading
from autograder.service.tables import COMMENT_BANK

LONGEST = 2000


def of_question(engine: Engine, assignment: str, question: str) -> Sequence[Row[Any]]:
    """The remarks on a question, in the order in which they were kept."""
    found = select(COMMENT_BANK).where(
        COMMENT_BANK.c.assignment == assignment, COMMENT_BANK.c.question == question
    )
    with reading(engine) as connection:
        return connection.execute(found.order_by(COMMENT_BANK.c.id)).all()


def keep(
    engine: Engine, assignment: str, question: str, text: str, by_person: str, now: datetime
) -> None:
    """Keep a remark, unless it is there already."""
    text = text.strip()[:LONGEST]
    if not text or text in (row.text for row in of_question(engine, assignment, question)):
        return
    row = {"assignment": assignment, "question": question, "text": text, "by_person": by_person}
    with engine.begin() as connection:
        connection.execute(insert(COMMENT_BANK).values(row | {"made": now}))


def drop(engine: Engine, assignment: str, question: str, number: int) -> None:
    """Keep a remark no longer; where it was used, it stays."""
    this = (
        COMMENT_BANK.c.id == number,
        COMMENT_BANK.c.assignment == assignment,
        COMMENT_BANK.c.question == question,
    )
    with engine.begin() as connection:
        connection.execute(delete(COMMENT_BANK).where(*this))
