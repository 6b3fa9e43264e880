"""The Keras layers that compute the references, with the arrays of a case."""

from __future__ import annotations

from typing import Any

from autograder.questions.define import Array


def batch_normalization(
    gamma: Array,
    beta: Array,
    running_mean: Array,
    running_var: Array,
    eps: float,
    momentum: float = 0.99,
) -> Any:
    """A Keras layer with these weights, in their dtype."""
    import keras

    layer = keras.layers.BatchNormalization(momentum=momentum, epsilon=eps, dtype=gamma.dtype.name)
    layer.build((None, len(gamma)))
    layer.set_weights([gamma, beta, running_mean, running_var])
    return layer


def layer_normalization(gamma: Array, beta: Array, eps: float) -> Any:
    """A Keras layer with these weights, in their dtype."""
    import keras

    layer = keras.layers.LayerNormalization(epsilon=eps, dtype=gamma.dtype.name)
    layer.build((None, len(gamma)))
    layer.set_weights([gamma, beta])
    return layer
