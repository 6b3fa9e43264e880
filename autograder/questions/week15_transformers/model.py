"""The character model of week 15: embeddings, one block and logits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.questions.define import Array, Rng
from autograder.questions.week15_transformers.formulas import (
    Params,
    block_params,
    causal,
    heads,
    joined,
    norm,
    scores,
    softmax,
    turned,
)

Parts = dict[str, Array]
"""What every step of the model gives, or the gradients of its parameters, by name."""


def model_params(rng: Rng, K: int, T: int, D: int, F: int) -> dict[str, Array]:
    """Random parameters of the whole model, none of them small or constant enough to hide."""
    return {
        "E": rng.normal(size=(K, D)),
        "P": 0.5 * rng.normal(size=(T, D)),
        **block_params(rng, D, F),
        "W_out": rng.normal(size=(D, K)) / np.sqrt(D),
    }


def keras_loss(tokens: Array, params: Mapping[str, Any], H: int) -> Any:
    """The loss by Keras's layers and operations; differentiable in all parameters."""
    from keras import losses, ops

    from autograder.questions.week15_transformers.layers import keras_block

    T = tokens.shape[1]
    one_hot = ops.one_hot(tokens, params["E"].shape[0], dtype=params["E"].dtype)
    X = ops.add(ops.matmul(one_hot, params["E"]), params["P"])
    out = keras_block(X, params, H, causal(T))
    logits = ops.matmul(out, params["W_out"])[:, :-1]
    surprise = losses.sparse_categorical_crossentropy(tokens[:, 1:], logits, from_logits=True)
    return ops.mean(surprise)


def norm_backward(dout: Array, X: Array, gamma: Array) -> tuple[Array, Array, Array]:
    """Blame through layer normalization, over any number of leading axes."""
    root = np.sqrt(X.var(axis=-1, keepdims=True) + 1e-5)
    xhat = (X - X.mean(axis=-1, keepdims=True)) / root
    dxhat = dout * gamma
    along = (dxhat * xhat).mean(axis=-1, keepdims=True)
    dX = (dxhat - dxhat.mean(axis=-1, keepdims=True) - xhat * along) / root
    leading = tuple(range(X.ndim - 1))
    return dX, (dout * xhat).sum(axis=leading), dout.sum(axis=leading)


def kernel(X: Array, dout: Array) -> Array:
    """The gradient of W in X @ W, over all texts and places."""
    dW: Array = X.reshape(-1, X.shape[-1]).T @ dout.reshape(-1, dout.shape[-1])
    return dW


def forward(tokens: Array, params: Params, H: int, mask: Array) -> Parts:
    """What every step of the model gives, by the names of the lesson's table."""
    X = params["E"][tokens] + params["P"]
    A = norm(X, params["gamma1"], params["beta1"])
    Q, K, V = (heads(A @ params[name], H) for name in ("W_q", "W_k", "W_v"))
    weights = softmax(scores(Q, K, mask))
    found = joined(weights @ V)
    X1 = X + found @ params["W_o"]
    B = norm(X1, params["gamma2"], params["beta2"])
    Z = B @ params["W1"] + params["b1"]
    out = X1 + np.maximum(Z, 0) @ params["W2"] + params["b2"]
    looked = {"X": X, "A": A, "Q": Q, "K": K, "V": V, "weights": weights, "found": found}
    return {**looked, "X1": X1, "B": B, "Z": Z, "out": out, "logits": out @ params["W_out"]}


def blame_of_logits(logits: Array, tokens: Array) -> tuple[Any, Array]:
    """The loss, and its gradient for the logits; the last place is asked nothing."""
    P = softmax(logits[:, :-1])
    targets = tokens[:, 1:, None]
    right = np.take_along_axis(P, targets, axis=-1)
    np.put_along_axis(P, targets, right - 1, axis=-1)
    dlogits = np.zeros_like(logits)
    dlogits[:, :-1] = P / targets.size
    return -np.log(right).mean(), dlogits


def back_through_dense(dout: Array, at: Parts, params: Params) -> tuple[Array, Parts]:
    """The gradient for X1, and those of the dense half's parameters."""
    dZ = (dout @ params["W2"].T) * (at["Z"] > 0)
    dX1, dgamma, dbeta = norm_backward(dZ @ params["W1"].T, at["X1"], params["gamma2"])
    grads = {
        "gamma2": dgamma,
        "beta2": dbeta,
        "W1": kernel(at["B"], dZ),
        "b1": dZ.sum(axis=(0, 1)),
        "W2": kernel(np.maximum(at["Z"], 0), dout),
        "b2": dout.sum(axis=(0, 1)),
    }
    return dX1 + dout, grads


def back_through_attention(
    dX1: Array, at: Parts, params: Params, H: int, through_heads: Any = None
) -> tuple[Array, Parts]:
    """The gradient for X, and those of the attention half's parameters."""
    dheads = heads(dX1 @ params["W_o"].T, H)
    blames = [joined(each) for each in (through_heads or attention_blames)(dheads, at)]
    names = ("W_q", "W_k", "W_v")
    dA = sum(blame @ params[name].T for name, blame in zip(names, blames, strict=True))
    dX, dgamma, dbeta = norm_backward(np.asarray(dA), at["X"], params["gamma1"])
    kernels = {name: kernel(at["A"], blame) for name, blame in zip(names, blames, strict=True)}
    grads = {"gamma1": dgamma, "beta1": dbeta, **kernels, "W_o": kernel(at["found"], dX1)}
    return dX + dX1, grads


def attention_blames(dheads: Array, at: Parts) -> tuple[Array, Array, Array]:
    """dQ, dK and dV."""
    Q, K, V, weights = (at[name] for name in ("Q", "K", "V", "weights"))
    dweights = dheads @ turned(V)
    dS = weights * (dweights - (dweights * weights).sum(axis=-1, keepdims=True))
    dS = dS / np.sqrt(Q.shape[-1])
    return dS @ K, turned(dS) @ Q, turned(weights) @ dheads


def back_through_embedding(dX: Array, tokens: Array, params: Params) -> Parts:
    """The gradients of both tables: rows that occur twice add up."""
    dE = np.zeros_like(params["E"])
    np.add.at(dE, tokens, dX)
    return {"E": dE, "P": dX.sum(axis=0)}


def loss_and_grads(
    tokens: Array,
    params: Params,
    H: int,
    *,
    mask: Array | None = None,
    blame: Any = blame_of_logits,
    through_dense: Any = back_through_dense,
    through_attention: Any = back_through_attention,
    through_embedding: Any = back_through_embedding,
) -> tuple[Any, Parts]:
    """The loss and all gradients, without a mistake unless a step with one is passed."""
    at = forward(tokens, params, H, causal(tokens.shape[1]) if mask is None else mask)
    loss, dlogits = blame(at["logits"], tokens)
    dX1, dense = through_dense(dlogits @ params["W_out"].T, at, params)
    dX, attention = through_attention(dX1, at, params, H)
    found = {**through_embedding(dX, tokens, params), **attention, **dense}
    found["W_out"] = kernel(at["out"], dlogits)
    return loss, {name: found[name] for name in params}
