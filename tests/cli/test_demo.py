"""The demo class through the real sandbox: is each pupil graded fairly, and by both paths alike?"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import nbformat
import pytest

from autograder.cli import demo
from autograder.course import directory
from autograder.grading import grade_class
from autograder.grading.assignment import load_assignment
from autograder.records import Outcome, Report
from autograder.sandbox.limits import Limits
from tests.conftest import EXHAUSTIVE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.bubblewrap,
]

FULL = 80.0
NAMED = {
    "transposes-dW": "kernel-gradient-transposed",
    "one-number-db": "bias-gradient-one-number",
    "averages-twice": "batch-mean-taken-twice",
    "keeps-two-axes": "bias-gradient-two-axes",
    "gate-from-blame": "gate-from-the-blame",
    "slope-one-at-zero": "slope-one-at-zero",
    "changes-dout": "relu-dout-changed",
    "ignores-dout": "tanh-upstream-ignored",
    "sigmoid-twice": "sigmoid-applied-twice",
    "forward-difference": "forward-difference",
    "mean-error": "mean-error",
    "tanh-squared-missing": "square-missing",
}
COSTS_ONE_QUESTION = {
    "loops-for-ever": ("tanh_backward", Outcome.TIMED_OUT),
    "cell-never-ends": ("relative_error", Outcome.MISSING),
    "crashes": ("sigmoid_backward", Outcome.CRASHED),
    "memory-bomb": ("relative_error", Outcome.MISSING),
    "cheat-forges-points": ("dense_backward", Outcome.MISSING),
    "cheat-reads-the-grader": ("relative_error", Outcome.VALUES),
    "python-2": ("relative_error", Outcome.MISSING),
    "renames-function": ("tanh_backward", Outcome.MISSING),
    "deletes-cells": ("tanh_backward", Outcome.NOT_ATTEMPTED),
    "wrong-shape-inside": ("dense_backward", Outcome.RAISED),
}
UNREADABLE = {"corrupt-json", "saved-web-page", "empty-folder"}


@pytest.fixture(scope="module")
def graded(released_course, tmp_path_factory) -> tuple[Path, dict[str, Report]]:
    """The whole class, graded under limits that keep the test short."""
    root = Path(shutil.copytree(released_course, tmp_path_factory.mktemp("demo") / "course"))
    opened = directory.load(root)
    demo.hand_in(opened, demo.members())
    assignment = load_assignment(opened, demo.WEEK)
    handed_in = grade_class.submissions(opened, assignment)
    limits = Limits(cell_seconds=4, question_seconds=2)
    reports = grade_class.grade_course(opened, assignment, handed_in, limits=limits)
    return root, {report.student: report for report in reports}


def test_has_the_class_thirty_members_of_every_kind():
    assert len(demo.members()) >= 30
    assert len(demo.RIGHT) >= 5 and len(demo.MISTAKES) >= 12
    assert sum(name.startswith("cheat") for name in demo.HOSTILE) >= 3


@pytest.mark.parametrize("name", [*demo.RIGHT, "duplicates-a-cell", "prints-a-gigabyte"])
def test_is_a_right_answer_right_in_every_style(graded, name):
    assert graded[1][name].points == FULL, graded[1][name].verdicts


@pytest.mark.parametrize(("name", "mistake"), NAMED.items())
def test_is_a_mistake_named_and_nothing_else_lost(graded, name, mistake):
    report = graded[1][name]
    wrong = [verdict for verdict in report.verdicts if verdict.outcome is not Outcome.RIGHT]
    assert [verdict.mistake for verdict in wrong] == [mistake]
    assert report.points == FULL - wrong[0].max_points + wrong[0].points < FULL


@pytest.mark.parametrize(("name", "cost"), COSTS_ONE_QUESTION.items())
def test_does_harm_cost_its_own_question_alone(graded, name, cost):
    question, outcome = cost
    wrong = [v for v in graded[1][name].verdicts if v.outcome is not Outcome.RIGHT]
    assert [(verdict.question, verdict.outcome) for verdict in wrong] == [(question, outcome)]


def test_are_stopped_cells_named(graded):
    assert any("was stopped after 4 s" in p for p in graded[1]["cell-never-ends"].problems)
    message = {v.question: v.message for v in graded[1]["cell-never-ends"].verdicts}
    assert "was stopped after 4 s" in message["relative_error"]
    message = {v.question: v.message for v in graded[1]["python-2"].verdicts}
    assert "SyntaxError" in message["relative_error"]


def test_is_the_untouched_notebook_not_attempted(graded):
    outcomes = {verdict.outcome for verdict in graded[1]["untouched"].verdicts}
    assert outcomes == {Outcome.NOT_ATTEMPTED}


@pytest.mark.parametrize("name", sorted(UNREADABLE))
def test_is_an_unreadable_file_a_zero_with_its_reason(graded, name):
    report = graded[1][name]
    assert report.points == 0 and report.unreadable.endswith(".")


def test_does_emptying_the_checks_gain_nothing(graded):
    assert graded[1]["cheat-empties-checks"].points < FULL


def test_did_the_spy_find_nothing(graded):
    cells = graded[1]["cheat-reads-the-grader"].notebook.cells
    printed = [o.text for c in cells for o in c.get("outputs", ()) if o.get("name") == "stdout"]
    assert any(text.startswith("[] environ(") and text.endswith("[]\n") for text in printed)


def test_are_the_checks_outputs_plain_points(graded):
    opened = directory.load(graded[0])
    for report in graded[1].values():
        if report.unreadable:
            continue
        path = opened.notebook("autograded", demo.STEM, report.student)
        for cell in nbformat.read(path, as_version=4).cells:
            stamp = cell.metadata.get("nbgrader", {})
            if stamp.get("grade") and not stamp.get("solution"):
                assert [output.output_type for output in cell.outputs] == [
                    "display_data",
                    "execute_result",
                ]
                points = float(cell.outputs[1].data["text/plain"])
                assert 0 <= points <= stamp["points"]


@pytest.mark.skipif(not EXHAUSTIVE, reason="a minute, for `make test-all`")
def test_do_nbgrader_and_the_fast_path_give_equal_scores(graded, released_course, tmp_path):
    """`nbgrader autograde` with our preprocessors, and `autograder grade`, row by row."""
    root = Path(shutil.copytree(released_course, tmp_path / "course"))
    demo.hand_in(directory.load(root), demo.members())
    scripts = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"}
    result = subprocess.run(
        [scripts / "nbgrader", "autograde", demo.STEM],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    ours, theirs = scores(graded[0]), scores(root)
    # nbgrader does not see a folder without a notebook; ours records the zero and its reason.
    unseen = {key: ours.pop(key) for key in list(ours) if key[0] == "empty-folder"}
    assert set(unseen.values()) == {(0.0, False)}
    assert ours == theirs
    assert len(ours) == 16 * (len(demo.members()) - 1)


def scores(root: Path) -> dict[tuple[str, str], tuple[float | None, bool]]:
    """Every automatic score in the gradebook, by student and question."""
    query = """
        select submitted_assignment.student_id, base_cell.name, auto_score, needs_manual_grade
        from grade
        join base_cell on base_cell.id = grade.cell_id
        join submitted_notebook on submitted_notebook.id = grade.notebook_id
        join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
    """
    with closing(sqlite3.connect(root / "gradebook.db")) as database:
        return {(s, q): (score, bool(manual)) for s, q, score, manual in database.execute(query)}
