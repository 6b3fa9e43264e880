"""Formulas that several questions of week 05 share."""

from __future__ import annotations

import numpy as np

from autograder.questions.define import Array, Inputs, Rng


def stable_sigmoid(z: Array) -> Array:
    """A sigmoid without overflow, for mistakes that are made elsewhere in a formula."""
    a: Array = 0.5 * (1 + np.tanh(0.5 * z))
    return a


def row_log_softmax(Z: Array) -> Array:
    """A log-softmax without overflow, for wrong formulas whose mistake lies elsewhere."""
    shifted = Z - Z.max(axis=1, keepdims=True)
    logs: Array = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return logs


def row_softmax(Z: Array) -> Array:
    """A softmax without overflow, for mistakes that are made elsewhere in a formula."""
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    probabilities: Array = E / E.sum(axis=1, keepdims=True)
    return probabilities


def indicator(Z: Array, y: Array) -> Array:
    """Ones at the labels and zeros elsewhere, the shape of Z."""
    Y = np.zeros(Z.shape)
    Y[np.arange(len(y)), y] = 1.0
    return Y


def of_the_label(table: Array, y: Array) -> Array:
    """The label's entry of each row."""
    entries: Array = table[np.arange(len(y)), y]
    return entries


def labels(rng: Rng, N: int, K: int) -> Array:
    """N labels in random order in which every class occurs, as far as N allows."""
    return rng.permutation(np.resize(np.arange(K), N))


def scores(rng: Rng, N: int, K: int, width: float = 2.0) -> Inputs:
    """Logits around 0 and labels."""
    return {"Z": rng.uniform(-width, width, (N, K)), "y": labels(rng, N, K)}


def far_scores(rng: Rng, N: int, K: int) -> Inputs:
    """Logits up to 1e4; every third row is spread widely and has the least likely label."""
    level = rng.uniform(1000, 8000, (N, 1)) * np.resize([1.0, -1.0], (N, 1))
    wide = np.resize([False, False, True], N)
    Z = level + np.where(wide, 1500.0, 2.0)[:, None] * rng.uniform(-1, 1, (N, K))
    # The lowest logit of a wide row lies at least 800 below the highest: its probability is 0.
    lowest = Z.argmin(axis=1)
    Z[wide, lowest[wide]] = Z[wide].max(axis=1) - rng.uniform(800, 1900, wide.sum())
    return {"Z": Z, "y": np.where(wide, Z.argmin(axis=1), labels(rng, N, K))}


def pairs_of_numbers(rng: Rng, N: int, M: int, scale: float = 3.0) -> Inputs:
    """Predictions and targets of the same size, of either sign."""
    return {"pred": scale * rng.normal(size=(N, M)), "target": scale * rng.normal(size=(N, M))}
