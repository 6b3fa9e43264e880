"""Hoffmann's scaling law in two variables."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=7)
def parametric_loss(N: Array, D: Array) -> Any:
    """A language model's loss: 1.69 + 406.4 / N^0.34 + 410.7 / D^0.28.

    Args:
        N: parameters, any shape, float64.
        D: training tokens, the shape of N.

    Returns:
        Predicted losses, the shape of N, float64.

    Source: Hoffmann et al. 2022, equation 10; the powers by keras.ops.
    """
    from keras import ops

    size, tokens = ops.convert_to_tensor(N), ops.convert_to_tensor(D)
    return 1.69 + 406.4 / ops.power(size, 0.34) + 410.7 / ops.power(tokens, 0.28)


@parametric_loss.case("typical", weight=2)
def _(rng: Rng) -> Inputs:
    return {"N": 10 ** rng.uniform(7, 12, 6), "D": 10 ** rng.uniform(9, 13, 6)}


@parametric_loss.case("small")
def _(rng: Rng) -> Inputs:
    return {"N": 10 ** rng.uniform(1, 4, (2, 4)), "D": 10 ** rng.uniform(1, 4, (2, 4))}


@parametric_loss.case("three-axes")
def _(rng: Rng) -> Inputs:
    return {"N": 10 ** rng.uniform(7, 12, (2, 1, 3)), "D": 10 ** rng.uniform(9, 13, (2, 1, 3))}


@parametric_loss.alternative("negative-powers")
def _(N: Array, D: Array) -> Any:
    return 1.69 + 406.4 * N**-0.34 + 410.7 * np.exp(-0.28 * np.log(D))


@parametric_loss.mistake("loss-without-floor", rows="M05")
def _(N: Array, D: Array) -> Any:
    """1.69 is the loss that remains even for an infinite model with infinite data; here it is not
    added.

    Text cannot be predicted perfectly, and the floor represents that.

    Check: for very large N and D the result should be 1.69.
    """
    return 406.4 / N**0.34 + 410.7 / D**0.28


@parametric_loss.mistake("loss-with-growing-powers", rows="M03")
def _(N: Array, D: Array) -> Any:
    """N^0.34 and D^0.28 are denominators, so the terms shrink as N and D grow; here they multiply.

    Larger models would then do worse.

    Check: for very large N and D the result should be 1.69.
    """
    return 1.69 + 406.4 * N**0.34 + 410.7 * D**0.28


@parametric_loss.mistake("exponents-exchanged")
def _(N: Array, D: Array) -> Any:
    """0.34 belongs to the parameters N and 0.28 to the tokens D; here they are swapped.

    Check: parametric_loss(1e10, 1e30) should be about 1.85.
    """
    return 1.69 + 406.4 / N**0.28 + 410.7 / D**0.34


@parametric_loss.mistake("numerators-exchanged")
def _(N: Array, D: Array) -> Any:
    """406.4 belongs to the parameters N and 410.7 to the tokens D; here they are swapped.

    The two numbers are close, so the result is off by only a few parts in a thousand.

    Check: parametric_loss(1, 1e60) should be 408.09.
    """
    return 1.69 + 410.7 / N**0.34 + 406.4 / D**0.28


@parametric_loss.mistake("arguments-exchanged")
def _(N: Array, D: Array) -> Any:
    """N is the number of parameters and D the number of tokens; here each is used in the other's
    term.

    Check: parametric_loss(1, 1e60) should be 408.09.
    """
    return 1.69 + 406.4 / D**0.34 + 410.7 / N**0.28


@parametric_loss.mistake("tokens-not-counted")
def _(N: Array, D: Array) -> Any:
    """The loss has one term for too few parameters and one for too few tokens; here the second,
    410.7 / D^0.28, is missing.

    With infinite data this would make no difference.

    Check: fewer tokens should give a larger loss.
    """
    return 1.69 + 406.4 / N**0.34


@parametric_loss.mistake("parameters-not-counted")
def _(N: Array, D: Array) -> Any:
    """The loss has one term for too few parameters and one for too few tokens; here the first,
    406.4 / N^0.34, is missing.

    For an infinite model this would make no difference.

    Check: fewer parameters should give a larger loss.
    """
    return 1.69 + 410.7 / D**0.28


@parametric_loss.mistake("shortfalls-multiplied")
def _(N: Array, D: Array) -> Any:
    """The terms for too few parameters and too few tokens are added; here they are multiplied.

    In a product, infinite data would make up for a tiny model.

    Check: parametric_loss(1, 1e60) should be 408.09.
    """
    return 1.69 + 406.4 / N**0.34 * 410.7 / D**0.28


@parametric_loss.mistake("numerators-inside-the-powers")
def _(N: Array, D: Array) -> Any:
    """Only N and D are raised to a power; here the numerators are raised as well.

    A pair of parentheses encloses too much, (406.4 / N)^0.34.

    Check: parametric_loss(1, 1e60) should be 408.09.
    """
    return 1.69 + (406.4 / N) ** 0.34 + (410.7 / D) ** 0.28


@parametric_loss.mistake("kaplan-law", convention=True)
def _(N: Array, D: Array) -> Any:
    """Kaplan et al. put both terms under one power and have no floor; this course's law adds them
    to a floor.

    Their law, [(8.8e13 / N)^(0.076 / 0.095) + 5.4e13 / D]^0.095, was fitted to other data and other
    schedules, and its losses are for another vocabulary.

    Check: for very large N and D the result should be 1.69.
    """
    size: Array = ((8.8e13 / N) ** (0.076 / 0.095) + 5.4e13 / D) ** 0.095
    return size
