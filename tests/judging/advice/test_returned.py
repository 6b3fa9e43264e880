"""Does advice about the form of an answer say what is missing, too many or in another order?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.answer import Answer, Status
from autograder.judging.advice import returned
from autograder.judging.compare import differences_of
from autograder.questions import catalogue, references
from autograder.records import Trial
from autograder.tree import Opaque

DX, DW, DB = np.ones((7, 5)), np.ones((5, 3)), np.ones(3)


def steps(name: str, value: Any) -> list[str]:
    """What is told of an answer to the first case; a function makes it of the right one."""
    question = catalogue.question(name)
    case = next(iter(question.cases.values()))
    expected = references.public([question], catalogue.week(question.week).stem)[name, case.name]
    answer = value(expected.value) if callable(value) else value
    inputs = references.inputs(question, case, references.PUBLIC_SECRET)
    trial = Trial(case.name, True, 1.0, inputs, expected, Answer(Status.RETURNED, answer))
    return returned.next_step(question, trial, differences_of(question, trial)[0], None)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("dense_backward", [DX, DW], "end with `return dX, dW, db`, in this order"),
        ("dense_backward", [DX, DW, DB, DB], "end with `return dX, dW, db`, in this order"),
        ("dense_backward", [DX, Opaque("None"), DB], "give `dW` a value"),
        ("dense_backward", Opaque("function"), "call it"),
        ("softmax", Opaque("generator"), "np.array(list(...))"),
        ("softmax", Opaque("map"), "np.array(list(...))"),
        ("softmax", Opaque("dict_values"), "np.array(list(...))"),
        ("softmax", Opaque("set"), "a set has no order"),
        ("softmax", Opaque("array of object"), "the same length"),
        ("softmax", Opaque("array of <U4"), "texts in an array"),
        ("softmax", Opaque("EagerTensor"), "np.asarray"),
        ("softmax", Opaque("DataFrame"), "np.asarray"),
        ("softmax", Opaque("ellipsis"), "replace the `...`"),
        ("softmax", Opaque("Layer"), "return numbers or arrays"),
        ("softmax", "0.5", "not a text"),
        ("softmax", {"p": DX}, "return the array alone"),
        ("softmax", [DX, DB], "return the array alone"),
        ("softmax", np.ones(()), "without `axis`"),
        ("softmax", np.ones(0), "empty"),
        ("softmax", np.ones((5, 4)), "where it departs from (5, 3)"),
        ("mse", [DX, DB], "a single number"),
        ("mse", DX, "the last step should leave a single number"),
        ("weighted_sum", np.ones((7, 7)), "broadcast to a whole matrix"),
        ("sgd_step", {"w1": DX}, "compare the two lists of keys"),
        ("sgd_step", DX, "return a dict"),
        (
            "minibatch_indices",
            lambda right: [right[0][:-1], *right[1:]],
            "compute `sizes` yourself",
        ),
        ("minibatch_indices", [DX], "`Returns`"),
    ],
)
def test_does_the_step_fit_what_was_returned(name, value, words):
    (step,) = steps(name, value)
    assert words in step


@pytest.mark.parametrize(
    ("order", "told"),
    [([2, 1, 0], "db, dW, dX"), ([1, 0, 2], "dW, dX, db"), ([1, 2, 0], "dW, db, dX")],
)
def test_are_right_parts_in_another_order_recognised(order, told):
    observed, step = steps("dense_backward", lambda right: [right[place] for place in order])
    assert observed == f"All parts are right, but in another order: {told}."
    assert step == "Next: return them in this order: `return dX, dW, db`."


def test_is_an_order_claimed_only_where_every_part_is_right():
    (step,) = steps("dense_backward", lambda right: [right[1], right[0], right[2] + 1])
    assert "in another order" not in step
