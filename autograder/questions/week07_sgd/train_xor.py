"""XOR, learned this time."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.run_network import relu_outputs

BUDGET = 21


@question(
    points=6,
    returns=("size", "out"),
    builds_on=("minibatch_indices", "sgd_step", "train", "accuracy"),
    seconds=30,
)
def train_xor(X: Array) -> Any:
    """Parameters of a trained network that computes XOR, judged by what the network answers.

    The student's function takes no arguments and returns W1 (2, H), b1 (H,), W2 (H, K), b2 (K,)
    for dense, relu, dense, with at most 21 numbers in all. Either K = 2, and the larger logit is
    the answer, or K = 1, and a logit above 0 means 1.

    Args:
        X: the corners at which the network is run, shape (N, D), float64.

    Returns:
        size, which says whether the budget is kept, and out[x1, x2], the network's answer at
        each corner: 1 where exactly one input is 1.

    Source: keras.ops.logical_xor.
    """
    from keras import ops

    corner = X > 0.5
    out = np.zeros((2, 2))
    out[tuple(corner.T.astype(int))] = ops.logical_xor(corner[:, 0], corner[:, 1])
    return "within the budget", out


@train_xor.driver
def _(train_xor: Any, X: Array) -> Any:
    return train_xor()


@train_xor.measure
def _(params: Any, X: Array) -> Any:
    W1, b1, W2, b2 = (np.asarray(params[name], float) for name in ("W1", "b1", "W2", "b2"))
    numbers = sum(np.asarray(value).size for value in params.values())
    logits = relu_outputs(X, [W1, W2], [b1.reshape(W1.shape[1]), b2.reshape(W2.shape[1])])
    if not np.isfinite(logits).all():
        raise ValueError("the network's answers are not finite")
    yes = logits.argmax(axis=1) if logits.shape[1] == 2 else logits.reshape(len(X)) > 0
    corner = (X > 0.5).astype(int)
    out = np.zeros((2, 2))
    out[corner[:, 0], corner[:, 1]] = yes
    return "within the budget" if numbers <= BUDGET else "over the budget", out


@train_xor.case("corners")
def _(rng: Rng) -> Inputs:
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return {"X": np.concatenate([corners, corners[rng.integers(0, 4, 6)]])[rng.permutation(10)]}


def by_hand(top: float, sign: float, offset: float, units: int = 2) -> Any:
    """max(0, x1 + x2) and max(0, x1 + x2 - 1), weighted against each other."""
    return {
        "W1": np.ones((2, units)),
        "b1": -np.minimum(np.arange(units), 1.0),
        "W2": sign * np.array([1.0, top] + [0.0] * (units - 2))[:, None],
        "b2": np.array([offset]),
    }


@train_xor.alternative("one-output")
def _() -> Any:
    return by_hand(-2.0, 1.0, -0.5)


@train_xor.alternative("two-outputs")
def _() -> Any:
    params = by_hand(-2.0, 1.0, -0.5)
    return {
        **params,
        "W2": np.concatenate([-params["W2"], params["W2"]], axis=1),
        "b2": np.array([0.5, -0.5]),
    }


@train_xor.mistake("trained-network-too-large")
def _() -> Any:
    """The network computes XOR, but has more than 21 numbers; a small hidden layer is enough.

    With two logits, H hidden units need 5 H + 2 numbers; with one output, 4 H + 1.

    Check: add up the sizes of all arrays that you return.
    """
    return by_hand(-2.0, 1.0, -0.5, 8)


@train_xor.mistake("trained-network-says-or")
def _() -> Any:
    """The network also answers 1 where both inputs are 1: it stopped at OR.

    Three of four corners are right, a point where training often stalls. More steps, a larger rate
    or another random start may help.

    Check: print the logits at (1, 1).
    """
    return by_hand(-0.2, 1.0, -0.5)


@train_xor.mistake("trained-network-says-nothing")
def _() -> Any:
    """The network answers 0 at all four corners: it has not learned yet, or it cannot.

    All-zero kernels never learn, because every slope is 0. Hidden units that are 0 at all corners
    are dead.

    Check: print the history of the loss; it should fall well below log(2) = 0.69.
    """
    return by_hand(0.0, 0.0, -0.5)


@train_xor.mistake("trained-network-says-always")
def _() -> Any:
    """The network answers 1 at all four corners: it has not learned yet, or it cannot.

    Check: print the history of the loss; it should fall well below log(2) = 0.69.
    """
    return by_hand(0.0, 0.0, 0.5)


@train_xor.mistake("trained-network-reversed", rows="G01")
def _() -> Any:
    """Every answer is the opposite of XOR: 1 where the inputs are equal.

    The labels of the four corners, in counting order, are 0, 1, 1, 0.

    Check: print the corners next to their labels.
    """
    return by_hand(-2.0, -1.0, 0.5)


@train_xor.mistake("history-returned-as-well")
def _() -> Any:
    """The function should return only the parameters; here it returns a pair, as train does.

    Check: print what train_xor returns; it should be a dict.
    """
    return by_hand(-2.0, 1.0, -0.5), np.array([0.7, 0.4, 0.1])
