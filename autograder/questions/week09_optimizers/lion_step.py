# mypy: disable-error-code="no-untyped-def"
# A wrong formula repeats the arguments; the reference above them states their types.
"""Lion: steps of one length, in the direction of a sign."""

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
    tiny_gradients,
    zeros,
)


@question(points=10, returns=("params", "m"))
def lion_step(
    params: Arrays, grads: Arrays, m: Arrays, lr: float, beta1: float, beta2: float
) -> Any:
    """Steps of Lion, each with the memory that the last returned.

    The student's function makes one step; it is called once for each gradient.

    Args:
        params: the parameters by name, float64.
        grads: for each parameter its gradients, one for every step.
        m: for each parameter the running mean of its gradients, zeros before the first step.
        lr: learning rate, the length of every step.
        beta1: the share of m in the direction.
        beta2: the share of m that is kept.

    Returns:
        params - lr * sign(beta1 * m + (1 - beta1) * grads), where sign(0) = 0, and
        beta2 * m + (1 - beta2) * grads.

    Source: Chen et al. 2023, "Symbolic discovery of optimization algorithms", without weight
    decay; keras.optimizers.Lion.
    """
    import keras

    optimizer = keras.optimizers.Lion(lr, beta_1=beta1, beta_2=beta2)
    weights, memory = run_keras(optimizer, params, grads, {"momentum": m})
    return weights, memory["momentum"]


lion_step.driver(drive_steps)

MARGIN = 1e-3
"""How far a direction has to be from 0, in units of the gradients, so that its sign is certain."""


def decided(grads: Arrays, m: Arrays, beta1: float, beta2: float, margin: float) -> bool:
    """Whether rounding cannot turn a sign: every direction is far from 0, or exactly 0."""
    for name, several in grads.items():
        memory = m[name]
        for g in several:
            direction = np.abs(beta1 * memory + (1 - beta1) * g)
            if np.any((direction < margin) & (direction > 0)):
                return False
            memory = beta2 * memory + (1 - beta2) * g
    return True


def walk(rng: Rng, steps: int, m: Arrays, tiny: bool = False) -> Inputs:
    """A walk whose signs are all certain."""
    beta1 = one_of(rng, 0.75, 0.875, 0.9375)
    beta2 = one_of(rng, 1 - 2**-5, 1 - 2**-6)
    margin = MARGIN * (1e-6 if tiny else 1.0)
    grads = tiny_gradients(rng) if tiny else gradients(rng, steps)
    while not decided(grads, m, beta1, beta2, margin):
        grads = tiny_gradients(rng) if tiny else gradients(rng, steps)
    return {
        "params": parameters(rng),
        "grads": grads,
        "m": m,
        "lr": one_of(rng, 2**-4, 2**-5, 2**-6),
        "beta1": beta1,
        "beta2": beta2,
    }


@lion_step.case("first-step")
def _(rng: Rng) -> Inputs:
    return walk(rng, 1, zeros())


@lion_step.case("in-motion")
def _(rng: Rng) -> Inputs:
    return walk(rng, 1, parameters(rng))


@lion_step.case("twenty-steps", weight=3)
def _(rng: Rng) -> Inputs:
    return walk(rng, 20, zeros())


@lion_step.case("tiny-gradients")
def _(rng: Rng) -> Inputs:
    return walk(rng, 20, zeros(), tiny=True)


@lion_step.alternative("difference-form")
def _(params, grads, m, lr, beta1, beta2):
    ahead = {name: old + (1 - beta1) * (grads[name] - old) for name, old in m.items()}
    kept = {name: old + (1 - beta2) * (grads[name] - old) for name, old in m.items()}
    moved = {
        name: w - lr * (np.where(ahead[name] > 0, 1.0, 0.0) - np.where(ahead[name] < 0, 1.0, 0.0))
        for name, w in params.items()
    }
    return moved, kept


