"""He's rule: made for ReLU, which sets half of its inputs to 0."""

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
    normal,
    statements,
    truncated,
    uniform,
    widening,
    with_rules,
)


def std_of(fan_in: int, fan_out: int) -> float:
    """The standard deviation of the rule."""
    return float(np.sqrt(2 / fan_in))


def normal_spreads(fan_in: int, fan_out: int) -> list[float]:
    """Standard deviations that the right rule and the wrong ones give."""
    right, both = std_of(fan_in, fan_out), fan_in + fan_out
    variances = [2 / fan_out, 1 / fan_in, 2 / both, 6 / fan_in, (2 / fan_in) ** 2, 2 / fan_in**2]
    return [right, 0.8796256610342398 * right, right / 12**0.5, *np.sqrt(variances)]


@question(points=10, returns=("W",), withheld=("rules",))
def he_normal(fan_in: int, fan_out: int, seed: int, rules: Rules) -> Any:
    """A kernel of normal draws with mean 0 and variance 2 / fan_in.

    A student's function receives a NumPy generator in place of the seed.

    Normal draws that are cut off at two standard deviations, with a corrected spread, are right as
    well: it is what Keras draws. The variance is judged, not the tails.

    Args:
        fan_in: the layer's inputs.
        fan_out: the layer's units.
        seed: for the generator that the student receives.
        rules: what the draws are settled on; only the measure receives it.

    Returns:
        W (fan_in, fan_out), float64.

    Source: keras.initializers.HeNormal; He et al. 2015, equation 10.
    """
    from keras.initializers import HeNormal

    drawn = from_keras(HeNormal, fan_in, fan_out, seed)
    return statements(drawn, normal_spreads(fan_in, fan_out), (0.0, std_of(fan_in, fan_out) / 2))


@he_normal.measure
def _(drawn: Any, fan_in: int, fan_out: int, seed: int, rules: Rules) -> Any:
    return statements(drawn, rules["stds"], rules["means"])


def normal_rules(fan_in: int, fan_out: int) -> Rules:
    """What these draws could be settled on."""
    return {
        "stds": list(map(float, normal_spreads(fan_in, fan_out))),
        "means": [0.0, std_of(fan_in, fan_out) / 2],
    }


@he_normal.case("narrowing")
def _(rng: Rng) -> Inputs:
    return with_rules(narrowing(rng), normal_rules)


@he_normal.case("widening")
def _(rng: Rng) -> Inputs:
    return with_rules(widening(rng), normal_rules)


he_normal.driver(drive)
add_shared_mistakes(he_normal, std_of, normal)


@he_normal.alternative("cut-off-with-corrected-spread")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    return std_of(fan_in, fan_out) / 0.8796256610342398 * truncated(rng, (fan_in, fan_out))


@he_normal.alternative("standard-normal-scaled")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    return rng.standard_normal((fan_out, fan_in)).T * np.sqrt(2.0 / fan_in)


@he_normal.mistake("outputs-for-inputs", rows="F02")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    """The variance is 2 / fan_in, because a unit adds up fan_in numbers; here it is 2 / fan_out.

    With as many units as inputs the mistake does not show. In a layer that narrows the weights are
    too large.

    Check: W.var() times fan_in should be close to 2.
    """
    return rng.normal(0, np.sqrt(2 / fan_out), (fan_in, fan_out))


@he_normal.mistake("he-variance-for-std", rows="F03")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    """2 / fan_in is the variance; rng.normal takes a standard deviation, its square root.

    The weights come out much too small, and the larger the layer, the smaller they are. Activations
    die out after a few layers.

    Check: W.var() times fan_in should be close to 2.
    """
    return rng.normal(0, 2 / fan_in, (fan_in, fan_out))


@he_normal.mistake("he-root-of-the-two-only", rows="F03")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    """The square root covers the whole fraction 2 / fan_in; here it covers only the 2.

    The weights come out much too small.

    Check: W.var() times fan_in should be close to 2.
    """
    return rng.normal(0, np.sqrt(2) / fan_in, (fan_in, fan_out))


@he_normal.mistake("gain-for-relu-left-out", rows="F04 F12")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    """1 / fan_in suits a layer without a bend; ReLU halves the mean square, hence the 2.

    Each layer with ReLU then passes on 0.71 of the spread that it received. After ten layers 3
    percent is left.

    Check: W.var() times fan_in should be close to 2.
    """
    return rng.normal(0, np.sqrt(1 / fan_in), (fan_in, fan_out))


@he_normal.mistake("xavier-for-he", rows="F04")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    """2 / (fan_in + fan_out) is Xavier's variance, for S-shaped bends; He's is 2 / fan_in.

    He's rule considers what a unit adds up in the forward pass, its fan_in inputs.

    Check: changing fan_out should leave W.std() nearly unchanged.
    """
    return rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out))


@he_normal.mistake("limit-for-he-std", rows="F05")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    """sqrt(6 / fan_in) is the limit of the uniform rule; the standard deviation is smaller.

    The limit is sqrt(3) times the standard deviation, so the weights are 1.73 times too large.

    Check: W.var() times fan_in should be close to 2.
    """
    return rng.normal(0, np.sqrt(6 / fan_in), (fan_in, fan_out))


@he_normal.mistake("uniform-for-he-normal")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    """The variance is right, but these draws are uniform; this function draws from a normal.

    Uniform draws have a sharp limit, sqrt(3) standard deviations from 0. Normal draws go beyond it.

    Check: np.abs(W).max() / W.std() should be well above 2.
    """
    return uniform(rng, np.sqrt(6 / fan_in), (fan_in, fan_out))


@he_normal.mistake("cut-off-he-not-corrected", rows="F11")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    """Truncating a normal at 2 std lowers its std by 12 percent; that has to be corrected.

    Keras truncates as well, and divides by 0.8796, the std of a standard normal truncated at 2.
    Untruncated normal draws need no correction.

    Check: W.var() times fan_in should be close to 2.
    """
    return std_of(fan_in, fan_out) * truncated(rng, (fan_in, fan_out))
