"""A scaling law, how far its prediction may be off, and what to build."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week11_scaling.formulas import log_line, sizes

PARTS = ("predicted", "low", "high", "choice")


@question(
    points=27,
    returns=PARTS,
    parts={"predicted": 2, "low": 2, "high": 2, "choice": 3},
    builds_on=("fit_power_law", "predict_loss"),
)
def bet_with_error_bar(N: Array, L: Array, N_new: Array, target: float, factor: float) -> Any:
    """Bet on the losses of models to come, with error bars, and choose one to build.

    Args:
        N: sizes of the models that were trained, shape (W,), float64, rising, at least three.
        L: their losses, shape (W,), float64.
        N_new: sizes that could be built, shape (M,), float64, rising.
        target: the loss that is promised.
        factor: how many standard errors of log L the bar reaches to either side.

    Returns:
        predicted (M,): the losses at N_new, by the power law without a floor that fits best.
        low, high (M,): the ends of their error bars, as losses.
        choice: the place in N_new of the smallest model whose high is at most target; -1 if
            there is none.

    Source: the prediction interval of a straight line, by a QR decomposition in keras.ops; Kaplan
    et al. 2020, equation 1.1.
    """
    from keras import ops

    x, y, new = (ops.log(ops.convert_to_tensor(each)) for each in (N, L, N_new))
    columns = ops.stack([ops.ones_like(x), x], axis=1)
    Q, R = ops.qr(columns)
    line = ops.solve_triangular(R, ops.matmul(ops.transpose(Q), y[:, None]))
    variance = ops.sum((y - ops.matmul(columns, line)[:, 0]) ** 2) / (len(N) - 2)
    there = ops.stack([ops.ones_like(new), new], axis=1)
    reach = ops.solve_triangular(ops.transpose(R), ops.transpose(there), lower=True)
    error = ops.sqrt(variance * (1 + ops.sum(reach**2, axis=0)))
    height = ops.matmul(there, line)[:, 0]
    low, high = ops.exp(height - factor * error), ops.exp(height + factor * error)
    safe = np.flatnonzero(np.asarray(high) <= target)
    return ops.exp(height), low, high, int(safe[0]) if len(safe) else -1


def heights(N: Array, L: Array, N_new: Array) -> tuple[Array, Array]:
    """The predicted logarithms at N_new, and the distances of log L from the line, shape (W,)."""
    x, y = np.log(N), np.log(L)
    intercept, slope = log_line(x, y)
    return intercept + slope * np.log(N_new), y - intercept - slope * x


def standard_error(N: Array, L: Array, N_new: Array) -> Array:
    """How far log L at N_new may be from the line, one standard error."""
    residuals = heights(N, L, N_new)[1]
    variance = np.sum(residuals**2) / (len(N) - 2)
    error: Array = np.sqrt(variance * (1 + line_alone(N, N_new)))
    return error


def line_alone(N: Array, N_new: Array) -> Array:
    """The squared error of the line itself at N_new, in units of the toys' scatter."""
    x = np.log(N)
    tilt: Array = (np.log(N_new) - x.mean()) ** 2 / np.sum((x - x.mean()) ** 2)
    return 1 / len(x) + tilt


def first_safe(high: Array, target: float) -> int:
    """The first place at which `high` is at most `target`; -1 if there is none."""
    safe = np.flatnonzero(high <= target)
    return int(safe[0]) if len(safe) else -1


def bet(predicted: Array, low: Array, high: Array, target: float) -> Any:
    """A whole answer with these bars, and the choice that follows from them."""
    return predicted, low, high, first_safe(high, target)


def with_error(N: Array, L: Array, N_new: Array, target: float, reach: Any) -> Any:
    """A whole answer whose bars reach so far in log L."""
    middle = heights(N, L, N_new)[0]
    return bet(np.exp(middle), np.exp(middle - reach), np.exp(middle + reach), target)


def toys(rng: Rng, W: int, low: float, high: float) -> Inputs:
    """Sizes, and losses that scatter about a power law by some 5 percent."""
    N = sizes(rng, W, low, high)
    steps = rng.permutation(np.linspace(-1, 1, W)) + rng.uniform(-0.3, 0.3, W)
    scatter = np.exp(0.06 * steps)
    return {"N": N, "L": rng.uniform(3, 30) * N ** -rng.uniform(0.25, 0.5) * scatter}


