"""Does a gradebook that cannot be changed end in a sentence?"""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from autograder.course.gradebook import opened
from autograder.errors import CourseError
from tests.tiny_course import course  # noqa: F401


def test_is_a_refused_change_one_sentence_with_a_next_step(course):  # noqa: F811
    with closing(sqlite3.connect(course.root / "gradebook.db")) as database:
        database.execute(
            "CREATE TRIGGER no BEFORE INSERT ON student BEGIN SELECT RAISE(FAIL, 'no'); END"
        )
        database.commit()
    with (
        pytest.raises(CourseError, match="was not changed.*try again"),
        opened(course) as gradebook,
    ):
        gradebook.add_student("ada")
