"""InfoNCE, the contrastive loss of a batch of pairs."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import SMALL_NUMBERS, Array, Formula, Inputs, Rng, question
from autograder.questions.week05_losses.formulas import row_log_softmax, row_softmax
from autograder.questions.week13_paradigms.cosine_similarity_matrix import cosines
from autograder.questions.week13_paradigms.formulas import (
    cold_views,
    diagonal_loss,
    pairs_of_views,
    similarities,
    unit_rows,
)


def partner_loss(za: Any, zb: Any, temperature: float) -> Any:
    """Keras' cross-entropy of the similarities, with the partner as the label."""
    import keras

    logits = cosines(za, zb) / temperature
    partners = np.arange(len(za))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype=za.dtype.name)
    return loss(partners, logits)


@question(points=8, builds_on=("cosine_similarity_matrix",))
def info_nce(za: Array, zb: Array, temperature: float) -> Any:
    """The mean over rows n of -log softmax(S)[n, n], where S = cosines(za, zb) / temperature.

    Args:
        za: embeddings of one view of each example, shape (N, D), float64; no row is zero.
        zb: embeddings of the other view, in the same order, shape (N, D), float64.
        temperature: a positive number, possibly as small as 1e-4.

    Returns:
        One number, 0 or more. Row n of za has to find row n of zb among all rows of zb.

    Source: van den Oord, Li & Vinyals 2018, equation 4; Keras' sparse categorical cross-entropy.
    """
    return partner_loss(za, zb, temperature)


@info_nce.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return pairs_of_views(rng, 7, 4, float(rng.uniform(0.3, 0.6)))


@info_nce.case("square", square="a length without keepdims fits only where N = D")
def _(rng: Rng) -> Inputs:
    return pairs_of_views(rng, 5, 5, float(rng.uniform(0.3, 0.6)))


@info_nce.case("warm")
def _(rng: Rng) -> Inputs:
    return pairs_of_views(rng, 6, 3, float(rng.uniform(2.0, 4.0)))


@info_nce.case("cold", stability=True)
def _(rng: Rng) -> Inputs:
    return cold_views(rng, 6, 4)


@info_nce.alternative("logsumexp-minus-diagonal")
def _(za: Array, zb: Array, temperature: float) -> Any:
    from scipy.special import logsumexp

    S = similarities(za, zb, temperature)
    return np.mean(logsumexp(S, axis=1) - np.diag(S))


@info_nce.alternative("example-by-example")
def _(za: Array, zb: Array, temperature: float) -> Any:
    S = similarities(za, zb, temperature)
    return sum(np.log(np.exp(row - row.max()).sum()) + row.max() - row[n]
               for n, row in enumerate(S)) / len(S)  # fmt: skip


@info_nce.made_of(
    but="first-table-normalized-only similarities-transposed similarity-not-normalized "
    "small-number-beside-the-length"
)
def _(
    za: Array,
    zb: Array,
    temperature: float,
    *,
    cosine_similarity_matrix: Formula = lambda A, B: unit_rows(A) @ unit_rows(B).T,
) -> Any:
    return diagonal_loss(cosine_similarity_matrix(za, zb) / temperature)


@info_nce.mistake("temperature-multiplied", rows="A38")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """Similarities are divided by the temperature, S / t; here they are multiplied by it.

    A low temperature should make the softmax sharp. Multiplied by a small t it is flat, and the
    loss stays near log N.

    Check: with pairs that match perfectly, a temperature of 0.01 should give a loss near 0.
    """
    return diagonal_loss(similarities(za, zb, 1 / temperature))


