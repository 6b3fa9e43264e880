"""Training of the reference models on a CPU, beside a hand-written JAX loop of the same maths.

python -m benchmarks.against_jax [--rounds 5] [--examples 60000] [--model mlp]

Both learn the same made-up pictures, 28 by 28 pixels, in batches of 128 with Adam in float32, and
both report loss and accuracy. A round takes the loop and Keras on each backend in turn, each in a
process of its own; what is printed is the median of the rounds' ratios. It needs JAX (extra `jax`).
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

SIDE, CLASSES, BATCH_SIZE = 28, 10, 128
MODELS = {"mlp": "784-16-16-10", "cnn": "CNN"}
EPOCHS = {"mlp": 30, "cnn": 3}
LOOP = "loop"


def pictures(examples: int) -> tuple[Any, Any]:
    """Pictures (N, 784), float32 in [0, 1], and labels (N,)."""
    rng = np.random.default_rng(0)
    X = rng.random((examples, SIDE * SIDE), dtype=np.float32)
    return X, rng.integers(0, CLASSES, examples)


def train_by_hand(model: str, examples: int) -> list[float]:
    """Seconds of each epoch of a plain JAX loop."""
    import jax
    import jax.numpy as jnp

    network, params = {"mlp": _mlp, "cnn": _cnn}[model](np.random.default_rng(1))
    X, y = (jnp.asarray(each) for each in pictures(examples))

    def loss(params: Any, X: Any, y: Any) -> tuple[Any, Any]:
        logits = network(params, X)
        log_p = jax.nn.log_softmax(logits)
        right = jnp.sum(logits.argmax(axis=1) == y)
        return -jnp.mean(log_p[jnp.arange(len(y)), y]), right

    @jax.jit
    def step(state: Any, X: Any, y: Any, places: Any) -> Any:
        params, m, v, t, total, right = state
        (value, hits), grads = jax.value_and_grad(loss, has_aux=True)(params, X[places], y[places])
        t = t + 1
        m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, grads)
        v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, grads)
        rate = 1e-3 * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        params = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-7), params, m, v)
        return params, m, v, t, total + value, right + hits

    zeros = jax.tree.map(jnp.zeros_like, params)
    params, m, v, t = params, zeros, zeros, jnp.zeros(())
    seconds = []
    for epoch in range(EPOCHS[model]):
        started = time.perf_counter()
        order = np.random.default_rng([0, epoch]).permutation(examples)
        state = (params, m, v, t, jnp.zeros(()), jnp.zeros((), int))
        for first in range(0, examples, BATCH_SIZE):
            state = step(state, X, y, order[first : first + BATCH_SIZE])
        params, m, v, t, total, right = jax.block_until_ready(state)
        seconds.append(time.perf_counter() - started)
    return seconds


def _mlp(rng: Any) -> tuple[Callable[[Any, Any], Any], Any]:
    import jax

    sizes = (SIDE * SIDE, 16, 16, CLASSES)
    params = [_dense(rng, D, M) for D, M in zip(sizes, sizes[1:], strict=False)]

    def network(params: Any, X: Any) -> Any:
        for W, b in params[:-1]:
            X = jax.nn.relu(X @ W + b)
        W, b = params[-1]
        return X @ W + b

    return network, params


def _cnn(rng: Any) -> tuple[Callable[[Any, Any], Any], Any]:
    import jax
    from jax import lax

    def kernel(D: int, M: int) -> tuple[Any, Any]:
        scale = np.sqrt(2 / (25 * D))
        return (rng.normal(0, scale, (5, 5, D, M)).astype(np.float32), np.zeros(M, np.float32))

    params = [kernel(1, 16), kernel(16, 32), _dense(rng, 7 * 7 * 32, 64), _dense(rng, 64, CLASSES)]

    def network(params: Any, X: Any) -> Any:
        X = X.reshape(-1, SIDE, SIDE, 1)
        for K, b in params[:2]:
            X = lax.conv_general_dilated(
                X, K, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
            )
            X = jax.nn.relu(X + b)
            X = lax.reduce_window(X, -np.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
        (W, b), (W2, b2) = params[2:]
        return jax.nn.relu(X.reshape(len(X), -1) @ W + b) @ W2 + b2

    return network, params


def _dense(rng: Any, D: int, M: int) -> tuple[Any, Any]:
    return rng.normal(0, np.sqrt(2 / D), (D, M)).astype(np.float32), np.zeros(M, np.float32)


def train_in_keras(model: str, examples: int) -> list[float]:
    """Seconds of each epoch of `course_lib.training.fit`, evaluation left out."""
    from course_lib import datasets, models
    from course_lib.training import fit

    X, y = pictures(examples)
    network = models.cnn(SIDE) if model == "cnn" else models.mlp(dtype="float32")
    data = datasets.Split(X, y, X[:BATCH_SIZE], y[:BATCH_SIZE])
    return list(fit(network, data, epochs=EPOCHS[model], batch_size=BATCH_SIZE, verbose=0).seconds)


def rate(contestant: str, model: str, examples: int) -> float:
    """Examples a second: the median epoch, the first and its compilation left out."""
    setting = {"JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": "-1"}
    if contestant != LOOP:
        setting["KERAS_BACKEND"] = contestant
    command = [sys.executable, "-m", "benchmarks.against_jax", "--one", contestant]
    command += ["--model", model, "--examples", str(examples)]
    done = subprocess.run(
        command, env=os.environ | setting, check=True, stdout=subprocess.PIPE, text=True
    )
    seconds = json.loads(done.stdout.splitlines()[-1])
    return examples / statistics.median(seconds[1:])


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument(
        "--examples", type=int, default=10_240, help="examples an epoch; MNIST has 60,000"
    )
    options.add_argument("--model", choices=MODELS, help="only this one")
    options.add_argument("--one", metavar="CONTESTANT", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.one:
        train = train_by_hand if chosen.one == LOOP else train_in_keras
        print(json.dumps(train(chosen.model, chosen.examples)))
        return
    if not importlib.util.find_spec("jax"):
        sys.exit("JAX is not installed. Next: pip install --editable '.[jax]'")
    backends = [name for name in ("jax", "tensorflow") if importlib.util.find_spec(name)]
    for model in [chosen.model] if chosen.model else MODELS:
        ratios: dict[str, list[float]] = {backend: [] for backend in backends}
        for _ in range(chosen.rounds):
            loop = rate(LOOP, model, chosen.examples)
            for backend in backends:
                ratios[backend].append(rate(backend, model, chosen.examples) / loop)
        for backend, found in ratios.items():
            print(
                f"{MODELS[model]:14}Keras on {backend:12}{statistics.median(found):5.2f} of the "
                f"loop ({min(found):.2f} to {max(found):.2f})"
            )


if __name__ == "__main__":
    main()
