"""Are times aware in Python and in UTC in the database?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import StatementError

from autograder.lms.lti.store import reading
from autograder.lms.lti.tables import INVITATIONS


def test_does_a_time_come_back_as_the_same_moment(engine):
    given = datetime(2026, 11, 29, 1, 2, 3, 4, tzinfo=timezone(timedelta(hours=9)))
    with engine.begin() as connection:
        connection.execute(insert(INVITATIONS).values(code_hash="x", expires=given))
    with reading(engine) as connection:
        row = connection.execute(select(INVITATIONS)).one()
    assert row.expires == given and row.expires.tzinfo is UTC
    assert row.used is None


def test_is_a_time_without_a_zone_refused(engine):
    naive = datetime(2026, 11, 29)
    with engine.begin() as connection, pytest.raises(StatementError, match="time zone"):
        connection.execute(insert(INVITATIONS).values(code_hash="x", expires=naive))
