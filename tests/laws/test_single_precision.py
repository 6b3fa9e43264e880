"""Is float32 neither a fault nor a hiding place?

A right function that rounds to float32 gets full points, and so does a right one that calls it. A
wrong formula whose result is rounded to float32 earns no more than it does in float64.
"""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

import numpy as np
import pytest

from autograder.questions.define import Question
from autograder.records import Verdict
from tests.conftest import EXHAUSTIVE, source
from tests.laws.public_points import ASKED, judge, verdict_on

# What a student may write to make an answer float32, with `exact` for what it would be otherwise.
ROUNDED = """
def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(rounded(item) for item in value)
    if isinstance(value, (float, np.floating)):
        return np.float32(value)
    if isinstance(value, np.ndarray) and value.dtype == float:
        return value.astype("float32")
    return value

def single(*arguments):
    return rounded(exact(*arguments))
"""
JUDGED = [
    (week, question) for week, question in ASKED if not question.measured_by and question.parameters
]
FUNCTIONS = [
    (week, question) for week, question in JUDGED if not question.name.startswith("value_")
]
# Every ninth here, and all in `make test-all`.
SOME = FUNCTIONS if EXHAUSTIVE else FUNCTIONS[::9]
every_function = pytest.mark.parametrize(
    ("week", "question"), SOME, ids=[question.name for _, question in SOME]
)


@cache
def cells(stem: str) -> tuple[str, ...]:
    """The lesson's cells that define what questions ask for."""
    return tuple(
        cell.source
        for cell in source(stem).cells
        if cell.cell_type == "code"
        and "experiment" not in cell.metadata.get("tags", ())
        and not cell.metadata.get("nbgrader", {}).get("grade")
    )


@cache
def notebook(stem: str) -> dict[str, Any]:
    """A notebook with the solution's functions, and `single`, which rounds what `exact` returns."""
    namespace: dict[str, Any] = {"check": lambda name: None, "np": np}
    for cell in cells(stem):
        exec(cell, namespace)
    exec(ROUNDED, namespace)
    return namespace


def rounded_verdict(stem: str, question: Question, exact: Any) -> Verdict:
    """The verdict on a function of which float32 rounds the result."""
    namespace = notebook(stem)
    namespace["exact"] = exact
    return verdict_on(stem, question, namespace["single"], namespace)


@every_function
def test_is_a_right_answer_in_float32_right(week, question):
    verdict = rounded_verdict(week.stem, question, notebook(week.stem)[question.calls])
    assert verdict.points == question.points, verdict.message


HELPERS = [
    (week, question, helper)
    for week, question in JUDGED
    for helper in question.builds_on
    if not week.questions[helper].measured_by
]


@pytest.mark.parametrize(
    ("week", "question", "helper"), HELPERS, ids=[f"{q.name}-{h}" for _, q, h in HELPERS]
)
def test_does_a_helper_in_float32_cost_nothing_in_the_question_after_it(week, question, helper):
    namespace = dict(notebook(week.stem))
    for cell in cells(week.stem):
        exec(cell, namespace)
    exec(ROUNDED, namespace)
    namespace["exact"] = namespace[week.questions[helper].calls]
    namespace[helper] = namespace["single"]
    if inspect.isclass(namespace["exact"]):
        pytest.skip("a class is no function that rounds")
    verdict = verdict_on(week.stem, question, namespace[question.calls], namespace)
    assert verdict.points == question.points, verdict.message


WRONG = [
    (week, question, mistake)
    for week, question in FUNCTIONS
    for mistake in question.mistakes.values()
    # Rounding makes a copy, which puts the cache right.
    if not mistake.at and mistake.name != "cache-overwritten-by-the-next-call"
]
# Every thirtieth here, and all in `make test-all`.
TRIED = WRONG if EXHAUSTIVE else WRONG[::60]
every_wrong_formula = pytest.mark.parametrize(
    ("week", "question", "mistake"),
    TRIED,
    ids=[f"{q.name}-{m.name}" for _, q, m in TRIED],
)


@every_wrong_formula
def test_does_a_wrong_formula_earn_no_more_in_float32(week, question, mistake):
    double = verdict_on(week.stem, question, mistake.formula)
    single = rounded_verdict(week.stem, question, mistake.formula)
    assert single.points <= double.points, single.message


def slopes(function: Any, arguments: list[Any], place: int, weights: Any, eps: float) -> Any:
    """Central differences of sum(weights * function) with respect to one argument."""
    x = np.array(arguments[place], dtype=float)
    found = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        moved = []
        for step in (eps, -eps):
            other = x.copy()
            other[index] += step
            moved.append(function(*arguments[:place], other, *arguments[place + 1 :]))
        found[index] = np.sum(weights * (np.asarray(moved[0]) - np.asarray(moved[1]))) / (2 * eps)
    return found


def numerical(stem: str, question: Question) -> Any:
    """The part of a gradient that a derivative names, by central differences of the solution."""
    rule = question.derivative
    exact = notebook(stem)[question.calls]
    of = judge(stem).questions[rule.of]
    function = notebook(stem)[of.calls]

    def value(*arguments: Any) -> Any:
        answer = function(*arguments)
        if not rule.value:
            return answer
        return answer[of.returns.index(rule.value)] if isinstance(answer, tuple) else answer

    def gradient(*arguments: Any) -> Any:
        given = dict(zip(question.parameters, arguments, strict=True))
        passed = [given[name] for name in of.parameters]
        upstream = given[rule.upstream] if rule.upstream else 1.0
        found = slopes(value, passed, of.parameters.index(rule.wrt), upstream, 1e-6)
        answer = exact(*arguments)
        if not rule.gradient:
            return found
        if isinstance(answer, dict):
            return {**answer, rule.gradient: found}
        place = question.returns.index(rule.gradient)
        return (*answer[:place], found, *answer[place + 1 :])

    return gradient


GRADIENTS = [
    (week, question)
    for week, question in FUNCTIONS
    if question.derivative
    and not question.drive
    and set(week.questions[question.derivative.of].parameters) <= set(question.parameters)
]


@pytest.mark.parametrize(
    ("week", "question"), GRADIENTS, ids=[question.name for _, question in GRADIENTS]
)
def test_does_a_numerical_gradient_earn_no_more_in_float32(week, question):
    gradient = numerical(week.stem, question)
    double = verdict_on(week.stem, question, gradient)
    single = rounded_verdict(week.stem, question, gradient)
    assert double.points < question.points, double.message
    assert single.points <= double.points, single.message
