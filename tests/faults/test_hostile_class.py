"""Does a class with attackers in it leave anything behind, or cost anybody a point?"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from autograder.cli import demo
from autograder.course import directory
from autograder.grading import grade_class
from autograder.grading.assignment import load_assignment
from tests.conftest import EXHAUSTIVE
from tests.faults.footprint import SHORT, attacks, footprint, hand_in_class

pytestmark = [
    pytest.mark.slow,
    pytest.mark.bubblewrap,
]

SOME = ("fork-bomb", "nested-directories", "waits-for-the-next", "kills-everything", "os-exit")
WORKERS = 2
DESCRIPTORS = 16
"""Of one worker: the pipes of a sandbox for submissions, and of one for follow-through."""
GROWTH = 40 * 2**20
"""What an interpreter may take meanwhile; a leak of two megabytes a submission is more."""


@pytest.mark.parametrize(("count", "share"), [(2000, 20) if EXHAUSTIVE else (60, 20)])
def test_is_as_much_held_after_a_class_as_before(
    fresh_course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int, share: int
) -> None:
    opened = directory.load(fresh_course)
    hostile = hand_in_class(opened, count, attacks(() if EXHAUSTIVE else SOME), share)
    assert hostile == count // share
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    assignment = load_assignment(opened, demo.WEEK)
    handed_in = grade_class.submissions(opened, assignment)

    before = footprint(place)
    in_work = []
    points = {}
    for report in grade_class.grade_course(opened, assignment, handed_in, workers=2, limits=SHORT):
        in_work.append(footprint(place))
        points[report.student] = report.points
        assert "grader failed" not in report.unreadable
    after = footprint(place)

    assert len(points) == count
    assert (after.descriptors, after.processes, after.files) == (
        before.descriptors,
        before.processes,
        before.files,
    )
    most = before.descriptors + WORKERS * DESCRIPTORS
    assert max(held.descriptors for held in in_work) <= most
    # The second half of the class needs no more than the first.
    first, second = in_work[: count // 2], in_work[count // 2 :]
    assert max(held.files for held in second) <= max(held.files for held in first)
    assert max(held.memory for held in second) <= max(held.memory for held in first) + GROWTH
    # The same kind of honest work has the same points, whoever stood beside it.
    honest: dict[str, set[float]] = {}
    for student, earned in points.items():
        kind, _, number = student.rpartition("-")
        if number.isdecimal():
            honest.setdefault(kind, set()).add(earned)
    assert honest["right"] == {80.0} and all(len(each) == 1 for each in honest.values())
