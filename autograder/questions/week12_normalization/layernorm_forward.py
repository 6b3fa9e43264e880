"""Layer normalization."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograder.questions.define import SMALL_NUMBERS, Array, Inputs, Rng, question
from autograder.questions.week12_normalization.formulas import (
    distant_features,
    features,
    parameters,
    quiet_features,
    scaled,
    whitened,
)
from autograder.questions.week12_normalization.layers import layer_normalization


@question(points=8)
def layernorm_forward(X: Array, gamma: Array, beta: Array, eps: float) -> Any:
    """Layer normalization: every example is measured over its own features, the last axis.

    Args:
        X: inputs (N, D), or (N, T, D) with T places in each example, float64.
        gamma: scale, shape (D,), float64.
        beta: shift, shape (D,), float64.
        eps: added to the variance, inside the root.

    Returns:
        The normalized, scaled and shifted inputs, the shape of X; mean and variance (divided by D)
        are taken over the last axis.

    Source: keras.layers.LayerNormalization; Ba, Kiros & Hinton 2016.
    """
    return layer_normalization(gamma, beta, eps)(X)


def given(rng: Rng, X: Array, eps: float = 1e-3) -> Inputs:
    """Random parameters for these inputs."""
    return {"X": X, **parameters(rng, X.shape[-1], "gamma", "beta"), "eps": eps}


@layernorm_forward.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return given(rng, features(rng, 7, 4))


@layernorm_forward.case("three-axes", weight=2)
def _(rng: Rng) -> Inputs:
    return given(rng, features(rng, 3, 5, 4))


@layernorm_forward.case("small-variance", weight=2)
def _(rng: Rng) -> Inputs:
    return given(rng, quiet_features(rng, 6, 5))


@layernorm_forward.case("large-eps", square="one example has the layer norm of its row")
def _(rng: Rng) -> Inputs:
    return given(rng, features(rng, 1, 3), 0.5)


@layernorm_forward.case("square", square="a mean without keepdims fits silently where N equals D")
def _(rng: Rng) -> Inputs:
    return given(rng, features(rng, 5, 5))


@layernorm_forward.case("far-from-zero")
def _(rng: Rng) -> Inputs:
    # An eps that shows even where float32 keeps three digits of what is left.
    return given(rng, distant_features(rng, 6, 4), eps=0.1)


@layernorm_forward.mistake("statistics-over-the-batch", rows="J01")
def _(X: Array, gamma: Array, beta: Array, eps: float) -> Any:
    """Layer norm measures each example over its features; here the statistics run over the
    examples, axis 0.

    That is batch norm. The output for one picture then depends on the others.

    Check: the first row of the result should not change when the other rows of X do.
    """
    return gamma * whitened(X, eps, 0)[0] + beta


def measured_along(
    X: Array, gamma: Array, beta: Array, eps: float, mean: Any = -1, var: Any = -1
) -> Array:
    """Layer norm with the mean, or the variance, along another axis."""
    mu = X.mean(axis=mean, keepdims=True)
    return scaled(X, mu, X.var(axis=var, keepdims=True), gamma, beta, eps)


def about_the_mean(
    X: Array, gamma: Array, beta: Array, eps: float, mean: Any = -1, var: Any = -1
) -> Array:
    """The same, with the variance as the mean square of what is left of X."""
    mu = X.mean(axis=mean, keepdims=True)
    square = ((X - mu) ** 2).mean(axis=var, keepdims=True)
    return scaled(X, mu, square, gamma, beta, eps)


@layernorm_forward.mistake(
    "mean-along-another-axis",
    rows="J01",
    otherwise=lambda _: (
        partial(measured_along, mean=-2),
        partial(measured_along, mean=None),
        *(partial(about_the_mean, mean=axis) for axis in (0, -2, None)),
    ),
)
def _(X: Array, gamma: Array, beta: Array, eps: float) -> Any:
    """The mean and the variance both run over the features, the last axis; here the mean runs along
    another axis, or over everything.

    The variance is measured as it should be.

    Check: with gamma = 1 and beta = 0, every row of the result should have mean 0.
    """
    return measured_along(X, gamma, beta, eps, mean=0)


@layernorm_forward.mistake(
    "variance-along-another-axis",
    rows="J01",
    otherwise=lambda _: (
        partial(measured_along, var=-2),
        partial(measured_along, var=None),
        *(partial(about_the_mean, var=axis) for axis in (0, -2, None)),
    ),
)
def _(X: Array, gamma: Array, beta: Array, eps: float) -> Any:
    """The mean and the variance both run over the features, the last axis; here the variance runs
    along another axis, or over everything.

    The mean is subtracted as it should be.

    Check: with gamma = 1, beta = 0 and a tiny eps, every row of the result should have variance 1.
    """
    return measured_along(X, gamma, beta, eps, var=0)


@layernorm_forward.mistake("one-mean-for-everything", rows="J02")
def _(X: Array, gamma: Array, beta: Array, eps: float) -> Any:
    """Each example has its own mean and standard deviation; without an axis NumPy computes one of
    each for the whole batch.

    An example with larger numbers than the others keeps larger numbers.

    Check: with gamma = 1 and beta = 0, every row of the result should have mean 0.
    """
    return scaled(X, X.mean(), X.var(), gamma, beta, eps)


@layernorm_forward.mistake("all-axes-but-the-first", rows="J02")
def _(X: Array, gamma: Array, beta: Array, eps: float) -> Any:
    """The statistics run over the last axis only; here the T positions of an example share one
    mean.

    Inputs with two axes are right. With three, each of the N * T rows has to be normalized
    separately.

    Check: for X (N, T, D) the mean should have N * T entries.
    """
    axes = tuple(range(1, X.ndim))
    mean, var = X.mean(axis=axes, keepdims=True), X.var(axis=axes, keepdims=True)
    return scaled(X, mean, var, gamma, beta, eps)


@layernorm_forward.mistake("axis-one-instead-of-the-last", rows="J10")
def _(X: Array, gamma: Array, beta: Array, eps: float) -> Any:
    """The features are on the last axis, which is axis 1 only if X has two axes.

    For X (N, T, D), axis 1 counts the positions of an example, and each feature is normalized over
    these positions.

    Check: with gamma = 1 and beta = 0, result[0, 0] should have mean 0 for an X with three axes.
    """
    return gamma * whitened(X, eps, 1)[0] + beta


@layernorm_forward.mistake("scale-for-two-axes-only", rows="J10")
def _(X: Array, gamma: Array, beta: Array, eps: float) -> Any:
    """gamma of shape (D,) aligns with the last axis of any X; expanded to (N, D) it does not.

    Inputs with two axes are right. With three, NumPy raises an error, because N meets T.

    Check: NumPy compares shapes from the right; write (N, T, D) above the shape of your gamma.
    """
    return np.tile(gamma, (len(X), 1)) * whitened(X, eps, -1)[0] + beta


@layernorm_forward.mistake("keepdims-missing", rows="J03")
def _(X: Array, gamma: Array, beta: Array, eps: float) -> Any:
    """A mean over the last axis has shape (N,); NumPy aligns it with the columns of X (N, D).

    If N differs from D, NumPy raises an error. If N = D, it silently subtracts the wrong numbers:
    the mean of row n is subtracted from column n.

    Check: print the shapes of X and of the mean; the mean's shape should end in 1.
    """
    return scaled(X, X.mean(axis=-1), X.var(axis=-1), gamma, beta, eps)


@layernorm_forward.mistake("running-statistics-kept", rows="J07")
def _(X: Array, gamma: Array, beta: Array, eps: float) -> Any:
    """Layer norm keeps nothing between calls: it uses each example's own mean and variance.

    Here they are averaged with a start of 0 and 1, as batch norm does for its test time. Each
    example has its own features, so there is nothing to remember.

    Check: with gamma = 1 and beta = 0, every row of the result should have mean 0.
    """
    mean, var = X.mean(axis=-1, keepdims=True), X.var(axis=-1, keepdims=True)
    return scaled(X, 0.1 * mean, 0.9 + 0.1 * var, gamma, beta, eps)


@layernorm_forward.mistake("sample-variance", rows="J09")
def _(X: Array, gamma: Array, beta: Array, eps: float) -> Any:
    """The variance of an example divides by D; here it divides by D - 1.

    With D = 2 the result is 29 percent too small; with many features the error hardly shows.

    Check: with gamma = 1, beta = 0 and eps = 0, the np.var of every row should be 1.
    """
    var = X.var(axis=-1, ddof=1, keepdims=True)
    return scaled(X, X.mean(axis=-1, keepdims=True), var, gamma, beta, eps)


@layernorm_forward.mistake("eps-outside-the-root", rows="J09")
def _(X: Array, gamma: Array, beta: Array, eps: float) -> Any:
    """eps is added to the variance, inside the square root: sqrt(var + eps), not sqrt(var) + eps.

    For variances near 1 the two hardly differ. At a variance of 1e-4 and eps = 1e-3 they differ
    by a factor of 3.

    Check: with a variance of 0 and eps = 0.01 the divisor should be 0.1.
    """
    spread = X.std(axis=-1, keepdims=True) + eps
    return gamma * (X - X.mean(axis=-1, keepdims=True)) / spread + beta


@layernorm_forward.mistake("eps-fixed", rows="J09", family={"small": SMALL_NUMBERS})
def _(X: Array, gamma: Array, beta: Array, eps: float, *, small: float = 1e-5) -> Any:
    """The divisor is sqrt(var + eps) with the eps that was passed in; here it is always the same.

    PyTorch uses 1e-5 and Keras 1e-3, so the caller decides.

    Check: with eps = 1e6 every output should be almost beta.
    """
    return gamma * whitened(X, small, -1)[0] + beta


@layernorm_forward.mistake("divided-by-the-variance")
def _(X: Array, gamma: Array, beta: Array, eps: float) -> Any:
    """The variance is a squared distance; X is divided by its square root, the standard deviation.

    Examples with a variance above 1 come out too small, the others too large.

    Check: with gamma = 1, beta = 0 and eps = 0, the np.var of every row should be 1.
    """
    xhat, root = whitened(X, eps, -1)
    return gamma * xhat / root + beta


@layernorm_forward.mistake("scale-and-shift-missing")
def _(X: Array, gamma: Array, beta: Array, eps: float) -> Any:
    """The normalized input is multiplied by gamma and shifted by beta; here that step is missing.

    Without them the layer can only pass on rows with mean 0 and variance 1, whatever the next layer
    needs.

    Check: with gamma = 0 every row should be beta.
    """
    return whitened(X, eps, -1)[0]


@layernorm_forward.mistake("variance-as-difference-of-squares")
def _(X: Array, gamma: Array, beta: Array, eps: float) -> Any:
    """mean(X**2) - mean(X)**2 subtracts two large, nearly equal numbers, which loses their digits.

    Mathematically it is the variance. But for features that are thousands away from 0 and differ by
    1, half of the digits are lost; the result can even be negative. Subtract the mean before
    squaring.

    Check: adding 1e6 to every entry of X should not change the output.
    """
    mean = X.mean(axis=-1, keepdims=True)
    var = (X**2).mean(axis=-1, keepdims=True) - mean**2
    return scaled(X, mean, var, gamma, beta, eps)


@layernorm_forward.mistake("root-mean-square-only")
def _(X: Array, gamma: Array, beta: Array, eps: float) -> Any:
    """Layer norm subtracts each row's mean first; here the row is only divided by its root mean
    square.

    That is RMSNorm, which many language models use. The two are equal for rows whose mean is 0.

    Check: adding 5 to every entry of X should not change the output.
    """
    return gamma * X / np.sqrt((X**2).mean(axis=-1, keepdims=True) + eps) + beta
