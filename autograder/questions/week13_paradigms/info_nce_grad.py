"""Where the contrastive loss pushes both embeddings."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Derivative, Inputs, Rng, question
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
    points=12,
    returns=("dza", "dzb"),
    builds_on=("cosine_similarity_matrix",),
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


@info_nce_grad.case("cold")
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
    """Both gradients, given that of the cosines."""
    return (
        through_the_length(dS @ unit_rows(zb), za),
        through_the_length(dS.T @ unit_rows(za), zb),
    )


@info_nce_grad.mistake("contrast-gradient-reversed", rows="C05 C16")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The gradient points to where the loss rises, P - I; here it points to where it falls.

    The minus sign of learning comes later, when the step is taken.

    Check: za - 0.01 * dza should have a lower loss than za.
    """
    return gradients(-blame(similarities(za, zb, temperature)) / temperature, za, zb)


@info_nce_grad.mistake("contrast-gradient-not-averaged", rows="C15")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The loss is a mean over N rows, so the gradient of its logits is (P - I) / N.

    Both gradients are N times too large.

    Check: compare with (loss(za + h) - loss(za - h)) / (2 h), moving one entry.
    """
    return gradients(len(za) * blame(similarities(za, zb, temperature)) / temperature, za, zb)


@info_nce_grad.mistake("contrast-gradient-over-all-entries", rows="C14")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The loss is a mean over N rows, so the gradient carries 1/N; here it is 1 / (N * N).

    The table has N * N entries, but each row has one loss.

    Check: compare with (loss(za + h) - loss(za - h)) / (2 h), moving one entry.
    """
    return gradients(blame(similarities(za, zb, temperature)) / temperature / len(za), za, zb)


@info_nce_grad.mistake("temperature-lost-on-the-way-back")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """Forward the cosines are divided by the temperature, so their blame is divided by it too.

    The slope of S / t is 1 / t. The probabilities are right here.

    Check: compare with (loss(za + h) - loss(za - h)) / (2 h), moving one entry.
    """
    return gradients(blame(similarities(za, zb, temperature)), za, zb)


@info_nce_grad.mistake("temperature-multiplied-on-the-way-back")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The slope of S / t for S is 1 / t, so the blame is divided by t; here it is multiplied.

    The probabilities are right.

    Check: compare with (loss(za + h) - loss(za - h)) / (2 h), moving one entry.
    """
    return gradients(blame(similarities(za, zb, temperature)) * temperature, za, zb)


@info_nce_grad.mistake("temperature-multiplied", rows="A38")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """Similarities are divided by the temperature, S / t; here they are multiplied by it, and so is
    their blame.

    It is the gradient of another loss, in which a low temperature makes everything flat.

    Check: compare with (loss(za + h) - loss(za - h)) / (2 h), moving one entry.
    """
    return gradients(blame(similarities(za, zb, 1 / temperature)) * temperature, za, zb)


@info_nce_grad.mistake("length-taken-for-a-constant", rows="I12")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """A longer z has the same direction, so the push along z itself has to vanish; here it is
    still there.

    The blame of the unit vector was divided by the length, as if moving z could not change the
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
    """This is the blame of the unit vectors z / |z|; one step further back lies z itself.

    The way back through the division by the length is missing.

    Check: (dza * za).sum(axis=1) should be 0 in every row.
    """
    dS = blame(similarities(za, zb, temperature)) / temperature
    return dS @ unit_rows(zb), dS.T @ unit_rows(za)


@info_nce_grad.mistake("not-divided-by-the-length")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The unit vector is z / |z|, so the way back divides by |z| too; here it does not.

    The push along z has been taken off rightly. A long z turns less easily than a short one.

    Check: with za twice as long, dza should be half as large.
    """
    dza, dzb = gradients(blame(similarities(za, zb, temperature)) / temperature, za, zb)
    return (
        dza * np.linalg.norm(za, axis=1, keepdims=True),
        dzb * np.linalg.norm(zb, axis=1, keepdims=True),
    )


@info_nce_grad.mistake("push-along-z-with-raw-z")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The push along z is taken off with the unit vector u, as (du . u) u; here z itself is used.

    For rows of length 1 the two are the same, so a test with unit rows shows nothing.

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
    """zb[m] stands in column m of the table, so its blame sums over the rows n: dS[n, m] * ua[n].

    The table is (N, N), so a product without the transpose has the right shape as well.

    Check: compare dzb with (loss(zb + h) - loss(zb - h)) / (2 h), moving one entry.
    """
    dS = blame(similarities(za, zb, temperature)) / temperature
    return through_the_length(dS @ unit_rows(za), zb)


@info_nce_grad.mistake("second-view-held-still", at="dzb", convention=True)
def _(za: Array, zb: Array, temperature: float) -> Any:
    """In MoCo the second view comes from a slow copy and gets no gradient; here both views learn.

    The loss depends on zb, so its gradient for zb is not 0.

    Check: compare dzb with (loss(zb + h) - loss(zb - h)) / (2 h), moving one entry.
    """
    return np.zeros_like(zb)


@info_nce_grad.mistake("gradients-exchanged")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """dza comes first and dzb second; here they are exchanged.

    Both have the same shape, so nothing complains.

    Check: (dza * za).sum(axis=1) should be 0 in every row.
    """
    return gradients(blame(similarities(za, zb, temperature)) / temperature, za, zb)[::-1]


@info_nce_grad.mistake("partner-gets-no-pull")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The blame of the logits is (P - I) / N; here the 1 of the partner has not been taken off.

    Everybody is pushed away from everybody, and nobody is pulled.

    Check: every row of the blame of the logits should sum to 0.
    """
    S = similarities(za, zb, temperature)
    return gradients(row_softmax(S) / len(S) / temperature, za, zb)


