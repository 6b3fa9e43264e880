"""A straight-line fit on log-log axes."""

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
)


@question(points=11, returns=("a", "alpha"), parts={"a": 1, "alpha": 1}, withheld=("exact",))
def fit_power_law(N: Array, L: Array, exact: Array) -> Any:
    """The power law L = a * N^-alpha whose logarithm fits best: least squares of log L on log N.

    Args:
        N: model sizes, shape (W,), float64, positive, not all equal.
        L: their losses, shape (W,), float64, positive.
        exact: a and alpha, for the measure alone.

    Returns:
        a and alpha, two numbers; alpha is positive where the loss falls.

    Source: Kaplan et al. 2020, equation 1.1; the straight line by keras.ops.lstsq.
    """
    from keras import ops

    intercept, slope = line_on_log_paper(N, L)
    return settled_law((ops.exp(intercept), -slope), exact_law(N, L))


def exact_law(N: Array, L: Array) -> Array:
    """a and alpha, to as many digits as these sizes and losses determine."""
    return np.array(power_law(N.astype(float), L.astype(float)))


def settled_law(yours: Any, exact: Array) -> Any:
    """A law whose numbers are the exact ones where they differ by rounding alone."""
    if np.shape(yours)[:1] != (2,):
        return yours
    return tuple(settled(part, right) for part, right in zip(yours, exact, strict=True))


def with_law(given: Inputs) -> Inputs:
    """A run with its law, so that the measure needs no formula."""
    return {**given, "exact": exact_law(given["N"], given["L"])}


@fit_power_law.measure
def _(law: Any, N: Array, L: Array, exact: Array) -> Any:
    return settled_law([law["a"], law["alpha"]] if isinstance(law, dict) else law, exact)


@fit_power_law.case("typical", weight=2)
def _(rng: Rng) -> Inputs:
    return with_law(measured_run(rng, 7, 2, 5, noise=0.1))


@fit_power_law.case("on-the-line")
def _(rng: Rng) -> Inputs:
    return with_law(measured_run(rng, 5, 1, 4, noise=0.0))


@fit_power_law.case("language-models")
def _(rng: Rng) -> Inputs:
    return with_law(measured_run(rng, 9, 6, 11, noise=0.03))


@fit_power_law.alternative("decimal-logarithms")
def _(N: Array, L: Array) -> Any:
    intercept, slope = log_line(np.log10(N), np.log10(L))
    return 10**intercept, -slope


@fit_power_law.alternative("by-means")
def _(N: Array, L: Array) -> Any:
    x, y = np.log(N), np.log(L)
    slope = np.sum((x - x.mean()) * (y - y.mean())) / np.sum((x - x.mean()) ** 2)
    return np.exp(y.mean() - slope * x.mean()), -slope


@fit_power_law.alternative("by-matrix")
def _(N: Array, L: Array) -> Any:
    columns = np.stack([np.ones(len(N)), -np.log(N)], axis=1)
    intercept, alpha = np.linalg.lstsq(columns, np.log(L), rcond=None)[0]
    return np.exp(intercept), alpha


@fit_power_law.mistake("line-without-logarithms", rows="M01")
def _(N: Array, L: Array) -> Any:
    """A power law is a straight line only in logarithms, log L = log a - alpha log N; this is L
    against N.

    A straight line in L and N falls below 0 for large models. The one or two largest N determine
    it, because all others are crowded at the left.

    Check: for N = [1, 10, 100] and L = [8, 4, 2] the result should be a = 8 and alpha = 0.301.
    """
    intercept, slope = log_line(N, L)
    return intercept, -slope


@fit_power_law.mistake("only-the-loss-in-logarithms", rows="M01")
def _(N: Array, L: Array) -> Any:
    """With N itself on the axis the line is an exponential, L = a e^(-alpha N), not a power law.

    Both axes are logarithmic on log-log paper. An exponential halves the loss each time a fixed
    number of parameters is *added*; a power law halves it each time their number is *multiplied* by
    a fixed factor.

    Check: for N = [1, 10, 100] and L = [8, 4, 2] the result should be a = 8 and alpha = 0.301.
    """
    intercept, slope = log_line(N, np.log(L))
    return np.exp(intercept), -slope


@fit_power_law.mistake("only-the-sizes-in-logarithms", rows="M01")
def _(N: Array, L: Array) -> Any:
    """With L itself on the axis the line is L = a - alpha log N, which falls below 0 in the end.

    Both axes are logarithmic on log-log paper.

    Check: for N = [1, 10, 100] and L = [8, 4, 2] the result should be a = 8 and alpha = 0.301.
    """
    intercept, slope = log_line(np.log(N), L)
    return intercept, -slope


