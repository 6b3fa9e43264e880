"""The backward pass through layer normalization."""

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
from autograder.questions.week12_normalization.layers import layer_normalization
from course_lib.gradients import vector_jacobian_product


@question(
    points=7,
    returns=("dX", "dgamma", "dbeta"),
    parts={"dX": 2, "dgamma": 1, "dbeta": 1},
    builds_on=("normalize_backward", "layernorm_forward"),
)
def layernorm_backward(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """The blame that passes back through layer normalization.

    Args:
        dout: dL/dout, shape (N, D), float64.
        X: the layer's inputs, shape (N, D), float64.
        gamma: scale, shape (D,), float64.
        eps: added to the variance, inside the root.

    Returns:
        dX (N, D), dgamma (D,), dbeta (D,). Mean and variance of an example are made of its
        features, so blame passes through them as well.

    Source: tf.GradientTape through keras.layers.LayerNormalization.
    """
    beta = np.zeros_like(gamma)
    layer = layer_normalization(gamma, beta, eps)

    def out(X: Any, gamma: Any, beta: Any) -> Any:
        return layer.stateless_call([gamma, beta], [], X)[0]

    return tuple(vector_jacobian_product(out, [X, gamma, beta], dout))


def given(rng: Rng, X: Array, eps: float) -> Inputs:
    """Random blame for the outputs, and a scale that is not constant."""
    scale = parameters(rng, X.shape[1], "gamma")
    return {"dout": rng.normal(size=X.shape), "X": X, **scale, "eps": eps}


@layernorm_backward.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return given(rng, features(rng, 4, 7), 1e-3)


@layernorm_backward.case("small-variance", weight=2)
def _(rng: Rng) -> Inputs:
    return given(rng, quiet_features(rng, 3, 6), 1e-3)


@layernorm_backward.case("large-eps", square="one example has the layer norm of its row")
def _(rng: Rng) -> Inputs:
    return given(rng, features(rng, 1, 5), 0.5)


@layernorm_backward.case("square", square="with N = D the sums over the wrong axis fit")
def _(rng: Rng) -> Inputs:
    return given(rng, features(rng, 5, 5), 1e-3)


@layernorm_backward.alternative("step-by-step")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    D, centred = X.shape[1], X - X.mean(axis=1, keepdims=True)
    root = np.sqrt(X.var(axis=1, keepdims=True) + eps)
    dxhat = dout * gamma
    dvar = (dxhat * centred).sum(axis=1, keepdims=True) * -0.5 / root**3
    dmean = -dxhat.sum(axis=1, keepdims=True) / root
    dX = dxhat / root + dvar * 2 * centred / D + dmean / D
    return dX, (dout * centred / root).sum(axis=0), dout.sum(axis=0)


@layernorm_backward.made_of(
    but="mean-of-the-blame-along-another-axis mean-of-the-products-along-another-axis "
    "mean-and-root-as-constants means-along-the-other-axis means-down-the-columns-always "
    "term-of-the-mean-missing term-of-the-root-missing terms-as-sums"
)
def _(
    dout: Array, X: Array, gamma: Array, eps: float, *, normalize_backward: Formula = backward
) -> Any:
    xhat, root = whitened(X, eps, 1)
    dX = normalize_backward(dout * gamma, xhat, root, 1)
    return dX, (dout * xhat).sum(axis=0), dout.sum(axis=0)


@layernorm_backward.mistake("scale-after-the-means", at="dX", rows="J06")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """The means run over features, and each has its own gamma, so they are taken of dxhat = dout *
    gamma; here gamma is applied after the means.

    In batch norm gamma is constant along each mean and can be applied at the end. Here it is not.

    Check: every row of dX should sum to 0.
    """
    return gamma * backward(dout, *whitened(X, eps, 1), 1)


@layernorm_backward.mistake("scale-left-out", at="dX", rows="I17")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """out = gamma * xhat + beta, so the gradient for xhat is dxhat = dout * gamma; here gamma is
    missing.

    Here dout itself is passed on. With gamma = 1, as at the start, this makes no difference.

    Check: doubling gamma should double dX.
    """
    return backward(dout, *whitened(X, eps, 1), 1)


@layernorm_backward.mistake("statistics-as-constants", at="dX", rows="I12")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """Mean and variance depend on X too; dout * gamma / root is only one of three terms of dX.

    A change in one entry changes the mean and the variance of its row, and with them the whole row.

    Check: every row of dX should sum to 0.
    """
    return dout * gamma / whitened(X, eps, 1)[1]


@layernorm_backward.mistake("way-through-the-mean-missing", at="dX", rows="I13")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """The mean depends on X, so dX also contains the term -mean(dxhat); here that term is missing.

    Adding the same number to a whole row changes nothing, because the mean is subtracted. So the
    gradient of a row has to sum to 0.

    Check: every row of dX should sum to 0.
    """
    xhat, root = whitened(X, eps, 1)
    dxhat = dout * gamma
    return (dxhat - xhat * (dxhat * xhat).mean(axis=1, keepdims=True)) / root


@layernorm_backward.mistake("way-through-the-variance-missing", at="dX", rows="I13")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """The variance depends on X as well: the term -xhat * mean(dxhat * xhat) is missing.

    Stretching a whole row changes nothing, up to eps, because it is divided by its standard
    deviation.

    Check: every row of dX * xhat should sum to nearly 0.
    """
    xhat, root = whitened(X, eps, 1)
    dxhat = dout * gamma
    return (dxhat - dxhat.mean(axis=1, keepdims=True)) / root


@layernorm_backward.mistake("sums-instead-of-means", at="dX", rows="I13")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """Mean and variance divide by D, so both correction terms are means; here they are sums.

    The two correction terms are D times too large.

    Check: every row of dX should sum to 0.
    """
    xhat, root = whitened(X, eps, 1)
    dxhat = dout * gamma
    along = (dxhat * xhat).sum(axis=1, keepdims=True)
    return (dxhat - dxhat.sum(axis=1, keepdims=True) - xhat * along) / root


@layernorm_backward.mistake("means-divided-by-the-batch-size", at="dX", rows="I13 J01")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """A mean along a row divides by its D features; here both correction sums are divided by N.

    N is what batch norm divides by. With N = D this makes no difference.

    Check: every row of dX should sum to 0.
    """
    xhat, root = whitened(X, eps, 1)
    dxhat = dout * gamma
    along = (dxhat * xhat).sum(axis=1, keepdims=True) / len(X)
    return (dxhat - dxhat.sum(axis=1, keepdims=True) / len(X) - xhat * along) / root


@layernorm_backward.mistake("bracket-divided-by-the-batch-size", at="dX", rows="I13 J01")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """Written with sums, the three terms share one division, by D; here they are divided by N.

    D * dxhat and the two sums are in the parentheses, and dX comes out D / N times too large. With
    N = D this makes no difference.

    Check: the first row of dX should not change when a row is added to X and dout.
    """
    return backward(dout * gamma, *whitened(X, eps, 1), 1) * X.shape[1] / len(X)


@layernorm_backward.mistake("statistics-over-the-batch", rows="J01")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """Layer norm measures each example over its features; here all means run over the examples.

    That is the backward pass through batch norm.

    Check: every row of dX should sum to 0; here every column does.
    """
    xhat, root = whitened(X, eps, 0)
    return backward(dout * gamma, xhat, root, 0), (dout * xhat).sum(axis=0), dout.sum(axis=0)


@layernorm_backward.mistake("correcting-means-over-the-batch", at="dX", rows="J01")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """The forward means run over features, and so must the two correction means; here they run over
    axis 0.

    The normalized input is right, but the backward pass runs along the other axis. It happens when
    the lines are copied from batch norm and only the first ones are changed.

    Check: every row of dX should sum to 0.
    """
    return backward(dout * gamma, *whitened(X, eps, 1), 0)


@layernorm_backward.mistake("scale-gradient-over-features", at="dgamma", rows="J04")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """All examples share gamma, so dgamma sums over the N examples; here it sums over features.

    The statistics run over features, but the parameters are shared by the examples: two different
    axes. For N = D the shape is right by accident.

    Check: dgamma should have one entry for each column of X.
    """
    return (dout * whitened(X, eps, 1)[0]).sum(axis=1)


@layernorm_backward.mistake("shift-gradient-over-features", at="dbeta", rows="J04")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """All examples share beta, so dbeta sums over the N examples; here it sums over features.

    For N = D the shape is right by accident.

    Check: dbeta should have one entry for each column of X.
    """
    return dout.sum(axis=1)


@layernorm_backward.mistake("scale-gradient-with-raw-inputs", at="dgamma")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """gamma multiplies the normalized input xhat, so dgamma sums dout * xhat; here it is dout * X.

    The slope for a parameter is its factor in the forward pass.

    Check: adding 5 to every entry of X should not change dgamma.
    """
    return (dout * X).sum(axis=0)


@layernorm_backward.mistake("keepdims-missing", rows="J03")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """A mean over axis 1 has shape (N,); NumPy aligns it with the columns of X (N, D).

    If N differs from D, NumPy raises an error. If N = D, it silently subtracts the wrong numbers.

    Check: print the shapes of X and of the mean; the mean's shape should end in 1.
    """
    root = np.sqrt(X.var(axis=1) + eps)
    xhat = (X - X.mean(axis=1)) / root
    dxhat = dout * gamma
    dX = (dxhat - dxhat.mean(axis=1) - xhat * (dxhat * xhat).mean(axis=1)) / root
    return dX, (dout * xhat).sum(axis=0), dout.sum(axis=0)


@layernorm_backward.mistake("sample-variance", rows="J09")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """The variance of an example divides by D, as in the forward pass; here it divides by D - 1.

    Forward and backward pass must use the same number, or the gradient belongs to a different
    layer.

    Check: with eps = 0, the np.var of every normalized row should be 1.
    """
    root = np.sqrt(X.var(axis=1, ddof=1, keepdims=True) + eps)
    xhat = (X - X.mean(axis=1, keepdims=True)) / root
    return backward(dout * gamma, xhat, root, 1), (dout * xhat).sum(axis=0), dout.sum(axis=0)


@layernorm_backward.mistake("eps-outside-the-root", rows="J09")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """eps is added to the variance, inside the square root: sqrt(var + eps), not sqrt(var) + eps.

    For variances near 1 the two hardly differ. At a variance of 1e-4 they differ by a factor of
    3.

    Check: with a variance of 0 and eps = 0.01 the divisor should be 0.1.
    """
    root = X.std(axis=1, keepdims=True) + eps
    xhat = (X - X.mean(axis=1, keepdims=True)) / root
    return backward(dout * gamma, xhat, root, 1), (dout * xhat).sum(axis=0), dout.sum(axis=0)


@layernorm_backward.mistake("eps-fixed", rows="J09", family={"small": SMALL_NUMBERS})
def _(dout: Array, X: Array, gamma: Array, eps: float, *, small: float = 1e-5) -> Any:
    """The divisor is sqrt(var + eps) with the eps that was passed in; here it is always the same.

    PyTorch uses 1e-5 and Keras 1e-3, so the caller decides.

    Check: with eps = 1e6 the gradient dX should be almost 0.
    """
    xhat, root = whitened(X, small, 1)
    return backward(dout * gamma, xhat, root, 1), (dout * xhat).sum(axis=0), dout.sum(axis=0)


@layernorm_backward.mistake("parameter-gradients-swapped")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """The function returns dX, dgamma, dbeta in this order; here the last two are swapped.

    Both have shape (D,), so nothing raises an error, and each parameter moves by the other's
    gradient.

    Check: the last array that is returned should be the sum of the rows of dout.
    """
    xhat, root = whitened(X, eps, 1)
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    return backward(dout * gamma, xhat, root, 1), dbeta, dgamma


@layernorm_backward.mistake("parameter-gradients-as-rows", rows="I18")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """A gradient has the shape of its parameter: gamma has shape (D,), but these gradients have (1,
    D).

    The numbers are right. But the sum kept its axis, and subtracting it turns gamma and beta into
    arrays of shape (1, D).

    Check: (gamma - dgamma).shape should equal gamma.shape.
    """
    xhat, root = whitened(X, eps, 1)
    dgamma, dbeta = (dout * xhat).sum(axis=0), dout.sum(axis=0)
    return backward(dout * gamma, xhat, root, 1), dgamma[None], dbeta[None]
