"""The best model for a given compute budget."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=9, returns=("N", "D"))
def compute_optimal(C: Array) -> Any:
    """The model and the tokens that spend a training bill in Chinchilla's proportion, 20 to 1.

    Args:
        C: floating-point operations that may be spent, any shape, float64.

    Returns:
        N and D, each of the shape of C, float64.

    Source: Hoffmann et al. 2022, table 3 (about 20 tokens a parameter); the root by keras.ops.
    """
    from keras import ops

    N = ops.sqrt(ops.convert_to_tensor(C) / 120)
    return N, 20 * N


@compute_optimal.case("typical", weight=2)
def _(rng: Rng) -> Inputs:
    return {"C": 10 ** rng.uniform(18, 25, 5)}


@compute_optimal.case("table")
def _(rng: Rng) -> Inputs:
    return {"C": 10 ** rng.uniform(6, 12, (2, 3))}


@compute_optimal.case("three-axes")
def _(rng: Rng) -> Inputs:
    return {"C": 10 ** rng.uniform(18, 25, (2, 1, 3))}


@compute_optimal.alternative("tokens-from-the-rest-of-the-bill")
def _(C: Array) -> Any:
    N = (C / 6 / 20) ** 0.5
    return N, C / (6 * N)


@compute_optimal.mistake("budget-without-six", rows="M07")
def _(C: Array) -> Any:
    """The compute is C = 6 N D = 120 N^2; without the 6 it would be 20 N^2.

    Both numbers are too large by the factor sqrt(6), about 2.4, so training costs six times the
    budget.

    Check: 6 * N * D should equal C.
    """
    N = np.sqrt(C / 20)
    return N, 20 * N


@compute_optimal.mistake("budget-of-the-forward-pass", rows="M07")
def _(C: Array) -> Any:
    """2 N D covers only the forward pass; training costs C = 6 N D.

    Both numbers are too large by the factor sqrt(3), about 1.7.

    Check: 6 * N * D should equal C.
    """
    N = np.sqrt(C / 40)
    return N, 20 * N


@compute_optimal.mistake("one-token-a-parameter")
def _(C: Array) -> Any:
    """With D = N the compute is 6 N^2; the question asks for D = 20 N.

    The model is far too large for the amount of text it reads.

    Check: D / N should be 20.
    """
    N = np.sqrt(C / 6)
    return N, N


@compute_optimal.mistake("twenty-parameters-a-token")
def _(C: Array) -> Any:
    """There should be 20 tokens per parameter, D = 20 N; here there are 20 parameters per token.

    The compute is right, but the two numbers are swapped.

    Check: D / N should be 20.
    """
    D = np.sqrt(C / 120)
    return 20 * D, D


@compute_optimal.mistake("root-not-taken")
def _(C: Array) -> Any:
    """C = 120 N^2 contains the square of N, so N is the square root of C / 120; here the root is
    missing.

    A budget 100 times as large buys a model 10 times as large, and 10 times the tokens.

    Check: 6 * N * D should equal C.
    """
    return C / 120, C / 6


@compute_optimal.mistake("budget-spent-twice", at="D")
def _(C: Array) -> Any:
    """C / N is the number of operations available per parameter, and each token costs 6; here it
    costs 1.

    N is right, but D is six times too large.

    Check: 6 * N * D should equal C.
    """
    return C / np.sqrt(C / 120)


@compute_optimal.mistake("tokens-not-returned")
def _(C: Array) -> Any:
    """The answer has two parts, N and D = 20 N; here only N is returned.

    Check: the result should unpack into two names.
    """
    return np.sqrt(C / 120)


@compute_optimal.mistake("all-grown-in-the-model", convention=True)
def _(C: Array) -> Any:
    """Kaplan et al. let N grow as C^0.73 and D as C^0.27; this course lets both grow as the square
    root of C.

    They used the same learning-rate schedule for runs of every length, so short runs looked worse
    than they could be. Hoffmann et al. matched the schedule to each run, and both exponents came
    out near 0.5.

    Check: a budget 100 times as large should buy a model 10 times as large.
    """
    N = 1.3e9 * (C / 8.64e19) ** 0.73
    return N, C / (6 * N)
