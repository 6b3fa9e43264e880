"""Who may be looked at in texts that were filled up to one length."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=2)
def padding_mask(lengths: Array, T: int) -> Any:
    """The mask of texts that were filled up at their ends to T places.

    Args:
        lengths: how many tokens each text has, from 1 to T, shape (N,), int64.
        T: how many places every text has after filling up.

    Returns:
        bool, shape (N, 1, T): entry (n, 0, s) is True where s is a place of text n and False where
        it is filling. The axis of 1 stands for all queries.

    Source: keras.ops.arange, compared with the lengths.
    """
    from keras import ops

    places = ops.arange(T, dtype="int64")
    return ops.less(places, ops.reshape(ops.convert_to_tensor(lengths, "int64"), (-1, 1, 1)))


@padding_mask.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return {"lengths": rng.permutation([2, 5, 3, 7]), "T": int(rng.integers(9, 30))}


@padding_mask.case("full-and-short")
def _(rng: Rng) -> Inputs:
    T = int(rng.integers(5, 40))
    return {"lengths": np.array([T, 1, rng.integers(2, T)]), "T": T}


@padding_mask.case("one-text", square="one text is a batch as well", hidden={"T": 7})
def _(rng: Rng) -> Inputs:
    return {"lengths": rng.integers(2, 5, 1), "T": 6}


@padding_mask.case("as-many-texts-as-places", square="lengths fit on the wrong axis where N = T")
def _(rng: Rng) -> Inputs:
    return {"lengths": rng.permutation([1, 2, 4, 5, 3, 6]), "T": 6}


@padding_mask.alternative("text-by-text")
def _(lengths: Array, T: int) -> Any:
    mask = np.zeros((len(lengths), 1, T), bool)
    for n, length in enumerate(lengths):
        mask[n, :, :length] = True
    return mask


def filled(lengths: Array, T: int) -> Array:
    """The right mask."""
    mask: Array = np.arange(T) < lengths[:, None, None]
    return mask


@padding_mask.mistake("first-filling-visible")
def _(lengths: Array, T: int) -> Any:
    """A text of length L has the places 0 to L - 1; here place L is visible, too.

    It is the first place of the filling.

    Check: mask.sum() should be lengths.sum().
    """
    return np.arange(T) <= lengths[:, None, None]


@padding_mask.mistake("last-token-masked")
def _(lengths: Array, T: int) -> Any:
    """A text of length L has the places 0 to L - 1; here its last token is hidden.

    A text of one token would have nothing left to look at.

    Check: mask.sum() should be lengths.sum().
    """
    return np.arange(T) < lengths[:, None, None] - 1


@padding_mask.mistake("filling-marked", convention=True)
def _(lengths: Array, T: int) -> Any:
    """In PyTorch a padding mask is True at the filling; in this course, as in Keras, True means
    that the place may be looked at.

    Check: mask[n, 0, 0] should be True for every text.
    """
    return ~filled(lengths, T)


@padding_mask.mistake("filled-up-in-front")
def _(lengths: Array, T: int) -> Any:
    """These texts are filled up at their ends, so the first places are visible; here the last ones
    are.

    Some models fill up in front, so that all texts end at the same place.

    Check: mask[n, 0, 0] should be True for every text.
    """
    return filled(lengths, T)[..., ::-1]


@padding_mask.mistake("one-place-alone")
def _(lengths: Array, T: int) -> Any:
    """All places before the length are visible; here only one is.

    == asks whether a place is the last one, < asks whether it lies within the text.

    Check: mask.sum() should be lengths.sum().
    """
    return np.arange(T) == lengths[:, None, None] - 1


@padding_mask.mistake("one-length-for-all-texts")
def _(lengths: Array, T: int) -> Any:
    """Every text has a length of its own; here the longest one decides for all.

    The filling of shorter texts is visible.

    Check: mask.sum(axis=-1) should be the lengths.
    """
    return filled(np.full_like(lengths, lengths.max()), T)


@padding_mask.mistake("as-long-as-the-longest-text")
def _(lengths: Array, T: int) -> Any:
    """The mask has T places, as the texts have; here it ends with the longest text.

    Check: mask.shape[-1] should be T.
    """
    return filled(lengths, int(lengths.max()))


@padding_mask.mistake("axis-for-the-queries-missing", rows="J10")
def _(lengths: Array, T: int) -> Any:
    """The mask has shape (N, 1, T), so that it is the same for all queries of a text; here the axis
    of 1 is missing.

    (N, T) against scores (N, T, T) would line up the texts with the queries.

    Check: mask.ndim should be 3.
    """
    return np.arange(T) < lengths[:, None]


@padding_mask.mistake("queries-masked-in-place-of-keys")
def _(lengths: Array, T: int) -> Any:
    """The last axis of a mask is the place that is looked at, (N, 1, T); here the axis of 1 is the
    last one.

    Then the filling may not look, but it is looked at.

    Check: mask.shape should be (len(lengths), 1, T).
    """
    return np.swapaxes(filled(lengths, T), -1, -2)


@padding_mask.mistake("filling-masked-as-a-query-too")
def _(lengths: Array, T: int) -> Any:
    """The filling may look, and nobody cares at what; here its rows are all False, in a mask of
    shape (N, T, T).

    A query that may look nowhere has a softmax of 0 / 0.

    Check: mask.shape should be (len(lengths), 1, T).
    """
    mask = filled(lengths, T)
    return mask & np.swapaxes(mask, -1, -2)


@padding_mask.mistake("lengths-along-the-places", rows="J03")
def _(lengths: Array, T: int) -> Any:
    """A length belongs to a text, the first axis; here the lengths are compared along the places.

    Where N differs from T, the result has another shape or NumPy raises an error.

    Check: mask.sum(axis=-1) should be the lengths.
    """
    return (np.arange(T)[:, None] < lengths)[:, None]
