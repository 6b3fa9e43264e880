"""Weeks 03 to 05: layers, their start, losses."""

from __future__ import annotations

import itertools
import math
import operator
from collections import Counter, namedtuple
from functools import partial, reduce
from typing import Any

import numpy as np
from scipy import special

Layer = namedtuple("Layer", ["out", "cache"])  # noqa: PYI024
UNITS = {"explodes": lambda s: not np.all(np.isfinite(s)) or s[-1] > 10 * s[0]}


def mlp_recursive(X: Any, params: Any, activation: Any, layer: int = 1) -> Any:
    z = X @ params[f"W{layer}"] + params[f"b{layer}"]
    if f"W{layer + 1}" not in params:
        return z, [(X, z)]
    logits, layers = mlp_recursive(activation(z), params, activation, layer + 1)
    return logits, [(X, z), *layers]


def mlp_lists(X: Any, params: Any, activation: Any) -> Any:
    layers: Any = []
    while f"W{len(layers) + 1}" in params:
        h = activation(layers[-1][1]) if layers else X
        n = len(layers) + 1
        layers.append([h, np.dot(h, params[f"W{n}"]) + params[f"b{n}"]])
    return [layers[-1][1], layers]


def count_recursive(layer_sizes: Any) -> int:
    if len(layer_sizes) < 2:
        return 0
    first, second, *rest = layer_sizes
    return (first + 1) * second + count_recursive([second, *rest])


def stds_by_layer(X: Any, weights: Any, activation: Any) -> Any:
    for W in weights:
        yield (X := activation(X @ W)).std()


def lsuv_kernels(X: Any, weights: Any, activation: Any) -> Any:
    for W in weights:
        yield (kernel := W / np.std(X @ W))
        X = activation(X @ kernel)


def lsuv_by_scales(X: Any, weights: Any, activation: Any) -> Any:
    scales = np.ones(len(weights))
    for place, W in enumerate(weights):
        scales[place] /= (z := X @ W).std()
        X = activation(z * scales[place])
    return [scale * W for scale, W in zip(scales, weights, strict=True)]


def blame_by_recursion(
    X: Any, weights: Any, activation: Any, activation_grad: Any, blame: Any
) -> Any:
    stds = []

    def back(h: Any, rest: Any) -> Any:
        if not rest:
            return blame
        z = h @ rest[0]
        there = (back(activation(z), rest[1:]) * activation_grad(z)) @ np.transpose(rest[0])
        stds.insert(0, there.std())
        return there

    back(X, weights)
    return stds


def diagnose_by_words(stds: Any) -> Any:
    words = np.array(["healthy", "vanishes", "explodes"])
    if UNITS["explodes"](stds):
        return words[2]
    return words[int(stds[-1] < stds[0] / 10 or stds[-1] == 0)]


def diagnose_by_select(stds: Any) -> Any:
    with np.errstate(invalid="ignore"):
        bad = ~np.isfinite(stds).all() | (stds[-1] > 10 * stds[0])
        weak = (stds[-1] * 10 < stds[0]) | (stds[-1] == 0)
    return np.select([bad, weak], ["explodes", "vanishes"], default="healthy")


def lunch_by_sides(pred: Any, target: Any, short: Any, waste: Any, delta: Any) -> Any:
    total = 0.0
    for price, e in ((waste, pred - target), (short, target - pred)):
        far = e[e > delta]
        near = e[(e > 0) & (e <= delta)]
        total += price * (math.fsum(near * near) / (2 * delta) + far.sum() - len(far) * delta / 2)
    return total / pred.size


def cross_entropy_by_rows(Z: Any, y: Any) -> Any:
    return math.fsum(special.logsumexp(z) - z[k] for z, k in zip(Z, y, strict=True)) / len(Z)


def gradient_in_place(Z: Any, y: Any) -> Any:
    p = special.softmax(Z, axis=1)
    np.subtract.at(p, (range(len(y)), y), 1)
    p /= len(y)
    return p


