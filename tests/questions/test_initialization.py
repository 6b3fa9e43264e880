"""Do the rules of week 04 predict spreads that its draws can tell apart?"""

from __future__ import annotations

import numpy as np
import pytest

from autograder.questions.week04_initialization import he, kernels, xavier

RULES = [he.normal_spreads, xavier.uniform_spreads]
SIZES = [kernels.narrowing, kernels.widening]


def far_apart(stds: list[float], draws: int) -> bool:
    """Whether any two lie 13 standard errors apart, so that draws settle on one at most."""
    stds = sorted(stds)
    gaps = np.diff(stds) / stds[1:]
    return bool(gaps.min() > 13 / np.sqrt(2 * draws))


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("sizes", SIZES)
def test_do_the_rules_lie_13_standard_errors_apart(sizes, seed):
    given = sizes(np.random.default_rng(seed))
    fans = given["fan_in"], given["fan_out"]
    for rule in RULES:
        assert far_apart(rule(*fans), fans[0] * fans[1])


@pytest.mark.parametrize("draw", [kernels.normal, kernels.uniform])
def test_are_draws_settled_whoever_draws_them(draw):
    scale = 0.1 if draw is kernels.normal else 0.1 * np.sqrt(3)
    found = set()
    for seed in range(30):
        rng = np.random.default_rng(seed)
        W = draw(rng, scale, (560, 80))
        drawn = {"draws": W, "again": W[:1], "next": draw(rng, scale, (560, 80))[:1]}
        said = kernels.statements(drawn, [0.1, 0.12])
        assert said.pop("shape").shape == (560, 80)
        found.add(tuple(said.values()))
    assert len(found) == 1


def test_is_a_cut_off_bell_curve_as_good_as_a_whole_one():
    for seed in range(30):
        W = kernels.truncated(np.random.default_rng(seed), (560, 80)) / 0.8796256610342398
        said = kernels.statements({"draws": W, "again": W[:1], "next": -W[:1]}, [1.0, 0.88])
        assert said["std"] == 1.0
        assert said["share beyond 1.785 std"] == 0.0742555
