"""Weeks 11 to 13: scaling laws, normalization, other paradigms."""

from __future__ import annotations

import itertools
import math
import statistics
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import signal, special


def law_by_formulas(N: Any, L: Any) -> Any:
    x, y = np.log(N), np.log(L)
    slope = np.cov(x, y, bias=True)[0, 1] / x.var()
    return math.exp(y.mean() - slope * x.mean()), -slope


def law_by_least_squares(N: Any, L: Any) -> Any:
    A = np.vander(np.log(N), 2)
    (slope, start), *_ = np.linalg.lstsq(A, np.log(L), rcond=None)
    return {"alpha": -slope, "a": np.exp(start)}


def law_by_statistics(N: Any, L: Any) -> Any:
    slope, start = statistics.linear_regression(np.log(N).tolist(), np.log(L).tolist())
    return [math.exp(start), -slope]


def bet_by_statistics(N: Any, L: Any, N_new: Any, target: float, factor: float) -> Any:
    x, y = np.log(N).tolist(), np.log(L).tolist()
    slope, start = statistics.linear_regression(x, y)
    missed = sum((v - start - slope * u) ** 2 for u, v in zip(x, y, strict=True))
    middle, spread = statistics.fmean(x), statistics.pvariance(x) * len(x)
    bars = []
    for new in map(math.log, N_new):
        share = 1 + 1 / len(x) + (new - middle) ** 2 / spread
        reach = factor * math.sqrt(missed / (len(x) - 2) * share)
        height = start + slope * new
        bars.append([math.exp(height), math.exp(height - reach), math.exp(height + reach)])
    predicted, low, high = map(list, zip(*bars, strict=True))
    kept = [place for place, end in enumerate(high) if end <= target]
    return predicted, low, high, min(kept, default=-1)


def bet_by_covariance(N: Any, L: Any, N_new: Any, target: float, factor: float) -> Any:
    x, new = np.log(N), np.log(N_new)
    line, (missed, *_), *_ = np.polyfit(x, np.log(L), 1, full=True)
    variance, columns = missed / (len(x) - 2), np.vander(x, 2)
    there = np.vander(new, 2)
    spread = np.diag(there @ np.linalg.inv(columns.T @ columns) @ there.T)
    low, middle, high = (
        np.exp(np.polyval(line, new) + way * factor * np.sqrt(variance * (1 + spread)))
        for way in (-1, 0, 1)
    )
    # High falls with size, so the first place that keeps the promise can be searched for.
    place = np.searchsorted(-high, -target)
    choice = np.int64(place if place < len(high) else -1)
    return {"choice": choice, "high": high, "low": low, "predicted": middle}


def normalized(X: Any, axis: int, eps: float) -> Any:
    return (X - X.mean(axis, keepdims=True)) / np.sqrt(X.var(axis, keepdims=True) + eps)


def batchnorm_by_columns(dout: Any, X: Any, gamma: Any, eps: float) -> Any:
    columns = []
    for d, x, g in zip(dout.T, X.T, gamma, strict=True):
        h = (x - x.mean()) / math.sqrt(x.var() + eps)
        dx = g / math.sqrt(x.var() + eps) * (d - d.mean() - h * np.mean(d * h))
        columns.append((dx, d @ h, d.sum()))
    dX, dgamma, dbeta = zip(*columns, strict=True)
    return np.stack(dX, axis=1), dgamma, dbeta


def nodes_by_columns(dout: Any, X: Any, gamma: Any, eps: float) -> Any:
    columns = []
    for d, x, g in zip(dout.T, X.T, gamma, strict=True):
        c, N = x - x.mean(), len(x)
        root = math.sqrt(c @ c / N + eps)
        dvar = -0.5 * g * (d @ c) / root**3
        dc = g * d / root + 2 * dvar * c / N
        columns.append((g * d, 2 * root * dvar, dvar, dc, -dc.sum(), dc - dc.mean()))
    dxhat, droot, dvar, dc, dmean, dX = zip(*columns, strict=True)
    return {
        "dX": np.stack(dX, 1),
        "dcentred": np.stack(dc, 1),
        "dmean": np.array(dmean),
        "droot": list(droot),
        "dvar": list(dvar),
        "dxhat": np.stack(dxhat, 1),
    }


def normalized_backward_by_jacobians(dxhat: Any, xhat: Any, root: Any, axis: int) -> Any:
    if axis == 0:
        return normalized_backward_by_jacobians(dxhat.T, xhat.T, root.T, 1).T
    n = xhat.shape[1]
    rows = [
        (np.eye(n) - 1 / n - np.outer(h, h) / n) @ d / r
        for d, h, r in zip(dxhat, xhat, root[:, 0], strict=True)
    ]
    return np.array(rows)


