"""Is every error charged once: in the question where it is made, and nowhere after it?"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from autograder.cli import demo
from autograder.course import own_functions
from autograder.grading.assignment import Assignment
from autograder.grading.called import Called
from autograder.grading.pipeline import grade_notebook
from autograder.questions import catalogue
from autograder.questions.catalogue import Week
from autograder.sandbox.session import Limits, Sandbox
from tests.conftest import EXHAUSTIVE, SECRETS, hidden_values, source
from tests.laws.breaks import BREAKS, NEVER_ENDS

pytestmark = pytest.mark.bubblewrap

# A quarter here, all in `make test-all`.
STEMS = catalogue.stems() if EXHAUSTIVE else catalogue.stems()[::4]
# Here a third of a notebook's functions is broken at a time, each in one way; in `make test-all`
# one function at a time, in every way.
TOGETHER = 3
NOTHING_IS_RIGHT = ("raises", "returns None", "is not defined")

Broken = dict[str, str]
"""How functions are broken, by their names."""


def tried(week: Week, names: list[str]) -> list[Broken]:
    """What to break, one after another."""
    kinds = [kind for kind in BREAKS if kind != NEVER_ENDS]
    if EXHAUSTIVE:
        # It takes its time limit, so of each week's functions one: that which most others call.
        callers = Counter(each for asked in week.questions.values() for each in asked.builds_on)
        endless = max(names, key=lambda name: callers[name]) if names else ""
        return [{name: kind} for name in names for kind in kinds] + [{endless: NEVER_ENDS}]
    begin = catalogue.stems().index(week.stem)
    ways = {name: kinds[(begin + place) % len(kinds)] for place, name in enumerate(names)}
    groups = [names[begin::TOGETHER] for begin in range(TOGETHER)]
    return [{name: ways[name] for name in group} for group in groups if group]


def in_words(broken: Broken) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in broken.items())


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


@pytest.mark.parametrize("stem", catalogue.stems())
def test_does_a_question_list_what_the_lessons_own_answer_calls(stem: str) -> None:
    """The grader finds other calls as well; a student's `check` names those that are listed."""
    questions = catalogue.week(stem).questions
    called = Called([cell.source for cell in code_cells(catalogue.week(stem))], questions)
    assert {each: found for each in questions if (found := called.by(each, questions))} == {}


def hidden(stem: str, folder: Path) -> Path | None:
    """Reference values on hidden cases, of which grading has as many; here they cost too much."""
    return hidden_values(stem, SECRETS[0], folder) if EXHAUSTIVE else None


@pytest.mark.parametrize("stem", STEMS)
def test_does_a_wrong_function_cost_no_other_question_a_point(stem: str, shared: Path) -> None:
    week, notebook = catalogue.week(stem), copy.deepcopy(source(stem))
    assignment = Assignment(week, source(stem), source(stem), cache=hidden(stem, shared))
    charged = []
    left_out = untrained(week, notebook)
    with Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as sandbox:
        whole = points(assignment, sandbox, notebook, {})
        asked = assignment.week.questions.items()
        assert whole == {name: 0 if name in left_out else each.points for name, each in asked}
        for broken in tried(week, [name for name in functions(week) if name not in left_out]):
            wrong = copy.deepcopy(notebook)
            for name, kind in broken.items():
                cell = demo.answer_cell(wrong, name)
                cell.source = BREAKS[kind](name, cell.source)
            earned = points(assignment, sandbox, wrong, {})
            lost = {each for each in whole if earned[each] < whole[each]}
            # Another way of being right, such as weights of XOR, is no error.
            nothing = {name for name, kind in broken.items() if kind in NOTHING_IS_RIGHT}
            assert nothing <= lost, f"{nothing - lost} keep their points"
            if others := lost.difference(*(of_one_function(week, name) for name in broken)):
                charged.append(f"{in_words(broken)}: {sorted(others)} lose points as well")
    assert not charged


def test_does_a_function_that_never_ends_cost_no_other_question_a_point() -> None:
    """Not even time: are those that call it asked only with the solution's in its place?"""
    stem, name = "week06_backpropagation", "relu_backward"
    notebook = source(stem)
    assignment = Assignment(catalogue.week(stem), notebook, notebook)
    limits = assignment.limits(Limits(question_seconds=0.4))
    wrong = copy.deepcopy(notebook)
    cell = demo.answer_cell(wrong, name)
    cell.source = BREAKS[NEVER_ENDS](name, cell.source)
    with Sandbox(limits=limits, libraries=assignment.libraries) as sandbox:
        report = grade_notebook(wrong, "ada", assignment, sandbox)
    assert [each.question for each in report.verdicts if not each.right] == [name]
    (caller,) = (each for each in report.verdicts if each.question == "mlp_loss_and_grads")
    assert "follow-through" in caller.message and caller.seconds < 0.4


