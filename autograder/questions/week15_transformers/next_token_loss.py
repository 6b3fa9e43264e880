"""The loss of a language model: every token is the label of the place before it."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import SMALL_NUMBERS, Array, Inputs, Rng, question
from autograder.questions.week15_transformers.tokens import PADDING, padded


@question(points=5)
def next_token_loss(logits: Array, tokens: Array) -> Any:
    """The mean cross-entropy of each place's logits with the token that follows.

    Args:
        logits: what the model says at each place, shape (N, T, K), float64.
        tokens: the texts, from 0 to K - 1, shape (N, T), int64; -1 is padding, which fills a
            text's end.

    Returns:
        One number: the mean over all places of all texts that have a next token. Padding is no
        token, and the last place has none after it.

    Source: keras.losses.sparse_categorical_crossentropy, weighted by 1 and 0.
    """
    from keras import losses, ops

    targets = tokens[:, 1:]
    counted = targets != PADDING
    losses_ = losses.sparse_categorical_crossentropy(
        np.where(counted, targets, 0), logits[:, :-1], from_logits=True
    )
    weights = counted.astype(logits.dtype)
    return ops.sum(losses_ * weights) / weights.sum()


def said(rng: Rng, N: int, T: int, K: int, width: float = 2.0) -> Inputs:
    """Logits around 0, and texts of full length; no token repeats the one before it."""
    steps = rng.integers(1, K, (N, T))
    return {
        "logits": rng.uniform(-width, width, (N, T, K)),
        "tokens": np.cumsum(steps, axis=1) % K,
    }


def shortened(rng: Rng, given: Inputs, shortest: int) -> Inputs:
    """The same, with texts of different lengths, the first one full."""
    N, T = given["tokens"].shape
    lengths = np.concatenate([[T], rng.integers(shortest, T, N - 1)])
    return {**given, "tokens": padded(given["tokens"], lengths)}


@next_token_loss.case("padded", weight=3)
def _(rng: Rng) -> Inputs:
    return shortened(rng, said(rng, 4, 7, 5), 2)


@next_token_loss.case("full-text", weight=2, square="one text is a batch as well")
def _(rng: Rng) -> Inputs:
    return said(rng, 1, 9, 4)


@next_token_loss.case("square", square="with N = T = K a wrong axis has the right shape")
def _(rng: Rng) -> Inputs:
    return shortened(rng, said(rng, 5, 5, 5), 2)


@next_token_loss.case("stability", weight=2, stability=True)
def _(rng: Rng) -> Inputs:
    given = shortened(rng, said(rng, 3, 6, 4), 3)
    # Levels far apart, some tokens with a probability that underflows.
    level = rng.uniform(1000, 8000, (3, 6, 1)) * np.resize([1.0, -1.0], (6, 1))
    wide = np.resize([2.0, 900.0], (6, 1))
    return {**given, "logits": level + wide * given["logits"] / 2}


def log_softmax(Z: Array) -> Array:
    """A log-softmax over the last axis, for mistakes that lie elsewhere."""
    shifted = Z - Z.max(axis=-1, keepdims=True)
    logs: Array = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return logs


def picked(table: Array, targets: Array) -> Array:
    """The target's entry at each place; the last one where the target is -1."""
    entries: Array = np.take_along_axis(table, targets[..., None], axis=-1)[..., 0]
    return entries


def losses_of(logits: Array, targets: Array) -> Array:
    """The loss at each place, shape (N, T)."""
    return -picked(log_softmax(logits), targets)


@next_token_loss.alternative("text-by-text")
def _(logits: Array, tokens: Array) -> Any:
    found = []
    for Z, text in zip(logits, tokens, strict=True):
        for row, token in zip(Z[:-1], text[1:], strict=True):
            if token >= 0:
                found.append(np.logaddexp.reduce(row) - row[token])
    return np.mean(found)


@next_token_loss.alternative("one-flat-table")
def _(logits: Array, tokens: Array) -> Any:
    counted = tokens[:, 1:] != -1
    return losses_of(logits[:, :-1][counted], tokens[:, 1:][counted]).mean()


@next_token_loss.mistake("labels-not-shifted")
def _(logits: Array, tokens: Array) -> Any:
    """The logits at a place are about the token after it; here they are compared with the token
    at the place itself.

    The model has just read that token. It would only learn to repeat it.

    Check: change tokens[0, 0]; the loss should stay the same.
    """
    return losses_of(logits, tokens)[tokens != PADDING].mean()


