"""How much of the gradient reaches each layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Formula, Inputs, Rng, question
from autograder.questions.week08_vanishing.formulas import (
    Params,
    backward,
    bills,
    network,
    through,
    walk,
)
from course_lib.gradients import loss_and_gradients
from course_lib.models import by_student_name, to_keras


@question(points=5, builds_on=("mlp_backward",))
def backward_norms(X: Array, y: Array, params: Params, activation: str) -> Any:
    """The size of every layer's nudge: the norm of the gradient of its kernel.

    Args:
        X: inputs, shape (N, D), float64.
        y: labels from 0 to K - 1, shape (N,), int64.
        params: kernels W1, W2, ... and biases b1, b2, ... of L layers, the last one linear.
        activation: the bend between the layers: "sigmoid", "tanh" or "relu".

    Returns:
        Shape (L,), the first layer first: sqrt of the sum of all squared entries of dL/dW for
        W1, W2, ... Biases are left out. L is the mean softmax cross-entropy over the batch.

    Source: the Keras model of course_lib.models, tf.GradientTape and keras.ops.norm.
    """
    import keras

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype=X.dtype.name)
    _, gradients = loss_and_gradients(to_keras(params, activation), loss, X, y)
    named = by_student_name(gradients)
    depth = len(params) // 2
    return np.array([keras.ops.norm(named[f"W{number}"]) for number in range(1, depth + 1)])


@backward_norms.case("typical", weight=4)
def _(rng: Rng) -> Inputs:
    return network(rng, "relu", 7, 5, 6, 4, 3)


@backward_norms.case("deep-sigmoid", weight=2, square="one example is a batch as well")
def _(rng: Rng) -> Inputs:
    return network(rng, "sigmoid", 1, 5, 4, 4, 4, 4, 3)


@backward_norms.case(
    "square", weight=2, square="the layers of a deep pile are often all of one width"
)
def _(rng: Rng) -> Inputs:
    # Twelve layers: in the order of names as text, W10 would come before W2.
    return network(rng, "tanh", *13 * [4])


def kernels(gradients: Params) -> list[Array]:
    """The kernels' gradients, the first layer's first."""
    return [gradients[f"W{number}"] for number in range(1, len(gradients) // 2 + 1)]


@backward_norms.alternative("by-numpy-norm")
def _(X: Array, y: Array, params: Params, activation: str) -> Any:
    return [np.linalg.norm(dW) for dW in kernels(backward(X, y, params, activation))]


@backward_norms.made_of(
    but="bias-gradient-all-equal bias-gradient-averaged bias-gradient-not-summed "
    "bias-gradient-one-number bias-gradient-over-outputs bias-gradient-two-axes "
    "kernel-gradient-averaged kernel-gradient-transposed parameters-changed sigmoid-slope-negative "
    "sum-over-the-batch"
)
def _(
    X: Array, y: Array, params: Params, activation: str, *, mlp_backward: Formula = backward
) -> Any:
    return [np.linalg.norm(dW) for dW in kernels(mlp_backward(X, y, params, activation))]


@backward_norms.mistake("norms-of-activations", rows="K06")
def _(X: Array, y: Array, params: Params, activation: str) -> Any:
    """The norm of a layer's input in the forward pass says nothing about its gradient, dL/dW.

    Activations can be large and healthy in a network where hardly any gradient arrives. A deep
    sigmoid network is the best example: its outputs never vanish.

    Check: the result should depend on the labels y.
    """
    return np.array([np.linalg.norm(received) for received, _ in walk(X, params, activation)])


@backward_norms.mistake("norms-of-weights")
def _(X: Array, y: Array, params: Params, activation: str) -> Any:
    """This is the norm of each kernel; the question asks for the norm of its gradient, dL/dW.

    The weights exist before any gradient has been computed. Their size says nothing about how
    strongly the loss depends on them.

    Check: the result should depend on the labels y.
    """
    return np.array([np.linalg.norm(W) for W in kernels(params)])


@backward_norms.mistake("norms-of-the-bill", rows="K06")
def _(X: Array, y: Array, params: Params, activation: str) -> Any:
    """This is the norm of dL/dz, the gradient that arrives at a layer; its kernel is updated with
    dL/dW.

    The layer's input relates the two: dL/dW = input^T dL/dz. A large dL/dz changes nothing where
    the input is small.

    Check: where all of X is 0, the first norm should be 0.
    """
    found = bills(X, y, params, activation, through(activation))
    return np.array([np.linalg.norm(found[number]) for number in sorted(found)])


@backward_norms.mistake("sum-of-absolute-values", rows="K06")
def _(X: Array, y: Array, params: Params, activation: str) -> Any:
    """The norm is the square root of the sum of squares; here absolute values are summed.

    A sum of absolute values grows with the number of weights, so a wide layer looks healthier
    than a narrow one.

    Check: a gradient with the entries 3 and 4 should have the norm 5.
    """
    return np.array([np.abs(dW).sum() for dW in kernels(backward(X, y, params, activation))])


@backward_norms.mistake("sum-of-entries", rows="K06")
def _(X: Array, y: Array, params: Params, activation: str) -> Any:
    """The norm is the square root of the sum of squares; in a plain sum, positive and negative
    entries cancel.

    A sum can be 0 although no entry is, and it can be negative. A length cannot.

    Check: a gradient with the entries 3 and -4 should have the norm 5.
    """
    return np.array([dW.sum() for dW in kernels(backward(X, y, params, activation))])


@backward_norms.mistake("root-left-out")
def _(X: Array, y: Array, params: Params, activation: str) -> Any:
    """The norm is the square root of the sum of squares; here the root is missing.

    Squaring makes small numbers smaller: a gradient of 1e-6 looks like 1e-12.

    Check: a gradient with the entries 3 and 4 should have the norm 5.
    """
    return np.array([(dW**2).sum() for dW in kernels(backward(X, y, params, activation))])


@backward_norms.mistake("mean-of-squares")
def _(X: Array, y: Array, params: Params, activation: str) -> Any:
    """The norm sums the squares; here it takes their mean, which makes every norm too small.

    The root mean square is the size of a typical entry. The norm is the length of the whole
    gradient, and so of the step that a layer takes.

    Check: a gradient with the entries 3 and 4 should have the norm 5.
    """
    return np.array([np.sqrt((dW**2).mean()) for dW in kernels(backward(X, y, params, activation))])


@backward_norms.mistake("largest-entry")
def _(X: Array, y: Array, params: Params, activation: str) -> Any:
    """The norm is the square root of the sum of all squares; this is only the largest absolute
    entry.

    np.linalg.norm(dW, np.inf) and np.max each compute something else.

    Check: a gradient with the entries 3 and 4 should have the norm 5.
    """
    return np.array([np.abs(dW).max() for dW in kernels(backward(X, y, params, activation))])


@backward_norms.mistake("spectral-norm")
def _(X: Array, y: Array, params: Params, activation: str) -> Any:
    """For a matrix np.linalg.norm(dW, 2) is the largest singular value, not the square root of the
    sum of squares.

    For a vector, order 2 means the length. For a matrix it means something else; without an order,
    NumPy takes the Frobenius norm, which sums the squares.

    Check: the 4 x 4 identity should have the norm 2.
    """
    return np.array([np.linalg.norm(dW, 2) for dW in kernels(backward(X, y, params, activation))])


@backward_norms.mistake("last-layer-first")
def _(X: Array, y: Array, params: Params, activation: str) -> Any:
    """The backward pass reaches the last layer first; the result should begin with the first layer.

    The numbers are right but in reverse order. A vanishing gradient then looks like an exploding
    one.

    Check: result[0] should be the norm of the gradient of W1.
    """
    norms = [np.linalg.norm(dW) for dW in kernels(backward(X, y, params, activation))]
    return np.array(norms[::-1])


@backward_norms.mistake("biases-counted-in")
def _(X: Array, y: Array, params: Params, activation: str) -> Any:
    """Here each norm covers kernel and bias together; the question asks for the kernel alone.

    Every norm comes out a little too large.

    Check: the norm should be that of dL/dW, with as many squares as W has entries.
    """
    gradients = backward(X, y, params, activation)
    squares = {name: (gradient**2).sum() for name, gradient in gradients.items()}
    depth = len(params) // 2
    return np.array(
        [np.sqrt(squares[f"W{number}"] + squares[f"b{number}"]) for number in range(1, depth + 1)]
    )


@backward_norms.mistake("biases-listed-too")
def _(X: Array, y: Array, params: Params, activation: str) -> Any:
    """The question asks for one norm per layer, that of its kernel; here each bias has its own norm
    too.

    The result has 2 L entries, since the dict of gradients holds two arrays for each layer.

    Check: three layers should give three numbers.
    """
    return np.array([np.linalg.norm(g) for g in backward(X, y, params, activation).values()])


@backward_norms.mistake("summed-over-the-batch", rows="C15")
def _(X: Array, y: Array, params: Params, activation: str) -> Any:
    """The loss is a mean over N examples, so its gradient carries 1/N; here the 1/N is missing.

    Every norm is N times too large, and larger batches seem to have larger gradients.

    Check: duplicate every row of the batch; no norm should change.
    """
    gradients = backward(X, y, params, activation)
    return np.array([len(y) * np.linalg.norm(dW) for dW in kernels(gradients)])
