"""Tokens become arrows: each token looks up its row in a table."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week15_transformers.tokens import texts


@question(points=3)
def embed(tokens: Array, E: Array) -> Any:
    """The row of E for every token.

    Args:
        tokens: texts as numbers from 0 to K - 1, shape (N, T), int64.
        E: one row for each token of the vocabulary, shape (K, D), float64.

    Returns:
        The embeddings, shape (N, T, D).

    Source: keras.ops.take, which keras.layers.Embedding calls.
    """
    from keras import ops

    return ops.take(E, tokens, axis=0)


def table(rng: Rng, N: int, T: int, K: int, D: int) -> Inputs:
    """Texts and a table that fits."""
    return {"tokens": texts(rng, N, T, K), "E": rng.normal(size=(K, D))}


@embed.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return table(rng, 3, 6, 5, 4)


@embed.case("square", square="with T = K = D a wrong axis has the right shape")
def _(rng: Rng) -> Inputs:
    return table(rng, 2, 5, 5, 5)


@embed.case("one-token", square="one text of one token is a batch as well")
def _(rng: Rng) -> Inputs:
    given = table(rng, 1, 1, 7, 3)
    # Neither the first nor the last row of E.
    return {**given, "tokens": rng.integers(1, 6, (1, 1))}


@embed.alternative("one-hot-times-the-table")
def _(tokens: Array, E: Array) -> Any:
    return np.eye(len(E))[tokens] @ E


@embed.alternative("token-by-token")
def _(tokens: Array, E: Array) -> Any:
    return np.array([[E[token] for token in text] for text in tokens])


@embed.mistake("columns-looked-up", rows="A29")
def _(tokens: Array, E: Array) -> Any:
    """A token's embedding is its row of E; here its column is taken.

    E has one row for each token and one column for each feature. Unless there are as many features
    as tokens, the result has the wrong number of features.

    Check: embed(np.array([[2]]), E)[0, 0] should equal E[2].
    """
    return np.take(E.T, tokens, axis=0, mode="wrap")


@embed.mistake("tokens-counted-from-one", rows="C21")
def _(tokens: Array, E: Array) -> Any:
    """Tokens are numbered from 0, like the rows of E; here token 1 gets row 0.

    Token 0 then gets row -1, which NumPy takes for the last row, without an error.

    Check: embed(np.array([[2]]), E)[0, 0] should equal E[2].
    """
    return E[tokens - 1]


@embed.mistake("next-row-looked-up", rows="C21")
def _(tokens: Array, E: Array) -> Any:
    """Token 0 should get row 0 of E; here every token gets the row after its own.

    For the last token of the vocabulary there is no such row, unless row 0 stands in for it.

    Check: embed(np.array([[2]]), E)[0, 0] should equal E[2].
    """
    return E[(tokens + 1) % len(E)]


@embed.mistake("table-multiplied-by-the-number")
def _(tokens: Array, E: Array) -> Any:
    """A token is a name, not an amount; here its number is multiplied with a row of E.

    Token 4 would then be twice token 2, although the order of a vocabulary means nothing.

    Check: embed(np.array([[0]]), E)[0, 0] should equal E[0], not zeros.
    """
    return tokens[..., None] * E[0]


@embed.mistake("one-hot-not-multiplied")
def _(tokens: Array, E: Array) -> Any:
    """This is the one-hot table of the tokens, shape (N, T, K); it still has to be multiplied by E.

    The product of a one-hot row and E is a row of E. Indexing gives it without the product.

    Check: the last axis of the result should have length E.shape[1].
    """
    return np.eye(len(E))[tokens]


@embed.mistake("texts-in-one-row")
def _(tokens: Array, E: Array) -> Any:
    """The result keeps the axes of tokens, (N, T, D); here all texts are joined to (N * T, D).

    The rows are right, but it is no longer visible where a text begins.

    Check: the result's shape should be tokens.shape followed by D.
    """
    return E[tokens.ravel()]


@embed.mistake("places-first")
def _(tokens: Array, E: Array) -> Any:
    """The first axis counts the texts, (N, T, D); here it counts the places, (T, N, D).

    PyTorch's recurrent layers have this order. In this course the batch comes first.

    Check: result[0] should hold the embeddings of tokens[0].
    """
    return E[tokens.T]


@embed.mistake("features-before-places")
def _(tokens: Array, E: Array) -> Any:
    """The features come last, (N, T, D); here they come before the places, (N, D, T).

    The numbers are right, but in the wrong places.

    Check: result[0, 0] should equal E[tokens[0, 0]].
    """
    return E[tokens].swapaxes(1, 2)


@embed.mistake("embeddings-averaged")
def _(tokens: Array, E: Array) -> Any:
    """Each token keeps its own embedding; here the mean over a text's tokens is taken.

    A mean over the tokens is a bag of words: it no longer knows their order.

    Check: the result should have three axes.
    """
    return E[tokens].mean(axis=1)


@embed.mistake("embeddings-scaled", convention=True)
def _(tokens: Array, E: Array) -> Any:
    """Vaswani et al. multiply embeddings by the square root of D; in this course they are the rows
    of E themselves.

    The factor makes embeddings as large as positions. A table that is drawn larger does the same.

    Check: embed(np.array([[2]]), E)[0, 0] should equal E[2].
    """
    return E[tokens] * np.sqrt(E.shape[1])
