"""Gradient clipping by global norm."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question

Gradients = dict[str, Array]


@question(points=7, returns=("clipped", "norm"), parts={"clipped": 2, "norm": 1})
def clip_by_global_norm(grads: Gradients, max_norm: float) -> Any:
    """Gradients shortened to a global norm of at most max_norm, and their norm before that.

    The global norm is the root of the sum of all squared entries of all arrays together. Where it
    is larger than max_norm, every array is multiplied by max_norm / norm; otherwise the gradients
    are returned as they are.

    Args:
        grads: gradients of any shape, by the names of their parameters; float64.
        max_norm: the largest norm that is allowed, greater than 0.

    Returns:
        A new dict with the keys and the shapes of grads, and the norm before clipping. Gradients
        that are all 0 stay so.

    Source: tf.clip_by_global_norm; Pascanu, Mikolov & Bengio 2013, algorithm 1.
    """
    import tensorflow as tf

    clipped, norm = tf.clip_by_global_norm(list(grads.values()), max_norm)
    return dict(zip(grads, clipped, strict=True)), norm


def gradients(rng: Rng) -> Gradients:
    """Gradients of a small network, some arrays much larger than others."""
    shapes = {"W1": (5, 4), "b1": (4,), "W2": (3, 4, 1), "b2": (1,)}
    sizes = rng.permutation([0.3, 1.0, 3.0, 6.0])
    return {
        name: size * rng.normal(size=shape)
        for (name, shape), size in zip(shapes.items(), sizes, strict=True)
    }


def length(grads: Gradients) -> Any:
    """The global norm."""
    return np.sqrt(sum((gradient**2).sum() for gradient in grads.values()))


def scaled(grads: Gradients, factor: Any) -> Gradients:
    """All gradients times one factor."""
    return {name: gradient * factor for name, gradient in grads.items()}


@clip_by_global_norm.case("too-long", weight=5)
def _(rng: Rng) -> Inputs:
    grads = gradients(rng)
    return {"grads": grads, "max_norm": float(length(grads) * rng.uniform(0.2, 0.6))}


@clip_by_global_norm.case("short-enough", weight=3)
def _(rng: Rng) -> Inputs:
    grads = gradients(rng)
    return {"grads": grads, "max_norm": float(length(grads) * rng.uniform(1.3, 3.0))}


@clip_by_global_norm.case("exploding", weight=2)
def _(rng: Rng) -> Inputs:
    grads = scaled(gradients(rng), 1e4)
    return {"grads": grads, "max_norm": float(rng.uniform(0.5, 2.0))}


@clip_by_global_norm.case("tiny-and-too-long")
def _(rng: Rng) -> Inputs:
    grads = scaled(gradients(rng), 1e-8)
    return {"grads": grads, "max_norm": float(length(grads) * rng.uniform(0.2, 0.6))}


@clip_by_global_norm.case("tiny-and-short-enough")
def _(rng: Rng) -> Inputs:
    grads = scaled(gradients(rng), 1e-8)
    return {"grads": grads, "max_norm": float(length(grads) * rng.uniform(1.3, 3.0))}


@clip_by_global_norm.case("all-zero", stability=True)
def _(rng: Rng) -> Inputs:
    return {"grads": scaled(gradients(rng), 0.0), "max_norm": float(rng.uniform(0.5, 2.0))}


@clip_by_global_norm.alternative("one-factor-for-both-cases")
def _(grads: Gradients, max_norm: float) -> Any:
    norm = length(grads)
    return scaled(grads, max_norm / np.maximum(norm, max_norm)), norm


@clip_by_global_norm.mistake("every-array-by-itself", at="clipped", rows="G33")
def _(grads: Gradients, max_norm: float) -> Any:
    """One norm is taken over all arrays together; here each array has a norm and a limit of its
    own.

    Large arrays are shortened and small ones are not, so the step points in another direction. And
    L arrays of norm max_norm can still be sqrt(L) times too long together.

    Check: the ratio of two arrays' norms should be the same before and after clipping.
    """
    return {
        name: gradient * max_norm / max(float(np.linalg.norm(gradient)), max_norm)
        for name, gradient in grads.items()
    }


@clip_by_global_norm.mistake("norm-after-clipping", at="norm", rows="G36")
def _(grads: Gradients, max_norm: float) -> Any:
    """The second value is the norm before clipping; this is the norm after it, which never exceeds
    max_norm.

    The norm before clipping belongs in a log: it shows that something exploded. The norm after
    clipping always looks harmless.

    Check: gradients [3, 4] with max_norm 1 should report the norm 5.
    """
    return min(length(grads), max_norm)


@clip_by_global_norm.mistake("always-scaled", at="clipped")
def _(grads: Gradients, max_norm: float) -> Any:
    """Only gradients longer than max_norm are scaled; here short ones are stretched to max_norm
    too.

    Near a minimum, gradients are small for a reason. Stretched ones would overshoot it forever.
    Gradients of 0 become 0 / 0.

    Check: gradients shorter than max_norm should come back unchanged.
    """
    return scaled(grads, max_norm / length(grads))


@clip_by_global_norm.mistake("scaled-to-length-one", at="clipped")
def _(grads: Gradients, max_norm: float) -> Any:
    """Gradients that are too long should end up with length max_norm; here they are divided by
    their norm alone, which gives length 1.

    With max_norm = 1 this makes no difference.

    Check: after clipping, the global norm of the result should be max_norm.
    """
    norm = length(grads)
    return scaled(grads, 1 / norm) if norm > max_norm else grads


@clip_by_global_norm.mistake("entries-clipped", at="clipped")
def _(grads: Gradients, max_norm: float) -> Any:
    """One factor shortens the whole gradient; here every entry is limited to max_norm on its own.

    That is clipping by value. It changes the direction of the step, and many entries below the
    limit can still add up to a long gradient.

    Check: the ratio of any two entries should be the same before and after clipping.
    """
    return {name: np.clip(gradient, -max_norm, max_norm) for name, gradient in grads.items()}


@clip_by_global_norm.mistake("norms-added")
def _(grads: Gradients, max_norm: float) -> Any:
    """The square root is taken once, of the sum of all squares; here each array's norm is taken
    first and the norms are added.

    A vector with parts of lengths 3 and 4 has length 5, not 7. Everything is clipped too much.

    Check: two arrays [3] and [4] should have the global norm 5.
    """
    norm = sum(np.linalg.norm(gradient) for gradient in grads.values())
    return (scaled(grads, max_norm / norm) if norm > max_norm else grads), norm


@clip_by_global_norm.mistake("squared-norm")
def _(grads: Gradients, max_norm: float) -> Any:
    """The norm is the square root of the sum of squares; here the root is missing.

    Where the sum is above 1, everything is clipped far too much.

    Check: two arrays [3] and [4] should have the global norm 5.
    """
    norm = length(grads) ** 2
    return (scaled(grads, max_norm / norm) if norm > max_norm else grads), norm


@clip_by_global_norm.mistake("absolute-values-added")
def _(grads: Gradients, max_norm: float) -> Any:
    """The norm is the square root of the sum of squares; here absolute values are added.

    That sum grows with the number of parameters, so large networks would hardly move.

    Check: two arrays [3] and [4] should have the global norm 5.
    """
    norm = sum(np.abs(gradient).sum() for gradient in grads.values())
    return (scaled(grads, max_norm / norm) if norm > max_norm else grads), norm


@clip_by_global_norm.mistake("largest-norm-decides")
def _(grads: Gradients, max_norm: float) -> Any:
    """The global norm covers all arrays together; here only the largest array's norm is used.

    The direction is kept, but the result may still be longer than max_norm.

    Check: two arrays [3] and [4] should have the global norm 5.
    """
    norm = max(np.linalg.norm(gradient) for gradient in grads.values())
    return (scaled(grads, max_norm / norm) if norm > max_norm else grads), norm


@clip_by_global_norm.mistake("nothing-clipped", at="clipped")
def _(grads: Gradients, max_norm: float) -> Any:
    """Gradients longer than max_norm are multiplied by max_norm / norm; here they come back
    unchanged.

    It happens when the shortened arrays are computed but never put into the dict.

    Check: the global norm of the result should be at most max_norm.
    """
    return grads


@clip_by_global_norm.mistake("factor-turned-over", at="clipped")
def _(grads: Gradients, max_norm: float) -> Any:
    """Gradients that are too long should be multiplied by a factor below 1; norm / max_norm is
    above 1.

    Gradients that were too long become even longer.

    Check: the global norm of the result should be at most max_norm.
    """
    norm = length(grads)
    return scaled(grads, norm / max_norm) if norm > max_norm else grads


@clip_by_global_norm.mistake("small-number-in-the-divisor", at="clipped", convention=True)
def _(grads: Gradients, max_norm: float) -> Any:
    """PyTorch divides by norm + 1e-6; this course, like TensorFlow, divides by norm, which cannot
    be 0 there because it is larger than max_norm > 0.

    The results differ in about the seventh digit.

    Check: the global norm of the result should be max_norm to the last digit.
    """
    norm = length(grads)
    return scaled(grads, min(1.0, max_norm / (norm + 1e-6)))


@clip_by_global_norm.mistake("divided-by-no-norm", at="clipped")
def _(grads: Gradients, max_norm: float) -> Any:
    """Where all gradients are 0, max_norm / norm divides by 0; compare the norm with max_norm
    before dividing.

    The values come out right because min takes the 1 and not the infinity. NumPy still warns.

    Check: gradients that are all 0 should come back without a warning.
    """
    return scaled(grads, min(1.0, max_norm / length(grads)))


@clip_by_global_norm.mistake("callers-gradients-changed", rows="N05")
def _(grads: Gradients, max_norm: float) -> Any:
    """`gradient *= factor` writes into the caller's arrays; the clipped gradients should be
    new arrays.

    The returned values are right. But anyone who wants to log the original gradients finds them
    shortened.

    Check: keep a copy of grads, call your function, and compare.
    """
    norm = length(grads)
    if norm > max_norm:
        for gradient in grads.values():
            gradient *= max_norm / norm
    return grads, norm
