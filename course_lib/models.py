"""The course's reference networks in Keras, and the way between their weights and a student's.

Keras is imported inside the functions, so that importing this module stays cheap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from course_lib.gradients import Array


def mlp(layer_sizes: Sequence[int], activation: str = "relu", dtype: str = "float64") -> Any:
    """A stack of dense layers whose last one is linear, so that it returns logits.

    Args:
        layer_sizes: units from the input to the output, such as (64, 16, 10).
        activation: the bend after every layer but the last, by its Keras name.
        dtype: precision of weights and outputs; Keras itself would take float32.

    Returns:
        A built `keras.Sequential`. Its layers are called `layer1`, `layer2`, ...

    Source: Keras `Dense`; kernels have shape (fan_in, fan_out).
    """
    import keras

    inputs, *units = layer_sizes
    last = len(units)
    return keras.Sequential(
        [keras.Input((inputs,), dtype=dtype)]
        + [
            keras.layers.Dense(
                size,
                activation=activation if number < last else None,
                dtype=dtype,
                name=f"layer{number}",
            )
            for number, size in enumerate(units, start=1)
        ]
    )


def to_keras(params: Mapping[str, Array], activation: str = "relu") -> Any:
    """The network that a student's parameters describe, as a Keras model.

    Args:
        params: kernels W1 (D, H), W2 (H, K), ... and biases b1 (H,), b2 (K,), ...; the model
            takes their dtype.
        activation: the bend after every layer but the last.

    Returns:
        `mlp` of the same sizes, with these weights.
    """
    depth = len(params) // 2
    kernels = [np.asarray(params[f"W{number}"]) for number in range(1, depth + 1)]
    sizes = [kernels[0].shape[0], *(kernel.shape[1] for kernel in kernels)]
    model = mlp(sizes, activation, kernels[0].dtype.name)
    for number, kernel in enumerate(kernels, start=1):
        model.get_layer(f"layer{number}").set_weights([kernel, np.asarray(params[f"b{number}"])])
    return model


def from_keras(model: Any) -> dict[str, Array]:
    """A Keras model's weights in the form that students use.

    Args:
        model: made by `mlp` or `to_keras`.

    Returns:
        Kernels W1 (D, H), W2 (H, K), ... and biases b1 (H,), b2 (K,), ...
    """
    params = {}
    for number, layer in enumerate(model.layers, start=1):
        params[f"W{number}"], params[f"b{number}"] = layer.get_weights()
    return params


def by_student_name(gradients: Mapping[str, Array]) -> dict[str, Array]:
    """Gradients of `mlp` under a student's names: `layer1/kernel` is W1, `layer1/bias` is b1."""
    letters = {"kernel": "W", "bias": "b"}
    named = {}
    for path, gradient in gradients.items():
        layer, _, kind = path.rpartition("/")
        named[letters[kind] + layer.removeprefix("layer")] = gradient
    return named
