"""The CLIP loss: matching pictures with captions in both directions."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Formula, Inputs, Rng, question
from autograder.questions.week05_losses.formulas import row_softmax
from autograder.questions.week13_paradigms.formulas import (
    cold_views,
    diagonal_loss,
    pairs_of_views,
    similarities,
)
from autograder.questions.week13_paradigms.info_nce import partner_loss


@question(points=4, builds_on=("cosine_similarity_matrix", "info_nce"))
def clip_loss(images: Array, texts: Array, temperature: float) -> Any:
    """The mean of two contrastive losses: images find their texts, and texts find their images.

    Args:
        images: embeddings of pictures, shape (N, D), float64; no row is zero.
        texts: embeddings of their captions, in the same order, shape (N, D), float64.
        temperature: a positive number by which the cosines are divided.

    Returns:
        One number, 0 or more.

    Source: Radford et al. 2021, figure 3, with 1 / temperature for the learned scale.
    """
    there = partner_loss(images, texts, temperature)
    return (there + partner_loss(texts, images, temperature)) / 2


def captions(given: Inputs) -> Inputs:
    """The same embeddings under this question's names."""
    return {
        "images": given["za"],
        "texts": given["zb"],
        "temperature": given["temperature"],
    }


@clip_loss.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return captions(pairs_of_views(rng, 7, 4, float(rng.uniform(0.3, 0.6))))


@clip_loss.case("square", square="a length without keepdims fits only where N = D")
def _(rng: Rng) -> Inputs:
    return captions(pairs_of_views(rng, 5, 5, float(rng.uniform(0.3, 0.6))))


@clip_loss.case("cold", stability=True)
def _(rng: Rng) -> Inputs:
    return captions(cold_views(rng, 6, 4))


@clip_loss.alternative("rows-and-columns-of-one-table")
def _(images: Array, texts: Array, temperature: float) -> Any:
    from scipy.special import logsumexp

    S = similarities(images, texts, temperature)
    both = logsumexp(S, axis=0) + logsumexp(S, axis=1)
    return np.mean(both / 2 - np.diag(S))


@clip_loss.made_of(
    but="contrast-log-of-softmax contrast-over-the-columns contrast-overflow "
    "contrast-shifted-by-the-table contrast-summed"
)
def _(
    images: Array,
    texts: Array,
    temperature: float,
    *,
    info_nce: Formula = lambda za, zb, temperature: diagonal_loss(
        similarities(za, zb, temperature)
    ),
) -> Any:
    return (info_nce(images, texts, temperature) + info_nce(texts, images, temperature)) / 2


@clip_loss.mistake("images-to-texts-only", rows="A29")
def _(images: Array, texts: Array, temperature: float) -> Any:
    """CLIP compares in both directions and takes the mean; here only images are matched to texts.

    A caption that fits every picture is then not penalized.

    Check: swapping images and texts should not change the loss.
    """
    return diagonal_loss(similarities(images, texts, temperature))


@clip_loss.mistake("texts-to-images-only", rows="A29")
def _(images: Array, texts: Array, temperature: float) -> Any:
    """CLIP compares in both directions and takes the mean; here only texts are matched to images.

    A picture that fits every caption is then not penalized.

    Check: swapping images and texts should not change the loss.
    """
    return diagonal_loss(similarities(images, texts, temperature).T)


@clip_loss.mistake("directions-added")
def _(images: Array, texts: Array, temperature: float) -> Any:
    """The loss is the mean of the two directions; here it is their sum, twice as large.

    Nothing else differs; learning would only take larger steps.

    Check: when all embeddings are equal, the loss should be log N.
    """
    S = similarities(images, texts, temperature)
    return diagonal_loss(S) + diagonal_loss(S.T)


def both_ways(S: Array) -> float:
    """The loss of a matrix of logits."""
    return (diagonal_loss(S) + diagonal_loss(S.T)) / 2


