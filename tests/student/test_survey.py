"""Does `check_all` find what is missing, and warn only of what it knows?"""

from __future__ import annotations

import json

import pytest

from autograder.records import Outcome, Verdict
from autograder.student.survey import NO_CHECKS, UNKNOWN_FILE, survey

WEEK = {"relu": "relu", "tanh": "tanh"}
RELU = "def relu(z):\n    return z * slope"
CHECK = 'check("relu")'


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)


def saved(tmp_path, *cells):
    path = tmp_path / "week02.ipynb"
    content = {"cells": [{"cell_type": "code", "source": each} for each in cells]}
    path.write_text(json.dumps(content), encoding="utf-8")
    return {"__vsc_ipynb_file__": str(path)}


def found(namespace, history):
    def verdict(name):
        return Verdict(name, 1.0, 1.0, Outcome.RIGHT, name)

    return survey(namespace, history, verdict, lambda name: WEEK if name in WEEK else {})


def run(*cells):
    namespace = {"__name__": "__main__", "check": print}
    for each in cells:
        exec(each, namespace)
    return namespace


def test_is_a_name_of_a_deleted_cell_told(tmp_path):
    """It is there as long as the kernel lives, and gone for the grader."""
    history = ["slope = 2", RELU, CHECK]
    listing = found(run(*history) | saved(tmp_path, RELU, CHECK), history)
    assert listing.lost == {"relu": ["slope"]}
    assert found(run(*history) | saved(tmp_path, *history), history).lost == {}


def test_is_a_name_told_that_only_a_cell_below_defines(tmp_path):
    """Run from the top, its check comes first."""
    history = ["slope = 2", RELU, CHECK]
    below = saved(tmp_path, RELU, CHECK, "slope = 2")
    assert found(run(*history) | below, history).lost == {"relu": ["slope"]}


def test_is_a_deleted_function_itself_told(tmp_path):
    history = ["slope = 2", RELU, CHECK]
    assert found(run(*history) | saved(tmp_path, "slope = 2", CHECK), history).lost == {
        "relu": ["relu"]
    }


def test_is_no_warning_given_where_a_cell_may_define_anything(tmp_path):
    history = ["slope = 2", RELU, CHECK]
    cells = ["%run mine.py", RELU, CHECK]
    assert found(run(*history) | saved(tmp_path, *cells), history).lost == {}


def test_are_cells_that_have_not_run_told(tmp_path):
    cells = ["slope = 2\n\n", RELU, CHECK, 'check("tanh")', "# only a comment", "check_all()"]
    history = ["slope = 2", RELU, CHECK, "check_all()"]
    listing = found(run("slope = 2", RELU) | saved(tmp_path, *cells), history)
    assert [each.number for each in listing.not_run] == [4]
    assert listing.unchecked == ["tanh"]
    assert "saved just now" in listing.text


def test_is_the_week_checked_where_the_file_is_unknown():
    """Questions whose cells nobody has run are named all the same."""
    listing = found(run(RELU), [CHECK])
    assert [each.question for each in listing.verdicts] == ["relu", "tanh"]
    assert listing.unchecked == ["tanh"] and listing.not_run == ()
    assert UNKNOWN_FILE in listing.text


@pytest.mark.parametrize("history", [None, [], ["x = 1"], ['check("no_question")']])
def test_is_a_notebook_without_checks_told(history):
    assert found({}, history) == NO_CHECKS
