"""Is a function asked fairly, and its answer reduced to arrays?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.answer import (
    MISSING,
    Opaque,
    Status,
    ask,
    same_tree,
    to_tree,
)

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


def test_is_everything_that_is_no_array_opaque():
    tree = to_tree({"a": object(), "b": np.array(["x"]), "c": [1, 2.5], "d": (np.ones(2), None)})
    assert tree["a"] == Opaque("object")
    assert isinstance(tree["b"], Opaque)
    assert np.array_equal(tree["c"], [1.0, 2.5])
    assert tree["d"][1] == Opaque("None")


NUMBERS = st.sampled_from([1, 2.5, True, np.float32(0.5), np.int8(3)])
# Rows of equal length are what students return; short lists make ragged ones likely as well.
ROWS = st.integers(0, 3).flatmap(
    lambda length: st.lists(st.lists(NUMBERS, min_size=length, max_size=length), max_size=3)
)
NESTS = st.recursive(
    NUMBERS | st.sampled_from(["a", None]),
    lambda inner: ROWS | st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple),
    max_leaves=12,
).filter(lambda nest: isinstance(nest, (list, tuple)))


def numbers_only(nest: Any) -> bool:
    if isinstance(nest, (list, tuple)):
        return all(map(numbers_only, nest))
    return not isinstance(nest, str) and nest is not None


@given(NESTS)
def test_is_a_nest_of_numbers_the_array_that_numpy_makes_of_it(nest):
    try:
        expected = np.array(nest) if nest and numbers_only(nest) else None
    except ValueError:
        expected = None
    expected = [to_tree(item) for item in nest] if expected is None else expected
    assert same_tree(to_tree(nest), expected)


def test_is_an_endless_structure_refused():
    endless: list[object] = []
    endless.append(endless)
    assert ask(lambda x: endless, X).status is Status.RAISED
