"""Do the experiments run that a student changed or needs, and no others?"""

from __future__ import annotations

from typing import Any

import nbformat
import pytest

from autograder.intake.experiments import Experiments
from autograder.intake.read import read_notebook
from autograder.intake.released import Released
from autograder.intake.restore import restore
from autograder.questions import catalogue
from tests.conftest import REPOSITORY, source

FIRST, SECOND, THIRD = 2, 4, 6
"""The places of the experiments below."""


def notebook() -> Any:
    """Three experiments, the second takes from the first, and answers between them."""
    cells = [
        ("setup", "import numpy as np", {"nbgrader": {"locked": True, "grade_id": "setup"}}),
        ("solution-f", "def f(x):\n    return x", solution("f")),
        ("experiment-1", "from math import pi\ndigits = 1", {"tags": ["experiment"]}),
        ("solution-g", "def g(data):\n    return data", solution("g")),
        ("experiment-2", "data = digits + f(2)\nf = f", {"tags": ["experiment"]}),
        ("solution-h", "def h(x):\n    return x", solution("h")),
        ("experiment-3", "print(data)\nshown = np.array(data)", {"tags": ["experiment"]}),
        ("text-1", "about data and digits", {}),
    ]
    return nbformat.from_dict(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {},
            "cells": [
                {"id": name, "cell_type": kind, "source": text, "metadata": metadata, **more}
                for name, text, metadata in cells
                for kind in ["markdown" if name == "text-1" else "code"]
                for more in [{} if kind == "markdown" else {"outputs": []}]
            ],
        }
    )


def solution(name: str) -> dict[str, Any]:
    return {"nbgrader": {"solution": True, "grade": False, "grade_id": f"solution-{name}"}}


def to_run(changes: dict[int, str]) -> set[int]:
    submitted = notebook()
    for place, text in changes.items():
        submitted.cells[place].source = text
    return Experiments(Released(notebook())).to_run(submitted.cells)


@pytest.mark.parametrize(
    ("changes", "run"),
    [
        ({}, set()),
        ({FIRST: "from math import pi\ndigits = 1  # one"}, set()),
        ({FIRST: "digits = 2"}, {FIRST}),
        ({SECOND: "import math"}, {SECOND}),
        ({SECOND: "print(digits)"}, {FIRST, SECOND}),
        ({THIRD: "%config x"}, {THIRD}),
        ({1: "def f(x):\n    return x * pi"}, {FIRST}),
        ({1: "def f(x, digits):\n    return digits, 'pi'"}, set()),
        ({1: "f = lambda x: data"}, {FIRST, SECOND}),
        ({1: "f = shown"}, {FIRST, SECOND, THIRD}),
        ({1: "data = 1\ndef f(x):\n    return data"}, set()),
        ({1: "no Python about data"}, set()),
        ({7: "data"}, set()),
    ],
)
def test_run_those_that_were_changed_or_define_what_the_students_code_takes(changes, run):
    assert to_run(changes) == run


def test_does_what_a_cell_of_the_students_own_needs_run_and_no_copy_of_an_experiment():
    experiments = Experiments(Released(notebook()))
    submitted = notebook()
    submitted.cells.append(nbformat.v4.new_code_cell("print(digits)", id="mine"))
    assert experiments.to_run(submitted.cells) == {FIRST}
    submitted.cells[-1].source = submitted.cells[THIRD].source
    assert experiments.to_run(submitted.cells) == set()
    assert experiments.name_of(submitted.cells[-1]) == "experiment-3"
    assert experiments.name_of(submitted.cells[1]) == ""


def test_is_a_notebook_that_is_too_long_to_be_parsed_searched_for_words():
    assert to_run({1: "f = 'digits'\n" + "#" * 60_000}) == {FIRST}


@pytest.mark.parametrize("stem", catalogue.stems())
def test_does_no_weeks_solution_need_an_experiment(stem):
    """They take seconds; and no question may depend on one."""
    released = Released(read_notebook(REPOSITORY / "assignments" / stem / f"{stem}.ipynb"))
    solved, notes = restore(source(stem), released)
    assert notes == []
    assert Experiments(released).to_run(solved.cells) == set()
