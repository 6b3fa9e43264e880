"""The number of parameters of each network in a scaling run."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from course_lib.models import mlp


@question(points=6)
def parameter_counts(widths: Array, D: int, K: int) -> Any:
    """The number of weights and biases of the D-H-K network, for every width H.

    Args:
        widths: hidden units H of each network, shape (W,), int64.
        D: inputs.
        K: outputs.

    Returns:
        N for each H, shape (W,), int64.

    Source: the number of parameters that Keras counts in the network of course_lib.models.
    """
    return np.array([mlp((D, int(H), K)).count_params() for H in widths])


def run(rng: Rng, W: int, largest: int) -> Inputs:
    """Rising widths, and inputs and outputs that differ."""
    return {
        "widths": np.sort(rng.choice(np.arange(3, largest), W, replace=False)),
        "D": int(rng.integers(30, 90)),
        "K": int(rng.integers(5, 15)),
    }


@parameter_counts.case("typical", weight=2)
def _(rng: Rng) -> Inputs:
    return run(rng, 4, 40)


@parameter_counts.case("wide", square="one width alone is an array as well")
def _(rng: Rng) -> Inputs:
    return run(rng, 1, 900)


@parameter_counts.alternative("bias-as-an-input")
def _(widths: Array, D: int, K: int) -> Any:
    return [(D + 1) * H + (H + 1) * K for H in widths]


@parameter_counts.mistake("count-without-biases", rows="M08 B10")
def _(widths: Array, D: int, K: int) -> Any:
    """N counts weights and biases, D H + H + H K + K; here the biases are not counted.

    Some papers leave out small groups of parameters. For wide networks it hardly matters, but a
    narrow one moves on the horizontal axis, and the line bends. Whatever is counted must be counted
    the same way for every network.

    Check: a 2-3-1 network has 13 parameters.
    """
    return D * widths + widths * K


@parameter_counts.mistake("count-without-output-biases", rows="M08")
def _(widths: Array, D: int, K: int) -> Any:
    """The output layer has K biases of its own, so N = D H + H + H K + K; here they are not
    counted.

    The result is too small by K for every width. A layer without an activation function still has
    biases.

    Check: a 2-3-1 network has 13 parameters.
    """
    return D * widths + widths + widths * K


@parameter_counts.mistake("count-without-first-layer", rows="M08", convention=True)
def _(widths: Array, D: int, K: int) -> Any:
    """Some papers leave the layer that reads the input out of N; in this course N counts every
    layer.

    Kaplan et al. leave out the table that turns words into vectors, because their line is
    straighter without it. In our networks nearly all weights are in the first layer.

    Check: a 2-3-1 network has 13 parameters.
    """
    return widths * K + K


@parameter_counts.mistake("count-without-last-layer", rows="M08")
def _(widths: Array, D: int, K: int) -> Any:
    """The network has two layers; here the second one's H K weights and K biases are missing.

    The result counts only the layer between the D inputs and the H hidden units.

    Check: a 2-3-1 network has 13 parameters.
    """
    return D * widths + widths


@parameter_counts.mistake("count-of-units")
def _(widths: Array, D: int, K: int) -> Any:
    """This adds up units, D + H + K; the parameters are the connections between them and the
    biases, starting with D H weights and H biases.

    The numbers are far too small and hardly grow with the width.

    Check: a 2-3-1 network has 13 parameters.
    """
    return D + widths + K


@parameter_counts.mistake("count-of-paths")
def _(widths: Array, D: int, K: int) -> Any:
    """D H K is the number of paths through the network; the weights of its layers are added, D H +
    H K.

    Each path uses one weight of each layer and shares both with many other paths.

    Check: a 2-3-1 network has 13 parameters.
    """
    return D * widths * K + widths + K


@parameter_counts.mistake("count-summed-over-widths")
def _(widths: Array, D: int, K: int) -> Any:
    """Every width is a separate network with its own N; here all networks are added together.

    A scaling plot needs a horizontal position for each network.

    Check: the result should have the shape of widths.
    """
    return np.sum(D * widths + widths + widths * K + K)
