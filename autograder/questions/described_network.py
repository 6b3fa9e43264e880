"""Runs a Sequential network on the grader's side, from its layers' settings and its weights.

A Keras model cannot be sent, and loading one that a student saved would run code of the student's
choice. So the driver records each layer's class, the settings named here, and the weights; this
module computes what those layers compute, and nothing else. Its cost is bounded by the number of
weights, which is checked first, and by their shapes: a bias or a norm has one number per channel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograder.questions.define import Array

ACTIVATIONS = frozenset(
    [
        "linear",
        "relu",
        "leaky_relu",
        "elu",
        "selu",
        "gelu",
        "silu",
        "tanh",
        "sigmoid",
        "softmax",
        "softplus",
    ]
)
IDLE = frozenset(
    [
        "InputLayer",
        "Dropout",
        "SpatialDropout2D",
        "GaussianNoise",
        "GaussianDropout",
        "RandomTranslation",
        "RandomRotation",
        "RandomZoom",
        "RandomContrast",
        "RandomBrightness",
    ]
)
"""Layers that have no effect after training."""

_IMAGES_AT_ONCE = 16
_MAX_LAYERS = 100


def predict(layers: Sequence[Mapping[str, Any]], weights: Sequence[Array], images: Array) -> Array:
    """The outputs of a described network.

    Args:
        layers: each with its class as `kind`, and its settings, as the driver wrote them.
        weights: of all layers, in order.
        images: shape (N, H, W), float64.

    Returns:
        Outputs of shape (N, K).

    Raises:
        ValueError: when a layer is not one that this course can run again, or weights do not fit.
    """
    if len(layers) > _MAX_LAYERS:
        raise ValueError(f"the network has {len(layers)} layers, expected at most {_MAX_LAYERS}")
    batches = np.split(images, range(_IMAGES_AT_ONCE, len(images), _IMAGES_AT_ONCE))
    try:
        return np.concatenate([_outputs(layers, weights, batch) for batch in batches])
    except ValueError:
        raise
    except Exception as error:
        # TensorFlow has its own errors for shapes that do not fit, one a kind of layer.
        reason = str(error).strip().partition("\n")[0][:120]
        raise ValueError(f"the network cannot be run: {reason}") from None


def _outputs(layers: Sequence[Mapping[str, Any]], weights: Sequence[Array], images: Array) -> Array:
    X: Any = images.astype(np.float32)
    left = [np.asarray(weight, np.float32) for weight in weights]
    for layer in layers:
        X = _layer(layer, X, left)
    if left:
        raise ValueError(f"{len(left)} weights are left over")
    return np.asarray(X)


def _layer(layer: Mapping[str, Any], X: Any, weights: list[Array]) -> Any:
    """One layer's output; it takes its weights from the front of `weights`."""
    kind = str(layer["kind"])
    if kind in IDLE:
        return X
    if kind not in _LAYERS:
        raise ValueError(
            f"the layer {kind} is none of {', '.join(sorted(_LAYERS))}, nor one without effect "
            "after training"
        )
    needed = _WEIGHTS[kind](layer) if kind in _WEIGHTS else 0
    own = [weights.pop(0) for _ in range(needed)]
    return _activated(layer, _LAYERS[kind](layer, X, own))


def _activated(layer: Mapping[str, Any], X: Any) -> Any:
    import keras

    name = str(layer.get("activation", "linear"))
    if name not in ACTIVATIONS:
        raise ValueError(f"the activation {name!r} is none of {', '.join(sorted(ACTIVATIONS))}")
    return keras.activations.get(name)(X)


def _numbers(layer: Mapping[str, Any], name: str) -> Any:
    """A setting as a number or a tuple of numbers."""
    value = np.asarray(layer[name]).tolist()
    return tuple(value) if isinstance(value, list) else value


def _with_bias(layer: Mapping[str, Any]) -> int:
    return 1 + bool(_numbers(layer, "use_bias"))


def _dense(layer: Mapping[str, Any], X: Any, weights: list[Array]) -> Any:
    from keras import ops

    return _biased(ops.matmul(X, weights[0]), weights[1:])


