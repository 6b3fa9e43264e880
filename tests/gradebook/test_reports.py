"""Is what grading found kept whole, privately, and the same by both ways of grading?"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from autograder.cli import demo
from autograder.course import directory
from autograder.errors import CourseError
from autograder.gradebook import reports
from autograder.grading import grade_class
from autograder.grading.assignment import load_assignment
from autograder.records import Outcome, Report, Verdict

STEM = "week06_backpropagation"
LOST: dict[str, Any] = {
    "figures": (("loss", 0.5),),
    "lost": (("dX", "numbers"),),
    "lost_cases": ("product", "mixed"),
    "calls": ("relu_backward",),
}
VERDICT = Verdict("relu", 1.0, 4.0, Outcome.VALUES, "why\n<b>é</b>", "dX", "no-gate", 0.5, "ab12")
VERDICT = replace(VERDICT, **LOST)


def test_does_a_report_come_back_as_it_was(tmp_path):
    kept = Report("ada", "week06", (VERDICT,), problems=("A cell was put back.",), stopped=1)
    reports.save(tmp_path, STEM, kept)
    opened = directory.Course(tmp_path, "nn", "", b"", None)
    assert list(reports.load(opened, STEM)) == [kept]
    folder = tmp_path / ".autograder" / "reports" / STEM
    assert folder.stat().st_mode & 0o077 == 0
    assert [path.name for path in folder.iterdir()] == ["ada.json"]


def test_is_a_report_of_an_earlier_version_read(tmp_path):
    """It had none of these fields."""
    reports.save(tmp_path, STEM, Report("ada", "week06", (VERDICT,)))
    path = tmp_path / ".autograder" / "reports" / STEM / "ada.json"
    plain = json.loads(path.read_text())
    for name in LOST:
        del plain["verdicts"][0][name]
    path.write_text(json.dumps(plain))
    opened = directory.Course(tmp_path, "nn", "", b"", None)
    (kept,) = reports.load(opened, STEM)
    assert kept.verdicts == (replace(VERDICT, **dict.fromkeys(LOST, ())),)


def test_is_a_damaged_report_named(tmp_path):
    reports.save(tmp_path, STEM, Report("ada", "week06", (VERDICT,)))
    path = tmp_path / ".autograder" / "reports" / STEM / "ada.json"
    path.write_text(path.read_text()[:-5])
    opened = directory.Course(tmp_path, "nn", "", b"", None)
    with pytest.raises(CourseError, match="ada.json is damaged"):
        list(reports.load(opened, STEM))
    with pytest.raises(CourseError, match="nothing of week02_bends has been graded"):
        reports.load(opened, "week02_bends")


@pytest.mark.bubblewrap
def test_do_equal_wrong_answers_have_one_digest(fresh_course):
    opened = directory.load(fresh_course)
    demo.hand_in(opened, demo.harmless(20))
    assignment = load_assignment(opened, demo.WEEK)
    handed_in = grade_class.submissions(opened, assignment)
    list(grade_class.grade_course(opened, assignment, handed_in))
    kept = list(reports.load(opened, STEM))
    assert len(kept) == len(handed_in)
    wrong = [v for each in kept for v in each.verdicts if not v.right]
    assert wrong and all(v.answered for v in wrong)
    by_digest: dict[str, set[tuple[str, str]]] = {}
    for verdict in wrong:
        by_digest.setdefault(verdict.answered, set()).add((verdict.question, verdict.mistake))
    assert all(len(each) == 1 for each in by_digest.values())