def batchnorm_stacked(dout: Any, X: Any, gamma: Any, eps: float) -> Any:
    h = normalized(X, 0, eps)
    dgamma, dbeta = np.stack([(dout * h).sum(0), dout.sum(0)])
    dX = gamma / np.sqrt(X.var(0) + eps) * (dout - dbeta / len(X) - h * dgamma / len(X))
    return dX, dgamma, dbeta


def layernorm_by_jacobians(dout: Any, X: Any, gamma: Any, eps: float) -> Any:
    D = X.shape[1]
    rows = []
    for d, x in zip(dout * gamma, X, strict=True):
        root = math.sqrt(x.var() + eps)
        h = (x - x.mean()) / root
        rows.append((np.eye(D) - 1 / D - np.outer(h, h) / D) @ d / root)
    return rows, np.sum(dout * normalized(X, 1, eps), axis=0), dout.sum(axis=0)


def fold_diagonal(W: Any, b: Any, gamma: Any, beta: Any, mean: Any, var: Any, eps: float) -> Any:
    S = np.diag(gamma / np.sqrt(var + eps))
    return W @ S, (b - mean) @ S + beta


def returns_backwards(rewards: Any, gamma: float) -> Any:
    backwards = itertools.accumulate(rewards[::-1], lambda later, r: r + gamma * later)
    return list(backwards)[::-1]


def returns_recursive(rewards: Any, gamma: float) -> Any:
    if len(rewards) == 1:
        return [float(rewards[0])]
    later = returns_recursive(rewards[1:], gamma)
    return [rewards[0] + gamma * later[0], *later]


def cosines(A: Any, B: Any) -> Any:
    return np.array([[a @ b / math.sqrt(a @ a) / math.sqrt(b @ b) for b in B] for a in A])


def contrast(A: Any, B: Any, temperature: float) -> Any:
    S = cosines(A, B) / temperature
    return np.mean(special.logsumexp(S, axis=1) - np.diag(S))


