# mypy: disable-error-code="no-untyped-def"
# Wrong formulas repeat the reference's arguments; their types are stated there.
"""Gaps in a text and the tokens that belong in them, judged by the statistics of many draws."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import numpy as np

from autograder.questions import draws
from autograder.questions.define import Array, Inputs, Rng, question

NO_TARGET = -1
SMALL = 60
"""Tokens of the small texts by which numbers of gaps are compared."""


@question(points=7)
def mask_tokens(tokens: Array, mask_id: int, rate: float, seed: int) -> Any:
    """Hide each token with probability `rate`, independently of all others.

    The student's function takes a generator `rng` in the place of `seed`, which the grader makes
    of the seed, since a generator cannot travel into the sandbox.

    Args:
        tokens: texts as numbers, shape (N, T), int64; none equals mask_id.
        mask_id: what stands in the place of a hidden token.
        rate: the probability that a token is hidden.
        seed: of the generator.

    Returns:
        inputs (N, T): mask_id where hidden, the token elsewhere; and targets (N, T): the token
        where hidden, -1 elsewhere. Judged by statements about the draws of three calls.

    Source: Devlin et al. 2019, without the random replacements; keras.random.uniform.
    """
    import keras

    def hide(generator: Any) -> Any:
        hidden = keras.random.uniform(tokens.shape, seed=generator) < rate
        inputs = keras.ops.where(hidden, mask_id, tokens)
        return [np.asarray(inputs), np.asarray(keras.ops.where(hidden, tokens, NO_TARGET))]

    generator = keras.random.SeedGenerator(seed)
    first, following = hide(generator), hide(generator)
    again = hide(keras.random.SeedGenerator(seed))
    return statements({"first": first, "again": again, "next": following}, tokens, mask_id, rate)


@mask_tokens.driver
def _(mask_tokens: Any, tokens: Array, mask_id: int, rate: float, seed: int) -> Any:
    rng = np.random.default_rng(seed)
    original = tokens.copy()

    def gaps() -> Any:
        inputs = mask_tokens(original[:5, :12].copy(), mask_id, rate, rng)[0]
        return np.sum(np.asarray(inputs) == mask_id)

    first = mask_tokens(tokens, mask_id, rate, rng)
    if first is None:
        return None
    return {
        "first": first,
        "again": mask_tokens(original.copy(), mask_id, rate, np.random.default_rng(seed)),
        "next": mask_tokens(original.copy(), mask_id, rate, rng),
        "counts": np.array([gaps() for _ in range(40)]),
    }


@mask_tokens.measure
def _(answer: Any, tokens: Array, mask_id: int, rate: float, seed: int) -> Any:
    return statements(answer, tokens, mask_id, rate)


def statements(answer: Any, tokens: Array, mask_id: int, rate: float) -> dict[str, Any]:
    """What can be said of three calls: first, again (the same seed), next (the same generator)."""
    if len(answer["first"]) != 2:
        raise ValueError("expected two arrays, inputs and targets")
    inputs, targets = (np.asarray(part) for part in answer["first"])
    if inputs.shape != tokens.shape or targets.shape != tokens.shape:
        raise ValueError(
            f"inputs {inputs.shape} and targets {targets.shape} should have the shape of tokens"
        )
    first, again, following = (
        np.asarray(answer[call][0]) != tokens for call in ("first", "again", "next")
    )
    asked = targets != NO_TARGET
    # The certainties come first: a few flags that are all alike would also agree with a rate.
    rates = (1.0, 0.0, rate, 1 - rate, NormalDist().cdf(rate))
    return {
        "share of tokens with a target": draws.share(_independent(asked), rates),
        "share of targets that are the token": _among(asked, targets == tokens, rate),
        "share of targets whose input is mask_id": _among(asked, inputs == mask_id, rate),
        "share of other inputs that are the token": _among(~asked, inputs == tokens, rate),
        "smallest target": float(targets.min()),
        "texts have gaps in different places": float((first != first[:1]).any()),
        "texts have gaps in some places": float((first != first[:, :1]).any()),
        # Without counts: Keras draws every token by itself.
        "numbers of gaps vary": float(
            "counts" not in answer or draws.vary(answer["counts"], SMALL, rate)
        ),
        "the same seed makes the same gaps": float(np.array_equal(first, again)),
        "the next call makes other gaps": float(not np.array_equal(first, following)),
    }


def _independent(flags: Array) -> Array:
    """One row or column of flags where all others only repeat it."""
    if (flags == flags[:1]).all():
        return flags[:1]
    return flags[:, :1] if (flags == flags[:, :1]).all() else flags


def _among(some: Array, flags: Array, rate: float) -> float:
    """The share of flags among some positions, settled; 1 where there are none."""
    return draws.share(flags[some], (1.0, 0.0, 0.8, rate)) if some.any() else 1.0


def texts(rng: Rng, rate: float) -> Inputs:
    """Enough tokens to tell every share from every other."""
    kinds = int(rng.integers(300, 400))
    return {
        "tokens": rng.integers(1, kinds, (150, 200)),
        "mask_id": kinds,
        "rate": rate,
        "seed": int(rng.integers(2**31)),
    }


@mask_tokens.case("fifteen-percent", weight=2)
def _(rng: Rng) -> Inputs:
    return texts(rng, 0.15)


@mask_tokens.case("another-rate")
def _(rng: Rng) -> Inputs:
    return texts(rng, float(rng.uniform(0.25, 0.35)))


@mask_tokens.alternative("flags-by-choice")
def _(tokens, mask_id, rate, rng):
    hidden = rng.choice([True, False], size=tokens.shape, p=[rate, 1 - rate])
    return np.where(hidden, mask_id, tokens), np.where(hidden, tokens, -1)


@mask_tokens.alternative("binomial-flags-and-copies")
def _(tokens, mask_id, rate, rng):
    hidden = rng.binomial(1, rate, tokens.shape).astype(bool)
    inputs, targets = tokens.copy(), np.full(tokens.shape, -1)
    inputs[hidden], targets[hidden] = mask_id, tokens[hidden]
    return inputs, targets


@mask_tokens.alternative("drawn-column-by-column")
def _(tokens, mask_id, rate, rng):
    hidden = (rng.random(tokens.T.shape) > 1 - rate).T
    return np.where(hidden, mask_id, tokens), np.where(hidden, tokens, -1)


def flags(tokens: Array, rate: float, rng: Rng) -> Array:
    """Which tokens to hide, for mistakes that lie elsewhere."""
    hidden: Array = rng.random(tokens.shape) < rate
    return hidden


@mask_tokens.mistake("exactly-that-many-gaps")
def _(tokens, mask_id, rate, rng):
    """Each token is hidden with probability `rate` by itself; here it is exactly that share of all.

    Then whether one token is hidden depends on all others, and the number of gaps never varies.

    Check: count the gaps of several calls; the counts should differ.
    """
    hidden = rng.permutation(tokens.size).reshape(tokens.shape) < round(rate * tokens.size)
    return np.where(hidden, mask_id, tokens), np.where(hidden, tokens, NO_TARGET)


@mask_tokens.mistake("mask-id-in-the-targets")
def _(tokens, mask_id, rate, rng):
    """The target of a gap is the token that was there; here it is mask_id.

    The targets were copied after the gaps had been made. The robot would learn to answer *gap* to
    every gap.

    Check: mask_id should not occur among the targets.
    """
    hidden = flags(tokens, rate, rng)
    return np.where(hidden, mask_id, tokens), np.where(hidden, mask_id, -1)


@mask_tokens.mistake("every-token-a-target")
def _(tokens, mask_id, rate, rng):
    """Only gaps have a target, and elsewhere the target is -1; here every token is a target.

    Most answers could then be copied from the input, and the loss would look good without any
    learning.

    Check: the fraction of targets that are not -1 should be near the rate.
    """
    return np.where(flags(tokens, rate, rng), mask_id, tokens), tokens.copy()


@mask_tokens.mistake("targets-of-the-visible")
def _(tokens, mask_id, rate, rng):
    """The target belongs where the token is hidden; here it is where the token is visible.

    The condition of one np.where is reversed.

    Check: where inputs is mask_id, targets should not be -1.
    """
    hidden = flags(tokens, rate, rng)
    return np.where(hidden, mask_id, tokens), np.where(hidden, -1, tokens)


@mask_tokens.mistake("targets-without-ignore")
def _(tokens, mask_id, rate, rng):
    """Where nothing is asked, the target is -1; here it is 0, which is an ordinary token.

    The loss could not tell *no question* from *the answer is token 0*.

    Check: the fraction of targets that are not -1 should be near the rate.
    """
    hidden = flags(tokens, rate, rng)
    return np.where(hidden, mask_id, tokens), np.where(hidden, tokens, 0)


@mask_tokens.mistake("ignore-as-in-pytorch", convention=True)
def _(tokens, mask_id, rate, rng):
    """PyTorch marks *nothing is asked here* with -100; this course uses -1.

    No token has either number.

    Check: the smallest target should be -1.
    """
    hidden = flags(tokens, rate, rng)
    return np.where(hidden, mask_id, tokens), np.where(hidden, tokens, -100)


@mask_tokens.mistake("rate-kept-in-place-of-hidden", rows="H04")
def _(tokens, mask_id, rate, rng):
    """The rate is the fraction that is hidden; here it is the fraction that stays visible.

    With a rate of 0.15, a reversed comparison hides 85 of 100 tokens instead of 15.

    Check: np.mean(inputs == mask_id) should be near the rate.
    """
    hidden = rng.random(tokens.shape) > rate
    return np.where(hidden, mask_id, tokens), np.where(hidden, tokens, -1)


@mask_tokens.mistake("normal-draws-for-a-share", rows="H06")
def _(tokens, mask_id, rate, rng):
    """A uniform number from 0 to 1 is below the rate with exactly that probability; here a normal
    number is drawn, which is below it far more often.

    Numbers from rng.normal and rng.standard_normal are negative half of the time.

    Check: np.mean(inputs == mask_id) should be near the rate.
    """
    hidden = rng.standard_normal(tokens.shape) < rate
    return np.where(hidden, mask_id, tokens), np.where(hidden, tokens, -1)


@mask_tokens.mistake("same-gaps-in-every-row", rows="H07")
def _(tokens, mask_id, rate, rng):
    """Every token has its own draw, (N, T) in all; here one row of draws is used for all texts.

    Broadcasting repeats it without a warning.

    Check: the mask should have the shape of tokens before it is used.
    """
    hidden = np.broadcast_to(rng.random(tokens.shape[1]) < rate, tokens.shape)
    return np.where(hidden, mask_id, tokens), np.where(hidden, tokens, -1)


@mask_tokens.mistake("whole-texts-hidden", rows="H07")
def _(tokens, mask_id, rate, rng):
    """Every token has its own draw, (N, T) in all; here one draw decides for a whole text.

    Nothing can be guessed from a text that is all gaps.

    Check: the mask should have the shape of tokens before it is used.
    """
    hidden = np.broadcast_to(rng.random((len(tokens), 1)) < rate, tokens.shape)
    return np.where(hidden, mask_id, tokens), np.where(hidden, tokens, -1)


@mask_tokens.mistake("gaps-filled-with-zero")
def _(tokens, mask_id, rate, rng):
    """A gap holds mask_id, a token that no text contains; here it holds 0.

    Token 0 has a meaning of its own in most texts.

    Check: np.mean(inputs == mask_id) should be near the rate.
    """
    hidden = flags(tokens, rate, rng)
    return np.where(hidden, 0, tokens), np.where(hidden, tokens, -1)


@mask_tokens.mistake("inputs-without-gaps")
def _(tokens, mask_id, rate, rng):
    """A hidden token is replaced by mask_id in the inputs; here the inputs are the complete text.

    Each question then contains its answer, and the robot only learns to copy.

    Check: np.mean(inputs == mask_id) should be near the rate.
    """
    return tokens.copy(), np.where(flags(tokens, rate, rng), tokens, -1)


@mask_tokens.mistake("some-gaps-left-or-swapped", convention=True)
def _(tokens, mask_id, rate, rng):
    """BERT shows a random token in a tenth of the gaps and the right one in another tenth; in this
    course every gap is mask_id.

    That prepares the network for texts without gaps. It is left out of this exercise.

    Check: where targets is not -1, inputs should be mask_id.
    """
    hidden = flags(tokens, rate, rng)
    fate = rng.random(tokens.shape)
    # A random token that differs from the one it replaces, so that the fractions are exact.
    other = 1 + (tokens + rng.integers(0, mask_id - 2, tokens.shape)) % (mask_id - 1)
    shown = np.where(fate < 0.8, mask_id, np.where(fate < 0.9, other, tokens))
    return np.where(hidden, shown, tokens), np.where(hidden, tokens, -1)


@mask_tokens.mistake("own-seed-for-the-gaps", rows="F09 H10")
def _(tokens, mask_id, rate, rng):
    """Draws should come from the rng that is passed in; here each call makes a new generator with a
    fixed seed.

    Each epoch would hide the same tokens, and the others would never be targets.

    Check: two calls in a row with the same rng should hide different positions.
    """
    hidden = flags(tokens, rate, np.random.default_rng(0))
    return np.where(hidden, mask_id, tokens), np.where(hidden, tokens, -1)


@mask_tokens.mistake("global-draws-for-the-gaps", rows="F10 N07")
def _(tokens, mask_id, rate, rng):
    """Draws should come from the rng that is passed in; here they come from elsewhere, so the same
    seed does not give the same gaps.

    np.random.rand uses a generator that the whole program shares, and default_rng() without a seed
    is different each time.

    Check: two calls with np.random.default_rng(7) should hide the same positions.
    """
    hidden = flags(tokens, rate, np.random.default_rng())
    return np.where(hidden, mask_id, tokens), np.where(hidden, tokens, -1)


@mask_tokens.mistake("gaps-made-in-place", rows="N05")
def _(tokens, mask_id, rate, rng):
    """Assigning to tokens[hidden] changes the caller's text, because it is not a copy.

    After a few calls the whole text consists of gaps.

    Check: keep a copy of tokens, call your function, and compare tokens with the copy.
    """
    hidden = flags(tokens, rate, rng)
    targets = np.where(hidden, tokens, -1)
    tokens[hidden] = mask_id
    return tokens, targets
