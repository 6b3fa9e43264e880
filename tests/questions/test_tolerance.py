"""Does the tolerance follow the dtype and the reference's own rounding?"""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from autograder.questions.tolerance import allowance, tolerance


@given(st.integers(2, 2000), st.integers(0, 2**32 - 1))
def test_does_no_order_of_summing_fail(terms, seed):
    numbers = np.random.default_rng(seed).normal(size=terms)
    exact, coarse = numbers.sum(), numbers.astype(np.float32).sum(dtype=np.float32)
    allowed = allowance(np.array(exact), [np.array(coarse)], terms)
    forwards = np.add.accumulate(numbers)[-1]
    backwards = np.add.accumulate(numbers[::-1])[-1]
    # The reference's one float32 sample can be lucky; the magnitude of the terms is what rounds.
    floor = 4 * np.sqrt(terms) * np.abs(numbers).max() * 2.0**-53
    limit = max(tolerance(allowed, np.dtype(np.float64)), floor)
    assert abs(forwards - exact) <= limit
    assert abs(backwards - exact) <= limit


def test_is_a_float32_answer_judged_as_one():
    exact = np.array([1.0, 2.0])
    allowed = allowance(exact, [exact.astype(np.float32)], 2)
    wide, narrow = tolerance(allowed, np.dtype(np.float32)), tolerance(allowed, exact.dtype)
    assert wide / narrow == 2.0**29


def test_are_whole_numbers_exact():
    assert allowance(np.array([1, 2]), [np.array([1, 2])], 2) == 0.0


def test_does_a_reference_that_overflows_in_float32_show():
    assert allowance(np.array([1e300]), [np.array([np.inf], np.float32)], 1) == np.inf
