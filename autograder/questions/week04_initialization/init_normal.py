"""Normal draws of a given spread."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Inputs, Rng, question
from autograder.questions.week04_initialization.kernels import (
    Rules,
    add_shared_mistakes,
    from_keras,
    narrowing,
    normal,
    statements,
    widening,
)


def spreads(std: float) -> list[float]:
    """Standard deviations that the right rule and the wrong ones give."""
    return [std, 1.0, std**2, std**0.5, std / 3**0.5, std / 12**0.5]


@question(points=8, returns=("W",), withheld=("rules",))
def init_normal(fan_in: int, fan_out: int, std: float, seed: int, rules: Rules) -> Any:
    """A kernel of independent normal draws with mean 0 and standard deviation std.

    A student's function receives a NumPy generator in place of the seed. Its draws are judged by
    what they say together, never one by one.

    Args:
        fan_in: the layer's inputs.
        fan_out: the layer's units.
        std: the standard deviation.
        seed: for the generator that the student receives.
        rules: what the draws are settled on; only the measure receives it.

    Returns:
        W (fan_in, fan_out), float64.

    Source: keras.initializers.RandomNormal.
    """
    from keras.initializers import RandomNormal

    drawn = from_keras(RandomNormal, fan_in, fan_out, seed, mean=0.0, stddev=std)
    return statements(drawn, spreads(std), (0.0, std, std / 2))


@init_normal.driver
def _(init_normal: Any, fan_in: int, fan_out: int, std: float, seed: int) -> Any:
    rng = np.random.default_rng(seed)
    first = init_normal(fan_in, fan_out, std, rng)
    following = init_normal(fan_in, fan_out, std, rng)
    again = init_normal(fan_in, fan_out, std, np.random.default_rng(seed))
    if first is None:
        return None
    return {
        "draws": first,
        "again": np.atleast_1d(again)[:1],
        "next": np.atleast_1d(following)[:1],
    }


@init_normal.measure
def _(drawn: Any, fan_in: int, fan_out: int, std: float, seed: int, rules: Rules) -> Any:
    return statements(drawn, rules["stds"], rules["means"])


def with_std(given: Inputs, rng: Rng) -> Inputs:
    """The sizes of a layer, and a spread that no wrong rule gives by accident."""
    std = float(rng.uniform(0.15, 0.25))
    rules = {"stds": spreads(std), "means": [0.0, std, std / 2]}
    return given | {"std": std, "rules": rules}


@init_normal.case("narrowing")
def _(rng: Rng) -> Inputs:
    return with_std(narrowing(rng), rng)


@init_normal.case("widening")
def _(rng: Rng) -> Inputs:
    return with_std(widening(rng), rng)


@init_normal.alternative("standard-normal-scaled")
def _(fan_in: int, fan_out: int, std: float, rng: Rng) -> Any:
    return std * rng.standard_normal((fan_in, fan_out))


@init_normal.alternative("drawn-unit-by-unit")
def _(fan_in: int, fan_out: int, std: float, rng: Rng) -> Any:
    return np.stack([rng.normal(0, std, fan_in) for _ in range(fan_out)], axis=1)


@init_normal.alternative("single-precision")
def _(fan_in: int, fan_out: int, std: float, rng: Rng) -> Any:
    return (std * rng.standard_normal((fan_in, fan_out))).astype(np.float32)


add_shared_mistakes(init_normal, lambda fan_in, fan_out, std: std, normal)


@init_normal.mistake("spread-given-as-mean")
def _(fan_in: int, fan_out: int, std: float, rng: Rng) -> Any:
    """The first argument of rng.normal is the mean; here it is the standard deviation.

    The weights then lie around std with a standard deviation of 1, which is the default.

    Check: W.mean() should be close to 0, and W.std() close to std.
    """
    return rng.normal(std, size=(fan_in, fan_out))


@init_normal.mistake("spread-left-out", rows="F08")
def _(fan_in: int, fan_out: int, std: float, rng: Rng) -> Any:
    """These draws have a standard deviation of 1, whatever std is.

    rng.normal and rng.standard_normal use a standard deviation of 1 unless told otherwise.

    Check: doubling std should double W.std().
    """
    return rng.standard_normal((fan_in, fan_out))


@init_normal.mistake("variance-for-spread", rows="F03")
def _(fan_in: int, fan_out: int, std: float, rng: Rng) -> Any:
    """std is already the standard deviation, the square root of the variance; do not square it.

    rng.normal takes a standard deviation too.

    Check: W.std() should be close to std.
    """
    return rng.normal(0, std**2, (fan_in, fan_out))


@init_normal.mistake("root-of-spread", rows="F03")
def _(fan_in: int, fan_out: int, std: float, rng: Rng) -> Any:
    """std is already the standard deviation, not the variance, so there is no root to take.

    The standard deviation comes out too large, since the square root of a number below 1 is larger
    than the number.

    Check: W.std() should be close to std.
    """
    return rng.normal(0, std**0.5, (fan_in, fan_out))


@init_normal.mistake("flat-draws-for-normal", rows="F05")
def _(fan_in: int, fan_out: int, std: float, rng: Rng) -> Any:
    """Draws between -std and std are uniform, and their standard deviation is std / sqrt(3).

    A normal draw has no limit: about one in three lies farther from 0 than std.

    Check: W.std() should be close to std, and np.abs(W).max() several times as large.
    """
    return rng.uniform(-std, std, (fan_in, fan_out))


@init_normal.mistake("one-row-for-all-inputs", rows="F01")
def _(fan_in: int, fan_out: int, std: float, rng: Rng) -> Any:
    """Each of the fan_in * fan_out weights is drawn separately; here one row is repeated.

    Every unit then sees only the sum of its inputs.

    Check: two rows of W should differ.
    """
    return np.ones((fan_in, 1)) * rng.normal(0, std, fan_out)
