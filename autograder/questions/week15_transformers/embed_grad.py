"""The gradient of the table of embeddings."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week15_transformers.tokens import texts
from course_lib.gradients import vector_jacobian_product


@question(points=4)
def embed_grad(tokens: Array, dout: Array, vocabulary: int) -> Any:
    """The gradient of the table E, from the gradient of the embeddings E[tokens].

    Args:
        tokens: texts as numbers from 0 to vocabulary - 1, shape (N, T), int64; tokens repeat.
        dout: dL/dout, the gradient of the embeddings, shape (N, T, D), float64.
        vocabulary: how many rows E has; some of them may not occur in tokens.

    Returns:
        dE, shape (vocabulary, D).

    Source: tf.GradientTape through the product of one-hot rows and E.
    """
    from keras import ops

    def embeddings(E: Any) -> Any:
        return ops.matmul(ops.one_hot(tokens, vocabulary, dtype=dout.dtype.name), E)

    E = np.zeros((vocabulary, dout.shape[-1]), dout.dtype)
    return vector_jacobian_product(embeddings, [E], dout)[0]


def blamed(rng: Rng, N: int, T: int, K: int, D: int, used: int) -> Inputs:
    """Blame for the embeddings of texts in which only the first `used` of K names occur."""
    names = rng.permutation(K)
    return {
        "tokens": names[texts(rng, N, T, used)],
        "dout": rng.normal(size=(N, T, D)),
        "vocabulary": K,
    }


@embed_grad.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return blamed(rng, 3, 6, 7, 4, used=5)


@embed_grad.case("square", square="with T = K = D a wrong axis has the right shape")
def _(rng: Rng) -> Inputs:
    return blamed(rng, 2, 5, 5, 5, used=3)


@embed_grad.case("large-vocabulary", square="one text is a batch as well")
def _(rng: Rng) -> Inputs:
    # A one-hot table would have N * T * K entries.
    return blamed(rng, 1, 80, 20_000, 1, used=50)


@embed_grad.alternative("each-row-collects")
def _(tokens: Array, dout: Array, vocabulary: int) -> Any:
    return np.array([dout[tokens == token].sum(axis=0) for token in range(vocabulary)])


@embed_grad.alternative("counted-by-feature")
def _(tokens: Array, dout: Array, vocabulary: int) -> Any:
    flat = dout.reshape(-1, dout.shape[-1])
    return np.stack([np.bincount(tokens.ravel(), column, vocabulary) for column in flat.T], axis=1)


@embed_grad.alternative("sorted-and-reduced")
def _(tokens: Array, dout: Array, vocabulary: int) -> Any:
    order = np.argsort(tokens.ravel(), kind="stable")
    flat = dout.reshape(-1, dout.shape[-1])[order]
    rows, starts = np.unique(tokens.ravel()[order], return_index=True)
    dE = np.zeros((vocabulary, flat.shape[1]))
    dE[rows] = np.add.reduceat(flat, starts)
    return dE


def gathered(tokens: Array, dout: Array, vocabulary: int) -> Array:
    """The right gradient, for mistakes that lie elsewhere."""
    dE = np.zeros((vocabulary, dout.shape[-1]))
    np.add.at(dE, tokens, dout)
    return dE


@embed_grad.mistake("repeated-rows-overwritten", rows="B14")
def _(tokens: Array, dout: Array, vocabulary: int) -> Any:
    """A token that occurs twice gets the sum of both gradients; here the last one overwrites the
    others.

    An assignment dE[tokens] = dout keeps one value for each row.

    Check: with tokens [[2, 2]] and dout of ones, row 2 of dE should be 2 everywhere.
    """
    dE = np.zeros((vocabulary, dout.shape[-1]))
    dE[tokens] = dout
    return dE


@embed_grad.mistake("first-of-the-repeated-rows-kept", rows="B14")
def _(tokens: Array, dout: Array, vocabulary: int) -> Any:
    """A token that occurs twice gets the sum of both gradients; here only its first occurrence
    counts.

    np.unique with return_index, or argmax, finds the first place of each token only.

    Check: with tokens [[2, 2]] and dout of ones, row 2 of dE should be 2 everywhere.
    """
    dE = np.zeros((vocabulary, dout.shape[-1]))
    rows, places = np.unique(tokens, return_index=True)
    dE[rows] = dout.reshape(-1, dout.shape[-1])[places]
    return dE


@embed_grad.mistake("added-once-a-text", rows="B14")
def _(tokens: Array, dout: Array, vocabulary: int) -> Any:
    """dE[text] += dout adds only once where a text holds a token twice; in the gradient both
    count.

    NumPy computes dE[text] + dout first and then assigns, so the last of the equal rows wins.
    Repeats in different texts are added correctly.

    Next: look up np.add.at, or compare [[2, 2]] with [[2], [2]].
    """
    dE = np.zeros((vocabulary, dout.shape[-1]))
    for text, blame in zip(tokens, dout, strict=True):
        dE[text] += blame
    return dE


@embed_grad.mistake("added-once-a-place", rows="B14")
def _(tokens: Array, dout: Array, vocabulary: int) -> Any:
    """dE[tokens[:, t]] += dout[:, t] adds only once where several texts have the same token at
    place t; in the gradient all of them count.

    NumPy computes the sum first and then assigns, so the last of the equal rows wins. Repeats at
    different places are added correctly.

    Next: look up np.add.at, or compare [[2], [2]] with [[2, 2]].
    """
    dE = np.zeros((vocabulary, dout.shape[-1]))
    for t in range(tokens.shape[1]):
        dE[tokens[:, t]] += dout[:, t]
    return dE


@embed_grad.mistake("repeated-rows-averaged")
def _(tokens: Array, dout: Array, vocabulary: int) -> Any:
    """A token that occurs twice gets the sum of both gradients; here it gets their mean.

    Whatever mean the loss takes is contained in dout already.

    Check: with tokens [[2, 2]] and dout of ones, row 2 of dE should be 2 everywhere.
    """
    often = np.bincount(tokens.ravel(), minlength=vocabulary)
    return gathered(tokens, dout, vocabulary) / np.maximum(often, 1)[:, None]


@embed_grad.mistake("averaged-over-the-texts", rows="B08 C15")
def _(tokens: Array, dout: Array, vocabulary: int) -> Any:
    """dout already contains the mean of the loss; here the gradient is divided by N again.

    Every entry is N times too small.

    Check: with tokens [[2], [2]] and dout of ones, row 2 of dE should be 2 everywhere.
    """
    return gathered(tokens, dout, vocabulary) / len(tokens)


@embed_grad.mistake("averaged-over-all-tokens", rows="B08 C15")
def _(tokens: Array, dout: Array, vocabulary: int) -> Any:
    """dout already contains the mean of the loss; here the gradient is divided by N * T again.

    Every entry is N * T times too small.

    Check: with tokens [[2, 2]] and dout of ones, row 2 of dE should be 2 everywhere.
    """
    return gathered(tokens, dout, vocabulary) / tokens.size


@embed_grad.mistake("rows-counted")
def _(tokens: Array, dout: Array, vocabulary: int) -> Any:
    """This says how often each token occurs; the gradient adds up the rows of dout instead of ones.

    The two agree only where dout is 1 everywhere.

    Check: twice the dout should give twice the gradient.
    """
    return gathered(tokens, np.ones_like(dout), vocabulary)


@embed_grad.mistake("gradient-of-what-was-seen-only")
def _(tokens: Array, dout: Array, vocabulary: int) -> Any:
    """dE has the shape of E, one row for each token of the vocabulary; here it ends at the largest
    token that occurs.

    Rows that were not looked up have a gradient of 0, and are there all the same.

    Check: the first axis of dE should have length vocabulary.
    """
    return gathered(tokens, dout, int(tokens.max()) + 1)


@embed_grad.mistake("rows-of-the-tokens-that-occur")
def _(tokens: Array, dout: Array, vocabulary: int) -> Any:
    """dE has a row for each token of the vocabulary; here tokens that do not occur have none.

    The other rows move up, and no longer stand at their token's number.

    Check: the first axis of dE should have length vocabulary.
    """
    return gathered(tokens, dout, vocabulary)[np.unique(tokens)]


@embed_grad.mistake("blame-not-gathered")
def _(tokens: Array, dout: Array, vocabulary: int) -> Any:
    """dE belongs to the table, shape (vocabulary, D); here the embeddings' own gradient is
    returned.

    Each row of dout still has to be added to the row of E that it was looked up in.

    Check: the shape of dE should be (vocabulary, D).
    """
    return dout + 0.0


@embed_grad.mistake("tokens-counted-from-one", rows="C21")
def _(tokens: Array, dout: Array, vocabulary: int) -> Any:
    """Tokens are numbered from 0, like the rows of E; here the gradient of token 1 goes to row 0.

    That of token 0 goes to row -1, which NumPy takes for the last row.

    Check: with tokens [[2]], only row 2 of dE should differ from 0.
    """
    return gathered((tokens - 1) % vocabulary, dout, vocabulary)


@embed_grad.mistake("embedding-gradient-transposed")
def _(tokens: Array, dout: Array, vocabulary: int) -> Any:
    """dE has the shape of E, (vocabulary, D); here it is transposed.

    Check: dE.shape[0] should be vocabulary.
    """
    return gathered(tokens, dout, vocabulary).T
