"""Do the capstone's numbers reach its verdict, from where a leaderboard takes them?"""

from __future__ import annotations

import numpy as np
import pytest

from autograder.answer import Answer, Status
from autograder.judging.judge import Judge
from autograder.questions import catalogue, references


def linear(X, y):
    """A dense layer whose columns are the classes' mean images: 650 weights, no training."""
    means = np.stack([X[y == digit].mean(axis=0).ravel() for digit in range(10)])
    layers = [
        {"kind": "Flatten"},
        {"kind": "Dense", "activation": "linear", "use_bias": True},
    ]
    return {"layers": layers, "weights": [means.T, -0.5 * (means**2).sum(axis=1)]}


@pytest.fixture(scope="module")
def judge():
    question = catalogue.question("train_capstone")
    questions = {question.name: question}
    return Judge(questions, references.public(questions.values(), "week14_robot"))


def verdict(judge, answer):
    return judge.judge("train_capstone", [answer])


@pytest.mark.slow
def test_are_accuracy_and_size_measured_on_unseen_digits(judge):
    inputs = judge.probes["train_capstone"][0].inputs
    found = verdict(judge, Answer(Status.RETURNED, linear(inputs["X"], inputs["y"])))
    figures = dict(found.figures)
    assert not found.right and figures["Parameters"] == 650
    assert 0.85 < figures["Accuracy"] < 0.97


@pytest.mark.slow
@pytest.mark.parametrize("value", [None, {"layers": [], "weights": []}, {"layers": 3}])
def test_has_an_unusable_network_no_figures(value, judge):
    assert verdict(judge, Answer(Status.RETURNED, value)).figures == ()
    assert verdict(judge, Answer(Status.CRASHED)).figures == ()
