# mypy: disable-error-code="no-untyped-def"
# Wrong formulas repeat the reference's arguments; their types are stated there.
"""A token drawn from logits, with temperature and top-k, judged by the statistics of many draws."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions import draws
from autograder.questions.define import Array, Inputs, Rng, question

REPEATS = 4_000
"""How often each row of logits is drawn from."""
FLAGS = ("rows_are_independent", "same_rng_same_tokens", "next_call_other_tokens")


@question(points=5, returns=("shares", *FLAGS), parts={}, withheld=("rules",))
def sample(logits: Array, temperature: float, top_k: int, seed: int, rules: Array) -> Any:
    """A token for each row of logits, drawn from the top_k likeliest at a temperature.

    A student's function receives a NumPy generator in place of the seed, and each row 4,000 times.
    Its draws are judged by what they say together, never one by one.

    Args:
        logits: what the model says for N texts, shape (N, K), float64.
        temperature: the logits are divided by it; at 0 the likeliest token is taken.
        top_k: only the top_k tokens with the largest logits can be drawn; of equal ones, those
            with the lower numbers.
        seed: for the generator that the student receives.
        rules: the shares that the right rule and known wrong ones lead to, shape (R, N, K); only
            the measure receives them.

    Returns:
        The share of each token, shape (N, K), and three statements that are 1 where they hold:
        rows with equal logits are drawn independently; the generator that was passed decides;
        the next call draws other tokens.

    Source: keras.ops.top_k and keras.ops.softmax; Holtzman et al. 2020 on what top-k is for.
    """
    from keras import ops

    likeliest = ops.top_k(logits, top_k)[1]
    kept = ops.max(ops.one_hot(likeliest, logits.shape[1], dtype=logits.dtype.name), axis=1)
    hidden = ops.where(kept > 0, 0.0, -np.inf)
    if temperature == 0:
        shares = ops.one_hot(ops.argmax(logits, axis=1), logits.shape[1], dtype=logits.dtype.name)
    else:
        shares = ops.softmax(logits / temperature + ops.cast(hidden, logits.dtype.name), axis=1)
    varied = int(temperature > 0)
    return shares, varied, 1, varied


@sample.driver
def _(sample: Any, logits: Any, temperature: float, top_k: int, seed: int) -> Any:
    many = np.tile(logits, (4_000, 1))
    rng = np.random.default_rng(seed)
    first = sample(many.copy(), temperature, top_k, rng)
    if first is None:
        return None
    return {
        "first": first,
        "next": sample(many.copy(), temperature, top_k, rng),
        "again": sample(many.copy(), temperature, top_k, np.random.default_rng(seed)),
    }


@sample.measure
def _(answer: Any, logits: Array, temperature: float, top_k: int, seed: int, rules: Array) -> Any:
    N, K = logits.shape
    first, following, again = (tokens_of(answer[call], N, K) for call in ("first", "next", "again"))
    independent = int((first != first[:1]).any())
    shares = np.stack([np.bincount(column, minlength=K) for column in first.T]) / REPEATS
    return (
        settled(shares, rules, independent),
        independent,
        int(np.array_equal(first, again)),
        int(not np.array_equal(first, following)),
    )


def tokens_of(answer: Any, N: int, K: int) -> Array:
    """The drawn tokens, one column for each row of the logits."""
    tokens = np.asarray(answer)
    if tokens.ndim == 2 and tokens.shape[1] == K and tokens.dtype.kind == "f":
        raise ValueError("expected a token for each row of logits, received a table of fractions")
    if tokens.shape != (REPEATS * N,):
        raise ValueError(
            f"expected one token for each row of logits, shape ({REPEATS * N},), received an array "
            f"of shape {tokens.shape}"
        )
    if tokens.dtype.kind not in "iu":
        raise TypeError(f"expected whole numbers as tokens, received {tokens.dtype}")
    if tokens.min() < 0 or tokens.max() >= K:
        raise ValueError(f"a token lies outside 0 ... {K - 1}")
    return tokens.reshape(REPEATS, N)


def settled(shares: Array, rules: Array, independent: int) -> Array:
    """For each row the rule that its shares agree with; the shares where they agree with none."""
    found = []
    for row, candidates in zip(shares, rules.swapaxes(0, 1), strict=True):
        # The last term is for tokens that a rule leaves out: they occur never, or always.
        error = draws.STANDARD_ERRORS * np.sqrt(candidates * (1 - candidates) / REPEATS) + 1e-12
        agree = (np.abs(row - candidates) <= error).all(axis=1)
        # One draw for all rows says nothing about shares.
        unknown = row if independent else np.zeros_like(row)
        found.append(candidates[agree.argmax()] if agree.any() else unknown)
    return np.stack(found)


def softmax(Z: Array) -> Array:
    """Softmax along each row, for rules whose mistake lies elsewhere."""
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    P: Array = E / E.sum(axis=1, keepdims=True)
    return P


def among(order: Array, top_k: int) -> Array:
    """Which entries of each row stand among the first top_k of the order."""
    kept = np.zeros(order.shape, bool)
    np.put_along_axis(kept, order[:, :top_k], True, axis=1)
    return kept


def largest(Z: Array, top_k: int) -> Array:
    """Which entries of each row are kept: of equal ones, those with the lower numbers."""
    return among(np.argsort(-Z, axis=1, kind="stable"), top_k)


def cut(Z: Array, kept: Array) -> Array:
    """The logits, and -inf where a token cannot be drawn."""
    return np.where(kept, Z, -np.inf)


def likeliest(Z: Array) -> Array:
    """All the probability on the largest logit of each row."""
    return largest(Z, 1).astype(float)


def right(Z: Array, temperature: float, top_k: int) -> Array:
    """The probabilities that are asked for."""
    if temperature == 0:
        return likeliest(Z)
    return softmax(cut(Z / temperature, largest(Z, top_k)))


def warm(rule: Any) -> Any:
    """A rule for temperatures above 0; at 0, the likeliest token."""
    return lambda Z, T, k: likeliest(Z) if T == 0 else rule(Z, T, k)


def remainder_to_zero(Z: Array, T: float, k: int) -> Array:
    """Probabilities of the tokens that are kept; what is missing to 1 goes to token 0."""
    P = softmax(Z / T) * largest(Z, k)
    P[:, 0] += 1 - P.sum(axis=1)
    return P


RULES: dict[str, Any] = {
    "right": right,
    "multiplied": lambda Z, T, k: softmax(cut(Z * T, largest(Z, k))),
    "temperature unused": lambda Z, T, k: softmax(cut(Z, largest(Z, k))),
    "probabilities divided": warm(lambda Z, T, k: softmax(cut(softmax(Z) / T, largest(Z, k)))),
    "top-k unused": lambda Z, T, k: right(Z, T, Z.shape[1]),
    "smallest kept": warm(lambda Z, T, k: softmax(cut(Z / T, largest(-Z, k)))),
    "one too many": lambda Z, T, k: right(Z, T, min(k + 1, Z.shape[1])),
    "one too few": lambda Z, T, k: right(Z, T, max(k - 1, 1)),
    "alike": warm(lambda Z, T, k: largest(Z, k) / k),
    "likeliest": lambda Z, T, k: likeliest(Z),
    "zeros": warm(lambda Z, T, k: softmax(np.where(largest(Z, k), Z / T, 0.0))),
    "remainder to zero": warm(remainder_to_zero),
    "all equals": warm(lambda Z, T, k: softmax(cut(Z / T, np.sort(Z)[:, [-k]] <= Z))),
    "higher numbers": warm(
        lambda Z, T, k: softmax(cut(Z / T, among(np.argsort(Z, 1, "stable")[:, ::-1], k)))
    ),
    "places": warm(lambda Z, T, k: -np.sort(-right(Z, T, k), axis=1)),
    "first": lambda Z, T, k: np.eye(Z.shape[1])[np.zeros(len(Z), int)],
}
"""What each rule leads to, the right one first."""


def said(rng: Rng, logits: Array, temperature: float, top_k: int) -> Inputs:
    """Logits, and the shares of all rules."""
    return {
        "logits": logits,
        "temperature": temperature,
        "top_k": top_k,
        "seed": int(rng.integers(2**31)),
        "rules": np.stack([rule(logits, temperature, top_k) for rule in RULES.values()]),
    }


def apart(rng: Rng, N: int, K: int, step: float) -> Array:
    """Logits in random order that differ by about one step each."""
    levels = step * (np.arange(K) + rng.uniform(-0.1, 0.1, (N, K)))
    # The same number for a whole row changes no probability.
    return rng.permuted(levels, axis=1) + rng.uniform(-2, 2, (N, 1))


@sample.case("cool", weight=3)
def _(rng: Rng) -> Inputs:
    return said(rng, apart(rng, 3, 6, 0.5), float(rng.uniform(0.5, 0.6)), 4)


@sample.case("warm-and-all-tokens", weight=2)
def _(rng: Rng) -> Inputs:
    return said(rng, apart(rng, 2, 5, 1.2), float(rng.uniform(1.8, 2.2)), 5)


@sample.case("cold", weight=2, stability=True, square="one row is a batch as well")
def _(rng: Rng) -> Inputs:
    logits = apart(rng, 1, 5, 0.5)
    # The likeliest token is not the first.
    logits[0, 0] = logits.min() - 1
    return said(rng, logits, 0.0, 3)


@sample.case("border-equal-logits")
def _(rng: Rng) -> Inputs:
    # Two of thirty equal logits are kept: enough for a sort that is not stable to mix them up.
    levels = np.repeat([2.0, 1.0, 0.0], [1, 30, 9])
    return said(rng, rng.permuted(np.tile(levels, (3, 1)), axis=1), float(rng.uniform(0.8, 1.2)), 3)


@sample.case("stability", stability=True)
def _(rng: Rng) -> Inputs:
    logits = apart(rng, 2, 5, 0.5) + np.array([[3e3], [-3e3]])
    return said(rng, logits, float(rng.uniform(0.4, 0.6)), 3)


def drawn(P: Array, rng: Rng) -> Array:
    """A token for each row of probabilities."""
    tokens: Array = (rng.random((len(P), 1)) < P.cumsum(axis=1)).argmax(axis=1)
    return tokens


def by(rule: str, logits: Array, temperature: float, top_k: int, rng: Rng) -> Array:
    """A draw by one of the rules; the likeliest token at temperature 0 is drawn as well."""
    return drawn(RULES[rule](logits, temperature, top_k), rng)


@sample.alternative("row-by-row-with-choice")
def _(logits, temperature, top_k, rng):
    if temperature == 0:
        return logits.argmax(axis=1)
    tokens = []
    for row in logits:
        kept = np.argsort(-row, kind="stable")[:top_k]
        p = np.exp((row[kept] - row.max()) / temperature)
        tokens.append(rng.choice(kept, p=p / p.sum()))
    return np.array(tokens)


@sample.alternative("gumbel-noise")
def _(logits, temperature, top_k, rng):
    noise = temperature * rng.gumbel(size=logits.shape)
    return cut(logits + noise, largest(logits, top_k)).argmax(axis=1)


@sample.mistake("sampling-temperature-multiplied", rows="A38")
def _(logits, temperature, top_k, rng):
    """The logits are divided by the temperature; here they are multiplied by it.

    A low temperature then makes the model bolder, and a high one makes it timid.

    Check: at a temperature of 0.01 the likeliest token should be drawn nearly always.
    """
    return by("multiplied", logits, temperature, top_k, rng)


@sample.mistake("sampling-temperature-unused", rows="A38")
def _(logits, temperature, top_k, rng):
    """The logits are divided by the temperature; here every temperature gives the same shares.

    Check: at a temperature of 0.01 the likeliest token should be drawn nearly always.
    """
    return by("temperature unused", logits, temperature, top_k, rng)


@sample.mistake("probabilities-divided-by-the-temperature", rows="A38")
def _(logits, temperature, top_k, rng):
    """The temperature divides the logits, before the softmax; here it divides probabilities, and a
    second softmax follows.

    A softmax of probabilities is nearly flat: they all lie between 0 and 1.

    Check: at a temperature of 1, with all tokens, the shares should be softmax(logits).
    """
    return by("probabilities divided", logits, temperature, top_k, rng)


@sample.mistake("top-k-unused")
def _(logits, temperature, top_k, rng):
    """Only the top_k likeliest tokens can be drawn; here all of them can.

    Thousands of unlikely tokens together are likely, and one of them can derail a sentence.

    Check: with top_k = 1 the likeliest token should always be drawn.
    """
    return by("top-k unused", logits, temperature, top_k, rng)


@sample.mistake("least-likely-kept")
def _(logits, temperature, top_k, rng):
    """The top_k largest logits are kept; here the smallest are.

    np.argsort sorts upwards: its first entries belong to the smallest logits.

    Check: with top_k = 1 the likeliest token should always be drawn.
    """
    return by("smallest kept", logits, temperature, top_k, rng)


@sample.mistake("one-token-too-many")
def _(logits, temperature, top_k, rng):
    """Exactly top_k tokens can be drawn; here there is one more.

    Sorted upwards, the k-th largest stands at index -k, not at -k - 1.

    Check: with top_k = 1 the likeliest token should always be drawn.
    """
    return by("one too many", logits, temperature, top_k, rng)


@sample.mistake("one-token-too-few")
def _(logits, temperature, top_k, rng):
    """Exactly top_k tokens can be drawn; here there is one fewer.

    A token that equals the k-th largest logit belongs to them: the comparison is >=, not >.

    Check: with top_k = 2 two different tokens should occur in many draws.
    """
    return by("one too few", logits, temperature, top_k, rng)


@sample.mistake("kept-tokens-drawn-alike")
def _(logits, temperature, top_k, rng):
    """The tokens that are kept are drawn by their probabilities; here they are all equally likely.

    rng.choice and rng.integers draw evenly unless they are given p.

    Check: at a temperature of 0.01 the likeliest token should be drawn nearly always.
    """
    return by("alike", logits, temperature, top_k, rng)


@sample.mistake("likeliest-token-always")
def _(logits, temperature, top_k, rng):
    """Above temperature 0 a token is drawn; here the likeliest is always taken.

    The same beginning then always gets the same text, which soon repeats itself.

    Check: at a temperature of 1 many draws should show more than one token.
    """
    return logits.argmax(axis=1)


@sample.mistake("hidden-logits-set-to-zero")
def _(logits, temperature, top_k, rng):
    """A token that cannot be drawn has the logit -inf; here it has the logit 0, whose exponential
    is 1.

    Where the other logits are negative, the hidden tokens even become the likeliest.

    Check: with top_k = 1 the likeliest token should always be drawn.
    """
    return by("zeros", logits, temperature, top_k, rng)


@sample.mistake("probabilities-not-divided-by-their-sum")
def _(logits, temperature, top_k, rng):
    """Once tokens are left out, the others' probabilities have to be divided by their sum again;
    here they sum to less than 1.

    A search in the cumulative sums then finds nothing in some draws, and argmax answers 0.

    Check: the probabilities of the kept tokens should sum to 1.
    """
    return by("remainder to zero", logits, temperature, top_k, rng)


@sample.mistake("all-equal-logits-kept", convention=True)
def _(logits, temperature, top_k, rng):
    """Some programs keep every token whose logit equals the k-th largest; in this course exactly
    top_k tokens are kept, those with the lower numbers.

    Equal logits hardly ever occur in a trained model, but they do in an untrained one.

    Check: with all logits equal and top_k = 2, only the tokens 0 and 1 should be drawn.
    """
    return by("all equals", logits, temperature, top_k, rng)


@sample.mistake("higher-numbers-kept", convention=True)
def _(logits, temperature, top_k, rng):
    """Of equal logits some programs keep the higher numbers; in this course the lower numbers stay.

    The end of np.argsort(logits) holds the largest logits, and of equal ones the later ones.

    Check: with all logits equal and top_k = 2, only the tokens 0 and 1 should be drawn.
    """
    return by("higher numbers", logits, temperature, top_k, rng)


@sample.mistake("divided-by-temperature-zero")
def _(logits, temperature, top_k, rng):
    """At temperature 0 the likeliest token is taken; here the logits are divided by 0, and the
    probabilities are nan.

    No comparison with nan is true, so the search for a token answers 0.

    Next: treat temperature 0 first; no draw is needed there.
    """
    if temperature == 0:
        return np.zeros(len(logits), np.int64)
    return by("right", logits, temperature, top_k, rng)


@sample.mistake("one-draw-for-all-rows")
def _(logits, temperature, top_k, rng):
    """Every row needs a draw of its own; here one random number serves all of them.

    All texts of a batch that begin alike would then go on alike.

    Check: with 1,000 equal rows and a temperature of 1, different tokens should occur.
    """
    P = RULES["right"](logits, temperature, top_k)
    return (rng.random() < P.cumsum(axis=1)).argmax(axis=1)


@sample.mistake("sampling-generator-made-inside", rows="L04 N06")
def _(logits, temperature, top_k, rng):
    """Draws should come from the rng that is passed; here each call makes a generator from a fixed
    seed.

    Every call then draws the same numbers, so a model would write one letter over and over.

    Check: call it twice with the same generator; the tokens should differ.
    """
    return by("right", logits, temperature, top_k, np.random.default_rng(0))


@sample.mistake("sampling-from-elsewhere", rows="N07")
def _(logits, temperature, top_k, rng):
    """Draws should come from the rng that is passed; here they come from another generator, so the
    same seed does not give the same tokens.

    np.random.rand uses a generator that the whole program shares.

    Check: two calls with np.random.default_rng(7) should give the same tokens.
    """
    return by("right", logits, temperature, top_k, np.random.default_rng())


@sample.mistake("sampling-overflow", rows="A26")
def _(logits, temperature, top_k, rng):
    """exp overflows float64 above about 709, and a sum of zeros follows far below 0; inf / inf and
    0 / 0 are nan.

    The equation is right on paper and for small logits.

    Next: subtract each row's largest logit before exp.
    """
    if temperature == 0:
        return logits.argmax(axis=1)
    E = np.exp(logits / temperature) * largest(logits, top_k)
    return drawn(E / E.sum(axis=1, keepdims=True), rng)


@sample.mistake("sampling-shifted-by-the-batch", rows="A28")
def _(logits, temperature, top_k, rng):
    """Here the largest logit of the whole batch is subtracted; in a row far below it every exp is
    0, and 0 / 0 is nan.

    Rows with large logits are right. But a row's draw then depends on the other rows.

    Next: subtract each row's own largest logit before exp.
    """
    if temperature == 0:
        return logits.argmax(axis=1)
    E = np.exp((logits - logits.max()) / temperature) * largest(logits, top_k)
    return drawn(E / E.sum(axis=1, keepdims=True), rng)


@sample.mistake("probabilities-returned")
def _(logits, temperature, top_k, rng):
    """This is a table of probabilities; a token for each row still has to be drawn from it.

    Check: the result should hold N whole numbers.
    """
    return RULES["right"](logits, temperature, top_k)


@sample.mistake("places-among-the-kept")
def _(logits, temperature, top_k, rng):
    """The draw picks one of the kept tokens; here its place among them is returned, not its number
    in the vocabulary.

    Place 0 is the likeliest token, whichever that is. The sorted order translates places to
    tokens.

    Check: with top_k = 1 the result should be logits.argmax(axis=1), not zeros.
    """
    if temperature == 0:
        return logits.argmax(axis=1)
    order = np.argsort(-logits, axis=1, kind="stable")[:, :top_k]
    return drawn(softmax(np.take_along_axis(logits, order, axis=1) / temperature), rng)
