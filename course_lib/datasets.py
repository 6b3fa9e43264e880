"""The course's data: digits that ship with scikit-learn, MNIST from files, points made to order."""

from __future__ import annotations

import gzip
import os
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from course_lib.gradients import Array

MNIST_FOLDER = "NN_MNIST"
_PARTS = ("train", "t10k")
_IMAGES, _LABELS = 2051, 2049  # The first number of an IDX file of bytes: 3 axes, or 1.


class Split(NamedTuple):
    """Examples to learn from, and others to be judged by: X (N, ...) and y (N, ...) of each."""

    X_train: Array
    y_train: Array
    X_test: Array
    y_test: Array


def hold_out(X: Array, y: Array, share: float = 0.2) -> Split:
    """Split examples in the order in which they stand: the last ones are held out.

    Args:
        X: inputs, shape (N, ...).
        y: targets, shape (N, ...).
        share: how much of them to hold out, between 0 and 1, rounded down to whole examples.

    Returns:
        Views of X and y, the first N - int(share * N) examples and the rest.
    """
    kept = len(X) - int(share * len(X))
    return Split(X[:kept], y[:kept], X[kept:], y[kept:])


def digits() -> tuple[Array, Array]:
    """Handwritten digits, 8 by 8 pixels, always in the same order.

    Returns:
        X (1797, 64) float64 in [0, 1], where 1 is ink, and labels y (1797,) int64 in 0 ... 9.

    Source: the test set of Alpaydin and Kaynak 1998, as scikit-learn ships it.
    """
    from sklearn.datasets import load_digits

    data = load_digits()
    return np.asarray(data.data, np.float64) / 16.0, np.asarray(data.target, np.int64)