@fit_power_law.mistake("slope-taken-for-the-intercept", rows="M02")
def _(N: Array, L: Array) -> Any:
    """np.polyfit returns the slope first and the intercept second; here the two are swapped.

    It lists the highest power of x first. The result then has an a below 1 and an alpha that tells
    how high the line lies.

    Check: print np.polyfit([0, 1], [5, 7], 1); the line 5 + 2 x has the slope 2.
    """
    slope, intercept = log_line(np.log(N), np.log(L))
    return np.exp(intercept), -slope


@fit_power_law.mistake("alpha-returned-first", rows="M02", convention=True)
def _(N: Array, L: Array) -> Any:
    """Some books give the exponent first; the contract asks for a and then alpha.

    Both numbers are right but in the wrong order.

    Check: for N = [1, 10, 100] and L = [8, 4, 2] the first number should be 8.
    """
    a, alpha = power_law(N, L)
    return alpha, a


@fit_power_law.mistake("slope-for-alpha", at="alpha", rows="M03")
def _(N: Array, L: Array) -> Any:
    """The law is L = a N^-alpha, so the slope on log-log axes is -alpha; here the slope itself is
    returned.

    The loss falls, so the slope is negative and alpha is positive. With this sign the predicted
    loss would rise with N.

    Check: for a falling loss, alpha should be positive.
    """
    return -power_law(N, L)[1]


@fit_power_law.mistake("logarithm-of-a", at="a")
def _(N: Array, L: Array) -> Any:
    """The intercept of the line is log a; a is the exponential of that intercept.

    Every number on log-log paper is a logarithm and has to be converted back at the end.

    Check: for N = [1, 10, 100] and L = [8, 4, 2] the result should be a = 8.
    """
    return np.log(power_law(N, L)[0])


@fit_power_law.mistake("natural-and-decimal-mixed", at="a")
def _(N: Array, L: Array) -> Any:
    """np.exp undoes np.log, and a power of 10 undoes np.log10; here np.exp is applied to a decimal
    logarithm.

    alpha is right with either logarithm, because a slope is a quotient. Only a shows the mix-up.

    Check: for N = [1, 10, 100] and L = [8, 4, 2] the result should be a = 8.
    """
    return np.exp(np.log10(power_law(N, L)[0]))


@fit_power_law.mistake("decimal-power-of-a-natural-logarithm", at="a")
def _(N: Array, L: Array) -> Any:
    """np.log is the natural logarithm and np.exp undoes it; here a power of 10 is used.

    alpha is right with either logarithm, because a slope is a quotient. Only a shows the mix-up.

    Check: for N = [1, 10, 100] and L = [8, 4, 2] the result should be a = 8.
    """
    return 10 ** np.log(power_law(N, L)[0])


@fit_power_law.mistake("line-through-two-points")
def _(N: Array, L: Array) -> Any:
    """This line passes through the smallest and the largest model; least squares uses all W models.

    When the points lie exactly on a line, this makes no difference. Measured losses scatter, and
    two points carry their scatter into the slope.

    Check: change a loss in the middle; the result should change.
    """
    alpha = -np.log(L[-1] / L[0]) / np.log(N[-1] / N[0])
    return L[0] * N[0] ** alpha, alpha


@fit_power_law.mistake("mean-of-the-steps")
def _(N: Array, L: Array) -> Any:
    """Least squares weights each point by its distance from the mean of log N; here the slopes
    between neighbouring points are averaged.

    Between two models of nearly equal size the slope is mostly scatter, yet here it counts as much
    as any other.

    Check: change the order of the points; the result should not change.
    """
    alpha = -np.mean(np.diff(np.log(L)) / np.diff(np.log(N)))
    return np.exp(np.mean(np.log(L) + alpha * np.log(N))), alpha


@fit_power_law.mistake("sizes-fitted-to-losses")
def _(N: Array, L: Array) -> Any:
    """Least squares measures errors in log L for given N; here log N was fitted to given log L.

    The two arguments of the fit are swapped, and the slope was inverted afterwards. Without scatter
    both lines agree; with scatter this one is steeper.

    Check: make sure the sizes are on the horizontal axis; they were chosen, not measured.
    """
    intercept, slope = log_line(np.log(L), np.log(N))
    return np.exp(-intercept / slope), -1 / slope


@fit_power_law.mistake("line-through-the-origin")
def _(N: Array, L: Array) -> Any:
    """A line y = slope * x without an intercept forces a = 1; the line needs both numbers.

    Nobody measured a loss of exactly 1 at N = 1.

    Check: multiply every loss by 2; a should double and alpha should stay the same.
    """
    x, y = np.log(N), np.log(L)
    return 1.0, -np.sum(x * y) / np.sum(x * x)
