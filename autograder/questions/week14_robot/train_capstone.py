"""The capstone: a network of the student's own design that recognizes digits."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.described_network import predict
from autograder.questions.disguised_digits import disguised, turned

MOST_PARAMETERS = 50_000
LEAST_ACCURACY = 0.95
GUESSING = 0.25
"""An untrained network may reach this accuracy by chance."""
TRAINING_IMAGES = 1_297
SHARE = (0.65, 0.8)


@question(points=27, seconds=60, withheld=("unseen_X", "unseen_y"))
def train_capstone(X: Array, y: Array, unseen_X: Array, unseen_y: Array) -> Any:
    """A network that reads handwritten digits, judged on 500 that it has never seen.

    A student's function receives images and labels and returns a `keras.Sequential` model for
    images (N, H, W), of any layers that `described_network` knows, with at most 50,000 weights.
    The grader runs the network again, on its own side; 95 of 100 new digits must be right. The
    digits are disguised: each is mixed with a fainter one, all are turned or mirrored alike, and
    the classes have other names, all of them drawn with the case.

    Args:
        X: images in [0, 1], shape (N, H, W), float64.
        y: labels, shape (N,), int64.
        unseen_X: the other images, shape (M, H, W).
        unseen_y: their labels, shape (M,).

    Returns:
        Whether the weights are few enough, and how good the network is.

    Source: nothing to compute; this is what a right answer comes to.
    """
    return {"parameters": "few enough", "accuracy": "reached"}


@train_capstone.case("unseen-digits", square="digits are square")
def _(rng: Rng) -> Inputs:
    X, y, unseen_X, unseen_y = disguised(rng, TRAINING_IMAGES, SHARE)
    move, quarters, mirrored = int(rng.integers(-1, 2)), int(rng.integers(4)), rng.random() < 0.5

    def images(rows: Array) -> Array:
        return turned(rows.reshape(-1, 8, 8), move, quarters, mirrored=mirrored)

    return {"X": images(X), "y": y, "unseen_X": images(unseen_X), "unseen_y": unseen_y}


@train_capstone.driver
def _(train_capstone: Any, X: Array, y: Array) -> Any:
    model = train_capstone(X, y)
    if model is None:
        return None
    kept = [
        "activation",
        "use_bias",
        "strides",
        "padding",
        "pool_size",
        "epsilon",
        "scale",
        "center",
        "offset",
        "target_shape",
    ]
    layers = [
        {
            "kind": type(layer).__name__,
            **{name: value for name, value in layer.get_config().items() if name in kept},
        }
        for layer in model.layers
    ]
    return {"layers": layers, "weights": list(model.get_weights())}


@train_capstone.measure
def _(network: Any, X: Array, y: Array, unseen_X: Array, unseen_y: Array) -> Any:
    weights = network["weights"]
    if sum(np.size(weight) for weight in weights) > MOST_PARAMETERS:
        return {"parameters": "too many", "accuracy": "not measured"}
    accuracy = np.mean(right_answers(network, unseen_X, unseen_y))
    if accuracy >= LEAST_ACCURACY:
        return {"parameters": "few enough", "accuracy": "reached"}
    word = "no better than guessing" if accuracy < GUESSING else "not reached"
    return {"parameters": "few enough", "accuracy": word}


@train_capstone.figure
def _(network: Any, X: Array, y: Array, unseen_X: Array, unseen_y: Array) -> dict[str, float]:
    return {
        "Accuracy": float(np.mean(right_answers(network, unseen_X, unseen_y))),
        "Parameters": float(sum(np.size(weight) for weight in network["weights"])),
    }


def right_answers(network: Any, images: Array, labels: Array) -> Array:
    """Which images a network names rightly, shape (N,)."""
    outputs = predict(network["layers"], network["weights"], images)
    right: Array = np.argmax(outputs.reshape(len(images), 10), axis=1) == labels
    return right


def network(*layers: Any) -> Any:
    """An untrained Sequential model for the course's digits, ready to be trained."""
    import keras

    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((8, 8)), *layers])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(2e-3), loss)
    return model


@train_capstone.mistake("never-trained")
def _(X: Array, y: Array) -> Any:
    """The network is no better than guessing: it has not been trained.

    Either `fit` was never called, or its result was thrown away and a new model was returned.

    Check: measure the accuracy on the images that it was trained on.
    """
    import keras

    return network(keras.layers.Flatten(), keras.layers.Dense(10))


@train_capstone.mistake("stopped-too-early")
def _(X: Array, y: Array) -> Any:
    """The network has learned something, but it gets fewer than 95 of 100 new digits right.

    It was trained too briefly, has no activation function, or has memorized its training images.

    Check: compare the accuracy on training images with that on held-out ones: if both are low, try
    more training or more units; if only the second is, see week 10.
    """
    import keras

    model = network(keras.layers.Flatten(), keras.layers.Dense(10))
    model.fit(X, y, batch_size=32, epochs=3, verbose=0)
    return model


@train_capstone.mistake("too-many-weights")
def _(X: Array, y: Array) -> Any:
    """The network may have 50,000 weights; this one has more.

    The first dense layer after a convolution usually holds most of them: its input is every
    position of every feature map.

    Check: print model.count_params(), or call model.summary() to see each layer.
    """
    import keras

    return network(keras.layers.Flatten(), keras.layers.Dense(700, "relu"), keras.layers.Dense(10))