def ends(given: Inputs) -> tuple[Array, Array, Array]:
    """The lower ends, the predictions and the upper ends for two standard errors, as losses."""
    run = {name: given[name] for name in ("N", "L", "N_new")}
    middle, reach = heights(**run)[0], 2 * standard_error(**run)
    return np.exp(middle - reach), np.exp(middle), np.exp(middle + reach)


def plan(rng: Rng, W: int, M: int, low: float, high: float) -> Inputs:
    """Toys, and a promise that the last candidate but one is the first to keep for sure.

    The prediction alone keeps it at an earlier candidate, and the bar's lower end earlier still.
    """
    while True:
        given = toys(rng, W, low, high)
        given["N_new"] = 10 ** (high + 0.1 * (np.arange(M) + rng.uniform(-0.2, 0.2, M)))
        bars = ends(given)
        target = float(np.sqrt(bars[2][-3] * bars[2][-2]))
        firsts = [first_safe(end, target) for end in bars]
        if firsts[0] < firsts[1] < firsts[2] == M - 2:
            return {**given, "target": target, "factor": 2.0}


@bet_with_error_bar.case("typical", weight=2)
def _(rng: Rng) -> Inputs:
    return plan(rng, 6, 9, 2.5, 4.0)


@bet_with_error_bar.case("one-standard-error")
def _(rng: Rng) -> Inputs:
    given = plan(rng, 4, 11, 6, 8)
    _, predicted, high = (end[-2:] for end in ends(given))
    # Bars of half the length are at the geometric mean of the prediction and the end.
    target = float(np.prod(np.sqrt(predicted * high)) ** 0.5)
    return {**given, "target": target, "factor": 1.0}


@bet_with_error_bar.case("none-is-sure")
def _(rng: Rng) -> Inputs:
    given = plan(rng, 7, 8, 3, 5)
    # The largest candidate keeps the promise by its prediction, and not by its bar.
    _, predicted, high = (end[-1] for end in ends(given))
    return {**given, "target": float(np.sqrt(predicted * high))}


@bet_with_error_bar.case("one-candidate", square="one candidate is an array as well")
def _(rng: Rng) -> Inputs:
    given = {**toys(rng, 5, 2, 4), "N_new": 10 ** rng.uniform(4.5, 5, 1)}
    return {**given, "target": float(1.1 * ends(given)[2][0]), "factor": 2.0}


@bet_with_error_bar.alternative("by-the-covariance-of-the-line")
def _(N: Array, L: Array, N_new: Array, target: float, factor: float) -> Any:
    x, y, new = np.log(N), np.log(L), np.log(N_new)
    columns = np.stack([x, np.ones(len(x))], axis=1)
    line = np.linalg.lstsq(columns, y, rcond=None)[0]
    variance = np.sum((y - columns @ line) ** 2) / (len(x) - 2)
    covariance = variance * np.linalg.inv(columns.T @ columns)
    there = np.stack([new, np.ones(len(new))], axis=1)
    error = np.sqrt(variance + np.einsum("mi,ij,mj->m", there, covariance, there))
    low, high = np.exp(there @ line - factor * error), np.exp(there @ line + factor * error)
    choice = next((place for place, end in enumerate(high) if end <= target), -1)
    return np.exp(there @ line), low, high, choice


@bet_with_error_bar.mistake("bar-of-the-line-alone")
def _(N: Array, L: Array, N_new: Array, target: float, factor: float) -> Any:
    """This bar says where the line is; a new model scatters about that line as the toys do, and its
    scatter is missing.

    Three squared errors are added: the new model's own scatter s, the line's height s / sqrt(W),
    and its tilt. The first is the largest near the toys.

    Check: with very many toys, the bar should still reach factor * s to either side.
    """
    scatter = standard_error(N, L, N_new) / np.sqrt(1 + line_alone(N, N_new))
    return with_error(N, L, N_new, target, factor * scatter * np.sqrt(line_alone(N, N_new)))


