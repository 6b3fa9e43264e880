"""The backward pass through the graph of batch normalization, one node after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week12_normalization.formulas import (
    features,
    parameters,
    quiet_features,
)
from autograder.questions.week12_normalization.layers import batch_normalization
from course_lib.gradients import vector_jacobian_product

NODES = ("dxhat", "droot", "dvar", "dcentred", "dmean", "dX")


@question(
    points=13,
    returns=NODES,
    parts={"dxhat": 2, "droot": 2, "dvar": 2, "dcentred": 2, "dmean": 1, "dX": 1},
)
def batchnorm_nodes(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """The blame of every node of batch normalization, from the output back to X.

    Args:
        dout: dL/dout, shape (N, D), float64; it carries the 1/N of the loss already.
        X: the layer's inputs, shape (N, D), float64.
        gamma: scale, shape (D,), float64.
        eps: added to the variance, inside the root.

    Returns:
        dxhat (N, D), droot (D,), dvar (D,), dcentred (N, D), dmean (D,), dX (N, D). A node that
        is used twice has the sum of both ways.

    Source: tf.GradientTape from each node on; dX through keras.layers.BatchNormalization.
    """
    from keras import ops

    zeros, ones = np.zeros_like(gamma), np.ones_like(gamma)
    layer = batch_normalization(gamma, zeros, zeros, ones, eps)
    mean = X.mean(axis=0)
    centred = X - mean
    var = np.mean(centred**2, axis=0)
    root = np.sqrt(var + X.dtype.type(eps))

    def from_centred(c: Any) -> Any:
        return gamma * c / ops.sqrt(ops.mean(ops.square(c), axis=0) + eps)

    # What comes after each node, as a function of that node alone.
    after: list[tuple[Array, Callable[[Any], Any]]] = [
        (centred / root, lambda xhat: gamma * xhat),
        (root, lambda r: gamma * centred / r),
        (var, lambda v: gamma * centred / ops.sqrt(v + eps)),
        (centred, from_centred),
        (mean, lambda m: from_centred(X - m)),
        (X, lambda x: layer.stateless_call([gamma, zeros], [zeros, ones], x, training=True)[0]),
    ]
    return tuple(vector_jacobian_product(rest, [node], dout)[0] for node, rest in after)


def given(rng: Rng, X: Array, eps: float) -> Inputs:
    """Random blame for the outputs, and a scale that is not constant."""
    scale = parameters(rng, X.shape[1], "gamma")
    return {"dout": rng.normal(size=X.shape), "X": X, **scale, "eps": eps}


@batchnorm_nodes.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return given(rng, features(rng, 7, 4), 1e-3)


@batchnorm_nodes.case("small-variance", weight=2)
def _(rng: Rng) -> Inputs:
    return given(rng, quiet_features(rng, 6, 3), 1e-3)


@batchnorm_nodes.case("large-eps", square="the axis of one feature is kept")
def _(rng: Rng) -> Inputs:
    return given(rng, features(rng, 8, 1), 0.5)


@batchnorm_nodes.case("square", square="with N = D the sums over the wrong axis fit")
def _(rng: Rng) -> Inputs:
    return given(rng, features(rng, 5, 5), 1e-3)


class Walk:
    """The way back with right steps, each of which a mistake may replace.

    A wrong node makes the nodes behind it wrong as well, as in a student's code.
    """

    def __init__(self, dout: Array, X: Array, gamma: Array, eps: float) -> None:
        self.dout, self.gamma, self.N = dout, gamma, len(X)
        self.centred = X - X.mean(axis=0)
        self.root = np.sqrt(X.var(axis=0) + eps)
        self.xhat = self.centred / self.root

    def dxhat(self) -> Any:
        return self.dout * self.gamma

    def droot(self, dxhat: Array) -> Any:
        return -(dxhat * self.centred).sum(axis=0) / self.root**2

    def dvar(self, droot: Array) -> Any:
        return droot / (2 * self.root)

    def dcentred(self, dxhat: Array, dvar: Array) -> Any:
        return dxhat / self.root + dvar * 2 * self.centred / self.N

    def dmean(self, dcentred: Array) -> Any:
        return -dcentred.sum(axis=0)

    def dX(self, dcentred: Array, dmean: Array) -> Any:
        return dcentred + dmean / self.N

    def nodes(self) -> Any:
        dxhat = self.dxhat()
        droot = self.droot(dxhat)
        dvar = self.dvar(droot)
        dcentred = self.dcentred(dxhat, dvar)
        dmean = self.dmean(dcentred)
        return dxhat, droot, dvar, dcentred, dmean, self.dX(dcentred, dmean)

    def replacing(self, **steps: Callable[..., Any]) -> Any:
        """The nodes with some steps replaced; a step receives this walk and then its inputs."""
        for name, step in steps.items():
            setattr(self, name, lambda *blames, step=step: step(self, *blames))
        return self.nodes()


@batchnorm_nodes.alternative("with-half-powers")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    mean, N = X.mean(axis=0), len(X)
    var = ((X - mean) ** 2).mean(axis=0)
    dxhat = dout * gamma
    dvar = np.sum(dxhat * (X - mean) * -0.5 * (var + eps) ** -1.5, axis=0)
    dcentred = dxhat * (var + eps) ** -0.5 + dvar * 2 / N * (X - mean)
    dmean = -np.sum(dcentred, axis=0)
    return dxhat, dvar * 2 * np.sqrt(var + eps), dvar, dcentred, dmean, dcentred + dmean / N


@batchnorm_nodes.mistake("scale-left-out-of-dxhat", rows="I17")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """out = gamma * xhat + beta, so dxhat = dout * gamma; here gamma is missing.

    With gamma = 1, as at the start, this makes no difference. Every node behind dxhat is wrong by
    the same factor.

    Check: doubling gamma should double dxhat.
    """
    return Walk(dout, X, gamma, eps).replacing(dxhat=lambda walk: walk.dout)


@batchnorm_nodes.mistake("root-blamed-with-the-wrong-sign", rows="I13")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """xhat = centred / root, and the slope of 1 / root is -1 / root^2; here the minus is missing.

    A larger root makes every xhat smaller in size.

    Check: for the column of the worked example droot should be 4.
    """
    return Walk(dout, X, gamma, eps).replacing(
        droot=lambda walk, dxhat: (dxhat * walk.centred).sum(axis=0) / walk.root**2
    )


@batchnorm_nodes.mistake("root-not-squared")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """The slope of centred / root for root is -centred / root^2; here the root is not squared.

    Where the root is 1, as in the worked example, this makes no difference.

    Check: with X and eps so that the root is 2, compare droot with a small change of the root.
    """
    return Walk(dout, X, gamma, eps).replacing(
        droot=lambda walk, dxhat: -(dxhat * walk.centred).sum(axis=0) / walk.root
    )


@batchnorm_nodes.mistake("root-blamed-by-one-example", rows="I13")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """All N examples of a column are divided by one root, so their blame is summed over the batch;
    here it is not.

    Blame for a number that is used N times is the sum of N blames.

    Check: droot and dvar should have the shape (D,).
    """
    return Walk(dout, X, gamma, eps).replacing(
        droot=lambda walk, dxhat: -dxhat * walk.centred / walk.root**2
    )


@batchnorm_nodes.mistake("root-blamed-by-the-mean", rows="B08")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """The root is used by N examples, whose blames add up; here their mean is taken.

    The loss carries its 1/N already, in dout.

    Check: for the column of the worked example droot should be 4.
    """
    return Walk(dout, X, gamma, eps).replacing(
        droot=lambda walk, dxhat: -(dxhat * walk.centred).mean(axis=0) / walk.root**2
    )


@batchnorm_nodes.mistake("half-of-the-root-missing", rows="I13")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """The slope of sqrt(v) is 1 / (2 sqrt(v)); here the 2 is missing, so dvar is twice too large.

    Check: for the column of the worked example dvar should be 2.
    """
    return Walk(dout, X, gamma, eps).replacing(dvar=lambda walk, droot: droot / walk.root)


@batchnorm_nodes.mistake("slope-of-the-root-turned-over")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """The slope of sqrt(v) is 1 / (2 sqrt(v)), smaller where the root is larger; here the root
    multiplies.

    Where the root is 1, as in the worked example, this makes no difference.

    Check: with a larger root, dvar should be smaller.
    """
    return Walk(dout, X, gamma, eps).replacing(dvar=lambda walk, droot: droot * walk.root / 2)


@batchnorm_nodes.mistake("centred-by-one-way-only", rows="I13")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """centred is used twice, in xhat and in var; here only the blame through xhat reaches it.

    The blames of both uses add up: dxhat / root, and dvar times the slope of the mean square.

    Check: every column of dX * xhat should sum to nearly 0.
    """
    return Walk(dout, X, gamma, eps).replacing(dcentred=lambda walk, dxhat, dvar: dxhat / walk.root)


@batchnorm_nodes.mistake("centred-by-the-variance-alone", rows="I13")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """centred is used twice, in xhat and in var; here only the blame through var reaches it.

    The direct way is missing, dxhat / root.

    Check: for the column of the worked example dcentred should be 3, -1, 1, 1.
    """
    return Walk(dout, X, gamma, eps).replacing(
        dcentred=lambda walk, dxhat, dvar: dvar * 2 * walk.centred / walk.N
    )


@batchnorm_nodes.mistake("mean-square-without-its-share", rows="I13")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """var is the *mean* of the squares, so each entry gets 2 * centred / N of its blame; here the
    1/N is missing.

    Check: for the column of the worked example dcentred should be 3, -1, 1, 1.
    """
    return Walk(dout, X, gamma, eps).replacing(
        dcentred=lambda walk, dxhat, dvar: dxhat / walk.root + dvar * 2 * walk.centred
    )


@batchnorm_nodes.mistake("square-without-its-two", rows="I13")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """The slope of a square is twice the number, so each entry gets 2 * centred / N of the
    variance's blame; here the 2 is missing.

    Check: every column of dX * xhat should sum to nearly 0.
    """
    return Walk(dout, X, gamma, eps).replacing(
        dcentred=lambda walk, dxhat, dvar: dxhat / walk.root + dvar * walk.centred / walk.N
    )


@batchnorm_nodes.mistake("mean-blamed-with-the-wrong-sign", rows="I13")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """centred = X - mean: a larger mean makes every entry smaller, so dmean has a minus sign.

    Check: every column of dX should sum to 0.
    """
    return Walk(dout, X, gamma, eps).replacing(dmean=lambda walk, dcentred: dcentred.sum(axis=0))


@batchnorm_nodes.mistake("mean-blamed-by-the-mean", rows="B08")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """The mean is subtracted from N entries, whose blames add up; here their mean is taken.

    The share 1/N comes one step later, where the mean hands its blame to its N entries.

    Check: every column of dX should sum to 0.
    """
    return Walk(dout, X, gamma, eps).replacing(dmean=lambda walk, dcentred: -dcentred.mean(axis=0))


@batchnorm_nodes.mistake("mean-hands-on-all-its-blame", at="dX", rows="I13")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """Each entry is one of N in the mean and gets 1/N of its blame; here each gets all of it.

    Check: every column of dX should sum to 0.
    """
    nodes = Walk(dout, X, gamma, eps).nodes()
    return nodes[3] + nodes[4]


@batchnorm_nodes.mistake("way-through-the-mean-forgotten", at="dX", rows="I13")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """X is used twice, in centred and in the mean; here the blame of the mean is not handed on.

    Check: every column of dX should sum to 0.
    """
    return Walk(dout, X, gamma, eps).nodes()[3]


@batchnorm_nodes.mistake("nodes-along-the-row", rows="I01")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """Batch norm measures each column, so every sum runs over the batch, axis 0; here the mean and
    the variance are those of the rows.

    Check: with another row added to X, the blame of the first row should change.
    """
    c = X - X.mean(axis=1, keepdims=True)
    root, D = np.sqrt(X.var(axis=1, keepdims=True) + eps), X.shape[1]
    dxhat = dout * gamma
    droot = -(dxhat * c).sum(axis=1, keepdims=True) / root**2
    dvar = droot / (2 * root)
    dcentred = dxhat / root + dvar * 2 * c / D
    dmean = -dcentred.sum(axis=1, keepdims=True)
    dX = dcentred + dmean / D
    return dxhat, droot[:, 0], dvar[:, 0], dcentred, dmean[:, 0], dX


@batchnorm_nodes.mistake("statistics-kept-as-rows", rows="I18")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """The root, the variance and the mean have one number for each feature, shape (D,); their blame
    has the shape (1, D) here.

    keepdims=True keeps the axis that was summed. Down the columns it is not needed.

    Check: the shape of dvar should be that of X.var(axis=0).
    """
    dxhat, droot, dvar, dcentred, dmean, dX = Walk(dout, X, gamma, eps).nodes()
    return dxhat, droot[None], dvar[None], dcentred, dmean[None], dX


@batchnorm_nodes.mistake("nodes-in-the-order-of-the-way-there")
def _(dout: Array, X: Array, gamma: Array, eps: float) -> Any:
    """The contract asks for the nodes from the output back to X, dxhat first; here dX comes first.

    All six are right.

    Check: the first result should be dout * gamma.
    """
    return Walk(dout, X, gamma, eps).nodes()[::-1]
