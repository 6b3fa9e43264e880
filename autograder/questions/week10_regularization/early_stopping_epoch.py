"""When to stop training, decided from the validation losses."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Inputs, Rng, question

UNIT = 1 / 64
"""Losses are multiples of it, so that ties and differences are exact in every precision."""

Losses = list[float]


@question(points=9, returns=("stop", "best"), parts={"stop": 1, "best": 1})
def early_stopping_epoch(val_losses: list[float], patience: int, min_delta: float) -> Any:
    """The epoch after which training stops, and the best epoch until then.

    An epoch improves when its loss < best loss so far - min_delta; the first one always does.
    Training stops after the first epoch at which the last improvement is `patience` epochs ago,
    or after the last one.

    Args:
        val_losses: the validation loss after every epoch, a list; epochs count from 0.
        patience: how many epochs in a row without improvement are one too many, 1 or more.
        min_delta: by more than this a loss has to fall below the best one.

    Returns:
        stop and best, two epochs: the last one that is run, and the last that improved until then.

    Source: keras.callbacks.EarlyStopping(mode="min"), driven through the list.
    """
    import keras

    watch = keras.callbacks.EarlyStopping(
        monitor="val_loss", patience=patience, min_delta=min_delta, mode="min"
    )
    model = keras.Model()
    model.stop_training = False  # as fit does at its start
    watch.set_model(model)
    watch.on_train_begin()
    for epoch, loss in enumerate(val_losses):
        watch.on_epoch_end(epoch, {"val_loss": loss})
        if model.stop_training:
            break
    return np.asarray(epoch), np.asarray(watch.best_epoch)


@early_stopping_epoch.measure
def _(epochs: Any, val_losses: Losses, patience: int, min_delta: float) -> Any:
    stop, best = epochs
    return np.asarray(stop), np.asarray(best)


def script(rng: Rng, *moves: int) -> Losses:
    """Losses that fall for some epochs and then stand at the lowest of these plus `moves` units."""
    falls = rng.integers(12, 20, rng.integers(3, 7)) * UNIT
    falling = 8.0 - np.cumsum(falls)
    return [float(loss) for loss in (*falling, *(falling[-1] + UNIT * np.array(moves)))]


def worse(rng: Rng, count: int) -> list[int]:
    """Units above the best loss, rising."""
    return [int(step) for step in np.cumsum(rng.integers(2, 9, count))]


@early_stopping_epoch.case("bumps", weight=2)
def _(rng: Rng) -> Inputs:
    # Two short bumps, then a long one with a dip in it, and a lower loss that is never reached.
    moves = [*worse(rng, 2), -9, *worse(rng, 2), -20, 9, 4, 12, 3, 14, -30, -40, 8]
    return {"val_losses": script(rng, *moves), "patience": 3, "min_delta": 0.0}


@early_stopping_epoch.case("ties")
def _(rng: Rng) -> Inputs:
    first, *_ = worse(rng, 1)
    moves = [0, 0, first, 0, -5, -9, 3, 4]
    # So small that a tolerance of one's own would take an improvement for a tie.
    tiny = [loss * 2.0**-20 for loss in script(rng, *moves)]
    return {"val_losses": tiny, "patience": 3, "min_delta": 0.0}


@early_stopping_epoch.case("small-improvements", weight=2)
def _(rng: Rng) -> Inputs:
    # By 4 units at a time nothing improves; every third of the small steps does.
    moves = [-2, -4, -6, -7, -9, -11, -12, -14, -15, -15, -14, -16, -15, -14, -15, -14]
    return {"val_losses": script(rng, *moves), "patience": 3, "min_delta": 4 * UNIT}


@early_stopping_epoch.case("never-stops")
def _(rng: Rng) -> Inputs:
    moves = [*worse(rng, 3), -9, *worse(rng, 2), -20, *worse(rng, 3)]
    return {"val_losses": script(rng, *moves), "patience": 4, "min_delta": 0.0}


def stopping(
    val_losses: Losses,
    patience: int,
    min_delta: float,
    *,
    ties: bool = False,
    resets: bool = True,
    follows: bool = False,
    neighbours: bool = False,
) -> tuple[int, int]:
    """Early stopping with one rule changed."""
    best, best_epoch, wait = np.inf, 0, 0
    for epoch, loss in enumerate(val_losses):
        limit = best - min_delta
        if loss < limit or (ties and loss == limit):
            best, best_epoch = loss, epoch
            wait = 0 if resets else wait
        else:
            wait += 1
            if wait >= patience:
                return epoch, best_epoch
        if neighbours or (follows and loss < best):
            best = loss
    return len(val_losses) - 1, best_epoch


@early_stopping_epoch.alternative("counted-by-epochs")
def _(val_losses: Losses, patience: int, min_delta: float) -> Any:
    best = 0
    for epoch in range(len(val_losses)):
        if val_losses[best] - val_losses[epoch] > min_delta:
            best = epoch
        elif epoch - best == patience:
            break
    return np.array([epoch, best])


@early_stopping_epoch.mistake("one-epoch-too-patient", rows="L14")
def _(val_losses: Losses, patience: int, min_delta: float) -> Any:
    """Training stops after `patience` epochs in a row without improvement; here it waits one epoch
    more.

    Check: losses 3, 4, 4, 4, 4 with patience 2 should stop after epoch 2.
    """
    return stopping(val_losses, patience + 1, min_delta)


@early_stopping_epoch.mistake("one-epoch-too-impatient", rows="L14")
def _(val_losses: Losses, patience: int, min_delta: float) -> Any:
    """The count starts after the best epoch; here the best epoch itself counts as one without
    improvement.

    Check: losses 3, 4, 4, 4, 4 with patience 2 should stop after epoch 2.
    """
    return stopping(val_losses, patience - 1, min_delta)


@early_stopping_epoch.mistake("tie-taken-as-improvement", rows="L14")
def _(val_losses: Losses, patience: int, min_delta: float) -> Any:
    """An improvement must be below best - min_delta; here a loss equal to it counts as well.

    With min_delta 0, a loss that no longer changes would let training run forever.

    Check: losses 3, 3, 3, 3 with patience 2 and min_delta 0 should stop after epoch 2.
    """
    return stopping(val_losses, patience, min_delta, ties=True)


@early_stopping_epoch.mistake("waiting-never-reset", rows="L14")
def _(val_losses: Losses, patience: int, min_delta: float) -> Any:
    """Only epochs in a row count, so an improvement resets the count; here it is never reset.

    All epochs without improvement since the start are added up.

    Check: losses 5, 6, 4, 6, 3, 6, 2 with patience 2 should run to the end.
    """
    return stopping(val_losses, patience, min_delta, resets=False)


@early_stopping_epoch.mistake("min-delta-ignored")
def _(val_losses: Losses, patience: int, min_delta: float) -> Any:
    """A loss improves only if it falls by more than min_delta; here any decrease is enough.

    Check: losses 3, 2.9, 2.8, 2.7 with patience 2 and min_delta 0.5 should stop after epoch 2.
    """
    return stopping(val_losses, patience, 0.0)


@early_stopping_epoch.mistake("min-delta-with-the-wrong-sign")
def _(val_losses: Losses, patience: int, min_delta: float) -> Any:
    """An improvement must be below best - min_delta; with best + min_delta even a higher loss
    counts.

    Check: losses 3, 3.1, 3.2, 3.3 with patience 2 and min_delta 0.5 should stop after epoch 2.
    """
    return stopping(val_losses, patience, -min_delta)


@early_stopping_epoch.mistake("compared-with-the-epoch-before")
def _(val_losses: Losses, patience: int, min_delta: float) -> Any:
    """Each loss is compared with the best so far; here it is compared with the previous one.

    A loss that jumps up and creeps down again then looks like progress.

    Check: losses 3, 9, 8, 7, 6 with patience 3 should stop after epoch 3.
    """
    return stopping(val_losses, patience, min_delta, neighbours=True)


@early_stopping_epoch.mistake("best-loss-creeps-down")
def _(val_losses: Losses, patience: int, min_delta: float) -> Any:
    """The best loss is that of the last epoch that improved; here every lower loss replaces it.

    Many small steps together are an improvement. If the best loss moves with each of them, none is
    ever far enough below it.

    Check: losses 3, 2.7, 2.4, 2.1 with min_delta 0.5 improve at epoch 2.
    """
    return stopping(val_losses, patience, min_delta, follows=True)


@early_stopping_epoch.mistake("best-of-the-whole-list", at="best")
def _(val_losses: Losses, patience: int, min_delta: float) -> Any:
    """Only epochs that were run can be the best; the smallest loss of the whole list may come
    later.

    Or it is less than min_delta below the best loss, which is no improvement.

    Check: losses 3, 4, 4, 1 with patience 2 have their best epoch at 0.
    """
    return int(np.argmin(val_losses))


@early_stopping_epoch.mistake("epochs-counted-from-one", convention=True)
def _(val_losses: Losses, patience: int, min_delta: float) -> Any:
    """Progress bars count epochs from 1; in this course epoch 0 is the first entry of the list.

    Check: val_losses[best] should be the best loss.
    """
    stop, best = stopping(val_losses, patience, min_delta)
    return stop + 1, best + 1


@early_stopping_epoch.mistake("zero-where-nothing-stopped", convention=True)
def _(val_losses: Losses, patience: int, min_delta: float) -> Any:
    """Keras's stopped_epoch stays 0 when training runs to the end; in this course the last epoch is
    returned.

    Check: losses 3, 2, 1 should give 2 as the last epoch that was run.
    """
    stop, best = stopping(val_losses, patience, min_delta)
    ran_out = stop == len(val_losses) - 1 and stop - best < patience
    return 0 if ran_out else stop, best


@early_stopping_epoch.mistake("best-and-stop-exchanged")
def _(val_losses: Losses, patience: int, min_delta: float) -> Any:
    """The epoch at which training stops comes first, the best epoch second; here they are swapped.

    Check: the first of the two should never be smaller than the second.
    """
    return stopping(val_losses, patience, min_delta)[::-1]
