"""Pictures flipped left to right."""

from __future__ import annotations

from typing import Any

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=2)
def horizontal_flip(images: Array) -> Any:
    """Every image with left and right exchanged.

    Args:
        images: shape (N, H, W), float64.

    Returns:
        A new array of the same shape.

    Source: keras.ops.flip over the last axis.
    """
    from keras import ops

    return ops.flip(images, axis=2)


@horizontal_flip.case("wide", square="one image is a batch as well")
def _(rng: Rng) -> Inputs:
    return {"images": rng.random((1, 5, 7))}


@horizontal_flip.case("high")
def _(rng: Rng) -> Inputs:
    return {"images": rng.random((4, 6, 2))}


@horizontal_flip.case("square", square="digits are as wide as they are high")
def _(rng: Rng) -> Inputs:
    return {"images": rng.random((5, 8, 8))}


@horizontal_flip.mistake("upside-down")
def _(images: Array) -> Any:
    """The axes are image, row, column; reversing the rows turns the picture upside down.

    Check: the first row of an image should hold the same numbers as before, in reverse order.
    """
    return images[:, ::-1]


@horizontal_flip.mistake("images-reversed")
def _(images: Array) -> Any:
    """The first axis counts the images; reversing it changes their order but flips no picture.

    Check: flip a single image, of shape (1, H, W); it should change.
    """
    return images[::-1]


@horizontal_flip.mistake("turned-by-half")
def _(images: Array) -> Any:
    """A horizontal flip swaps only left and right; here up and down are swapped as well.

    Check: the first row of an image should hold the same numbers as before, in reverse order.
    """
    return images[:, ::-1, ::-1]


@horizontal_flip.mistake("rows-and-columns-exchanged")
def _(images: Array) -> Any:
    """A horizontal flip reverses each row; here rows become columns, which is a transpose.

    Check: the first row of an image should hold the same numbers as before, in reverse order.
    """
    return images.swapaxes(1, 2)


@horizontal_flip.mistake("flipped-in-place", rows="N05")
def _(images: Array) -> Any:
    """`images[:] = ...` writes into the caller's array, so the originals are lost.

    Check: keep a copy of images, call your function, and compare.
    """
    images[:] = images[:, :, ::-1].copy()
    return images
