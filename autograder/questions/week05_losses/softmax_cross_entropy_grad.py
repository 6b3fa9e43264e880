"""The gradient of softmax cross-entropy with respect to the logits."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Derivative, Formula, Inputs, Rng, question
from autograder.questions.week05_losses.formulas import far_scores, indicator, row_softmax, scores
from autograder.questions.week05_losses.softmax_cross_entropy import cross_entropy


@question(
    points=11,
    builds_on=("log_softmax",),
    derivative=Derivative(of="softmax_cross_entropy", wrt="Z"),
)
def softmax_cross_entropy_grad(Z: Array, y: Array) -> Any:
    """The gradient of softmax_cross_entropy with respect to Z.

    Args:
        Z: logits, shape (N, K), float64.
        y: labels from 0 to K - 1, shape (N,), int64.

    Returns:
        dL/dZ, shape (N, K), float64; every row sums to 0.

    Source: tf.GradientTape through keras.losses.SparseCategoricalCrossentropy.
    """
    from course_lib.gradients import vector_jacobian_product

    return vector_jacobian_product(lambda Z: cross_entropy(Z, y), [Z])[0]


@softmax_cross_entropy_grad.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return scores(rng, 7, 4)


@softmax_cross_entropy_grad.case("square", square="with N = K a wrong axis has the right shape")
def _(rng: Rng) -> Inputs:
    return scores(rng, 4, 4)


@softmax_cross_entropy_grad.case("one-example", square="one row is still a table")
def _(rng: Rng) -> Inputs:
    return scores(rng, 1, 4)


@softmax_cross_entropy_grad.case("stability", weight=2, stability=True)
def _(rng: Rng) -> Inputs:
    return far_scores(rng, 6, 5)


@softmax_cross_entropy_grad.made_of(
    but="softmax-over-the-batch softmax-overflow softmax-shift-added"
)
def _(Z: Array, y: Array, *, softmax: Formula = row_softmax) -> Any:
    return (softmax(Z) - indicator(Z, y)) / len(y)


@softmax_cross_entropy_grad.mistake("cross-entropy-gradient-not-averaged", rows="C15")
def _(Z: Array, y: Array) -> Any:
    """The loss is a mean over N examples, so its gradient carries 1/N.

    Every entry is N times too large. With a larger batch the steps would grow, although the loss
    does not.

    Check: list every row and every label twice; each entry of the gradient should be halved.
    """
    return row_softmax(Z) - indicator(Z, y)


@softmax_cross_entropy_grad.mistake("cross-entropy-gradient-over-all-entries", rows="C14")
def _(Z: Array, y: Array) -> Any:
    """The loss is a mean over N examples, so its gradient carries 1/N; here it is 1 / (N * K).

    Each example has one loss, however many classes there are.

    Check: compare with (loss(Z + h) - loss(Z - h)) / (2 h), moving one entry.
    """
    return (row_softmax(Z) - indicator(Z, y)) / Z.size


@softmax_cross_entropy_grad.mistake("cross-entropy-gradient-reversed", rows="C16")
def _(Z: Array, y: Array) -> Any:
    """The gradient points to where the loss rises, p - onehot; here it points to where the loss
    falls.

    Raising the true logit lowers the loss, so the true class has a negative entry. The minus sign
    of learning comes later, when the step is taken.

    Check: the true class's entry should be negative and all others positive.
    """
    return (indicator(Z, y) - row_softmax(Z)) / len(y)


@softmax_cross_entropy_grad.mistake("gradient-of-the-probabilities", rows="C17")
def _(Z: Array, y: Array) -> Any:
    """-onehot / p is the gradient with respect to the probabilities; the logits come one step
    earlier.

    Outside the true class it is 0, as if the other logits had no influence. Where p is 0 it is
    -inf.

    Check: every row of the gradient should sum to 0.
    """
    return -indicator(Z, y) / row_softmax(Z) / len(y)


@softmax_cross_entropy_grad.mistake("diagonal-softmax-under-the-loss", rows="A31 N16")
def _(Z: Array, y: Array) -> Any:
    """-onehot / p times p (1 - p) leaves out that each logit also changes the other probabilities.

    All probabilities of a row share one sum. Here two steps of the chain rule are combined, and the
    second one uses only the diagonal of the softmax's derivatives. The wrong classes get no push.

    Check: every row of the gradient should sum to 0.
    """
    p = row_softmax(Z)
    return -indicator(Z, y) * (1 - p) / len(y)


@softmax_cross_entropy_grad.mistake("slope-of-the-bend-once-more")
def _(Z: Array, y: Array) -> Any:
    """p - onehot is already the gradient at the logits; here it is multiplied by p (1 - p) as well.

    That factor belongs to the square of an error behind a sigmoid. In the derivative of the
    logarithm of softmax it has cancelled.

    Check: every row of the gradient should sum to 0.
    """
    p = row_softmax(Z)
    return (p - indicator(Z, y)) * p * (1 - p) / len(y)


@softmax_cross_entropy_grad.mistake("slope-without-the-label", family={"averaged": (0.0, 1.0)})
def _(Z: Array, y: Array, *, averaged: float = 0.0) -> Any:
    """p (1 - p) is how a probability follows its own logit; the loss and the label are not in it.

    The gradient of the loss is the chain of both steps, which comes down to p - onehot over N.

    Check: the true class's entry should be negative and all others positive.
    """
    p = row_softmax(Z)
    return p * (1 - p) / len(y) ** averaged


@softmax_cross_entropy_grad.mistake("gradient-with-softmax-taken-twice", rows="C18")
def _(Z: Array, y: Array) -> Any:
    """p is the softmax of the logits; here the softmax of the probabilities is used.

    All probabilities come out nearly equal, so the gradient never becomes small, even where the
    robot is right.

    Check: for Z = [[100, 0]] and y = [0] the gradient should be nearly 0.
    """
    return (row_softmax(row_softmax(Z)) - indicator(Z, y)) / len(y)


@softmax_cross_entropy_grad.mistake("cross-entropy-gradient-in-place", rows="C19 N05")
def _(Z: Array, y: Array) -> Any:
    """The computation writes into the caller's Z, so after the call the logits are lost.

    The returned values are right. A second call, or the loss, would use gradients in place of
    logits.

    Check: keep a copy of Z, call your function, and compare Z with the copy.
    """
    Z -= Z.max(axis=1, keepdims=True)
    np.exp(Z, out=Z)
    Z /= Z.sum(axis=1, keepdims=True)
    Z[np.arange(len(y)), y] -= 1
    Z /= len(y)
    return Z


@softmax_cross_entropy_grad.mistake("gradient-at-every-label", rows="C20")
def _(Z: Array, y: Array) -> Any:
    """A colon as the row index means all rows, so 1 is subtracted at every label in y.

    Each row should lose 1 only at its own label. NumPy pairs two index arrays of the same length
    entry by entry.

    Check: every row of the gradient should sum to 0.
    """
    p = row_softmax(Z)
    p[:, y] -= 1
    return p / len(y)


@softmax_cross_entropy_grad.mistake("gradient-labels-counted-from-one", rows="C21")
def _(Z: Array, y: Array) -> Any:
    """Labels run from 0 to K - 1, like NumPy's columns; here they are treated as running from 1 to
    K.

    The neighbour of the true class is pulled up, and the true class is pushed down.

    Check: for Z = [[100, 0, 0]] and y = [0] the gradient should be nearly 0.
    """
    return (row_softmax(Z) - indicator(Z, y - 1)) / len(y)


@softmax_cross_entropy_grad.mistake("whole-number-one-hot", rows="C27")
def _(Z: Array, y: Array) -> Any:
    """An integer array cannot hold decimals, so NumPy refuses to subtract p from it in place.

    The one-hot rows were made with dtype=int, or copied from integer labels.

    Check: print the dtype of the array that you subtract from; it should be float64.
    """
    Y = indicator(Z, y).astype(int)
    Y -= row_softmax(Z)
    return -Y / len(y)


@softmax_cross_entropy_grad.mistake("gradient-stored-as-whole-numbers", rows="A36 C27")
def _(Z: Array, y: Array) -> Any:
    """Writing decimals into an integer array cuts them off, and nearly all entries become 0.

    NumPy does this silently when entries are assigned. The array was made with dtype=int.

    Check: print the dtype of the array that you fill; it should be float64.
    """
    G = np.zeros(Z.shape, dtype=int)
    G[:] = row_softmax(Z) - indicator(Z, y)
    return G / len(y)


@softmax_cross_entropy_grad.mistake("probabilities-for-a-gradient")
def _(Z: Array, y: Array) -> Any:
    """This is p / N; the 1 of the true class has not been subtracted, so the label is not used.

    Every logit would be pushed down, including the true one.

    Check: every row of the gradient should sum to 0.
    """
    return row_softmax(Z) / len(y)


@softmax_cross_entropy_grad.mistake("one-taken-off-everywhere")
def _(Z: Array, y: Array) -> Any:
    """1 is subtracted at the true class only; here it is subtracted in every column.

    All entries are negative, so every logit would be pushed up.

    Check: every row of the gradient should sum to 0.
    """
    return (row_softmax(Z) - 1) / len(y)


@softmax_cross_entropy_grad.mistake("label-subtracted-as-a-number")
def _(Z: Array, y: Array) -> Any:
    """A label is a name, not an amount: class 3 is not three times class 1.

    Here the number of the class is subtracted from every entry of its row; only 1 should be
    subtracted, at one place.

    Check: every row of the gradient should sum to 0.
    """
    return (row_softmax(Z) - y[:, None]) / len(y)


@softmax_cross_entropy_grad.mistake("logits-for-probabilities")
def _(Z: Array, y: Array) -> Any:
    """The gradient is probabilities minus the one-hot rows; here the raw logits take their place.

    p - onehot lies between -1 and 1, whatever the logits are.

    Check: for Z = [[100, 0]] and y = [0] the gradient should be nearly 0.
    """
    return (Z - indicator(Z, y)) / len(y)


@softmax_cross_entropy_grad.mistake("gradient-overflow", rows="A26")
def _(Z: Array, y: Array) -> Any:
    """exp overflows above about 709 and is 0 far below 0, and inf / inf and 0 / 0 are nan.

    The equation is right on paper and for small logits.

    Next: use the softmax at the top of this notebook, which is right for any logits.
    """
    E = np.exp(Z)
    return (E / E.sum(axis=1, keepdims=True) - indicator(Z, y)) / len(y)


@softmax_cross_entropy_grad.mistake("gradient-over-the-batch", rows="A29")
def _(Z: Array, y: Array) -> Any:
    """The softmax runs down the columns; it should run over the classes of each row.

    A row is one example. Here the examples of a batch share their probabilities.

    Check: every row of the gradient should sum to 0.
    """
    return (row_softmax(Z.T).T - indicator(Z, y)) / len(y)
