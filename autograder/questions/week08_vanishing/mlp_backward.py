"""The backward pass through a network of any depth."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Formula, Inputs, Rng, question
from autograder.questions.week08_vanishing.formulas import (
    BENDS,
    Params,
    backward,
    bills,
    gradients_from,
    loss_slope,
    network,
    through,
    through_dense,
    through_relu,
    through_sigmoid,
    through_tanh,
    walk,
)
from course_lib.gradients import loss_and_gradients
from course_lib.models import by_student_name, to_keras


@question(points=12, returns=("grads",))
def mlp_backward(X: Array, y: Array, params: Params, activation: str) -> Any:
    """The gradient of the loss for every parameter of a pile of any depth.

    Args:
        X: inputs, shape (N, D), float64.
        y: labels from 0 to K - 1, shape (N,), int64.
        params: kernels W1, W2, ... and biases b1, b2, ... of L layers, the last one linear.
        activation: the bend between the layers: "sigmoid", "tanh" or "relu".

    Returns:
        A dict with the keys and the shapes of params: the gradients of the mean softmax
        cross-entropy over the batch.

    Source: the Keras model of course_lib.models, differentiated by tf.GradientTape.
    """
    import keras

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype=X.dtype.name)
    _, gradients = loss_and_gradients(to_keras(params, activation), loss, X, y)
    named = by_student_name(gradients)
    return {name: named[name] for name in params}


@mlp_backward.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return network(rng, "relu", 7, 5, 6, 4, 3)


@mlp_backward.case("sigmoid", weight=2)
def _(rng: Rng) -> Inputs:
    return network(rng, "sigmoid", 6, 5, 4, 7, 3)


@mlp_backward.case("deep", weight=2, square="the layers of a deep pile are often all of one width")
def _(rng: Rng) -> Inputs:
    # Twelve layers: in the order of names as text, W10 would come before W2.
    return network(rng, "tanh", *13 * [4])


@mlp_backward.case(
    "one-layer", weight=0.5, square="axes of one example and of one feature are kept"
)
def _(rng: Rng) -> Inputs:
    return network(rng, "relu", 1, 1, 4)


@mlp_backward.case("stability", weight=0.5, stability=True)
def _(rng: Rng) -> Inputs:
    given = network(rng, "relu", 7, 4, 6, 3)
    given["params"]["W2"] *= 1e3
    given["params"]["b2"] *= 1e3
    return given


@mlp_backward.made_of(
    but="batch-mean-taken-twice gate-from-the-blame kernel-not-transposed slope-one-at-zero "
    "relu-dout-changed tanh-applied-twice"
)
def _(
    X: Array,
    y: Array,
    params: Params,
    activation: str,
    *,
    dense_backward: Formula = through_dense,
    relu_backward: Formula = through_relu,
    sigmoid_backward: Formula = through_sigmoid,
    tanh_backward: Formula = through_tanh,
) -> Any:
    steps = {"relu": relu_backward, "sigmoid": sigmoid_backward, "tanh": tanh_backward}
    layers = walk(X, params, activation)
    dz = loss_slope(layers[-1][1], y)
    grads: Params = {}
    for number in range(len(layers), 0, -1):
        received = layers[number - 1][0]
        dout, dW, db = dense_backward(dz, received, params[f"W{number}"])
        grads |= {f"W{number}": dW, f"b{number}": db}
        if number > 1:
            # What this layer received is what the one before gave out.
            below = layers[number - 2][1] if activation == "relu" else received
            dz = steps[activation](dout, below)
    return {name: grads[name] for name in params}


@mlp_backward.mistake("bends-left-out-on-the-way-back")
def _(X: Array, y: Array, params: Params, activation: str) -> Any:
    """Between two layers the gradient passes an activation function and is multiplied by its slope
    at z; here it passes unchanged.

    The last layer's gradients are right and all earlier ones are wrong. With sigmoid they come out
    far too large, which hides the vanishing gradient.

    Check: compare the gradient of W1 with a central difference.
    """
    return backward(X, y, params, activation, lambda dout, z: dout)


@mlp_backward.mistake("slope-instead-of-blame", rows="A06")
def _(X: Array, y: Array, params: Params, activation: str) -> Any:
    """The gradient at z is dout * slope(z); here it is the slope alone.

    The last layer's gradients are right. All earlier ones no longer depend on the labels.

    Check: change a label; the gradient of W1 should change.
    """
    return backward(X, y, params, activation, lambda dout, z: BENDS[activation][1](z))


@mlp_backward.mistake("slope-added-to-blame", rows="A07")
def _(X: Array, y: Array, params: Params, activation: str) -> Any:
    """The chain rule multiplies, dout * slope(z); here the slope is added to dout.

    A gradient of 0 is then no longer 0. The last layer's gradients are right.

    Check: where dout is 0, nothing should be passed on.
    """
    return backward(X, y, params, activation, lambda dout, z: dout + BENDS[activation][1](z))


@mlp_backward.mistake("slope-of-the-output", rows="A08")
def _(X: Array, y: Array, params: Params, activation: str) -> Any:
    """The slope is taken at z, the input of the activation function; here it is taken at its
    output.

    With ReLU this makes no difference, because the output is positive exactly where z is. With
    sigmoid and tanh the slopes come out too close to their maximum, so less of the gradient seems
    to vanish.

    Check: for z = 100 a sigmoid's slope is 0; print the slope that you use there.
    """
    bend, slope = BENDS[activation]
    return backward(X, y, params, activation, lambda dout, z: dout * slope(bend(z)))


@mlp_backward.mistake("gate-set-by-the-blame", rows="A11")
def _(X: Array, y: Array, params: Params, activation: str) -> Any:
    """A ReLU lets the gradient pass where z > 0; here it passes where the gradient itself is
    positive.

    The gradient's sign says in which direction to step; it has nothing to do with whether the gate
    was open. With sigmoid and tanh everything is right.

    Check: a gradient of -1 at z = 1 should pass as -1.
    """
    if activation != "relu":
        return backward(X, y, params, activation)
    return backward(X, y, params, activation, lambda dout, z: dout * (dout > 0))


@mlp_backward.mistake("gate-always-open", rows="A12")
def _(X: Array, y: Array, params: Params, activation: str) -> Any:
    """The output of a ReLU is never negative, so `output >= 0` is true everywhere; the slope is 1
    only where z > 0.

    The gate never closes. With sigmoid and tanh everything is right.

    Check: print the fraction of entries that your gate lets pass; with random weights it is near
    one half.
    """
    if activation != "relu":
        return backward(X, y, params, activation)
    return backward(X, y, params, activation, lambda dout, z: dout * (np.maximum(z, 0) >= 0))


@mlp_backward.mistake("last-layer-bent-on-the-way-back")
def _(X: Array, y: Array, params: Params, activation: str) -> Any:
    """The last layer is linear: no activation function comes between the logits and the loss; here
    the gradient is multiplied by a slope there too.

    Every gradient is wrong, including the last layer's.

    Check: for a single layer the gradient of b1 should be the column sums of dL/dlogits.
    """
    layers = walk(X, params, activation)
    last = len(layers)
    found = bills(X, y, params, activation, through(activation))
    found[last] = through(activation)(found[last], layers[-1][1])
    for number in range(last - 1, 0, -1):
        arrived = found[number + 1] @ params[f"W{number + 1}"].T
        found[number] = through(activation)(arrived, layers[number - 1][1])
    return gradients_from(X, params, activation, found)


@mlp_backward.mistake("kernel-not-turned-over", rows="B02")
def _(X: Array, y: Array, params: Params, activation: str) -> Any:
    """The forward pass multiplies by W, so the backward pass multiplies by its transpose; here W
    itself is used.

    Unless a layer has as many outputs as inputs, NumPy raises an error. In a deep network of
    constant width there is no error, and the gradient goes to the wrong units.

    Check: the gradient for a layer's inputs should have the shape of its inputs.
    """
    layers = walk(X, params, activation)
    found = {len(layers): bills(X, y, params, activation, through(activation))[len(layers)]}
    for number in range(len(layers) - 1, 0, -1):
        arrived = found[number + 1] @ params[f"W{number + 1}"]
        found[number] = through(activation)(arrived, layers[number - 1][1])
    return gradients_from(X, params, activation, found)


@mlp_backward.mistake("sum-over-the-batch", rows="B09 C15")
def _(X: Array, y: Array, params: Params, activation: str) -> Any:
    """The loss is a mean over N examples, so its gradient carries 1/N; here the 1/N is missing.

    Every gradient is N times too large. The 1/N enters once, at the logits.

    Check: duplicate every row of the batch; no gradient should change.
    """
    return {name: len(y) * g for name, g in backward(X, y, params, activation).items()}


@mlp_backward.mistake("mean-taken-twice", rows="B08")
def _(X: Array, y: Array, params: Params, activation: str) -> Any:
    """The gradient at the logits already carries 1/N; here the gradients are divided by N once
    more.

    Every gradient is N times too small, which only looks like a vanishing gradient.

    Check: duplicate every row of the batch; no gradient should change.
    """
    return {name: g / len(y) for name, g in backward(X, y, params, activation).items()}


@mlp_backward.mistake("bill-not-carried-on")
def _(X: Array, y: Array, params: Params, activation: str) -> Any:
    """The gradient goes back through every layer in turn; here each layer's gradient is taken
    straight from that of the logits, through a single kernel.

    It happens when `dout` is not replaced by what dense_backward returned. Unless all widths are
    equal, NumPy raises an error; the last two layers are right.

    Check: the loop has to carry dout from one iteration to the next.
    """
    layers = walk(X, params, activation)
    found = {len(layers): bills(X, y, params, activation, through(activation))[len(layers)]}
    for number in range(len(layers) - 1, 0, -1):
        arrived = found[len(layers)] @ params[f"W{number + 1}"].T
        found[number] = through(activation)(arrived, layers[number - 1][1])
    return gradients_from(X, params, activation, found)


@mlp_backward.mistake("parameters-changed", rows="N05")
def _(X: Array, y: Array, params: Params, activation: str) -> Any:
    """The gradients are written into params, which belongs to the caller; they should go into a
    dict of their own.

    The returned values are right, but the network has lost its weights.

    Check: keep a copy of params, call your function, and compare.
    """
    params.update(backward(X, y, params, activation))
    return params
