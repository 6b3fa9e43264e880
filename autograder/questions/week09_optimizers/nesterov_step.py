# mypy: disable-error-code="no-untyped-def"
# A wrong formula repeats the arguments; the reference above them states their types.
"""Nesterov's momentum: the gradient is asked for where the velocity is about to lead."""

from __future__ import annotations

from typing import Any

from autograder.questions.define import Inputs, Rng, question
from autograder.questions.week09_optimizers.formulas import (
    Arrays,
    drive_steps,
    gradients,
    parameters,
    run_keras,
    zeros,
)
from autograder.questions.week09_optimizers.momentum_step import walk


@question(points=10, returns=("params", "velocity"))
def nesterov_step(
    params: Arrays, grads: Arrays, velocity: Arrays, lr: float, momentum: float
) -> Any:
    """Steps of Nesterov's momentum, each with the velocity that the last returned.

    The student's function makes one step; it is called once for each gradient. params are the
    points at which gradients are measured, that is the points ahead.

    Args:
        params: the parameters by name, float64.
        grads: for each parameter its gradients, one for every step.
        velocity: for each parameter its velocity, zeros before the first step.
        lr: learning rate.
        momentum: the share of the old velocity that is kept.

    Returns:
        params + momentum * v - lr * grads and v, where v = momentum * velocity - lr * grads.

    Source: Nesterov 1983, in the form of Bengio et al. 2013; keras.optimizers.SGD with
    nesterov=True. PyTorch keeps v = momentum * v + grads instead: the same path, another velocity.
    """
    import keras

    optimizer = keras.optimizers.SGD(lr, momentum=momentum, nesterov=True)
    weights, memory = run_keras(optimizer, params, grads, {"momentum": velocity})
    return weights, memory["momentum"]


nesterov_step.driver(drive_steps)


@nesterov_step.case("first-step")
def _(rng: Rng) -> Inputs:
    return walk(rng, 1, zeros())


@nesterov_step.case("in-motion")
def _(rng: Rng) -> Inputs:
    return walk(rng, 1, parameters(rng))


@nesterov_step.case("twenty-steps", weight=3)
def _(rng: Rng) -> Inputs:
    return {**walk(rng, 20, zeros()), "grads": gradients(rng, 20)}


@nesterov_step.alternative("jump-back-and-ahead")
def _(params, grads, velocity, lr, momentum):
    # From the point ahead back to the walker, one step, and ahead again.
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    moved = {
        name: w - momentum * velocity[name] + (1 + momentum) * v[name] for name, w in params.items()
    }
    return moved, v


@nesterov_step.mistake("no-look-ahead", rows="G07")
def _(params, grads, velocity, lr, momentum):
    """Moving by v alone is plain momentum; the point ahead is one more momentum * v away.

    The same numbers come out when the look-ahead is built with the old velocity, as
    params + momentum * velocity - lr * grads. The new velocity, which knows this gradient, decides
    where to look next.

    Check: the first step from zeros should be (1 + momentum) times plain gradient descent's.
    """
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    return {name: w + v[name] for name, w in params.items()}, v


@nesterov_step.mistake("look-ahead-beyond-the-step", rows="G07")
def _(params, grads, velocity, lr, momentum):
    """Step v and look-ahead momentum * v are added, but the last look-ahead is never taken back.

    params is the point ahead, so it contains momentum * velocity already. Walking on from there
    counts it twice.

    Check: with a gradient of 0 the move should be momentum**2 * velocity.
    """
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    return {name: w + (1 + momentum) * v[name] for name, w in params.items()}, v


@nesterov_step.mistake("jump-back-with-the-wrong-sign", rows="G07")
def _(params, grads, velocity, lr, momentum):
    """The old look-ahead, momentum * velocity, is to be taken back; here it is added once more.

    Going from the point ahead to the walker means going against the velocity.

    Check: with a gradient of 0 the move should be momentum**2 * velocity.
    """
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    moved = {
        name: w + momentum * velocity[name] + (1 + momentum) * v[name] for name, w in params.items()
    }
    return moved, v


@nesterov_step.mistake("look-ahead-kept-as-velocity")
def _(params, grads, velocity, lr, momentum):
    """The velocity is v; here the whole move, momentum * v - lr * g, is kept as velocity.

    The first step is right, and the second has too much of the first gradient in it.

    Check: from zeros the returned velocity should be -lr * g.
    """
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    move = {name: momentum * v[name] - lr * g for name, g in grads.items()}
    return {name: w + move[name] for name, w in params.items()}, move


