"""The mean squared error and its gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Derivative, Inputs, Rng, question
from autograder.questions.week05_losses.formulas import pairs_of_numbers

ONE_COLUMN = "one number an example, as for house prices, where (N, 1) meets (N,)"


def squared_error(pred: Any, target: Any) -> Any:
    """Keras' loss in the dtype of pred."""
    import keras

    return keras.losses.MeanSquaredError(dtype=pred.dtype.name)(target, pred)


@question(points=6)
def mse(pred: Array, target: Array) -> Any:
    """The mean over all N * M entries of (pred - target)^2.

    Args:
        pred: predictions, shape (N, M), float64.
        target: what they should have been, shape (N, M), float64.

    Returns:
        One number.

    Source: keras.losses.MeanSquaredError.
    """
    return squared_error(pred, target)


@mse.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return pairs_of_numbers(rng, 7, 5)


@mse.case("one-column", square=ONE_COLUMN)
def _(rng: Rng) -> Inputs:
    return pairs_of_numbers(rng, 6, 1)


@mse.case("large", square="one example is a batch too")
def _(rng: Rng) -> Inputs:
    return pairs_of_numbers(rng, 1, 9, 3e3)


@mse.mistake("mse-halved", rows="C01", convention=True)
def _(pred: Array, target: Array) -> Any:
    """Some books put 1/2 before the squared error; this course, like Keras, does not.

    The 1/2 cancels the 2 in the slope of a square. The best weights are the same with and without
    it.

    Check: for pred = [[3]] and target = [[1]] the loss should be 4.
    """
    return 0.5 * np.mean((pred - target) ** 2)


@mse.mistake("mse-summed-over-columns", rows="C02", convention=True)
def _(pred: Array, target: Array) -> Any:
    """Here only the N rows are averaged, and each row is a sum; this course averages all N * M
    entries.

    Books use both. With one column they agree. A sum over columns makes the loss grow with the
    number of outputs.

    Check: list every column of pred and of target twice; the loss should not change.
    """
    return np.sum((pred - target) ** 2) / len(pred)


@mse.mistake("mse-halved-and-summed-over-columns", rows="C01 C02", convention=True)
def _(pred: Array, target: Array) -> Any:
    """Some books take half the sum of squares of each row, and average the N rows; this course
    averages all N * M entries, without the 1/2.

    The result is M / 2 times the course's. The best weights are the same.

    Check: for pred = [[3, 3]] and target = [[1, 1]] the loss should be 4.
    """
    return 0.5 * np.sum((pred - target) ** 2) / len(pred)


@mse.mistake("mse-half-the-sum", rows="C01 C13", convention=True)
def _(pred: Array, target: Array) -> Any:
    """Some books take half the sum of all squares; this course takes their mean.

    The result is N * M / 2 times the course's, so it grows with the number of examples.

    Check: list every example twice; the loss should not change.
    """
    return 0.5 * np.sum((pred - target) ** 2)


@mse.mistake("mse-summed", rows="C13")
def _(pred: Array, target: Array) -> Any:
    """This is the sum of the squares; the mean divides it by the N * M entries.

    A sum grows with the batch, so the losses of two batches cannot be compared.

    Check: list every row of pred and of target twice; the loss should not change.
    """
    return np.sum((pred - target) ** 2)


@mse.mistake("mse-every-pair", rows="C06 N03")
def _(pred: Array, target: Array) -> Any:
    """(N, 1) minus (N,) gives (N, N): NumPy pairs every prediction with every target.

    With several columns the result is right, because squeeze removes nothing. With one column
    squeeze turns the targets into a row, and the mean runs over N * N differences.

    Check: print the shape of the difference; it should be the shape of pred.
    """
    return np.mean((pred - target.squeeze()) ** 2)


@mse.mistake("mse-root")
def _(pred: Array, target: Array) -> Any:
    """This is the root mean square error, in the unit of the target; the loss has no root.

    The root is often reported, because dollars are easier to read than dollars squared. It is a
    different loss with different gradients.

    Check: for pred = [[3]] and target = [[1]] the loss should be 4.
    """
    return np.sqrt(np.mean((pred - target) ** 2))


