"""Weeks 09 and 10: optimizers, cures against overfitting."""

from __future__ import annotations

import copy
import math
from collections import defaultdict
from functools import partial
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


STYLES: dict[str, dict[str, Any]] = {
    "momentum_step": {"default-dict": momentum_both},
    "adam_step": {"namespace-and-rate": adam_namespaces},
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
    "horizontal_flip": {
        "view": lambda images: images[:, :, ::-1],
        "flip": partial(np.flip, axis=2),
        "list-of-pictures": lambda images: [np.fliplr(image) for image in images],
        "nested-lists": lambda images: [[row[::-1] for row in image] for image in images.tolist()],
        "take": lambda images: images.take(range(images.shape[-1] - 1, -1, -1), axis=-1),
    },
    "add_noise": {
        "picture-by-picture": lambda images, std, rng: [
            image + std * rng.standard_normal(image.shape) for image in images
        ],
        "in-place-on-a-copy": lambda images, std, rng: np.add(
            noisy := images.copy(), rng.normal(0, std, images.shape), out=noisy
        ),
    },
}
