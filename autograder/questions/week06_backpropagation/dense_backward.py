"""The gradient (blame) through a dense layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from course_lib.gradients import vector_jacobian_product


@question(points=12, returns=("dX", "dW", "db"))
def dense_backward(dout: Array, X: Array, W: Array) -> Any:
    """The blame that passes back through out = X @ W + b, to the inputs and to both parameters.

    Args:
        dout: dL/dout, shape (N, M), float64; it carries the 1/N of the mean already.
        X: the layer's inputs, shape (N, D), float64.
        W: the kernel, shape (D, M), float64.

    Returns:
        dX (N, D), dW (D, M), db (M,).

    Source: tf.GradientTape through keras.ops.matmul and addition.
    """
    from keras import ops

    b = np.zeros(W.shape[1], W.dtype)
    return tuple(vector_jacobian_product(lambda X, W, b: ops.matmul(X, W) + b, [X, W, b], dout))


def dense_inputs(rng: Rng, N: int, D: int, M: int) -> Inputs:
    """A layer's inputs and kernel, and random blame for its outputs."""
    return {
        "dout": rng.normal(size=(N, M)),
        "X": rng.normal(size=(N, D)),
        "W": rng.normal(size=(D, M)),
    }


@dense_backward.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return dense_inputs(rng, 7, 5, 3)


@dense_backward.case("wide", weight=2, square="a batch of one keeps its axis")
def _(rng: Rng) -> Inputs:
    return dense_inputs(rng, 1, 4, 9)


@dense_backward.case(
    "square", square="with N = D = M a wrong axis or transpose has the right shape"
)
def _(rng: Rng) -> Inputs:
    return dense_inputs(rng, 4, 4, 4)


@dense_backward.mistake("kernel-gradient-transposed", at="dW", rows="B01 B18")
def _(dout: Array, X: Array, W: Array) -> Any:
    """dW[i, j] is the gradient of the weight from input i to output j, so dW has W's shape, (D, M).

    Here it is transposed, (M, D), which would fit a kernel stored as (M, D), as in some books. In a
    square layer the shape happens to be right, but the numbers are wrong.

    Check: dW.shape should equal W.shape, and a small step against dW should lower the loss.
    """
    return dout.T @ X


@dense_backward.mistake("kernel-not-transposed", at="dX", rows="B02 B19")
def _(dout: Array, X: Array, W: Array) -> Any:
    """The forward pass goes from D inputs to M outputs, so the backward pass goes from M to D.

    dout has M columns and W has D rows, so the product does not fit unless D = M. In a square layer
    it fits, but the gradient reaches the wrong inputs. Sum over the axis that out has and X does
    not.

    Check: write the shapes of dout and W side by side; the two inner sizes should both be M.
    """
    return dout @ W


@dense_backward.mistake("kernel-gradient-without-transpose", at="dW")
def _(dout: Array, X: Array, W: Array) -> Any:
    """dW[i, j] sums X[n, i] * dout[n, j] over the examples n, so N has to be the inner axis.

    X is (N, D) and dout is (N, M): their product does not fit, except in a square layer, where it
    mixes examples with inputs.

    Check: write the shapes of both factors; the axis that disappears should be N.
    """
    return X @ dout


@dense_backward.mistake("bias-gradient-one-number", at="db", rows="B03")
def _(dout: Array, X: Array, W: Array) -> Any:
    """Each of the M outputs has its own bias, so db has M entries: db[j] = sum over n of dout[n,
    j].

    A sum over everything gives one number, the gradients of all biases added up. Subtracting it
    from b works, because NumPy broadcasts it, but then all biases are nudged by the same amount.

    Check: db.shape should equal (M,).
    """
    return dout.sum()


@dense_backward.mistake("bias-gradient-all-equal", at="db", rows="B03")
def _(dout: Array, X: Array, W: Array) -> Any:
    """Each bias gets only the gradient of its own column: db[j] = sum over n of dout[n, j].

    All entries are equal here, because the sum ran over the outputs too and was then repeated for
    each of them. The shape is right, so there is no error.

    Check: the entries of db should differ.
    """
    return np.full(W.shape[1], dout.sum())


