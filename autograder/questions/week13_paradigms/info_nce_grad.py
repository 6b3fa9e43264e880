"""The gradients of the contrastive loss for both embeddings."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from autograder.questions.define import Array, Derivative, Formula, Inputs, Rng, question
from autograder.questions.week05_losses.formulas import row_softmax
from autograder.questions.week13_paradigms.formulas import (
    blame,
    cold_views,
    pairs_of_views,
    similarities,
    through_the_length,
    unit_rows,
)
from autograder.questions.week13_paradigms.info_nce import partner_loss
from course_lib.gradients import vector_jacobian_product


@question(
    points=27,
    returns=("dza", "dzb"),
    builds_on=("cosine_similarity_matrix", "info_nce"),
    derivative=Derivative(of="info_nce", wrt="za", gradient="dza"),
)
def info_nce_grad(za: Array, zb: Array, temperature: float) -> Any:
    """The gradients of info_nce(za, zb, temperature) for both embeddings.

    Args:
        za: embeddings of one view of each example, shape (N, D), float64; no row is zero.
        zb: embeddings of the other view, in the same order, shape (N, D), float64.
        temperature: a positive number, possibly as small as 1e-4.

    Returns:
        dza and dzb, both of shape (N, D).

    Source: the chain rule through the cosines; tf.GradientTape.
    """
    return tuple(vector_jacobian_product(lambda a, b: partner_loss(a, b, temperature), [za, zb]))


@info_nce_grad.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return pairs_of_views(rng, 7, 4, float(rng.uniform(0.3, 0.6)))


@info_nce_grad.case("square", square="a length without keepdims fits only where N = D")
def _(rng: Rng) -> Inputs:
    return pairs_of_views(rng, 5, 5, float(rng.uniform(0.3, 0.6)))


@info_nce_grad.case("warm")
def _(rng: Rng) -> Inputs:
    return pairs_of_views(rng, 6, 3, float(rng.uniform(2.0, 4.0)))


@info_nce_grad.case("cold", stability=True)
def _(rng: Rng) -> Inputs:
    return cold_views(rng, 6, 4)


@info_nce_grad.alternative("projected-with-a-matrix")
def _(za: Array, zb: Array, temperature: float) -> Any:
    dS = blame(similarities(za, zb, temperature)) / temperature

    def back(dunit: Array, z: Array) -> Array:
        lengths = np.sqrt((z**2).sum(axis=1))
        return np.array(
            [(np.eye(z.shape[1]) - np.outer(row, row) / length**2) @ push / length
             for row, length, push in zip(z, lengths, dunit, strict=True)]
        )  # fmt: skip

    return back(dS @ unit_rows(zb), za), back(dS.T @ unit_rows(za), zb)


def gradients(dS: Array, za: Array, zb: Array) -> tuple[Array, Array]:
    """Both gradients, given the gradient of the cosines."""
    return (
        through_the_length(dS @ unit_rows(zb), za),
        through_the_length(dS.T @ unit_rows(za), zb),
    )


@info_nce_grad.made_of(but="small-number-beside-the-length")
def _(
    za: Array,
    zb: Array,
    temperature: float,
    *,
    cosine_similarity_matrix: Formula = lambda A, B: unit_rows(A) @ unit_rows(B).T,
) -> Any:
    table = cosine_similarity_matrix(za, zb) / temperature
    return gradients(blame(table) / temperature, za, zb)


@info_nce_grad.mistake("contrast-gradient-reversed", rows="C05 C16")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The gradient, with P - I, points to where the loss rises; here it points to where the loss
    falls.

    The minus sign belongs to the update step, which comes later.

    Check: za - 0.01 * dza should have a lower loss than za.
    """
    return gradients(-blame(similarities(za, zb, temperature)) / temperature, za, zb)


@info_nce_grad.mistake("contrast-gradient-not-averaged", rows="C15")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The loss is a mean over N rows, so the gradient of its logits is (P - I) / N; here the 1/N is
    missing.

    Both gradients are N times too large.

    Check: compare with (loss(za + h) - loss(za - h)) / (2 h), changing one entry of za by h.
    """
    return gradients(len(za) * blame(similarities(za, zb, temperature)) / temperature, za, zb)


@info_nce_grad.mistake("contrast-gradient-over-all-entries", rows="C14")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The loss is a mean over N rows, so the gradient carries 1/N; here it is 1 / (N * N).

    The matrix has N * N entries, but each row has one loss.

    Check: compare with (loss(za + h) - loss(za - h)) / (2 h), changing one entry of za by h.
    """
    return gradients(blame(similarities(za, zb, temperature)) / temperature / len(za), za, zb)


@info_nce_grad.mistake("temperature-lost-on-the-way-back")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The forward pass divides the cosines by the temperature, so their gradient is divided by it
    too; here it is not.

    The slope of S / t is 1 / t. The probabilities are right here.

    Check: compare with (loss(za + h) - loss(za - h)) / (2 h), changing one entry of za by h.
    """
    return gradients(blame(similarities(za, zb, temperature)), za, zb)


@info_nce_grad.mistake("temperature-multiplied-on-the-way-back")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The slope of S / t for S is 1 / t, so the gradient is divided by t; here it is multiplied by
    t.

    The probabilities are right.

    Check: compare with (loss(za + h) - loss(za - h)) / (2 h), changing one entry of za by h.
    """
    return gradients(blame(similarities(za, zb, temperature)) * temperature, za, zb)


