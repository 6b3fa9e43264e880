"""Is a gradebook created completely or not at all?"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from nbgrader.api import Base
from sqlalchemy import text

from autograder.course import create_database
from autograder.course.create_database import created
from autograder.course.database import SQLITE, check, connected
from autograder.course.roster import Student, enrolled
from autograder.errors import CourseError

CLASS = [Student("ann", "Zü", "Ann", "ann@x.org", "501"), Student("bob")]


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"{SQLITE}{tmp_path / 'gradebook.db'}"


def tables(url: str) -> set[str]:
    with closing(sqlite3.connect(url.removeprefix(SQLITE))) as database:
        rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {name for (name,) in rows}


def test_has_a_new_gradebook_nbgrader_s_tables_and_the_class(url):
    with created(url, "nn-2026", CLASS):
        pass
    check(url)
    assert tables(url) == {*Base.metadata.tables, "alembic_version"}
    assert enrolled(url) == CLASS
    with connected(url) as connection:
        assert "nn-2026" in connection.scalars(text("SELECT id FROM course")).all()


def test_does_nbgrader_find_nothing_to_upgrade(url):
    """Does the new gradebook have the version of the installed nbgrader's newest migration?"""
    with created(url, "nn", []):
        pass
    from nbgrader import alembic

    versions = Path(alembic.__path__[0], "versions").glob("*.py")
    with connected(url) as connection:
        stated = connection.scalar(text("SELECT version_num FROM alembic_version"))
    assert any(path.name.startswith(stated) for path in versions)


@pytest.mark.parametrize("failure", [OSError(28, "no space"), KeyboardInterrupt(), ValueError("x")])
def test_is_nothing_left_when_what_follows_fails(url, failure):
    with pytest.raises(type(failure)), created(url, "nn", CLASS):
        assert enrolled(url) == CLASS
        raise failure
    assert tables(url) == set()


def test_is_a_refusal_of_the_database_one_line(url):
    twice = [Student("ann"), Student("ann")]
    refused = pytest.raises(CourseError, match="cannot be created in .*gradebook.db")
    with refused as caught, created(url, "nn", twice):
        raise AssertionError("the class is not in it")
    assert "\n" not in str(caught.value) and "may create tables" in str(caught.value)
    assert tables(url) == set()


def test_is_the_path_of_programs_left_as_it_was(url, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with created(url, "nn", []):
        assert os.environ["PATH"] == "/nowhere"
    check(url)


def test_is_a_database_that_is_gone_no_second_error(url, monkeypatch):
    """Is what went wrong told, and not that the clean-up could not connect either?"""

    def fail(*_: object) -> None:
        Path(url.removeprefix(SQLITE)).mkdir()
        raise OSError(5, "input/output error")

    monkeypatch.setattr(create_database, "create", fail)
    with pytest.raises(OSError, match="input/output error"), created(url, "nn", []):
        pass
