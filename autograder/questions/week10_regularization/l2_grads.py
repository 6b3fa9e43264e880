"""The gradients of a loss with an L2 penalty."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week10_regularization.networks import kernels, parameters
from course_lib.gradients import derivative

Params = dict[str, Array]


@question(points=5, parts={})
def l2_grads(grads: dict[str, Array], params: dict[str, Array], lam: float) -> Any:
    """Gradients of loss + l2_penalty(params, lam), from those of the loss alone.

    Args:
        grads: the loss's gradient for every parameter.
        params: the parameters, under the same names.
        lam: how much a squared weight costs.

    Returns:
        A new dictionary: the kernels' gradients with the penalty's added, the others as they were.

    Source: tf.GradientTape through keras.regularizers.L2.
    """
    import keras

    price = keras.regularizers.L2(lam)
    added = {
        name: grads[name] + np.asarray(derivative(price, params[name])) for name in kernels(params)
    }
    return {**grads, **added}


def both(rng: Rng, lam: float, *sizes: int) -> Inputs:
    """Gradients and parameters of one network."""
    return {"grads": parameters(rng, *sizes), "params": parameters(rng, *sizes), "lam": lam}


# Keras keeps lam in float32, which holds these fractions exactly.
@l2_grads.case("two-layers", weight=2)
def _(rng: Rng) -> Inputs:
    return both(rng, int(rng.integers(50, 200)) / 1024, 5, 4, 3)


@l2_grads.case("four-layers")
def _(rng: Rng) -> Inputs:
    return both(rng, int(rng.integers(128, 192)) / 64, 7, 6, 5, 4, 1)


@l2_grads.mistake("slope-of-half-the-square", rows="D01 D06")
def _(grads: Params, params: Params, lam: float) -> Any:
    """The slope of lam W^2 is 2 lam W; here lam W is added, the slope of half that penalty.

    Books that write 1/2 lam W^2 have lam W in the gradient. This course's penalty has no 1/2, so
    this gradient does not match it.

    Check: nudge one weight by 0.001 and see how much your l2_penalty changes.
    """
    return {**grads, **{name: grads[name] + lam * params[name] for name in kernels(params)}}


@l2_grads.mistake("price-without-gradient", rows="D03")
def _(grads: Params, params: Params, lam: float) -> Any:
    """The penalty depends on W, so it adds to the gradient of W; here grads come back unchanged.

    The printed loss then contains the penalty, but it has no effect on the weights.

    Check: with grads of 0, the weights should still have a gradient.
    """
    return {name: grad.copy() for name, grad in grads.items()}


@l2_grads.mistake("bias-pulled-to-zero", rows="D05 G27")
def _(grads: Params, params: Params, lam: float) -> Any:
    """Only kernels are in the penalty; here every parameter is pulled towards 0.

    That includes the gammas, and a norm layer with gamma = 0 passes nothing on.

    Check: the gradient of b1 should come back unchanged.
    """
    return {name: grad + 2 * lam * params[name] for name, grad in grads.items()}


@l2_grads.mistake("sign-of-the-weight-lost", rows="D08")
def _(grads: Params, params: Params, lam: float) -> Any:
    """The slope of W^2 has the sign of W; with |W| in its place, negative weights are pushed away
    from 0.

    Subtracting a positive gradient makes a negative weight even more negative.

    Check: for a negative weight and grads of 0, the gradient should be negative.
    """
    pulls = {name: 2 * lam * np.abs(params[name]) for name in kernels(params)}
    return {**grads, **{name: grads[name] + pull for name, pull in pulls.items()}}


@l2_grads.mistake("equal-pull-on-all-weights", rows="D08")
def _(grads: Params, params: Params, lam: float) -> Any:
    """lam sign(W) is the gradient of the L1 penalty; L2 pulls in proportion to W.

    Under L1 a small weight is pulled as hard as a large one.

    Check: with grads of 0, a weight twice as large should have twice the gradient.
    """
    pulls = {name: lam * np.sign(params[name]) for name in kernels(params)}
    return {**grads, **{name: grads[name] + pull for name, pull in pulls.items()}}


@l2_grads.mistake("weights-pushed-away")
def _(grads: Params, params: Params, lam: float) -> Any:
    """The gradient of a sum is the sum of the gradients; here the penalty's gradient is subtracted.

    The update subtracts the gradient again, so the weights grow.

    Check: with grads of 0, one sgd_step should make the weights smaller.
    """
    pulls = {name: 2 * lam * params[name] for name in kernels(params)}
    return {**grads, **{name: grads[name] - pull for name, pull in pulls.items()}}


@l2_grads.mistake("only-the-price-is-learned")
def _(grads: Params, params: Params, lam: float) -> Any:
    """The gradient of loss + penalty has two terms; here the loss's gradient is missing.

    The network then learns to have small weights, and nothing from the data.

    Check: with lam = 0 the result should equal grads.
    """
    return {**grads, **{name: 2 * lam * params[name] for name in kernels(params)}}


@l2_grads.mistake("gradients-changed-in-place", rows="G03 N05")
def _(grads: Params, params: Params, lam: float) -> Any:
    """`+=` writes into the caller's arrays, so the loss's own gradients are lost.

    The returned values are right. But a second call with the same grads adds the penalty twice.

    Check: keep a copy of grads["W1"], call your function, and compare.
    """
    for name in kernels(params):
        grads[name] += 2 * lam * params[name]
    return grads
