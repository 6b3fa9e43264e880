"""The way back through batch normalization."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week12_normalization.formulas import (
    backward,
    features,
    parameters,
    quiet_features,
    whitened,
)
from autograder.questions.week12_normalization.layers import batch_normalization
from course_lib.gradients import vector_jacobian_product


@question(points=16, returns=("dX", "dgamma", "dbeta"))
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


@batchnorm_backward.case("large-eps")
def _(rng: Rng) -> Inputs:
    return given(rng, features(rng, 8, 5), 0.5)


@batchnorm_backward.case("square", square="with N = D the sums over the wrong axis fit")
def _(rng: Rng) -> Inputs:
    return given(rng, features(rng, 5, 5), 1e-3)


@batchnorm_backward.alternative("scale-at-the-end")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    # gamma is one number for a whole column, so it may wait until the column's means are taken.
    xhat, root = whitened(X, eps, 0)
    return gamma * backward(dout, xhat, root, 0), (dout * xhat).sum(axis=0), dout.sum(axis=0)


@batchnorm_backward.alternative("step-by-step")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    # I16: the last term of dmean is a sum of distances from the mean, which is 0 by luck.
    N, centred = len(X), X - X.mean(axis=0)
    root = np.sqrt(X.var(axis=0) + eps)
    dxhat = dout * gamma
    dvar = (dxhat * centred).sum(axis=0) * -0.5 / root**3
    dmean = -dxhat.sum(axis=0) / root + dvar * -2 * np.sum(centred) / N
    dX = dxhat / root + dvar * 2 * centred / N + dmean / N
    return dX, (dout * centred / root).sum(axis=0), dout.sum(axis=0)


@batchnorm_backward.mistake("statistics-as-constants", at="dX", rows="I12")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """Mean and variance are made of X too; dout * gamma / root is only one of three terms of dX.

    Moving one entry moves the mean and the variance of its column, and with them the whole
    column. At test time, when the statistics are constants, this one term would be all.

    Check: every column of dX should sum to 0.
    """
    return dout * gamma / whitened(X, eps, 0)[1]


@batchnorm_backward.mistake("way-through-the-mean-missing", at="dX", rows="I13")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """The mean is made of X, and the column shares its blame: the term -mean(dxhat) is missing.

    Adding the same number to a whole column changes nothing, because the mean is subtracted. So
    the blame of a column has to sum to 0.

    Check: every column of dX should sum to 0.
    """
    xhat, root = whitened(X, eps, 0)
    dxhat = dout * gamma
    return (dxhat - xhat * (dxhat * xhat).mean(axis=0)) / root


@batchnorm_backward.mistake("way-through-the-variance-missing", at="dX", rows="I13")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """The variance is made of X as well: the term -xhat * mean(dxhat * xhat) is missing.

    Stretching a whole column changes nothing, up to eps, because it is divided by its spread.

    Check: every column of dX * xhat should sum to nearly 0.
    """
    xhat, root = whitened(X, eps, 0)
    dxhat = dout * gamma
    return (dxhat - dxhat.mean(axis=0)) / root


@batchnorm_backward.mistake("sign-of-the-variance-term", at="dX", rows="I13")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """A larger variance makes the output smaller, so xhat * mean(dxhat * xhat) has a minus sign.

    The root stands in the denominator: its slope is -1/2 * (var + eps)**(-3/2).

    Check: every column of dX * xhat should sum to nearly 0.
    """
    xhat, root = whitened(X, eps, 0)
    dxhat = dout * gamma
    return (dxhat - dxhat.mean(axis=0) + xhat * (dxhat * xhat).mean(axis=0)) / root


@batchnorm_backward.mistake("sums-instead-of-means", at="dX", rows="I13")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """Mean and variance divide by N, so each entry has 1/N of a part in them; here they are sums.

    The two correcting terms are N times too large.

    Check: every column of dX should sum to 0.
    """
    xhat, root = whitened(X, eps, 0)
    dxhat = dout * gamma
    return (dxhat - dxhat.sum(axis=0) - xhat * (dxhat * xhat).sum(axis=0)) / root


@batchnorm_backward.mistake("scale-left-out", at="dX", rows="I17")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """out = gamma * xhat + beta, so the blame of xhat is dxhat = dout * gamma.

    Here dout itself goes on. With gamma = 1, as at the start, nothing shows.

    Check: doubling gamma should double dX.
    """
    return backward(dout, *whitened(X, eps, 0), 0)


@batchnorm_backward.mistake("scale-taken-twice", at="dX", rows="I17")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """out = gamma * xhat + beta has gamma once, so dX has it once; here it is there twice.

    It is in dxhat, and again behind the formula. With gamma = 1, as at the start, nothing shows.

    Check: doubling gamma should double dX, and not make it four times as large.
    """
    return gamma * backward(dout * gamma, *whitened(X, eps, 0), 0)


@batchnorm_backward.mistake("root-left-out", at="dX")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """xhat = (X - mean) / root, so the way back divides by the root, sqrt(var + eps), too.

    The bracket of the three terms is right.

    Check: with X ten times as large, dX should be about ten times smaller.
    """
    xhat, root = whitened(X, eps, 0)
    return backward(dout * gamma, xhat, np.ones_like(root), 0)


@batchnorm_backward.mistake("scale-gradient-one-number", at="dgamma", rows="I15")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """Each feature has its own gamma: dgamma[j] = sum over n of dout[n, j] * xhat[n, j].

    A sum without an axis adds the blame of all features.

    Check: dgamma.shape should equal gamma.shape.
    """
    return (dout * whitened(X, eps, 0)[0]).sum()


@batchnorm_backward.mistake("shift-gradient-one-number", at="dbeta", rows="I15")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """Each feature has its own beta: dbeta[j] = sum over n of dout[n, j].

    A sum without an axis adds the blame of all features.

    Check: dbeta should have one entry for each column of X.
    """
    return dout.sum()


@batchnorm_backward.mistake("scale-gradient-with-raw-inputs", at="dgamma")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """gamma multiplies the normalized input xhat, so dgamma sums dout * xhat; here it is dout * X.

    A slope is what stands beside the parameter in the forward pass.

    Check: adding 5 to every entry of X should not change dgamma.
    """
    return (dout * X).sum(axis=0)


@batchnorm_backward.mistake("scale-gradient-with-the-scale", at="dgamma")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """The slope of gamma * xhat for gamma is xhat, without gamma: dgamma sums dout * xhat.

    Here dxhat = dout * gamma is summed in place of dout.

    Check: doubling gamma should leave dgamma as it is.
    """
    return (dout * gamma * whitened(X, eps, 0)[0]).sum(axis=0)


@batchnorm_backward.mistake("scale-gradient-averaged", at="dgamma", rows="B08")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """dout carries the 1/N of the mean already, so dgamma is a plain sum over the examples.

    dgamma is N times too small here.

    Check: repeat every row of X and dout twice; dgamma should double.
    """
    return (dout * whitened(X, eps, 0)[0]).mean(axis=0)


@batchnorm_backward.mistake("shift-gradient-averaged", at="dbeta", rows="B08")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """dout carries the 1/N of the mean already, so dbeta is a plain sum over the examples.

    dbeta is N times too small here.

    Check: repeat every row of X and dout twice; dbeta should double.
    """
    return dout.mean(axis=0)


@batchnorm_backward.mistake("parameter-gradients-as-rows", rows="I18")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """A gradient has the shape of its parameter: gamma is (D,), and these gradients are (1, D).

    The numbers are right. Subtracting them turns gamma and beta into arrays of shape (1, D), and
    from then on the parameters have another shape.

    Check: (gamma - dgamma).shape should equal gamma.shape.
    """
    xhat, root = whitened(X, eps, 0)
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    return backward(dout * gamma, xhat, root, 0), dgamma[None], dbeta[None]


@batchnorm_backward.mistake("statistics-of-each-example", rows="I01")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """Batch norm measures each feature over the N examples; here each example is measured.

    Mean, variance and both correcting terms run over axis 1. That is the way back through layer
    norm.

    Check: every column of dX should sum to 0; here every row does.
    """
    xhat, root = whitened(X, eps, 1)
    return backward(dout * gamma, xhat, root, 1), (dout * xhat).sum(axis=0), dout.sum(axis=0)


@batchnorm_backward.mistake("sample-variance-in-the-root", rows="I02")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """The variance divides by N, as in the forward pass; here it divides by N - 1.

    Forward and backward have to use the same number, or the gradient belongs to another layer.

    Check: with eps = 0, the normalized columns should have an np.var of 1.
    """
    root = np.sqrt(X.var(axis=0, ddof=1) + eps)
    xhat = (X - X.mean(axis=0)) / root
    return backward(dout * gamma, xhat, root, 0), (dout * xhat).sum(axis=0), dout.sum(axis=0)


@batchnorm_backward.mistake("eps-outside-the-root", rows="I04")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """eps is added to the variance, inside the root: sqrt(var + eps), not sqrt(var) + eps.

    For variances near 1 the two hardly differ. At a variance of 1e-4 they differ by a factor of
    3.

    Check: with a variance of 0 and eps = 0.01 the divisor should be 0.1.
    """
    root = X.std(axis=0) + eps
    xhat = (X - X.mean(axis=0)) / root
    return backward(dout * gamma, xhat, root, 0), (dout * xhat).sum(axis=0), dout.sum(axis=0)


@batchnorm_backward.mistake("eps-fixed", rows="I20")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """The divisor is sqrt(var + eps) with the eps that is passed; here it is always 1e-5.

    PyTorch uses 1e-5 and Keras 1e-3, so the caller decides.

    Check: with eps = 1e6 the gradient dX should be almost 0.
    """
    xhat, root = whitened(X, 1e-5, 0)
    return backward(dout * gamma, xhat, root, 0), (dout * xhat).sum(axis=0), dout.sum(axis=0)
