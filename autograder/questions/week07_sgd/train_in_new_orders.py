# mypy: disable-error-code="no-untyped-def"
# The mistakes repeat the eight arguments; the reference above them states their types.
"""Which examples the training loop looks at, and in which order."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week07_sgd.formulas import shuffled, trained

FLAGS = (
    "labels_kept_with_rows",
    "once_an_epoch",
    "shuffled",
    "new_order_each_epoch",
    "same_rng_same_orders",
    "other_rng_other_orders",
)


@question(
    points=6,
    calls="train",
    returns=("sizes", "times_seen", *FLAGS),
    builds_on=("minibatch_indices", "sgd_step"),
)
def train_in_new_orders(X: Array, y: Array, epochs: int, batch_size: int, seed: int) -> Any:
    """The batches that `train` hands to its `loss_and_grads`, which here takes notes.

    Args:
        X: inputs, no two rows alike, shape (N, D), float64.
        y: labels, shape (N,), int64.
        epochs: how often to go through all examples.
        batch_size: how many examples make a batch; the last one of an epoch is shorter.
        seed: what the generator is made from.

    Returns:
        sizes of all batches, times_seen (N,) over all epochs, and six statements that are 1
        where they hold: every row comes with its own label; every epoch shows every example
        once; the first epoch is shuffled; every epoch has a new order; the same rng gives the
        same orders; another one gives others.

    Source: how keras.Model.fit goes through its data.
    """
    sizes = [batch_size] * (len(y) // batch_size) + [len(y) % batch_size]
    return np.array(sizes * epochs), np.full(len(y), epochs), 1, 1, 1, 1, 1, 1


@train_in_new_orders.driver
def _(train: Any, X: Array, y: Array, epochs: int, batch_size: int, seed: int) -> Any:
    def noted(seed: int) -> Any:
        calls: list[Any] = []

        def loss_and_grads(X: Array, y: Array, params: Any) -> Any:
            calls.append({"X": np.array(X), "y": np.array(y)})
            return 1.0, {name: np.zeros_like(value) for name, value in params.items()}

        rng = np.random.default_rng(seed)
        params = {"W1": np.zeros((X.shape[1], 3)), "b1": np.zeros(3)}
        try:
            if (
                train(X, y, params, loss_and_grads, epochs, batch_size, lambda step: 0.5, rng)
                is None
            ):
                return None
        except NotImplementedError:
            raise
        except Exception:
            # What follows the batches is asked in `train`, and costs points there.
            if not calls:
                raise
        return calls

    first = noted(seed)
    if first is None:
        return None
    return {"first": first, "again": noted(seed), "other": noted(seed + 1)}


@train_in_new_orders.measure
def _(answer: Any, X: Array, y: Array, epochs: int, batch_size: int, seed: int) -> Any:
    calls = batches_seen(answer["first"], len(y))
    order = rows_of(X, calls)
    labels = np.concatenate([call["y"] for call in calls])
    whole = order.reshape(epochs, -1) if order.size == epochs * len(y) else order[None, :]
    again, other = (rows_of(X, batches_seen(answer[name], len(y))) for name in ("again", "other"))
    return (
        np.array([len(call["y"]) for call in calls]),
        np.bincount(order, minlength=len(y)),
        int(np.array_equal(labels, y[order])),
        int(all(np.array_equal(np.sort(epoch), np.arange(len(y))) for epoch in whole)),
        int(not np.array_equal(order[: len(y)], np.arange(len(y)))),
        int(len({epoch.tobytes() for epoch in whole}) == epochs),
        int(np.array_equal(order, again)),
        int(not np.array_equal(order, other)),
    )


def batches_seen(calls: list[Any], N: int) -> list[Any]:
    """The calls that belong to steps.

    A right answer may ask twice for one batch, for the loss and for the gradients, and may look
    at all examples in between.
    """
    parts = [call for call in calls if len(call["y"]) < N]
    return [
        call
        for place, call in enumerate(parts)
        if place == 0
        or call["X"].shape != parts[place - 1]["X"].shape
        or not np.array_equal(call["X"], parts[place - 1]["X"])
    ]


def rows_of(X: Array, calls: list[Any]) -> Array:
    """Which row of X each row of the batches is."""
    seen = np.concatenate([call["X"] for call in calls])
    apart = np.abs(seen[:, None, :] - X[None, :, :]).max(axis=2)
    rows: Array = apart.argmin(axis=1)
    return rows


@train_in_new_orders.case("short-last-batch", weight=2)
def _(rng: Rng) -> Inputs:
    y = rng.permutation(np.resize(np.arange(3), 25))
    seed = int(rng.integers(2**31))
    return {"X": rng.normal(size=(25, 4)), "y": y, "epochs": 3, "batch_size": 8, "seed": seed}


@train_in_new_orders.case("small-batches")
def _(rng: Rng) -> Inputs:
    y = rng.permutation(np.resize(np.arange(3), 19))
    seed = int(rng.integers(2**31))
    return {"X": rng.normal(size=(19, 3)), "y": y, "epochs": 4, "batch_size": 2, "seed": seed}


@train_in_new_orders.alternative("all-orders-drawn-at-once")
def _(X, y, params, loss_and_grads, epochs, batch_size, schedule, rng):
    orders = rng.permuted(np.tile(np.arange(len(y)), (epochs, 1)), axis=1)
    for order in orders:
        for start in range(0, len(y), batch_size):
            batch = order[start : start + batch_size]
            # Once for the loss and once for the gradients.
            loss_and_grads(X[batch], y[batch], params)
            loss_and_grads(X[batch], y[batch], params)
        loss_and_grads(X, y, params)
    return params, [1.0] * epochs


@train_in_new_orders.mistake("one-order-for-all-epochs", rows="L04")
def _(*given):
    """Each epoch needs its own order; here the first one is used for all epochs.

    minibatch_indices is called once, before the loop over the epochs. Every epoch then has the same
    batches.

    Check: print the first batch of two epochs; they should differ.
    """
    drawn: list[Any] = []

    def once(N, batch_size, rng, epoch):
        if not drawn:
            drawn.extend(shuffled(N, batch_size, rng))
        return drawn

    return trained(*given, batches=once)


@train_in_new_orders.mistake("generator-made-in-the-loop", rows="L04")
def _(*given):
    """A generator that is made again from a fixed seed gives the same order every time.

    The generator that was passed moves on by itself: each call of it gives new numbers.

    Check: print the first batch of two epochs; they should differ.
    """
    return trained(
        *given, batches=lambda N, size, rng, epoch: shuffled(N, size, np.random.default_rng(7))
    )


@train_in_new_orders.mistake("seeded-by-the-epoch", rows="L04 N06")
def _(*given):
    """The order should come from the generator passed as rng; here it comes from the epoch's
    number.

    The epochs differ, but two training runs with different generators use the same orders.

    Check: two generators with different seeds should give different batches.
    """
    return trained(
        *given, batches=lambda N, size, rng, epoch: shuffled(N, size, np.random.default_rng(epoch))
    )


@train_in_new_orders.mistake("global-generator-in-training", rows="N07")
def _(*given):
    """The order should come from the argument rng; here it comes from another generator.

    The training cannot be reproduced: the same rng gives different batches each time.

    Check: two generators made from the same seed should give the same batches.
    """
    return trained(
        *given, batches=lambda N, size, rng, epoch: shuffled(N, size, np.random.default_rng())
    )


@train_in_new_orders.mistake("never-shuffled")
def _(*given):
    """Every epoch shuffles the examples; here they always come in the order they are stored.

    rng is not used. Data that are stored class by class would be learned class by class.

    Check: print the first batch of two epochs; they should differ.
    """
    return trained(
        *given,
        batches=lambda N, size, rng, epoch: [
            np.arange(N)[start : start + size] for start in range(0, N, size)
        ],
    )


@train_in_new_orders.mistake("rows-and-labels-shuffled-apart", rows="L03")
def _(X, y, params, loss_and_grads, epochs, batch_size, schedule, rng):
    """A row and its label have to stay together; here X and y are shuffled separately.

    Every picture gets the label of another one. The loss never falls far below that of guessing.

    Check: print one row and its label before and after shuffling.
    """
    order = rng.permutation(len(y))
    return trained(X, y[order], params, loss_and_grads, epochs, batch_size, schedule, rng)


@train_in_new_orders.mistake("batches-drawn-with-replacement", rows="L05", convention=True)
def _(*given):
    """Some programs draw every batch from all examples; in this course each appears once per epoch.

    About a third of the examples are missed in such an epoch, and others appear more than once.

    Check: count how often each example was seen; after one epoch it should be once.
    """
    return trained(
        *given,
        batches=lambda N, size, rng, epoch: [
            rng.integers(0, N, min(size, N - start)) for start in range(0, N, size)
        ],
    )


@train_in_new_orders.mistake("last-examples-unseen", rows="L02")
def _(*given):
    """Every epoch includes its short last batch; here the examples left over are skipped.

    Check: count how often each example was seen; after one epoch it should be once.
    """
    return trained(*given, batches=lambda N, size, rng, epoch: shuffled(N, size, rng)[: N // size])


@train_in_new_orders.mistake("examples-moved-in-place", rows="N05")
def _(X, y, *rest):
    """Shuffling X and y in place reorders the caller's data; pick the rows of each batch instead.

    X[batch] is a new array of the rows you want, and X stays unchanged. Code that later splits off
    test data by position would find training data there.

    Check: keep a copy of X, train, and compare.
    """
    result = trained(X, y, *rest)
    order = rest[-1].permutation(len(y))
    X[:], y[:] = X[order], y[order]
    return result
