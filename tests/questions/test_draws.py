"""Are statements about random draws as sure as they say?"""

from __future__ import annotations

import numpy as np
import pytest

from autograder.questions import draws

RULES = [0.1, 0.1 * np.sqrt(2), 0.1 / np.sqrt(3)]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("uniform", [False, True])
def test_is_every_rule_recognised_by_its_draws(rule, uniform):
    for seed in range(50):
        rng = np.random.default_rng(seed)
        limit = rule * np.sqrt(3)
        sample = rng.uniform(-limit, limit, 30_000) if uniform else rng.normal(0, rule, 30_000)
        assert draws.deviation(sample, RULES) == rule
        assert draws.mean(sample, rule) == 0.0


def test_does_an_unknown_spread_stay_what_it_is():
    sample = np.random.default_rng(0).normal(0, 0.12, 30_000)
    assert draws.deviation(sample, RULES) == sample.std()


def test_is_a_shifted_mean_seen():
    sample = np.random.default_rng(0).normal(0.01, 0.1, 30_000)
    assert draws.mean(sample, 0.1) == sample.mean()


def test_are_shares_settled_and_certainties_exact():
    rng = np.random.default_rng(0)
    flags = rng.random(30_000) < 0.2
    assert draws.share(flags, [0.8, 0.2]) == 0.2
    nearly = np.ones(30_000)
    nearly[7] = 0
    assert draws.share(nearly, [1.0]) == nearly.mean()
    assert draws.share(np.ones(10), [1.0]) == 1.0
