"""The four arrays that batch normalization starts with."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Inputs, Rng, question


@question(points=2, returns=("gamma", "beta", "running_mean", "running_var"))
def batchnorm_start(D: int) -> Any:
    """What batch normalization of D features starts with.

    Args:
        D: how many features.

    Returns:
        gamma, beta, running_mean, running_var, each of shape (D,) and float64.

    Source: a new keras.layers.BatchNormalization.
    """
    import keras

    layer = keras.layers.BatchNormalization(dtype="float64")
    layer.build((None, D))
    return layer.gamma, layer.beta, layer.moving_mean, layer.moving_variance


@batchnorm_start.case("typical")
def _(rng: Rng) -> Inputs:
    return {"D": int(rng.integers(2, 10_000))}


@batchnorm_start.mistake(
    "running-variance-from-zero", at="running_var", rows="I09", convention=True
)
def _(D: int) -> Any:
    """Some courses start the running variance at 0; this course, like Keras, starts it at 1.

    A variance of 0 makes the first outputs at test time enormous, X / sqrt(eps). With 1, an
    untrained layer passes its inputs on almost unchanged.

    Check: at test time the new layer should return its input, up to eps.
    """
    return np.zeros(D)


@batchnorm_start.mistake("scale-from-zero", at="gamma")
def _(D: int) -> Any:
    """gamma multiplies the normalized input; where it is 0, every output is beta.

    The next layer cannot tell one picture from another, and no gradient passes back through a
    factor of 0. A scale that changes nothing is 1.

    Check: the new layer should return its normalized input.
    """
    return np.zeros(D)


@batchnorm_start.mistake("scale-and-shift-exchanged")
def _(D: int) -> Any:
    """gamma is the factor and comes first, beta is the shift; here their values are swapped.

    The layer would return 1 for every input.

    Check: gamma * 3 + beta should be 3 at the start.
    """
    return np.zeros(D), np.ones(D), np.zeros(D), np.ones(D)


@batchnorm_start.mistake("state-as-rows", rows="I18")
def _(D: int) -> Any:
    """There is one number for each of the D features, so every array has the shape (D,).

    Arrays of shape (1, D) broadcast in the same way, so there is no error; but gradients and
    averages then carry the extra axis along.

    Check: the shape of each of the four should be (D,).
    """
    return np.ones((1, D)), np.zeros((1, D)), np.zeros((1, D)), np.ones((1, D))
