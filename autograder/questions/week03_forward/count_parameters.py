"""How many numbers a network has to learn."""

from __future__ import annotations

from itertools import pairwise
from math import prod
from typing import Any

from autograder.questions.define import Inputs, Rng, question
from course_lib.models import mlp


@question(points=8)
def count_parameters(layer_sizes: list[int]) -> Any:
    """The number of weights and biases of a network of dense layers.

    Args:
        layer_sizes: units from the input to the output, such as [784, 16, 16, 10].

    Returns:
        One whole number: for every layer its fan_in * fan_out weights and its fan_out biases.

    Source: the number of parameters that Keras counts in the network of course_lib.models.
    """
    return int(mlp(layer_sizes).count_params())


def sizes(rng: Rng, *largest: int) -> Inputs:
    """Different sizes, none below 3."""
    least = [3 + place for place in range(len(largest))]
    return {"layer_sizes": [int(rng.integers(*ends)) for ends in zip(least, largest, strict=True)]}


@count_parameters.case("two-layers", weight=2)
def _(rng: Rng) -> Inputs:
    return sizes(rng, 90, 40, 20)


@count_parameters.case("deep", weight=2)
def _(rng: Rng) -> Inputs:
    return sizes(rng, 900, 40, 30, 50, 20)


@count_parameters.case("one-layer")
def _(rng: Rng) -> Inputs:
    return sizes(rng, 90, 30)


@count_parameters.mistake("biases-not-counted", rows="B10")
def _(layer_sizes: list[int]) -> Any:
    """A layer has fan_in * fan_out weights and fan_out biases; here only the weights are counted.

    The result is too small by the number of neurons. Biases are learned just as weights are.

    Check: a layer from 2 inputs to 1 neuron has 3 parameters.
    """
    return sum(D * M for D, M in pairwise(layer_sizes))


@count_parameters.mistake("biases-for-the-inputs")
def _(layer_sizes: list[int]) -> Any:
    """The inputs are the pixels of the picture; they are not neurons and have no biases.

    The result is too large by the number of inputs. Only neurons have biases, and the first size in
    the list counts inputs, not neurons.

    Check: a layer from 2 inputs to 1 neuron has 3 parameters.
    """
    return sum(D * M for D, M in pairwise(layer_sizes)) + sum(layer_sizes)


@count_parameters.mistake("one-bias-a-layer")
def _(layer_sizes: list[int]) -> Any:
    """Each neuron has its own bias, so a layer has fan_out biases; here each layer has only one.

    The shape of a layer's bias is (M,).

    Check: a layer from 2 inputs to 3 neurons has 9 parameters.
    """
    return sum(D * M + 1 for D, M in pairwise(layer_sizes))


@count_parameters.mistake("biases-by-fan-in")
def _(layer_sizes: list[int]) -> Any:
    """Each neuron has one bias, so a layer has fan_out biases, not fan_in.

    The total happens to be right for a network with as many outputs as inputs.

    Check: a layer from 2 inputs to 1 neuron has 3 parameters.
    """
    return sum(D * M + D for D, M in pairwise(layer_sizes))


@count_parameters.mistake("last-layer-not-counted")
def _(layer_sizes: list[int]) -> Any:
    """A list of L sizes describes L - 1 layers; here the last one, the output layer, is missing.

    The output layer is linear, but it has weights and biases like every other layer. A range that
    ends one too early causes this too.

    Check: for a list of two sizes the result should not be 0.
    """
    return sum(D * M + M for D, M in pairwise(layer_sizes[:-1]))


@count_parameters.mistake("last-biases-not-counted")
def _(layer_sizes: list[int]) -> Any:
    """The last layer has no activation function, but it does have biases, one for each output.

    The result is too small by the number of outputs.

    Check: a layer from 2 inputs to 1 neuron has 3 parameters, even when it is the only layer.
    """
    return sum(D * M + M for D, M in pairwise(layer_sizes)) - layer_sizes[-1]


@count_parameters.mistake("neurons-counted")
def _(layer_sizes: list[int]) -> Any:
    """This counts the units; the weights are on the connections, fan_in * fan_out in each layer.

    The sum of the sizes is far too small.

    Check: a layer from 2 inputs to 3 neurons has 9 parameters.
    """
    return sum(layer_sizes)


@count_parameters.mistake("all-sizes-multiplied")
def _(layer_sizes: list[int]) -> Any:
    """Only neighbouring layers are connected, so the products of neighbouring sizes are added up.

    The product of all sizes counts the paths from an input to an output. Each path uses one weight
    per layer, and each weight lies on many paths.

    Check: sizes 2, 3 and 4 should give (2 * 3 + 3) + (3 * 4 + 4) = 25.
    """
    return prod(layer_sizes) + sum(layer_sizes[1:])


@count_parameters.mistake("inputs-taken-off-the-list", rows="N05")
def _(layer_sizes: list[int]) -> Any:
    """pop removes an entry from the caller's own list, so counting again gives another number.

    The first count is right. After the call the list is shorter.

    Check: print layer_sizes before and after the call.
    """
    D, total = layer_sizes.pop(0), 0
    for M in layer_sizes:
        total += D * M + M
        D = M
    return total
