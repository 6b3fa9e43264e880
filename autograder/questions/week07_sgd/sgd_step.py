"""One nudge of every parameter."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question

Params = dict[str, Array]


@question(points=6, returns=("params",))
def sgd_step(params: Params, grads: Params, lr: float) -> Any:
    """Every parameter moved by lr against its gradient.

    Args:
        params: arrays by name, any names and any shapes, float64.
        grads: dL/dparams, the names and shapes of params.
        lr: learning rate.

    Returns:
        A new dict with the names and shapes of params: p - lr * dL/dp for every p.

    Source: keras.optimizers.SGD; Robbins & Monro 1951.
    """
    import keras

    variables = {
        name: keras.Variable(value, dtype=value.dtype.name) for name, value in params.items()
    }
    optimizer = keras.optimizers.SGD(learning_rate=lr)
    optimizer.apply([grads[name] for name in params], list(variables.values()))
    return {name: variable.value for name, variable in variables.items()}


def learning_rate(rng: Rng) -> float:
    """A multiple of 1/64, which Keras' float32 holds exactly."""
    return float(rng.integers(5, 60)) / 64


def network(rng: Rng, *sizes: int) -> Inputs:
    params: Params = {}
    for number, (fan_in, fan_out) in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
        params[f"W{number}"] = rng.normal(size=(fan_in, fan_out))
        params[f"b{number}"] = rng.normal(size=fan_out)
    grads = {name: rng.normal(size=value.shape) for name, value in params.items()}
    return {"params": params, "grads": grads, "lr": learning_rate(rng)}


@sgd_step.case("two-layers", weight=3)
def _(rng: Rng) -> Inputs:
    return network(rng, 5, 4, 3)


@sgd_step.case("four-layers")
def _(rng: Rng) -> Inputs:
    return network(rng, 2, 3, 5, 4, 6)


@sgd_step.case("other-names", weight=2)
def _(rng: Rng) -> Inputs:
    given = network(rng, 5, 4)
    names = {"W1": "slope", "b1": "offset"}
    return {
        "params": {names[name]: value for name, value in given["params"].items()},
        # The same names in another order: they belong together by name.
        "grads": {names[name]: given["grads"][name] for name in ("b1", "W1")},
        "lr": given["lr"],
    }


@sgd_step.mistake("step-climbs", rows="G01")
def _(params: Params, grads: Params, lr: float) -> Any:
    """The gradient points to where the loss rises, so a step goes against it: p - lr * dL/dp.

    With a plus every step makes the loss larger, and the robot learns to be wrong.

    Check: for p = 1, gradient 2 and lr = 0.1 the result should be 0.8.
    """
    return {name: params[name] + lr * grads[name] for name in params}


@sgd_step.mistake("nothing-moved", rows="G02 L18")
def _(params: Params, grads: Params, lr: float) -> Any:
    """A name that is set inside the loop does not reach the dict; the new values have to be kept.

    `p = p - lr * g` binds p to a new array, and params still holds the old one. What comes back
    is what went in.

    Check: compare the result with params; they should differ.
    """
    return dict(params)


@sgd_step.mistake("params-changed-in-place", rows="G02 N05")
def _(params: Params, grads: Params, lr: float) -> Any:
    """`-=` writes into the caller's arrays; functions of this course return new ones.

    Whoever kept the old parameters, for example the best so far, finds them changed as well. A
    copy of the dict is not enough, because both dicts hold the same arrays.

    Check: keep a copy of params["W1"], call, and compare.
    """
    for name in params:
        params[name] -= lr * grads[name]
    return params


@sgd_step.mistake("gradients-changed-in-place", rows="G03 N05")
def _(params: Params, grads: Params, lr: float) -> Any:
    """`*=` writes lr into the caller's gradients; functions of this course leave them alone.

    The result is right. A second step with the same gradients would be lr times smaller.

    Check: keep a copy of grads["W1"], call, and compare.
    """
    for name in grads:
        grads[name] *= lr
    return {name: params[name] - grads[name] for name in params}


@sgd_step.mistake("learning-rate-left-out")
def _(params: Params, grads: Params, lr: float) -> Any:
    """The step is lr times the gradient; here it is the whole gradient, as if lr were 1.

    Such steps are far too long for most networks, and the loss jumps.

    Check: with lr = 0 nothing should move.
    """
    return {name: params[name] - grads[name] for name in params}


@sgd_step.mistake("step-without-the-parameter")
def _(params: Params, grads: Params, lr: float) -> Any:
    """This is the step alone, -lr * dL/dp; the result is the place after the step.

    The parameters' own values are lost.

    Check: with gradients of 0 the result should equal params.
    """
    return {name: -lr * grads[name] for name in params}


@sgd_step.mistake("biases-not-stepped")
def _(params: Params, grads: Params, lr: float) -> Any:
    """Every parameter moves, and a bias is a parameter; here only matrices do.

    The kernels are right. The biases keep their first values for ever.

    Check: compare every entry of the result with params; none should be equal.
    """
    return {
        name: params[name] - lr * grads[name] if params[name].ndim == 2 else params[name]
        for name in params
    }


@sgd_step.mistake("steps-of-equal-length")
def _(params: Params, grads: Params, lr: float) -> Any:
    """A steep slope means a long step; np.sign keeps the direction and drops the steepness.

    Every entry moves by exactly lr. Near the bottom, where slopes are small, such steps cannot
    become small.

    Check: twice the gradient should give twice the step.
    """
    return {name: params[name] - lr * np.sign(grads[name]) for name in params}


@sgd_step.mistake("step-proportional-to-the-parameter")
def _(params: Params, grads: Params, lr: float) -> Any:
    """The step is lr * dL/dp and does not depend on p; here it is multiplied by p as well.

    p * (1 - lr * g) leaves a parameter of 0 at 0 for ever.

    Check: for p = 0, gradient 2 and lr = 0.1 the result should be -0.2.
    """
    return {name: params[name] * (1 - lr * grads[name]) for name in params}


@sgd_step.mistake("gradients-paired-by-place")
def _(params: Params, grads: Params, lr: float) -> Any:
    """A parameter and its gradient have the same name; here they meet by their place in the dict.

    As long as both dicts list the names in one order it works. In another order a kernel gets a
    bias's gradient, which may even broadcast.

    Check: build grads with its names in another order; the result should not change.
    """
    pairs = zip(params, params.values(), grads.values(), strict=True)
    return {name: value - lr * gradient for name, value, gradient in pairs}


@sgd_step.mistake("only-known-names")
def _(params: Params, grads: Params, lr: float) -> Any:
    """The step has to serve every network; here it knows W1, b1, W2 and b2 only.

    With deeper networks the later layers stay away, and other names raise KeyError.

    Check: params with a single entry "w" should work.
    """
    return {name: params[name] - lr * grads[name] for name in ("W1", "b1", "W2", "b2")}
