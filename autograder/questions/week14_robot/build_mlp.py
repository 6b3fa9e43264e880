"""A multilayer perceptron as a Keras model."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(
    points=10,
    parts={"weight shapes": 1, "logits": 3},
    float32="Keras computes in it",
)
def build_mlp(layer_sizes: Array, activation: str, X: Array, weights: Any) -> Any:
    """A Keras model of dense layers; the grader gives it weights and asks what it answers.

    A student's function receives the first two. The other two are the grader's: it calls
    `model.set_weights(weights)` and then `model(X)`.

    Args:
        layer_sizes: units from the input to the output, such as (64, 16, 10).
        activation: the bend after every layer but the last, by its Keras name.
        X: inputs, shape (N, D), float64.
        weights: for every layer its kernel (fan_in, fan_out) and its bias (fan_out,).

    Returns:
        The shapes of the model's weights, and its logits on X, shape (N, K).

    Source: keras.layers.Dense through course_lib.models.mlp.
    """
    from course_lib import models

    model = models.mlp([int(size) for size in layer_sizes], activation, X.dtype.name)
    model.set_weights(weights)
    return {"weight shapes": [list(w.shape) for w in weights], "logits": model(X)}


@build_mlp.driver
def _(build_mlp: Any, layer_sizes: Array, activation: str, X: Array, weights: Any) -> Any:
    model = build_mlp(tuple(int(size) for size in layer_sizes), activation)
    if model is None:
        return None
    shapes = [list(w.shape) for w in model.get_weights()]
    if shapes != [list(np.shape(w)) for w in weights]:
        return {"weight shapes": shapes, "logits": None}
    model.set_weights(weights)
    return {"weight shapes": shapes, "logits": np.asarray(model(X))}


def drawn(rng: Rng, layer_sizes: tuple[int, ...], activation: str, N: int) -> Inputs:
    weights = []
    for fan_in, fan_out in zip(layer_sizes[:-1], layer_sizes[1:], strict=True):
        weights += [rng.normal(size=(fan_in, fan_out)), rng.normal(size=fan_out)]
    return {
        "layer_sizes": np.array(layer_sizes),
        "activation": activation,
        "X": rng.normal(size=(N, layer_sizes[0])),
        "weights": weights,
    }


@build_mlp.case("two-bends", weight=3)
def _(rng: Rng) -> Inputs:
    return drawn(rng, (5, 8, 6, 3), "relu", 7)


@build_mlp.case("another-bend", weight=2)
def _(rng: Rng) -> Inputs:
    return drawn(rng, (4, 6, 3), "tanh", 7)


@build_mlp.case("no-hidden-layer", square="one example is a batch as well")
def _(rng: Rng) -> Inputs:
    return drawn(rng, (4, 3), "relu", 1)


@build_mlp.alternative("layer-by-layer")
def _(layer_sizes: Any, activation: str) -> Any:
    import keras

    model = keras.Sequential([keras.Input((layer_sizes[0],))])
    for size in layer_sizes[1:-1]:
        model.add(keras.layers.Dense(size))
        model.add(keras.layers.Activation(activation))
    model.add(keras.layers.Dense(layer_sizes[-1]))
    return model


@build_mlp.alternative("functional")
def _(layer_sizes: Any, activation: str) -> Any:
    import keras

    inputs = out = keras.Input((layer_sizes[0],))
    for size in layer_sizes[1:-1]:
        out = keras.layers.Dense(size, activation)(out)
    return keras.Model(inputs, keras.layers.Dense(layer_sizes[-1])(out))


@build_mlp.mistake("softmax-inside-the-model", at="logits", rows="C18")
def _(layer_sizes: Array, activation: str, X: Array, weights: Any) -> Any:
    """The last layer returns logits; softmax belongs to the loss, otherwise it is applied twice.

    A loss with from_logits=True then takes the softmax of probabilities. All its inputs lie between
    0 and 1, so it can hardly tell them apart, and training stalls far above zero.

    Check: some of the model's outputs should be negative.
    """
    from course_lib import models

    model = models.mlp([int(size) for size in layer_sizes], activation, X.dtype.name)
    model.set_weights(weights)
    shifted = np.exp(model(X) - np.max(model(X), axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


@build_mlp.mistake("bend-after-the-last-layer", at="logits")
def _(layer_sizes: Array, activation: str, X: Array, weights: Any) -> Any:
    """The last layer is linear: an activation function there cuts off or squeezes the logits.

    With ReLU every negative logit becomes 0, so several classes tie at 0 and lose their gradient.

    Check: with ReLU as the activation, some of the model's outputs should still be negative.
    """
    from course_lib import models

    model = models.mlp([int(size) for size in layer_sizes], activation, X.dtype.name)
    model.set_weights(weights)
    logits = np.asarray(model(X))
    return np.maximum(logits, 0) if activation == "relu" else np.tanh(logits)


@build_mlp.mistake("rule-pile-without-bends", at="logits")
def _(layer_sizes: Array, activation: str, X: Array, weights: Any) -> Any:
    """`Dense` is linear by default: without `activation` the whole network collapses to one layer.

    Keras uses the identity unless told otherwise, so the network is like the first week's pile of
    rules.

    Check: add the same large step to X twice; the two changes of the outputs should differ.
    """
    from course_lib import models

    model = models.mlp([int(size) for size in layer_sizes], "linear", X.dtype.name)
    model.set_weights(weights)
    return np.asarray(model(X))


@build_mlp.mistake("always-relu", at="logits")
def _(layer_sizes: Array, activation: str, X: Array, weights: Any) -> Any:
    """The caller chooses the activation function; here it is always ReLU.

    Two networks with different activation functions come out the same.

    Check: build a network with "tanh" and print the configuration of its first layer.
    """
    from course_lib import models

    model = models.mlp([int(size) for size in layer_sizes], "relu", X.dtype.name)
    model.set_weights(weights)
    return np.asarray(model(X))


@build_mlp.mistake("input-counted-as-a-layer")
def _(layer_sizes: Any, activation: str) -> Any:
    """The first size is the width of the input, not of a layer, so it has no weights of its own.

    A network of sizes (64, 16, 10) has two kernels, 64 x 16 and 16 x 10. Here a third one of 64 x
    64 comes before them.

    Check: print [w.shape for w in model.get_weights()]; the first shape should be the first two
    sizes.
    """
    import keras

    model = keras.Sequential([keras.Input((layer_sizes[0],))])
    for size in layer_sizes[:-1]:
        model.add(keras.layers.Dense(size, activation))
    model.add(keras.layers.Dense(layer_sizes[-1]))
    return model


@build_mlp.mistake("no-biases", rows="B10")
def _(layer_sizes: Any, activation: str) -> Any:
    """A dense layer computes X W + b; here b is switched off.

    Without biases every unit's boundary passes through the origin.

    Check: print [w.shape for w in model.get_weights()]; kernels and biases should alternate.
    """
    import keras

    model = keras.Sequential([keras.Input((layer_sizes[0],))])
    for size in layer_sizes[1:-1]:
        model.add(keras.layers.Dense(size, activation, use_bias=False))
    model.add(keras.layers.Dense(layer_sizes[-1], use_bias=False))
    return model


@build_mlp.mistake("never-built")
def _(layer_sizes: Any, activation: str) -> Any:
    """A Keras model creates its weights once it knows the width of its input; here nothing states
    that width.

    Without `keras.Input` at the front, the weights are created at the first call, and until then
    there is nothing to set or count.

    Check: print model.count_params() right after building; it should be a number.
    """
    import keras

    hidden = [keras.layers.Dense(size, activation) for size in layer_sizes[1:-1]]
    return keras.Sequential([*hidden, keras.layers.Dense(layer_sizes[-1])])
