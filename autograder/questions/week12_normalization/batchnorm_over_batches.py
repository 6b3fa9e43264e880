# mypy: disable-error-code="no-untyped-def"
# Wrong formulas repeat the reference's arguments; their types are stated there.
"""Batch normalization over several batches, carrying the state from call to call."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Formula, Inputs, Rng, question
from autograder.questions.week12_normalization.formulas import (
    averaged,
    batch_scaled,
    features,
    forward,
    parameters,
    scaled,
    with_given_statistics,
)
from autograder.questions.week12_normalization.layers import batch_normalization


@question(
    points=5,
    calls="batchnorm_forward",
    returns=("out", "running_mean", "running_var"),
    parts={"out": 2, "running_mean": 1, "running_var": 1},
    builds_on=("batchnorm_inference",),
)
def batchnorm_over_batches(
    batches: Array,
    X: Array,
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    momentum: float,
    eps: float,
) -> Any:
    """batchnorm_forward on several training batches in a row, and then twice on a test batch.

    Every call receives the running statistics that the call before returned.

    Args:
        batches: training inputs, shape (B, N, D), float64.
        X: test inputs, shape (K, D), float64.
        gamma: scale, shape (D,), float64.
        beta: shift, shape (D,), float64.
        running_mean: at the start, shape (D,), float64.
        running_var: at the start, shape (D,), float64.
        momentum: multiplies the old running value.
        eps: added to the variance, inside the root.

    Returns:
        out (K, D) of the last test call, and the running statistics (D,) that it received.

    Source: keras.layers.BatchNormalization, called as often.
    """
    layer = batch_normalization(gamma, beta, running_mean, running_var, eps, momentum)
    for batch in batches:
        layer(batch, training=True)
    layer(X, training=False)
    return layer(X, training=False), layer.moving_mean, layer.moving_variance


@batchnorm_over_batches.driver
def _(
    batchnorm_forward: Any,
    batches: Array,
    X: Array,
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    momentum: float,
    eps: float,
) -> Any:
    out, mean, var = None, running_mean, running_var
    calls = [(batch, True) for batch in batches] + [(X, False), (X, False)]
    for inputs, training in calls:
        running_mean, running_var = mean, var
        answer = batchnorm_forward(
            inputs, gamma, beta, running_mean, running_var, momentum, eps, training
        )
        if answer is None:
            return None
        out, mean, var = answer
    # Those that the last call received, from which its output follows.
    return out, running_mean, running_var


@batchnorm_over_batches.follows("out", of=("running_mean", "running_var"))
def _(
    mean: Array,
    var: Array,
    batches: Array,
    X: Array,
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    momentum: float,
    eps: float,
) -> Array:
    return scaled(X, mean, var, gamma, beta, eps)


def run(rng: Rng, batches: int, momentum: float, K: int = 2) -> Inputs:
    """Batches with different means, a start that is not 0 and 1, and K test pictures."""
    places = rng.uniform(-3, 3, (batches, 1, 4))
    return {
        "batches": features(rng, batches, 6, 4) + places,
        "X": features(rng, K, 4),
        **parameters(rng, 4, "gamma", "beta", "running_mean", "running_var"),
        "momentum": momentum,
        "eps": 1e-3,
    }


@batchnorm_over_batches.case("three-batches", weight=2)
def _(rng: Rng) -> Inputs:
    return run(rng, 3, 0.9)


@batchnorm_over_batches.case("many-batches", square="one picture is usual at test time")
def _(rng: Rng) -> Inputs:
    return run(rng, 12, 0.8, K=1)


@batchnorm_over_batches.made_of(but="eps-fixed")
def _(
    X,
    gamma,
    beta,
    running_mean,
    running_var,
    momentum,
    eps,
    training,
    *,
    batchnorm_inference: Formula = with_given_statistics,
):
    mean, var = (X.mean(axis=0), X.var(axis=0)) if training else (running_mean, running_var)
    out = batchnorm_inference(X, gamma, beta, mean, var, eps)
    if not training:
        return out, running_mean, running_var
    return out, averaged(running_mean, mean, momentum), averaged(running_var, var, momentum)


@batchnorm_over_batches.mistake("last-batch-only", rows="I06")
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """A running value keeps momentum times its old value; here the last batch replaces it.

    At test time the layer knows one batch and nothing of those before it.

    Check: with momentum = 1 the running statistics should not change.
    """
    return forward(X, gamma, beta, running_mean, running_var, 0.0, eps, training)


@batchnorm_over_batches.mistake("average-begun-anew", rows="I06 N06")
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """Each average continues from the running value passed in; here it starts over in every call.

    It starts from 0 and 1, and each call loses what earlier batches left. State comes in as an
    argument and goes out as a result, so use what came in.

    Check: with momentum = 1 the returned running_mean should equal the one passed in.
    """
    if not training:
        return forward(X, gamma, beta, running_mean, running_var, momentum, eps, False)
    return forward(X, gamma, beta, 0.0, 1.0, momentum, eps, True)  # type: ignore[arg-type]


@batchnorm_over_batches.mistake("momentum-on-the-new-value", rows="I07", convention=True)
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """PyTorch's momentum multiplies the batch's value; in this course, as in Keras, it multiplies
    the old one.

    With 0.9 the running mean is then mostly the last batch. PyTorch therefore uses 0.1.

    Check: with momentum = 1 the running statistics should not change.
    """
    return forward(X, gamma, beta, running_mean, running_var, 1 - momentum, eps, training)


@batchnorm_over_batches.mistake("sample-variance-in-the-average", rows="I03", convention=True)
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """PyTorch averages the variance with divisor N - 1; this course, like Keras, the one with
    divisor N.

    With N - 1 the variance is an unbiased estimate for the whole data. Both are in use.

    Check: starting from 0 with momentum = 0, running_var should equal X.var(axis=0).
    """
    out, mean, var = forward(X, gamma, beta, running_mean, running_var, momentum, eps, training)
    return out, mean, averaged(running_var, X.var(axis=0, ddof=1), momentum) if training else var


@batchnorm_over_batches.mistake("running-spread-stored", rows="I10")
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """The running average is taken of the variance; here it is taken of its square root, the
    standard deviation.

    At test time the square root is then taken a second time.

    Check: starting from 0 with momentum = 0, running_var should equal X.var(axis=0).
    """
    out, mean, var = forward(X, gamma, beta, running_mean, running_var, momentum, eps, training)
    return out, mean, averaged(running_var, X.std(axis=0), momentum) if training else var


@batchnorm_over_batches.mistake("batch-statistics-at-test-time", rows="I08")
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """At test time X is normalized with the running statistics; here the batch's own statistics are
    used.

    The averages were collected for nothing, and the answer for one picture depends on the other
    pictures in the batch.

    Check: with training=False, the first row of out should not change when the other rows do.
    """
    out = forward(X, gamma, beta, running_mean, running_var, momentum, eps, training)
    return batch_scaled(X, gamma, beta, eps), *out[1:]


@batchnorm_over_batches.mistake("running-statistics-updated-at-test-time", rows="I08")
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """Test data must not change the layer; with training=False both running statistics stay the
    same.

    Otherwise the layer learns from the test data. The second test call then gives a different
    answer from the first.

    Check: with training=False the returned statistics should equal those passed in.
    """
    out = forward(X, gamma, beta, running_mean, running_var, momentum, eps, training)[0]
    return out, *forward(X, gamma, beta, running_mean, running_var, momentum, eps, True)[1:]


@batchnorm_over_batches.mistake("averages-summed")
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """The factors momentum and 1 - momentum add up to 1; here the batch's value is added with a
    factor of 1.

    The running statistics grow with every batch, although the data do not.

    Check: after many equal batches, running_mean should approach that batch's mean.
    """
    if not training:
        return forward(X, gamma, beta, running_mean, running_var, momentum, eps, False)
    mean = momentum * running_mean + X.mean(axis=0)
    var = momentum * running_var + np.var(X, axis=0)
    return batch_scaled(X, gamma, beta, eps), mean, var
