"""The service's database: SQLite in the course directory, or PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.schema import CreateIndex, CreateTable

from autograder.course.database import SQLITE, make_engine, reason
from autograder.course.directory import Course
from autograder.errors import CourseError
from autograder.lms.lti.tables import METADATA
from autograder.output.files import PRIVATE, group_mode

FILE = "service.db"
LOCKED_SECONDS = 30.0
_READS = "reads"
Done = TypeVar("Done")


def open_course_store(course: Course) -> Engine:
    """The service's database of a course: beside its gradebook, or in the same PostgreSQL."""
    inside = course.db_url.startswith(SQLITE)
    return open_store(course.root / FILE if inside else course.db_url)


def open_store(place: str | Path) -> Engine:
    """Open the service's database, and create the tables that are missing.

    A transaction of `engine.begin()` may write, and in SQLite it waits for its turn at its start,
    so that it never fails in its middle; `reading` is for those that only read, which wait for
    nobody.

    Args:
        place: a file, or the URL of an SQLite or PostgreSQL database.

    Raises:
        CourseError: when it cannot be opened.
    """
    url = make_url(f"{SQLITE}{place}" if isinstance(place, Path) else place)
    is_file = url.get_backend_name() == "sqlite"
    if is_file and url.database:
        _create_private(Path(url.database))
    engine: Engine = make_engine(url, LOCKED_SECONDS, lasting=True)
    if is_file:
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    try:
        _create_tables(engine)
    except DBAPIError as error:
        raise CourseError(
            f"the service's database {url.render_as_string()} cannot be opened ({reason(error)}); "
            "check that it can be written"
        ) from None
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that only reads: it sees one state of the database and delays no writer."""
    with engine.connect().execution_options(**{_READS: True}) as connection:
        yield connection


def write(engine: Engine, work: Callable[[Connection], Done]) -> Done:
    """Do this in one transaction; once more if another process has just inserted the same row."""
    for last in (False, True):
        try:
            with engine.begin() as connection:
                return work(connection)
        except IntegrityError:
            if last:
                raise
    raise AssertionError("the second try returns or raises")


def _create_private(path: Path) -> None:
    try:
        mode = PRIVATE | group_mode(path.parent, PRIVATE)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, mode))
            os.chmod(path, mode)
    except OSError as error:
        raise CourseError(
            f"the service's database {path} cannot be opened: {error.strerror}"
        ) from None


def _set_up_sqlite(connection: Any, _: Any) -> None:
    # sqlite3 would begin transactions itself, and too late: `_begin_sqlite` does.
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reads = connection.get_execution_options().get(_READS)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _create_tables(engine: Engine) -> None:
    """Create what is missing; several processes may do so at once."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(5270)")
        for table in METADATA.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))
            for index in table.indexes:
                connection.execute(CreateIndex(index, if_not_exists=True))