@next_token_loss.mistake("labels-shifted-backwards")
def _(logits: Array, tokens: Array) -> Any:
    """The logits at a place are about the token after it; here they are compared with the token
    before.

    logits[:, 1:] goes with tokens[:, :-1] then. The model would learn to look back.

    Check: change logits[0, 0]; the loss should change.
    """
    counted = tokens[:, 1:] != PADDING
    return losses_of(logits[:, 1:], tokens[:, :-1])[counted].mean()


@next_token_loss.mistake("labels-shifted-by-two")
def _(logits: Array, tokens: Array) -> Any:
    """The logits at a place are about the very next token; here they are compared with the one
    after that.

    The shift was made twice, for example once in the data and once in the loss.

    Check: change tokens[0, 1]; the loss should change.
    """
    counted = tokens[:, 2:] != PADDING
    return losses_of(logits[:, :-2], tokens[:, 2:])[counted].mean()


@next_token_loss.mistake("first-token-follows-the-last")
def _(logits: Array, tokens: Array) -> Any:
    """The last place has no next token; here it is asked for the first token of the text.

    np.roll moves the first token to the end instead of dropping it.

    Check: change logits[:, -1]; the loss should stay the same.
    """
    targets = np.roll(tokens, -1, axis=1)
    return losses_of(logits, targets)[targets != PADDING].mean()


@next_token_loss.mistake("padding-counted-as-the-last-token")
def _(logits: Array, tokens: Array) -> Any:
    """Padding is no token; here places whose target is -1 count, and -1 indexes the last class.

    The model would learn that every text ends in a long row of the last token.

    Check: more padding at the end of all texts should not change the loss.
    """
    return losses_of(logits[:, :-1], tokens[:, 1:]).mean()


@next_token_loss.mistake("padding-counted-as-token-zero")
def _(logits: Array, tokens: Array) -> Any:
    """Padding is no token; here it is replaced by token 0, and its places count.

    The model would learn that every text ends in a long row of zeros.

    Check: more padding at the end of all texts should not change the loss.
    """
    return losses_of(logits[:, :-1], np.maximum(tokens[:, 1:], 0)).mean()


@next_token_loss.mistake("padding-in-the-denominator")
def _(logits: Array, tokens: Array) -> Any:
    """The sum runs over the targets that are tokens, and so does the count; here padding is in the
    count.

    Losses of padding are set to 0, but np.mean still divides by N * (T - 1).

    Check: more padding at the end of all texts should not change the loss.
    """
    targets = tokens[:, 1:]
    return np.where(targets != PADDING, losses_of(logits[:, :-1], targets), 0.0).mean()


@next_token_loss.mistake("padding-left-out-of-the-inputs")
def _(logits: Array, tokens: Array) -> Any:
    """A place is left out where its target is padding; here it is left out where the token that
    was read is padding.

    The last token of each short text is then asked for what follows it: padding, index -1.

    Check: more padding at the end of all texts should not change the loss.
    """
    counted = tokens[:, :-1] != PADDING
    return losses_of(logits[:, :-1], tokens[:, 1:])[counted].mean()


@next_token_loss.mistake("token-zero-left-out")
def _(logits: Array, tokens: Array) -> Any:
    """Padding is -1 and token 0 is a token like any other; here token 0 is left out as well.

    A target of 0 is easily taken for False: the condition should be targets >= 0 or != -1.

    Check: with all tokens 0 the loss should be a number, not nan.
    """
    targets = tokens[:, 1:]
    counted = targets > 0
    return losses_of(logits[:, :-1], targets)[counted].sum() / max(counted.sum(), 1)


@next_token_loss.mistake("texts-averaged-first", convention=True)
def _(logits: Array, tokens: Array) -> Any:
    """Some programs average each text first and then the texts; in this course every token of the
    batch counts alike.

    With the mean of means a token of a short text counts more than one of a long text.

    Check: the loss should be a sum over all counted places, divided by their number.
    """
    targets = tokens[:, 1:]
    counted = targets != PADDING
    losses = np.where(counted, losses_of(logits[:, :-1], targets), 0.0)
    return (losses.sum(axis=1) / counted.sum(axis=1)).mean()


@next_token_loss.mistake("loss-summed-over-tokens", rows="C13")
def _(logits: Array, tokens: Array) -> Any:
    """The loss is a mean over the counted places; this is their sum.

    It grows with the length of the texts, and so would every gradient.

    Check: repeat every text twice; the loss should stay the same.
    """
    targets = tokens[:, 1:]
    return losses_of(logits[:, :-1], targets)[targets != PADDING].sum()


