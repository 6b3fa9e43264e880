"""Is an error in `Value` charged once, though four questions look at it?

Its methods are broken in ways that no catalogue lists, so that no name tells one from another.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from autograder.answer import Answer, Status, ask
from autograder.judging.judge import Judge
from autograder.questions.week06_backpropagation import (
    value_arithmetic,
    value_depth,
    value_reuse,
)
from autograder.questions.week06_backpropagation.engine import CorrectValue
from autograder.records import Verdict
from tests.conftest import one_in
from tests.judging.test_charged import of_one_function, verdicts
from tests.judging.test_judge import judge_of
from tests.laws.test_mutants import solutions

STEM = "week06_backpropagation"
ARITHMETIC = ["__add__", "__mul__", "__pow__", "__neg__", "__sub__", "__truediv__"]
NUMBERS = ["__radd__", "__rmul__", "__rsub__", "__rtruediv__"]
FUNCTIONS = ["exp", "tanh", "relu"]
METHODS = dict.fromkeys(ARITHMETIC + NUMBERS, "value_arithmetic") | dict.fromkeys(
    FUNCTIONS, "value_functions"
)
"""Each method, and the question in which an error in it costs points."""

Way = Callable[[Any], Any]


def wrong_data(right: Any) -> Any:
    def method(self: Any, *others: Any) -> Any:
        made = right(self, *others)
        made.data = 1.5 * made.data + 0.25
        return made

    return method


def wrong_slopes(right: Any) -> Any:
    def method(self: Any, *others: Any) -> Any:
        made = right(self, *others)
        made.slopes = tuple(1.5 * slope + 0.25 for slope in made.slopes)
        return made

    return method


def twice(right: Any) -> Any:
    def method(self: Any, *others: Any) -> Any:
        made = right(self, *others)
        made.slopes = tuple(2.0 * slope for slope in made.slopes)
        return made

    return method


def raises(right: Any) -> Any:
    def method(self: Any, *others: Any) -> Any:
        raise ValueError("broken")

    return method


def returns_none(right: Any) -> Any:
    return lambda self, *others: None


def of_the_grader() -> type:
    return type("Value", (CorrectValue,), {})


def of_the_lesson() -> type:
    """A class of its own at every call, since the lesson's methods make objects of its name."""
    namespace = {"np": np}
    exec(solutions(STEM)[1]["Value"], namespace)
    made: Any = namespace["Value"]
    return made  # type: ignore[no-any-return]


class _InOrder(CorrectValue):
    """Goes backward as it should, but for what a parent's gradient becomes."""

    def backward(self) -> None:
        nodes = self.order()
        for node in nodes:
            node.grad = 0.0
        self.grad = 1.0
        for node in nodes:
            for parent, slope in zip(node.parents, node.slopes, strict=True):
                self.hand_on(parent, slope, node)

    def hand_on(self, parent: Any, slope: float, node: Any) -> None:
        raise NotImplementedError


class LargestUseOnly(_InOrder):
    def hand_on(self, parent: Any, slope: float, node: Any) -> None:
        parent.grad = max(parent.grad, slope * node.grad, key=abs)


class SignLost(_InOrder):
    def hand_on(self, parent: Any, slope: float, node: Any) -> None:
        parent.grad += slope * abs(node.grad)


class ParentsOfTheResultOnly(_InOrder):
    def hand_on(self, parent: Any, slope: float, node: Any) -> None:
        if node is self:
            parent.grad += slope


UNKNOWN = {LargestUseOnly: "value_reuse", SignLost: "value_arithmetic"}
"""Ways back that no catalogue lists, and the question in which they cost points."""
BACKWARD = [
    *UNKNOWN,
    ParentsOfTheResultOnly,
    value_arithmetic.ChainNotMultiplied,
    value_arithmetic.ChainAdded,
    value_reuse.BlameOverwritten,
    value_reuse.BackwardBeforeAllBlameIsIn,
    value_reuse.BlameOfTheLastCallKept,
    value_reuse.EachValueAskedOnce,
    value_reuse.QueueForOrder,
    value_reuse.StackForOrder,
    value_depth.WalkByRecursion,
]


def broken(whole: Any, name: str, way: Way) -> Any:
    setattr(whole, name, way(getattr(whole, name)))
    return whole


@cache
def judge() -> Judge:
    return judge_of(STEM)


def judged(target: Any) -> list[Verdict]:
    with np.errstate(all="ignore"):
        return verdicts(judge(), of_one_function(judge(), "Value"), target)