@bet_with_error_bar.mistake("bar-of-the-scatter-alone")
def _(N: Array, L: Array, N_new: Array, target: float, factor: float) -> Any:
    """This bar is the scatter s of the toys; the line was fitted to a few of them and is uncertain
    too, in its height and in its tilt.

    In log L the bar is as long far out as it is among the toys.

    Check: the bar, in log L, should grow with the distance from the toys.
    """
    scatter = standard_error(N, L, N_new) / np.sqrt(1 + line_alone(N, N_new))
    return with_error(N, L, N_new, target, factor * scatter)


@bet_with_error_bar.mistake("tilt-left-out")
def _(N: Array, L: Array, N_new: Array, target: float, factor: float) -> Any:
    """The slope is uncertain too: at a distance d from the toys' middle it adds s d /
    sqrt(sum of d_i^2); here that part is missing.

    In log L the bar is as long far out as it is among the toys. Extrapolation would be free.

    Check: the bar, in log L, should grow with the distance from the toys.
    """
    scatter = standard_error(N, L, N_new) / np.sqrt(1 + line_alone(N, N_new))
    return with_error(N, L, N_new, target, factor * scatter * np.sqrt(1 + 1 / len(N)))


@bet_with_error_bar.mistake("height-left-out")
def _(N: Array, L: Array, N_new: Array, target: float, factor: float) -> Any:
    """The height of the line at the toys' middle is a mean of W scattered points, known to s /
    sqrt(W); here that part is missing.

    The new model's scatter and the tilt are counted.

    Check: for W = 4 toys and a new model at their middle, the bar should reach factor * s *
    sqrt(1.25).
    """
    scatter = standard_error(N, L, N_new) / np.sqrt(1 + line_alone(N, N_new))
    reach = scatter * np.sqrt(1 + line_alone(N, N_new) - 1 / len(N))
    return with_error(N, L, N_new, target, factor * reach)


@bet_with_error_bar.mistake("errors-added-without-squares")
def _(N: Array, L: Array, N_new: Array, target: float, factor: float) -> Any:
    """Independent errors add up in squares, and the root is taken of the sum; here the three parts
    themselves are added.

    It is rare that all three err in the same direction, so this bar is too long.

    Check: for W = 4 toys and a new model at their middle, the bar should reach factor * s *
    sqrt(1.25).
    """
    scatter = standard_error(N, L, N_new) / np.sqrt(1 + line_alone(N, N_new))
    height = np.sqrt(1 / len(N))
    tilt = np.sqrt(line_alone(N, N_new) - 1 / len(N))
    return with_error(N, L, N_new, target, factor * scatter * (1 + height + tilt))


@bet_with_error_bar.mistake("scatter-shared-by-all-toys")
def _(N: Array, L: Array, N_new: Array, target: float, factor: float) -> Any:
    """Two numbers of the line were fitted to the W toys, so the sum of squared distances is divided
    by W - 2; here it is divided by W.

    A line through two points meets both, however much they scatter. With few toys the difference is
    large.

    Check: for the four toys of the table, s should be 0.1414.
    """
    error = standard_error(N, L, N_new) * np.sqrt((len(N) - 2) / len(N))
    return with_error(N, L, N_new, target, factor * error)


@bet_with_error_bar.mistake("scatter-shared-by-one-less")
def _(N: Array, L: Array, N_new: Array, target: float, factor: float) -> Any:
    """A line has two fitted numbers, so the sum of squared distances is divided by W - 2; W - 1
    belongs to a mean, which is one fitted number.

    Check: for the four toys of the table, s should be 0.1414.
    """
    error = standard_error(N, L, N_new) * np.sqrt((len(N) - 2) / (len(N) - 1))
    return with_error(N, L, N_new, target, factor * error)


@bet_with_error_bar.mistake("scatter-of-the-losses-themselves")
def _(N: Array, L: Array, N_new: Array, target: float, factor: float) -> Any:
    """The scatter is that of the toys about the line; here it is the spread of log L itself, which
    mostly is the fall of the line.

    Losses that lie exactly on a line would get long bars.

    Check: for toys exactly on a power law, low, predicted and high should be equal.
    """
    spread = np.log(L).std(ddof=2)
    reach = spread * np.sqrt(1 + line_alone(N, N_new))
    return with_error(N, L, N_new, target, factor * reach)


