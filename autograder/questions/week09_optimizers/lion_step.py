# mypy: disable-error-code="no-untyped-def"
# Wrong formulas repeat the reference's arguments; their types are stated there.
"""Lion: steps of a fixed length, in the direction of a sign."""

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


@question(points=6, returns=("params", "m"), parts={"params": 2, "m": 1})
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
    given = walk(rng, 1, parameters(rng))
    # Two gradients nearly cancel the memory, so that a factor on either turns a sign.
    beta1, memory = given["beta1"], given["m"]["W1"]
    for place, nearly in (((0, 0), 1 - 5e-4), ((1, 1), 1 + 5e-4)):
        given["grads"]["W1"][0][place] = -nearly * beta1 * memory[place] / (1 - beta1)
    return given


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
    """Lion's direction before the sign, and its new memory."""
    c = {name: beta1 * m[name] + (1 - beta1) * g for name, g in grads.items()}
    kept = {name: beta2 * m[name] + (1 - beta2) * g for name, g in grads.items()}
    return c, kept


@lion_step.mistake("sign-of-the-gradient-alone", rows="G29")
def _(params, grads, m, lr, beta1, beta2):
    """The sign is taken of beta1 * m + (1 - beta1) * g; here it is the sign of g alone, and m is
    unused.

    A single noisy gradient can reverse the step. m is kept but never used.

    Check: with a large m and a small g of opposite sign, m should decide.
    """
    _, kept = direction_and_memory(grads, m, beta1, beta2)
    return {name: w - lr * np.sign(grads[name]) for name, w in params.items()}, kept


@lion_step.mistake("memory-before-the-sign", rows="G30")
def _(params, grads, m, lr, beta1, beta2):
    """The direction mixes g with the old m; here m is updated first, so g counts twice.

    Take the sign first, then update m.

    Check: compute both directions by hand for m = 1, g = -8.7, beta1 = 0.9 and beta2 = 0.99.
    """
    _, kept = direction_and_memory(grads, m, beta1, beta2)
    c, _ = direction_and_memory(grads, kept, beta1, beta2)
    return {name: w - lr * np.sign(c[name]) for name, w in params.items()}, kept


@lion_step.mistake("lion-betas-exchanged", rows="G31")
def _(params, grads, m, lr, beta1, beta2):
    """beta1 mixes the direction and beta2 updates the memory; here they are swapped.

    With the usual values, the memory forgets too fast and the direction depends on it too much.

    Check: with beta2 = 1 the memory should not change.
    """
    c, kept = direction_and_memory(grads, m, beta2, beta1)
    return {name: w - lr * np.sign(c[name]) for name, w in params.items()}, kept


@lion_step.mistake("first-beta-twice", rows="G31")
def _(params, grads, m, lr, beta1, beta2):
    """Here the direction is kept as the new memory; the memory uses beta2, not beta1.

    One mixture serves for both, and beta2 has no effect.

    Check: with beta2 = 1 the memory should not change.
    """
    c, _ = direction_and_memory(grads, m, beta1, beta2)
    return {name: w - lr * np.sign(c[name]) for name, w in params.items()}, c


@lion_step.mistake("second-beta-twice", rows="G31 G30")
def _(params, grads, m, lr, beta1, beta2):
    """Here the sign is taken of the new memory; the direction uses beta1, not beta2.

    One mixture serves for both, and beta1 has no effect.

    Check: with beta1 = 0 the step should follow the sign of g alone.
    """
    _, kept = direction_and_memory(grads, m, beta1, beta2)
    return {name: w - lr * np.sign(kept[name]) for name, w in params.items()}, kept


@lion_step.mistake("no-sign", rows="G32")
def _(params, grads, m, lr, beta1, beta2):
    """Lion steps by lr * sign(c); here it steps by lr * c, so the size of the gradient counts
    again.

    sign(c) * abs(c) is just c again and gives the same numbers.

    Check: every weight with a gradient should move by exactly lr.
    """
    c, kept = direction_and_memory(grads, m, beta1, beta2)
    return {name: w - lr * c[name] for name, w in params.items()}, kept


