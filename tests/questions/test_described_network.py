"""Does the grader's own forward pass say what Keras says, for every layer that it knows?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.questions import catalogue, described_network
from autograder.questions.described_network import predict
from autograder.tree import to_tree
from course_lib.quiet import import_keras

QUESTION = catalogue.question("train_capstone")
IMAGES = np.random.default_rng(0).uniform(0, 1, (21, 8, 8))
NAMES = ("dense", "convolutions", "norms", "largest")


def networks() -> dict[str, list[Any]]:
    """Layers of Keras, by the name of a network. Keras takes seconds to import: only here."""
    layers = import_keras().layers
    return {
        "dense": [layers.Flatten(), layers.Dense(7, "tanh"), layers.Dense(5, use_bias=False)],
        "convolutions": [
            layers.Rescaling(2.0, offset=-1.0),
            layers.Reshape((8, 8, 1)),
            layers.Conv2D(4, 3, activation="gelu"),
            layers.MaxPooling2D(2, strides=1, padding="same"),
            layers.Conv2D(5, (2, 3), strides=2, padding="same", use_bias=False),
            layers.AveragePooling2D((2, 1)),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(6),
        ],
        "norms": [
            layers.RandomTranslation(0.1, 0.1),
            layers.Reshape((8, 8, 1)),
            layers.Conv2D(4, 3),
            layers.BatchNormalization(epsilon=0.01),
            layers.ReLU(),
            layers.GlobalAveragePooling2D(),
            layers.BatchNormalization(center=False, scale=False),
            layers.LayerNormalization(epsilon=0.1, center=False),
            layers.Activation("elu"),
            layers.Dense(3),
            layers.Softmax(),
        ],
        "largest": [layers.Reshape((8, 8, 1)), layers.Conv2D(6, 3), layers.GlobalMaxPooling2D()],
    }


def described(model: Any) -> Any:
    """What the question's own driver sends of a model, as it arrives."""
    assert QUESTION.drive is not None
    return to_tree(QUESTION.drive(lambda X, y: model, IMAGES, np.zeros(len(IMAGES))))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_does_it_agree_with_keras(name):
    keras = import_keras()
    model = keras.Sequential([keras.Input((8, 8)), *networks()[name]])
    rng = np.random.default_rng(1)
    # Weights as they are after training: norms with means and variances of their own.
    model.set_weights([rng.uniform(0.2, 1.0, w.shape) - 0.1 for w in model.get_weights()])
    sent = described(model)
    np.testing.assert_allclose(
        predict(sent["layers"], sent["weights"], IMAGES), model(IMAGES, training=False), 1e-4, 1e-5
    )


@pytest.mark.slow
def test_is_every_layer_that_it_knows_tried():
    assert tuple(networks()) == NAMES
    tried = {type(layer).__name__ for network in networks().values() for layer in network}
    assert set(described_network._LAYERS) <= tried


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ({"layers": [{"kind": "Lambda"}], "weights": []}, "the layer Lambda is none of"),
        ({"layers": [{"kind": "Flatten"}] * 101, "weights": []}, "101 layers"),
        ({"layers": [{"kind": "Flatten"}], "weights": [np.ones(3)]}, "1 weights are left over"),
        ({"layers": [{"kind": "Activation", "activation": "exec"}], "weights": []}, "'exec'"),
        (
            {
                "layers": [{"kind": "Dense", "use_bias": np.array(False)}],
                "weights": [np.ones((9, 2))],
            },
            "the network cannot be run",
        ),
    ],
)
def test_is_anything_else_a_wrong_answer_with_its_reason(sent, reason):
    with pytest.raises(ValueError, match=reason):
        predict(sent["layers"], sent["weights"], IMAGES)
