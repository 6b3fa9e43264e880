"""What can be said of random draws, with a chance of error that is stated.

A right answer may draw in any order, so draws are never compared one by one. A question's driver
draws with a generator made from the case's seed, and its `measure` turns the draws into statements
whose chance of being wrong is below 1e-9: an estimate lies within `STANDARD_ERRORS` of the value
that a rule predicts, or it does not. What a mistake predicts is told apart in the same way.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist

import numpy as np

from autograder.questions.define import Array

STANDARD_ERRORS = 6.2
"""A normal estimate departs further than this from its mean with a probability of 6e-10."""
BINS = 64
REGULAR, IRREGULAR = 14.0, 450.0
"""Chi-squared of 61 degrees of freedom is lower with a probability below 1e-9.

Nor is it higher, even if the error of the spread's estimate, which moves a uniform draw's two
outermost bins, adds six times its standard error.
"""


def settled(estimate: float, standard_error: float, candidates: Sequence[float]) -> float:
    """The value that an estimate agrees with: the nearest candidate within its error.

    Args:
        estimate: what the draws show.
        standard_error: the standard deviation of such an estimate.
        candidates: what the right rule and the known wrong ones predict, at least 13 standard
            errors apart, so that at most one can be meant.

    Returns:
        That candidate exactly, or the estimate where it agrees with none.
    """
    nearest = min(candidates, key=lambda candidate: abs(estimate - candidate))
    return nearest if abs(estimate - nearest) <= STANDARD_ERRORS * standard_error else estimate


def mean(draws: Array, deviation: float, candidates: Sequence[float] = (0.0,)) -> float:
    """The mean of independent draws, settled.

    Args:
        draws: any shape.
        deviation: the standard deviation that one draw should have.
        candidates: possible means.
    """
    return settled(float(draws.mean()), deviation / math.sqrt(draws.size), candidates)


def deviation(draws: Array, candidates: Sequence[float]) -> float:
    """The standard deviation of independent draws, settled.

    Args:
        draws: any shape; normal or with shorter tails, for which the error is smaller still.
        candidates: possible standard deviations.
    """
    estimate = float(draws.std())
    return settled(estimate, estimate / math.sqrt(2 * draws.size), candidates)


def share(flags: Array, candidates: Sequence[float]) -> float:
    """The share of independent flags that are true, settled.

    Args:
        flags: any shape, bool or 0 and 1.
        candidates: possible probabilities; 0 and 1 are met exactly or not at all.
    """
    estimate = float(flags.mean())
    for candidate in candidates:
        error = math.sqrt(candidate * (1 - candidate) / flags.size)
        if abs(estimate - candidate) <= STANDARD_ERRORS * error:
            return candidate
    return estimate


def normal(probability: float) -> float:
    """The quantile of a normal draw, in standard deviations."""
    return NormalDist().inv_cdf(probability)


def truncated(probability: float) -> float:
    """The quantile of a normal draw that is cut off at two, in its own standard deviations."""
    inside = NormalDist().cdf(2.0) - NormalDist().cdf(-2.0)
    spread = math.sqrt(1.0 - 4.0 * NormalDist().pdf(2.0) / inside)
    return NormalDist().inv_cdf(NormalDist().cdf(-2.0) + probability * inside) / spread


def uniform(probability: float) -> float:
    """The quantile of a uniform draw, in standard deviations."""
    return math.sqrt(12.0) * (probability - 0.5)


def follow(draws: Array, *quantiles: Callable[[float], float]) -> bool:
    """Whether independent draws have one of these distributions, whatever their mean and spread.

    Equally likely bins are counted. Too uneven counts are another distribution's, such as
    Laplace's; too even ones are no independent draws, but a fixed set in random order.

    Args:
        draws: any shape, some thousands.
        quantiles: those of the distributions, in standard deviations.
    """
    spread = draws.std()
    if not (np.isfinite(spread) and spread > 0):
        return False
    standard = ((draws - draws.mean()) / spread).ravel()
    expected = standard.size / BINS
    for quantile in quantiles:
        edges = [quantile(place / BINS) for place in range(1, BINS)]
        counts = np.bincount(np.searchsorted(edges, standard), minlength=BINS)
        if REGULAR < float(((counts - expected) ** 2).sum() / expected) < IRREGULAR:
            return True
    return False


def vary(counts: Array, size: int, rate: float) -> bool:
    """Whether counts scatter as those of independent flags do, instead of being fixed.

    Args:
        counts: how many flags are true in each of some 40 draws.
        size: of how many.
        rate: how likely each is.
    """
    ratio = float(np.var(counts, ddof=1)) / (size * rate * (1 - rate))
    # Forty draws leave this range with a probability below 1e-9.
    return 0.15 < ratio < 4.0
