# mypy: disable-error-code="no-untyped-def"
# Wrong formulas repeat the reference's arguments; their types are stated there.
"""RMSprop: every weight's step is divided by the size of its recent gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import SMALL_NUMBERS, Inputs, Rng, question
from autograder.questions.week09_optimizers.formulas import (
    NO_EPS,
    Arrays,
    drive_steps,
    gradients,
    one_of,
    parameters,
    run_keras,
    squares,
    tiny_gradients,
    zeros,
)


@question(points=8, returns=("params", "mean_square"), parts={"params": 2, "mean_square": 1})
def rmsprop_step(
    params: Arrays, grads: Arrays, mean_square: Arrays, lr: float, rho: float, eps: float
) -> Any:
    """Steps of RMSprop, each with the mean square that the last returned.

    The student's function makes one step; it is called once for each gradient.

    Args:
        params: the parameters by name, float64.
        grads: for each parameter its gradients, one for every step.
        mean_square: for each parameter the running mean of its squared gradients, zeros before
            the first step.
        lr: learning rate.
        rho: the share of the old mean that is kept.
        eps: keeps the root above 0; added inside it, as Keras does.

    Returns:
        params - lr * grads / sqrt(s + eps) and s, where
        s = rho * mean_square + (1 - rho) * grads**2.

    Source: Hinton 2012, lecture 6e; keras.optimizers.RMSprop. PyTorch adds eps outside the root.
    """
    import keras

    optimizer = keras.optimizers.RMSprop(lr, rho=rho, epsilon=eps)
    weights, memory = run_keras(optimizer, params, grads, {"velocity": mean_square})
    return weights, memory["velocity"]


rmsprop_step.driver(drive_steps)


def walk(rng: Rng, grads: Arrays, mean_square: Arrays, eps: float = NO_EPS) -> Inputs:
    """A walk along these gradients, with settings drawn at random."""
    return {
        "params": parameters(rng),
        "grads": grads,
        "mean_square": mean_square,
        "lr": one_of(rng, 2**-4, 2**-5, 2**-6),
        "rho": one_of(rng, 0.75, 0.875, 0.9375),
        "eps": eps,
    }


@rmsprop_step.case("first-step")
def _(rng: Rng) -> Inputs:
    return walk(rng, gradients(rng, 1), zeros())


@rmsprop_step.case("in-motion")
def _(rng: Rng) -> Inputs:
    return walk(rng, gradients(rng, 1), squares(rng))


@rmsprop_step.case("twenty-steps", weight=3)
def _(rng: Rng) -> Inputs:
    return walk(rng, gradients(rng, 20), zeros())


@rmsprop_step.case("tiny-gradients")
def _(rng: Rng) -> Inputs:
    return walk(rng, tiny_gradients(rng), zeros(), eps=1e-10)


@rmsprop_step.alternative("difference-form")
def _(params, grads, mean_square, lr, rho, eps):
    # The mean moves part of the way towards the new square.
    s = {name: old + (1 - rho) * (grads[name] ** 2 - old) for name, old in mean_square.items()}
    return {name: w - grads[name] * (lr * (s[name] + eps) ** -0.5) for name, w in params.items()}, s


@rmsprop_step.mistake("rmsprop-uphill", rows="G01")
def _(params, grads, mean_square, lr, rho, eps):
    """The gradient points uphill, so a step subtracts; here it adds.

    The square root is never negative, so dividing by it does not change the direction.

    Check: with g = 1 a parameter should become smaller.
    """
    s = {name: rho * mean_square[name] + (1 - rho) * g**2 for name, g in grads.items()}
    return {name: w + lr * grads[name] / np.sqrt(s[name] + eps) for name, w in params.items()}, s


@rmsprop_step.mistake("root-missing", rows="G09")
def _(params, grads, mean_square, lr, rho, eps):
    """A mean of squares has the unit of g**2; only its square root can be compared with g.

    Without the root, steps get longer where gradients are small, and explode where they are tiny.

    Check: with rho = 0 and a tiny eps, every step should have length lr, whatever the gradient.
    """
    s = {name: rho * mean_square[name] + (1 - rho) * g**2 for name, g in grads.items()}
    return {name: w - lr * grads[name] / (s[name] + eps) for name, w in params.items()}, s


@rmsprop_step.mistake("rmsprop-eps-outside-the-root", rows="G09", convention=True)
def _(params, grads, mean_square, lr, rho, eps):
    """PyTorch divides by sqrt(s) + eps; this course, like Keras, divides by sqrt(s + eps).

    For gradients of order 1 the two agree. For gradients near 0, an eps of 1e-10 counts as 1e-10
    outside the square root and as 1e-5 inside.

    Check: with s = 0 and eps = 0.01 the divisor should be 0.1.
    """
    s = {name: rho * mean_square[name] + (1 - rho) * g**2 for name, g in grads.items()}
    moved = {name: w - lr * grads[name] / (np.sqrt(s[name]) + eps) for name, w in params.items()}
    return moved, s


@rmsprop_step.mistake("rmsprop-eps-left-out", rows="G09")
def _(params, grads, mean_square, lr, rho, eps):
    """A weight that never received a gradient has s = 0, and 0 / 0 is nan; eps keeps the square
    root above 0.

    A dead unit is enough, or a pixel that is black in every picture.

    Check: with a gradient of 0 from the start, a parameter should stay where it is.
    """
    s = {name: rho * mean_square[name] + (1 - rho) * g**2 for name, g in grads.items()}
    return {name: w - lr * grads[name] / np.sqrt(s[name]) for name, w in params.items()}, s


@rmsprop_step.mistake("rmsprop-eps-fixed", rows="G21", family={"small": SMALL_NUMBERS})
def _(params, grads, mean_square, lr, rho, eps, *, small=1e-7):
    """The square root uses the eps that was passed in; here it is always the same.

    Keras's default is 1e-7, PyTorch's 1e-8. So the caller decides.

    Check: with eps = 1e6 a step should be almost 0.
    """
    s = {name: rho * mean_square[name] + (1 - rho) * g**2 for name, g in grads.items()}
    return {name: w - lr * grads[name] / np.sqrt(s[name] + small) for name, w in params.items()}, s


@rmsprop_step.mistake("squares-never-fade", rows="G10")
def _(params, grads, mean_square, lr, rho, eps):
    """In a running mean old squares fade by the factor rho; a sum, mean_square + g**2, only grows.

    That is Adagrad. Its steps become shorter and shorter, and large gradients at the beginning slow
    a weight down forever.

    Check: with a gradient of 0, the mean square should shrink by the factor rho.
    """
    s = {name: mean_square[name] + g**2 for name, g in grads.items()}
    return {name: w - lr * grads[name] / np.sqrt(s[name] + eps) for name, w in params.items()}, s


@rmsprop_step.mistake("square-with-its-full-weight", rows="G10")
def _(params, grads, mean_square, lr, rho, eps):
    """In a mean the coefficients add up to 1: rho for the old, 1 - rho for the new; here the new
    square has the coefficient 1.

    With a constant gradient the mean square rises to g**2 / (1 - rho) instead of g**2.

    Check: with mean_square = g**2 the mean square should not change.
    """
    s = {name: rho * mean_square[name] + g**2 for name, g in grads.items()}
    return {name: w - lr * grads[name] / np.sqrt(s[name] + eps) for name, w in params.items()}, s


@rmsprop_step.mistake("rho-on-the-new-square")
def _(params, grads, mean_square, lr, rho, eps):
    """rho multiplies the old mean; here it multiplies the new square, and the old mean gets 1 -
    rho.

    With rho = 0.9, the mean then covers about one step instead of ten.

    Check: with rho = 1 the mean square should not change.
    """
    s = {name: (1 - rho) * mean_square[name] + rho * g**2 for name, g in grads.items()}
    return {name: w - lr * grads[name] / np.sqrt(s[name] + eps) for name, w in params.items()}, s


@rmsprop_step.mistake("gradient-not-squared", rows="G19")
def _(params, grads, mean_square, lr, rho, eps):
    """The mean is taken of g**2, which is never negative; here it is taken of g, and the square
    root of a negative mean is nan.

    A mean of gradients says where to go. A mean of squares says how large they are.

    Check: changing the sign of a gradient should not change the returned mean square.
    """
    s = {name: rho * mean_square[name] + (1 - rho) * g for name, g in grads.items()}
    return {name: w - lr * grads[name] / np.sqrt(s[name] + eps) for name, w in params.items()}, s


@rmsprop_step.mistake("divided-by-the-old-mean")
def _(params, grads, mean_square, lr, rho, eps):
    """The divisor already includes the current square; here it is the mean from before the step.

    Starting from zeros, the first step is divided by sqrt(eps) alone and is gigantic.

    Check: with a tiny eps, the first step from zeros should have length lr / sqrt(1 - rho).
    """
    s = {name: rho * mean_square[name] + (1 - rho) * g**2 for name, g in grads.items()}
    moved = {
        name: w - lr * grads[name] / np.sqrt(mean_square[name] + eps) for name, w in params.items()
    }
    return moved, s


@rmsprop_step.mistake("rmsprop-not-kept", rows="G05")
def _(params, grads, mean_square, lr, rho, eps):
    """The step is right, but the old mean square is returned, so nothing is ever remembered.

    Starting from zeros, every step then has the same length, lr / sqrt(1 - rho).

    Check: after one step from zeros the returned mean square should not be 0.
    """
    s = {name: rho * mean_square[name] + (1 - rho) * g**2 for name, g in grads.items()}
    moved = {name: w - lr * grads[name] / np.sqrt(s[name] + eps) for name, w in params.items()}
    return moved, mean_square


@rmsprop_step.mistake("rmsprop-begun-anew", rows="G05")
def _(params, grads, mean_square, lr, rho, eps):
    """The mean square passed in is part of the new one; here it starts from 0 in every call.

    Then only the sign of each gradient matters.

    Check: with a gradient of 0, the returned mean square should be rho times the old one.
    """
    s = {name: (1 - rho) * g**2 for name, g in grads.items()}
    return {name: w - lr * grads[name] / np.sqrt(s[name] + eps) for name, w in params.items()}, s


@rmsprop_step.mistake("rmsprop-shared-by-shape", rows="G06")
def _(params, grads, mean_square, lr, rho, eps):
    """Two parameters of the same shape are still separate; here they share a mean square.

    The mean square is looked up by the array's shape instead of its name.

    Check: if only W2's gradient is 0, the mean square of W2 should stay 0.
    """
    by_shape = {s.shape: s for s in mean_square.values()}
    moved, kept = {}, {}
    for name, g in grads.items():
        by_shape[g.shape] = rho * by_shape[g.shape] + (1 - rho) * g**2
        kept[name] = by_shape[g.shape]
        moved[name] = params[name] - lr * g / np.sqrt(kept[name] + eps)
    return moved, kept


@rmsprop_step.mistake("one-mean-for-all-weights", rows="G06")
def _(params, grads, mean_square, lr, rho, eps):
    """Every weight has a mean square of its own; here all weights of an array share one.

    np.mean averages over the weights. RMSprop averages over the steps, for each weight separately.

    Check: a weight that never received a gradient should have a mean square of 0.
    """
    s = {name: rho * mean_square[name] + (1 - rho) * np.mean(g**2) for name, g in grads.items()}
    return {name: w - lr * grads[name] / np.sqrt(s[name] + eps) for name, w in params.items()}, s


@rmsprop_step.mistake("rmsprop-gradients-changed", rows="G03 N05")
def _(params, grads, mean_square, lr, rho, eps):
    """`g /= root` writes into the caller's gradients; a step leaves its arguments unchanged.

    The numbers are right here, but the caller's gradients have changed.

    Check: compare grads before and after the call.
    """
    moved, s = {}, {}
    for name, g in grads.items():
        s[name] = rho * mean_square[name] + (1 - rho) * g**2
        g /= np.sqrt(s[name] + eps)
        moved[name] = params[name] - lr * g
    return moved, s


@rmsprop_step.mistake("rmsprop-memory-changed", rows="N05")
def _(params, grads, mean_square, lr, rho, eps):
    """`*=` and `+=` on an array of mean_square write into the caller's state; a step returns new
    state.

    The numbers are right, but a second run from the same zeros would start with a memory.

    Check: compare mean_square before and after the call.
    """
    for name, g in grads.items():
        mean_square[name] *= rho
        mean_square[name] += (1 - rho) * g**2
    moved = {
        name: w - lr * grads[name] / np.sqrt(mean_square[name] + eps) for name, w in params.items()
    }
    return moved, mean_square
