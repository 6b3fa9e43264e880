# mypy: disable-error-code="no-untyped-def"
# Wrong formulas repeat the reference's arguments; their types are stated there.
"""Adam: momentum and RMSprop together, with a correction for starting at 0."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograder.questions.define import SMALL_NUMBERS, Inputs, Rng, question
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
    parameters,
    run_keras,
    tiny_gradients,
    zeros,
)


@question(points=13, returns=("params", "state"), parts={"params": 2, "state": 1})
def adam_step(
    params: Arrays,
    grads: Arrays,
    state: State,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
) -> Any:
    """Steps of Adam, each with the state that the last returned.

    The student's function makes one step; it is called once for each gradient.

    Args:
        params: the parameters by name, float64.
        grads: for each parameter its gradients, one for every step.
        state: "m" and "v", each a dict with an array for every parameter, and "t", how many
            steps were made before; zeros at the start.
        lr: learning rate.
        beta1: the share of m that is kept.
        beta2: the share of v that is kept.
        eps: added to the corrected root, sqrt(v_hat) + eps, as in the paper's algorithm 1.

    Returns:
        params - lr * m_hat / (sqrt(v_hat) + eps), and the new state: m, v without correction, t.

    Source: Kingma & Ba 2015, algorithm 1; keras.optimizers.Adam. Keras adds its epsilon to
    sqrt(v) before the correction (the paper's epsilon hat), so that eps * sqrt(1 - beta2**t) is
    given to it in step t. For gradients that are large against eps both are one.
    """
    import keras

    def as_in_the_paper(optimizer: Any, step: int, _: Any) -> None:
        optimizer.epsilon = eps * math.sqrt(1 - beta2 ** (state["t"] + step + 1))

    optimizer = keras.optimizers.Adam(lr, beta1, beta2)
    memory = {"momentum": state["m"], "velocity": state["v"]}
    weights, memory = run_keras(optimizer, params, grads, memory, state["t"], as_in_the_paper)
    steps = len(grads["W1"])
    return weights, {
        "m": memory["momentum"],
        "v": memory["velocity"],
        "t": np.asarray(state["t"] + steps),
    }


adam_step.driver(drive_steps)


def walk(rng: Rng, grads: Arrays, state: State, **settings: float) -> Inputs:
    """A walk along these gradients, with settings drawn at random."""
    chosen = adam_settings(rng, **settings)
    return {"params": parameters(rng), "grads": grads, "state": state, **chosen}


@adam_step.case("first-step")
def _(rng: Rng) -> Inputs:
    return walk(rng, gradients(rng, 1), adam_start())


@adam_step.case("in-motion")
def _(rng: Rng) -> Inputs:
    return walk(rng, gradients(rng, 2), adam_in_motion(rng))


@adam_step.case("twenty-steps", weight=3)
def _(rng: Rng) -> Inputs:
    return walk(rng, gradients(rng, 20), adam_start())


@adam_step.case("tiny-gradients")
def _(rng: Rng) -> Inputs:
    return walk(rng, tiny_gradients(rng), adam_start(), eps=1e-7)


@adam_step.alternative("loop")
def _(params, grads, state, lr, beta1, beta2, eps):
    m, v, new, t = {}, {}, {}, state["t"] + 1
    for name, g in grads.items():
        m[name] = beta1 * state["m"][name] + (1 - beta1) * g
        v[name] = beta2 * state["v"][name] + (1 - beta2) * g * g
        m_hat, v_hat = m[name] / (1 - beta1**t), v[name] / (1 - beta2**t)
        new[name] = params[name] - lr * m_hat / (v_hat**0.5 + eps)
    return new, {"t": t, "m": m, "v": v}


@adam_step.alternative("rescaled-learning-rate")
def _(params, grads, state, lr, beta1, beta2, eps):
    # The same operations in Keras's order, with the paper's eps.
    m, v, t = averages(grads, state, beta1, beta2)
    root = math.sqrt(1 - beta2**t)
    new = moved(params, m, v, lr * root / (1 - beta1**t), eps * root)
    return new, {"m": m, "v": v, "t": t}


@adam_step.mistake("no-bias-correction", rows="G11")
def _(params, grads, state, lr, beta1, beta2, eps):
    """m and v start at 0 and are too small at first, so each is divided by 1 - beta**t.

    For beta1 = 0.9 and beta2 = 0.999 the first step is 3.16 times too long: the ratio (1 - beta1) /
    sqrt(1 - beta2). After a few thousand steps the difference is gone.

    Check: the first step of a weight should have length lr, whatever its gradient.
    """
    m, v, t = averages(grads, state, beta1, beta2)
    return moved(params, m, v, lr, eps), {"m": m, "v": v, "t": t}


@adam_step.mistake("neither-corrected-nor-counted", rows="G11 G16")
def _(params, grads, state, lr, beta1, beta2, eps):
    """m and v start at 0 and are too small at first, so each is divided by 1 - beta**t; here they
    are not, and t stays what it was.

    The correction needs t, the number of this step, which the new state keeps for the next one.

    Check: the first step of a weight should have length lr, and t should then be 1.
    """
    m, v, _ = averages(grads, state, beta1, beta2)
    return moved(params, m, v, lr, eps), {"m": m, "v": v, "t": state["t"]}


@adam_step.mistake("corrections-exchanged", rows="G19")
def _(params, grads, state, lr, beta1, beta2, eps):
    """m is divided by 1 - beta1**t and v by 1 - beta2**t; here the two corrections are exchanged.

    For beta1 = 0.9 and beta2 = 0.999 the first step is 1,000 times as long as it should be.

    Check: the first step of a weight should have length lr, whatever its gradient.
    """
    m, v, t = averages(grads, state, beta1, beta2)
    hats = corrected(m, beta2, t), corrected(v, beta1, t)
    return moved(params, *hats, lr, eps), {"m": m, "v": v, "t": t}


@adam_step.mistake("correction-without-the-power", rows="G12")
def _(params, grads, state, lr, beta1, beta2, eps):
    """The correction 1 - beta**t fades as t grows; here it stays at 1 - beta in every step.

    The first step is right. Later steps are too long or too short, in the end by the factor sqrt(1
    - beta2) / (1 - beta1).

    Check: with a constant gradient every step should have length lr.
    """
    m, v, t = averages(grads, state, beta1, beta2)
    m_hat, v_hat = corrected(m, beta1, 1), corrected(v, beta2, 1)
    return moved(params, m_hat, v_hat, lr, eps), {"m": m, "v": v, "t": t}


@adam_step.mistake("power-from-zero", rows="G13")
def _(params, grads, state, lr, beta1, beta2, eps):
    """The first step has t = 1; here it has t = 0, and the correction 1 - beta**0 is 0, so it
    divides by zero.

    The incoming t counts the steps before this one.

    Check: after the first step no parameter should be nan.
    """
    m, v, t = averages(grads, state, beta1, beta2)
    m_hat = {name: a / np.subtract(1, beta1 ** (t - 1)) for name, a in m.items()}
    v_hat = {name: a / np.subtract(1, beta2 ** (t - 1)) for name, a in v.items()}
    return moved(params, m_hat, v_hat, lr, eps), {"m": m, "v": v, "t": t}


@adam_step.mistake("power-one-ahead", rows="G14")
def _(params, grads, state, lr, beta1, beta2, eps):
    """The first step has t = 1; here its correction uses t = 2.

    t is increased twice, or starts at 1 and is increased before it is used.

    Check: the first step of a weight should have length lr, whatever its gradient.
    """
    m, v, t = averages(grads, state, beta1, beta2)
    m_hat, v_hat = corrected(m, beta1, t + 1), corrected(v, beta2, t + 1)
    return moved(params, m_hat, v_hat, lr, eps), {"m": m, "v": v, "t": t}


@adam_step.mistake("steps-counted-twice", rows="G14")
def _(params, grads, state, lr, beta1, beta2, eps):
    """One call is one step, and t increases by 1; here it increases by 2.

    The correction fades too early.

    Check: after one step from the start the returned t should be 1.
    """
    return adam(params, grads, {**state, "t": state["t"] + 1}, lr, beta1, beta2, eps)


@adam_step.mistake("counted-for-every-parameter", rows="G15")
def _(params, grads, state, lr, beta1, beta2, eps):
    """t counts steps; here it increases inside the loop, once for each parameter.

    In the first step the first parameter is right, and each one after it is corrected with a t that
    is too large.

    Check: after one step from the start the returned t should be 1.
    """
    m, v, _ = averages(grads, state, beta1, beta2)
    t, new = state["t"], {}
    for name, w in params.items():
        t += 1
        m_hat, v_hat = m[name] / (1 - beta1**t), v[name] / (1 - beta2**t)
        new[name] = w - lr * m_hat / (np.sqrt(v_hat) + eps)
    return new, {"m": m, "v": v, "t": t}


@adam_step.mistake("steps-not-counted", rows="G16")
def _(params, grads, state, lr, beta1, beta2, eps):
    """The returned t is the one that came in, so every step is corrected like the first.

    m and v are kept; only the count is lost.

    Check: after one step from the start the returned t should be 1.
    """
    new, kept = adam(params, grads, state, lr, beta1, beta2, eps)
    return new, {**kept, "t": state["t"]}


@adam_step.mistake("multiplied-by-the-correction", rows="G17")
def _(params, grads, state, lr, beta1, beta2, eps):
    """m and v are too small at first, so they are divided by 1 - beta**t; here they are multiplied
    by it.

    Multiplying by a number below 1 makes them even smaller.

    Check: after the first step m_hat should equal g.
    """
    m, v, t = averages(grads, state, beta1, beta2)
    m_hat = {name: a * (1 - beta1**t) for name, a in m.items()}
    v_hat = {name: a * (1 - beta2**t) for name, a in v.items()}
    return moved(params, m_hat, v_hat, lr, eps), {"m": m, "v": v, "t": t}


@adam_step.mistake("corrected-memory-kept", rows="G18")
def _(params, grads, state, lr, beta1, beta2, eps):
    """The state keeps the raw m and v; here the corrected values are stored and get corrected
    again.

    The first step is right. From the second step on, m and v are too large.

    Check: after one step from the start the returned m should be (1 - beta1) * g.
    """
    m, v, t = averages(grads, state, beta1, beta2)
    m_hat, v_hat = corrected(m, beta1, t), corrected(v, beta2, t)
    return moved(params, m_hat, v_hat, lr, eps), {"m": m_hat, "v": v_hat, "t": t}


@adam_step.mistake("adam-betas-exchanged", rows="G19")
def _(params, grads, state, lr, beta1, beta2, eps):
    """beta1 belongs to m and beta2 to v; here they are swapped.

    With the usual values, the direction is then remembered for a thousand steps and the size for
    ten.

    Check: with beta1 = 1, m should not change.
    """
    return adam(params, grads, state, lr, beta2, beta1, eps)


@adam_step.mistake("only-m-corrected", rows="G19")
def _(params, grads, state, lr, beta1, beta2, eps):
    """m and v both start at 0, so v needs its correction 1 - beta2**t just as m does.

    For beta2 = 0.999 the first step is then 31.6 times too long.

    Check: the first step of a weight should have length lr, whatever its gradient.
    """
    m, v, t = averages(grads, state, beta1, beta2)
    return moved(params, corrected(m, beta1, t), v, lr, eps), {"m": m, "v": v, "t": t}


@adam_step.mistake("only-v-corrected", rows="G19")
def _(params, grads, state, lr, beta1, beta2, eps):
    """m and v both start at 0, so m needs its correction 1 - beta1**t just as v does.

    For beta1 = 0.9 the first step is a tenth of what it should be.

    Check: the first step of a weight should have length lr, whatever its gradient.
    """
    m, v, t = averages(grads, state, beta1, beta2)
    return moved(params, m, corrected(v, beta2, t), lr, eps), {"m": m, "v": v, "t": t}


@adam_step.mistake("v-without-the-square", rows="G19")
def _(params, grads, state, lr, beta1, beta2, eps):
    """v averages g**2, which is never negative; here it averages g, and the square root of a
    negative v is nan.

    m says where to go, v how large the gradients are.

    Check: changing the sign of the gradient should not change the returned v.
    """
    m, _, t = averages(grads, state, beta1, beta2)
    v = {name: beta2 * state["v"][name] + (1 - beta2) * g for name, g in grads.items()}
    m_hat, v_hat = corrected(m, beta1, t), corrected(v, beta2, t)
    return moved(params, m_hat, v_hat, lr, eps), {"m": m, "v": v, "t": t}


@adam_step.mistake("eps-before-the-correction", rows="G20", convention=True)
def _(params, grads, state, lr, beta1, beta2, eps):
    """Keras adds eps to sqrt(v) before the correction; this course, like the paper, adds it to
    sqrt(v_hat).

    The paper calls the other one epsilon hat. The two differ where gradients are as small as eps.

    Check: with a gradient of eps the first step should have length lr / 2.
    """
    m, v, t = averages(grads, state, beta1, beta2)
    rate = lr * math.sqrt(1 - beta2**t) / (1 - beta1**t)
    return moved(params, m, v, rate, eps), {"m": m, "v": v, "t": t}


@adam_step.mistake("eps-inside-the-root", rows="G09")
def _(params, grads, state, lr, beta1, beta2, eps):
    """Adam divides by sqrt(v_hat) + eps; inside the square root, eps acts like sqrt(eps).

    For gradients of order 1 this makes no difference. An eps of 1e-8 inside acts like 1e-4 outside,
    and weights with tiny gradients hardly move.

    Check: with v_hat = 0 and eps = 0.01 the divisor should be 0.01.
    """
    m, v, t = averages(grads, state, beta1, beta2)
    m_hat, v_hat = corrected(m, beta1, t), corrected(v, beta2, t)
    new = {name: w - lr * m_hat[name] / np.sqrt(v_hat[name] + eps) for name, w in params.items()}
    return new, {"m": m, "v": v, "t": t}


@adam_step.mistake("adam-root-missing", rows="G09")
def _(params, grads, state, lr, beta1, beta2, eps):
    """A mean of squares has the unit of g**2; only its square root can be compared with m.

    Without the root, steps get longer where gradients are small, and explode where they are tiny.

    Check: the first step of a weight should have length lr, whatever its gradient.
    """
    m, v, t = averages(grads, state, beta1, beta2)
    m_hat, v_hat = corrected(m, beta1, t), corrected(v, beta2, t)
    new = {name: w - lr * m_hat[name] / (v_hat[name] + eps) for name, w in params.items()}
    return new, {"m": m, "v": v, "t": t}


@adam_step.mistake("adam-eps-left-out", rows="G09")
def _(params, grads, state, lr, beta1, beta2, eps):
    """A weight that never received a gradient has m = v = 0, and 0 / 0 is nan; eps prevents that.

    A dead unit is enough, or a pixel that is black in every picture.

    Check: with a gradient of 0 from the start, a parameter should stay where it is.
    """
    return adam(params, grads, state, lr, beta1, beta2, 0.0)


@adam_step.mistake("adam-eps-fixed", rows="G21", family={"small": SMALL_NUMBERS})
def _(params, grads, state, lr, beta1, beta2, eps, *, small=1e-8):
    """The divisor uses the eps that was passed in; here it is always the same.

    The paper has 1e-8, Keras 1e-7. So the caller decides.

    Check: with eps = 1e6 a step should be almost 0.
    """
    return adam(params, grads, state, lr, beta1, beta2, small)


@adam_step.mistake("adam-uphill", rows="G01")
def _(params, grads, state, lr, beta1, beta2, eps):
    """The gradient points uphill, so a step subtracts; here it adds.

    The loss rises from the first step on.

    Check: with g = 1 a parameter should become smaller.
    """
    return adam(params, grads, state, -lr, beta1, beta2, eps)


@adam_step.mistake("sums-in-place-of-averages")
def _(params, grads, state, lr, beta1, beta2, eps):
    """In an average the coefficients add up to 1, beta and 1 - beta; here the new gradient has the
    coefficient 1.

    m grows by the factor 1 / (1 - beta1), v by 1 / (1 - beta2). The corrections are made for
    averages, so the first steps come out too long or too short.

    Check: after one step from the start the returned m should be (1 - beta1) * g.
    """
    m = {name: beta1 * state["m"][name] + g for name, g in grads.items()}
    v = {name: beta2 * state["v"][name] + g**2 for name, g in grads.items()}
    t = state["t"] + 1
    m_hat, v_hat = corrected(m, beta1, t), corrected(v, beta2, t)
    return moved(params, m_hat, v_hat, lr, eps), {"m": m, "v": v, "t": t}


@adam_step.mistake("gradient-in-place-of-m")
def _(params, grads, state, lr, beta1, beta2, eps):
    """The step follows m_hat, the remembered direction; here it follows the current gradient alone.

    The first step is right, because m_hat equals g there. The result is RMSprop with a correction.

    Check: with a gradient of 0, a weight whose m is not 0 should still move.
    """
    m, v, t = averages(grads, state, beta1, beta2)
    return moved(params, grads, corrected(v, beta2, t), lr, eps), {"m": m, "v": v, "t": t}


@adam_step.mistake("adam-begun-anew", rows="G05")
def _(params, grads, state, lr, beta1, beta2, eps):
    """The new m and v build on those passed in; here both start from 0 in every call.

    Only t is carried over. Each step follows the sign of one gradient.

    Check: with a gradient of 0, the returned m should be beta1 times the old one.
    """
    empty = {"m": zeros(), "v": zeros(), "t": state["t"]}
    return adam(params, grads, empty, lr, beta1, beta2, eps)


@adam_step.mistake("adam-not-kept", rows="G05 G16")
def _(params, grads, state, lr, beta1, beta2, eps):
    """The step is right, but the old state is returned, so the next step knows nothing of this one.

    From the start, every step is then a first step of length lr.

    Check: after one step from the start the returned t should be 1.
    """
    return adam(params, grads, state, lr, beta1, beta2, eps)[0], state


@adam_step.mistake("adam-shared-by-all", rows="G06")
def _(params, grads, state, lr, beta1, beta2, eps):
    """Each parameter has its own v; here the last parameter's v carries over to the next.

    One variable is shared by all iterations of the loop. Where shapes differ, NumPy broadcasts one
    array to the other or raises an error.

    Check: if only W2's gradient is 0, the v of W2 should stay 0.
    """
    m, _, t = averages(grads, state, beta1, beta2)
    v, shared = {}, state["v"]["W1"]
    for name, g in grads.items():
        shared = v[name] = beta2 * shared + (1 - beta2) * g**2
    return moved(params, corrected(m, beta1, t), corrected(v, beta2, t), lr, eps), {
        "m": m,
        "v": v,
        "t": t,
    }


@adam_step.mistake("adam-shared-by-shape", rows="G06")
def _(params, grads, state, lr, beta1, beta2, eps):
    """Two parameters of the same shape are still separate; here they share m and v.

    m and v are looked up by the array's shape instead of its name.

    Check: if only W2's gradient is 0, the m of W2 should stay 0.
    """
    by_shape = {a.shape: (a, state["v"][name]) for name, a in state["m"].items()}
    m, v, t = {}, {}, state["t"] + 1
    for name, g in grads.items():
        old_m, old_v = by_shape[g.shape]
        m[name] = beta1 * old_m + (1 - beta1) * g
        v[name] = beta2 * old_v + (1 - beta2) * g**2
        by_shape[g.shape] = m[name], v[name]
    m_hat, v_hat = corrected(m, beta1, t), corrected(v, beta2, t)
    return moved(params, m_hat, v_hat, lr, eps), {"m": m, "v": v, "t": t}


remembered: State = {}


@adam_step.mistake("memory-outside-of-the-state", rows="N06")
def _(params, grads, state, lr, beta1, beta2, eps):
    """m and v are stored in a variable outside the function, so two runs at the same time mix them
    up.

    State comes in as an argument and goes out as a result. A single run from the start shows no
    difference. The check alternates between two runs.

    Check: make sure the function reads m and v from state and from nowhere else.
    """
    if state["t"] == 0:
        remembered.update(m=zeros(), v=zeros())
    kept = {**remembered, "t": state["t"]}
    new, kept = adam(params, grads, kept, lr, beta1, beta2, eps)
    remembered.update(m=kept["m"], v=kept["v"])
    return new, kept


@adam_step.mistake("adam-state-changed", rows="N05")
def _(params, grads, state, lr, beta1, beta2, eps):
    """Writing into state, or into an array inside it, changes the caller's state.

    The numbers are right, but a second run from the same state does not start at 0. Copying the
    dict alone is not enough: the copy holds the same arrays, and `*=` writes into them.

    Check: compare state["t"] and the arrays in state["m"] before and after the call.
    """
    new, kept = adam(params, grads, state, lr, beta1, beta2, eps)
    state.update(kept)
    return new, state


@adam_step.mistake("adam-params-changed", rows="G02 N05")
def _(params, grads, state, lr, beta1, beta2, eps):
    """`-=` on an array of params writes into the caller's array; a step returns new arrays.

    The numbers are right, but the caller's old parameters are gone.

    Check: compare params before and after the call.
    """
    new, kept = adam(params, grads, state, lr, beta1, beta2, eps)
    for name in params:
        params[name] -= params[name] - new[name]
    return new, kept
