"""One unit's weights as a picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=8)
def weight_image(W: Array, unit: int, shape: tuple[int, int]) -> Any:
    """The weights that lead to one unit, as a mask whose largest entry in size is 1.

    Args:
        W: the first layer's kernel, shape (D, M), float64; a column belongs to a unit.
        unit: which unit, from 0 to M - 1.
        shape: rows and columns of the pictures, whose product is D.

    Returns:
        The unit's weights divided by the largest of their absolute values, in rows and columns
        as the pictures are, float64; zeros for a unit whose weights are all 0.

    Source: keras.ops.reshape, abs, max and divide_no_nan.
    """
    from keras import ops

    weights = ops.convert_to_tensor(W)[:, unit]
    return ops.reshape(ops.divide_no_nan(weights, ops.max(ops.abs(weights))), shape)


def kernel(rng: Rng, D: int, M: int) -> Array:
    """A random kernel in which every unit's largest weight differs."""
    W: Array = rng.normal(size=(D, M)) * rng.permutation(np.linspace(0.5, 2.0, M))
    return W


@weight_image.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return {"W": kernel(rng, 12, 5), "unit": int(rng.integers(1, 5)), "shape": (3, 4)}


@weight_image.case("square", square="with D = M a row of W is as long as a column")
def _(rng: Rng) -> Inputs:
    return {"W": kernel(rng, 6, 6), "unit": int(rng.integers(1, 6)), "shape": (2, 3)}


@weight_image.case("all-negative")
def _(rng: Rng) -> Inputs:
    W = -np.abs(kernel(rng, 15, 4)) - 0.1
    return {"W": W, "unit": int(rng.integers(1, 4)), "shape": (1, 15)}


@weight_image.case("unit-of-zeros")
def _(rng: Rng) -> Inputs:
    W, unit = kernel(rng, 8, 3), int(rng.integers(1, 3))
    W[:, unit] = 0.0
    return {"W": W, "unit": unit, "shape": (2, 4)}


def scaled(weights: Array) -> Array:
    """The correct scaling, for mistakes that are made elsewhere in the mask."""
    largest = np.abs(weights).max()
    return weights / largest if largest > 0 else weights


@weight_image.mistake("mask-of-a-row")
def _(W: Array, unit: int, shape: tuple[int, int]) -> Any:
    """Unit j's weights are column j of W; W[unit] is a row: the weights from one pixel to all
    units.

    A row has M entries, which do not fill the picture, so reshape raises an error. With D = M they
    fit, but they are the wrong weights.

    Check: how many weights lead to one unit, D or M?
    """
    return scaled(W[unit]).reshape(shape)


@weight_image.mistake("mask-scaled-by-largest-signed")
def _(W: Array, unit: int, shape: tuple[int, int]) -> Any:
    """max(w) ignores negative weights, although one of them may have the largest absolute value.

    The mask then goes below -1. Where all weights are negative, the maximum is negative too, and
    every sign flips.

    Check: for the weights -4, -2, 1 the mask should be -1, -0.5, 0.25.
    """
    weights = W[:, unit]
    largest = weights.max()
    return (weights / largest if largest != 0 else weights).reshape(shape)


@weight_image.mistake("mask-scaled-by-all-units")
def _(W: Array, unit: int, shape: tuple[int, int]) -> Any:
    """The mask is divided by this unit's largest |w|; here by the largest of the whole kernel.

    The picture is right but too pale. The masks of units with small weights are hardly visible.

    Check: the largest absolute value in the mask should be 1.
    """
    return (W[:, unit] / np.abs(W).max()).reshape(shape)


@weight_image.mistake("mask-from-zero-to-one")
def _(W: Array, unit: int, shape: tuple[int, int]) -> Any:
    """(w - min) / (max - min) runs from 0 to 1, so signs are lost; w / max |w| keeps them.

    A weight of 0 becomes some shade of grey, and nobody can see where the unit says no.

    Check: negative weights should be negative in the mask.
    """
    weights = W[:, unit]
    width = weights.max() - weights.min()
    return ((weights - weights.min()) / (width if width > 0 else 1.0)).reshape(shape)


@weight_image.mistake("mask-stretched-to-both-ends")
def _(W: Array, unit: int, shape: tuple[int, int]) -> Any:
    """Stretching min and max to -1 and 1 moves the zero; the mask is a plain division.

    The colours always reach both ends of the scale, and small weights may change their sign.

    Check: a weight of 0 should be 0 in the mask.
    """
    weights = W[:, unit]
    width = weights.max() - weights.min()
    if width == 0:
        return (0 * weights).reshape(shape)
    return (2 * (weights - weights.min()) / width - 1).reshape(shape)