@mse.mistake("mse-of-the-mean")
def _(pred: Array, target: Array) -> Any:
    """Here the errors are averaged before they are squared, and errors of +10 and -10 cancel.

    Squaring first makes every error count. The name gives the order of the steps from right to
    left: error, squared, mean.

    Check: for pred = [[11, -9]] and target = [[1, 1]] the loss should be 100.
    """
    return np.mean(pred - target) ** 2


@mse.mistake("mse-without-the-square")
def _(pred: Array, target: Array) -> Any:
    """The mean of pred - target can be negative, and errors of opposite sign cancel in it.

    A loss has to be smallest where the predictions are right. This one falls without limit as the
    predictions fall.

    Check: the loss should be 0 for pred = target and positive for anything else.
    """
    return np.mean(pred - target)


@mse.mistake("mse-absolute")
def _(pred: Array, target: Array) -> Any:
    """This is the mean absolute error, |pred - target|; mse averages the squares of the errors.

    Both are losses. The experiment shows how differently they treat an outlier.

    Check: for pred = [[3]] and target = [[1]] the loss should be 4.
    """
    return np.mean(np.abs(pred - target))


@mse.mistake("mse-per-column", rows="N03")
def _(pred: Array, target: Array) -> Any:
    """A mean over axis 0 gives one loss per column, (M,); the loss is a single number.

    Training needs a single number to minimise.

    Check: the shape of the result should be ().
    """
    return np.mean((pred - target) ** 2, axis=0)


@mse.mistake("mse-per-example", rows="N03")
def _(pred: Array, target: Array) -> Any:
    """A mean over axis 1 gives one loss per example, (N,); the loss is a single number.

    Training needs a single number to minimise.

    Check: the shape of the result should be ().
    """
    return np.mean((pred - target) ** 2, axis=1)


@mse.mistake("mse-per-entry", rows="N03")
def _(pred: Array, target: Array) -> Any:
    """The squared errors of all entries, (N, M), are not averaged; the loss is their mean.

    Training needs a single number to minimise.

    Check: the shape of the result should be ().
    """
    return (pred - target) ** 2


@mse.mistake("mse-axes-kept", rows="N03")
def _(pred: Array, target: Array) -> Any:
    """The mean keeps both axes with keepdims=True, so the loss is a table of shape (1, 1).

    The number is right, but a table of one entry prints, compares and broadcasts differently.

    Check: the shape of the result should be ().
    """
    return np.mean((pred - target) ** 2, keepdims=True)


@mse.mistake("mse-by-caret")
def _(pred: Array, target: Array) -> Any:
    """In Python ^ compares the bits of whole numbers; it does not mean a power.

    In mathematics and in some other languages the caret means a power. Python writes a power with
    two asterisks.

    Check: type 3 ^ 2 and see what Python makes of it.
    """
    return np.mean((pred - target) ^ 2)


@question(points=8, derivative=Derivative(of="mse", wrt="pred"))
def mse_grad(pred: Array, target: Array) -> Any:
    """The gradient of mse with respect to pred.

    Args:
        pred: predictions, shape (N, M), float64.
        target: what they should have been, shape (N, M), float64.

    Returns:
        dL/dpred, shape (N, M), float64.

    Source: tf.GradientTape through keras.losses.MeanSquaredError.
    """
    from course_lib.gradients import vector_jacobian_product

    return vector_jacobian_product(lambda pred: squared_error(pred, target), [pred])[0]


@mse_grad.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return pairs_of_numbers(rng, 7, 5)


@mse_grad.case("one-column", square=ONE_COLUMN)
def _(rng: Rng) -> Inputs:
    return pairs_of_numbers(rng, 6, 1)


@mse_grad.case("large", square="one example is a batch too")
def _(rng: Rng) -> Inputs:
    return pairs_of_numbers(rng, 1, 9, 3e3)


@mse_grad.mistake("mse-gradient-without-two", rows="C01 C03")
def _(pred: Array, target: Array) -> Any:
    """The slope of e^2 is 2e; here the 2 is missing, which would fit a loss with a factor of 1/2.

    The course's loss has no 1/2. The direction is right, but every step is half as long as it
    should be.

    Check: for pred = [[3]] and target = [[1]] the gradient should be 4.
    """
    return (pred - target) / pred.size


