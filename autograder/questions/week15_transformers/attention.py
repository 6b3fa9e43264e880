"""Scaled dot-product attention with a mask."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week15_transformers.formulas import (
    attend,
    causal,
    looks,
    scores,
    softmax,
    some_hidden,
    turned,
)
from autograder.questions.week15_transformers.layers import attended


@question(points=8, returns=("out", "weights"))
def attention(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """Scaled dot-product attention: each query receives a weighted mean of the values.

    Args:
        Q: queries, shape (..., T, d), float64.
        K: keys, shape (..., S, d), float64.
        V: values, shape (..., S, m), float64.
        mask: bool, broadcasts to (..., T, S); True where query t may look at place s. Every query
            may look somewhere.

    Returns:
        out (..., T, m), and weights (..., T, S), which are 0 where the mask is False and sum to 1
        for each query.

    Source: Vaswani et al. 2017, equation 1; keras.ops.softmax and keras.ops.matmul.
    """
    from keras import ops

    q, k, v = (ops.convert_to_tensor(each, dtype=each.dtype.name) for each in (Q, K, V))
    return attended(q, k, v, mask)


def loud(rng: Rng) -> Inputs:
    """Scores of tens of thousands, of either sign, the loudest of them hidden."""
    given = looks(rng, (2,), 3, 4, 5, 6)
    given["Q"] *= 300
    given["K"] *= 300
    # The key that agrees most is hidden from its query; a shift by its score would be too far.
    given["K"][0, 1] = 40 * given["Q"][0, 0]
    given["K"][0, 2] = -20 * given["Q"][0, 0]
    given["K"][0, 3] = -20 * given["Q"][0, 0] + rng.normal(size=5) / 300
    given["mask"] = np.ones((2, 3, 4), bool)
    given["mask"][0, 0, :2] = False
    return given


@attention.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return {**looks(rng, (2,), 4, 6, 3, 5), "mask": some_hidden(rng, 2, 4, 6)}


@attention.case("heads", weight=2, square="places look at each other, so T = S")
def _(rng: Rng) -> Inputs:
    return {**looks(rng, (2, 3), 5, 5, 4, 4), "mask": causal(5)}


@attention.case("one-text", square="a text alone has no axis for the batch")
def _(rng: Rng) -> Inputs:
    return {**looks(rng, (), 4, 4, 4, 4), "mask": some_hidden(rng, 4, 4)}


@attention.case("everything-in-sight", square="one query, as in a text that is written")
def _(rng: Rng) -> Inputs:
    return {**looks(rng, (3,), 1, 4, 6, 2), "mask": np.ones((1, 4), bool)}


@attention.case("loud", stability=True)
def _(rng: Rng) -> Inputs:
    return loud(rng)


@attention.alternative("minus-infinity-added")
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    S = np.einsum("...td,...sd->...ts", Q, K) / np.sqrt(K.shape[-1])
    weights = softmax(S + np.where(mask, 0, -np.inf))
    return np.einsum("...ts,...sm->...tm", weights, V), weights


@attention.alternative("queries-scaled-first")
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    S = np.where(mask, (Q / np.sqrt(Q.shape[-1])) @ turned(K), -np.inf)
    # The hidden places are left out once more, which changes nothing.
    E = np.exp(S - S.max(axis=-1, keepdims=True)) * mask
    return (E @ V) / E.sum(axis=-1, keepdims=True), E / E.sum(axis=-1, keepdims=True)


@attention.alternative("very-low-scores")
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    weights = softmax(np.where(mask, Q @ turned(K) / np.sqrt(Q.shape[-1]), -1e30))
    return weights @ V, weights


def shifted_over_the_queries(
    Q: Array, K: Array, V: Array, mask: Array, *, hidden: bool = False
) -> tuple[Array, Array]:
    """Attention whose scores are shifted by the largest of each place; see the mistake."""
    S = scores(Q, K, mask)
    E = np.exp(S - S.max(axis=-2, keepdims=True))
    E = E * mask if hidden else E
    weights = E / E.sum(axis=-1, keepdims=True)
    return weights @ V, weights


@attention.mistake("weights-over-the-queries", rows="A29")
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """The weights of one query sum to 1, so the softmax runs along the last axis; here it runs
    over the queries.

    The places would then share out their queries, and a query whose keys are all in demand
    receives almost nothing.

    Check: weights.sum(axis=-1) should be 1 everywhere.
    """
    with np.errstate(all="ignore"):
        weights = softmax(scores(Q, K, mask), axis=-2)
    return weights @ V, weights


@attention.mistake("one-softmax-for-everything", rows="A29")
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """Each query has a softmax of its own; here all weights together sum to 1.

    A sum without an axis adds the exponentials of all queries, heads and texts.

    Check: weights.sum(axis=-1) should be 1 everywhere.
    """
    S = scores(Q, K, mask)
    weights = np.exp(S - S.max())
    weights = weights / weights.sum()
    return weights @ V, weights


@attention.mistake("keepdims-missing", rows="A30 J03")
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """The sums of the exponentials have shape (..., T) and need a last axis of 1 to fit the scores.

    Where the sizes differ, NumPy raises an error. Where T = S it divides column s by the sum of
    query s.

    Check: print the shapes of the exponentials and of their sums.
    """
    S = scores(Q, K, mask)
    E = np.exp(S - S.max(axis=-1, keepdims=True))
    weights = E / E.sum(axis=-1)
    return weights @ V, weights


@attention.mistake("mask-after-the-softmax")
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """Hidden places must not take part in the softmax; here their weights are set to 0 after it.

    What they took is missing from the others, so that the weights sum to less than 1, and how much
    is missing still depends on what was hidden.

    Check: weights.sum(axis=-1) should be 1 everywhere.
    """
    weights = softmax(Q @ turned(K) / np.sqrt(Q.shape[-1])) * mask
    return weights @ V, weights


@attention.mistake("hidden-scores-set-to-zero")
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """A hidden place needs the score minus infinity; here it has the score 0.

    exp(0) is 1, which is more than a visible place with a negative score gets.

    Check: weights should be 0 wherever the mask is False.
    """
    weights = softmax(Q @ turned(K) / np.sqrt(Q.shape[-1]) * mask)
    return weights @ V, weights


@attention.mistake("mask-added-to-the-scores")
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """True and False are 1 and 0 in a sum, so adding the mask changes the scores by 1 at most.

    A mask that is added has to hold 0 and minus infinity.

    Check: weights should be 0 wherever the mask is False.
    """
    weights = softmax(Q @ turned(K) / np.sqrt(Q.shape[-1]) + mask)
    return weights @ V, weights


@attention.mistake("hidden-scores-not-low-enough", family={"low": (-10.0, -100.0, -1e3, -1e4)})
def _(Q: Array, K: Array, V: Array, mask: Array, *, low: float = -1e4) -> Any:
    """A visible score can be lower than any fixed number of this size, and then the hidden place
    wins.

    With scores near 0 it works. Minus infinity is below every score, and exp(-np.inf) is exactly 0.

    Check: weights should be 0 wherever the mask is False, also for queries of length 10,000.
    """
    weights = softmax(np.where(mask, Q @ turned(K) / np.sqrt(Q.shape[-1]), low))
    return weights @ V, weights


@attention.mistake("infinity-times-zero")
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """0 times infinity is nan: (1 - mask) * -np.inf is minus infinity where hidden, and nan
    elsewhere.

    np.where chooses between two numbers and multiplies nothing.

    Next: write np.where(mask, scores, -np.inf).
    """
    S = Q @ turned(K) / np.sqrt(Q.shape[-1])
    weights = softmax(S + (1 - mask) * -np.inf)
    return weights @ V, weights


@attention.mistake("mask-reversed", convention=True)
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """In PyTorch's MultiheadAttention True means hidden; in this course, as in Keras, True means
    that the place may be looked at.

    Each query then sees just what it should not. One that may see everything has nothing left.

    Check: weights should be 0 wherever the mask is False.
    """
    weights = softmax(scores(Q, K, ~mask))
    return weights @ V, weights


@attention.mistake("mask-unused")
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """Every query looks everywhere: the mask has no effect.

    The robot would read the word that it should guess.

    Check: weights should be 0 wherever the mask is False.
    """
    weights = softmax(Q @ turned(K) / np.sqrt(Q.shape[-1]))
    return weights @ V, weights


@attention.mistake("scores-not-scaled")
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """The dot products are divided by sqrt(d), the root of the length of a key; here they are not
    divided.

    A dot product of d random numbers has a spread of sqrt(d). With d = 64 the softmax would put
    nearly everything on one place, and its slope would be near 0.

    Check: repeat the features of Q and K four times; the scores should double, not become four
    times as large.
    """
    weights = softmax(np.where(mask, Q @ turned(K), -np.inf))
    return weights @ V, weights


@attention.mistake("scores-divided-by-d")
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """The dot products are divided by sqrt(d); here they are divided by d itself.

    A sum of d random products grows like sqrt(d), not like d. Divided by d, the scores of long keys
    are all nearly 0, and attention is a plain mean.

    Check: with d = 4 the product should be halved.
    """
    weights = softmax(np.where(mask, Q @ turned(K) / Q.shape[-1], -np.inf))
    return weights @ V, weights


@attention.mistake("scores-multiplied-by-the-root")
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """The dot products are divided by sqrt(d); here they are multiplied by it.

    That makes the softmax harder where it should become softer.

    Check: with d = 4 the product should be halved.
    """
    weights = softmax(np.where(mask, Q @ turned(K) * np.sqrt(Q.shape[-1]), -np.inf))
    return weights @ V, weights


@attention.mistake("root-of-the-number-of-places")
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """The dot products have d terms, so they are divided by sqrt(d); here by the root of the
    number of places.

    The result would change when a hidden place is added to the text.

    Check: Q.shape[-1] is d, K.shape[-2] is the number of places.
    """
    weights = softmax(np.where(mask, Q @ turned(K) / np.sqrt(K.shape[-2]), -np.inf))
    return weights @ V, weights


@attention.mistake("root-of-the-length-of-a-value")
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """The dot products have d terms, so they are divided by sqrt(d), from queries and keys; here by
    the root of the length of a value.

    The two lengths are often equal, and then nothing shows.

    Check: Q.shape[-1] is d; V has no part in the scores.
    """
    weights = softmax(np.where(mask, Q @ turned(K) / np.sqrt(V.shape[-1]), -np.inf))
    return weights @ V, weights


@attention.mistake("scaled-after-the-softmax")
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """The scores are divided by sqrt(d) before the softmax; here the weights are divided after it.

    The softmax is as hard as without scaling, and what each query receives is too small.

    Check: weights.sum(axis=-1) should be 1 everywhere.
    """
    weights = softmax(np.where(mask, Q @ turned(K), -np.inf)) / np.sqrt(Q.shape[-1])
    return weights @ V, weights


@attention.mistake("directions-compared")
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """The score is a dot product, which grows with the lengths of query and key; here both were
    made one long first.

    Cosines were week 13's measure. With them no score could exceed 1, and no place could be
    preferred clearly.

    Check: doubling Q should change the weights.
    """
    q = Q / np.linalg.norm(Q, axis=-1, keepdims=True)
    k = K / np.linalg.norm(K, axis=-1, keepdims=True)
    weights = softmax(np.where(mask, q @ turned(k), -np.inf))
    return weights @ V, weights


@attention.mistake("weights-without-exp", rows="A37")
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """The weights are a softmax of the scores; here the scores are divided by their sum.

    Scores have either sign, so such weights can be negative or very large.

    Check: weights should lie between 0 and 1.
    """
    S = np.where(mask, Q @ turned(K) / np.sqrt(Q.shape[-1]), 0)
    weights = S / S.sum(axis=-1, keepdims=True)
    return weights @ V, weights


@attention.mistake("best-place-only", rows="C25")
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """Attention is a weighted mean of all visible values; here each query takes the value of its
    best key alone.

    A choice has no slope, and could not be learned by nudges.

    Check: a query of zeros should give every visible place the same weight.
    """
    S = scores(Q, K, mask)
    weights = np.eye(S.shape[-1])[S.argmax(axis=-1)]
    return weights @ V, weights


@attention.mistake("keys-in-place-of-values", at="out")
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """The keys decide where to look, and the values are what is received; here the keys are
    averaged.

    In self-attention all three come from the same text, but by different weights.

    Check: doubling V should double the output.
    """
    return attend(Q, K, V, mask)[1] @ K


@attention.mistake("weights-transposed-before-the-values", at="out")
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """Row t of the weights mixes the values for query t: weights @ V; here the weights are
    transposed.

    Where T differs from S, NumPy raises an error. Where they are equal, the wrong places are mixed.

    Check: with V = np.eye(S) the output should be the weights.
    """
    return turned(attend(Q, K, V, mask)[1]) @ V


@attention.mistake("keys-ask-the-queries")
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """Row t of the scores belongs to query t, Q times the transposed K; here it is K times the
    transposed Q.

    Where T differs from S, the shapes do not fit. Where they are equal, every place asks the wrong
    question.

    Check: the scores should have the shape (..., T, S), with T from Q.
    """
    return attend(K, Q, V, mask)


@attention.mistake("all-axes-reversed")
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """K.T reverses all axes; of a batch of keys only the last two should be exchanged.

    For one text alone it is right. With an axis for the batch or for the heads in front, the shapes
    do not fit.

    Next: np.swapaxes(K, -1, -2) exchanges the last two axes of any array.
    """
    weights = softmax(np.where(mask, Q @ K.T / np.sqrt(Q.shape[-1]), -np.inf))
    return weights @ V, weights


@attention.mistake("attention-overflow", rows="A26")
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """exp overflows float64 above about 709, and scores can be larger; then inf / inf is nan.

    The equation is right on paper and for small scores.

    Next: use the softmax at the top of this notebook, which subtracts the largest score of a row.
    """
    E = np.exp(scores(Q, K, mask))
    weights = E / E.sum(axis=-1, keepdims=True)
    return weights @ V, weights


@attention.mistake(
    "shifted-over-the-queries",
    rows="A28",
    otherwise=lambda _: (partial(shifted_over_the_queries, hidden=True),),
)
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """A shift leaves a query's weights as they are only if it is one number for all places; here
    each place has its own, its largest score over the queries.

    The places then no longer compete with their own scores. And where a query's scores lie far
    below, all its exponentials are 0, and 0 / 0 is nan.

    Check: after the shift the largest score of every query should be 0.
    """
    return shifted_over_the_queries(Q, K, V, mask)


@attention.mistake("shifted-by-a-hidden-score", rows="A28")
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """The largest score is subtracted before hidden places are left out; if a hidden score is far
    above the others, all exponentials are 0, and 0 / 0 is nan.

    For scores of similar size it works.

    Next: set hidden scores to minus infinity first, then take the softmax.
    """
    S = Q @ turned(K) / np.sqrt(Q.shape[-1])
    E = np.exp(S - S.max(axis=-1, keepdims=True)) * mask
    weights = E / E.sum(axis=-1, keepdims=True)
    return weights @ V, weights


@attention.mistake("weights-first")
def _(Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """The function returns the output first and the weights second; here they are swapped.

    Check: the first array that is returned should have as many features as V.
    """
    return attend(Q, K, V, mask)[::-1]
