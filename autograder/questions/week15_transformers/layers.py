"""The Keras operations and layers that compute the references, with the arrays of a case."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array


def attended(Q: Any, K: Any, V: Any, mask: Array) -> tuple[Any, Any]:
    """Attention by Keras's operations: what each place receives, and its weights."""
    from keras import ops

    products = ops.matmul(Q, ops.swapaxes(K, -1, -2))
    scaled = products / ops.sqrt(ops.cast(Q.shape[-1], Q.dtype))
    weights = ops.softmax(ops.where(mask, scaled, -np.inf), axis=-1)
    return ops.matmul(weights, V), weights


def keras_block(X: Any, params: Any, H: int, mask: Array) -> Any:
    """The block by Keras's layers, in the dtype of X; differentiable in X and in all parameters.

    Keras's MultiHeadAttention keeps 1 / sqrt(D // H) in float32, which is exact where D // H is a
    power of 4. Cases have four features for each head.
    """
    import keras
    from keras import ops

    N, T, D = X.shape
    dtype = keras.backend.standardize_dtype(X.dtype)
    F = params["W1"].shape[1]
    layers = keras.layers
    norms = [layers.LayerNormalization(epsilon=1e-5, dtype=dtype) for _ in range(2)]
    look = layers.MultiHeadAttention(H, D // H, use_bias=False, dtype=dtype)
    first, second = layers.Dense(F, "relu", dtype=dtype), layers.Dense(D, dtype=dtype)
    for layer in norms:
        layer.build((N, T, D))
    look.build((N, T, D), (N, T, D))
    first.build((N, T, D))
    second.build((N, T, F))
    by_head = [ops.reshape(params[name], (D, H, D // H)) for name in ("W_q", "W_k", "W_v")]
    # Keras holds queries, keys and values in this order, and the joined heads' kernel last.
    kernels = [*by_head, ops.reshape(params["W_o"], (H, D // H, D))]
    everyone = np.broadcast_to(mask, (N, H, T, T))[:, 0]

    def scaled(layer: Any, X: Any, number: int) -> Any:
        return layer.stateless_call([params[f"gamma{number}"], params[f"beta{number}"]], [], X)[0]

    A = scaled(norms[0], X, 1)
    X = X + look.stateless_call(kernels, [], A, A, attention_mask=everyone)[0]
    hidden = first.stateless_call([params["W1"], params["b1"]], [], scaled(norms[1], X, 2))[0]
    return X + second.stateless_call([params["W2"], params["b2"]], [], hidden)[0]
