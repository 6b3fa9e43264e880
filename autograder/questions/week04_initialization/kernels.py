"""Statistics of a drawn kernel, and the mistakes that every initializer shares."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder.questions import draws
from autograder.questions.define import Array, Inputs, Question, Rng

Rules = dict[str, list[float]]
"""Standard deviations and means that the right rule and the known wrong ones predict."""
Scale = Callable[..., float]
"""The standard deviation, or a uniform draw's limit, from (fan_in, fan_out, ...)."""


def statements(
    drawn: Any, stds: Sequence[float], means: Sequence[float] = (0.0,)
) -> dict[str, Any]:
    """What a kernel's draws say, settled among the rules that could be meant.

    A normal draw may be cut off at two standard deviations, as Keras cuts it, if its spread is
    then corrected: 1.785 standard deviations is where both kinds have equally many draws beyond,
    and uniform draws have none.

    Args:
        drawn: the kernel, the first row of the same call again, and that of the call after it.
        stds: standard deviations that the right rule and the known wrong ones predict.
        means: means that they predict.
    """
    W = np.asarray(drawn["draws"], np.float64)
    if W.size == 0:
        raise ValueError("the kernel has no entries")
    std = draws.deviation(W, stds)
    mean = draws.settled(float(W.mean()), float(W.std()) / math.sqrt(W.size), means)
    some = W.ravel()[:4000]
    distinct = len(np.unique(some)) / len(some)
    return {
        "shape": np.isfinite(W),
        "share of distinct weights": 1.0 if distinct > 0.99 else distinct,
        "mean": mean,
        "std": std,
        "share beyond 1.785 std": draws.share(np.abs(W - mean) > 1.785 * std, (0.0, 0.0742555)),
        "independent draws": draws.follow(W, draws.normal, draws.truncated, draws.uniform),
        "same seed, same weights": np.array_equal(W[:1], drawn["again"]),
        "second call, same weights": np.array_equal(W[:1], drawn["next"]),
    }


def from_keras(initializer: Any, fan_in: int, fan_out: int, seed: int, **how: Any) -> Any:
    """The same draws as a student's driver makes, by one of Keras' initializers."""

    def draw(number: int) -> Array:
        return np.asarray(initializer(seed=number, **how)((fan_in, fan_out), dtype="float64"))

    return {"draws": draw(seed), "again": draw(seed)[:1], "next": draw(seed + 1)[:1]}


def drive(initialize: Any, fan_in: int, fan_out: int, seed: int) -> Any:
    """Draw twice with one generator, and once more with another of the same seed."""
    rng = np.random.default_rng(seed)
    first = initialize(fan_in, fan_out, rng)
    following = initialize(fan_in, fan_out, rng)
    again = initialize(fan_in, fan_out, np.random.default_rng(seed))
    if first is None:
        return None
    return {
        "draws": first,
        "again": np.atleast_1d(again)[:1],
        "next": np.atleast_1d(following)[:1],
    }


def narrowing(rng: Rng) -> Inputs:
    """A layer with seven times as many inputs as outputs, and about 40,000 weights.

    All rules of this week then predict spreads that lie 13 standard errors apart.
    """
    n = int(rng.integers(73, 81))
    return {"fan_in": 7 * n, "fan_out": n, "seed": int(rng.integers(2**31 - 1))}


def widening(rng: Rng) -> Inputs:
    """The other way round."""
    given = narrowing(rng)
    return given | {"fan_in": given["fan_out"], "fan_out": given["fan_in"]}


def with_rules(given: Inputs, rules: Callable[[int, int], Rules]) -> Inputs:
    """A case's inputs with what the measure settles on, so that the measure needs no formula."""
    return given | {"rules": rules(given["fan_in"], given["fan_out"])}


def truncated(rng: Rng, shape: tuple[int, int]) -> Array:
    """Normal draws, with those beyond two standard deviations drawn again."""
    z = rng.standard_normal(shape)
    while (far := np.abs(z) > 2).any():
        z[far] = rng.standard_normal(int(far.sum()))
    return z


def normal(rng: Rng, scale: float, shape: tuple[int, int]) -> Array:
    """Normal draws of this standard deviation."""
    return rng.normal(0.0, scale, shape)


def uniform(rng: Rng, scale: float, shape: tuple[int, int]) -> Array:
    """Uniform draws between minus and plus this limit."""
    return rng.uniform(-scale, scale, shape)


def add_shared_mistakes(
    item: Question, scale: Scale, draw: Callable[[Rng, float, tuple[int, int]], Array]
) -> None:
    """Add the mistakes that do not depend on an initializer's rule.

    Args:
        item: the question that takes them.
        scale: its right scale.
        draw: how it draws, `normal` or `uniform`.
    """

    @item.mistake("weights-all-equal", rows="F01")
    def _(fan_in: int, fan_out: int, *given: Any) -> Any:
        """Equal weights make equal units, and equal units get equal nudges; weights have to differ.

        A kernel of zeros, of ones or of any single number gives a pile with only one distinct unit
        per layer, and it stays that way however long it learns.

        Check: count the different numbers in the kernel, np.unique(W).size.
        """
        return np.full((fan_in, fan_out), scale(fan_in, fan_out, *given[:-1]))

    @item.mistake("weights-only-positive", rows="F06")
    def _(fan_in: int, fan_out: int, *given: Any) -> Any:
        """A unit needs weights of both signs, around 0; here they all lie between 0 and a limit.

        rng.random and rng.uniform(0, limit) only draw positive numbers. Every unit then says yes to
        everything, and the sums grow from layer to layer.

        Check: W.mean() should be close to 0, and about half of the weights should be negative.
        """
        return given[-1].random((fan_in, fan_out)) * scale(fan_in, fan_out, *given[:-1])

    @item.mistake("seeded-inside", rows="F09")
    def _(fan_in: int, fan_out: int, *given: Any) -> Any:
        """A generator that is seeded inside the function starts again at every call.

        Each call then returns the same numbers, so two layers of the same size are equal. The
        argument rng is a generator that moves on with each draw.

        Check: call it twice with the same rng; the two kernels should differ.
        """
        shape = (fan_in, fan_out)
        return draw(np.random.default_rng(0), scale(fan_in, fan_out, *given[:-1]), shape)

    @item.mistake("rng-ignored", rows="F10 N07")
    def _(fan_in: int, fan_out: int, *given: Any) -> Any:
        """All random numbers should come from the argument rng; here they come from somewhere else.

        np.random.normal and np.random.default_rng() do not use the generator that was passed, so
        nobody can reproduce the network.

        Check: two generators with the same seed should give the same kernel.
        """
        shape = (fan_in, fan_out)
        return draw(np.random.default_rng(), scale(fan_in, fan_out, *given[:-1]), shape)

    @item.mistake("kernel-transposed", rows="B18", convention=True)
    def _(fan_in: int, fan_out: int, *given: Any) -> Any:
        """A kernel has one row per input, (fan_in, fan_out), so that X @ W fits.

        Some libraries store it the other way round. The standard deviation of the weights is right.

        Check: print W.shape.
        """
        return draw(given[-1], scale(fan_in, fan_out, *given[:-1]), (fan_out, fan_in))
