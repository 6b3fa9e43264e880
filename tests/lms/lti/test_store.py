"""Is the service's database private, safe against a kill, and open to several at once?"""

from __future__ import annotations

import stat
import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select, text

from autograder.errors import CourseError
from autograder.lms.lti.store import open_store, reading
from autograder.lms.lti.tables import INVITATIONS


def test_is_the_file_the_graders_alone(tmp_path):
    engine = open_store(tmp_path / "service.db")
    engine.dispose()
    assert stat.S_IMODE((tmp_path / "service.db").stat().st_mode) == 0o600


def test_does_sqlite_keep_what_was_committed(engine):
    with engine.connect() as connection:
        for pragma, value in (("journal_mode", "wal"), ("foreign_keys", 1), ("synchronous", 2)):
            assert connection.scalar(text(f"PRAGMA {pragma}")) == value


def test_does_opening_again_keep_the_rows(tmp_path):
    for _ in range(2):
        engine = open_store(tmp_path / "service.db")
        with engine.begin() as connection:
            row = {"code_hash": str(_), "expires": datetime.now(UTC)}
            connection.execute(insert(INVITATIONS).values(row))
    with reading(engine) as connection:
        assert len(connection.execute(select(INVITATIONS)).all()) == 2
    engine.dispose()


def test_do_readers_not_wait_for_a_writer(engine):
    """Pages are shown while a grade is stored."""
    with engine.begin() as writing:
        row = {"code_hash": "x", "expires": datetime.now(UTC)}
        writing.execute(insert(INVITATIONS).values(row))
        with reading(engine) as connection:
            assert connection.execute(select(INVITATIONS)).all() == []


def test_do_writers_wait_for_each_other(engine):
    """Each reads and then writes, which would fail if both had begun by reading."""

    def count() -> None:
        for _ in range(20):
            with engine.begin() as connection:
                number = len(connection.execute(select(INVITATIONS)).all())
                row = {"code_hash": str(number), "expires": datetime.now(UTC)}
                connection.execute(insert(INVITATIONS).values(row))

    threads = [threading.Thread(target=count) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine) as connection:
        assert len(connection.execute(select(INVITATIONS)).all()) == 60


def test_is_a_place_that_cannot_be_used_a_sentence(tmp_path):
    with pytest.raises(CourseError, match="cannot be opened"):
        open_store(tmp_path / "nowhere" / "service.db")
    (tmp_path / "text.db").write_text("no database, and longer than its header would be" * 9)
    with pytest.raises(CourseError, match="cannot be opened"):
        open_store(tmp_path / "text.db")
