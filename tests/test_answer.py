"""Is a function asked fairly, and its answer reduced to arrays?"""

from __future__ import annotations

import numpy as np
import pytest

from autograder.answer import MISSING, Status, ask

X = {"x": np.array([1.0, -2.0, 3.0])}


def in_place(x):
    x[x < 0] = 0
    return x


def overflowing(x):
    return np.exp(1000 * x)


def silenced(x):
    with np.errstate(all="ignore"):
        return np.exp(1000 * x)


def stub(x):
    raise NotImplementedError


def failing(x):
    return x @ np.ones((5, 5))


def test_is_a_changed_argument_noticed_and_the_next_call_spared():
    assert ask(in_place, X).changed == ("x",)
    assert X["x"][1] == -2.0


def test_is_an_escaping_overflow_noticed_and_a_silenced_one_not():
    assert ask(overflowing, X).warned == ("overflow",)
    assert ask(silenced, X).warned == ()


@pytest.mark.parametrize("target", [stub, lambda x: None, lambda x: ..., None, ...])
def test_is_an_unwritten_answer_not_attempted(target):
    assert ask(target, X).status is Status.NOT_ATTEMPTED


def test_does_a_failure_name_the_exception_and_the_line():
    answer = ask(failing, X)
    assert answer.status is Status.RAISED
    assert answer.error.startswith("ValueError: matmul")
    assert "x @ np.ones((5, 5))" in answer.line


def test_is_exit_a_failure_of_the_function_alone():
    assert ask(lambda x: exit(), X).status is Status.RAISED


def test_is_a_name_that_is_not_there_missing():
    assert ask(MISSING, X).status is Status.MISSING


def test_is_a_variable_its_own_answer():
    assert ask("b", {}).value == "b"
    assert ask(0.25, {}).value == 0.25


def test_does_a_driver_receive_the_target_first():
    assert ask(np.sum, X, lambda target, x: target(x) + 1).value == 3.0


def test_is_an_endless_structure_refused():
    endless: list[object] = []
    endless.append(endless)
    assert ask(lambda x: endless, X).status is Status.RAISED
