"""Rosenblatt's learning rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.questions.define import Array, Formula, Inputs, Rng, question


@question(
    points=20,
    returns=("w", "b", "errors"),
    builds_on=("weighted_sum", "step", "perceptron_predict"),
)
def perceptron_fit(X: Array, y: Array, epochs: int, lr: float) -> Any:
    """Rosenblatt's rule, example by example in the given order, from w and b of zeros.

    For each example: label = 1 if x w + b > 0 else 0, then w += lr * (y - label) * x and
    b += lr * (y - label), before the next example is looked at.

    Args:
        X: examples, one a row, shape (N, D), float64 or whole numbers.
        y: labels 0 and 1, shape (N,).
        epochs: how often to go through all examples; it always runs all of them.
        lr: learning rate.

    Returns:
        w (D,), b, and how many labels were wrong as each epoch went by, shape (epochs,).

    Source: Rosenblatt 1958, by TensorFlow operations.
    """
    import tensorflow as tf

    precision = X.dtype if X.dtype.kind == "f" else np.dtype(np.float64)
    w, b, errors = tf.zeros(X.shape[1], precision), tf.zeros((), precision), []
    for _ in range(epochs):
        wrong = 0
        for x, target in zip(tf.constant(X, precision), y, strict=True):
            label = tf.cast(tf.tensordot(x, w, 1) + b > 0, precision)
            blame = tf.cast(target, precision) - label
            w, b = w + lr * blame * x, b + lr * blame
            wrong += int(blame != 0)
        errors.append(wrong)
    return w, b, np.array(errors)


def learning_rate(rng: Rng) -> float:
    """A multiple of 1/16 other than 1, so that sums of it are exact."""
    return float(rng.integers(3, 15)) / 16


@perceptron_fit.case("gate", weight=2)
def _(rng: Rng) -> Inputs:
    # Whole numbers: scores of exactly 0 occur, and they are 0 in every order of summing.
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])[rng.permutation(4)]
    y = X.min(axis=1) if rng.integers(2) else X.max(axis=1)
    return {"X": X, "y": y, "epochs": 12, "lr": learning_rate(rng)}


@perceptron_fit.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    X = rng.normal(size=(20, 3))
    y = (X @ rng.normal(size=3) + rng.uniform(-0.5, 0.5) > 0).astype(np.int64)
    y[:2] = [1, 0]
    return {"X": X, "y": y, "epochs": 4, "lr": learning_rate(rng)}


@perceptron_fit.case("never-separable")
def _(rng: Rng) -> Inputs:
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])[rng.permutation(4)]
    # So small that a limit other than 0 shows.
    return {"X": X, "y": X.sum(axis=1) % 2, "epochs": 7, "lr": learning_rate(rng) / 2**20}


@perceptron_fit.case("one-input", square="one weight and one epoch are still arrays")
def _(rng: Rng) -> Inputs:
    X = rng.normal(size=(11, 1))
    y = (X[:, 0] > rng.uniform(-0.2, 0.2)).astype(np.int64)
    y[:2] = [1, 0]
    return {"X": X, "y": y, "epochs": 1, "lr": learning_rate(rng)}


def fitted(
    X: Array,
    y: Array,
    epochs: int,
    lr: float,
    *,
    label: Callable[..., Any] = lambda x, w, b: float(x @ w + b > 0),
    nudge: Callable[..., Any] = lambda x, target, label, lr: (
        lr * (target - label) * x,
        lr * (target - label),
    ),
    wrong: Callable[..., Any] = lambda target, label: float(target != label),
) -> tuple[Array, float, list[float]]:
    """The loop; each mistake below differs from it in one place."""
    w, b, errors = np.zeros(X.shape[1]), 0.0, []
    for _ in range(epochs):
        errors.append(0.0)
        for x, target in zip(X, y.astype(float), strict=True):
            answer = label(x, w, b)
            dw, db = nudge(x, target, answer, lr)
            w, b = w + dw, b + db
            errors[-1] += wrong(target, answer)
    return w, b, errors


@perceptron_fit.made_of(
    but="bias-missing examples-in-columns if-on-an-array one-sum-for-all-examples "
    "products-not-summed score-already-stepped scores-in-a-column step-in-place "
    "step-minus-one-or-one step-one-at-zero"
)
def _(
    X: Array,
    y: Array,
    epochs: int,
    lr: float,
    *,
    weighted_sum: Formula = lambda X, w, b: X @ w + b,
    step: Formula = lambda z: 1.0 * (z > 0),
) -> Any:
    w, b, errors = np.zeros(X.shape[1]), 0.0, []
    for _ in range(epochs):
        wrong = 0
        for n, target in enumerate(y):
            blame = target - step(weighted_sum(X[n : n + 1], w, b))[0]
            w, b = w + lr * blame * X[n], b + lr * blame
            wrong += int(blame != 0)
        errors.append(wrong)
    return w, b, np.array(errors)


@perceptron_fit.mistake("nudge-away", rows="G01")
def _(X: Array, y: Array, epochs: int, lr: float) -> Any:
    """After a wrong 0 the score must rise, so y - label = 1 is added; here it is subtracted.

    Each nudge makes the same mistake worse. The weights grow without limit, and the errors do not
    decrease.

    Check: nudge with one example and compute its score again; it should have moved towards y.
    """
    return fitted(X, y, epochs, lr, nudge=lambda x, t, a, lr: (-lr * (t - a) * x, -lr * (t - a)))


@perceptron_fit.mistake("nudge-after-the-epoch")
def _(X: Array, y: Array, epochs: int, lr: float) -> Any:
    """Rosenblatt's rule nudges after each example; here all nudges wait for the end of the epoch.

    All examples of an epoch are judged by the same w and b, and their nudges are added up. That is
    a batch method (week 07), and it gives different weights.

    Check: print w after the first example; after a wrong label it should have changed.
    """
    w, b, errors = np.zeros(X.shape[1]), 0.0, []
    for _ in range(epochs):
        gap = y - (X @ w + b > 0)
        w, b = w + lr * gap @ X, b + lr * gap.sum()
        errors.append(np.count_nonzero(gap))
    return w, b, errors


@perceptron_fit.mistake("bias-never-nudged", rows="B10")
def _(X: Array, y: Array, epochs: int, lr: float) -> Any:
    """The bias learns too, b += lr * (y - label); here it stays 0.

    The line can turn but must always pass through the origin. OR may still look right for a while;
    AND cannot.

    Check: the rule for AND needs a negative b.
    """
    return fitted(X, y, epochs, lr, nudge=lambda x, t, a, lr: (lr * (t - a) * x, 0.0))


@perceptron_fit.mistake("bias-left-out-of-the-label", rows="B10")
def _(X: Array, y: Array, epochs: int, lr: float) -> Any:
    """The label comes from x w + b > 0; here b is nudged but never used.

    b keeps growing, because changing it can never correct a wrong label.

    Check: with every x of zeros and y = 1 there should be no errors after the first nudge.
    """
    return fitted(X, y, epochs, lr, label=lambda x, w, b: float(x @ w > 0))


@perceptron_fit.mistake("bias-nudged-without-rate")
def _(X: Array, y: Array, epochs: int, lr: float) -> Any:
    """Both nudges include the learning rate; here b moves by y - label, without lr.

    The weights take steps of lr and the bias takes steps of 1. With lr = 1 the mistake does not
    show.

    Check: b should be a whole multiple of lr.
    """
    return fitted(X, y, epochs, lr, nudge=lambda x, t, a, lr: (lr * (t - a) * x, t - a))


@perceptron_fit.mistake("learning-rate-unused")
def _(X: Array, y: Array, epochs: int, lr: float) -> Any:
    """Every nudge is lr * (y - label) * x; here lr is not used, as if it were 1.

    The predicted labels are the same, so the errors agree. w and b are 1 / lr times too large.

    Check: two calls with different lr should give different w.
    """
    return fitted(X, y, epochs, 1.0)


@perceptron_fit.mistake("nudged-when-right")
def _(X: Array, y: Array, epochs: int, lr: float) -> Any:
    """A right label needs no nudge, because y - label is 0; here every example causes one.

    An example with y = 1 always adds x and one with y = 0 always subtracts it. The weights never
    settle.

    Check: in an epoch without errors w should not change.
    """
    return fitted(
        X, y, epochs, lr, nudge=lambda x, t, a, lr: (lr * (2 * t - 1) * x, lr * (2 * t - 1))
    )


@perceptron_fit.mistake("labels-taken-as-minus-one-and-one", convention=True)
def _(X: Array, y: Array, epochs: int, lr: float) -> Any:
    """The rule "if y z <= 0: w += lr y x" is for labels -1 and 1; in this course they are 0 and 1.

    An example with y = 0 always counts as wrong, and its nudge is 0 times x. So the rule learns
    only from the other class.

    Check: with every y = 0 the first epoch should have no errors, because w starts as zeros.
    """
    w, b, errors = np.zeros(X.shape[1]), 0.0, []
    for _ in range(epochs):
        errors.append(0)
        for x, target in zip(X, y, strict=True):
            if target * (x @ w + b) <= 0:
                w, b = w + lr * target * x, b + lr * target
                errors[-1] += 1
    return w, b, errors


@perceptron_fit.mistake("answers-of-minus-one")
def _(X: Array, y: Array, epochs: int, lr: float) -> Any:
    """The labels are 0 and 1, but the step here answers -1 or 1, so y - label is 1 where y is 0.

    Examples with y = 0 that were right count as wrong and are nudged upwards. y and the predicted
    label have to use the same two values.

    Check: y - label should only ever be -1, 0 or 1, and 0 where the rule is right.
    """
    return fitted(X, y, epochs, lr, label=lambda x, w, b: 1.0 if x @ w + b > 0 else -1.0)


@perceptron_fit.mistake("fit-one-on-the-line", convention=True)
def _(X: Array, y: Array, epochs: int, lr: float) -> Any:
    """Some books answer 1 at a score of exactly 0; this course answers 1 for z > 0 only.

    The very first example meets w = 0 and b = 0, so its score is exactly 0, and from then on the
    two rules differ.

    Check: with every y = 0 there should be no errors and w should stay all zeros.
    """
    return fitted(X, y, epochs, lr, label=lambda x, w, b: float(x @ w + b >= 0))


@perceptron_fit.mistake("nudged-by-the-score")
def _(X: Array, y: Array, epochs: int, lr: float) -> Any:
    """Rosenblatt's rule compares y with the label, 0 or 1; here it is compared with the score z.

    This is the rule of Widrow and Hoff (1960). It nudges right examples too, because a score is
    hardly ever exactly 0 or 1.

    Check: in an epoch without errors w should not change.
    """
    w, b, errors = np.zeros(X.shape[1]), 0.0, []
    for _ in range(epochs):
        errors.append(0)
        for x, target in zip(X, y, strict=True):
            z = x @ w + b
            errors[-1] += int((z > 0) != target)
            w, b = w + lr * (target - z) * x, b + lr * (target - z)
    return w, b, errors


@perceptron_fit.mistake("nudge-without-the-input")
def _(X: Array, y: Array, epochs: int, lr: float) -> Any:
    """A weight is nudged by lr * (y - label) * x; without x all weights move by the same amount.

    All entries of w are equal. An input of 0 did not contribute to the mistake, and its weight
    should not change.

    Check: the entries of w should differ from each other.
    """
    return fitted(
        X, y, epochs, lr, nudge=lambda x, t, a, lr: (lr * (t - a) * np.ones(len(x)), lr * (t - a))
    )


@perceptron_fit.mistake("starts-anew-each-epoch", rows="G05")
def _(X: Array, y: Array, epochs: int, lr: float) -> Any:
    """w and b are set to 0 once, before the first epoch; here every epoch starts from zeros.

    What an epoch has learned is thrown away, so all epochs have the same number of errors.

    Check: the errors of the second epoch should not always equal those of the first.
    """
    w, b, errors = fitted(X, y, 1, lr)
    return w, b, errors * epochs


@perceptron_fit.mistake("one-epoch-only", rows="L16")
def _(X: Array, y: Array, epochs: int, lr: float) -> Any:
    """The loop ends after the first epoch, but the docstring asks for all epochs.

    errors has a single entry. A `return` that is indented too far leaves both loops at once.

    Check: len(errors) should be epochs.
    """
    return fitted(X, y, 1, lr)


@perceptron_fit.mistake("stops-at-no-errors", convention=True)
def _(X: Array, y: Array, epochs: int, lr: float) -> Any:
    """Some books stop at the first epoch without errors; this course runs every epoch.

    w and b are the same, because without errors there are no more nudges. errors should have zeros
    for the remaining epochs, and is shorter here.

    Check: len(errors) should be epochs.
    """
    w, b, errors = fitted(X, y, epochs, lr)
    return w, b, errors[: errors.index(0) + 1] if 0 in errors else errors


@perceptron_fit.mistake("weights-of-whole-numbers", rows="E07")
def _(X: Array, y: Array, epochs: int, lr: float) -> Any:
    """An integer array cannot hold a nudge such as 0.25: the assignment cuts it down to 0.

    np.zeros_like(X[0]) takes the dtype of X. With floats in X everything is right; for the gates,
    whose X holds whole numbers, w never moves, and only b learns.

    Check: print w.dtype inside the function for an X of whole numbers.
    """
    w, b, errors = np.zeros_like(X[0]), 0.0, []
    for _ in range(epochs):
        errors.append(0)
        for x, target in zip(X, y, strict=True):
            gap = target - float(x @ w + b > 0)
            w[:] = w + lr * gap * x
            b += lr * gap
            errors[-1] += gap != 0
    return w, b, errors


@perceptron_fit.mistake("errors-at-the-end-of-the-epoch", at="errors", convention=True)
def _(X: Array, y: Array, epochs: int, lr: float) -> Any:
    """This tests the rule after each epoch; errors counts the wrong labels during the epoch.

    w and b are right. The rule changes during an epoch, and errors counts the labels that caused
    the nudges.

    Check: errors should equal the number of nudges in each epoch.
    """
    rules = [fitted(X, y, epoch, lr)[:2] for epoch in range(1, epochs + 1)]
    return np.array([np.sum((X @ w + b > 0) != y) for w, b in rules])


@perceptron_fit.mistake("errors-never-reset", at="errors", rows="L06")
def _(X: Array, y: Array, epochs: int, lr: float) -> Any:
    """errors[e] counts epoch e only; here it also counts all earlier epochs.

    w and b are right. A count that is set to 0 outside the loop over the epochs is never reset.

    Check: for AND the last entry of errors should be 0.
    """
    return np.cumsum(fitted(X, y, epochs, lr)[2])


@perceptron_fit.mistake("errors-with-a-sign", at="errors")
def _(X: Array, y: Array, epochs: int, lr: float) -> Any:
    """y - label is 1 for one kind of mistake and -1 for the other, so in a plain sum they cancel.

    w and b are right. An epoch with as many false alarms as misses appears to have no errors.

    Check: no entry of errors should be negative.
    """
    return np.array(fitted(X, y, epochs, lr, wrong=lambda target, label: target - label)[2])


@perceptron_fit.mistake("errors-as-a-share", at="errors", convention=True)
def _(X: Array, y: Array, epochs: int, lr: float) -> Any:
    """Some books give the fraction of wrong labels; in this course errors counts them, from 0 to N.

    w and b are right. Every entry is N times too small.

    Check: every entry of errors should be a whole number.
    """
    return np.array(fitted(X, y, epochs, lr)[2]) / len(X)


@perceptron_fit.mistake("errors-of-the-last-example", at="errors", rows="L09")
def _(X: Array, y: Array, epochs: int, lr: float) -> Any:
    """errors counts the wrong labels of a whole epoch; here only the last example is counted.

    w and b are right. Every entry is 0 or 1, because the count was overwritten instead of
    increased.

    Check: an epoch in which two labels were wrong should count 2.
    """

    def last_only(epoch: int) -> float:
        w, b, _ = fitted(X, y, epoch, lr)
        for x, target in zip(X[:-1], y[:-1], strict=True):
            gap = target - float(x @ w + b > 0)
            w, b = w + lr * gap * x, b + lr * gap
        return float(float(X[-1] @ w + b > 0) != y[-1])

    return np.array([last_only(epoch) for epoch in range(epochs)])


@perceptron_fit.mistake("errors-of-all-epochs-together", at="errors")
def _(X: Array, y: Array, epochs: int, lr: float) -> Any:
    """errors holds one count for each epoch; this is a single number for all of them.

    w and b are right. A single number does not show whether the errors ended.

    Check: len(errors) should be epochs.
    """
    return sum(fitted(X, y, epochs, lr)[2])