@next_token_loss.mistake("loss-summed-over-a-text", rows="C13")
def _(logits: Array, tokens: Array) -> Any:
    """The loss is divided by the number of counted places; here it is divided by the number of
    texts.

    Long texts then have a larger loss than short ones.

    Check: when all logits are 0, the loss should be log K.
    """
    targets = tokens[:, 1:]
    return losses_of(logits[:, :-1], targets)[targets != PADDING].sum() / len(tokens)


@next_token_loss.mistake("loss-averaged-over-the-vocabulary", rows="C14")
def _(logits: Array, tokens: Array) -> Any:
    """The mean runs over the places; here it runs over all K entries of the one-hot table as well.

    Only one entry for each place differs from 0, and the loss is K times too small.

    Check: when all logits are 0, the loss should be log K.
    """
    targets = tokens[:, 1:]
    found = losses_of(logits[:, :-1], targets)[targets != PADDING]
    return found.mean() / logits.shape[-1]


@next_token_loss.mistake("softmax-over-the-places", rows="A29")
def _(logits: Array, tokens: Array) -> Any:
    """At each place the K tokens compete, so the softmax runs along the last axis; here the places
    of a text compete.

    In a batch of texts axis 1 counts places. It was the class axis for tables (N, K).

    Check: adding 5 to all K logits of one place should not change the loss.
    """
    targets = tokens[:, 1:]
    logs = log_softmax(logits[:, :-1].swapaxes(1, 2)).swapaxes(1, 2)
    return -picked(logs, targets)[targets != PADDING].mean()


@next_token_loss.mistake("perplexity", convention=True)
def _(logits: Array, tokens: Array) -> Any:
    """This is the perplexity, exp(loss); in this course the loss itself is asked for.

    Both are in use. A perplexity of 7 means: as unsure as with seven equally likely tokens.

    Check: when all logits are 0, the loss should be log K, not K.
    """
    targets = tokens[:, 1:]
    return np.exp(losses_of(logits[:, :-1], targets)[targets != PADDING].mean())


@next_token_loss.mistake("bits-for-nats", convention=True)
def _(logits: Array, tokens: Array) -> Any:
    """This is the loss in bits, with a logarithm to base 2; in this course losses are in nats, with
    the natural logarithm.

    Papers on compression count bits for each character. One nat is 1.44 bits.

    Check: when all logits are 0, the loss should be np.log(K).
    """
    targets = tokens[:, 1:]
    return losses_of(logits[:, :-1], targets)[targets != PADDING].mean() / np.log(2)


@next_token_loss.mistake("logits-taken-for-log-probabilities")
def _(logits: Array, tokens: Array) -> Any:
    """The loss is -log softmax(logits); here the target's logit itself is taken, without softmax.

    Logits are not normalized: raising all of them would lower this loss.

    Check: adding 5 to all K logits of one place should not change the loss.
    """
    targets = tokens[:, 1:]
    return -picked(logits[:, :-1], targets)[targets != PADDING].mean()


@next_token_loss.mistake("tokens-overflow", rows="A26")
def _(logits: Array, tokens: Array) -> Any:
    """exp overflows float64 above about 709, and inf / inf is nan; the loss itself is an ordinary
    number.

    The equation is right on paper and for small logits.

    Next: use softmax_cross_entropy from week 05, which works for any logits.
    """
    targets = tokens[:, 1:]
    E = np.exp(logits[:, :-1])
    return -np.log(picked(E / E.sum(axis=-1, keepdims=True), targets))[targets != PADDING].mean()


@next_token_loss.mistake("log-of-a-vanishing-softmax", rows="A33")
def _(logits: Array, tokens: Array) -> Any:
    """A probability below about 1e-308 underflows to 0, and log(0) is -inf, although the loss is an
    ordinary number.

    The softmax is stable, but the logarithm after it is not.

    Next: use softmax_cross_entropy from week 05, which works for any logits.
    """
    targets = tokens[:, 1:]
    P = np.exp(log_softmax(logits[:, :-1]))
    return -np.log(picked(P, targets))[targets != PADDING].mean()


@next_token_loss.mistake("log-kept-from-zero-in-texts", rows="C09", family={"eps": SMALL_NUMBERS})
def _(logits: Array, tokens: Array, *, eps: float = 1e-12) -> Any:
    """log(p + eps) is no longer the loss: it is wrong by a little everywhere, and by a lot where p
    is tiny.

    It hides the -inf instead of computing the logarithm without it.

    Next: use softmax_cross_entropy from week 05, which works for any logits.
    """
    targets = tokens[:, 1:]
    P = np.exp(log_softmax(logits[:, :-1]))
    return -np.log(picked(P, targets) + eps)[targets != PADDING].mean()
