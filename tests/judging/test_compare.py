"""Does every kind of wrong answer fail its own test, and do right answers pass all of them?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.answer import Answer, Status
from autograder.judging.compare import differences, wrong_entries
from autograder.questions.tolerance import allowance
from autograder.records import Expected, Outcome
from autograder.tree import to_tree

EXACT = np.array([[1.25, -2.5, 3.0], [0.5, 4.0, -1.0]])
ALLOWED = allowance(EXACT, [EXACT.astype(np.float32)], EXACT.size)
EXPECTED = Expected([EXACT, np.array(2.5)], [ALLOWED, ALLOWED])
NAMES = ("dX", "loss")


def outcomes(value: Any, **answer: Any) -> list[Outcome]:
    returned = Answer(Status.RETURNED, to_tree(value), **answer)
    return [difference.outcome for difference in differences(returned, EXPECTED, NAMES)]


@pytest.mark.parametrize(
    "value",
    [
        (EXACT, 2.5),
        [EXACT.tolist(), np.float64(2.5)],
        {"loss": 2.5, "dX": EXACT},
        (EXACT.view(np.matrix), np.array(2.5)),
        (list(EXACT), 2.5),
        (EXACT.astype(np.float32), np.float32(2.5)),
        (EXACT * (1 + 4e-16), 2.5),
        (np.asfortranarray(EXACT), 2.5),
        (np.array(EXACT, dtype=object), 2.5),
    ],
    ids=["tuple", "lists", "dict", "matrix", "rows", "float32", "rounding", "fortran", "objects"],
)
def test_is_a_right_answer_right_in_whatever_container(value):
    assert outcomes(value) == []


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        (EXACT, Outcome.STRUCTURE),
        ((EXACT, 2.5, 1.0), Outcome.STRUCTURE),
        ((EXACT, "2.5"), Outcome.STRUCTURE),
        ((EXACT, None), Outcome.STRUCTURE),
        (({"a": 1}, 2.5), Outcome.STRUCTURE),
        ((EXACT.T, 2.5), Outcome.SHAPE),
        ((EXACT, np.array([2.5])), Outcome.SHAPE),
        ((EXACT[:, :1], 2.5), Outcome.SHAPE),
        ((EXACT.astype(complex), 2.5), Outcome.DTYPE),
        ((EXACT.astype(np.float16), 2.5), Outcome.DTYPE),
        ((np.trunc(EXACT).astype(int), 2.5), Outcome.DTYPE),
        ((np.where(EXACT > 3, np.nan, EXACT), 2.5), Outcome.NOT_FINITE),
        ((np.where(EXACT > 3, np.inf, EXACT), 2.5), Outcome.NOT_FINITE),
        ((EXACT + 1e-12, 2.5), Outcome.VALUES),
        ((EXACT, 2.4999), Outcome.VALUES),
        ((np.array([[None, 2.0], [1.0, 2.0]]), 2.5), Outcome.STRUCTURE),
    ],
)
def test_does_a_wrong_answer_fail_its_own_test(value, outcome):
    assert outcomes(value)[0] is outcome


def test_is_a_tuple_of_plain_numbers_compared_part_by_part():
    expected = Expected([np.array(10.0), np.array(0.5)], [10.0, 1.0])
    for value, parts in [
        ((10.0, 0.5), []),
        ((10.0, 0.4), ["alpha"]),
        ((0.5, 10.0), ["a", "alpha"]),
    ]:
        returned = Answer(Status.RETURNED, to_tree(value))
        found = differences(returned, expected, ("a", "alpha"))
        assert [difference.part for difference in found] == parts
        assert not found or differences(returned, expected)


def test_are_parts_of_one_shape_right_as_one_array_and_one_part_alone_is_not():
    """`np.stack([dgamma, dbeta])`, and two lists of numbers, arrive as one array."""
    expected = Expected([np.ones(3), np.zeros(3)], [4.0, 4.0])

    def found(value: Any) -> list[tuple[Outcome, str]]:
        returned = Answer(Status.RETURNED, to_tree(value))
        return [(d.outcome, d.part) for d in differences(returned, expected, ("dgamma", "dbeta"))]

    assert found(np.stack([np.ones(3), np.zeros(3)])) == []
    assert found(([1.0, 1.0, 1.0], [0.0, 0.0, 0.0])) == []
    assert found(np.stack([np.ones(3), np.ones(3)])) == [(Outcome.VALUES, "dbeta")]
    assert found(([1.0, 1.0], [0.0, 0.0]))[0] == (Outcome.SHAPE, "dgamma")
    assert found(np.ones(3)) == [(Outcome.STRUCTURE, "")]
    pair = Expected([np.ones(2), np.zeros(2)], [4.0, 4.0])
    alone = Answer(Status.RETURNED, np.ones(2))
    assert [d.outcome for d in differences(alone, pair, ("a", "b"))] == [Outcome.STRUCTURE]


def test_is_an_extra_axis_found_that_broadcasting_would_hide():
    """N03: comparing (N, 1) with (N,) by `np.allclose` would pass."""
    expected = Expected(np.ones(4), 1.0)
    answer = Answer(Status.RETURNED, np.ones((4, 1)))
    assert differences(answer, expected)[0].outcome is Outcome.SHAPE


def test_do_changed_arguments_and_warnings_count():
    assert outcomes((EXACT, 2.5), changed=("dout",)) == [Outcome.CHANGED_ARGUMENTS]
    assert outcomes((EXACT, 2.5), warned=("overflow",)) == [Outcome.WARNED]


def test_does_nan_only_equal_an_expected_nan():
    expected = Expected(np.array([np.nan, np.inf, 1.0]), 4.0)
    same = Answer(Status.RETURNED, np.array([np.nan, np.inf, 1.0]))
    swapped = Answer(Status.RETURNED, np.array([np.nan, -np.inf, 1.0]))
    assert not differences(same, expected)
    assert differences(swapped, expected)


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.RETURNED])
def test_does_a_missing_answer_fail(status):
    assert differences(Answer(status), EXPECTED, NAMES)[0].outcome == status


@pytest.mark.slow
@given(
    numbers=st.lists(st.floats(), min_size=1, max_size=6),
    allowed=st.sampled_from([0.0, 1.0, 1e6, 1e300]),
    dtype=st.sampled_from([np.float32, np.float64]),
)
@settings(max_examples=500, deadline=None, derandomize=True)
def test_are_equal_numbers_never_wrong_and_others_always(numbers, allowed, dtype):
    with np.errstate(all="ignore"):
        expected = np.array(numbers).astype(dtype).astype(np.float64)
    assert not wrong_entries(expected.astype(dtype), expected, allowed).any()
    other = np.where(np.isfinite(expected), np.nan, 1.0)
    assert wrong_entries(other, expected, allowed).all()


def test_is_the_allowance_a_border():
    expected = np.linspace(-2.0, 3.0, 35).reshape(7, 5)
    assert not wrong_entries(expected + 1e-15, expected, 100.0).any()
    assert wrong_entries(expected + 1e-13, expected, 100.0).all()
