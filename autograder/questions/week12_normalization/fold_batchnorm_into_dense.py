"""A dense layer and its batch normalization folded into a single dense layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week12_normalization.formulas import parameters
from autograder.questions.week12_normalization.layers import batch_normalization
from course_lib.gradients import vector_jacobian_product


@question(points=7, returns=("W", "b"))
def fold_batchnorm_into_dense(
    W: Array,
    b: Array,
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    eps: float,
) -> Any:
    """The dense layer that does the work of a dense layer and batch norm at test time.

    Args:
        W: kernel of the dense layer, shape (D, M), float64.
        b: its bias, shape (M,), float64.
        gamma: scale, shape (M,), float64.
        beta: shift, shape (M,), float64.
        running_mean: of the dense layer's outputs, shape (M,), float64.
        running_var: of the dense layer's outputs, shape (M,), float64.
        eps: added to the variance, inside the root.

    Returns:
        A kernel (D, M) and a bias (M,), such that X @ kernel + bias equals
        gamma * (X @ W + b - running_mean) / sqrt(running_var + eps) + beta for every X.

    Source: the two Keras layers at X = 0, for the bias, and their slopes, for the kernel.
    """
    from keras import ops

    layer = batch_normalization(gamma, beta, running_mean, running_var, eps)

    def both(X: Any) -> Any:
        return layer(ops.matmul(X, W) + b, training=False)

    D, M = W.shape
    nothing = np.zeros((M, D), W.dtype)
    kernel = vector_jacobian_product(both, [nothing], np.eye(M, dtype=W.dtype))[0].T
    return kernel, both(nothing[:1])[0]


def given(rng: Rng, D: int, M: int, eps: float) -> Inputs:
    """A dense layer and the batch norm behind it, all random."""
    names = ("gamma", "beta", "running_mean", "running_var")
    layer = {"W": rng.normal(size=(D, M)), "b": rng.uniform(0.5, 2.0, M)}
    return {**layer, **parameters(rng, M, *names), "eps": eps}


@fold_batchnorm_into_dense.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return given(rng, 5, 3, 1e-3)


@fold_batchnorm_into_dense.case("small-variance", weight=2, square="the axis of one input is kept")
def _(rng: Rng) -> Inputs:
    return given(rng, 1, 6, 1e-3) | {"running_var": rng.uniform(5e-5, 2e-4, 6)}


@fold_batchnorm_into_dense.case("square", square="with D = M the rows scale as easily as columns")
def _(rng: Rng) -> Inputs:
    return given(rng, 4, 4, 0.1)


def folded(
    W: Array, b: Array, gamma: Array, beta: Array, mean: Array, scale: Array
) -> tuple[Array, Array]:
    """The folded layer for a given scale, which should be gamma / sqrt(var + eps)."""
    return W * scale, (b - mean) * scale + beta


@fold_batchnorm_into_dense.mistake("rows-scaled", at="W")
def _(
    W: Array,
    b: Array,
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    eps: float,
) -> Any:
    """Column j of W computes output j, and gamma[j] belongs to output j; here the rows are scaled.

    If D differs from M, NumPy raises an error. If D = M, every input is scaled instead of every
    output.

    Check: with gamma = [1, 0, 0] only the first column of the new kernel should be left.
    """
    return W * (gamma / np.sqrt(running_var + eps))[:, None]


@fold_batchnorm_into_dense.mistake("bias-not-scaled", at="b")
def _(
    W: Array,
    b: Array,
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    eps: float,
) -> Any:
    """The bias is added before batch norm, so it is divided and scaled like the rest of the output.

    Here only the running mean is scaled, and b is added unscaled.

    Check: with gamma = 0 the new bias should be beta.
    """
    return b - running_mean * gamma / np.sqrt(running_var + eps) + beta


@fold_batchnorm_into_dense.mistake("running-mean-left-out", at="b")
def _(
    W: Array,
    b: Array,
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    eps: float,
) -> Any:
    """Batch norm subtracts the running mean from the output, so the new bias has to do that as
    well.

    The kernel cannot: it is multiplied by X.

    Check: where b equals running_mean, the new bias should be beta.
    """
    return b * gamma / np.sqrt(running_var + eps) + beta


@fold_batchnorm_into_dense.mistake("running-mean-not-scaled", at="b")
def _(
    W: Array,
    b: Array,
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    eps: float,
) -> Any:
    """The mean is subtracted before the scale, so both b and the mean are scaled.

    Here the mean is subtracted at the end, unscaled.

    Check: where b equals running_mean, the new bias should be beta.
    """
    return b * gamma / np.sqrt(running_var + eps) - running_mean + beta


@fold_batchnorm_into_dense.mistake("shift-scaled-too", at="b")
def _(
    W: Array,
    b: Array,
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    eps: float,
) -> Any:
    """beta is added after the scale, so it goes into the new bias unscaled.

    Here it is multiplied by gamma and divided by the square root together with the rest.

    Check: with gamma = 0 the new bias should be beta.
    """
    return (b - running_mean + beta) * gamma / np.sqrt(running_var + eps)


@fold_batchnorm_into_dense.mistake("scale-without-gamma")
def _(
    W: Array,
    b: Array,
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    eps: float,
) -> Any:
    """Each output is multiplied by gamma / sqrt(var + eps); here gamma is missing.

    With gamma = 1, as at the start, this makes no difference.

    Check: with gamma = 0 the new kernel should be 0.
    """
    return folded(W, b, gamma, beta, running_mean, 1 / np.sqrt(running_var + eps))


@fold_batchnorm_into_dense.mistake("divided-by-the-variance", rows="I10")
def _(
    W: Array,
    b: Array,
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    eps: float,
) -> Any:
    """The variance is a squared distance; each output is divided by its square root, sqrt(var +
    eps).

    Outputs with a variance above 1 come out too small, the others too large.

    Check: compare X @ W' + b' with batchnorm_inference of X @ W + b for a random X.
    """
    return folded(W, b, gamma, beta, running_mean, gamma / (running_var + eps))


@fold_batchnorm_into_dense.mistake("eps-outside-the-root", rows="I04")
def _(
    W: Array,
    b: Array,
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    eps: float,
) -> Any:
    """eps is added to the variance, inside the square root: sqrt(var + eps), not sqrt(var) + eps.

    The folded layer has to use the same divisor as the layer it replaces.

    Check: with a variance of 0 and eps = 0.01 the divisor should be 0.1.
    """
    return folded(W, b, gamma, beta, running_mean, gamma / (np.sqrt(running_var) + eps))


@fold_batchnorm_into_dense.mistake("eps-left-out", rows="I20")
def _(
    W: Array,
    b: Array,
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    eps: float,
) -> Any:
    """The divisor is sqrt(var + eps); without eps the folded layer differs from the one that was
    trained.

    For variances near 1 and a small eps the difference is small. It shows in a feature that hardly
    ever changes.

    Check: with running_var = 0 the result should be finite.
    """
    return folded(W, b, gamma, beta, running_mean, gamma / np.sqrt(running_var))


@fold_batchnorm_into_dense.mistake("arrays-of-the-layer-changed", rows="N05")
def _(
    W: Array,
    b: Array,
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    eps: float,
) -> Any:
    """W *= scale writes into the caller's kernel; the folded layer should consist of new arrays.

    The returned values are right. But the network that is still in training has lost its weights.

    Check: keep a copy of W, call your function, and compare.
    """
    scale = gamma / np.sqrt(running_var + eps)
    kernel, bias = folded(W, b, gamma, beta, running_mean, scale)
    W[:], b[:] = kernel, bias
    return W, b
