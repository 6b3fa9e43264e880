"""Are points, follow-through and the cause of a wrong gradient judged correctly?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from autograder.answer import Answer, Status, ask
from autograder.judging.judge import Judge
from autograder.questions import catalogue, references
from autograder.questions.define import question
from autograder.records import Outcome
from tests.laws.test_questions import solutions


def judge_of(stem: str) -> Judge:
    week = catalogue.week(stem)
    return Judge(week.questions, references.public(week.questions.values(), stem))


class Student:
    """A student's functions in one namespace, called the way the sandbox calls them."""

    def __init__(self, stem: str, **own: str) -> None:
        self.judge = judge_of(stem)
        self.right = solutions(stem)
        self.namespace: dict[str, Any] = {}
        for name, value in self.right.items():
            source = own.get(name)
            if source is None and callable(value) and hasattr(value, "__code__"):
                # The same function, but calling this student's versions of the others.
                self.namespace[name] = type(value)(
                    value.__code__, self.namespace, name, value.__defaults__
                )
            else:
                self.namespace.setdefault(name, value)
        for source in own.values():
            exec(source, self.namespace)

    def again(self, question: Any, given: Sequence[Any], replaced: Sequence[str]) -> list[Answer]:
        kept = {name: self.namespace[name] for name in replaced}
        self.namespace.update({name: self.right[name] for name in replaced})
        try:
            target = self.namespace[question.calls]
            return [ask(target, inputs, question.drive) for inputs in given]
        finally:
            self.namespace.update(kept)

    def verdict(self, name: str, culprits: Sequence[str] = ()) -> Any:
        question = self.judge.questions[name]
        given = [probe.inputs for probe in self.judge.probes[name]]
        answers = self.again(question, given, ())
        return self.judge.judge(name, answers, self.again, culprits)


NO_GATE = "def relu_backward(dout, z):\n    return dout"
LARGER_LOSS = """
def mlp_loss_and_grads(X, y, params):
    loss, grads = right(X, y, params)
    return (1 + len(X)) * loss + 0.25 * np.sum(params["W1"]**2), {
        name: (1 + len(X)) * grad + (0.5 * params["W1"] if name == "W1" else 0)
        for name, grad in grads.items()
    }
"""


def test_does_a_wrong_function_cost_points_only_once():
    student = Student("week06_backpropagation", relu_backward=NO_GATE)
    assert student.verdict("relu_backward").points < 6
    without = student.verdict("mlp_loss_and_grads")
    assert without.points < without.max_points
    carried = student.verdict("mlp_loss_and_grads", culprits=["relu_backward"])
    assert carried.points == carried.max_points
    assert carried.outcome is Outcome.RIGHT
    assert "first error is in relu_backward" in carried.message


def test_does_follow_through_excuse_only_errors_elsewhere():
    broken = """
def mlp_loss_and_grads(X, y, params):
    return 0.0, {name: 0 * value for name, value in params.items()}
"""
    student = Student("week06_backpropagation", relu_backward=NO_GATE, mlp_loss_and_grads=broken)
    assert student.verdict("mlp_loss_and_grads", culprits=["relu_backward"]).points == 0


def test_is_the_correct_derivative_of_a_wrong_loss_recognized():
    student = Student("week06_backpropagation")
    student.namespace["right"] = student.namespace["mlp_loss_and_grads"]
    exec(LARGER_LOSS, student.namespace)
    verdict = student.verdict("mlp_loss_and_grads")
    assert verdict.points == 0
    assert "matches finite differences of your own loss" in verdict.message


def test_is_the_correct_derivative_of_a_wrong_activation_recognized():
    student = Student(
        "week02_bends",
        sigmoid="def sigmoid(z):\n    return 0.25 + 0.5 / (1 + np.exp(-np.clip(z, -30, 30)))",
        sigmoid_grad="""
def sigmoid_grad(z):
    s = 1 / (1 + np.exp(-np.clip(z, -30, 30)))
    return 0.5 * s * (1 - s) * (np.abs(z) < 30)
""",
    )
    assert "of your own sigmoid" in student.verdict("sigmoid_grad").message


def test_is_a_wrong_derivative_of_a_right_activation_not_excused():
    student = Student("week02_bends", sigmoid_grad="def sigmoid_grad(z):\n    return np.cos(z)")
    assert "finite differences" not in student.verdict("sigmoid_grad").message


@pytest.mark.filterwarnings("default:overflow encountered:RuntimeWarning")
def test_do_cases_earn_their_weight():
    student = Student("week02_bends", sigmoid="def sigmoid(z):\n    return 1 / (1 + np.exp(-z))")
    verdict = student.verdict("sigmoid")
    assert 0 < verdict.points < verdict.max_points
    assert verdict.mistake == "sigmoid-overflow-negative"