@info_nce_grad.mistake("temperature-multiplied", rows="A38")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """Similarities are divided by the temperature, S / t; here they are multiplied by it, and so is
    their gradient.

    It is the gradient of a different loss, in which a low temperature makes the softmax flat.

    Check: compare with (loss(za + h) - loss(za - h)) / (2 h), changing one entry of za by h.
    """
    return gradients(blame(similarities(za, zb, 1 / temperature)) * temperature, za, zb)


@info_nce_grad.mistake("length-taken-for-a-constant", rows="I12")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """Making z longer does not change its direction, so the gradient's component along z must be 0;
    here it is not.

    The gradient of the unit vector was divided by the length, as if changing z could not change the
    length.

    Check: (dza * za).sum(axis=1) should be 0 in every row.
    """
    dS = blame(similarities(za, zb, temperature)) / temperature
    return (
        dS @ unit_rows(zb) / np.linalg.norm(za, axis=1, keepdims=True),
        dS.T @ unit_rows(za) / np.linalg.norm(zb, axis=1, keepdims=True),
    )


@info_nce_grad.mistake("stopped-at-the-unit-vectors")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """This is the gradient for the unit vectors z / |z|; z itself is one step further back.

    The backward pass through the division by the length is missing.

    Check: (dza * za).sum(axis=1) should be 0 in every row.
    """
    dS = blame(similarities(za, zb, temperature)) / temperature
    return dS @ unit_rows(zb), dS.T @ unit_rows(za)


@info_nce_grad.mistake("not-divided-by-the-length")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The unit vector is z / |z|, so the backward pass divides by |z| too; here it does not.

    The component along z was removed correctly. But a long z turns less easily than a short one.

    Check: with za twice as long, dza should be half as large.
    """
    dza, dzb = gradients(blame(similarities(za, zb, temperature)) / temperature, za, zb)
    return (
        dza * np.linalg.norm(za, axis=1, keepdims=True),
        dzb * np.linalg.norm(zb, axis=1, keepdims=True),
    )


@info_nce_grad.mistake("push-along-z-with-raw-z")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The component along z is removed with the unit vector u, as (du . u) u; here z itself is
    used.

    For rows of length 1 the two are the same, so a test with unit rows shows no difference.

    Check: (dza * za).sum(axis=1) should be 0 in every row.
    """
    dS = blame(similarities(za, zb, temperature)) / temperature

    def back(dunit: Array, z: Array) -> Array:
        along = (dunit * z).sum(axis=1, keepdims=True)
        pushes: Array = (dunit - along * z) / np.linalg.norm(z, axis=1, keepdims=True)
        return pushes

    return back(dS @ unit_rows(zb), za), back(dS.T @ unit_rows(za), zb)


@info_nce_grad.mistake("table-not-turned-for-zb", at="dzb", rows="B01")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """zb[m] belongs to column m of the matrix, so its gradient sums over the rows n: dS[n, m] *
    ua[n].

    The matrix is (N, N), so a product without the transpose has the right shape as well.

    Check: compare dzb with (loss(zb + h) - loss(zb - h)) / (2 h), changing one entry of zb by h.
    """
    dS = blame(similarities(za, zb, temperature)) / temperature
    return through_the_length(dS @ unit_rows(za), zb)


@info_nce_grad.mistake("second-view-held-still", at="dzb", convention=True)
def _(za: Array, zb: Array, temperature: float) -> Any:
    """In MoCo the second view comes from a slowly updated copy and gets no gradient; in this course
    both views learn.

    The loss depends on zb, so its gradient for zb is not 0.

    Check: compare dzb with (loss(zb + h) - loss(zb - h)) / (2 h), changing one entry of zb by h.
    """
    return np.zeros_like(zb)


@info_nce_grad.mistake("gradients-exchanged")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """dza comes first and dzb second; here they are swapped.

    Both have the same shape, so there is no error.

    Check: (dza * za).sum(axis=1) should be 0 in every row.
    """
    return gradients(blame(similarities(za, zb, temperature)) / temperature, za, zb)[::-1]


@info_nce_grad.mistake("partner-gets-no-pull")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The gradient of the logits is (P - I) / N; here the 1 for the partner has not been
    subtracted.

    Every row is pushed away from every other, and none is pulled towards its partner.

    Check: every row of the logits' gradient should sum to 0.
    """
    S = similarities(za, zb, temperature)
    return gradients(row_softmax(S) / len(S) / temperature, za, zb)


@info_nce_grad.mistake("partner-only")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The gradient of the logits is (P - I) / N in all entries; here only the diagonal is kept.

    The pairs are pulled together, but strangers are not pushed apart.

    Check: every row of the logits' gradient should sum to 0.
    """
    S = similarities(za, zb, temperature)
    return gradients(blame(S) * np.eye(len(S)) / temperature, za, zb)