@weight_image.mistake("mask-without-signs")
def _(W: Array, unit: int, shape: tuple[int, int]) -> Any:
    """Only the denominator takes absolute values, w / max |w|; the numerator keeps its sign.

    Pixels that the unit likes and pixels that it dislikes look the same.

    Check: negative weights should be negative in the mask.
    """
    return np.abs(scaled(W[:, unit])).reshape(shape)


@weight_image.mistake("mask-divided-by-length")
def _(W: Array, unit: int, shape: tuple[int, int]) -> Any:
    """The divisor is the largest absolute weight, not the length sqrt(sum of w^2).

    The picture is right but too pale.

    Check: the largest absolute value in the mask should be 1.
    """
    weights = W[:, unit]
    length = np.sqrt((weights**2).sum())
    return (weights / length if length > 0 else weights).reshape(shape)


@weight_image.mistake("mask-not-scaled")
def _(W: Array, unit: int, shape: tuple[int, int]) -> Any:
    """These are the raw weights; the mask is divided by the largest absolute value.

    Weights of different units can have very different sizes, and all pictures share one colour
    scale.

    Check: the largest absolute value in the mask should be 1.
    """
    return W[:, unit].reshape(shape)


@weight_image.mistake("mask-clipped")
def _(W: Array, unit: int, shape: tuple[int, int]) -> Any:
    """Clipping cuts the weights off at -1 and 1; the mask divides them all by the largest |w|.

    Small weights stay small, and different large ones become equal.

    Check: doubling all weights should give the same mask.
    """
    return np.clip(W[:, unit], -1, 1).reshape(shape)


@weight_image.mistake("mask-left-flat", rows="B15")
def _(W: Array, unit: int, shape: tuple[int, int]) -> Any:
    """A mask has the shape of the pictures; here its numbers form one row, (D,).

    The D pixels of a picture were flattened into a row before they entered the network. The mask is
    reshaped back.

    Check: the result's shape should equal the argument shape.
    """
    return scaled(W[:, unit])


@weight_image.mistake("mask-column-by-column")
def _(W: Array, unit: int, shape: tuple[int, int]) -> Any:
    """The pixels of a picture were flattened row by row; here they are filled in column by column.

    The numbers are right but in the wrong places. order="F", or transposing the result, causes
    this.

    Check: the first row of the mask should hold the first weights of the unit.
    """
    return scaled(W[:, unit]).reshape(shape, order="F")


@weight_image.mistake("mask-with-a-fraction-of-rows", rows="B16")
def _(W: Array, unit: int, shape: tuple[int, int]) -> Any:
    """`/` always gives a float, 12 / 4 = 3.0, and a shape needs whole numbers.

    NumPy raises a TypeError. `//` gives a whole number, but the sizes are given as an argument
    anyway.

    Check: print the type of each number that you pass to reshape.
    """
    return scaled(W[:, unit]).reshape(W.shape[0] / shape[1], shape[1])


@weight_image.mistake("mask-zero-by-zero", rows="N14")
def _(W: Array, unit: int, shape: tuple[int, int]) -> Any:
    """For a unit with all weights 0 the largest is 0, and 0 / 0 is nan with a warning.

    Every other unit is right. nan cannot be drawn, so the picture stays empty.

    Check: call it with a W of zeros; the mask should be zeros.
    """
    return (W[:, unit] / np.abs(W[:, unit]).max()).reshape(shape)


@weight_image.mistake("mask-written-into-the-kernel", rows="N05")
def _(W: Array, unit: int, shape: tuple[int, int]) -> Any:
    """W[:, unit] is a view: dividing it in place with /= changes the kernel itself.

    The mask is right, but from now on the network has other weights.

    Check: keep a copy of W, call your function, and compare.
    """
    weights = W[:, unit]
    largest = np.abs(weights).max()
    if largest > 0:
        weights /= largest
    return weights.reshape(shape)


@weight_image.mistake("mask-of-the-unit-before")
def _(W: Array, unit: int, shape: tuple[int, int]) -> Any:
    """Units are counted from 0, so unit j is column j; here it is column j - 1.

    The mask belongs to another unit. For unit 0 it is that of the last unit.

    Check: if only one column of W is nonzero, only that unit's mask should be nonzero.
    """
    return scaled(W[:, unit - 1]).reshape(shape)
