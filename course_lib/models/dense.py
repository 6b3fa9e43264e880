"""Stacks of dense layers, and conversions between their weights and students' parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from course_lib.gradients import Array
from course_lib.precision import dtype_of_weights, import_keras


def mlp(
    layer_sizes: Sequence[int] = (784, 16, 16, 10),
    activation: str = "relu",
    dtype: str = "float64",
) -> Any:
    """A stack of dense layers, the last of which is linear and returns logits.

    Args:
        layer_sizes: units from input to output, such as (64, 16, 10). The default is the course's
            network for MNIST, with 13,002 parameters.
        activation: Keras name of the activation after every layer but the last.
        dtype: precision of weights and outputs. With "mixed_bfloat16", weights and logits are
            float32, and everything else is computed in bfloat16.

    Returns:
        A built `keras.Sequential`. Its layers are called `layer1`, `layer2`, ...

    Source: Keras `Dense`; kernels have shape (fan_in, fan_out).
    """
    keras = import_keras(dtype)
    kept = dtype_of_weights(dtype)
    inputs, *units = layer_sizes
    last = len(units)
    return keras.Sequential(
        [keras.Input((inputs,), dtype=kept)]
        + [
            keras.layers.Dense(
                size,
                activation=activation if number < last else None,
                dtype=dtype if number < last else kept,
                name=f"layer{number}",
            )
            for number, size in enumerate(units, start=1)
        ]
    )


def deep_stack(
    depth: int,
    width: int,
    activation: str = "sigmoid",
    residual: bool = False,
    inputs: int = 64,
    classes: int = 10,
    dtype: str = "float64",
) -> Any:
    """A deep stack of dense layers of equal width, plain or with residual connections.

    Args:
        depth: number of layers between the first one and the logits.
        width: units H of every layer but the last.
        activation: after every layer but the last: "sigmoid", "relu", ...
        residual: whether each of the `depth` layers is x + activation(x @ W + b).
        inputs: features D of an example.
        classes: number of logits K.
        dtype: as in `mlp`.

    Returns:
        A built Keras model from (N, D) to logits (N, K). Layers are called `layer1` (D to H),
        `layer2` ... (H to H) and `layer{depth + 2}` (H to K), as in `mlp`, so that `from_keras`
        and `by_student_name` accept them. Kernels have He initialization for "relu" and Glorot
        initialization otherwise, so that vanishing gradients are due to the activation.

    Source: He et al. 2015 (initialization), He et al. 2016 (residual connections).
    """
    keras = import_keras(dtype)
    kept = dtype_of_weights(dtype)
    start = "he_normal" if activation == "relu" else "glorot_normal"

    def layer(number: int) -> Any:
        return keras.layers.Dense(
            width, activation, kernel_initializer=start, dtype=dtype, name=f"layer{number}"
        )

    x = entry = keras.Input((inputs,), dtype=kept)
    x = layer(1)(x)
    for number in range(2, depth + 2):
        x = x + layer(number)(x) if residual else layer(number)(x)
    logits = keras.layers.Dense(classes, dtype=kept, name=f"layer{depth + 2}")(x)
    return keras.Model(entry, logits)


def to_keras(params: Mapping[str, Array], activation: str = "relu") -> Any:
    """The network that a student's parameters describe, as a Keras model.

    Args:
        params: kernels W1 (D, H), W2 (H, K), ... and biases b1 (H,), b2 (K,), ...; the model
            takes their dtype.
        activation: Keras name of the activation after every layer but the last.

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
        model: what `mlp`, `to_keras` or `deep_stack` returned.

    Returns:
        Kernels W1 (D, H), W2 (H, K), ... and biases b1 (H,), b2 (K,), ...
    """
    params = {}
    dense = (layer for layer in model.layers if layer.weights)
    for number, layer in enumerate(dense, start=1):
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