STYLES: dict[str, dict[str, Any]] = {
    "neuron_by_neuron": {
        "loops": lambda x, W, b: [
            sum((x[i] * W[i, j] for i in range(len(x))), start=b[j]) for j in range(len(b))
        ],
        "accumulated": lambda x, W, b: np.add.reduce(x[:, None] * W, 0) + b,
        "reduce": lambda x, W, b: reduce(operator.add, (v * row for v, row in zip(x, W)), b),  # noqa: B905
        "matrix": lambda x, W, b: (np.matrix(x) * np.matrix(W) + b).A1,
    },
    "dense_forward": {
        "named-tuple": lambda X, W, b: Layer(X @ W + b, (X, W)),
        "lists": lambda X, W, b: [(X @ W + b).tolist(), [X, W]],
        "einsum": lambda X, W, b: (np.einsum("nd,dm->nm", X, W, optimize=True) + b, (X, W)),
        "out": lambda X, W, b: (
            np.add(y := np.matmul(X, W, out=np.empty((len(X), len(b)))), b, out=y),
            (X, W),
        ),
        "cache-of-copies": lambda X, W, b: (X.dot(W) + b[None, :], (X.copy(), W.copy())),
        "generator": lambda X, W, b: (part for part in (X @ W + b, (X, W))),
        "block": lambda X, W, b: (np.block([X, np.ones((len(X), 1))]) @ np.vstack([W, b]), (X, W)),
    },
    "mlp_forward": {"recursive": mlp_recursive, "lists": mlp_lists},
    "count_parameters": {
        "recursive": count_recursive,
        "pairwise": lambda sizes: sum((d + 1) * m for d, m in itertools.pairwise(sizes)),
        "numpy": lambda sizes: (np.array(sizes[:-1]) + 1) @ np.array(sizes[1:]),
        "counter": lambda sizes: Counter(
            {k: (sizes[k] + 1) * sizes[k + 1] for k in range(len(sizes) - 1)}
        ).total(),
        "float": lambda sizes: float(sum((d + 1) * m for d, m in zip(sizes, sizes[1:]))),  # noqa: B905
        "zero-dimensional": lambda sizes: np.array(count_recursive(sizes)),
    },
    "predict_classes": {
        "list": lambda logits: [int(np.argmax(row)) for row in logits],
        "small-integers": lambda logits: logits.argmax(1).astype(np.uint8),
        "floats": lambda logits: logits.argmax(1).astype(float),
        "list-index": lambda logits: [row.index(max(row)) for row in logits.tolist()],
        "sorted": lambda logits: np.argsort(-logits, axis=1, kind="stable")[:, 0],
        "column-squeezed": lambda logits: np.argmax(logits, 1, keepdims=True).squeeze(1),
        "map": lambda logits: map(np.argmax, logits),
    },
    "predict_probabilities": {
        "scipy": partial(special.softmax, axis=1),
        "rows": lambda logits: [special.softmax(row) for row in logits],
        "stacked": lambda logits: np.vstack([special.softmax(row)[None] for row in logits]),
    },
    "weight_image": {
        "guarded": lambda W, unit, shape: (
            w / top if (top := max(map(abs, w := W[:, unit]))) else w * 0
        ).reshape(shape),
        "lists": lambda W, unit, shape: np.array_split(
            W[:, unit] / (np.abs(W[:, unit]).max() or 1.0), shape[0]
        ),
        "infinity-norm": lambda W, unit, shape: np.reshape(
            W.T[unit] / (np.linalg.norm(W.T[unit], np.inf) or 1), shape
        ),
    },
    "bias_sweep": {
        "scipy": lambda x, w, biases: special.expit(np.vdot(w, x) + biases),
        "list": lambda x, w, biases: [
            0.5 * (1 + math.tanh((math.fsum(w * x) + b) / 2)) for b in biases
        ],
    },
    "xavier_uniform": {
        "from-zero-to-one": lambda fan_in, fan_out, rng: (
            (2 * rng.random((fan_in, fan_out)) - 1) * math.sqrt(6 / (fan_in + fan_out))
        ),
        "row-by-row": lambda fan_in, fan_out, rng: [
            rng.uniform(
                -((6 / (fan_in + fan_out)) ** 0.5), (6 / (fan_in + fan_out)) ** 0.5, fan_out
            )
            for _ in range(fan_in)
        ],
    },
    "he_normal": {
        "divided": lambda fan_in, fan_out, rng: (
            rng.normal(size=(fan_in, fan_out)) / math.sqrt(fan_in / 2)
        ),
        "scaled-standard": lambda fan_in, fan_out, rng: (
            math.sqrt(2 / fan_in) * rng.standard_normal((fan_in, fan_out))
        ),
        "row-by-row": lambda fan_in, fan_out, rng: [
            rng.normal(0, math.sqrt(2 / fan_in), fan_out) for _ in range(fan_in)
        ],
        "reshaped": lambda fan_in, fan_out, rng: (
            rng.normal(scale=math.sqrt(2 / fan_in), size=fan_in * fan_out)
            .reshape(fan_out, fan_in)
            .T
        ),
        "one-by-one": lambda fan_in, fan_out, rng: [
            [rng.normal() * math.sqrt(2 / fan_in) for _ in range(fan_out)] for _ in range(fan_in)
        ],
        "keywords-of-numpy": lambda fan_in, fan_out, rng: rng.normal(
            size=(fan_in, fan_out), scale=math.sqrt(2 / fan_in), loc=0
        ),
        "filled-in": lambda fan_in, fan_out, rng: (
            rng.standard_normal(out=np.empty((fan_in, fan_out))) * math.sqrt(2 / fan_in)
        ),
        "variance-drawn": lambda fan_in, fan_out, rng: rng.multivariate_normal(
            np.zeros(1), [[2 / fan_in]], (fan_in, fan_out)
        )[..., 0],
    },
    "activation_std_by_layer": {
        "accumulate": lambda X, weights, activation: [
            h.std()
            for h in itertools.islice(
                itertools.accumulate(weights, lambda h, W: activation(h @ W), initial=X), 1, None
            )
        ],
        "generator": stds_by_layer,
    },
    "distinct_units": {
        "set-of-tuples": lambda W: len({tuple(column) for column in np.round(W.T, 9).tolist()}),
        "unique": lambda W: np.unique(W.round(9), axis=1).shape[1],
        "float": lambda W: float(len(np.unique(np.around(W, 9).T, axis=0))),
    },
    "diagnose_init": {"words-by-index": diagnose_by_words, "select": diagnose_by_select},
    "lsuv_init": {"generator": lsuv_kernels, "stacked-scales": lsuv_by_scales},
    "blame_std_by_layer": {"recursive": blame_by_recursion},
    "fresh_loss": {
        "scipy": lambda counts: (
            math.log(len(counts)),
            float(special.entr(counts / counts.sum()).sum()),
        ),
        "list": lambda counts: [
            -math.log(1 / len(counts)),
            -sum(n / sum(counts) * math.log(n / sum(counts)) for n in counts.tolist() if n),
        ],
    },
    "mse": {
        "mean-of-means": lambda pred, target: np.mean(
            [np.mean((p - t) ** 2) for p, t in zip(pred, target, strict=True)]
        ),
        "norm": lambda pred, target: np.linalg.norm(pred - target) ** 2 / pred.size,
        "vdot": lambda pred, target: np.vdot(e := pred - target, e) / e.size,
        "math": lambda pred, target: math.fsum(((pred - target) ** 2).flat) / pred.size,
        "python-float": lambda pred, target: float(((pred - target) ** 2).mean()),
        "zero-dimensional": lambda pred, target: np.asarray(((pred - target) ** 2).mean()),
        "average": lambda pred, target: np.average(np.square(np.subtract(pred, target))),
    },
    "mse_grad": {
        "two-over-size": lambda pred, target: (pred - target) * (2 / np.prod(pred.shape)),
        "lists": lambda pred, target: [
            [2 * (p - t) / pred.size for p, t in zip(P, T, strict=True)]
            for P, T in zip(pred.tolist(), target.tolist(), strict=True)
        ],
    },
    "log_softmax": {
        "scipy": partial(special.log_softmax, axis=1),
        "logaddexp": lambda Z: Z - np.logaddexp.reduce(Z, axis=1, keepdims=True),
        "transposed": lambda Z: (Z.T - special.logsumexp(Z.T, axis=0)).T,
        "columns": lambda Z: np.column_stack(
            [column - np.logaddexp.reduce(Z, axis=1) for column in Z.T]
        ),
    },
    "softmax_cross_entropy": {
        "by-rows": cross_entropy_by_rows,
        "margins": lambda Z, y: np.logaddexp.reduce(
            Z - Z[np.arange(len(y)), y][:, None], axis=1
        ).mean(),
    },
    "softmax_cross_entropy_grad": {
        "in-place-on-a-copy": gradient_in_place,
        "one-hot": lambda Z, y: (special.softmax(Z, 1) - np.eye(Z.shape[1])[y]) / Z.shape[0],
        "mean-of-outer": lambda Z, y: [
            (special.softmax(z) - (np.arange(len(z)) == k)) / len(Z)
            for z, k in zip(Z, y)  # noqa: B905
        ],
    },
    "binary_cross_entropy": {
        "logaddexp": lambda z, y: np.mean(np.logaddexp(0, np.where(y, -z, z))),
        "softplus-by-cases": lambda z, y: np.mean(
            [max(a, 0) - a * t + math.log1p(math.exp(-abs(a))) for a, t in zip(z.flat, y.flat)]  # noqa: B905
        ),
    },
    "lunch_loss": {
        "side-by-side": lunch_by_sides,
        "by-cases": lambda pred, target, short, waste, delta: np.mean(
            [
                (short if e < 0 else waste)
                * (e * e / 2 / delta if abs(e) < delta else abs(e) - delta / 2)
                for e in (pred - target).flat
            ]
        ),
        "clipped-part-and-rest": lambda pred, target, short, waste, delta: np.average(
            np.where(pred > target, waste, short)
            * (
                np.clip(np.abs(pred - target), None, delta) ** 2 / delta / 2
                + np.maximum(np.abs(pred - target) - delta, 0)
            )
        ),
    },
    "lunch_loss_grad": {
        "two-clips": lambda pred, target, short, waste, delta: (
            (
                waste * np.clip((pred - target) / delta, 0, 1)
                + short * np.clip((pred - target) / delta, -1, 0)
            )
            / pred.size
        ),
        "lists": lambda pred, target, short, waste, delta: [
            [
                (short if p < t else waste) * max(-1.0, min(1.0, (p - t) / delta)) / pred.size
                for p, t in zip(P, T, strict=True)
            ]
            for P, T in zip(pred.tolist(), target.tolist(), strict=True)
        ],
    },
}