@info_nce_grad.mistake("contrast-gradient-over-the-columns", rows="A29")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The rows of zb compete for each row of za, so the softmax runs along axis 1; here it runs
    along axis 0.

    That is the gradient of the reverse question.

    Check: every row of the logits' gradient should sum to 0.
    """
    return gradients(blame(similarities(za, zb, temperature).T).T / temperature, za, zb)


@info_nce_grad.mistake("gradient-of-dot-products")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The logits are made from cosines; this is the gradient for plain dot products.

    The division by the lengths is missing in both the forward and the backward pass.

    Check: (dza * za).sum(axis=1) should be 0 in every row.
    """
    dS = blame(za @ zb.T / temperature) / temperature
    return dS @ zb, dS.T @ za


@info_nce_grad.mistake("contrast-gradient-overflow", rows="A26")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """exp overflows float64 above about 709, but a cosine of 1 at a temperature of 1e-4 gives a
    logit of 10,000.

    The equation is right on paper and for higher temperatures.

    Next: use the gradient at the top of this notebook, which works for any logits.
    """
    E = np.exp(similarities(za, zb, temperature))
    P = E / E.sum(axis=1, keepdims=True)
    return gradients((P - np.eye(len(P))) / len(P) / temperature, za, zb)


@info_nce_grad.mistake("contrast-gradient-shifted-by-the-table", rows="A28")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """Here the largest logit of the whole matrix is subtracted from every row; in a row far below
    it every exp is 0, and 0 / 0 is nan.

    Rows with large logits are right. But the result of a row then depends on the other rows.

    Check: after the shift, the largest entry of every row should be 0.
    """
    S = similarities(za, zb, temperature)
    E = np.exp(S - S.max())
    P = E / E.sum(axis=1, keepdims=True)
    return gradients((P - np.eye(len(P))) / len(P) / temperature, za, zb)


@info_nce_grad.mistake("contrast-gradient-keepdims-missing", rows="A30")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """Each row of exponentials is divided by its own sum; without keepdims NumPy divides each
    column by it.

    The matrix is (N, N), so shape (N,) always fits and there is no error.

    Check: every row of the probabilities should sum to 1.
    """
    S = similarities(za, zb, temperature)
    E = np.exp(S - S.max(axis=1, keepdims=True))
    return gradients((E / E.sum(axis=1) - np.eye(len(E))) / len(E) / temperature, za, zb)


def with_lengths(
    za: Array, zb: Array, temperature: float, first: Any = 1, second: Any = 1
) -> tuple[Array, Array]:
    """Both gradients with the lengths of one view, or of both, along another axis."""
    length_a = np.linalg.norm(za, axis=first, keepdims=True)
    length_b = np.linalg.norm(zb, axis=second, keepdims=True)
    u, v = za / length_a, zb / length_b
    dC = blame(u @ v.T / temperature) / temperature
    du, dv = dC @ v, dC.T @ u
    return (
        (du - (du * u).sum(axis=1, keepdims=True) * u) / length_a,
        (dv - (dv * v).sum(axis=1, keepdims=True) * v) / length_b,
    )


@info_nce_grad.mistake(
    "lengths-of-the-columns",
    rows="I01",
    otherwise=lambda _: (partial(with_lengths, first=0), partial(with_lengths, second=0)),
)
def _(za: Array, zb: Array, temperature: float) -> Any:
    """An embedding is a row, so its length sums over axis 1; here the lengths of the columns are
    used.

    Every feature is scaled by its size over all examples, forward and on the way back.

    Check: (dza * za).sum(axis=1) should be 0 in every row.
    """
    return with_lengths(za, zb, temperature, first=0, second=0)


@info_nce_grad.mistake(
    "one-length-for-the-table",
    rows="A29",
    otherwise=lambda _: (partial(with_lengths, first=None), partial(with_lengths, second=None)),
)
def _(za: Array, zb: Array, temperature: float) -> Any:
    """Every row has its own length; np.linalg.norm without an axis gives a single one for the whole
    matrix.

    All similarities come out far too small, and so do the gradients.

    Check: (dza * za).sum(axis=1) should be 0 in every row.
    """
    return with_lengths(za, zb, temperature, first=None, second=None)


@info_nce_grad.mistake("lengths-without-keepdims", rows="A30 J03")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The lengths have shape (N,), and NumPy aligns them with the columns, not with the rows.

    If N differs from D, NumPy raises an error. If N = D, it silently divides by the wrong lengths.

    Check: print the shapes of za and of its lengths.
    """
    length_a, length_b = np.linalg.norm(za, axis=1), np.linalg.norm(zb, axis=1)
    u, v = za / length_a, zb / length_b
    dC = blame(u @ v.T / temperature) / temperature
    du, dv = dC @ v, dC.T @ u
    dza = (du - (du * u).sum(axis=1, keepdims=True) * u) / length_a
    return dza, (dv - (dv * v).sum(axis=1, keepdims=True) * v) / length_b
