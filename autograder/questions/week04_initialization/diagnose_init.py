"""What the spreads of a pile say about its start."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=10)
def diagnose_init(stds: Array) -> Any:
    """What becomes of the spread between the first layer and the last.

    Args:
        stds: the standard deviation of each layer's activations, shape (L,), float64; an
            overflow has left inf or nan in it.

    Returns:
        "explodes" where an entry is inf or nan, or the last is more than 10 times the first;
        else "vanishes" where the last is less than a tenth of the first, or 0; else "healthy".

    Source: Glorot & Bengio 2010, figures of activations by layer; keras.ops.isfinite.
    """
    from keras import ops

    if not bool(ops.all(ops.isfinite(stds))):
        return "explodes"
    first, last = float(stds[0]), float(stds[-1])
    if last > 10 * first:
        return "explodes"
    return "vanishes" if last < first / 10 or last == 0 else "healthy"


def spreads(rng: Rng, first: float, factor: float) -> Array:
    """Spreads that change by about the same factor from layer to layer, and by `factor` in all."""
    between: Array = np.geomspace(first, first * factor, int(rng.integers(7, 12)))
    between[1:-1] *= rng.uniform(0.9, 1.1, len(between) - 2)
    return between


# Just outside of the two limits, and just inside: a limit of 9 or 11 is another one.
@diagnose_init.case("explodes", weight=2)
def _(rng: Rng) -> Inputs:
    return {"stds": spreads(rng, rng.uniform(0.01, 0.02), rng.uniform(10.0002, 10.0008))}


@diagnose_init.case("vanishes", weight=2)
def _(rng: Rng) -> Inputs:
    return {"stds": spreads(rng, rng.uniform(0.3, 0.5), 1 / rng.uniform(10.0002, 10.0008))}


@diagnose_init.case("healthy", weight=2)
def _(rng: Rng) -> Inputs:
    return {"stds": spreads(rng, rng.uniform(20, 30), rng.uniform(9.992, 9.998))}


@diagnose_init.case("healthy-with-a-hump", weight=2)
def _(rng: Rng) -> Inputs:
    """High in the middle, low near the end, and home again."""
    # Far below what is often added to a divisor.
    stds = spreads(rng, rng.uniform(1e-17, 2e-17), 1 / rng.uniform(9.992, 9.998))
    stds[2], stds[-2] = 30 * stds[0], stds[0] / 30
    return {"stds": stds}


@diagnose_init.case("border-above")
def _(rng: Rng) -> Inputs:
    return {"stds": spreads(rng, 1.0, 10.0)}


@diagnose_init.case("border-below")
def _(rng: Rng) -> Inputs:
    return {"stds": spreads(rng, 10.0, 0.1)}


@diagnose_init.case("not-a-number")
def _(rng: Rng) -> Inputs:
    stds = spreads(rng, rng.uniform(0.5, 1), 3)
    stds[-2:] = np.nan
    return {"stds": stds}


@diagnose_init.case("infinite-in-between")
def _(rng: Rng) -> Inputs:
    stds = spreads(rng, rng.uniform(0.5, 1), 3)
    stds[3] = np.inf
    return {"stds": stds}


@diagnose_init.case("silent")
def _(rng: Rng) -> Inputs:
    return {"stds": np.zeros(int(rng.integers(3, 500)))}


def verdict(change: float, low: float = 0.1, high: float = 10.0) -> str:
    """The three words, for mistakes that are made in what is compared."""
    return "explodes" if change > high else "vanishes" if change < low else "healthy"


def ratio(stds: Array) -> float:
    """Last over first; 0 for a pile whose activations are 0 from the first layer on."""
    return float(stds[-1] / stds[0]) if stds[0] > 0 else 0.0


@diagnose_init.alternative("by-logarithm")
def _(stds: Array) -> Any:
    if not np.isfinite(stds).all():
        return "explodes"
    if stds[-1] == 0:
        return "vanishes"
    decades = np.log10(stds[-1]) - np.log10(stds[0])
    return "explodes" if decades > 1 else "vanishes" if decades < -1 else "healthy"


@diagnose_init.mistake("nan-looks-healthy", rows="N14")
def _(stds: Array) -> Any:
    """Every comparison with nan is False, so nan reaches the last branch.

    nan comes from inf - inf or 0 * inf: the numbers have already overflowed.

    Check: call it with [1.0, np.nan].
    """
    return verdict(ratio(stds))


@diagnose_init.mistake("silence-looks-healthy", rows="N14")
def _(stds: Array) -> Any:
    """A pile of zeros has vanished, but 0 / 0 is nan, and 0 is not less than a tenth of 0 either.

    Whichever of the two tests you wrote, the pile of zeros reaches the last branch. The docstring
    mentions this case: the last spread is 0.

    Check: call it with np.zeros(4).
    """
    if not np.isfinite(stds).all():
        return "explodes"
    return verdict(ratio(stds)) if stds[0] > 0 else "healthy"


@diagnose_init.mistake("explodes-and-vanishes-exchanged")
def _(stds: Array) -> Any:
    """A pile explodes when its last spread is the larger one; here first and last are swapped.

    Check: call it with [1.0, 100.0].
    """
    if not np.isfinite(stds).all():
        return "explodes"
    return "vanishes" if stds[-1] == 0 else verdict(1 / ratio(stds))


@diagnose_init.mistake("spread-taken-by-itself")
def _(stds: Array) -> Any:
    """The last spread is compared with the first; here it is compared with fixed limits, 10 and
    0.1.

    Pictures with values up to 255 start with a large spread, and a pile that keeps it is healthy.

    Check: multiplying all spreads by 100 should not change the answer.
    """
    if not np.isfinite(stds).all():
        return "explodes"
    return verdict(float(stds[-1]))


@diagnose_init.mistake("layer-against-layer")
def _(stds: Array) -> Any:
    """Small factors multiply, 1.5 ten times is 57; here each layer is compared only with the next.

    A factor of 10 from one layer to the next is rare. A pile explodes or vanishes little by little.

    Check: call it with [1.0, 4.0, 16.0].
    """
    if not np.isfinite(stds).all():
        return "explodes"
    if stds[-1] == 0:
        return "vanishes"
    steps = stds[1:] / stds[:-1]
    return "explodes" if (steps > 10).any() else "vanishes" if (steps < 0.1).any() else "healthy"


@diagnose_init.mistake("largest-against-first")
def _(stds: Array) -> Any:
    """The last layer decides; here the largest and the smallest spread of all layers do.

    A peak in the middle does no harm if the last spread is close to the first.

    Check: call it with [1.0, 30.0, 1.0].
    """
    if not np.isfinite(stds).all():
        return "explodes"
    if stds[-1] == 0:
        return "vanishes"
    high = verdict(float(stds.max() / stds[0]))
    return high if high == "explodes" else verdict(float(stds.min() / stds[0]))


@diagnose_init.mistake("difference-for-ratio")
def _(stds: Array) -> Any:
    """ "Ten times" is a ratio; here the difference between the last and the first is compared with
    10.

    Check: call it with [0.01, 0.5]; the spread has grown by a factor of 50.
    """
    if not np.isfinite(stds).all():
        return "explodes"
    if stds[-1] == 0:
        return "vanishes"
    change = stds[-1] - stds[0]
    return "explodes" if change > 10 else "vanishes" if change < -10 else "healthy"


@diagnose_init.mistake("other-words")
def _(stds: Array) -> Any:
    """The three words are "explodes", "vanishes" and "healthy", spelled exactly like this.

    A program that reads the answer compares it letter by letter.

    Check: compare the words after return with the docstring.
    """
    words = {"explodes": "exploding", "vanishes": "vanishing", "healthy": "healthy"}
    if not np.isfinite(stds).all():
        return words["explodes"]
    return words[verdict(ratio(stds))]


@diagnose_init.mistake("always-healthy")
def _(stds: Array) -> Any:
    """A pile is healthy only if its last spread is between a tenth and 10 times the first.

    Check: call it with [1.0, 100.0].
    """
    return "healthy"
