"""A dense layer for a batch, and what it keeps for the way back."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week03_forward.formulas import random_params
from course_lib.models import to_keras


@question(points=12, returns=("out", "cache"))
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


@dense_forward.case("wide", weight=2)
def _(rng: Rng) -> Inputs:
    return layer(rng, 4, 6, 9)


@dense_forward.case("square", square="with N = D = M a wrong axis or transpose has the right shape")
def _(rng: Rng) -> Inputs:
    return layer(rng, 4, 4, 4)


@dense_forward.alternative("example-by-example")
def _(X: Array, W: Array, b: Array) -> Any:
    return np.array([[row @ W[:, j] + b[j] for j in range(len(b))] for row in X]), [X, W]


@dense_forward.mistake("dense-bias-left-out", rows="B10")
def _(X: Array, W: Array, b: Array) -> Any:
    """A dense layer is X @ W + b; without b each column of out is off by its own bias.

    The cache is right. With biases of 0, as at the start of training, nothing shows.

    Check: for X = 0 every row of out should be b.
    """
    return X @ W, (X, W)


@dense_forward.mistake("dense-bias-as-column", rows="B11 N03")
def _(X: Array, W: Array, b: Array) -> Any:
    """b holds one number for each of the M outputs; as a column (M, 1) it meets the N examples.

    With N different from M NumPy raises. With N = M the bias is added silently along the wrong
    axis: each example gets a bias instead of each output. NumPy lines up a plain (M,) with the
    last axis by itself.

    Check: for X = 0 every row of out should be b.
    """
    return X @ W + b.reshape(-1, 1), (X, W)


@dense_forward.mistake("dense-elementwise", rows="B17")
def _(X: Array, W: Array, b: Array) -> Any:
    """`*` multiplies entry by entry; the sum over the D inputs needs the matrix product `@`.

    With different sizes the shapes do not fit and NumPy raises. In a square layer they fit by
    accident, and nothing is summed.

    Check: write the shapes of both factors and strike out the axis that is summed.
    """
    return X * W + b, (X, W)


@dense_forward.mistake("dense-kernel-turned", rows="B18", convention=True)
def _(X: Array, W: Array, b: Array) -> Any:
    """PyTorch stores a kernel as (M, D) and turns it over; here, as in Keras, W is (D, M) already.

    With D different from M the inner sizes do not fit and NumPy raises. In a square layer the
    shapes fit, and every weight sits between the wrong input and output.

    Check: write the shapes of X and W next to each other; the inner two should both be D.
    """
    return X @ W.T + b, (X, W)


@dense_forward.mistake("dense-bias-subtracted", convention=True)
def _(X: Array, W: Array, b: Array) -> Any:
    """Some books write a threshold that is subtracted; this course adds a bias, out = X @ W + b.

    The two differ only in the sign of b. A network that is trained this way learns the negative
    biases, but given weights give other outputs.

    Check: for X = 0 every row of out should be b.
    """
    return X @ W - b, (X, W)


@dense_forward.mistake("cache-left-out")
def _(X: Array, W: Array, b: Array) -> Any:
    """The layer returns two things, out and the cache (X, W); this is out alone.

    Whoever unpacks two values then gets two rows of out, or an error.

    Next: return both, separated by a comma.
    """
    return X @ W + b


@dense_forward.mistake("cache-with-bias", convention=True)
def _(X: Array, W: Array, b: Array) -> Any:
    """Some courses keep (X, W, b); this one keeps (X, W), because no slope of X @ W + b contains b.

    out is right. A sum passes blame on unchanged, whatever b is. What is kept from every layer
    for every batch is memory, so we keep what is used.

    Check: the cache should have two entries.
    """
    return X @ W + b, (X, W, b)


@dense_forward.mistake("cache-in-another-order")
def _(X: Array, W: Array, b: Array) -> Any:
    """The cache is (X, W); here W stands first.

    out is right. Whoever unpacks the cache by position takes the kernel for the inputs.

    Check: the shapes in the cache should be (N, D) and (D, M), in this order.
    """
    return X @ W + b, (W, X)


@dense_forward.mistake("cache-of-the-output")
def _(X: Array, W: Array, b: Array) -> Any:
    """The cache holds what came into the layer, X and W; here it holds what went out.

    out is right. The slope of X[n, i] * W[i, j] with respect to W is X, which cannot be had from
    out afterwards.

    Check: the shapes in the cache should be (N, D) and (D, M).
    """
    out = X @ W + b
    return out, (out, W)


@dense_forward.mistake("cache-overwritten-by-the-next-call", rows="B13 N06")
def _(X: Array, W: Array, b: Array, kept: list[Any] = []) -> Any:  # noqa: B006
    """One list serves all calls here, so the second call replaces what the first one had returned.

    out is right, and so is the cache until the layer runs again. A network calls this function
    once for each layer; all caches would hold the last layer's arrays. A global variable or a list
    as a default value does this.

    Check: call the function twice with different inputs, then print the first cache.
    """
    kept[:] = [X, W]
    return X @ W + b, kept