@bet_with_error_bar.mistake("distances-without-logarithms", rows="M01")
def _(N: Array, L: Array, N_new: Array, target: float, factor: float) -> Any:
    """The line runs over log N, so distances from the toys' middle are taken in log N; here they
    are taken in N.

    In N itself the largest toy lies far from all others, and a new model enormously far.

    Check: multiplying every size by 10 should leave the bars as they are.
    """
    scatter = standard_error(N, L, N_new) / np.sqrt(1 + line_alone(N, N_new))
    tilt = (N_new - N.mean()) ** 2 / np.sum((N - N.mean()) ** 2)
    return with_error(N, L, N_new, target, factor * scatter * np.sqrt(1 + 1 / len(N) + tilt))


@bet_with_error_bar.mistake("distances-from-the-largest-toy")
def _(N: Array, L: Array, N_new: Array, target: float, factor: float) -> Any:
    """The line turns about the middle of the toys, the mean of log N; here distances are taken from
    the largest toy.

    The slope is a compromise of all toys, and is best known at their middle, not at their end.

    Check: the bar should be shortest at the mean of log N.
    """
    scatter = standard_error(N, L, N_new) / np.sqrt(1 + line_alone(N, N_new))
    x = np.log(N)
    tilt = (np.log(N_new) - x[-1]) ** 2 / np.sum((x - x.mean()) ** 2)
    return with_error(N, L, N_new, target, factor * scatter * np.sqrt(1 + 1 / len(N) + tilt))


@bet_with_error_bar.mistake("tilt-by-the-mean-of-squares")
def _(N: Array, L: Array, N_new: Array, target: float, factor: float) -> Any:
    """The slope is known to s / sqrt(sum of d_i^2); here the mean of the squares stands in place of
    their sum.

    Every further toy should make the slope more certain. With a mean it does not.

    Check: with every toy measured twice, the tilt's part should shrink.
    """
    scatter = standard_error(N, L, N_new) / np.sqrt(1 + line_alone(N, N_new))
    x = np.log(N)
    tilt = (np.log(N_new) - x.mean()) ** 2 / x.var()
    return with_error(N, L, N_new, target, factor * scatter * np.sqrt(1 + 1 / len(N) + tilt))


@bet_with_error_bar.mistake("bar-added-to-the-loss", rows="M09")
def _(N: Array, L: Array, N_new: Array, target: float, factor: float) -> Any:
    """The error belongs to log L: it is added to the logarithm, and then exp is taken; here it is
    added to the loss.

    The lower end may then fall below 0, which no loss can.

    Check: predicted / low should equal high / predicted.
    """
    predicted = np.exp(heights(N, L, N_new)[0])
    reach = factor * standard_error(N, L, N_new)
    return bet(predicted, predicted - reach, predicted + reach, target)


@bet_with_error_bar.mistake("bar-in-percent-of-the-loss", rows="M09")
def _(N: Array, L: Array, N_new: Array, target: float, factor: float) -> Any:
    """An error e of log L means factors exp(-e) and exp(e); 1 - e and 1 + e are near them for small
    e only.

    Check: predicted / low should equal high / predicted.
    """
    predicted = np.exp(heights(N, L, N_new)[0])
    reach = factor * standard_error(N, L, N_new)
    return bet(predicted, predicted * (1 - reach), predicted * (1 + reach), target)


@bet_with_error_bar.mistake("bar-left-in-logarithms", rows="M09")
def _(N: Array, L: Array, N_new: Array, target: float, factor: float) -> Any:
    """The ends of the bar are losses: exp of log L - factor * error and of log L + factor * error;
    here they are logarithms.

    Check: low should be smaller than predicted, and predicted smaller than high.
    """
    middle, reach = heights(N, L, N_new)[0], factor * standard_error(N, L, N_new)
    return bet(np.exp(middle), middle - reach, middle + reach, target)


@bet_with_error_bar.mistake("factor-left-out")
def _(N: Array, L: Array, N_new: Array, target: float, factor: float) -> Any:
    """The bar reaches factor standard errors to either side; here it reaches one, whatever the
    factor is.

    One standard error covers about two of three new models, two cover about 95 of 100.

    Check: with factor = 0, low and high should equal predicted.
    """
    return with_error(N, L, N_new, target, standard_error(N, L, N_new))


