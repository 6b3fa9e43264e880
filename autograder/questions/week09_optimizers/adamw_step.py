# mypy: disable-error-code="no-untyped-def"
# Wrong formulas repeat the reference's arguments; their types are stated there.
"""AdamW: Adam with a separate decay of the kernels."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograder.questions.define import Inputs, Rng, question
from autograder.questions.week09_optimizers.formulas import (
    Arrays,
    State,
    adam,
    adam_in_motion,
    adam_settings,
    adam_start,
    averages,
    corrected,
    drive_steps,
    gradients,
    moved,
    one_of,
    parameters,
    run_keras,
    shrunk,
    with_penalty,
)


@question(
    points=8,
    returns=("params", "state"),
    builds_on=("adam_step",),
    parts={"params": 4, "state": 1},
)
def adamw_step(
    params: Arrays,
    grads: Arrays,
    state: State,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
) -> Any:
    """Steps of AdamW, each with the state that the last returned.

    The student's function makes one step; it is called once for each gradient.

    Args:
        params: the parameters by name, float64.
        grads: for each parameter its gradients, one for every step.
        state: of Adam: "m", "v" and "t".
        lr: learning rate, for the step and for the decay.
        beta1: the share of m that is kept.
        beta2: the share of v that is kept.
        eps: added to the corrected root.
        weight_decay: kernels lose the share lr * weight_decay before Adam's step; biases, whose
            arrays have one axis, lose nothing.

    Returns:
        The parameters and Adam's state after the step; the decay is not in the state.

    Source: Loshchilov & Hutter 2019, algorithm 2; keras.optimizers.AdamW, with the biases left
    out by exclude_from_weight_decay.
    """
    import keras

    def as_in_the_paper(optimizer: Any, step: int, _: Any) -> None:
        optimizer.epsilon = eps * math.sqrt(1 - beta2 ** (state["t"] + step + 1))

    optimizer = keras.optimizers.AdamW(lr, weight_decay, beta1, beta2)
    optimizer.exclude_from_weight_decay(var_names=["b1", "b2"])
    memory = {"momentum": state["m"], "velocity": state["v"]}
    weights, memory = run_keras(optimizer, params, grads, memory, state["t"], as_in_the_paper)
    steps = len(grads["W1"])
    return weights, {
        "m": memory["momentum"],
        "v": memory["velocity"],
        "t": np.asarray(state["t"] + steps),
    }


adamw_step.driver(drive_steps)


def walk(rng: Rng, grads: Arrays, state: State, **settings: float) -> Inputs:
    """A walk along these gradients, with a decay that shows."""
    return {
        "params": parameters(rng),
        "grads": grads,
        "state": state,
        **adam_settings(rng, **settings),
        "weight_decay": one_of(rng, 0.25, 0.375, 0.5),
    }


@adamw_step.case("silent-kernels")
def _(rng: Rng) -> Inputs:
    # Without gradients nothing but the decay moves a kernel.
    grads = gradients(rng, 3)
    silent = {name: np.zeros_like(grads[name]) for name in ("W1", "W2")}
    return walk(rng, {**grads, **silent}, adam_start())


@adamw_step.case("first-step")
def _(rng: Rng) -> Inputs:
    return walk(rng, gradients(rng, 1), adam_start(), eps=2**-4)


@adamw_step.case("in-motion")
def _(rng: Rng) -> Inputs:
    return walk(rng, gradients(rng, 2), adam_in_motion(rng))


@adamw_step.case("twenty-steps", weight=3)
def _(rng: Rng) -> Inputs:
    return walk(rng, gradients(rng, 20), adam_start())


@adamw_step.alternative("step-and-decay-in-one-line")
def _(params, grads, state, lr, beta1, beta2, eps, weight_decay):
    m, v, t = averages(grads, state, beta1, beta2)
    m_hat, v_hat = corrected(m, beta1, t), corrected(v, beta2, t)
    new = {
        name: w
        - lr * (m_hat[name] / (np.sqrt(v_hat[name]) + eps) + weight_decay * (w.ndim > 1) * w)
        for name, w in params.items()
    }
    return new, {"m": m, "v": v, "t": t}


@adamw_step.mistake("decay-inside-the-gradient", rows="G23")
def _(params, grads, state, lr, beta1, beta2, eps, weight_decay):
    """weight_decay * w is added to g here, so it goes through m and v and is divided by the square
    root.

    That is an L2 penalty inside Adam. Weights with large gradients then hardly decay. AdamW only
    differs from it by taking the decay out of the gradient.

    Check: with gradients of 0, a kernel should be multiplied by 1 - lr * weight_decay.
    """
    return adam(params, with_penalty(params, grads, weight_decay), state, lr, beta1, beta2, eps)


@adamw_step.mistake("decay-written-into-the-gradient", rows="G03 G23 N05")
def _(params, grads, state, lr, beta1, beta2, eps, weight_decay):
    """`g += weight_decay * w` writes into the caller's gradients, and the decay becomes part of
    them.

    Two errors at once: the arguments are changed, and the decay goes through m and v like an L2
    penalty.

    Check: compare grads before and after the call.
    """
    for name, w in params.items():
        if w.ndim > 1:
            grads[name] += weight_decay * w
    return adam(params, grads, state, lr, beta1, beta2, eps)


@adamw_step.mistake("decay-without-learning-rate", rows="G24")
def _(params, grads, state, lr, beta1, beta2, eps, weight_decay):
    """In one step a kernel loses the fraction lr * weight_decay; here it loses the fraction
    weight_decay.

    With the usual 0.01, a kernel would be halved every 69 steps.

    Check: with lr = 0 nothing should change.
    """
    return adam(shrunk(params, 1 - weight_decay), grads, state, lr, beta1, beta2, eps)


@adamw_step.mistake("decay-that-grows", rows="G25")
def _(params, grads, state, lr, beta1, beta2, eps, weight_decay):
    """Decay makes a kernel smaller, by the factor 1 - lr * weight_decay; here the sign is plus.

    The weights grow without bound.

    Check: with gradients of 0, every kernel should move closer to 0.
    """
    return adam(shrunk(params, 1 + lr * weight_decay), grads, state, lr, beta1, beta2, eps)


@adamw_step.mistake("decay-after-the-step", rows="G26", convention=True)
def _(params, grads, state, lr, beta1, beta2, eps, weight_decay):
    """The decay is a fraction of the old kernel, before Adam's step; here it is a fraction of the
    updated one.

    Some libraries do it this way. The paper, Keras and PyTorch decay the old kernel. The difference
    is small: lr * weight_decay times the step.

    Check: a step's decay should not depend on that step's gradient.
    """
    new, kept = adam(params, grads, state, lr, beta1, beta2, eps)
    return shrunk(new, 1 - lr * weight_decay), kept


@adamw_step.mistake("biases-decay-too", rows="G27")
def _(params, grads, state, lr, beta1, beta2, eps, weight_decay):
    """Only kernels, arrays with two axes, decay; here the biases decay as well.

    A bias shifts a threshold and amplifies nothing, so there is no reason to keep it small.

    Check: with gradients of 0, a bias should stay where it is.
    """
    small = {name: w * (1 - lr * weight_decay) for name, w in params.items()}
    return adam(small, grads, state, lr, beta1, beta2, eps)


@adamw_step.mistake("only-biases-decay")
def _(params, grads, state, lr, beta1, beta2, eps, weight_decay):
    """Kernels have two axes and decay, biases have one and do not; here the test is the wrong way
    round.

    w.ndim is the number of axes of w.

    Check: with gradients of 0, a bias should stay where it is.
    """
    small = {name: w * (1 - lr * weight_decay) if w.ndim == 1 else w for name, w in params.items()}
    return adam(small, grads, state, lr, beta1, beta2, eps)


@adamw_step.mistake("decay-taken-twice", rows="G28")
def _(params, grads, state, lr, beta1, beta2, eps, weight_decay):
    """The kernel decays in its own term, and weight_decay * w is in the gradient as well.

    One decay is enough, and the one in the gradient is what AdamW was designed to avoid.

    Check: after one step the returned m should not depend on the parameters.
    """
    penalized = with_penalty(params, grads, weight_decay)
    small = shrunk(params, 1 - lr * weight_decay)
    return adam(small, penalized, state, lr, beta1, beta2, eps)


@adamw_step.mistake("no-decay-at-all")
def _(params, grads, state, lr, beta1, beta2, eps, weight_decay):
    """This is plain Adam: weight_decay has no effect.

    The term lr * weight_decay * w is missing for every kernel.

    Check: with gradients of 0, a kernel should be multiplied by 1 - lr * weight_decay.
    """
    return adam(params, grads, state, lr, beta1, beta2, eps)


@adamw_step.mistake("decay-by-a-constant")
def _(params, grads, state, lr, beta1, beta2, eps, weight_decay):
    """A kernel loses a fraction of itself, lr * weight_decay * w; here every entry loses the same
    amount.

    Negative weights are pushed away from 0.

    Check: with gradients of 0, a negative weight should move closer to 0.
    """
    less = {name: w - lr * weight_decay if w.ndim > 1 else w for name, w in params.items()}
    return adam(less, grads, state, lr, beta1, beta2, eps)


@adamw_step.mistake("decay-divided-by-the-root")
def _(params, grads, state, lr, beta1, beta2, eps, weight_decay):
    """The decay is a term of its own; here it is added to m_hat and divided by the square root.

    It does not enter m and v, but weights with large gradients still decay less than others.

    Check: with gradients ten times as large, a kernel should decay as much as before.
    """
    m, v, t = averages(grads, state, beta1, beta2)
    m_hat = with_penalty(params, corrected(m, beta1, t), weight_decay)
    return moved(params, m_hat, corrected(v, beta2, t), lr, eps), {"m": m, "v": v, "t": t}


@adamw_step.mistake("adamw-without-correction", rows="G11")
def _(params, grads, state, lr, beta1, beta2, eps, weight_decay):
    """The decay is right, but Adam's step lacks the corrections 1 - beta**t of m and v.

    m and v start at 0 and are too small at first.

    Check: with weight_decay = 0 the result should equal that of your adam_step.
    """
    m, v, t = averages(grads, state, beta1, beta2)
    small = shrunk(params, 1 - lr * weight_decay)
    return moved(small, m, v, lr, eps), {"m": m, "v": v, "t": t}


@adamw_step.mistake("adamw-params-changed", rows="G02 N05")
def _(params, grads, state, lr, beta1, beta2, eps, weight_decay):
    """`*=` on an array of params writes into the caller's array; a step returns new arrays.

    The numbers are right, but the caller's kernels have shrunk.

    Check: compare params before and after the call.
    """
    for w in params.values():
        if w.ndim > 1:
            w *= 1 - lr * weight_decay
    return adam(params, grads, state, lr, beta1, beta2, eps)
