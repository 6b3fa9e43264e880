"""A pre-norm transformer block: attention and a small network on two residual roads."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Formula, Inputs, Rng, question
from autograder.questions.week15_transformers.formulas import (
    Params,
    attend,
    block_params,
    causal,
    heads,
    joined,
    looked_up,
    norm,
    relu,
    softmax,
    thought_over,
    turned,
)
from autograder.questions.week15_transformers.layers import keras_block


@question(
    points=9,
    builds_on=("attention", "split_heads", "join_heads"),
)
def transformer_block(X: Array, params: Params, H: int, mask: Array) -> Any:
    """A block of a transformer, with its two norms in front of what they serve.

    Args:
        X: inputs, shape (N, T, D), float64; positions are in them already.
        params: gamma1, beta1, W_q, W_k, W_v, W_o of the attention half, and gamma2, beta2, W1, b1,
            W2, b2 of the dense half. W_q to W_o have shape (D, D) and no biases, W1 (D, F) and
            W2 (F, D).
        H: how many heads; it divides D.
        mask: bool, broadcasts to (N, H, T, T), the same for all heads; True where a place may be
            looked at.

    Returns:
        shape (N, T, D). The norms are layer norms over the features with eps = 1e-5; between the
        two dense layers is a relu.

    Source: Xiong et al. 2020, pre-LN; keras.layers.MultiHeadAttention and LayerNormalization.
    """
    from keras import ops

    return keras_block(ops.convert_to_tensor(X, dtype=X.dtype.name), params, H, mask)


def given(rng: Rng, N: int, T: int, D: int, F: int, H: int, mask: Array) -> Inputs:
    """Inputs whose places differ in size and offset, and a block's random parameters."""
    X = rng.normal(size=(N, T, D)) * rng.uniform(0.5, 2.0, (N, T, 1)) + rng.uniform(-1, 1, D)
    return {"X": X, "params": block_params(rng, D, F), "H": H, "mask": mask}


@transformer_block.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return given(rng, 2, 5, 12, 7, 3, causal(5))


@transformer_block.case("filled-up-texts", weight=2)
def _(rng: Rng) -> Inputs:
    lengths = rng.permutation([3, 5, 2])
    return given(rng, 3, 5, 8, 4, 2, np.arange(5) < lengths[:, None, None, None])


@transformer_block.case("as-many-heads-as-places", square="an order of axes shows only in numbers")
def _(rng: Rng) -> Inputs:
    return given(rng, 4, 4, 16, 16, 4, causal(4))


@transformer_block.case("quiet", square="one text and one head are a batch and heads as well")
def _(rng: Rng) -> Inputs:
    inputs = given(rng, 1, 3, 4, 6, 1, np.ones((3, 3), bool))
    return {**inputs, "X": 0.01 * inputs["X"]}


@transformer_block.alternative("head-by-head")
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    A, d = norm(X, params["gamma1"], params["beta1"]), X.shape[-1] // H
    shown = np.broadcast_to(mask, (len(X), H, *mask.shape[-2:]))
    for h in range(H):
        own = slice(h * d, (h + 1) * d)
        Q, K, V = (A @ params[name][:, own] for name in ("W_q", "W_k", "W_v"))
        X = X + attend(Q, K, V, shown[:, h])[0] @ params["W_o"][own]
    return X + thought_over(norm(X, params["gamma2"], params["beta2"]), params)


@transformer_block.made_of(
    but="attention-overflow heads-averaged heads-folded-into-the-batch "
    "heads-joined-along-the-places heads-joined-in-reverse-order heads-summed "
    "hidden-scores-not-low-enough infinity-times-zero keys-ask-the-queries "
    "places-cut-in-place-of-features places-mixed-up-in-the-reshape "
    "root-of-the-length-of-a-value shifted-by-a-hidden-score"
)
def _(
    X: Array,
    params: Params,
    H: int,
    mask: Array,
    *,
    split_heads: Formula = heads,
    attention: Formula = attend,
    join_heads: Formula = joined,
) -> Any:
    A = norm(X, params["gamma1"], params["beta1"])
    Q, K, V = (split_heads(A @ params[name], H) for name in ("W_q", "W_k", "W_v"))
    X = X + join_heads(attention(Q, K, V, mask)[0]) @ params["W_o"]
    return X + thought_over(norm(X, params["gamma2"], params["beta2"]), params)


