"""Is a submission asked everything, and what is public before what is hidden?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.answer import Status
from autograder.cli import demo
from autograder.course import directory
from autograder.grading import grade_class, pipeline
from autograder.grading.ask import Asker
from autograder.grading.assignment import load_assignment
from autograder.grading.called import Called
from autograder.grading.follow_through import SolutionFunctions
from autograder.intake.read import read_notebook
from autograder.records import Outcome
from autograder.sandbox.session import Sandbox, Session

pytestmark = pytest.mark.bubblewrap


@pytest.fixture
def opened(fresh_course):
    return directory.load(fresh_course)


def test_is_follow_through_asked_of_the_process_that_ran_the_notebook(opened, monkeypatch):
    """Public cases come before hidden ones, so that the notebook need not be run again."""
    demo.hand_in(opened, [demo.Pupil("ada", demo.MISTAKES["transposes-dW"])])
    assignment = load_assignment(opened, demo.WEEK)
    (submission,) = grade_class.submissions(opened, assignment)
    runs = []
    real = Session._run_cells
    monkeypatch.setattr(
        Session, "_run_cells", lambda self, *rest: runs.append(self) or real(self, *rest)
    )
    with Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as sandbox:
        report = pipeline.grade(submission, assignment, sandbox)
    assert any("follow-through" in verdict.message for verdict in report.verdicts)
    assert len(runs) == len(set(map(id, runs))) == 2  # the student's notebook and the lesson's


def test_has_every_case_an_answer_in_the_order_of_the_judge(released_course, monkeypatch):
    opened = directory.load(released_course)
    assignment = load_assignment(opened, demo.WEEK)
    hidden: list[list[bool]] = []
    real = Session.ask

    def ask(self, asks, *given):
        hidden.append([each.hidden for each in asks.asks])
        return real(self, asks, *given)

    monkeypatch.setattr(Session, "ask", ask)
    complete = read_notebook(opened.notebook("source", demo.STEM))
    with (
        Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as sandbox,
        sandbox.open(assignment.steps(complete)) as session,
    ):
        solution = SolutionFunctions(assignment, sandbox)
        called = Called([], assignment.week.questions)
        answers = Asker(assignment, session, solution, called).ask_all()
    probes = assignment.judge.probes
    assert {name: len(each) for name, each in answers.items()} == {
        name: len(each) for name, each in probes.items()
    }
    assert {answer.status for each in answers.values() for answer in each} == {Status.RETURNED}
    assert [set(each) for each in hidden] == [{False}, {True}]


def test_does_a_missing_name_say_how_the_cell_above_its_check_ended(released_course):
    opened = directory.load(released_course)
    assignment = load_assignment(opened, demo.WEEK)
    notebook = demo.solved(opened)
    demo.answer_cell(notebook, "tanh_backward").source = "1 / 0"
    cell = demo.answer_cell(notebook, "relu_backward")
    cell.source = cell.source.replace("def relu_backward", "def relu_bakward")
    cell = demo.answer_cell(notebook, "relative_error")
    cell.source = "\n\n" + cell.source.replace("return", "retrun")
    with (
        Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as sandbox,
        sandbox.open(assignment.steps(notebook)) as session,
    ):
        solution = SolutionFunctions(assignment, sandbox)
        called = Called([], assignment.week.questions)
        answers = Asker(assignment, session, solution, called).ask_all()
    for name, reason in {
        "tanh_backward": "the cell above it raised ZeroDivisionError: division by zero",
        "relu_backward": "the cell above it defines `relu_bakward`",
        "relative_error": "the cell above it raised SyntaxError: invalid syntax (line ",
    }.items():
        assert {answer.status for answer in answers[name]} == {Status.MISSING}
        assert all(answer.error.startswith(reason) for answer in answers[name])


SLOW = """
def relu_backward(dout, z):
    while np.abs(z).max() > 100:
        pass
    return np.where(z > 0, dout, 0.0)
"""


def test_is_a_hidden_case_spared_whose_public_draw_was_stopped(released_course, monkeypatch):
    """Does one slow case take its time limit once, and do the finished ones keep their points?"""
    opened = directory.load(released_course)
    assignment = load_assignment(opened, demo.WEEK)
    notebook = demo.solved(opened)
    demo.answer_cell(notebook, "relu_backward").source = SLOW
    runs = []
    real = Session._run_cells
    monkeypatch.setattr(
        Session, "_run_cells", lambda self, *rest: runs.append(self) or real(self, *rest)
    )
    limits = replace(assignment.limits(), question_seconds=1.0)
    with Sandbox(limits=limits, libraries=assignment.libraries) as sandbox:
        report = pipeline.grade_notebook(notebook, "ada", assignment, sandbox)
    lost = [verdict for verdict in report.verdicts if not verdict.right]
    (verdict,) = lost
    assert (verdict.question, verdict.outcome) == ("relu_backward", Outcome.TIMED_OUT)
    cases = assignment.week.questions["relu_backward"].cases.values()
    weights = {case.name: case.weight for case in cases}
    kept = 1 - weights["large"] / sum(weights.values())
    assert verdict.points == round(verdict.max_points * kept, 2)
    assert "the case large" in verdict.message and "was stopped after 1 s" in verdict.message
    assert len(runs) == 2


SINGLE = """
def relu_backward(dout, z):
    return np.where(z > 0, dout, 0.0).astype(np.float32)
"""
NUMERICAL = """
def dense_backward(dout, X, W):
    def slopes(x, out):
        found = np.zeros_like(x)
        for index in np.ndindex(x.shape):
            before = x[index]
            x[index] = before + 1e-5
            above = np.sum(dout * out())
            x[index] = before - 1e-5
            found[index] = (above - np.sum(dout * out())) / 2e-5
            x[index] = before
        return found

    X, W = X.copy(), W.copy()
    dX, dW = slopes(X, lambda: X @ W), slopes(W, lambda: X @ W)
    return dX.astype("float32"), dW.astype("float32"), dout.sum(axis=0).astype("float32")
"""


@pytest.mark.parametrize("mentioned", [True, False])
def test_is_float32_neither_a_fault_nor_a_hiding_place(released_course, monkeypatch, mentioned):
    """Either way the notebook runs once: what is asked again is asked before any hidden case."""
    opened = directory.load(released_course)
    assignment = load_assignment(opened, demo.WEEK)
    notebook = demo.solved(opened)
    if mentioned:
        demo.answer_cell(notebook, "relu_backward").source = SINGLE
        demo.answer_cell(notebook, "dense_backward").source = NUMERICAL
    else:
        wrong = NUMERICAL.replace('.astype("float32")', "")
        demo.answer_cell(notebook, "dense_backward").source = wrong
    runs = []
    real = Session._run_cells
    monkeypatch.setattr(
        Session, "_run_cells", lambda self, *rest: runs.append(self) or real(self, *rest)
    )
    with Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as sandbox:
        report = pipeline.grade_notebook(notebook, "ada", assignment, sandbox)
    wrong = {verdict.question: verdict for verdict in report.verdicts if not verdict.right}
    assert list(wrong) == ["dense_backward"]
    assert ("rounds to float32" in wrong["dense_backward"].message) == mentioned
    assert wrong["dense_backward"].points < 6
    carried = {each.question: each for each in report.verdicts}["mlp_loss_and_grads"]
    assert "With a correct dense_backward in place of yours, every case is right" in carried.message
    assert len([session for session in runs if not session._trusted]) == 1
