"""Does a PostgreSQL gradebook hold the same rows as SQLite's, also when its server restarts?

The server is Debian's or any other found on this machine, started in a temporary directory by an
unprivileged user. Where there is none, or no driver, the tests say so and are skipped.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder import course, demo, release
from autograder.course import Course
from autograder.questions import catalogue
from autograder.sandbox.view import isolation_available
from tests.faults.a_class import grade, report_files, rows, set_due_date, start

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
REASON = (
    isolation_available()
    if isolation_available() != "bubblewrap"
    else "the driver psycopg is not installed"
    if importlib.util.find_spec("psycopg") is None
    else "PostgreSQL is not installed (Debian: apt-get install postgresql)"
    if not PROGRAMS
    else ""
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(REASON), reason=REASON),
    # nbgrader's own, while it makes and fills its tables.
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]


class Server:
    """A server of the test's own, reached through a socket in its directory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        # PostgreSQL refuses to run as root.
        self.user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        if os.geteuid() != 0:
            self.user = []
        else:
            shutil.chown(folder, "nobody", "nogroup")
        self._run("initdb", "-D", str(self.data), "-U", "grader", "-A", "trust", "-N")

    def start(self) -> None:
        where = f"-k {self.folder} -c listen_addresses=''"
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self.data), "-w", "-o", where, "-l", log, "start")

    def stop(self, how: str = "immediate") -> None:
        self._run("pg_ctl", "-D", str(self.data), "-w", "-m", how, "stop")

    def url(self, database: str) -> str:
        self._run("createdb", "-h", str(self.folder), "-U", "grader", database)
        return f"postgresql+psycopg://grader@/{database}?host={self.folder}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self.user, str(PROGRAMS[-1].with_name(program)), *arguments]
        done = subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=self.folder
        )
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    # A socket's path may have a hundred characters, so not below pytest's own folder.
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        made = Server(Path(folder))
        made.start()
        yield made
        made.stop("fast")


def in_postgresql(root: Path, server: Server, database: str) -> Course:
    """Move a course that has graded nothing to a gradebook on the server."""
    url = server.url(database)
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text() + f"\nc.CourseDirectory.db_url = {url!r}\n")
    (root / "gradebook.db").unlink()
    shutil.rmtree(root / "release")
    course._create_gradebook(url, "course", [])
    opened = course.load(root)
    release.release(opened, catalogue.week(demo.WEEK))
    set_due_date(url)
    return opened


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
    assert "is not available" in err and "grade again" in err and "Traceback" not in err
    grade(root)
    assert rows(opened.db_url) == small_class.expected
