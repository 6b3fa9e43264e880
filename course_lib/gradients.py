"""Gradients by automatic differentiation, the source of all reference gradients of the course.

Keras and its backend (TensorFlow, JAX or PyTorch, set by KERAS_BACKEND) are imported inside the
functions, so that importing this module stays cheap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_lib.precision import import_keras

Array = NDArray[Any]


def vector_jacobian_product(
    function: Callable[..., Any], arguments: Sequence[Array], upstream: Array | None = None
) -> list[Array]:
    """Gradients of sum(upstream * function(*arguments)) with respect to every argument.

    Args:
        function: maps tensors to a tensor, using `keras.ops`.
        arguments: arrays of any shape, float64 or float32; the result has their dtype.
        upstream: dL/d(function's value), same shape as that value. None means ones, which gives
            the derivative of an elementwise function.

    Returns:
        One array for each argument, with that argument's shape.

    Source: reverse-mode differentiation by tf.GradientTape, jax.vjp or torch.autograd.
    """
    product = {"tensorflow": _product_tensorflow, "jax": _product_jax, "torch": _product_torch}
    backend = _backend(np.asarray(argument).dtype.name for argument in arguments)
    return product[backend](function, arguments, upstream)


def derivative(function: Callable[..., Any], z: Array) -> Array:
    """The derivative of an elementwise function at every entry of z.

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

    The model runs in training mode: dropout is active, batch normalisation updates its averages.

    Args:
        model: a built Keras model; its dtype policy decides the precision.
        loss: maps (y, model(x)) to a scalar tensor, such as a Keras loss object.
        x: inputs, shape (N, ...).
        y: targets, shape (N, ...).

    Returns:
        The loss, and a mapping from each parameter's path (`dense_1/kernel`) to its gradient, in
        the parameter's shape and dtype; zeros if the loss does not depend on it.

    Source: reverse-mode differentiation by tf.GradientTape, jax.value_and_grad or torch.autograd.
    """
    differentiate = {"tensorflow": _loss_tensorflow, "jax": _loss_jax, "torch": _loss_torch}
    backend = _backend(weight.dtype for weight in model.trainable_variables)
    value, gradients = differentiate[backend](model, loss, x, y)
    return value, {
        weight.path.removeprefix(f"{model.name}/"): gradient
        for weight, gradient in zip(model.trainable_variables, gradients, strict=True)
    }


def _backend(dtypes: Iterable[str]) -> str:
    """The name of Keras' backend, after enabling float64 if one of these dtypes needs it."""
    keras = import_keras("float64" if "float64" in dtypes else "float32")
    return str(keras.backend.backend())


def _product_tensorflow(
    function: Callable[..., Any], arguments: Sequence[Array], upstream: Array | None
) -> list[Array]:
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


def _product_jax(
    function: Callable[..., Any], arguments: Sequence[Array], upstream: Array | None
) -> list[Array]:
    import jax
    import jax.numpy as jnp

    value, pull_back = jax.vjp(function, *(jnp.asarray(argument) for argument in arguments))
    seed = jnp.ones_like(value) if upstream is None else jnp.asarray(upstream, value.dtype)
    return [np.asarray(gradient) for gradient in pull_back(seed)]


def _product_torch(
    function: Callable[..., Any], arguments: Sequence[Array], upstream: Array | None
) -> list[Array]:
    import keras
    import torch

    tensors = [
        keras.ops.convert_to_tensor(argument).clone().detach().requires_grad_()
        for argument in arguments
    ]
    value = function(*tensors)
    if not value.requires_grad:
        return [np.zeros_like(argument) for argument in arguments]
    seed = torch.ones_like(value) if upstream is None else value.new_tensor(upstream)
    gradients = torch.autograd.grad(value, tensors, seed, materialize_grads=True)
    return [gradient.cpu().numpy() for gradient in gradients]


def _loss_tensorflow(
    model: Any, loss: Callable[[Any, Any], Any], x: Array, y: Array
) -> tuple[float, list[Array]]:
    import tensorflow as tf

    with tf.GradientTape() as tape:
        value = loss(y, model(x, training=True))
    gradients = tape.gradient(
        value,
        [weight.value for weight in model.trainable_variables],
        unconnected_gradients=tf.UnconnectedGradients.ZERO,
    )
    return float(value), [np.asarray(tf.convert_to_tensor(gradient)) for gradient in gradients]


def _loss_jax(
    model: Any, loss: Callable[[Any, Any], Any], x: Array, y: Array
) -> tuple[float, list[Array]]:
    import jax

    def loss_and_state(trainable: Any) -> Any:
        state = [variable.value for variable in model.non_trainable_variables]
        outputs, state = model.stateless_call(trainable, state, x, training=True)
        return loss(y, outputs), state

    weights = [weight.value for weight in model.trainable_variables]
    (value, state), gradients = jax.value_and_grad(loss_and_state, has_aux=True)(weights)
    # JAX's functions change nothing: averages and random states are written back by hand.
    for variable, changed in zip(model.non_trainable_variables, state, strict=True):
        variable.assign(changed)
    return float(value), [np.asarray(gradient) for gradient in gradients]


def _loss_torch(
    model: Any, loss: Callable[[Any, Any], Any], x: Array, y: Array
) -> tuple[float, list[Array]]:
    import torch

    value = loss(y, model(x, training=True))
    gradients = torch.autograd.grad(
        value, [weight.value for weight in model.trainable_variables], materialize_grads=True
    )
    return float(value.detach()), [gradient.cpu().numpy() for gradient in gradients]
