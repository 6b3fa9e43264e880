"""Weeks 09 and 10: optimizers, cures against overfitting."""

from __future__ import annotations

import copy
import math
import statistics
from collections import defaultdict
from types import SimpleNamespace
from typing import Any

import numpy as np


def momentum_both(params: Any, grads: Any, velocity: Any, lr: float, momentum: float) -> Any:
    new, speed = {}, defaultdict(lambda: 0.0, velocity)
    for name, w in params.items():
        speed[name] = momentum * speed[name] - lr * grads[name]
        new[name] = w + speed[name]
    return new, speed


def adam_namespaces(
    params: Any, grads: Any, state: Any, lr: float, beta1: float, beta2: float, eps: float
) -> Any:
    s = SimpleNamespace(**state)
    s.t = np.int64(s.t + 1)
    s.m = {k: beta1 * s.m[k] + (1 - beta1) * g for k, g in grads.items()}
    s.v = {k: beta2 * s.v[k] + (1 - beta2) * g**2 for k, g in grads.items()}
    rate = lr * np.sqrt(1 - beta2**s.t) / (1 - beta1**s.t)
    new = {
        k: w - rate * s.m[k] / (np.sqrt(s.v[k]) + eps * math.sqrt(1 - beta2**s.t))
        for k, w in params.items()
    }
    return [new, vars(s)]


def stopping_by_enumerate(losses: Any, patience: int, min_delta: float) -> Any:
    best, epoch = math.inf, -1
    for now, loss in enumerate(losses):
        if loss < best - min_delta:
            best, epoch = loss, now
        elif now - epoch >= patience:
            return np.array([now, epoch])
    return np.array([len(losses) - 1, epoch])


def best_by_min(params: Any, nudge: Any, val_loss: Any, epochs: int) -> Any:
    def run() -> Any:
        for epoch in range(epochs):
            nudge(params)
            yield val_loss(params), epoch, copy.deepcopy(params)

    return min(run())[2]


def penalty_by_centring(X: Any, Y: Any, fold: Any, lams: Any) -> Any:
    def fit(X: Any, Y: Any, lam: float) -> Any:
        # The bias is what the means leave over.
        A, middle = X[:, :-1] - X[:, :-1].mean(0), Y.mean(0)
        W = np.linalg.inv(A.T @ A + lam * len(A) * np.eye(A.shape[1])) @ A.T @ (Y - middle)
        return np.vstack([W, middle - X[:, :-1].mean(0) @ W])

    errors = np.empty((len(lams), len(np.unique(fold))))
    for place in np.ndindex(errors.shape):
        out = fold == place[1]
        W = fit(X[~out], Y[~out], lams[place[0]])
        errors[place] = np.square(np.linalg.norm(X[out] @ W - Y[out], axis=1)).mean()
    means = np.average(errors, axis=1)
    limit = np.min(means) + np.sqrt(np.var(errors[means.argmin()], ddof=1) / errors.shape[1])
    choice = np.max(np.nonzero(means <= limit))
    return {"W": fit(X, Y, lams[choice]), "choice": choice, "errors": means, "limit": limit}


def penalty_by_dictionaries(X: Any, Y: Any, fold: Any, lams: Any) -> Any:
    price = np.diag(np.r_[np.ones(X.shape[1] - 1), 0.0])
    by_lam: dict[float, list[float]] = {float(lam): [] for lam in lams}
    for f in sorted(set(fold.tolist())):
        kept = np.flatnonzero(fold != f)
        gone = np.flatnonzero(fold == f)
        for lam, found in by_lam.items():
            left = X[kept].T @ X[kept] + len(kept) * lam * price
            W = np.linalg.solve(left, X[kept].T @ Y[kept])
            found.append(float(((X[gone] @ W - Y[gone]) ** 2).sum() / len(gone)))
    means = [statistics.fmean(found) for found in by_lam.values()]
    best = list(by_lam.values())[means.index(min(means))]
    limit = min(means) + statistics.stdev(best) / math.sqrt(len(best))
    choice = [place for place, mean in enumerate(means) if mean <= limit][-1]
    W = np.linalg.solve(X.T @ X + len(X) * lams[choice] * price, X.T @ Y)
    return means, limit, choice, W