@pytest.mark.parametrize(
    "status", [Status.RAISED, Status.TIMED_OUT, Status.CRASHED, Status.MISSING]
)
def test_does_a_missing_answer_score_nothing(status):
    judge = judge_of("week02_bends")
    answers = [Answer(status, error="softmax was stopped") for _ in judge.probes["softmax"]]
    verdict = judge.judge("softmax", answers)
    assert (verdict.points, verdict.outcome) == (0.0, status)


@pytest.mark.parametrize("status", [Status.NOT_ATTEMPTED, Status.MISSING, Status.TIMED_OUT])
def test_is_no_mistake_tried_on_what_did_not_answer(status, monkeypatch):
    """A mistake explains every case or is not named, and takes its time to compute."""
    judge = judge_of("week06_backpropagation")
    monkeypatch.setattr(judge, "mistaken_answers", lambda _: pytest.fail("a mistake was computed"))
    for name, probes in judge.probes.items():
        answers = [Answer(Status.RETURNED, each.expected.value) for each in probes]
        verdict = judge.judge(name, [*answers[:-1], Answer(status)])
        assert not verdict.right and not verdict.mistake


@pytest.mark.parametrize("letter", ["a", "A", " a "])
def test_is_a_wrong_letter_told_its_reason_however_it_is_written(letter):
    judge = judge_of("week00_start")
    verdict = judge.judge("who_learns", [Answer(Status.RETURNED, letter)])
    assert verdict.mistake == "who-learns-a"
    assert verdict.message.endswith("Next: reread the section and choose again.")


def test_is_a_cause_claimed_only_when_it_explains_every_case():
    judge = judge_of("week02_bends")
    question = judge.questions["softmax"]
    probes = judge.probes["softmax"]
    mistake = next(iter(question.mistakes.values()))
    answers = [question.mistaken(mistake, probe.inputs, None) for probe in probes]
    right = probes[0].expected.value
    other = Answer(Status.RETURNED, right + 0.125 * np.arange(right.size).reshape(right.shape) ** 2)
    verdict = judge.judge("softmax", [other, *answers[1:]])
    assert verdict.mistake == ""
    assert "No catalogued mistake explains it." in verdict.message


@pytest.mark.slow
def test_is_a_measured_answer_judged_by_the_graders_measurement():
    """The grader measures the returned arrays itself."""

    @question(points=2, few_mistakes="a test")
    def separates(X):
        """Weights (2,) under which no row of X scores below 0.

        Args:
            X: points, shape (N, D), float64.
        """
        return np.array(0)

    @separates.case("cloud")
    def _(rng):
        return {"X": rng.uniform(1.0, 2.0, (7, 2))}

    @separates.measure
    def _(w, X):
        return np.sum(X @ w < 0)

    case = separates.cases["cloud"]
    expected = {
        ("separates", "cloud"): references.compute(
            separates, references.inputs(separates, case, b"")
        )
    }
    judge = Judge({"separates": separates}, expected)

    def points(value):
        return judge.judge("separates", [ask(lambda X: value, {"X": np.ones((2, 2))})]).points

    assert points(np.array([1.0, 1.0])) == 2
    assert points([3, 0.5]) == 2
    assert points(np.array([-1.0, 0.5])) == 0
    assert points(np.ones(5)) == 0
    assert points("all right") == 0


def test_is_what_was_answered_told_by_numbers_and_not_by_their_layout():
    """Answers are compared across a class by it; large ones are read in parts."""
    question = catalogue.question("relu")
    judge = Judge({"relu": question}, references.public([question], "week02_bends"))
    X = np.random.default_rng(0).normal(size=(300, 400))

    def answered(value):
        answers = [Answer(Status.RETURNED, value) for _ in judge.probes["relu"]]
        return judge.judge("relu", answers).answered

    assert answered(X) == answered(np.asfortranarray(X)) == answered(X * (1 + 1e-12))
    assert len({answered(X), answered(-X), answered(X.T.copy()), answered(X[:-1])}) == 4


def test_is_nothing_said_of_what_a_missing_function_calls() -> None:
    """Where nothing can be replaced, a function that raises may be right, and none that is gone."""
    name, judge = "mlp_loss_and_grads", judge_of("week06_backpropagation")
    for status in (Status.RAISED, Status.MISSING):
        answers = [Answer(status, error="ValueError")] * len(judge.probes[name])
        found = judge.judge(
            name, answers, lambda *_: [], culprits=["relu_backward"], replaceable=False
        )
        assert ("start there" in found.message) == (status is Status.RAISED)
