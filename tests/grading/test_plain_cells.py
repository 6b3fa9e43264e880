"""Are the instructor's own tests in a week scored by nbgrader's rule, hidden parts included?"""

from __future__ import annotations

import nbformat
import pytest
from nbgrader.utils import determine_grade

from autograder.grading.plain_cells import files_beside, verdict_on
from autograder.light_imports import from_dict
from autograder.sandbox.requests import CellResult
from autograder.sandbox.session import Cell, Sandbox

SOURCES = (
    "assert 1 + 1 == 2",
    "assert 1 + 1 == 3",
    "2.5",
    "0",
    "0.0",
    "-1",
    "'text'",
    "print('shown')",
    "import sys; print('careful', file=sys.stderr)",
    "print(2.0)",
    "1.0; assert False",
    "float('nan')",
    "None",
    "[2.0]",
    "this is no Python",
)


def cell(source: str, points: float = 4.0):
    stamp = {
        "grade": True,
        "solution": False,
        "locked": True,
        "grade_id": "mine",
        "points": points,
        "schema_version": 3,
    }
    return from_dict(
        {
            "id": "mine",
            "cell_type": "code",
            "metadata": {"nbgrader": stamp},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
    )


@pytest.mark.bubblewrap
def test_is_every_score_that_of_nbgrader_for_the_same_outputs():
    steps = [Cell(index, source) for index, source in enumerate(SOURCES)]
    with Sandbox() as sandbox, sandbox.open(steps) as session:
        results = dict(session.cells)
    for index, source in enumerate(SOURCES):
        graded = cell(source)
        graded.outputs = nbformat.from_dict(list(results[index].outputs))
        points, worth = determine_grade(graded)
        verdict = verdict_on(cell(source), results[index])
        assert (verdict.points, verdict.max_points) == (points, worth), source
        assert verdict.right == (points == worth), source


def test_gives_a_number_above_the_points_no_more_than_the_points():
    shown = {"output_type": "execute_result", "data": {"text/plain": "99"}}
    assert verdict_on(cell("99"), CellResult(0, (shown,))).points == 4.0


def test_is_a_test_that_was_not_run_worth_nothing_and_says_so():
    verdict = verdict_on(cell("assert True"), None)
    assert verdict.points == 0.0 and "not run" in verdict.message


def test_are_files_of_any_kind_read_and_links_left_out(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.bin").write_bytes(b"\x00\xff")
    (tmp_path / "b.csv").write_text("1")
    (tmp_path / "c.ipynb").write_text("{}")
    (tmp_path / "link").symlink_to("/etc/passwd")
    assert files_beside(tmp_path) == {"b.csv": b"1", "data/a.bin": b"\x00\xff"}
