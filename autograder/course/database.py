"""The database behind the gradebook: SQLite in the course directory, or PostgreSQL at a URL.

nbgrader_config.py gets copied and shown to others, so the URL in it holds no password: PostgreSQL's
client library reads that from ~/.pgpass or PGPASSWORD.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.errors import CourseError

SQLITE = "sqlite:///"
LOCKED_SECONDS = 5.0
CONNECT_SECONDS = 10
DRIVER = "postgresql+psycopg"
_SPELLINGS = ("postgres", "postgresql", DRIVER)
EXAMPLE = f"{DRIVER}://USER@HOST/NAME"
_kept: dict[tuple[str, float], Any] | None = None
_keeping = threading.Lock()


def postgresql_url(given: str) -> str:
    """The URL of a PostgreSQL database, in the form that nbgrader_config.py holds.

    Args:
        given: what the instructor typed, such as postgresql://grader@db.example.org/nn.

    Raises:
        CourseError: when it is no such URL, holds a password, or the driver is not installed.
    """
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        # It may hold a password, so it is not repeated.
        raise CourseError(f"the database's URL cannot be read; expected {EXAMPLE}") from None
    if url.drivername not in _SPELLINGS:
        raise CourseError(_unknown(url.drivername))
    if holds_password(given):
        raise CourseError(
            f"the database's URL holds a password; {password_step(given)} instead of in the URL"
        )
    if not url.database:
        raise CourseError(f"the database's URL names no database; expected {EXAMPLE}")
    _require_driver(DRIVER)
    return DRIVER + given[given.index("://") :]


def holds_password(db_url: str) -> bool:
    """Whether the URL itself contains a password."""
    from sqlalchemy.engine import make_url

    url = make_url(db_url)
    return url.password is not None or "password" in url.query


def described(db_url: str) -> str:
    """The database as messages name it, without a password."""
    if db_url.startswith(SQLITE):
        return db_url.removeprefix(SQLITE)
    if not holds_password(db_url):
        return db_url
    from sqlalchemy.engine import make_url

    return make_url(db_url).difference_update_query(["password"]).render_as_string()


def reason(error: Any) -> str:
    """The cause of an error from SQLAlchemy or from a driver, in one line."""
    text = str(getattr(error, "orig", None) or error)
    # The driver repeats at length, for each address, what it tried to connect to.
    *_, cause = text.strip().split("failed: ")
    line = cause.partition("\n")[0].strip().removeprefix("FATAL:")
    return " ".join(line.split())


def next_step(why: str, db_url: str) -> str:
    """What to do about a database that is unavailable for this reason."""
    if "locked" in why:
        return "close whatever else is writing to it"
    if "full" in why:
        return "make room on its disk"
    if "no such table" in why or "no such column" in why:
        return "run `nbgrader db upgrade`"
    if db_url.startswith("sqlite"):
        return "check that its file is writable"
    if "no password supplied" in why or "password authentication failed" in why:
        return password_step(db_url)
    if "database" in why and "does not exist" in why:
        return f"create it with `{createdb(db_url)}`"
    return "check that the server is running and accepts this user's connections from here"


def password_step(db_url: str) -> str:
    """Where PostgreSQL's client library looks for the password of this database."""
    from sqlalchemy.engine import make_url

    url = make_url(db_url)
    host = url.host if url.host and not url.host.startswith("/") else "localhost"
    line = f"{host}:{url.port or 5432}:{url.database or '*'}:{url.username or '*'}:PASSWORD"
    return f"keep the password in ~/.pgpass, mode 600, as {line}, or in the variable PGPASSWORD,"


def check(db_url: str) -> None:
    """Refuse a database that does not answer or holds no gradebook.

    Raises:
        CourseError: with the database's name and what to do.
    """
    if db_url.startswith(SQLITE):
        _check_sqlite(Path(db_url.removeprefix(SQLITE)))
        return
    from sqlalchemy import inspect
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        name = make_url(db_url).get_backend_name()
    except (ArgumentError, ValueError):
        raise CourseError(
            f"the database's URL in nbgrader_config.py cannot be read; expected {EXAMPLE}"
        ) from None
    if name not in ("sqlite", "postgresql"):
        raise CourseError(_unknown(name))
    with connected(db_url) as connection:
        if not inspect(connection).has_table("grade"):
            raise CourseError(
                f"the database {described(db_url)} holds no gradebook; "
                "restore it from a backup, or name the right one in nbgrader_config.py"
            )


