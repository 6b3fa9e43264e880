"""Is it told what wrong numbers have in common with the right ones, and nothing by chance?"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from autograder.answer import Answer, Status
from autograder.judging import lone_number
from autograder.judging.lone_number import Case
from autograder.questions import catalogue
from autograder.questions.define import Question
from tests.conftest import EXHAUSTIVE
from tests.laws.public_points import ASKED, judge, verdict_on

RNG = np.random.default_rng(4)
TELLING = set(lone_number._NEXT.values()) | {lone_number._RETURNED}
RIGHT = [0.7316058, 12.0831947, 3.3907713]


def is_number(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.ndim == 0


def numbers() -> list[tuple[str, Question]]:
    """Questions whose answer is one number: every sixth, and all in `make test-all`."""
    found = [
        (week.stem, question)
        for week, question in ASKED[:: 1 if EXHAUSTIVE else 6]
        if question.seconds < 10 and not question.measured_by
    ]
    return [
        (stem, question)
        for stem, question in found
        if all(is_number(probe.expected.value) for probe in judge(stem).probes[question.name])
    ]


def told(
    yours: Callable[[float, Mapping[str, Any], int], float],
    right: list[float] = RIGHT,
    sizes: tuple[int, ...] = (7, 16, 9),
) -> str:
    cases = []
    for number, (value, N) in enumerate(zip(right, sizes, strict=False)):
        inputs = {
            "lam": np.array(0.3 + 0.1 * number),
            "z": RNG.normal(size=N),
            "target": RNG.normal(size=N),
            'params["W"]': RNG.normal(size=(2, N)),
        }
        found = float(yours(value, inputs, N))
        cases.append(Case(f"case-{number}", found, value, inputs, {"N": N, "K": N - 3}))
    fact = lone_number.relation("loss", cases, " in every wrong case")
    return fact[0] if fact else ""


@pytest.mark.parametrize(
    ("yours", "words"),
    [
        (lambda x, given, N: 0.0, "loss is 0 in every wrong case, whatever the arguments are"),
        (lambda x, given, N: 3.1 * x, "loss is 3.1 times the expected value in every wrong case"),
        (lambda x, given, N: x / math.log(2), "loss is 1.443 times (1 / log(2)) the expected"),
        (lambda x, given, N: -x, "loss is minus the expected value in every"),
        (lambda x, given, N: N * x, "loss is the expected value, multiplied by N (7 in case-0),"),
        (lambda x, given, N: N * x / (N - 3), "multiplied by N/K (1.75 in case-0),"),
        (lambda x, given, N: x / (N - 1), "divided by (N - 1) (6 in case-0),"),
        (lambda x, given, N: 2 * x / given["lam"], "2 times the expected value, divided by lam"),
        (lambda x, given, N: x + 0.25, "loss minus the expected value is 0.25 in every"),
        (lambda x, given, N: x + math.log(N), "minus the expected value is the logarithm of N in"),
        (
            lambda x, given, N: x + 0.013 * (given['params["W"]'] ** 2).sum(),
            'is 0.013 times the sum of the squares of params["W"]',
        ),
        (lambda x, given, N: math.sqrt(x), "loss is the square root of the expected value"),
        (lambda x, given, N: 1 - x, "loss is 1 minus the expected value"),
        (lambda x, given, N: math.exp(-x), "The logarithm of loss is minus the expected value"),
        (
            lambda x, given, N: math.sqrt(N * x),
            "The square of loss is the expected value, multiplied by N (7 in case-0),",
        ),
        (lambda x, given, N: given["z"].mean(), "loss is the mean of z ("),
        (
            lambda x, given, N: np.abs(given["z"] - given["target"]).max(),
            "loss is the largest of the absolute values of z - target (",
        ),
        (lambda x, given, N: 2.5 * x - 0.4, "loss is 2.5 times the expected value, minus 0.4,"),
        (lambda x, given, N: RNG.normal(), ""),
        (lambda x, given, N: x * RNG.uniform(2, 3), ""),
        (lambda x, given, N: round(x), ""),
        (lambda x, given, N: x * (1.5 + 1e-8 * N), ""),
    ],
)
def test_is_the_relation_told(yours, words):
    assert words in told(yours) if words else told(yours) == ""


def test_is_nothing_told_of_one_case_or_of_cases_with_the_same_number():
    assert told(lambda x, given, N: 3 * x, RIGHT[:1]) == ""
    assert told(lambda x, given, N: 3 * x, [0.7, 0.7, 0.7]) == ""


def test_is_a_relation_that_fails_in_one_case_not_told():
    assert told(lambda x, given, N: 3.1 * x + 1e-7 * (N == 9)) == ""


def test_do_two_simple_fractions_have_nothing_in_common_that_is_told():
    assert told(lambda x, given, N: {0.5: 0.75, 0.25: 0.375}[x], [0.5, 0.25]) == ""


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_is_no_relation_told_beside_a_name():
    for stem, question in numbers()[:: 1 if EXHAUSTIVE else 4]:
        for name, answers in judge(stem).answers_of_mistakes(question).items():
            verdict = judge(stem).judge(question.name, answers)
            assert verdict.mistake == name
            assert "in every wrong case" not in verdict.message


def test_is_nothing_told_of_numbers_that_are_drawn():
    """Any number, and the right numbers of other cases, which are as round as the right ones."""
    for stem, question in numbers():
        right = [float(each.expected.value) for each in judge(stem).probes[question.name]]
        rng = np.random.default_rng(0)
        for draw in range(100 if EXHAUSTIVE else 4):
            found = iter(rng.normal(size=len(right)) if draw % 2 else rng.permutation(right))
            verdict = judge(stem).judge(question.name, [answer(each) for each in found])
            assert "in every wrong case" not in verdict.message, verdict.message


def answer(number: float) -> Answer:
    return Answer(Status.RETURNED, np.asarray(number))


@pytest.mark.parametrize(
    ("name", "wrong", "words"),
    [
        (
            "mse",
            lambda pred, target: 2 * np.linalg.norm(pred - target),
            "mse(pred, target) is 2 times the root of the sum of the squares of pred - target (",
        ),
        (
            "count_parameters",
            lambda layer_sizes: (
                sum(a * b + b for a, b in pairwise(layer_sizes)) + 2 * layer_sizes[0]
            ),
            "minus the expected value is 2 times layer_sizes[0] (",
        ),
    ],
)
def test_does_a_message_tell_it_with_a_next_step(name, wrong, words):
    question = catalogue.question(name)
    message = verdict_on(catalogue.week(question.week).stem, question, wrong).message
    assert words in message and "No catalogued mistake" not in message
    assert message.splitlines()[-1] in TELLING
