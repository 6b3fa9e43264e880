"""Is every error charged once: in the question where it is made, and nowhere after it?"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from autograder.cli import demo
from autograder.course import own_functions
from autograder.grading.assignment import Assignment
from autograder.grading.pipeline import grade_notebook
from autograder.questions import catalogue
from autograder.questions.catalogue import Week
from autograder.sandbox.session import Sandbox
from tests.conftest import EXHAUSTIVE, source

pytestmark = pytest.mark.bubblewrap

# A third here, all in `make test-all`.
STEMS = catalogue.stems() if EXHAUSTIVE else catalogue.stems()[::3]

RAISES = """
def {name}(*arguments, **keywords):
    raise ValueError("broken")
"""
WRONG = """
def _broken(right):
    def wrong(value):
        if isinstance(value, dict):
            return {{key: wrong(each) for key, each in value.items()}}
        if isinstance(value, (list, tuple)):
            return type(value)(map(wrong, value))
        if isinstance(value, str):
            return value + "?"
        if isinstance(value, (bool, np.bool_)):
            return not value
        if value is None or isinstance(value, np.random.Generator) or callable(value):
            return value
        value = np.asarray(value)
        return value + 1 if value.dtype.kind in "iu" else 1.5 * value + 0.25
    return lambda *arguments, **keywords: wrong(right(*arguments, **keywords))
{name} = _broken({name})
"""
BREAKS = [("raises", RAISES), ("is wrong", WRONG)]


def breaks(names: list[str]) -> Iterator[tuple[str, str, str]]:
    """Each function broken in one way here, one after another, and in both in `make test-all`."""
    for place, name in enumerate(names):
        for kind, ending in BREAKS if EXHAUSTIVE else [BREAKS[place % 2]]:
            yield name, kind, ending.format(name=name)


def functions(week: Week) -> list[str]:
    """The questions that ask for a function of their own."""
    names = ast.parse("\n\n".join(each.source for each in code_cells(week))).body
    defined = {each.name for each in names if isinstance(each, ast.FunctionDef)}
    asked = {name: each for name, each in week.questions.items() if each.points}
    return [name for name, each in asked.items() if each.calls == name in defined]


def code_cells(week: Week) -> Iterator[Any]:
    """The lesson's cells that are Python without magics."""
    for cell in source(week.stem).cells:
        if cell.cell_type == "code" and "%" not in cell.source.lstrip()[:1]:
            yield cell


def points(
    assignment: Assignment, sandbox: Sandbox, notebook: Any, files: Mapping[str, str]
) -> dict[str, float]:
    report = grade_notebook(copy.deepcopy(notebook), "ada", assignment, sandbox, files)
    return {verdict.question: verdict.points for verdict in report.verdicts}


def of_one_function(week: Week, name: str) -> set[str]:
    """The questions that look at the same function, from another side: it is wrong there too."""
    return {other for other, each in week.questions.items() if each.calls == name}


def untrained(week: Week, notebook: Any) -> set[str]:
    """Questions whose answer trains for long: here their answers are taken out of the notebook."""
    long = {name for name, each in week.questions.items() if each.seconds >= 60 and not EXHAUSTIVE}
    for name in long:
        demo.answer_cell(notebook, name).source = f"{name} = None"
    return long


@pytest.mark.parametrize("stem", STEMS)
def test_does_a_wrong_function_cost_no_other_question_a_point(stem: str) -> None:
    week, notebook = catalogue.week(stem), copy.deepcopy(source(stem))
    assignment = Assignment(week, source(stem), source(stem))
    charged = []
    left_out = untrained(week, notebook)
    with Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as sandbox:
        whole = points(assignment, sandbox, notebook, {})
        asked = assignment.week.questions.items()
        assert whole == {name: 0 if name in left_out else each.points for name, each in asked}
        tried = [name for name in functions(week) if name not in left_out]
        for name, kind, ending in breaks(tried):
            broken = copy.deepcopy(notebook)
            demo.answer_cell(broken, name).source += f"\n{ending}"
            earned = points(assignment, sandbox, broken, {})
            # Another way of being right, such as weights of XOR, is no error.
            assert earned[name] < whole[name] or kind != "raises", f"{name} keeps its points"
            lost = {each for each in whole if earned[each] < whole[each]}
            if others := lost - of_one_function(week, name):
                charged.append(f"{name} {kind}: {sorted(others)} lose points as well")
    assert not charged


# What a Value is made of, a sum, a product and the way back, each of its questions needs.
METHODS = ("__pow__", "__sub__", "__rsub__", "__truediv__", "__rtruediv__", "exp", "tanh", "relu")
RAISES_IN_CLASS = """
def _raises(*arguments):
    raise ValueError("broken")
Value.{name} = _raises
"""


def test_does_a_wrong_method_cost_one_question_of_its_class() -> None:
    """Four questions look at `Value`; an operation belongs to one of them."""
    week, notebook = catalogue.week("week06"), source("week06_backpropagation")
    assignment = Assignment(week, notebook, notebook)
    (answer,) = (cell for cell in notebook.cells if cell.source.startswith("class Value"))
    lost = {}
    with Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as sandbox:
        whole = points(assignment, sandbox, notebook, {})
        for name in METHODS if EXHAUSTIVE else METHODS[-2:]:
            broken = copy.deepcopy(notebook)
            broken.cells[notebook.cells.index(answer)].source += RAISES_IN_CLASS.format(name=name)
            earned = points(assignment, sandbox, broken, {})
            lost[name] = [each for each in whole if earned[each] < whole[each]]
    assert {name: len(each) for name, each in lost.items()} == dict.fromkeys(lost, 1), lost


def earlier_functions(stem: str) -> list[str]:
    cells = [cell for cell in source(stem).cells if cell.id == own_functions.CELL]
    return own_functions.names(cells[0].source) if cells else []


@pytest.mark.parametrize("stem", [each for each in STEMS if earlier_functions(each)])
def test_does_a_wrong_function_of_an_earlier_week_cost_nothing(stem: str) -> None:
    """With `--own`, students bring along what they wrote in earlier weeks."""
    week, notebook = catalogue.week(stem), copy.deepcopy(source(stem))
    text = own_functions.leave_to_students(notebook, week.name)
    assignment = Assignment(week, *(copy.deepcopy(notebook) for _ in range(2)), own=text)
    charged = []
    left_out = untrained(week, notebook)
    with Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as sandbox:
        whole = points(assignment, sandbox, notebook, {own_functions.FILE: text})
        asked = assignment.week.questions.items()
        assert whole == {name: 0 if name in left_out else each.points for name, each in asked}
        for name, kind, ending in breaks(earlier_functions(stem)):
            files = {own_functions.FILE: f"{text}\n{ending}"}
            earned = points(assignment, sandbox, notebook, files)
            if lost := {each for each in whole if earned[each] < whole[each]}:
                charged.append(f"{name} {kind}: {sorted(lost)} lose points")
    assert not charged
