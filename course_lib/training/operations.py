"""The number of operations of a model, to compare its speed with a device's peak rate."""

from __future__ import annotations

import math
from typing import Any


def operations_per_example(model: Any) -> int:
    """Floating-point operations of one training step for one example.

    Matrix products and convolutions are counted: a multiplication and an addition for every use of
    a weight, and attention's two products, T * T * D each. The backward pass counts as two forward
    passes. Activations, normalisations, embeddings, pooling and the optimizer are not counted.
    Causal attention counts in full, and so does the gradient of the inputs, though it is never
    computed.

    Args:
        model: a Keras model from `course_lib.models`.

    Returns:
        Three times the operations of the forward pass.

    Source: Kaplan et al. 2020, section 2.1; Chowdhery et al. 2022 (PaLM), appendix B.
    """
    return 3 * sum(2 * _multiplications(layer) for layer in model.layers)


def _multiplications(layer: Any) -> int:
    """Multiplications of a layer's forward pass for one example."""
    import keras

    if isinstance(layer, keras.layers.Dense | keras.layers.Conv2D):
        # Every weight of the kernel is used once at each position: (N, positions ..., units).
        return int(math.prod(layer.kernel.shape) * math.prod(layer.output.shape[1:-1]))
    if isinstance(layer, keras.layers.MultiHeadAttention):
        _, length, width = layer.output.shape
        projections = sum(math.prod(weight.shape) for weight in layer.weights if weight.ndim == 3)
        return int(length * projections + 2 * length * length * width)
    return 0
