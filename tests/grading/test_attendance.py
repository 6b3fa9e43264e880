"""Is everything in `submitted/` graded or named, and nobody made a student without a word?"""

from __future__ import annotations

import pytest

from autograder.course import enrolment
from autograder.course.roster import Student
from autograder.grading.attendance import attendance, enrol_new
from autograder.intake.find import find_submissions
from tests.submissions import write_submission
from tests.tiny_course import TINY_WEEK, course  # noqa: F401

STEM = TINY_WEEK.stem
EMPTY = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
ROSTER = ("ada", "bob", "s001")


@pytest.fixture
def attend(course):  # noqa: F811
    """What is found after these files are handed in."""
    enrolment.enrol(course, [Student(name) for name in ROSTER])

    def find(*paths: str, **options: bool):
        released = course.notebook("release", STEM).read_bytes()
        for path in paths:
            write_submission(course.root / "submitted" / path, released)
        found = find_submissions(course.root / "submitted", STEM, TINY_WEEK.name, ["relu"])
        return attendance(course, TINY_WEEK.name, STEM, found, **options)

    return find


def in_place(student: str) -> str:
    return f"{student}/{STEM}/{STEM}.ipynb"


def test_is_who_handed_in_graded_and_who_did_not_named(attend):
    found = attend(in_place("ada"))
    assert [each.student for each in found.graded] == ["ada"]
    assert found.missing == ("bob", "s001") and not found.not_graded and not found.added
    assert found.notes == ["Nothing handed in: 2 students: bob, s001."]


@pytest.mark.parametrize("allowed", [False, True])
@pytest.mark.parametrize(
    ("name", "told"), [("S001", "'s001'"), ("s001 ", "'s001'"), (STEM, "comes first")]
)
def test_is_a_slip_of_the_pen_never_a_new_student(attend, name, told, allowed):
    found = attend(in_place(name), in_place("ada"), new_students=allowed)
    assert [each.student for each in found.graded] == ["ada"]
    assert told in found.not_graded[name] and "Next:" in found.not_graded[name]


def test_is_a_new_student_made_only_if_the_instructor_says_so(attend):
    found = attend(in_place("adda"))
    assert not found.graded and "did you mean 'ada'?" in found.not_graded["adda"]
    found = attend(new_students=True)
    assert [each.student for each in found.graded] == ["adda"] and found.added == ("adda",)
    assert "New in the gradebook: 1 student: adda." in found.notes


def test_does_a_course_without_a_roster_take_everybody_and_say_so(course):  # noqa: F811
    for name in ("ada", "bob"):
        released = course.notebook("release", STEM).read_bytes()
        write_submission(course.root / "submitted" / in_place(name), released)
    submitted = find_submissions(course.root / "submitted", STEM, TINY_WEEK.name)
    found = attendance(course, TINY_WEEK.name, STEM, submitted)
    assert found.added == ("ada", "bob") and found.notes
    # All at once, so that whoever is not graded when a run is stopped is no stranger to the next.
    enrol_new(course, found, found.graded)
    again = attendance(course, TINY_WEEK.name, STEM, submitted)
    assert again.graded == found.graded and not again.added and not again.not_graded


@pytest.mark.parametrize("path", ["loose.ipynb", "bob/homework/x.ipynb", "bob/deep/er/x.ipynb"])
def test_is_a_notebook_in_the_wrong_place_graded_or_named(attend, course, path):  # noqa: F811
    write_submission(course.root / "submitted" / path, EMPTY)
    found = attend(in_place("ada"))
    top = path.partition("/")[0]
    assert top in found.not_graded or top in [each.student for each in found.graded]


def test_is_work_for_another_week_no_fault(attend, course):  # noqa: F811
    write_submission(course.root / "submitted/bob/week98_other/week98_other.ipynb")
    assert attend(in_place("ada")).not_graded == {}


def test_is_a_time_that_says_nothing_named(attend, course):  # noqa: F811
    write_submission(course.root / "submitted" / "ada" / STEM / "timestamp.txt", "yesterday")
    assert "'yesterday'" in attend(in_place("ada")).doubtful["ada"]