@info_nce.mistake("temperature-unused", rows="A38")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The logits are the similarities divided by the temperature; here the similarities are used
    directly.

    Cosines lie between -1 and 1, so no probability can come near 1.

    Check: the loss should change when the temperature does.
    """
    return diagonal_loss(similarities(za, zb, 1.0))


@info_nce.mistake("embeddings-not-normalized")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """S holds cosines, which do not depend on lengths; here it holds plain dot products.

    The network could lower the loss by making its embeddings longer, without learning anything.

    Check: doubling a row of za should not change the loss.
    """
    return diagonal_loss(za @ zb.T / temperature)


@info_nce.mistake("one-view-not-normalized")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """A cosine divides by both lengths; here the rows of zb are not divided by theirs.

    A long row of zb looks like a good partner for every row of za.

    Check: doubling a row of zb should not change the loss.
    """
    return diagonal_loss(unit_rows(za) @ zb.T / temperature)


@info_nce.mistake("contrast-summed", rows="C13")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """This is the sum over the N pairs; the loss is their mean.

    A sum grows with the batch, so the losses of two batches cannot be compared.

    Check: when all rows of za and zb are equal, the loss should be log N.
    """
    S = similarities(za, zb, temperature)
    return diagonal_loss(S) * len(S)


@info_nce.mistake("contrast-averaged-over-all-entries", rows="C14")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """Each row contributes one number, so the mean runs over N rows, not over N * N entries.

    After multiplying by np.eye(N) most entries are 0, yet they count in the average.

    Check: when all rows of za and zb are equal, the loss should be log N.
    """
    S = similarities(za, zb, temperature)
    return diagonal_loss(S) / len(S)


@info_nce.mistake("contrast-sign-missing", rows="C05")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """Log-probabilities are at most 0 and a loss is at least 0: it is the mean of -log p, but here
    the minus sign is missing.

    Without the minus sign the loss is lowest where no partner is found.

    Check: no loss should be negative.
    """
    return -diagonal_loss(similarities(za, zb, temperature))


@info_nce.mistake("contrast-over-the-columns", rows="A29")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The rows of zb compete for each row of za, so the softmax runs along axis 1; here it runs
    along axis 0.

    That answers the reverse question: which row of za is the partner of zb[n]?

    Check: exp of your log-probabilities should sum to 1 along every row.
    """
    return diagonal_loss(similarities(za, zb, temperature).T)


@info_nce.mistake("contrast-over-the-whole-table", rows="A29")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """Each row of S has its own softmax; here all N * N entries share one sum.

    exp of the log-probabilities then sums to 1 over the whole matrix, but not along each row.

    Check: when all rows of za and zb are equal, the loss should be log N.
    """
    S = similarities(za, zb, temperature)
    return -np.diag(row_log_softmax(S.reshape(1, -1)).reshape(S.shape)).mean()


def _mass(row: Array) -> float:
    """The logarithm of a sum of exponentials."""
    return float(row.max() + np.log(np.exp(row - row.max()).sum()))


@info_nce.mistake("neighbour-for-a-partner", rows="C21")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The partner of za[n] is zb[n], on the diagonal; here the entry next to it is used.

    np.diag(S, 1), labels that count from 1, or a shifted batch lead to this. The network would
    learn to match strangers.

    Check: with za equal to zb and a low temperature, the loss should be near 0.
    """
    return diagonal_loss(np.roll(similarities(za, zb, temperature), -1, axis=1))


@info_nce.mistake("everyone-has-the-first-partner")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The label of row n is n; here all labels are 0.

    In layouts that put the partner in the first column, zeros are right. In this matrix the
    partners are on the diagonal.

    Check: with za equal to zb and a low temperature, the loss should be near 0.
    """
    return -row_log_softmax(similarities(za, zb, temperature))[:, 0].mean()


@info_nce.mistake("partner-left-out-of-the-sum", convention=True)
def _(za: Array, zb: Array, temperature: float) -> Any:
    """In InfoNCE the sum of exponentials includes the partner; here it includes only the others.

    This is the decoupled loss of Yeh et al. 2022. It is not a softmax and can become negative.

    Check: no loss should be negative.
    """
    S = similarities(za, zb, temperature)
    others = np.where(np.eye(len(S)) == 1, -1e9, S)
    return np.mean([_mass(row) for row in others]) - np.diag(S).mean()


