"""The recipe of large language models: its schedule, its leash, its steps and its cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.questions.define import Inputs, Rng
from autograder.questions.week09_optimizers.formulas import (
    NO_EPS,
    Arrays,
    State,
    adam,
    adam_in_motion,
    adam_start,
    gradients,
    one_of,
    parameters,
    shrunk,
)

Recipe = Mapping[str, float]
LOWEST = 0.1
"""The share of the peak at which the schedule ends."""


def norm_of(grads: Arrays) -> float:
    """The global norm of all arrays together."""
    return float(np.sqrt(sum((g**2).sum() for g in grads.values())))


def on_a_leash(grads: Arrays, max_norm: float) -> Arrays:
    """Gradients of a global norm of at most max_norm."""
    factor = max_norm / max(norm_of(grads), max_norm)
    return {name: factor * g for name, g in grads.items()}


def share_of_the_fall(t: float, recipe: Recipe) -> float:
    """How much of the fall lies behind step t, from 0 to 1."""
    return min(1.0, (t - recipe["warmup"]) / (recipe["total"] - recipe["warmup"]))


def height(share: float) -> float:
    """Half a cosine, from 1 to 0."""
    return float((1 + np.cos(np.pi * share)) / 2)


def rate(t: float, recipe: Recipe) -> float:
    """The learning rate of step t, counted from 1."""
    if t <= recipe["warmup"]:
        return recipe["peak"] * t / recipe["warmup"]
    return recipe["peak"] * (LOWEST + (1 - LOWEST) * height(share_of_the_fall(t, recipe)))


def step(
    params: Arrays,
    grads: Arrays,
    state: State,
    recipe: Recipe,
    *,
    clip: Callable[[Arrays, float], Arrays] = on_a_leash,
    schedule: Callable[[float, Recipe], float] = rate,
    shrink: Callable[[Arrays, float], Arrays] = shrunk,
    share: Callable[[float, Recipe], float] = lambda lr, recipe: lr * recipe["weight_decay"],
) -> Any:
    """A right step, or one with a wrong part.

    Args:
        params: the parameters by name.
        grads: their gradients.
        state: of Adam.
        recipe: the settings.
        clip: shortens the gradients.
        schedule: the learning rate of a step, counted from 1.
        shrink: lets parameters decay by a factor.
        share: what a kernel loses, from the learning rate.
    """
    lr = schedule(state["t"] + 1, recipe)
    decayed = shrink(params, 1 - share(lr, recipe))
    clipped = clip(grads, recipe["max_norm"])
    return adam(decayed, clipped, state, lr, recipe["beta1"], recipe["beta2"], recipe["eps"])


def settings(rng: Rng, warmup: int, total: int, max_norm: float, eps: float = NO_EPS) -> Recipe:
    """A recipe whose betas and decay are numbers that float32 holds exactly, as Keras needs."""
    return {
        "peak": float(rng.uniform(0.05, 0.2)),
        "warmup": warmup,
        "total": total,
        "max_norm": max_norm * float(rng.uniform(0.9, 1.1)),
        "beta1": one_of(rng, 0.75, 0.875, 0.9375),
        "beta2": one_of(rng, 1 - 2**-7, 1 - 2**-9),
        "eps": eps,
        "weight_decay": one_of(rng, 0.25, 0.375, 0.5),
    }


def training(rng: Rng, grads: Arrays, state: State, recipe: Recipe) -> Inputs:
    """A case of these gradients."""
    return {"params": parameters(rng), "grads": grads, "state": state, "recipe": recipe}


def calm(rng: Rng) -> Inputs:
    """Three steps of a warm-up, with gradients that need no leash."""
    return training(rng, gradients(rng, 3), adam_start(), settings(rng, 5, 12, 100.0, 2**-4))


def with_a_spike(rng: Rng) -> Inputs:
    """Warm-up, fall and what comes after it; one gradient of the sixteen is far too long."""
    grads = gradients(rng, 16)
    spike = int(rng.integers(2, 7))
    for g in grads.values():
        g[spike] *= 60
    return training(rng, grads, adam_start(), settings(rng, 4, 13, 12.0))


def in_motion(rng: Rng) -> Inputs:
    """Two steps in the middle of the fall, all of them on the leash."""
    return training(rng, gradients(rng, 2), adam_in_motion(rng), settings(rng, 2, 14, 1.0))


def silent_kernels(rng: Rng) -> Inputs:
    """Gradients of biases alone, and one step without any: a norm of 0."""
    grads = gradients(rng, 3)
    for name, g in grads.items():
        g[1 if name.startswith("b") else slice(None)] = 0.0
    return training(rng, grads, adam_in_motion(rng), settings(rng, 12, 20, 0.5))
