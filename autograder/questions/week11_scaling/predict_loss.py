"""The loss that a scaling law predicts."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week11_scaling.formulas import sizes


@question(points=5)
def predict_loss(N: Array, L_inf: float, a: float, alpha: float) -> Any:
    """The loss that a law with a floor predicts for models of size N.

    Args:
        N: model sizes, any shape, float64, positive.
        L_inf: the floor, a loss that no size goes below.
        a: the excess over the floor at N = 1.
        alpha: the exponent, positive.

    Returns:
        Losses, the shape of N, float64.

    Source: Hestness et al. 2017; the power by keras.ops.
    """
    from keras import ops

    return L_inf + a * ops.power(ops.convert_to_tensor(N), -alpha)


def law(rng: Rng, N: Array) -> Inputs:
    """Sizes, and a law whose two terms are of one order there."""
    alpha = float(rng.uniform(0.2, 0.6))
    middle = float(np.exp(np.mean(np.log(N))))
    return {
        "N": N,
        "L_inf": float(rng.uniform(0.5, 2)),
        "a": float(rng.uniform(0.5, 3)) * middle**alpha,
        "alpha": alpha,
    }


@predict_loss.case("typical", weight=2)
def _(rng: Rng) -> Inputs:
    return law(rng, sizes(rng, 6, 2, 5))


@predict_loss.case("table")
def _(rng: Rng) -> Inputs:
    return law(rng, sizes(rng, 12, 6, 11).reshape(3, 4))


@predict_loss.case("no-floor")
def _(rng: Rng) -> Inputs:
    return {**law(rng, sizes(rng, 6, 1, 4).reshape(2, 1, 3)), "L_inf": 0.0}


@predict_loss.alternative("through-logarithms")
def _(N: Array, L_inf: float, a: float, alpha: float) -> Any:
    return L_inf + np.exp(np.log(a) - alpha * np.log(N))


@predict_loss.mistake("loss-grows-with-size", rows="M03")
def _(N: Array, L_inf: float, a: float, alpha: float) -> Any:
    """The exponent is -alpha, so the loss falls as the model grows; N^alpha rises.

    alpha is given as a positive number; the minus sign is part of the law.

    Check: the result should fall as N rises.
    """
    return L_inf + a * N**alpha


@predict_loss.mistake("floor-not-added", rows="M05")
def _(N: Array, L_inf: float, a: float, alpha: float) -> Any:
    """a N^-alpha is only the part above the floor; the loss itself is L_inf + a N^-alpha.

    Without the floor an infinite model would make no mistakes at all.

    Check: for a very large N the result should be L_inf.
    """
    return a * N**-alpha


@predict_loss.mistake("floor-as-a-limit", rows="M05")
def _(N: Array, L_inf: float, a: float, alpha: float) -> Any:
    """The floor is added, L_inf + a N^-alpha; max(L_inf, a N^-alpha) only cuts off what is below
    it.

    The sum approaches the floor gradually. The maximum follows a straight line on log-log axes and
    then has a corner.

    Check: for L_inf = 1, a = 1 and N = 1 the result should be 2.
    """
    return np.maximum(L_inf, a * N**-alpha)


@predict_loss.mistake("floor-multiplied", rows="M05")
def _(N: Array, L_inf: float, a: float, alpha: float) -> Any:
    """The two terms of the law are added; here the floor multiplies the power.

    On log-log axes the result is still a straight line, only higher or lower.

    Check: for a very large N the result should be L_inf.
    """
    return L_inf * a * N**-alpha


@predict_loss.mistake("prediction-left-in-logarithms", rows="M09")
def _(N: Array, L_inf: float, a: float, alpha: float) -> Any:
    """log a - alpha log N is the logarithm of the power; take its exponential before adding the
    floor.

    On the line everything is a logarithm. The result may even be negative, which no loss can be.

    Check: for L_inf = 0, a = 8, alpha = 1 and N = 4 the result should be 2.
    """
    return L_inf + np.log(a) - alpha * np.log(N)


@predict_loss.mistake("prediction-on-a-straight-line", rows="M09")
def _(N: Array, L_inf: float, a: float, alpha: float) -> Any:
    """a - alpha N is a straight line in N; the law uses a power of N, a N^-alpha.

    It falls below 0 as soon as N exceeds a / alpha.

    Check: the result should never be smaller than L_inf.
    """
    return L_inf + a - alpha * N


@predict_loss.mistake("prediction-by-an-exponential")
def _(N: Array, L_inf: float, a: float, alpha: float) -> Any:
    """e^(-alpha N) vanishes once N is a few times 1 / alpha; the law uses the power N^-alpha.

    Nearly every entry is L_inf.

    Check: for L_inf = 0, a = 8, alpha = 1 and N = 4 the result should be 2.
    """
    return L_inf + a * np.exp(-alpha * N)


@predict_loss.mistake("a-inside-the-power", convention=True)
def _(N: Array, L_inf: float, a: float, alpha: float) -> Any:
    """Kaplan et al. write (N_c / N)^alpha, with the constant inside; in this course a is outside, a
    N^-alpha.

    The two constants say the same thing in different units: a = N_c^alpha.

    Check: for L_inf = 0, a = 9, alpha = 0.5 and N = 1 the result should be 9.
    """
    return L_inf + (a / N) ** alpha
