# mypy: disable-error-code="no-untyped-def"
# Wrong formulas repeat the reference's arguments; their types are stated there.
"""Adam with an L2 penalty compared with AdamW, on the same gradients."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week09_optimizers.formulas import (
    NO_EPS,
    Arrays,
    adam,
    adam_settings,
    adam_start,
    gradients,
    one_of,
    parameters,
    run_keras,
    shrunk,
    with_penalty,
)


@question(
    points=5,
    returns=("l2", "decayed"),
    builds_on=("adam_step", "adamw_step"),
    parts={"l2": 1, "decayed": 1},
)
def l2_is_not_decay(
    params: Arrays,
    grads: Arrays,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float,
) -> Any:
    """Two walks from one start: Adam with an L2 penalty in the gradient, and AdamW.

    The student's function receives the gradients as a list of dicts, one dict for each step.

    Args:
        params: where both walks start, float64.
        grads: for each parameter its gradients, one for every step, without penalty.
        lr: learning rate.
        beta1: the share of m that is kept.
        beta2: the share of v that is kept.
        eps: added to the corrected root.
        weight_decay: the first walk adds weight_decay * W, with its own current W, to the
            gradient of every kernel; the second walk is AdamW's.

    Returns:
        The parameters at the end of the first walk, and at the end of the second.

    Source: keras.optimizers.Adam on g + weight_decay * W, and keras.optimizers.AdamW;
    Loshchilov & Hutter 2019, section 2.
    """
    import keras

    penalized = {name: several.copy() for name, several in grads.items()}

    def add_penalty(optimizer: Any, step: int, weights: dict[str, Any]) -> None:
        paper_epsilon(optimizer, step)
        for name in ("W1", "W2"):
            penalized[name][step] += weight_decay * weights[name].numpy()

    def paper_epsilon(optimizer: Any, step: int, _: Any = None) -> None:
        optimizer.epsilon = eps * math.sqrt(1 - beta2 ** (step + 1))

    plain = keras.optimizers.Adam(lr, beta1, beta2)
    decoupled = keras.optimizers.AdamW(lr, weight_decay, beta1, beta2)
    decoupled.exclude_from_weight_decay(var_names=["b1", "b2"])
    return (
        run_keras(plain, params, penalized, {}, before_step=add_penalty)[0],
        run_keras(decoupled, params, grads, {}, before_step=paper_epsilon)[0],
    )


@l2_is_not_decay.driver
def _(l2_is_not_decay: Any, params: Arrays, grads: Arrays, *settings: float) -> Any:
    steps = [{name: g[s] for name, g in grads.items()} for s in range(len(grads["W1"]))]
    return l2_is_not_decay(params, steps, *settings)


def walk(rng: Rng, steps: int, loudness: Array | float = 1.0, eps: float = NO_EPS) -> Inputs:
    """Gradients for both walks, and a decay that shows."""
    grads = gradients(rng, steps)
    return {
        "params": parameters(rng),
        "grads": {**grads, "W1": loudness * grads["W1"]},
        **adam_settings(rng, eps),
        "weight_decay": one_of(rng, 0.25, 0.375, 0.5),
    }


@l2_is_not_decay.case("ten-steps", weight=2)
def _(rng: Rng) -> Inputs:
    return walk(rng, 10)


@l2_is_not_decay.case("loud-and-quiet-weights")
def _(rng: Rng) -> Inputs:
    # Without an eps that counts, Adam would forgive a constant factor in its gradients.
    return walk(rng, 6, loudness=10.0 ** rng.uniform(-1, 2, (4, 3)), eps=2**-4)


def two_walks(
    params: Arrays,
    grads: list[Arrays],
    settings: tuple[float, float, float, float],
    weight_decay: float,
    penalty: Callable[[Arrays, Arrays, float], Arrays] = with_penalty,
    decay: float | None = None,
) -> tuple[Arrays, Arrays]:
    """Both walks, with any penalty and decay."""
    decay = 1 - settings[0] * weight_decay if decay is None else decay
    l2 = decayed = params
    l2_state, decayed_state = adam_start(), adam_start()
    for g in grads:
        l2, l2_state = adam(l2, penalty(l2, g, weight_decay), l2_state, *settings)
        decayed, decayed_state = adam(shrunk(decayed, decay), g, decayed_state, *settings)
    return l2, decayed


@l2_is_not_decay.alternative("one-walk-after-the-other")
def _(params, grads, lr, beta1, beta2, eps, weight_decay):
    settings = (lr, beta1, beta2, eps)
    l2, state = params, adam_start()
    for g in grads:
        l2, state = adam(l2, with_penalty(l2, g, weight_decay), state, *settings)
    decayed, state = params, adam_start()
    for g in grads:
        decayed, state = adam(shrunk(decayed, 1 - lr * weight_decay), g, state, *settings)
    return l2, decayed


@l2_is_not_decay.mistake("one-state-for-both-walks", rows="N06")
def _(params, grads, lr, beta1, beta2, eps, weight_decay):
    """Each walk has a state of its own; here one walk's state carries over into the other.

    The second walk's m and v then contain gradients of the first.

    Check: with weight_decay = 0 both walks should end at the same place.
    """
    settings = (lr, beta1, beta2, eps)
    l2 = decayed = params
    state = adam_start()
    for g in grads:
        l2, state = adam(l2, with_penalty(l2, g, weight_decay), state, *settings)
        decayed, state = adam(shrunk(decayed, 1 - lr * weight_decay), g, state, *settings)
    return l2, decayed


@l2_is_not_decay.mistake("second-walk-from-the-end-of-the-first")
def _(params, grads, lr, beta1, beta2, eps, weight_decay):
    """Both walks start at params; here the second one starts where the first one ended.

    The same variable was used for both.

    Check: with weight_decay = 0 both walks should end at the same place.
    """
    settings = (lr, beta1, beta2, eps)
    l2, _ = two_walks(params, grads, settings, weight_decay)
    return l2, two_walks(l2, grads, settings, weight_decay)[1]


@l2_is_not_decay.mistake("penalty-of-the-start")
def _(params, grads, lr, beta1, beta2, eps, weight_decay):
    """The penalty uses the current kernel; here weight_decay * W keeps using the initial kernel.

    A penalty that never changes pushes a weight through 0 and beyond.

    Check: print the W that the penalty uses in the second step.
    """
    start = params

    def penalty(_, g, weight_decay):
        return with_penalty(start, g, weight_decay)

    return two_walks(params, grads, (lr, beta1, beta2, eps), weight_decay, penalty)


@l2_is_not_decay.mistake("penalty-on-biases-too", rows="G27")
def _(params, grads, lr, beta1, beta2, eps, weight_decay):
    """Only kernels, arrays with two axes, get the penalty; here the first walk applies it to biases
    as well.

    The two walks then differ for a second reason, and the comparison is no longer clean.

    Check: the biases of both walks should end at the same place.
    """

    def penalty(params, g, weight_decay):
        return {name: g[name] + weight_decay * w for name, w in params.items()}

    return two_walks(params, grads, (lr, beta1, beta2, eps), weight_decay, penalty)


@l2_is_not_decay.mistake("penalty-with-a-two", rows="D01", convention=True)
def _(params, grads, lr, beta1, beta2, eps, weight_decay):
    """The slope of weight_decay * W**2 is 2 * weight_decay * W; the contract adds weight_decay * W.

    The contract's slope belongs to a penalty with a factor of 1/2.

    Check: compare what is added to the gradient with the docstring.
    """

    def penalty(params, g, weight_decay):
        return with_penalty(params, g, 2 * weight_decay)

    return two_walks(params, grads, (lr, beta1, beta2, eps), weight_decay, penalty)


@l2_is_not_decay.mistake("penalty-with-learning-rate")
def _(params, grads, lr, beta1, beta2, eps, weight_decay):
    """The penalty in the gradient is weight_decay * W; here it is lr * weight_decay * W.

    The step multiplies by lr anyway. AdamW's decay contains lr because it is outside the gradient.

    Check: print what is added to the gradient; it should not depend on lr.
    """

    def penalty(params, g, weight_decay):
        return with_penalty(params, g, lr * weight_decay)

    return two_walks(params, grads, (lr, beta1, beta2, eps), weight_decay, penalty)


@l2_is_not_decay.mistake("penalty-in-both-walks", rows="G28")
def _(params, grads, lr, beta1, beta2, eps, weight_decay):
    """AdamW uses the plain gradient; here its gradients contain the penalty as well.

    The second walk decays twice, once inside the gradient and once outside.

    Check: the second walk should equal adamw_step applied to grads alone.
    """
    settings = (lr, beta1, beta2, eps)
    l2, decayed = two_walks(params, grads, settings, weight_decay)
    decayed, state = params, adam_start()
    for g in grads:
        penalized = with_penalty(decayed, g, weight_decay)
        decayed, state = adam(shrunk(decayed, 1 - lr * weight_decay), penalized, state, *settings)
    return l2, decayed


@l2_is_not_decay.mistake("second-walk-without-decay")
def _(params, grads, lr, beta1, beta2, eps, weight_decay):
    """The second walk is AdamW's; here it is plain Adam's, without any decay.

    The comparison then shows the effect of the penalty, not the difference between penalty and
    decay.

    Check: with gradients of 0, the kernels of the second walk should shrink.
    """
    return two_walks(params, grads, (lr, beta1, beta2, eps), weight_decay, decay=1.0)


@l2_is_not_decay.mistake("walks-exchanged")
def _(params, grads, lr, beta1, beta2, eps, weight_decay):
    """The two results are swapped: the contract returns the walk with the penalty first.

    Both walks are right.

    Check: read Returns in the docstring again.
    """
    return two_walks(params, grads, (lr, beta1, beta2, eps), weight_decay)[::-1]


@l2_is_not_decay.mistake("same-walk-twice")
def _(params, grads, lr, beta1, beta2, eps, weight_decay):
    """Both results are AdamW's: the first walk's penalty never reached its gradient.

    It happens when new gradients are built but the old ones are passed on.

    Check: with weight_decay > 0 the two results should differ.
    """
    decayed = two_walks(params, grads, (lr, beta1, beta2, eps), weight_decay)[1]
    return decayed, decayed


@l2_is_not_decay.mistake("state-begun-anew-in-every-step", rows="G05")
def _(params, grads, lr, beta1, beta2, eps, weight_decay):
    """A walk keeps one state from the first step to the last; here every step starts with an empty
    one.

    Every step is then a first step, of length lr.

    Check: look at where in the loop the state is created.
    """
    settings = (lr, beta1, beta2, eps)
    l2 = decayed = params
    for g in grads:
        l2, _ = adam(l2, with_penalty(l2, g, weight_decay), adam_start(), *settings)
        decayed, _ = adam(shrunk(decayed, 1 - lr * weight_decay), g, adam_start(), *settings)
    return l2, decayed


@l2_is_not_decay.mistake("penalty-written-into-the-gradients", rows="G03 N05")
def _(params, grads, lr, beta1, beta2, eps, weight_decay):
    """`g += ...` writes the penalty into the caller's gradients, so the second walk uses it too.

    The second walk decays twice, although its own code is right.

    Check: compare grads before and after the call.
    """

    def penalty(params, g, weight_decay):
        for name, w in params.items():
            if w.ndim > 1:
                g[name] += weight_decay * w
        return g

    return two_walks(params, grads, (lr, beta1, beta2, eps), weight_decay, penalty)
