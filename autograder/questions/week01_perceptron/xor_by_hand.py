"""XOR from three rules, with weights chosen by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.run_network import threshold_outputs


@question(points=10, returns=("out",))
def xor_by_hand(X: Array) -> Any:
    """Weights of a network of three rules that computes XOR, judged by what the network answers.

    The network: hidden = step(X @ W1 + b1), out = step(hidden @ W2 + b2).

    Args:
        X: the corners at which the network is run, shape (N, D), float64.

    Returns:
        out[x1, x2], the network's answer at each corner: 1 where exactly one input is 1.

    Source: keras.ops.logical_xor.
    """
    from keras import ops

    corner = X > 0.5
    out = np.zeros((2, 2))
    out[tuple(corner.T.astype(int))] = ops.logical_xor(corner[:, 0], corner[:, 1])
    return out


@xor_by_hand.driver
def _(xor_by_hand: Any, X: Array) -> Any:
    return xor_by_hand()


@xor_by_hand.measure
def _(weights: Any, X: Array) -> Any:
    W1, b1, W2, b2 = (np.asarray(part, float) for part in weights)
    # A bias may be given as a number, and the last kernel as a column or as a list of two.
    weights, biases = [W1.reshape(2, 2), W2.reshape(2, 1)], [b1.reshape(2), b2.reshape(1)]
    out = np.zeros((2, 2))
    corner = (X > 0.5).astype(int)
    out[corner[:, 0], corner[:, 1]] = threshold_outputs(X, weights, biases)[:, 0]
    return out


@xor_by_hand.case("corners")
def _(rng: Rng) -> Inputs:
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return {"X": np.concatenate([corners, corners[rng.integers(0, 4, 6)]])[rng.permutation(10)]}


@xor_by_hand.alternative("or-but-not-both")
def _() -> Any:
    return np.ones((2, 2)), np.array([-0.5, -1.5]), np.array([[1.0], [-2.0]]), np.array([-0.5])


@xor_by_hand.alternative("one-without-the-other")
def _() -> Any:
    return [[1, -1], [-1, 1]], [-0.5, -0.5], [1, 1], -0.5


@xor_by_hand.mistake("xor-network-says-or")
def _() -> Any:
    """The output must be 0 when both inputs are 1, but this network answers 1 there.

    It computes OR. The unit that notices "both" has too small a weight, or a weight of the wrong
    sign, to outvote the unit that notices "at least one".

    Check: work out both hidden units and the output's score for (1, 1); that score must not be
    positive.
    """
    return np.ones((2, 2)), np.array([-0.5, -1.5]), np.array([[1.0], [-0.4]]), np.array([-0.5])


@xor_by_hand.mistake("xor-network-says-and")
def _() -> Any:
    """XOR is 1 where exactly one input is 1; this network answers 1 only where both are.

    It computes AND. The output unit needs both hidden units to be 1, and both are 1 only at (1, 1).

    Check: work out both hidden units and the output's score for (0, 1); that score must be
    positive.
    """
    return np.ones((2, 2)), np.array([-0.5, -1.5]), np.array([[1.0], [1.0]]), np.array([-1.5])


@xor_by_hand.mistake("xor-network-reversed", rows="G01")
def _() -> Any:
    """The two answers are swapped: this network answers 1 where the inputs are equal.

    Everything is right except the sign of the output unit's score, weights and bias together.

    Check: for (0, 0) the output's score must not be positive.
    """
    return np.ones((2, 2)), np.array([-0.5, -1.5]), np.array([[-1.0], [2.0]]), np.array([0.5])


@xor_by_hand.mistake("units-in-rows", rows="B18", convention=True)
def _() -> Any:
    """Some books store a unit's weights in a row; in this course they are a column, z = X W1 + b1.

    The network answers 1 only at (1, 0), or only at (0, 1). If all weights of W1 are equal the two
    layouts look the same.

    Check: compute X @ W1 + b1 by hand for (0, 1); it uses the second row of W1.
    """
    return (
        np.array([[1.0, 1.0], [-1.0, -1.0]]),
        np.array([-0.5, 1.5]),
        np.array([[1.0], [1.0]]),
        np.array([-1.5]),
    )


@xor_by_hand.mistake("score-just-zero")
def _() -> Any:
    """The step gives 0 at a score of exactly 0, and here a score that should be positive is exactly
    0.

    Weights of 1 with biases of -1 and -2 would need a step that gives 1 at 0. Here the output is
    never 1.

    Check: move every bias a little, so that no score of the four examples is exactly 0.
    """
    return np.ones((2, 2)), np.array([-1.0, -2.0]), np.array([[1.0], [-1.0]]), np.array([-1.0])


@xor_by_hand.mistake("always-yes")
def _() -> Any:
    """The output's score is positive for all four examples, so the network always answers 1.

    Two of the four answers have to be 0. A positive bias of the output unit often does this.

    Check: for (0, 0) the output's score must not be positive.
    """
    return np.ones((2, 2)), np.array([-0.5, -1.5]), np.array([[1.0], [-0.5]]), np.array([0.6])