def _conv(layer: Mapping[str, Any], X: Any, weights: list[Array]) -> Any:
    from keras import ops

    padding, strides = str(layer["padding"]), _numbers(layer, "strides")
    return _biased(ops.conv(X, weights[0], strides=strides, padding=padding), weights[1:])


def _biased(X: Any, biases: list[Array]) -> Any:
    return sum((_per_channel(X, bias) for bias in biases), X)


def _per_channel(X: Any, weight: Array) -> Array:
    """The weight, if it has one number for each channel of X."""
    channels = tuple(X.shape[-1:])
    # Other shapes could broadcast to any size.
    if weight.shape != channels:
        raise ValueError(f"a weight has shape {weight.shape}, its layer's channels {channels}")
    return weight


def _pool(pool: str) -> Callable[[Mapping[str, Any], Any, list[Array]], Any]:
    def pooled(layer: Mapping[str, Any], X: Any, weights: list[Array]) -> Any:
        from keras import ops

        size, strides = _numbers(layer, "pool_size"), _numbers(layer, "strides")
        return getattr(ops, pool)(X, size, strides=strides, padding=str(layer["padding"]))

    return pooled


def _norm(kind: str) -> Callable[[Mapping[str, Any], Any, list[Array]], Any]:
    def normed(layer: Mapping[str, Any], X: Any, weights: list[Array]) -> Any:
        import keras

        own = [_per_channel(X, weight) for weight in weights]
        scale, center = (bool(_numbers(layer, name)) for name in ("scale", "center"))
        epsilon = float(_numbers(layer, "epsilon"))
        made = getattr(keras.layers, kind)(epsilon=epsilon, scale=scale, center=center)
        made.build(tuple(X.shape))
        made.set_weights(own)
        return made(X)

    return normed


def _knobs(layer: Mapping[str, Any]) -> int:
    return bool(_numbers(layer, "scale")) + bool(_numbers(layer, "center"))


def _rescale(layer: Mapping[str, Any], X: Any, weights: list[Array]) -> Any:
    scale, offset = (np.asarray(_numbers(layer, name), np.float32) for name in ("scale", "offset"))
    scale, offset = (each if each.ndim == 0 else _per_channel(X, each) for each in (scale, offset))
    return X * scale + offset


def _mean(layer: Mapping[str, Any], X: Any, weights: list[Array]) -> Any:
    from keras import ops

    return ops.mean(X, axis=(1, 2))


def _max(layer: Mapping[str, Any], X: Any, weights: list[Array]) -> Any:
    from keras import ops

    return ops.max(X, axis=(1, 2))


def _reshape(layer: Mapping[str, Any], X: Any, weights: list[Array]) -> Any:
    from keras import ops

    return ops.reshape(X, (len(X), *np.atleast_1d(_numbers(layer, "target_shape"))))


def _flatten(layer: Mapping[str, Any], X: Any, weights: list[Array]) -> Any:
    from keras import ops

    return ops.reshape(X, (len(X), -1))


_LAYERS: dict[str, Callable[[Mapping[str, Any], Any, list[Array]], Any]] = {
    "Activation": lambda layer, X, weights: X,
    "AveragePooling2D": _pool("average_pool"),
    "BatchNormalization": _norm("BatchNormalization"),
    "Conv2D": _conv,
    "Dense": _dense,
    "Flatten": _flatten,
    "GlobalAveragePooling2D": _mean,
    "GlobalMaxPooling2D": _max,
    "LayerNormalization": _norm("LayerNormalization"),
    "MaxPooling2D": _pool("max_pool"),
    "ReLU": lambda layer, X, weights: _activated({"activation": "relu"}, X),
    "Rescaling": _rescale,
    "Reshape": _reshape,
    "Softmax": lambda layer, X, weights: _activated({"activation": "softmax"}, X),
}
_WEIGHTS: dict[str, Callable[[Mapping[str, Any]], int]] = {
    "BatchNormalization": lambda layer: _knobs(layer) + 2,
    "Conv2D": _with_bias,
    "Dense": _with_bias,
    "LayerNormalization": _knobs,
}
