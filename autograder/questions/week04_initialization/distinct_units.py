"""How many different units a layer has."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=9)
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
    # Of equal sum are those that are turned over, of equal length also those of opposite sign.
    return {"W": np.concatenate([W, W[::-1], 2 * W, -W[:, 1:3], W[:, :1]], axis=1)}


@distinct_units.case("alike-but-for-rounding")
def _(rng: Rng) -> Inputs:
    # So small that float32 holds ten decimals.
    W = np.round(with_copies(rng, 6, int(rng.integers(4, 8)), 11), 1) / 1_000
    W += rng.uniform(-2e-10, 2e-10, W.shape)
    # One more unit, which differs in the ninth decimal.
    return {"W": np.concatenate([W, W[:, :1] + 4e-9], axis=1)}


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

    In a kernel (D, M) the units are along the second axis.

    Check: a kernel of shape (3, 5) has 5 units, so the answer may be up to 5.
    """
    return len(np.unique(np.round(W, 9), axis=0))


@distinct_units.mistake("distinct-numbers")
def _(W: Array) -> Any:
    """This counts the different numbers in the whole kernel; the units to compare are its columns.

    Without an axis np.unique treats all entries as one long row.

    Check: the answer should never be larger than the number of columns.
    """
    return np.unique(np.round(W, 9)).size


@distinct_units.mistake("compared-to-the-last-digit", rows="N04")
def _(W: Array) -> Any:
    """Weights equal to nine decimals count as equal; here all sixteen digits have to agree.

    Two units that do the same thing may differ by rounding, for example when their sums were
    computed in a different order.

    Check: moving every weight by 1e-12 should not change the answer.
    """
    return np.unique(W, axis=1).shape[1]


@distinct_units.mistake("copies-counted")
def _(W: Array) -> Any:
    """This counts the copies of earlier units, not the different units.

    The two numbers add up to the number of columns.

    Check: in a layer whose units all differ the answer should be the number of columns.
    """
    return W.shape[1] - np.unique(np.round(W, 9), axis=1).shape[1]


@distinct_units.mistake("units-without-a-twin")
def _(W: Array) -> Any:
    """A unit that occurs twice still counts once; here only units without a copy are counted.

    Check: in a layer whose units are all equal the answer should be 1.
    """
    counts = np.unique(np.round(W, 9), axis=1, return_counts=True)[1]
    return np.sum(counts == 1)


@distinct_units.mistake("only-neighbours-compared")
def _(W: Array) -> Any:
    """Copies need not be side by side; here each column is compared only with the next one.

    Check: for the columns a, b, a the answer should be 2.
    """
    return 1 + np.sum(np.any(np.abs(np.diff(W, axis=1)) > 1e-9, axis=0))


@distinct_units.mistake("units-compared-by-their-sum")
def _(W: Array) -> Any:
    """Two units are equal when all their weights agree; here only the sums of the columns are
    compared.

    (1, 2) and (2, 1) have the same sum but look for different things.

    Check: for the columns (1, 2) and (2, 1) the answer should be 2.
    """
    return np.unique(np.round(W.sum(axis=0), 9)).size


@distinct_units.mistake("units-compared-by-their-length")
def _(W: Array) -> Any:
    """Two units are equal when all their weights agree; here only the lengths of the columns are
    compared.

    (3, 4), (4, 3) and (-3, -4) have the same length but look for different things.

    Check: for the columns (3, 4) and (-3, -4) the answer should be 2.
    """
    return np.unique(np.round(np.linalg.norm(W, axis=0), 9)).size


@distinct_units.mistake("units-compared-by-one-weight")
def _(W: Array) -> Any:
    """Two units are equal when all their weights agree; here only the first row is compared.

    Check: for the columns (1, 2) and (1, 3) the answer should be 2.
    """
    return np.unique(np.round(W[0], 9)).size


@distinct_units.mistake("rank-for-distinct")
def _(W: Array) -> Any:
    """The rank counts independent columns; a column and its double are dependent, but different.

    The rank is never larger than the number of rows, however many units there are.

    Check: for the columns (1, 2), (2, 4) and (1, 3) the answer should be 3.
    """
    return np.linalg.matrix_rank(W)


@distinct_units.mistake("units-instead-of-their-number")
def _(W: Array) -> Any:
    """These are the different units themselves; the answer is how many there are.

    Next: which entry of the result's shape is the number of columns?
    """
    return np.unique(np.round(W, 9), axis=1)


@distinct_units.mistake("every-unit-counted")
def _(W: Array) -> Any:
    """This is the number of columns, including copies.

    Check: in a layer whose units are all equal the answer should be 1.
    """
    return W.shape[1]
