"""A model's floating-point precision, on every Keras backend. Importing this loads no backend."""

from __future__ import annotations

from functools import cache
from typing import Any


def import_keras(dtype: str = "float32") -> Any:
    """Import Keras, and enable float64 if it is needed.

    Args:
        dtype: "float64", "float32" or a policy such as "mixed_bfloat16".

    Returns:
        The `keras` module.
    """
    import keras

    if dtype == "float64":
        _allow_float64(keras.backend.backend())
    return keras


def dtype_of_weights(dtype: str) -> str:
    """The dtype of weights, inputs and logits: float32 under mixed policies."""
    import keras

    return str(keras.dtype_policies.get(dtype).variable_dtype)


@cache
def _allow_float64(backend: str) -> None:
    """Let `keras.ops` compute in float64 for the rest of this process.

    TensorFlow always does. JAX turns float64 arrays into float32 unless configured otherwise. On
    JAX and PyTorch, Keras itself rounds results of `keras.ops` to 32 bits according to a private
    table. Reference values need full precision, so this changes the table's row.
    """
    if backend == "tensorflow":
        return
    if backend == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
    from keras.src.backend.common import dtypes

    dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
