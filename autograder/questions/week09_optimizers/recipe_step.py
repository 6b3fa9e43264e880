# mypy: disable-error-code="no-untyped-def"
# Wrong formulas repeat the reference's arguments; their types are stated there.
"""One step of the recipe by which large language models are trained."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograder.questions.define import Inputs, Rng, question
from autograder.questions.week09_optimizers import recipe as recipes
from autograder.questions.week09_optimizers.formulas import (
    Arrays,
    State,
    averages,
    corrected,
    drive_steps,
    run_keras,
    shrunk,
    with_penalty,
)
from autograder.questions.week09_optimizers.recipe import (
    LOWEST,
    Recipe,
    height,
    norm_of,
    on_a_leash,
    rate,
    share_of_the_fall,
    step,
)


@question(
    points=27,
    returns=("params", "state"),
    builds_on=("adam_step", "adamw_step"),
    parts={"params": 4, "state": 1},
)
def recipe_step(params: Arrays, grads: Arrays, state: State, recipe: Recipe) -> Any:
    """Steps of AdamW on a leash and a schedule, each with the state that the last returned.

    The student's function makes one step; it is called once for each gradient.

    Args:
        params: the parameters by name, float64; kernels have two axes, biases one.
        grads: for each parameter its gradients, one for every step.
        state: of Adam: "m", "v" and "t", the steps made before.
        recipe: "peak", "warmup" and "total" of the schedule, "max_norm" of the leash, and
            "beta1", "beta2", "eps" and "weight_decay" of AdamW.

    Returns:
        The parameters and Adam's state after the step.

    Source: keras.optimizers.AdamW with global_clipnorm, at the rates of
    keras.optimizers.schedules.CosineDecay with a warm-up.
    """
    import keras

    t = state["t"]
    schedule = keras.optimizers.schedules.CosineDecay(
        np.float64(0.0),
        recipe["total"] - recipe["warmup"],
        alpha=np.float64(LOWEST),
        warmup_target=np.float64(recipe["peak"]),
        warmup_steps=recipe["warmup"],
    )
    memory = {"momentum": state["m"], "velocity": state["v"]}
    for s in range(len(grads["W1"])):
        t += 1
        # Keras keeps a learning rate in float32, so the step is made at the rate 1 and shortened.
        optimizer = keras.optimizers.AdamW(
            1.0,
            recipe["weight_decay"],
            recipe["beta1"],
            recipe["beta2"],
            epsilon=recipe["eps"] * math.sqrt(1 - recipe["beta2"] ** t),
            global_clipnorm=recipe["max_norm"],
        )
        optimizer.exclude_from_weight_decay(var_names=["b1", "b2"])
        now = {name: grads[name][s : s + 1] for name in grads}
        there, memory = run_keras(optimizer, params, now, memory, t - 1)
        lr = float(schedule(t))
        params = {name: w + lr * (there[name] - w) for name, w in params.items()}
    return params, {"m": memory["momentum"], "v": memory["velocity"], "t": np.asarray(t)}


recipe_step.driver(drive_steps)


@recipe_step.case("calm")
def _(rng: Rng) -> Inputs:
    return recipes.calm(rng)


@recipe_step.case("spike", weight=3)
def _(rng: Rng) -> Inputs:
    return recipes.with_a_spike(rng)


@recipe_step.case("in-motion", weight=2)
def _(rng: Rng) -> Inputs:
    return recipes.in_motion(rng)


@recipe_step.case("silent-kernels")
def _(rng: Rng) -> Inputs:
    return recipes.silent_kernels(rng)


@recipe_step.mistake("no-leash")
def _(params, grads, state, recipe):
    """Gradients whose global norm is above max_norm are shortened to it; here they are used as they
    are.

    One spike then stands in v for hundreds of steps, and every step after it is too short.

    Check: for a gradient that is ten times as long as max_norm, print the norm that Adam gets.
    """
    return step(params, grads, state, recipe, clip=lambda grads, _: grads)


@recipe_step.mistake("a-leash-for-every-array", rows="G33")
def _(params, grads, state, recipe):
    """The norm is that of all arrays together; here every array is shortened by its own.

    The direction of the whole step changes: short arrays keep their length and long ones do not.

    Check: the ratio of two arrays' norms should be the same before and after.
    """

    def clip(grads, max_norm):
        return {name: on_a_leash({name: g}, max_norm)[name] for name, g in grads.items()}

    return step(params, grads, state, recipe, clip=clip)


@recipe_step.mistake("a-leash-for-every-entry")
def _(params, grads, state, recipe):
    """All gradients are multiplied by one factor; here every entry is cut off at max_norm.

    That bends the direction, and leaves a long gradient long.

    Check: the ratio of two entries should be the same before and after.
    """

    def clip(grads, max_norm):
        return {name: np.clip(g, -max_norm, max_norm) for name, g in grads.items()}

    return step(params, grads, state, recipe, clip=clip)


@recipe_step.mistake("short-gradients-stretched")
def _(params, grads, state, recipe):
    """Only gradients that are too long are changed; here short ones are stretched to max_norm.

    Near a minimum gradients are short for a good reason, and a gradient of 0 gives 0 / 0.

    Check: a gradient that is shorter than max_norm should reach Adam unchanged.
    """

    def clip(grads, max_norm):
        with np.errstate(all="ignore"):
            return {name: g * (max_norm / norm_of(grads)) for name, g in grads.items()}

    return step(params, grads, state, recipe, clip=clip)


@recipe_step.mistake("leash-measured-without-biases")
def _(params, grads, state, recipe):
    """The global norm counts every gradient; here those of the biases are left out.

    Only the decay leaves the biases out.

    Check: with gradients of 0 for all kernels, long gradients of biases should be shortened.
    """

    def clip(grads, max_norm):
        norm = norm_of({name: g for name, g in grads.items() if g.ndim > 1})
        return {name: g * (max_norm / max(norm, max_norm)) for name, g in grads.items()}

    return step(params, grads, state, recipe, clip=clip)


@recipe_step.mistake("leash-without-a-root")
def _(params, grads, state, recipe):
    """A norm is the root of the sum of squares; here the root is missing.

    Gradients with a norm above 1 are then shortened too much.

    Check: gradients with the entries 3 and 4 should have the norm 5.
    """

    def clip(grads, max_norm):
        squares = norm_of(grads) ** 2
        return {name: g * (max_norm / max(squares, max_norm)) for name, g in grads.items()}

    return step(params, grads, state, recipe, clip=clip)


@recipe_step.mistake("leash-on-the-step")
def _(params, grads, state, recipe):
    """The leash is for the gradient, before Adam sees it; here it is for what Adam makes of it.

    The memories have then heard the spike, and v keeps it for hundreds of steps.

    Check: after a spike, compare the largest entry of v with the square of max_norm.
    """
    lr = rate(state["t"] + 1, recipe)
    m, v, t = averages(grads, state, recipe["beta1"], recipe["beta2"])
    m_hat, v_hat = corrected(m, recipe["beta1"], t), corrected(v, recipe["beta2"], t)
    ways = {name: m_hat[name] / (np.sqrt(v_hat[name]) + recipe["eps"]) for name in params}
    ways = on_a_leash(ways, recipe["max_norm"])
    decayed = shrunk(params, 1 - lr * recipe["weight_decay"])
    return {name: w - lr * ways[name] for name, w in decayed.items()}, {"m": m, "v": v, "t": t}


@recipe_step.mistake("leash-written-into-the-gradients", rows="N05")
def _(params, grads, state, recipe):
    """`*=` on an array of grads writes into the caller's array; here the gradients are shortened in
    place.

    The numbers are right, but whoever looks at the gradients afterwards sees others.

    Check: compare grads before and after the call.
    """
    factor = recipe["max_norm"] / max(norm_of(grads), recipe["max_norm"])
    for g in grads.values():
        g *= factor
    return step(params, grads, state, recipe)


@recipe_step.mistake("schedule-a-step-late", rows="G41")
def _(params, grads, state, recipe):
    """state["t"] counts the steps made before, and this step is the next; here the schedule is
    asked for the one before.

    The first step then has the rate 0, and its gradient is wasted.

    Check: the first step should have the rate peak / warmup.
    """
    return step(params, grads, state, recipe, schedule=lambda t, recipe: rate(t - 1, recipe))


@recipe_step.mistake("no-warm-up")
def _(params, grads, state, recipe):
    """Up to step `warmup` the rate rises evenly from 0 to its peak; here it starts at the peak.

    Adam's memories know nearly nothing in the first steps, and full steps in those directions
    can ruin the start.

    Check: the first step should have the rate peak / warmup.
    """
    return step(params, grads, state, recipe, schedule=_without_a_rise)


def _without_a_rise(t: float, recipe: Recipe) -> float:
    return recipe["peak"] if t <= recipe["warmup"] else rate(t, recipe)


@recipe_step.mistake("no-fall")
def _(params, grads, state, recipe):
    """After the warm-up the rate falls along half a cosine; here it stays at its peak.

    The noise of the batches then keeps the weights moving to the end.

    Check: the step `total` should have a tenth of the peak.
    """
    return step(params, grads, state, recipe, schedule=_without_a_fall)


def _without_a_fall(t: float, recipe: Recipe) -> float:
    return recipe["peak"] * min(1, t / recipe["warmup"])


@recipe_step.mistake("peak-in-every-step")
def _(params, grads, state, recipe):
    """The rate rises to its peak and falls again; here every step is made at the peak.

    The leash and the decay are right.

    Check: the first step should have the rate peak / warmup.
    """
    return step(params, grads, state, recipe, schedule=lambda t, recipe: recipe["peak"])


@recipe_step.mistake("fall-longer-than-its-time")
def _(params, grads, state, recipe):
    """The fall has the total - warmup steps that are left; here it is given `total` steps, so that
    it does not arrive in time.

    Check: the step `total` should have a tenth of the peak.
    """
    return step(params, grads, state, recipe, schedule=_slow_fall)


def _slow_fall(t: float, recipe: Recipe) -> float:
    share = min(1.0, (t - recipe["warmup"]) / recipe["total"])
    low = LOWEST + (1 - LOWEST) * height(share)
    return _without_a_fall(t, recipe) if share <= 0 else recipe["peak"] * low


@recipe_step.mistake("fall-begun-too-early", rows="G38")
def _(params, grads, state, recipe):
    """The cosine begins where the warm-up ends; here it is counted from the first step, so that the
    rate jumps down after the warm-up.

    Check: the rates of the steps `warmup` and warmup + 1 should be nearly equal.
    """
    return step(params, grads, state, recipe, schedule=_early_fall)


def _early_fall(t: float, recipe: Recipe) -> float:
    low = LOWEST + (1 - LOWEST) * height(min(1.0, t / recipe["total"]))
    rises = t <= recipe["warmup"]
    return _without_a_fall(t, recipe) if rises else recipe["peak"] * low


@recipe_step.mistake("fall-to-nothing")
def _(params, grads, state, recipe):
    """The rate falls to a tenth of the peak; here it falls to 0.

    The last steps would change nothing.

    Check: the step `total` should have a tenth of the peak.
    """
    return step(params, grads, state, recipe, schedule=_to_zero)


def _to_zero(t: float, recipe: Recipe) -> float:
    rises = t <= recipe["warmup"]
    fallen = recipe["peak"] * height(share_of_the_fall(t, recipe))
    return _without_a_fall(t, recipe) if rises else fallen


@recipe_step.mistake("tenth-put-on-top")
def _(params, grads, state, recipe):
    """The cosine runs from the peak to a tenth of it; here the tenth is added to a cosine from the
    peak to 0.

    The rate jumps above its peak after the warm-up.

    Check: the rates of the steps `warmup` and warmup + 1 should be nearly equal.
    """
    return step(params, grads, state, recipe, schedule=_on_top)


def _on_top(t: float, recipe: Recipe) -> float:
    return _to_zero(t, recipe) + (t > recipe["warmup"]) * LOWEST * recipe["peak"]


@recipe_step.mistake("tenth-as-a-floor")
def _(params, grads, state, recipe):
    """The cosine lands softly on a tenth of the peak; here it falls towards 0 and is cut off at a
    tenth.

    In the middle of the fall the rate should be 0.55 of the peak; here it is 0.5.

    Check: print the rate in the middle between `warmup` and `total`.
    """
    return step(params, grads, state, recipe, schedule=_floored)


def _floored(t: float, recipe: Recipe) -> float:
    low = max(_to_zero(t, recipe), LOWEST * recipe["peak"])
    return _to_zero(t, recipe) if t <= recipe["warmup"] else low


@recipe_step.mistake("up-again-after-the-end", rows="G40")
def _(params, grads, state, recipe):
    """After step `total` the rate stays at a tenth of the peak; here the cosine goes on, and rises.

    Check: the steps `total` and total + 1 should have the same rate.
    """
    return step(params, grads, state, recipe, schedule=_rises_again)


def _rises_again(t: float, recipe: Recipe) -> float:
    share = (t - recipe["warmup"]) / (recipe["total"] - recipe["warmup"])
    low = LOWEST + (1 - LOWEST) * height(share)
    return _without_a_fall(t, recipe) if share <= 0 else recipe["peak"] * low


@recipe_step.mistake("a-straight-fall")
def _(params, grads, state, recipe):
    """The rate falls along half a cosine; here it falls evenly.

    Some recipes do that. The two agree at the beginning, in the middle and at the end.

    Check: after a quarter of the fall the rate should be 0.868 of the peak.
    """
    return step(params, grads, state, recipe, schedule=_straight)


def _straight(t: float, recipe: Recipe) -> float:
    low = LOWEST + (1 - LOWEST) * (1 - share_of_the_fall(t, recipe))
    return _without_a_fall(t, recipe) if t <= recipe["warmup"] else recipe["peak"] * low


@recipe_step.mistake("decay-at-the-peak")
def _(params, grads, state, recipe):
    """A kernel loses the share lr * weight_decay with the rate of this step; here it is the peak.

    When the steps get short, the decay would go on at full strength and win.

    Check: in the first step a kernel without a gradient should lose peak / warmup * weight_decay of
    itself.
    """

    def share(lr, recipe):
        return recipe["peak"] * recipe["weight_decay"]

    return step(params, grads, state, recipe, share=share)


@recipe_step.mistake("recipe-decay-without-a-rate", rows="G24")
def _(params, grads, state, recipe):
    """In one step a kernel loses the fraction lr * weight_decay; here it loses the fraction
    weight_decay.

    Check: in the first step a kernel without a gradient should lose peak / warmup * weight_decay of
    itself.
    """
    return step(params, grads, state, recipe, share=lambda lr, recipe: recipe["weight_decay"])


@recipe_step.mistake("recipe-without-decay")
def _(params, grads, state, recipe):
    """Kernels decay by the share lr * weight_decay before Adam's step; here they do not decay.

    This is Adam on a leash and a schedule.

    Check: a kernel without a gradient should get smaller.
    """
    return step(params, grads, state, recipe, share=lambda lr, recipe: 0.0)


@recipe_step.mistake("recipe-decays-biases", rows="G27")
def _(params, grads, state, recipe):
    """Only kernels, arrays with two axes, decay; here the biases decay as well.

    Check: a bias without a gradient should stay where it is once Adam's memory of it is empty.
    """

    def shrink(params, factor):
        return {name: factor * w for name, w in params.items()}

    return step(params, grads, state, recipe, shrink=shrink)


@recipe_step.mistake("decay-on-the-leash", rows="G23")
def _(params, grads, state, recipe):
    """The decay has nothing to do with the gradient; here weight_decay * w is added to the gradient
    before it is shortened.

    It then goes through the leash and both memories, as an L2 penalty does.

    Check: after one step the returned m should not depend on the parameters.
    """
    penalized = with_penalty(params, grads, recipe["weight_decay"])
    return step(params, penalized, state, recipe, share=lambda lr, recipe: 0.0)


@recipe_step.mistake("step-counted-twice", rows="G14")
def _(params, grads, state, recipe):
    """adamw_step counts the step itself; here t is raised before it is handed over as well.

    The schedule runs twice as fast, and the corrections are those of another step.

    Check: after three steps the returned t should be 3.
    """
    return step(params, grads, {**state, "t": state["t"] + 1}, recipe)