def lost(target: Any) -> dict[str, float]:
    """The points that each question takes."""
    found = judged(target)
    return {v.question: v.max_points - v.points for v in found if v.points < v.max_points}


@cache
def lost_by(name: str, way: Way) -> float:
    return sum(lost(broken(of_the_grader(), name, way)).values())


WAYS = [wrong_data, wrong_slopes, raises, returns_none]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("engine", "name", "way"),
    one_in(
        29,
        [
            (e, name, way)
            for e in (of_the_grader, of_the_lesson)
            for name in METHODS
            for way in WAYS
        ],
        by=lambda each: each,
    ),
)
def test_does_a_wrong_method_cost_points_in_its_question_alone(engine, name, way):
    assert list(lost(broken(engine(), name, way))) == [METHODS[name]]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("backward", "name", "way"),
    one_in(
        67,
        [
            (backward, name, way)
            for backward in BACKWARD
            for name in ARITHMETIC + FUNCTIONS
            for way in (wrong_data, wrong_slopes)
        ],
        by=lambda each: each,
    ),
)
def test_do_a_wrong_method_and_a_wrong_way_back_both_cost_points(backward, name, way):
    """Neither hides behind the other."""
    both = lost(broken(type("Value", (backward,), {}), name, way))
    assert METHODS[name] in both
    assert sum(both.values()) > lost_by(name, way)


@pytest.mark.parametrize(("backward", "question"), UNKNOWN.items())
def test_does_a_wrong_way_back_cost_points_in_one_question(backward, question):
    assert list(lost(backward)) == [question]


SHARES = {"__mul__": "product", "__pow__": "power", "__neg__": "minus"}


@pytest.mark.parametrize(
    ("name", "case", "engine"),
    one_in(
        4,
        [(*each, engine) for each in SHARES.items() for engine in (of_the_lesson, of_the_grader)],
        by=lambda each: each,
    ),
)
def test_does_an_operation_cost_its_own_share(name, case, engine):
    """Also where others are built of it, as a difference and a quotient are of a product."""
    cases = judge().questions["value_arithmetic"].cases
    share = 8 / sum(case.weight for case in cases.values())
    found = lost(broken(engine(), name, wrong_slopes))
    assert found == {"value_arithmetic": pytest.approx(cases[case].weight * share)}


@pytest.mark.parametrize(
    ("first", "second"), one_in(15, [*combinations(ARITHMETIC, 2)], by=lambda each: each)
)
def test_do_two_wrong_operations_both_cost_points(first, second):
    """That one may be built of the other does not excuse an error of its own."""
    both = sum(lost(broken(broken(of_the_grader(), first, wrong_slopes), second, twice)).values())
    assert both > max(lost_by(first, wrong_slopes), lost_by(second, twice))


def test_does_the_message_say_what_is_wrong_and_what_is_not_counted_again():
    arithmetic, functions, reuse, depth = judged(broken(of_the_lesson(), "__mul__", wrong_slopes))
    assert (
        "What is wrong in product was counted there and is not counted again in "
        "chain-of-products, minus, difference, quotient, numbers-on-the-right, "
        "numbers-on-the-left and mixed, which rest on it."
    ) in arithmetic.message.splitlines()
    assert arithmetic.lost_cases == ("product",)
    assert reuse.right and reuse.points == reuse.max_points
    assert (
        "What is wrong in product of value_arithmetic was counted there and is not counted again "
        "in step-twice-in-products, sums-and-products and called-twice-in-products, which rest on "
        "it."
    ) in reuse.message.splitlines()
    assert "on value_arithmetic says" in reuse.message.splitlines()[-1]
    assert functions.points == functions.max_points and depth.points == depth.max_points


def test_does_what_is_right_nowhere_show_nothing():
    assert [each.points for each in judged(broken(of_the_grader(), "backward", raises))] == [0] * 4


def test_is_a_case_that_never_ends_charged_though_it_rests_on_a_wrong_one():
    """A wrong product does not excuse a walk along all of 2**60 paths."""
    asked = of_one_function(judge(), "Value")
    target = broken(of_the_grader(), "__mul__", wrong_slopes)
    before = judged(target)[:-1]
    depth = asked[-1]
    answers = [
        Answer(Status.TIMED_OUT, error="it was stopped after 5 s")
        if probe.case == "many-paths"
        else ask(target, probe.inputs, depth.drive)
        for probe in judge().probes[depth.name]
    ]
    verdict = judge().judge(depth.name, answers, before=before)
    assert verdict.points == pytest.approx(depth.points * 2 / 3)
