# mypy: disable-error-code="no-untyped-def"
# The mistakes repeat the three arguments; the reference above them states their types.
"""One epoch's batches: the examples in a new order, cut into pieces."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question

FLAGS = ("mixed", "new_order_each_call", "same_rng_same_order")


@question(points=10, returns=("sizes", "times_seen", *FLAGS))
def minibatch_indices(N: int, batch_size: int, seed: int) -> Any:
    """The batches of one epoch: a list of index arrays, in a new random order at every call.

    The student's third argument is `rng`, a generator; only its seed can travel. Any way of
    shuffling with that generator is right, so what is judged are the laws of an epoch.

    Args:
        N: how many examples there are.
        batch_size: how many of them make a batch; the last batch may be shorter.
        seed: what the generator is made from.

    Returns:
        sizes of the batches, times_seen (N,) of every example, and three statements that are 1
        where they hold: batches are mixed from all examples; every call gives a new order; the
        order is decided by the generator that was passed.

    Source: how keras.Model.fit shuffles: every example once an epoch, the last batch kept.
    """
    sizes = [batch_size] * (N // batch_size) + [N % batch_size] * (N % batch_size > 0)
    return np.array(sizes), np.ones(N, np.int64), 1, 1, 1


@minibatch_indices.driver
def _(minibatch_indices: Any, N: int, batch_size: int, seed: int) -> Any:
    def batches(rng: Any) -> Any:
        found = minibatch_indices(N, batch_size, rng)
        return None if found is None else [np.asarray(batch) for batch in found]

    rng = np.random.default_rng(seed)
    first = batches(rng)
    if first is None:
        return None
    return {
        "first": first,
        "next": batches(rng),
        "again": batches(np.random.default_rng(seed)),
        "other": batches(np.random.default_rng(seed + 1)),
    }


@minibatch_indices.measure
def _(answer: Any, N: int, batch_size: int, seed: int) -> Any:
    first = in_a_row(answer["first"], N)
    following, again, other = (in_a_row(answer[name], N) for name in ("next", "again", "other"))
    return (
        np.array([len(batch) for batch in answer["first"]]),
        np.bincount(first, minlength=N),
        mixed(first, N),
        new_order(first, following, N),
        int(np.array_equal(first, again) and not np.array_equal(first, other)),
    )


def in_a_row(batches: list[Array], N: int) -> Array:
    """The indices of all batches, one after the other."""
    order = np.concatenate(batches)
    if order.dtype.kind not in "iu":
        raise TypeError(f"expected whole numbers as indices, received {order.dtype}")
    if order.size and not (order.min() >= 0 and order.max() < N):
        raise IndexError("an index lies outside 0 ... N - 1")
    return order.astype(np.int64)


def mixed(order: Array, N: int) -> int:
    """Whether an order shows no trace of counting; wrong with a probability below 1e-9.

    In a random order the number of neighbours i, i + d (modulo N) follows a Poisson law of mean 1
    for each d, which exceeds 20 with a probability of 1e-20, and place and index are uncorrelated.
    """
    if len(order) < 2:
        return 1
    neighbours = np.bincount(np.diff(order) % N).max()
    places = np.arange(len(order))
    spread = np.std(order) * np.std(places)
    along = float(np.mean((order - order.mean()) * (places - places.mean())))
    uncorrelated = abs(along) <= 6.2 * spread / math.sqrt(len(order) - 1)
    return int(neighbours <= 20 and uncorrelated)


def new_order(first: Array, following: Array, N: int) -> int:
    """Whether an order is new: neither the first one, nor that one rolled or turned round."""
    if np.array_equal(first, following):
        return 0
    if len(following) != N or not np.array_equal(np.sort(first), np.arange(N)):
        return 1
    # Of an order that only counts, it is said that it is not mixed.
    return int(not mixed(first, N) or mixed(np.argsort(first)[following], N))


def epoch(rng: Rng, N: int, batch_size: int) -> Inputs:
    return {"N": N, "batch_size": batch_size, "seed": int(rng.integers(2**31))}


@minibatch_indices.case("last-short", weight=3)
def _(rng: Rng) -> Inputs:
    return epoch(rng, 31, 10)


@minibatch_indices.case("no-remainder", weight=2)
def _(rng: Rng) -> Inputs:
    return epoch(rng, 24, 6)


@minibatch_indices.case("one-batch")
def _(rng: Rng) -> Inputs:
    return epoch(rng, 29, 32)


@minibatch_indices.case("many", weight=2)
def _(rng: Rng) -> Inputs:
    return epoch(rng, 2_000, 32)


def cut(order: Array, batch_size: int) -> list[Array]:
    """An order in pieces of batch_size, the last one shorter."""
    return [order[start : start + batch_size] for start in range(0, len(order), batch_size)]


@minibatch_indices.alternative("shuffled-list")
def _(N, batch_size, rng):
    order = list(range(N))
    rng.shuffle(order)
    return tuple(order[start : start + batch_size] for start in range(0, N, batch_size))


@minibatch_indices.alternative("sorted-random-numbers")
def _(N, batch_size, rng):
    return np.split(np.argsort(rng.random(N)), range(batch_size, N, batch_size))


@minibatch_indices.alternative("drawn-without-replacement")
def _(N, batch_size, rng):
    order = rng.choice(N, N, replace=False)
    return (part for part in cut(order, batch_size))


@minibatch_indices.mistake("last-batch-dropped", rows="L02")
def _(N, batch_size, rng):
    """An epoch shows every example once, including those in the last, shorter batch.

    N // batch_size counts full batches only. With N = 25 and batches of 10, five examples are
    never seen in this epoch.

    Check: the lengths of all batches should add up to N.
    """
    return cut(rng.permutation(N), batch_size)[: N // batch_size]


@minibatch_indices.mistake("drawn-with-replacement", rows="L05", convention=True)
def _(N, batch_size, rng):
    """Some programs draw every index independently; in this course an epoch is one permutation.

    Drawn with replacement, about a third of the examples are missed in an epoch, and others appear
    more than once.

    Check: sort all indices of the epoch; they should be 0, 1, ..., N - 1.
    """
    return cut(rng.integers(0, N, N), batch_size)


@minibatch_indices.mistake("not-shuffled")
def _(N, batch_size, rng):
    """Every epoch should have its own order; here the examples come in the order they are stored.

    Data are often stored class by class. A batch then sees only one class, and its nudge pulls
    towards that class.

    Check: call it twice with the same generator; the orders should differ.
    """
    return cut(np.arange(N), batch_size)


@minibatch_indices.mistake("generator-made-inside", rows="L04 N06")
def _(N, batch_size, rng):
    """The order should come from the generator passed as rng; here each call makes a new one.

    A generator made from a fixed seed starts again each time, so all epochs have the same order. It
    looks random, but it never changes.

    Check: call it twice with the same generator; the orders should differ.
    """
    return cut(np.random.default_rng(0).permutation(N), batch_size)


@minibatch_indices.mistake("global-generator", rows="N07")
def _(N, batch_size, rng):
    """The order should come from the argument rng; np.random uses a generator of its own.

    The batches are good, but nobody can reproduce them: the same rng gives a different order each
    time.

    Check: two generators made from the same seed should give the same batches.
    """
    return cut(np.random.permutation(N), batch_size)


@minibatch_indices.mistake("batches-shuffled-examples-not")
def _(N, batch_size, rng):
    """The examples should be shuffled; here neighbours stay together and only the batches move.

    Every epoch has the same batches in a different order. Examples that are stored side by side are
    always seen together.

    Check: the first batch should not consist of neighbouring indices.
    """
    batches = cut(np.arange(N), batch_size)
    return [batches[place] for place in rng.permutation(len(batches))]


@minibatch_indices.mistake("shuffled-inside-the-batches")
def _(N, batch_size, rng):
    """All N examples are shuffled before they are cut into batches; here each batch is shuffled.

    The first batch always holds the same examples. Their order inside a batch makes no difference
    to the mean.

    Check: with N much larger than batch_size, the first batch should contain large indices too.
    """
    return [rng.permutation(batch) for batch in cut(np.arange(N), batch_size)]


@minibatch_indices.mistake("batches-evened-out", convention=True)
def _(N, batch_size, rng):
    """np.array_split makes pieces of nearly equal size; in this course only the last may be
    shorter.

    Every example is seen once, so this would train as well. The docstring asks for batch_size
    examples in every batch but the last.

    Check: with N = 25 and batches of 10 the sizes should be 10, 10, 5.
    """
    return np.array_split(rng.permutation(N), math.ceil(N / batch_size))


@minibatch_indices.mistake("last-batch-filled-up", convention=True)
def _(N, batch_size, rng):
    """Some programs fill the last batch with examples seen already; in this course it stays short.

    Those examples count twice in this epoch, and all batches have the same size.

    Check: the lengths of all batches should add up to N.
    """
    order = rng.permutation(N)
    return cut(np.resize(order, math.ceil(N / batch_size) * batch_size), batch_size)


@minibatch_indices.mistake("empty-last-batch")
def _(N, batch_size, rng):
    """If batch_size divides N, no examples are left over and there should be no further batch.

    The mean over an empty batch is nan, and one step with it makes every weight nan.

    Check: with N = 24 and batches of 6 there should be four batches.
    """
    order = rng.permutation(N)
    starts = range(0, (N // batch_size + 1) * batch_size, batch_size)
    return [order[start : start + batch_size] for start in starts]


@minibatch_indices.mistake("indices-from-one")
def _(N, batch_size, rng):
    """Rows are numbered from 0 to N - 1; here they run from 1 to N, and row N does not exist.

    Row 0 is never seen.

    Check: the smallest index of the epoch should be 0.
    """
    return cut(rng.permutation(N) + 1, batch_size)


@minibatch_indices.mistake("first-batch-only", rows="L16")
def _(N, batch_size, rng):
    """An epoch is a list of all its batches; here the list ends after the first.

    A `return` that is indented too far ends the loop in its first iteration.

    Check: the lengths of all batches should add up to N.
    """
    return cut(rng.permutation(N), batch_size)[:1]


@minibatch_indices.mistake("order-not-cut")
def _(N, batch_size, rng):
    """The N shuffled indices still have to be cut into batches of batch_size.

    This is one array of N indices. A loop over it would see single numbers.

    Check: len(batches[0]) should be batch_size.
    """
    return rng.permutation(N)