@dense_backward.mistake("bias-gradient-not-summed", at="db", rows="B05")
def _(dout: Array, X: Array, W: Array) -> Any:
    """All N examples share one bias, so their gradients add up: db[j] = sum over n of dout[n, j].

    Here every example keeps its own row, and db is (N, M) while b is (M,). The forward pass adds
    the bias to every row; what is copied forward is summed backward.

    Check: db.shape should equal b.shape.
    """
    return dout


@dense_backward.mistake("bias-gradient-over-outputs", at="db", rows="B06")
def _(dout: Array, X: Array, W: Array) -> Any:
    """A bias belongs to one output and is shared by all examples, so the sum runs over the
    examples.

    This sum runs along each row and gives one number for each example, (N,). With N = M the shape
    happens to be right, but the numbers are wrong.

    Check: with one output and many examples db should have a single entry.
    """
    return dout.sum(axis=1)


@dense_backward.mistake("bias-gradient-two-axes", at="db", rows="B07")
def _(dout: Array, X: Array, W: Array) -> Any:
    """A gradient has the shape of its parameter: b is (M,), but this is (1, M).

    The numbers are right. Subtracting it from b gives a bias of shape (1, M), and the parameter has
    changed its shape.

    Check: (b - db).shape should equal b.shape.
    """
    return dout.sum(axis=0, keepdims=True)


@dense_backward.mistake("batch-mean-taken-twice", rows="B08")
def _(dout: Array, X: Array, W: Array) -> Any:
    """dout already contains the 1/N of the mean; here dW and db are divided by N again.

    dX is right; dW and db are N times too small. The loss is a mean over the batch, and its 1/N
    travels back inside dout. Every layer before it only sums.

    Check: repeat every row of X and dout twice; dW should double.
    """
    N = len(X)
    return dout @ W.T, X.T @ dout / N, dout.sum(axis=0) / N


@dense_backward.mistake("kernel-gradient-averaged", at="dW", rows="B08")
def _(dout: Array, X: Array, W: Array) -> Any:
    """dout already contains the 1/N of the mean, so dW is a plain sum over the examples.

    dW is N times too small, while dX and db are right. The weights of this layer would learn N
    times more slowly than its biases.

    Check: repeat every row of X and dout twice; dW should double.
    """
    return X.T @ dout / len(X)


@dense_backward.mistake("bias-gradient-averaged", at="db", rows="B08")
def _(dout: Array, X: Array, W: Array) -> Any:
    """dout already contains the 1/N of the mean, so db is a plain sum over the examples.

    db is N times too small, while dX and dW are right. A mean seems natural here, because the loss
    is a mean.

    Check: repeat every row of X and dout twice; db should double.
    """
    return dout.mean(axis=0)


@dense_backward.mistake("input-gradient-averaged", at="dX", rows="B08")
def _(dout: Array, X: Array, W: Array) -> Any:
    """dout already contains the 1/N of the mean, so dX does not need another.

    dX is N times too small, while dW and db are right. In a deep network each layer would divide
    again, and the nudge would vanish on the way.

    Check: each row of dX should be the same when it is computed for that row alone, with the same
    dout.
    """
    return dout @ W.T / len(X)


@dense_backward.mistake("gradients-in-another-order")
def _(dout: Array, X: Array, W: Array) -> Any:
    """The three gradients are returned as dX, dW, db; here dW comes first.

    Each of them is right, but the caller unpacks by position, so the weights' gradient is taken for
    the inputs'.

    Check: print the three shapes; they should be (N, D), (D, M) and (M,).
    """
    return X.T @ dout, dout @ W.T, dout.sum(axis=0)


@dense_backward.mistake("elementwise-product", rows="B17")
def _(dout: Array, X: Array, W: Array) -> Any:
    """`*` multiplies entry by entry; sums over an axis, such as the one over j in dX, need `@`.

    The shapes do not fit, so NumPy raises an error. With N = D = M they happen to fit, and nothing
    is summed.

    Check: write down the shapes of both factors and cross out the axis that is summed over.
    """
    return dout * W.T, X.T * dout, dout.sum(axis=0)
