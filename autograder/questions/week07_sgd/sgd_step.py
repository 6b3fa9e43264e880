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
    shapes = {"slope": (5, 1, 3), "offset": (1,)}
    return {
        "params": {name: rng.normal(size=shape) for name, shape in shapes.items()},
        # The same names in another order: they belong together by name.
        "grads": {name: rng.normal(size=shapes[name]) for name in ("offset", "slope")},
        "lr": learning_rate(rng),
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
    """Assigning to a name inside the loop does not change the dict; the new values must be stored.

    `p = p - lr * g` binds p to a new array, and params still holds the old one. The function
    returns what it was given.

    Check: compare the result with params; they should differ.
    """
    return dict(params)


@sgd_step.mistake("params-changed-in-place", rows="G02 N05")
def _(params: Params, grads: Params, lr: float) -> Any:
    """`-=` writes into the caller's arrays; functions in this course return new ones.

    A caller that kept the old parameters, for example the best so far, finds them changed too.
    Copying the dict is not enough, because both dicts hold the same arrays.

    Check: keep a copy of params["W1"], call your function, and compare.
    """
    for name in params:
        params[name] -= lr * grads[name]
    return params


@sgd_step.mistake("gradients-changed-in-place", rows="G03 N05")
def _(params: Params, grads: Params, lr: float) -> Any:
    """`*=` writes lr into the caller's gradients; functions in this course do not change them.

    The result is right, but a second step with the same gradients would be too small by a factor of
    lr.

    Check: keep a copy of grads["W1"], call your function, and compare.
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
    """This is only the step, -lr * dL/dp; the result should be the parameter after the step.

    The parameters' own values are lost.

    Check: with gradients of 0 the result should equal params.
    """
    return {name: -lr * grads[name] for name in params}


@sgd_step.mistake("biases-not-stepped")
def _(params: Params, grads: Params, lr: float) -> Any:
    """Every parameter moves, including the biases; here only matrices do.

    The kernels are right. The biases keep their initial values forever.

    Check: compare every entry of the result with params; none should be equal.
    """
    return {
        name: params[name] - lr * grads[name] if params[name].ndim == 2 else params[name]
        for name in params
    }


@sgd_step.mistake("steps-of-equal-length")
def _(params: Params, grads: Params, lr: float) -> Any:
    """A steeper slope means a longer step; np.sign keeps only its direction.

    Every entry moves by exactly lr. Near the minimum, where slopes are small, such steps do not get
    smaller.

    Check: doubling the gradient should double the step.
    """
    return {name: params[name] - lr * np.sign(grads[name]) for name in params}


@sgd_step.mistake("step-proportional-to-the-parameter")
def _(params: Params, grads: Params, lr: float) -> Any:
    """The step is lr * dL/dp and does not depend on p; here it is also multiplied by p.

    p * (1 - lr * g) leaves a parameter of 0 at 0 forever.

    Check: for p = 0, gradient 2 and lr = 0.1 the result should be -0.2.
    """
    return {name: params[name] * (1 - lr * grads[name]) for name in params}


@sgd_step.mistake("gradients-paired-by-place")
def _(params: Params, grads: Params, lr: float) -> Any:
    """A parameter and its gradient share a name; here they are paired by their position in the
    dict.

    This works as long as both dicts list the names in the same order. In another order a kernel
    gets a bias's gradient, which may even broadcast.

    Check: build grads with its names in a different order; the result should not change.
    """
    pairs = zip(params, params.values(), grads.values(), strict=True)
    return {name: value - lr * gradient for name, value, gradient in pairs}


@sgd_step.mistake("only-known-names")
def _(params: Params, grads: Params, lr: float) -> Any:
    """The step has to work for any network; here it only knows W1, b1, W2 and b2.

    With deeper networks the later layers are missing, and other names raise a KeyError.

    Check: params with a single entry "w" should work.
    """
    return {name: params[name] - lr * grads[name] for name in ("W1", "b1", "W2", "b2")}
