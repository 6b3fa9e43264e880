"""Does the gradebook say what it knows of a week, and keep a due date?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from autograder.course import assignments
from autograder.course.settings import Settings
from autograder.release.generate import release
from autograder.release.start_here.first_cell import CELL
from tests.release.test_generate import submit
from tests.tiny_course import POINTS, TINY_WEEK, course, write_lesson

__all__ = ["course"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]
STEM = TINY_WEEK.stem


def test_does_it_know_a_weeks_cells_and_grades(course):
    assert assignments.find(course, "week98_none") is None
    entry = assignments.find(course, STEM)
    assert entry is not None
    assert entry.cells == {*POINTS, CELL, "setup", "solution-relu", "solution-best_bend"}
    assert (entry.graded, entry.due) == (0, None)
    submit(course, "ann")
    entry = assignments.find(course, STEM)
    assert entry is not None and entry.graded == 1


def test_is_a_due_date_kept_in_utc_and_by_another_release(course, tmp_path):
    due = datetime(2026, 12, 1, 23, 59, tzinfo=timezone(timedelta(hours=1)))
    assignments.set_due(course, STEM, due)
    release(course, TINY_WEEK, write_lesson(tmp_path))
    entry = assignments.find(course, STEM)
    assert entry is not None and entry.due == due
    assert entry.due == datetime(2026, 12, 1, 22, 59, tzinfo=UTC)


def test_are_the_students_named_who_handed_in(course):
    assert assignments.handed_in(course, STEM) == []
    course.folder("submitted", STEM, "ann").mkdir(parents=True)
    assert assignments.handed_in(course, STEM) == ["ann"]


def test_is_the_due_date_of_course_toml_written_where_the_gradebook_has_another(course):
    due = datetime(2026, 12, 1, 22, 59, tzinfo=UTC)
    assert assignments.follow_settings(course, "week99", STEM) is None
    told = replace(course, settings=Settings(due={"week99": due}))
    assert assignments.follow_settings(told, "week99", STEM) == due
    assert assignments.follow_settings(told, "week99", STEM) is None
    assert assignments.follow_settings(told, "week99", "week99_never_released") is None
    entry = assignments.find(course, STEM)
    assert entry is not None and entry.due == due
