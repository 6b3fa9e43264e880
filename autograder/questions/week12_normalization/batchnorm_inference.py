"""Batch normalization at test time."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import SMALL_NUMBERS, Array, Inputs, Rng, question
from autograder.questions.week12_normalization.formulas import (
    batch_scaled,
    features,
    parameters,
    scaled,
)
from autograder.questions.week12_normalization.layers import batch_normalization

PARAMETERS = ("gamma", "beta", "running_mean", "running_var")


@question(points=5)
def batchnorm_inference(
    X: Array, gamma: Array, beta: Array, running_mean: Array, running_var: Array, eps: float
) -> Any:
    """Batch normalization at test time, with the running statistics and nothing of the batch.

    Args:
        X: inputs, shape (N, D), float64.
        gamma: scale, shape (D,), float64.
        beta: shift, shape (D,), float64.
        running_mean: shape (D,), float64.
        running_var: shape (D,), float64, not negative.
        eps: added to the variance, inside the root.

    Returns:
        The normalized, scaled and shifted inputs, shape (N, D).

    Source: keras.layers.BatchNormalization with training=False; Ioffe & Szegedy 2015.
    """
    layer = batch_normalization(gamma, beta, running_mean, running_var, eps)
    return layer(X, training=False)


@batchnorm_inference.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return {"X": features(rng, 7, 4), **parameters(rng, 4, *PARAMETERS), "eps": 1e-3}


@batchnorm_inference.case("one-picture", weight=2, square="a batch of one is usual at test time")
def _(rng: Rng) -> Inputs:
    return {"X": features(rng, 1, 5), **parameters(rng, 5, *PARAMETERS), "eps": 0.01}


@batchnorm_inference.case("small-variance", weight=2)
def _(rng: Rng) -> Inputs:
    given = {"X": 0.01 * rng.normal(size=(6, 3)), **parameters(rng, 3, *PARAMETERS), "eps": 1e-3}
    small = {"running_mean": 0.01 * rng.normal(size=3), "running_var": rng.uniform(5e-5, 2e-4, 3)}
    return given | small


@batchnorm_inference.mistake("batch-statistics-at-test-time", rows="I08")
def _(
    X: Array, gamma: Array, beta: Array, running_mean: Array, running_var: Array, eps: float
) -> Any:
    """At test time X is normalized with the running statistics; here the batch's own statistics are
    used.

    The answer for one picture then depends on the other pictures in the batch. A batch of one
    always becomes beta.

    Check: the first row of the result should not change when the other rows of X do.
    """
    return batch_scaled(X, gamma, beta, eps)


@batchnorm_inference.mistake("eps-outside-the-root", rows="I04")
def _(
    X: Array, gamma: Array, beta: Array, running_mean: Array, running_var: Array, eps: float
) -> Any:
    """eps is added to the variance, inside the square root: sqrt(var + eps), not sqrt(var) + eps.

    For variances near 1 the two hardly differ. At a variance of 1e-4 and eps = 1e-3 they differ
    by a factor of 3.

    Check: with running_var = 0 and eps = 0.01 the divisor should be 0.1.
    """
    return gamma * (X - running_mean) / (np.sqrt(running_var) + eps) + beta


@batchnorm_inference.mistake("eps-fixed", rows="I20", family={"small": SMALL_NUMBERS})
def _(
    X: Array,
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    eps: float,
    *,
    small: float = 1e-5,
) -> Any:
    """The divisor is sqrt(var + eps) with the eps that was passed in; here it is always the same.

    PyTorch uses 1e-5 and Keras 1e-3, so the caller decides.

    Check: with eps = 1e6 every output should be almost beta.
    """
    return scaled(X, running_mean, running_var, gamma, beta, small)


@batchnorm_inference.mistake("divided-by-the-variance", rows="I10")
def _(
    X: Array, gamma: Array, beta: Array, running_mean: Array, running_var: Array, eps: float
) -> Any:
    """The variance is a squared distance; X is divided by its square root, the standard deviation.

    Here the square root is missing. Features with a variance above 1 come out too small, the others
    too large.

    Check: with running_var = 4 and eps = 0, an X that is 10 above the mean should give 5 * gamma +
    beta.
    """
    return gamma * (X - running_mean) / (running_var + eps) + beta


@batchnorm_inference.mistake("scale-and-shift-missing")
def _(
    X: Array, gamma: Array, beta: Array, running_mean: Array, running_var: Array, eps: float
) -> Any:
    """The normalized input is multiplied by gamma and shifted by beta; here that step is missing.

    Without them the layer can only pass on numbers with mean 0 and variance 1, whatever the next
    layer needs.

    Check: with gamma = 0 every output should be beta.
    """
    return (X - running_mean) / np.sqrt(running_var + eps)


@batchnorm_inference.mistake("shift-before-scale")
def _(
    X: Array, gamma: Array, beta: Array, running_mean: Array, running_var: Array, eps: float
) -> Any:
    """out = gamma * xhat + beta: the shift comes after the scale, so beta is not multiplied by
    gamma.

    Here beta is multiplied by gamma as well.

    Check: where X equals running_mean, the output should be beta.
    """
    return gamma * ((X - running_mean) / np.sqrt(running_var + eps) + beta)


@batchnorm_inference.mistake("eps-left-out")
def _(
    X: Array, gamma: Array, beta: Array, running_mean: Array, running_var: Array, eps: float
) -> Any:
    """The divisor is sqrt(var + eps); here eps is left out.

    Where a feature hardly varies, the outputs come out far too large, and at a variance of 0 they
    are inf or nan.

    Check: with running_var = 0 and eps = 0.01 the divisor should be 0.1.
    """
    return scaled(X, running_mean, running_var, gamma, beta, 0.0)


@batchnorm_inference.mistake("eps-added-into-the-running-variance", rows="N05")
def _(
    X: Array, gamma: Array, beta: Array, running_mean: Array, running_var: Array, eps: float
) -> Any:
    """`running_var += eps` changes the caller's array: at every call the variance grows by eps.

    The first result is right, and every later one is a little smaller. `var = running_var + eps`
    makes a new array.

    Check: print running_var before and after the call; it should not change.
    """
    running_var += eps
    return scaled(X, running_mean, running_var, gamma, beta, 0.0)
