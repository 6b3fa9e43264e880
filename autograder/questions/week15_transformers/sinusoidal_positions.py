"""Positions as sines and cosines."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=4)
def sinusoidal_positions(T: int, D: int, base: Array) -> Any:
    """A pattern for each place, to be added to what stands there.

    Args:
        T: how many places, counted from 0.
        D: how many features, an even number.
        base: by how much the last waves are longer than the first, a number; often 10000.

    Returns:
        shape (T, D), float64. Features 2i and 2i + 1 are a pair, the sine and the cosine of one
        angle, which is t / base ** (2i / D) at place t.

    Source: Vaswani et al. 2017, section 3.5, by keras.ops.sin and keras.ops.cos.
    """
    from keras import ops

    dtype = base.dtype.name
    places = ops.reshape(ops.arange(T, dtype=dtype), (T, 1))
    lengths = ops.power(ops.convert_to_tensor(base), ops.arange(0, D, 2, dtype=dtype) / D)
    angles = places / lengths
    return ops.reshape(ops.stack([ops.sin(angles), ops.cos(angles)], axis=-1), (T, D))


@sinusoidal_positions.driver
def _(sinusoidal_positions: Any, T: int, D: int, base: Array) -> Any:
    # The base is an array so that the reference's rounding can be measured in float32.
    return sinusoidal_positions(T, D, float(base))


def waves(rng: Rng, T: int, D: int) -> Inputs:
    """So many places and features, and a base of some thousands."""
    return {"T": T, "D": D, "base": np.array(rng.uniform(4e3, 2e4))}


@sinusoidal_positions.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return waves(rng, int(rng.integers(6, 12)), 8)


@sinusoidal_positions.case("wide")
def _(rng: Rng) -> Inputs:
    return waves(rng, int(rng.integers(3, 6)), int(2 * rng.integers(8, 20)))


@sinusoidal_positions.case("long")
def _(rng: Rng) -> Inputs:
    return waves(rng, int(rng.integers(120, 200)), 4)


@sinusoidal_positions.case("one-pair", hidden={"T": 9})
def _(rng: Rng) -> Inputs:
    return waves(rng, 5, 2)


@sinusoidal_positions.case("one-place", hidden={"D": 10})
def _(rng: Rng) -> Inputs:
    return waves(rng, 1, 6)


def angles(T: int, D: int, base: Any) -> Array:
    """The angle of every pair at every place, shape (T, D // 2)."""
    every: Array = np.arange(T)[:, None] / base ** (np.arange(0, D, 2) / D)
    return every


def taken_in_turns(first: Array, second: Array) -> Array:
    """Features 0, 2, 4 ... from one array, and features 1, 3, 5 ... from another."""
    return np.stack([first, second], axis=-1).reshape(len(first), -1)


@sinusoidal_positions.alternative("column-by-column")
def _(T: int, D: int, base: Array) -> Any:
    P = np.empty((T, D))
    for j in range(D):
        angle = np.arange(T) * np.exp(-np.log(base) * (j // 2 * 2) / D)
        P[:, j] = np.cos(angle) if j % 2 else np.sin(angle)
    return P


@sinusoidal_positions.mistake("sines-then-cosines", convention=True)
def _(T: int, D: int, base: Array) -> Any:
    """Some libraries have all sines first and then all cosines; in this course, as in the paper,
    they take turns.

    Both patterns hold the same numbers.

    Check: row 0 should be 0, 1, 0, 1, ...
    """
    return np.concatenate([np.sin(angles(T, D, base)), np.cos(angles(T, D, base))], axis=1)


@sinusoidal_positions.mistake("cosine-first")
def _(T: int, D: int, base: Array) -> Any:
    """The even feature of a pair is the sine and the odd one the cosine; here they are exchanged.

    Check: row 0 should be 0, 1, 0, 1, ...
    """
    return taken_in_turns(np.cos(angles(T, D, base)), np.sin(angles(T, D, base)))


@sinusoidal_positions.mistake("positions-from-one")
def _(T: int, D: int, base: Array) -> Any:
    """The first place is place 0; here it is place 1.

    Check: row 0 should be 0, 1, 0, 1, ...
    """
    later = angles(T + 1, D, base)[1:]
    return taken_in_turns(np.sin(later), np.cos(later))


@sinusoidal_positions.mistake("a-frequency-for-every-feature")
def _(T: int, D: int, base: Array) -> Any:
    """A sine and its cosine have the same angle; here every feature has an angle of its own,
    t / base ** (j / D) for feature j.

    Only within a pair of one angle is a step from place to place a rotation.

    Check: the squares of features 0 and 1 should sum to 1, as should those of 2 and 3.
    """
    every = np.arange(T)[:, None] / base ** (np.arange(D) / D)
    return taken_in_turns(np.sin(every[:, ::2]), np.cos(every[:, 1::2]))


@sinusoidal_positions.mistake("exponent-half-as-large")
def _(T: int, D: int, base: Array) -> Any:
    """Pair i has the exponent 2i / D, which comes near 1 for the last pair; here it is i / D.

    The slowest wave is then a hundred times too fast.

    Check: with D = 4 and base = 10000, P[1, 2] should be sin(0.01).
    """
    every = np.arange(T)[:, None] / base ** (np.arange(D // 2) / D)
    return taken_in_turns(np.sin(every), np.cos(every))


@sinusoidal_positions.mistake("exponent-twice-as-large")
def _(T: int, D: int, base: Array) -> Any:
    """Features 2i and 2i + 1 have the exponent 2i / D; here the number of the feature, which is 2i
    already, is doubled again.

    The last waves are so slow that they hardly differ from place to place.

    Check: with D = 4 and base = 10000, P[1, 2] should be sin(0.01).
    """
    every = np.arange(T)[:, None] / base ** (2 * np.arange(0, D, 2) / D)
    return taken_in_turns(np.sin(every), np.cos(every))


@sinusoidal_positions.mistake("last-pair-at-the-base", convention=True)
def _(T: int, D: int, base: Array) -> Any:
    """Some libraries spread the exponents from 0 to 1, i / (D/2 - 1); in this course pair i has the
    exponent 2i / D, as in the paper.

    The first pair is the same, and the waves of the others are slower.

    Check: with D = 4 and base = 10000, P[1, 2] should be sin(0.01).
    """
    every = np.arange(T)[:, None] / base ** np.linspace(0, 1, D // 2)
    return taken_in_turns(np.sin(every), np.cos(every))


@sinusoidal_positions.mistake("faster-and-faster")
def _(T: int, D: int, base: Array) -> Any:
    """The angle is divided by base ** (2i / D), so that waves get slower from pair to pair; here
    it is multiplied by it.

    Neighbouring places then differ by thousands of turns, like random numbers.

    Check: with D = 4 and base = 10000, P[1, 2] should be sin(0.01).
    """
    every = np.arange(T)[:, None] * base ** (np.arange(0, D, 2) / D)
    return taken_in_turns(np.sin(every), np.cos(every))


@sinusoidal_positions.mistake("base-fixed", family={"fixed": (10000.0, 1000.0)})
def _(T: int, D: int, base: Array, *, fixed: float = 10000.0) -> Any:
    """The wave lengths grow to the base that was passed in; here it is always the same number.

    Models for long texts use a larger one.

    Check: with base = 1 all pairs should be equal.
    """
    return taken_in_turns(np.sin(angles(T, D, fixed)), np.cos(angles(T, D, fixed)))


@sinusoidal_positions.mistake("one-wave-for-all")
def _(T: int, D: int, base: Array) -> Any:
    """Every pair has a wave length of its own; here all have that of the first pair.

    After six places such a pattern nearly repeats itself.

    Check: with D = 4 and base = 10000, P[1, 2] should be sin(0.01).
    """
    every = np.repeat(np.arange(T)[:, None], D // 2, axis=1)
    return taken_in_turns(np.sin(every), np.cos(every))


@sinusoidal_positions.mistake("sines-only")
def _(T: int, D: int, base: Array) -> Any:
    """A pair is the sine and the cosine of its angle; here both are the sine.

    A sine alone rises and falls, so that two places have the same value.

    Check: row 0 should be 0, 1, 0, 1, ...
    """
    return taken_in_turns(np.sin(angles(T, D, base)), np.sin(angles(T, D, base)))


@sinusoidal_positions.mistake("places-in-the-columns")
def _(T: int, D: int, base: Array) -> Any:
    """A row belongs to a place, shape (T, D); here a column does.

    Check: P.shape should be (T, D).
    """
    return taken_in_turns(np.sin(angles(T, D, base)), np.cos(angles(T, D, base))).T


@sinusoidal_positions.mistake("turns-in-place-of-radians")
def _(T: int, D: int, base: Array) -> Any:
    """The angle is t / base ** (2i / D), in radians; here it is multiplied by 2 pi.

    The first pair then makes a whole turn from place to place and tells nothing.

    Check: P[1, 0] should be sin(1), which is 0.841.
    """
    every = 2 * np.pi * angles(T, D, base)
    return taken_in_turns(np.sin(every), np.cos(every))
