"""A service's database, and what an LMS has left in it: courses, columns and people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert

import autograder.service.tables as tables
from autograder.course import directory
from autograder.course.enrolment import enrol
from autograder.course.roster import Student
from autograder.lms.lti import platforms
from autograder.lms.lti.platforms import Platform
from autograder.lms.lti.roles import Role
from autograder.lms.lti.store import open_store
from autograder.lms.lti.tables import CONTEXTS, LINE_ITEMS, PEOPLE

STEM = "week06_backpropagation"
NOON = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty database of a service."""
    made = open_store(tmp_path / "service.db")
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def empty_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with two students and no week; nobody changes its files."""
    made = directory.init(tmp_path_factory.mktemp("service") / "course")
    enrol(made, [Student("ada", "Lovelace", "Ada"), Student("bob", "Bell", "Bob")])
    return made.root


def add_lms(
    engine: Engine,
    base: str = "https://lms.example",
    students: dict[str, str] | None = None,
    *,
    column: str = "",
    connected: bool = True,
    role: Role = Role.STUDENT,
    **platform: Any,
) -> int:
    """A platform with a course that has a column for week 06, and people who have come from it.

    Args:
        engine: where it is stored.
        base: the platform's address.
        students: ids on the roster by `sub`.
        column: the line item's address.
        connected: whether the LMS's course uses ours.
        role: what the people are there.
        platform: more of the `Platform`.

    Returns:
        The platform's number.
    """
    known = {"issuer": base, "client_id": "c", "deployments": frozenset({"1"}), **platform}
    addresses = {
        f"{name}_url": f"{base}/{path}"
        for name, path in (("authorization", "auth"), ("token", "token"), ("keyset", "keys"))
    }
    added = platforms.add(engine, Platform(**{**addresses, **known}))
    with engine.begin() as connection:

        def row(table: Any, **values: Any) -> int:
            return connection.execute(insert(table).values(values)).inserted_primary_key[0]

        context = row(
            CONTEXTS, platform=added.id, deployment="1", context="2", connected=connected, seen=NOON
        )
        url = column or f"{base}/items/8"
        row(LINE_ITEMS, platform=added.id, context=context, url=url, week="week06", seen=NOON)
        for subject, student in (students or {"7": "ada"}).items():
            person = row(PEOPLE, platform=added.id, subject=subject, student=student, seen=NOON)
            row(tables.MEMBERS, context=context, person=person, role=role.value, seen=NOON)
    return added.id
