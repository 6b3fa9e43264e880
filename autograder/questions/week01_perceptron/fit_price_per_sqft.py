"""Guess, measure, adjust, repeat."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=14, returns=("history",))
def fit_price_per_sqft(size: Array, price: Array, w0: float, lr: float, steps: int) -> Any:
    """The price guess w after every nudge against the slope of the mean squared error.

    The loss is mean((w * size - price)^2). Each step is w <- w - lr * dloss/dw, with
    dloss/dw = 2 * mean((w * size - price) * size) at the present w.

    Args:
        size: of each house in 1,000 square feet, shape (N,), float64.
        price: of each house in 1,000 dollars, shape (N,), float64.
        w0: the first guess, in dollars a square foot.
        lr: learning rate.
        steps: how many nudges.

    Returns:
        All guesses from w0 to the last, shape (steps + 1,), float64.

    Source: tf.GradientTape through the mean squared error.
    """
    import tensorflow as tf

    from course_lib.gradients import vector_jacobian_product

    def loss(w: Any) -> Any:
        return tf.reduce_mean((w * size - price) ** 2)

    history = [np.asarray(w0, size.dtype)]
    for _ in range(steps):
        slope = vector_jacobian_product(loss, [history[-1]])[0]
        history.append(np.asarray(history[-1] - lr * slope, size.dtype))
    return np.array(history)


def houses(rng: Rng, N: int, lr: float, steps: int, noise: float = 0.0) -> Inputs:
    """Houses at a random price a square foot, and a first guess that is too low."""
    size = rng.uniform(0.6, 2.0, N)
    return {
        "size": size,
        "price": rng.uniform(150, 250) * size + noise * rng.normal(size=N),
        "w0": float(rng.uniform(20, 80)),
        "lr": lr,
        "steps": steps,
    }


@fit_price_per_sqft.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return houses(rng, 7, 0.1, 5, noise=10.0)


@fit_price_per_sqft.case("many-houses", weight=2)
def _(rng: Rng) -> Inputs:
    return houses(rng, 30, 0.05, 12, noise=20.0)


@fit_price_per_sqft.case("overshooting", square="one house: its mean is the house itself")
def _(rng: Rng) -> Inputs:
    return houses(rng, 1, 0.4, 8)


def guesses(
    size: Array,
    price: Array,
    w0: float,
    lr: float,
    steps: int,
    slope: Any = lambda w, size, price: 2 * np.mean((w * size - price) * size),
) -> Array:
    """The loop with any slope, for mistakes that are made in the slope."""
    history = [w0]
    for _ in range(steps):
        history.append(history[-1] - lr * slope(history[-1], size, price))
    return np.array(history)


@fit_price_per_sqft.mistake("price-nudged-uphill", rows="G01")
def _(size: Array, price: Array, w0: float, lr: float, steps: int) -> Any:
    """The slope points to where the loss rises, so w moves against it: w - lr * slope.

    Every guess is farther from the answer than the one before, and the loss grows.

    Check: a first guess that is far too low should rise.
    """
    return guesses(size, price, w0, -lr, steps)


@fit_price_per_sqft.mistake("price-slope-without-two", rows="C03", convention=True)
def _(size: Array, price: Array, w0: float, lr: float, steps: int) -> Any:
    """Some books halve the loss to cancel the 2; in this course the loss is the plain mean square.

    The slope of a square has a factor of 2. Without it every nudge is half as long as it should be.

    Check: one house of size 1 and price 200, w0 = 50, lr = 0.1: the second guess should be 80.
    """
    return guesses(size, price, w0, lr / 2, steps)


@fit_price_per_sqft.mistake("price-slope-summed", rows="B09 C04")
def _(size: Array, price: Array, w0: float, lr: float, steps: int) -> Any:
    """The loss is a mean over the houses, so its slope is a mean too; here it is a sum.

    Every nudge is N times too long. With many houses the guesses swing more and more widely.

    Check: listing every house twice should change nothing.
    """
    return guesses(size, price, w0, lr * len(size), steps)


@fit_price_per_sqft.mistake("price-slope-averaged-twice", rows="B08")
def _(size: Array, price: Array, w0: float, lr: float, steps: int) -> Any:
    """A mean divides by N once; here the slope is divided by N again.

    Every nudge is N times too short, so the guess hardly moves.

    Check: listing every house twice should change nothing.
    """
    return guesses(size, price, w0, lr / len(size), steps)


@fit_price_per_sqft.mistake("price-slope-without-size")
def _(size: Array, price: Array, w0: float, lr: float, steps: int) -> Any:
    """If w grows by 1, the error w * size - price grows by size, so the slope has a factor of size.

    Here only the mean error is used. For houses of size 1 the mistake does not show.

    Check: one house of size 2 and price 400, w0 = 50, lr = 0.1: the second guess should be 170.
    """
    return guesses(size, price, w0, lr, steps, lambda w, s, p: 2 * np.mean(w * s - p))


@fit_price_per_sqft.mistake("price-means-multiplied")
def _(size: Array, price: Array, w0: float, lr: float, steps: int) -> Any:
    """The mean of the products error * size is not the product of the two means.

    A large house has both a large error and a large size, and averaging the two separately loses
    that. For a single house both agree.

    Check: compute both for the errors [0, 1] and the sizes [0, 1].
    """
    return guesses(size, price, w0, lr, steps, lambda w, s, p: 2 * np.mean(w * s - p) * np.mean(s))


@fit_price_per_sqft.mistake("price-slope-of-the-distance")
def _(size: Array, price: Array, w0: float, lr: float, steps: int) -> Any:
    """This is the slope of the absolute error; in this exercise the loss is the squared error.

    All nudges have about the same length, however far the guess is from the answer.

    Check: the nudges should shrink as the guess comes closer.
    """
    return guesses(size, price, w0, lr, steps, lambda w, s, p: np.mean(np.sign(w * s - p) * s))


@fit_price_per_sqft.mistake("price-nudged-by-the-loss")
def _(size: Array, price: Array, w0: float, lr: float, steps: int) -> Any:
    """The loss says how wrong the guess is; its slope says which way to go, and w uses the slope.

    A loss is never negative, so this nudge always goes down, even when the guess is too low.

    Check: a first guess that is far too low should rise.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return guesses(size, price, w0, lr, steps, lambda w, s, p: np.mean((w * s - p) ** 2))


