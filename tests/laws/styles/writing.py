"""Week 15: embeddings, next-token loss, sampling, the cache, counting."""

from __future__ import annotations

import math
from collections import defaultdict
from fractions import Fraction
from typing import Any

import numpy as np
from scipy import special


def rows_with_take(tokens: Any, E: Any) -> Any:
    return np.take(E, tokens.ravel(), axis=0).reshape(*tokens.shape, -1)


def blame_in_a_dict(tokens: Any, dout: Any, vocabulary: int) -> Any:
    blame: dict[int, Any] = defaultdict(lambda: np.zeros(dout.shape[-1]))
    for n, t in np.ndindex(*tokens.shape):
        blame[int(tokens[n, t])] = blame[int(tokens[n, t])] + dout[n, t]
    return [
        list(blame[row]) if row in blame else [0.0] * dout.shape[-1] for row in range(vocabulary)
    ]


def blame_by_a_sparse_matrix(tokens: Any, dout: Any, vocabulary: int) -> Any:
    from scipy import sparse

    flat = dout.reshape(-1, dout.shape[-1])
    looked = sparse.csr_matrix(
        (np.ones(len(flat)), (tokens.ravel(), np.arange(len(flat)))), (vocabulary, len(flat))
    )
    return looked @ flat


def surprise_with_logsumexp(logits: Any, tokens: Any) -> Any:
    before, after = logits[:, :-1], np.roll(tokens, -1, axis=1)[:, :-1]
    n, t = np.nonzero(after >= 0)
    return np.average(special.logsumexp(before[n, t], axis=-1) - before[n, t, after[n, t]])


def surprise_of_masked_arrays(logits: Any, tokens: Any) -> Any:
    labels = np.ma.masked_equal(tokens[:, 1:], -1)
    logs = special.log_softmax(logits[:, :-1], axis=2)
    said = np.take_along_axis(logs, np.maximum(tokens[:, 1:], 0)[..., None], axis=2)[..., 0]
    return -np.ma.array(said, mask=np.ma.getmaskarray(labels)).mean()


def drawn_by_multinomials(logits: Any, temperature: float, top_k: int, rng: Any) -> Any:
    if not temperature:
        return [int(np.argmax(row)) for row in logits]
    lowest = np.sort(np.argsort(-logits, axis=1, kind="stable")[:, :top_k], axis=1)
    kept = np.zeros(logits.shape, bool)
    kept[np.arange(len(logits))[:, None], lowest] = True
    p = special.softmax(np.where(kept, logits, -np.inf) / temperature, axis=1)
    return np.nonzero(rng.multinomial(1, p))[1]


def drawn_from_sorted_sums(logits: Any, temperature: float, top_k: int, rng: Any) -> Any:
    tokens = []
    for row in logits.tolist():
        order = sorted(range(len(row)), key=lambda token: (-row[token], token))[:top_k]
        if temperature == 0.0:
            tokens.append(order[0])
            continue
        sizes = [math.exp((row[token] - row[order[0]]) / temperature) for token in order]
        u = rng.uniform(0, sum(sizes))
        while u > sizes[0] and len(sizes) > 1:
            u -= sizes.pop(0)
            order.pop(0)
        tokens.append(order[0])
    return tokens


def step_of_the_whole_text(x: Any, cache: Any, params: Any, H: int) -> Any:
    """Head by head, with lists for the cache."""
    keys, values = (list(np.moveaxis(part, 2, 0)) for part in cache)
    d = x.shape[1] // H

    def norm(z: Any, number: int) -> Any:
        centred = z - np.mean(z, 1)[:, None]
        spread = np.sqrt(np.mean(centred**2, 1) + 1e-5)[:, None]
        return centred / spread * params[f"gamma{number}"] + params[f"beta{number}"]

    A = norm(x, 1)
    keys.append((A @ params["W_k"]).reshape(len(x), H, d))
    values.append((A @ params["W_v"]).reshape(len(x), H, d))
    query = (A @ params["W_q"]).reshape(len(x), H, d)
    scores = np.array([np.einsum("nhd,nhd->nh", query, key) for key in keys]) / math.sqrt(d)
    weights = special.softmax(scores, axis=0)
    found = np.einsum("tnh,tnhd->nhd", weights, np.array(values)).reshape(len(x), H * d)
    z = x + found @ params["W_o"]
    wide = np.clip(norm(z, 2) @ params["W1"] + params["b1"], 0, None)
    out = z + wide @ params["W2"] + params["b2"]
    return [out, np.stack(keys, 2), np.stack(values, 2)]


def counted_exactly(D: int, H: int, hidden: int, T: int) -> Any:
    sizes = [D, D, D * D, D * D, D * D, D * D, D, D, D * hidden, hidden, hidden * D, D]
    flops = Fraction(0)
    for _ in range(H):
        flops += 4 * T * Fraction(D, H)
    return np.array([sum(sizes), int(flops) + 2 * sum(s for s in sizes if s not in (D, hidden))])


STYLES = {
    "embed": {"take": rows_with_take},
    "embed_grad": {"dict": blame_in_a_dict, "sparse": blame_by_a_sparse_matrix},
    "next_token_loss": {
        "logsumexp": surprise_with_logsumexp,
        "masked-arrays": surprise_of_masked_arrays,
    },
    "sample": {"multinomial": drawn_by_multinomials, "sorted-sums": drawn_from_sorted_sums},
    "step_with_cache": {"lists": step_of_the_whole_text},
    "count_block": {"fractions": counted_exactly},
}
