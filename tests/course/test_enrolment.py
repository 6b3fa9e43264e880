"""Do students join, change and leave without anybody else being touched?"""

from __future__ import annotations

import pytest

from autograder.course import enrolment
from autograder.course.roster import Student, enrolled
from autograder.errors import CourseError, UnknownName
from tests.tiny_course import course  # noqa: F401

ADA = Student("ada", "Lovelace", "Ada", "ada@example.org", "4711")
BOB = Student("bob", "Builder")


@pytest.fixture
def with_two(course):  # noqa: F811
    enrolment.enrol(course, [ADA, BOB])
    return course


def test_is_a_late_joiner_added_and_nobody_else_changed(with_two):
    changes = enrolment.enrol(with_two, [Student("cyd"), ADA])
    assert changes == enrolment.Changes(("cyd",), {}, ("ada",), ("bob",))
    assert enrolled(with_two.db_url) == [ADA, BOB, Student("cyd")]


def test_is_a_detail_updated_and_what_is_missing_kept(with_two):
    changes = enrolment.enrol(with_two, [Student("ada", email="new@example.org")])
    assert changes.changed == {"ada": {"email": ("ada@example.org", "new@example.org")}}
    kept = Student("ada", "Lovelace", "Ada", "new@example.org", "4711")
    assert enrolled(with_two.db_url) == [kept, BOB]


@pytest.mark.parametrize("like", ["Ada", "ADA", "ａda"])
def test_is_a_second_spelling_of_an_id_refused(with_two, like):
    with pytest.raises(CourseError, match="nothing was changed"):
        enrolment.enrol(with_two, [Student("cyd"), Student(like)])
    assert enrolled(with_two.db_url) == [ADA, BOB]


def test_does_only_the_student_leave_who_was_removed(with_two):
    enrolment.remove(with_two, "ada")
    assert enrolled(with_two.db_url) == [BOB]
    with pytest.raises(UnknownName, match="bob"):
        enrolment.remove(with_two, "bobb")


def test_are_a_students_weeks_those_with_grades(with_two):
    assert enrolment.graded_weeks(with_two, "ada") == []
