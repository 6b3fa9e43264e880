"""Does a check cell hold exactly what nbgrader reads as the points that were earned?"""

from __future__ import annotations

import math

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.utils import determine_grade

from autograder.gradebook.outputs import (
    clamped_points,
    explain_unreadable,
    is_check,
    write_outputs,
)
from autograder.records import Outcome, Report, Verdict

WORTH = 4.0


def cell(name: str = "relu", **stamp: object) -> nbformat.NotebookNode:
    flags = {"grade": True, "solution": False, "locked": True, "schema_version": 3}
    made = nbformat.v4.new_code_cell("check('relu')")
    made.metadata["nbgrader"] = {**flags, "grade_id": name, "points": WORTH, **stamp}
    return made


def verdict(points: float, message: str = "relu · <b>why</b>") -> Verdict:
    return Verdict("relu", points, WORTH, Outcome.VALUES, message)


def graded(*verdicts: Verdict, unreadable: str = "") -> nbformat.NotebookNode:
    notebook = nbformat.v4.new_notebook(cells=[cell()])
    write_outputs(notebook, Report("ada", "week06", verdicts, unreadable=unreadable))
    return notebook


@given(st.floats())
def test_are_points_a_plain_float_between_nothing_and_everything(points):
    found = clamped_points(cell(), verdict(points))
    assert type(found) is float and 0.0 <= found <= WORTH
    if 0.0 <= points <= WORTH:
        assert found == points


@given(st.one_of(st.floats(), st.floats(0, WORTH), st.integers(0, 4)))
def test_does_nbgrader_read_the_points_that_were_earned(points):
    """nbgrader gives full marks for what does not parse and for negative numbers."""
    notebook = graded(verdict(points))
    score, worth = determine_grade(notebook.cells[0])
    expected = 0.0 if math.isnan(points) else min(max(points, 0.0), WORTH)
    assert (score, worth) == (pytest.approx(expected, abs=0.0), WORTH)


def test_is_the_message_shown_with_its_html_escaped():
    message, points = graded(verdict(1.0)).cells[0].outputs
    assert message.data["text/plain"] == "relu · <b>why</b>"
    assert "<b>" not in message.data["text/html"] and "&lt;b&gt;" in message.data["text/html"]
    assert points.data["text/plain"] == "1.0"


def test_are_earlier_outputs_replaced_and_the_notebook_still_valid():
    notebook = graded(verdict(1.0))
    first = nbformat.writes(notebook)
    notebook.cells[0].outputs.append(nbformat.v4.new_output("stream", text="999"))
    write_outputs(notebook, Report("ada", "week06", (verdict(1.0),)))
    assert nbformat.writes(notebook) == first
    nbformat.validate(notebook)


def test_is_a_check_without_a_verdict_0_with_its_reason():
    assert determine_grade(graded().cells[0]) == (0.0, WORTH)
    assert "This question was not graded." in graded().cells[0].outputs[0].data["text/plain"]
    told = graded(unreadable="The file is empty.").cells[0].outputs[0].data["text/plain"]
    assert "The file is empty." in told


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [({}, True), ({"solution": True}, False), ({"grade": False}, False)],
)
def test_is_a_check_what_nbgrader_scores_by_its_output(stamp, expected):
    assert is_check(cell(**stamp)) is expected
    assert not is_check(nbformat.v4.new_markdown_cell("text"))


def test_is_a_cell_that_is_no_check_left_alone():
    own = nbformat.v4.new_code_cell("1", outputs=[nbformat.v4.new_output("stream", text="1")])
    notebook = nbformat.v4.new_notebook(cells=[own, cell(solution=True)])
    before = nbformat.writes(notebook)
    write_outputs(notebook, Report("ada", "week06", (verdict(1.0),)))
    assert nbformat.writes(notebook) == before


def test_is_an_unreadable_submission_the_released_notebook_under_its_reason():
    released = nbformat.v4.new_notebook(cells=[cell()])
    explained = explain_unreadable(released, "It begins with <html>.")
    assert explained.cells[1:] == released.cells and len(released.cells) == 1
    assert "It begins with &lt;html&gt;." in explained.cells[0].source
    nbformat.validate(explained)
