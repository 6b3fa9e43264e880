"""Train a reference model: python -m course_lib.training --model cnn --data mnist --device auto"""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from course_lib import datasets
from course_lib.quiet import import_keras, installed_backends


class ModelName(StrEnum):
    mlp = "mlp"
    cnn = "cnn"
    transformer = "transformer"


class DataName(StrEnum):
    digits = "digits"
    mnist = "mnist"
    spirals = "spirals"


class DeviceName(StrEnum):
    auto = "auto"
    cpu = "cpu"
    gpu = "gpu"


app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    model: Annotated[ModelName, typer.Option(help="Which network.")] = ModelName.mlp,
    data: Annotated[DataName, typer.Option(help="Training data.")] = DataName.digits,
    device: Annotated[DeviceName, typer.Option(help="auto: a GPU if there is one.")] = (
        DeviceName.auto
    ),
    backend: Annotated[
        str,
        typer.Option(help="tensorflow, jax or torch; default: KERAS_BACKEND or an installed one."),
    ] = "",
    folder: Annotated[
        Path | None, typer.Option(help="Folder with MNIST; default: NN_MNIST or Keras' cache.")
    ] = None,
    download: Annotated[bool, typer.Option(help="Let Keras download MNIST if needed.")] = False,
    epochs: Annotated[
        int, typer.Option(min=1, help="Passes over the examples; spirals need about 100.")
    ] = 10,
    batch_size: Annotated[int, typer.Option(min=0, help="0: 128, or 1,024 on a GPU.")] = 0,
    learning_rate: Annotated[float, typer.Option(help="Learning rate of Adam.")] = 1e-3,
    seed: Annotated[int, typer.Option(min=0, help="Seed of initial weights and shuffles.")] = 0,
    width: Annotated[int, typer.Option(help="The transformer's width.")] = 64,
    heads: Annotated[int, typer.Option(help="The transformer's heads.")] = 4,
    blocks: Annotated[int, typer.Option(help="The transformer's blocks.")] = 2,
    checkpoint: Annotated[
        Path | None, typer.Option(help="Save the state here after each epoch, and resume from it.")
    ] = None,
    patience: Annotated[
        int, typer.Option(min=0, help="Stop after this many epochs without progress; 0: never.")
    ] = 0,
    peak: Annotated[
        float, typer.Option(min=0, help="Peak rate in 1e12 operations per second; 0: look it up.")
    ] = 0.0,
) -> None:
    """Train a reference model, and print its accuracy and speed.

    A transformer learns to predict the next pixel of a picture; its accuracy counts pixels.
    """
    _choose(backend, device)
    keras = import_keras()
    from course_lib.training import find_device, fit, operations_per_example

    found = find_device()
    if device is DeviceName.gpu and found.kind != "gpu":
        raise typer.BadParameter(
            f"{keras.backend.backend()} sees no GPU. Next: nvidia-smi, or --device cpu."
        )
    try:
        examples = _examples(data, folder, download)
    except (OSError, ValueError) as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None
    keras.utils.set_random_seed(seed)
    network, examples = _network(model, data, examples, found.precision, (width, heads, blocks))
    size = batch_size or (1024 if found.kind == "gpu" else 128)
    typer.echo(
        f"{model} on {data}: {network.count_params():,} parameters, {len(examples.X_train):,} "
        f"examples, {len(examples.X_test):,} held out; {keras.backend.backend()} on "
        f"{found.name or found.kind}, {found.precision}, batches of {size}"
    )
    history = fit(
        network,
        examples,
        epochs=epochs,
        batch_size=size,
        optimizer=keras.optimizers.Adam(learning_rate),
        seed=seed,
        checkpoint=checkpoint,
        patience=patience or None,
        verbose=1 if sys.stdout.isatty() else 2,
    )
    _tell(history, operations_per_example(network), found, peak or found.peak_teraflops)


def _choose(backend: str, device: DeviceName) -> None:
    """Set backend and device before Keras is imported; afterwards they cannot be changed."""
    backends = installed_backends()
    name = backend or os.environ.get("KERAS_BACKEND") or next(iter(backends), "")
    if name not in backends:
        raise typer.BadParameter(
            f"the Keras backend {name or '(none)'} is not installed; "
            f"installed: {', '.join(backends) or 'none'}."
        )
    os.environ["KERAS_BACKEND"] = name
    if device is DeviceName.cpu:
        os.environ |= {"CUDA_VISIBLE_DEVICES": "-1", "JAX_PLATFORMS": "cpu"}


def _examples(data: DataName, folder: Path | None, download: bool) -> datasets.Split:
    if data is DataName.mnist:
        return datasets.mnist(folder, download)
    if data is DataName.digits:
        X, y = datasets.digits()
    else:
        X, y = datasets.spirals(1000, np.random.default_rng(0))
    return datasets.hold_out(X.astype(np.float32), y)


def _network(
    model: ModelName,
    data: DataName,
    examples: datasets.Split,
    dtype: str,
    size: tuple[int, int, int],
) -> tuple[Any, datasets.Split]:
    """The model for these examples, and the examples in the form that it needs."""
    from course_lib import models

    inputs = examples.X_train.shape[1]
    if model is ModelName.mlp:
        hidden = (32, 32, 3) if data is DataName.spirals else (16, 16, 10)
        return models.mlp((inputs, *hidden), dtype=dtype), examples
    if data is DataName.spirals:
        raise typer.BadParameter(
            f"a {model} needs pictures; spirals are points. Next: --data digits"
        )
    if model is ModelName.cnn:
        return models.cnn(round(inputs**0.5), dtype=dtype), examples
    width, heads, blocks = size
    tokens = datasets.Split(
        *datasets.pixel_tokens(examples.X_train), *datasets.pixel_tokens(examples.X_test)
    )
    return models.transformer(18, inputs, width, heads, blocks, dtype=dtype), tokens


def _tell(history: Any, operations: int, device: Any, peak: float | None) -> None:
    if not history.seconds:
        typer.echo("nothing to do: the checkpoint has as many epochs already")
        return
    rate = history.steady_rate
    first = (
        "the first epoch and its compilation left out"
        if len(history.seconds) > 1
        else ("one epoch, with its compilation")
    )
    typer.echo(f"accuracy on held-out examples   {history.test_accuracy[-1]:.4f}")
    typer.echo(f"examples a second               {rate:,.0f} ({first})")
    typer.echo(
        f"operations an example           {operations:,} (matrix products and convolutions, "
        "forward once and backward twice)"
    )
    if peak:
        share = operations * rate / (peak * 1e12)
        typer.echo(f"fraction of peak                {share:.2%} of {peak:g}e12 a second, bfloat16")
    elif device.kind == "gpu":
        typer.echo(f"fraction of peak                unknown for {device.name}. Next: --peak")


if __name__ == "__main__":
    app()
