"""The cosine similarity of every row of one matrix with every row of another."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import SMALL_NUMBERS, Array, Inputs, Rng, question
from autograder.questions.week13_paradigms.formulas import unit_rows


def cosines(A: Any, B: Any) -> Any:
    """Every cosine between a row of A and a row of B, by Keras."""
    from keras import ops

    return ops.matmul(ops.normalize(A, axis=-1), ops.transpose(ops.normalize(B, axis=-1)))


@question(points=5)
def cosine_similarity_matrix(A: Array, B: Array) -> Any:
    """The cosine of the angle between every row of A and every row of B.

    Args:
        A: embeddings, shape (N, D), float64; no row is zero.
        B: embeddings, shape (M, D), float64; no row is zero.

    Returns:
        a . b / (|a| |b|) for row a of A and row b of B, shape (N, M), from -1 to 1. Nothing is
        added to the lengths.

    Source: keras.ops.normalize and keras.ops.matmul.
    """
    return cosines(A, B)


def tables(rng: Rng, N: int, M: int, D: int, scale: float = 1.0) -> Inputs:
    """Two tables of rows with different lengths."""
    return {
        "A": scale * rng.uniform(0.5, 3.0, (N, 1)) * rng.normal(size=(N, D)),
        "B": scale * rng.uniform(0.5, 3.0, (M, 1)) * rng.normal(size=(M, D)),
    }


@cosine_similarity_matrix.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return tables(rng, 5, 3, 4)


@cosine_similarity_matrix.case("square", square="a length without keepdims fits only where N = D")
def _(rng: Rng) -> Inputs:
    return tables(rng, 4, 4, 4)


@cosine_similarity_matrix.case("short-rows", square="one row is a table as well")
def _(rng: Rng) -> Inputs:
    return tables(rng, 1, 6, 3, 1e-2)


@cosine_similarity_matrix.case("long-rows")
def _(rng: Rng) -> Inputs:
    return tables(rng, 6, 2, 5, 1e3)


@cosine_similarity_matrix.alternative("divided-afterwards")
def _(A: Array, B: Array) -> Any:
    return (A @ B.T) / np.outer(np.linalg.norm(A, axis=1), np.linalg.norm(B, axis=1))


@cosine_similarity_matrix.alternative("all-pairs-at-once")
def _(A: Array, B: Array) -> Any:
    lengths = np.sqrt((A**2).sum(axis=1)[:, None] * (B**2).sum(axis=1))
    return np.einsum("nd,md->nm", A, B) / lengths


@cosine_similarity_matrix.mistake("similarity-not-normalized")
def _(A: Array, B: Array) -> Any:
    """The cosine is a . b / (|a| |b|); here the dot products are not divided by the lengths.

    A long row then resembles everything. Entries above 1 are a sign of this mistake.

    Check: doubling a row of A should not change the result.
    """
    return A @ B.T


@cosine_similarity_matrix.mistake("first-table-normalized-only")
def _(A: Array, B: Array) -> Any:
    """The cosine divides by both lengths; here the rows of B are not divided by theirs.

    Columns that belong to long rows of B are too large.

    Check: doubling a row of B should not change the result.
    """
    return unit_rows(A) @ B.T


@cosine_similarity_matrix.mistake("second-table-normalized-only")
def _(A: Array, B: Array) -> Any:
    """The cosine divides by both lengths; here the rows of A are not divided by theirs.

    Rows that belong to long rows of A are too large.

    Check: doubling a row of A should not change the result.
    """
    return A @ unit_rows(B).T


@cosine_similarity_matrix.mistake("divided-by-squared-lengths")
def _(A: Array, B: Array) -> Any:
    """A length is the square root of the sum of squares; here the root is missing.

    Each row was divided by its squared length. Long rows come out too small.

    Check: the similarity of a row with itself should be 1.
    """
    return (A / (A**2).sum(axis=1, keepdims=True)) @ (B / (B**2).sum(axis=1, keepdims=True)).T


@cosine_similarity_matrix.mistake(
    "lengths-of-the-columns",
    rows="I01",
    otherwise=lambda _: (
        lambda A, B: (A / np.linalg.norm(A, axis=0)) @ unit_rows(B).T,
        lambda A, B: unit_rows(A) @ (B / np.linalg.norm(B, axis=0)).T,
    ),
)
def _(A: Array, B: Array) -> Any:
    """An embedding is a row, so its length sums over axis 1; here the lengths of the columns are
    used.

    Every feature is scaled by its size over all examples.

    Check: the similarity of a row with itself should be 1.
    """
    return (A / np.linalg.norm(A, axis=0)) @ (B / np.linalg.norm(B, axis=0)).T


@cosine_similarity_matrix.mistake("one-length-for-the-table", rows="A29")
def _(A: Array, B: Array) -> Any:
    """Every row has its own length; np.linalg.norm without an axis gives a single one for the whole
    matrix.

    All similarities come out far too small.

    Check: give np.linalg.norm an axis and print the shape of its result.
    """
    return A @ B.T / (np.linalg.norm(A) * np.linalg.norm(B))


@cosine_similarity_matrix.mistake("lengths-without-keepdims", rows="A30 J03")
def _(A: Array, B: Array) -> Any:
    """The lengths have shape (N,), and NumPy aligns them with the columns, not with the rows.

    If N differs from D, NumPy raises an error. If N = D, it silently divides by the wrong lengths.

    Check: print the shapes of the matrix and of its lengths.
    """
    return (A / np.linalg.norm(A, axis=1)) @ (B / np.linalg.norm(B, axis=1)).T


@cosine_similarity_matrix.mistake("similarities-transposed")
def _(A: Array, B: Array) -> Any:
    """Row n of the result belongs to row n of A, so its shape is (N, M); here it is (M, N).

    The numbers are right but in the wrong places.

    Check: the first axis of the result should have length len(A).
    """
    return unit_rows(B) @ unit_rows(A).T


@cosine_similarity_matrix.mistake("cosine-distance")
def _(A: Array, B: Array) -> Any:
    """This is 1 - cosine, which is 0 for rows that point in the same direction; their similarity
    should be 1.

    A distance is small where a similarity is large.

    Check: the similarity of a row with itself should be 1.
    """
    return 1 - unit_rows(A) @ unit_rows(B).T


@cosine_similarity_matrix.mistake("angle-in-place-of-cosine")
def _(A: Array, B: Array) -> Any:
    """This is the angle between the rows; the question asks for its cosine.

    np.arccos turns a cosine into an angle. The angle grows where the similarity falls.

    Check: the similarity of a row with itself should be 1.
    """
    return np.arccos(np.clip(unit_rows(A) @ unit_rows(B).T, -1, 1))


@cosine_similarity_matrix.mistake("sign-of-the-cosine-lost")
def _(A: Array, B: Array) -> Any:
    """Rows that point in opposite directions have the cosine -1; here no entry is negative.

    An absolute value makes opposite rows look alike.

    Check: the similarity of a row with its negative should be -1.
    """
    return np.abs(unit_rows(A) @ unit_rows(B).T)


@cosine_similarity_matrix.mistake("correlation-in-place-of-cosine")
def _(A: Array, B: Array) -> Any:
    """A correlation subtracts each row's mean first; the cosine uses the row unchanged.

    np.corrcoef does that. Adding a constant to a row would then change nothing.

    Check: the cosine of [1, 1] and [1, 2] should be 0.9487.
    """
    A, B = A - A.mean(axis=1, keepdims=True), B - B.mean(axis=1, keepdims=True)
    return unit_rows(A) @ unit_rows(B).T


@cosine_similarity_matrix.mistake(
    "small-number-beside-the-length", rows="C09", convention=True, family={"small": SMALL_NUMBERS}
)
def _(A: Array, B: Array, *, small: float = 1e-8) -> Any:
    """Libraries add a small number in case a row is all zeros; in this course no row is, and
    nothing is added to its length.

    With 1e-8 added, a length of 0.01 is wrong in the seventh digit, and so is the cosine.

    Check: the similarity of a row with itself should be 1 to the last digits.
    """
    A = A / (np.linalg.norm(A, axis=1, keepdims=True) + small)
    return A @ (B / (np.linalg.norm(B, axis=1, keepdims=True) + small)).T


@cosine_similarity_matrix.mistake("rows-normalized-in-place", rows="N05")
def _(A: Array, B: Array) -> Any:
    """Dividing in place with /= changes the caller's arrays, because they are not copies.

    The returned values are right, but the caller's embeddings have lost their lengths.

    Check: keep a copy of A, call your function, and compare A with the copy.
    """
    A /= np.linalg.norm(A, axis=1, keepdims=True)
    B /= np.linalg.norm(B, axis=1, keepdims=True)
    return A @ B.T
