"""Is it remembered which points the LMS has?"""

from __future__ import annotations

import pytest

from autograder.gradebook.exported import recall, remember
from tests.tiny_course import course  # noqa: F401


def test_is_the_last_export_remembered_beside_students_it_left_out(course):  # noqa: F811
    remember(course, "week99_bends", "csv", {"ada": 3.0, "bob": None})
    remember(course, "week99_bends", "moodle", {"ada": 4.5})
    found = recall(course, "week99_bends")
    assert found is not None
    assert (found.to, found.points) == ("moodle", {"ada": 4.5, "bob": None})


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"to": 1, "when": 2, "points": 3}', "\x00"])
def test_does_a_damaged_record_count_as_none(course, text):  # noqa: F811
    remember(course, "week99_bends", "csv", {})
    (record,) = (course.root / ".autograder" / "exported").iterdir()
    record.write_text(text)
    assert recall(course, "week99_bends") is None
