"""Are the course's data what the lessons say of them?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from course_lib import datasets


def test_are_the_digits_ink_between_0_and_1_with_ten_labels():
    X, y = datasets.digits()
    assert (X.shape, X.dtype, y.shape, y.dtype) == ((1797, 64), np.float64, (1797,), np.int64)
    assert (X.min(), X.max()) == (0.0, 1.0)
    assert np.bincount(y).shape == (10,) and np.bincount(y).min() > 170


def test_are_the_digits_the_same_however_they_were_treated_before():
    X, y = datasets.digits()
    kept = X.copy(), y.copy()
    X[:], y[:] = 0.0, 0
    again = datasets.digits()
    assert all(np.array_equal(left, right) for left, right in zip(again, kept, strict=True))


@given(n=st.integers(1, 50), seed=st.integers(0, 2**32), noise=st.floats(0, 2))
@settings(max_examples=50)
def test_are_moons_decided_by_their_seed(n, seed, noise):
    X, y = datasets.moons(n, np.random.default_rng(seed), noise)
    again = datasets.moons(n, np.random.default_rng(seed), noise)
    assert (X.shape, X.dtype, y.shape, y.dtype) == ((n, 2), np.float64, (n,), np.int64)
    assert np.sum(y == 0) - np.sum(y == 1) in (0, 1)
    assert np.array_equal(X, again[0]) and np.array_equal(y, again[1])


@given(n=st.integers(1, 50), seed=st.integers(0, 2**32))
@settings(max_examples=50)
def test_do_moons_without_noise_lie_on_two_half_circles(n, seed):
    X, y = datasets.moons(n, np.random.default_rng(seed), noise=0.0)
    centres = np.array([[0.0, 0.0], [1.0, 0.5]])
    np.testing.assert_allclose(np.linalg.norm(X - centres[y], axis=1), 1.0, rtol=1e-12)
    assert np.all(X[y == 0, 1] >= 0.0) and np.all(X[y == 1, 1] <= 0.5)


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_does_no_straight_line_separate_the_moons(noise):
    X, y = datasets.moons(200, np.random.default_rng(0), noise)
    signs = np.where(y == 0, -1.0, 1.0)
    # Is there a line (w, b) with sign * (x @ w + b) >= 1 for every point?
    left = -signs[:, None] * np.column_stack([X, np.ones(len(X))])
    line = linprog(np.zeros(3), left, -np.ones(len(X)), bounds=(None, None))
    assert line.status == 2, "expected an infeasible problem"


@pytest.mark.parametrize(("name", "says"), [("AND", "0001"), ("OR", "0111"), ("XOR", "0110")])
def test_do_the_gates_say_what_their_names_say(name, says):
    X, y = datasets.logic_gate(name)
    assert (X.dtype, y.dtype) == (np.float64, np.int64)
    assert X.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert "".join(map(str, y)) == says


def test_do_the_houses_cost_200_dollars_a_square_foot():
    size, price = datasets.houses()
    assert size.shape == price.shape and len(size) == 6
    np.testing.assert_allclose(price / size, 200.0, rtol=1e-15)
