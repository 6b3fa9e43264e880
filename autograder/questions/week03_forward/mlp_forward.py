"""A whole network: dense layers with activations between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.questions.define import Array, Formula, Inputs, Rng, question
from autograder.questions.week03_forward.formulas import Params, random_params, row_softmax
from course_lib.models import to_keras

Bend = Callable[[Array], Array]


@question(
    points=16,
    returns=("logits", "layers"),
    builds_on=("dense_forward",),
    parts={"logits": 2, "layers": 1},
)
def mlp_forward(X: Array, params: Params, activation: Any) -> Any:
    """The forward pass of a network: every layer but the last is followed by a bend.

    Args:
        X: inputs, shape (N, D), float64.
        params: kernels W1, W2, ... and biases b1, b2, ... of one or more layers.
        activation: the bend, a function that works entry by entry. A case names one of Keras'
            activations here, and the driver passes a function to the student.

    Returns:
        logits (N, K), the last layer's z, and for every layer a pair: the input that it received
        and its z, before the bend.

    Source: the Keras network of course_lib.models with these weights.
    """
    from keras import ops

    model = to_keras(params, activation)
    layers = []
    received = ops.convert_to_tensor(X)
    for layer in model.layers:
        layers.append((received, ops.matmul(received, layer.kernel) + layer.bias))
        received = layer(received)
    return model(X), layers


@mlp_forward.driver
def _(mlp_forward: Any, X: Array, params: Params, activation: str) -> Any:
    # Bends that no question asks for: a driver runs beside the student's code.
    bends = {"softsign": lambda z: z / (1 + np.abs(z)), "tanh": np.tanh}
    return mlp_forward(X, params, bends[activation])


def network(rng: Rng, activation: str, N: int, *layer_sizes: int) -> Inputs:
    """A batch and a random network."""
    return {
        "X": rng.normal(size=(N, layer_sizes[0])),
        "params": random_params(rng, *layer_sizes),
        "activation": activation,
    }


@mlp_forward.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return network(rng, "softsign", 7, 5, 4, 6, 3)


@mlp_forward.case("two-layers", weight=2)
def _(rng: Rng) -> Inputs:
    return network(rng, "tanh", 6, 4, 5, 3)


@mlp_forward.case("one-layer", square="one example is still a row")
def _(rng: Rng) -> Inputs:
    return network(rng, "softsign", 1, 4, 3)


@mlp_forward.case("square", square="with equal sizes a wrong axis or transpose has the right shape")
def _(rng: Rng) -> Inputs:
    # Twelve layers: in the order of names as text, W10 would come before W2.
    return network(rng, "softsign", *13 * [4])


def walk(
    X: Array,
    params: Params,
    bend: Bend,
    dense: Callable[[Array, Array, Array], Array] = lambda h, W, b: h @ W + b,
) -> list[tuple[Array, Array]]:
    """Every layer's input and z, for mistakes that are made elsewhere in the network."""
    layers = []
    for number in range(1, len(params) // 2 + 1):
        z = dense(X, params[f"W{number}"], params[f"b{number}"])
        layers.append((X, z))
        X = bend(z)
    return layers


@mlp_forward.made_of(but="neuron-bias-left-out neuron-whole-number-total")
def _(
    X: Array,
    params: Params,
    activation: Bend,
    *,
    neuron_by_neuron: Formula = lambda x, W, b: x @ W + b,
) -> Any:
    def dense(h: Array, W: Array, b: Array) -> Array:
        return np.array([neuron_by_neuron(x, W, b) for x in h])

    layers = walk(X, params, activation, dense)
    return layers[-1][1], layers


@mlp_forward.mistake("last-layer-bent")
def _(X: Array, params: Params, activation: Bend) -> Any:
    """The last layer is linear, logits = h @ W + b; here the activation is applied to it as well.

    All pairs are right. A ReLU after the last layer turns every negative logit into 0, so classes
    with negative logits can no longer be told apart.

    Check: some logits of a random network should be negative.
    """
    layers = walk(X, params, activation)
    return activation(layers[-1][1]), layers


@mlp_forward.mistake("bends-left-out")
def _(X: Array, params: Params, activation: Bend) -> Any:
    """The next layer receives h = activation(z); here it receives z itself.

    The first pair is right. Without activations the pile collapses: any number of layers equals
    one.

    Check: your code should call the argument activation somewhere.
    """
    layers = walk(X, params, lambda z: z)
    return layers[-1][1], layers


@mlp_forward.mistake("bend-before-the-layer")
def _(X: Array, params: Params, activation: Bend) -> Any:
    """Here each layer computes activation(X) @ W + b; the activation belongs after the layer.

    Here the activation changes the picture before the first layer has seen it; ReLU would wipe out
    negative inputs.

    Check: with one layer the result should not depend on activation at all.
    """
    layers = walk(X, params, lambda z: z, lambda h, W, b: activation(h) @ W + b)
    return layers[-1][1], layers


@mlp_forward.mistake("bend-always-relu")
def _(X: Array, params: Params, activation: Bend) -> Any:
    """The activation is an argument; here max(0, z) is hard-coded and activation is never called.

    With ReLU everything is right. With tanh or sigmoid the second layer receives the wrong inputs.

    Check: call it with tanh and with relu; the logits should differ.
    """
    layers = walk(X, params, lambda z: np.maximum(z, 0))
    return layers[-1][1], layers


@mlp_forward.mistake("network-biases-left-out", rows="B10")
def _(X: Array, params: Params, activation: Bend) -> Any:
    """Every layer is h @ W + b; without b the pre-activations are off from the first layer on.

    With biases of 0, as at the start of training, the mistake does not show.

    Check: for X = 0 every row of the first z should be b1.
    """
    layers = walk(X, params, activation, lambda h, W, b: h @ W)
    return layers[-1][1], layers


@mlp_forward.mistake("network-biases-as-columns", rows="B11 N03")
def _(X: Array, params: Params, activation: Bend) -> Any:
    """A bias has one entry for each output of its layer; a column lines up with the examples.

    With different sizes NumPy raises an error. With as many examples as outputs, each example gets
    a bias instead of each output, without any error.

    Check: for X = 0 every row of the first z should be b1.
    """
    layers = walk(X, params, activation, lambda h, W, b: h @ W + b.reshape(-1, 1))
    return layers[-1][1], layers


@mlp_forward.mistake("network-elementwise", rows="B17")
def _(X: Array, params: Params, activation: Bend) -> Any:
    """`*` multiplies entry by entry; a layer sums over its inputs, which takes `@`.

    With different sizes NumPy raises an error. With equal sizes everywhere the shapes happen to
    fit, and nothing is summed.

    Check: with one layer the logits should have the shape (N, K).
    """
    layers = walk(X, params, activation, lambda h, W, b: h * W + b)
    return layers[-1][1], layers


@mlp_forward.mistake("network-kernels-turned", rows="B18", convention=True)
def _(X: Array, params: Params, activation: Bend) -> Any:
    """PyTorch stores kernels as (M, D); in this course, as in Keras, they are (D, M), not
    transposed.

    With different sizes the inner axes do not match. With equal sizes every weight connects the
    wrong input and output.

    Check: W1.shape[0] should be the number of inputs.
    """
    layers = walk(X, params, activation, lambda h, W, b: h @ W.T + b)
    return layers[-1][1], layers


@mlp_forward.mistake("z-after-the-bend", rows="B13 N05")
def _(X: Array, params: Params, activation: Bend) -> Any:
    """A pair holds z before the activation; here it holds activation(z).

    The logits are right. This happens when z is overwritten with activation(z) before the pair is
    stored, or when the activation writes into the stored array. The backward pass needs z itself,
    because it takes the derivative there.

    Check: some entries of a hidden layer's z should be negative, even with ReLU.
    """
    *hidden, last = walk(X, params, activation)
    return last[1], [*((received, activation(z)) for received, z in hidden), last]


@mlp_forward.mistake("output-noted-as-input")
def _(X: Array, params: Params, activation: Bend) -> Any:
    """A pair holds the layer's input; here it holds the layer's output.

    The logits and every z are right. This happens when the variable for the input is overwritten
    with the output before the pair is stored. The first pair should begin with X.

    Check: layers[0][0] should equal X.
    """
    layers = walk(X, params, activation)
    handed_on = [activation(z) for _, z in layers[:-1]] + [layers[-1][1]]
    return layers[-1][1], [(out, z) for out, (_, z) in zip(handed_on, layers, strict=True)]


@mlp_forward.mistake("pair-turned-round")
def _(X: Array, params: Params, activation: Bend) -> Any:
    """A pair is (input, z), in this order; here z comes first.

    The numbers are right, but code that unpacks the pair by position mixes up the two.

    Check: layers[0][0] should equal X.
    """
    layers = walk(X, params, activation)
    return layers[-1][1], [(z, received) for received, z in layers]


@mlp_forward.mistake("last-pair-left-out")
def _(X: Array, params: Params, activation: Bend) -> Any:
    """The last layer has an input and a z too, so it gets a pair of its own.

    The logits are right. This often happens when the loop covers only the hidden layers and the
    last layer is written below it.

    Check: len(layers) should be the number of kernels.
    """
    layers = walk(X, params, activation)
    return layers[-1][1], layers[:-1]


@mlp_forward.mistake("pairs-from-the-end")
def _(X: Array, params: Params, activation: Bend) -> Any:
    """The pairs go in the order of the forward pass, first layer first; here the last comes first.

    The numbers are right. With a single layer the mistake does not show.

    Check: layers[0][0] should equal X.
    """
    layers = walk(X, params, activation)
    return layers[-1][1], layers[::-1]


@mlp_forward.mistake("layers-left-out")
def _(X: Array, params: Params, activation: Bend) -> Any:
    """The function returns the logits and a pair for every layer; here it returns only the logits.

    The logits are right. Without the pairs a backward pass would have to run the network again.

    Next: collect the pairs in a list inside the loop, and return both.
    """
    return walk(X, params, activation)[-1][1]


@mlp_forward.mistake("probabilities-for-logits")
def _(X: Array, params: Params, activation: Bend) -> Any:
    """Logits are the last layer's z; here softmax has already turned them into probabilities.

    The pairs are right. Softmax is a separate function, further down in this notebook, and the loss
    of week 05 takes logits.

    Check: some logits of a random network should be negative.
    """
    layers = walk(X, params, activation)
    return row_softmax(layers[-1][1]), layers


@mlp_forward.mistake("two-layers-built-in")
def _(X: Array, params: Params, activation: Bend) -> Any:
    """params may hold any number of layers; here exactly two, W1 and W2, are hard-coded.

    With two layers everything is right. With three the last one never runs, and with one W2 does
    not exist. The number of layers is half the number of entries in params.

    Check: how many kernels does params hold, and does your loop go over all of them?
    """
    z1 = X @ params["W1"] + params["b1"]
    h = activation(z1)
    z2 = h @ params["W2"] + params["b2"]
    return z2, [(X, z1), (h, z2)]


@mlp_forward.mistake("kernel-that-does-not-exist")
def _(X: Array, params: Params, activation: Bend) -> Any:
    """L layers have the kernels W1 to WL, so params holds 2 L entries; your loop leaves that range.

    The dict has no such key, so Python raises an error. A loop up to len(params) counts the biases
    as layers too. A loop that begins at 0 asks for W0.

    Check: print list(params), and the numbers that your loop goes through.
    """
    h, layers = X, []
    for number in range(1, len(params) + 1):
        z = h @ params[f"W{number}"] + params[f"b{number}"]
        layers.append((h, z))
        h = activation(z)
    return z, layers
