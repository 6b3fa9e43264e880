# mypy: disable-error-code="no-untyped-def"
# A wrong formula repeats the arguments; the reference above them states their types.
"""Momentum: a nudge that remembers the nudges before it."""

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


@question(points=10, returns=("params", "velocity"))
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
    """A gradient points uphill, so the velocity takes up -lr * g; here the sign is plus.

    The loss rises from the first step on, and with momentum it rises faster and faster.

    Check: with g = 1 and no velocity a parameter should become smaller.
    """
    v = {name: momentum * velocity[name] + lr * g for name, g in grads.items()}
    return {name: w + v[name] for name, w in params.items()}, v


@momentum_step.mistake("momentum-parameters-unmoved", rows="G02")
def _(params, grads, velocity, lr, momentum):
    """The parameters that come back are those that went in; only the velocity has changed.

    A line such as `w = w + v` in a loop gives a local name a new array. The dict still holds the
    old one.

    Check: one step with a gradient that is not 0 should return other numbers than params.
    """
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    return dict(params), v


@momentum_step.mistake("momentum-params-changed", rows="G02 N05")
def _(params, grads, velocity, lr, momentum):
    """`+=` on an array of params writes into the caller's array; a step returns new arrays.

    The numbers are right, and the caller's old parameters are gone. Comparing two optimizers from
    the same start is then impossible.

    Check: compare params before and after the call.
    """
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    for name in params:
        params[name] += v[name]
    return params, v


@momentum_step.mistake("momentum-velocity-changed", rows="N05")
def _(params, grads, velocity, lr, momentum):
    """`*=` and `-=` on an array of velocity write into the caller's state; new state is returned.

    The numbers are right. Whoever starts a second walk from the same zeros starts it in motion.

    Check: compare velocity before and after the call.
    """
    for name, g in grads.items():
        velocity[name] *= momentum
        velocity[name] -= lr * g
    return {name: w + velocity[name] for name, w in params.items()}, velocity


@momentum_step.mistake("momentum-gradients-changed", rows="G03 N05")
def _(params, grads, velocity, lr, momentum):
    """`g *= lr` writes into the caller's gradients; a step leaves its arguments as they were.

    The numbers are right here. Whoever uses the gradients once more, for their norm or for another
    optimizer, finds them lr times as large.

    Check: compare grads before and after the call.
    """
    v = {}
    for name, g in grads.items():
        g *= lr
        v[name] = momentum * velocity[name] - g
    return {name: w + v[name] for name, w in params.items()}, v


@momentum_step.mistake("momentum-as-an-average", rows="G04", convention=True)
def _(params, grads, velocity, lr, momentum):
    """Some books keep an average, momentum * v + (1 - momentum) * g; here v adds up, with -lr * g.

    The first step of the average is 1 - momentum times as long as in this course. With a learning
    rate that is larger by 1 / (1 - momentum) both walk the same path.

    Check: the first step from zeros should move a parameter by -lr * g.
    """
    v = {name: momentum * velocity[name] + (1 - momentum) * g for name, g in grads.items()}
    return {name: w - lr * v[name] for name, w in params.items()}, v


@momentum_step.mistake("momentum-without-learning-rate", rows="G04", convention=True)
def _(params, grads, velocity, lr, momentum):
    """PyTorch keeps momentum * v + g and moves by -lr * v; here, as in Keras, -lr * g is inside v.

    From zeros and with a constant lr both walk the same path. The velocities differ by the factor
    -1 / lr, and the paths part as soon as lr changes or a walk is resumed.

    Check: from zeros the returned velocity should be -lr * g, which is the step itself.
    """
    v = {name: momentum * velocity[name] + g for name, g in grads.items()}
    return {name: w - lr * v[name] for name, w in params.items()}, v


@momentum_step.mistake("momentum-not-kept", rows="G05")
def _(params, grads, velocity, lr, momentum):
    """The step is right, and the old velocity comes back: the next step knows nothing of this one.

    From zeros every step is then a first step, which is plain gradient descent.

    Check: after one step from zeros the returned velocity should not be 0.
    """
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    return {name: w + v[name] for name, w in params.items()}, velocity


