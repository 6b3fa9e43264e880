"""Is a course created completely or not at all, and is damage reported in one line?"""

from __future__ import annotations

import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from autograder.course import create_database, database
from autograder.course import directory as courses
from autograder.errors import CourseError
from tests.tiny_course import course

__all__ = ["course"]


def roster(folder: Path, content: str | bytes) -> Path:
    path = folder / "class.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_is_a_missing_roster_reported(tmp_path):
    with pytest.raises(CourseError, match="cannot be read: No such file"):
        courses.init(tmp_path / "nn", tmp_path / "none.csv")
    assert list(tmp_path.iterdir()) == []


def test_is_a_course_private_and_its_students_in_the_gradebook(tmp_path):
    made = courses.init(tmp_path / "nn 26", roster(tmp_path, "id,last_name\nann,Z\nbob,\n"))
    secret = made.root / ".autograder" / "secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert stat.S_IMODE(secret.parent.stat().st_mode) == 0o700
    assert len(made.secret) == 32 and made.secret.hex() not in repr(made)
    assert made.course_id == "nn-26"
    with closing(sqlite3.connect(made.root / "gradebook.db")) as database:
        rows = database.execute("SELECT id, last_name FROM student").fetchall()
    assert sorted(rows) == [("ann", "Z"), ("bob", None)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["class.csv", "nn 26"]


def test_is_what_exists_never_overwritten(tmp_path, course):
    with pytest.raises(CourseError, match="is already a course; nothing was changed"):
        courses.init(course.root)
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "draft").touch()
    for taken in (tmp_path / "thesis", tmp_path / "thesis" / "draft"):
        with pytest.raises(CourseError, match="is not empty"):
            courses.init(taken)


def test_is_nothing_left_when_the_gradebook_cannot_be_made(tmp_path, monkeypatch):
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(create_database, "create", fail)
    with pytest.raises(CourseError, match="No space left"):
        courses.init(tmp_path / "nn")
    assert list(tmp_path.iterdir()) == []


def damage(path: Path, start: int = 0) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\xa5" * 4096)


DAMAGES = {
    "no course": (lambda root: (root / "nbgrader_config.py").unlink(), "autograder init"),
    "config": (lambda root: (root / "nbgrader_config.py").write_text("c = ("), "SyntaxError"),
    "no secret": (lambda root: (root / ".autograder/secret").unlink(), "from a backup"),
    "open secret": (lambda root: (root / ".autograder/secret").chmod(0o644), "chmod 600"),
    "short secret": (lambda root: (root / ".autograder/secret").write_text("ab"), "damaged"),
    "odd secret": (lambda root: (root / ".autograder/secret").write_bytes(b"\xff"), "cannot be"),
    "no gradebook": (lambda root: (root / "gradebook.db").unlink(), "is missing"),
    "other file": (lambda root: damage(root / "gradebook.db"), "is damaged"),
    "bad pages": (lambda root: damage(root / "gradebook.db", 4096), "is damaged"),
    "empty": (lambda root: (root / "gradebook.db").write_bytes(b""), "no grades table"),
}


@pytest.mark.parametrize(("act", "reason"), DAMAGES.values(), ids=DAMAGES)
def test_is_a_damaged_course_reported_in_one_line(course, act, reason):
    act(course.root)
    with pytest.raises(CourseError) as caught:
        courses.load(course.root)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_is_a_locked_gradebook_reported(course, monkeypatch):
    monkeypatch.setattr(database, "LOCKED_SECONDS", 0.05)
    other = sqlite3.connect(course.root / "gradebook.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(CourseError, match="database is locked.*try again"):
        courses.load(course.root)
    other.close()
    assert courses.load(course.root) == course


def test_can_a_course_be_moved(course, tmp_path):
    moved = Path(shutil.move(course.root, tmp_path / "elsewhere"))
    assert courses.load(moved).db_url == f"sqlite:///{moved / 'gradebook.db'}"


@pytest.mark.parametrize(
    ("url", "reason"),
    [("mysql://grader:hunter2@db/nn", "a 'mysql' database"), ("hunter2", "cannot be read")],
)
def test_is_an_unusable_url_in_the_configuration_reported(course, url, reason):
    config = course.root / "nbgrader_config.py"
    config.write_text(f"{config.read_text()}\nc.CourseDirectory.db_url = {url!r}\n")
    with pytest.raises(CourseError, match=reason) as caught:
        courses.load(course.root)
    assert "\n" not in str(caught.value) and "hunter2" not in str(caught.value)