def direction_and_memory(
    grads: Arrays, m: Arrays, beta1: float, beta2: float
) -> tuple[Arrays, Arrays]:
    """What Lion steps along, before the sign, and what it remembers."""
    c = {name: beta1 * m[name] + (1 - beta1) * g for name, g in grads.items()}
    kept = {name: beta2 * m[name] + (1 - beta2) * g for name, g in grads.items()}
    return c, kept


@lion_step.mistake("sign-of-the-gradient-alone", rows="G29")
def _(params, grads, m, lr, beta1, beta2):
    """The sign is taken of beta1 * m + (1 - beta1) * g; here only g decides, and m is idle.

    A single noisy gradient turns the step round. The memory is kept and never used.

    Check: with a large m and a small g of the other sign, m should decide.
    """
    _, kept = direction_and_memory(grads, m, beta1, beta2)
    return {name: w - lr * np.sign(grads[name]) for name, w in params.items()}, kept


@lion_step.mistake("memory-before-the-sign", rows="G30")
def _(params, grads, m, lr, beta1, beta2):
    """The direction mixes g with the old m; here m has been renewed before, so g counts twice.

    First the sign, then the memory.

    Check: compare the directions by hand for m = 1, g = -8.7, beta1 = 0.9 and beta2 = 0.99.
    """
    _, kept = direction_and_memory(grads, m, beta1, beta2)
    c, _ = direction_and_memory(grads, kept, beta1, beta2)
    return {name: w - lr * np.sign(c[name]) for name, w in params.items()}, kept


@lion_step.mistake("lion-betas-exchanged", rows="G31")
def _(params, grads, m, lr, beta1, beta2):
    """beta1 mixes the direction and beta2 renews the memory; here they are exchanged.

    The memory forgets faster than it should, and the direction listens to it more.

    Check: with beta2 = 1 the memory should not change.
    """
    c, kept = direction_and_memory(grads, m, beta2, beta1)
    return {name: w - lr * np.sign(c[name]) for name, w in params.items()}, kept


@lion_step.mistake("first-beta-twice", rows="G31")
def _(params, grads, m, lr, beta1, beta2):
    """The direction is kept as memory; the memory mixes with beta2, not with beta1.

    One mixture serves for both, and beta2 changes nothing.

    Check: with beta2 = 1 the memory should not change.
    """
    c, _ = direction_and_memory(grads, m, beta1, beta2)
    return {name: w - lr * np.sign(c[name]) for name, w in params.items()}, c


@lion_step.mistake("second-beta-twice", rows="G31 G30")
def _(params, grads, m, lr, beta1, beta2):
    """The sign is taken of the new memory; the direction mixes with beta1, not with beta2.

    One mixture serves for both, and beta1 changes nothing.

    Check: with beta1 = 0 the step should follow the sign of g alone.
    """
    _, kept = direction_and_memory(grads, m, beta1, beta2)
    return {name: w - lr * np.sign(kept[name]) for name, w in params.items()}, kept


@lion_step.mistake("no-sign", rows="G32")
def _(params, grads, m, lr, beta1, beta2):
    """Lion steps by lr * sign(c); here by lr * c, so that the size of the gradient counts again.

    sign(c) * abs(c) is c once more and gives the same numbers.

    Check: every weight with a gradient should move by exactly lr.
    """
    c, kept = direction_and_memory(grads, m, beta1, beta2)
    return {name: w - lr * c[name] for name, w in params.items()}, kept


@lion_step.mistake("sign-times-the-gradients-size", rows="G32")
def _(params, grads, m, lr, beta1, beta2):
    """Every step of Lion is lr long; here the sign is multiplied by the size of the gradient.

    Direction and size are two things, and Lion keeps the first one only.

    Check: every weight with a gradient should move by exactly lr.
    """
    c, kept = direction_and_memory(grads, m, beta1, beta2)
    moved = {name: w - lr * np.sign(c[name]) * np.abs(grads[name]) for name, w in params.items()}
    return moved, kept


