"""Pairs of a context window and the token that follows it."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=6, returns=("X", "y"))
def next_token_pairs(tokens: Array, context: int) -> Any:
    """Every window of `context` tokens, and the token that follows it.

    Args:
        tokens: a text as numbers, shape (T,), int64.
        context: the length of a window, at least 1 and less than T.

    Returns:
        X of shape (T - context, context), where row i is tokens[i], ..., tokens[i + context - 1],
        and y of shape (T - context,), where entry i is tokens[i + context].

    Source: keras.utils.timeseries_dataset_from_array with targets `context` steps ahead.
    """
    import keras

    windows = keras.utils.timeseries_dataset_from_array(
        tokens[:-1], tokens[context:], sequence_length=context, batch_size=len(tokens)
    )
    ((X, y),) = windows
    return X, y


def text(rng: Rng, T: int, kinds: int) -> Array:
    """Tokens without a repeated neighbour, so that a shift by one always shows."""
    return (np.cumsum(rng.integers(1, kinds, T)) + rng.integers(kinds)) % kinds


def windows(tokens: Array, context: int, count: int) -> Array:
    """The first `count` windows."""
    return np.array([tokens[i : i + context] for i in range(count)])


@next_token_pairs.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return {"tokens": text(rng, 13, 9), "context": 4}


@next_token_pairs.case("one-token-of-context")
def _(rng: Rng) -> Inputs:
    return {"tokens": text(rng, 8, 6), "context": 1}


@next_token_pairs.case("a-single-window")
def _(rng: Rng) -> Inputs:
    return {"tokens": text(rng, 7, 30), "context": 6}


@next_token_pairs.case("long")
def _(rng: Rng) -> Inputs:
    return {"tokens": text(rng, 900, 27), "context": 12}


@next_token_pairs.alternative("sliding-window-view")
def _(tokens: Array, context: int) -> Any:
    every = np.lib.stride_tricks.sliding_window_view(tokens, context)
    return every[:-1], tokens[context:]


@next_token_pairs.alternative("one-window-more-and-cut")
def _(tokens: Array, context: int) -> Any:
    every = np.lib.stride_tricks.sliding_window_view(tokens, context + 1)
    return every[:, :-1], every[:, -1]


@next_token_pairs.mistake("targets-not-shifted", at="y")
def _(tokens: Array, context: int) -> Any:
    """The target of window i is tokens[i + context], the first token after the window; here it is
    the window's own last token.

    A network that copies its input would then be perfect without learning anything. Its loss falls
    to 0 within minutes, and the text it writes is one letter repeated forever.

    Check: X[0] followed by y[0] should be the first context + 1 tokens of the text.
    """
    return tokens[context - 1 : -1]


@next_token_pairs.mistake("targets-shifted-too-far")
def _(tokens: Array, context: int) -> Any:
    """The target of window i is tokens[i + context], the very next token; here one is skipped.

    The network would learn to predict the token after the next.

    Check: X[0] followed by y[0] should be the first context + 1 tokens of the text.
    """
    return windows(tokens, context, len(tokens) - context - 1), tokens[context + 1 :]


@next_token_pairs.mistake("last-window-missing", rows="L02")
def _(tokens: Array, context: int) -> Any:
    """A text of T tokens has T - context windows that are followed by a token; here the last of
    them is missing.

    range(T - context) already ends at T - context - 1. Subtracting another 1 drops the pair whose
    target is the last token of the text.

    Check: y[-1] should be the last token.
    """
    count = len(tokens) - context - 1
    return windows(tokens, context, count), tokens[context : context + count]


@next_token_pairs.mistake("first-window-missing")
def _(tokens: Array, context: int) -> Any:
    """The first window begins at tokens[0]; here the windows begin at tokens[1].

    The pairs match, but one is lost.

    Check: X[0] should be the first `context` tokens.
    """
    count = len(tokens) - context - 1
    return windows(tokens[1:], context, count), tokens[context + 1 :]


@next_token_pairs.mistake("window-without-a-target", at="X")
def _(tokens: Array, context: int) -> Any:
    """There are T - context + 1 windows in the text, but the last of them has no token after it.

    X then has one row more than y has entries.

    Check: len(X) should equal len(y).
    """
    return windows(tokens, context, len(tokens) - context + 1)


@next_token_pairs.mistake("target-from-the-beginning")
def _(tokens: Array, context: int) -> Any:
    """Nothing comes after the last token; here the text is treated as if it started again after its
    end.

    np.roll and indices modulo T turn the text into a ring. The end of a book does not predict its
    first word.

    Check: the number of pairs should be T - context.
    """
    T = len(tokens)
    ring = (np.arange(T)[:, None] + np.arange(context)) % T
    return tokens[ring], np.roll(tokens, -context)


@next_token_pairs.mistake("windows-side-by-side", rows="L02")
def _(tokens: Array, context: int) -> Any:
    """A new window begins at every token, so neighbours overlap; here each begins where the
    previous one ended.

    Of the T - context pairs in the text, only one in `context` is left.

    Check: row 1 of X should begin with tokens[1].
    """
    starts = range(0, len(tokens) - context, context)
    return (
        np.array([tokens[i : i + context] for i in starts]),
        np.array([tokens[i + context] for i in starts]),
    )


@next_token_pairs.mistake("windows-in-columns", at="X")
def _(tokens: Array, context: int) -> Any:
    """A row of X is one window, shape (T - context, context); here each column is a window.

    Stacking `context` shifted copies of the text gives a matrix that still has to be transposed.

    Check: X.shape[0] should equal len(y).
    """
    return windows(tokens, context, len(tokens) - context).T


@next_token_pairs.mistake("windows-read-backwards", at="X")
def _(tokens: Array, context: int) -> Any:
    """A window keeps the order of the text; here its last token comes first.

    In a table of lagged values the newest often comes first. A text is read from left to right.

    Check: row 0 of X should be tokens[:context].
    """
    return windows(tokens, context, len(tokens) - context)[:, ::-1]


@next_token_pairs.mistake("target-for-every-place", at="y", convention=True)
def _(tokens: Array, context: int) -> Any:
    """A transformer predicts at every position of the window and needs (T - context, context)
    targets; in this course each window has one target, the token after it.

    Both train the same task. A transformer's targets are the window shifted by one.

    Check: the shape of y should be (T - context,).
    """
    return windows(tokens[1:], context, len(tokens) - context)


@next_token_pairs.mistake("targets-as-a-column", at="y", rows="C20 N03")
def _(tokens: Array, context: int) -> Any:
    """Targets are labels, shape (T - context,); here they are a column, (T - context, 1).

    Used as an index, a column picks every combination of row and label.

    Check: y.ndim should be 1.
    """
    return tokens[context:, None]


@next_token_pairs.mistake("target-inside-the-window", at="X")
def _(tokens: Array, context: int) -> Any:
    """A window holds `context` tokens and ends before its target; here it contains the target as
    well.

    The slice is one token too long. The network sees the answer in its input.

    Check: X.shape[1] should be context.
    """
    return windows(tokens, context + 1, len(tokens) - context)
