"""How far apart two right answers can be: the one reason behind every tolerance.

Two correct programs differ only by rounding. How much depends on the question (a sum of 10,000
terms, a difference of nearly equal numbers), so it is measured, not chosen: the reference is
computed once in float64 and a few times in float32, each time with its inputs moved by half a
unit in the last place. The largest distance, divided by float32's unit roundoff u32 = 2**-24, is
the error that one unit of roundoff causes here: the *amplification*. In a precision with unit
roundoff u the reference is off by about amplification * u.

A student may add the same terms in another order. The error of a sum of n terms grows like
sqrt(n) * u typically, which is what was measured, and like n * u at worst (Higham 2002, sections
2.8 and 4.2), so a right answer can be sqrt(n) times further off than the measured one. The
measurement is a sample, whose largest error may be small by luck, and the student's error adds
to the reference's: a factor of 2 for each. Together:

    |yours - expected| <= 4 * sqrt(n) * amplification * u

with n the number of input numbers that enter the answer and u the unit roundoff of the dtype that
the student returned. The amplification is at least the largest expected magnitude, since the
result itself has to be rounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

SAMPLING_AND_BOTH_SIDES = 4.0


@cache
def unit_roundoff(dtype: np.dtype[Any]) -> float:
    """Half the distance from 1 to the next number; float64's for integers and booleans."""
    return float(np.finfo(dtype).eps) / 2 if dtype.kind == "f" else 2.0**-53


def allowance(exact: NDArray[Any], coarse: Sequence[NDArray[Any]], terms: int) -> float:
    """How many units of roundoff may separate a right answer from the reference.

    Args:
        exact: the reference in float64, any shape.
        coarse: the same reference in float32, several times, same shape.
        terms: how many input numbers enter the answer.

    Returns:
        The allowance in absolute terms per unit roundoff; 0 for integer references, infinite
        where the reference itself is not finite in float32 although it is in float64.
    """
    if exact.dtype.kind != "f" or exact.size == 0:
        return 0.0
    finite = np.isfinite(exact)
    samples = np.stack([sample.astype(np.float64)[finite] for sample in coarse])
    if not np.isfinite(samples).all():
        return float("inf")
    error = np.max(np.abs(samples - exact[finite]), initial=0.0)
    magnitude = np.max(np.abs(exact[finite]), initial=0.0)
    amplification = max(float(error) / 2.0**-24, float(magnitude))
    return SAMPLING_AND_BOTH_SIDES * float(np.sqrt(max(terms, 1))) * amplification


def tolerance(allowed: float, dtype: np.dtype[Any]) -> float:
    """The absolute difference that an answer of this dtype may show."""
    return allowed * unit_roundoff(dtype)