def moons(n: int, rng: np.random.Generator, noise: float = 0.1) -> tuple[Array, Array]:
    """Two interleaving half circles, which no straight line separates.

    Args:
        n: how many points; the first class takes the larger half.
        rng: decides places and noise; the same generator state gives the same points.
        noise: standard deviation of the scatter.

    Returns:
        X (n, 2) float64, about in [-1.5, 2.5], and labels y (n,) int64, 0 above and 1 below.
    """
    y = np.arange(n) % 2
    angle = rng.uniform(0.0, np.pi, n)
    above = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    below = np.stack([1.0 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    X = np.where(y[:, None] == 0, above, below)
    return X + rng.normal(0.0, noise, X.shape), y


def spirals(
    n_per_class: int, rng: np.random.Generator, noise: float = 0.2, classes: int = 3
) -> tuple[Array, Array]:
    """Spiral arms that wind around each other, one for each class.

    Args:
        n_per_class: points of every arm, evenly spaced along it from the middle outwards.
        rng: decides the noise and the order; the same generator state gives the same points.
        noise: standard deviation of a point's angle, in radians.
        classes: how many arms.

    Returns:
        X (classes * n_per_class, 2) float64 within the unit circle and labels y
        (classes * n_per_class,) int64 in 0 ... classes - 1, in random order.

    Source: Karpathy, CS231n: radius r in [0, 1], angle 4 r and a noise, arms evenly turned.
    """
    y = np.repeat(np.arange(classes), n_per_class)
    radius = np.tile(np.linspace(0.0, 1.0, n_per_class), classes)
    angle = 4.0 * radius + 2.0 * np.pi * y / classes + rng.normal(0.0, noise, len(y))
    X = radius[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    order = rng.permutation(len(y))
    return X[order], y[order]


def logic_gate(name: str) -> tuple[Array, Array]:
    """The four corners of a gate with two inputs, and what the gate says there.

    Args:
        name: "AND", "OR" or "XOR".

    Returns:
        X (4, 2) float64 of zeros and ones, in counting order, and labels y (4,) int64.
    """
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    ones = X.sum(axis=1)
    y = {"AND": ones == 2, "OR": ones >= 1, "XOR": ones == 1}[name]
    return X.astype(np.float64), y.astype(np.int64)


def houses() -> tuple[Array, Array]:
    """Six houses that cost exactly 200 dollars a square foot.

    Returns:
        size (6,) in 1,000 square feet and price (6,) in 1,000 dollars, both float64.
    """
    size = np.array([1.0, 0.8, 1.2, 1.5, 1.75, 2.0])
    return size, 200.0 * size


def mnist(folder: str | os.PathLike[str] | None = None, download: bool = False) -> Split:
    """Handwritten digits, 28 by 28 pixels, always in the files' order.

    Looked for in `folder`; else in the folder that the environment variable NN_MNIST names; else
    where Keras keeps it (`datasets/mnist.npz` in ~/.keras, or in KERAS_HOME). A folder holds
    `mnist.npz` or the IDX files, plain or `.gz`. The split is the data set's own: 60,000 to learn
    from, 10,000 to be judged by. Where only one of the two parts is there, its last fifth is held
    out: the 10,000 test images alone give 8,000 and 2,000.

    Args:
        folder: where the files are.
        download: let Keras fetch them into its own folder where they are nowhere found.

    Returns:
        X (N, 784) float32 in [0, 1], where 1 is ink, row by row, and labels y (N,) int64 in
        0 ... 9, of both parts.

    Raises:
        FileNotFoundError: when the files are not there.
        ValueError: when a file is not what its name says.
        ConnectionError: when the download fails.

    Source: LeCun, Bottou, Bengio and Haffner 1998.
    """
    named = folder or os.environ.get(MNIST_FOLDER)
    keras_home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    place = Path(named).expanduser() if named else keras_home / "datasets"
    parts = _read_npz(place / "mnist.npz") or _read_idx(place)
    if not parts and download and not named:
        parts = _download_mnist()
    if not parts:
        raise FileNotFoundError(
            f"MNIST is not in {place}: expected mnist.npz, or train-images-idx3-ubyte and "
            "train-labels-idx1-ubyte, or the two t10k files, each plain or with .gz.\n"
            "Either name a folder that holds them, as argument or in the environment variable "
            f"{MNIST_FOLDER};\nor, where there is a network, let Keras fetch them once: "
            "mnist(download=True), on the command line --download."
        )
    scaled = [
        (images.reshape(len(images), -1).astype(np.float32) / np.float32(255), y.astype(np.int64))
        for images, y in parts
    ]
    return hold_out(*scaled[0]) if len(scaled) == 1 else Split(*scaled[0], *scaled[1])


def _read_npz(path: Path) -> list[tuple[Array, Array]]:
    """Images and labels of both parts from Keras' own file; nothing where it is not there."""
    if not path.exists():
        return []
    with np.load(path, allow_pickle=False) as file:
        return [(file[f"x_{part}"], file[f"y_{part}"]) for part in ("train", "test")]


def _read_idx(folder: Path) -> list[tuple[Array, Array]]:
    """Images and labels of the parts that the folder holds, as uint8."""
    parts = []
    for part in _PARTS:
        images = sorted(folder.glob(f"{part}-images?idx3-ubyte*"))
        labels = sorted(folder.glob(f"{part}-labels?idx1-ubyte*"))
        if images and labels:
            pair = _read_idx_file(images[0], _IMAGES), _read_idx_file(labels[0], _LABELS)
            if len(pair[0]) != len(pair[1]):
                raise ValueError(
                    f"{images[0]} holds {len(pair[0])} images, {labels[0].name} "
                    f"{len(pair[1])} labels; expected as many. Next: get both files anew."
                )
            parts.append(pair)
    return parts


def _read_idx_file(path: Path, magic: int) -> Array:
    """The array in an IDX file of unsigned bytes: magic, sizes as big-endian int32, then data."""
    axes = magic & 0xFF
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        found, *shape = struct.unpack_from(f">{1 + axes}i", content)
        data = np.frombuffer(content, np.uint8, offset=4 + 4 * axes)
        if found != magic:
            raise ValueError(f"it begins with {found}")
        return data.reshape(shape)
    except (OSError, EOFError, ValueError, struct.error, zlib.error) as problem:
        raise ValueError(
            f"{path} is no IDX file of {axes} axes of bytes (expected it to begin with {magic}): "
            f"{problem}. Next: get the file anew."
        ) from None


def _download_mnist() -> list[tuple[Array, Array]]:
    from course_lib.quiet import import_keras

    try:
        train, test = import_keras().datasets.mnist.load_data()
    except Exception as problem:
        # Keras raises a bare Exception when the address does not answer.
        raise ConnectionError(
            f"Keras could not fetch MNIST ({problem}). Next: copy the files by hand into a folder "
            f"and name it as argument or in the environment variable {MNIST_FOLDER}."
        ) from problem
    return [train, test]


def pixel_tokens(X: Array, levels: int = 17) -> tuple[Array, Array]:
    """Pictures as sequences for next-token prediction: their pixels in reading order.

    Args:
        X: pictures in [0, 1], shape (N, D), such as those of `digits` or `mnist`.
        levels: how many tokens there are for a pixel; 17 loses nothing of `digits`.

    Returns:
        Inputs (N, D) int32, each row the start token `levels` and then the first D - 1 pixels,
        and targets (N, D) int32, the D pixels. A pixel's token is its ink in 0 ... levels - 1, so
        that the vocabulary has levels + 1 tokens.

    Source: Chen et al. 2020, "Generative pretraining from pixels".
    """
    pixels = np.rint((levels - 1) * X).astype(np.int32)
    start = np.full((len(pixels), 1), levels, np.int32)
    return np.concatenate([start, pixels[:, :-1]], axis=1), pixels
