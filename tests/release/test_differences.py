"""Is a difference that matters to students' work told, and no other?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.questions import catalogue
from autograder.release.differences import differences
from autograder.release.plan import digest_of, lesson_of
from autograder.release.record import record_of
from autograder.release.start_here import first_cell

STEM = "week06_backpropagation"


@pytest.fixture(scope="module")
def week():
    return catalogue.week(STEM)


@pytest.fixture(scope="module")
def record(week):
    notebook = lesson_of(week, week.lesson)
    return record_of(week, notebook, digest_of(week.lesson), {})


def edited(record, name, old, new):
    """The record as if the lesson had had another text in a cell when it was released."""
    cells = []
    for cell in record.notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id", cell.id) == name:
            assert old in cell.source
            cell = type(cell)(cell, source=cell.source.replace(old, new))
        cells.append(cell)
    notebook = type(record.notebook)(record.notebook, cells=cells)
    return replace(record, notebook=notebook, lesson="another digest")


def test_is_a_week_that_has_not_changed_what_was_released(record, week):
    assert differences(record, week) == {}
    assert differences(replace(record, lesson="another digest"), week) == {}


def test_is_a_corrected_question_no_difference(record, week):
    keys = dict.fromkeys(record.keys, "another key")
    assert differences(replace(record, keys=keys), week) == {}


def test_are_questions_and_points_compared(record, week):
    points = dict(record.points)
    first, second, *_ = points
    points["softmax"] = points.pop(first)
    points[second] = 99.0
    found = differences(replace(record, points=points), week)
    assert found == {
        "softmax": "softmax is gone",
        first: f"{first} is new",
        second: f"{second} is worth {record.points[second]:g} points, not 99",
    }


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("solution-relu_backward", "def relu_backward(dout, z)", "def relu_backward(z)", True),
        ("solution-relu_backward", '(dout, z):\n    """', '(dout, z):\n    """Now, ', False),
        ("solution-relu_backward", "### BEGIN SOLUTION", "### BEGIN SOLUTION\n    pass", False),
        ("text-1", "", "x", False),
        ("why_blame_is_cheap", "", "x", False),
    ],
)
def test_does_the_lessons_code_count_and_its_words_not(record, week, name, old, new, told):
    found = differences(edited(record, name, old, new), week)
    question = name.removeprefix("solution-")
    assert found == ({question: f"the cell {name} has changed"} if told else {})


def test_is_a_read_only_cell_that_does_something_else_told(record, week):
    before = edited(record, "setup", "", "")
    for cell in before.notebook.cells:
        if cell.id == "setup":
            cell.source += "\nx = 1"
    assert differences(before, week) == {"setup": "the cell setup has changed"}


def test_is_the_cell_that_installs_the_checks_no_part_of_a_lesson(record, week):
    """A course that was released before there was one, or with another, is graded as ever."""
    changed = edited(record, first_cell.CELL, "import sys", "import os")
    assert differences(changed, week) == {}
    first_cell.leave_out(changed.notebook)
    assert differences(changed, week) == {}


def test_are_points_of_an_earlier_versions_course_taken_as_given(record, week):
    derived = replace(record, points=dict.fromkeys(record.points), notebook=None)
    assert differences(derived, week) == {}
