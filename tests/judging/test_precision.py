"""Is an answer asked for in double precision where float32 may decide, and nowhere else?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from autograder.answer import Answer, Status
from autograder.judging import precision
from autograder.questions import catalogue
from autograder.records import Expected, Trial

RELU = catalogue.question("relu_backward")
EXACT = np.array([1 / 3, 2 / 3])
EXPECTED = Expected(EXACT, 4.0)


def trial(value: Any, status: Status = Status.RETURNED) -> Trial:
    return Trial("typical", True, 1.0, {}, EXPECTED, Answer(status, value))


@pytest.mark.parametrize(
    ("value", "right", "decides"),
    [
        (EXACT, True, False),
        (EXACT.astype(np.float32), True, True),
        (EXACT.astype(np.float32), False, True),
        (EXACT.astype(np.float32).astype(float), False, True),
        (EXACT + 1e-10, False, True),
        (EXACT + 1e-5, False, False),
        (np.array([1, 2]), False, False),
        (EXACT[:1], False, False),
        ("healthy", False, False),
        ([EXACT, "healthy"], False, False),
    ],
)
def test_may_float32_decide(value, right, decides):
    assert precision.may_decide(RELU, [trial(value)], right=right) == decides


def test_is_an_answer_that_was_not_returned_left_alone():
    assert not precision.may_decide(RELU, [trial(None, Status.RAISED)], right=False)


def test_is_a_question_left_alone_whose_right_answers_are_float32_or_measured():
    single = [trial(EXACT.astype(np.float32))]
    keras = replace(RELU, float32="Keras computes in it")
    measured = replace(RELU, measured_by=lambda value, **given: value)
    assert not precision.may_decide(keras, single, right=True)
    assert not precision.may_decide(measured, single, right=True)
