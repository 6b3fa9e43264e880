"""Weeks 00 to 02: text, a rule, bends."""

from __future__ import annotations

import functools
import itertools
import math
import operator
import string
from fractions import Fraction
from typing import Any

import numpy as np
from scipy import special

HALF = 0.5


def small_logistic(x: float) -> float:
    """The logistic function of one number, by cases."""
    try:
        return 1 / (1 + math.exp(-x))
    except OverflowError:
        return 0.0


@functools.lru_cache
def remembered_relu(x: float) -> float:
    return x if x > 0 else 0.0


def relu_in_place(z: Any, out: Any = None) -> Any:
    z = np.copy(z)
    z[z < 0] *= 0
    return z + 0.0


def relu_recursive(z: Any) -> Any:
    if np.ndim(z) == 0:
        return max(float(z), 0.0)
    return [relu_recursive(part) for part in z]


def relu_by_nditer(z: Any) -> Any:
    with np.nditer([z, None], op_flags=[["readonly"], ["writeonly", "allocate"]]) as walk:
        for x, y in walk:
            y[...] = x if x > 0 else 0
        return walk.operands[1]


def relu_match(z: Any) -> Any:
    def one(x: float) -> float:
        match x > 0:
            case True:
                return x
            case _:
                return 0.0

    return np.vectorize(one, otypes=[float])(z)


class Relu:
    """An instance that is called."""

    zero = 0.0

    def __call__(self, z: np.ndarray) -> np.ndarray:
        return np.maximum(self.zero, z)


def softmax_rows(Z: Any) -> Any:
    rows = []
    for row in Z.tolist():
        highest = max(row)
        weights = [math.exp(x - highest) for x in row]
        rows.append([weight / math.fsum(weights) for weight in weights])
    return rows


def softmax_generators(Z: Any) -> Any:
    def row(z: Any) -> Any:
        yield from (e := np.exp(z - z.max())) / e.sum()

    return [list(row(z)) for z in Z]


def perceptron_in_one_vector(X: Any, y: Any, epochs: int, lr: float) -> Any:
    v = np.zeros(X.shape[1] + 1)
    rows, errors = np.c_[X, np.ones(len(X))], []
    for _ in itertools.repeat(None, epochs):
        wrong = 0
        for x, t in zip(rows, y, strict=True):
            miss = int(t) - int(x @ v > 0)
            v += lr * miss * x
            wrong += abs(miss)
        errors.append(wrong)
    return v[:-1], v[-1], errors


def pile_by_reduce(weights: Any, biases: Any) -> Any:
    def join(one: Any, two: Any) -> Any:
        return one[0] @ two[0], one[1] @ two[0] + two[1]

    return functools.reduce(join, zip(weights, biases, strict=True))


