"""Do nbgrader's own test notebooks get the scores that stock nbgrader gives them?"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import nbgrader.tests
import pytest

from autograder.course.take_over import take_over
from autograder.errors import UnknownName
from autograder.grading import plain_assignment
from tests.conftest import EXHAUSTIVE

FILES = Path(nbgrader.tests.__file__).parent
APPS, PAGES = FILES / "apps" / "files", FILES / "ui-tests" / "files"
MULTI = "autotest-multi"
HIDDEN = "autotest-hidden"
ASSIGNMENTS = {
    "ps1": (
        APPS / "test.ipynb",
        [
            APPS / "test.ipynb",
            APPS / "submitted-changed.ipynb",
            APPS / "submitted-unchanged.ipynb",
            APPS / "submitted-cheat-attempt.ipynb",
            APPS / "submitted-cheat-attempt-alternative.ipynb",
            APPS / "submitted-locked-cell-changed.ipynb",
            APPS / "submitted-grade-cell-changed.ipynb",
        ],
    ),
    "multi": (
        APPS / f"{MULTI}.ipynb",
        [APPS / f"{MULTI}-changed.ipynb", APPS / f"{MULTI}-unchanged.ipynb"],
    ),
    "hidden": (
        APPS / f"{HIDDEN}.ipynb",
        [
            APPS / f"{HIDDEN}-changed-right.ipynb",
            APPS / f"{HIDDEN}-changed-wrong.ipynb",
            APPS / f"{HIDDEN}-unchanged.ipynb",
        ],
    ),
    "task": (PAGES / "task.ipynb", [PAGES / "task.ipynb"]),
}
CHOSEN = list(ASSIGNMENTS) if EXHAUSTIVE else ["hidden", "task"]
STOCK = Path(__file__).with_name("stock_scores.jsonl")
UPDATE = "UPDATE_SNAPSHOTS" in os.environ
Scores = dict[tuple[str, str, str], tuple[float | None, int]]
SCORES = """
    select assignment.name, submitted_assignment.student_id, base_cell.name,
           grade.auto_score, grade.needs_manual_grade
    from grade
    join base_cell on base_cell.id = grade.cell_id
    join submitted_notebook on submitted_notebook.id = grade.notebook_id
    join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
    join assignment on assignment.id = submitted_assignment.assignment_id
"""


def nbgrader_command(root: Path, *words: str) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=root,
        env={**os.environ, "PATH": path},
        check=words[0] != "autograde",  # it refuses some of these, as it should
        capture_output=True,
    )


def scores(root: Path) -> Scores:
    with closing(sqlite3.connect(root / "gradebook.db")) as database:
        return {row[:3]: row[3:] for row in database.execute(SCORES)}


def write_course(root: Path) -> None:
    """A course of nbgrader's with these assignments, handed in by a student for each file."""
    root.mkdir()
    (root / "nbgrader_config.py").write_text("c = get_config()\n")
    shutil.copy(APPS / "autotests.yml", root / "autotests.yml")
    for name, (source, submissions) in ASSIGNMENTS.items():
        (root / "source" / name).mkdir(parents=True)
        shutil.copy(source, root / "source" / name / "p1.ipynb")
        for submission in submissions:
            folder = root / "submitted" / submission.stem / name
            folder.mkdir(parents=True)
            shutil.copy(submission, folder / "p1.ipynb")


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """The same course, taken over and graded with `autograder grade`."""
    root = tmp_path_factory.mktemp("ours") / "course"
    write_course(root)
    course, _ = take_over(root)
    for name in CHOSEN:
        nbgrader_command(root, "generate_assignment", name)
        handed_in = plain_assignment.submissions(course, name)
        for report in plain_assignment.grade(course, name, handed_in):
            assert "Error" not in report.unreadable
    return course


def stock_scores() -> Scores:
    """What stock nbgrader gave, measured by the test below."""
    lines = STOCK.read_text().splitlines()
    rows = [json.loads(line) for line in lines]
    return {tuple(row[:3]): tuple(row[3:]) for row in rows if row[0] in CHOSEN}


@pytest.mark.skipif(not EXHAUSTIVE, reason="stock nbgrader takes a minute")
def test_are_the_scores_of_stock_nbgrader_still_these(tmp_path):
    root = tmp_path / "course"
    write_course(root)
    for name in ASSIGNMENTS:
        nbgrader_command(root, "generate_assignment", name)
        nbgrader_command(root, "autograde", name, "--create")
    found = scores(root)
    if UPDATE:
        STOCK.write_text("".join(f"{json.dumps([*k, *v])}\n" for k, v in sorted(found.items())))
    assert found == stock_scores() and len(found) > 40


@pytest.mark.bubblewrap
@pytest.mark.slow
def test_is_every_score_that_of_stock_nbgrader(ours):
    assert scores(ours.root) == stock_scores()


@pytest.mark.bubblewrap
@pytest.mark.skipif(not EXHAUSTIVE, reason="nbgrader's command takes long to start")
def test_does_nbgraders_own_command_give_the_same(ours):
    nbgrader_command(ours.root, "autograde", "hidden", "--force")
    assert scores(ours.root) == stock_scores()


@pytest.mark.bubblewrap
@pytest.mark.slow
@pytest.mark.beyond_sample
def test_is_nothing_run_twice(ours):
    handed_in = plain_assignment.submissions(ours, "hidden")
    assert all(report.kept for report in plain_assignment.grade(ours, "hidden", handed_in))
    (ours.root / "submitted" / f"{HIDDEN}-unchanged" / "hidden" / "new.csv").write_text("1,2")
    handed_in = plain_assignment.submissions(ours, "hidden")
    again = [report.kept for report in plain_assignment.grade(ours, "hidden", handed_in)]
    assert again.count(False) == 1


def test_is_an_unknown_name_told_weeks_and_assignments(tmp_path):
    (tmp_path / "source" / "homework").mkdir(parents=True)
    course, _ = take_over(tmp_path)
    assert plain_assignment.is_own(course, "homework")
    assert not plain_assignment.is_own(course, "week06")
    with pytest.raises(UnknownName, match="homework"):
        plain_assignment.is_own(course, "homewerk")
