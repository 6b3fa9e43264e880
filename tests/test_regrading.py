"""Is a question judged again from kept answers as a full run would judge it?"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder import course, demo, grading
from autograder.assignment import Assignment, load_assignment
from autograder.course import Course
from autograder.dispatch import local
from autograder.gradebook import reports
from autograder.records import Report
from autograder.regrading import judge_again
from autograder.sandbox.limits import Limits
from autograder.sandbox.view import isolation_available
from tests.conftest import EXHAUSTIVE

pytestmark = pytest.mark.skipif(isolation_available() != "bubblewrap", reason=isolation_available())

LIMITS = Limits(cell_seconds=4, question_seconds=2)
SLOW = {"loops-for-ever", "cell-never-ends", "memory-bomb", "prints-a-gigabyte", "crashes"}
MEMBERS = [pupil for pupil in demo.members() if EXHAUSTIVE or pupil.name not in SLOW]


@pytest.fixture(scope="module")
def demo_class(released_course, tmp_path_factory) -> tuple[Course, Assignment]:
    """The demo's class, graded once."""
    root = Path(shutil.copytree(released_course, tmp_path_factory.mktemp("regrading") / "course"))
    opened = course.load(root)
    demo.hand_in(opened, MEMBERS)
    assignment = load_assignment(opened, demo.WEEK)
    handed_in = grading.submissions(opened, assignment)
    assert list(grading.grade_course(opened, assignment, handed_in, limits=LIMITS))
    return opened, assignment


@pytest.fixture
def nothing_runs(monkeypatch) -> None:
    """A sandbox that would be started is an error."""

    def started(*_: Any, **__: Any) -> Iterator[Any]:
        raise AssertionError("something was run")

    monkeypatch.setattr(local, "Sandbox", started)


def stored(opened: Course) -> dict[str, Report]:
    return {report.student: report for report in reports.load(opened, demo.STEM)}


@pytest.mark.parametrize("student", [pupil.name for pupil in MEMBERS])
def test_is_every_question_judged_again_as_it_was(demo_class, student):
    opened, assignment = demo_class
    report = stored(opened)[student]
    assert report.key and all(verdict.key for verdict in report.verdicts)
    for name in assignment.week.questions:
        again = judge_again(opened, assignment, report, [name])
        assert again is not None, f"{name} could not be judged from what is kept"
        assert again.report.verdicts == report.verdicts and again.changed == ()
        assert again.report.stopped == report.stopped
    everything = judge_again(opened, assignment, report, list(assignment.week.questions))
    assert everything is not None and everything.report.verdicts == report.verdicts
