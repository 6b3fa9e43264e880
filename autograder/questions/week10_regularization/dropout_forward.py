# mypy: disable-error-code="no-untyped-def"
# Wrong formulas repeat the reference's arguments; their types are stated there.
"""Inverted dropout, judged by the statistics of many draws and by rules for every entry."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions import draws
from autograder.questions.define import Array, Inputs, Rng, question

SMALL = 60
"""Entries of the small inputs by which counts are compared."""
N_BELOW = {0.0: 0.158655253931457, 0.4: 0.274253117750074, 0.75: 0.401293674317076}
"""How often a standard normal number exceeds 1 - rate, for the rates of the cases."""


def statements(
    X: Array,
    rate: float,
    first: list[Array],
    following: list[Array],
    again: list[Array],
    counts: Array | None = None,
) -> list[Any]:
    """What some calls show, as the parts that the question names in `returns`.

    Args:
        X: inputs, shape (N, D); rows of zeros, and others without a zero.
        rate: the share that should be dropped, one of the cases' rates.
        first: output (N, D) and mask of a call.
        following: the next call with the same generator.
        again: a call with a new generator of the same seed.
        counts: zeros in each of many small outputs of `SMALL` numbers; None if nothing is dropped.
    """
    out, mask = first
    if out.shape != X.shape:
        raise ValueError(f"out has shape {out.shape}, X has {X.shape}")
    mask = np.broadcast_to(mask, X.shape).astype(float)
    empty = ~X.any(axis=1)
    blind, (X, out, mask) = mask[empty] != 0, (each[~empty] for each in (X, out, mask))
    kept = out != 0
    by_row, by_column = bool((kept == kept[0]).all()), bool((kept[:, 0] == kept.T).all())
    # One row of draws that all examples share is no more than that row.
    draws_made = kept[0] if by_row else kept[:, 0] if by_column else kept
    dropped = draws.share(~draws_made, [rate, 1 - rate, N_BELOW[rate], 0.0, 1.0])
    # Where X is 0, out does not tell what was drawn, but the mask does.
    blind = blind[0] if by_row else blind[:, 0] if by_column else blind
    chosen = mask[kept].sum() / max(kept.sum(), 1) - mask[~kept].sum() / max((~kept).sum(), 1)
    shared = (1.0 if by_row else 2.0 if by_column else 0.0) if 0 < kept.mean() < 1 else 0.0
    found = [
        dropped,
        constant_factor(out[kept], X[kept], [1 / (1 - rate), 1 / rate if rate else 1.0, 1 - rate]),
        chosen,
        draws.share(blind, [1.0, 0.0, 1 - rate, rate, 1 - N_BELOW[rate]]),
        shared,
        counts is None or draws.vary(counts, SMALL, rate),
        bool(np.array_equal(first[0], again[0])),
        bool(not np.array_equal(first[0], following[0])),
    ]
    return [np.asarray(part) for part in found]


def constant_factor(scaled: Array, plain: Array, candidates: list[float]) -> float:
    """The one factor between two arrays, settled among candidates or 1; 0 where there is none."""
    if not scaled.size or not np.isfinite(scaled).all():
        return 0.0
    factors = scaled.astype(float) / plain
    middle = float(np.median(factors))
    # Single precision keeps seven digits.
    if np.abs(factors - middle).max() > 1e-5 * abs(middle):
        return 0.0
    near = [c for c in [*candidates, 1.0] if abs(middle - c) <= 1e-5 * abs(c)]
    return near[0] if near else middle


@question(
    points=11,
    returns=(
        "dropped",
        "scale",
        "mask",
        "mask_at_zeros",
        "shared",
        "independent",
        "repeats",
        "continues",
    ),
)
def dropout_forward(X: Array, rate: float, seed: int, training: bool) -> Any:
    """Inverted dropout: out is 0 or X / (1 - rate) while training, and X at test time.

    The notebook's function receives `rng`, a generator made from `seed`. Three calls are made:
    two in a row, and one with a new generator of the same seed.

    Args:
        X: inputs, shape (N, D), float64.
        rate: the chance that an entry is dropped, 0 <= rate < 1.
        seed: makes the generator.
        training: whether to drop at all.

    Returns:
        dropped: the share of zeros in out.
        scale: the one factor of the other entries; 0 where they have several.
        mask: 1 where it is True exactly at the entries that are kept, as they all are at test time.
        mask_at_zeros: the share of kept entries where X is 0.
        shared: 1 where all examples share one row of draws, 2 where all features share one column.
        independent: whether the number of dropped entries varies as independent draws do.
        repeats: whether the same seed gives the same output.
        continues: whether the next call draws again.

    Source: keras.layers.Dropout; Srivastava et al. 2014.
    """
    import keras

    calls = []
    ones = np.ones_like(X)
    for number in (seed, seed + 1, seed):
        layer = keras.layers.Dropout(rate, seed=number, dtype=X.dtype.name)
        factor = np.asarray(layer(ones, training=training))
        calls.append([X * factor, factor != 0])
    first, following, again = calls
    # Without counts: Keras draws every entry by itself.
    return statements(X, rate, first, following, again)


@dropout_forward.driver
def _(dropout_forward: Any, X: Array, rate: float, seed: int, training: bool) -> Any:
    rng = np.random.default_rng(seed)
    first = dropout_forward(X, rate, rng, training)
    if first is None:
        return None
    # What was returned may be X itself, which a later call may change.
    alone = isinstance(first, np.ndarray)
    first = np.copy(first) if alone else [np.copy(part) for part in first]
    following = dropout_forward(X, rate, rng, training)
    again = dropout_forward(X, rate, np.random.default_rng(seed), training)
    made = {"first": first, "following": following, "again": again}
    if rate and training:
        small = [dropout_forward(X[:5, :12], rate, rng, training)[0] for _ in range(40)]
        made["counts"] = np.array([np.sum(np.asarray(out) == 0) for out in small])
    return made


@dropout_forward.measure
def _(calls: Any, X: Array, rate: float, seed: int, training: bool) -> Any:
    both = (2, *X.shape)
    pairs = {
        # One array may hold both.
        name: list(call) if isinstance(call, np.ndarray) and call.shape == both else call
        for name, call in calls.items()
        if name != "counts"
    }
    if any(not isinstance(call, list) or len(call) != 2 for call in pairs.values()):
        raise ValueError("expected two values, out and mask")
    return statements(X, rate, **pairs, counts=calls.get("counts"))


def drawn(rng: Rng, rate: float, training: bool) -> Inputs:
    """Inputs that suffice to tell the rules apart, and some empty examples."""
    X = rng.uniform(0.5, 2.0, (140, 160)) * rng.choice([-1.0, 1.0], (140, 160))
    X[rng.permutation(np.arange(5, 140))[:10]] = 0.0
    return {"X": X, "rate": rate, "seed": int(rng.integers(2**31)), "training": training}


@dropout_forward.case("training", weight=3)
def _(rng: Rng) -> Inputs:
    return drawn(rng, 0.4, True)


@dropout_forward.case("high-rate")
def _(rng: Rng) -> Inputs:
    return drawn(rng, 0.75, True)


@dropout_forward.case("rate-zero")
def _(rng: Rng) -> Inputs:
    return drawn(rng, 0.0, True)


@dropout_forward.case("test-time", weight=2)
def _(rng: Rng) -> Inputs:
    return drawn(rng, 0.4, False)


def dropped(X: Array, rate: float, mask: Any, training: bool) -> tuple[Any, Any]:
    """Dropout with a given mask."""
    return (X * mask / (1 - rate), mask) if training else (X.copy(), np.ones(X.shape, bool))


@dropout_forward.alternative("mask-of-ones")
def _(X, rate, rng, training):
    if not training or rate == 0:
        return X, np.ones_like(X)
    mask = rng.binomial(1, 1 - rate, size=X.shape)
    return X * (mask / (1 - rate)), mask


@dropout_forward.alternative("where")
def _(X, rate, rng, training):
    mask = rng.uniform(size=X.shape) < (1 - rate if training else 2)
    return np.where(mask, X / (1 - rate) if training else X, 0.0), mask


@dropout_forward.alternative("choice")
def _(X, rate, rng, training):
    mask = rng.choice([False, True], size=X.shape, p=[rate, 1 - rate])
    return dropped(X, rate, mask, training)


@dropout_forward.mistake("kept-entries-not-scaled", rows="H01")
def _(X, rate, rng, training):
    """Kept entries are divided by 1 - rate so that the mean stays the same; here they are not
    scaled.

    In training the next layer then receives only the fraction 1 - rate of what it will receive at
    test time.

    Check: for X of ones and many entries, the mean of out should be near 1.
    """
    mask = rng.random(X.shape) >= rate
    return (X * mask, mask) if training else (X.copy(), np.ones(X.shape, bool))


@dropout_forward.mistake("scaled-at-test-time", rows="H02", convention=True)
def _(X, rate, rng, training):
    """The original paper scales by 1 - rate at test time; inverted dropout scales during training.

    Both keep the mean equal in training and at test time. In the inverted form, test time costs
    nothing.

    Check: with training=False the output should equal X.
    """
    mask = rng.random(X.shape) >= rate
    return (X * mask, mask) if training else (X * (1 - rate), np.ones(X.shape, bool))


@dropout_forward.mistake("scaled-in-training-and-at-test-time", rows="H02")
def _(X, rate, rng, training):
    """Either training divides by 1 - rate or test time multiplies by it; here both are done.

    Each alone keeps the mean equal. Together the next layer receives too little at test time.

    Check: with training=False the output should equal X.
    """
    out, mask = dropped(X, rate, rng.random(X.shape) >= rate, training)
    return (out if training else X * (1 - rate)), mask


@dropout_forward.mistake("dropped-at-test-time", rows="H03 L10")
def _(X, rate, rng, training):
    """At test time every entry is kept unchanged; here some are dropped whatever `training` says.

    The same picture then gets a different answer each time.

    Check: with training=False the output should equal X.
    """
    return dropped(X, rate, rng.random(X.shape) >= rate, True)


@dropout_forward.mistake("rate-taken-as-share-kept", rows="H04", convention=True)
def _(X, rate, rng, training):
    """Some older libraries pass the fraction to keep; in this course rate is the fraction to drop.

    At rate 0.5 the two give the same result.

    Check: with rate = 0 nothing should be dropped.
    """
    if not training:
        return X.copy(), np.ones(X.shape, bool)
    mask = rng.random(X.shape) < rate
    return X * mask / rate if rate else X * mask, mask


@dropout_forward.mistake("mask-the-wrong-way-round", rows="H04")
def _(X, rate, rng, training):
    """A number drawn from [0, 1) is below rate with probability rate; those entries are dropped,
    but here they are kept.

    At rate 0.5 this makes no difference.

    Check: with rate = 0 nothing should be dropped.
    """
    return dropped(X, rate, rng.random(X.shape) < rate, training)


@dropout_forward.mistake("divided-by-the-rate", rows="H05")
def _(X, rate, rng, training):
    """Kept entries are divided by the fraction kept, 1 - rate; here they are divided by rate.

    At rate 0.5 this makes no difference; at rate 0 it divides by 0.

    Check: for X of ones and many entries, the mean of out should be near 1.
    """
    mask = rng.random(X.shape) >= rate
    return (X * mask / rate, mask) if training else (X.copy(), np.ones(X.shape, bool))


@dropout_forward.mistake("normal-instead-of-uniform", rows="H06 H11")
def _(X, rate, rng, training):
    """Only a uniform number in [0, 1) is below rate with probability rate; here the number is
    normal.

    The normal distribution gives other probabilities. Entries are dropped even at rate 0.

    Check: with rate = 0 nothing should be dropped.
    """
    return dropped(X, rate, rng.normal(size=X.shape) < 1 - rate, training)


@dropout_forward.mistake("one-mask-for-all-examples", rows="H07")
def _(X, rate, rng, training):
    """Every entry is drawn separately; here all examples of the batch share one row of draws.

    Each column of out is then either all zero or all kept.

    Check: look at one column of the mask; it should hold both True and False.
    """
    mask = rng.random(X.shape[1]) >= rate
    return dropped(X, rate, np.broadcast_to(mask, X.shape), training)


@dropout_forward.mistake("one-draw-for-an-example", rows="H07")
def _(X, rate, rng, training):
    """Every entry is drawn separately; here an example is kept or dropped as a whole.

    The network then learns from fewer pictures, each with all its features.

    Check: look at one row of the mask; it should hold both True and False.
    """
    mask = rng.random((len(X), 1)) >= rate
    return dropped(X, rate, np.broadcast_to(mask, X.shape), training)


@dropout_forward.mistake("generator-made-anew", rows="H10 N07")
def _(X, rate, rng, training):
    """The rng that is passed in keeps its state between calls; here each call makes a new generator
    with the same seed.

    Every call drops the same entries, so the network never learns to do without the others.

    Check: two calls in a row with one rng should give two different masks.
    """
    return dropped(X, rate, np.random.default_rng(0).random(X.shape) >= rate, training)


@dropout_forward.mistake("global-generator", rows="N07")
def _(X, rate, rng, training):
    """Draws should come from the rng that is passed in; here they come from NumPy's global
    generator.

    Nobody can reproduce the run, because the seed of rng has no effect.

    Check: two generators with the same seed should give the same mask.
    """
    return dropped(X, rate, np.random.random(X.shape) >= rate, training)


@dropout_forward.mistake("integer-mask-divided-in-place", rows="H13")
def _(X, rate, rng, training):
    """`/=` keeps the array's dtype, and an integer array cannot hold quotients.

    Check: print the mask's dtype; multiply X by the mask and divide that product.
    """
    if not training:
        return X.copy(), np.ones(X.shape, bool)
    mask = (rng.random(X.shape) >= rate).astype(int)
    mask /= 1 - rate
    return X * mask, mask


@dropout_forward.mistake("scale-in-the-mask", convention=True)
def _(X, rate, rng, training):
    """Some courses put the factor into the mask; in this course the mask only says which entries
    are kept.

    The output is the same. But dropout_backward receives the rate and would divide a second time.

    Check: the mask should hold True and False, or 1 and 0.
    """
    if not training:
        return X.copy(), np.ones(X.shape, bool)
    mask = (rng.random(X.shape) >= rate) / (1 - rate)
    return X * mask, mask


@dropout_forward.mistake("mask-of-the-dropped")
def _(X, rate, rng, training):
    """The mask is True where an entry is kept; here it is True where an entry is dropped.

    The output is right. But the backward pass would let gradients through at the wrong entries.

    Check: where the mask is True, out should not be 0.
    """
    out, mask = dropped(X, rate, rng.random(X.shape) >= rate, training)
    return out, ~mask


@dropout_forward.mistake("mask-read-from-the-output")
def _(X, rate, rng, training):
    """The mask says what was drawn; one read from out also says False where X itself is 0.

    Backwards, such an entry would get no gradient, although it was kept.

    Check: for X of zeros the mask should still be True at about 1 - rate of the entries.
    """
    out, _ = dropped(X, rate, rng.random(X.shape) >= rate, training)
    return out, out != 0


@dropout_forward.mistake("exactly-that-many-dropped")
def _(X, rate, rng, training):
    """Every entry is drawn by itself; here exactly the share `rate` of all entries is dropped.

    Then one entry's fate depends on all others, and the number of dropped entries never varies.

    Check: count the zeros of several calls; the counts should differ.
    """
    order = rng.permutation(X.size).reshape(X.shape)
    return dropped(X, rate, order >= round(rate * X.size), training)


@dropout_forward.mistake("mask-not-returned")
def _(X, rate, rng, training):
    """The function returns two values, the output and the mask; here it returns only the output.

    The backward pass needs to know which entries were dropped.

    Next: compare what you return with `Returns` in the docstring.
    """
    return dropped(X, rate, rng.random(X.shape) >= rate, training)[0]


@dropout_forward.mistake("inputs-dropped-in-place", rows="N05")
def _(X, rate, rng, training):
    """`X[...] = 0` and `X *= ...` write into the caller's array, so the inputs are lost.

    The next epoch then starts from pictures that already have entries missing.

    Check: keep a copy of X, call your function, and compare.
    """
    if not training:
        return X, np.ones(X.shape, bool)
    mask = rng.random(X.shape) >= rate
    X *= mask / (1 - rate)
    return X.copy(), mask
