"""The course's data: digits from scikit-learn, MNIST from files, and synthetic points."""

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
    """Training and test examples: X (N, ...) and y (N, ...) of each."""

    X_train: Array
    y_train: Array
    X_test: Array
    y_test: Array


def hold_out(X: Array, y: Array, share: float = 0.2) -> Split:
    """Split examples without shuffling: the last ones are held out.

    Args:
        X: inputs, shape (N, ...).
        y: targets, shape (N, ...).
        share: the fraction to hold out, between 0 and 1, rounded down to whole examples.

    Returns:
        Views of X and y: the first N - int(share * N) examples, and the rest.
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


def enlarged(X: Array, size: int = 28) -> Array:
    """The digits drawn larger and smooth, with an empty rim of two pixels, as MNIST has one.

    Args:
        X: pictures of 8 by 8 pixels, shape (N, 64), in [0, 1].
        size: rows and columns of the new pictures: 4 more than a multiple of 8.

    Returns:
        Pictures, shape (N, size * size), float64 in [0, 1]. They show what X shows, and no more.

    Source: cubic splines, by scipy.ndimage.zoom.
    """
    from scipy.ndimage import zoom

    factor, rest = divmod(size - 4, 8)
    if factor < 1 or rest:
        raise ValueError(f"size is {size}; expected 4 more than a multiple of 8, such as 28")
    smooth = zoom(X.reshape(-1, 8, 8), (1, factor, factor), order=3, mode="nearest", grid_mode=True)
    framed = np.pad(np.clip(smooth, 0.0, 1.0), ((0, 0), (2, 2), (2, 2)))
    return framed.reshape(len(X), size * size)


def moons(n: int, rng: np.random.Generator, noise: float = 0.1) -> tuple[Array, Array]:
    """Two interleaved half circles, which no straight line separates.

    Args:
        n: number of points; if it is odd, class 0 has one more.
        rng: generates positions and noise; equal generator states give equal points.
        noise: standard deviation of the noise.

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
    """Spiral arms that wind around each other, one per class.

    Args:
        n_per_class: points per arm, evenly spaced from the centre outwards.
        rng: generates noise and order; equal generator states give equal points.
        noise: standard deviation of a point's angle, in radians.
        classes: number of arms.

    Returns:
        X (classes * n_per_class, 2) float64 within the unit circle and labels y
        (classes * n_per_class,) int64 in 0 ... classes - 1, in random order.

    Source: Karpathy, CS231n: radius r in [0, 1], angle 4 r plus noise, arms evenly rotated.
    """
    y = np.repeat(np.arange(classes), n_per_class)
    radius = np.tile(np.linspace(0.0, 1.0, n_per_class), classes)
    angle = 4.0 * radius + 2.0 * np.pi * y / classes + rng.normal(0.0, noise, len(y))
    X = radius[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    order = rng.permutation(len(y))
    return X[order], y[order]


def logic_gate(name: str) -> tuple[Array, Array]:
    """The four inputs of a logic gate, and its outputs.

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

    They are read from `folder`, or from the folder that the environment variable NN_MNIST names,
    or from Keras' cache (`datasets/mnist.npz` in ~/.keras or KERAS_HOME). A folder contains
    `mnist.npz`, or the IDX files, plain or `.gz`. The split is the data set's own: 60,000 training
    and 10,000 test images. If only one of these parts is there, its last fifth is held out, so
    that the 10,000 test images alone give 8,000 and 2,000.

    Args:
        folder: where the files are.
        download: whether Keras may download them if they are not found.

    Returns:
        X (N, 784) float32 in [0, 1], where 1 is ink, row by row, and labels y (N,) int64 in
        0 ... 9, of both parts.

    Raises:
        FileNotFoundError: when the files are not found.
        ValueError: when a file has the wrong content.
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
            "Either pass the folder that contains them, as an argument or in the environment "
            f"variable {MNIST_FOLDER};\nor let Keras download them once: "
            "mnist(download=True), or --download on the command line."
        )
    scaled = [
        (images.reshape(len(images), -1).astype(np.float32) / np.float32(255), y.astype(np.int64))
        for images, y in parts
    ]
    return hold_out(*scaled[0]) if len(scaled) == 1 else Split(*scaled[0], *scaled[1])


def _read_npz(path: Path) -> list[tuple[Array, Array]]:
    """Images and labels of both parts from Keras' file; empty if there is no such file."""
    if not path.exists():
        return []
    with np.load(path, allow_pickle=False) as file:
        return [(file[f"x_{part}"], file[f"y_{part}"]) for part in ("train", "test")]


def _read_idx(folder: Path) -> list[tuple[Array, Array]]:
    """Images and labels of the parts that are in the folder, as uint8."""
    parts = []
    for part in _PARTS:
        images = sorted(folder.glob(f"{part}-images?idx3-ubyte*"))
        labels = sorted(folder.glob(f"{part}-labels?idx1-ubyte*"))
        if images and labels:
            pair = _read_idx_file(images[0], _IMAGES), _read_idx_file(labels[0], _LABELS)
            if len(pair[0]) != len(pair[1]):
                raise ValueError(
                    f"{images[0]} contains {len(pair[0])} images, {labels[0].name} "
                    f"{len(pair[1])} labels; expected as many. Next: get both files again."
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
            f"{path} is not an IDX file of bytes with {axes} axes (expected it to begin with "
            f"{magic}): {problem}. Next: get the file again."
        ) from None


def _download_mnist() -> list[tuple[Array, Array]]:
    from course_lib.quiet import import_keras

    try:
        train, test = import_keras().datasets.mnist.load_data()
    except Exception as problem:
        # Keras raises a bare Exception when the server does not answer.
        raise ConnectionError(
            f"Keras could not download MNIST ({problem}). Next: copy the files into a folder by "
            f"hand, and pass it as an argument or in the environment variable {MNIST_FOLDER}."
        ) from problem
    return [train, test]


def pixel_tokens(X: Array, levels: int = 17) -> tuple[Array, Array]:
    """Pictures as sequences for next-token prediction: their pixels in reading order.

    Args:
        X: pictures in [0, 1], shape (N, D), such as those of `digits` or `mnist`.
        levels: number of tokens for a pixel; 17 is lossless for `digits`.

    Returns:
        Inputs (N, D) int32, each row the start token `levels` and then the first D - 1 pixels,
        and targets (N, D) int32, the D pixels. A pixel's token is its ink in 0 ... levels - 1, so
        that the vocabulary has levels + 1 tokens.

    Source: Chen et al. 2020, "Generative pretraining from pixels".
    """
    pixels = np.rint((levels - 1) * X).astype(np.int32)
    start = np.full((len(pixels), 1), levels, np.int32)
    return np.concatenate([start, pixels[:, :-1]], axis=1), pixels