@transformer_block.mistake("norm-after-the-sum", convention=True)
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """The first transformer normalized after each sum; in this course, as in those of today, the
    norms stand in front, and the residual road stays free.

    After the sum, every nudge has to pass through all norms, and deep piles need a warm-up.

    Check: with W_o, W2 and b2 all 0 the block should return X.
    """
    X = norm(X + looked_up(X, params, H, mask), params["gamma1"], params["beta1"])
    return norm(X + thought_over(X, params), params["gamma2"], params["beta2"])


@transformer_block.mistake("first-residual-road-missing")
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """What attention finds is added to X; here it takes the place of X.

    A place would forget its own token.

    Check: with W_o, W2 and b2 all 0 the block should return X.
    """
    X = looked_up(norm(X, params["gamma1"], params["beta1"]), params, H, mask)
    return X + thought_over(norm(X, params["gamma2"], params["beta2"]), params)


@transformer_block.mistake("second-residual-road-missing")
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """What the dense half finds is added to what went into it; here it takes its place.

    Check: with W_o, W2 and b2 all 0 the block should return X.
    """
    X = X + looked_up(norm(X, params["gamma1"], params["beta1"]), params, H, mask)
    return thought_over(norm(X, params["gamma2"], params["beta2"]), params)


@transformer_block.mistake("both-residual-roads-missing")
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """Both halves add to what went into them; here each takes its place.

    Check: with W_o, W2 and b2 all 0 the block should return X.
    """
    X = looked_up(norm(X, params["gamma1"], params["beta1"]), params, H, mask)
    return thought_over(norm(X, params["gamma2"], params["beta2"]), params)


@transformer_block.mistake("normalized-inputs-on-the-residual-road")
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """The residual road carries X itself; here it carries the normalized X.

    The name X was given to the normalized inputs, and the old X was lost.

    Check: with W_o, W2 and b2 all 0 the block should return X.
    """
    X = norm(X, params["gamma1"], params["beta1"])
    X = X + looked_up(X, params, H, mask)
    X = norm(X, params["gamma2"], params["beta2"])
    return X + thought_over(X, params)


@transformer_block.mistake("second-half-added-to-the-inputs")
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """The dense half adds to what came out of attention; here it adds to the block's inputs.

    What attention found reaches the result through the dense half alone.

    Check: with W2 and b2 both 0 the block should return X plus what attention found.
    """
    after = X + looked_up(norm(X, params["gamma1"], params["beta1"]), params, H, mask)
    return X + thought_over(norm(after, params["gamma2"], params["beta2"]), params)


@transformer_block.mistake("both-halves-side-by-side", convention=True)
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """Some models compute both halves from X at the same time; in this course the dense half works
    on what attention found.

    Side by side is a little faster.

    Check: the input of the second norm should be X plus what attention found.
    """
    found = looked_up(norm(X, params["gamma1"], params["beta1"]), params, H, mask)
    return X + found + thought_over(norm(X, params["gamma2"], params["beta2"]), params)


@transformer_block.mistake("first-norm-missing")
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """Queries, keys and values are made of the normalized X; here of X as it is.

    Check: with W2 and b2 both 0, X and 2 X should differ only by X.
    """
    X = X + looked_up(X, params, H, mask)
    return X + thought_over(norm(X, params["gamma2"], params["beta2"]), params)


@transformer_block.mistake("second-norm-missing")
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """The dense half has a norm of its own in front; here it receives the sum as it is.

    Check: with gamma2 and b1 both 0 and beta2 = 0, the dense half should add b2 alone.
    """
    X = X + looked_up(norm(X, params["gamma1"], params["beta1"]), params, H, mask)
    return X + thought_over(X, params)


@transformer_block.mistake("norms-without-scale-and-shift")
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """Each norm multiplies by its gamma and adds its beta; here both are left out.

    At the start, with gamma = 1 and beta = 0, this makes no difference.

    Check: the result should change when gamma1 does.
    """
    X = X + looked_up(norm(X, np.array(1.0), np.array(0.0)), params, H, mask)
    return X + thought_over(norm(X, np.array(1.0), np.array(0.0)), params)


@transformer_block.mistake("first-norm-twice")
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """The second norm has parameters of its own, gamma2 and beta2; here those of the first one are
    used again.

    Check: the result should change when gamma2 does.
    """
    X = X + looked_up(norm(X, params["gamma1"], params["beta1"]), params, H, mask)
    return X + thought_over(norm(X, params["gamma1"], params["beta1"]), params)


