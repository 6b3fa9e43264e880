"""Is a gradebook created on a PostgreSQL server, and does no error reveal a password?"""

from __future__ import annotations

import builtins
import json
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from typer.testing import CliRunner

from autograder.cli.main import app, main
from autograder.course import database
from autograder.course import directory as courses
from autograder.course.roster import Student, enrolled
from autograder.errors import CourseError
from tests.postgresql import MISSING, PASSWORD, server

__all__ = ["server"]


def with_server(test):
    """Skip a test where there is no server to start; one that has it is slow."""
    return pytest.mark.slow(pytest.mark.skipif(bool(MISSING), reason=MISSING)(test))


URL = "postgresql://grader@db.example.org/nn"


def one_line(act, *arguments: object) -> str:
    with pytest.raises(CourseError) as caught:
        act(*arguments)
    message = str(caught.value)
    assert "\n" not in message and PASSWORD not in message and "hunter2" not in message
    return message


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("postgresql://grader:hunter2@db/nn", "db:5432:nn:grader:PASSWORD"),
        ("postgresql://grader@/nn?host=db&password=hunter2", "holds a password"),
        ("mysql://grader:hunter2@db/nn", "a 'mysql' database; expected postgresql"),
        ("sqlite:///gradebook.db", "or no URL for SQLite in the course directory"),
        ("grader:hunter2@db/nn", "cannot be read; expected postgresql"),
        ("postgresql://grader:hunter2@db:port/nn", "cannot be read; expected postgresql"),
        ("postgresql://grader@db", "names no database"),
    ],
)
def test_does_a_wrong_url_make_no_course(tmp_path, given, reason):
    assert reason in one_line(courses.init, tmp_path / "nn", None, given)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_are_usual_spellings_of_a_url_understood(scheme):
    given = URL.replace("postgresql", scheme, 1)
    assert database.postgresql_url(given) == "postgresql+psycopg://grader@db.example.org/nn"


def test_is_a_missing_driver_reported(tmp_path, monkeypatch):
    imported = builtins.__import__

    def without_psycopg(name, *rest):
        if name.startswith("psycopg"):
            raise ImportError(name)
        return imported(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_psycopg)
    assert "pip install 'psycopg[binary]'" in one_line(courses.init, tmp_path / "nn", None, URL)
    assert "pip install 'psycopg[binary]'" in one_line(database.check, f"{database.DRIVER}://db/nn")


def test_is_a_password_hidden_wherever_it_stands():
    url = "postgresql+psycopg://grader:hunter2@db/nn?password=hunter2&sslmode=require"
    assert database.described(url) == "postgresql+psycopg://grader:***@db/nn?sslmode=require"
    assert database.holds_password(url)


@pytest.fixture(scope="module")
def on_server(server, tmp_path_factory):
    """A course whose gradebook is on the server, behind a password."""
    folder = tmp_path_factory.mktemp("courses")
    roster = folder / "class.csv"
    roster.write_text("id,last_name\nann,Zü\nbob,\n")
    server.new_database("made")
    url = server.url_with_password("made")
    kept = folder / "pgpass"
    kept.write_text(f"127.0.0.1:{server.port}:*:grader:{PASSWORD}\n")
    kept.chmod(0o600)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PGPASSFILE", str(kept))
        given = url.replace("postgresql+psycopg", "postgres")
        yield courses.init(folder / "nn", roster, given)


@with_server
def test_is_a_course_made_on_a_server(on_server, server):
    config = (on_server.root / "nbgrader_config.py").read_text()
    assert on_server.db_url in config and PASSWORD not in config
    assert on_server.db_url == server.url_with_password("made")
    assert courses.load(on_server.root) == on_server
    assert not (on_server.root / "gradebook.db").exists()
    assert enrolled(on_server.db_url) == [Student("ann", "Zü"), Student("bob")]
    # The version is there, so that `nbgrader db upgrade` finds nothing to do.
    assert query(on_server.db_url, "SELECT count(*) FROM alembic_version") == [(1,)]
    assert query(on_server.db_url, "SELECT id FROM course") == [("nn",)]


@with_server
def test_is_a_database_that_holds_something_left_alone(on_server, tmp_path, server):
    message = one_line(courses.init, tmp_path / "other", None, on_server.db_url)
    assert "holds the gradebook of nn with 2 students; nothing was changed" in message
    foreign = server.new_database("foreign")
    server.query("foreign", "CREATE TABLE orders (id int)")
    message = one_line(courses.init, tmp_path / "other", None, foreign)
    assert "holds other tables (orders); nothing was changed" in message
    assert list(tmp_path.iterdir()) == []
    assert len(enrolled(on_server.db_url)) == 2
    assert query(foreign, "SELECT * FROM orders") == []