@lion_step.mistake("sign-times-the-gradients-size", rows="G32")
def _(params, grads, m, lr, beta1, beta2):
    """Every step of Lion has length lr; here the sign is multiplied by the size of the gradient.

    A gradient has a direction and a size, and Lion keeps only the direction.

    Check: every weight with a gradient should move by exactly lr.
    """
    c, kept = direction_and_memory(grads, m, beta1, beta2)
    moved = {name: w - lr * np.sign(c[name]) * np.abs(grads[name]) for name, w in params.items()}
    return moved, kept


@lion_step.mistake("lion-uphill", rows="G01")
def _(params, grads, m, lr, beta1, beta2):
    """The gradient points uphill, so a step goes against its sign; here it goes with it.

    The loss rises from the first step on.

    Check: with g = 1 and m = 0 a parameter should become smaller.
    """
    c, kept = direction_and_memory(grads, m, beta1, beta2)
    return {name: w + lr * np.sign(c[name]) for name, w in params.items()}, kept


@lion_step.mistake("zero-has-a-direction")
def _(params, grads, m, lr, beta1, beta2):
    """sign(0) is 0; choosing only between +1 and -1 moves weights that never received a gradient.

    The weights of dead units and black pixels then drift by lr in every step.

    Check: with g = 0 and m = 0 a parameter should stay where it is.
    """
    c, kept = direction_and_memory(grads, m, beta1, beta2)
    return {name: w - lr * np.where(c[name] > 0, 1.0, -1.0) for name, w in params.items()}, kept


@lion_step.mistake("gradient-with-its-full-weight")
def _(params, grads, m, lr, beta1, beta2):
    """In an average the coefficients add up to 1, beta and 1 - beta; here g has the coefficient 1.

    Both mixtures are then sums. The newest gradient decides almost every sign.

    Check: with m = g, the memory should not change.
    """
    c = {name: beta1 * m[name] + g for name, g in grads.items()}
    kept = {name: beta2 * m[name] + g for name, g in grads.items()}
    return {name: w - lr * np.sign(c[name]) for name, w in params.items()}, kept


@lion_step.mistake("lion-not-kept", rows="G05")
def _(params, grads, m, lr, beta1, beta2):
    """The step is right, but the old memory is returned, so the next step knows nothing of this
    one.

    Starting from zeros, every step follows the sign of one gradient.

    Check: after one step from zeros the returned memory should not be 0.
    """
    c, _ = direction_and_memory(grads, m, beta1, beta2)
    return {name: w - lr * np.sign(c[name]) for name, w in params.items()}, m


@lion_step.mistake("lion-begun-anew", rows="G05")
def _(params, grads, m, lr, beta1, beta2):
    """The memory passed in is part of the direction; here it starts from 0 in every call.

    What remains is the sign of one gradient.

    Check: with a gradient of 0, a parameter whose memory is not 0 should still move by lr.
    """
    kept = {name: (1 - beta2) * g for name, g in grads.items()}
    return {name: w - lr * np.sign(grads[name]) for name, w in params.items()}, kept


@lion_step.mistake("lion-shared-by-shape", rows="G06")
def _(params, grads, m, lr, beta1, beta2):
    """Two parameters of the same shape are still separate; here they share a memory.

    The memory is looked up by the array's shape instead of its name.

    Check: if only W2's gradient is 0, the memory of W2 should stay 0.
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

    The numbers are right, but the caller's old parameters are gone.

    Check: compare params before and after the call.
    """
    c, kept = direction_and_memory(grads, m, beta1, beta2)
    for name in params:
        params[name] -= lr * np.sign(c[name])
    return params, kept


@lion_step.mistake("lion-memory-changed", rows="N05")
def _(params, grads, m, lr, beta1, beta2):
    """`*=` and `+=` on an array of m write into the caller's state; a step returns new state.

    The numbers are right, but a second run from the same zeros would start with a memory.

    Check: compare m before and after the call.
    """
    c, _ = direction_and_memory(grads, m, beta1, beta2)
    for name, g in grads.items():
        m[name] *= beta2
        m[name] += (1 - beta2) * g
    return {name: w - lr * np.sign(c[name]) for name, w in params.items()}, m