@info_nce.mistake("both-views-in-one-batch", convention=True)
def _(za: Array, zb: Array, temperature: float) -> Any:
    """SimCLR puts both views into one batch of 2 N and also compares each view with its own kind;
    in this course za is compared only with zb.

    InfoNCE's matrix is (N, N). SimCLR's has 2 N rows, and its diagonal is left out.

    Check: the logits should have the shape (N, N).
    """
    both = np.concatenate([za, zb])
    S = np.where(np.eye(len(both)) == 1, -1e9, similarities(both, both, temperature))
    return diagonal_loss(np.roll(S, -len(za), axis=1))


@info_nce.mistake("contrast-base-two", rows="C22")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """log2 gives bits; in this course log is the natural logarithm.

    Every loss is 1.4427 times too large.

    Check: when all rows of za and zb are equal, the loss should be log N; for N = 2 that is 0.6931.
    """
    return diagonal_loss(similarities(za, zb, temperature)) / np.log(2)


@info_nce.mistake("contrast-overflow", rows="A26")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """exp overflows float64 above about 709, but a cosine of 1 at a temperature of 1e-4 gives a
    logit of 10,000.

    The equation is right on paper and for higher temperatures.

    Next: use the log-softmax or the loss at the top of this notebook; both work for any logits.
    """
    E = np.exp(similarities(za, zb, temperature))
    return -np.log(np.diag(E) / E.sum(axis=1)).mean()


@info_nce.mistake("contrast-log-of-softmax", rows="A33")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """A probability below about 1e-308 can underflow to 0 in float64, and log(0) is -inf, although
    the true logarithm is an ordinary number.

    The softmax is stable, but the logarithm after it is not.

    Next: use the log-softmax or the loss at the top of this notebook; both work for any logits.
    """
    return -np.log(np.diag(row_softmax(similarities(za, zb, temperature)))).mean()


@info_nce.mistake("contrast-with-epsilon", rows="C23", family={"small": SMALL_NUMBERS})
def _(za: Array, zb: Array, temperature: float, *, small: float = 1e-12) -> Any:
    """A small number inside the logarithm hides log(0) and changes every loss a little; with
    1e-12 a loss of 1,000 becomes 27.6.

    Beyond that limit the slope is 0.

    Next: use the log-softmax or the loss at the top of this notebook; both work for any logits.
    """
    return -np.log(np.diag(row_softmax(similarities(za, zb, temperature))) + small).mean()


@info_nce.mistake("contrast-shifted-by-the-table", rows="A28")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """Here the largest logit of the whole matrix is subtracted from every row; in a row far below
    it every exp is 0, and log(0) is -inf.

    Rows with large logits are right. But the result of a row then depends on the other rows.

    Check: after the shift, the largest entry of every row should be 0.
    """
    S = similarities(za, zb, temperature)
    S = S - S.max()
    return (np.log(np.exp(S).sum(axis=1)) - np.diag(S)).mean()


@info_nce.mistake("contrast-keepdims-missing", rows="A30")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """Each row's largest logit is subtracted from that row; without keepdims NumPy subtracts it
    from a column.

    The matrix is (N, N), so shape (N,) always fits and there is no error. The columns are then
    shifted by different numbers, and the softmax changes.

    Check: after the shift, the largest entry of every row should be 0.
    """
    S = similarities(za, zb, temperature)
    S = S - S.max(axis=1)
    return np.mean([_mass(row) for row in S]) - np.diag(S).mean()


@info_nce.mistake("lengths-without-keepdims", rows="A30 J03")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The lengths have shape (N,), and NumPy aligns them with the columns, not with the rows.

    If N differs from D, NumPy raises an error. If N = D, it silently divides by the wrong lengths.

    Check: print the shapes of za and of its lengths.
    """
    ua, ub = za / np.linalg.norm(za, axis=1), zb / np.linalg.norm(zb, axis=1)
    return diagonal_loss(ua @ ub.T / temperature)


@info_nce.mistake("contrast-per-pair", rows="N03")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """These are the losses of the N pairs, shape (N,); the loss of a batch is their mean.

    Training needs a single number to minimize.

    Check: the shape of the result should be ().
    """
    return -np.diag(row_log_softmax(similarities(za, zb, temperature)))