def recipe_in_one_piece(params: Any, grads: Any, state: Any, recipe: Any) -> Any:
    t, b1, b2 = state["t"] + 1, recipe["beta1"], recipe["beta2"]
    rise = t / recipe["warmup"]
    fall = (t - recipe["warmup"]) / (recipe["total"] - recipe["warmup"])
    wave = 0.55 + 0.45 * math.cos(math.pi * min(max(fall, 0.0), 1.0))
    lr = recipe["peak"] * min(rise, wave)
    length = math.hypot(*(entry for g in grads.values() for entry in g.flat))
    new, m, v = {}, {}, {}
    for name, w in params.items():
        g = grads[name] * min(1.0, recipe["max_norm"] / (length or 1.0))
        m[name] = state["m"][name] + (1 - b1) * (g - state["m"][name])
        v[name] = state["v"][name] + (1 - b2) * (g * g - state["v"][name])
        way = m[name] / (1 - b1**t) / (np.sqrt(v[name] / (1 - b2**t)) + recipe["eps"])
        new[name] = w - lr * (way + (w.ndim == 2) * recipe["weight_decay"] * w)
    return [new, {"t": t, "m": m, "v": v}]


STYLES: dict[str, dict[str, Any]] = {
    "momentum_step": {"default-dict": momentum_both},
    "adam_step": {"namespace-and-rate": adam_namespaces},
    "recipe_step": {"in-one-piece": recipe_in_one_piece},
    "l2_penalty": {
        "generator": lambda params, lam: (
            lam * math.fsum(np.vdot(w, w) for name, w in params.items() if name[0] == "W")
        ),
        "norms": lambda params, lam: (
            lam * sum(np.linalg.norm(v) ** 2 for k, v in params.items() if k.startswith("W"))
        ),
    },
    "l2_grads": {
        "union": lambda grads, params, lam: (
            grads | {k: grads[k] + 2 * lam * params[k] for k in grads if k[:1] == "W"}
        ),
        "times-a-boolean": lambda grads, params, lam: {
            k: g + 2 * lam * k.startswith("W") * params[k] for k, g in grads.items()
        },
    },
    "decoupled_decay": {
        "union": lambda params, lr, wd: {
            **params,
            **{k: w * (1 - lr * wd) for k, w in params.items() if "W" in k},
        },
    },
    "dropout_forward": {
        "binomial": lambda X, rate, rng, training: (
            [X * (k := rng.binomial(1, 1 - rate, X.shape)) / (1 - rate), k]
            if training
            else [X, np.ones_like(X)]
        ),
        "stacked": lambda X, rate, rng, training: np.stack(
            [X * (k := rng.random(X.shape) >= rate * training) / (1 - rate * training), k]
        ),
        "read-only": lambda X, rate, rng, training: (
            np.where(k := rng.random(X.shape) < 1 - rate, X / (1 - rate), 0) if training else X,
            k if training else np.broadcast_to(True, X.shape),
        ),
    },
    "dropout_backward": {
        "divided-mask": lambda dout, mask, rate: dout * (mask / (1 - rate)),
        "list-of-rows": lambda dout, mask, rate: [
            np.where(m, d, 0) / (1 - rate) for d, m in zip(dout, mask, strict=True)
        ],
    },
    "early_stopping_epoch": {"enumerate": stopping_by_enumerate},
    "keep_best": {"minimum-of-a-generator": best_by_min},
    "choose_penalty": {
        "centred": penalty_by_centring,
        "dictionaries": penalty_by_dictionaries,
    },
}
