"""Is a name that is missing told with the place where it stands, and why that did not run?"""

from __future__ import annotations

from typing import Any

import nbformat
import pytest

from autograder.answer import Status
from autograder.grading.not_run import NotRun
from autograder.intake.edited import as_comments
from autograder.sandbox.requests import Cell, CellResult

ERROR = "NameError: name 'slope' is not defined"
DEFINED = "def slope(z):\n    return z"


def cell(kind: str, source: str) -> Any:
    made = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
    return made(source)


def explained(*cells: Any, ran: int = 99, **results: Any) -> str:
    """The error after a run of the first cells of a notebook."""
    notebook = nbformat.v4.new_notebook(cells=list(cells))
    steps = [Cell(index, each.source) for index, each in enumerate(cells[:ran])]
    ended = {0: CellResult(0, **results)}
    return NotRun(notebook, steps, ended).explained(ERROR).removeprefix(ERROR)


def test_is_the_read_only_cell_named_that_was_restored():
    kept = cell("code", as_comments("setup", DEFINED))
    place = "(you define it in the read-only cell setup, which was restored)"
    assert explained(cell("code", "x = 1"), kept) == f" {place}"
    assert explained(cell("code", as_comments("setup", "slope(3)"))) == ""


@pytest.mark.parametrize(
    ("ended", "reason"),
    [
        ({"error": "ValueError: no"}, "raised ValueError"),
        (
            {"status": Status.TIMED_OUT, "error": "cell 0 was stopped after 20 s"},
            "was stopped after 20 s",
        ),
    ],
)
def test_is_the_cell_named_that_did_not_run_to_its_end(ended, reason):
    assert (
        explained(cell("code", DEFINED), **ended) == f" (you define it in cell 0, which {reason})"
    )


def test_is_a_text_cell_or_an_experiment_named_that_defines_it():
    text = cell("markdown", f"Mine:\n\n{DEFINED}")
    assert explained(text) == " (you define it in cell 0, a markdown cell, which does not run)"
    assert explained(cell("code", DEFINED), ran=0) == (
        " (it is defined in cell 0, an experiment, which was not run)"
    )


def test_is_nothing_said_of_a_name_that_stands_nowhere_or_in_a_cell_that_ran():
    assert explained(cell("code", DEFINED)) == ""
    assert explained(cell("code", "slope(3)"), cell("markdown", "the slope = steepness")) == ""
    nowhere = NotRun(nbformat.v4.new_notebook(), [], {})
    assert nowhere.explained("ValueError: name 'slope' is not defined") == (
        "ValueError: name 'slope' is not defined"
    )
    assert nowhere.explained("") == ""