# Cells that use a wrong function above what they define (in a table, to try it, to plot it) and
# answers that hold it otherwise than by its name.
USES = {
    "silu_grad": (
        "BENDS = {'s': sigmoid}\n",
        lambda source: source.replace("sigmoid(", "BENDS['s']("),
    ),
    "tanh_grad": ("print(sigmoid(np.zeros(3)))\n", str),
    "relu": ("figure = plots.bends({'sigmoid': sigmoid})\n", str),
    "sigmoid_grad": ("class Bends:\n    s = staticmethod(sigmoid)\n\n\n", lambda _: HELD),
}
HELD = """
from functools import partial


def sigmoid_grad(z, bend=sigmoid, other=partial(sigmoid)):
    return (bend(z) + other(z)) / 2 * (1 - Bends.s(z))
"""


@pytest.mark.parametrize("kind", [*BREAKS] if EXHAUSTIVE else ["raises", "is not defined"])
def test_does_a_wrong_function_cost_nothing_however_others_use_it(kind: str) -> None:
    stem, name = "week02_bends", "sigmoid"
    notebook = copy.deepcopy(source(stem))
    assignment = Assignment(catalogue.week(stem), source(stem), source(stem))
    for other, (above, changed) in USES.items():
        cell = demo.answer_cell(notebook, other)
        cell.source = above + changed(cell.source)
    cell = demo.answer_cell(notebook, name)
    cell.source = BREAKS[kind](name, cell.source)
    with Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as sandbox:
        report = grade_notebook(notebook, "ada", assignment, sandbox)
    assert [each.question for each in report.verdicts if not each.right] == [name]


METHODS = (
    *("__add__", "__mul__", "__neg__", "__pow__", "__sub__", "__rsub__", "__truediv__"),
    *("__rtruediv__", "exp", "tanh", "relu"),
)
BREAKS_IN_CLASS = """
def _broken(right, kind):
    def method(*arguments):
        if kind == "raises":
            raise ValueError("broken")
        made = right(*arguments)
        made.slopes = tuple(1.5 * slope for slope in made.slopes)
        return made
    return method
Value.{name} = _broken(Value.{name}, {kind!r})
"""


def test_does_a_wrong_method_cost_one_question_of_its_class() -> None:
    """Four questions look at `Value`; an operation belongs to one of them."""
    week, notebook = catalogue.week("week06"), source("week06_backpropagation")
    assignment = Assignment(week, notebook, notebook)
    (answer,) = (cell for cell in notebook.cells if cell.source.startswith("class Value"))
    lost = {}
    broken_in = [(name, kind) for name in METHODS for kind in ("raises", "has wrong slopes")]
    with Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as sandbox:
        whole = points(assignment, sandbox, notebook, {})
        for name, kind in broken_in if EXHAUSTIVE else broken_in[::7]:
            broken = copy.deepcopy(notebook)
            ending = BREAKS_IN_CLASS.format(name=name, kind=kind)
            broken.cells[notebook.cells.index(answer)].source += ending
            earned = points(assignment, sandbox, broken, {})
            lost[name, kind] = [each for each in whole if earned[each] < whole[each]]
    assert {name: len(each) for name, each in lost.items()} == dict.fromkeys(lost, 1), lost


def earlier_functions(stem: str) -> list[str]:
    cells = [cell for cell in source(stem).cells if cell.id == own_functions.CELL]
    return own_functions.names(cells[0].source) if cells else []


@pytest.mark.parametrize("stem", [each for each in STEMS if earlier_functions(each)])
def test_does_a_wrong_function_of_an_earlier_week_cost_nothing(stem: str, shared: Path) -> None:
    """With `--own`, students bring along what they wrote in earlier weeks."""
    week, notebook = catalogue.week(stem), copy.deepcopy(source(stem))
    text = own_functions.leave_to_students(notebook, week.name)
    notebooks = (copy.deepcopy(notebook) for _ in range(2))
    assignment = Assignment(week, *notebooks, own=text, cache=hidden(stem, shared))
    charged = []
    left_out = untrained(week, notebook)
    with Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as sandbox:
        whole = points(assignment, sandbox, notebook, {own_functions.FILE: text})
        asked = assignment.week.questions.items()
        assert whole == {name: 0 if name in left_out else each.points for name, each in asked}
        for broken in tried(week, earlier_functions(stem)):
            wrong = text
            for name, kind in broken.items():
                wrong = BREAKS[kind](name, wrong)
            earned = points(assignment, sandbox, notebook, {own_functions.FILE: wrong})
            if lost := {each for each in whole if earned[each] < whole[each]}:
                charged.append(f"{in_words(broken)}: {sorted(lost)} lose points")
    assert not charged
