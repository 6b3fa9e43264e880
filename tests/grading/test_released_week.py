"""Is a week that is not what was released refused, with the ways on, until somebody decides?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from autograder.course import directory
from autograder.errors import CourseError
from autograder.grading.decisions import DROPPED, FULL_CREDIT
from autograder.grading.released_week import decided, refuse_difference
from autograder.intake.read import read_notebook
from autograder.questions import catalogue
from autograder.release import record

STEM = "week06_backpropagation"
WRITTEN = "why_blame_is_cheap"


@pytest.fixture(scope="module")
def week():
    return catalogue.week(STEM)


@pytest.fixture
def course(fresh_course):
    return directory.load(fresh_course)


@pytest.fixture
def released(course):
    return read_notebook(course.notebook("release", STEM))


def without(week, *names: str):
    return week.only(set(week.points_by_name) - set(names))


def refusal(course, week, released, decisions=None) -> str:
    with pytest.raises(CourseError) as caught:
        refuse_difference(course, week, released, decisions or {})
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_is_a_week_graded_that_is_what_was_released(course, week, released):
    refuse_difference(course, week, released, {})
    corrected = dict.fromkeys(week.questions, "another key")
    found = record.load(course, STEM)
    assert found is not None
    record.save(course, STEM, replace(found, keys=corrected))
    refuse_difference(course, week, released, {})


def test_are_both_ways_on_named(course, week, released):
    said = refusal(course, without(week, "tanh_backward"), released)
    assert "week06 is not what was released: tanh_backward is gone" in said
    assert "`autograder release week06`" in said
    assert "`autograder grade week06 --as-released`" in said
    assert "full credit for tanh_backward unless course.toml drops it" in said
    said = refusal(course, week.worth({"tanh_backward": 9.0}), released)
    assert "tanh_backward is worth 9 points, not 5" in said and "full credit" not in said


def test_is_a_choice_kept_until_something_else_changes(course, week, released):
    smaller = without(week, "tanh_backward")
    refuse_difference(course, smaller, released, {}, as_released=True)
    refuse_difference(course, smaller, released, {})
    refuse_difference(course, week, released, {})
    smallest = without(week, "tanh_backward", "relu_backward")
    assert "relu_backward is gone" in refusal(course, smallest, released)


def test_is_a_question_that_the_instructor_decided_no_difference(course, week, released):
    smaller = without(week, "tanh_backward")
    refuse_difference(course, smaller, released, {"tanh_backward": DROPPED})


def test_is_a_course_of_an_earlier_version_graded(course, week, released):
    """It has no record of what was released; the notebook says it."""
    Path(course.root, record.FOLDER, f"{STEM}.json").unlink()
    refuse_difference(course, week, released, {})
    refuse_difference(course, week.worth({"tanh_backward": 9.0}), released, {})
    smaller = without(week, "tanh_backward")
    assert "tanh_backward is gone" in refusal(course, smaller, released)
    refuse_difference(course, smaller, released, {}, as_released=True)
    refuse_difference(course, smaller, released, {})


def test_are_decisions_read_from_course_toml(course, week, released):
    given = {"drop": {"week06": ("tanh_backward",)}, "full_credit": {"week06": ("relu_backward",)}}
    settings = replace(course.settings, **given)
    found = decided(replace(course, settings=settings), week, released)
    assert found == {"tanh_backward": DROPPED, "relu_backward": FULL_CREDIT}


@pytest.mark.parametrize(
    ("name", "expected"),
    [("tanh_backwards", "did you mean 'tanh_backward"), (WRITTEN, "is no check.*formgrader")],
)
def test_is_a_decision_refused_that_would_have_no_effect(course, week, released, name, expected):
    settings = replace(course.settings, drop={"week06": (name,)})
    with pytest.raises(CourseError, match=expected):
        decided(replace(course, settings=settings), week, released)
