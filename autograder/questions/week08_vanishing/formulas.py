"""A network of any depth in NumPy, for wrong formulas whose mistake lies elsewhere."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autograder.questions.define import Array, Inputs, Rng

Params = dict[str, Array]
Gate = Callable[[Array, Array], Array]


def sigmoid(z: Array) -> Array:
    """A sigmoid without overflow."""
    out: Array = 0.5 * (1 + np.tanh(0.5 * z))
    return out


BENDS: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0) * 1.0),
}


def network(rng: Rng, activation: str, N: int, *layer_sizes: int) -> Inputs:
    """A batch with every class, and a random network whose blame neither dies nor explodes."""
    params = {}
    steepest = 2.5 if activation == "sigmoid" else 1.2
    for number, (rows, columns) in enumerate(
        zip(layer_sizes, layer_sizes[1:], strict=False), start=1
    ):
        params[f"W{number}"] = rng.normal(size=(rows, columns)) * steepest / np.sqrt(rows)
        params[f"b{number}"] = rng.normal(size=columns)
    return {
        "X": rng.normal(size=(N, layer_sizes[0])),
        "y": rng.permutation(np.resize(np.arange(layer_sizes[-1]), N)),
        "params": params,
        "activation": activation,
    }


def walk(X: Array, params: Params, activation: str) -> list[tuple[Array, Array]]:
    """Every layer's input and z."""
    layers = []
    for number in range(1, len(params) // 2 + 1):
        z = X @ params[f"W{number}"] + params[f"b{number}"]
        layers.append((X, z))
        X = BENDS[activation][0](z)
    return layers


def loss_slope(logits: Array, y: Array) -> Array:
    """dL/dlogits of the mean cross-entropy."""
    E = np.exp(logits - logits.max(axis=1, keepdims=True))
    slope: Array = (E / E.sum(axis=1, keepdims=True) - np.eye(logits.shape[1])[y]) / len(y)
    return slope


def bills(X: Array, y: Array, params: Params, activation: str, gate: Gate) -> dict[int, Array]:
    """dL/dz of every layer; `gate` takes a gradient back through an activation function."""
    layers = walk(X, params, activation)
    found = {len(layers): loss_slope(layers[-1][1], y)}
    for number in range(len(layers) - 1, 0, -1):
        arrived = found[number + 1] @ params[f"W{number + 1}"].T
        found[number] = gate(arrived, layers[number - 1][1])
    return found


def gradients_from(X: Array, params: Params, activation: str, found: dict[int, Array]) -> Params:
    """The parameters' gradients from dL/dz of every layer, right or wrong."""
    layers = walk(X, params, activation)
    gradients = {}
    for number, (received, _) in enumerate(layers, start=1):
        gradients[f"W{number}"] = received.T @ found[number]
        gradients[f"b{number}"] = found[number].sum(axis=0)
    return gradients


def through(activation: str) -> Gate:
    """The correct backward step through an activation function."""
    slope = BENDS[activation][1]
    return lambda dout, z: dout * slope(z)


def backward(
    X: Array, y: Array, params: Params, activation: str, gate: Gate | None = None
) -> Params:
    """Every parameter's gradient; a wrong `gate` gives a wrong backward pass."""
    found = bills(X, y, params, activation, gate or through(activation))
    return gradients_from(X, params, activation, found)


def through_dense(dout: Array, X: Array, W: Array) -> tuple[Array, Array, Array]:
    """The gradients of a dense layer: of its inputs, kernel and bias."""
    return dout @ W.T, X.T @ dout, dout.sum(axis=0)


def through_relu(dout: Array, z: Array) -> Array:
    """The gradient on the other side of a relu."""
    return dout * (z > 0)


def through_sigmoid(dout: Array, out: Array) -> Array:
    """The gradient on the other side of a sigmoid, from its output."""
    dz: Array = dout * out * (1 - out)
    return dz


def through_tanh(dout: Array, out: Array) -> Array:
    """The gradient on the other side of a tanh, from its output."""
    dz: Array = dout * (1 - out**2)
    return dz
