"""One way to train a classifier or a next-token model, on a CPU and on a GPU."""

from __future__ import annotations

import os
import statistics
import time
from dataclasses import dataclass
from typing import Any

from course_lib.datasets import Split
from course_lib.training.batches import Order, batches
from course_lib.training.devices import find_device

STEPS_PER_EXECUTION = 100


@dataclass(frozen=True)
class History:
    """Results of each epoch, in order. A resumed run reports only its own epochs.

    Attributes:
        examples: number of examples per epoch.
        loss: mean cross-entropy over the epoch's batches, in nats.
        accuracy: fraction of correct answers over the epoch's batches, in [0, 1].
        test_loss: mean cross-entropy on the held-out examples, after the epoch.
        test_accuracy: fraction of correct answers on the held-out examples, after the epoch.
        seconds: duration of the epoch's training, without evaluation. The first epoch includes
            compilation.
    """

    examples: int
    loss: tuple[float, ...]
    accuracy: tuple[float, ...]
    test_loss: tuple[float, ...]
    test_accuracy: tuple[float, ...]
    seconds: tuple[float, ...]

    @property
    def examples_per_second(self) -> tuple[float, ...]:
        """Training examples per second in each epoch."""
        return tuple(self.examples / seconds for seconds in self.seconds)

    @property
    def steady_rate(self) -> float:
        """Median of `examples_per_second`, without the first epoch if there are others."""
        return statistics.median(self.examples_per_second[1:] or self.examples_per_second)


def fit(
    model: Any,
    data: Split,
    *,
    epochs: int = 10,
    batch_size: int = 128,
    optimizer: Any = None,
    seed: int = 0,
    checkpoint: str | os.PathLike[str] | None = None,
    patience: int | None = None,
    verbose: int | str = "auto",
    callbacks: tuple[Any, ...] = (),
) -> History:
    """Train a model on softmax cross-entropy, and evaluate it on held-out examples every epoch.

    On a GPU, and always on JAX, the step is compiled by XLA. For mixed precision, build the model
    with `dtype=find_device().precision`. Two runs of the same program on the same CPU end with
    equal weights. `seed` only affects the order of examples; the initial weights are set when the
    model is built (`keras.utils.set_random_seed`).

    Args:
        model: a built Keras model that returns logits (N, ..., K); trained in place.
        data: inputs (N, ...) and labels (N, ...), integers in 0 ... K - 1.
        epochs: passes over the training examples, including those before an interruption.
        batch_size: examples per step.
        optimizer: a Keras optimizer; Adam with a learning rate of 0.001 if None.
        seed: of the shuffles; every epoch has its own.
        checkpoint: a folder for the state after each epoch. A run that finds one there resumes
            from it and, given the same arguments, ends with the weights of an uninterrupted run
            (patience starts again). It is removed when the run ends.
        patience: stop after this many epochs without a lower loss on the held-out examples, and
            restore the best weights. Since these examples chose the weights, their accuracy is
            then slightly optimistic.
        verbose: Keras' progress output: 0 none, 1 a bar, 2 a line per epoch, "auto" a bar.
        callbacks: further Keras callbacks, such as `keras.callbacks.TensorBoard(folder)` where
            tensorboard is installed. Those that follow batches are called once every 100 steps.

    Returns:
        The history of this call's epochs.
    """
    import keras

    order, clock = Order(len(data.X_train), seed), _clock()
    steps = -(-len(data.X_train) // batch_size)
    model.compile(
        optimizer=keras.optimizers.Adam(1e-3) if optimizer is None else optimizer,
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=_should_jit_compile(),
        # Between two executions Keras calls callbacks, which takes longer than a small step.
        steps_per_execution=min(steps, STEPS_PER_EXECUTION),
    )

    def begin(epoch: int, _: Any) -> None:
        order.epoch = epoch
        _restart_dropout(model, epoch * steps)

    watchers = [keras.callbacks.LambdaCallback(on_epoch_begin=begin), clock, *callbacks]
    if checkpoint is not None:
        watchers.append(keras.callbacks.BackupAndRestore(os.fspath(checkpoint)))
    if patience is not None:
        watchers.append(keras.callbacks.EarlyStopping(patience=patience, restore_best_weights=True))
    # Keras remembers the epoch at which an earlier run resumed, and would start there.
    model._initial_epoch = None
    kept = model.fit(
        batches(data.X_train, data.y_train, batch_size, order),
        validation_data=(data.X_test, data.y_test),
        validation_batch_size=max(batch_size, 256),
        epochs=epochs,
        # Without it, Keras makes two iterators of TensorFlow's pipeline for every epoch.
        steps_per_epoch=steps if keras.backend.backend() == "tensorflow" else None,
        shuffle=False,  # The batches are shuffled already.
        callbacks=watchers,
        verbose=verbose,
    ).history
    return History(
        examples=len(data.X_train),
        loss=tuple(kept.get("loss", ())),
        accuracy=tuple(kept.get("accuracy", ())),
        test_loss=tuple(kept.get("val_loss", ())),
        test_accuracy=tuple(kept.get("val_accuracy", ())),
        seconds=tuple(clock.seconds),
    )


def _restart_dropout(model: Any, step: int) -> None:
    """Set the model's random states to those of an uninterrupted run at this step.

    They are variables of the model, but Keras' checkpoints do not include them.
    """
    import keras

    kept = {id(weight) for weight in model.weights}
    for state in model.non_trainable_variables:
        if id(state) not in kept:
            seed, _ = keras.ops.convert_to_numpy(state)
            state.assign([seed, step])


def _should_jit_compile() -> bool:
    """Whether to compile with XLA: always on JAX; on a CPU it costs more than it saves."""
    import keras

    backend = keras.backend.backend()
    return backend == "jax" or (backend == "tensorflow" and find_device().kind == "gpu")


def _clock() -> Any:
    """A Keras callback that records in `seconds` how long each epoch's training takes."""
    import keras

    class Clock(keras.callbacks.Callback):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.seconds: list[float] = []

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.started, self.running = time.perf_counter(), True

        def on_test_begin(self, logs: Any = None) -> None:
            if self.running:
                # Steps run asynchronously; reading the counter waits for the last one.
                keras.ops.convert_to_numpy(self.model.optimizer.iterations)
                self.seconds.append(time.perf_counter() - self.started)
                self.running = False

    return Clock()
