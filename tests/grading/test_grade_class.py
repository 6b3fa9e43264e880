"""Does a class become rows of the gradebook, and nobody pay for another's submission?"""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.cli import demo
from autograder.course import directory
from autograder.errors import CourseError, UnknownName
from autograder.grading import grade_class, pipeline
from autograder.grading.assignment import load_assignment
from autograder.records import Submission


@pytest.fixture
def opened(fresh_course):
    return directory.load(fresh_course)


@pytest.mark.bubblewrap
def test_does_a_fault_of_the_grader_cost_nobody_else(opened, monkeypatch):
    demo.hand_in(opened, demo.harmless(3))
    assignment = load_assignment(opened, demo.WEEK)
    handed_in = grade_class.submissions(opened, assignment)
    real = pipeline.restore

    def failing(submitted, released):
        if failing.calls == 0:
            failing.calls += 1
            raise ZeroDivisionError("a bug of ours")
        return real(submitted, released)

    failing.calls = 0
    monkeypatch.setattr(pipeline, "restore", failing)
    reports = list(grade_class.grade_course(opened, assignment, handed_in, workers=1))
    reasons = [report.unreadable for report in reports if report.unreadable]
    assert reasons == ["The grader failed on this submission (ZeroDivisionError: a bug of ours)."]
    assert sum(report.points > 0 for report in reports) == 2


@pytest.mark.bubblewrap
def test_is_grading_twice_the_same(opened):
    demo.hand_in(opened, demo.harmless(3))
    assignment = load_assignment(opened, demo.WEEK)
    handed_in = grade_class.submissions(opened, assignment)

    def points() -> dict[str, float]:
        reports = grade_class.grade_course(opened, assignment, handed_in)
        return {report.student: report.points for report in reports}

    assert points() == points()


def test_is_a_week_in_which_nothing_is_handed_in_told_where_to_put_it(opened):
    assignment = load_assignment(opened, demo.WEEK)
    with pytest.raises(CourseError, match=f"submitted/STUDENT/{demo.STEM}"):
        grade_class.submissions(opened, assignment)


def test_is_an_unknown_question_refused_before_anything_is_run(opened):
    demo.hand_in(opened, demo.harmless(1))
    assignment = load_assignment(opened, demo.WEEK)
    handed_in = grade_class.submissions(opened, assignment)
    with pytest.raises(UnknownName, match="no question 'relu_bakward'.+relu_backward"):
        list(grade_class.grade_course(opened, assignment, handed_in, questions=["relu_bakward"]))
    assert not (opened.root / "autograded").exists()


def test_are_only_those_chosen_who_are_named():
    class_ = [Submission(name, "week06", Path(name)) for name in ("ann", "bob", "cem")]
    assert grade_class.only(class_, ["cem", "ann"]) == [class_[0], class_[2]]
    with pytest.raises(UnknownName, match="'bobb' has handed in nothing.+bob"):
        grade_class.only(class_, ["ann", "bobb"])
