"""A text as nobody has read it, for questions about what a language model has learned.

The manual that ships with Python is public, and so are models that were trained on it. So the
characters have new numbers, some of them share one, and the text may run backwards, all of it drawn
with the case; only the training text shows it. The manual differs a little between versions of
Python, so what is asked of a model should be relative to its own text.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

import numpy as np

from autograder.questions.define import Array, Rng

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHARING = 3
"""So many pairs of letters share a number."""


class Texts(NamedTuple):
    """A training text (M,), and pieces (S, T) cut out of it, which no student's code receives."""

    tokens: Array
    unseen: Array
    vocabulary: int


@cache
def chapters() -> tuple[str, ...]:
    """The chapters of Python's manual on the language, in small letters, in the order of titles."""
    from pydoc_data.topics import topics

    plain = (re.sub(rf"[^{LETTERS}.,']+", " ", topics[title].lower()) for title in sorted(topics))
    return tuple(plain)


def disguised(rng: Rng, training: int, pieces: int, length: int) -> Texts:
    """A text of so many characters, and pieces that were cut out of it at random.

    Args:
        rng: draws the chapters, the numbers, the letters that share one, the direction and the
            pieces.
        training: how many characters are for training, a multiple of `length`.
        pieces: how many pieces are cut out.
        length: how many characters a piece has.
    """
    order = rng.permutation(len(chapters()))
    text = " ".join(chapters()[chapter] for chapter in order)[: training + pieces * length]
    numbers = _numbers(rng)
    tokens = np.array([numbers[character] for character in text])
    every = (tokens[::-1] if rng.random() < 0.5 else tokens).reshape(-1, length)
    unseen = rng.permutation(len(every)) < pieces
    return Texts(every[~unseen].ravel(), every[unseen], len(set(numbers.values())))


def _numbers(rng: Rng) -> dict[str, int]:
    """A number for each character; a few pairs of letters share theirs."""
    shared = rng.choice(list(LETTERS), (SHARING, 2), replace=False)
    alias = {second: first for first, second in shared}
    kept = [character for character in LETTERS + " .,'" if character not in alias]
    numbers = dict(zip(kept, rng.permutation(len(kept)).tolist(), strict=True))
    return {**numbers, **{second: numbers[first] for second, first in alias.items()}}
