"""Is a wrong function found in whatever way an answer calls it, and charged once?"""

from __future__ import annotations

import copy

import pytest

from autograder.cli import demo
from autograder.grading.assignment import Assignment
from autograder.grading.called import Called
from autograder.grading.pipeline import grade_notebook
from autograder.questions import catalogue
from autograder.records import Report
from autograder.sandbox.session import Sandbox
from tests.conftest import source

STEM = "week02_bends"
# Right answers that call what their questions do not list, one through a function beside it.
SOFTPLUS = """
def softplus(t):
    return np.maximum(t, 0) - np.log(sigmoid(np.abs(t)))


def designed_bend(z, left, middle, right, width):
    share = (middle - left) / (right - left)
    c = np.log(share / (1 - share))
    bend = softplus(z / width + c) - softplus(np.array(c))
    return left * z + (right - left) * width * bend
"""
AS_A_SUM = """
def gelu(z):
    return relu(z) - np.abs(z) * 0.5 * (1 - erf(np.abs(z) / np.sqrt(2)))
"""


def called(*sources: str) -> Called:
    return Called(sources, catalogue.week(STEM).questions)


def test_is_a_call_found_through_functions_in_other_cells() -> None:
    sources = (
        "def sigmoid(z): ...",
        "def tanh(z): ...",
        "def half(z): return sigmoid(z) / 2",
        "def third(z): return half(z)",
        'def relu(z):\n    "Not sigmoid, and not third."\n    return z',
        "def gelu(z): return third(z)",
    )
    found = called(*sources)
    assert found.by("gelu", {"sigmoid", "tanh"}) == ("sigmoid",)
    assert found.by("gelu", {"tanh"}) == found.by("relu", {"sigmoid"}) == ()


def test_is_what_a_question_lists_no_news() -> None:
    found = called("def sigmoid(z): ...", "def tanh(z): return sigmoid(z)")
    assert "sigmoid" in catalogue.week(STEM).questions["tanh"].builds_on
    assert found.by("tanh", {"sigmoid"}) == ()


def test_ends_the_search_where_functions_call_each_other() -> None:
    found = called(
        "def relu(z): return gelu(z)", "def gelu(z): return relu(z)", "def f(z): return f(gelu(z))"
    )
    assert found.by("gelu", {"relu"}) == ("relu",)
    assert found.by("relu", {"relu"}) == ()


def test_is_a_name_looked_for_where_others_use_it() -> None:
    found = called("def relu(z): ...", "def gelu(z): return relu(z)")
    assert found.is_named("relu") and not found.is_named("gelu")


@pytest.fixture(scope="module")
def graded() -> dict[str, Report]:
    """Reports on both answers: with right functions, with wrong ones, and wrong themselves too."""
    lesson = source(STEM)
    right = copy.deepcopy(lesson)
    demo.answer_cell(right, "designed_bend").source = SOFTPLUS
    demo.answer_cell(right, "gelu").source = AS_A_SUM
    wrong = copy.deepcopy(right)
    for name in ("sigmoid", "relu"):
        demo.answer_cell(wrong, name).source = f"def {name}(z):\n    return z + 0.25"
    both = copy.deepcopy(wrong)
    cell = demo.answer_cell(both, "gelu")
    cell.source = cell.source.replace("0.5", "0.6")
    assignment = Assignment(catalogue.week(STEM), lesson, lesson)
    with Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as sandbox:
        return {
            name: grade_notebook(notebook, "ada", assignment, sandbox)
            for name, notebook in {"right": right, "wrong": wrong, "both": both}.items()
        }


@pytest.mark.bubblewrap
def test_does_a_call_that_no_question_lists_cost_nothing(graded: dict[str, Report]) -> None:
    assert graded["right"].right
    found = {each.question: each for each in graded["wrong"].verdicts}
    assert {name for name, each in found.items() if not each.right} == {"sigmoid", "relu"}
    assert found["designed_bend"].calls == ("sigmoid",) and found["gelu"].calls == ("relu",)
    assert "With a correct relu in place of yours, every case is right." in found["gelu"].message


@pytest.mark.bubblewrap
def test_does_an_error_of_its_own_cost_points(graded: dict[str, Report]) -> None:
    lost = {each.question for each in graded["both"].verdicts if not each.right}
    assert lost == {"sigmoid", "relu", "gelu"}
