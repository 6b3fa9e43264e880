"""The backward pass through a residual block."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Formula, Inputs, Rng, question
from autograder.questions.week08_vanishing.blocks import block, branch, empty_picture, gradients
from autograder.questions.week08_vanishing.formulas import through_dense, through_relu
from course_lib.gradients import vector_jacobian_product


@question(points=11, returns=("dX", "dW1", "db1", "dW2", "db2"), builds_on=("residual_forward",))
def residual_backward(dout: Array, X: Array, W1: Array, b1: Array, W2: Array) -> Any:
    """The blame that passes back through out = X + relu(X @ W1 + b1) @ W2 + b2.

    Args:
        dout: dL/dout, shape (N, D), float64; it carries the 1/N of the mean already.
        X: the block's inputs, shape (N, D), float64.
        W1: the branch's first kernel, shape (D, H), float64.
        b1: its bias, shape (H,), float64.
        W2: the branch's second kernel, shape (H, D), float64.

    Returns:
        dX (N, D), dW1 (D, H), db1 (H,), dW2 (H, D), db2 (D,). The slope of relu at 0 is 0.

    Source: tf.GradientTape through keras.ops.
    """
    from keras import ops

    def out(X: Any, W1: Any, b1: Any, W2: Any, b2: Any) -> Any:
        return X + ops.matmul(ops.relu(ops.matmul(X, W1) + b1), W2) + b2

    b2 = np.zeros(X.shape[1], X.dtype)
    return tuple(vector_jacobian_product(out, [X, W1, b1, W2, b2], dout))


def with_blame(rng: Rng, given: Inputs) -> Inputs:
    """The block's inputs and random blame for its outputs; b2 has no influence on the way back."""
    del given["b2"]
    return {"dout": rng.normal(size=given["X"].shape), **given}


@residual_backward.case("typical", weight=4)
def _(rng: Rng) -> Inputs:
    return with_blame(rng, block(rng, 7, 5, 4))


@residual_backward.case("wide-branch", weight=2, square="a batch of one keeps its axis")
def _(rng: Rng) -> Inputs:
    return with_blame(rng, block(rng, 1, 4, 9))


@residual_backward.case("empty-picture")
def _(rng: Rng) -> Inputs:
    return with_blame(rng, empty_picture(rng, 6, 5, 7))


@residual_backward.case("square", square="with N = D = H a wrong axis or transpose fits")
def _(rng: Rng) -> Inputs:
    return with_blame(rng, block(rng, 4, 4, 4))


@residual_backward.alternative("gate-from-the-output")
def _(dout: Array, X: Array, W1: Array, b1: Array, W2: Array) -> Any:
    _, H = branch(X, W1, b1)
    return gradients(dout, X, H, np.where(H > 0, dout @ W2.T, 0), W1)


@residual_backward.made_of(
    but="relu-upstream-ignored relu-upstream-added gate-from-the-blame gate-always-open "
    "slope-one-at-zero relu-dout-changed bias-gradient-one-number batch-mean-taken-twice"
)
def _(
    dout: Array,
    X: Array,
    W1: Array,
    b1: Array,
    W2: Array,
    *,
    relu_backward: Formula = through_relu,
    dense_backward: Formula = through_dense,
) -> Any:
    Z, H = branch(X, W1, b1)
    dH, dW2, db2 = dense_backward(dout, H, W2)
    dX, dW1, db1 = dense_backward(relu_backward(dH, Z), X, W1)
    return dout + dX, dW1, db1, dW2, db2


@residual_backward.mistake("blame-of-the-skip-lost", at="dX", rows="K01")
def _(dout: Array, X: Array, W1: Array, b1: Array, W2: Array) -> Any:
    """X is used twice, by the skip and by the branch, so two gradients come back and are added;
    here the skip's is lost.

    The parameters' gradients are right. But the block passes on only what went through both
    kernels, as a plain network does, so the gradient vanishes again.

    Check: with W2 = 0 the block should pass dout on unchanged.
    """
    Z, _ = branch(X, W1, b1)
    return ((dout @ W2.T) * (Z > 0)) @ W1.T


@residual_backward.mistake("blame-of-the-branch-lost", at="dX")
def _(dout: Array, X: Array, W1: Array, b1: Array, W2: Array) -> Any:
    """X is used twice, by the skip and by the branch, so two gradients come back and are added;
    here the branch's is lost.

    The skip alone passes dout on unchanged. A gradient check of dX finds the difference.

    Check: dX should depend on W1.
    """
    return dout.copy()


@residual_backward.mistake("bills-multiplied", at="dX", rows="K03")
def _(dout: Array, X: Array, W1: Array, b1: Array, W2: Array) -> Any:
    """The block adds, and the slope of a sum is 1 for both terms: the two gradients are added, not
    multiplied.

    Slopes are multiplied along one path. The skip and the branch are two paths.

    Check: with W2 = 0 the block should pass dout on unchanged.
    """
    Z, _ = branch(X, W1, b1)
    return dout * (((dout @ W2.T) * (Z > 0)) @ W1.T)


@residual_backward.mistake("skip-paid-twice", at="dX")
def _(dout: Array, X: Array, W1: Array, b1: Array, W2: Array) -> Any:
    """The skip passes dout back once; here it is added twice.

    Ten such blocks would multiply the gradient by 2^10 even where the branches do nothing.

    Check: with W2 = 0 the block should pass dout on unchanged.
    """
    Z, _ = branch(X, W1, b1)
    return 2 * dout + ((dout @ W2.T) * (Z > 0)) @ W1.T


