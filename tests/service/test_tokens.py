"""Is a token good for one student until it is revoked, and is only its digest stored?"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from autograder.service import tokens
from autograder.service.tables import TOKENS
from tests.service.conftest import NOON


def test_is_a_token_its_students_alone(engine):
    token = tokens.make(engine, "ada", NOON)
    assert tokens.student_with(engine, token, NOON) == "ada"
    for other in ("", "nnfs_", token[:-1], token + "x", token.lower(), "\udcff"):
        assert tokens.student_with(engine, other, NOON) is None


def test_is_it_stored_as_a_digest(engine):
    token = tokens.make(engine, "ada", NOON)
    with engine.connect() as connection:
        (row,) = connection.execute(select(TOKENS)).all()
    assert all(token not in str(value) for value in row)


def test_revokes_a_new_one_the_last(engine):
    first, second = (tokens.make(engine, "ada", NOON) for _ in range(2))
    bobs = tokens.make(engine, "bob", NOON)
    assert tokens.student_with(engine, first, NOON) is None
    assert tokens.student_with(engine, second, NOON) == "ada"
    tokens.revoke(engine, "ada", NOON)
    assert tokens.student_with(engine, second, NOON) is None
    assert tokens.find(engine, "ada", NOON) is None
    assert tokens.student_with(engine, bobs, NOON) == "bob"


def test_does_it_expire(engine):
    token = tokens.make(engine, "ada", NOON)
    last = NOON + tokens.GOOD_FOR - timedelta(seconds=1)
    assert tokens.student_with(engine, token, last) == "ada"
    assert tokens.student_with(engine, token, last + timedelta(seconds=1)) is None
    assert tokens.find(engine, "ada", last + timedelta(seconds=1)) is None


def test_is_its_last_use_remembered(engine):
    token = tokens.make(engine, "ada", NOON)
    assert tokens.find(engine, "ada", NOON).used is None
    tokens.note_use(engine, token, NOON)
    assert tokens.find(engine, "ada", NOON).used == NOON
