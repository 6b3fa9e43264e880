"""The number of training tokens per parameter."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=4)
def tokens_per_parameter(N: Array, D: Array) -> Any:
    """How many tokens a model was trained on for each of its parameters: D / N.

    Args:
        N: parameters of each model, any shape, float64.
        D: tokens that it was trained on, the shape of N.

    Returns:
        Tokens a parameter, the shape of N, float64.

    Source: Hoffmann et al. 2022, table 1; the quotient by keras.ops.
    """
    from keras import ops

    return ops.divide(ops.convert_to_tensor(D), ops.convert_to_tensor(N))


@tokens_per_parameter.case("typical", weight=2)
def _(rng: Rng) -> Inputs:
    return {"N": 10 ** rng.uniform(8, 11, 5), "D": 10 ** rng.uniform(10, 13, 5)}


@tokens_per_parameter.case("famous")
def _(rng: Rng) -> Inputs:
    # GPT-3 and Chinchilla, among others that are drawn.
    return {
        "N": np.r_[175e9, 70e9, 10 ** rng.uniform(8, 11, 2)].reshape(2, 2),
        "D": np.r_[300e9, 1.4e12, 10 ** rng.uniform(10, 13, 2)].reshape(2, 2),
    }


@tokens_per_parameter.case("three-axes")
def _(rng: Rng) -> Inputs:
    return {"N": 10 ** rng.uniform(8, 11, (2, 1, 3)), "D": 10 ** rng.uniform(10, 13, (2, 1, 3))}


@tokens_per_parameter.mistake("parameters-per-token")
def _(N: Array, D: Array) -> Any:
    """Tokens per parameter are D / N; N / D is the number of parameters per token.

    The words say what is divided by what: tokens *per* parameter.

    Check: GPT-3 should come out at 1.7.
    """
    return N / D


@tokens_per_parameter.mistake("whole-tokens-only")
def _(N: Array, D: Array) -> Any:
    """The operator // cuts off the decimals; the ratio D / N need not be a whole number.

    GPT-3's 1.7 tokens become 1.

    Check: 3 tokens for 2 parameters should give 1.5.
    """
    return D // N


@tokens_per_parameter.mistake("ratio-of-all-models")
def _(N: Array, D: Array) -> Any:
    """Every model has its own ratio; here the sum of all D is divided by the sum of all N.

    Check: the result should have the shape of N.
    """
    return D.sum() / N.sum()


@tokens_per_parameter.mistake("flops-per-parameter", rows="M07")
def _(N: Array, D: Array) -> Any:
    """6 D is the training compute per parameter, C / N; the tokens per parameter are D / N.

    The answer does not depend on N at all.

    Check: doubling N should halve the result.
    """
    return 6 * N * D / N


@tokens_per_parameter.mistake("orders-of-magnitude")
def _(N: Array, D: Array) -> Any:
    """A difference of decimal logarithms counts powers of ten; the question asks for the ratio D /
    N itself.

    Ten tokens per parameter become 1, a hundred become 2.

    Check: Chinchilla should come out at 20.
    """
    return np.log10(D) - np.log10(N)