@mse_grad.mistake("mse-gradient-not-averaged", rows="C04")
def _(pred: Array, target: Array) -> Any:
    """The loss is a mean over N * M entries, so each entry's slope carries 1 / (N * M).

    This is the slope of the sum. With a larger batch the steps would grow, although the loss does
    not.

    Check: list every row twice; each entry of the gradient should be halved.
    """
    return 2 * (pred - target)


@mse_grad.mistake("mse-gradient-over-rows-only", rows="C02 C04", convention=True)
def _(pred: Array, target: Array) -> Any:
    """This gradient fits a loss that sums over the M columns; this course averages all N * M
    entries.

    With one column the two agree. Some books sum over the outputs of an example.

    Check: compare with (mse(pred + h) - mse(pred - h)) / (2 h), moving one entry.
    """
    return 2 * (pred - target) / len(pred)


@mse_grad.mistake("mse-gradient-of-half-the-rows-sum", rows="C01 C02", convention=True)
def _(pred: Array, target: Array) -> Any:
    """(pred - target) / N is the slope of half the sum of squares, averaged over the N rows; the
    course's loss is the mean of all N * M squares.

    The result is M / 2 times the course's. The direction is the same.

    Check: for pred = [[3, 3]] and target = [[1, 1]] both entries should be 2.
    """
    return (pred - target) / len(pred)


@mse_grad.mistake("mse-gradient-of-half-the-sum", rows="C01 C04", convention=True)
def _(pred: Array, target: Array) -> Any:
    """pred - target is the slope of half the sum of all squares; the course's loss is their mean.

    The result is N * M / 2 times the course's, so the steps grow with the number of examples.

    Check: for pred = [[3, 3]] and target = [[1, 1]] both entries should be 2.
    """
    return pred - target


@mse_grad.mistake("mse-gradient-over-columns-only")
def _(pred: Array, target: Array) -> Any:
    """The loss is a mean over all N * M entries; this gradient divides by M only.

    Every entry is N times too large, so a batch of a hundred examples makes steps that are a
    hundred times too long.

    Check: list every row twice; each entry of the gradient should be halved.
    """
    return 2 * (pred - target) / pred.shape[1]


@mse_grad.mistake("mse-gradient-reversed", rows="C05")
def _(pred: Array, target: Array) -> Any:
    """The gradient points to where the loss rises, 2 (pred - target) / (N M); here it points down.

    If a prediction is too high, raising it further makes the loss rise, so its entry is positive.
    The minus sign of learning comes later, when the step is taken.

    Check: where pred is larger than target the gradient should be positive.
    """
    return 2 * (target - pred) / pred.size


@mse_grad.mistake("mse-gradient-every-pair", rows="C06 N03")
def _(pred: Array, target: Array) -> Any:
    """(N, 1) minus (N,) gives (N, N): NumPy pairs every prediction with every target.

    With several columns the result is right, because squeeze removes nothing. With one column
    squeeze turns the targets into a row.

    Check: the gradient should have the shape of pred.
    """
    return 2 * (pred - target.squeeze()) / pred.size


@mse_grad.mistake("mse-gradient-one-number", rows="N03")
def _(pred: Array, target: Array) -> Any:
    """Each prediction has its own slope, so the gradient has the shape of pred; this is an average.

    The mean in the loss appears as the factor 1 / (N * M) in every entry. Averaging the slopes
    mixes predictions that are too high with others that are too low.

    Check: the gradient should have the shape of pred.
    """
    return np.mean(2 * (pred - target))


@mse_grad.mistake("mse-gradient-squared")
def _(pred: Array, target: Array) -> Any:
    """This is each entry's part of the loss, (pred - target)^2 / (N M), not the slope of that part.

    It is positive everywhere, as if every prediction were too high.

    Check: where pred is smaller than target the gradient should be negative.
    """
    return (pred - target) ** 2 / pred.size


@mse_grad.mistake("mse-gradient-in-place", rows="N05")
def _(pred: Array, target: Array) -> Any:
    """Subtracting in place with -= changes the caller's pred, because pred is not a copy.

    The returned values are right, but the predictions are lost to any code that still needs them.

    Check: keep a copy of pred, call your function, and compare pred with the copy.
    """
    pred -= target
    return 2 * pred / pred.size
