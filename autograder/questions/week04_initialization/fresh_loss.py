"""The loss that a classifier should show before it has learned anything."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=5, returns=("knows_nothing", "knows_shares"))
def fresh_loss(counts: Array) -> Any:
    """The losses of two beginners, who look at no picture.

    Args:
        counts: how many examples each class has, shape (K,), whole numbers; 0 for a class without
            examples, but not for all.

    Returns:
        knows_nothing, the mean loss with the probability 1 / K for each of the K classes; and
        knows_shares, the mean loss with the share of the examples as each class's probability.

    Source: keras.losses.categorical_crossentropy from logits of 0; tf.math.xlogy.
    """
    import keras
    import tensorflow as tf

    shares = tf.constant(counts / counts.sum())[None]
    nothing = keras.losses.categorical_crossentropy(
        shares, tf.zeros_like(shares), from_logits=True
    )[0]
    return nothing, -tf.reduce_sum(tf.math.xlogy(shares, shares))


@fresh_loss.case("typical", weight=2)
def _(rng: Rng) -> Inputs:
    return {"counts": rng.permutation(np.array([5, 19, 64, 140, 33, 8, 90]))}


@fresh_loss.case("balanced", square="equal classes are what the case tests")
def _(rng: Rng) -> Inputs:
    return {"counts": np.full(int(rng.integers(11, 30)), 60)}


@fresh_loss.case("class-without-examples", weight=2)
def _(rng: Rng) -> Inputs:
    return {"counts": rng.permutation(np.array([0, 31, 0, 70, 1, 12]))}


@fresh_loss.case("many-examples")
def _(rng: Rng) -> Inputs:
    return {"counts": rng.integers(10**5, 10**7, 9)}


@fresh_loss.case("one-class-only", square="a single class is what the case tests")
def _(rng: Rng) -> Inputs:
    return {"counts": rng.integers(20, 30, 1)}


def shares_of(counts: Array) -> Array:
    """The shares of the classes that have examples, for mistakes made elsewhere."""
    kept = counts[counts > 0]
    p: Array = kept / kept.sum()
    return p


def entropy(counts: Array) -> float:
    """The second part, for mistakes in the first."""
    p = shares_of(counts)
    return float(-(p * np.log(p)).sum())


@fresh_loss.alternative("example-by-example")
def _(counts: Array) -> Any:
    K, N = len(counts), counts.sum()
    losses = [np.log(N) - np.log(n) for n in counts if n > 0]
    return np.log(K), np.dot(counts[counts > 0], losses) / N


@fresh_loss.mistake("fresh-logarithm-to-base-2")
def _(counts: Array) -> Any:
    """The loss uses the natural logarithm; here both are counted in bits, with base 2.

    One bit is ln 2 = 0.693 of this loss.

    Check: for ten balanced classes both should be 2.303.
    """
    p = shares_of(counts)
    return np.log2(len(counts)), -(p * np.log2(p)).sum()


@fresh_loss.mistake("fresh-logarithm-to-base-10")
def _(counts: Array) -> Any:
    """The loss uses the natural logarithm, np.log; here it is the one to base 10.

    Check: for ten balanced classes both should be 2.303, not 1.
    """
    p = shares_of(counts)
    return np.log10(len(counts)), -(p * np.log10(p)).sum()


@fresh_loss.mistake("fresh-loss-negative")
def _(counts: Array) -> Any:
    """A loss is minus the log of the probability; without the minus it is negative.

    Probabilities are at most 1, so their logarithms are at most 0.

    Check: for ten balanced classes both should be 2.303.
    """
    return -np.log(len(counts)), -entropy(counts)


@fresh_loss.mistake("fresh-error-rate")
def _(counts: Array) -> Any:
    """This is how often a guess fails, 1 - p; the loss is -ln p.

    Both are 0 for a beginner who is always right, and only the loss has no upper end.

    Check: for ten balanced classes both should be 2.303, not 0.9.
    """
    p = shares_of(counts)
    return 1 - 1 / len(counts), (p * (1 - p)).sum()


@fresh_loss.mistake("fresh-classes-with-examples-only", at="knows_nothing")
def _(counts: Array) -> Any:
    """Who knows nothing gives every class a chance, those without examples as well; here only the
    others are counted.

    The network has K outputs, whatever the data hold.

    Check: for counts of [5, 0] the first loss should be ln 2.
    """
    return np.log((counts > 0).sum())


@fresh_loss.mistake("fresh-examples-for-classes", at="knows_nothing")
def _(counts: Array) -> Any:
    """The chance is 1 / K for K classes; here it is 1 over the number of examples.

    Check: the first loss should not change when every count is doubled.
    """
    return np.log(counts.sum())


@fresh_loss.mistake("fresh-zero-times-log-zero", at="knows_shares")
def _(counts: Array) -> Any:
    """For a class without examples 0 * log(0) is 0 * -inf, which is nan.

    No example has this class, so it adds nothing to the mean loss.

    Next: leave out the classes with a count of 0 before you take the logarithm.
    """
    p = counts / counts.sum()
    return -(p * np.log(p)).sum()


@fresh_loss.mistake("fresh-mean-over-classes", at="knows_shares")
def _(counts: Array) -> Any:
    """The mean is over the examples, so each class counts with its share; here every class counts
    the same.

    Rare classes have a large loss and few examples.

    Check: for counts of [99, 1] the second loss should be 0.056.
    """
    return -np.log(shares_of(counts)).mean()


@fresh_loss.mistake("fresh-sum-divided-by-classes", at="knows_shares")
def _(counts: Array) -> Any:
    """The sum of p * -ln p is a mean already, because the shares p sum to 1; here it is divided by
    the number of classes once more.

    Check: for balanced classes the two losses should be equal.
    """
    return entropy(counts) / len(counts)


@fresh_loss.mistake("fresh-always-the-most-frequent", at="knows_shares")
def _(counts: Array) -> Any:
    """This is the loss of the most frequent class alone; the mean is over the examples of all.

    Check: for counts of [99, 1] the second loss should be 0.056.
    """
    return -np.log(shares_of(counts).max())


@fresh_loss.mistake("fresh-counts-for-shares", at="knows_shares")
def _(counts: Array) -> Any:
    """The logarithm is that of a probability, a count divided by the number of examples; here it is
    that of the count.

    Check: for ten balanced classes both losses should be 2.303.
    """
    p = shares_of(counts)
    return -(p * np.log(counts[counts > 0])).sum()
