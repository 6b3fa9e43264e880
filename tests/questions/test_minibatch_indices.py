"""Does an order that only counts, or is the last one moved on, lose all points?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.questions import catalogue
from autograder.questions.define import Array, Rng
from autograder.questions.week07_sgd.minibatch_indices import cut, mixed, new_order
from tests.laws.public_points import verdict_on

RANDOM = np.random.default_rng(0)


def in_steps(N: int, rng: Rng) -> Array:
    """0, a, 2a, ... modulo N from a random start: every example is seen once."""
    steps = [step for step in range(1, N) if np.gcd(step, N) == 1]
    return (int(rng.choice(steps)) * np.arange(N) + int(rng.integers(N))) % N


def rolled(N: int, rng: Rng) -> Array:
    return np.roll(np.arange(N), int(rng.integers(1, N)))


def one_order_rolled(N: int, rng: Rng) -> Array:
    return np.roll(np.random.default_rng(0).permutation(N), int(rng.integers(1, N)))


def one_order_turned_round(N: int, rng: Rng) -> Array:
    order = np.random.default_rng(0).permutation(N)
    return np.roll(order[:: int(rng.choice([-1, 1]))], int(rng.integers(1, N)))


@pytest.mark.parametrize("order", [in_steps, rolled, one_order_rolled, one_order_turned_round])
def test_does_an_order_that_is_not_random_lose_all_points(order):
    def minibatch_indices(N: int, batch_size: int, rng: Rng) -> Any:
        return cut(order(N, rng), batch_size)

    question = catalogue.question("minibatch_indices")
    assert verdict_on("week07_sgd", question, minibatch_indices).points == 0


@pytest.mark.parametrize("N", [24, 29, 31, 2_000])
def test_is_a_random_order_mixed_and_new(N):
    for _ in range(500):
        first, following = RANDOM.permutation(N), RANDOM.permutation(N)
        assert mixed(first, N) and new_order(first, following, N)
