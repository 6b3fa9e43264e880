"""Is a week of the package copied into a course whole, remembered, and taken from there?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import autograder
from autograder.course import own_weeks
from autograder.errors import CourseError, UnknownName
from autograder.questions import catalogue, places, references
from autograder.questions.keys import question_keys
from tests.own_weeks import write_week

STEM = "week06_backpropagation"


@pytest.fixture(autouse=True)
def the_package_alone_afterwards():
    yield
    catalogue.use(None)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_is_an_adapted_week_the_packages_until_it_is_edited(tmp_path):
    before = catalogue.week("6")
    keys, values = question_keys(before), references.public(before.questions.values(), STEM)
    week = own_weeks.adapt(tmp_path, "6")
    assert week.own and week.folder == tmp_path / "weeks" / STEM
    assert week.lesson.read_bytes() == before.lesson.read_bytes()
    assert contents(week.folder) == contents(tmp_path / ".autograder" / "adapted" / STEM)
    # So nothing that is graded already is graded again.
    assert question_keys(week) == keys
    assert references.public(week.questions.values(), STEM).keys() == values.keys()
    note = tmp_path / ".autograder" / "adapted" / f"{STEM}.json"
    assert json.loads(note.read_text()) == {"package": autograder.__version__}


@pytest.mark.slow
def test_is_an_edit_of_the_copy_what_counts(tmp_path):
    file = own_weeks.adapt(tmp_path, "6").folder / "relu_backward.py"
    keys = question_keys(catalogue.week("6"))
    file.write_text(file.read_text().replace("points=6", "points=7"))
    init = file.with_name("__init__.py")
    init.write_text(init.read_text().replace("POINTS = 100", "POINTS = 101"))
    catalogue.use(tmp_path / "weeks")
    week = catalogue.week("6")
    assert (week.points, week.questions["relu_backward"].points) == (101, 7)
    assert catalogue.question("relu_backward").points == 7
    assert question_keys(week) != keys
    # The values do not depend on points.
    assert references.public(week.questions.values(), STEM)


def test_changes_an_edited_lesson_no_verdict(tmp_path):
    week = own_weeks.adapt(tmp_path, "6")
    keys = question_keys(week)
    week.lesson.write_text(week.lesson.read_text() + "\n# %% [markdown]\n# More.\n")
    assert question_keys(week) == keys


@pytest.mark.slow
def test_is_a_week_refused_that_the_course_has_already(tmp_path):
    folder = own_weeks.adapt(tmp_path, "6").folder
    (folder / "lesson.py").write_text("mine")
    with pytest.raises(CourseError, match="week06 is the course's own already"):
        own_weeks.adapt(tmp_path, "week06")
    assert (folder / "lesson.py").read_text() == "mine"


def test_is_a_week_refused_that_does_not_exist_or_is_new(tmp_path):
    with pytest.raises(UnknownName):
        own_weeks.adapt(tmp_path, "99")
    write_week(tmp_path / "weeks")
    catalogue.use(tmp_path / "weeks")
    with pytest.raises(CourseError, match="week16 is the course's own already"):
        own_weeks.adapt(tmp_path, "16")


def test_is_said_what_to_do_where_no_lessons_are_installed(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "SOLUTIONS", tmp_path / "solutions")
    with pytest.raises(CourseError, match="an installed package has none. Next: clone"):
        own_weeks.adapt(tmp_path, "6")
    assert not list(tmp_path.iterdir())


def test_is_nothing_left_of_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "weeks").write_text("a file")
    with pytest.raises(CourseError, match="week06 cannot be copied into"):
        own_weeks.adapt(tmp_path, "6")


def test_is_a_folder_written_completely_or_not_at_all(tmp_path):
    with pytest.raises(IsADirectoryError):
        own_weeks.write_folder(tmp_path / "made", {"a": b"1", ".": b"2"})
    assert not list(tmp_path.iterdir())


def test_does_a_folder_belong_to_the_graders_who_share_a_course(tmp_path):
    tmp_path.chmod(0o2770)
    own_weeks.write_folder(tmp_path / "made", {"a": b"1"})
    assert (tmp_path / "made").stat().st_mode & 0o7777 == 0o2770
