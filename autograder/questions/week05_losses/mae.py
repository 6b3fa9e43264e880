"""The mean absolute error and its gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Derivative, Inputs, Rng, question
from autograder.questions.week05_losses.formulas import pairs_of_numbers
from autograder.questions.week05_losses.mse import ONE_COLUMN


def absolute_error(pred: Any, target: Any) -> Any:
    """Keras' loss in the dtype of pred."""
    import keras

    return keras.losses.MeanAbsoluteError(dtype=pred.dtype.name)(target, pred)


@question(points=5)
def mae(pred: Array, target: Array) -> Any:
    """The mean over all N * M entries of |pred - target|.

    Args:
        pred: predictions, shape (N, M), float64.
        target: what they should have been, shape (N, M), float64.

    Returns:
        One number.

    Source: keras.losses.MeanAbsoluteError.
    """
    return absolute_error(pred, target)


@mae.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return pairs_of_numbers(rng, 7, 5)


@mae.case("one-column", square=ONE_COLUMN)
def _(rng: Rng) -> Inputs:
    return pairs_of_numbers(rng, 6, 1)


@mae.case("large", square="one example is a batch too")
def _(rng: Rng) -> Inputs:
    return pairs_of_numbers(rng, 1, 9, 3e3)


@mae.mistake("mae-summed-over-columns", rows="C02", convention=True)
def _(pred: Array, target: Array) -> Any:
    """Here only the N rows are averaged, and each row is a sum; this course averages all N * M
    entries.

    With one column the two agree. A sum over columns makes the loss grow with the number of
    outputs.

    Check: list every column of pred and of target twice; the loss should not change.
    """
    return np.sum(np.abs(pred - target)) / len(pred)


@mae.mistake("mae-summed", rows="C13")
def _(pred: Array, target: Array) -> Any:
    """This is the sum of the absolute errors; the mean divides it by the N * M entries.

    A sum grows with the batch, so the losses of two batches cannot be compared.

    Check: list every row of pred and of target twice; the loss should not change.
    """
    return np.sum(np.abs(pred - target))


@mae.mistake("mae-every-pair", rows="C06 N03")
def _(pred: Array, target: Array) -> Any:
    """(N, 1) minus (N,) gives (N, N): NumPy pairs every prediction with every target.

    With several columns the result is right, because squeeze removes nothing. With one column
    squeeze turns the targets into a row, and the mean runs over N * N differences.

    Check: print the shape of the difference; it should be the shape of pred.
    """
    return np.mean(np.abs(pred - target.squeeze()))


@mae.mistake("mae-without-the-size")
def _(pred: Array, target: Array) -> Any:
    """In the mean of pred - target, errors of opposite sign cancel; the loss needs |pred - target|.

    A loss has to be smallest where the predictions are right. This one falls without limit as the
    predictions fall.

    Check: for pred = [[11, -9]] and target = [[1, 1]] the loss should be 10.
    """
    return np.mean(pred - target)


@mae.mistake("mae-of-the-mean")
def _(pred: Array, target: Array) -> Any:
    """Here the errors are averaged before the absolute value, and +10 and -10 cancel.

    Taking the absolute value of each error first makes every error count.

    Check: for pred = [[11, -9]] and target = [[1, 1]] the loss should be 10.
    """
    return np.abs(np.mean(pred - target))


@mae.mistake("mae-squared")
def _(pred: Array, target: Array) -> Any:
    """This is the mean squared error; mae averages the absolute values of the errors.

    The two treat outliers very differently.

    Check: for pred = [[3]] and target = [[1]] the loss should be 2.
    """
    return np.mean((pred - target) ** 2)


@mae.mistake("mae-per-entry", rows="N03")
def _(pred: Array, target: Array) -> Any:
    """The absolute errors of all entries, (N, M), are not averaged; the loss is their mean.

    Training needs a single number to minimise.

    Check: the shape of the result should be ().
    """
    return np.abs(pred - target)


@mae.mistake("mae-per-example", rows="N03")
def _(pred: Array, target: Array) -> Any:
    """A mean over axis 1 gives one loss per example, (N,); the loss is a single number.

    Training needs a single number to minimise.

    Check: the shape of the result should be ().
    """
    return np.mean(np.abs(pred - target), axis=1)


@mae.mistake("mae-axes-kept", rows="N03")
def _(pred: Array, target: Array) -> Any:
    """The mean keeps both axes with keepdims=True, so the loss is a table of shape (1, 1).

    The number is right, but a table of one entry prints, compares and broadcasts differently.

    Check: the shape of the result should be ().
    """
    return np.mean(np.abs(pred - target), keepdims=True)


@mae.mistake("mae-median")
def _(pred: Array, target: Array) -> Any:
    """This is the median of the absolute errors; the question asks for their mean.

    The absolute error is related to the median in another way: the best constant guess under it is
    the median of the targets.

    Check: for errors of 0, 0 and 3 the loss should be 1.
    """
    return np.median(np.abs(pred - target))


