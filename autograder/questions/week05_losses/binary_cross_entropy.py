"""Binary cross-entropy from logits."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import SMALL_NUMBERS, Array, Inputs, Rng, question
from autograder.questions.week05_losses.formulas import labels, stable_sigmoid


def binary_loss(z: Any, y: Any) -> Any:
    """Keras' loss in the dtype of z."""
    import keras

    loss = keras.losses.BinaryCrossentropy(from_logits=True, dtype=z.dtype.name)
    return loss(y[:, None], z[:, None])


def yes_or_no(rng: Rng, z: Array) -> Inputs:
    """These logits with labels of which about half are 1."""
    return {"z": z, "y": labels(rng, len(z), 2)}


def with_probabilities(p: Array, y: Array) -> Any:
    """The textbook equation, from probabilities."""
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


@question(points=8)
def binary_cross_entropy(z: Array, y: Array) -> Any:
    """The mean over the N examples of -(y log p + (1 - y) log(1 - p)) with p = sigmoid(z).

    Args:
        z: logits, shape (N,), float64.
        y: labels, 1 for yes and 0 for no, shape (N,), int64.

    Returns:
        One number, 0 or more.

    Source: keras.losses.BinaryCrossentropy(from_logits=True).
    """
    return binary_loss(z, y)


@binary_cross_entropy.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return yes_or_no(rng, rng.uniform(-4, 4, 9))


@binary_cross_entropy.case("sure-of-yes", stability=True)
def _(rng: Rng) -> Inputs:
    return yes_or_no(rng, rng.uniform(800, 1e4, 7))


@binary_cross_entropy.case("sure-of-no", stability=True, square="one example is a batch too")
def _(rng: Rng) -> Inputs:
    return {"z": rng.uniform(-1e4, -800, 1), "y": np.ones(1, np.int64)}


@binary_cross_entropy.alternative("logaddexp")
def _(z: Array, y: Array) -> Any:
    return np.mean(np.logaddexp(0, z) - z * y)


@binary_cross_entropy.alternative("two-sides")
def _(z: Array, y: Array) -> Any:
    return np.mean(np.logaddexp(0, np.where(y == 1, -z, z)))


@binary_cross_entropy.mistake("log-of-a-sigmoid", rows="C08")
def _(z: Array, y: Array) -> Any:
    """For large |z|, sigmoid(z) is exactly 1 or 0 in float64, and log(0) is -inf.

    The textbook equation is right on paper. Where the probability is exactly 0 or 1, the result is
    inf, or 0 * inf, which is nan, although the true loss is about |z|.

    Next: write -log(sigmoid(z)) in terms of z on paper; there is a form without any probability.
    """
    return with_probabilities(stable_sigmoid(z), y)


@binary_cross_entropy.mistake(
    "binary-loss-clipped", rows="C08 C09", family={"small": SMALL_NUMBERS[:-1]}
)
def _(z: Array, y: Array, *, small: float = 1e-7) -> Any:
    """Clipping p limits the loss, at 1e-7 to 16.12; beyond that its slope is 0.

    Keras clips like this when it is given probabilities. From logits the loss is exact.

    Check: for z = [1000] and y = [0] the loss should be 1000.
    """
    return with_probabilities(np.clip(stable_sigmoid(z), small, 1 - small), y)


@binary_cross_entropy.mistake("binary-loss-clipped-coarsely", rows="C09")
def _(z: Array, y: Array) -> Any:
    """Clipping p at 0.001 changes every loss where the robot is fairly sure, and limits it to 6.9.

    A robot that is sure and right is told that it is not right enough, and one that is sure and
    wrong gets no slope.

    Check: for z = [1000] and y = [0] the loss should be 1000.
    """
    return with_probabilities(np.clip(stable_sigmoid(z), 1e-3, 1 - 1e-3), y)


@binary_cross_entropy.mistake(
    "binary-loss-with-epsilon", rows="C09", family={"small": SMALL_NUMBERS}
)
def _(z: Array, y: Array, *, small: float = 1e-7) -> Any:
    """Adding a small number inside the logarithms changes every loss and limits it, 1e-7 to
    16.12.

    The error is only about as small in ordinary cases, which is enough to spoil a gradient
    check, but it is unbounded where the robot is sure and wrong.

    Check: for z = [1000] and y = [0] the loss should be 1000.
    """
    p = stable_sigmoid(z)
    return -np.mean(y * np.log(p + small) + (1 - y) * np.log(1 - p + small))


@binary_cross_entropy.mistake(
    "binary-loss-of-yes-only",
    rows="C11",
    otherwise=lambda _: (lambda z, y: -np.mean(y * np.log(stable_sigmoid(z))),),
)
def _(z: Array, y: Array) -> Any:
    """Examples with y = 0 have a loss as well, -log(1 - p); here it is missing.

    A robot that always says yes would have a loss of 0.

    Check: for z = [1000] and y = [0] the loss should be 1000.
    """
    return np.mean(y * np.logaddexp(0, -z))


