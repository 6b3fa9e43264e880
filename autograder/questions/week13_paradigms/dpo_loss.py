# mypy: disable-error-code="no-untyped-def"
# Wrong formulas repeat the reference's arguments; their types are stated there.
"""Learning from which of two answers people preferred."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import SMALL_NUMBERS, Array, Inputs, Rng, question


@question(points=9)
def dpo_loss(
    chosen: Array, rejected: Array, ref_chosen: Array, ref_rejected: Array, beta: float
) -> Any:
    """The mean over N pairs of -log sigmoid(beta * margin), from log-probabilities of answers.

    The margin is (chosen - ref_chosen) - (rejected - ref_rejected).

    Args:
        chosen: the policy's log-probability of the preferred answer, shape (N,), float64.
        rejected: the policy's log-probability of the other answer, shape (N,), float64.
        ref_chosen: the reference's log-probability of the preferred answer, shape (N,), float64.
        ref_rejected: the reference's log-probability of the other answer, shape (N,), float64.
        beta: how strongly a margin counts, a positive number.

    Returns:
        One number, 0 or more; finite for log-probabilities down to -10,000.

    Source: Rafailov et al. 2023, equation 7; keras.ops.softplus.
    """
    from keras import ops

    margin = (chosen - ref_chosen) - (rejected - ref_rejected)
    return ops.mean(ops.softplus(-beta * margin))


def answers(rng: Rng, N: int, low: float, spread: float, beta: float) -> Inputs:
    """Log-probabilities of answers, and those of a reference that is not far away."""
    chosen, rejected = rng.uniform(low, 0.4 * low, (2, N))
    moved = spread * rng.uniform(0.2, 1.0, (2, N)) * rng.choice([-1.0, 1.0], (2, N))
    return {
        "chosen": chosen,
        "rejected": rejected,
        "ref_chosen": np.minimum(chosen + moved[0], -0.1),
        "ref_rejected": np.minimum(rejected + moved[1], -0.1),
        "beta": beta,
    }


@dpo_loss.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return answers(rng, 7, -12.0, 4.0, float(rng.uniform(0.2, 0.5)))


@dpo_loss.case("strong-beta", square="one pair of answers is a batch as well")
def _(rng: Rng) -> Inputs:
    return answers(rng, 1, -8.0, 2.0, float(rng.uniform(1.5, 3.0)))


@dpo_loss.case("long-answers", weight=2, stability=True)
def _(rng: Rng) -> Inputs:
    given = answers(rng, 6, -10_000.0, 50.0, float(rng.uniform(0.6, 0.9)))
    # A third of the pairs is judged utterly wrongly, a third utterly rightly, a third barely.
    gap = rng.uniform(1800.0, 3000.0, 6) * np.resize([-1.0, 1.0, 2e-4], 6)
    given["ref_chosen"] = rng.uniform(-6000.0, -5000.0, 6)
    given["ref_rejected"] = rng.uniform(-6000.0, -5000.0, 6)
    given["chosen"] = given["ref_chosen"] + gap / 2
    given["rejected"] = given["ref_rejected"] - gap / 2
    return given


@dpo_loss.alternative("logaddexp")
def _(chosen, rejected, ref_chosen, ref_rejected, beta):
    now, before = chosen - rejected, ref_chosen - ref_rejected
    return np.logaddexp(0, beta * (before - now)).mean()


@dpo_loss.alternative("maximum-and-log1p")
def _(chosen, rejected, ref_chosen, ref_rejected, beta):
    x = beta * ((rejected - ref_rejected) - (chosen - ref_chosen))
    return np.mean(np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))))


def margins(chosen: Array, rejected: Array, ref_chosen: Array, ref_rejected: Array) -> Array:
    """Correct margins, for wrong formulas whose mistake lies elsewhere."""
    margin: Array = (chosen - ref_chosen) - (rejected - ref_rejected)
    return margin


def loss(x: Array) -> Any:
    """The mean of -log sigmoid(x), without overflow."""
    return np.logaddexp(0, -x).mean()


@dpo_loss.mistake("beta-missing")
def _(chosen, rejected, ref_chosen, ref_rejected, beta):
    """The margin is multiplied by beta before the sigmoid; here beta is missing.

    beta controls how far the policy may move away from the reference. Without it the answer is
    right only for beta = 1.

    Check: with beta = 0 the loss should be log 2, 0.6931.
    """
    return loss(margins(chosen, rejected, ref_chosen, ref_rejected))


@dpo_loss.mistake("beta-divides")
def _(chosen, rejected, ref_chosen, ref_rejected, beta):
    """The margin is multiplied by beta; here it is divided by beta, as by a temperature.

    A small beta should make the loss insensitive, close to log 2.

    Check: with beta = 0.001 and ordinary margins the loss should be about 0.69.
    """
    return loss(margins(chosen, rejected, ref_chosen, ref_rejected) / beta)


@dpo_loss.mistake("beta-outside-the-sigmoid")
def _(chosen, rejected, ref_chosen, ref_rejected, beta):
    """beta multiplies the margin inside the sigmoid; here it multiplies the loss.

    -log sigmoid is not linear, so the two differ.

    Check: with beta = 0 the loss should be log 2, 0.6931.
    """
    return beta * loss(margins(chosen, rejected, ref_chosen, ref_rejected))


@dpo_loss.mistake("beta-on-the-policy-only")
def _(chosen, rejected, ref_chosen, ref_rejected, beta):
    """beta multiplies the whole margin, policy and reference; here it multiplies only the policy's
    part.

    A pair of parentheses is missing.

    Check: with the policy equal to the reference, the loss should be log 2, 0.6931.
    """
    return loss(beta * (chosen - rejected) - (ref_chosen - ref_rejected))


@dpo_loss.mistake("chosen-and-rejected-exchanged", rows="C05")
def _(chosen, rejected, ref_chosen, ref_rejected, beta):
    """The loss falls when the preferred answer becomes more likely; here it falls when the rejected
    one does.

    The margin has the wrong sign. The robot would learn what people dislike.

    Check: raising chosen should lower the loss.
    """
    return loss(-beta * margins(chosen, rejected, ref_chosen, ref_rejected))


@dpo_loss.mistake("reference-missing")
def _(chosen, rejected, ref_chosen, ref_rejected, beta):
    """The margin compares the policy with the reference; here the reference is not used.

    An answer is then penalized for being long or rare, and nothing keeps the policy near its
    starting point.

    Check: with the policy equal to the reference, the loss should be log 2, 0.6931.
    """
    return loss(beta * (chosen - rejected))


@dpo_loss.mistake("reference-added")
def _(chosen, rejected, ref_chosen, ref_rejected, beta):
    """The margin is what the policy gained over the reference, a difference; here the reference is
    added.

    The logarithm of a ratio is a difference of logarithms. Swapping the two reference arguments
    gives the same wrong number.

    Check: with the policy equal to the reference, the loss should be log 2, 0.6931.
    """
    return loss(beta * ((chosen + ref_chosen) - (rejected + ref_rejected)))


@dpo_loss.mistake("chosen-answer-only")
def _(chosen, rejected, ref_chosen, ref_rejected, beta):
    """The margin is a difference between two answers; here the rejected answer is not used.

    A preference says which of two answers is better, and nothing about either one alone.

    Check: lowering rejected should lower the loss.
    """
    return loss(beta * (chosen - ref_chosen))


@dpo_loss.mistake("probability-ratios-without-logarithms")
def _(chosen, rejected, ref_chosen, ref_rejected, beta):
    """The arguments are log-probabilities, and the margin is made of them; here exp turns them into
    probability ratios first.

    The reward of an answer is beta times the *logarithm* of the ratio. exp overflows for long
    answers.

    Check: with ref = -3 and policy = -1 for the chosen answer, its part of the margin should be 2.
    """
    return loss(beta * (np.exp(chosen - ref_chosen) - np.exp(rejected - ref_rejected)))


@dpo_loss.mistake("preference-summed", rows="C13")
def _(chosen, rejected, ref_chosen, ref_rejected, beta):
    """This is the sum over the pairs; the loss is their mean.

    A sum grows with the batch.

    Check: with the policy equal to the reference, the loss should be log 2, 0.6931.
    """
    return loss(beta * margins(chosen, rejected, ref_chosen, ref_rejected)) * len(chosen)


@dpo_loss.mistake("preference-of-the-mean-margin")
def _(chosen, rejected, ref_chosen, ref_rejected, beta):
    """The mean is taken over the losses; here it is taken over the margins, before the sigmoid.

    A pair judged correctly would then make up for one judged incorrectly.

    Check: margins of 5 and -5 with beta = 1 should give a loss of 2.5067.
    """
    return loss(beta * np.mean(margins(chosen, rejected, ref_chosen, ref_rejected)))


@dpo_loss.mistake("preference-sign-missing", rows="C05")
def _(chosen, rejected, ref_chosen, ref_rejected, beta):
    """The logarithm of a probability is at most 0 and a loss is at least 0; here the minus sign is
    missing.

    Gradient descent would then make the preferred answers less likely.

    Check: with the policy equal to the reference, the loss should be log 2, 0.6931.
    """
    return -loss(beta * margins(chosen, rejected, ref_chosen, ref_rejected))


@dpo_loss.mistake("probability-of-disagreement")
def _(chosen, rejected, ref_chosen, ref_rejected, beta):
    """This is 1 - sigmoid, which is at most 1 however wrong the policy is; -log sigmoid has no such
    limit.

    The logarithm is missing.

    Check: with the policy equal to the reference, the loss should be log 2, 0.6931.
    """
    x = beta * margins(chosen, rejected, ref_chosen, ref_rejected)
    return np.mean(0.5 - 0.5 * np.tanh(0.5 * x))


@dpo_loss.mistake("squared-preference", convention=True)
def _(chosen, rejected, ref_chosen, ref_rejected, beta):
    """IPO squares the distance of the margin from 1 / (2 beta); DPO takes -log sigmoid of beta
    times the margin.

    Azar et al. 2023 proposed it to keep the margin from growing without limit.

    Check: with the policy equal to the reference, the loss should be log 2, 0.6931.
    """
    return np.mean((margins(chosen, rejected, ref_chosen, ref_rejected) - 0.5 / beta) ** 2)


@dpo_loss.mistake("preference-out-of-range", rows="A02 A33 A35 C08 C12")
def _(chosen, rejected, ref_chosen, ref_rejected, beta):
    """exp overflows float64 above about 709, and sigmoid underflows to 0 far to the left, so -log
    sigmoid becomes infinite although its true value is an ordinary number in the thousands.

    log(1 + exp(-x)) and -log(sigmoid(x)) are both right on paper and for small margins. Long
    answers have large margins.

    Next: write -log sigmoid(x) as the logarithm of a sum of two exponentials; Part 4 names a
    function for it.
    """
    return np.log(1 + np.exp(-beta * margins(chosen, rejected, ref_chosen, ref_rejected))).mean()


@dpo_loss.alternative("log-of-the-sigmoid-with-a-branch")
def _(chosen, rejected, ref_chosen, ref_rejected, beta):
    x = beta * margins(chosen, rejected, ref_chosen, ref_rejected)
    return -np.mean(np.where(x < 0, x, 0.0) - np.log1p(np.exp(-np.abs(x))))


@dpo_loss.mistake("preference-with-epsilon", rows="C09 C23", family={"small": SMALL_NUMBERS})
def _(chosen, rejected, ref_chosen, ref_rejected, beta, *, small=1e-12):
    """A small number inside the logarithm hides log(0) and changes every loss a little; with
    1e-12 a loss of 1,000 becomes 27.6.

    Beyond that limit the slope is 0.

    Next: write -log sigmoid(x) as the logarithm of a sum on paper first.
    """
    x = beta * margins(chosen, rejected, ref_chosen, ref_rejected)
    e = np.exp(-np.abs(x))
    return -np.log(np.where(x >= 0, 1, e) / (1 + e) + small).mean()


@dpo_loss.mistake("preference-base-two", rows="C22")
def _(chosen, rejected, ref_chosen, ref_rejected, beta):
    """log2 gives bits; in this course log is the natural logarithm.

    Every loss is 1.4427 times too large.

    Check: with the policy equal to the reference, the loss should be log 2, 0.6931.
    """
    return loss(beta * margins(chosen, rejected, ref_chosen, ref_rejected)) / np.log(2)


@dpo_loss.mistake("preference-per-pair", rows="N03")
def _(chosen, rejected, ref_chosen, ref_rejected, beta):
    """These are the losses of the N pairs, shape (N,); the loss of a batch is their mean.

    Training needs a single number to minimize.

    Check: the shape of the result should be ().
    """
    return np.logaddexp(0, -beta * margins(chosen, rejected, ref_chosen, ref_rejected))
