"""Positions as rotations (RoPE)."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week15_transformers.sinusoidal_positions import taken_in_turns


@question(points=5)
def rotate(X: Array, positions: Array) -> Any:
    """Every pair of features, turned by an angle that grows with its place.

    Args:
        X: queries or keys, shape (..., T, D), float64, D even.
        positions: the place of each of the T rows, shape (T,), int64, 0 or more; they need not
            begin at 0 nor follow each other.

    Returns:
        the shape of X. Features 2i and 2i + 1 are the coordinates of a point, which is turned
        anticlockwise by the angle position / 10000 ** (2i / D).

    Source: Su et al. 2021, RoFormer, equation 15, by keras.ops.sin and keras.ops.cos.
    """
    from keras import ops

    tensor = ops.convert_to_tensor(X, dtype=X.dtype.name)
    T, D = X.shape[-2:]
    places = ops.reshape(ops.cast(positions, X.dtype.name), (T, 1))
    base = ops.convert_to_tensor(10000.0, dtype=X.dtype.name)
    turn = places / ops.power(base, ops.arange(0, D, 2, dtype=X.dtype.name) / D)
    a, b = tensor[..., ::2], tensor[..., 1::2]
    pair = [a * ops.cos(turn) - b * ops.sin(turn), a * ops.sin(turn) + b * ops.cos(turn)]
    return ops.reshape(ops.stack(pair, axis=-1), X.shape)


def placed(rng: Rng, *shape: int) -> Inputs:
    """Features, and places that neither begin at 0 nor follow each other."""
    T = shape[-2]
    return {"X": rng.normal(size=shape), "positions": 3 + np.cumsum(rng.integers(1, 5, T))}


@rotate.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return placed(rng, 2, 5, 8)


@rotate.case("heads", weight=2, square="heads, places and features may be equally many")
def _(rng: Rng) -> Inputs:
    return placed(rng, 2, 4, 4, 4)


@rotate.case("one-place-of-one-text", square="a single place, as in a text that is written")
def _(rng: Rng) -> Inputs:
    return {"X": rng.normal(size=(1, 6)), "positions": rng.integers(20, 40, 1)}


@rotate.case("far-away")
def _(rng: Rng) -> Inputs:
    return {"X": rng.normal(size=(3, 10)), "positions": rng.integers(500, 900, 3)}


def turn(X: Array, positions: Array) -> Array:
    """The angle of every pair at every place, shape (T, D // 2)."""
    D = X.shape[-1]
    angles: Array = positions[:, None] / 10000.0 ** (np.arange(0, D, 2) / D)
    return angles


def pairs(X: Array, angles: Array, clockwise: bool = False) -> Array:
    """Every pair of neighbouring features, turned."""
    a, b, sign = X[..., ::2], X[..., 1::2], -1 if clockwise else 1
    c, s = np.cos(angles), sign * np.sin(angles)
    return alternating(a * c - b * s, a * s + b * c)


def alternating(first: Array, second: Array) -> Array:
    """Features 0, 2, 4 ... from one array, and features 1, 3, 5 ... from another."""
    return np.stack([first, second], axis=-1).reshape(*first.shape[:-1], -1)


@rotate.alternative("complex-numbers")
def _(X: Array, positions: Array) -> Any:
    z = (X[..., ::2] + 1j * X[..., 1::2]) * np.exp(1j * turn(X, positions))
    return alternating(z.real, z.imag)


@rotate.alternative("matrix-for-each-pair")
def _(X: Array, positions: Array) -> Any:
    angles = turn(X, positions)
    R = np.array([[np.cos(angles), -np.sin(angles)], [np.sin(angles), np.cos(angles)]])
    points = X.reshape(*X.shape[:-1], -1, 2)
    return np.einsum("rcti,...tic->...tir", R, points).reshape(X.shape)


@rotate.mistake("halves-paired", convention=True)
def _(X: Array, positions: Array) -> Any:
    """GPT-NeoX pairs feature i with feature i + D/2; in this course, as in the paper, features 2i
    and 2i + 1 are a pair.

    Scores depend on distance alone either way, but weights of one kind do not fit the other.

    Check: with D = 4, turning X = [[1, 0, 0, 0]] should leave features 2 and 3 at 0.
    """
    half = X.shape[-1] // 2
    a, b, angles = X[..., :half], X[..., half:], turn(X, positions)
    c, s = np.cos(angles), np.sin(angles)
    return np.concatenate([a * c - b * s, a * s + b * c], axis=-1)


@rotate.mistake("turned-clockwise")
def _(X: Array, positions: Array) -> Any:
    """Anticlockwise is (a cos - b sin, a sin + b cos); here the signs of both sines are exchanged.

    Scores of two rotated places are the same, but the numbers are not.

    Check: the pair (1, 0) at position 1 should become (cos 1, sin 1) = (0.540, 0.841).
    """
    return pairs(X, turn(X, positions), clockwise=True)


@rotate.mistake("both-sines-added")
def _(X: Array, positions: Array) -> Any:
    """A rotation has one minus sign, in a cos - b sin; here both sines are added.

    Such a pair changes its length.

    Check: the length of every row of X should stay the same.
    """
    a, b, angles = X[..., ::2], X[..., 1::2], turn(X, positions)
    c, s = np.cos(angles), np.sin(angles)
    return alternating(a * c + b * s, a * s + b * c)


@rotate.mistake("second-of-the-pair-from-the-first-turned")
def _(X: Array, positions: Array) -> Any:
    """Both new coordinates are made of both old ones; here the second is made of the first one's
    new value.

    The first line has overwritten what the second one needs.

    Check: the length of every row of X should stay the same.
    """
    a, b, angles = X[..., ::2], X[..., 1::2], turn(X, positions)
    a = a * np.cos(angles) - b * np.sin(angles)
    return alternating(a, a * np.sin(angles) + b * np.cos(angles))


@rotate.mistake("positions-unused")
def _(X: Array, positions: Array) -> Any:
    """Row t stands at positions[t]; here the rows are taken to stand at 0, 1, 2 and so on.

    A token that is written with a cache is a single row, and stands far from place 0.

    Check: with positions = [0, 0] nothing should be turned.
    """
    return pairs(X, turn(X, np.arange(len(positions))))


@rotate.mistake("positions-counted-from-the-first")
def _(X: Array, positions: Array) -> Any:
    """The angle grows with the position itself; here with its distance from the first position.

    Among these rows the scores are right, but not against keys that were turned before.

    Check: a single row at position 7 should be turned.
    """
    return pairs(X, turn(X, positions - positions[0]))


@rotate.mistake("positions-from-one")
def _(X: Array, positions: Array) -> Any:
    """At position 0 nothing is turned; here 1 is added to every position.

    Check: with positions = [0, 0] nothing should be turned.
    """
    return pairs(X, turn(X, positions + 1))


@rotate.mistake("all-pairs-equally-fast")
def _(X: Array, positions: Array) -> Any:
    """Every pair turns more slowly than the one before it; here all turn as fast as the first.

    After six places such a pattern nearly repeats itself.

    Check: with D = 4, the second pair (1, 0) at position 1 should become (cos 0.01, sin 0.01).
    """
    return pairs(X, positions[:, None] * np.ones(X.shape[-1] // 2))


@rotate.mistake("exponent-half-as-large")
def _(X: Array, positions: Array) -> Any:
    """Pair i has the exponent 2i / D; here it is i / D.

    The slowest pair is then a hundred times too fast.

    Check: with D = 4, the second pair (1, 0) at position 1 should become (cos 0.01, sin 0.01).
    """
    D = X.shape[-1]
    return pairs(X, positions[:, None] / 10000.0 ** (np.arange(D // 2) / D))


@rotate.mistake("exponent-twice-as-large")
def _(X: Array, positions: Array) -> Any:
    """Features 2i and 2i + 1 have the exponent 2i / D; here the number of the feature, which is 2i
    already, is doubled again.

    Check: with D = 4, the second pair (1, 0) at position 1 should become (cos 0.01, sin 0.01).
    """
    D = X.shape[-1]
    return pairs(X, positions[:, None] / 10000.0 ** (2 * np.arange(0, D, 2) / D))


@rotate.mistake("faster-and-faster")
def _(X: Array, positions: Array) -> Any:
    """The angle is divided by 10000 ** (2i / D), so that pairs turn more and more slowly; here it
    is multiplied by it.

    Check: with D = 4, the second pair (1, 0) at position 1 should become (cos 0.01, sin 0.01).
    """
    D = X.shape[-1]
    return pairs(X, positions[:, None] * 10000.0 ** (np.arange(0, D, 2) / D))


@rotate.mistake("pattern-added")
def _(X: Array, positions: Array) -> Any:
    """The features are turned by the position; here the pattern of sines and cosines is added to
    them.

    That was the last question. Added patterns tell where a place is, rotations how far apart two
    places are.

    Check: rows of zeros should stay zeros.
    """
    angles = turn(X, positions)
    return X + taken_in_turns(np.sin(angles), np.cos(angles))


@rotate.mistake("pattern-multiplied")
def _(X: Array, positions: Array) -> Any:
    """A rotation mixes the two features of a pair; here each is only multiplied by a cosine or a
    sine.

    Check: the length of every row of X should stay the same.
    """
    angles = turn(X, positions)
    return alternating(X[..., ::2] * np.cos(angles), X[..., 1::2] * np.sin(angles))


@rotate.mistake("turned-by-the-head", rows="J10")
def _(X: Array, positions: Array) -> Any:
    """The places are the axis before the last; here the angles follow the axis before that, the
    heads or the texts.

    Where the two axes differ in size, NumPy raises an error.

    Check: X[..., 0, :] should be turned by positions[0] alone.
    """
    angles = turn(X, positions)
    return pairs(X, angles[:, None] if X.ndim > 2 else angles)
