"""Is an nbgrader course taken over with nothing of it changed?"""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from nbgrader.api import Gradebook

from autograder.course import directory
from autograder.course.create_database import create
from autograder.course.roster import Student, enrolled
from autograder.course.take_over import SETTINGS_FILE, take_over
from autograder.errors import CourseError
from autograder.release.generate import release
from tests.submissions import write_submission
from tests.tiny_course import TINY_WEEK, write_lesson

CONFIG = (
    "c = get_config()\nc.CourseDirectory.course_id = 'stats101'  # theirs\nc.Exchange.root = '/x'"
)


@pytest.fixture
def theirs(tmp_path):
    """A course as `nbgrader quickstart` and a term of use leave it."""
    root = tmp_path / "stats101"
    write_submission(root / "nbgrader_config.py", CONFIG)
    write_submission(root / "source" / "ps1" / "problem1.ipynb", "{}")
    write_submission(root / "header.ipynb", "{}")
    url = f"sqlite:///{root}/gradebook.db"
    create(url, "stats101", [Student("ada", "Lovelace")])
    with Gradebook(url, "stats101") as gradebook:
        gradebook.add_assignment("ps1")
    return root


def files(root):
    return {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}


def test_is_what_was_there_as_it_was(theirs):
    before = {name: path.read_bytes() for name, path in files(theirs).items()}
    course, added = take_over(theirs)
    after = files(theirs)
    for name, content in before.items():
        now = after[name].read_bytes()
        assert now == content or (name == "nbgrader_config.py" and now.startswith(content))
    new = {SETTINGS_FILE, "course.toml", ".autograder/secret"}
    assert set(after) - set(before) == new
    assert new <= {*added, "course.toml"} and course.course_id == "stats101"
    assert [each.id for each in enrolled(course.db_url)] == ["ada"]
    assert course.config.Exchange.root == "/x"


def test_does_the_course_release_a_week_then(theirs, tmp_path):
    course, _ = take_over(theirs)
    assert release(course, TINY_WEEK, write_lesson(tmp_path)).is_file()
    with Gradebook(course.db_url, course.course_id) as gradebook:
        assert {each.name for each in gradebook.assignments} == {"ps1", TINY_WEEK.stem}


def test_is_nothing_added_a_second_time(theirs):
    take_over(theirs)
    before = {name: path.read_bytes() for name, path in files(theirs).items()}
    assert take_over(theirs)[1] == []
    assert {name: path.read_bytes() for name, path in files(theirs).items()} == before


def test_gets_a_course_of_source_alone_the_rest(tmp_path):
    (tmp_path / "source").mkdir()
    course, added = take_over(tmp_path)
    assert {"nbgrader_config.py", "course.toml", "release/", "submitted/"} <= set(added)
    assert directory.load(tmp_path) == course


def test_are_steps_of_their_own_not_replaced_without_a_word(theirs):
    config = theirs / "nbgrader_config.py"
    config.write_text(f"{CONFIG}\nc.Autograde.autograde_preprocessors = ['mine.Step']\n")
    before = set(files(theirs))
    with pytest.raises(CourseError, match="autograde_preprocessors"):
        take_over(theirs)
    assert set(files(theirs)) == before


def test_does_an_old_gradebook_say_how_to_upgrade_it(theirs):
    with closing(sqlite3.connect(theirs / "gradebook.db")) as database:
        database.execute("ALTER TABLE student DROP COLUMN lms_user_id")
        database.commit()
    before = set(files(theirs))
    with pytest.raises(CourseError, match="nbgrader db upgrade"):
        take_over(theirs)
    assert set(files(theirs)) == before


def test_is_a_directory_without_a_course_refused(tmp_path):
    with pytest.raises(CourseError, match="no nbgrader course"):
        take_over(tmp_path)
    assert not list(tmp_path.iterdir())
