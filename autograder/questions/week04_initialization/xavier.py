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
    normal,
    statements,
    truncated,
    uniform,
    widening,
    with_rules,
)


def std_of(fan_in: int, fan_out: int) -> float:
    """The standard deviation of both rules."""
    return float(np.sqrt(2 / (fan_in + fan_out)))


def limit_of(fan_in: int, fan_out: int) -> float:
    """The limit of uniform draws with that standard deviation."""
    return float(np.sqrt(6 / (fan_in + fan_out)))


def normal_spreads(fan_in: int, fan_out: int) -> list[float]:
    """Standard deviations that the right rule and the wrong ones give."""
    right, both = std_of(fan_in, fan_out), fan_in + fan_out
    variances = [1 / fan_in, 2 / fan_in, 1 / fan_out, 1 / both, 6 / both, (2 / both) ** 2]
    variances += [2 / fan_in + fan_out]
    return [right, 0.8796256610342398 * right, right / 12**0.5, *np.sqrt(variances)]


def uniform_spreads(fan_in: int, fan_out: int) -> list[float]:
    """The same for uniform draws."""
    right, both = std_of(fan_in, fan_out), fan_in + fan_out
    limits = [(2 / both) ** 0.5, (3 / both) ** 0.5, (3 / fan_in) ** 0.5, (6 / fan_in) ** 0.5]
    limits += [6 / both, limit_of(fan_in, fan_out) / 2, (6 / fan_in + fan_out) ** 0.5]
    return [right, limit_of(fan_in, fan_out), *(limit / 3**0.5 for limit in limits)]


@question(points=10, returns=("W",), builds_on=("init_normal",), withheld=("rules",))
def xavier_normal(fan_in: int, fan_out: int, seed: int, rules: Rules) -> Any:
    """A kernel of normal draws with mean 0 and variance 2 / (fan_in + fan_out).

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

    Source: keras.initializers.GlorotNormal; Glorot & Bengio 2010.
    """
    from keras.initializers import GlorotNormal

    drawn = from_keras(GlorotNormal, fan_in, fan_out, seed)
    return statements(drawn, normal_spreads(fan_in, fan_out), (0.0, std_of(fan_in, fan_out) / 2))


@xavier_normal.measure
def _(drawn: Any, fan_in: int, fan_out: int, seed: int, rules: Rules) -> Any:
    return statements(drawn, rules["stds"], rules["means"])


def normal_rules(fan_in: int, fan_out: int) -> Rules:
    """What these draws could be settled on."""
    return {
        "stds": list(map(float, normal_spreads(fan_in, fan_out))),
        "means": [0.0, std_of(fan_in, fan_out) / 2],
    }


@xavier_normal.case("narrowing")
def _(rng: Rng) -> Inputs:
    return with_rules(narrowing(rng), normal_rules)


@xavier_normal.case("widening")
def _(rng: Rng) -> Inputs:
    return with_rules(widening(rng), normal_rules)


xavier_normal.driver(drive)
add_shared_mistakes(xavier_normal, std_of, normal)


@xavier_normal.alternative("cut-off-with-corrected-spread")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    return std_of(fan_in, fan_out) / 0.8796256610342398 * truncated(rng, (fan_in, fan_out))


@xavier_normal.alternative("mean-of-both-fans")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    return rng.standard_normal((fan_out, fan_in)).T / np.sqrt((fan_in + fan_out) / 2)


@xavier_normal.mistake("xavier-variance-for-std", rows="F03")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    """2 / (fan_in + fan_out) is the variance; rng.normal takes a std, its square root.

    The weights come out much too small, and the larger the layer, the smaller they are. Activations
    die out after a few layers.

    Check: W.var() times (fan_in + fan_out) should be close to 2.
    """
    return rng.normal(0, 2 / (fan_in + fan_out), (fan_in, fan_out))


@xavier_normal.mistake("xavier-from-inputs-only", rows="F04")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    """1 / fan_in is LeCun's variance; Xavier's uses the mean of both fans, 2 / (fan_in + fan_out).

    With as many units as inputs the two are equal, so the mistake shows only in layers that widen
    or narrow.

    Check: swapping fan_in and fan_out should leave W.std() nearly unchanged.
    """
    return rng.normal(0, np.sqrt(1 / fan_in), (fan_in, fan_out))


@xavier_normal.mistake("xavier-from-outputs-only", rows="F02")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    """The variance is one over the mean of both fans, 2 / (fan_in + fan_out), not 1 / fan_out.

    1 / fan_out is what would suit the backward pass alone.

    Check: swapping fan_in and fan_out should leave W.std() nearly unchanged.
    """
    return rng.normal(0, np.sqrt(1 / fan_out), (fan_in, fan_out))


@xavier_normal.mistake("he-for-xavier", rows="F04")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    """2 / fan_in is He's variance, made for ReLU; Xavier's is 2 / (fan_in + fan_out).

    He's rule compensates for the half of the numbers that ReLU sets to 0. An S-shaped bend sets
    none to 0.

    Check: swapping fan_in and fan_out should leave W.std() nearly unchanged.
    """
    return rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out))


@xavier_normal.mistake("xavier-without-the-two", rows="F12")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    """One over the mean of both fans is 2 / (fan_in + fan_out); here the variance is half of that.

    The mean of two numbers is their sum divided by 2; in one over the mean, the 2 moves to the
    numerator.

    Check: W.var() times (fan_in + fan_out) should be close to 2.
    """
    return rng.normal(0, np.sqrt(1 / (fan_in + fan_out)), (fan_in, fan_out))


@xavier_normal.mistake("xavier-parentheses-missing")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    """Division comes before addition: 2 / fan_in + fan_out is (2 / fan_in) + fan_out.

    The weights come out far too large, about as large as the root of fan_out.

    Check: W.var() times (fan_in + fan_out) should be close to 2.
    """
    return rng.normal(0, np.sqrt(2 / fan_in + fan_out), (fan_in, fan_out))


@xavier_normal.mistake("limit-for-xavier-std", rows="F05")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    """sqrt(6 / (fan_in + fan_out)) is the uniform rule's limit; the standard deviation is smaller.

    The limit is sqrt(3) times the standard deviation, so the weights are 1.73 times too large.

    Check: W.var() times (fan_in + fan_out) should be close to 2.
    """
    return rng.normal(0, np.sqrt(6 / (fan_in + fan_out)), (fan_in, fan_out))


@xavier_normal.mistake("uniform-for-xavier-normal")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    """The variance is right, but these draws are uniform; this function draws from a normal.

    Uniform draws have a sharp limit, sqrt(3) standard deviations from 0. Normal draws go beyond it.

    Check: np.abs(W).max() / W.std() should be well above 2.
    """
    return uniform(rng, np.sqrt(6 / (fan_in + fan_out)), (fan_in, fan_out))


@xavier_normal.mistake("cut-off-xavier-not-corrected", rows="F11")
def _(fan_in: int, fan_out: int, rng: Rng) -> Any:
    """Truncating a normal at 2 std lowers its std by 12 percent; that has to be corrected.

    Keras truncates as well, and divides by 0.8796, the std of a standard normal truncated at 2.
    Untruncated normal draws need no correction.

    Check: W.var() times (fan_in + fan_out) should be close to 2.
    """
    return std_of(fan_in, fan_out) * truncated(rng, (fan_in, fan_out))


@question(points=10, returns=("W",), withheld=("rules",))
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
