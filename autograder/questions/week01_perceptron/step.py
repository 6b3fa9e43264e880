"""The decision: yes or no."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=4)
def step(z: Array) -> Any:
    """1 where z > 0, else 0, so 0 at exactly 0.

    Args:
        z: scores, any shape, float64.

    Returns:
        Zeros and ones, the shape of z.

    Source: keras.ops.greater; McCulloch & Pitts 1943.
    """
    from keras import ops

    return ops.cast(ops.greater(z, 0), ops.convert_to_tensor(z).dtype)


@step.case("typical", weight=2)
def _(rng: Rng) -> Inputs:
    return {"z": rng.uniform(-3, 3, 16)}


@step.case("edge")
def _(rng: Rng) -> Inputs:
    sizes = np.resize([0.0, 1e-6, 1.0, -1e-6, -1.0, 1e-12, -1e-12], (7, 1, 2))
    return {"z": np.abs(rng.normal(size=(7, 1, 2))) * sizes + 0.0}


@step.case("table")
def _(rng: Rng) -> Inputs:
    return {"z": rng.uniform(-1e4, 1e4, (5, 6))}


@step.alternative("by-comparison")
def _(z: Array) -> Any:
    return z > 0


@step.mistake("step-one-at-zero", convention=True)
def _(z: Array) -> Any:
    """Some books answer 1 at exactly 0; in this course the step is 1 for z > 0 only, so 0 at 0.

    Only a score of exactly 0 differs. That does happen: a rule whose weights are all 0 gives every
    example the score 0.

    Check: step(np.array([0.0])) should be 0.
    """
    return np.where(z >= 0, 1.0, 0.0)


@step.mistake("step-half-at-zero", convention=True)
def _(z: Array) -> Any:
    """Some books use 1/2 at the jump; in this course the step is 0 at exactly 0.

    Only a score of exactly 0 differs. A decision has to be yes or no.

    Check: every entry of the result should be 0 or 1.
    """
    return np.heaviside(z, 0.5)


@step.mistake("step-minus-one-or-one", convention=True)
def _(z: Array) -> Any:
    """Some books answer -1 or 1; in this course the answers are 0 and 1, like the labels.

    Every 0 appears as -1. With such answers the difference from a label of 0 is never 0.

    Check: no entry of the result should be negative.
    """
    return np.where(z > 0, 1.0, -1.0)


@step.mistake("step-by-sign", rows="G01")
def _(z: Array) -> Any:
    """np.sign gives -1, 0 or 1; a step gives 0 or 1.

    Positive scores are right, and so is 0. Negative scores become -1.

    Check: no entry of the result should be negative.
    """
    return np.sign(z)


@step.mistake("step-reversed", rows="G01")
def _(z: Array) -> Any:
    """A positive score means yes: 1 where z > 0; here it is the negative scores that give 1.

    Every rule then answers the opposite of what it computed.

    Check: step(np.array([5.0])) should be 1.
    """
    return np.where(z < 0, 1.0, 0.0)


@step.mistake("step-at-one-half")
def _(z: Array) -> Any:
    """The step compares the score with 0; a threshold of 0.5 is for probabilities.

    Scores between 0 and 0.5 give 0. A score may be any number, and its bias has already moved the
    threshold to 0.

    Check: step(np.array([0.2])) should be 1.
    """
    return np.where(z > 0.5, 1.0, 0.0)


@step.mistake("step-keeps-the-score")
def _(z: Array) -> Any:
    """max(0, z) keeps the size of a positive score; a step answers 1 for every positive score.

    Negative scores are right. This function is one of next week's bends, called ReLU.

    Check: no entry of the result should be larger than 1.
    """
    return np.maximum(z, 0)


@step.mistake("if-on-an-array")
def _(z: Array) -> Any:
    """`if` needs a single yes or no, but z > 0 holds one for each entry, so Python raises an error.

    That is the "ambiguous truth value" of the ValueError. Comparing an array gives another array,
    of True and False.

    Next: print z > 0 for a small array, and look for a way to turn it into numbers.
    """
    if z > 0:
        return 1.0
    return 0.0


@step.mistake("step-in-place", rows="A15 N05")
def _(z: Array) -> Any:
    """Writing into z changes the caller's array, because z is not a copy of it.

    The returned values are right, but the scores are lost to any code that still needs them.

    Check: keep a copy of z, call your function, and compare z with the copy.
    """
    positive = z > 0
    z[positive] = 1.0
    z[~positive] = 0.0
    return z
