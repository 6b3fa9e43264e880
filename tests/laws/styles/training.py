"""Weeks 06 to 08: going backward, steps, vanishing nudges."""

from __future__ import annotations

import copy
import math
from collections import ChainMap, OrderedDict, namedtuple
from functools import reduce, singledispatch
from types import MappingProxyType
from typing import Any

import numpy as np
from scipy import special

Gradients = namedtuple("Gradients", ["dX", "dW", "db"])  # noqa: PYI024


def slopes_flat(f: Any, x: Any, eps: float) -> Any:
    flat = np.array(x, float).ravel()

    def at(i: int, step: float) -> float:
        moved = flat.copy()
        moved[i] += step
        return f(moved.reshape(np.shape(x)))

    found = [(at(i, eps) - at(i, -eps)) / (2 * eps) for i in range(flat.size)]
    return np.reshape(found, np.shape(x))


def slopes_by_unit_vectors(f: Any, x: Any, eps: float) -> Any:
    shape = np.shape(x)
    units = np.eye(np.size(x)).reshape(-1, *shape)
    return np.array([(f(x + eps * e) - f(x - eps * e)) / eps / 2 for e in units]).reshape(shape)


def loss_closures(X: Any, y: Any, params: Any) -> Any:
    """A tape of closures, as a small autograd would keep it."""
    tape: list[Any] = []
    grads: dict[str, Any] = {}

    def dense(h: Any, n: int) -> Any:
        def back(dout: Any) -> Any:
            grads[f"b{n}"], grads[f"W{n}"] = dout.sum(0), h.T @ dout
            return dout @ params[f"W{n}"].T

        tape.append(back)
        return h @ params[f"W{n}"] + params[f"b{n}"]

    def relu(z: Any) -> Any:
        tape.append(lambda dout: np.where(z > 0, dout, 0))
        return np.maximum(z, 0)

    Z = dense(relu(dense(X, 1)), 2)
    loss = (special.logsumexp(Z, axis=1) - Z[np.arange(len(y)), y]).mean()
    reduce(
        lambda dout, back: back(dout),
        reversed(tape),
        (special.softmax(Z, axis=1) - np.eye(Z.shape[1])[y]) / len(y),
    )
    return loss, grads


@singledispatch
def moved(value: Any, grad: Any, lr: float) -> Any:
    return value - lr * grad


def sgd_update(params: Any, grads: Any, lr: float) -> Any:
    new = copy.deepcopy(params)
    for key in new:
        new[key] -= lr * grads[key]
    return new


def batches_yielded(N: int, batch_size: int, rng: Any) -> Any:
    order = rng.permutation(N)
    while order.size:
        batch, order = np.split(order, [batch_size])
        yield batch


def batches_shuffled(N: int, batch_size: int, rng: Any) -> Any:
    rng.shuffle(order := list(range(N)))
    return [order[start : start + batch_size] for start in range(0, N, batch_size)]


def train_while(
    X: Any, y: Any, params: Any, grad: Any, epochs: int, size: int, schedule: Any, rng: Any
) -> Any:
    params, history, step = dict(params), [], 0
    while epochs:
        total, order = 0.0, rng.permutation(len(X))
        for start in range(0, len(X), size):
            batch = order[start : start + size]
            loss, slopes = grad(X[batch], y[batch], params)
            rate, step = schedule(step), step + 1
            params = {name: params[name] - rate * slopes[name] for name in params}
            total += loss * len(batch)
        history.append(total / len(X))
        epochs -= 1
    return params, history


def cosine_by_cases(step: int, lr: float, lr_min: float, total_steps: int) -> float:
    match min(step, total_steps) / total_steps:
        case 1.0:
            return lr_min
        case share:
            return lr_min + (lr - lr_min) * math.cos(math.pi * share / 2) ** 2


def health_in_one_line(norms: Any) -> Any:
    first, *_, last = [float(norm) for norm in norms] * 2
    last = float(norms[-1])
    bad = any(math.isnan(n) or math.isinf(n) for n in norms.tolist()) or first > 1000 * last
    words = ("explodes", "vanishes", "healthy")
    return next(
        word
        for word, true in zip(words, (bad, not first or first < last / 1000, True), strict=True)
        if true
    )


class Clipper:
    def __init__(self, norm: Any = np.linalg.norm) -> None:
        self.norm = norm

    def __call__(self, grads: Any, max_norm: float) -> Any:
        size = self.norm([self.norm(g) for g in grads.values()])
        return {k: g * min(1.0, max_norm / (size or 1.0)) for k, g in grads.items()}, size


