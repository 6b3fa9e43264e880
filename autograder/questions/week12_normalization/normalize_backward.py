"""The simplified backward pass through a normalization, along either axis."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week12_normalization.formulas import backward, features, whitened
from course_lib.gradients import vector_jacobian_product


@question(points=14)
def normalize_backward(dxhat: Array, xhat: Array, root: Array, axis: int) -> Any:
    """The blame that passes back through xhat = (X - mean) / root, in its simplest form.

    Args:
        dxhat: dL/dxhat, shape (N, D), float64.
        xhat: the normalized inputs, shape (N, D), float64.
        root: what they were divided by, kept as a row or a column: (1, D) for axis 0, (N, 1) for
            axis 1.
        axis: the axis that was measured, 0 (batch norm) or 1 (layer norm).

    Returns:
        dX, shape (N, D). Mean and root are made of X, so blame passes through them as well.

    Source: tf.GradientTape through the mean, the variance and the root.
    """
    from keras import ops

    # Some X that is normalized to this xhat: the mean makes no difference.
    X = xhat * root
    eps = root**2 - np.mean(X**2, axis=axis, keepdims=True)

    def normalized(X: Any) -> Any:
        centred = X - ops.mean(X, axis=axis, keepdims=True)
        variance = ops.mean(ops.square(centred), axis=axis, keepdims=True)
        return centred / ops.sqrt(variance + eps)

    return vector_jacobian_product(normalized, [X], dxhat)[0]


def given(rng: Rng, X: Array, eps: float, axis: int) -> Inputs:
    """Inputs that were normalized along an axis, and random blame for them."""
    xhat, root = whitened(X, eps, axis)
    # Blame with a mean of its own and a part along xhat, so that every term matters.
    dxhat = rng.normal(size=X.shape) + 0.7 * xhat + 0.5
    return {"dxhat": dxhat, "xhat": xhat, "root": root, "axis": axis}


@normalize_backward.case("columns", weight=2)
def _(rng: Rng) -> Inputs:
    return given(rng, features(rng, 7, 4), 1e-3, 0)


@normalize_backward.case("rows", weight=2)
def _(rng: Rng) -> Inputs:
    return given(rng, features(rng, 3, 6), 1e-3, 1)


@normalize_backward.case("large-eps", square="the axis of one feature is kept")
def _(rng: Rng) -> Inputs:
    return given(rng, features(rng, 8, 1), 0.5, 0)


@normalize_backward.case("large-eps-one-example", square="a row by itself is normalized as well")
def _(rng: Rng) -> Inputs:
    return given(rng, features(rng, 1, 5), 0.5, 1)


@normalize_backward.case("square", square="with N = D the means over the wrong axis fit")
def _(rng: Rng) -> Inputs:
    return given(rng, features(rng, 5, 5), 0.2, 1)


@normalize_backward.alternative("with-one-fraction")
def _(dxhat: Array, xhat: Array, root: Array, axis: int) -> Any:
    n = xhat.shape[axis]
    total = dxhat.sum(axis=axis, keepdims=True)
    along = (dxhat * xhat).sum(axis=axis, keepdims=True)
    return (n * dxhat - total - xhat * along) / (n * root)


@normalize_backward.alternative("through-the-nodes")
def _(dxhat: Array, xhat: Array, root: Array, axis: int) -> Any:
    n, centred = xhat.shape[axis], xhat * root
    droot = -(dxhat * centred).sum(axis=axis, keepdims=True) / root**2
    dcentred = dxhat / root + droot / (2 * root) * 2 * centred / n
    return dcentred - dcentred.mean(axis=axis, keepdims=True)


@normalize_backward.mistake("mean-and-root-as-constants", rows="I12")
def _(dxhat: Array, xhat: Array, root: Array, axis: int) -> Any:
    """Mean and root are made of X too; dxhat / root is only one of three terms of dX.

    A change in one entry changes the mean and the root, and with them everything that was measured
    together with it.

    Check: dX.sum(axis=axis) should be 0.
    """
    return dxhat / root


@normalize_backward.mistake("term-of-the-mean-missing", rows="I13")
def _(dxhat: Array, xhat: Array, root: Array, axis: int) -> Any:
    """The blame of the mean is handed on to every entry, one term of dX; here that term is missing.

    Adding the same number to all entries that are measured together changes nothing, because the
    mean is subtracted. So their gradient has to sum to 0.

    Check: dX.sum(axis=axis) should be 0.
    """
    return (dxhat - xhat * (dxhat * xhat).mean(axis=axis, keepdims=True)) / root


@normalize_backward.mistake("term-of-the-root-missing", rows="I13")
def _(dxhat: Array, xhat: Array, root: Array, axis: int) -> Any:
    """The root depends on X as well, and its blame is handed on along xhat; here that term is
    missing.

    Stretching all entries that are measured together changes nothing, up to eps, because they are
    divided by their root.

    Check: (dX * xhat).sum(axis=axis) should be nearly 0 for a small eps.
    """
    return (dxhat - dxhat.mean(axis=axis, keepdims=True)) / root


@normalize_backward.mistake("term-of-the-root-added", rows="I13")
def _(dxhat: Array, xhat: Array, root: Array, axis: int) -> Any:
    """A larger root makes xhat smaller, so the term of the root is subtracted; here it is added.

    Check: (dX * xhat).sum(axis=axis) should be nearly 0 for a small eps.
    """
    along = (dxhat * xhat).mean(axis=axis, keepdims=True)
    return (dxhat - dxhat.mean(axis=axis, keepdims=True) + xhat * along) / root


@normalize_backward.mistake("term-of-the-mean-added", rows="I13")
def _(dxhat: Array, xhat: Array, root: Array, axis: int) -> Any:
    """A larger mean makes xhat smaller, so the term of the mean is subtracted; here it is added.

    Check: dX.sum(axis=axis) should be 0.
    """
    along = (dxhat * xhat).mean(axis=axis, keepdims=True)
    return (dxhat + dxhat.mean(axis=axis, keepdims=True) - xhat * along) / root


@normalize_backward.mistake("terms-as-sums", rows="I13")
def _(dxhat: Array, xhat: Array, root: Array, axis: int) -> Any:
    """Mean and variance divide by the number of entries, so both terms are means; here they are
    sums.

    Check: dX.sum(axis=axis) should be 0.
    """
    along = (dxhat * xhat).sum(axis=axis, keepdims=True)
    return (dxhat - dxhat.sum(axis=axis, keepdims=True) - xhat * along) / root


@normalize_backward.mistake("not-divided-by-the-root")
def _(dxhat: Array, xhat: Array, root: Array, axis: int) -> Any:
    """xhat = (X - mean) / root, so everything on the way back is divided by the root too; here
    it is not.

    Where the root is 1, as in the worked example, this makes no difference.

    Check: doubling root should halve dX.
    """
    return backward(dxhat, xhat, np.ones_like(root), axis)


@normalize_backward.mistake("first-term-alone-divided")
def _(dxhat: Array, xhat: Array, root: Array, axis: int) -> Any:
    """All three terms are divided by the root; here only dxhat is.

    The other two were left as they are for a root of 1.

    Check: doubling root should halve dX.
    """
    along = (dxhat * xhat).mean(axis=axis, keepdims=True)
    return dxhat / root - dxhat.mean(axis=axis, keepdims=True) - xhat * along


@normalize_backward.mistake("centred-in-place-of-xhat")
def _(dxhat: Array, xhat: Array, root: Array, axis: int) -> Any:
    """With centred = xhat * root put in, the roots cancel, and xhat remains in both places; here
    one of the two is still centred.

    Check: doubling root should halve dX.
    """
    along = (dxhat * xhat).mean(axis=axis, keepdims=True)
    return (dxhat - dxhat.mean(axis=axis, keepdims=True) - xhat * root * along) / root


@normalize_backward.mistake("mean-in-place-of-the-mean-product", rows="I13")
def _(dxhat: Array, xhat: Array, root: Array, axis: int) -> Any:
    """The term of the root has the mean of the products dxhat * xhat; here it has that of dxhat.

    Check: (dX * xhat).sum(axis=axis) should be nearly 0 for a small eps.
    """
    mean = dxhat.mean(axis=axis, keepdims=True)
    return (dxhat - mean - xhat * mean) / root


@normalize_backward.mistake("divided-by-the-length-of-xhat")
def _(dxhat: Array, xhat: Array, root: Array, axis: int) -> Any:
    """The term of the root is xhat * mean(dxhat * xhat) as it is; here it is divided by the mean of
    xhat**2 as well.

    That would be a projection, which leaves nothing along xhat. With eps = 0 the mean of xhat**2 is
    1 and there is no difference; with eps a part along xhat remains.

    Check: compare with a small change of X for a large eps.
    """
    along = (dxhat * xhat).mean(axis=axis, keepdims=True)
    along = along / (xhat**2).mean(axis=axis, keepdims=True)
    return (dxhat - dxhat.mean(axis=axis, keepdims=True) - xhat * along) / root


@normalize_backward.mistake("means-down-the-columns-always", rows="I01")
def _(dxhat: Array, xhat: Array, root: Array, axis: int) -> Any:
    """The means run along the axis that was measured, the argument axis; here they always run down
    the columns.

    Calls with axis = 0 are right.

    Check: with axis=1, every row of dX should sum to 0.
    """
    return backward(dxhat, xhat, root, 0)


@normalize_backward.mistake("means-along-the-other-axis", rows="I01")
def _(dxhat: Array, xhat: Array, root: Array, axis: int) -> Any:
    """The means run along the axis that was measured; here they run along the other one.

    Check: dX.sum(axis=axis) should be 0.
    """
    return backward(dxhat, xhat, root, 1 - axis)


def with_means(
    dxhat: Array, xhat: Array, root: Array, axis: int, first: Any = None, second: Any = None
) -> Array:
    """The right formula, but `first` or `second` says from the axis along what its mean runs."""
    along = (dxhat * xhat).mean(axis=second(axis) if second else axis, keepdims=True)
    mean = dxhat.mean(axis=first(axis) if first else axis, keepdims=True)
    dX: Array = (dxhat - mean - xhat * along) / root
    return dX


def with_sums(
    dxhat: Array, xhat: Array, root: Array, axis: int, first: Any = None, second: Any = None
) -> Array:
    """The same with sums, which are divided by the right number of entries."""
    n = xhat.shape[axis]
    along = (dxhat * xhat).sum(axis=second(axis) if second else axis, keepdims=True) / n
    mean = dxhat.sum(axis=first(axis) if first else axis, keepdims=True) / n
    dX: Array = (dxhat - mean - xhat * along) / root
    return dX


def through_the_nodes(dxhat: Array, xhat: Array, root: Array, axis: int, second: Any) -> Array:
    """The same node by node, with the sum for the root along another axis."""
    n, centred = xhat.shape[axis], xhat * root
    droot = -(dxhat * centred).sum(axis=second(axis), keepdims=True) / root**2
    dcentred = dxhat / root + droot * centred / (n * root)
    dX: Array = dcentred - dcentred.mean(axis=axis, keepdims=True)
    return dX


OTHER_AXES = (lambda axis: 1 - axis, lambda axis: 0, lambda axis: 1, lambda axis: None)


@normalize_backward.mistake(
    "mean-of-the-blame-along-another-axis",
    rows="I01",
    otherwise=lambda _: tuple(
        partial(formula, first=other) for formula in (with_means, with_sums) for other in OTHER_AXES
    ),
)
def _(dxhat: Array, xhat: Array, root: Array, axis: int) -> Any:
    """Both means run along the axis that was measured, the argument axis; here that of dxhat runs
    along another one, or over everything.

    Check: dX.sum(axis=axis) should be 0.
    """
    return with_means(dxhat, xhat, root, axis, first=lambda axis: 1 - axis)


@normalize_backward.mistake(
    "mean-of-the-products-along-another-axis",
    rows="I01",
    otherwise=lambda _: tuple(
        partial(formula, second=other)
        for formula in (with_means, with_sums, through_the_nodes)
        for other in OTHER_AXES
    ),
)
def _(dxhat: Array, xhat: Array, root: Array, axis: int) -> Any:
    """Both means run along the axis that was measured, the argument axis; here that of dxhat * xhat
    runs along another one, or over everything.

    Check: (dX * xhat).sum(axis=axis) should be nearly 0 for a small eps.
    """
    return with_means(dxhat, xhat, root, axis, second=lambda axis: 1 - axis)


@normalize_backward.mistake("one-mean-of-everything")
def _(dxhat: Array, xhat: Array, root: Array, axis: int) -> Any:
    """Each column, or each row, has means of its own; without an axis NumPy takes one mean of all
    entries.

    Check: dX.sum(axis=axis) should be 0.
    """
    return (dxhat - dxhat.mean() - xhat * (dxhat * xhat).mean()) / root


@normalize_backward.mistake("means-that-lost-their-axis", rows="N03")
def _(dxhat: Array, xhat: Array, root: Array, axis: int) -> Any:
    """A mean along axis 1 has the shape (N,), and NumPy lines it up with the columns; keepdims=True
    keeps it a column.

    For axis 0 it makes no difference. For axis 1 it is an error, unless N equals D: then it is
    silently wrong.

    Check: the mean along axis 1 should have the shape (N, 1).
    """
    return (dxhat - dxhat.mean(axis=axis) - xhat * (dxhat * xhat).mean(axis=axis)) / root
