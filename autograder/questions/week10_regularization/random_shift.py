# mypy: disable-error-code="no-untyped-def"
# Wrong formulas repeat the reference's arguments; their types are stated there.
"""Pictures shifted a little, judged by measuring each picture's shift."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions import draws
from autograder.questions.define import Array, Inputs, Rng, question

MANY = 2600
"""With this many images, fractions of 1/3 and 1/2 are 13 standard errors apart, even if only four
of nine shifts are found."""


def journeys(
    images: Array, max_shift: int, first: Array, following: Array, again: Array
) -> list[Any]:
    """What three calls show, as the parts named in `returns`.

    Args:
        images: random numbers, so that no two pixels are equal, shape (N, H, W).
        max_shift: the largest shift that is allowed.
        first: a call's result (N, H, W).
        following: the next call with the same generator.
        again: a call with a new generator of the same seed.
    """
    if first.shape != images.shape:
        raise ValueError(f"the result has shape {first.shape}, images have {images.shape}")
    size = 2 * max_shift + 1
    many = len(images) >= MANY
    found, filled, wrapped, down, right = search(images, first, max_shift)
    moved = [0.0, 0.0, 0.0, np.zeros(size), np.zeros(size), 0.0]
    if found.any():
        left = found & ((down != max_shift) | (right != max_shift))
        places = down[found] * size + right[found]
        still = np.array_equal(first, images) and np.array_equal(following, images)
        alike = bool((places == places[0]).all()) and not still
        diagonal = down[found] == right[found]
        likely = [1 / size, 2 / (size + 1), 1.0]
        moved = [
            draws.share(found, [1.0, ((max_shift + 1) / size) ** 2]),
            float(filled[left].mean()) if left.any() else 1.0,
            float(wrapped[left].mean()) if left.any() else 0.0,
            # One shift for all says nothing about how often each shift occurs.
            *(reached(size, None if alike else way, found) for way in (down, right)),
            2.0 if alike else draws.share(diagonal, likely) if many else float(diagonal.all()),
        ]
    same, next_differs = np.array_equal(first, again), not np.array_equal(first, following)
    return [np.asarray(part) for part in (*moved, bool(same), bool(next_differs))]


def search(images: Array, shifted: Array, max_shift: int) -> list[Array]:
    """For each image: whether a shift was found, whether zeros fill in, whether the image
    is wrapped around, and the shift along both axes, counted from 0."""
    m, (count, height, width) = max_shift, images.shape
    padded = np.pad(images, ((0, 0), (m, m), (m, m)))
    found, filled, wrapped = np.zeros((3, count), bool)
    down, right = np.zeros((2, count), int)
    # The middle comes from inside the image, however it was moved.
    middle = (slice(None), slice(m, height - m), slice(m, width - m))
    for y in range(2 * m + 1):
        for x in range(2 * m + 1):
            window = padded[:, 2 * m - y :, 2 * m - x :][:, :height, :width]
            here = (shifted[middle] == window[middle]).all(axis=(1, 2))
            found |= here
            filled |= here & (shifted == window).all(axis=(1, 2))
            ring = np.roll(images, (y - m, x - m), (1, 2))
            wrapped |= here & (shifted == ring).all(axis=(1, 2))
            down[here], right[here] = y, x
    return [found, filled, wrapped, down, right]


def reached(size: int, way: Array | None, found: Array) -> Array:
    """How often each shift along an axis occurs; for few images only whether it does."""
    if way is None:
        return np.full(size, 1 / size if len(found) >= MANY else 1.0)
    hits = [way[found] == place for place in range(size)]
    if len(found) < MANY:
        return np.array([float(hit.any()) for hit in hits])
    rules = [1 / size, *([1 / (size - 1), 2 / (size + 1)] if size > 1 else []), 0.0, 1.0]
    return np.array([draws.share(hit, rules) for hit in hits])


@question(
    points=6,
    returns=(
        "found",
        "zeros",
        "wrapped",
        "vertical",
        "horizontal",
        "diagonal",
        "repeats",
        "continues",
    ),
)
def random_shift(images: Array, max_shift: int, seed: int) -> Any:
    """Every image moved by its own shift, zeros where nothing moved in.

    All (2 max_shift + 1)^2 shifts, from -max_shift to max_shift along each axis, are equally
    likely. The notebook's function receives `rng`, a generator made from `seed`. Three calls are
    made: two in a row, and one with a new generator of the same seed.

    Args:
        images: shape (N, H, W), float64.
        max_shift: how many pixels an image may move along an axis, less than half of H and W.
        seed: makes the generator.

    Returns:
        found: the share of images that are themselves, moved by an allowed shift.
        zeros: among those that moved, the share with only zeros where nothing moved in.
        wrapped: among those that moved, the share in which what left comes back at the other side.
        vertical: the share that moved by -max_shift, ..., max_shift; of few only whether any.
        horizontal: the same for the other axis.
        diagonal: the share that moved equally along both axes, of few images only whether all;
            2 where all moved alike.
        repeats: whether the same seed gives the same result.
        continues: whether the next call draws again.

    Source: keras.random.randint and windows of keras.ops.pad.
    """
    import keras

    (count, height, width), size = images.shape, 2 * max_shift + 1
    padded = keras.ops.pad(images, ((0, 0), (max_shift, max_shift), (max_shift, max_shift)))
    windows = np.stack(
        [padded[:, y : y + height, x : x + width] for y in range(size) for x in range(size)]
    )
    calls = []
    for number in (seed, seed + 1, seed):
        places = np.asarray(keras.random.randint((count,), 0, size**2, seed=number))
        calls.append(windows[places, np.arange(count)])
    return journeys(images, max_shift, *calls)


@random_shift.driver
def _(random_shift: Any, images: Array, max_shift: int, seed: int) -> Any:
    rng = np.random.default_rng(seed)
    first = random_shift(images, max_shift, rng)
    if first is None:
        return None
    # What was returned may be images itself, which a later call may change.
    first = np.copy(first)
    following = random_shift(images, max_shift, rng)
    again = random_shift(images, max_shift, np.random.default_rng(seed))
    return {"first": first, "following": following, "again": again}


@random_shift.measure
def _(calls: Any, images: Array, max_shift: int, seed: int) -> Any:
    return journeys(images, max_shift, **calls)


def pictures(rng: Rng, count: int, max_shift: int) -> Inputs:
    """Images of pure noise, in which every shift can be told."""
    images = rng.uniform(0.1, 1.0, (count, 5, 6))
    return {"images": images, "max_shift": max_shift, "seed": int(rng.integers(2**31))}


@random_shift.case("one-pixel", weight=2)
def _(rng: Rng) -> Inputs:
    return pictures(rng, MANY, 1)


@random_shift.case("two-pixels")
def _(rng: Rng) -> Inputs:
    return pictures(rng, 400, 2)


@random_shift.case("not-at-all")
def _(rng: Rng) -> Inputs:
    return pictures(rng, 9, 0)


def moved(images: Array, m: int, down: Array, right: Array, mode: Any = "constant") -> Array:
    """Every image moved down and right, the rest filled as `np.pad` does in this mode."""
    _, height, width = images.shape
    padded = np.pad(images, ((0, 0), (m, m), (m, m)), mode=mode)
    rows = (m - down)[:, None, None] + np.arange(height)[:, None]
    columns = (m - right)[:, None, None] + np.arange(width)
    return np.asarray(padded[np.arange(len(images))[:, None, None], rows, columns])


@random_shift.alternative("one-draw-for-both-axes-together")
def _(images, max_shift, rng):
    size = 2 * max_shift + 1
    down, right = np.divmod(rng.permuted(rng.integers(0, size**2, len(images))), size)
    return moved(images, max_shift, down - max_shift, right - max_shift)


@random_shift.alternative("image-by-image")
def _(images, max_shift, rng):
    out = np.zeros_like(images)
    _, height, width = images.shape
    for image, target in zip(images, out, strict=True):
        y, x = (int(rng.integers(-max_shift, max_shift + 1)) for _ in range(2))
        target[max(y, 0) : height + min(y, 0), max(x, 0) : width + min(x, 0)] = image[
            max(-y, 0) : height + min(-y, 0), max(-x, 0) : width + min(-x, 0)
        ]
    return out


@random_shift.mistake("rolled-around")
def _(images, max_shift, rng):
    """Pixels that leave the picture are gone and zeros move in; here they come back on the opposite
    side.

    `np.roll` wraps the picture around. A digit's foot then floats above its head.

    Check: shift an image of ones; some border should become 0.
    """
    ways = rng.integers(-max_shift, max_shift + 1, (len(images), 2))
    return np.array([np.roll(i, tuple(w), (0, 1)) for i, w in zip(images, ways, strict=True)])


@random_shift.mistake("border-repeated", convention=True)
def _(images, max_shift, rng):
    """Some programs repeat the border pixels; in this course zeros move in, like paper without ink.

    Check: shift an image of ones; some border should become 0.
    """
    down, right = rng.integers(-max_shift, max_shift + 1, (2, len(images)))
    return moved(images, max_shift, down, right, "edge")


@random_shift.mistake("one-shift-for-all", rows="H07")
def _(images, max_shift, rng):
    """Every image has its own shift; here one shift is drawn for all images.

    The batch then moves as a whole.

    Check: shift ten copies of one image; the results should not all be equal.
    """
    down, right = (np.repeat(rng.integers(-max_shift, max_shift + 1), len(images)) for _ in "yx")
    return moved(images, max_shift, down, right)


@random_shift.mistake("never-up-or-left")
def _(images, max_shift, rng):
    """Shifts run from -max_shift to max_shift; here they run from 0 to twice that.

    Check: with max_shift = 1, shift 1,000 images; some first rows should hold what were second
    rows.
    """
    down, right = rng.integers(0, 2 * max_shift + 1, (2, len(images)))
    return moved(images, 2 * max_shift, down, right)


@random_shift.mistake("largest-shift-left-out")
def _(images, max_shift, rng):
    """`rng.integers(low, high)` never draws high, so the shift max_shift never occurs here.

    On average, the pictures drift up and to the left. With max_shift = 0 there is nothing to draw
    from.

    Check: print the largest of 1,000 draws.
    """
    down, right = rng.integers(-max_shift, max_shift, (2, len(images)))
    return moved(images, max_shift, down, right)


@random_shift.mistake("only-along-the-diagonal")
def _(images, max_shift, rng):
    """Each axis needs its own draw; here one draw moves both, so images move only along the
    diagonal.

    Only 2 max_shift + 1 of the (2 max_shift + 1)^2 shifts can occur.

    Check: with max_shift = 1, count the different results of 1,000 copies of one image; there
    should be 9.
    """
    down = rng.integers(-max_shift, max_shift + 1, len(images))
    return moved(images, max_shift, down, down)


@random_shift.mistake("only-sideways")
def _(images, max_shift, rng):
    """Images move along both axes; here they move only sideways.

    Check: with max_shift = 1, count the different results of 1,000 copies of one image; there
    should be 9.
    """
    right = rng.integers(-max_shift, max_shift + 1, len(images))
    return moved(images, max_shift, 0 * right, right)


@random_shift.mistake("not-moved")
def _(images, max_shift, rng):
    """A shifted image differs from the original unless both shifts are 0; here no image moved.

    Check: shift an image of ones a few times; sometimes a border should become 0.
    """
    return images.copy()


@random_shift.mistake("shifts-seeded-anew", rows="H10 N07")
def _(images, max_shift, rng):
    """The rng that is passed in keeps its state between calls; here each call makes a new generator
    with the same seed.

    Every epoch then sees the same shifts, so the training set is no larger than before.

    Check: two calls in a row with one rng should differ.
    """
    down, right = np.random.default_rng(0).integers(-max_shift, max_shift + 1, (2, len(images)))
    return moved(images, max_shift, down, right)


@random_shift.mistake("shifts-from-the-global-generator", rows="N07")
def _(images, max_shift, rng):
    """Draws should come from the rng that is passed in; here they come from NumPy's global
    generator.

    Check: two generators with the same seed should give the same result.
    """
    down, right = np.random.randint(-max_shift, max_shift + 1, (2, len(images)))
    return moved(images, max_shift, down, right)


@random_shift.mistake("originals-moved", rows="N05")
def _(images, max_shift, rng):
    """Writing into images changes the caller's array, so the originals lose pixels with every call.

    After many epochs only zeros are left.

    Check: keep a copy of images, call your function, and compare.
    """
    down, right = rng.integers(-max_shift, max_shift + 1, (2, len(images)))
    images[:] = moved(images, max_shift, down, right)
    return images
