"""The cost of a model over its whole life."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=9)
def total_cost(N: Array, D: Array, inference_tokens: float) -> Any:
    """Floating-point operations of a model's whole life: its training, and then its use.

    Args:
        N: parameters of each model, any shape, float64.
        D: tokens that it is trained on, repeats included, the shape of N.
        inference_tokens: tokens that it reads and writes in use, one number, 0 or more.

    Returns:
        The cost of each model, the shape of N, float64.

    Source: Kaplan et al. 2020, section 2.1 (2 N a token forward, 6 N in training).
    """
    from keras import ops

    size, tokens = ops.convert_to_tensor(N), ops.convert_to_tensor(D)
    return 6 * size * tokens + 2 * size * inference_tokens


@total_cost.case("typical", weight=2)
def _(rng: Rng) -> Inputs:
    return {
        "N": 10 ** rng.uniform(9, 11, 5),
        "D": 10 ** rng.uniform(11, 13, 5),
        "inference_tokens": float(10 ** rng.uniform(12, 13)),
    }


@total_cost.case("hardly-used")
def _(rng: Rng) -> Inputs:
    return {
        "N": 10 ** rng.uniform(2, 4, (2, 3)),
        "D": 10 ** rng.uniform(3, 5, (2, 3)),
        "inference_tokens": float(10 ** rng.uniform(2, 3)),
    }


@total_cost.case("three-axes")
def _(rng: Rng) -> Inputs:
    return {
        "N": 10 ** rng.uniform(9, 11, (2, 1, 3)),
        "D": 10 ** rng.uniform(11, 13, (2, 1, 3)),
        "inference_tokens": float(10 ** rng.uniform(12, 13)),
    }


@total_cost.alternative("for-each-parameter")
def _(N: Array, D: Array, inference_tokens: float) -> Any:
    return 2 * N * (3 * D + inference_tokens)


@total_cost.mistake("use-not-paid", rows="M07")
def _(N: Array, D: Array, inference_tokens: float) -> Any:
    """6 N D is the training cost alone; every token in use costs another 2 N.

    The argument inference_tokens has no effect on the result.

    Check: more tokens in use should cost more.
    """
    return 6 * N * D


@total_cost.mistake("use-priced-as-training", rows="M07")
def _(N: Array, D: Array, inference_tokens: float) -> Any:
    """A token in use needs only the forward pass, 2 N; 6 N includes the backward pass.

    Nothing is learned in use, so no gradient is needed.

    Check: with N = 1, D = 0 and 1 token in use the result should be 2.
    """
    return 6 * N * (D + inference_tokens)


@total_cost.mistake("training-priced-as-use", rows="M07")
def _(N: Array, D: Array, inference_tokens: float) -> Any:
    """A token in training needs a forward and a backward pass, 6 N; 2 N is the forward pass alone.

    Check: with N = 1, D = 1 and no tokens in use the result should be 6.
    """
    return 2 * N * (D + inference_tokens)


@total_cost.mistake("training-at-half-price", rows="M07")
def _(N: Array, D: Array, inference_tokens: float) -> Any:
    """A token in training costs 2 N forward and 4 N backward, 6 N in total; here it costs 3 N.

    Check: with N = 1, D = 1 and no tokens in use the result should be 6.
    """
    return 3 * N * D + 2 * N * inference_tokens


@total_cost.mistake("training-with-half-a-way-back", rows="M07")
def _(N: Array, D: Array, inference_tokens: float) -> Any:
    """The forward pass costs 2 N per token and the backward pass 4 N; with 4 N in total a third of
    the training is missing.

    Either the forward pass is missing, or both passes were counted the same. In the backward pass
    each layer computes two products, dX and dW; in the forward pass it needs one.

    Check: with N = 1, D = 1 and no tokens in use the result should be 6.
    """
    return 4 * N * D + 2 * N * inference_tokens


@total_cost.mistake("pairs-of-weights-and-tokens", rows="M07")
def _(N: Array, D: Array, inference_tokens: float) -> Any:
    """N D is the number of weight-token pairs; each costs 6 operations in training, and 2 in use;
    here each costs 1.

    Check: with N = 1, D = 1 and no tokens in use the result should be 6.
    """
    return N * (D + inference_tokens)


@total_cost.mistake("training-tokens-added", rows="M07")
def _(N: Array, D: Array, inference_tokens: float) -> Any:
    """Every token passes through every parameter, so N and D are multiplied; here they are added.

    With a sum, twice the data would cost hardly more for a large model.

    Check: with no tokens in use, doubling D should double the result.
    """
    return 6 * (N + D) + 2 * N * inference_tokens


@total_cost.mistake("cost-in-petaflop-days", convention=True)
def _(N: Array, D: Array, inference_tokens: float) -> Any:
    """Some papers count in PF-days of 8.64e19 operations; in this course the result is in
    operations.

    Kaplan et al. draw their figures in PF-days. The shape of every curve is the same.

    Check: with N = 1, D = 1 and no tokens in use the result should be 6.
    """
    return (6 * N * D + 2 * N * inference_tokens) / (1e15 * 24 * 3600)


@total_cost.mistake("prices-exchanged", rows="M07")
def _(N: Array, D: Array, inference_tokens: float) -> Any:
    """Training costs 6 N per token and use 2 N; here the two costs are swapped.

    Check: with N = 1, D = 1 and no tokens in use the result should be 6.
    """
    return 2 * N * D + 6 * N * inference_tokens


@total_cost.mistake("use-free-of-size")
def _(N: Array, D: Array, inference_tokens: float) -> Any:
    """A token in use passes through every parameter, 2 N operations; here it costs 2, whatever N
    is.

    A large model would then be as cheap to use as a small one.

    Check: doubling N should double the result.
    """
    return 6 * N * D + 2 * inference_tokens


@total_cost.mistake("use-at-half-price", rows="M07")
def _(N: Array, D: Array, inference_tokens: float) -> Any:
    """Each weight costs a multiplication and an addition, 2 operations per parameter; here only one
    is counted.

    Check: with N = 1, D = 0 and 1 token in use the result should be 2.
    """
    return 6 * N * D + N * inference_tokens


@total_cost.mistake("training-not-paid")
def _(N: Array, D: Array, inference_tokens: float) -> Any:
    """2 N per token is the cost of use; the training cost, 6 N D, is missing.

    Check: with N = 1, D = 1 and no tokens in use the result should be 6.
    """
    return 2 * N * inference_tokens


@total_cost.mistake("cost-of-all-models")
def _(N: Array, D: Array, inference_tokens: float) -> Any:
    """Every model has its own cost; here the costs of all models are added together.

    Check: the result should have the shape of N.
    """
    return np.sum(6 * N * D + 2 * N * inference_tokens)
