"""What the service's tables hold about a student, for `export-data`, `forget` and `backup`.

The tables are those of `autograder serve`, which is an extra: they are read as they are found.
What is about one student has a column `student` with the id, and what belongs to such a row is
deleted with it.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder.course import database as databases
from autograder.course.directory import Course
from autograder.errors import CourseError

FILE = "service.db"
_PREFIXES = ("lti_", "service_")
_STUDENT = "student"
_NOT_SHOWN = ("token_hash",)
"""Of no use to the student, and of some use to a thief."""


def place(course: Course) -> str:
    """The URL of the service's database; empty if the course has never had a service."""
    if not course.db_url.startswith(databases.SQLITE):
        return course.db_url
    path = course.root / FILE
    return f"{databases.SQLITE}{path}" if path.is_file() else ""


def rows(course: Course, student: str) -> dict[str, list[dict[str, Any]]]:
    """The rows about a student, by table; bytes are left out.

    Raises:
        CourseError: when the database cannot be read.
    """
    from sqlalchemy import select

    found = {}
    with _tables(course) as (connection, tables):
        for table in tables:
            mine = connection.execute(select(table).where(table.c[_STUDENT] == student))
            if plain := [_plain(row._mapping) for row in mine]:
                found[table.name] = plain
    return found


def forget(course: Course, student: str) -> int:
    """Delete the rows about a student; how many there were.

    Raises:
        CourseError: when the database cannot be changed.
    """
    from sqlalchemy import delete

    count = 0
    with _tables(course) as (connection, tables):
        for table in tables:
            count += connection.execute(delete(table).where(table.c[_STUDENT] == student)).rowcount
        if tables:
            connection.commit()
    if count and course.db_url.startswith(databases.SQLITE):
        _compact(course.root / FILE)
    return count


@contextlib.contextmanager
def _tables(course: Course) -> Iterator[tuple[Any, list[Any]]]:
    from sqlalchemy import MetaData, inspect, text

    url = place(course)
    if not url:
        yield None, []
        return
    with databases.connected(url) as connection:
        if connection.dialect.name == "sqlite":
            # Otherwise what belongs to a deleted row stays.
            connection.execute(text("PRAGMA foreign_keys = ON"))
        names = [
            name for name in inspect(connection).get_table_names() if name.startswith(_PREFIXES)
        ]
        found = MetaData()
        found.reflect(connection, only=names)
        yield connection, [each for each in found.sorted_tables if _STUDENT in each.c]


def _plain(row: Any) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row.items()
        if name not in _NOT_SHOWN and not isinstance(value, bytes)
    }


def _compact(path: Path) -> None:
    """Rewrite the file, in which deleted rows are otherwise still readable."""
    try:
        with contextlib.closing(
            sqlite3.connect(path, timeout=databases.LOCKED_SECONDS, isolation_level=None)
        ) as database:
            database.execute("VACUUM")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise CourseError(
            f"the rows are deleted, but {path.name} was not rewritten ({error}), so that they are "
            "still readable in it. Next: stop `autograder serve` and run this again"
        ) from None
