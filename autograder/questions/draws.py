"""What can be said of random draws, with a chance of error that is stated.

A right answer may draw in any order, so draws are never compared one by one. A question's driver
draws with a generator made from the case's seed, and its `measure` turns the draws into statements
whose chance of being wrong is below 1e-9: an estimate lies within `STANDARD_ERRORS` of the value
that a rule predicts, or it does not. What a mistake predicts is told apart in the same way.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from autograder.questions.define import Array

STANDARD_ERRORS = 6.2
"""A normal estimate departs further than this from its mean with a probability of 6e-10."""


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