STYLES: dict[str, dict[str, Any]] = {
    "parameter_counts": {
        "factored": lambda widths, D, K: widths * (D + K + 1) + K,
        "list-of-integers": lambda widths, D, K: [
            int(H) * (D + 1) + (int(H) + 1) * K for H in widths
        ],
        "floats": lambda widths, D, K: np.polyval([D + 1 + K, K], widths).astype(float),
        "generator": lambda widths, D, K: (D * H + H + H * K + K for H in widths),
    },
    "fit_power_law": {
        "formulas": law_by_formulas,
        "least-squares": law_by_least_squares,
        "statistics": law_by_statistics,
    },
    "predict_loss": {
        "exponential": lambda N, L_inf, a, alpha: L_inf + a * np.exp(-alpha * np.log(N)),
        "float-power": lambda N, L_inf, a, alpha: np.float_power(N, -alpha) * a + L_inf,
        "vectorize": np.vectorize(lambda n, L_inf, a, alpha: L_inf + a / n**alpha),
    },
    "bet_with_error_bar": {
        "statistics": bet_by_statistics,
        "covariance": bet_by_covariance,
    },
    "compute_optimal": {
        "stacked": lambda C: np.stack([np.sqrt(C / 120), 20 * np.sqrt(C / 120)]),
        "list": lambda C: [(n := (C / 120) ** 0.5), 20 * n],
        "generator": lambda C: (factor * np.sqrt(C / 120) for factor in (1, 20)),
        "dict": lambda C: {"D": np.sqrt(C / 6 * 20), "N": np.sqrt(C / 6 / 20)},
    },
    "total_cost": {"factored": lambda N, D, inference_tokens: 2 * N * (3 * D + inference_tokens)},
    "batchnorm_start": {
        "stacked-rows": lambda D: np.array([[1.0] * D, [0.0] * D, [0.0] * D, [1.0] * D]),
        "lists": lambda D: ([1.0] * D, [0.0] * D, [0.0] * D, [1.0] * D),
        "integers": lambda D: (
            np.ones(D, int),
            np.zeros(D, int),
            np.zeros(D, int),
            np.ones(D, int),
        ),
        "comprehension": lambda D: [np.full(D, value) for value in (1.0, 0.0, 0.0, 1.0)],
        "shared-arrays": lambda D: (one := np.ones(D), zero := np.zeros(D), zero, one),
        "broadcast": lambda D: tuple(np.broadcast_to(float(v), (D,)) for v in (1, 0, 0, 1)),
        "map": lambda D: map(lambda make: make(D), (np.ones, np.zeros, np.zeros, np.ones)),
    },
    "batchnorm_inference": {
        "scale-and-shift": lambda X, gamma, beta, running_mean, running_var, eps: (
            X * (s := gamma / np.sqrt(running_var + eps)) + (beta - s * running_mean)
        ),
        "columns": lambda X, *given: np.column_stack(
            [
                g * (x - m) / math.sqrt(v + given[-1]) + b
                for x, g, b, m, v in zip(X.T, *given[:4], strict=True)
            ]
        ),
    },
    "batchnorm_nodes": {"by-columns": nodes_by_columns},
    "normalize_backward": {
        "jacobians": normalized_backward_by_jacobians,
        "averages": lambda dxhat, xhat, root, axis: (
            (
                dxhat
                - np.expand_dims(np.average(dxhat, axis), axis)
                - np.einsum("nd,nd->nd", xhat, (dxhat * xhat).mean(axis, keepdims=True) + 0 * xhat)
            )
            / root
        ),
    },
    "batchnorm_backward": {"columns": batchnorm_by_columns, "stacked": batchnorm_stacked},
    "layernorm_forward": {
        "functions-of-the-last-axis": lambda X, gamma, beta, eps: (
            gamma * normalized(X, -1, eps) + beta
        ),
        "along-axis": lambda X, gamma, beta, eps: np.apply_along_axis(
            lambda x: gamma * (x - x.mean()) / np.sqrt(np.mean((x - x.mean()) ** 2) + eps) + beta,
            -1,
            X,
        ),
    },
    "layernorm_backward": {"jacobians": layernorm_by_jacobians},
    "fold_batchnorm_into_dense": {"diagonal": fold_diagonal},
    "next_token_pairs": {
        "windows": lambda tokens, context: (
            sliding_window_view(tokens, context)[:-1],
            tokens[context:],
        ),
        "lists": lambda tokens, context: (
            [tokens[i : i + context].tolist() for i in range(len(tokens) - context)],
            tokens[context:].tolist(),
        ),
        "index-table": lambda tokens, context: (
            tokens[np.add.outer(range(len(tokens) - context), range(context))],
            tokens[context:],
        ),
        "zip": lambda tokens, context: (
            list(
                zip(*(tokens[i : len(tokens) - context + i] for i in range(context)), strict=True)
            ),
            tokens[context:],
        ),
        "hankel": lambda tokens, context: (
            np.array([np.roll(tokens, -i)[: len(tokens) - context] for i in range(context)]).T,
            np.roll(tokens, -context)[:-context],
        ),
        "small-integers": lambda tokens, context: [
            sliding_window_view(tokens, context)[:-1].astype(np.int32),
            tokens[context:].astype(np.int32),
        ],
    },
    "cosine_similarity_matrix": {
        "loops": cosines,
        "einsum": lambda A, B: np.einsum(
            "nd,md,n,m->nm", A, B, 1 / np.linalg.norm(A, axis=1), 1 / np.linalg.norm(B, axis=1)
        ),
        "outer": lambda A, B: A @ B.T / np.outer(*(np.sqrt((M * M).sum(1)) for M in (A, B))),
        "unit-rows": lambda A, B: np.inner(
            *(M / np.linalg.norm(M, axis=1)[:, None] for M in (A, B))
        ),
    },
    "info_nce": {"loops": contrast},
    "clip_loss": {
        "both-ways": lambda images, texts, temperature: statistics.fmean(
            [contrast(images, texts, temperature), contrast(texts, images, temperature)]
        ),
    },
    "discounted_returns": {
        "accumulate": returns_backwards,
        "recursive": returns_recursive,
        "filter": lambda rewards, gamma: signal.lfilter([1], [1, -gamma], rewards[::-1])[::-1],
        "matrix-of-powers": lambda rewards, gamma: (
            np.triu(
                np.array(
                    [
                        [gamma ** max(k - t, 0) for k in range(len(rewards))]
                        for t in range(len(rewards))
                    ]
                )
            )
            @ rewards
        ),
    },
    "policy_gradient": {
        "rows": lambda logits, actions, returns: [
            g * (special.softmax(z) - np.eye(len(z))[a]) / len(logits)
            for z, a, g in zip(logits, actions, returns, strict=True)
        ],
    },
    "dpo_loss": {
        "scipy": lambda chosen, rejected, ref_chosen, ref_rejected, beta: (
            -np.mean(special.log_expit(beta * ((chosen - ref_chosen) - (rejected - ref_rejected))))
        ),
        "logaddexp": lambda *given: np.logaddexp(
            0, -given[4] * ((given[0] - given[1]) - (given[2] - given[3]))
        ).mean(),
    },
}