@question(points=6, derivative=Derivative(of="mae", wrt="pred"))
def mae_grad(pred: Array, target: Array) -> Any:
    """The gradient of mae with respect to pred: sign(pred - target) / (N * M), 0 where equal.

    Args:
        pred: predictions, shape (N, M), float64.
        target: what they should have been, shape (N, M), float64.

    Returns:
        dL/dpred, shape (N, M), float64.

    Source: tf.GradientTape through keras.losses.MeanAbsoluteError.
    """
    from course_lib.gradients import vector_jacobian_product

    return vector_jacobian_product(lambda pred: absolute_error(pred, target), [pred])[0]


@mae_grad.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return pairs_of_numbers(rng, 8, 4)


@mae_grad.case("one-column", square=ONE_COLUMN)
def _(rng: Rng) -> Inputs:
    return pairs_of_numbers(rng, 8, 1)


@mae_grad.case("equal", weight=2, square="one example is a batch too")
def _(rng: Rng) -> Inputs:
    # Only zeros stay equal when both sides are rounded again, as happens to measure tolerances.
    given = pairs_of_numbers(rng, 1, 32)
    equal = rng.permutation(np.resize([True, False, False], (1, 32)), axis=1)
    given = {name: np.where(equal, 0.0, numbers) for name, numbers in given.items()}
    # Nearly equal, which is another slope.
    given["pred"][equal & (rng.random((1, 32)) < 0.4)] = rng.choice([-1e-9, 1e-9])
    return given


@mae_grad.alternative("three-branches")
def _(pred: Array, target: Array) -> Any:
    up, down = pred > target, pred < target
    return (up.astype(float) - down) / pred.size


@mae_grad.mistake("mae-gradient-not-averaged", rows="C04")
def _(pred: Array, target: Array) -> Any:
    """The loss is a mean over N * M entries, so each entry's slope carries 1 / (N * M).

    Here every slope is 1 or -1, as for a sum.

    Check: list every row twice; each entry of the gradient should be halved.
    """
    return np.sign(pred - target)


@mae_grad.mistake("mae-gradient-over-rows-only", rows="C02 C04", convention=True)
def _(pred: Array, target: Array) -> Any:
    """This gradient fits a loss that sums over the M columns; this course averages all N * M
    entries.

    With one column the two agree.

    Check: compare with (mae(pred + h) - mae(pred - h)) / (2 h), moving one entry.
    """
    return np.sign(pred - target) / len(pred)


@mae_grad.mistake("mae-gradient-reversed", rows="C05")
def _(pred: Array, target: Array) -> Any:
    """The gradient points to where the loss rises, so it is positive where pred is too high.

    Here every sign is reversed. The minus sign of learning comes later, when the step is taken.

    Check: where pred is larger than target the gradient should be positive.
    """
    return np.sign(target - pred) / pred.size


@mae_grad.mistake("mae-gradient-every-pair", rows="C06 N03")
def _(pred: Array, target: Array) -> Any:
    """(N, 1) minus (N,) gives (N, N): NumPy pairs every prediction with every target.

    With several columns the result is right, because squeeze removes nothing. With one column
    squeeze turns the targets into a row.

    Check: the gradient should have the shape of pred.
    """
    return np.sign(pred - target.squeeze()) / pred.size


@mae_grad.mistake("mae-gradient-down-where-equal", convention=True)
def _(pred: Array, target: Array) -> Any:
    """At pred = target the loss has a corner; this course and Keras use slope 0 there, not -1.

    Any number from -1 to 1 would be possible there. With 0 a prediction that is right stays where
    it is.

    Check: for pred = target the gradient should be 0.
    """
    return np.where(pred > target, 1.0, -1.0) / pred.size


@mae_grad.mistake("mae-gradient-up-where-equal", convention=True)
def _(pred: Array, target: Array) -> Any:
    """At pred = target the loss has a corner; this course and Keras use slope 0 there, not 1.

    Any number from -1 to 1 would be possible there. With 0 a prediction that is right stays where
    it is.

    Check: for pred = target the gradient should be 0.
    """
    return np.where(pred >= target, 1.0, -1.0) / pred.size


@mae_grad.mistake("mae-gradient-zero-by-zero", rows="N14")
def _(pred: Array, target: Array) -> Any:
    """e / |e| is the sign of an error e, but at e = 0 it is 0 / 0, which is nan.

    Predictions that are exactly right are rare in training, but a single nan spoils all weights.

    Next: look for a NumPy function that gives the sign of every entry, including 0.
    """
    e = pred - target
    return e / np.abs(e) / pred.size


@mae_grad.mistake("mae-gradient-of-the-square")
def _(pred: Array, target: Array) -> Any:
    """This is the gradient of the squared error; that of the absolute error uses only its sign.

    The absolute error is a V: its slope is the same near the target and far from it.

    Check: all nonzero entries of the gradient should have the same absolute value.
    """
    return 2 * (pred - target) / pred.size


@mae_grad.mistake("mae-gradient-without-the-side")
def _(pred: Array, target: Array) -> Any:
    """This is each entry's part of the loss, |pred - target| / (N M), not the slope of that part.

    It is never negative, as if every prediction were too high.

    Check: where pred is smaller than target the gradient should be negative.
    """
    return np.abs(pred - target) / pred.size
