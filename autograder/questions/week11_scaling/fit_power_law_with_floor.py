"""A power law above a floor."""

from __future__ import annotations

from math import expm1, log
from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week11_scaling.formulas import power_law, sizes

NAMES = ("L_inf", "a", "alpha")


def exact_law(N: Array, L: Array) -> tuple[float, float, float]:
    """The law L_inf + a * N^-alpha through the first, a middle and the last of points on one.

    The share of the whole fall that happens up to the middle point grows with alpha and depends
    on nothing else, so alpha is found by bisection.

    Args:
        N: sizes, shape (W,), rising.
        L: losses that lie on such a law exactly, shape (W,).

    Returns:
        L_inf, a and alpha.
    """
    middle = len(N) // 2
    first, half, last = (float(L[place]) for place in (0, middle, -1))
    x, y = (log(float(N[place]) / float(N[0])) for place in (middle, -1))
    share = (first - half) / (first - last)
    low, high = 1e-3, 10.0
    for _ in range(80):
        alpha = (low + high) / 2
        if expm1(-alpha * x) / expm1(-alpha * y) < share:
            low = alpha
        else:
            high = alpha
    excess = (last - first) / expm1(-alpha * y)
    return first - excess, excess * float(N[0]) ** alpha, alpha


def settled_law(yours: Any, L: Array, exact: Array) -> Any:
    """A law whose numbers are replaced by the exact ones where they come near enough.

    Near enough is what a search in steps of a thousandth of the smallest loss can reach: L_inf
    within 0.1 % of that loss, alpha within 1 % and a within 10 %. Such a search stays within half
    of each. A law without its floor is tens of percent off.

    Args:
        yours: L_inf, a and alpha; anything else comes back as it is.
        L: losses, shape (W,).
        exact: L_inf, a and alpha of the law on which these lie.
    """
    if isinstance(yours, dict):
        yours = [yours[name] for name in NAMES]
    if np.shape(yours)[:1] != (len(NAMES),):
        return yours
    floor, a, alpha = map(float, exact)
    # Given to so many digits that they are the same on every computer.
    rounded = round(floor, 9) + 0.0, float(f"{a:.8e}"), round(alpha, 9)
    allowed = 1e-3 * float(np.min(L)), 0.1 * a, 0.01 * alpha
    return tuple(
        np.asarray(right if np.ndim(part) == 0 and abs(part - right) <= limit else part)
        for part, right, limit in zip(yours, rounded, allowed, strict=True)
    )


@question(
    points=13,
    returns=NAMES,
    builds_on=("fit_power_law", "predict_loss"),
    parts={"L_inf": 1, "a": 1, "alpha": 1},
    withheld=("exact",),
)
def fit_power_law_with_floor(N: Array, L: Array, exact: Array) -> Any:
    """The law L = L_inf + a * N^-alpha through losses that lie on one.

    Args:
        N: model sizes, shape (W,), float64, positive and rising.
        L: their losses, shape (W,), float64, without scatter.
        exact: L_inf, a and alpha, for the measure alone.

    Returns:
        L_inf, a and alpha. They are right when L_inf is within 0.1 % of the smallest loss, alpha
        within 1 % and a within 10 %; a good search comes much closer.

    Source: Hestness et al. 2017; Gauss-Newton with slopes by tf.GradientTape and steps by
    keras.ops.lstsq.
    """
    from keras import ops

    from course_lib.gradients import vector_jacobian_product

    # At N measured by its middle, the three numbers are of order 1 and well told apart.
    unit = np.exp(np.mean(np.log(N)))
    x = ops.convert_to_tensor(np.log(N / unit))

    def curve(floor: Any, excess: Any, alpha: Any) -> Any:
        return floor + ops.exp(excess - alpha * x)

    a, alpha = power_law(N / unit, L - 0.5 * L.min())
    law = np.array([0.5 * L.min(), np.log(a), alpha], L.dtype)
    for _ in range(12):
        # Every point gets its own copy of the three numbers: its slopes are a row each.
        copies = [np.full_like(L, number) for number in law]
        slopes = np.stack(vector_jacobian_product(curve, copies), axis=1)
        missing = L - np.asarray(curve(*copies))
        law = law + np.asarray(ops.lstsq(slopes, missing))
    found = law[0], np.exp(law[1]) * unit ** law[2], law[2]
    return settled_law(found, L, np.array(exact_law(N, L)))


