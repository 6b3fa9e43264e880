"""Formulas that several questions of week 03 share."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Rng

Params = dict[str, Array]


def stable_sigmoid(z: Any) -> Any:
    """A sigmoid without overflow, for mistakes that are made elsewhere in a formula."""
    return 0.5 * (1 + np.tanh(0.5 * z))


def row_softmax(Z: Array) -> Array:
    """A softmax without overflow, for mistakes that are made elsewhere in a formula."""
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    s: Array = E / E.sum(axis=1, keepdims=True)
    return s


def random_params(rng: Rng, *layer_sizes: int) -> Params:
    """Kernels W1, W2, ... and biases b1, b2, ... that are never small enough to hide."""
    params = {}
    for number, (D, M) in enumerate(zip(layer_sizes, layer_sizes[1:], strict=False), start=1):
        params[f"W{number}"] = rng.normal(size=(D, M))
        params[f"b{number}"] = rng.choice([-1.0, 1.0], M) * rng.uniform(0.5, 2.0, M)
    return params
