"""The backward pass through batch normalization."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import SMALL_NUMBERS, Array, Formula, Inputs, Rng, question
from autograder.questions.week12_normalization.formulas import (
    backward,
    features,
    parameters,
    quiet_features,
    whitened,
)
from autograder.questions.week12_normalization.layers import batch_normalization
from course_lib.gradients import vector_jacobian_product


@question(
    points=5,
    returns=("dX", "dgamma", "dbeta"),
    parts={"dX": 2, "dgamma": 1, "dbeta": 1},
    builds_on=("normalize_backward",),
)
def batchnorm_backward(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """The blame that passes back through batch normalization while training.

    Args:
        dout: dL/dout, shape (N, D), float64.
        X: the layer's inputs, shape (N, D), float64.
        gamma: scale, shape (D,), float64.
        eps: added to the variance, inside the root.

    Returns:
        dX (N, D), dgamma (D,), dbeta (D,). Mean and variance are made of X, so blame passes
        through them as well.

    Source: tf.GradientTape through keras.layers.BatchNormalization with training=True.
    """
    zeros, ones = np.zeros_like(gamma), np.ones_like(gamma)
    layer = batch_normalization(gamma, zeros, zeros, ones, eps)

    def out(X: Any, gamma: Any, beta: Any) -> Any:
        return layer.stateless_call([gamma, beta], [zeros, ones], X, training=True)[0]

    return tuple(vector_jacobian_product(out, [X, gamma, zeros], dout))


def given(rng: Rng, X: Array, eps: float) -> Inputs:
    """Random blame for the outputs, and a scale that is not constant."""
    scale = parameters(rng, X.shape[1], "gamma")
    return {"dout": rng.normal(size=X.shape), "X": X, **scale, "eps": eps}


@batchnorm_backward.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return given(rng, features(rng, 7, 4), 1e-3)


@batchnorm_backward.case("small-variance", weight=2)
def _(rng: Rng) -> Inputs:
    return given(rng, quiet_features(rng, 6, 3), 1e-3)


@batchnorm_backward.case("large-eps", square="the axis of one feature is kept")
def _(rng: Rng) -> Inputs:
    return given(rng, features(rng, 8, 1), 0.5)


@batchnorm_backward.case("square", square="with N = D the sums over the wrong axis fit")
def _(rng: Rng) -> Inputs:
    return given(rng, features(rng, 5, 5), 1e-3)


@batchnorm_backward.alternative("scale-at-the-end")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    # gamma is constant within a column, so it can be applied after the column's means.
    xhat, root = whitened(X, eps, 0)
    return gamma * backward(dout, xhat, root, 0), (dout * xhat).sum(axis=0), dout.sum(axis=0)


@batchnorm_backward.alternative("step-by-step")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    # I16: the last term of dmean is a sum of deviations from the mean, which happens to be 0.
    N, centred = len(X), X - X.mean(axis=0)
    root = np.sqrt(X.var(axis=0) + eps)
    dxhat = dout * gamma
    dvar = (dxhat * centred).sum(axis=0) * -0.5 / root**3
    dmean = -dxhat.sum(axis=0) / root + dvar * -2 * np.sum(centred) / N
    dX = dxhat / root + dvar * 2 * centred / N + dmean / N
    return dX, (dout * centred / root).sum(axis=0), dout.sum(axis=0)


@batchnorm_backward.made_of(
    but="mean-of-the-blame-along-another-axis mean-of-the-products-along-another-axis "
    "mean-and-root-as-constants means-down-the-columns-always means-that-lost-their-axis "
    "not-divided-by-the-root term-of-the-mean-missing term-of-the-root-added "
    "term-of-the-root-missing terms-as-sums"
)
def _(
    dout: Array, X: Array, gamma: Array, eps: float, *, normalize_backward: Formula = backward
) -> Any:
    xhat, root = whitened(X, eps, 0)
    dX = normalize_backward(dout * gamma, xhat, root, 0)
    return dX, (dout * xhat).sum(axis=0), dout.sum(axis=0)


@batchnorm_backward.mistake("statistics-as-constants", at="dX", rows="I12")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """Mean and variance depend on X too; dout * gamma / root is only one of three terms of dX.

    A change in one entry changes the mean and the variance of its column, and with them the whole
    column. At test time, when the statistics are constants, this one term would be all.

    Check: every column of dX should sum to 0.
    """
    return dout * gamma / whitened(X, eps, 0)[1]


@batchnorm_backward.mistake("way-through-the-mean-missing", at="dX", rows="I13")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """The mean depends on X, so dX also contains the term -mean(dxhat); here that term is missing.

    Adding the same number to a whole column changes nothing, because the mean is subtracted. So the
    gradient of a column has to sum to 0.

    Check: every column of dX should sum to 0.
    """
    xhat, root = whitened(X, eps, 0)
    dxhat = dout * gamma
    return (dxhat - xhat * (dxhat * xhat).mean(axis=0)) / root


@batchnorm_backward.mistake("way-through-the-variance-missing", at="dX", rows="I13")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """The variance depends on X as well: the term -xhat * mean(dxhat * xhat) is missing.

    Stretching a whole column changes nothing, up to eps, because it is divided by its standard
    deviation.

    Check: every column of dX * xhat should sum to nearly 0.
    """
    xhat, root = whitened(X, eps, 0)
    dxhat = dout * gamma
    return (dxhat - dxhat.mean(axis=0)) / root


@batchnorm_backward.mistake("sign-of-the-variance-term", at="dX", rows="I13")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """A larger variance makes the output smaller, so xhat * mean(dxhat * xhat) has a minus sign.

    The root is in the denominator: the slope of 1 / root is -1/2 * (var + eps)**(-3/2).

    Check: every column of dX * xhat should sum to nearly 0.
    """
    xhat, root = whitened(X, eps, 0)
    dxhat = dout * gamma
    return (dxhat - dxhat.mean(axis=0) + xhat * (dxhat * xhat).mean(axis=0)) / root


@batchnorm_backward.mistake("sums-instead-of-means", at="dX", rows="I13")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """Mean and variance divide by N, so both correction terms are means; here they are sums.

    The two correction terms are N times too large.

    Check: every column of dX should sum to 0.
    """
    xhat, root = whitened(X, eps, 0)
    dxhat = dout * gamma
    return (dxhat - dxhat.sum(axis=0) - xhat * (dxhat * xhat).sum(axis=0)) / root


@batchnorm_backward.mistake("scale-left-out", at="dX", rows="I17")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """out = gamma * xhat + beta, so the gradient for xhat is dxhat = dout * gamma; here gamma is
    missing.

    Here dout itself is passed on. With gamma = 1, as at the start, this makes no difference.

    Check: doubling gamma should double dX.
    """
    return backward(dout, *whitened(X, eps, 0), 0)


@batchnorm_backward.mistake("scale-taken-twice", at="dX", rows="I17")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """gamma occurs once in out = gamma * xhat + beta, so it occurs once in dX; here it occurs
    twice.

    It is in dxhat and again at the end of the formula. With gamma = 1, as at the start, this makes
    no difference.

    Check: doubling gamma should double dX, not make it four times as large.
    """
    return gamma * backward(dout * gamma, *whitened(X, eps, 0), 0)


@batchnorm_backward.mistake("root-left-out", at="dX")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """xhat = (X - mean) / root, so the backward pass also divides by the root, sqrt(var + eps).

    The three terms in the parentheses are right.

    Check: with X ten times as large, dX should be about ten times smaller.
    """
    xhat, root = whitened(X, eps, 0)
    return backward(dout * gamma, xhat, np.ones_like(root), 0)


@batchnorm_backward.mistake("scale-gradient-one-number", at="dgamma", rows="I15")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """Each feature has its own gamma: dgamma[j] = sum over n of dout[n, j] * xhat[n, j].

    A sum without an axis adds the gradients of all features.

    Check: dgamma.shape should equal gamma.shape.
    """
    return (dout * whitened(X, eps, 0)[0]).sum()


@batchnorm_backward.mistake("shift-gradient-one-number", at="dbeta", rows="I15")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """Each feature has its own beta: dbeta[j] = sum over n of dout[n, j].

    A sum without an axis adds the gradients of all features.

    Check: dbeta should have one entry for each column of X.
    """
    return dout.sum()


@batchnorm_backward.mistake("scale-gradient-with-raw-inputs", at="dgamma")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """gamma multiplies the normalized input xhat, so dgamma sums dout * xhat; here it is dout * X.

    The slope for a parameter is its factor in the forward pass.

    Check: adding 5 to every entry of X should not change dgamma.
    """
    return (dout * X).sum(axis=0)


@batchnorm_backward.mistake("scale-gradient-with-the-scale", at="dgamma")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """The slope of gamma * xhat for gamma is xhat, without gamma, so dgamma sums dout * xhat.

    Here dxhat = dout * gamma is summed instead of dout.

    Check: doubling gamma should leave dgamma unchanged.
    """
    return (dout * gamma * whitened(X, eps, 0)[0]).sum(axis=0)


@batchnorm_backward.mistake("scale-gradient-averaged", at="dgamma", rows="B08")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """dout already carries the 1/N of the mean, so dgamma is a plain sum over the examples.

    Here dgamma is N times too small.

    Check: duplicate every row of X and dout; dgamma should double.
    """
    return (dout * whitened(X, eps, 0)[0]).mean(axis=0)


@batchnorm_backward.mistake("shift-gradient-averaged", at="dbeta", rows="B08")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """dout already carries the 1/N of the mean, so dbeta is a plain sum over the examples.

    Here dbeta is N times too small.

    Check: duplicate every row of X and dout; dbeta should double.
    """
    return dout.mean(axis=0)


@batchnorm_backward.mistake("parameter-gradients-as-rows", rows="I18")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """A gradient has the shape of its parameter: gamma has shape (D,), but these gradients have (1,
    D).

    The numbers are right. But subtracting them turns gamma and beta into arrays of shape (1, D),
    and from then on the parameters have a different shape.

    Check: (gamma - dgamma).shape should equal gamma.shape.
    """
    xhat, root = whitened(X, eps, 0)
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    return backward(dout * gamma, xhat, root, 0), dgamma[None], dbeta[None]


@batchnorm_backward.mistake("statistics-of-each-example", rows="I01")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """Batch norm measures each feature over the N examples; here each example is measured.

    Mean, variance and both correction terms run over axis 1. That is the backward pass through
    layer norm.

    Check: every column of dX should sum to 0; here every row does.
    """
    xhat, root = whitened(X, eps, 1)
    return backward(dout * gamma, xhat, root, 1), (dout * xhat).sum(axis=0), dout.sum(axis=0)


@batchnorm_backward.mistake("sample-variance-in-the-root", rows="I02")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """The variance divides by N, as in the forward pass; here it divides by N - 1.

    Forward and backward pass must use the same number, or the gradient belongs to a different
    layer.

    Check: with eps = 0, the normalized columns should have an np.var of 1.
    """
    root = np.sqrt(X.var(axis=0, ddof=1) + eps)
    xhat = (X - X.mean(axis=0)) / root
    return backward(dout * gamma, xhat, root, 0), (dout * xhat).sum(axis=0), dout.sum(axis=0)


@batchnorm_backward.mistake("eps-outside-the-root", rows="I04")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """eps is added to the variance, inside the square root: sqrt(var + eps), not sqrt(var) + eps.

    For variances near 1 the two hardly differ. At a variance of 1e-4 they differ by a factor of
    3.

    Check: with a variance of 0 and eps = 0.01 the divisor should be 0.1.
    """
    root = X.std(axis=0) + eps
    xhat = (X - X.mean(axis=0)) / root
    return backward(dout * gamma, xhat, root, 0), (dout * xhat).sum(axis=0), dout.sum(axis=0)


@batchnorm_backward.mistake("eps-fixed", rows="I20", family={"small": SMALL_NUMBERS})
def _(dout: Array, X: Array, gamma: Array, eps: float, *, small: float = 1e-5) -> Any:
    """The divisor is sqrt(var + eps) with the eps that was passed in; here it is always the same.

    PyTorch uses 1e-5 and Keras 1e-3, so the caller decides.

    Check: with eps = 1e6 the gradient dX should be almost 0.
    """
    xhat, root = whitened(X, small, 0)
    return backward(dout * gamma, xhat, root, 0), (dout * xhat).sum(axis=0), dout.sum(axis=0)


@batchnorm_backward.mistake("parameter-gradients-swapped")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """The function returns dX, dgamma, dbeta in this order; here the last two are swapped.

    Both have shape (D,), so nothing raises an error, and each parameter moves by the other's
    gradient.

    Check: the last array that is returned should be the sum of the rows of dout.
    """
    xhat, root = whitened(X, eps, 0)
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    return backward(dout * gamma, xhat, root, 0), dbeta, dgamma