@clip_loss.mistake("temperature-multiplied", rows="A38")
def _(images: Array, texts: Array, temperature: float) -> Any:
    """Cosines are divided by the temperature; here they are multiplied by it.

    Multiplied by a small number, all logits are nearly equal, and the loss stays near log N.

    Check: with texts equal to images, a temperature of 0.01 should give a loss near 0.
    """
    return both_ways(similarities(images, texts, 1 / temperature))


@clip_loss.mistake("temperature-unused", rows="A38")
def _(images: Array, texts: Array, temperature: float) -> Any:
    """The logits are the cosines divided by the temperature; here the cosines are used directly.

    Cosines lie between -1 and 1, so no probability can come near 1.

    Check: the loss should change when the temperature does.
    """
    return both_ways(similarities(images, texts, 1.0))


@clip_loss.mistake("temperature-as-a-logarithm", convention=True)
def _(images: Array, texts: Array, temperature: float) -> Any:
    """The paper learns t and multiplies by exp(t); in this course a temperature is given and the
    cosines are divided by it.

    The paper's scale is 1 divided by this course's temperature.

    Check: with texts equal to images, a temperature of 0.01 should give a loss near 0.
    """
    return both_ways(similarities(images, texts, np.exp(-temperature)))


@clip_loss.mistake("embeddings-not-normalized")
def _(images: Array, texts: Array, temperature: float) -> Any:
    """The logits are made from cosines, which do not depend on lengths; here they are made from
    plain dot products.

    Pictures and captions come from two networks whose embedding lengths are unrelated.

    Check: doubling a row of images should not change the loss.
    """
    return both_ways(images @ texts.T / temperature)


@clip_loss.mistake("both-directions-summed-over-the-batch", rows="C13")
def _(images: Array, texts: Array, temperature: float) -> Any:
    """This is a sum over the N pairs; each direction is a mean.

    The loss is N times too large and grows with the batch.

    Check: when all embeddings are equal, the loss should be log N.
    """
    return both_ways(similarities(images, texts, temperature)) * len(images)


@clip_loss.mistake("pairs-in-reverse-order")
def _(images: Array, texts: Array, temperature: float) -> Any:
    """Partners are on the main diagonal, from the upper left; here the other diagonal is used.

    It happens when one of the batches is reversed or the matrix is flipped.

    Check: with texts equal to images, a temperature of 0.01 should give a loss near 0.
    """
    return both_ways(similarities(images, texts[::-1], temperature))


@clip_loss.mistake("yes-or-no-for-each-pair", convention=True)
def _(images: Array, texts: Array, temperature: float) -> Any:
    """SigLIP decides for every pair separately whether it matches; CLIP lets the candidates compete
    in a softmax.

    Zhai et al. 2023 use a sigmoid for each of the N * N entries.

    Check: when all embeddings are equal, the loss should be log N.
    """
    S = similarities(images, texts, temperature)
    signs = 2 * np.eye(len(S)) - 1
    return np.logaddexp(0, -signs * S).sum() / len(S)


@clip_loss.mistake("clip-overflow", rows="A26")
def _(images: Array, texts: Array, temperature: float) -> Any:
    """exp overflows float64 above about 709, but a cosine of 1 at a temperature of 1e-4 gives a
    logit of 10,000.

    The equation is right on paper and for higher temperatures.

    Next: use your info_nce, which works at any temperature.
    """
    E = np.exp(similarities(images, texts, temperature))
    partners = np.diag(E)
    return -np.log(partners / E.sum(axis=1) * partners / E.sum(axis=0)).mean() / 2


@clip_loss.mistake("clip-log-of-softmax", rows="A33")
def _(images: Array, texts: Array, temperature: float) -> Any:
    """A probability below about 1e-308 can underflow to 0 in float64, and log(0) is -inf, although
    the true logarithm is an ordinary number.

    The softmax is stable, but the logarithm after it is not.

    Next: use your info_nce, which works at any temperature.
    """
    S = similarities(images, texts, temperature)
    return -(np.log(np.diag(row_softmax(S))) + np.log(np.diag(row_softmax(S.T)))).mean() / 2
