"""Texts for the cases of week 15."""

from __future__ import annotations

import numpy as np

from autograder.questions.define import Array, Rng

PADDING = -1
"""What fills a text up to the length of the longest one."""


def texts(rng: Rng, N: int, T: int, K: int) -> Array:
    """N texts of T tokens from 0 to K - 1, among them all of the vocabulary that fit in.

    Where N * T is larger than K, some tokens occur twice, also within one text.
    """
    return rng.permutation(np.resize(np.arange(K), N * T)).reshape(N, T)


def padded(tokens: Array, lengths: Array) -> Array:
    """The texts with padding from the given lengths on."""
    inside = np.arange(tokens.shape[1]) < lengths[:, None]
    return np.where(inside, tokens, PADDING)
