"""Xavier's (Glorot's) rule: a compromise between the forward and the backward pass."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Inputs, Rng, question
from autograder.questions.week04_initialization.kernels import (
    Rules,
    add_shared_mistakes,
    drive,
    from_keras,
    narrowing,
    statements,
    uniform,
    widening,
    with_rules,
)


def std_of(fan_in: int, fan_out: int) -> float:
    """The standard deviation of the rule."""
    return float(np.sqrt(2 / (fan_in + fan_out)))


def limit_of(fan_in: int, fan_out: int) -> float:
    """The limit of uniform draws with that standard deviation."""
    return float(np.sqrt(6 / (fan_in + fan_out)))


def uniform_spreads(fan_in: int, fan_out: int) -> list[float]:
    """Standard deviations that the right rule and the wrong ones give."""
    right, both = std_of(fan_in, fan_out), fan_in + fan_out
    limits = [(2 / both) ** 0.5, (3 / both) ** 0.5, (3 / fan_in) ** 0.5, (6 / fan_in) ** 0.5]
    limits += [6 / both, limit_of(fan_in, fan_out) / 2, (6 / fan_in + fan_out) ** 0.5]
    return [right, limit_of(fan_in, fan_out), *(limit / 3**0.5 for limit in limits)]


@question(points=12, returns=("W",), withheld=("rules",))
def xavier_uniform(fan_in: int, fan_out: int, seed: int, rules: Rules) -> Any:
    """A kernel of uniform draws around 0 with variance 2 / (fan_in + fan_out).

    A student's function receives a NumPy generator in place of the seed.

    Args:
        fan_in: the layer's inputs.
        fan_out: the layer's units.
        seed: for the generator that the student receives.
        rules: what the draws are settled on; only the measure receives it.

    Returns:
        W (fan_in, fan_out), float64.

    Source: keras.initializers.GlorotUniform; Glorot & Bengio 2010. A uniform draw's limit is
    sqrt(3) times its standard deviation.
    """
    from keras.initializers import GlorotUniform

    drawn = from_keras(GlorotUniform, fan_in, fan_out, seed)
    return statements(drawn, uniform_spreads(fan_in, fan_out), (0.0, limit_of(fan_in, fan_out) / 2))


@xavier_uniform.measure
def _(drawn: Any, fan_in: int, fan_out: int, seed: int, rules: Rules) -> Any:
    return statements(drawn, rules["stds"], rules["means"])


def uniform_rules(fan_in: int, fan_out: int) -> Rules:
    """What these draws could be settled on."""
    return {
        "stds": list(map(float, uniform_spreads(fan_in, fan_out))),
        "means": [0.0, limit_of(fan_in, fan_out) / 2],
    }


@xavier_uniform.case("narrowing")
def _(rng: Rng) -> Inputs:
    return with_rules(narrowing(rng), uniform_rules)


@xavier_uniform.case("widening")
def _(rng: Rng) -> Inputs:
    return with_rules(widening(rng), uniform_rules)


xavier_uniform.driver(drive)
add_shared_mistakes(xavier_uniform, limit_of, uniform)


@xavier_uniform.alternative("stretched-from-zero-to-one")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    return (2 * rng.random((fan_in, fan_out)) - 1) * limit_of(fan_in, fan_out)


@xavier_uniform.alternative("drawn-the-other-way-round")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    return rng.uniform(-1, 1, (fan_out, fan_in)).T * limit_of(fan_in, fan_out)


@xavier_uniform.mistake("limit-is-xavier-std", rows="F05")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    """Draws between -a and a have std a / sqrt(3); here the limit a is the std itself.

    The variance is then a third of what it should be.

    Check: W.var() times (fan_in + fan_out) should be close to 2.
    """
    return uniform(rng, np.sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out))


@xavier_uniform.mistake("xavier-limit-without-the-two", rows="F12")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    """The limit is sqrt(3 v) for a variance v, and v = 2 / (fan_in + fan_out) has a factor of 2.

    This limit gives half of the variance.

    Check: W.var() times (fan_in + fan_out) should be close to 2.
    """
    return uniform(rng, np.sqrt(3 / (fan_in + fan_out)), (fan_in, fan_out))


@xavier_uniform.mistake("xavier-limit-from-inputs", rows="F04")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    """The variance is one over the mean of both fans; here it is 1 / fan_in.

    With as many units as inputs the two are equal, so the mistake shows only in layers that widen
    or narrow.

    Check: swapping fan_in and fan_out should leave W.std() nearly unchanged.
    """
    return uniform(rng, np.sqrt(3 / fan_in), (fan_in, fan_out))


@xavier_uniform.mistake("he-limit-for-xavier", rows="F04")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    """This limit gives He's variance, 2 / fan_in; Xavier's is 2 / (fan_in + fan_out).

    He's rule uses only the inputs, because it was made for the forward pass through ReLU.

    Check: swapping fan_in and fan_out should leave W.std() nearly unchanged.
    """
    return uniform(rng, np.sqrt(6 / fan_in), (fan_in, fan_out))


@xavier_uniform.mistake("xavier-limit-without-root", rows="F03")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    """The square of the limit is 3 times the variance; here the limit itself is.

    The weights come out much too small, and the larger the layer, the smaller they are.

    Check: W.var() times (fan_in + fan_out) should be close to 2.
    """
    return uniform(rng, 6 / (fan_in + fan_out), (fan_in, fan_out))


@xavier_uniform.mistake("xavier-limit-parentheses-missing")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    """Division comes before addition: 6 / fan_in + fan_out is (6 / fan_in) + fan_out.

    The weights come out far too large, up to the root of fan_out.

    Check: W.var() times (fan_in + fan_out) should be close to 2.
    """
    return uniform(rng, np.sqrt(6 / fan_in + fan_out), (fan_in, fan_out))


@xavier_uniform.mistake("xavier-limit-as-normal-std", rows="F05")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    """Normal draws have no limit; here the uniform limit is used as their standard deviation.

    rng.normal takes a standard deviation, rng.uniform takes the two ends.

    Check: np.abs(W).max() should be just below the limit.
    """
    return rng.normal(0, np.sqrt(6 / (fan_in + fan_out)), (fan_in, fan_out))


@xavier_uniform.mistake("normal-for-xavier-uniform")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    """The variance is right, but these draws are normal; this function draws uniformly.

    Normal draws cluster around 0 and go beyond any limit. Uniform draws are equally frequent
    everywhere between the two ends.

    Check: np.abs(W).max() should be just below the limit.
    """
    return rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out))
