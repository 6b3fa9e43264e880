"""Two linear layers are one."""

from __future__ import annotations

from typing import Any

from autograder.questions.define import Array, Inputs, Rng, question


@question(points=10, returns=("W", "b"))
def collapse_linear(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """The one layer that equals two: (X W1 + b1) W2 + b2 = X W + b for every X.

    Args:
        W1: the first kernel, shape (D, H), float64.
        b1: the first biases, shape (H,), float64.
        W2: the second kernel, shape (H, M), float64.
        b2: the second biases, shape (M,), float64.

    Returns:
        W (D, M) and b (M,).

    Source: keras.ops.matmul.
    """
    from keras import ops

    return ops.matmul(W1, W2), ops.matmul(b1, W2) + b2


def two_layers(rng: Rng, D: int, H: int, M: int) -> Inputs:
    """Random kernels and biases."""
    return {
        "W1": rng.normal(size=(D, H)),
        "b1": rng.normal(size=H),
        "W2": rng.normal(size=(H, M)),
        "b2": rng.normal(size=M),
    }


@collapse_linear.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return two_layers(rng, 5, 7, 3)


@collapse_linear.case("narrow-middle", weight=2, square="one output is still a column")
def _(rng: Rng) -> Inputs:
    return two_layers(rng, 6, 2, 1)


@collapse_linear.case("square", square="with D = H = M a wrong order has the right shape")
def _(rng: Rng) -> Inputs:
    return two_layers(rng, 4, 4, 4)


@collapse_linear.mistake("kernels-in-the-wrong-order", at="W", rows="B18 B19")
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """X is multiplied by W1 first: (X W1) W2 = X (W1 W2), and W2 W1 is a different product.

    The shapes do not fit, so NumPy raises an error, unless all layers have the same width. In books
    that write layers as W x, with column vectors, the order is reversed.

    Check: write the shapes (D, H) and (H, M) side by side; the two inner sizes should be equal.
    """
    return W2 @ W1


@collapse_linear.mistake("kernels-multiplied-by-entry", at="W", rows="B17")
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """`*` multiplies entry by entry; W[d, m] is a sum over h of W1[d, h] W2[h, m].

    Unless the shapes happen to fit, NumPy raises an error. In square layers there is no error.

    Check: W should have the shape (D, M), whatever H is.
    """
    return W1 * W2


@collapse_linear.mistake("kernels-added", at="W")
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """Layers applied in turn multiply their kernels, X W1 W2; W1 + W2 would be parallel layers.

    The shapes differ, so NumPy raises an error, unless all layers have the same width.

    Check: with W1 = 2 and W2 = 3, both of shape (1, 1), W should be 6.
    """
    return W1 + W2


@collapse_linear.mistake("collapsed-kernel-transposed", at="W", rows="B01 B18", convention=True)
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """Some books store a kernel as (outputs, inputs); in this course it is (inputs, outputs).

    The numbers are right, but transposed. W should be (D, M).

    Check: W.shape should be (D, M).
    """
    return (W1 @ W2).T


@collapse_linear.mistake("first-bias-not-carried", at="b")
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """b1 passes through the second layer too, as part of X W1 + b1; here it is added unchanged.

    The shapes fit only if H = M; otherwise NumPy raises an error. Multiply out (X W1 + b1) W2 on
    paper: it has two terms.

    Check: for X of zeros only the biases act; the pile's output there should equal b.
    """
    return b1 + b2


@collapse_linear.mistake("first-bias-dropped", at="b", rows="B10")
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """(X W1 + b1) W2 has two terms, and the one with b1 is missing here.

    W is right. The outputs of the pile and of the single layer then differ by the same row for
    every example.

    Check: for X of zeros only the biases act; the pile's output there should equal b.
    """
    return b2


@collapse_linear.mistake("second-bias-dropped", at="b", rows="B10")
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """The second layer adds its own bias b2 at the end; here b does not contain it.

    W is right. The outputs of the pile and of the single layer then differ by b2 for every example.

    Check: with b1 of zeros b should be b2.
    """
    return b1 @ W2


@collapse_linear.mistake("both-biases-carried", at="b")
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """Only b1 passes through W2; b2 is added afterwards, so it is not multiplied.

    Unless H = M the two biases have different shapes, and NumPy raises an error.

    Check: with b1 of zeros b should be b2.
    """
    return (b1 + b2) @ W2


@collapse_linear.mistake("wrong-bias-carried", at="b")
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """The first layer's bias passes through the second layer; here the two biases are swapped.

    Unless H = M the shapes do not fit, and NumPy raises an error.

    Check: with b1 of zeros b should be b2.
    """
    return b1 + b2 @ W2


@collapse_linear.mistake("bias-through-the-first-kernel", at="b")
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """b1 is added after W1 and before W2, so it still has to pass through W2, not W1.

    Unless D = H = M the shapes do not fit, and NumPy raises an error.

    Check: with W2 of zeros b should be b2.
    """
    return b1 @ W1 + b2


@collapse_linear.mistake("bias-from-the-other-side", at="b", rows="B02")
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """b1 is a row, like each row of X, so it goes to the left of W2; here it is on the right.

    Unless H = M the shapes do not fit. In a square layer this is the product with W2 transposed.

    Check: b[m] should be the sum over h of b1[h] * W2[h, m], plus b2[m].
    """
    return W2 @ b1 + b2


@collapse_linear.mistake("bias-as-a-row-of-a-table", at="b", rows="B07")
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """A bias has one axis, (M,); this is a table with one row, (1, M).

    The numbers are right, but the parameter's shape has changed.

    Check: b.shape should equal b2.shape.
    """
    return b1.reshape(1, -1) @ W2 + b2


@collapse_linear.mistake("bias-as-a-column", at="b", rows="B11")
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """A bias has one axis, (M,); a column of shape (M, 1) lines up with the examples instead.

    The numbers are right, but X W + b would raise an error, or, where N = M, add one bias per
    example instead of one per output.

    Check: b.shape should equal b2.shape.
    """
    return (b1 @ W2 + b2).reshape(-1, 1)


@collapse_linear.mistake("bias-before-kernel")
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """The docstring asks for W first and b second; here they are in the other order.

    Both are right, but the caller unpacks them by position.

    Check: print the two shapes; they should be (D, M) and (M,).
    """
    return b1 @ W2 + b2, W1 @ W2
