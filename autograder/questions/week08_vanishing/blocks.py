"""A residual block in NumPy and its cases, for both directions."""

from __future__ import annotations

import numpy as np

from autograder.questions.define import Array, Inputs, Rng


def block(rng: Rng, N: int, D: int, H: int) -> Inputs:
    """A batch and a block's parameters, with biases that matter."""
    return {
        "X": rng.normal(size=(N, D)),
        "W1": rng.normal(size=(D, H)),
        "b1": rng.normal(size=H),
        "W2": rng.normal(size=(H, D)),
        "b2": rng.normal(size=D),
    }


def empty_picture(rng: Rng, N: int, D: int, H: int) -> Inputs:
    """A block without a first bias, an empty example and a faint one.

    Exact zeros stand before ReLU, and numbers that are hardly above 0.
    """
    given = block(rng, N, D, H)
    empty, faint = rng.permutation(N)[:2]
    given["X"][empty] = 0.0
    given["X"][faint] *= 1e-6
    given["b1"] = np.zeros(H)
    return given


def branch(X: Array, W1: Array, b1: Array) -> tuple[Array, Array]:
    """Pre-activations and outputs of the branch's hidden layer."""
    Z = X @ W1 + b1
    return Z, np.maximum(Z, 0)


def gradients(
    dout: Array, X: Array, H: Array, dZ: Array, W1: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """A block's gradients, given dL/dZ of its hidden layer, right or wrong."""
    return dout + dZ @ W1.T, X.T @ dZ, dZ.sum(axis=0), H.T @ dout, dout.sum(axis=0)


def a_block_forward(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Array:
    """A right block."""
    out: Array = X + branch(X, W1, b1)[1] @ W2 + b2
    return out


def a_block_back(
    dout: Array, X: Array, W1: Array, b1: Array, W2: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """The way back through a right block."""
    Z, H = branch(X, W1, b1)
    return gradients(dout, X, H, (dout @ W2.T) * (Z > 0), W1)
