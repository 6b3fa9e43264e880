"""The policy gradient of REINFORCE."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week05_losses.formulas import (
    far_scores,
    indicator,
    labels,
    row_softmax,
)
from course_lib.gradients import vector_jacobian_product


@question(points=8)
def policy_gradient(logits: Array, actions: Array, returns: Array) -> Any:
    """The gradient, for the logits, of the mean over n of -returns[n] * log p[n, actions[n]].

    Here p = softmax(logits), row by row.

    Args:
        logits: what the policy says in N situations, shape (N, K), float64.
        actions: what was done, from 0 to K - 1, shape (N,), int64.
        returns: how it turned out, shape (N,), float64, of either sign; constants.

    Returns:
        dL/dlogits, shape (N, K); it carries the minus sign of the loss and 1/N, so that a step
        *against* it makes good actions more likely.

    Source: Williams 1992, as the gradient of Keras' weighted cross-entropy.
    """

    def surrogate(Z: Any) -> Any:
        from keras import losses, ops

        surprise = losses.sparse_categorical_crossentropy(actions, Z, from_logits=True)
        return ops.mean(returns * surprise)

    return vector_jacobian_product(surrogate, [logits])[0]


def experience(given: Inputs, rng: Rng) -> Inputs:
    """Situations, actions, and returns whose mean is not 0."""
    N = len(given["y"])
    returns = rng.permutation(np.linspace(-1.0, 3.0, N)) + rng.uniform(0.1, 0.3, N)
    return {"logits": given["Z"], "actions": given["y"], "returns": returns}


def calm(rng: Rng, N: int, K: int) -> Inputs:
    """Logits around 0 and actions of every kind."""
    return {"Z": rng.uniform(-2, 2, (N, K)), "y": labels(rng, N, K)}


@policy_gradient.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return experience(calm(rng, 7, 4), rng)


@policy_gradient.case("square", square="returns without a new axis fit only where N = K")
def _(rng: Rng) -> Inputs:
    return experience(calm(rng, 4, 4), rng)


@policy_gradient.case("one-situation", weight=0.5, square="one situation is a batch as well")
def _(rng: Rng) -> Inputs:
    return experience(calm(rng, 1, 4), rng)


@policy_gradient.case("stability", weight=2, stability=True)
def _(rng: Rng) -> Inputs:
    return experience(far_scores(rng, 6, 5), rng)


def pushes(logits: Array, actions: Array) -> Array:
    """P - onehot."""
    rows: Array = row_softmax(logits) - indicator(logits, actions)
    return rows


@policy_gradient.alternative("example-by-example")
def _(logits: Array, actions: Array, returns: Array) -> Any:
    G = np.zeros_like(logits)
    for n, (row, action, worth) in enumerate(zip(logits, actions, returns, strict=True)):
        p = np.exp(row - row.max())
        p /= p.sum()
        p[action] -= 1
        G[n] = worth * p / len(actions)
    return G


@policy_gradient.mistake("policy-gradient-reversed", rows="C16 G01", convention=True)
def _(logits: Array, actions: Array, returns: Array) -> Any:
    """Some books maximize the expected return and step along onehot - P; this course minimizes a
    loss, whose gradient has the opposite sign.

    With a step against the gradient, it would make good actions less likely.

    Check: with a positive return, the entry of the chosen action should be negative.
    """
    return -returns[:, None] * pushes(logits, actions) / len(actions)


@policy_gradient.mistake("policy-gradient-not-averaged", rows="C15")
def _(logits: Array, actions: Array, returns: Array) -> Any:
    """The loss is a mean over N situations, so its gradient carries 1/N; here the 1/N is missing.

    Every entry is N times too large. Longer games would take larger steps.

    Check: duplicate every row; each entry of the gradient should be halved.
    """
    return returns[:, None] * pushes(logits, actions)


@policy_gradient.mistake("policy-gradient-over-all-entries", rows="C14")
def _(logits: Array, actions: Array, returns: Array) -> Any:
    """The loss is a mean over N situations, so its gradient carries 1/N; here it is 1 / (N * K).

    Each situation counts once, however many actions there are.

    Check: for one row [0, 0], action 0 and return 1 the gradient should be [-0.5, 0.5].
    """
    return returns[:, None] * pushes(logits, actions) / logits.size


@policy_gradient.mistake("returns-unused")
def _(logits: Array, actions: Array, returns: Array) -> Any:
    """Each row is weighted by its return; here every action counts as equally good.

    That only imitates what was done, whether it turned out well or not.

    Check: a return of 0 should give a row of zeros.
    """
    return pushes(logits, actions) / len(actions)


@policy_gradient.mistake("returns-along-the-columns", rows="C06 A30")
def _(logits: Array, actions: Array, returns: Array) -> Any:
    """returns has one entry for each row; NumPy aligns its shape (N,) with the columns.

    If N differs from K, NumPy raises an error. If N = K, it weights the actions instead of the
    situations.

    Check: a return of 0 should give a row of zeros.
    """
    return returns * pushes(logits, actions) / len(actions)


@policy_gradient.mistake("one-return-for-the-batch")
def _(logits: Array, actions: Array, returns: Array) -> Any:
    """Each action is weighted by its own return; here all are weighted by the mean return.

    The mean of products is not the product of means. Good and bad actions are rewarded alike.

    Check: a return of 0 should give a row of zeros.
    """
    return returns.mean() * pushes(logits, actions) / len(actions)


@policy_gradient.mistake("mean-return-subtracted", convention=True)
def _(logits: Array, actions: Array, returns: Array) -> Any:
    """A baseline, often the mean return, makes learning more stable; in this course the returns are
    used as they are.

    A caller who wants a baseline subtracts it before the call.

    Check: with all returns equal to 1, the gradient should not be 0.
    """
    return (returns - returns.mean())[:, None] * pushes(logits, actions) / len(actions)


@policy_gradient.mistake("gradient-of-the-probability")
def _(logits: Array, actions: Array, returns: Array) -> Any:
    """The loss contains the logarithm of the action's probability; this is the gradient of the
    probability itself.

    It is smaller by the factor p, so rare actions that turned out well are hardly reinforced.

    Check: for one row [0, 0], action 0 and return 1 the gradient should be [-0.5, 0.5].
    """
    taken = row_softmax(logits)[np.arange(len(actions)), actions]
    return (taken * returns)[:, None] * pushes(logits, actions) / len(actions)


@policy_gradient.mistake("probabilities-pushed-only")
def _(logits: Array, actions: Array, returns: Array) -> Any:
    """The gradient is the return times P - onehot; here the 1 for the chosen action is not
    subtracted.

    The chosen action then has no influence.

    Check: every row of the gradient should sum to 0.
    """
    return returns[:, None] * row_softmax(logits) / len(actions)


@policy_gradient.mistake("only-the-action-taken")
def _(logits: Array, actions: Array, returns: Array) -> Any:
    """The softmax's sum contains all logits, so each of them has a gradient; here only the chosen
    action's logit has one.

    Raising one probability lowers the others.

    Check: every row of the gradient should sum to 0.
    """
    Y = indicator(logits, actions)
    return returns[:, None] * pushes(logits, actions) * Y / len(actions)


@policy_gradient.mistake("policy-blame-of-the-probabilities", rows="C17")
def _(logits: Array, actions: Array, returns: Array) -> Any:
    """-returns / p is the gradient for the probability; the logits are one step further back,
    before the softmax.

    It is 0 for the other actions, and infinite where p is 0.

    Check: every row of the gradient should sum to 0.
    """
    P = row_softmax(logits)
    return -returns[:, None] * indicator(logits, actions) / P / len(actions)


@policy_gradient.mistake("one-taken-off-at-every-action", rows="C20")
def _(logits: Array, actions: Array, returns: Array) -> Any:
    """A colon as the row index means all rows, so 1 is subtracted at every action in the batch.

    Each row should lose 1 at its own action only.

    Check: every row of the gradient should sum to 0.
    """
    P = row_softmax(logits)
    P[:, actions] -= 1
    return returns[:, None] * P / len(actions)


@policy_gradient.mistake("actions-counted-from-one", rows="C21")
def _(logits: Array, actions: Array, returns: Array) -> Any:
    """Actions run from 0 to K - 1, like NumPy's columns; here they are taken to run from 1 to K.

    The neighbouring action is reinforced.

    Check: for one row [0, 0], action 0 and return 1 the gradient should be [-0.5, 0.5].
    """
    return returns[:, None] * pushes(logits, actions - 1) / len(actions)


@policy_gradient.mistake("policy-over-the-situations", rows="A29")
def _(logits: Array, actions: Array, returns: Array) -> Any:
    """The softmax should run over the actions of one situation; here it runs down the columns.

    The situations of a batch then share their probabilities.

    Check: every row of the gradient should sum to 0.
    """
    P = row_softmax(logits.T).T
    return returns[:, None] * (P - indicator(logits, actions)) / len(actions)


@policy_gradient.mistake("policy-overflow", rows="A26 A27")
def _(logits: Array, actions: Array, returns: Array) -> Any:
    """exp overflows float64 above about 709 and underflows to 0 far below 0; inf / inf or 0 / 0 is
    then nan.

    The equation is right on paper and for small logits.

    Next: use the gradient at the top of this notebook, which works for any logits.
    """
    E = np.exp(logits)
    P = E / E.sum(axis=1, keepdims=True)
    return returns[:, None] * (P - indicator(logits, actions)) / len(actions)


@policy_gradient.mistake("policy-shifted-by-the-batch", rows="A28")
def _(logits: Array, actions: Array, returns: Array) -> Any:
    """Here the largest logit of the whole batch is subtracted from every row; in a row far below it
    every exp is 0, and 0 / 0 is nan.

    Rows with large logits are right. But the result of a row then depends on the other rows.

    Check: after the shift, the largest entry of every row should be 0.
    """
    E = np.exp(logits - logits.max())
    P = E / E.sum(axis=1, keepdims=True)
    return returns[:, None] * (P - indicator(logits, actions)) / len(actions)


@policy_gradient.mistake("policy-keepdims-missing", rows="A30")
def _(logits: Array, actions: Array, returns: Array) -> Any:
    """Each row of exponentials is divided by its own sum; NumPy aligns the sums' shape (N,) with
    the columns.

    If N differs from K, NumPy raises an error. If N = K, it silently divides by the wrong sums.

    Check: every row of the probabilities should sum to 1.
    """
    E = np.exp(logits - logits.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1)
    return returns[:, None] * (P - indicator(logits, actions)) / len(actions)
