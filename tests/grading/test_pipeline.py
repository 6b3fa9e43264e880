"""Does the path from a file to a report lose nothing, whatever goes wrong on the way?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import nbformat
import pytest

from autograder.answer import Answer
from autograder.cli import demo
from autograder.cli.demo import writes
from autograder.course import directory
from autograder.dispatch import local
from autograder.errors import WorkerLost
from autograder.grading import grade_class, pipeline
from autograder.grading.assignment import load_assignment
from autograder.judging.bounded_measures import BoundedMeasures
from autograder.records import Report, Verdict
from autograder.sandbox.session import Sandbox
from tests.conftest import EXHAUSTIVE

KINDS = len(demo.RIGHT) + len(demo.MISTAKES)

pytestmark = pytest.mark.bubblewrap


@pytest.fixture
def opened(fresh_course):
    return directory.load(fresh_course)


def test_is_what_equal_answers_have_in_common_the_same_as_each_alone(opened):
    """Every kind of honest submission twice: the second as one of a class, and by a new grader."""
    # In `make test` of every second kind.
    kinds = demo.harmless(2 * KINDS)
    demo.hand_in(opened, kinds if EXHAUSTIVE else [*kinds[:KINDS:2], *kinds[KINDS::2]])
    assignment = load_assignment(opened, demo.WEEK)
    handed_in = grade_class.submissions(opened, assignment)
    with Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as sandbox:
        for first, submission in zip(handed_in[::2], handed_in[1::2], strict=True):
            pipeline.grade(first, assignment, sandbox)
            in_class = pipeline.grade(submission, assignment, sandbox)
            alone = pipeline.grade(submission, load_assignment(opened, demo.WEEK), sandbox)
            assert in_class.answers == alone.answers
            assert without_seconds(in_class) == without_seconds(alone), submission.student


NETWORK = """
def mlp_loss_and_grads(X, y, params):
    z, first = dense_forward(X, params["W1"], params["b1"])
    logits, second = dense_forward(relu(z), params["W2"], params["b2"])
    dlogits = softmax(logits)
    dlogits[np.arange(len(y)), y] -= 1
    dh, dW2, db2 = dense_backward(dlogits / len(y), *second)
    _, dW1, db1 = dense_backward(relu_backward(dh, z), *first)
    loss = softmax_cross_entropy(logits, y) {}
    return loss, {{"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}}
"""
UNUSABLE = "def dense_backward(dout, X, W): raise ValueError('not yet')"


def test_does_follow_through_depend_on_nobody_elses_answers(opened, monkeypatch):
    """Is whoever answers as another did at first, but otherwise when asked again, told apart?"""
    asked_the_same, then_differently = (
        writes(dense_backward=UNUSABLE, mlp_loss_and_grads=NETWORK.format(factor))
        for factor in ("", "* 2")
    )
    edits = {"first": asked_the_same, "second": asked_the_same, "third": then_differently}
    demo.hand_in(opened, [demo.Pupil(name, edit) for name, edit in edits.items()])
    assignment = load_assignment(opened, demo.WEEK)
    judge, judged = assignment.judge.judge, []

    def counted(name: str, answers: list[Answer], *given: Any, **named: Any) -> Verdict:
        judged.append((name, answers))
        return judge(name, answers, *given, **named)

    monkeypatch.setattr(assignment.judge, "judge", counted)
    outcomes, answers_judged = [], []
    with Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as sandbox:
        for submission in grade_class.submissions(opened, assignment):
            report = pipeline.grade(submission, assignment, sandbox)
            verdicts = {verdict.question: verdict for verdict in report.verdicts}
            outcomes.append(
                (verdicts["dense_backward"].right, verdicts["mlp_loss_and_grads"].right)
            )
            answers_judged.append(dict(judged))
            judged.clear()
    assert outcomes == [(False, True), (False, True), (False, False)]
    first, third = (answers_judged[place]["mlp_loss_and_grads"] for place in (0, 2))
    assert [vars(answer) for answer in first] == [vars(answer) for answer in third]


def without_seconds(report: Report) -> list[Verdict]:
    return [replace(verdict, seconds=0.0) for verdict in report.verdicts]


def test_is_a_wrong_answer_after_a_right_one_wrong(opened):
    """Also where the function, its cell and all other answers are the same."""
    right, wrong = demo.harmless(1)[0], demo.Pupil("wrong", demo.MISTAKES["transposes-dW"])
    demo.hand_in(opened, [right, wrong])
    assignment = load_assignment(opened, demo.WEEK)
    handed_in = grade_class.submissions(opened, assignment)
    by_name = {s.student: s for s in handed_in}
    with Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as sandbox:
        for student, full in ((right.name, True), ("wrong", False), (right.name, True)):
            report = pipeline.grade(by_name[student], assignment, sandbox)
            assert report.right == full


def test_are_experiments_run_only_when_asked(opened):
    demo.hand_in(opened, demo.harmless(1))
    assignment = load_assignment(opened, demo.WEEK)
    (submission,) = grade_class.submissions(opened, assignment)

    def pictures() -> int:
        (report,) = local.run(
            [submission], lambda s, sandbox: pipeline.grade(s, assignment, sandbox), workers=1
        )
        outputs = [o for cell in report.notebook.cells for o in cell.get("outputs", ())]
        return sum("image/png" in output.get("data", {}) for output in outputs)

    assert pictures() == 0
    assignment.run_experiments = True
    assert pictures() >= 3


def test_is_a_lost_process_that_measures_booked_on_nobody(opened, monkeypatch):
    """Tried again twice, then recorded without a key, so that the next run tries it again."""
    demo.hand_in(opened, demo.harmless(1))
    assignment = load_assignment(opened, demo.WEEK)
    handed_in = grade_class.submissions(opened, assignment)
    tries = []

    def lost(self, question, answers, given):
        tries.append(question.name)
        raise WorkerLost("the process that measures was killed")

    monkeypatch.setattr(BoundedMeasures, "measured", lost)
    (report,) = grade_class.grade_course(opened, assignment, handed_in, workers=1)
    assert len(tries) == 3 and not report.key
    assert report.unreadable == "the process that measures was killed"
    monkeypatch.undo()
    (report,) = grade_class.grade_course(opened, assignment, handed_in, workers=1)
    assert report.key and not report.unreadable


def test_is_a_missing_name_told_with_the_cell_that_was_restored_or_does_not_run(opened):
    def edit(notebook: Any) -> bytes:
        locked = next(cell for cell in notebook.cells if cell.id == "earlier_weeks")
        locked.source += "\nprint 'Python 2'\n\n\ndef slope(x):\n    return x"
        answer = demo.answer_cell(notebook, "relu_backward")
        answer.source = "def relu_backward(dout, z):\n    return dout * slope(z)"
        answer = demo.answer_cell(notebook, "tanh_backward")
        text = nbformat.v4.new_markdown_cell(answer.source, id="text")
        answer.source = "# My answer is above."
        notebook.cells.insert(0, text)
        return demo.to_bytes(notebook)

    demo.hand_in(opened, [demo.Pupil("ada", edit)])
    assignment = load_assignment(opened, demo.WEEK)
    (submission,) = grade_class.submissions(opened, assignment)
    with Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as sandbox:
        report = pipeline.grade(submission, assignment, sandbox)
    slope, in_text = [each.message for each in report.verdicts if not each.right]
    assert (
        "NameError: name 'slope' is not defined (you define it in the read-only cell "
        "earlier_weeks, which was restored)" in slope
    )
    assert (
        "`tanh_backward` is not defined when its check runs: you define it in cell 0, a markdown "
        "cell, which does not run." in in_text
    )
    assert report.problems == (
        "The read-only cell earlier_weeks had been edited and was restored.",
    )


def test_does_an_experiment_run_that_was_changed_and_cost_nothing_when_it_is_stopped(opened):
    def edit(notebook: Any) -> bytes:
        first, second = [cell for cell in notebook.cells if "experiment" in cell.id][:2]
        first.source = "def slope(x):\n    return x\n\n\nprint('mine')"
        second.source = "while True:\n    pass"
        answer = demo.answer_cell(notebook, "relu_backward")
        answer.source = "def relu_backward(dout, z):\n    return slope(dout) * (z > 0)"
        return demo.to_bytes(notebook)

    demo.hand_in(opened, [demo.Pupil("ada", edit)])
    assignment = load_assignment(opened, demo.WEEK)
    (submission,) = grade_class.submissions(opened, assignment)
    limits = replace(assignment.limits(), cell_seconds=5.0)
    with Sandbox(limits=limits, libraries=assignment.libraries) as sandbox:
        report = pipeline.grade(submission, assignment, sandbox)
    assert report.right and report.stopped == 0
    (problem,) = report.problems
    assert problem.endswith("was stopped after 5 s; it is an experiment and costs no points.")
    shown = [output for cell in report.notebook.cells for output in cell.get("outputs", ())]
    assert "mine\n" in [output.get("text") for output in shown]
