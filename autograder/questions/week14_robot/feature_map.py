"""One filter applied at every position of one image."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=10)
def feature_map(image: Array, kernel: Array) -> Any:
    """How strongly a filter answers at every place of an image where it fits.

    Args:
        image: grey values, shape (H, W), float64.
        kernel: the filter, shape (P, Q), float64, no larger than the image.

    Returns:
        out[i, j] = sum over a, b of image[i + a, j + b] * kernel[a, b],
        shape (H - P + 1, W - Q + 1).

    Source: keras.ops.conv with padding="valid" (deep learning's convolution, which does not turn
        the kernel round).
    """
    from keras import ops

    out = ops.conv(image[None, :, :, None], kernel[:, :, None, None], padding="valid")
    return out[0, :, :, 0]


@feature_map.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return {"image": rng.normal(size=(9, 7)), "kernel": rng.normal(size=(3, 2))}


@feature_map.case("square", weight=2, square="filters are usually square")
def _(rng: Rng) -> Inputs:
    return {"image": rng.uniform(0, 1, (8, 8)), "kernel": rng.normal(size=(3, 3))}


@feature_map.case("fits-once", square="the filter is as large as the image")
def _(rng: Rng) -> Inputs:
    return {"image": rng.normal(size=(1, 5)), "kernel": rng.normal(size=(1, 5))}


@feature_map.alternative("loops-over-places")
def _(image: Array, kernel: Array) -> Any:
    P, Q = kernel.shape
    H, W = image.shape
    return [
        [np.sum(image[i : i + P, j : j + Q] * kernel) for j in range(W - Q + 1)]
        for i in range(H - P + 1)
    ]


def slid(image: Array, kernel: Array, rows: int, columns: int) -> Array:
    """The map of the given size, as a sum over the filter's entries."""
    out = np.zeros((rows, columns))
    for a in range(kernel.shape[0]):
        for b in range(kernel.shape[1]):
            out += image[a : a + rows, b : b + columns] * kernel[a, b]
    return out


@feature_map.mistake("kernel-turned-round", convention=True)
def _(image: Array, kernel: Array) -> Any:
    """In mathematics a convolution rotates the kernel by 180 degrees; in deep learning it does not.

    Both fields call it convolution. What Keras, PyTorch and this course compute is called
    cross-correlation elsewhere. For a network that learns its kernels it makes no difference.

    Check: a kernel with a single 1 in its upper left corner should copy the image's upper left
    part.
    """
    rows, columns = image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1
    return slid(image, kernel[::-1, ::-1], rows, columns)


@feature_map.mistake("one-place-too-few")
def _(image: Array, kernel: Array) -> Any:
    """A filter of P rows fits at H - P + 1 positions; here the last row and column of the map are
    missing.

    `range(H - P)` ends one position too early.

    Check: a filter as large as the image should fit exactly once.
    """
    rows, columns = image.shape[0] - kernel.shape[0], image.shape[1] - kernel.shape[1]
    return slid(image, kernel, rows, columns)


@feature_map.mistake("edges-padded")
def _(image: Array, kernel: Array) -> Any:
    """The filter is applied only where it fits completely; here zeros are added around the image.

    That is padding="same": the values at the border then mix the image with zeros, and the map is
    as large as the image.

    Check: the map of a 3 x 3 filter should have two rows and two columns fewer than the image.
    """
    before = [(size - 1) // 2 for size in kernel.shape]
    after = [size - 1 - low for size, low in zip(kernel.shape, before, strict=True)]
    padded = np.pad(image, list(zip(before, after, strict=True)))
    return slid(padded, kernel, *image.shape)


@feature_map.mistake("filter-transposed")
def _(image: Array, kernel: Array) -> Any:
    """The filter's rows run along the image's rows: kernel[a, b] is multiplied by image[i + a, j +
    b].

    Here a and b are swapped, so a filter for vertical edges responds to horizontal ones.

    Check: with kernel = [[1, 2]] the map should have as many rows as the image.
    """
    turned = kernel.T
    rows, columns = image.shape[0] - turned.shape[0] + 1, image.shape[1] - turned.shape[1] + 1
    return slid(image, turned, rows, columns)


@feature_map.mistake("place-times-sum")
def _(image: Array, kernel: Array) -> Any:
    """Every pixel is multiplied by its own weight; here the window's sum is multiplied by the sum
    of the weights.

    Two filters with the same sum of weights then give the same map, and a filter for edges, whose
    weights sum to 0, gives only zeros.

    Check: swap two weights of the kernel; the map should change.
    """
    rows, columns = image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1
    return slid(image, np.ones_like(kernel), rows, columns) * kernel.sum()


@feature_map.mistake("averaged-over-the-window")
def _(image: Array, kernel: Array) -> Any:
    """Each entry of the map is the sum of the products; here it is their mean.

    Every entry is divided by the number of weights.

    Check: for an image of ones, every entry should be kernel.sum().
    """
    rows, columns = image.shape[0] - kernel.shape[0] + 1, image.shape[1] - kernel.shape[1] + 1
    return slid(image, kernel, rows, columns) / kernel.size
