"""One training step in Keras, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question

NAMES = ("W1", "b1", "gamma", "beta", "running mean", "running var", "W2", "b2")


@question(
    points=14,
    float32="Keras computes in it",
    parts=dict.fromkeys(("losses", *NAMES), 1.0),
)
def train_step(X: Array, y: Array, weights: Any, lr: float) -> Any:
    """One nudge for each of several batches; returns the losses and where the weights arrive.

    A student's function receives a model, an optimizer, and one batch (x, y), and returns the
    loss before the nudge. The grader's model is dense, batch norm, ReLU, dense, so that it
    behaves differently while training; its optimizer is plain SGD.

    Args:
        X: S batches of inputs, shape (S, N, D), float64.
        y: S batches of labels, shape (S, N), int64.
        weights: what the model starts with.
        lr: the optimizer's learning rate.

    Returns:
        The loss of every batch before its nudge, and all weights after the last one.

    Source: model.fit over the same batches, one at a time.
    """
    import keras

    model = _network(weights, X.dtype.name)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype=X.dtype.name)
    model.compile(keras.optimizers.SGD(lr), loss, run_eagerly=True)
    losses = [
        model.fit(x, t, batch_size=len(x), shuffle=False, verbose=0).history["loss"][0]
        for x, t in zip(X, y, strict=True)
    ]
    return {"losses": np.array(losses), **dict(zip(NAMES, model.get_weights(), strict=True))}


def _network(weights: Any, dtype: str) -> Any:
    import keras

    (D, H), K = weights[0].shape, weights[-1].shape[0]
    model = keras.Sequential(
        [
            keras.Input((D,), dtype=dtype),
            keras.layers.Dense(H, dtype=dtype),
            keras.layers.BatchNormalization(momentum=0.75, dtype=dtype),
            keras.layers.ReLU(dtype=dtype),
            keras.layers.Dense(K, dtype=dtype),
        ]
    )
    model.set_weights(weights)
    return model


@train_step.driver
def _(train_step: Any, X: Array, y: Array, weights: Any, lr: float) -> Any:
    import keras

    (D, H), K = weights[0].shape, weights[-1].shape[0]
    norm = keras.layers.BatchNormalization(momentum=0.75)
    layers = [keras.layers.Dense(H), norm, keras.layers.ReLU(), keras.layers.Dense(K)]
    model = keras.Sequential([keras.Input((D,)), *layers])
    model.set_weights(weights)
    optimizer = keras.optimizers.SGD(float(lr))
    losses = []
    for x, t in zip(X.astype(np.float32), y, strict=True):
        loss = train_step(model, optimizer, x, t)
        losses.append(None if loss is None else np.asarray(loss, np.float32))
    names = ("W1", "b1", "gamma", "beta", "running mean", "running var", "W2", "b2")
    return {"losses": losses, **dict(zip(names, model.get_weights(), strict=True))}


def drawn(rng: Rng, S: int, N: int, D: int, H: int, K: int) -> Inputs:
    return {
        "X": rng.normal(size=(S, N, D)) + rng.normal(size=D),
        "y": rng.integers(0, K, (S, N)),
        "weights": [
            rng.normal(size=(D, H)),
            rng.normal(size=H),
            rng.uniform(0.5, 1.5, H),
            rng.normal(size=H),
            rng.normal(size=H),
            rng.uniform(0.5, 2.0, H),
            rng.normal(size=(H, K)),
            rng.normal(size=K),
        ],
        "lr": 0.25,
    }


@train_step.case("two-nudges", weight=2)
def _(rng: Rng) -> Inputs:
    return drawn(rng, 2, 9, 4, 5, 3)


@train_step.case("four-nudges", weight=2)
def _(rng: Rng) -> Inputs:
    return drawn(rng, 4, 8, 3, 6, 5)


@train_step.alternative("compute-loss-first")
def _(model: Any, optimizer: Any, x: Any, y: Any) -> Any:
    import keras
    import tensorflow as tf

    with tf.GradientTape() as tape:
        losses = keras.losses.sparse_categorical_crossentropy(
            y, model(x, training=True), from_logits=True
        )
        loss = tf.reduce_mean(losses)
    optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
    return loss


def _nudge(
    model: Any,
    optimizer: Any,
    x: Any,
    y: Any,
    training: bool = True,
    from_logits: bool = True,
    reduction: str = "sum_over_batch_size",
) -> Any:
    import keras
    import tensorflow as tf

    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits, reduction=reduction)
    with tf.GradientTape() as tape:
        logits = model(x, training=training)
        loss = cross_entropy(y, logits if from_logits else tf.nn.softmax(logits))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return loss


@train_step.mistake("not-in-training-mode", rows="L10")
def _(model: Any, optimizer: Any, x: Any, y: Any) -> Any:
    """For training, the model is called with training=True; the default is False.

    Batch norm then uses the batch's statistics and updates its running ones, and dropout drops
    units. Without it, the running mean and variance never change.

    Check: print the model's running mean before and after a step; it should change.
    """
    return _nudge(model, optimizer, x, y, training=False)


@train_step.mistake("weights-not-moved", rows="L07")
def _(model: Any, optimizer: Any, x: Any, y: Any) -> Any:
    """The gradients are computed but never applied to the weights.

    Only the running statistics of batch norm change, because they need no gradient.

    Check: the second loss on the same batch should be smaller than the first.
    """
    import keras

    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return cross_entropy(y, model(x, training=True))


@train_step.mistake("loss-after-the-step")
def _(model: Any, optimizer: Any, x: Any, y: Any) -> Any:
    """The returned loss should be the one that was differentiated, before the update; here it is
    the loss after it.

    The loss of the batch is computed again after the update. That costs a second forward pass and
    looks better than what `fit` reports.

    Check: return the same value that the tape recorded.
    """
    import keras

    _nudge(model, optimizer, x, y)
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return cross_entropy(y, model(x, training=False))


@train_step.mistake("probabilities-taken-for-logits", rows="C18")
def _(model: Any, optimizer: Any, x: Any, y: Any) -> Any:
    """The model returns logits, so the loss needs from_logits=True.

    Without it Keras takes the outputs for probabilities: negative ones are clipped to nearly 0, and
    the rest are divided by their sum.

    Check: at the start, with ten classes, the loss should be near log(10) = 2.3.
    """
    import keras
    import tensorflow as tf

    cross_entropy = keras.losses.SparseCategoricalCrossentropy()
    with tf.GradientTape() as tape:
        loss = cross_entropy(y, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return loss


@train_step.mistake("softmax-taken-twice")
def _(model: Any, optimizer: Any, x: Any, y: Any) -> Any:
    """from_logits=True already takes the softmax; here the loss is given probabilities.

    The softmax of numbers between 0 and 1 is nearly flat, so the loss stays high and the updates
    stay small.

    Check: with logits of 1000 for the right class the loss should be 0.
    """
    import keras
    import tensorflow as tf

    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        loss = cross_entropy(y, tf.nn.softmax(model(x, training=True)))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return loss


@train_step.mistake("summed-over-the-batch", rows="C13")
def _(model: Any, optimizer: Any, x: Any, y: Any) -> Any:
    """The loss is the mean over the batch; here it is the sum, so every update is N times as long.

    A learning rate that suits one batch size then suits no other.

    Check: duplicate every row of the batch; the loss should not change.
    """
    return _nudge(model, optimizer, x, y, reduction="sum")


@train_step.mistake("uphill", rows="G01")
def _(model: Any, optimizer: Any, x: Any, y: Any) -> Any:
    """The optimizer subtracts the gradient itself; here its sign is reversed, so the loss rises.

    `apply_gradients` expects the gradient, not the step.

    Check: repeat the step on one batch; the loss should fall.
    """
    import keras
    import tensorflow as tf

    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        loss = cross_entropy(y, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    negative = [-gradient for gradient in gradients]
    optimizer.apply_gradients(zip(negative, model.trainable_variables, strict=True))
    return loss


@train_step.mistake("only-the-last-layer-learns")
def _(model: Any, optimizer: Any, x: Any, y: Any) -> Any:
    """Every trainable variable should be updated; here only those of the last layer are.

    The layers below keep their initial weights.

    Check: compare model.get_weights()[0] before and after a step; it should change.
    """
    import keras
    import tensorflow as tf

    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        loss = cross_entropy(y, model(x, training=True))
    variables = model.layers[-1].trainable_variables
    gradients = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(gradients, variables, strict=True))
    return loss


@train_step.mistake("forward-pass-outside-the-tape", rows="L07")
def _(model: Any, optimizer: Any, x: Any, y: Any) -> Any:
    """The tape records what happens inside its `with` block; here the forward pass comes before it.

    No path then leads from the loss back to the weights: every gradient is None, and Keras reports
    that no gradients were provided.

    Check: print the gradients; none of them should be None.
    """
    import keras
    import tensorflow as tf

    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    logits = model(x, training=True)
    with tf.GradientTape() as tape:
        loss = cross_entropy(y, logits)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return loss