@residual_backward.mistake("block-gate-left-open", rows="A12")
def _(dout: Array, X: Array, W1: Array, b1: Array, W2: Array) -> Any:
    """The gradient passes the ReLU only where its input was positive, Z > 0; here all of it passes.

    It happens when the ReLU is left out of the backward pass, or when its output is tested with `>=
    0`, which is always true. dW2 and db2 do not depend on this gate and are right.

    Check: for a b1 of -1000 the gradient of W1 should be 0.
    """
    _, H = branch(X, W1, b1)
    return gradients(dout, X, H, dout @ W2.T, W1)


@residual_backward.mistake("block-gate-set-by-the-blame", rows="A11")
def _(dout: Array, X: Array, W1: Array, b1: Array, W2: Array) -> Any:
    """The gradient passes the ReLU where its input Z was positive; here it passes where the
    gradient itself is positive.

    The gradient's sign says in which direction to step; it has nothing to do with whether the gate
    was open.

    Check: with dout replaced by -dout, every gradient should only change its sign.
    """
    _, H = branch(X, W1, b1)
    dH = dout @ W2.T
    return gradients(dout, X, H, dH * (dH > 0), W1)


@residual_backward.mistake("block-gate-instead-of-blame", rows="A06")
def _(dout: Array, X: Array, W1: Array, b1: Array, W2: Array) -> Any:
    """The gradient at Z is the incoming gradient times the slope; here it is the slope alone, 0 or
    1.

    The gradients of W1 and b1 then do not depend on dout at all.

    Check: with dout = 0 every gradient should be 0.
    """
    Z, H = branch(X, W1, b1)
    return gradients(dout, X, H, (Z > 0) * 1.0, W1)


@residual_backward.mistake("block-gate-added", rows="A07")
def _(dout: Array, X: Array, W1: Array, b1: Array, W2: Array) -> Any:
    """The chain rule multiplies the gradient by the slope; here the slope is added to it.

    A gradient of 0 then becomes 1 wherever the gate was open.

    Check: with dout = 0 every gradient should be 0.
    """
    Z, H = branch(X, W1, b1)
    return gradients(dout, X, H, dout @ W2.T + (Z > 0), W1)


@residual_backward.mistake("open-at-zero", rows="A13", convention=True)
def _(dout: Array, X: Array, W1: Array, b1: Array, W2: Array) -> Any:
    """At Z = 0 ReLU has a corner; some books take the slope 1 there, but this course, like Keras,
    takes 0.

    It matters for an empty picture when b1 is 0. Everywhere else the result is right.

    Check: for X = 0 and b1 = 0 the gradient of b1 should be 0.
    """
    Z, H = branch(X, W1, b1)
    return gradients(dout, X, H, (dout @ W2.T) * (Z >= 0), W1)


@residual_backward.mistake("mean-taken-again", rows="B08")
def _(dout: Array, X: Array, W1: Array, b1: Array, W2: Array) -> Any:
    """dout already carries the 1/N of the loss; here the parameters' gradients are divided by N
    once more.

    dX is right, but the parameters learn N times too slowly.

    Check: duplicate every row of the batch and halve dout; no parameter's gradient should change.
    """
    Z, H = branch(X, W1, b1)
    dX, *rest = gradients(dout, X, H, (dout @ W2.T) * (Z > 0), W1)
    return dX, *[gradient / len(X) for gradient in rest]


@residual_backward.mistake("hidden-before-the-bend", at="dW2")
def _(dout: Array, X: Array, W1: Array, b1: Array, W2: Array) -> Any:
    """W2's input is the hidden layer after its ReLU, so its gradient is computed from that; here it
    is computed from Z.

    Where Z is negative, W2's input was 0, so that input adds nothing to its gradient.

    Check: for a b1 of -1000 the gradient of W2 should be 0.
    """
    return branch(X, W1, b1)[0].T @ dout


@residual_backward.mistake("gradient-of-w2-from-the-input", at="dW2")
def _(dout: Array, X: Array, W1: Array, b1: Array, W2: Array) -> Any:
    """W2's input is the hidden layer, so its gradient is computed from that; here it is computed
    from X.

    Unless H equals D, the shape is wrong as well.

    Check: dW2.shape should equal W2.shape.
    """
    return X.T @ dout


@residual_backward.mistake("bias-blame-over-everything", rows="B03")
def _(dout: Array, X: Array, W1: Array, b1: Array, W2: Array) -> Any:
    """Each bias entry belongs to one unit, so its gradient is the sum of its own column; here all
    columns are summed together.

    sum() without an axis gives one number for the whole table.

    Check: db1.shape should equal b1.shape.
    """
    Z, H = branch(X, W1, b1)
    dZ = (dout @ W2.T) * (Z > 0)
    dX, dW1, _, dW2, _ = gradients(dout, X, H, dZ, W1)
    return dX, dW1, dZ.sum(), dW2, dout.sum()


@residual_backward.mistake("incoming-blame-changed", rows="A16 N05")
def _(dout: Array, X: Array, W1: Array, b1: Array, W2: Array) -> Any:
    """dX = dout gives the same array a second name, so dX += ... writes into the caller's dout; the
    sum should be a new array.

    The returned values are right here, but the caller's dout has changed.

    Check: keep a copy of dout, call your function, and compare.
    """
    Z, H = branch(X, W1, b1)
    _, *rest = gradients(dout, X, H, (dout @ W2.T) * (Z > 0), W1)
    dout += ((dout @ W2.T) * (Z > 0)) @ W1.T
    return dout, *rest
