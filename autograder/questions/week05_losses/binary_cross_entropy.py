"""Binary cross-entropy from logits, and its gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import SMALL_NUMBERS, Array, Derivative, Inputs, Rng, question
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


@binary_cross_entropy.mistake("binary-loss-of-yes-only", rows="C11")
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


@question(points=7, derivative=Derivative(of="binary_cross_entropy", wrt="z"))
def binary_cross_entropy_grad(z: Array, y: Array) -> Any:
    """The gradient of binary_cross_entropy with respect to z: (sigmoid(z) - y) / N.

    Args:
        z: logits, shape (N,), float64.
        y: labels, 1 for yes and 0 for no, shape (N,), int64.

    Returns:
        dL/dz, shape (N,), float64.

    Source: tf.GradientTape through keras.losses.BinaryCrossentropy.
    """
    from course_lib.gradients import vector_jacobian_product

    return vector_jacobian_product(lambda z: binary_loss(z, y), [z])[0]


@binary_cross_entropy_grad.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return yes_or_no(rng, rng.uniform(-4, 4, 9))


@binary_cross_entropy_grad.case("sure-of-yes", stability=True)
def _(rng: Rng) -> Inputs:
    return yes_or_no(rng, rng.uniform(800, 1e4, 7))


@binary_cross_entropy_grad.case("sure-of-no", stability=True, square="one example is a batch too")
def _(rng: Rng) -> Inputs:
    return {"z": rng.uniform(-1e4, -800, 1), "y": np.ones(1, np.int64)}


@binary_cross_entropy_grad.mistake("binary-gradient-not-averaged", rows="C15")
def _(z: Array, y: Array) -> Any:
    """The loss is a mean over N examples, so its gradient carries 1/N.

    Every entry is N times too large.

    Check: list every logit and every label twice; each entry should be halved.
    """
    return stable_sigmoid(z) - y


@binary_cross_entropy_grad.mistake("binary-gradient-reversed", rows="C16")
def _(z: Array, y: Array) -> Any:
    """The gradient points to where the loss rises, p - y; here it points to where the loss falls.

    For a cat, y = 1, a higher logit lowers the loss, so the entry is negative. The minus sign of
    learning comes later.

    Check: the entry should be negative where y is 1.
    """
    return (y - stable_sigmoid(z)) / len(y)


@binary_cross_entropy_grad.mistake("binary-gradient-of-the-probability", rows="C17")
def _(z: Array, y: Array) -> Any:
    """(p - y) / (p (1 - p)) is the derivative with respect to p; z comes one step earlier.

    It still has to be multiplied by the sigmoid's slope p (1 - p), which cancels the denominator.
    Where p is 0 or 1 this form divides by 0.

    Check: for z = [0] and y = [1] the gradient should be -0.5.
    """
    p = stable_sigmoid(z)
    return (p - y) / (p * (1 - p)) / len(y)


@binary_cross_entropy_grad.mistake("sigmoid-slope-multiplied-again")
def _(z: Array, y: Array) -> Any:
    """p - y is already the slope with respect to z; here it is multiplied by p (1 - p) again.

    The gradient of a squared error looks like this, up to a factor. It is nearly 0 where the robot
    is sure and wrong, and cross-entropy exists to avoid that.

    Check: for z = [1000] and y = [0] the gradient should be 1.
    """
    p = stable_sigmoid(z)
    return (p - y) * p * (1 - p) / len(y)


@binary_cross_entropy_grad.mistake("logit-minus-label")
def _(z: Array, y: Array) -> Any:
    """The label is subtracted from the probability sigmoid(z); here it is subtracted from z itself.

    p - y lies between -1 and 1, whatever z is.

    Check: for z = [0] and y = [1] the gradient should be -0.5.
    """
    return (z - y) / len(y)


@binary_cross_entropy_grad.mistake("answer-minus-label", rows="C25")
def _(z: Array, y: Array) -> Any:
    """The gradient compares the label with the probability; here it is compared with the answer, 0
    or 1.

    A right answer then gives 0, however unsure the robot is, and nothing more is learned from it.

    Check: for z = [0] and y = [1] the gradient should be -0.5.
    """
    return ((z > 0) - y) / len(y)


@binary_cross_entropy_grad.mistake("binary-gradient-of-yes-only", rows="C11")
def _(z: Array, y: Array) -> Any:
    """Examples with y = 0 have a gradient as well, p / N; here their entries are 0.

    Nothing would ever push a logit down.

    Check: for z = [0] and y = [0] the gradient should be 0.5.
    """
    return y * (stable_sigmoid(z) - 1) / len(y)


@binary_cross_entropy_grad.mistake("gradient-with-sigmoid-taken-twice", rows="C18")
def _(z: Array, y: Array) -> Any:
    """p is the sigmoid of the logit; here the sigmoid of a probability is used.

    Its values lie between 0.5 and 0.73, so the gradient never becomes small.

    Check: for z = [1000] and y = [1] the gradient should be 0.
    """
    return (stable_sigmoid(stable_sigmoid(z)) - y) / len(y)


@binary_cross_entropy_grad.mistake("binary-gradient-overflow-negative", rows="A02")
def _(z: Array, y: Array) -> Any:
    """For z below about -709 exp(-z) overflows in 1 / (1 + exp(-z)).

    The result happens to be right, because 1 / inf is 0; the warning is the only symptom.

    Next: use the sigmoid at the top of this notebook, which is safe for any z.
    """
    return (1 / (1 + np.exp(-z)) - y) / len(y)


@binary_cross_entropy_grad.mistake("binary-gradient-overflow-positive", rows="A03")
def _(z: Array, y: Array) -> Any:
    """For z above about 709 exp(z) / (1 + exp(z)) is inf / inf, which is nan.

    Large negative logits are right, because exp(z) is then 0.

    Next: use the sigmoid at the top of this notebook, which is safe for any z.
    """
    return (np.exp(z) / (1 + np.exp(z)) - y) / len(y)
