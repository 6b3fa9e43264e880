"""Is what a week's submissions share made once, and from the released notebook alone?"""

from __future__ import annotations

import json

import pytest

from autograder.course import directory
from autograder.errors import CourseError
from autograder.grading.assignment import Assignment, load_assignment
from autograder.intake.read import read_notebook
from autograder.questions import catalogue
from autograder.sandbox.limits import Limits
from autograder.sandbox.session import Hold
from tests.conftest import REPOSITORY, source


def of_week(name: str) -> Assignment:
    """A week as a student's machine has it: public cases, without the solutions."""
    week = catalogue.week(name)
    return Assignment(week, read_notebook(released(week.stem)))


def released(stem: str):
    return REPOSITORY / "assignments" / stem / f"{stem}.ipynb"


@pytest.mark.parametrize("stem", ["week00_start", "week02_bends", "week05_losses"])
def test_is_every_check_a_hold_and_every_other_cell_run_in_the_notebooks_order(stem):
    assignment = of_week(stem)
    solution = source(stem)
    steps = assignment.steps(solution)
    holds = {step.question: step.index for step in steps if isinstance(step, Hold)}
    assert set(holds) == set(assignment.week.questions)
    assert [step.index for step in steps] == sorted({step.index for step in steps})
    for step in steps:
        cell = solution.cells[step.index]
        assert cell.cell_type == "code" and "experiment" not in cell.metadata.get("tags", ())
    assignment.run_experiments = True
    experiments = len(assignment.steps(solution)) - len(steps)
    assert experiments == sum("experiment" in c.metadata.get("tags", ()) for c in solution.cells)


def test_has_every_case_a_number_of_its_own_and_is_nothing_hidden_on_a_students_machine():
    assignment = of_week("week02")
    asks = assignment.asks.asks
    assert len({ask.id for ask in asks}) == len(asks) and not any(ask.hidden for ask in asks)
    assert assignment.public_asks.asks == asks and assignment.hidden_asks.asks == ()
    cases = [probe.case for each in assignment.judge.probes.values() for probe in each]
    assert len(asks) == len(cases)


def test_is_what_is_asked_again_encoded_once_and_never_under_a_used_number():
    assignment = of_week("week06")
    question = assignment.week.questions["mlp_loss_and_grads"]
    given = [probe.inputs for probe in assignment.judge.probes[question.name]]
    again = assignment.follow_up_asks(question, given, ["dense_backward"])
    assert assignment.follow_up_asks(question, given, ["dense_backward"]) is again
    other = assignment.follow_up_asks(question, given, ["relu_backward"])
    numbers = [ask.id for ask in (*again.asks, *other.asks)]
    assert len(set(numbers)) == len(numbers)
    assert {ask.replace for ask in again.asks} == {("dense_backward",)}


def test_is_the_time_for_training_added_to_the_notebooks():
    given = Limits(notebook_seconds=10.0)
    assert of_week("week02").limits(given) == given
    week = catalogue.week("week07")
    training = sum(q.seconds * len(q.cases) for q in week.questions.values())
    assert training > 0
    assert of_week("week07").limits(given).notebook_seconds >= 10.0 + training


@pytest.mark.slow
def test_does_the_worker_import_what_the_locked_cells_import():
    libraries = of_week("week02").libraries
    assert "import numpy as np" in libraries.statements and libraries.names == ()
    assert "keras" in of_week("week14").libraries.names
    weeks = ("week02", "week07")
    drawn = ["import numpy.random" in of_week(week).libraries.statements for week in weeks]
    assert drawn == [False, True]


def test_are_only_wrong_functions_and_the_students_own_to_blame():
    assignment = of_week("week06")
    assert assignment.culprits("mlp_loss_and_grads", set()) == []
    assert assignment.culprits("mlp_loss_and_grads", {"relu_backward"}) == ["relu_backward"]
    assert assignment.culprits("relu_backward", {"tanh_backward"}) == []


def test_is_a_week_that_is_not_released_refused_with_the_command(released_course):
    opened = directory.load(released_course)
    with pytest.raises(CourseError, match="run `autograder release week02`"):
        load_assignment(opened, "week02")
    assert json.dumps(load_assignment(opened, "week06").released)


def test_do_the_points_of_the_released_notebook_count():
    """A course that was released before a question's points changed is graded as released."""
    week = catalogue.week("week06")
    notebook = read_notebook(released(week.stem))
    for cell in notebook.cells:
        stamp = cell.metadata.get("nbgrader", {})
        if stamp.get("grade_id") in ("relu_backward", "self_check"):
            stamp["points"] = 20
    made = Assignment(week, notebook, notebook)
    assert made.week.questions["relu_backward"].points == 20
    assert made.judge.questions["relu_backward"].points == 20
    assert made.week.points == sum(made.week.points_by_name.values()) != week.points
    assert catalogue.week("week06").questions["relu_backward"].points != 20
    assert Assignment(week, notebook).week == week
