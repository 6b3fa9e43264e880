"""A small decoder-only transformer, which predicts each token from the previous ones."""

from __future__ import annotations

from typing import Any

from course_lib.precision import dtype_of_weights, import_keras


def transformer(
    vocabulary: int,
    length: int,
    width: int = 64,
    heads: int = 4,
    blocks: int = 2,
    hidden: int | None = None,
    dtype: str = "float32",
) -> Any:
    """Token and position embeddings, blocks of causal attention and dense layers, then logits.

    Layer normalisation comes before each sublayer and before the logits; each sublayer has a
    residual connection.

    Args:
        vocabulary: number of tokens V.
        length: tokens T of a sequence.
        width: features D of a token between layers; a multiple of `heads`.
        heads: attention heads per block.
        blocks: number of blocks.
        hidden: units of a block's dense layer; four times `width` if None.
        dtype: "float32", "float64", or "mixed_bfloat16", where weights and logits are float32 and
            everything else is computed in bfloat16.

    Returns:
        A built Keras model from tokens (N, T), integers in 0 ... V - 1, to logits (N, T, V). The
        logits at position t depend only on the tokens at positions 0 ... t.

    Raises:
        ValueError: when `width` is not a multiple of `heads`.

    Source: Radford et al. 2019 (GPT-2), without dropout and without tied embeddings.
    """
    if width % heads:
        raise ValueError(
            f"expected a width that is a multiple of the {heads} heads, received {width}. "
            f"Next: take {heads * max(1, width // heads)}."
        )
    keras = import_keras(dtype)
    tokens = keras.Input((length,), dtype="int32", name="tokens")
    positions = keras.ops.cumsum(keras.ops.ones_like(tokens), axis=1) - 1
    x = keras.layers.Embedding(vocabulary, width, dtype=dtype, name="tokens_embedded")(tokens)
    x = x + keras.layers.Embedding(length, width, dtype=dtype, name="places_embedded")(positions)
    for number in range(1, blocks + 1):
        x = _block(x, f"block{number}", width, heads, hidden or 4 * width, dtype)
    x = keras.layers.LayerNormalization(epsilon=1e-5, dtype=dtype, name="normalised")(x)
    logits = keras.layers.Dense(vocabulary, dtype=dtype_of_weights(dtype), name="logits")(x)
    return keras.Model(tokens, logits)


def _block(x: Any, name: str, width: int, heads: int, hidden: int, dtype: str) -> Any:
    """x (N, T, D) after causal attention and two dense layers, with residual connections."""
    from keras import layers

    seen = layers.LayerNormalization(epsilon=1e-5, dtype=dtype, name=f"{name}_before_attention")(x)
    attention = layers.MultiHeadAttention(
        heads, width // heads, dtype=dtype, name=f"{name}_attention"
    )
    x = x + attention(seen, seen, use_causal_mask=True)
    seen = layers.LayerNormalization(epsilon=1e-5, dtype=dtype, name=f"{name}_before_dense")(x)
    wide = layers.Dense(hidden, "gelu", dtype=dtype, name=f"{name}_wide")(seen)
    return x + layers.Dense(width, dtype=dtype, name=f"{name}_narrow")(wide)
