"""Create a gradebook: nbgrader's tables in an empty database, completely or not at all."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from autograder.course.database import (
    SQLITE,
    connected,
    createdb,
    described,
    opened,
    reason,
)
from autograder.course.roster import Student
from autograder.errors import CourseError

_TABLES = {"course", "student", "assignment", "grade"}


@contextlib.contextmanager
def created(db_url: str, course_id: str, students: Sequence[Student]) -> Iterator[None]:
    """nbgrader's tables in an empty database; dropped again if the body raises.

    Raises:
        CourseError: when the database is not empty, or its user may not create tables.
    """
    from sqlalchemy.exc import SQLAlchemyError

    if not db_url.startswith(SQLITE):
        with connected(db_url) as connection:
            refuse_filled(connection, db_url)
            _refuse_encoding(connection, db_url)
    try:
        create(db_url, course_id, students)
        yield
    except BaseException as error:
        _drop(db_url)
        if isinstance(error, SQLAlchemyError):
            raise CourseError(
                f"the gradebook cannot be created in {described(db_url)} ({reason(error)}); "
                "check that its user may create tables there"
            ) from None
        raise


def create(db_url: str, course_id: str, students: Sequence[Student]) -> None:
    """Create the tables as nbgrader does, and enter the course and its students."""
    from nbgrader.api import Gradebook
    from nbgrader.api import Student as Row

    with _scripts_on_path(), Gradebook(db_url, course_id) as gradebook:
        gradebook.db.add_all([Row(**vars(student)) for student in students])
        gradebook.db.commit()


def _drop(db_url: str) -> None:
    """Undo `create`; a database that cannot be reached is left alone."""
    from nbgrader.api import Base
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    suppressed = contextlib.suppress(SQLAlchemyError)
    with suppressed, opened(db_url) as engine, engine.begin() as connection:
        Base.metadata.drop_all(connection)
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))


def refuse_filled(connection: Any, db_url: str) -> None:
    """Refuse a database that holds tables already.

    Raises:
        CourseError: with what it holds, and what to do.
    """
    from sqlalchemy import inspect, text

    tables = set(inspect(connection).get_table_names())
    if not tables:
        return
    if tables >= _TABLES:
        names = [row[0] for row in connection.execute(text("SELECT id FROM course ORDER BY id"))]
        count = connection.execute(text("SELECT count(*) FROM student")).scalar()
        # nbgrader adds this one to every database.
        courses = " and ".join(name for name in names if name != "default_course") or "a course"
        found = f"the gradebook of {courses} with {count} students"
    else:
        found = f"other tables ({', '.join(sorted(tables)[:3])})"
    raise CourseError(
        f"the database {described(db_url)} holds {found}; nothing was changed. "
        "Use an empty one, created with `createdb`"
    )


def _refuse_encoding(connection: Any, db_url: str) -> None:
    from sqlalchemy import text

    encoding = connection.execute(text("SHOW server_encoding")).scalar()
    if encoding != "UTF8":
        raise CourseError(
            f"the database {described(db_url)} stores text as {encoding}, and names need UTF8; "
            f"create another: {createdb(db_url, '-E', 'UTF8', '-T', 'template0')}"
        )


@contextlib.contextmanager
def _scripts_on_path() -> Iterator[None]:
    """nbgrader runs `alembic` by name, which is not on PATH in an inactive environment."""
    before = os.environ.get("PATH", "")
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{before}"
    try:
        yield
    finally:
        os.environ["PATH"] = before