@with_server
def test_is_nothing_left_on_the_server_when_the_course_cannot_be_made(tmp_path, server):
    url = server.new_database("undone")
    roster = tmp_path / "class.csv"
    roster.write_text(f"id,last_name\nann,{'Z' * 200}\n")
    message = one_line(courses.init, tmp_path / "nn", roster, url)
    assert "value too long" in message
    assert query(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == []
    assert [path.name for path in tmp_path.iterdir()] == ["class.csv"]


@with_server
def test_is_a_database_for_other_letters_refused(tmp_path, server):
    url = server.new_database("latin", "-E", "LATIN1", "-T", "template0")
    message = one_line(courses.init, tmp_path / "nn", None, url)
    assert "stores text as LATIN1, and names need UTF8; create another: createdb -h" in message


@with_server
def test_is_a_server_that_refuses_reported_with_the_next_step(tmp_path, server, monkeypatch):
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "none"))
    url = server.url_with_password("postgres")
    port = f"127.0.0.1:{server.port}:postgres:grader:PASSWORD"

    def refusal(given: str) -> str:
        return one_line(courses.init, tmp_path / "nn", None, given)

    assert f"no password supplied); keep the password in ~/.pgpass, mode 600, as {port}" in refusal(
        url
    )
    monkeypatch.setenv("PGPASSWORD", "hunter2")
    assert "password authentication failed" in refusal(url) and port in refusal(url)
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    message = refusal(server.url("nowhere"))
    assert '(database "nowhere" does not exist); create it with `createdb -h' in message
    closed = url.replace(str(server.port), "1")  # a port that nobody may listen on unasked
    assert "(Connection refused); check that the server is running" in refusal(closed)
    assert list(tmp_path.iterdir()) == []


@with_server
def test_is_a_server_that_is_away_one_line_in_every_command(on_server, server, monkeypatch, capsys):
    made = on_server
    server.stop()
    try:
        for words in ("release", "grade", "feedback", "report"):
            monkeypatch.setattr(
                sys, "argv", ["autograder", words, "week06", "--course", str(made.root)]
            )
            with pytest.raises(SystemExit) as end:
                main()
            assert end.value.code == 1
            said = " ".join(capsys.readouterr().err.split())
            assert f"{made.db_url} is not available" in said and "try again" in said
    finally:
        server.start()


@with_server
def test_is_a_database_that_was_lost_reported(on_server, tmp_path, server):
    root = Path(shutil.copytree(on_server.root, tmp_path / "nn"))
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text().replace("/made", "/lost"))
    assert 'database "lost" does not exist' in one_line(courses.load, root)
    server.new_database("lost")
    assert "holds no gradebook; restore it from a backup" in one_line(courses.load, root)


@with_server
def test_does_the_doctor_say_which_database_answers(on_server, tmp_path, monkeypatch):
    from autograder.cli import doctor

    monkeypatch.setattr(doctor, "_inside", list)
    findings = {finding.what: finding for finding in doctor.examine(on_server.root)}
    assert findings["gradebook"].good
    assert findings["gradebook"].found.startswith("PostgreSQL ")
    assert findings["gradebook"].found.endswith(f"{on_server.db_url}, 2 students")
    root = Path(shutil.copytree(on_server.root, tmp_path / "nn"))
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text().replace("grader@", f"grader:{PASSWORD}@"))
    said = CliRunner().invoke(app, ["doctor", "--course", str(root), "--json"]).output
    assert PASSWORD not in said
    (finding,) = [each for each in json.loads(said) if each["what"] == "gradebook"]
    assert not finding["good"] and "nbgrader_config.py holds its password" in finding["found"]
    assert "~/.pgpass" in finding["next_step"]


def query(url: str, statement: str) -> list[tuple[object, ...]]:
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text(statement))]
    engine.dispose()
    return rows


def test_is_a_course_s_database_opened_in_one_place():
    """Do all connections wait, time out and fail in the same way?"""
    package = Path(database.__file__).parents[1]
    opening = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if "create_engine" in path.read_text()
    }
    assert opening == {"course/database.py"}


def test_is_the_file_free_again_after_an_error(tmp_path):
    path = tmp_path / "gradebook.db"

    def fail() -> None:
        with database.opened(f"sqlite:///{path}") as engine, engine.connect() as connection:
            connection.exec_driver_sql("BEGIN EXCLUSIVE")
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                lock(path)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    lock(path)


def lock(path: Path) -> None:
    with closing(sqlite3.connect(path, timeout=0)) as other:
        other.execute("BEGIN EXCLUSIVE")


def test_is_an_error_in_a_query_one_line(tmp_path):
    def ask() -> None:
        with database.connected(f"sqlite:///{tmp_path / 'empty.db'}") as connection:
            connection.execute(text("SELECT * FROM grade"))

    assert "(no such table: grade); run `nbgrader db upgrade` and try again" in one_line(ask)


def test_does_a_service_make_one_engine_and_see_a_file_that_was_replaced(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "_kept", None)
    path = tmp_path / "one.db"
    url = f"{database.SQLITE}{path}"

    def fill(content):
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as made:
            made.execute("CREATE TABLE t (x)")
            made.execute("INSERT INTO t VALUES (?)", (content,))
            made.commit()

    def read():
        with database.opened(url) as engine, engine.connect() as connection:
            return id(engine), connection.scalar(text("SELECT x FROM t"))

    fill("first")
    database.keep_engines()
    first, content = read()
    assert content == "first"
    fill("second")
    assert read() == (first, "second")
    database.keep_engines()
    assert read()[0] == first
