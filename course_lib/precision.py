"""Which numbers a model computes in, on every Keras backend. Importing this module loads none."""

from __future__ import annotations

from functools import cache
from typing import Any


def import_keras(dtype: str = "float32") -> Any:
    """Import Keras, ready to compute in this precision.

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
    """The precision in which weights, inputs and logits are kept: float32 under mixed policies."""
    import keras

    return str(keras.dtype_policies.get(dtype).variable_dtype)


@cache
def _allow_float64(backend: str) -> None:
    """Let `keras.ops` compute in float64 for the rest of this process.

    TensorFlow does so anyway. JAX turns every float64 array into float32 unless it is told before,
    and Keras itself rounds what `keras.ops` returns on JAX and PyTorch to 32 bits, by a table that
    has no public setting. Reference values need every digit, so the table's row is changed here.
    """
    if backend == "tensorflow":
        return
    if backend == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
    from keras.src.backend.common import dtypes

    dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