@binary_cross_entropy.mistake("softplus-overflow-negative", rows="C12")
def _(z: Array, y: Array) -> Any:
    """For z below about -709 exp(-z) overflows, so log(1 + exp(-z)) is inf; its true value is about
    -z.

    Large positive logits are right, because exp(-z) is then 0.

    Next: rewrite the expression so that it only uses exp of a negative number.
    """
    return np.mean(np.log(1 + np.exp(-z)) + (1 - y) * z)


@binary_cross_entropy.mistake("softplus-overflow-positive", rows="A35")
def _(z: Array, y: Array) -> Any:
    """For z above about 709 exp(z) overflows, so log(1 + exp(z)) is inf; its true value is about z.

    Large negative logits are right, because exp(z) is then 0.

    Next: rewrite the expression so that it only uses exp of a negative number.
    """
    return np.mean(np.log(1 + np.exp(z)) - z * y)


@binary_cross_entropy.mistake("binary-loss-summed", rows="C13")
def _(z: Array, y: Array) -> Any:
    """This is the sum over the examples; the loss is their mean.

    A sum grows with the batch, and so do its gradients and the steps.

    Check: list every logit and every label twice; the loss should not change.
    """
    return np.sum(np.logaddexp(0, z) - z * y)


@binary_cross_entropy.mistake("binary-loss-reversed")
def _(z: Array, y: Array) -> Any:
    """Logarithms of probabilities are at most 0, but a loss is at least 0: a minus sign is missing.

    This loss would be lowest where the robot is most wrong.

    Check: for z = [0] and y = [1] the loss should be log(2) = 0.6931.
    """
    return -np.mean(np.logaddexp(0, z) - z * y)


@binary_cross_entropy.mistake("binary-labels-exchanged")
def _(z: Array, y: Array) -> Any:
    """log p belongs to y = 1 and log(1 - p) to y = 0; here the two are swapped.

    A robot that is sure and right gets a large loss.

    Check: for z = [1000] and y = [1] the loss should be 0.
    """
    return np.mean(np.logaddexp(0, z) - z * (1 - y))


@binary_cross_entropy.mistake("binary-loss-base-two", rows="C22")
def _(z: Array, y: Array) -> Any:
    """log2 measures in bits; in this course log is the natural logarithm, the inverse of exp.

    The loss is 1.4427 times too large, and its gradient would be too.

    Check: for z = [0] and y = [1] the loss should be log(2) = 0.6931.
    """
    return np.mean(np.logaddexp(0, z) - z * y) / np.log(2)


@binary_cross_entropy.mistake("sigmoid-taken-twice", rows="C18")
def _(z: Array, y: Array) -> Any:
    """This loss already contains the sigmoid; here it is applied to the logits once more.

    The second sigmoid sees numbers from 0 to 1, so its results lie between 0.5 and 0.73.

    Check: for z = [1000] and y = [1] the loss should be 0.
    """
    p = stable_sigmoid(z)
    return np.mean(np.logaddexp(0, p) - p * y)


@binary_cross_entropy.mistake("binary-loss-every-pair", rows="C20 N03")
def _(z: Array, y: Array) -> Any:
    """With shapes (N, 1) and (N,) NumPy pairs every logit with every label, (N, N).

    The mean then runs over N * N pairs, most of which do not belong together.

    Check: print the shape of z times y in your function; it should be (N,).
    """
    column = z[:, None]
    return np.mean(np.logaddexp(0, column) - column * y)


@binary_cross_entropy.mistake("binary-loss-counts-mistakes", rows="C25")
def _(z: Array, y: Array) -> Any:
    """This is the fraction of wrong answers; small changes of z leave it unchanged, so its slope is
    0.

    The loss has to say how wrong an answer is, not only whether it is wrong.

    Check: for z = [0] and y = [1] the loss should be log(2) = 0.6931.
    """
    return np.mean((z > 0) != y)


@binary_cross_entropy.mistake("binary-loss-per-example", rows="N03")
def _(z: Array, y: Array) -> Any:
    """The losses of all examples, (N,), are not averaged; the loss is their mean.

    Training needs a single number to minimise.

    Check: the shape of the result should be ().
    """
    return np.logaddexp(0, z) - z * y


@binary_cross_entropy.mistake("binary-loss-axis-kept", rows="N03")
def _(z: Array, y: Array) -> Any:
    """The mean over the examples leaves an axis of size 1: the loss has the shape (1,), not ().

    The number is right. It comes from keepdims=True, or from a column z[:, None].

    Check: the shape of the result should be ().
    """
    return np.mean(np.logaddexp(0, z) - z * y, keepdims=True)


@binary_cross_entropy.mistake("binary-loss-every-pair-kept", rows="C20 N03")
def _(z: Array, y: Array) -> Any:
    """A column z, (N, 1), beside y, (N,), broadcasts to all N * N pairs, and nothing is averaged.

    Each logit has one label, so both should have the shape (N,).

    Check: print the shapes of z and y; they should be equal, and the result's should be ().
    """
    column = z[:, None]
    return np.logaddexp(0, column) - column * y
