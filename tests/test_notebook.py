"""Do `check_all`, `again`, `explain` and `submit` work, and stay out of nbgrader's way?"""

from __future__ import annotations

import json

import pytest

import autograder
from autograder import again, check, check_all, explain, submit
from autograder.cli import demo
from autograder.course import directory
from autograder.grading import grade_class
from autograder.grading.assignment import load_assignment
from autograder.notebook import TRIED, Said
from autograder.records import Outcome
from autograder.sandbox.inside import check_stub
from tests.test_check import sigmoid  # noqa: F401, what the checks below find


def test_does_it_run_in_ipython_as_a_student_would(tmp_path, monkeypatch):
    from IPython.core.interactiveshell import InteractiveShell

    cells = [
        "import numpy as np\nfrom autograder import again, check, check_all",
        "slope = 1",
        "def relu(z):\n    return np.maximum(z, 0) * slope",
        'check("relu")',
        "def tanh(z):\n    return np.tanh(z / 2)",
        'hint = check("tanh", hint=1)',
        "listing = check_all()",
    ]
    kept = [{"cell_type": "code", "source": each} for each in cells if each != "slope = 1"]
    path = tmp_path / "mine.ipynb"
    path.write_text(json.dumps({"cells": kept}), encoding="utf-8")
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    # A shell of its own; the process-wide one belongs to other tests.
    shell = InteractiveShell(user_ns={"__name__": "__main__"})
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    shell.history_manager.enabled = False
    for cell in cells:
        shell.history_manager.input_hist_raw.append(cell)
        exec(compile(cell, "cell", "exec"), shell.user_ns)
    listing = shell.user_ns["listing"]
    assert listing.title == "mine.ipynb"
    assert {each.question: each.right for each in listing.verdicts} == {
        "relu": True,
        "tanh": False,
    }
    assert listing.lost == {"relu": ["slope"]} and not listing.not_run
    assert "tanh · hint 1 of 3" in repr(shell.user_ns["hint"])


@pytest.mark.parametrize("mode", ["validate", "autograde"])
def test_do_they_do_nothing_under_nbgrader(mode, monkeypatch):
    """It reads the output of a cell as points."""
    monkeypatch.setenv("NBGRADER_EXECUTION", mode)
    assert check_all() is None and again("sigmoid") is None and explain("x") is None
    assert submit() is None and submit("x.ipynb", new_token=True) is None
    assert check("sigmoid", hint=2) == check("sigmoid")


@pytest.mark.slow
def test_is_a_question_that_does_not_exist_told():
    verdict = again("sigmoidd")
    assert verdict.outcome is Outcome.MISSING and "'sigmoid'" in repr(verdict)
    assert "There is no mistake" in repr(explain("no-such-mistake"))


def test_is_a_text_escaped_where_jupyter_shows_it():
    assert "&lt;b&gt;" in Said("one\n<b>")._repr_html_()


CALLS = """
from autograder import again, check_all, explain, submit
submit()
check_all()
again("dense_backward"); again("dense_backward", ([1], None, None), number=2)
check("dense_backward", hint=3)
explain("bias-gradient-averaged")
"""


@pytest.mark.bubblewrap
def test_does_a_notebook_with_these_calls_grade_the_same(fresh_course):
    """Around every answer, in its own cell, right or wrong: the grader passes them over."""
    course = directory.load(fresh_course)
    right, wrong = demo.writes(), demo.MISTAKES["averages-twice"]
    pupils = [
        demo.Pupil(f"{name}-{calls}", with_calls(edit) if calls else edit)
        for name, edit in (("right", right), ("wrong", wrong))
        for calls in (False, True)
    ]
    demo.hand_in(course, pupils)
    assignment = load_assignment(course, demo.WEEK)
    submissions = grade_class.submissions(course, assignment)
    reports = list(grade_class.grade_course(course, assignment, submissions, workers=1))
    said = {each.student: [(v.points, v.message) for v in each.verdicts] for each in reports}
    assert len(said) == 4
    assert said["right-False"] == said["right-True"] != said["wrong-False"] == said["wrong-True"]


def with_calls(edit):
    """A submission that asks for help in the cell of each answer."""

    def edited(notebook):
        made = json.loads(edit(notebook))
        for cell in made["cells"]:
            if str(cell["metadata"].get("nbgrader", {}).get("grade_id")).startswith("solution-"):
                cell["source"] = f"{CALLS}\n{''.join(cell['source'])}\n{CALLS}"
        return json.dumps(made).encode()

    return edited


def test_hands_a_program_that_tries_a_notebook_nothing_in(monkeypatch):
    monkeypatch.setenv(TRIED, "1")
    assert submit("x.ipynb") is None


def test_is_what_submit_cannot_do_a_sentence(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert "name its file" in repr(submit())
    assert "'no.ipynb'" in repr(submit("no.ipynb"))


def test_is_all_that_a_notebook_imports_in_the_sandbox_too():
    """A name that is missing there would stop the cell that imports it."""
    functions = {name for name in autograder.__all__ if not name.startswith("_")}
    assert functions <= set(vars(check_stub))
