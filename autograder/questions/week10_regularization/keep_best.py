# mypy: disable-error-code="no-untyped-def"
# Wrong formulas repeat the reference's arguments; their types are stated there.
"""Keeping a copy of the best parameters so far."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.tree import copy_tree


@question(points=6, builds_on=("early_stopping_epoch",))
def keep_best(
    params: dict[str, Array], moves: dict[str, Array], val_losses: list[float], epochs: int
) -> Any:
    """The parameters after the epoch with the lowest validation loss.

    The notebook's function receives `nudge` and `val_loss` in place of `moves` and `val_losses`:
    nudge(params) is one epoch of training and changes the arrays inside params; val_loss(params)
    says how good they are now.

    Args:
        params: parameters at the start.
        moves: what each epoch adds to each parameter, one row an epoch.
        val_losses: the loss at the start and after every epoch. The start is no epoch, even where
            its loss is the lowest.
        epochs: how many epochs are run, all of them.

    Returns:
        The parameters as they were after the best epoch, a dictionary; of equals, the first.

    Source: keras.callbacks.EarlyStopping(restore_best_weights=True) with patience for all epochs.
    """
    import keras

    now = copy_tree(params)

    class Network:
        """What the callback asks of a model."""

        stop_training = False

        def get_weights(self) -> list[Array]:
            return [value.copy() for value in now.values()]

        def set_weights(self, weights: list[Array]) -> None:
            now.update(zip(now, weights, strict=True))

    watch = keras.callbacks.EarlyStopping(
        monitor="val_loss", patience=epochs + 1, mode="min", restore_best_weights=True
    )
    watch.set_model(Network())
    watch.on_train_begin()
    for epoch in range(epochs):
        for name in now:
            now[name] += moves[name][epoch]
        watch.on_epoch_end(epoch, {"val_loss": val_losses[epoch + 1]})
    watch.on_train_end()
    return now


@keep_best.driver
def _(
    keep_best: Any,
    params: dict[str, Array],
    moves: dict[str, Array],
    val_losses: list[float],
    epochs: int,
) -> Any:
    done = [0]
    # Each stage is told by one number, so that no right parameters stand here.
    marks = [sum(value.sum() for value in params.values())]
    for epoch in range(len(moves["b1"])):
        marks.append(marks[-1] + sum(moves[name][epoch].sum() for name in params))

    def nudge(params: Any) -> None:
        for name in params:
            params[name] += moves[name][done[0]]
        done[0] += 1

    def val_loss(asked: Any) -> float:
        mark = sum(value.sum() for value in asked.values())
        return val_losses[int(np.argmin(np.abs(np.array(marks) - mark)))]

    return keep_best(
        {name: value.copy() for name, value in params.items()}, nudge, val_loss, epochs
    )


def run(rng: Rng, start: float, losses: list[float]) -> Inputs:
    """A start and epochs with these losses, lifted together by a random height."""
    shapes = {"W1": (4, 3), "b1": (3,), "W2": (3, 1), "b2": (1,)}
    height = int(rng.integers(10, 90))
    return {
        "params": {name: rng.normal(size=shape) for name, shape in shapes.items()},
        "moves": {name: rng.normal(size=(len(losses), *shape)) for name, shape in shapes.items()},
        "val_losses": [(height + loss) / 64 for loss in (start, *losses)],
        "epochs": len(losses),
    }


@keep_best.case("falls-and-rises", weight=2)
def _(rng: Rng) -> Inputs:
    return run(rng, 20, [9, 6, 3, 1, 4, 5, 3, 8])


@keep_best.case("two-valleys")
def _(rng: Rng) -> Inputs:
    return run(rng, 20, [9, 4, 7, 8, 2, 6, 5, 7])


@keep_best.case("border")
def _(rng: Rng) -> Inputs:
    # The lowest by very little, then its equal; and a start that is lower, but no epoch.
    lowest = 2 - 2.0**-12
    return run(rng, 1, [9, 2, 6, lowest, 5, lowest, 7, 3])


@keep_best.alternative("deepcopy")
def _(params, nudge, val_loss, epochs):
    from copy import deepcopy

    best: Any = None
    for _ in range(epochs):
        nudge(params)
        loss = val_loss(params)
        if best is None or loss < best[0]:
            best = (loss, deepcopy(params))
    return best[1]


@keep_best.mistake("best-kept-by-name-only", rows="L13")
def _(params, nudge, val_loss, epochs):
    """These are the parameters after the last epoch, not after the best one.

    nudge writes into the arrays, so parameters kept without a copy change with every nudge.
    `best = params` is a second name for the same dictionary, and `dict(params)` is a new dictionary
    with the same arrays. Either way, the best parameters turn into the last ones.

    Check: at the end, compare best["W1"] with params["W1"]; they should differ.
    """
    best, lowest = params, np.inf
    for _ in range(epochs):
        nudge(params)
        if (loss := val_loss(params)) < lowest:
            best, lowest = dict(params), loss
    return best


@keep_best.mistake("copied-before-the-nudge")
def _(params, nudge, val_loss, epochs):
    """The loss belongs to the parameters after the nudge; here those from before it are kept.

    Check: val_loss of the parameters you return should be the lowest loss.
    """
    best, lowest = params, np.inf
    for _ in range(epochs):
        before = {name: value.copy() for name, value in params.items()}
        nudge(params)
        if (loss := val_loss(params)) < lowest:
            best, lowest = before, loss
    return best


@keep_best.mistake("kept-whenever-it-falls")
def _(params, nudge, val_loss, epochs):
    """Each loss is compared with the lowest so far; here it is compared with the previous epoch's.

    The last epoch whose loss fell is kept, although its loss may be far above the lowest.

    Check: print the losses and the epochs at which you keep a copy.
    """
    best, last = params, np.inf
    for _ in range(epochs):
        nudge(params)
        if (loss := val_loss(params)) < last:
            best = {name: value.copy() for name, value in params.items()}
        last = loss
    return best


@keep_best.mistake("stopped-at-the-first-rise")
def _(params, nudge, val_loss, epochs):
    """All epochs should run; here the loop ends when the loss rises for the first time.

    A loss goes up and down, and may later fall below the earlier minimum.

    Check: count how often nudge is called; it should be `epochs` times.
    """
    best, lowest = params, np.inf
    for _ in range(epochs):
        nudge(params)
        if (loss := val_loss(params)) >= lowest:
            break
        best, lowest = {name: value.copy() for name, value in params.items()}, loss
    return best


@keep_best.mistake("last-of-equals-kept")
def _(params, nudge, val_loss, epochs):
    """A copy is kept only where the loss falls below the lowest; here an equal one replaces it.

    Of two epochs with the same loss the first is asked for: training longer has gained nothing.

    Check: where a loss occurs twice, which epoch's parameters do you return?
    """
    best, lowest = params, np.inf
    for _ in range(epochs):
        nudge(params)
        if (loss := val_loss(params)) <= lowest:
            best, lowest = {name: value.copy() for name, value in params.items()}, loss
    return best


@keep_best.mistake("start-counted-as-an-epoch")
def _(params, nudge, val_loss, epochs):
    """The search begins with the loss of the start, which is no epoch: nothing may beat it.

    Begin with infinity, which every loss is below.

    Check: call it with a start whose loss is the lowest of all.
    """
    best = {name: value.copy() for name, value in params.items()}
    lowest = val_loss(params)
    for _ in range(epochs):
        nudge(params)
        if (loss := val_loss(params)) < lowest:
            best, lowest = {name: value.copy() for name, value in params.items()}, loss
    return best


@keep_best.mistake("worst-kept")
def _(params, nudge, val_loss, epochs):
    """The lowest loss is the best; here the parameters with the highest loss are kept.

    Check: val_loss of the parameters you return should be the lowest loss.
    """
    best, highest = params, -np.inf
    for _ in range(epochs):
        nudge(params)
        if (loss := val_loss(params)) > highest:
            best, highest = {name: value.copy() for name, value in params.items()}, loss
    return best


@keep_best.mistake("start-returned")
def _(params, nudge, val_loss, epochs):
    """A new copy is needed after each epoch that is the best so far; here the copy from the start
    is returned.

    Check: val_loss of the parameters you return should be the lowest loss.
    """
    best = {name: value.copy() for name, value in params.items()}
    for _ in range(epochs):
        nudge(params)
    return best
