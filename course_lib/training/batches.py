"""The order of examples, and a pipeline that feeds them to the device in batches."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_lib.gradients import Array
from course_lib.training.devices import find_device


class Order:
    """The order of examples: a new shuffle every epoch, which depends only on seed and epoch.

    A resumed run therefore continues exactly like an uninterrupted one.

    Args:
        examples: number of examples N.
        seed: of all shuffles.
    """

    def __init__(self, examples: int, seed: int) -> None:
        self.examples = examples
        self.seed = seed
        self.epoch = 0

    def indices(self) -> Array:
        """Indices of all examples in this epoch's order, shape (N,), int64."""
        return np.random.default_rng([self.seed, self.epoch]).permutation(self.examples)


def batches(X: Array, y: Array, batch_size: int, order: Order) -> Any:
    """Batches for `keras.Model.fit`, prepared while the device computes.

    TensorFlow: a `tf.data` pipeline that gathers and prefetches in its own threads. JAX and
    PyTorch: on a GPU, X and y are on the device and batches are gathered there, so only indices are
    copied; on a CPU NumPy gathers them, since a gather by JAX waits for the step before it.

    Args:
        X: inputs, shape (N, ...).
        y: targets, shape (N, ...).
        batch_size: examples per batch; the last batch of an epoch may be smaller.
        order: gives the indices at the start of every epoch.

    Returns:
        The first argument of `fit`: ceil(N / batch_size) batches per epoch.
    """
    import keras

    if keras.backend.backend() == "tensorflow":
        return _tensorflow_batches(X, y, batch_size, order)
    return _device_batches(X, y, batch_size, order)


def _tensorflow_batches(X: Array, y: Array, batch_size: int, order: Order) -> Any:
    import tensorflow as tf

    inputs, targets = tf.constant(X), tf.constant(y)
    whole = len(X) // batch_size * batch_size

    def shuffled(_: Any) -> Any:
        # Indices are cut into batches here: `Dataset.batch` would collect them one by one, which
        # takes longer than a step of a small network.
        indices = tf.ensure_shape(tf.numpy_function(order.indices, [], tf.int64), (len(X),))
        rows = tf.reshape(indices[:whole], (-1, batch_size))
        places = tf.data.Dataset.from_tensor_slices(rows)
        if whole == len(X):
            return places
        return places.concatenate(tf.data.Dataset.from_tensors(indices[whole:]))

    return (
        tf.data.Dataset.range(1)
        .flat_map(shuffled)
        .map(
            lambda places: (tf.gather(inputs, places), tf.gather(targets, places)),
            num_parallel_calls=tf.data.AUTOTUNE,
        )
        .apply(tf.data.experimental.assert_cardinality(-(-len(X) // batch_size)))
        .prefetch(tf.data.AUTOTUNE)
    )


def _device_batches(X: Array, y: Array, batch_size: int, order: Order) -> Any:
    import keras

    on_gpu = find_device().kind == "gpu"

    class DeviceBatches(keras.utils.PyDataset):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.inputs, self.targets = X, y
            if on_gpu:
                self.inputs = keras.ops.convert_to_tensor(X)
                self.targets = keras.ops.convert_to_tensor(y)
            self.epoch, self.indices = order.epoch, order.indices()

        def __len__(self) -> int:
            return -(-len(X) // batch_size)

        def __getitem__(self, index: int) -> tuple[Any, Any]:
            if self.epoch != order.epoch:
                self.epoch, self.indices = order.epoch, order.indices()
            places = self.indices[index * batch_size : (index + 1) * batch_size]
            if not on_gpu:
                return self.inputs[places], self.targets[places]
            return (
                keras.ops.take(self.inputs, places, axis=0),
                keras.ops.take(self.targets, places, axis=0),
            )

    return DeviceBatches()
