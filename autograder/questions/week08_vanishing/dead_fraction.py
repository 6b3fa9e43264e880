"""The fraction of a layer's units that never fire."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from course_lib.gradients import derivative


@question(points=5)
def dead_fraction(Z: Array) -> Any:
    """The share of a ReLU layer's units through which no blame passes, for any example.

    Args:
        Z: pre-activations of the layer, one column for each unit, shape (N, M), float64.

    Returns:
        How many of the M columns have no entry above 0, divided by M: one number, float64.

    Source: tf.GradientTape through keras.activations.relu, whose slope at 0 is 0.
    """
    import keras

    slopes = derivative(keras.activations.relu, Z)
    return np.mean(np.all(slopes == 0, axis=0), dtype=Z.dtype)


def layer(rng: Rng, N: int, M: int, dead: int) -> Array:
    """Units of which `dead` never fire, and the others for one to three examples."""
    Z: Array = -rng.uniform(0.1, 3.0, (N, M))
    for unit in rng.permutation(M)[dead:]:
        fires = rng.permutation(N)[: rng.integers(1, 4)]
        Z[fires, unit] = rng.uniform(0.1, 2.0, len(fires))
    return Z


# M is odd: no share is then equal to its complement.
@dead_fraction.case("typical", weight=4)
def _(rng: Rng) -> Inputs:
    return {"Z": layer(rng, 8, 11, int(rng.integers(2, 6)))}


@dead_fraction.case("exact-zeros", square="one example is a batch as well")
def _(rng: Rng) -> Inputs:
    # Exact zeros, where the slope is 0, in a third of the dead units.
    Z = layer(rng, 1, 13, int(rng.integers(3, 7)))
    Z[0, np.flatnonzero(Z[0] < 0)[::3]] = 0.0
    return {"Z": Z}


@dead_fraction.case("lively", weight=2)
def _(rng: Rng) -> Inputs:
    # Most units fire for most examples.
    Z = np.abs(rng.normal(size=(12, 7))) + 0.1
    Z[rng.random(Z.shape) < 0.3] *= -1
    Z[0] = np.abs(Z[0])
    # Of the three that hardly do, one is above 0 once, by very little.
    quiet = rng.permutation(7)[:3]
    Z[:, quiet] = -rng.uniform(0.1, 2.0, (12, 3))
    Z[rng.integers(12), quiet[0]] = 1e-6
    return {"Z": Z}


@dead_fraction.alternative("by-the-largest-entry")
def _(Z: Array) -> Any:
    return (Z.max(axis=0) <= 0).sum() / Z.shape[1]


@dead_fraction.alternative("by-the-outputs")
def _(Z: Array) -> Any:
    return 1 - np.count_nonzero(np.maximum(Z, 0).sum(axis=0)) / Z.shape[1]


@dead_fraction.mistake("entries-counted")
def _(Z: Array) -> Any:
    """This is the fraction of entries at or below 0; a unit is dead only if its whole column is.

    In a healthy layer about half of all entries are at or below 0, and hardly any unit is dead. A
    unit that is silent for one picture fires for the next.

    Check: a unit that fires for one example in a hundred is alive.
    """
    return np.mean(Z <= 0)


@dead_fraction.mistake("silent-once-is-dead")
def _(Z: Array) -> Any:
    """A unit is dead if it is silent for all examples; here one silent example is enough.

    Nearly every unit is silent for some picture; that is what ReLU is for.

    Check: a unit that fires for one example in a hundred is alive.
    """
    return np.mean((Z <= 0).any(axis=0))


@dead_fraction.mistake(
    "examples-instead-of-units",
    otherwise=lambda _: (
        lambda Z: 1 - np.count_nonzero(np.maximum(Z, 0).sum(axis=1)) / Z.shape[1],
    ),
)
def _(Z: Array) -> Any:
    """A unit is a column of Z; here rows are tested, and rows are examples.

    axis=1 runs along a row. That gives the fraction of examples for which no unit fires at all.

    Check: for Z with 8 rows and 11 columns the result should be a multiple of 1/11.
    """
    return np.mean((Z <= 0).all(axis=1))


@dead_fraction.mistake("zero-counted-as-alive", rows="A13")
def _(Z: Array) -> Any:
    """At z = 0 the slope of ReLU is 0, so a unit whose z never exceeds 0 is dead; here 0 counts as
    alive.

    It matters for empty or padded pictures: without a bias their pre-activations are exactly 0.

    Check: a layer with Z = 0 everywhere should have a dead fraction of 1.
    """
    return np.mean((Z < 0).all(axis=0))


@dead_fraction.mistake("alive-fraction")
def _(Z: Array) -> Any:
    """This is the fraction of units that fire for some example; the question asks for those that
    never do.

    Your result and the expected one sum to 1.

    Check: for Z = -1 everywhere the dead fraction should be 1.
    """
    return np.mean((Z > 0).any(axis=0))


@dead_fraction.mistake("dead-units-counted")
def _(Z: Array) -> Any:
    """This is the number of dead units; the fraction is that number divided by the number of units,
    M.

    A wide layer would always look worse than a narrow one.

    Check: the result should lie between 0 and 1.
    """
    return np.sum((Z <= 0).all(axis=0))


@dead_fraction.mistake("divided-by-examples")
def _(Z: Array) -> Any:
    """len(Z) is N, the number of examples; a fraction of units is divided by M, the number of
    columns.

    When N equals M this makes no difference.

    Check: for Z = -1 everywhere the dead fraction should be 1.
    """
    return np.sum((Z <= 0).all(axis=0)) / len(Z)


@dead_fraction.mistake("silent-on-average")
def _(Z: Array) -> Any:
    """A unit whose mean is below 0 may still fire for some example; dead means that it never does.

    One large negative entry can outweigh several positive ones, and gradients still pass where z is
    positive.

    Check: a column [1, -5] is alive.
    """
    return np.mean(Z.mean(axis=0) <= 0)


@dead_fraction.mistake("one-answer-for-each-unit")
def _(Z: Array) -> Any:
    """This gives, for each unit, how often it is silent; the result should be one number for the
    layer, the fraction of dead units.

    Such a table shows which units are in danger. Here one number describes the layer.

    Check: the result should be a single number.
    """
    return np.mean(Z <= 0, axis=0)
