"""What a transformer block costs: its parameters, and the multiplications for one more token."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Inputs, Rng, question


@question(points=3, returns=("parameters", "flops"))
def count_block(D: int, H: int, hidden: int, T: int) -> Any:
    """The parameters of a transformer block, and the FLOPs that one new token costs.

    Args:
        D: features of a token.
        H: attention heads, each of D / H features.
        hidden: units of the wide dense layer.
        T: places at which the new token looks, itself included.

    Returns:
        The number of parameters of transformer_block, and the FLOPs of its matrix products for one
        token whose T - 1 predecessors are in a cache: a multiplication and an addition are 2
        FLOPs. Norms, softmax, biases and sums on the residual road are left out.

    Source: the weights of keras.layers.MultiHeadAttention, Dense and LayerNormalization.
    """
    from keras import layers

    look = layers.MultiHeadAttention(H, D // H, use_bias=False)
    look.build((1, T, D), (1, T, D))
    others = [layers.LayerNormalization(), layers.LayerNormalization(), layers.Dense(hidden)]
    for layer in others:
        layer.build((1, T, D))
    narrow = layers.Dense(D)
    narrow.build((1, T, hidden))
    every = [look, *others, narrow]
    kernels = [weight for layer in every for weight in layer.weights if len(weight.shape) > 1]
    products = sum(int(np.prod(kernel.shape)) for kernel in kernels)
    # Each head: a score for each of T keys, and a sum of T values.
    looked = 2 * T * H * (D // H)
    parameters = sum(layer.count_params() for layer in every)
    # Two arrays, as a tuple of two numbers would be taken for one array.
    return np.array(parameters), np.array(2 * (products + looked))


def sizes(rng: Rng, head: int, H: int, T: int) -> Inputs:
    """Sizes of which none is a simple multiple of another."""
    D = head * H
    return {"D": D, "H": H, "hidden": int(rng.integers(2 * D + 1, 5 * D)) | 1, "T": T}


@count_block.case("small", weight=2)
def _(rng: Rng) -> Inputs:
    return sizes(rng, int(rng.integers(3, 9)), int(rng.integers(2, 6)), int(rng.integers(10, 99)))


@count_block.case("long-text")
def _(rng: Rng) -> Inputs:
    return sizes(rng, 64, 12, int(rng.integers(50_000, 100_000)))


@count_block.alternative("layer-by-layer")
def _(D: int, H: int, hidden: int, T: int) -> Any:
    parameters = sum([2 * D, 4 * D * D, 2 * D, (D + 1) * hidden, (hidden + 1) * D])
    return float(parameters), 2 * D * (4 * D + 2 * hidden + 2 * T)


def parameters_of(D: int, hidden: int) -> int:
    """The right number, for mistakes that lie elsewhere."""
    return 4 * D * D + 2 * D * hidden + hidden + 5 * D


@count_block.mistake("query-key-and-value-only", at="parameters")
def _(D: int, H: int, hidden: int, T: int) -> Any:
    """Attention has four kernels, W_q, W_k, W_v and W_o; here W_o is not counted.

    It mixes what the heads have found, and has D * D entries as well.

    Check: add up the sizes of the arrays in params.
    """
    return parameters_of(D, hidden) - D * D


@count_block.mistake("kernels-counted-for-each-head", at="parameters")
def _(D: int, H: int, hidden: int, T: int) -> Any:
    """The heads share the D columns of each kernel; here each head has kernels of its own size D by
    D.

    The number of heads changes nothing in the number of parameters.

    Check: with twice as many heads, the result should be the same.
    """
    return parameters_of(D, hidden) + 4 * D * D * (H - 1)


@count_block.mistake("kernels-of-one-head", at="parameters")
def _(D: int, H: int, hidden: int, T: int) -> Any:
    """All heads together have kernels of D by D; here those of one head are counted, D by D / H.

    The number of heads changes nothing in the number of parameters.

    Check: with twice as many heads, the result should be the same.
    """
    return parameters_of(D, hidden) - 4 * D * D + 4 * D * D // H


@count_block.mistake("norms-not-counted", at="parameters")
def _(D: int, H: int, hidden: int, T: int) -> Any:
    """A block has two norms, each with gamma and beta; here these 4 * D parameters are missing.

    Check: add up the sizes of the arrays in params.
    """
    return parameters_of(D, hidden) - 4 * D


@count_block.mistake("one-norm-counted", at="parameters")
def _(D: int, H: int, hidden: int, T: int) -> Any:
    """A block has two norms, one for attention and one for the dense layers; here one is counted.

    Check: add up the sizes of the arrays in params.
    """
    return parameters_of(D, hidden) - 2 * D


@count_block.mistake("biases-not-counted", at="parameters")
def _(D: int, H: int, hidden: int, T: int) -> Any:
    """The dense layers have the biases b1 and b2, together hidden + D numbers; here they are
    missing.

    Check: add up the sizes of the arrays in params.
    """
    return parameters_of(D, hidden) - hidden - D


@count_block.mistake("biases-of-attention-counted", at="parameters", convention=True)
def _(D: int, H: int, hidden: int, T: int) -> Any:
    """Some models give W_q, W_k, W_v and W_o a bias each; in this course they have none.

    GPT-2 has them, Llama does not.

    Check: add up the sizes of the arrays in params.
    """
    return parameters_of(D, hidden) + 4 * D


@count_block.mistake("one-dense-layer-counted")
def _(D: int, H: int, hidden: int, T: int) -> Any:
    """There are two dense layers, from D to hidden and back; here only one is counted.

    Check: add up the sizes of the arrays in params.
    """
    return parameters_of(D, hidden) - D * hidden, 8 * D * D + 2 * D * hidden + 4 * T * D


@count_block.mistake("multiplications-only", at="flops", convention=True)
def _(D: int, H: int, hidden: int, T: int) -> Any:
    """These are multiply-adds; in this course a multiplication and an addition are two FLOPs.

    Papers use both. A factor of 2 between two of them is often just this.

    Check: a product of (1, 3) and (3, 5) should cost 30.
    """
    return 4 * D * D + 2 * D * hidden + 2 * T * D


@count_block.mistake("looking-not-counted", at="flops")
def _(D: int, H: int, hidden: int, T: int) -> Any:
    """Attention itself costs 2 products with T places, q K^T and the weights times V; here only the
    kernels are counted.

    Two FLOPs for each parameter is a good rule while T is small. In a long text it is not.

    Check: a larger T should cost more.
    """
    return 8 * D * D + 4 * D * hidden


@count_block.mistake("scores-counted-sums-not", at="flops")
def _(D: int, H: int, hidden: int, T: int) -> Any:
    """Attention has two products over the T places; here only the scores q K^T are counted, not the
    weights times V.

    Both cost 2 * T * D.

    Check: write down the shapes of both products, for all heads together.
    """
    return 8 * D * D + 4 * D * hidden + 2 * T * D


@count_block.mistake("looking-counted-for-each-head", at="flops")
def _(D: int, H: int, hidden: int, T: int) -> Any:
    """A head has d = D / H features, so all heads together cost as much as one with D; here each of
    the H heads is counted with D features.

    Check: with twice as many heads, the result should be the same.
    """
    return 8 * D * D + 4 * D * hidden + 4 * T * D * H


@count_block.mistake("looking-counted-for-one-head", at="flops")
def _(D: int, H: int, hidden: int, T: int) -> Any:
    """All H heads look, each with d = D / H features; here one head is counted.

    Check: with twice as many heads, the result should be the same.
    """
    return 8 * D * D + 4 * D * hidden + 4 * T * D // H


@count_block.mistake("all-places-computed-again", at="flops")
def _(D: int, H: int, hidden: int, T: int) -> Any:
    """With a cache only the new token passes through the block; here all T tokens do.

    That is the cost of reading a whole text, or of one token without a cache.

    Check: with T = 1 the result is right; see how it grows.
    """
    return T * (8 * D * D + 4 * D * hidden + 4 * T * D)


@count_block.mistake("kernels-multiplied-at-every-place", at="flops")
def _(D: int, H: int, hidden: int, T: int) -> Any:
    """Keys and values of earlier places are in the cache; here they are computed again at all T
    places.

    Only the new token is multiplied by W_k and W_v.

    Check: the part of the cost that grows with T should be 4 * T * D.
    """
    return 4 * D * D + 4 * D * D * T + 4 * D * hidden + 4 * T * D


@count_block.mistake("training-counted", at="flops")
def _(D: int, H: int, hidden: int, T: int) -> Any:
    """This is the cost of training, forward and back; here one token is only computed forward.

    The way back costs about twice the way forward, hence the factor 3, and the 6 in week 11's
    6 * N * D.

    Check: each multiply-add on the way forward should count 2.
    """
    return 3 * (8 * D * D + 4 * D * hidden + 4 * T * D)


@count_block.mistake("cost-and-parameters-exchanged")
def _(D: int, H: int, hidden: int, T: int) -> Any:
    """The parameters come first and the FLOPs second; here they are swapped.

    Check: the first number should not depend on T.
    """
    return 8 * D * D + 4 * D * hidden + 4 * T * D, parameters_of(D, hidden)