@lion_step.mistake("lion-uphill", rows="G01")
def _(params, grads, m, lr, beta1, beta2):
    """A gradient points uphill, so a step goes against its sign; here it goes along.

    The loss rises from the first step on.

    Check: with g = 1 and m = 0 a parameter should become smaller.
    """
    c, kept = direction_and_memory(grads, m, beta1, beta2)
    return {name: w + lr * np.sign(c[name]) for name, w in params.items()}, kept


@lion_step.mistake("zero-has-a-direction")
def _(params, grads, m, lr, beta1, beta2):
    """sign(0) is 0; a choice between +1 and -1 moves weights that never got a gradient.

    Dead units and black pixels then drift by lr in every step.

    Check: with g = 0 and m = 0 a parameter should stay where it is.
    """
    c, kept = direction_and_memory(grads, m, beta1, beta2)
    return {name: w - lr * np.where(c[name] > 0, 1.0, -1.0) for name, w in params.items()}, kept


@lion_step.mistake("gradient-with-its-full-weight")
def _(params, grads, m, lr, beta1, beta2):
    """In a mean the shares add to 1: beta and 1 - beta; here g enters with a share of 1.

    Both mixtures are then sums. The newest gradient decides almost every sign.

    Check: with m = g the memory should stay as it is.
    """
    c = {name: beta1 * m[name] + g for name, g in grads.items()}
    kept = {name: beta2 * m[name] + g for name, g in grads.items()}
    return {name: w - lr * np.sign(c[name]) for name, w in params.items()}, kept


@lion_step.mistake("lion-not-kept", rows="G05")
def _(params, grads, m, lr, beta1, beta2):
    """The step is right, and the old memory comes back: the next step knows nothing of this one.

    From zeros every step follows the sign of one gradient.

    Check: after one step from zeros the returned memory should not be 0.
    """
    c, _ = direction_and_memory(grads, m, beta1, beta2)
    return {name: w - lr * np.sign(c[name]) for name, w in params.items()}, m


@lion_step.mistake("lion-begun-anew", rows="G05")
def _(params, grads, m, lr, beta1, beta2):
    """The memory that comes in is part of the direction; here it begins at 0 in every call.

    What is left is the sign of one gradient.

    Check: with a gradient of 0 a parameter with a memory should still move by lr.
    """
    kept = {name: (1 - beta2) * g for name, g in grads.items()}
    return {name: w - lr * np.sign(grads[name]) for name, w in params.items()}, kept


@lion_step.mistake("lion-shared-by-shape", rows="G06")
def _(params, grads, m, lr, beta1, beta2):
    """Two parameters of one shape are still two; here they share a memory.

    The memory is found by the shape of the array and not by its name.

    Check: a gradient that is 0 for W2 alone should leave the memory of W2 at 0.
    """
    by_shape = {old.shape: old for old in m.values()}
    moved, kept = {}, {}
    for name, g in grads.items():
        c = beta1 * by_shape[g.shape] + (1 - beta1) * g
        moved[name] = params[name] - lr * np.sign(c)
        kept[name] = by_shape[g.shape] = beta2 * by_shape[g.shape] + (1 - beta2) * g
    return moved, kept


@lion_step.mistake("lion-params-changed", rows="G02 N05")
def _(params, grads, m, lr, beta1, beta2):
    """`-=` on an array of params writes into the caller's array; a step returns new arrays.

    The numbers are right, and the caller's old parameters are gone.

    Check: compare params before and after the call.
    """
    c, kept = direction_and_memory(grads, m, beta1, beta2)
    for name in params:
        params[name] -= lr * np.sign(c[name])
    return params, kept


@lion_step.mistake("lion-memory-changed", rows="N05")
def _(params, grads, m, lr, beta1, beta2):
    """`*=` and `+=` on an array of m write into the caller's state; new state is returned.

    The numbers are right. Whoever starts a second walk from the same zeros starts it with a memory.

    Check: compare m before and after the call.
    """
    c, _ = direction_and_memory(grads, m, beta1, beta2)
    for name, g in grads.items():
        m[name] *= beta2
        m[name] += (1 - beta2) * g
    return {name: w - lr * np.sign(c[name]) for name, w in params.items()}, m