@info_nce_grad.mistake("partner-only")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The blame of the logits is (P - I) / N in all entries; here only the diagonal is kept.

    The pairs are pulled together, and strangers are not pushed apart.

    Check: every row of the blame of the logits should sum to 0.
    """
    S = similarities(za, zb, temperature)
    return gradients(blame(S) * np.eye(len(S)) / temperature, za, zb)


@info_nce_grad.mistake("contrast-gradient-over-the-columns", rows="A29")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The rows of zb compete for each row of za, so the softmax runs along axis 1; here it runs
    along axis 0.

    That is the gradient of the question asked from the other side.

    Check: every row of the blame of the logits should sum to 0.
    """
    return gradients(blame(similarities(za, zb, temperature).T).T / temperature, za, zb)


@info_nce_grad.mistake("gradient-of-dot-products")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The table holds cosines; this is the gradient for a table of plain dot products.

    No length was divided by, neither forward nor on the way back.

    Check: (dza * za).sum(axis=1) should be 0 in every row.
    """
    dS = blame(za @ zb.T / temperature) / temperature
    return dS @ zb, dS.T @ za


@info_nce_grad.mistake("contrast-gradient-overflow", rows="A26")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """exp exceeds float64 above about 709, and a cosine of 1 at a temperature of 1e-4 is a logit
    of 10,000.

    The equation is right on paper and for warm temperatures.

    Next: use the gradient at the top of this notebook, which takes any logits.
    """
    E = np.exp(similarities(za, zb, temperature))
    P = E / E.sum(axis=1, keepdims=True)
    return gradients((P - np.eye(len(P))) / len(P) / temperature, za, zb)


@info_nce_grad.mistake("contrast-gradient-shifted-by-the-table", rows="A28")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The whole table's largest logit is too much for a low row: every exp is 0, and 0 / 0 is nan.

    Rows near the top are right. The result of a row then depends on the company it is in.

    Check: after the shift the largest entry of every row should be 0.
    """
    S = similarities(za, zb, temperature)
    E = np.exp(S - S.max())
    P = E / E.sum(axis=1, keepdims=True)
    return gradients((P - np.eye(len(P))) / len(P) / temperature, za, zb)


@info_nce_grad.mistake("contrast-gradient-keepdims-missing", rows="A30")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """Each row of exps is divided by its own sum; without keepdims NumPy divides each column by it.

    The table is (N, N), so shape (N,) always fits, and nothing complains.

    Check: every row of the probabilities should sum to 1.
    """
    S = similarities(za, zb, temperature)
    E = np.exp(S - S.max(axis=1, keepdims=True))
    return gradients((E / E.sum(axis=1) - np.eye(len(E))) / len(E) / temperature, za, zb)


@info_nce_grad.mistake("lengths-without-keepdims", rows="A30 J03")
def _(za: Array, zb: Array, temperature: float) -> Any:
    """The lengths have shape (N,), and NumPy lines them up with the columns, not with the rows.

    For N different from D NumPy raises an error. For N = D it divides silently by the wrong
    lengths.

    Check: print the shapes of za and of its lengths.
    """
    length_a, length_b = np.linalg.norm(za, axis=1), np.linalg.norm(zb, axis=1)
    u, v = za / length_a, zb / length_b
    dC = blame(u @ v.T / temperature) / temperature
    du, dv = dC @ v, dC.T @ u
    dza = (du - (du * u).sum(axis=1, keepdims=True) * u) / length_a
    return dza, (dv - (dv * v).sum(axis=1, keepdims=True) * v) / length_b