@nesterov_step.mistake("nesterov-step-without-gradient")
def _(params, grads, velocity, lr, momentum):
    """The move is momentum * v - lr * g; here the second part is missing.

    The gradient is in v as well, but there it has been shortened by momentum.

    Check: with momentum = 0 a step should be plain gradient descent.
    """
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    return {name: w + momentum * v[name] for name, w in params.items()}, v


@nesterov_step.mistake("nesterov-uphill", rows="G01")
def _(params, grads, velocity, lr, momentum):
    """A gradient points uphill, so both -lr * g carry a minus sign; here both carry a plus.

    The loss rises from the first step on.

    Check: with g = 1 and no velocity a parameter should become smaller.
    """
    v = {name: momentum * velocity[name] + lr * g for name, g in grads.items()}
    return {name: w + momentum * v[name] + lr * grads[name] for name, w in params.items()}, v


@nesterov_step.mistake("nesterov-without-learning-rate", rows="G04", convention=True)
def _(params, grads, velocity, lr, momentum):
    """PyTorch keeps v = momentum * v + g and moves by -lr * (g + momentum * v); here lr is in v.

    From zeros and with a constant lr both walk the same path. The velocities differ by the factor
    -1 / lr.

    Check: from zeros the returned velocity should be -lr * g.
    """
    v = {name: momentum * velocity[name] + g for name, g in grads.items()}
    moved = {name: w - lr * (grads[name] + momentum * v[name]) for name, w in params.items()}
    return moved, v


@nesterov_step.mistake("nesterov-as-an-average", rows="G04", convention=True)
def _(params, grads, velocity, lr, momentum):
    """Some books average, momentum * v + (1 - momentum) * g; here v adds up, with -lr * g.

    The average's velocity is shorter by the factor 1 - momentum.

    Check: from zeros the returned velocity should be -lr * g.
    """
    v = {name: momentum * velocity[name] + (1 - momentum) * g for name, g in grads.items()}
    moved = {
        name: w - lr * (momentum * v[name] + (1 - momentum) * grads[name])
        for name, w in params.items()
    }
    return moved, v


@nesterov_step.mistake("nesterov-not-kept", rows="G05")
def _(params, grads, velocity, lr, momentum):
    """The move is right, and the old velocity comes back: the next step knows nothing of this one.

    From zeros every step is then a first step.

    Check: after one step from zeros the returned velocity should not be 0.
    """
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    moved = {name: w + momentum * v[name] - lr * grads[name] for name, w in params.items()}
    return moved, velocity


@nesterov_step.mistake("nesterov-begun-anew", rows="G05")
def _(params, grads, velocity, lr, momentum):
    """The velocity that comes in is part of v; here v begins at 0 in every call.

    Every step is a first step, gradient descent with a learning rate of (1 + momentum) * lr.

    Check: with a gradient of 0 a parameter in motion should still move.
    """
    v = {name: -lr * g for name, g in grads.items()}
    return {name: w + momentum * v[name] - lr * grads[name] for name, w in params.items()}, v


@nesterov_step.mistake("nesterov-shared-by-shape", rows="G06")
def _(params, grads, velocity, lr, momentum):
    """Two parameters of one shape are still two; here they push each other's velocity.

    The memory is found by the shape of the array and not by its name.

    Check: with a gradient that is 0 for W2 alone, W2 should not move in the first step.
    """
    by_shape = {v.shape: v for v in velocity.values()}
    moved, kept = {}, {}
    for name, g in grads.items():
        by_shape[g.shape] = momentum * by_shape[g.shape] - lr * g
        kept[name] = by_shape[g.shape]
        moved[name] = params[name] + momentum * kept[name] - lr * g
    return moved, kept


@nesterov_step.mistake("nesterov-params-changed", rows="G02 N05")
def _(params, grads, velocity, lr, momentum):
    """`+=` on an array of params writes into the caller's array; a step returns new arrays.

    The numbers are right, and the caller's old parameters are gone.

    Check: compare params before and after the call.
    """
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    for name, g in grads.items():
        params[name] += momentum * v[name] - lr * g
    return params, v
