"""Formulas shared by several questions of week 13."""

from __future__ import annotations

import numpy as np

from autograder.questions.define import Array, Inputs, Rng
from autograder.questions.week05_losses.formulas import row_log_softmax, row_softmax


def unit_rows(Z: Array) -> Array:
    """Each row divided by its length."""
    rows: Array = Z / np.linalg.norm(Z, axis=1, keepdims=True)
    return rows


def similarities(za: Array, zb: Array, temperature: float) -> Array:
    """Cosine similarities divided by the temperature, for mistakes that lie elsewhere."""
    table: Array = unit_rows(za) @ unit_rows(zb).T / temperature
    return table


def diagonal_loss(S: Array) -> float:
    """Cross-entropy of logits whose right class is on the diagonal."""
    return float(-np.diag(row_log_softmax(S)).mean())


def blame(S: Array) -> Array:
    """The gradient of `diagonal_loss`."""
    pushes: Array = (row_softmax(S) - np.eye(len(S))) / len(S)
    return pushes


def through_the_length(dunit: Array, Z: Array) -> Array:
    """The gradient that passes back through `unit_rows`."""
    unit = unit_rows(Z)
    along = (dunit * unit).sum(axis=1, keepdims=True)
    pushes: Array = (dunit - along * unit) / np.linalg.norm(Z, axis=1, keepdims=True)
    return pushes


def pairs_of_views(rng: Rng, N: int, D: int, temperature: float) -> Inputs:
    """Embeddings of pairs: the two views of an example resemble each other, lengths differ."""
    za = rng.normal(size=(N, D))
    zb = za + 0.7 * rng.normal(size=(N, D))
    lengths = rng.uniform(0.5, 3.0, (2, N, 1))
    return {"za": lengths[0] * za, "zb": lengths[1] * zb, "temperature": temperature}


def cold_views(rng: Rng, N: int, D: int) -> Inputs:
    """Pairs at a temperature at which the logits reach thousands, of either sign."""
    given = pairs_of_views(rng, N, D, float(rng.uniform(1e-4, 2e-4)))
    # A row whose similarities are all negative lies far below the largest of the batch, and one
    # whose partner points the other way has a probability of 0 for its label.
    given["za"][0] = -given["zb"].sum(axis=0)
    given["zb"][1] = -given["za"][1] * rng.uniform(0.5, 2.0)
    return given
