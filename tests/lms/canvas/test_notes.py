"""Is what an instructor is told about a week in Canvas true, and silent if all is well?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.course.people import Matched
from autograder.errors import CourseError
from autograder.lms.canvas import notes
from autograder.output.spreadsheet import number
from tests.lms.filled_class import student, week


@given(st.floats(-1e4, 1e4), st.sampled_from(".,"), st.integers(0, 3))
def test_is_a_number_the_same_however_it_is_written(value, point, zeros):
    points = number(value)
    more = "" if "." not in points else "0" * zeros
    assert notes.same_number(f" {points}{more} ".replace(".", point), points)
    assert not notes.same_number(points, number(value + 1))


@pytest.mark.parametrize("written", ["", "EX", "N/A", "-", "8 7", "1e2", "(read only)"])
def test_is_what_is_no_number_never_the_same(written):
    assert not notes.same_number(written, "100")


def test_is_a_warning_given_only_if_the_points_differ(tmp_path):
    graded = week(tmp_path, [student(0)])
    assert notes.about_points("100,00", graded) == ()
    (warning,) = notes.about_points("", graded)
    assert "out of no number of points in Canvas, and out of 100 in the gradebook" in warning


def test_are_other_points_refused(tmp_path):
    graded = week(tmp_path, [student(0)])
    notes.refuse_other_points("100", "Week 6", graded)
    # Of a week without students nobody knows what it is worth.
    notes.refuse_other_points("90", "Week 6", week(tmp_path, []))
    with pytest.raises(CourseError, match="Nothing was sent. Next: check --assignment-id"):
        notes.refuse_other_points("90", "Week 6", graded)


def test_is_every_lost_grade_told_and_nothing_else(tmp_path):
    graded = week(tmp_path, [student(0), student(1, None), student(2), student(3)])
    matched = Matched({1: "s0000", 2: "s0003"}, ("Eve fits s0001 and s0002; left out",), ("Bob",))
    assert notes.lost(graded, matched) == (
        "Eve fits s0001 and s0002; left out",
        "Has a grade, but was not found in Canvas: 1 student (s0002).",
    )
    (stranger,) = notes.strangers(matched)
    assert "not in this course's gradebook: 1 student (Bob)." in stranger
    everybody = Matched({n: f"s000{n}" for n in range(4)})
    assert notes.lost(graded, everybody) == notes.strangers(everybody) == ()
