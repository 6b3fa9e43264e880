"""A diagnosis from the gradient norms of a network's layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=6, returns=("diagnosis",))
def gradient_health(norms: Array) -> Any:
    """Does the nudge vanish, explode or live on its way from the last layer to the first?

    The rules are asked in this order; the first that applies decides.

    Args:
        norms: gradient norms of L layers, the first layer first, shape (R, L), float64; some may
            be nan or inf. A case holds R piles here, and the driver passes one row at a time to
            the student, whose norms have the shape (L,).

    Returns:
        "explodes" where any norm is nan or inf, or the first is larger than 1000 times the last;
        "vanishes" where the first is 0, or smaller than the last divided by 1000;
        "healthy" otherwise.

    Source: this course's convention; Bengio, Simard & Frasconi 1994 on why a ratio is asked.
    """
    from keras import ops

    finite, first, last = ops.isfinite(norms), norms[:, 0], norms[:, -1]
    explodes = ops.logical_or(ops.logical_not(ops.all(finite, axis=1)), first > 1000 * last)
    vanishes = ops.logical_or(ops.equal(first, 0), first < last / 1000)
    words = np.where(explodes, "explodes", np.where(vanishes, "vanishes", "healthy"))
    return [str(word) for word in words]


@gradient_health.driver
def _(gradient_health: Any, norms: Array) -> Any:
    return [gradient_health(row) for row in norms]


def pile(rng: Rng, low: float, high: float, L: int = 7) -> Array:
    """Norms whose first is 10**low to 10**high times the last, with a path between the two."""
    steps = np.linspace(rng.uniform(low, high), 0.0, L)
    steps[1:-1] += rng.uniform(-0.2, 0.2, L - 2)
    norms: Array = 10.0 ** (steps + rng.uniform(-1.0, 1.0))
    return norms


def shuffled(rng: Rng, rows: Sequence[Array]) -> Inputs:
    """The piles of a case in random order, so that no position tells the answer."""
    return {"norms": np.stack([rows[place] for place in rng.permutation(len(rows))])}


DYING, HEALTHY, GROWING = (-8.0, -3.3), (-2.6, 2.6), (3.3, 8.0)


@gradient_health.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    kinds = [DYING, DYING, HEALTHY, HEALTHY, GROWING, GROWING]
    return shuffled(rng, [pile(rng, *ends) for ends in kinds])


@gradient_health.case("scaled", weight=2)
def _(rng: Rng) -> Inputs:
    # All norms of a pile tiny, or all of them huge: no matter, the ratio decides.
    rows = [1e-7 * pile(rng, *HEALTHY), 1e-7 * pile(rng, *GROWING), 1e7 * pile(rng, *HEALTHY)]
    return shuffled(rng, [*rows, 1e7 * pile(rng, *DYING)])


@gradient_health.case("uneven", weight=2)
def _(rng: Rng) -> Inputs:
    # One layer in the middle stands out; first and last agree.
    rows = [pile(rng, -1.0, 1.0) for _ in range(5)]
    for row, factor in zip(rows, (1e-6, 1e-5, 1e5, 1e6, 1.0), strict=True):
        row[rng.integers(2, 5)] *= factor
    return shuffled(rng, rows)


@gradient_health.case("broken", weight=2)
def _(rng: Rng) -> Inputs:
    rows = [pile(rng, -1.0, 1.0) for _ in range(6)]
    rows[0][rng.integers(1, 6)] = np.nan
    rows[1][rng.integers(1, 6)] = np.inf
    rows[2][:] = np.nan
    rows[3][-1] = np.inf
    rows[4][:] = 0.0
    rows[5][: rng.integers(1, 5)] = 0.0
    return shuffled(rng, rows)


@gradient_health.case("border", weight=2)
def _(rng: Rng) -> Inputs:
    # A thousand times is not more than a thousand times; powers of two make it exact.
    unit = 2.0 ** int(rng.integers(-24, -16))
    ratios = [1000.0, 1000.0 + rng.uniform(0.02, 0.08), 1000.0 - rng.uniform(0.02, 0.08)]
    rows = [np.array([ratio * unit, 3 * unit, unit]) for ratio in ratios]
    rows += [row[::-1] for row in rows]
    return shuffled(rng, rows)


def told(first: Any, last: Any, norms: Array) -> str:
    """The rules with any two numbers as the first and the last norm."""
    if not np.isfinite(norms).all() or first > 1000 * last:
        return "explodes"
    return "vanishes" if first == 0 or first < last / 1000 else "healthy"


@gradient_health.alternative("by-a-ratio-of-numbers-that-can-be-divided")
def _(norms: Array) -> Any:
    if np.isnan(norms).any() or np.isinf(norms).any():
        return "explodes"
    if norms[0] == 0:
        return "vanishes"
    ratio = norms[0] / norms[-1]
    return "explodes" if ratio > 1e3 else "vanishes" if ratio < 1e-3 else "healthy"


@gradient_health.mistake("ends-exchanged", rows="K07")
def _(norms: Array) -> Any:
    """The backward pass starts at the last layer, so gradients vanish where the first norm is the
    small one; here the two ends are swapped.

    A ratio of first to last below 1/1000 means vanishing. In a deep sigmoid network it is tiny.

    Check: norms [1e-6, 1e-3, 1] should give "vanishes".
    """
    return told(norms[-1], norms[0], norms)


@gradient_health.mistake("absolute-sizes")
def _(norms: Array) -> Any:
    """The first norm is compared with the last one; here it is compared with 1000 and 1/1000.

    How large a gradient is depends on the loss and its units. What the network does to it on the
    way back is a ratio.

    Check: multiply all norms by 1e-7; the diagnosis should not change.
    """
    return told(norms[0], 1.0, norms)


@gradient_health.mistake("smallest-against-largest")
def _(norms: Array) -> Any:
    """The first layer is compared with the last; here the smallest norm is compared with the
    largest.

    One odd layer in the middle then decides, although the gradient reaches the first layer as large
    as it left the last. And since the smallest never exceeds the largest, "explodes" can never come
    out.

    Check: norms [1, 1e-6, 1] should give "healthy".
    """
    return told(norms.min(), norms.max(), norms)


@gradient_health.mistake("neighbours-compared")
def _(norms: Array) -> Any:
    """The diagnosis covers the whole path from the last layer to the first; here only the first two
    layers are compared.

    A factor of 10 in one layer is harmless; in seven layers it is fatal.

    Check: norms [1e-6, 1e-4, 1e-2, 1] should give "vanishes".
    """
    return told(norms[0], norms[1], norms)


@gradient_health.mistake("norms-that-are-no-numbers", rows="N14")
def _(norms: Array) -> Any:
    """Every comparison with nan is False, so norms full of nan come out as "healthy"; test for nan
    and inf first.

    nan is what remains when numbers grow beyond all bounds: inf - inf. A norm of inf in the last
    layer even looks like vanishing.

    Check: norms [nan, nan, nan] should give "explodes".
    """
    first, last = norms[0], norms[-1]
    if first > 1000 * last:
        return "explodes"
    return "vanishes" if first == 0 or first < last / 1000 else "healthy"


@gradient_health.mistake("only-the-ends-checked-for-numbers")
def _(norms: Array) -> Any:
    """Any norm that is nan or inf means "explodes"; here only the first and the last are checked.

    A layer in the middle can overflow on its own when its input is huge.

    Check: norms [1, inf, 1] should give "explodes".
    """
    return told(norms[0], norms[-1], norms[[0, -1]])


@gradient_health.mistake("nothing-arrives-unnoticed")
def _(norms: Array) -> Any:
    """Where all norms are 0 nothing moves, yet 0 < 0 / 1000 is False, and so is 0 / 0 < 1 / 1000; a
    first norm of 0 needs a test of its own.

    It happens in a network whose ReLU units are all dead: no gradient arrives anywhere.

    Check: norms [0, 0, 0] should give "vanishes".
    """
    if not np.isfinite(norms).all() or norms[0] > 1000 * norms[-1]:
        return "explodes"
    return "vanishes" if norms[0] < norms[-1] / 1000 else "healthy"


@gradient_health.mistake("nothing-arrives-called-explosion")
def _(norms: Array) -> Any:
    """Where all norms are 0 the ratio first / last is 0 / 0, which is nan although no norm is; the
    rules compare without dividing by a norm.

    nan among the norms means that something exploded. nan from your own division does not.

    Check: norms [0, 0, 0] should give "vanishes".
    """
    ratio = norms[0] / norms[-1]
    if not (np.isfinite(norms).all() and ratio <= 1000):
        return "explodes"
    return "vanishes" if ratio < 1 / 1000 else "healthy"