STYLES: dict[str, dict[str, Any]] = {
    "greet_robot": {
        "template": lambda name: string.Template("Hello, $n. Do you see a cat?").substitute(n=name),
        "percent": lambda name: "Hello, %s. Do you see a cat?" % name,  # noqa: UP031
        "joined": lambda name: " ".join(["Hello,", f"{name}.", "Do you", "see a cat?"]),
        "text-of-numpy": lambda name: np.char.add(
            "Hello, ", np.array(name + ". Do you see a cat?")
        ),
        "partial": functools.partial("Hello, {}. Do you see a cat?".format),
    },
    "weighted_sum": {
        "einsum": lambda X, w, b: np.einsum("nd,d->n", X, w) + b,
        "comprehension": lambda X, w, b: [b + sum(x * v for x, v in zip(r, w)) for r in X],  # noqa: B905
        "inner": lambda X, w, b: np.inner(X, w) + np.full(len(X), b),
        "sum-of-products": lambda X, w, b: (X * w).sum(-1) + b,
        "starred": lambda *given: given[0].dot(given[1]) + given[2],
        "column": lambda X, w, b: np.squeeze(X @ w[:, None], axis=1) + b,
        "math-sumprod": lambda X, w, b: np.array(
            [math.fsum(map(operator.mul, r, w)) + b for r in X]
        ),
        "matrix": lambda X, w, b: (np.asmatrix(X) * np.asmatrix(w).T + b).A1,
        "as-one-product": lambda X, w, b: np.c_[X, np.ones(len(X))] @ np.r_[w, b],
        "tensordot": lambda X, w, b: np.tensordot(X, w, 1) + b,
    },
    "step": {
        "where-of-integers": lambda z: np.where(z > 0, 1, 0),
        "booleans": lambda z: z > 0,
        "heaviside": lambda z: np.heaviside(z, 0),
        "small-integers": lambda z: (z > 0).astype(np.int8),
        "rounded-sign": lambda z: np.sign(z).clip(0),
        "sign-of-a-sign": lambda z: np.sign(np.maximum(np.sign(z), 0)),
        "select": lambda z: np.select([z > 0], [1], default=0),
        "piecewise": lambda z: np.piecewise(z, [z > 0], [1, 0]),
        "unsigned-bytes": lambda z: np.greater(z, 0, out=np.empty(z.shape, bool)).view(np.uint8),
        "objects": lambda z: np.frompyfunc(lambda x: 1 if x > 0 else 0, 1, 1)(z),
    },
    "perceptron_predict": {
        "list-of-booleans": lambda X, w, b: [bool(x @ w + b > 0) for x in X],
        "any": lambda X, w, b: np.where(X @ w > -b, True, False),
        "integers-of-a-map": lambda X, w, b: map(lambda x: int(np.dot(x, w) + b > 0), X),
        "apply-along-axis": lambda X, w, b: np.apply_along_axis(lambda x: int(x @ w + b > 0), 1, X),
    },
    "perceptron_fit": {"one-vector": perceptron_in_one_vector},
    "collapse_linear": {
        "einsum": lambda W1, b1, W2, b2: (
            np.einsum("ij,jk", W1, W2),
            np.einsum("j,jk", b1, W2) + b2,
        ),
        "list": lambda W1, b1, W2, b2: [W1 @ W2, b2 + b1 @ W2],
        "dict": lambda W1, b1, W2, b2: {"b": b1 @ W2 + b2, "W": W1.dot(W2)},
        "reduced-pile": lambda W1, b1, W2, b2: pile_by_reduce([W1, W2], [b1, b2]),
        "split-of-one": lambda W1, b1, W2, b2: (
            (P := np.r_[W1, b1[None]] @ W2)[:-1],
            P[-1] + b2,
        ),
    },
    "collapse_pile": {"reduce": pile_by_reduce},
    "sigmoid": {
        "vectorize": np.vectorize(small_logistic, otypes=[float]),
        "frompyfunc": np.frompyfunc(small_logistic, 1, 1),
        "tanh": lambda z: HALF * (1 + np.tanh(np.asarray(z) * HALF)),
        "logaddexp": lambda z: np.exp(-np.logaddexp(0, -z)),
        "scipy": special.expit,
        "masked": lambda z: np.where(
            z >= 0, 1 / (1 + np.exp(-np.abs(z))), 1 - 1 / (1 + np.exp(-np.abs(z)))
        ),
        "softmax-of-two": lambda z: special.softmax(np.stack([z, 0 * z], -1).astype(float), -1)[
            ..., 0
        ],
        "long-double": lambda z: (1 / (1 + np.exp(-np.asarray(z, np.longdouble)))).astype(float),
        "flat-list": lambda z: np.array([small_logistic(x) for x in z.flat]).reshape(z.shape),
    },
    "sigmoid_grad": {
        "even-part": lambda z: (e := np.exp(-np.abs(z))) / (1 + e) ** 2,
        "scipy": lambda z: special.expit(z) * special.expit(-z),
        "cosh": lambda z: 0.25 / np.cosh(np.clip(z, -700, 700) / 2) ** 2,
    },
    "tanh": {
        "sinh-over-cosh": lambda z: np.sinh(np.clip(z, -300, 300)) / np.cosh(np.clip(z, -300, 300)),
        "math": np.vectorize(math.tanh, otypes=[float]),
        "expm1": lambda z: -np.sign(z) * (e := np.expm1(-2 * np.abs(z))) / (e + 2),
        "ufunc-with-out": lambda z: np.tanh(z, out=np.empty_like(z)),
    },
    "tanh_grad": {
        "product": lambda z: (1 - np.tanh(z)) * (1 + np.tanh(z)),
        "power": lambda z: np.subtract(1, np.power(np.tanh(z), 2)),
    },
    "relu": {
        "mean-of-both": lambda z: (np.abs(z) + z) / 2,
        "times-boolean": lambda z: z * (z > 0),
        "clip": lambda z: z.clip(min=0),
        "reduced-stack": lambda z: np.maximum.reduce([z, np.zeros_like(z)]),
        "maximum-of-a-stack": lambda z: np.stack([z, 0 * z]).max(axis=0),
        "nested-lists": relu_recursive,
        "nditer": relu_by_nditer,
        "in-place-on-a-copy": relu_in_place,
        "match": relu_match,
        "instance": Relu(),
        "bound-method": Relu().__call__,
        "remembered": lambda z: np.reshape([remembered_relu(float(x)) for x in z.ravel()], z.shape),
        "fmax": lambda z: np.fmax(z, 0),
        "where-with-out": lambda z: np.multiply(z, 1, where=z > 0, out=np.zeros_like(z)),
        "masked-array": lambda z: np.ma.masked_less(z, 0).filled(0),
        "compressed": lambda z: np.place(y := z.copy(), z < 0, 0) or y,
        "putmask": lambda z: np.putmask(y := z.copy(), z < 0, 0) or y,
        "put-along": lambda z: (y := np.array(z)).__setitem__(z < 0, 0) or y,
        "fortran": lambda z: np.asfortranarray(np.maximum(z, 0)),
        "long-double": lambda z: np.maximum(z.astype(np.longdouble), 0),
        "read-only": lambda z: (y := np.maximum(z, 0)).setflags(write=False) or y,
        "fractions": lambda z: (
            [Fraction(max(float(x), 0)) for x in z] if z.ndim == 1 else relu_in_place(z)
        ),
    },
    "leaky_relu_grad": {
        "difference": lambda z, slope: slope + (1 - slope) * (z > 0),
        "take": lambda z, slope: np.array([slope, 1.0])[(z > 0).astype(int)],
    },
    "gelu": {
        "math-erf": lambda z: z * np.vectorize(lambda x: math.erf(x / math.sqrt(2)) + 1)(z) / 2,
        "normal-distribution": lambda z: z * special.ndtr(z),
        "erfc": lambda z: z * special.erfc(-z / np.sqrt(2)) * HALF,
    },
    "silu_grad": {
        "scipy": lambda z: special.expit(z) * (1 + z * special.expit(-z)),
        "tanh": lambda z: (s := (1 + np.tanh(z / 2)) / 2) + z * s * (1 - s),
    },
    "designed_bend": {
        "logaddexp": lambda z, left, middle, right, width: (
            left * z
            + (right - left)
            * width
            * (
                np.logaddexp(0, z / width + (c := special.logit((middle - left) / (right - left))))
                - np.logaddexp(0, c)
            )
        ),
        "from-the-other-side": lambda z, left, middle, right, width: (
            right * z
            + (right - left)
            * width
            * (
                np.logaddexp(0, -z / width - (c := special.logit((middle - left) / (right - left))))
                - np.logaddexp(0, -c)
            )
        ),
    },
    "designed_bend_grad": {
        "scipy": lambda z, left, middle, right, width: (
            left
            + (right - left)
            * special.expit(z / width + special.logit((middle - left) / (right - left)))
        ),
        "from-the-right": lambda z, left, middle, right, width: (
            right
            - (right - left)
            * special.expit(special.logit((right - middle) / (right - left)) - z / width)
        ),
    },
    "softmax": {
        "lists": softmax_rows,
        "generators": softmax_generators,
        "apply-along-axis": lambda Z: np.apply_along_axis(
            lambda z: np.exp(z - z.max()) / np.exp(z - z.max()).sum(), 1, Z
        ),
        "by-columns": lambda Z: ((e := np.exp(Z.T - Z.max(1))) / e.sum(0)).T,
        "by-logarithms": lambda Z: np.exp(Z - special.logsumexp(Z, 1, keepdims=True)),
        "against-each-other": lambda Z: (
            1 / np.exp(np.minimum(Z[:, None, :] - Z[:, :, None], 700)).sum(2)
        ),
        "matrix": lambda Z: (
            np.matrix(e := np.exp(Z - Z.max(1, keepdims=True))) / np.matrix(e).sum(1)
        ),
        "map": lambda Z: map(special.softmax, Z),
    },
    "softmax_vjp": {
        "jacobians": lambda Z, dout: [
            (np.diag(s) - np.outer(s, s)) @ d
            for s, d in zip(special.softmax(Z, 1), dout, strict=True)
        ],
        "einsum": lambda Z, dout: (
            (s := special.softmax(Z, 1)) * dout - s * np.einsum("nk,nk->n", dout, s)[:, None]
        ),
    },
}
