"""A dense layer for a batch, and its cache for the backward pass."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Formula, Inputs, Rng, question
from autograder.questions.week03_forward.formulas import random_params
from course_lib.models import to_keras


@question(
    points=12,
    returns=("out", "cache"),
    parts={"out": 2, "cache": 1},
    builds_on=("neuron_by_neuron",),
)
def dense_forward(X: Array, W: Array, b: Array) -> Any:
    """One layer for a batch: out = X @ W + b.

    It is called twice, and what the first call returned is looked at after the second.

    Args:
        X: inputs, shape (N, D), float64.
        W: the kernel, shape (D, M), float64.
        b: the biases, shape (M,), float64.

    Returns:
        out (N, M), and cache = (X, W), the two arrays that the way back will need.

    Source: a Keras Dense layer of course_lib.models with these weights.
    """
    return to_keras({"W1": W, "b1": b})(X), (X, W)


@dense_forward.driver
def _(dense_forward: Any, X: Array, W: Array, b: Array) -> Any:
    first = dense_forward(X, W, b)
    dense_forward(X[::-1] + 1.0, 2.0 * W, b - 1.0)
    return first


def layer(rng: Rng, N: int, D: int, M: int) -> Inputs:
    """A batch and a layer's parameters."""
    params = random_params(rng, D, M)
    return {"X": rng.normal(size=(N, D)), "W": params["W1"], "b": params["b1"]}


@dense_forward.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return layer(rng, 7, 5, 3)


@dense_forward.case("wide", weight=2, square="one example is still a row")
def _(rng: Rng) -> Inputs:
    return layer(rng, 1, 6, 9)


@dense_forward.case("square", square="with N = D = M a wrong axis or transpose has the right shape")
def _(rng: Rng) -> Inputs:
    return layer(rng, 4, 4, 4)


@dense_forward.alternative("example-by-example")
def _(X: Array, W: Array, b: Array) -> Any:
    return np.array([[row @ W[:, j] + b[j] for j in range(len(b))] for row in X]), [X, W]


@dense_forward.made_of(but="neuron-bias-left-out neuron-whole-number-total")
def _(
    X: Array, W: Array, b: Array, *, neuron_by_neuron: Formula = lambda x, W, b: x @ W + b
) -> Any:
    return np.array([neuron_by_neuron(x, W, b) for x in X]), (X, W)


@dense_forward.mistake("dense-bias-left-out", rows="B10")
def _(X: Array, W: Array, b: Array) -> Any:
    """A dense layer is X @ W + b; here b is missing, so each column is off by its own bias.

    The cache is right. With biases of 0, as at the start of training, the mistake does not show.

    Check: for X = 0 every row of out should be b.
    """
    return X @ W, (X, W)


@dense_forward.mistake("dense-bias-as-column", rows="B11 N03")
def _(X: Array, W: Array, b: Array) -> Any:
    """b has one entry for each of the M outputs; a column (M, 1) lines up with the N examples.

    With N different from M NumPy raises an error. With N = M the bias is silently added along the
    wrong axis: one bias for each example instead of one for each output. NumPy lines up an array of
    shape (M,) with the last axis, without any reshape.

    Check: for X = 0 every row of out should be b.
    """
    return X @ W + b.reshape(-1, 1), (X, W)


@dense_forward.mistake("dense-elementwise", rows="B17")
def _(X: Array, W: Array, b: Array) -> Any:
    """`*` multiplies entry by entry; the sum over the D inputs needs the matrix product `@`.

    In most layers the shapes do not fit and NumPy raises an error. With N = D = M they happen to
    fit, and nothing is summed.

    Check: write down the shapes of both factors and cross out the axis that is summed over.
    """
    return X * W + b, (X, W)


@dense_forward.mistake("dense-kernel-turned", rows="B18", convention=True)
def _(X: Array, W: Array, b: Array) -> Any:
    """PyTorch stores a kernel as (M, D) and transposes it; in this course, as in Keras, W is (D,
    M).

    With D different from M the inner sizes do not match and NumPy raises an error. In a square
    layer the shapes fit, but every weight connects the wrong input and output.

    Check: write down the shapes of X and W; the two inner sizes should both be D.
    """
    return X @ W.T + b, (X, W)


@dense_forward.mistake("dense-bias-subtracted", convention=True)
def _(X: Array, W: Array, b: Array) -> Any:
    """Some books subtract a threshold; this course adds a bias, out = X @ W + b.

    The two differ only in the sign of b. A network trained this way would learn biases of the
    opposite sign, but with given biases the outputs differ.

    Check: for X = 0 every row of out should be b.
    """
    return X @ W - b, (X, W)


@dense_forward.mistake("cache-left-out")
def _(X: Array, W: Array, b: Array) -> Any:
    """The layer returns two things, out and the cache (X, W); here it returns only out.

    A caller that unpacks two values then gets two rows of out, or an error.

    Next: return both, separated by a comma.
    """
    return X @ W + b


@dense_forward.mistake("cache-with-bias", convention=True)
def _(X: Array, W: Array, b: Array) -> Any:
    """Some courses keep (X, W, b); this one keeps (X, W), as no derivative of X @ W + b contains b.

    out is right. The gradient passes through a sum unchanged, whatever b is. The cache costs memory
    for every layer and batch, so we keep only what the backward pass uses.

    Check: the cache should have two entries.
    """
    return X @ W + b, (X, W, b)


@dense_forward.mistake("cache-in-another-order")
def _(X: Array, W: Array, b: Array) -> Any:
    """The cache is (X, W); here W comes first.

    out is right. A caller that unpacks the cache by position mistakes the kernel for the inputs.

    Check: the shapes in the cache should be (N, D) and (D, M), in this order.
    """
    return X @ W + b, (W, X)


@dense_forward.mistake("cache-of-the-output")
def _(X: Array, W: Array, b: Array) -> Any:
    """The cache holds the layer's inputs and kernel, (X, W); here it holds the output instead of X.

    out is right. The derivative of X[n, i] * W[i, j] with respect to W[i, j] is X[n, i], and X
    cannot be recovered from out.

    Check: the shapes in the cache should be (N, D) and (D, M).
    """
    out = X @ W + b
    return out, (out, W)


@dense_forward.mistake("cache-overwritten-by-the-next-call", rows="B13 N06")
def _(X: Array, W: Array, b: Array, kept: list[Any] = []) -> Any:  # noqa: B006
    """All calls share one list here, so the second call overwrites what the first one returned.

    out is right, and so is the cache until the layer runs again. A network calls this function once
    for each layer, so all caches would hold the last layer's arrays. A global variable or a list as
    a default argument causes this.

    Check: call the function twice with different inputs, then print the first call's cache.
    """
    kept[:] = [X, W]
    return X @ W + b, kept
