# mypy: disable-error-code="no-untyped-def"
# Wrong formulas repeat the reference's arguments; their types are stated there.
"""Nesterov's momentum: the gradient is taken at the point to which the velocity leads."""

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


@question(
    points=6,
    returns=("params", "velocity"),
    parts={"params": 2, "velocity": 1},
    builds_on=("momentum_step",),
)
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
    # Take the old look-ahead back, step, and look ahead again.
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    moved = {
        name: w - momentum * velocity[name] + (1 + momentum) * v[name] for name, w in params.items()
    }
    return moved, v


@nesterov_step.mistake("no-look-ahead", rows="G07")
def _(params, grads, velocity, lr, momentum):
    """Moving by v alone is plain momentum; the look-ahead point is another momentum * v away.

    The same numbers come out when the look-ahead uses the old velocity, as params + momentum *
    velocity - lr * grads. The new velocity, which includes the current gradient, decides where to
    look next.

    Check: the first step from zeros should be (1 + momentum) times that of plain gradient descent.
    """
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    return {name: w + v[name] for name, w in params.items()}, v


@nesterov_step.mistake("look-ahead-beyond-the-step", rows="G07")
def _(params, grads, velocity, lr, momentum):
    """The step v and the look-ahead momentum * v are added, but the previous look-ahead is never
    taken back.

    params is the look-ahead point, so it already contains momentum * velocity. Stepping from there
    counts it twice.

    Check: with a gradient of 0 the move should be momentum**2 * velocity.
    """
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    return {name: w + (1 + momentum) * v[name] for name, w in params.items()}, v


@nesterov_step.mistake("jump-back-with-the-wrong-sign", rows="G07")
def _(params, grads, velocity, lr, momentum):
    """The old look-ahead, momentum * velocity, should be taken back; here it is added again.

    Going back from the look-ahead point means going against the velocity.

    Check: with a gradient of 0 the move should be momentum**2 * velocity.
    """
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    moved = {
        name: w + momentum * velocity[name] + (1 + momentum) * v[name] for name, w in params.items()
    }
    return moved, v


@nesterov_step.mistake("look-ahead-kept-as-velocity")
def _(params, grads, velocity, lr, momentum):
    """The velocity is v; here the whole move, momentum * v - lr * g, is kept as the velocity.

    The first step is right; the second contains too much of the first gradient.

    Check: from zeros the returned velocity should be -lr * g.
    """
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    move = {name: momentum * v[name] - lr * g for name, g in grads.items()}
    return {name: w + move[name] for name, w in params.items()}, move


@nesterov_step.mistake("nesterov-step-without-gradient")
def _(params, grads, velocity, lr, momentum):
    """The move is momentum * v - lr * g; here the second term is missing.

    The gradient is in v as well, but there it is multiplied by momentum.

    Check: with momentum = 0 a step should be plain gradient descent.
    """
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    return {name: w + momentum * v[name] for name, w in params.items()}, v


@nesterov_step.mistake("nesterov-uphill", rows="G01")
def _(params, grads, velocity, lr, momentum):
    """The gradient points uphill, so -lr * g has a minus sign in both places; here it has a plus
    sign in both.

    The loss rises from the first step on.

    Check: with g = 1 and velocity 0, a parameter should become smaller.
    """
    v = {name: momentum * velocity[name] + lr * g for name, g in grads.items()}
    return {name: w + momentum * v[name] + lr * grads[name] for name, w in params.items()}, v


@nesterov_step.mistake("nesterov-without-learning-rate", rows="G04", convention=True)
def _(params, grads, velocity, lr, momentum):
    """PyTorch keeps v = momentum * v + g and moves by -lr * (g + momentum * v); in this course lr
    is part of v.

    From zeros and with a constant lr, both follow the same path. The velocities differ by the
    factor -1 / lr.

    Check: from zeros the returned velocity should be -lr * g.
    """
    v = {name: momentum * velocity[name] + g for name, g in grads.items()}
    moved = {name: w - lr * (grads[name] + momentum * v[name]) for name, w in params.items()}
    return moved, v


@nesterov_step.mistake("nesterov-as-an-average", rows="G04", convention=True)
def _(params, grads, velocity, lr, momentum):
    """Some books keep an average, momentum * v + (1 - momentum) * g; this course adds up, momentum
    * v - lr * g.

    The average's velocity is smaller by the factor 1 - momentum.

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
    """The move is right, but the old velocity is returned, so the next step knows nothing of this
    one.

    Starting from zeros, every step is then a first step.

    Check: after one step from zeros the returned velocity should not be 0.
    """
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    moved = {name: w + momentum * v[name] - lr * grads[name] for name, w in params.items()}
    return moved, velocity


@nesterov_step.mistake("nesterov-begun-anew", rows="G05")
def _(params, grads, velocity, lr, momentum):
    """The velocity passed in is part of v; here v starts from 0 in every call.

    Every step is then a first step: gradient descent with a learning rate of (1 + momentum) * lr.

    Check: with a gradient of 0, a parameter with a velocity should still move.
    """
    v = {name: -lr * g for name, g in grads.items()}
    return {name: w + momentum * v[name] - lr * grads[name] for name, w in params.items()}, v


@nesterov_step.mistake("nesterov-shared-by-shape", rows="G06")
def _(params, grads, velocity, lr, momentum):
    """Two parameters of the same shape are still separate; here they share a velocity.

    The velocity is looked up by the array's shape instead of its name.

    Check: if only W2's gradient is 0, W2 should not move in the first step.
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

    The numbers are right, but the caller's old parameters are gone.

    Check: compare params before and after the call.
    """
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    for name, g in grads.items():
        params[name] += momentum * v[name] - lr * g
    return params, v