def pile_recursive(X: Any, y: Any, params: Any) -> Any:
    """The way out and back in one function that calls itself, block by block."""
    blocks = len(params) // 4
    grads: Any = {}
    norms: Any = []

    def block(n: int, x: Any) -> Any:
        W, b = params[f"W{n}"], params[f"b{n}"]
        if n == 2 * blocks + 1:
            z = x @ W + b
            e = np.exp(z - z.max(axis=1, keepdims=True))
            out = e / e.sum(axis=1, keepdims=True)
            bill = (out - (np.arange(z.shape[1]) == y[:, None])) / len(y)
            grads[f"W{n}"], grads[f"b{n}"] = np.einsum("nd,nk->dk", x, bill), bill.sum(0)
            return bill @ W.T
        z, V = x @ W + b, params[f"W{n + 1}"] / blocks**0.5
        h = z.clip(0)
        bill = block(n + 2, x + h @ V + params[f"b{n + 1}"] / blocks**0.5)
        norms.insert(0, np.linalg.norm(bill))
        back = np.where(h > 0, bill @ V.T, 0)
        grads[f"W{n + 1}"], grads[f"b{n + 1}"] = h.T @ bill / blocks**0.5, bill.sum(0) / blocks**0.5
        grads[f"W{n}"], grads[f"b{n}"] = x.T @ back, back.sum(0)
        return bill + back @ W.T

    block(1, X)
    return grads, norms


