"""Wrong answers to which no mistake and no message is fitted: they measure all others.

Kinds that public notebooks and threads show, for questions that `wrong_answers` does not ask. They
were written before the catalogue was changed for those, and whoever changes it does not look here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

Answer = tuple[str, str, Callable[..., Any]]


def sig(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def rows(Z: Any) -> Any:
    E = np.exp(Z - Z.max(axis=-1, keepdims=True))
    return E / E.sum(axis=-1, keepdims=True)


def perceptron(X: Any, y: Any, epochs: int, lr: float, *, how: str) -> Any:
    w, b, errors = np.zeros(X.shape[1]), 0.0, []
    for _ in range(epochs):
        wrong = 0
        for x, target in zip(X, y, strict=True):
            label = 1 if x @ w + b > 0 else 0
            if how == "labels of one and minus one" and label != target:
                w, b = w + lr * (2 * target - 1) * x, b + (2 * target - 1)
            elif how != "labels of one and minus one":
                w = w + lr * (target - label) * x
                b = b + (target - label) * (1 if how == "bias without rate" else lr)
            wrong += int(label != target)
        errors.append(wrong / len(y) if how == "share of errors" else wrong)
    return w, b, np.array(errors, dtype=float)


def fit(how: str) -> Answer:
    return "perceptron_fit", how, lambda X, y, n, lr: perceptron(X, y, n, lr, how=how)


def adam(params: Any, grads: Any, state: Any, lr: float, b1: float, b2: float, eps: float) -> Any:
    """The learning rate corrected in one, as TensorFlow writes it: eps is scaled with it."""
    t = state["t"] + 1
    m = {k: b1 * state["m"][k] + (1 - b1) * grads[k] for k in params}
    v = {k: b2 * state["v"][k] + (1 - b2) * grads[k] ** 2 for k in params}
    rate = lr * np.sqrt(1 - b2**t) / (1 - b1**t)
    new = {k: params[k] - rate * m[k] / np.sqrt(v[k] + eps) for k in params}
    return new, {"m": m, "v": v, "t": t}


def momentum(params: Any, grads: Any, velocity: Any, lr: float, momentum: float) -> Any:
    v = {k: momentum * velocity[k] + (1 - momentum) * grads[k] for k in params}
    return {k: params[k] - lr * v[k] for k in params}, v


def nesterov(params: Any, grads: Any, velocity: Any, lr: float, momentum: float) -> Any:
    v = {k: momentum * velocity[k] - lr * grads[k] for k in params}
    return {k: params[k] + momentum * velocity[k] - lr * grads[k] for k in params}, v


def rmsprop(params: Any, grads: Any, s: Any, lr: float, rho: float, eps: float) -> Any:
    new = {k: rho * s[k] + (1 - rho) * grads[k] ** 2 for k in params}
    return {k: params[k] - lr * grads[k] / np.sqrt(s[k] + eps) for k in params}, new


def lion(params: Any, grads: Any, m: Any, lr: float, b1: float, b2: float) -> Any:
    new = {k: b2 * m[k] + (1 - b2) * grads[k] for k in params}
    return {k: params[k] - lr * np.sign(b1 * new[k] + (1 - b1) * grads[k]) for k in params}, new


def batch_forward(X: Any, gamma: Any, beta: Any, mean: Any, var: Any, m: float, eps: float) -> Any:
    mu, sigma = X.mean(axis=0), X.std(axis=0)
    out = gamma * (X - mu) / (sigma + eps) + beta
    return out, m * mean + (1 - m) * mu, m * var + (1 - m) * sigma**2


def batchnorm(X: Any, g: Any, b: Any, mean: Any, var: Any, m: float, eps: float, on: bool) -> Any:
    if on:
        return batch_forward(X, g, b, mean, var, m, eps)
    return g * (X - mean) / np.sqrt(var + eps) + b, mean, var


def layer_backward(dout: Any, X: Any, gamma: Any, eps: float) -> Any:
    """The middle term with the mean over the batch."""
    root = np.sqrt(X.var(axis=-1, keepdims=True) + eps)
    xhat = (X - X.mean(axis=-1, keepdims=True)) / root
    d = dout * gamma
    dX = (d - d.mean(axis=-1, keepdims=True) - xhat * (d * xhat).mean(axis=0)) / root
    return dX, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def residual_backward(dout: Any, X: Any, W1: Any, b1: Any, W2: Any) -> Any:
    """The blame of the skip is multiplied instead of added."""
    z = X @ W1 + b1
    h = np.maximum(z, 0)
    dz = (dout @ W2.T) * (z > 0)
    return dout * (dz @ W1.T), X.T @ dz, dz.sum(axis=0), h.T @ dout, dout.sum(axis=0)


def attention(Q: Any, K: Any, V: Any, mask: Any) -> Any:
    scores = Q @ np.swapaxes(K, -1, -2) / np.sqrt(Q.shape[-1])
    weights = np.where(mask, rows(scores), 0.0)
    return weights @ V, weights


def attention_backward(dout: Any, Q: Any, K: Any, V: Any, mask: Any) -> Any:
    root = np.sqrt(Q.shape[-1])
    weights = rows(np.where(mask, Q @ np.swapaxes(K, -1, -2) / root, -np.inf))
    dweights = dout @ np.swapaxes(V, -1, -2)
    dscores = weights * (1 - weights) * dweights / root
    return (
        dscores @ K,
        np.swapaxes(dscores, -1, -2) @ Q,
        np.swapaxes(weights, -1, -2) @ dout,
    )


def rotate_halves(X: Any, positions: Any) -> Any:
    D = X.shape[-1]
    turn = positions[:, None] / 10000.0 ** (2 * np.arange(D // 2) / D)
    a, b = X[..., : D // 2], X[..., D // 2 :]
    return np.concatenate(
        [a * np.cos(turn) - b * np.sin(turn), a * np.sin(turn) + b * np.cos(turn)], axis=-1
    )


def returns_restarted(rewards: Any, gamma: float) -> Any:
    return np.cumsum(rewards * gamma ** np.arange(len(rewards)))[::-1]


def contrast(za: Any, zb: Any, temperature: float, *, unit: bool) -> Any:
    if unit:
        za = za / np.linalg.norm(za, axis=0)
        zb = zb / np.linalg.norm(zb, axis=0)
    return -np.mean(np.log(np.diag(rows(za @ zb.T / temperature))))


def policy(logits: Any, actions: Any, returns: Any) -> Any:
    chosen = np.eye(logits.shape[1])[actions]
    advantage = (returns - returns.mean()) / (returns.std() + 1e-8)
    return advantage[:, None] * (rows(logits) - chosen) / len(actions)


def counted(layer_sizes: Any) -> int:
    return sum(a * b for a, b in zip(layer_sizes, layer_sizes[1:], strict=False)) + sum(layer_sizes)


def joined(X: Any) -> Any:
    return X.reshape(*X.shape[:-3], X.shape[-2], -1)


def summed_last(tokens: Any, dout: Any, vocabulary: int) -> Any:
    grad = np.zeros((vocabulary, dout.shape[-1]))
    grad[tokens] += dout
    return grad


HELD_OUT: list[Answer] = [
    fit("labels of one and minus one"),
    fit("bias without rate"),
    fit("share of errors"),
    ("perceptron_predict", "sign", lambda X, w, b: np.sign(X @ w + b)),
    ("sigmoid", "exp(z) missing minus", lambda z: 1 / (1 + np.exp(z))),
    ("sigmoid", "clipped", lambda z: sig(np.clip(z, -20, 20))),
    ("tanh", "two sigmoids", lambda z: 2 * sig(z) - 1),
    ("silu_grad", "slope of sigmoid", lambda z: sig(z) * (1 - sig(z))),
    ("silu_grad", "first term missing", lambda z: z * sig(z) * (1 - sig(z))),
    ("softmax_vjp", "mean for sum", lambda Z, d: rows(Z) * (d - (d * rows(Z)).mean(1)[:, None])),
    ("neuron_by_neuron", "rectified", lambda x, W, b: np.maximum(x @ W + b, 0)),
    ("predict_classes", "largest in size", lambda logits: np.abs(logits).argmax(axis=1)),
    ("count_parameters", "biases of inputs too", counted),
    ("mse", "half", lambda pred, target: 0.5 * np.mean((pred - target) ** 2)),
    ("mse", "root", lambda pred, target: np.sqrt(np.mean((pred - target) ** 2))),
    ("tanh_backward", "one minus out", lambda dout, out: dout * (1 - out)),
    ("relative_error", "sum of both", lambda a, b: np.abs(a - b).sum() / (a + b).sum()),
    ("relative_error", "norms", lambda a, b: np.linalg.norm(a - b) / np.linalg.norm(a + b)),
    ("residual_backward", "skip multiplied", residual_backward),
    ("momentum_step", "share of the gradient", momentum),
    ("nesterov_step", "step of plain momentum", nesterov),
    ("rmsprop_step", "old average in the root", rmsprop),
    ("adam_step", "rate corrected, eps in the root", adam),
    ("lion_step", "new memory in the sign", lion),
    (
        "l2_penalty",
        "half, all parameters",
        lambda params, lam: 0.5 * lam * sum((v**2).sum() for v in params.values()),
    ),
    (
        "decoupled_decay",
        "without rate",
        lambda params, lr, wd: {k: v * (1 - wd) if v.ndim > 1 else v for k, v in params.items()},
    ),
    ("batchnorm_forward", "eps beside the root", batchnorm),
    ("layernorm_backward", "middle term over the batch", layer_backward),
    (
        "fold_batchnorm_into_dense",
        "running mean not scaled",
        lambda W, b, g, beta, mean, var, eps: (
            W * g / np.sqrt(var + eps),
            b * g / np.sqrt(var + eps) + beta - mean,
        ),
    ),
    (
        "cosine_similarity_matrix",
        "product of norms of all",
        lambda A, B: A @ B.T / np.linalg.norm(A) / np.linalg.norm(B),
    ),
    ("info_nce", "not of unit length", lambda a, b, t: contrast(a, b, t, unit=False)),
    ("info_nce", "columns of unit length", lambda a, b, t: contrast(a, b, t, unit=True)),
    ("discounted_returns", "summed from the front", returns_restarted),
    ("policy_gradient", "standardized returns", policy),
    (
        "dpo_loss",
        "no reference",
        lambda c, r, rc, rr, beta: np.mean(np.logaddexp(0, -beta * (c - r))),
    ),
    ("embed_grad", "repeated tokens once", summed_last),
    ("attention", "masked after the softmax", attention),
    ("attention_backward", "diagonal of softmax", attention_backward),
    ("rotate", "halves for neighbours", rotate_halves),
    ("predict_loss", "power of ten", lambda N, L_inf, a, alpha: L_inf + a * 10 ** (-alpha * N)),
    ("join_heads", "heads not moved", joined),
    (
        "next_token_loss",
        "not shifted",
        lambda logits, tokens: (
            -np.mean(np.log(np.take_along_axis(rows(logits), tokens[..., None], -1)))
        ),
    ),
    ("total_cost", "six for both", lambda N, D, inference_tokens: 6 * N * (D + inference_tokens)),
    ("step_decay", "smooth", lambda step, lr, factor, every: lr * factor ** (step / every)),
    (
        "cosine_annealing",
        "no half",
        lambda step, lr, lr_min, total: (
            lr_min + (lr - lr_min) * (1 + math.cos(math.pi * step / total))
        ),
    ),
]