@bet_with_error_bar.mistake("bar-ends-exchanged")
def _(N: Array, L: Array, N_new: Array, target: float, factor: float) -> Any:
    """The contract asks for low and then high; here the two are swapped.

    Check: every entry of low should be smaller than that of high.
    """
    middle, reach = heights(N, L, N_new)[0], factor * standard_error(N, L, N_new)
    low, high = np.exp(middle - reach), np.exp(middle + reach)
    return np.exp(middle), high, low, first_safe(high, target)


@bet_with_error_bar.mistake("promise-by-the-prediction", at="choice")
def _(N: Array, L: Array, N_new: Array, target: float, factor: float) -> Any:
    """The promise is kept for sure where *high* is at most target; here the prediction was compared
    with it.

    A prediction that just meets the target misses it in one of two cases.

    Check: high[choice] should be at most target.
    """
    return first_safe(np.exp(heights(N, L, N_new)[0]), target)


@bet_with_error_bar.mistake("promise-by-the-lower-end", at="choice")
def _(N: Array, L: Array, N_new: Array, target: float, factor: float) -> Any:
    """The promise is kept for sure where *high* is at most target; here low was compared with it.

    This is the first model that could keep the promise with much luck.

    Check: high[choice] should be at most target.
    """
    reach = factor * standard_error(N, L, N_new)
    return first_safe(np.exp(heights(N, L, N_new)[0] - reach), target)


@bet_with_error_bar.mistake("largest-in-place-of-the-smallest", at="choice")
def _(N: Array, L: Array, N_new: Array, target: float, factor: float) -> Any:
    """Every model from the smallest safe one on keeps the promise, and the smallest is the
    cheapest; here the largest is chosen.

    Check: if choice is above 0, high[choice - 1] should be above target.
    """
    reach = factor * standard_error(N, L, N_new)
    safe = np.flatnonzero(np.exp(heights(N, L, N_new)[0] + reach) <= target)
    return int(safe[-1]) if len(safe) else -1


@bet_with_error_bar.mistake("none-taken-for-the-first", at="choice")
def _(N: Array, L: Array, N_new: Array, target: float, factor: float) -> Any:
    """Where no bar ends below target the answer is -1; np.argmax of an array that is False
    everywhere is 0, the place of the first model.

    The choice is right wherever one of the models is safe.

    Check: with target = 0 the choice should be -1.
    """
    reach = factor * standard_error(N, L, N_new)
    return int(np.argmax(np.exp(heights(N, L, N_new)[0] + reach) <= target))


@bet_with_error_bar.mistake("size-in-place-of-its-place", at="choice")
def _(N: Array, L: Array, N_new: Array, target: float, factor: float) -> Any:
    """The choice is a place in N_new, counted from 0; here it is the size that stands there.

    Check: N_new[choice] should be the size to build.
    """
    reach = factor * standard_error(N, L, N_new)
    place = first_safe(np.exp(heights(N, L, N_new)[0] + reach), target)
    return N_new[place] if place >= 0 else -1


@bet_with_error_bar.mistake("bet-left-in-logarithms", at="predicted", rows="M09")
def _(N: Array, L: Array, N_new: Array, target: float, factor: float) -> Any:
    """The line gives log L; the predicted loss is the exponential of that.

    Check: predicted should lie between low and high.
    """
    return heights(N, L, N_new)[0]


@bet_with_error_bar.mistake("bet-on-ordinary-paper", rows="M01 M09")
def _(N: Array, L: Array, N_new: Array, target: float, factor: float) -> Any:
    """A straight line in L and N soon predicts a loss below 0; the power law is a straight line in
    log L and log N.

    Check: no predicted loss should be negative.
    """
    intercept, slope = log_line(N, L)
    predicted = intercept + slope * N_new
    scatter = np.sum((L - intercept - slope * N) ** 2) / (len(N) - 2)
    tilt = (N_new - N.mean()) ** 2 / np.sum((N - N.mean()) ** 2)
    reach = factor * np.sqrt(scatter * (1 + 1 / len(N) + tilt))
    return bet(predicted, predicted - reach, predicted + reach, target)
