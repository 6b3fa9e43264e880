# mypy: disable-error-code="no-untyped-def"
# Wrong formulas repeat the reference's arguments; their types are stated there.
"""Momentum: a step that remembers the steps before it."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Inputs, Rng, question
from autograder.questions.week09_optimizers.formulas import (
    Arrays,
    drive_steps,
    gradients,
    one_of,
    parameters,
    run_keras,
    zeros,
)


@question(points=7, returns=("params", "velocity"), parts={"params": 2, "velocity": 1})
def momentum_step(
    params: Arrays, grads: Arrays, velocity: Arrays, lr: float, momentum: float
) -> Any:
    """Steps of gradient descent with momentum, each with the velocity that the last returned.

    The student's function makes one step; it is called once for each gradient.

    Args:
        params: the parameters by name, float64.
        grads: for each parameter its gradients, one for every step.
        velocity: for each parameter its velocity, zeros before the first step.
        lr: learning rate.
        momentum: the share of the old velocity that is kept.

    Returns:
        params + v and v, where v = momentum * velocity - lr * grads.

    Source: Polyak 1964; keras.optimizers.SGD. PyTorch keeps v = momentum * v + grads instead and
    moves by -lr * v: the same path, another velocity.
    """
    import keras

    optimizer = keras.optimizers.SGD(lr, momentum=momentum)
    weights, memory = run_keras(optimizer, params, grads, {"momentum": velocity})
    return weights, memory["momentum"]


momentum_step.driver(drive_steps)


def walk(rng: Rng, steps: int, velocity: Arrays) -> Inputs:
    """A walk of so many steps, with settings drawn at random."""
    return {
        "params": parameters(rng),
        "grads": gradients(rng, steps),
        "velocity": velocity,
        "lr": one_of(rng, 2**-4, 2**-5, 2**-6),
        "momentum": one_of(rng, 0.75, 0.875, 0.9375),
    }


@momentum_step.case("first-step")
def _(rng: Rng) -> Inputs:
    return walk(rng, 1, zeros())


@momentum_step.case("in-motion")
def _(rng: Rng) -> Inputs:
    return walk(rng, 1, parameters(rng))


@momentum_step.case("twenty-steps", weight=3)
def _(rng: Rng) -> Inputs:
    return walk(rng, 20, zeros())


@momentum_step.alternative("loop")
def _(params, grads, velocity, lr, momentum):
    moved, kept = {}, {}
    for name in params:
        kept[name] = momentum * velocity[name] - lr * grads[name]
        moved[name] = params[name] + kept[name]
    return moved, kept


@momentum_step.alternative("copies-changed-in-place")
def _(params, grads, velocity, lr, momentum):
    params = {name: w.copy() for name, w in params.items()}
    velocity = {name: v.copy() for name, v in velocity.items()}
    for name, g in grads.items():
        velocity[name] *= momentum
        velocity[name] -= lr * g
        params[name] += velocity[name]
    return params, velocity


@momentum_step.mistake("momentum-uphill", rows="G01")
def _(params, grads, velocity, lr, momentum):
    """The gradient points uphill, so the velocity gains -lr * g; here the sign is plus.

    The loss rises from the first step on, and with momentum it rises faster and faster.

    Check: with g = 1 and velocity 0, a parameter should become smaller.
    """
    v = {name: momentum * velocity[name] + lr * g for name, g in grads.items()}
    return {name: w + v[name] for name, w in params.items()}, v


@momentum_step.mistake("momentum-parameters-unmoved", rows="G02")
def _(params, grads, velocity, lr, momentum):
    """The returned parameters are those passed in; only the velocity has changed.

    In a loop, a line such as `w = w + v` only gives a local name a new array. The dict still holds
    the old one.

    Check: after one step with a gradient that is not 0, the result should differ from params.
    """
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    return dict(params), v


@momentum_step.mistake("momentum-params-changed", rows="G02 N05")
def _(params, grads, velocity, lr, momentum):
    """`+=` on an array of params writes into the caller's array; a step returns new arrays.

    The numbers are right, but the caller's old parameters are gone. Two optimizers can then no
    longer be compared from the same start.

    Check: compare params before and after the call.
    """
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    for name in params:
        params[name] += v[name]
    return params, v


@momentum_step.mistake("momentum-velocity-changed", rows="N05")
def _(params, grads, velocity, lr, momentum):
    """`*=` and `-=` on an array of velocity write into the caller's state; a step returns new
    state.

    The numbers are right, but a second run from the same zeros would start with a velocity.

    Check: compare velocity before and after the call.
    """
    for name, g in grads.items():
        velocity[name] *= momentum
        velocity[name] -= lr * g
    return {name: w + velocity[name] for name, w in params.items()}, velocity


@momentum_step.mistake("momentum-gradients-changed", rows="G03 N05")
def _(params, grads, velocity, lr, momentum):
    """`g *= lr` writes into the caller's gradients; a step leaves its arguments unchanged.

    The numbers are right here. But the caller's gradients are now lr times as large, for their norm
    or for another optimizer.

    Check: compare grads before and after the call.
    """
    v = {}
    for name, g in grads.items():
        g *= lr
        v[name] = momentum * velocity[name] - g
    return {name: w + v[name] for name, w in params.items()}, v


@momentum_step.mistake("momentum-as-an-average", rows="G04", convention=True)
def _(params, grads, velocity, lr, momentum):
    """Some books keep an average, momentum * v + (1 - momentum) * g; this course adds up, momentum
    * v - lr * g.

    The average's first step is 1 - momentum times as long as in this course. With a learning rate
    larger by the factor 1 / (1 - momentum), both follow the same path.

    Check: the first step from zeros should move a parameter by -lr * g.
    """
    v = {name: momentum * velocity[name] + (1 - momentum) * g for name, g in grads.items()}
    return {name: w - lr * v[name] for name, w in params.items()}, v


@momentum_step.mistake("momentum-without-learning-rate", rows="G04", convention=True)
def _(params, grads, velocity, lr, momentum):
    """PyTorch keeps momentum * v + g and moves by -lr * v; in this course, as in Keras, v contains
    -lr * g.

    From zeros and with a constant lr, both follow the same path. The velocities differ by the
    factor -1 / lr, and the paths separate as soon as lr changes or a run is resumed.

    Check: from zeros, the returned velocity should be -lr * g, which is the step itself.
    """
    v = {name: momentum * velocity[name] + g for name, g in grads.items()}
    return {name: w - lr * v[name] for name, w in params.items()}, v


@momentum_step.mistake("momentum-not-kept", rows="G05")
def _(params, grads, velocity, lr, momentum):
    """The step is right, but the old velocity is returned, so the next step knows nothing of this
    one.

    Starting from zeros, every step is then a first step, which is plain gradient descent.

    Check: after one step from zeros the returned velocity should not be 0.
    """
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    return {name: w + v[name] for name, w in params.items()}, velocity


@momentum_step.mistake("momentum-begun-anew", rows="G05 N06")
def _(params, grads, velocity, lr, momentum):
    """The velocity passed in is part of the step; here it starts from 0 in every call.

    That is plain gradient descent, and the argument momentum has no effect.

    Check: with a gradient of 0, a parameter with a velocity should still move.
    """
    v = {name: -lr * g for name, g in grads.items()}
    return {name: w + v[name] for name, w in params.items()}, v


@momentum_step.mistake("momentum-shared-by-all", rows="G06")
def _(params, grads, velocity, lr, momentum):
    """Each parameter has its own velocity; here the last parameter's carries over to the next.

    One variable v is shared by all iterations of the loop. Where shapes differ, NumPy broadcasts
    one array to the other or raises an error.

    Check: if only W2's gradient is 0, W2 should not move in the first step.
    """
    v, moved, kept = velocity["W1"], {}, {}
    for name, g in grads.items():
        v = momentum * v - lr * g
        moved[name], kept[name] = params[name] + v, v
    return moved, kept


@momentum_step.mistake("momentum-shared-by-shape", rows="G06")
def _(params, grads, velocity, lr, momentum):
    """Two parameters of the same shape are still separate; here they share a velocity.

    The velocity is looked up by the array's shape instead of its name. In a network whose layers
    all differ in size this makes no difference.

    Check: if only W2's gradient is 0, W2 should not move in the first step.
    """
    by_shape = {v.shape: v for v in velocity.values()}
    moved, kept = {}, {}
    for name, g in grads.items():
        by_shape[g.shape] = momentum * by_shape[g.shape] - lr * g
        kept[name] = by_shape[g.shape]
        moved[name] = params[name] + kept[name]
    return moved, kept


@momentum_step.mistake("moved-by-the-old-velocity")
def _(params, grads, velocity, lr, momentum):
    """A parameter moves by the new velocity, which includes the current gradient; here it moves by
    the old one.

    Every gradient takes effect one step late. Starting from zeros, the first step does not move at
    all.

    Check: the first step from zeros should move a parameter by -lr * g.
    """
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    return {name: w + velocity[name] for name, w in params.items()}, v


@momentum_step.mistake("learning-rate-taken-twice")
def _(params, grads, velocity, lr, momentum):
    """The velocity already contains lr, so a parameter moves by v; here it moves by lr * v.

    This mixes two conventions: one has lr in the velocity, the other in the step.

    Check: with lr = 0.1 and g = 1, the first step from zeros should be -0.1 and not -0.01.
    """
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    return {name: w + lr * v[name] for name, w in params.items()}, v


@momentum_step.mistake("learning-rate-left-out")
def _(params, grads, velocity, lr, momentum):
    """The velocity gains -lr * g; here it gains -g, and lr has no effect.

    The steps are 1 / lr times too long.

    Check: with lr = 0 and velocity 0, nothing should move.
    """
    v = {name: momentum * velocity[name] - g for name, g in grads.items()}
    return {name: w + v[name] for name, w in params.items()}, v


@momentum_step.mistake("momentum-on-the-gradient-too")
def _(params, grads, velocity, lr, momentum):
    """momentum multiplies only the old velocity; here it multiplies the new gradient as well.

    A pair of parentheses encloses too much. All steps are shorter by the factor momentum.

    Check: with momentum = 0 a step should be plain gradient descent.
    """
    v = {name: momentum * (velocity[name] - lr * g) for name, g in grads.items()}
    return {name: w + v[name] for name, w in params.items()}, v


@momentum_step.mistake("returned-inside-the-loop", rows="L16")
def _(params, grads, velocity, lr, momentum):
    """The function returns inside its loop, so the result holds only the first parameter.

    `return` ends the function in whichever iteration of the loop it is reached.

    Check: the returned dicts should have as many keys as params.
    """
    moved, kept = {}, {}
    for name in params:
        kept[name] = momentum * velocity[name] - lr * grads[name]
        moved[name] = params[name] + kept[name]
        return moved, kept
    return None


@momentum_step.mistake("velocity-before-params")
def _(params, grads, velocity, lr, momentum):
    """The two results are swapped: the contract returns the parameters first, then the velocity.

    The caller confuses the two from the first step on.

    Check: with a gradient of 0 and velocity 0, the first result should equal params.
    """
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    return v, {name: w + v[name] for name, w in params.items()}


@momentum_step.mistake("signs-only")
def _(params, grads, velocity, lr, momentum):
    """Momentum uses the gradient with its size, -lr * g; here only its sign is used.

    A steep and a flat direction then move at the same pace. Lion, at the end of the week, does
    something similar.

    Check: doubling the gradient should double the first step.
    """
    v = {name: momentum * velocity[name] - lr * np.sign(g) for name, g in grads.items()}
    return {name: w + v[name] for name, w in params.items()}, v
