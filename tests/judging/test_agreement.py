"""Does an answer agree with a mistake's exactly where it says the same?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.answer import Answer, Status
from autograder.judging.agreement import (
    Level,
    MistakenAnswer,
    Seen,
    footprint,
    mistaken_answer,
)
from autograder.questions import catalogue
from autograder.records import Expected, Trial

QUESTION = catalogue.question("dense_backward")
SOFTMAX = catalogue.question("softmax")
RIGHT = np.array([0.25, 0.5, 0.125, 0.125])
OVERFLOW = ("overflow in exp", "invalid value in divide")


def made(value: Any, right: Any = RIGHT, **ended: Any) -> MistakenAnswer:
    expected = Expected(right, 1.0)
    return mistaken_answer(Answer(Status.RETURNED, np.asarray(value), **ended), expected)


def seen(value: Any, right: Any = RIGHT, **ended: Any) -> Seen:
    answer = Answer(Status.RETURNED, np.asarray(value), **ended)
    return Seen(SOFTMAX, Trial("typical", True, 1.0, {}, Expected(right, 1.0), answer))


def test_are_whole_numbers_and_booleans_equal_to_the_same_floats():
    right = np.array([0.0, 1.0, 1.0, 0.0])
    for dtype in (np.int64, np.int32, np.uint8, bool, np.float32):
        turned_over = np.array([1, 0, 0, 1], dtype)
        assert seen(turned_over, right).whole(made(1.0 - right, right)) is Level.EQUAL
        assert seen(1.0 - right, right).whole(made(turned_over, right)) is Level.EQUAL
        assert seen(right.astype(dtype), right).whole(made(1.0 - right, right)) is Level.NOT


def test_is_a_float_not_a_mistake_that_drops_the_decimals():
    dropped = np.zeros(4, np.int64)
    assert seen(np.zeros(4)).whole(made(dropped)) is Level.NOT
    assert seen(dropped).whole(made(np.zeros(4))) is Level.NOT
    assert seen(dropped).whole(made(dropped)) is Level.EQUAL


@pytest.mark.parametrize(
    ("yours", "mistaken", "level"),
    [
        ([np.nan, 0.0, 1.0, 3.0], [np.nan, np.nan, 1.0, 3.0], Level.WHERE_FINITE),
        ([np.inf, 0.0, 1.0, 3.0], [np.nan, 0.0, 1.0, 3.0], Level.WHERE_FINITE),
        ([np.nan, 0.0, 1.0, 3.0], [np.nan, 0.0, 1.0, 3.0], Level.EQUAL),
        ([np.nan, 0.0, 1.0, 3.0], [np.nan, 0.0, 2.0, 3.0], Level.NOT),
        ([np.nan, 0.0, 1.0, 3.0], [0.0, np.nan, 1.0, 3.0], Level.NOT),
        ([0.0, 0.0, 1.0, 3.0], [np.nan, 0.0, 1.0, 3.0], Level.NOT),
    ],
)
def test_do_answers_that_overflow_agree_where_both_are_finite(yours, mistaken, level):
    student = seen(yours, warned=OVERFLOW)
    assert student.whole(made(mistaken, warned=("overflow", "invalid value"))) is level


@pytest.mark.parametrize("warned", [(), ("divide by zero in log",), ("invalid value in log",)])
def test_is_nan_for_another_cause_another_failure(warned):
    mistaken = made([np.nan, np.nan, 1.0, 3.0], warned=("overflow", "invalid value"))
    assert seen([np.nan, 0.0, 1.0, 3.0], warned=warned).whole(mistaken) is Level.NOT


def test_does_an_infinity_equal_another_only_with_the_same_cause():
    vanished = made([np.inf, 0.0, 1.0, 3.0], warned=("divide by zero",))
    infinite = [np.inf, 0.0, 1.0, 3.0]
    assert seen(infinite, warned=("divide by zero in log",)).whole(vanished) is Level.EQUAL
    assert seen(infinite, warned=("overflow in exp",)).whole(vanished) is Level.NOT
    assert seen(infinite).whole(vanished) is Level.EQUAL


def test_does_an_overflow_remain_one_where_nothing_is_divided_by_it():
    overflown = made([np.nan, 0.0, 1.0, 3.0], warned=("overflow", "divide by zero"))
    student = seen([np.inf, 0.0, 1.0, 3.0], warned=("overflow in exp",))
    assert student.whole(overflown) is Level.WHERE_FINITE


def test_are_parts_compared_by_themselves():
    rng = np.random.default_rng(1)
    right = [rng.normal(size=shape) for shape in ((4, 3), (3, 2), (2,))]
    expected = Expected(right, [1.0, 1.0, 1.0])
    averaged = [right[0], right[1], right[2] / 4]
    mistaken = mistaken_answer(Answer(Status.RETURNED, averaged), expected, QUESTION.returns)
    assert footprint([mistaken]) == {"db"}
    both = Answer(Status.RETURNED, [right[0], 2 * right[1], right[2] / 4])
    student = Seen(QUESTION, Trial("typical", True, 1.0, {}, expected, both))
    assert student.wrong == {"dW", "db"}
    assert student.parts(mistaken, {"db"}) is Level.EQUAL
    assert student.parts(mistaken, {"dW", "db"}) is Level.NOT
    assert student.whole(mistaken) is Level.NOT


def test_are_round_numbers_never_telling():
    assert not seen(np.array([1.0, 0.0, 0.5, 0.25])).telling
    assert not seen(np.array([1, 2, 3, 4])).telling
    assert seen(np.array([0.3, 0.5, 0.125, 0.125])).telling
    right_but_one = RIGHT.copy()
    right_but_one[0] = np.nan
    assert not seen(right_but_one).telling


def test_is_a_guard_an_exception_or_nothing_but_zeros_or_nan():
    assert seen(np.zeros(4)).guarded and seen(np.full(4, np.nan)).guarded
    assert not seen(RIGHT).guarded and not seen(np.full(4, 1.125)).guarded
    assert not seen([0.0, np.nan, 0.0, 0.0]).guarded


def test_is_the_allowance_of_a_mistake_that_of_its_own_magnitude():
    """Is a mistake of 1000 times the size allowed 1000 times the rounding error, and no more?"""
    expected = Expected(np.array([1.0, 2.0]), 8.0)
    larger = mistaken_answer(Answer(Status.RETURNED, np.array([1000.0, 2000.0])), expected)
    assert larger.reference.rounding == pytest.approx(8.0 * 1000)
