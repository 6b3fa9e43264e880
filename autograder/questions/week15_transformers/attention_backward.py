"""The backward pass through scaled dot-product attention."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Derivative, Formula, Inputs, Rng, question
from autograder.questions.week15_transformers.attention import loud
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
from course_lib.gradients import vector_jacobian_product


@question(
    points=8,
    returns=("dQ", "dK", "dV"),
    builds_on=("attention",),
    derivative=Derivative("attention", wrt="Q", upstream="dout", value="out", gradient="dQ"),
)
def attention_backward(dout: Array, Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """The blame that passes back through attention, to queries, keys and values.

    Args:
        dout: dL/dout, shape (..., T, m), float64; it carries the 1/N of the loss already.
        Q: queries, shape (..., T, d), float64.
        K: keys, shape (..., S, d), float64.
        V: values, shape (..., S, m), float64.
        mask: bool, broadcasts to (..., T, S); True where query t may look at place s. Every query
            may look somewhere.

    Returns:
        dQ, dK and dV, with the shapes of Q, K and V.

    Source: automatic differentiation through keras.ops.softmax and keras.ops.matmul.
    """

    def out(Q: Any, K: Any, V: Any) -> Any:
        return attended(Q, K, V, mask)[0]

    return tuple(vector_jacobian_product(out, [Q, K, V], dout))


def blamed(rng: Rng, given: Inputs) -> Inputs:
    """The same inputs, after random blame for what the queries received."""
    dout = rng.normal(size=(*given["Q"].shape[:-1], given["V"].shape[-1]))
    return {"dout": dout, **given}


@attention_backward.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return blamed(rng, {**looks(rng, (2,), 4, 6, 3, 5), "mask": some_hidden(rng, 2, 4, 6)})


@attention_backward.case("heads", weight=2, square="places look at each other, so T = S")
def _(rng: Rng) -> Inputs:
    return blamed(rng, {**looks(rng, (2, 3), 5, 5, 4, 4), "mask": causal(5)})


@attention_backward.case("one-text", square="a text alone has no axis for the batch")
def _(rng: Rng) -> Inputs:
    return blamed(rng, {**looks(rng, (), 4, 4, 4, 4), "mask": some_hidden(rng, 4, 4)})


@attention_backward.case("everything-in-sight", square="one query, as in a text that is written")
def _(rng: Rng) -> Inputs:
    return blamed(rng, {**looks(rng, (3,), 1, 4, 6, 2), "mask": np.ones((1, 4), bool)})


@attention_backward.case("loud", stability=True)
def _(rng: Rng) -> Inputs:
    return blamed(rng, loud(rng))


def through_the_softmax(dweights: Array, weights: Array) -> Array:
    """The blame of the scores, from that of the weights."""
    along = (dweights * weights).sum(axis=-1, keepdims=True)
    dS: Array = weights * (dweights - along)
    return dS


def to_queries_and_keys(dS: Array, Q: Array, K: Array) -> tuple[Array, Array]:
    """The blame of queries and keys, from that of the scores."""
    root = np.sqrt(Q.shape[-1])
    return dS @ K / root, turned(dS) @ Q / root


def steps(dout: Array, Q: Array, K: Array, V: Array, mask: Any) -> tuple[Array, Array]:
    """The weights, and the blame of the scores after their division."""
    weights = softmax(scores(Q, K, mask))
    return weights, through_the_softmax(dout @ turned(V), weights)


@attention_backward.alternative("jacobian-of-each-softmax")
def _(dout: Array, Q: Array, K: Array, V: Array, mask: Array) -> Any:
    weights = softmax(scores(Q, K, mask))
    diagonal = weights[..., None] * np.eye(weights.shape[-1])
    jacobian = diagonal - weights[..., :, None] * weights[..., None, :]
    dS = np.einsum("...tm,...sm,...tsr->...tr", dout, V, jacobian) / np.sqrt(Q.shape[-1])
    return (
        np.einsum("...ts,...sd->...td", dS, K),
        np.einsum("...ts,...td->...sd", dS, Q),
        np.einsum("...ts,...tm->...sm", weights, dout),
    )


@attention_backward.alternative("along-by-the-output")
def _(dout: Array, Q: Array, K: Array, V: Array, mask: Array) -> Any:
    # The sum over s of dweights * weights is the sum over features of dout * out.
    weights = softmax(scores(Q, K, mask))
    along = (dout * (weights @ V)).sum(axis=-1, keepdims=True)
    dS = weights * (dout @ turned(V) - along)
    return *to_queries_and_keys(dS, Q, K), turned(weights) @ dout


@attention_backward.made_of(
    but="all-axes-reversed attention-overflow infinity-times-zero keys-in-place-of-values "
    "mask-unused shifted-by-a-hidden-score weights-transposed-before-the-values"
)
def _(
    dout: Array, Q: Array, K: Array, V: Array, mask: Array, *, attention: Formula = attend
) -> Any:
    weights = attention(Q, K, V, mask)[1]
    dS = through_the_softmax(dout @ turned(V), weights)
    return *to_queries_and_keys(dS, Q, K), turned(weights) @ dout


@attention_backward.mistake("softmax-skipped")
def _(dout: Array, Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """Between the weights and the scores lies the softmax; here the blame of the weights goes on
    as if it were that of the scores.

    Hidden places would be blamed too.

    Check: the blame of the scores should sum to 0 for each query.
    """
    weights, _ = steps(dout, Q, K, V, mask)
    return *to_queries_and_keys(dout @ turned(V), Q, K), turned(weights) @ dout


@attention_backward.mistake("softmax-slope-entry-by-entry", rows="A31")
def _(dout: Array, Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """A score changes all weights of its query, so the slope of the softmax is a whole matrix;
    w * (1 - w) is only its diagonal.

    The weights sum to 1: where one grows, the others shrink.

    Check: the blame of the scores should sum to 0 for each query.
    """
    weights, _ = steps(dout, Q, K, V, mask)
    dS = dout @ turned(V) * weights * (1 - weights)
    return *to_queries_and_keys(dS, Q, K), turned(weights) @ dout


@attention_backward.mistake("common-part-not-subtracted", rows="A31")
def _(dout: Array, Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """The blame of the scores is w * (dw - sum(dw * w)); here the sum is missing.

    Adding the same number to all scores of a query changes nothing, so that part of the blame has
    to go.

    Check: the blame of the scores should sum to 0 for each query.
    """
    weights, _ = steps(dout, Q, K, V, mask)
    return *to_queries_and_keys(dout @ turned(V) * weights, Q, K), turned(weights) @ dout


@attention_backward.mistake("common-part-over-the-queries")
def _(dout: Array, Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """The sum of dw * w runs over the places of one query, the last axis; here it runs over the
    queries.

    Each softmax has its own sum.

    Check: the blame of the scores should sum to 0 for each query.
    """
    weights, _ = steps(dout, Q, K, V, mask)
    dweights = dout @ turned(V)
    dS = weights * (dweights - (dweights * weights).sum(axis=-2, keepdims=True))
    return *to_queries_and_keys(dS, Q, K), turned(weights) @ dout


@attention_backward.mistake("common-part-without-the-weights")
def _(dout: Array, Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """The blame of the weights is averaged by the weights, sum(dw * w); here every place counts the
    same.

    Only for equal weights are the two means equal.

    Check: the blame of the scores should sum to 0 for each query.
    """
    weights, _ = steps(dout, Q, K, V, mask)
    dweights = dout @ turned(V)
    dS = weights * (dweights - dweights.mean(axis=-1, keepdims=True))
    return *to_queries_and_keys(dS, Q, K), turned(weights) @ dout


@attention_backward.mistake("root-missing-on-the-way-back")
def _(dout: Array, Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """The scores were divided by sqrt(d) on the way forward, so their blame is divided by it too;
    here it is not.

    Every step forward has a step back, also a plain division.

    Check: compare dQ with (loss(Q + h) - loss(Q - h)) / (2 h), changing one entry of Q by h.
    """
    weights, dS = steps(dout, Q, K, V, mask)
    return dS @ K, turned(dS) @ Q, turned(weights) @ dout


@attention_backward.mistake("root-for-the-queries-only", at="dK")
def _(dout: Array, Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """The division by sqrt(d) lies behind both ways, to the queries and to the keys; here dK is not
    divided.

    Check: compare dK with (loss(K + h) - loss(K - h)) / (2 h), changing one entry of K by h.
    """
    return turned(steps(dout, Q, K, V, mask)[1]) @ Q


@attention_backward.mistake("divided-by-d-on-the-way-back")
def _(dout: Array, Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """The blame of the scores is divided by sqrt(d) once; here it is divided by d.

    Perhaps it is divided by the root twice, once for the scores and once more at the end.

    Check: compare dQ with (loss(Q + h) - loss(Q - h)) / (2 h), changing one entry of Q by h.
    """
    weights, dS = steps(dout, Q, K, V, mask)
    d = Q.shape[-1]
    return dS @ K / d, turned(dS) @ Q / d, turned(weights) @ dout


@attention_backward.mistake("scores-not-scaled-in-both-directions")
def _(dout: Array, Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """The weights are those of scores divided by sqrt(d); here the scores were divided neither
    forward nor backward.

    The gradient is right, but of another function.

    Check: compute the weights with your function attention.
    """
    weights = softmax(np.where(mask, Q @ turned(K), -np.inf))
    dS = through_the_softmax(dout @ turned(V), weights)
    return dS @ K, turned(dS) @ Q, turned(weights) @ dout


@attention_backward.mistake("mask-forgotten-on-the-way-back")
def _(dout: Array, Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """The weights are those after the mask; here they were computed again without it.

    Places that nobody could see would be blamed.

    Check: compute the weights with your function attention, mask included.
    """
    weights, dS = steps(dout, Q, K, V, np.True_)
    return *to_queries_and_keys(dS, Q, K), turned(weights) @ dout


@attention_backward.mistake("values-blamed-without-transposing", at="dV")
def _(dout: Array, Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """Value s is blamed by all queries that looked at it: dV is the transposed weights times dout.

    Without transposing, the shapes fit only where T equals S, and then the wrong places are
    blamed.

    Check: the blame of a value at which nobody looked should be 0.
    """
    return steps(dout, Q, K, V, mask)[0] @ dout


@attention_backward.mistake("values-blamed-for-the-scores", at="dV")
def _(dout: Array, Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """out = weights @ V, so dV needs the weights; here the blame of the scores stands in their
    place.

    Check: dV should not change when a constant is added to V.
    """
    return turned(steps(dout, Q, K, V, mask)[1]) @ dout


@attention_backward.mistake("values-receive-the-blame-as-it-is", at="dV")
def _(dout: Array, Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """Each value went to all queries by a weight, so its blame is a weighted sum of theirs; here
    it is their plain sum.

    Check: the blame of a value at which nobody looked should be 0.
    """
    weights, _ = steps(dout, Q, K, V, mask)
    return np.ones_like(turned(weights)) @ dout


@attention_backward.mistake("keys-blamed-without-transposing", at="dK")
def _(dout: Array, Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """Key s stands in column s of the scores, so dK is the transposed blame of the scores times Q.

    Without transposing, the shapes fit only where T equals S, and then the wrong places are
    blamed.

    Check: the blame of a key at which nobody looked should be 0.
    """
    return steps(dout, Q, K, V, mask)[1] @ Q / np.sqrt(Q.shape[-1])


@attention_backward.mistake("keys-blamed-by-keys", at="dK")
def _(dout: Array, Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """The slope of q . k for k is q; here the blame of the keys is made of the keys.

    Where the queries are as many as the keys, the shapes fit.

    Check: doubling Q and halving K leaves the scores as they are, and should double dK.
    """
    return turned(steps(dout, Q, K, V, mask)[1]) @ K / np.sqrt(Q.shape[-1])


@attention_backward.mistake("queries-blamed-by-queries", at="dQ")
def _(dout: Array, Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """The slope of q . k for q is k; here the blame of the queries is made of the queries.

    Where the queries are as many as the keys, the shapes fit.

    Check: doubling K and halving Q leaves the scores as they are, and should double dQ.
    """
    return steps(dout, Q, K, V, mask)[1] @ Q / np.sqrt(Q.shape[-1])


@attention_backward.mistake("queries-and-keys-exchanged")
def _(dout: Array, Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """The blame of the queries comes first and that of the keys second; here they are swapped.

    In self-attention both have the same shape, so there is no error.

    Check: dQ.shape should equal Q.shape, and dK.shape should equal K.shape.
    """
    weights, dS = steps(dout, Q, K, V, mask)
    dQ, dK = to_queries_and_keys(dS, Q, K)
    return dK, dQ, turned(weights) @ dout


@attention_backward.mistake("keys-and-values-exchanged")
def _(dout: Array, Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """The function returns dQ, dK, dV in this order; here the last two are swapped.

    Keys and values often have the same shape, so there is no error.

    Check: dV is the only one that does not change when V does.
    """
    weights, dS = steps(dout, Q, K, V, mask)
    dQ, dK = to_queries_and_keys(dS, Q, K)
    return dQ, turned(weights) @ dout, dK


@attention_backward.mistake("attention-gradient-overflow", rows="A26")
def _(dout: Array, Q: Array, K: Array, V: Array, mask: Array) -> Any:
    """exp overflows float64 above about 709, and scores can be larger; then inf / inf is nan.

    The equation is right on paper and for small scores.

    Next: take the weights from your function attention.
    """
    E = np.exp(scores(Q, K, mask))
    weights = E / E.sum(axis=-1, keepdims=True)
    dS = through_the_softmax(dout @ turned(V), weights)
    return *to_queries_and_keys(dS, Q, K), turned(weights) @ dout