@fit_power_law_with_floor.measure
def _(law: Any, N: Array, L: Array, exact: Array) -> Any:
    return settled_law(law, L, exact)


def run(rng: Rng, W: int, low: float, high: float) -> Inputs:
    """Losses on a law whose floor is neither far away nor all that is left."""
    N, alpha, floor = sizes(rng, W, low, high), rng.uniform(0.3, 0.6), rng.uniform(0.5, 2.0)
    L = floor * (1 + rng.uniform(2, 5) * (N / N[0]) ** -alpha)
    return with_law(N, L)


def with_law(N: Array, L: Array) -> Inputs:
    """Sizes and losses with their law, so that the measure needs no formula."""
    return {"N": N, "L": L, "exact": np.array(exact_law(N, L))}


@fit_power_law_with_floor.case("typical", weight=2)
def _(rng: Rng) -> Inputs:
    return run(rng, 9, 2, 5)


@fit_power_law_with_floor.case("language-models")
def _(rng: Rng) -> Inputs:
    return run(rng, 7, 7, 10)


@fit_power_law_with_floor.case("no-floor")
def _(rng: Rng) -> Inputs:
    N = sizes(rng, 8, 1, 4)
    return with_law(N, rng.uniform(3, 30) * N ** -rng.uniform(0.3, 0.6))


def residual(N: Array, L: Array) -> float:
    """The sum of squared residuals of log L from a straight line in log N."""
    a, alpha = power_law(N, L)
    return float(np.sum((np.log(L) - np.log(a) + alpha * np.log(N)) ** 2))


def best_of(candidates: Array, N: Array, L: Array) -> Any:
    """The candidate floor above which log L is closest to a line, and its law."""
    floor = min(candidates, key=lambda candidate: residual(N, L - candidate))
    return (floor, *power_law(N, L - floor))


@fit_power_law_with_floor.alternative("a-thousand-candidates")
def _(N: Array, L: Array) -> Any:
    return best_of(np.linspace(0, L.min(), 1000, endpoint=False), N, L)


@fit_power_law_with_floor.alternative("through-three-points")
def _(N: Array, L: Array) -> Any:
    return exact_law(N, L)


@fit_power_law_with_floor.alternative("lines-in-the-power")
def _(N: Array, L: Array) -> Any:
    low, high = 0.01, 2.0
    for _ in range(12):
        found = []
        for alpha in np.linspace(low, high, 41):
            columns = np.stack([np.ones(len(N)), (N / N[0]) ** -alpha], axis=1)
            law = np.linalg.lstsq(columns, L, rcond=None)[0]
            found.append((np.sum((columns @ law - L) ** 2), alpha, *law))
        _, alpha, floor, excess = min(found)
        step = (high - low) / 40
        low, high = alpha - step, alpha + step
    return floor, excess * N[0] ** alpha, alpha


@fit_power_law_with_floor.mistake("floor-ignored", rows="M05")
def _(N: Array, L: Array) -> Any:
    """L - L_inf falls as a power of N; a line through log L itself assumes that L_inf is 0.

    The points curve away from that line: they lie above it at both ends and below it in the middle.
    The exponent comes out too small, and the predicted loss of large models is too low.

    Check: plot the losses and the law on log-log axes; the law should pass through every point.
    """
    return (0.0, *power_law(N, L))