@transformer_block.mistake("norm-over-the-places", rows="J10")
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """A norm runs over the features of one place, the last axis; here it runs over the places.

    The future would leak through the mean.

    Check: result[:, 0] should not change when the other places do, under a causal mask.
    """

    def over_places(X: Array, number: int) -> Array:
        centred = X - X.mean(axis=1, keepdims=True)
        whitened = centred / np.sqrt(X.var(axis=1, keepdims=True) + 1e-5)
        out: Array = params[f"gamma{number}"] * whitened + params[f"beta{number}"]
        return out

    X = X + looked_up(over_places(X, 1), params, H, mask)
    return X + thought_over(over_places(X, 2), params)


@transformer_block.mistake("another-eps", rows="J09", family={"eps": (1e-12, 1e-8, 1e-6, 1e-3)})
def _(X: Array, params: Params, H: int, mask: Array, *, eps: float = 1e-3) -> Any:
    """The norms add 1e-5 to the variance; here it is another number.

    For inputs with a spread of 1 the two hardly differ.

    Next: pass 1e-5 to both layer norms.
    """
    X = X + looked_up(norm(X, params["gamma1"], params["beta1"], eps), params, H, mask)
    return X + thought_over(norm(X, params["gamma2"], params["beta2"], eps), params)


def looking(X: Array, params: Params, find: Any) -> Array:
    """A block whose attention half is `find(normalized X)`."""
    X = X + find(norm(X, params["gamma1"], params["beta1"]))
    return X + thought_over(norm(X, params["gamma2"], params["beta2"]), params)


def queries_keys_values(A: Array, params: Params, H: int) -> tuple[Array, Array, Array]:
    """The three, shared out among the heads."""
    Q, K, V = (heads(A @ params[name], H) for name in ("W_q", "W_k", "W_v"))
    return Q, K, V


@transformer_block.mistake("one-head-for-all")
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """Each of the H heads has weights of its own; here one head has all features.

    A place could look at one thing only.

    Check: the scores should have the shape (N, H, T, T).
    """
    return looking(X, params, lambda A: looked_up(A, params, 1, mask))