STYLES: dict[str, dict[str, Any]] = {
    "numerical_gradient": {"flat": slopes_flat, "unit-vectors": slopes_by_unit_vectors},
    "relative_error": {
        "ravel": lambda a, b: max(
            abs(p - q) / max(1e-8, abs(p) + abs(q)) for p, q in zip(a.flat, b.flat, strict=True)
        ),
        "ufunc-methods": lambda a, b: np.maximum.reduce(
            np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b)), axis=None
        ),
        "nested-maximum": lambda a, b: np.amax(np.abs(a - b) / (np.abs(a) + np.abs(b)).clip(1e-8)),
    },
    "relu_backward": {
        "times-boolean": lambda dout, z: dout * (z > 0),
        "heaviside": lambda dout, z: dout * np.heaviside(z, 0),
        "in-place-on-a-copy": lambda dout, z: np.copyto(d := dout.copy(), 0, where=z <= 0) or d,
        "comprehension": lambda dout, z: np.reshape(
            [d if x > 0 else 0.0 for d, x in zip(dout.ravel(), z.ravel(), strict=True)], z.shape
        ),
        "sparse": lambda dout, z: (
            (d := np.zeros_like(dout)).__setitem__(k := np.nonzero(z > 0), dout[k]) or d
        ),
        "float32-inside-a-mask": lambda dout, z: dout * (z > 0).astype(np.float32),
    },
    "sigmoid_backward": {
        "out": lambda dout, out: np.multiply(d := dout * out, 1 - out, out=d),
        "expanded": lambda dout, out: dout * out - dout * out**2,
    },
    "tanh_backward": {
        "factors": lambda dout, out: dout * (1 - out) * (1 + out),
        "difference": lambda dout, out: dout - dout * np.square(out),
    },
    "dense_backward": {
        "named-tuple": lambda dout, X, W: Gradients(dout @ W.T, X.T @ dout, dout.sum(0)),
        "dict": lambda dout, X, W: {"db": dout.sum(0), "dX": dout @ W.T, "dW": X.T @ dout},
        "einsum": lambda dout, X, W: (
            np.einsum("nm,dm->nd", dout, W),
            np.einsum("nd,nm->dm", X, dout),
            np.einsum("nm->m", dout),
        ),
        "sum-of-outers": lambda dout, X, W: [
            [W @ d for d in dout],
            sum(np.outer(x, d) for x, d in zip(X, dout, strict=True)),
            sum(dout),
        ],
        "transposed-twice": lambda dout, X, W: (
            (W @ dout.T).T,
            (dout.T @ X).T,
            np.ones(len(X)) @ dout,
        ),
        "generator": lambda dout, X, W: (
            np.einsum(indices, dout, other)
            for indices, other in (("nm,dm->nd", W), ("nm,nd->dm", X), ("nm,n->m", np.ones(len(X))))
        ),
        "matrix": lambda dout, X, W: (
            np.matrix(dout) * np.matrix(W).T,
            np.matrix(X).T * np.matrix(dout),
            np.matrix(dout).sum(0).A1,
        ),
    },
    "mlp_loss_and_grads": {"closures": loss_closures},
    "minibatch_indices": {"generator": batches_yielded, "lists": batches_shuffled},
    "sgd_step": {
        "singledispatch": lambda params, grads, lr: {
            k: moved(v, grads[k], lr) for k, v in params.items()
        },
        "deep-copy": sgd_update,
        "read-only-dict": lambda params, grads, lr: MappingProxyType(
            {k: params[k] - lr * grads[k] for k in params}
        ),
        "chain-map": lambda params, grads, lr: ChainMap(
            *({k: v - lr * grads[k]} for k, v in params.items())
        ),
        "dict-of-zip": lambda params, grads, lr: dict(
            zip(params, (params[k] - lr * grads[k] for k in params), strict=True)
        ),
    },
    "accuracy": {
        "mean-of-booleans": lambda logits, y: (logits.argmax(1) == y).mean(),
        "counted": lambda logits, y: np.count_nonzero(np.argmax(logits, -1) == y) / len(y),
        "sum-of-bools": lambda logits, y: sum(map(bool, logits.argmax(axis=1) == y)) / y.size,
        "average-of-a-list": lambda logits, y: np.average(
            [r.argmax() == k for r, k in zip(logits, y, strict=True)]
        ),
    },
    "train": {"while": train_while},
    "step_decay": {
        "integer-division": lambda step, lr, factor, every: lr * factor ** (step // every),
        "loop": lambda step, lr, factor, every: reduce(
            lambda rate, _: rate * factor, range(step // every), lr
        ),
        "recursive": (
            decay := lambda step, lr, factor, every: (
                lr if step < every else factor * decay(step - every, lr, factor, every)
            )
        ),
    },
    "exponential_decay": {
        "logarithm": lambda step, lr, factor, every: lr * math.exp(math.log(factor) * step / every),
        "zero-dimensional": lambda step, lr, factor, every: np.array(lr) * factor ** (step / every),
    },
    "linear_warmup": {
        "minimum": lambda step, lr, warmup_steps: lr * min(step / warmup_steps, 1),
        "interpolated": lambda step, lr, warmup_steps: np.interp(step, [0, warmup_steps], [0, lr]),
    },
    "cosine_annealing": {
        "half-angle": cosine_by_cases,
        "complex-numbers": lambda step, lr, lr_min, total_steps: (
            lr_min
            + (lr - lr_min)
            * (1 + np.exp(1j * np.pi * min(step, total_steps) / total_steps).real)
            / 2
        ),
    },
    "cosine_restarts": {
        "modulo": lambda step, lr, lr_min, period: cosine_by_cases(
            step % period, lr, lr_min, period
        ),
    },
    "slope_product": {
        "math-prod": lambda depth, max_slope: math.prod([max_slope] * depth),
        "numpy-prod": lambda depth, max_slope: np.prod(np.full(depth, max_slope)),
        "recursive": (
            left := lambda depth, max_slope: max_slope * left(depth - 1, max_slope) if depth else 1
        ),
        "power-of-an-array": lambda depth, max_slope: np.array(max_slope) ** depth,
        "string-of-a-number": lambda depth, max_slope: float(f"{max_slope**depth!r}"),
    },
    "gradient_health": {
        "one-line": health_in_one_line,
        "numpy-text": lambda norms: np.array(["explodes", "vanishes", "healthy"])[
            0
            if not np.isfinite(norms).all() or norms[0] > 1e3 * norms[-1]
            else 1
            if norms[0] == 0 or norms[0] < norms[-1] / 1e3
            else 2
        ],
    },
    "dead_fraction": {
        "mean-of-booleans": lambda Z: np.mean(~(Z > 0).any(axis=0)),
        "largest": lambda Z: (Z.max(0) <= 0).mean(),
        "list": lambda Z: sum(all(x <= 0 for x in unit) for unit in Z.T.tolist()) / len(Z.T),
    },
    "residual_forward": {
        "einsum": lambda X, W1, b1, W2, b2: (
            X + np.einsum("nh,hd->nd", np.maximum(np.einsum("nd,dh->nh", X, W1) + b1, 0), W2) + b2
        ),
        "rows": lambda X, W1, b1, W2, b2: [x + (x @ W1 + b1).clip(0) @ W2 + b2 for x in X],
    },
    "residual_pile_grads": {"recursive": pile_recursive},
    "clip_by_global_norm": {
        "instance": Clipper(),
        "hypot": lambda grads, max_norm: (
            {
                k: v
                if (n := math.hypot(*(x for g in grads.values() for x in g.flat))) <= max_norm
                else v * (max_norm / n)
                for k, v in grads.items()
            },
            n,
        ),
        "ordered-dict": lambda grads, max_norm: (
            OrderedDict(
                (k, g * (max_norm / max(n, max_norm)))
                for n in [math.sqrt(sum(np.vdot(g, g) for g in grads.values()))]
                for k, g in reversed(grads.items())
            ),
            np.linalg.norm(np.concatenate([g.ravel() for g in grads.values()])),
        ),
    },
}
