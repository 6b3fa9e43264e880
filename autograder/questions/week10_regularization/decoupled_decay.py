"""Weight decay as a separate step."""

from __future__ import annotations

from typing import Any

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week10_regularization.networks import kernels, parameters

Params = dict[str, Array]


@question(points=4, parts={}, builds_on=("l2_grads",))
def decoupled_decay(params: dict[str, Array], lr: float, wd: float) -> Any:
    """Every kernel shrinks by the share lr * wd; all other parameters stay.

    Args:
        params: kernels W1, W2, ..., and biases, gammas and betas.
        lr: the learning rate.
        wd: the strength of the decay.

    Returns:
        A new dictionary with W - lr * wd * W for every kernel.

    Source: keras.optimizers.SGD(weight_decay=wd) with gradients of 0, and everything but the
    kernels excluded; Loshchilov & Hutter 2019.
    """
    import keras

    variables = {
        name: keras.Variable(value, dtype=value.dtype.name, name=name)
        for name, value in params.items()
    }
    optimizer = keras.optimizers.SGD(learning_rate=lr, weight_decay=wd)
    chosen = kernels(params)
    optimizer.exclude_from_weight_decay([variables[n] for n in params if n not in chosen])
    optimizer.apply([0 * value for value in params.values()], list(variables.values()))
    return {name: variable.numpy() for name, variable in variables.items()}


def shrinking(rng: Rng, wd: float, *sizes: int) -> Inputs:
    """A learning rate that float32 holds exactly, as Keras keeps it in float32."""
    return {"params": parameters(rng, *sizes), "lr": int(rng.integers(8, 25)) / 64, "wd": wd}


@decoupled_decay.case("two-layers", weight=2)
def _(rng: Rng) -> Inputs:
    return shrinking(rng, int(rng.integers(5, 20)) / 128, 5, 4, 3)


@decoupled_decay.case("strong")
def _(rng: Rng) -> Inputs:
    return shrinking(rng, int(rng.integers(50, 90)) / 64, 7, 6, 5, 4, 1)


@decoupled_decay.mistake("decay-without-the-learning-rate", rows="G24")
def _(params: Params, lr: float, wd: float) -> Any:
    """A decay step removes the fraction lr * wd; here it removes wd, whatever the learning rate.

    When a schedule lowers the learning rate, the decay would stay as strong as at the start.

    Check: with lr = 0 nothing should change.
    """
    return {**params, **{name: params[name] * (1 - wd) for name in kernels(params)}}


@decoupled_decay.mistake("weights-grow", rows="G25")
def _(params: Params, lr: float, wd: float) -> Any:
    """Decay makes weights smaller, by the factor 1 - lr * wd; here they grow.

    After a thousand steps they are enormous.

    Check: every kernel entry should move towards 0.
    """
    return {**params, **{name: params[name] * (1 + lr * wd) for name in kernels(params)}}


@decoupled_decay.mistake("biases-decay-too", rows="G27 D05")
def _(params: Params, lr: float, wd: float) -> Any:
    """Only kernels decay; here biases, gammas and betas shrink as well.

    A gamma that shrinks to 0 silences its unit.

    Check: b1 and gamma1 should come back unchanged.
    """
    return {name: value * (1 - lr * wd) for name, value in params.items()}


@decoupled_decay.mistake("decayed-twice", rows="G28")
def _(params: Params, lr: float, wd: float) -> Any:
    """One step removes the fraction lr * wd once; here the kernels shrink twice.

    It happens when decay is written in two places, or when L2 and decay are both switched on.

    Check: with lr * wd = 0.5, a weight of 8 should become 4.
    """
    return {**params, **{name: params[name] * (1 - lr * wd) ** 2 for name in kernels(params)}}


@decoupled_decay.mistake("two-from-the-square")
def _(params: Params, lr: float, wd: float) -> Any:
    """The factor 2 belongs to the gradient of a square; decay is a separate step and has no such
    factor.

    Plain gradient steps with L2 and lam equal decay with wd = 2 lam. Here wd itself is given.

    Check: with lr * wd = 0.5, a weight of 8 should become 4.
    """
    return {**params, **{name: params[name] * (1 - 2 * lr * wd) for name in kernels(params)}}


@decoupled_decay.mistake("same-amount-from-all")
def _(params: Params, lr: float, wd: float) -> Any:
    """Decay removes the same fraction of every weight; here it removes the same amount.

    A negative weight then moves away from 0.

    Check: a weight of 0 should stay 0.
    """
    return {**params, **{name: params[name] - lr * wd for name in kernels(params)}}


@decoupled_decay.mistake("what-was-taken")
def _(params: Params, lr: float, wd: float) -> Any:
    """The new weights are what remains, W - lr * wd * W; here the amount removed is returned.

    Check: with wd = 0 the result should equal params.
    """
    return {**params, **{name: lr * wd * params[name] for name in kernels(params)}}


@decoupled_decay.mistake("decayed-in-place", rows="G03 N05")
def _(params: Params, lr: float, wd: float) -> Any:
    """`*=` writes into the caller's arrays, so the old parameters are lost.

    The returned values are right. But if params was kept as the best so far, it has changed too.

    Check: keep a copy of params["W1"], call your function, and compare.
    """
    for name in kernels(params):
        params[name] *= 1 - lr * wd
    return params
