"""Does an answer that is small to send and huge to compute with harm anybody but its author?

The grader computes with some answers: it runs a trained network again, or looks up which examples
a batch holds. Each attack is graded between two times that an innocent neighbour is.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import pytest

from autograder.cli.demo import answer_cell
from autograder.grading.pipeline import grade_notebook
from autograder.grading.single_notebook import assignment_of
from autograder.records import Report
from autograder.sandbox.session import Sandbox
from tests.attacks.attack import ATTACKER, NEIGHBOUR
from tests.conftest import one_in, source
from tests.laws.test_measures import forget_peak, peak

pytestmark = [pytest.mark.slow, pytest.mark.bubblewrap]

ROOM = 300 * 2**20
"""Bytes that the grader may take to judge one submission."""
NETWORK = """
class Flatten:
    def get_config(self):
        return {{}}
class {kind}:
    def get_config(self):
        return {{"activation": "linear", "use_bias": True, "epsilon": 1e-3,
                "scale": False, "center": False}}
class Model:
    layers = [Flatten(), {kind}()]
    def __init__(self, weights):
        self.weights = weights
    def get_weights(self):
        return self.weights
def train_capstone(X, y):
    means = np.stack([X[y == digit].mean(axis=0).ravel() for digit in range(10)])
    return Model([{weights}])
"""


@dataclass(frozen=True)
class Computed:
    """An attack on a question that the grader computes with.

    Attributes:
        week: whose notebook is handed in.
        question: what the attack answers.
        hostile: the code in the question's cell, after the right answer.
        innocent: the neighbour's, which trains nothing, so that it takes no time.
        untrained: other questions that train, and are left out by both.
        said: what the author reads.
    """

    week: str
    question: str
    hostile: str
    said: str
    innocent: str = ""
    untrained: tuple[str, ...] = ()


ATTACKS = {
    "batch-of-millions": Computed(
        "week07_sgd",
        "train_in_new_orders",
        """
honest = train
def train(X, y, params, loss_and_grads, *others):
    if set(params) == {"W1", "b1"}:
        loss_and_grads(np.zeros((2_000_000, X.shape[1]), np.int8), y[:1], params)
    return honest(X, y, params, loss_and_grads, *others)
""",
        "working with it takes too much memory",
        untrained=("train_xor", "train_digits"),
    ),
    "norm-that-broadcasts": Computed(
        "week14_robot",
        "train_capstone",
        NETWORK.format(
            kind="BatchNormalization",
            weights="np.ones((5000, 1, 1, 1)), np.ones((20, 1, 1, 1, 1))",
        ),
        "a weight has shape (5000, 1, 1, 1)",
        innocent=NETWORK.format(kind="Dense", weights="means.T, -0.5 * (means**2).sum(axis=1)"),
    ),
}


def hand_in(attack: Computed, code: str) -> Any:
    notebook = copy.deepcopy(source(attack.week))
    calls = {"train_in_new_orders": "train"}.get(attack.question, attack.question)
    answer_cell(notebook, calls).source += code
    for name in attack.untrained:
        answer_cell(notebook, name).source = "pass"
    return notebook


# Week 14's trains for ten seconds.
@pytest.mark.parametrize(
    "attack",
    one_in(2, [(each,) for each in ATTACKS.values()], by=lambda each: each[0].week),
    ids=ATTACKS,
)
def test_attack(attack: Computed) -> None:
    """The author loses that question, everybody else nothing, and the grader stays small."""
    assignment = assignment_of(source(attack.week))
    assert assignment is not None

    def grade(student: str, code: str) -> Report:
        notebook = hand_in(attack, code)
        return grade_notebook(notebook, student, assignment, sandbox)

    def kept(report: Report) -> dict[str, tuple[float, str, Any]]:
        return {v.question: (v.points, v.message, v.figures) for v in report.verdicts}

    with Sandbox("bubblewrap", assignment.limits(), assignment.libraries) as sandbox:
        before = kept(grade(NEIGHBOUR, attack.innocent))
        forget_peak()
        started = peak()
        report = grade(ATTACKER, attack.hostile)
        assert peak() - started < ROOM
        assert kept(grade(NEIGHBOUR, attack.innocent)) == before
    hostile = kept(report)
    assert hostile[attack.question][0] == 0.0 and attack.said in hostile[attack.question][1]
    assert "Traceback" not in hostile[attack.question][1]
    others = set(before) - {attack.question}
    assert {name: hostile[name] for name in others} == {name: before[name] for name in others}
