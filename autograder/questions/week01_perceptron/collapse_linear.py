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


@collapse_linear.case("narrow-middle", weight=2)
def _(rng: Rng) -> Inputs:
    return two_layers(rng, 6, 2, 4)


@collapse_linear.case("square", square="with D = H = M a wrong order has the right shape")
def _(rng: Rng) -> Inputs:
    return two_layers(rng, 4, 4, 4)


@collapse_linear.mistake("kernels-in-the-wrong-order", at="W", rows="B18 B19")
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """X meets W1 first: (X W1) W2 = X (W1 W2), and W2 W1 is another product.

    The shapes do not fit, so NumPy raises, except where all layers have one width. Books that
    write layers as W x, with columns, have the order reversed.

    Check: write the shapes (D, H) and (H, M) side by side; the inner two should be equal.
    """
    return W2 @ W1


@collapse_linear.mistake("kernels-multiplied-by-entry", at="W", rows="B17")
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """`*` multiplies entry by entry; W[d, m] is a sum over the middle, W1[d, h] W2[h, m].

    Unless the shapes happen to fit, NumPy raises. In square layers nothing complains.

    Check: W should have the shape (D, M), whatever H is.
    """
    return W1 * W2


@collapse_linear.mistake("kernels-added", at="W")
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """One layer after another multiplies, X W1 W2; a sum W1 + W2 would be two layers side by side.

    The shapes differ, so NumPy raises, except where all layers have one width.

    Check: with W1 = 2 and W2 = 3, all of size 1 by 1, W should be 6.
    """
    return W1 + W2


@collapse_linear.mistake("collapsed-kernel-transposed", at="W", rows="B01 B18", convention=True)
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """Some books store a kernel as (outputs, inputs); here it is (inputs, outputs), so W is (D, M).

    The numbers are right and turned over.

    Check: W.shape should be (D, M).
    """
    return (W1 @ W2).T


@collapse_linear.mistake("first-bias-not-carried", at="b")
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """b1 passes through the second layer too, as part of X W1 + b1; here it is added as it is.

    The shapes fit only where the middle is as wide as the end, and elsewhere NumPy raises.
    Multiply (X W1 + b1) W2 out on paper: it has two terms.

    Check: for X of zeros the pile gives what only its biases give; compare that with b.
    """
    return b1 + b2


@collapse_linear.mistake("first-bias-dropped", at="b", rows="B10")
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """(X W1 + b1) W2 has two terms, and the one with b1 does not appear here.

    W is right. The outputs of pile and single layer then differ by the same row everywhere.

    Check: for X of zeros the pile gives what only its biases give; compare that with b.
    """
    return b2


@collapse_linear.mistake("second-bias-dropped", at="b", rows="B10")
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """The second layer adds its own b2 at the end, and b does not contain it.

    W is right. The outputs of pile and single layer then differ by b2 everywhere.

    Check: with b1 of zeros b should be b2.
    """
    return b1 @ W2


@collapse_linear.mistake("both-biases-carried", at="b")
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """Only b1 passes through W2; b2 is added after it, so it is not multiplied.

    Unless H = M the sum of the two biases does not fit, and NumPy raises.

    Check: with b1 of zeros b should be b2.
    """
    return (b1 + b2) @ W2


@collapse_linear.mistake("wrong-bias-carried", at="b")
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """The bias of the first layer passes through the second; here the two have changed places.

    Unless H = M the product does not fit, and NumPy raises.

    Check: with b1 of zeros b should be b2.
    """
    return b1 + b2 @ W2


@collapse_linear.mistake("bias-through-the-first-kernel", at="b")
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """b1 is added after W1 and before W2, so W2 is the kernel that it still has to pass.

    Unless D = H = M the product does not fit, and NumPy raises.

    Check: with W2 of zeros b should be b2.
    """
    return b1 @ W1 + b2


@collapse_linear.mistake("bias-from-the-other-side", at="b", rows="B02")
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """b1 is a row like each row of X, so it stands to the left of W2; here it stands to the right.

    Unless H = M the product does not fit. In a square layer it is the product with W2 turned over.

    Check: b[m] should be the sum over h of b1[h] * W2[h, m], plus b2[m].
    """
    return W2 @ b1 + b2


@collapse_linear.mistake("bias-as-a-row-of-a-table", at="b", rows="B07")
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """A bias has one axis, (M,); this is a table with one row, (1, M).

    The numbers are right. As a parameter it has changed its shape.

    Check: b.shape should equal b2.shape.
    """
    return b1.reshape(1, -1) @ W2 + b2


@collapse_linear.mistake("bias-as-a-column", at="b", rows="B11")
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """A bias has one axis, (M,); a column of shape (M, 1) lines up with the examples instead.

    The numbers are right. X W + b would then raise, or mix examples with outputs where N = M.

    Check: b.shape should equal b2.shape.
    """
    return (b1 @ W2 + b2).reshape(-1, 1)


@collapse_linear.mistake("bias-before-kernel")
def _(W1: Array, b1: Array, W2: Array, b2: Array) -> Any:
    """The contract asks for W first and b second; here they come in the other order.

    Both are right. The caller unpacks by position.

    Check: print the two shapes; they should be (D, M) and (M,).
    """
    return b1 @ W2 + b2, W1 @ W2
