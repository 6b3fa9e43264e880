"""Does a PostgreSQL gradebook hold the same rows as SQLite's, also when its server restarts?"""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from sqlalchemy.event import listen

from autograder.course import directory
from autograder.course.directory import Course
from autograder.gradebook.bulk import BulkWriter
from tests.faults.a_class import grade, report_files, rows, start
from tests.gradebook.test_bulk import STEM, a_class
from tests.postgresql import MISSING, Server, move_gradebook, server
from tests.tiny_course import course as tiny_course

__all__ = ["server", "tiny_course"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.bubblewrap,
    pytest.mark.skipif(bool(MISSING), reason=MISSING),
    # nbgrader's own, while it makes and fills its tables.
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]


def in_postgresql(root: Path, server: Server, name: str) -> Course:
    """Move a course that has graded nothing to a gradebook on the server."""
    move_gradebook(root, server.new_database(name))
    return directory.load(root)


def test_are_the_rows_those_of_sqlite(small_class, tmp_path, server):
    root = small_class.copy(tmp_path / "course")
    opened = in_postgresql(root, server, "whole")
    grade(root)
    assert rows(opened.db_url) == small_class.expected
    first = report_files(root)
    grade(root)
    assert report_files(root) == first
    grade(root, "--force")
    assert rows(opened.db_url) == small_class.expected


@pytest.mark.beyond_sample
def test_does_a_restart_in_the_middle_lose_nothing(small_class, tmp_path, server):
    root = small_class.copy(tmp_path / "course")
    opened = in_postgresql(root, server, "restarted")
    process = start(root)
    # Once the first graded notebook stands there, rows are about to be written.
    while not list(root.glob("autograded/*/*/*.ipynb")) and process.poll() is None:
        time.sleep(0.01)
    server.stop()
    time.sleep(2)
    server.start()
    _, err = process.communicate(timeout=300)
    assert process.returncode == 3, err
    assert rows(opened.db_url) == small_class.expected


@pytest.mark.beyond_sample
def test_is_a_server_that_stays_away_one_line(small_class, tmp_path, server):
    root = small_class.copy(tmp_path / "course")
    opened = in_postgresql(root, server, "away")
    server.stop()
    try:
        process = start(root)
        _, err = process.communicate(timeout=300)
    finally:
        server.start()
    assert process.returncode == 1 and err.strip().count("\n") == 0, err
    assert "is not available" in err and "try again" in err and "Traceback" not in err
    grade(root)
    assert rows(opened.db_url) == small_class.expected


def test_does_a_score_that_a_person_saves_meanwhile_stay(tiny_course, server):
    move_gradebook(tiny_course.root, server.new_database("meanwhile"))
    opened = directory.load(tiny_course.root)
    reports = a_class(opened)
    saved: list[str] = []

    def save(*_: object) -> None:
        with Gradebook(opened.db_url, opened.course_id) as gradebook:
            grade = gradebook.find_grade("relu", STEM, STEM, "ann")
            grade.manual_score, grade.needs_manual_grade = 3.0, False
            gradebook.db.commit()
        saved.append("ann")

    with BulkWriter(opened, STEM) as writer:
        writer.write(reports)
        # The last moment before the scores are written.
        listen(
            writer._engine,
            "before_cursor_execute",
            lambda _, __, statement, *___: (
                save() if " grade " in statement[:20] and not saved else None
            ),
        )
        writer.write(reports)
    assert saved
    row = next(row for row in rows(opened.db_url)["grade"] if row[:2] == ("ann", "relu"))
    # It stands, since what it was given for has not changed.
    assert row[2:] == (4.0, 3.0, None, False)