@fit_price_per_sqft.mistake("price-slope-at-the-first-guess", rows="L07")
def _(size: Array, price: Array, w0: float, lr: float, steps: int) -> Any:
    """The slope is computed again at every guess; here the slope at w0 is used for all steps.

    The guesses move in equal steps and run past the answer. The first nudge is right.

    Check: the nudges should shrink as the guess comes closer.
    """
    slope = 2 * np.mean((w0 * size - price) * size)
    return w0 - lr * slope * np.arange(steps + 1)


@fit_price_per_sqft.mistake("price-nudged-house-by-house")
def _(size: Array, price: Array, w0: float, lr: float, steps: int) -> Any:
    """One step averages over all houses and nudges once; here there is a nudge after each house.

    The perceptron learns example by example. This loss is a mean over all houses, so its slope
    needs all of them before w moves.

    Check: the order of the houses should not change the result.
    """
    w, history = w0, [w0]
    for _ in range(steps):
        for s, p in zip(size, price, strict=True):
            w = w - lr * 2 * (w * s - p) * s
        history.append(w)
    return np.array(history)


@fit_price_per_sqft.mistake("price-rate-unused", rows="G02")
def _(size: Array, price: Array, w0: float, lr: float, steps: int) -> Any:
    """A nudge is lr times the slope; here it is the whole slope, as if lr were 1.

    The guess jumps past the answer, and farther with each step.

    Check: with lr = 0 every guess should be w0.
    """
    return guesses(size, price, w0, 1.0, steps)


@fit_price_per_sqft.mistake("price-guess-never-moved", rows="G02")
def _(size: Array, price: Array, w0: float, lr: float, steps: int) -> Any:
    """Each guess starts from the one before it; here every step starts again from w0.

    The first nudge is right, and all later entries repeat it. The new guess has to be kept for the
    next step.

    Check: the third entry should differ from the second.
    """
    return np.r_[w0, np.full(steps, guesses(size, price, w0, lr, 1)[1])]


@fit_price_per_sqft.mistake("price-history-without-the-first", rows="G38")
def _(size: Array, price: Array, w0: float, lr: float, steps: int) -> Any:
    """The history begins with w0, before any nudge, and has steps + 1 entries; here w0 is missing.

    All guesses after the first are there.

    Check: with steps = 0 the result should hold only w0.
    """
    return guesses(size, price, w0, lr, steps)[1:]


@fit_price_per_sqft.mistake("price-history-without-the-last", rows="G38")
def _(size: Array, price: Array, w0: float, lr: float, steps: int) -> Any:
    """The guess after the last nudge is part of the history; here the history ends before it.

    Storing the guess before each nudge misses the result of the last nudge.

    Check: with steps = 1 the result should hold two numbers.
    """
    return guesses(size, price, w0, lr, steps)[:-1]


@fit_price_per_sqft.mistake("price-history-one-behind", rows="G38")
def _(size: Array, price: Array, w0: float, lr: float, steps: int) -> Any:
    """Entry k is the guess after k nudges; here w0 appears twice and the rest are one place late.

    The length is right. Storing the guess before each nudge, when w0 is already stored, causes
    this.

    Check: the second entry should differ from the first.
    """
    return np.r_[w0, guesses(size, price, w0, lr, steps)[:-1]]


@fit_price_per_sqft.mistake("price-last-guess-only", rows="L09")
def _(size: Array, price: Array, w0: float, lr: float, steps: int) -> Any:
    """The docstring asks for every guess, (steps + 1,); this is only the last one.

    The number itself is right. The history shows whether learning has converged.

    Check: with steps = 1 the result should hold two numbers.
    """
    return guesses(size, price, w0, lr, steps)[-1]


@fit_price_per_sqft.mistake("price-history-of-losses")
def _(size: Array, price: Array, w0: float, lr: float, steps: int) -> Any:
    """The history holds the guesses w; these are their losses, mean((w * size - price)^2).

    The entries fall towards 0 where they should rise towards the price a square foot.

    Check: the first entry should be w0.
    """
    history = guesses(size, price, w0, lr, steps)
    return np.array([np.mean((w * size - price) ** 2) for w in history])


@fit_price_per_sqft.mistake("price-solved-at-once")
def _(size: Array, price: Array, w0: float, lr: float, steps: int) -> Any:
    """A formula gives the best w directly; the task is to approach it by nudges.

    The formula is sum(size * price) / sum(size^2), and all entries after the first equal it. Most
    later networks have no such formula, which is why this exercise takes steps.

    Check: with a small lr the second entry should be close to the first.
    """
    best = np.sum(size * price) / np.sum(size**2)
    return np.r_[w0, np.full(steps, best)]
