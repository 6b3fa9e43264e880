"""The backward pass through dropout."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions import draws
from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week10_regularization.dropout_forward import constant_factor
from course_lib.gradients import vector_jacobian_product


def blame(dX: Array, dout: Array, mask: Array, rate: float) -> list[Array]:
    """Where blame passed and what it was multiplied by, as the parts named in `returns`."""
    dX = np.asarray(dX)
    if dX.shape != dout.shape:
        raise ValueError(f"dX has shape {dX.shape}, dout has {dout.shape}")
    passed = dX != 0
    both = passed & mask
    candidates = [1 / (1 - rate), 1 - rate, *([1 / rate] if rate else [])]
    found = [
        draws.share(~passed[~mask], [1.0, rate, 0.0]) if rate else 1.0,
        draws.share(passed[mask], [1.0, 1 - rate, 0.0]),
        constant_factor(dX[both], dout[both], candidates),
    ]
    return [np.asarray(part) for part in found]


@question(points=5, returns=("blocked", "passed", "scale"))
def dropout_backward(dout: Array, mask: Array, rate: float) -> Any:
    """Blame passes where the forward pass kept the entry, divided by 1 - rate.

    Args:
        dout: dL/dout, shape (N, D), float64.
        mask: True where the forward pass kept an entry, shape (N, D), bool.
        rate: the chance with which it dropped one.

    Returns:
        blocked: the share of dropped entries whose gradient is 0.
        passed: the share of kept entries whose gradient is not 0.
        scale: the one factor of dout there; 0 where there are several.

    Source: tf.GradientTape through keras.ops.where(mask, X / (1 - rate), 0).
    """
    from keras import ops

    def forward(X: Any) -> Any:
        return ops.where(mask, X / (1 - rate), ops.zeros_like(X))

    return blame(vector_jacobian_product(forward, [dout], dout)[0], dout, mask, rate)


@dropout_backward.measure
def _(dX: Any, dout: Array, mask: Array, rate: float) -> Any:
    return blame(dX, dout, mask, rate)


def cached(rng: Rng, rate: float, N: int = 130) -> Inputs:
    """Upstream blame without zeros, and a mask that some forward pass left."""
    dout = rng.uniform(0.5, 2.0, (N, 170)) * rng.choice([-1.0, 1.0], (N, 170))
    return {"dout": dout, "mask": rng.random(dout.shape) >= rate, "rate": rate}


@dropout_backward.case("typical", weight=2)
def _(rng: Rng) -> Inputs:
    return cached(rng, 0.4)


@dropout_backward.case("high-rate", square="a batch of one keeps its axis")
def _(rng: Rng) -> Inputs:
    return cached(rng, 0.75, N=1)


@dropout_backward.case("rate-zero")
def _(rng: Rng) -> Inputs:
    return cached(rng, 0.0)


@dropout_backward.mistake("mask-drawn-anew", rows="H08")
def _(dout: Array, mask: Array, rate: float) -> Any:
    """The mask is that of the forward pass; here a new one is drawn.

    The gradient then reaches units that were dropped and misses others that were kept.

    Check: where the mask is False, dX should be 0.
    """
    return dout * (np.random.random(dout.shape) >= rate) / (1 - rate)


@dropout_backward.mistake("dropped-entries-blamed", rows="H09")
def _(dout: Array, mask: Array, rate: float) -> Any:
    """A dropped entry had no influence on the loss, so its gradient is 0; here the gradient passes.

    Check: where the mask is False, dX should be 0.
    """
    return dout.copy()


@dropout_backward.mistake("all-scaled-none-blocked", rows="H09")
def _(dout: Array, mask: Array, rate: float) -> Any:
    """A dropped entry had no influence on the loss, so its gradient is 0; here the factor is
    applied but not the mask.

    Check: where the mask is False, dX should be 0.
    """
    return dout / (1 - rate)


@dropout_backward.mistake("mask-without-scale", rows="H09")
def _(dout: Array, mask: Array, rate: float) -> Any:
    """A kept entry was divided by 1 - rate, so its slope is 1 / (1 - rate); here it is 1.

    Check: at rate 0.5, a kept entry's gradient should be twice its dout.
    """
    return dout * mask


@dropout_backward.mistake("multiplied-by-the-share-kept")
def _(dout: Array, mask: Array, rate: float) -> Any:
    """The slope of X / (1 - rate) is 1 / (1 - rate); here dout is multiplied by 1 - rate.

    Check: at rate 0.5, a kept entry's gradient should be twice its dout.
    """
    return dout * mask * (1 - rate)


@dropout_backward.mistake("blame-divided-by-the-rate", rows="H05")
def _(dout: Array, mask: Array, rate: float) -> Any:
    """The forward pass divides by the fraction kept, 1 - rate; here the gradient is divided by
    rate.

    Check: with rate = 0 the result should be dout.
    """
    return dout * mask / rate if rate else dout * mask * np.inf


@dropout_backward.mistake("mask-inverted", rows="H04")
def _(dout: Array, mask: Array, rate: float) -> Any:
    """The mask is True where an entry was kept; here the gradient passes where it is False.

    Check: where the mask is False, dX should be 0.
    """
    return dout * ~mask / (1 - rate)


@dropout_backward.mistake("upstream-ignored-by-dropout")
def _(dout: Array, mask: Array, rate: float) -> Any:
    """The chain rule multiplies the slope by dout; here the slope alone is returned.

    Check: double dout; the result should double.
    """
    return mask / (1 - rate)


@dropout_backward.mistake("dout-changed-by-dropout", rows="N05")
def _(dout: Array, mask: Array, rate: float) -> Any:
    """Writing zeros into dout changes the caller's array.

    The returned values are right, but another branch of the network may still need dout.

    Check: compare dout before and after the call with np.array_equal.
    """
    dout[~mask] = 0
    return dout / (1 - rate)
