"""Attention and a transformer block in NumPy, for wrong formulas whose mistake lies elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng

Params = Mapping[str, Array]


def softmax(Z: Array, axis: int = -1) -> Array:
    """Probabilities along an axis, without overflow."""
    E = np.exp(Z - Z.max(axis=axis, keepdims=True))
    probabilities: Array = E / E.sum(axis=axis, keepdims=True)
    return probabilities


def turned(X: Array) -> Array:
    """The last two axes exchanged."""
    return np.swapaxes(X, -1, -2)


def scores(Q: Array, K: Array, mask: Any) -> Array:
    """Scaled dot products, minus infinity where nobody may look."""
    S: Array = np.where(mask, Q @ turned(K) / np.sqrt(Q.shape[-1]), -np.inf)
    return S


def attend(Q: Array, K: Array, V: Array, mask: Any) -> tuple[Array, Array]:
    """Correct attention: what each place receives, and its weights."""
    weights = softmax(scores(Q, K, mask))
    return weights @ V, weights


def heads(X: Array, H: int) -> Array:
    """(N, T, D) as (N, H, T, D // H)."""
    N, T, D = X.shape
    return X.reshape(N, T, H, D // H).transpose(0, 2, 1, 3)


def joined(X: Array) -> Array:
    """(N, H, T, d) as (N, T, H * d)."""
    N, H, T, d = X.shape
    return X.transpose(0, 2, 1, 3).reshape(N, T, H * d)


def norm(X: Array, gamma: Array, beta: Array, eps: float = 1e-5) -> Array:
    """Layer normalization over the last axis."""
    centred = X - X.mean(axis=-1, keepdims=True)
    out: Array = gamma * centred / np.sqrt(X.var(axis=-1, keepdims=True) + eps) + beta
    return out


def relu(Z: Array) -> Array:
    """The bend of the block's dense layers."""
    return np.maximum(Z, 0)


def causal(T: int) -> Array:
    """Who may look where in a text that is read from left to right."""
    return np.tri(T, dtype=bool)


def looked_up(A: Array, params: Params, H: int, mask: Any) -> Array:
    """The attention half of a block, for inputs A that are normalized already."""
    Q, K, V = (heads(A @ params[name], H) for name in ("W_q", "W_k", "W_v"))
    return joined(attend(Q, K, V, mask)[0]) @ params["W_o"]


def thought_over(A: Array, params: Params) -> Array:
    """The dense half of a block, for inputs A that are normalized already."""
    out: Array = relu(A @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"]
    return out


def block(X: Array, params: Params, H: int, mask: Any) -> Array:
    """Correct pre-norm block."""
    X = X + looked_up(norm(X, params["gamma1"], params["beta1"]), params, H, mask)
    return X + thought_over(norm(X, params["gamma2"], params["beta2"]), params)


def block_params(rng: Rng, D: int, F: int) -> dict[str, Array]:
    """Random parameters of a block, none of them small or constant enough to hide."""
    params: dict[str, Array] = {
        "gamma1": rng.uniform(0.5, 2.0, D),
        "beta1": rng.uniform(-1.0, 1.0, D),
    }
    for name in ("W_q", "W_k", "W_v", "W_o"):
        params[name] = rng.normal(size=(D, D)) / np.sqrt(D)
    params["gamma2"] = rng.uniform(0.5, 2.0, D)
    params["beta2"] = rng.uniform(-1.0, 1.0, D)
    params["W1"], params["b1"] = rng.normal(size=(D, F)) / np.sqrt(D), rng.normal(size=F)
    params["W2"], params["b2"] = rng.normal(size=(F, D)) / np.sqrt(F), rng.normal(size=D)
    return params


def some_hidden(rng: Rng, *shape: int) -> Array:
    """A mask that hides about a third of the places, and leaves two or more in every row."""
    order = rng.permuted(np.broadcast_to(np.arange(shape[-1]), shape), axis=-1)
    shown: Array = order < rng.integers(2, max(3, shape[-1]), (*shape[:-1], 1))
    return shown


def looks(rng: Rng, lead: tuple[int, ...], T: int, S: int, d: int, m: int) -> Inputs:
    """Queries, keys and values of these sizes, with scores of about 1, and no mask."""
    return {
        "Q": rng.normal(size=(*lead, T, d)) * 1.3,
        "K": rng.normal(size=(*lead, S, d)),
        "V": rng.normal(size=(*lead, S, m)) + 0.5,
    }
