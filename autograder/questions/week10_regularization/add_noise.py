# mypy: disable-error-code="no-untyped-def"
# Wrong formulas repeat the reference's arguments; their types are stated there.
"""Noise on a picture, judged by the statistics of many draws."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograder.questions import draws
from autograder.questions.define import Array, Inputs, Rng, question


def grain(images: Array, std: float, first: Array, following: Array, again: Array) -> list[Any]:
    """What three calls show, as the parts named in `returns`.

    Args:
        images: pixels that are 0, 1 or in the middle between them, shape (N, H, W).
        std: far smaller than a half.
        first: a call's result (N, H, W).
        following: the next call with the same generator.
        again: a call with a new generator of the same seed.
    """
    if first.shape != images.shape:
        raise ValueError(f"the result has shape {first.shape}, images have {images.shape}")
    first, following, again = (np.asarray(call, float) for call in (first, following, again))
    noise = first - images
    spread = float(noise.std())
    same = bool(spread > 0 and np.allclose(noise, noise[0], atol=1e-5 * spread))
    # A pixel in the middle stays inside [0, 1] in any case.
    middle = np.abs(images - 0.5) < 0.3
    quiet = noise[0][middle[0]] if same else noise[middle]
    spreads = [std, std**2, math.sqrt(std), std / math.sqrt(3), std / math.sqrt(12)]
    half = std * math.sqrt(2 / math.pi)
    spreads += [math.sqrt(std**2 - half**2), 1.0]
    beyond = (first < 0) | (first > 1)
    found = [
        draws.mean(quiet, float(quiet.std()), [0.0, half, std / 2, std]),
        0.0 if spread == 0 else draws.deviation(quiet, spreads),
        bool(beyond.any()),
        spread > 0 and draws.follow(quiet, draws.normal),
        same,
        bool(np.array_equal(first, again)),
        bool(not np.array_equal(first, following)),
    ]
    return [np.asarray(part) for part in found]


@question(
    points=4, returns=("mean", "spread", "leaves_range", "normal", "shared", "repeats", "continues")
)
def add_noise(images: Array, std: float, seed: int) -> Any:
    """Images with normal noise of mean 0 added to every pixel, not clipped.

    The notebook's function receives `rng`, a generator made from `seed`. Three calls are made:
    two in a row, and one with a new generator of the same seed.

    Args:
        images: shape (N, H, W), float64 in [0, 1].
        std: the standard deviation of the noise.
        seed: makes the generator.

    Returns:
        mean: of the noise, the difference to images.
        spread: its standard deviation.
        leaves_range: whether dark and bright pixels leave [0, 1].
        normal: whether its draws are independent and normal.
        shared: whether all images got the same noise.
        repeats: whether the same seed gives the same result.
        continues: whether the next call draws again.

    Source: keras.layers.GaussianNoise.
    """
    import keras

    calls = []
    for number in (seed, seed + 1, seed):
        layer = keras.layers.GaussianNoise(std, seed=number, dtype=images.dtype.name)
        calls.append(np.asarray(layer(images, training=True)))
    return grain(images, std, *calls)


@add_noise.driver
def _(add_noise: Any, images: Array, std: float, seed: int) -> Any:
    rng = np.random.default_rng(seed)
    first = add_noise(images, std, rng)
    if first is None:
        return None
    # What was returned may be images itself, which a later call may change.
    first = np.copy(first)
    following = add_noise(images, std, rng)
    again = add_noise(images, std, np.random.default_rng(seed))
    return {"first": first, "following": following, "again": again}


@add_noise.measure
def _(calls: Any, images: Array, std: float, seed: int) -> Any:
    return grain(images, std, **calls)


def pictures(rng: Rng, std: float) -> Inputs:
    """Half of the pixels are black or white, the others grey."""
    shape = (260, 7, 8)
    extreme = rng.integers(0, 2, shape).astype(float)
    grey = rng.uniform(0.45, 0.55, shape)
    images = np.where(rng.random(shape[1:]) < 0.5, extreme, grey)
    images[:, 0], images[:, 1] = grey[:, 0], extreme[:, 1]
    return {"images": images, "std": std, "seed": int(rng.integers(2**31))}


@add_noise.case("faint")
def _(rng: Rng) -> Inputs:
    return pictures(rng, 0.02)


@add_noise.case("plain")
def _(rng: Rng) -> Inputs:
    return pictures(rng, 0.05)


@add_noise.alternative("normal-with-scale")
def _(images, std, rng):
    return images + rng.normal(0.0, std, images.shape)


@add_noise.mistake("variance-for-spread")
def _(images, std, rng):
    """std is the standard deviation, the square root of the variance; here the noise is multiplied
    by std**2.

    Check: the result minus images, over many pixels, should have the standard deviation std.
    """
    return images + std**2 * rng.standard_normal(images.shape)


@add_noise.mistake("noise-only-upwards")
def _(images, std, rng):
    """The noise has mean 0; uniform numbers from [0, 1) can only make pictures brighter.

    Check: the mean of the result minus images should be near 0.
    """
    return images + std * rng.random(images.shape)


@add_noise.mistake("uniform-noise")
def _(images, std, rng):
    """The noise is normal with standard deviation std; uniform noise from -std to std has a
    standard deviation of only 0.58 std.

    Check: the result minus images, over many pixels, should have the standard deviation std.
    """
    return images + rng.uniform(-std, std, images.shape)


@add_noise.mistake("std-not-used")
def _(images, std, rng):
    """The noise has the standard deviation std; here it is 1 whatever std is.

    That much noise hides everything in a picture whose pixels lie between 0 and 1.

    Check: with std = 0 the result should equal images.
    """
    return images + rng.standard_normal(images.shape)


@add_noise.mistake("noise-clipped", convention=True)
def _(images, std, rng):
    """Many programs clip to [0, 1]; this course, like Keras's GaussianNoise, does not clip.

    Clipping makes the noise of black pixels positive on average.

    Check: some pixels of a black image should become negative.
    """
    return np.clip(images + std * rng.standard_normal(images.shape), 0, 1)


@add_noise.mistake("same-noise-for-all", rows="H07")
def _(images, std, rng):
    """Every pixel of every image gets its own noise; here all images share one pattern.

    A pattern that never changes is learned like any other feature.

    Check: subtract images from the result and compare the first two.
    """
    return images + std * rng.standard_normal(images.shape[1:])


@add_noise.mistake("noise-seeded-anew", rows="H10 N07")
def _(images, std, rng):
    """The rng that is passed in keeps its state between calls; here each call makes a new generator
    with the same seed.

    Every epoch then sees the same noise, which can be memorized.

    Check: two calls in a row with one rng should differ.
    """
    return images + std * np.random.default_rng(0).standard_normal(images.shape)


@add_noise.mistake("noise-from-the-global-generator", rows="N07")
def _(images, std, rng):
    """Draws should come from the rng that is passed in; here they come from NumPy's global
    generator.

    Check: two generators with the same seed should give the same result.
    """
    return images + std * np.random.standard_normal(images.shape)


@add_noise.mistake("noise-added-in-place", rows="N05")
def _(images, std, rng):
    """`+=` writes into the caller's array, so noise accumulates in the training set.

    Check: keep a copy of images, call your function, and compare.
    """
    images += std * rng.standard_normal(images.shape)
    return images
