"""Softmax and its vector-Jacobian product."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Derivative, Formula, Rng, question
from autograder.questions.week02_bends.formulas import row_softmax, stable_sigmoid


@question(points=9)
def softmax(Z: Array) -> Any:
    """Probabilities of each row: exp(Z[n, k]) / sum over j of exp(Z[n, j]).

    Args:
        Z: logits, shape (N, K), float64.

    Returns:
        Probabilities, shape (N, K), float64; every row sums to 1.

    Source: keras.activations.softmax over the last axis.
    """
    import keras

    return keras.activations.softmax(Z, axis=-1)


@softmax.case("typical", weight=3)
def _(rng: Rng) -> dict[str, Any]:
    return {"Z": rng.uniform(-2, 2, (5, 3))}


@softmax.case("square", square="a sum without keepdims raises an error unless N equals K")
def _(rng: Rng) -> dict[str, Any]:
    return {"Z": rng.uniform(-2, 2, (4, 4))}


@softmax.case("one-example", square="one row is still a table")
def _(rng: Rng) -> dict[str, Any]:
    return {"Z": rng.uniform(-2, 2, (1, 4))}


@softmax.case("hundreds", stability=True)
def _(rng: Rng) -> dict[str, Any]:
    level = rng.uniform(420, 600, (6, 1)) * np.resize([1.0, -1.0], (6, 1))
    return {"Z": level + rng.uniform(-2, 2, (6, 4))}


@softmax.case("stability", weight=2, stability=True)
def _(rng: Rng) -> dict[str, Any]:
    level = rng.uniform(1000, 9000, (7, 1)) * np.resize([1.0, -1.0], (7, 1))
    width = np.resize([2.0, 2.0, 900.0], (7, 1))
    return {"Z": level + width * rng.uniform(-1, 1, (7, 3))}


@softmax.alternative("scipy")
def _(Z: Array) -> Any:
    from scipy import special

    return special.softmax(Z, axis=1)


@softmax.alternative("row-by-row")
def _(Z: Array) -> Any:
    rows = []
    for row in Z:
        shifted = np.exp(row - max(row))
        rows.append(shifted / sum(shifted))
    return rows


@softmax.mistake("softmax-overflow", rows="A26")
def _(Z: Array) -> Any:
    """float64 exp exceeds its range above about 709, and inf / inf is nan.

    Logits below that are right. Logits far below 0 fail as well: every exp is then 0, and 0 / 0 is
    nan. Softmax depends only on the differences within a row, not on the size of its logits.

    Next: find a constant for each row that can be subtracted without changing softmax.
    """
    E = np.exp(Z)
    return E / E.sum(axis=1, keepdims=True)


@softmax.mistake("softmax-shift-added", rows="A27")
def _(Z: Array) -> Any:
    """The row's largest logit is subtracted before exp; here it is added.

    exp(Z + max) overflows for logits of about 355, earlier than without any shift. Small logits are
    right, because any constant cancels in the fraction.

    Check: after the shift the largest entry of every row should be 0.
    """
    E = np.exp(Z + Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


@softmax.mistake("softmax-global-shift", rows="A28")
def _(Z: Array) -> Any:
    """Subtracting the whole batch's largest logit makes every exp of a low row 0, and 0 / 0 is nan.

    Rows close to the largest logit are right. A row 800 below it becomes exp(-800) = 0 in every
    entry. Each row is one example and needs its own shift.

    Check: after the shift the largest entry of every row should be 0.
    """
    E = np.exp(Z - Z.max())
    return E / E.sum(axis=1, keepdims=True)


@softmax.mistake("softmax-over-the-batch", rows="A29")
def _(Z: Array) -> Any:
    """The columns of your result sum to 1; the rows should, because each row is one example.

    With axis=0 NumPy adds down the columns, so the examples of a batch compete with each other for
    each class. axis names the axis that disappears in the sum.

    Check: print the sums over axis 1; every entry should be 1.
    """
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=0)


@softmax.mistake("softmax-normaliser-over-the-batch", rows="A29")
def _(Z: Array) -> Any:
    """The normaliser here sums down the columns; it should sum over the classes of each row.

    The shift is taken for each row, as it should be, but the sum runs over axis 0: the columns sum
    to 1 and the rows do not.

    Check: print the sums over axis 1; every entry should be 1.
    """
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=0)


@softmax.mistake("softmax-over-everything", rows="A29")
def _(Z: Array) -> Any:
    """All entries together sum to 1; each row should sum to 1, because each row is one example.

    A sum without an axis adds up the whole array. For a batch of N examples the probabilities are
    then about N times too small.

    Check: print the sums over axis 1; every entry should be 1.
    """
    E = np.exp(Z - Z.max())
    return E / E.sum()


@softmax.mistake("softmax-keepdims-missing", rows="A30")
def _(Z: Array) -> Any:
    """A sum over axis 1 has shape (N,); NumPy lines it up with the columns, not with the rows.

    For N different from K NumPy raises an error. For N = K it silently divides by the wrong
    numbers: column n is divided by the sum of row n. A normaliser of shape (N, 1) lines up with the
    rows.

    Check: print the shapes of the numerator and the denominator.
    """
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1)


@softmax.mistake("softmax-unshifted-over-the-batch", rows="A26 A29")
def _(Z: Array) -> Any:
    """Two mistakes: the sum runs down the columns, not along the rows, and large logits overflow.

    The columns of the result sum to 1, so the examples of a batch compete with each other for each
    class. And for logits above about 709 exp is inf, and inf / inf is nan.

    Next: first make the sums over axis 1 equal to 1; then look for a shift that keeps exp small.
    """
    E = np.exp(Z)
    return E / E.sum(axis=0)


@softmax.mistake("softmax-unshifted-over-everything", rows="A26 A29")
def _(Z: Array) -> Any:
    """Two mistakes: the sum runs over the whole batch, not along each row, and large logits
    overflow.

    All entries together sum to 1, so for N examples the probabilities are about N times too small.
    And for logits above about 709 exp is inf, and inf / inf is nan.

    Next: first make the sums over axis 1 equal to 1; then look for a shift that keeps exp small.
    """
    E = np.exp(Z)
    return E / E.sum()


@softmax.mistake("softmax-unshifted-keepdims-missing", rows="A26 A30")
def _(Z: Array) -> Any:
    """Two mistakes: a sum of shape (N,) lines up with the columns, and large logits overflow.

    For N different from K NumPy raises an error; for N = K it divides by the wrong numbers. And for
    logits above about 709 exp is inf, and inf / inf is nan.

    Next: first print the shapes of the numerator and the denominator; then look for a shift.
    """
    E = np.exp(Z)
    return E / E.sum(axis=1)


@softmax.mistake("softmax-without-exp", rows="A37")
def _(Z: Array) -> Any:
    """Rows of Z / sum(Z) do add up to 1, but entries can be negative; exp makes them positive.

    Entries can be above 1 too. Without exp a row whose logits nearly cancel gives enormous numbers.

    Check: every entry should lie between 0 and 1.
    """
    return Z / Z.sum(axis=1, keepdims=True)


@softmax.mistake("softmax-doubled-logits", rows="A38")
def _(Z: Array) -> Any:
    """exp(2 Z) doubles every difference between logits, so the largest class gets too much.

    The ratio of two probabilities is exp of the difference between their logits. Here it is the
    square of that.

    Check: for the logits [1, 0] the ratio of the probabilities should be e = 2.718.
    """
    return row_softmax(2 * Z)


@softmax.mistake("softmax-divided-logits", rows="A38")
def _(Z: Array) -> Any:
    """Dividing the logits by K is softmax with a temperature of K: it flattens the probabilities.

    The ratio of two probabilities is exp of the difference between their logits. Here the
    difference is K times too small.

    Check: for the logits [1, 0] the ratio of the probabilities should be e = 2.718.
    """
    return row_softmax(Z / Z.shape[1])


@softmax.mistake("softmax-entrywise-sigmoid")
def _(Z: Array) -> Any:
    """A sigmoid looks at each logit on its own; softmax divides by the sum over the row's classes.

    K sigmoids answer K separate yes-or-no questions. They need not sum to 1.

    Check: print the sums over axis 1; every entry should be 1.
    """
    return stable_sigmoid(Z)


@question(
    points=8,
    builds_on=("softmax",),
    derivative=Derivative(of="softmax", wrt="Z", upstream="dout"),
)
def softmax_vjp(Z: Array, dout: Array) -> Any:
    """Send a gradient back through softmax: dZ = s * (dout - sum over k of dout * s).

    Args:
        Z: logits, shape (N, K), float64.
        dout: dL/ds for the probabilities s that softmax gives, shape (N, K), float64.

    Returns:
        dZ = dL/dZ, shape (N, K), float64; every row sums to 0.

    Source: tf.GradientTape through keras.activations.softmax.
    """
    import keras

    from course_lib.gradients import vector_jacobian_product

    return vector_jacobian_product(keras.activations.softmax, [Z], dout)[0]


@softmax_vjp.case("typical", weight=3)
def _(rng: Rng) -> dict[str, Any]:
    return {"Z": rng.uniform(-2, 2, (5, 3)), "dout": rng.normal(size=(5, 3))}


@softmax_vjp.case("square", square="a sum without keepdims raises an error unless N equals K")
def _(rng: Rng) -> dict[str, Any]:
    return {"Z": rng.uniform(-2, 2, (4, 4)), "dout": rng.normal(size=(4, 4))}


@softmax_vjp.case("one-example", square="one row is still a table")
def _(rng: Rng) -> dict[str, Any]:
    return {"Z": rng.uniform(-2, 2, (1, 4)), "dout": rng.normal(size=(1, 4))}


@softmax_vjp.case("stability", stability=True)
def _(rng: Rng) -> dict[str, Any]:
    level = rng.uniform(1000, 9000, (7, 1)) * np.resize([1.0, -1.0], (7, 1))
    return {"Z": level + rng.uniform(-2, 2, (7, 4)), "dout": rng.normal(size=(7, 4))}


@softmax_vjp.alternative("whole-jacobian")
def _(Z: Array, dout: Array) -> Any:
    s = row_softmax(Z)
    jacobian = np.einsum("nk,kj->nkj", s, np.eye(Z.shape[1])) - np.einsum("nk,nj->nkj", s, s)
    return np.einsum("nkj,nk->nj", jacobian, dout)


@softmax_vjp.made_of(but="softmax-overflow softmax-shift-added")
def _(Z: Array, dout: Array, *, softmax: Formula = row_softmax) -> Any:
    p = softmax(Z)
    return p * (dout - (dout * p).sum(axis=1, keepdims=True))


@softmax_vjp.mistake("softmax-upstream-ignored", rows="A06")
def _(Z: Array, dout: Array) -> Any:
    """s (1 - s) is a local slope; the chain rule multiplies it by dout, which is not used here.

    The chain rule multiplies the gradient from above by the local slope. A result that does not
    depend on dout contains nothing of the loss.

    Check: with dout = 0 the result should be 0, and doubling dout should double it.
    """
    s = row_softmax(Z)
    return s * (1 - s)


@softmax_vjp.mistake("softmax-upstream-added", rows="A07")
def _(Z: Array, dout: Array) -> Any:
    """The chain rule multiplies dout by the local slope; here the two are added.

    A sum does not scale: twice the gradient from above must give twice the gradient below.

    Check: with dout = 0 the result should be 0.
    """
    s = row_softmax(Z)
    return dout + s * (1 - s)


@softmax_vjp.mistake("softmax-diagonal-only", rows="A31")
def _(Z: Array, dout: Array) -> Any:
    """s (1 - s) dout holds only the effect of each logit on its own probability, ds_k / dZ_k.

    A logit also changes all the other probabilities of its row, because they share one normaliser:
    ds_j / dZ_k = -s_j s_k. Softmax does not work entry by entry like the other bends.

    Check: every row of the result should sum to 0.
    """
    s = row_softmax(Z)
    return s * (1 - s) * dout


@softmax_vjp.mistake("softmax-gradient-plus-sign")
def _(Z: Array, dout: Array) -> Any:
    """The effect on the other probabilities is negative, ds_j / dZ_k = -s_j s_k; here it is added.

    When one probability rises, the others must fall, because they sum to 1.

    Check: every row of the result should sum to 0.
    """
    s = row_softmax(Z)
    return s * (dout + (dout * s).sum(axis=1, keepdims=True))


@softmax_vjp.mistake("softmax-gradient-factor-missing")
def _(Z: Array, dout: Array) -> Any:
    """Every entry of dZ has the factor s_k: dZ_k = s_k (dout_k - sum_j dout_j s_j).

    Here the factor before the bracket is missing. A class whose probability is nearly 0 then gets
    as large a gradient as a likely one, although changing its logit changes almost nothing.

    Check: every row of the result should sum to 0.
    """
    s = row_softmax(Z)
    return dout - (dout * s).sum(axis=1, keepdims=True)


@softmax_vjp.mistake("softmax-gradient-unweighted-sum")
def _(Z: Array, dout: Array) -> Any:
    """The sum in dZ_k = s_k (dout_k - sum_j dout_j s_j) weights each dout_j by its probability s_j.

    Here dout is summed without the weights. What is subtracted should be the average of dout under
    the probabilities.

    Check: with dout of ones the result should be 0.
    """
    s = row_softmax(Z)
    return s * (dout - dout.sum(axis=1, keepdims=True))


@softmax_vjp.mistake("softmax-gradient-over-the-batch", rows="A29")
def _(Z: Array, dout: Array) -> Any:
    """The sum of dout * s runs over the classes of one row; here it runs over the examples.

    With axis=0 the examples of a batch influence each other's gradients. Each row is one example
    and does not depend on the others.

    Check: changing the second row of Z should not change the first row of the result.
    """
    s = row_softmax(Z)
    return s * (dout - (dout * s).sum(axis=0))


@softmax_vjp.mistake("softmax-gradient-over-everything", rows="A29")
def _(Z: Array, dout: Array) -> Any:
    """The sum of dout * s runs over the classes of one row; without an axis NumPy adds up the whole
    table.

    All rows then get the same number subtracted, and each depends on all the others.

    Check: every row of the result should sum to 0.
    """
    s = row_softmax(Z)
    return s * (dout - (dout * s).sum())


@softmax_vjp.mistake("softmax-gradient-keepdims-missing", rows="A30")
def _(Z: Array, dout: Array) -> Any:
    """A sum over axis 1 has shape (N,); NumPy lines it up with the columns, not with the rows.

    For N different from K NumPy raises an error. For N = K it silently subtracts the wrong numbers.
    A sum of shape (N, 1) lines up with the rows.

    Check: print the shapes of dout and of the sum.
    """
    s = row_softmax(Z)
    return s * (dout - (dout * s).sum(axis=1))


@softmax_vjp.mistake("softmax-gradient-overflow", rows="A26")
def _(Z: Array, dout: Array) -> Any:
    """float64 exp exceeds its range above about 709, and inf / inf is nan.

    The gradient's formula is right; the probabilities inside it are not. Logits far below 0 fail as
    well, because every exp is then 0.

    Next: use the function in this notebook that computes softmax for any logits.
    """
    E = np.exp(Z)
    s = E / E.sum(axis=1, keepdims=True)
    return s * (dout - (dout * s).sum(axis=1, keepdims=True))


@softmax_vjp.mistake("softmax-upstream-in-place", rows="A16")
def _(Z: Array, dout: Array) -> Any:
    """Subtracting in place with -= changes the caller's dout, because dout is not a copy.

    The returned values are right, but the gradient from above is lost to any code that still needs
    it. In a network the same dout may go to several places.

    Check: keep a copy of dout, call your function, and compare dout with the copy.
    """
    s = row_softmax(Z)
    dout -= (dout * s).sum(axis=1, keepdims=True)
    return s * dout
