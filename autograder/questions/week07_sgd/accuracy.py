"""The fraction of right answers."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=4)
def accuracy(logits: Array, y: Array) -> Any:
    """The share of examples whose largest logit stands at their label.

    Args:
        logits: the network's scores, shape (N, K), float64.
        y: labels from 0 to K - 1, shape (N,), whole numbers.

    Returns:
        One number from 0 to 1.

    Source: keras.ops.argmax and the mean of the hits.
    """
    from keras import ops

    hits = ops.equal(ops.argmax(logits, axis=1), ops.cast(y, "int64"))
    return ops.mean(ops.cast(hits, logits.dtype.name))


def answers(rng: Rng, N: int, K: int, right: int) -> Inputs:
    """Random logits, the largest clearly ahead, and labels of which `right` are hit."""
    logits = rng.normal(size=(N, K))
    best = logits.argmax(axis=1)
    logits[np.arange(N), best] += 1.0
    wrong = (best + rng.integers(1, K, N)) % K
    y = np.where(rng.permutation(N) < right, best, wrong)
    return {"logits": logits, "y": y}


@accuracy.case("typical", weight=2)
def _(rng: Rng) -> Inputs:
    return answers(rng, 13, 4, int(rng.integers(5, 9)))


@accuracy.case("square", square="with N = K a wrong axis has the right shape")
def _(rng: Rng) -> Inputs:
    return answers(rng, 11, 11, int(rng.integers(6, 10)))


@accuracy.case("small-labels")
def _(rng: Rng) -> Inputs:
    given = answers(rng, 17, 5, 10)
    return {**given, "y": given["y"].astype(np.uint8)}


@accuracy.case("stability", stability=True)
def _(rng: Rng) -> Inputs:
    given = answers(rng, 14, 3, int(rng.integers(6, 10)))
    # All of them so large that their exponentials overflow.
    return {**given, "logits": 5e3 + 500 * given["logits"]}


@accuracy.mistake(
    "largest-of-a-column",
    rows="L12",
    otherwise=lambda _: (
        lambda logits, y: np.mean(logits.argmax(axis=0) == y),
        lambda logits, y: np.mean(logits.argmax(axis=0)[: len(y)] == y[: logits.shape[1]]),
        lambda logits, y: np.sum(logits.argmax(axis=0)[: len(y)] == y[: logits.shape[1]]) / len(y),
    ),
)
def _(logits: Array, y: Array) -> Any:
    """An example's answer is the class of its largest logit, so argmax runs along its row.

    argmax over axis 0 finds, for each class, the example with the largest logit. Unless N = K there
    are not even as many of these as labels.

    Check: the argmax should have N entries.
    """
    best = logits.argmax(axis=0)
    return np.mean([best[n % len(best)] == label for n, label in enumerate(y)])


@accuracy.mistake("largest-of-all", rows="L12")
def _(logits: Array, y: Array) -> Any:
    """Every example has its own answer; argmax without an axis finds just one for the whole table.

    It is a position in the flattened table, so it is hardly ever a label.

    Check: the argmax should have N entries.
    """
    return np.mean(np.argmax(logits) == y)


@accuracy.mistake("everyone-with-everyone", rows="N03 L12")
def _(logits: Array, y: Array) -> Any:
    """Answers (N, 1) and labels (N,) broadcast to (N, N): every answer is compared with every
    label.

    There is no error, and the mean of that table is a plausible number. keepdims keeps the axis
    that should disappear.

    Check: the comparison should have N entries.
    """
    return np.mean(logits.argmax(axis=1, keepdims=True) == y)


@accuracy.mistake("indicator-compared-with-label", rows="L12")
def _(logits: Array, y: Array) -> Any:
    """A label is a column number; here it is compared with a table of ones and zeros.

    The table says which logit is the largest. Only the labels 0 and 1 can ever equal one of its
    entries.

    Check: both sides of the comparison should have the shape (N,).
    """
    table = logits == logits.max(axis=1, keepdims=True)
    return np.mean(table == y[:, None])


@accuracy.mistake("one-hot-tables-compared")
def _(logits: Array, y: Array) -> Any:
    """Two one-hot tables agree in most of their zeros, so the mean over all entries is too high.

    Even a wrong answer agrees in K - 2 of K entries.

    Check: with every answer wrong the result should be 0.
    """
    classes = np.arange(logits.shape[1])
    return np.mean((logits.argmax(axis=1)[:, None] == classes) == (y[:, None] == classes))


@accuracy.mistake("hits-counted", convention=True)
def _(logits: Array, y: Array) -> Any:
    """This is the number of right answers; in this course accuracy is that number divided by N.

    Both are in use. A fraction can be compared between data sets of different sizes.

    Check: with every answer right the result should be 1.
    """
    return float(np.sum(logits.argmax(axis=1) == y))


@accuracy.mistake("percent", convention=True)
def _(logits: Array, y: Array) -> Any:
    """This is a percentage, from 0 to 100; in this course accuracy is a fraction, from 0 to 1.

    Both are in use.

    Check: with every answer right the result should be 1.
    """
    return 100 * np.mean(logits.argmax(axis=1) == y)


@accuracy.mistake("share-of-wrong-answers")
def _(logits: Array, y: Array) -> Any:
    """This is the error rate, the fraction of wrong answers; the accuracy is 1 minus that.

    Check: with every answer right the result should be 1.
    """
    return np.mean(logits.argmax(axis=1) != y)


@accuracy.mistake("divided-by-classes")
def _(logits: Array, y: Array) -> Any:
    """The accuracy is a fraction of the N examples; here the hits are divided by the K classes.

    Check: the result should never exceed 1.
    """
    return np.sum(logits.argmax(axis=1) == y) / logits.shape[1]


@accuracy.mistake("hits-not-averaged")
def _(logits: Array, y: Array) -> Any:
    """This says for each example whether it is right; the accuracy is the mean, one number.

    Check: the result should be a single number.
    """
    return logits.argmax(axis=1) == y


@accuracy.mistake("accuracy-after-overflow", rows="A26 N14")
def _(logits: Array, y: Array) -> Any:
    """exp overflows for large logits, inf / inf is nan, and argmax treats nan as the largest.

    Softmax keeps the order of the logits, so the largest logit already gives the answer. For small
    logits the mistake does not show.

    Check: multiply all logits by 1000; the accuracy should not change.
    """
    E = np.exp(logits)
    return np.mean((E / E.sum(axis=1, keepdims=True)).argmax(axis=1) == y)


@accuracy.mistake("labels-counted-from-one", rows="L19")
def _(logits: Array, y: Array) -> Any:
    """Labels run from 0 to K - 1, like the columns; y - 1 belongs to the class before.

    With labels of type uint8, 0 - 1 even becomes 255.

    Check: an example with label 0 and its largest logit in column 0 should count as right.
    """
    return np.mean(logits.argmax(axis=1) == y - 1)
