"""Do the report's statistics agree with their definitions, computed another way?"""

from __future__ import annotations

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from autograder.feedback.report.statistics import difficulty, point_biserial, summarise

POINTS = some.floats(0, 100).map(lambda value: round(value, 2))


@given(some.lists(some.tuples(some.booleans(), POINTS), min_size=1, max_size=60))
def test_is_the_point_biserial_the_correlation_with_a_one_and_a_zero(pairs):
    right, scores = [each for each, _ in pairs], [score for _, score in pairs]
    found = point_biserial(right, scores)
    if len(set(right)) < 2 or statistics.pstdev(scores) < 1e-9:
        assert found is None
    else:
        assert found == pytest.approx(
            statistics.correlation([*map(float, right)], scores), abs=1e-7
        )


def test_is_a_question_that_stronger_students_solve_told_from_one_that_misleads_them():
    scores = [10.0, 20.0, 30.0, 40.0]
    assert point_biserial([False, False, True, True], scores) == pytest.approx(2 / 5**0.5)
    assert point_biserial([True, True, False, False], scores) == pytest.approx(-2 / 5**0.5)
    assert point_biserial([True] * 4, scores) is None
    assert point_biserial([], []) is None


@given(some.lists(POINTS, min_size=1, max_size=60))
def test_does_the_summary_agree_with_numpy(values):
    found = summarise(values)
    assert found is not None
    expected = np.percentile(values, [0, 25, 50, 75, 100])
    five = [found.minimum, found.lower_quartile, found.median, found.upper_quartile, found.maximum]
    np.testing.assert_allclose(five, expected, atol=1e-9)
    assert found.mean == pytest.approx(np.mean(values), abs=1e-9)
    assert found.deviation == pytest.approx(np.std(values), abs=1e-9)
    assert found.count == len(values)


def test_is_there_no_statistic_of_nothing():
    assert summarise([]) is None
    assert difficulty([], 4.0) is None
    assert difficulty([1.0], 0.0) is None
    assert difficulty([1.0, 3.0], 4.0) == 0.5
