"""The statistics in the class report, each with its source."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Summary:
    """Descriptive statistics; the quartiles enclose the middle half."""

    count: int
    mean: float
    deviation: float
    minimum: float
    lower_quartile: float
    median: float
    upper_quartile: float
    maximum: float


def summarise(values: Sequence[float]) -> Summary | None:
    """Mean, standard deviation and five-number summary; None without values.

    The deviation is the population's, since the class is not a sample.

    Source: quartiles by linear interpolation, definition 7 of Hyndman & Fan 1996.
    """
    if not values:
        return None
    if len(values) == 1:
        quartiles = [values[0]] * 3
    else:
        quartiles = statistics.quantiles(values, n=4, method="inclusive")
    return Summary(
        len(values),
        statistics.fmean(values),
        statistics.pstdev(values),
        min(values),
        quartiles[0],
        quartiles[1],
        quartiles[2],
        max(values),
    )


def difficulty(earned: Sequence[float], worth: float) -> float | None:
    """The share of a question's points that the class earned: 1 is easy, 0 is hard.

    Source: the item difficulty index p of Crocker & Algina 1986, chapter 14.
    """
    if not earned or worth <= 0:
        return None
    return statistics.fmean(earned) / worth


def point_biserial(right: Sequence[bool], scores: Sequence[float]) -> float | None:
    """Correlation of solving a question with the score on all the others.

    Near 0, the question does not tell strong students from weak ones; below 0, it misleads the
    strong ones, or its reference answer is wrong.

    Args:
        right: whether each student solved the question.
        scores: each student's score without this question, in the same order.

    Returns:
        Between -1 and 1; None if everybody or nobody solved it, or all scores are equal.

    Source: (mean of right - mean of wrong) / deviation * sqrt(p * (1 - p)), Lord & Novick 1968,
    chapter 15; the question is left out of the score, as Henrysson 1963 corrects it.
    """
    solved = [score for score, each in zip(scores, right, strict=True) if each]
    missed = [score for score, each in zip(scores, right, strict=True) if not each]
    deviation = statistics.pstdev(scores) if scores else 0.0
    # Equal sums of decimals may differ by rounding.
    if not solved or not missed or deviation < 1e-9:
        return None
    share = len(solved) / len(scores)
    distance = statistics.fmean(solved) - statistics.fmean(missed)
    found = distance / deviation * math.sqrt(share * (1.0 - share))
    return max(-1.0, min(1.0, found))
