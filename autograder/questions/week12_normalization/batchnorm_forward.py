# mypy: disable-error-code="no-untyped-def"
# Wrong formulas repeat the reference's arguments; their types are stated there.
"""Batch normalization in one function, for training and test time."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import SMALL_NUMBERS, Array, Formula, Inputs, Rng, question
from autograder.questions.week12_normalization.formulas import (
    averaged,
    batch_scaled,
    distant_features,
    features,
    forward,
    parameters,
    quiet_features,
    scaled,
    with_given_statistics,
)
from autograder.questions.week12_normalization.layers import batch_normalization


@question(
    points=14,
    returns=("out", "running_mean", "running_var"),
    builds_on=("batchnorm_inference",),
    parts={"out": 2, "running_mean": 1, "running_var": 1},
)
def batchnorm_forward(
    X: Array,
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    momentum: float,
    eps: float,
    training: bool,
) -> Any:
    """Batch normalization, and the running statistics after it.

    Args:
        X: inputs, shape (N, D), float64.
        gamma: scale, shape (D,), float64.
        beta: shift, shape (D,), float64.
        running_mean: shape (D,), float64.
        running_var: shape (D,), float64, not negative.
        momentum: multiplies the old running value; 1 - momentum multiplies the batch's.
        eps: added to the variance, inside the root.
        training: True: normalize with the batch; False: with the running statistics.

    Returns:
        out (N, D), and running_mean (D,) and running_var (D,): updated when training, else as
        they were given. The variance is the mean squared distance (divided by N) in both places.

    Source: keras.layers.BatchNormalization; Ioffe & Szegedy 2015.
    """
    layer = batch_normalization(gamma, beta, running_mean, running_var, eps, momentum)
    out = layer(X, training=training)
    return out, layer.moving_mean, layer.moving_variance


def given(rng: Rng, X: Array, training: bool, momentum: float = 0.9, eps: float = 1e-3) -> Inputs:
    """Everything that batchnorm_forward takes, for these X."""
    names = ("gamma", "beta", "running_mean", "running_var")
    settings = {"momentum": momentum, "eps": eps, "training": training}
    return {"X": X, **parameters(rng, X.shape[1], *names), **settings}


@batchnorm_forward.case("training", weight=3)
def _(rng: Rng) -> Inputs:
    return given(rng, features(rng, 7, 4), True)


@batchnorm_forward.case("test-time", weight=2)
def _(rng: Rng) -> Inputs:
    return given(rng, features(rng, 6, 3), False, momentum=0.8)


@batchnorm_forward.case("small-variance", weight=2)
def _(rng: Rng) -> Inputs:
    return given(rng, quiet_features(rng, 8, 3), True, momentum=0.7)


@batchnorm_forward.case("large-eps")
def _(rng: Rng) -> Inputs:
    return given(rng, features(rng, 5, 4), True, momentum=0.6, eps=0.5)


@batchnorm_forward.case("square", square="with N = D the statistics of the wrong axis fit")
def _(rng: Rng) -> Inputs:
    return given(rng, features(rng, 5, 5), True)


@batchnorm_forward.case("one-example", square="a batch of one has no spread; the output is beta")
def _(rng: Rng) -> Inputs:
    return given(rng, features(rng, 1, 4), True)


@batchnorm_forward.case("far-from-zero")
def _(rng: Rng) -> Inputs:
    # An eps that shows even where float32 keeps three digits of what is left.
    return given(rng, distant_features(rng, 9, 4), True, eps=0.1)


@batchnorm_forward.alternative("in-plain-numpy")
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    return forward(X, gamma, beta, running_mean, running_var, momentum, eps, training)


@batchnorm_forward.made_of()
def _(
    X: Array,
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    momentum: float,
    eps: float,
    training: bool,
    *,
    batchnorm_inference: Formula = with_given_statistics,
) -> Any:
    if not training:
        out = batchnorm_inference(X, gamma, beta, running_mean, running_var, eps)
        return out, running_mean, running_var
    mean, var = X.mean(axis=0), X.var(axis=0)
    return (
        batchnorm_inference(X, gamma, beta, mean, var, eps),
        averaged(running_mean, mean, momentum),
        averaged(running_var, var, momentum),
    )


@batchnorm_forward.mistake("statistics-of-each-example", rows="I01")
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """Batch norm measures each feature over the N examples; here each example is measured.

    The mean of a row mixes all features of one picture; that is layer norm. The running averages no
    longer fit either: they hold one number for each feature.

    Check: with gamma = 1 and beta = 0, print the mean of the output over axis 0; it should be 0.
    """
    if not training:
        return forward(X, gamma, beta, running_mean, running_var, momentum, eps, False)
    mean, var = X.mean(axis=1, keepdims=True), X.var(axis=1, keepdims=True)
    out = scaled(X, mean, var, gamma, beta, eps)
    return out, averaged(running_mean, mean, momentum), averaged(running_var, var, momentum)


@batchnorm_forward.mistake("statistics-of-the-other-axis", rows="I01")
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """There is one mean for each of the D features; a mean over axis 1 gives N numbers instead.

    axis names the axis that disappears. If N differs from D, NumPy raises an error; if N = D, the
    wrong numbers fit silently.

    Check: X.mean(axis=...) should have the shape of running_mean.
    """
    if not training:
        return forward(X, gamma, beta, running_mean, running_var, momentum, eps, False)
    mean, var = X.mean(axis=1), X.var(axis=1)
    out = scaled(X, mean, var, gamma, beta, eps)
    return out, averaged(running_mean, mean, momentum), averaged(running_var, var, momentum)


@batchnorm_forward.mistake("one-mean-for-everything")
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """Each feature has its own mean and standard deviation; without an axis NumPy computes one of
    each for all features.

    A feature that is far from the others stays far from them.

    Check: X.mean(axis=...) should have D entries.
    """
    if not training:
        return forward(X, gamma, beta, running_mean, running_var, momentum, eps, False)
    out = scaled(X, X.mean(), X.var(), gamma, beta, eps)
    return (
        out,
        averaged(running_mean, X.mean(), momentum),
        averaged(running_var, X.var(), momentum),
    )


@batchnorm_forward.mistake("sample-variance-in-the-output", at="out", rows="I02 I21")
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """The variance of the batch divides by N; here it divides by N - 1.

    The batch is not a sample from which something is estimated: it should have variance 1 itself.
    With N = 4 the output is 13 percent too small; with N = 1 it is 0 / 0, which is nan.

    Check: with gamma = 1, beta = 0 and eps = 0, the output's np.var over axis 0 should be 1.
    """
    if not training:
        return forward(X, gamma, beta, running_mean, running_var, momentum, eps, False)[0]
    with np.errstate(all="ignore"):
        var = ((X - X.mean(axis=0)) ** 2).sum(axis=0) / np.float64(len(X) - 1)
    return scaled(X, X.mean(axis=0), var, gamma, beta, eps)


@batchnorm_forward.mistake(
    "sample-variance-in-the-average", at="running_var", rows="I03", convention=True
)
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """PyTorch averages the variance with divisor N - 1; this course, like Keras, the one with
    divisor N.

    With N - 1 the variance is an unbiased estimate for the whole data. Both are in use. For N = 1
    it is 0 / 0, which is nan.

    Check: starting from 0 with momentum = 0, running_var should equal X.var(axis=0).
    """
    if not training:
        return running_var
    with np.errstate(all="ignore"):
        var = ((X - X.mean(axis=0)) ** 2).sum(axis=0) / np.float64(len(X) - 1)
    return averaged(running_var, var, momentum)


@batchnorm_forward.mistake("eps-outside-the-root", at="out", rows="I04")
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """eps is added to the variance, inside the square root: sqrt(var + eps), not sqrt(var) + eps.

    For variances near 1 the two hardly differ. At a variance of 1e-4 and eps = 1e-3 they differ
    by a factor of 3.

    Check: with a variance of 0 and eps = 0.01 the divisor should be 0.1.
    """
    mean, var = (X.mean(axis=0), X.var(axis=0)) if training else (running_mean, running_var)
    return gamma * (X - mean) / (np.sqrt(var) + eps) + beta


@batchnorm_forward.mistake("eps-fixed", at="out", rows="I20", family={"small": SMALL_NUMBERS})
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training, *, small=1e-5):
    """The divisor is sqrt(var + eps) with the eps that was passed in; here it is always the same.

    PyTorch uses 1e-5 and Keras 1e-3, so the caller decides.

    Check: with eps = 1e6 every output should be almost beta.
    """
    mean, var = (X.mean(axis=0), X.var(axis=0)) if training else (running_mean, running_var)
    return scaled(X, mean, var, gamma, beta, small)


@batchnorm_forward.mistake("momentum-fixed", rows="I20")
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """The old running value is multiplied by the momentum that was passed in; here it is always
    multiplied by 0.9.

    Calls with momentum = 0.9 are right; all others are not.

    Check: with momentum = 0 the running mean should be the batch's mean.
    """
    return forward(X, gamma, beta, running_mean, running_var, 0.9, eps, training)


@batchnorm_forward.mistake("last-batch-only", rows="I06")
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """A running value keeps momentum times its old value; here the last batch replaces it.

    At test time the layer would know one batch and nothing of those before it.

    Check: with momentum = 1 the running statistics should not change.
    """
    return forward(X, gamma, beta, running_mean, running_var, 0.0, eps, training)


@batchnorm_forward.mistake("momentum-on-the-new-value", rows="I07", convention=True)
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """PyTorch's momentum multiplies the batch's value; in this course, as in Keras, it multiplies
    the old one.

    With 0.9 the running mean is then mostly the last batch. PyTorch therefore uses 0.1.

    Check: with momentum = 1 the running statistics should not change.
    """
    return forward(X, gamma, beta, running_mean, running_var, 1 - momentum, eps, training)


@batchnorm_forward.mistake("running-spread-stored", at="running_var", rows="I10")
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """The running average is taken of the variance; here it is taken of its square root, the
    standard deviation.

    At test time the square root is then taken a second time.

    Check: starting from 0 with momentum = 0, running_var should equal X.var(axis=0).
    """
    return averaged(running_var, X.std(axis=0), momentum) if training else running_var


@batchnorm_forward.mistake("running-statistics-as-rows", rows="I18")
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """The running statistics have one entry for each feature, shape (D,); here they become (1, D).

    keepdims=True keeps the axis over which the mean was taken. For axis 0 that is not needed: an
    array of shape (D,) broadcasts along the columns by itself.

    Check: the returned running_mean should have the shape of the one passed in.
    """
    out, mean, var = forward(X, gamma, beta, running_mean, running_var, momentum, eps, training)
    return (out, mean[None], var[None]) if training else (out, mean, var)


@batchnorm_forward.mistake("batch-statistics-at-test-time", at="out", rows="I08")
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """At test time X is normalized with the running statistics; here the batch's own statistics are
    used.

    The answer for one picture then depends on the other pictures in the batch.

    Check: with training=False, the first row of out should not change when the other rows do.
    """
    return batch_scaled(X, gamma, beta, eps)


@batchnorm_forward.mistake("running-statistics-updated-at-test-time", rows="I08")
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """Test data must not change the layer; with training=False both running statistics stay the
    same.

    Otherwise the layer learns from the test data, and the same call gives two different answers.

    Check: with training=False the returned statistics should equal those passed in.
    """
    out = forward(X, gamma, beta, running_mean, running_var, momentum, eps, training)[0]
    return out, *forward(X, gamma, beta, running_mean, running_var, momentum, eps, True)[1:]


@batchnorm_forward.mistake("training-flag-without-effect", rows="I11")
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """The argument training chooses between batch and running statistics; here it has no effect.

    Every call is treated as training. It happens when the flag is stored under another name or
    compared with the wrong value.

    Check: the outputs with training=True and training=False should differ.
    """
    return forward(X, gamma, beta, running_mean, running_var, momentum, eps, True)


@batchnorm_forward.mistake("training-flag-turned-over", rows="I11")
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """training=True means normalizing with this batch's statistics; here the two branches are
    swapped.

    Training uses the running statistics, and the test uses the batch.

    Check: with training=True, gamma = 1 and beta = 0, the columns of out should have mean 0.
    """
    return forward(X, gamma, beta, running_mean, running_var, momentum, eps, not training)


@batchnorm_forward.mistake("running-statistics-while-training", at="out")
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """In training, the batch is normalized with its own mean and variance; here the running ones
    are used.

    The running averages are only kept for later. The columns of xhat no longer have mean 0.

    Check: with training=True, gamma = 1 and beta = 0, the columns of out should have mean 0.
    """
    mean, var = running_mean, running_var
    if training:
        mean = averaged(mean, X.mean(axis=0), momentum)
        var = averaged(var, X.var(axis=0), momentum)
    return scaled(X, mean, var, gamma, beta, eps)


@batchnorm_forward.mistake("running-statistics-not-updated")
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """In training, both averages move a little towards the batch; here they stay the same.

    At test time the layer would still know only what it started with.

    Check: with training=True the returned running_mean should differ from the one passed in.
    """
    out = forward(X, gamma, beta, running_mean, running_var, momentum, eps, training)[0]
    return out, running_mean, running_var


@batchnorm_forward.mistake("running-statistics-in-place", rows="N05")
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """*= and += write into the caller's arrays; the new averages should be new arrays.

    The values are right. But the caller's old averages, for example in a saved copy of the network,
    have changed too.

    Check: keep a copy of running_mean, call your function, and compare.
    """
    out, mean, var = forward(X, gamma, beta, running_mean, running_var, momentum, eps, training)
    running_mean[:], running_var[:] = mean, var
    return out, running_mean, running_var


@batchnorm_forward.mistake("divided-by-the-variance", at="out")
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """The variance is a squared distance; X is divided by its square root, the standard deviation.

    Features with a variance above 1 come out too small, the others too large.

    Check: with gamma = 1, beta = 0 and eps = 0, the output's np.var over axis 0 should be 1.
    """
    mean, var = (X.mean(axis=0), X.var(axis=0)) if training else (running_mean, running_var)
    return gamma * (X - mean) / (var + eps) + beta


@batchnorm_forward.mistake("scale-and-shift-missing", at="out")
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """The normalized input is multiplied by gamma and shifted by beta; here that step is missing.

    Without them the layer can only pass on numbers with mean 0 and variance 1, whatever the next
    layer needs.

    Check: with gamma = 0 every output should be beta.
    """
    mean, var = (X.mean(axis=0), X.var(axis=0)) if training else (running_mean, running_var)
    return (X - mean) / np.sqrt(var + eps)


@batchnorm_forward.mistake("variance-as-difference-of-squares")
def _(X, gamma, beta, running_mean, running_var, momentum, eps, training):
    """mean(X**2) - mean(X)**2 subtracts two large, nearly equal numbers, which loses their digits.

    Mathematically it is the variance. But for features that are thousands away from 0 and differ by
    1, half of the digits are lost; the result can even be negative. Subtract the mean before
    squaring.

    Check: adding 1e6 to every entry of X should not change the output.
    """
    if not training:
        return forward(X, gamma, beta, running_mean, running_var, momentum, eps, False)
    mean = X.mean(axis=0)
    var = (X**2).mean(axis=0) - mean**2
    out = scaled(X, mean, var, gamma, beta, eps)
    return out, averaged(running_mean, mean, momentum), averaged(running_var, var, momentum)
