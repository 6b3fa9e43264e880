"""Formulas that several questions of week 02 share."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograder.questions.define import Array, Rng


def around_zero(rng: Rng, *shape: int) -> Array:
    """Zeros and numbers of both signs, some so small that a loose gate takes them for 0."""
    sizes = np.resize([0.0, 1.0, 1e-6, -2.0, -1e-6, 2.0, 1e-12, -1.0, -1e-12], shape)
    near: Array = np.abs(rng.normal(size=shape)) * sizes + 0.0
    return near


def stable_sigmoid(z: Array) -> Array:
    """A sigmoid without overflow, for mistakes that are made elsewhere in a formula."""
    a: Array = 0.5 * (1 + np.tanh(0.5 * z))
    return a


def row_softmax(Z: Array) -> Array:
    """A softmax without overflow, for mistakes that are made elsewhere in a formula."""
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    s: Array = E / E.sum(axis=1, keepdims=True)
    return s


def exact_gelu(z: Any) -> Any:
    """GELU by keras.ops.erf in the dtype of z.

    Not keras.activations.gelu: TensorFlow rounds its sqrt(2) to float32 for float64 inputs too,
    which moves the result by 2e-9.
    """
    import keras

    z = keras.ops.convert_to_tensor(z)
    return 0.5 * z * (1 + keras.ops.erf(z / math.sqrt(2)))
