"""How many different units a layer has."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=10)
def distinct_units(W: Array) -> Any:
    """How many different units a layer has, where units with equal columns of W count as one.

    Args:
        W: the kernel, shape (D, M), float64; a column holds one unit's weights. Two units are
            alike when their weights are equal to nine decimals.

    Returns:
        A whole number from 1 to M.

    Source: TensorFlow's UniqueV2 over the columns.
    """
    import tensorflow as tf

    columns = tf.raw_ops.UniqueV2(x=tf.round(tf.constant(W) * 1e9), axis=[1]).y
    return np.asarray(columns).shape[1]


def kernel(rng: Rng, D: int, M: int) -> Array:
    """Weights with four decimals, none near 0, so that no rounding can part equal units."""
    sign: Array = rng.choice([-1.0, 1.0], (D, M))
    return sign * rng.integers(1_000, 30_000, (D, M)) / 10_000


def with_copies(rng: Rng, D: int, different: int, M: int) -> Array:
    """M columns of which so many differ, in random order."""
    W = kernel(rng, D, different)
    order = np.concatenate([np.arange(different), rng.integers(0, different, M - different)])
    return W[:, rng.permutation(order)]


@distinct_units.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return {"W": with_copies(rng, 5, int(rng.integers(6, 10)), 14)}


@distinct_units.case("all-alike")
def _(rng: Rng) -> Inputs:
    return {"W": np.repeat(kernel(rng, 6, 1), int(rng.integers(7, 11)), axis=1)}


@distinct_units.case("look-alikes", weight=2)
def _(rng: Rng) -> Inputs:
    """Columns that are no copies: one weight in common, other places, a multiple."""
    W = kernel(rng, 4, int(rng.integers(3, 5)))
    W[0, 1] = W[0, 0]
    W[1] = W[0] + 0.5  # so that turning a column over changes it
    return {"W": np.concatenate([W, W[::-1], 2 * W, W[:, :1]], axis=1)}


@distinct_units.case("alike-but-for-rounding")
def _(rng: Rng) -> Inputs:
    W = with_copies(rng, 6, int(rng.integers(4, 8)), 11)
    return {"W": W + rng.uniform(-1e-12, 1e-12, W.shape)}


@distinct_units.alternative("pair-by-pair")
def _(W: Array) -> Any:
    found: list[Array] = []
    for column in W.T:
        if not any(np.allclose(column, other, rtol=0, atol=1e-9) for other in found):
            found.append(column)
    return len(found)


@distinct_units.alternative("set-of-tuples")
def _(W: Array) -> Any:
    return len({tuple(column) for column in np.round(W, 9).T})


@distinct_units.mistake("distinct-rows", rows="B18")
def _(W: Array) -> Any:
    """A row of W belongs to an input; a unit's weights are a column.

    In a kernel (D, M) the units are counted along the second axis.

    Check: a kernel of shape (3, 5) has 5 units, so the answer may be up to 5.
    """
    return len(np.unique(np.round(W, 9), axis=0))


@distinct_units.mistake("distinct-numbers")
def _(W: Array) -> Any:
    """This counts different numbers in the whole kernel; units are to be compared as columns.

    Without an axis np.unique looks at all entries as one long row.

    Check: the answer can never be larger than the number of columns.
    """
    return np.unique(np.round(W, 9)).size


@distinct_units.mistake("compared-to-the-last-digit", rows="N04")
def _(W: Array) -> Any:
    """Equal to nine decimals counts as alike; here the last of the sixteen digits has to agree too.

    Two units that do the same may differ by rounding, for example when their sums were taken in
    another order.

    Check: moving every weight by 1e-12 should not change the answer.
    """
    return np.unique(W, axis=1).shape[1]


@distinct_units.mistake("copies-counted")
def _(W: Array) -> Any:
    """This is how many units are copies of an earlier one; the different ones are asked for.

    The two numbers add up to the number of columns.

    Check: in a layer whose units all differ the answer is the number of columns.
    """
    return W.shape[1] - np.unique(np.round(W, 9), axis=1).shape[1]


@distinct_units.mistake("units-without-a-twin")
def _(W: Array) -> Any:
    """A unit that occurs twice still counts once; here only units without any copy are counted.

    Check: in a layer whose units are all alike the answer is 1.
    """
    counts = np.unique(np.round(W, 9), axis=1, return_counts=True)[1]
    return np.sum(counts == 1)


@distinct_units.mistake("only-neighbours-compared")
def _(W: Array) -> Any:
    """Copies need not stand side by side; here each column is compared with the next one only.

    Check: for the columns a, b, a the answer is 2.
    """
    return 1 + np.sum(np.any(np.abs(np.diff(W, axis=1)) > 1e-9, axis=0))


@distinct_units.mistake("units-compared-by-their-sum")
def _(W: Array) -> Any:
    """Two units are alike when all their weights agree; here only the sums of the columns do.

    (1, 2) and (2, 1) have the same sum and look for different things.

    Check: for the columns (1, 2) and (2, 1) the answer is 2.
    """
    return np.unique(np.round(W.sum(axis=0), 9)).size


@distinct_units.mistake("units-compared-by-one-weight")
def _(W: Array) -> Any:
    """Two units are alike when all their weights agree; here only the first row was compared.

    Check: for the columns (1, 2) and (1, 3) the answer is 2.
    """
    return np.unique(np.round(W[0], 9)).size


@distinct_units.mistake("rank-for-distinct")
def _(W: Array) -> Any:
    """The rank counts independent columns; a column and its double depend on each other and differ.

    The rank is never larger than the number of rows, however many units there are.

    Check: for the columns (1, 2), (2, 4) and (1, 3) the answer is 3.
    """
    return np.linalg.matrix_rank(W)


@distinct_units.mistake("units-instead-of-their-number")
def _(W: Array) -> Any:
    """These are the different units themselves; their number is asked for.

    Next: which entry of the result's shape is the number of columns?
    """
    return np.unique(np.round(W, 9), axis=1)


@distinct_units.mistake("every-unit-counted")
def _(W: Array) -> Any:
    """This is the number of columns, copies included.

    Check: in a layer whose units are all alike the answer is 1.
    """
    return W.shape[1]