@transformer_block.mistake("heads-mixed-up-in-the-reshape")
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """reshape keeps the order of the numbers in memory; asked for the shape (N, H, T, D // H) at
    once, it mixes places and heads.

    The shape is right, and no error is raised.

    Next: use your functions split_heads and join_heads.
    """
    N, T, D = X.shape

    def find(A: Array) -> Array:
        Q, K, V = ((A @ params[name]).reshape(N, H, T, D // H) for name in ("W_q", "W_k", "W_v"))
        out: Array = attend(Q, K, V, mask)[0].reshape(N, T, D) @ params["W_o"]
        return out

    return looking(X, params, find)


@transformer_block.mistake("heads-not-exchanged-before-joining")
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """Before the heads are joined, they change places with the axis of the places; here they were
    reshaped as they were.

    The shape is right, and no error is raised.

    Next: use your function join_heads.
    """
    N, T, D = X.shape
    return looking(
        X,
        params,
        lambda A: (
            attend(*queries_keys_values(A, params, H), mask)[0].reshape(N, T, D) @ params["W_o"]
        ),
    )


@transformer_block.mistake("root-of-all-features")
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """A head's keys have D // H features, so its scores are divided by the root of D // H; here by
    the root of D.

    With one head there is no difference.

    Next: call your function attention with the heads, and let it take the root.
    """
    root = np.sqrt(H)

    def find(A: Array) -> Array:
        Q, K, V = queries_keys_values(A, params, H)
        out: Array = joined(attend(Q / root, K, V, mask)[0]) @ params["W_o"]
        return out

    return looking(X, params, find)


@transformer_block.mistake("mask-unused")
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """Every place looks everywhere: the mask has no effect.

    The robot would read the word that it should guess.

    Check: under a causal mask, result[:, 0] should not change when the other places do.
    """
    return looking(X, params, lambda A: looked_up(A, params, H, np.True_))


@transformer_block.mistake("mask-reversed", convention=True)
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """In PyTorch's attention layer True means hidden; in this course, as in Keras, True means that
    the place may be looked at.

    Check: under a causal mask, result[:, 0] should not change when the other places do.
    """
    with np.errstate(all="ignore"):
        return looking(X, params, lambda A: looked_up(A, params, H, ~mask))


@transformer_block.mistake("joined-heads-not-mixed")
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """The joined heads are multiplied by W_o before they are added; here W_o is not used.

    Each head could then write only to its own features.

    Check: with W_o = 0 attention should add nothing.
    """
    return looking(X, params, lambda A: joined(attend(*queries_keys_values(A, params, H), mask)[0]))


@transformer_block.mistake("queries-and-keys-exchanged")
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """Queries are made by W_q and keys by W_k; here the two are exchanged.

    In training it would not matter, but given weights then ask the wrong question.

    Next: W_q belongs to the place that looks, W_k to the place that is looked at.
    """
    exchanged = {**params, "W_q": params["W_k"], "W_k": params["W_q"]}
    return looking(X, params, lambda A: looked_up(A, exchanged, H, mask))


@transformer_block.mistake("values-not-weighted")
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """The values are made by W_v; here the normalized inputs are averaged themselves.

    Check: with W_v = 0 attention should add nothing.
    """
    as_they_are = {**params, "W_v": np.eye(X.shape[-1])}
    return looking(X, params, lambda A: looked_up(A, as_they_are, H, mask))


@transformer_block.mistake("keys-and-values-not-normalized")
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """Queries, keys and values are all made of the normalized X; here only the queries are.

    In attention from one text to another, each side has a norm of its own.

    Check: with gamma1 and beta1 both 0 attention should add nothing.
    """

    def find(A: Array) -> Array:
        Q = heads(A @ params["W_q"], H)
        K, V = heads(X @ params["W_k"], H), heads(X @ params["W_v"], H)
        out: Array = joined(attend(Q, K, V, mask)[0]) @ params["W_o"]
        return out

    return looking(X, params, find)


@transformer_block.mistake("weights-over-the-queries", rows="A29")
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """The weights of one query sum to 1; here those of one key do.

    Next: use your function attention, once its own check passes.
    """

    def find(A: Array) -> Array:
        Q, K, V = queries_keys_values(A, params, H)
        S = np.where(mask, Q @ turned(K) / np.sqrt(Q.shape[-1]), -1e30)
        out: Array = joined(softmax(S, axis=-2) @ V) @ params["W_o"]
        return out

    return looking(X, params, find)


def thinking(X: Array, params: Params, H: int, mask: Array, think: Any) -> Array:
    """A block whose dense half is `think(normalized sum)`."""
    X = X + looked_up(norm(X, params["gamma1"], params["beta1"]), params, H, mask)
    out: Array = X + think(norm(X, params["gamma2"], params["beta2"]))
    return out


@transformer_block.mistake("bend-missing")
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """Between the two dense layers is a relu; here it is missing.

    Two layers without a bend collapse into one, as in week 01.

    Check: with W1 = 0 and every entry of b1 negative, the dense half should add b2 alone.
    """
    return thinking(
        X,
        params,
        H,
        mask,
        lambda A: (A @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"],
    )


@transformer_block.mistake("bend-after-the-second-layer")
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """The relu stands between the two dense layers; here a second one follows them.

    The dense half could then only add, and never take away.

    Check: with W2 = 0 the dense half should add b2, which may be negative.
    """
    return thinking(X, params, H, mask, lambda A: relu(thought_over(A, params)))


@transformer_block.mistake("gelu-in-place-of-relu", convention=True)
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """GPT's blocks bend by gelu; in this course, as in the first transformer, the block bends by
    relu.

    Check: a hidden unit with a negative sum should give 0.
    """
    from scipy.special import erf

    def think(A: Array) -> Array:
        z = A @ params["W1"] + params["b1"]
        out: Array = (z * 0.5 * (1 + erf(z / np.sqrt(2)))) @ params["W2"] + params["b2"]
        return out

    return thinking(X, params, H, mask, think)


@transformer_block.mistake("first-bias-missing", rows="B10")
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """Both dense layers have biases; here b1 is missing.

    Check: the result should change when b1 does.
    """
    without = {**params, "b1": np.zeros_like(params["b1"])}
    return thinking(X, params, H, mask, lambda A: thought_over(A, without))


@transformer_block.mistake("second-bias-missing", rows="B10")
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """Both dense layers have biases; here b2 is missing.

    Check: the result should change when b2 does.
    """
    without = {**params, "b2": np.zeros_like(params["b2"])}
    return thinking(X, params, H, mask, lambda A: thought_over(A, without))


@transformer_block.mistake("dense-half-missing")
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """A block has two halves; here it ends after attention.

    Attention only mixes what is there. What is new is made in the dense half.

    Check: the result should change when W2 does.
    """
    return X + looked_up(norm(X, params["gamma1"], params["beta1"]), params, H, mask)


@transformer_block.mistake("attention-half-missing")
def _(X: Array, params: Params, H: int, mask: Array) -> Any:
    """A block has two halves; here the dense half alone is left.

    The places would never hear of each other.

    Check: the result should change when W_v does.
    """
    return X + thought_over(norm(X, params["gamma2"], params["beta2"]), params)