@momentum_step.mistake("momentum-begun-anew", rows="G05 N06")
def _(params, grads, velocity, lr, momentum):
    """The velocity that comes in is part of the step; here it begins at 0 in every call.

    That is plain gradient descent, and the argument momentum changes nothing.

    Check: with a gradient of 0 a parameter in motion should still move.
    """
    v = {name: -lr * g for name, g in grads.items()}
    return {name: w + v[name] for name, w in params.items()}, v


@momentum_step.mistake("momentum-shared-by-all", rows="G06")
def _(params, grads, velocity, lr, momentum):
    """Each parameter has its own velocity; here the last parameter's goes on to the next.

    One variable v serves all turns of the loop. Where shapes differ, NumPy stretches one array to
    the other or raises.

    Check: with a gradient that is 0 for W2 alone, W2 should not move in the first step.
    """
    v, moved, kept = velocity["W1"], {}, {}
    for name, g in grads.items():
        v = momentum * v - lr * g
        moved[name], kept[name] = params[name] + v, v
    return moved, kept


@momentum_step.mistake("momentum-shared-by-shape", rows="G06")
def _(params, grads, velocity, lr, momentum):
    """Two parameters of one shape are still two; here they push each other's velocity.

    The memory is found by the shape of the array and not by its name. In a network whose layers
    all differ in size nothing shows.

    Check: with a gradient that is 0 for W2 alone, W2 should not move in the first step.
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
    """A parameter moves by the new velocity, which has this gradient in it; here by the old one.

    Every gradient arrives one step late. The first step from zeros does not move at all.

    Check: the first step from zeros should move a parameter by -lr * g.
    """
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    return {name: w + velocity[name] for name, w in params.items()}, v


@momentum_step.mistake("learning-rate-taken-twice")
def _(params, grads, velocity, lr, momentum):
    """lr stands inside the velocity already, so a parameter moves by v; here it moves by lr * v.

    Two conventions are mixed: one has lr in the velocity, the other in the step.

    Check: with lr = 0.1 and g = 1 the first step from zeros should be -0.1 and not -0.01.
    """
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    return {name: w + lr * v[name] for name, w in params.items()}, v


@momentum_step.mistake("learning-rate-left-out")
def _(params, grads, velocity, lr, momentum):
    """The velocity takes up -lr * g; here it takes up -g, and lr changes nothing.

    The steps are 1 / lr times too long.

    Check: with lr = 0 and no velocity nothing should move.
    """
    v = {name: momentum * velocity[name] - g for name, g in grads.items()}
    return {name: w + v[name] for name, w in params.items()}, v


@momentum_step.mistake("momentum-on-the-gradient-too")
def _(params, grads, velocity, lr, momentum):
    """momentum multiplies the old velocity only; here it multiplies the new gradient as well.

    A bracket stands around too much. All steps are shorter by the factor momentum.

    Check: with momentum = 0 a step should be plain gradient descent.
    """
    v = {name: momentum * (velocity[name] - lr * g) for name, g in grads.items()}
    return {name: w + v[name] for name, w in params.items()}, v


@momentum_step.mistake("returned-inside-the-loop", rows="L16")
def _(params, grads, velocity, lr, momentum):
    """The function returns inside its loop, so only the first parameter is there.

    `return` ends the function, whichever turn of the loop it stands in.

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
    """The two results are exchanged: the contract returns the parameters first, then the velocity.

    The caller takes one for the other from the first step on.

    Check: with a gradient of 0 and no velocity the first result should equal params.
    """
    v = {name: momentum * velocity[name] - lr * g for name, g in grads.items()}
    return v, {name: w + v[name] for name, w in params.items()}


@momentum_step.mistake("signs-only")
def _(params, grads, velocity, lr, momentum):
    """Momentum uses the gradient with its size, -lr * g; here only its sign is left.

    A steep and a flat direction are then walked at the same pace. Lion, at the end of the week,
    does something like it.

    Check: doubling the gradient should double the first step.
    """
    v = {name: momentum * velocity[name] - lr * np.sign(g) for name, g in grads.items()}
    return {name: w + v[name] for name, w in params.items()}, v