@fit_power_law_with_floor.mistake("floor-left-in-the-fit", rows="M05")
def _(N: Array, L: Array) -> Any:
    """a and alpha belong to L - L_inf with the floor that was found; here they are fitted to L
    itself.

    L_inf is right. But the law then counts the floor twice, once on its own and once in a.

    Check: L_inf + a * N^-alpha should give back every loss.
    """
    return (exact_law(N, L)[0], *power_law(N, L))


@fit_power_law_with_floor.mistake("candidates-above-the-smallest-loss", rows="M06 N14")
def _(N: Array, L: Array) -> Any:
    """The floor is below every loss; above the smallest loss L - L_inf is negative and its
    logarithm nan.

    nan is neither larger nor smaller than anything, but np.argmin treats the first nan as the
    smallest entry. So one impossible candidate beats all possible ones.

    Check: print the largest candidate and the smallest loss.
    """
    candidates = np.linspace(0, L.max(), 500)
    logs = np.log(np.subtract.outer(L, candidates))
    place = np.argmin(logs.var(axis=0))
    return candidates[place], np.nan, np.nan


@fit_power_law_with_floor.mistake("floor-at-the-smallest-loss", rows="M06")
def _(N: Array, L: Array) -> Any:
    """The smallest measured loss is still above the floor, by a N^-alpha; here it is taken as the
    floor.

    Its own distance to the floor would be 0, which has no logarithm, so that point was left out. A
    larger model would fall below this floor.

    Check: L_inf should be smaller than every loss.
    """
    floor = L.min()
    above = floor < L
    return (floor, *power_law(N[above], L[above] - floor))


@fit_power_law_with_floor.mistake("ten-candidates-only")
def _(N: Array, L: Array) -> Any:
    """Ten candidates are a tenth of the smallest loss apart, but L_inf should be within 0.1 % of
    it.

    The best candidate is only near the floor. Search again between its two neighbours to come
    closer, and once more to come closer still.

    Check: L_inf + a * N^-alpha should give back every loss.
    """
    return best_of(np.linspace(0, L.min(), 10, endpoint=False), N, L)


@fit_power_law_with_floor.mistake("a-hundred-candidates-only")
def _(N: Array, L: Array) -> Any:
    """A hundred candidates are 1 % of the smallest loss apart, but L_inf should be within 0.1 % of
    it.

    The best candidate is close. Search again between its two neighbours to come closer, and once
    more to come closer still.

    Check: L_inf + a * N^-alpha should give back every loss.
    """
    return best_of(np.linspace(0, L.min(), 100, endpoint=False), N, L)


@fit_power_law_with_floor.mistake("floor-slope-for-alpha", at="alpha", rows="M03")
def _(N: Array, L: Array) -> Any:
    """The slope on log-log axes is -alpha; the minus sign is already in the law L_inf + a N^-alpha.

    Check: for a falling loss, alpha should be positive.
    """
    return -exact_law(N, L)[2]


@fit_power_law_with_floor.mistake("floor-logarithm-of-a", at="a")
def _(N: Array, L: Array) -> Any:
    """The intercept of the line through log(L - L_inf) is log a; a is its exponential.

    Check: L_inf + a * N^-alpha should give back every loss.
    """
    return np.log(exact_law(N, L)[1])


@fit_power_law_with_floor.mistake("floor-returned-last", rows="M02", convention=True)
def _(N: Array, L: Array) -> Any:
    """Some books give a and alpha first and the floor last; the contract asks for L_inf, a, alpha.

    All three numbers are right but in the wrong order.

    Check: the first number should be smaller than every loss.
    """
    floor, a, alpha = exact_law(N, L)
    return a, alpha, floor


@fit_power_law_with_floor.mistake("floor-not-returned", rows="M05")
def _(N: Array, L: Array) -> Any:
    """The law has three numbers, L_inf, a and alpha; here only a and alpha are returned.

    Check: the result should unpack into three names.
    """
    return exact_law(N, L)[1:]
