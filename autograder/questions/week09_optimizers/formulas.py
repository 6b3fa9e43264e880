"""Shared by this week's questions: the Keras run, the driver, the cases and correct formulas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng

Arrays = dict[str, Array]
State = dict[str, Any]

SHAPES = {"W1": (4, 3), "b1": (3,), "W2": (4, 3), "b2": (1,)}
"""Two kernels of the same shape, so that a state shared between them shows, and a lone number."""

NO_EPS = 1e-30
"""So small that its place in the formula does not matter; the tiny-gradients case tests that."""


def run_keras(
    optimizer: Any,
    params: Arrays,
    grads: Arrays,
    memory: Mapping[str, Arrays],
    steps_done: int = 0,
    before_step: Callable[[Any, int, dict[str, Any]], None] | None = None,
) -> tuple[Arrays, dict[str, Arrays]]:
    """A Keras optimizer, set to a state and applied once for each gradient.

    Args:
        optimizer: not built yet.
        params: where the walk starts.
        grads: for each parameter its gradients, one behind the other.
        memory: for each kind of slot ("momentum", "velocity") its values by parameter.
        steps_done: how many steps the optimizer has made before.
        before_step: called with the optimizer, the number of the step (from 0) and the
            variables.

    Returns:
        The parameters and the memory afterwards.
    """
    import keras

    weights = {
        name: keras.Variable(start, dtype=start.dtype.name, name=name)
        for name, start in params.items()
    }
    optimizer.build(list(weights.values()))
    slots = {
        kind: {name: _slot(optimizer, name, kind) for name in values}
        for kind, values in memory.items()
    }
    for kind, values in memory.items():
        for name, value in values.items():
            slots[kind][name].assign(value)
    optimizer.iterations.assign(steps_done)
    for step in range(len(grads["W1"])):
        if before_step:
            before_step(optimizer, step, weights)
        optimizer.apply([grads[name][step] for name in weights], list(weights.values()))
    return _numbers(weights), {kind: _numbers(values) for kind, values in slots.items()}


def _slot(optimizer: Any, name: str, kind: str) -> Any:
    return next(slot for slot in optimizer.variables if slot.path.endswith(f"{name}_{kind}"))


def _numbers(variables: Mapping[str, Any]) -> Arrays:
    return {name: np.asarray(variable) for name, variable in variables.items()}


def drive_steps(step: Any, params: Arrays, grads: Arrays, state: Any, *settings: float) -> Any:
    """Call the student's step once for each gradient, with the state that the last call returned.

    A second walk, with the gradients turned round, goes on between the steps of the first. It
    starts from copies and its result is not used: a memory that is kept outside of the arguments
    would mix the two.
    """

    def copied(tree: Any) -> Any:
        if isinstance(tree, dict):
            return {key: copied(branch) for key, branch in tree.items()}
        return tree.copy() if isinstance(tree, np.ndarray) else tree

    other_params, other_state = copied(params), copied(state)
    for s in range(len(grads["W1"])):
        answer = step(params, {name: g[s] for name, g in grads.items()}, state, *settings)
        # Whatever can be unpacked into two values is a pair; a dict would give its keys.
        pair = [] if isinstance(answer, dict) or not np.iterable(answer) else list(answer)
        if len(pair) != 2:
            return answer
        params, state = pair
        turned = {name: -g[s] for name, g in grads.items()}
        other_params, other_state = step(other_params, turned, other_state, *settings)
    return params, state


def parameters(rng: Rng) -> Arrays:
    """Weights of order 1."""
    return {name: rng.normal(size=shape) for name, shape in SHAPES.items()}


def gradients(rng: Rng, steps: int, size: float = 1.0) -> Arrays:
    """Noisy gradients with a direction of their own for every weight, shape (steps, ...)."""
    return {
        name: size * (rng.normal(size=shape) + rng.normal(size=(steps, *shape)))
        for name, shape in SHAPES.items()
    }


def tiny_gradients(rng: Rng) -> Arrays:
    """Gradients of about 1e-6, and two weights that never get any."""
    grads = gradients(rng, 20, 1e-6)
    grads["W1"][:, 1, 2] = 0.0
    grads["b1"][:, 0] = 0.0
    return grads


def zeros() -> Arrays:
    """A memory in which nothing has happened yet."""
    return {name: np.zeros(shape) for name, shape in SHAPES.items()}


def squares(rng: Rng) -> Arrays:
    """A running mean of squares, well above 0."""
    return {name: rng.uniform(0.2, 2.0, shape) for name, shape in SHAPES.items()}


def one_of(rng: Rng, *choices: float) -> float:
    """A setting, drawn from numbers that float32 holds exactly."""
    return float(rng.choice(choices))


def adam_settings(rng: Rng, eps: float = NO_EPS) -> Inputs:
    """Learning rate, betas and eps for a case of Adam.

    1 - beta1 never equals sqrt(1 - beta2): then a first step without correction would be right.
    """
    return {
        "lr": one_of(rng, 2**-4, 2**-5, 2**-6),
        "beta1": one_of(rng, 0.75, 0.875, 0.9375),
        "beta2": one_of(rng, 1 - 2**-7, 1 - 2**-9),
        "eps": eps,
    }


def adam_start() -> State:
    """Adam's state before the first step."""
    return {"m": zeros(), "v": zeros(), "t": 0}


def adam_in_motion(rng: Rng) -> State:
    """Adam's state after a few steps."""
    return {"m": parameters(rng), "v": squares(rng), "t": int(rng.integers(3, 9))}


def averages(grads: Arrays, state: State, beta1: float, beta2: float) -> tuple[Arrays, Arrays, int]:
    """Adam's uncorrected m and v after one more gradient, and the number of this step."""
    m = {name: beta1 * state["m"][name] + (1 - beta1) * g for name, g in grads.items()}
    v = {name: beta2 * state["v"][name] + (1 - beta2) * g**2 for name, g in grads.items()}
    return m, v, state["t"] + 1


def corrected(average: Arrays, beta: float, t: int) -> Arrays:
    """The average, corrected for its start at 0."""
    return {name: a / (1 - beta**t) for name, a in average.items()}


def moved(params: Arrays, m: Arrays, v: Arrays, lr: float, eps: float) -> Arrays:
    """One step of Adam with the given m and v."""
    return {name: w - lr * m[name] / (np.sqrt(v[name]) + eps) for name, w in params.items()}


def adam(
    params: Arrays,
    grads: Arrays,
    state: State,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
) -> tuple[Arrays, State]:
    """Correct Adam, for wrong formulas whose mistake lies elsewhere."""
    m, v, t = averages(grads, state, beta1, beta2)
    m_hat, v_hat = corrected(m, beta1, t), corrected(v, beta2, t)
    return moved(params, m_hat, v_hat, lr, eps), {"m": m, "v": v, "t": t}


def shrunk(params: Arrays, factor: float) -> Arrays:
    """Kernels times a factor, biases unchanged."""
    return {name: w * factor if w.ndim > 1 else w for name, w in params.items()}


def with_penalty(params: Arrays, grads: Arrays, weight_decay: float) -> Arrays:
    """Gradients of a loss with an L2 penalty on the kernels."""
    return {name: g + weight_decay * params[name] if g.ndim > 1 else g for name, g in grads.items()}
