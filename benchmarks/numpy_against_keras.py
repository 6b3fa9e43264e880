"""The students' own network on MNIST, beside the same network in Keras under the same recipe.

python -m benchmarks.numpy_against_keras FOLDER

FOLDER holds the 10,000 test images of MNIST as IDX files. The first 8,000 are learnt from, the
last 2,000 judge. Both sides begin with the same weights and see the same batches in the same order.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jupytext
import numpy as np

from course_lib import datasets
from course_lib.models import to_keras
from course_lib.quiet import import_keras
from course_lib.training import fit
from course_lib.training.batches import Order

SOLUTIONS = Path(__file__).resolve().parent.parent / "solutions"
SIZES = (784, 16, 16, 10)
EPOCHS, BATCH_SIZE, LEARNING_RATE = 20, 32, 0.1


def lesson(stem: str) -> Any:
    """What a lesson defines when its solutions are written; its experiments are not run."""
    cells = jupytext.read(SOLUTIONS / f"{stem}.py", fmt="py:percent").cells
    sources = [
        cell.source
        for cell in cells
        if cell.cell_type == "code" and {"solution", "locked"} & cell.metadata.keys()
    ]
    defined: dict[str, Any] = {}
    exec("\n\n".join(sources), defined)
    return SimpleNamespace(**defined)


def first_weights(seed: int) -> dict[str, Any]:
    """Kernels with He's standard deviation and biases of zero, float64."""
    rng = np.random.default_rng(seed)
    params = {}
    for number, (D, M) in enumerate(zip(SIZES, SIZES[1:], strict=False), start=1):
        params[f"W{number}"] = rng.normal(0.0, np.sqrt(2 / D), (D, M))
        params[f"b{number}"] = np.zeros(M)
    return params


def train_numpy(params: dict[str, Any], data: datasets.Split, seed: int) -> tuple[float, float]:
    """Accuracy on the held-out images and seconds, with nothing but the lessons' functions."""
    week03, week05, week06 = map(
        lesson, ("week03_forward", "week05_losses", "week06_backpropagation")
    )
    order, started = Order(len(data.X_train), seed), time.perf_counter()
    for order.epoch in range(EPOCHS):
        indices = order.indices()
        for start in range(0, len(indices), BATCH_SIZE):
            batch = indices[start : start + BATCH_SIZE]
            logits, layers = week03.mlp_forward(data.X_train[batch], params, week03.relu)
            dout = week05.softmax_cross_entropy_grad(logits, data.y_train[batch])
            for number in range(len(layers), 0, -1):
                received, z = layers[number - 1]
                if number < len(layers):
                    dout = week06.relu_backward(dout, z)
                dout, dW, db = week06.dense_backward(dout, received, params[f"W{number}"])
                params[f"W{number}"] -= LEARNING_RATE * dW
                params[f"b{number}"] -= LEARNING_RATE * db
    seconds = time.perf_counter() - started
    logits, _ = week03.mlp_forward(data.X_test, params, week03.relu)
    return float(np.mean(week03.predict_classes(logits) == data.y_test)), seconds


def train_keras(params: dict[str, Any], data: datasets.Split, seed: int) -> tuple[float, float]:
    """The same by Keras: the same weights, batches and steps."""
    keras = import_keras()
    history = fit(
        to_keras(params),
        data,
        epochs=EPOCHS,
        batch_size=BATCH_SIZE,
        optimizer=keras.optimizers.SGD(LEARNING_RATE),
        seed=seed,
        verbose=0,
    )
    return history.test_accuracy[-1], sum(history.seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", default=os.environ.get("NN_MNIST"))
    parser.add_argument("--seeds", type=int, default=3, help="how many runs of each")
    arguments = parser.parse_args()
    mnist = datasets.mnist(arguments.folder)
    data = mnist._replace(
        X_train=mnist.X_train.astype(np.float64), X_test=mnist.X_test.astype(np.float64)
    )
    print(f"{len(data.X_train):,} images to learn from, {len(data.X_test):,} held out")
    print("| seed | NumPy | Keras | points apart | NumPy seconds | Keras seconds |")
    print("| --- | --- | --- | --- | --- | --- |")
    apart = []
    for seed in range(arguments.seeds):
        ours, our_seconds = train_numpy(first_weights(seed), data, seed)
        theirs, their_seconds = train_keras(first_weights(seed), data, seed)
        apart.append(100 * abs(ours - theirs))
        print(
            f"| {seed} | {ours:.2%} | {theirs:.2%} | {apart[-1]:.2f} "
            f"| {our_seconds:.1f} | {their_seconds:.1f} |"
        )
    if max(apart) > 1.0:
        raise SystemExit("more than one point apart")


if __name__ == "__main__":
    main()