def answer(db_url: str) -> str:
    """The database's own version and its number of students, as one line.

    Raises:
        CourseError: when it does not answer.
    """
    from nbgrader import api
    from sqlalchemy import func, select

    with connected(db_url) as connection:
        students = connection.scalar(select(func.count()).select_from(api.Student))
        dialect = connection.dialect
        name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(dialect.name, dialect.name)
        version = ".".join(map(str, dialect.server_version_info))
    return f"{name} {version}, {described(db_url)}, {students} students"


@contextlib.contextmanager
def opened(db_url: str, locked_seconds: float = LOCKED_SECONDS) -> Iterator[Any]:
    """SQLAlchemy's engine for a course's database: the one place that opens it.

    Args:
        db_url: of SQLite or PostgreSQL.
        locked_seconds: how long to wait for another writer of an SQLite file.

    Raises:
        CourseError: when the driver is not installed.
    """
    if _kept is not None:
        from sqlalchemy import NullPool

        with _keeping:
            key = db_url, locked_seconds
            if key not in _kept:
                # Opening a file takes no time, and the file may be replaced.
                pool = {"poolclass": NullPool} if db_url.startswith("sqlite") else {}
                _kept[key] = make_engine(db_url, locked_seconds, lasting=True, **pool)
        yield _kept[key]
        return
    engine = make_engine(db_url, locked_seconds)
    try:
        yield engine
    finally:
        engine.dispose()


def keep_engines() -> None:
    """Make each engine once, for a process that serves many requests.

    SQLAlchemy compiles a statement once for an engine, which takes longer than running it.
    """
    global _kept
    _kept = {} if _kept is None else _kept


def make_engine(
    db_url: Any, locked_seconds: float, *, lasting: bool = False, **options: Any
) -> Any:
    """An engine with the time limits that all of ours have.

    Args:
        db_url: of SQLite or PostgreSQL.
        locked_seconds: how long to wait for another writer of an SQLite file.
        lasting: whether it outlives its connections, which a server that restarts ends.
        options: more for SQLAlchemy.

    Raises:
        CourseError: when the driver is not installed.
    """
    from sqlalchemy import create_engine
    from sqlalchemy.engine import make_url

    url = make_url(db_url)
    _require_driver(url.drivername)
    arguments: dict[str, Any] = {}
    if url.get_backend_name() == "sqlite":
        arguments["timeout"] = locked_seconds
    else:
        options["pool_pre_ping"] = lasting
        if "connect_timeout" not in url.query:
            arguments["connect_timeout"] = CONNECT_SECONDS
    return create_engine(url, connect_args=arguments, **options)


@contextlib.contextmanager
def connected(db_url: str) -> Iterator[Any]:
    """A connection to a course's database.

    Raises:
        CourseError: when the driver is not installed, or the database does not answer.
    """
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with opened(db_url) as engine, engine.connect() as connection:
            yield connection
    except SQLAlchemyError as error:
        why = reason(error)
        raise CourseError(
            f"the gradebook {described(db_url)} is not available ({why}); "
            f"{next_step(why, db_url)} and try again"
        ) from None


def _unknown(name: str) -> str:
    return (
        f"the gradebook cannot be in a {name!r} database; expected {EXAMPLE}, "
        "or no URL for SQLite in the course directory"
    )


def _require_driver(drivername: str) -> None:
    if drivername != DRIVER:
        return
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise CourseError(
            "PostgreSQL's driver psycopg is missing or incomplete; "
            "run: pip install 'psycopg[binary]'"
        ) from None


def createdb(db_url: str, *options: str) -> str:
    """The command that creates this database, or with options another one on its server."""
    from sqlalchemy.engine import make_url

    url = make_url(db_url)
    host = url.host or url.query.get("host")
    words = ["createdb", *(["-h", str(host)] if host else [])]
    words += ["-p", str(url.port)] if url.port else []
    words += [*(["-U", url.username] if url.username else []), *options]
    return " ".join([*words, "NAME" if options else str(url.database)])


def _check_sqlite(path: Path) -> None:
    if not path.is_file():
        raise CourseError(f"the gradebook {path} is missing; restore it from a backup")
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=LOCKED_SECONDS)) as database:
            health = database.execute("PRAGMA quick_check(1)").fetchone()[0]
            tables = database.execute("SELECT name FROM sqlite_master WHERE name = 'grade'")
            complete = tables.fetchone() is not None
    except sqlite3.OperationalError as error:
        raise CourseError(
            f"the gradebook {path} is not available ({error}); "
            "close whatever else is writing to it and try again"
        ) from None
    except sqlite3.DatabaseError as error:
        health, complete = str(error), False
    if health != "ok" or not complete:
        problem = "it has no grades table" if health == "ok" else " ".join(health.split())
        raise CourseError(f"the gradebook {path} is damaged ({problem}); restore it from a backup")
