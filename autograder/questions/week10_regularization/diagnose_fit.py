"""What the training and the validation loss say about a network."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=3)
def diagnose_fit(train_losses: Array, val_losses: Array) -> Any:
    """One word for each pair of losses: "underfits", "overfits" or "fits".

    "underfits" where the training loss is above 0.5; of the others, "overfits" where the
    validation loss is more than 0.25 above the training loss; of the others, "fits". The
    notebook's function is called once for each pair.

    Args:
        train_losses: cross-entropy on the pictures it learned from, shape (P,), float64.
        val_losses: cross-entropy on pictures kept aside, shape (P,), float64.

    Returns:
        The words, a list.

    Source: the week's table, in keras.ops.
    """
    from keras import ops

    high = ops.convert_to_numpy(ops.greater(train_losses, 0.5))
    gap = ops.convert_to_numpy(ops.greater(ops.subtract(val_losses, train_losses), 0.25))
    return [
        "underfits" if h else "overfits" if g else "fits" for h, g in zip(high, gap, strict=True)
    ]


@diagnose_fit.driver
def _(diagnose_fit: Any, train_losses: Array, val_losses: Array) -> Any:
    words = [
        diagnose_fit(float(train), float(val))
        for train, val in zip(train_losses, val_losses, strict=True)
    ]
    return None if all(word is None for word in words) else words


def pairs(rng: Rng, *ranges: tuple[float, float, float, float]) -> Inputs:
    """For each (low, high, least gap, largest gap) two pairs of losses, in random order."""
    train, gap = (
        np.array([rng.uniform(each[k], each[k + 1]) for each in ranges for _ in range(2)])
        for k in (0, 2)
    )
    order = rng.permutation(len(train))
    return {"train_losses": train[order], "val_losses": (train + gap)[order]}


@diagnose_fit.case("table", weight=2)
def _(rng: Rng) -> Inputs:
    return pairs(rng, (0.01, 0.1, 1.0, 3.0), (0.01, 0.2, 0.02, 0.1), (1.0, 2.3, 0.02, 0.1))


@diagnose_fit.case("near-the-thresholds")
def _(rng: Rng) -> Inputs:
    near, far = 2e-6, 8e-6
    return pairs(
        rng, (0.3, 0.4, 0.25 - far, 0.25 - near), (0.3, 0.4, 0.25 + near, 0.25 + far),
        (0.5 + near, 0.5 + far, 0.02, 0.1), (0.5 - far, 0.5 - near, 0.02, 0.1),
    )  # fmt: skip


@diagnose_fit.case("border")
def _(rng: Rng) -> Inputs:
    # Neither 0.5 nor a gap of 0.25 is above itself; these numbers are exact.
    order = rng.permutation(4)
    train, val = np.array([[0.5, 0.5], [0.25, 0.5], [0.5, 0.75], [0.125, 0.375]])[order].T
    return {"train_losses": train, "val_losses": val}


@diagnose_fit.case("unusual")
def _(rng: Rng) -> Inputs:
    # Bad at both with a gap; and, as under dropout, better on new pictures.
    return pairs(
        rng, (0.8, 1.5, 0.5, 1.0), (0.35, 0.45, -0.32, -0.27), (0.6, 0.7, -0.5, -0.3),
        (0.1, 0.2, 0.5, 0.7), (0.4, 0.45, 0.03, 0.08),
    )  # fmt: skip


@diagnose_fit.mistake("gap-asked-first")
def _(train: float, val: float) -> Any:
    """A network whose training loss is high underfits, with or without a gap; here the gap is
    tested first.

    Against a high training loss this week's tools do harm, so test for it first.

    Check: losses 1.2 and 2.0 should give "underfits".
    """
    return "overfits" if val - train > 0.25 else "underfits" if train > 0.5 else "fits"


@diagnose_fit.mistake("underfitting-read-from-new-pictures")
def _(train: float, val: float) -> Any:
    """Underfitting shows in the training loss; here it is read from the validation loss.

    If only the loss on new pictures is high, that is overfitting.

    Check: losses 0.05 and 2.0 should give "overfits".
    """
    return "underfits" if val > 0.5 else "overfits" if val - train > 0.25 else "fits"


@diagnose_fit.mistake("gap-without-direction")
def _(train: float, val: float) -> Any:
    """Overfitting means being worse on new pictures; here being better on them counts as well.

    Under dropout the training loss is often the higher one, because it is measured with units
    dropped.

    Check: losses 0.4 and 0.1 should give "fits".
    """
    return "underfits" if train > 0.5 else "overfits" if abs(val - train) > 0.25 else "fits"


@diagnose_fit.mistake("no-gap-needed")
def _(train: float, val: float) -> Any:
    """Every network is a little worse on new pictures; only a gap above 0.25 counts as overfitting.

    Check: losses 0.10 and 0.15 should give "fits".
    """
    return "underfits" if train > 0.5 else "overfits" if val > train else "fits"


@diagnose_fit.mistake("ratio-instead-of-gap")
def _(train: float, val: float) -> Any:
    """The gap is the difference, val - train; a ratio would call 0.02 against 0.18 overfitting.

    Near 0 a small difference can be a large ratio.

    Check: losses 0.02 and 0.18 should give "fits".
    """
    return "underfits" if train > 0.5 else "overfits" if val / train > 1.25 else "fits"


@diagnose_fit.mistake("words-exchanged")
def _(train: float, val: float) -> Any:
    """Underfitting means learning too little, overfitting means memorizing; here the two words are
    swapped.

    Check: losses 2.3 and 2.3, as from guessing, should give "underfits".
    """
    return "overfits" if train > 0.5 else "underfits" if val - train > 0.25 else "fits"


@diagnose_fit.mistake("losses-exchanged")
def _(train: float, val: float) -> Any:
    """The training loss comes first and the validation loss second; here they are swapped.

    Check: losses 0.05 and 2.0 should give "overfits".
    """
    return "underfits" if val > 0.5 else "overfits" if train - val > 0.25 else "fits"
