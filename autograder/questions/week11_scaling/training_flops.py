"""The compute that training needs."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=6)
def training_flops(N: Array, D: Array) -> Any:
    """Floating-point operations of a training run: C = 6 N D.

    Args:
        N: parameters of each model, any shape, float64.
        D: tokens that it is trained on, repeats included, the shape of N.

    Returns:
        C, the shape of N, float64.

    Source: Kaplan et al. 2020, section 2.1; the product by keras.ops.
    """
    from keras import ops

    return 6 * ops.convert_to_tensor(N) * ops.convert_to_tensor(D)


def models(
    rng: Rng, shape: tuple[int, ...], parameters: tuple[int, int], tokens: tuple[int, int]
) -> Inputs:
    """Sizes and tokens, spread evenly over powers of ten."""
    return {"N": 10 ** rng.uniform(*parameters, shape), "D": 10 ** rng.uniform(*tokens, shape)}


@training_flops.case("small", weight=2)
def _(rng: Rng) -> Inputs:
    return models(rng, (5,), (2, 5), (3, 6))


@training_flops.case("large", weight=2)
def _(rng: Rng) -> Inputs:
    given = models(rng, (2, 2), (9, 12), (10, 13))
    given["N"][0, 0], given["D"][0, 0] = 175e9, 300e9
    return given


@training_flops.case("three-axes")
def _(rng: Rng) -> Inputs:
    return models(rng, (2, 1, 3), (5, 9), (6, 10))


@training_flops.alternative("forward-and-backward")
def _(N: Array, D: Array) -> Any:
    return 2 * N * D + 4 * N * D


@training_flops.mistake("flops-of-the-forward-pass", rows="M07")
def _(N: Array, D: Array) -> Any:
    """2 N D covers only the forward pass; the backward pass costs twice as much, another 4 N D.

    The result is a third of the expected one. One multiplication and one addition per weight and
    token is the cost of *running* a model.

    Check: for one parameter and one token the result should be 6.
    """
    return 2 * N * D


@training_flops.mistake("flops-with-half-a-backward-pass", rows="M07")
def _(N: Array, D: Array) -> Any:
    """Three passes with one operation each make 3 N D; each pass needs a multiplication and an
    addition, 2 N D.

    The result is half of the expected one. A neuron's dot product multiplies and adds once for
    every weight.

    Check: for one parameter and one token the result should be 6.
    """
    return 3 * N * D


@training_flops.mistake("flops-a-third-missing", rows="M07")
def _(N: Array, D: Array) -> Any:
    """The forward pass costs 2 N D and the backward pass 4 N D; with 4 N D, a third of the total is
    missing.

    Either the forward pass is missing, or both passes were counted the same. In the backward pass
    each layer computes two products, dX and dW; in the forward pass it needs one.

    Check: for one parameter and one token the result should be 6.
    """
    return 4 * N * D


@training_flops.mistake("flops-counted-as-products", rows="M07")
def _(N: Array, D: Array) -> Any:
    """N D is the number of weight-token pairs; each costs 6 operations, 2 forward and 4 backward.

    The result is a sixth of the expected one.

    Check: for one parameter and one token the result should be 6.
    """
    return N * D


@training_flops.mistake("flops-tokens-added")
def _(N: Array, D: Array) -> Any:
    """Every token passes through every parameter, so the counts are multiplied, N D, not added.

    With a sum, twice the data would cost hardly more for a large model.

    Check: doubling D should double the result.
    """
    return 6 * (N + D)


@training_flops.mistake("flops-in-petaflop-days", convention=True)
def _(N: Array, D: Array) -> Any:
    """Some papers count in PF-days of 8.64e19 operations; in this course the result is in
    operations.

    Kaplan et al. draw their figures in PF-days. The shape of every curve is the same.

    Check: for one parameter and one token the result should be 6.
    """
    return 6 * N * D / (1e15 * 24 * 3600)


@training_flops.mistake("flops-summed-over-models")
def _(N: Array, D: Array) -> Any:
    """Every model has its own training cost; here the costs of all models are added together.

    Check: the result should have the shape of N.
    """
    return np.sum(6 * N * D)
