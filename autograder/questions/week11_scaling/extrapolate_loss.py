"""The predicted loss of models that nobody has trained yet."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week11_scaling.formulas import (
    line_on_log_paper,
    log_line,
    measured_run,
    power_law,
    settled,
    sizes,
)


@question(points=6, builds_on=("fit_power_law", "predict_loss"), withheld=("exact",))
def extrapolate_loss(N: Array, L: Array, N_new: Array, exact: Array) -> Any:
    """The losses at N_new, by the power law without a floor that fits (N, L) best.

    Args:
        N: sizes of the models that were trained, shape (W,), float64.
        L: their losses, shape (W,), float64.
        N_new: sizes of models to come, shape (M,), float64.
        exact: the predicted losses, for the measure alone.

    Returns:
        Predicted losses, shape (M,), float64.

    Source: Kaplan et al. 2020, equation 1.1; the straight line by keras.ops.lstsq.
    """
    from keras import ops

    intercept, slope = line_on_log_paper(N, L)
    found = ops.exp(intercept + slope * ops.log(ops.convert_to_tensor(N_new)))
    return settled(found, exact_losses(N, L, N_new))


def exact_losses(N: Array, L: Array, N_new: Array) -> Array:
    """Predictions, to as many digits as these sizes and losses determine."""
    a, alpha = power_law(N.astype(float), L.astype(float))
    losses: Array = a * N_new.astype(float) ** -alpha
    return losses


def with_losses(given: Inputs) -> Inputs:
    """A run with what its law predicts, so that the measure needs no formula."""
    return {**given, "exact": exact_losses(given["N"], given["L"], given["N_new"])}


@extrapolate_loss.measure
def _(losses: Any, N: Array, L: Array, N_new: Array, exact: Array) -> Any:
    return settled(losses, exact)


@extrapolate_loss.case("typical", weight=2)
def _(rng: Rng) -> Inputs:
    run = measured_run(rng, 7, 2, 4, noise=0.1)
    return with_losses({**run, "N_new": sizes(rng, 3, 5, 6)})


@extrapolate_loss.case("language-models", square="one new model is an array as well")
def _(rng: Rng) -> Inputs:
    run = measured_run(rng, 6, 6, 9, noise=0.03)
    return with_losses({**run, "N_new": 10 ** rng.uniform(10, 12, 1)})


@extrapolate_loss.alternative("on-the-line")
def _(N: Array, L: Array, N_new: Array) -> Any:
    return 10 ** np.polyval(np.polyfit(np.log10(N), np.log10(L), 1), np.log10(N_new))


@extrapolate_loss.mistake("extrapolated-in-linear-space", rows="M09 M01")
def _(N: Array, L: Array, N_new: Array) -> Any:
    """A straight line in L and N soon predicts a loss below 0; the power law is a straight line in
    log L and log N.

    Within the measured range it may look acceptable. Ten times further out it is absurd.

    Check: no predicted loss should be negative.
    """
    intercept, slope = log_line(N, L)
    return intercept + slope * N_new


@extrapolate_loss.mistake("extrapolated-on-half-logarithmic-paper", rows="M09 M01")
def _(N: Array, L: Array, N_new: Array) -> Any:
    """A straight line of L against log N falls to 0 in the end; a power law is a straight line of
    log L against log N.

    Only one of the two axes is logarithmic here.

    Check: for N = [1, 10, 100] and L = [8, 4, 2] the loss at N = 1000 should be 1.
    """
    intercept, slope = log_line(np.log(N), L)
    return intercept + slope * np.log(N_new)


@extrapolate_loss.mistake("new-sizes-without-logarithm", rows="M09")
def _(N: Array, L: Array, N_new: Array) -> Any:
    """The line was fitted to log N, so it must be evaluated at log N_new; here it is evaluated at
    N_new itself.

    e to the power of a large negative number is 0.

    Check: for N = [1, 10, 100] and L = [8, 4, 2] the loss at N = 1000 should be 1.
    """
    intercept, slope = log_line(np.log(N), np.log(L))
    return np.exp(intercept + slope * N_new)


@extrapolate_loss.mistake("predicted-logarithm", rows="M09")
def _(N: Array, L: Array, N_new: Array) -> Any:
    """The line gives log L; the loss is the exponential of that.

    The result may be negative, which no loss can be.

    Check: for N = [1, 10, 100] and L = [8, 4, 2] the loss at N = 1000 should be 1.
    """
    intercept, slope = log_line(np.log(N), np.log(L))
    return intercept + slope * np.log(N_new)


@extrapolate_loss.mistake("last-loss-held", rows="M09")
def _(N: Array, L: Array, N_new: Array) -> Any:
    """Beyond the last point np.interp repeats the last value; a power law keeps falling.

    Interpolation reads between points. Beyond them a law is needed.

    Check: all predictions should be below the smallest measured loss.
    """
    return np.interp(N_new, N, L)


@extrapolate_loss.mistake("extrapolated-from-the-last-two", rows="M09")
def _(N: Array, L: Array, N_new: Array) -> Any:
    """The last two points alone carry their scatter far out; the fit should use all W points.

    Without scatter this makes no difference.

    Check: change the first loss; the predictions should change.
    """
    alpha = -np.log(L[-1] / L[-2]) / np.log(N[-1] / N[-2])
    return L[-1] * (N_new / N[-1]) ** -alpha


@extrapolate_loss.mistake("extrapolated-from-the-last-point")
def _(N: Array, L: Array, N_new: Array) -> Any:
    """The fitted line passes near the last point, not through it; here it is shifted onto it.

    The exponent is right. But the last loss scatters like all others and should not count more.

    Check: the predictions should be a * N_new^-alpha with the fitted a.
    """
    return L[-1] * (N_new / N[-1]) ** -power_law(N, L)[1]
