"""Gradients by automatic differentiation: what every reference gradient of the course comes from.

Keras and TensorFlow are imported inside the functions, so that importing this module stays cheap.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def vector_jacobian_product(
    function: Callable[..., Any], arguments: Sequence[Array], upstream: Array | None = None
) -> list[Array]:
    """Gradients of sum(upstream * function(*arguments)) with respect to every argument.

    Args:
        function: takes and returns Keras tensors.
        arguments: arrays of any shape, float64 or float32; the result has their dtype.
        upstream: dL/d(function's value), same shape as that value; ones where None, which for
            an elementwise function gives its slope.

    Returns:
        One array for each argument, with that argument's shape.

    Source: reverse-mode differentiation by tf.GradientTape.
    """
    import tensorflow as tf

    tensors = [tf.constant(argument) for argument in arguments]
    with tf.GradientTape() as tape:
        for tensor in tensors:
            tape.watch(tensor)
        value = function(*tensors)
    gradients = tape.gradient(value, tensors, output_gradients=upstream)
    return [
        np.zeros_like(argument) if gradient is None else np.asarray(gradient)
        for argument, gradient in zip(arguments, gradients, strict=True)
    ]


def derivative(function: Callable[..., Any], z: Array) -> Array:
    """The slope of an elementwise function at every entry of z.

    Args:
        function: an elementwise function of Keras tensors.
        z: pre-activations, any shape, float64 or float32.

    Returns:
        function'(z), the shape and dtype of z.
    """
    return vector_jacobian_product(function, [z])[0]


def loss_and_gradients(
    model: Any, loss: Callable[[Any, Any], Any], x: Array, y: Array
) -> tuple[float, Mapping[str, Array]]:
    """The loss of a Keras model on a batch, and its gradient for every trainable parameter.

    Args:
        model: a built Keras model; its dtype policy decides the precision.
        loss: loss(y, model(x)) as a scalar tensor, such as a Keras loss object.
        x: inputs, shape (N, ...).
        y: targets, shape (N, ...).

    Returns:
        The loss, and a mapping from each parameter's path (`dense_1/kernel`) to its gradient.
    """
    import tensorflow as tf

    with tf.GradientTape() as tape:
        value = loss(y, model(x, training=True))
    gradients = tape.gradient(value, [weight.value for weight in model.trainable_weights])
    return float(value), {
        weight.path.removeprefix(f"{model.name}/"): np.asarray(gradient)
        for weight, gradient in zip(model.trainable_weights, gradients, strict=True)
    }
