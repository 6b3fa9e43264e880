"""Week 15: attention, masks, heads, positions, a block."""

from __future__ import annotations

import cmath
import math
from typing import Any

import numpy as np
from scipy import special


def attention_by_queries(Q: Any, K: Any, V: Any, mask: Any) -> Any:
    """One query after the other, with the visible places alone."""
    weights = np.zeros((*Q.shape[:-1], K.shape[-2]))
    mask = np.broadcast_to(mask, weights.shape)
    for at in np.ndindex(*Q.shape[:-1]):
        shown = mask[at]
        scores = K[at[:-1]][shown] @ Q[at] / math.sqrt(K.shape[-1])
        weights[at][shown] = special.softmax(scores)
    return np.matmul(weights, V), weights


def attention_by_logarithms(Q: Any, K: Any, V: Any, mask: Any) -> Any:
    scores = np.einsum("...td,...sd->...ts", Q, K) * K.shape[-1] ** -0.5
    scores = np.ma.filled(np.ma.masked_array(scores, ~np.broadcast_to(mask, scores.shape)), -np.inf)
    weights = np.exp(scores - special.logsumexp(scores, axis=-1, keepdims=True))
    return [weights @ V, weights]


def blame_by_queries(dout: Any, Q: Any, K: Any, V: Any, mask: Any) -> Any:
    """One query after the other, added up."""
    _, weights = attention_by_queries(Q, K, V, mask)
    dQ, dK, dV = np.zeros_like(Q), np.zeros_like(K), np.zeros_like(V)
    for at in np.ndindex(*Q.shape[:-1]):
        text, w = at[:-1], weights[at]
        dV[text] += np.outer(w, dout[at])
        dw = V[text] @ dout[at]
        ds = (np.diag(w) - np.outer(w, w)) @ dw / math.sqrt(K.shape[-1])
        dQ[at] = ds @ K[text]
        dK[text] += np.outer(ds, Q[at])
    return dQ, dK, dV


def heads_by_loops(X: Any, H: int) -> Any:
    d = X.shape[-1] // H
    return [[text[:, h * d : (h + 1) * d] for h in range(H)] for text in X]


def hands_one_by_one(T: int, D: int, base: Any) -> Any:
    rows = []
    for t in range(T):
        hands = (cmath.exp(1j * t / float(base) ** (2 * i / D)) for i in range(D // 2))
        rows.append([part for hand in hands for part in (hand.imag, hand.real)])
    return rows


def turned_by_matrices(X: Any, positions: Any) -> Any:
    """A whole rotation matrix for each place."""
    D = X.shape[-1]
    out = np.array(X)
    for t, place in enumerate(positions):
        R = np.zeros((D, D))
        for i in range(0, D, 2):
            c, s = (f(place / 10000 ** (i / D)) for f in (math.cos, math.sin))
            R[i : i + 2, i : i + 2] = [[c, -s], [s, c]]
        out[..., t, :] = X[..., t, :] @ R.T
    return out


def block_by_texts(X: Any, params: Any, H: int, mask: Any) -> Any:
    """Text by text and head by head, with the heads' outputs joined by hstack."""
    p, d = params, X.shape[-1] // H
    mask = np.broadcast_to(mask, (len(X), H, *mask.shape[-2:]))

    def norm(x: Any, number: int) -> Any:
        spread = np.sqrt(np.var(x, 1) + 1e-5)[:, None]
        return (x - np.mean(x, 1)[:, None]) / spread * p[f"gamma{number}"] + p[f"beta{number}"]

    texts = []
    for x, shown in zip(X, mask, strict=True):
        a = norm(x, 1)
        found = []
        for h, cut in enumerate(slice(h * d, h * d + d) for h in range(H)):
            Q, K, V = (a @ p[name][:, cut] for name in ("W_q", "W_k", "W_v"))
            found.append(attention_by_queries(Q, K, V, shown[h])[0])
        x = x + np.hstack(found) @ p["W_o"]
        texts.append(x + np.clip(norm(x, 2) @ p["W1"] + p["b1"], 0, None) @ p["W2"] + p["b2"])
    return np.stack(texts)


STYLES: dict[str, dict[str, Any]] = {
    "attention": {"queries": attention_by_queries, "logarithms": attention_by_logarithms},
    "attention_backward": {"queries": blame_by_queries},
    "causal_mask": {
        "numbers": lambda T: np.tril(np.ones((T, T))),
        "lists": lambda T: [[s <= t for s in range(T)] for t in range(T)],
        "sums": lambda T: np.cumsum(np.eye(T), axis=0) > 0,
    },
    "padding_mask": {
        "lists": lambda lengths, T: [[[s < length for s in range(T)]] for length in lengths],
        "outer": lambda lengths, T: np.greater.outer(lengths, np.arange(T))[:, np.newaxis],
    },
    "split_heads": {
        "loops": heads_by_loops,
        "moveaxis": lambda X, H: np.moveaxis(X.reshape(*X.shape[:-1], H, -1), 2, 1),
        "strides": lambda X, H: np.array(np.array_split(X, H, axis=2)).swapaxes(0, 1),
    },
    "join_heads": {
        "hstack": lambda X: [np.hstack(list(text)) for text in X],
        "swapaxes": lambda X: np.swapaxes(X, 1, 2).reshape(X.shape[0], X.shape[2], -1),
    },
    "sinusoidal_positions": {"complex": hands_one_by_one},
    "rotate": {"matrices": turned_by_matrices},
    "transformer_block": {"texts": block_by_texts},
}
