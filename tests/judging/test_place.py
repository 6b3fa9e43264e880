"""Is it said where a wrong array departs, and nothing where it is wrong all over?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.answer import Answer, Status
from autograder.judging.place import place
from autograder.records import Difference, Expected, Outcome, Trial

RIGHT = np.random.default_rng(1).normal(size=12)
TABLE = RIGHT.reshape(6, 2)


def placed(wrong: Any, right: Any = RIGHT, **inputs: Any) -> str:
    trial = Trial("typical", True, 1.0, inputs, Expected(right, 1.0), Answer(Status.RETURNED))
    return place([(trial, Difference(Outcome.VALUES, "history", "", wrong, right))], "history")


def moved(*places: Any, right: Any = RIGHT) -> Any:
    wrong = right.copy()
    for at in places:
        wrong[at] += 0.5
    return wrong


@pytest.mark.parametrize(
    ("wrong", "right", "words"),
    [
        (
            moved(slice(2, None)),
            RIGHT,
            "The first 2 of the 12 entries of history agree; [2] is the first that departs.",
        ),
        (
            moved(slice(None, 11)),
            RIGHT,
            "The last of the 12 entries of history agrees; those before do not.",
        ),
        (moved(2, 5, right=TABLE), TABLE, "Only rows 2 and 5 of history are wrong"),
        (moved((slice(None), 1), right=TABLE), TABLE, "Only column 1 of history is wrong"),
        (RIGHT + 1e-13, RIGHT, ""),
        (moved(2, 5, 8), RIGHT, ""),
        (RIGHT + 1.0, RIGHT, ""),
        (TABLE, RIGHT, ""),
        (np.array(2.0), np.array(1.0), ""),
    ],
)
def test_is_the_place_told(wrong, right, words):
    found = placed(wrong, right)
    assert found.startswith(words) if words else found == ""


def test_says_the_order_nothing_where_each_entry_has_its_input():
    assert placed(moved(slice(2, None)), z=np.ones(12)) == ""
    assert placed(moved(slice(2, None)), z=np.ones(5)) != ""


def test_is_the_order_told_that_several_cases_show():
    inputs = {"schedule": np.ones(12)}
    trial = Trial("typical", True, 1.0, inputs, Expected(RIGHT, 1.0), Answer(Status.RETURNED))

    def of(*wrong: Any) -> str:
        found = [(trial, Difference(Outcome.VALUES, "", "", each, RIGHT)) for each in wrong]
        return place(found, "history")

    late, later, scattered = moved(slice(2, None)), moved(slice(5, None)), moved(2, 5, 8)
    assert of(late, later).startswith("The first 2 of the 12 entries of history agree")
    assert of(late) == of(late, scattered) == ""


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (
            [3, 4],
            "grads of d and e are wrong and a, b and c have the right one: look at d * e.",
        ),
        ([3], "the grad of d is wrong and a, b, c and e have the right one: look at d * e."),
        ([0, 2], "look at a * b + exp(c)."),
        ([2], "look at exp(c)."),
        ([0, 1, 2, 3, 4], ""),
    ],
)
def test_is_the_operation_told_whose_leaves_have_a_wrong_gradient(columns, words):
    right = np.random.default_rng(2).normal(size=(4, 5))
    wrong = right.copy()
    wrong[:, columns] *= 1.7
    found = placed(wrong, right, expression="a * b + exp(c) - d * e")
    assert found.endswith(words) and bool(found) == bool(words)
