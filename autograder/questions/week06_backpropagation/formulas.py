"""The two-layer network in NumPy, for mistakes that are made elsewhere in a formula."""

from __future__ import annotations

import numpy as np

from autograder.questions.define import Array

Params = dict[str, Array]


def row_softmax(Z: Array) -> Array:
    """A softmax without overflow, for mistakes that are made elsewhere in a formula."""
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    probabilities: Array = E / E.sum(axis=1, keepdims=True)
    return probabilities


def hidden_layer(X: Array, params: Params) -> tuple[Array, Array, Array]:
    """Pre-activations and outputs of the hidden layer, and the logits."""
    z = X @ params["W1"] + params["b1"]
    h = np.maximum(z, 0)
    return z, h, h @ params["W2"] + params["b2"]


def blame(X: Array, y: Array, params: Params) -> tuple[Array, Array, Array, Array]:
    """What the mistaken backward passes start from: z, h, dL/dlogits and dL/dh."""
    z, h, logits = hidden_layer(X, params)
    dlogits = loss_slope(logits, y)
    return z, h, dlogits, dlogits @ params["W2"].T


def loss_slope(logits: Array, y: Array) -> Array:
    """dL/dlogits of the mean cross-entropy."""
    slope: Array = (row_softmax(logits) - np.eye(logits.shape[1])[y]) / len(y)
    return slope


def layer_gradients(X: Array, dz: Array, h: Array, dlogits: Array) -> Params:
    """The parameters' gradients from the gradients at both layers' outputs."""
    return {"W1": X.T @ dz, "b1": dz.sum(0), "W2": h.T @ dlogits, "b2": dlogits.sum(0)}


def all_gradients(X: Array, y: Array, params: Params, dlogits: Array) -> Params:
    """The parameters' gradients that follow from some dL/dlogits, right or wrong."""
    z, h, _, _ = blame(X, y, params)
    return layer_gradients(X, (dlogits @ params["W2"].T) * (z > 0), h, dlogits)


def cross_entropies(logits: Array, y: Array) -> Array:
    """The loss of each example."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    losses: Array = np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(y)), y]
    return losses


def through_dense(dout: Array, X: Array, W: Array) -> tuple[Array, Array, Array]:
    """The gradients of a dense layer: of its inputs, kernel and bias."""
    return dout @ W.T, X.T @ dout, dout.sum(axis=0)


def through_relu(dout: Array, z: Array) -> Array:
    """The gradient on the other side of a relu."""
    return dout * (z > 0)


def mean_loss(logits: Array, y: Array) -> Array:
    """The mean cross-entropy of a batch."""
    mean: Array = cross_entropies(logits, y).mean()
    return mean
