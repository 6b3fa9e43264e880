"""The loss of a two-layer network, and its gradient for every parameter."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograder.questions.define import (
    SMALL_NUMBERS,
    Array,
    Derivative,
    Formula,
    Inputs,
    Rng,
    question,
)
from autograder.questions.week06_backpropagation.formulas import (
    Params,
    all_gradients,
    blame,
    cross_entropies,
    hidden_layer,
    layer_gradients,
    loss_slope,
    mean_loss,
    row_softmax,
    through_dense,
    through_relu,
)
from course_lib.gradients import loss_and_gradients
from course_lib.models import by_student_name, to_keras


@question(
    points=15,
    returns=("loss", "grads"),
    builds_on=("relu_backward", "dense_backward"),
    derivative=Derivative(of="mlp_loss_and_grads", wrt="params", value="loss", gradient="grads"),
    parts={"loss": 1, "grads": 4},
)
def mlp_loss_and_grads(X: Array, y: Array, params: Params) -> Any:
    """The loss of a two-layer network on a batch, and its gradient for every parameter.

    The network is dense, relu, dense; the loss is the mean softmax cross-entropy over the batch.

    Args:
        X: inputs, shape (N, D), float64.
        y: labels from 0 to K - 1, shape (N,), int64.
        params: kernels W1 (D, H) and W2 (H, K), biases b1 (H,) and b2 (K,).

    Returns:
        The loss, and a dict with the keys and the shapes of params.

    Source: the Keras model of course_lib.models, differentiated by tf.GradientTape.
    """
    import keras

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype=X.dtype.name)
    value, gradients = loss_and_gradients(to_keras(params), loss, X, y)
    named = by_student_name(gradients)
    return value, {name: named[name] for name in params}


def network(rng: Rng, N: int, D: int, H: int, K: int) -> Inputs:
    """A batch and a random network, with biases that matter and every class present."""
    return {
        "X": rng.normal(size=(N, D)),
        "y": rng.permutation(np.resize(np.arange(K), N)),
        "params": {
            "W1": rng.normal(size=(D, H)),
            "b1": rng.normal(size=H),
            "W2": rng.normal(size=(H, K)),
            "b2": rng.normal(size=K),
        },
    }


@mlp_loss_and_grads.case("typical", weight=4)
def _(rng: Rng) -> Inputs:
    return network(rng, 7, 5, 4, 3)


@mlp_loss_and_grads.case("square", square="with N = D = H = K a wrong axis has the right shape")
def _(rng: Rng) -> Inputs:
    return network(rng, 4, 4, 4, 4)


@mlp_loss_and_grads.case("edge", square="axes of one example and of one feature are kept")
def _(rng: Rng) -> Inputs:
    # No biases, and pre-activations that are 0, or hardly above or below it.
    given = network(rng, 1, 1, 9, 3)
    given["params"]["W1"] *= np.resize([0.0, 1.0, 1e-9], 9)
    given["params"]["b1"] = np.zeros(9)
    return given


@mlp_loss_and_grads.case("stability", weight=2, stability=True)
def _(rng: Rng) -> Inputs:
    given = network(rng, 8, 3, 5, 4)
    given["params"]["W2"] *= 1e3
    given["params"]["b2"] *= 1e3
    return given


@mlp_loss_and_grads.made_of(
    but="batch-mean-taken-twice bias-gradient-one-number bias-gradient-over-outputs "
    "bias-gradient-two-axes cross-entropy-averaged-over-classes cross-entropy-base-two "
    "cross-entropy-clipped cross-entropy-gradient-not-averaged cross-entropy-gradient-reversed "
    "cross-entropy-overflow cross-entropy-summed cross-entropy-with-epsilon gate-always-open "
    "gate-from-the-blame gradient-of-the-probabilities kernel-gradient-transposed "
    "log-of-a-logarithm log-of-a-vanished-probability log-softmax-global-shift "
    "log-softmax-in-place multiplied-by-the-output probabilities-for-a-gradient "
    "relu-dout-changed slope-one-at-zero softmax-taken-twice whole-number-one-hot"
)
def _(
    X: Array,
    y: Array,
    params: Params,
    *,
    softmax_cross_entropy: Formula = mean_loss,
    softmax_cross_entropy_grad: Formula = loss_slope,
    relu_backward: Formula = through_relu,
    dense_backward: Formula = through_dense,
) -> Any:
    z, h, logits = hidden_layer(X, params)
    dlogits = softmax_cross_entropy_grad(logits, y)
    dh, dW2, db2 = dense_backward(dlogits, h, params["W2"])
    _, dW1, db1 = dense_backward(relu_backward(dh, z), X, params["W1"])
    return softmax_cross_entropy(logits, y), {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


@mlp_loss_and_grads.mistake("loss-summed", at="loss", rows="C13")
def _(X: Array, y: Array, params: Params) -> Any:
    """The loss is the mean over the batch, L = (1/N) * sum of the examples' losses; this is the
    sum.

    The loss is N times too large, but the gradients are right. The two then belong to different
    functions, and a gradient check fails by a factor of N everywhere.

    Check: repeat every row of the batch twice; the loss should not change.
    """
    return cross_entropies(hidden_layer(X, params)[2], y).sum()


@mlp_loss_and_grads.mistake("batch-mean-missing", at="grads", rows="C15")
def _(X: Array, y: Array, params: Params) -> Any:
    """The loss is a mean over N examples, so its gradient carries 1/N.

    Every gradient is N times too large; the loss is right. The 1/N enters once, in the gradient at
    the logits, and travels back from there.

    Check: repeat every row of the batch twice; no gradient should change.
    """
    _, _, dlogits, _ = blame(X, y, params)
    return all_gradients(X, y, params, dlogits * len(y))


@mlp_loss_and_grads.mistake("sum-for-mean", rows="B09 C13 C15")
def _(X: Array, y: Array, params: Params) -> Any:
    """This loss and its gradients are sums over the batch; this course takes the mean, with 1/N.

    Everything is N times too large, consistently, so your own gradient check passes. But the size
    of a nudge would depend on the size of the batch.

    Check: repeat every row of the batch twice; neither the loss nor the gradients should change.
    """
    _, _, dlogits, _ = blame(X, y, params)
    loss = cross_entropies(hidden_layer(X, params)[2], y).sum()
    return loss, all_gradients(X, y, params, dlogits * len(y))


@mlp_loss_and_grads.mistake("batch-mean-twice", at="grads", rows="B08")
def _(X: Array, y: Array, params: Params) -> Any:
    """The gradient at the logits already contains 1/N; here the gradients are divided by N again.

    Every gradient is N times too small, and the loss is right. Training would work, only N times
    more slowly, so this mistake can go unnoticed for a long time.

    Check: repeat every row of the batch twice; no gradient should change.
    """
    _, _, dlogits, _ = blame(X, y, params)
    return all_gradients(X, y, params, dlogits / len(y))


@mlp_loss_and_grads.mistake("loss-averaged-over-classes", at="loss", rows="C14")
def _(X: Array, y: Array, params: Params) -> Any:
    """The mean runs over the N examples; here it runs over the N * K entries of the one-hot table.

    The loss is K times too small, but the gradients are right. np.mean of a one-hot table divides
    by all its entries, although only one in K is not 0.

    Check: a network whose logits are all 0 should have the loss log(K).
    """
    logits = hidden_layer(X, params)[2]
    return cross_entropies(logits, y).mean() / logits.shape[1]


@mlp_loss_and_grads.mistake("gradient-sign-turned", at="grads", rows="C16")
def _(X: Array, y: Array, params: Params) -> Any:
    """The gradient at the logits is (p - onehot) / N, probability minus target; here it is
    reversed.

    Every gradient has the right size and the wrong sign. A step against it goes uphill, so the loss
    rises from the first step on.

    Check: take a small step against the gradient; the loss should fall.
    """
    _, _, dlogits, _ = blame(X, y, params)
    return all_gradients(X, y, params, -dlogits)


@mlp_loss_and_grads.mistake("slope-of-the-log-only", at="grads", rows="C17")
def _(X: Array, y: Array, params: Params) -> Any:
    """-onehot / p is the gradient with respect to the probabilities; the layer needs it at the
    logits.

    The backward pass leaves out the softmax. Only the true class gets a gradient, and the wrong
    classes are never pushed down. For very small p it even overflows.

    Check: each row of the gradient at the logits should sum to 0.
    """
    logits = hidden_layer(X, params)[2]
    onehot = np.eye(logits.shape[1])[y]
    return all_gradients(X, y, params, -onehot / row_softmax(logits) / len(y))


@mlp_loss_and_grads.mistake("target-missing", at="grads")
def _(X: Array, y: Array, params: Params) -> Any:
    """The gradient at the logits is (p - onehot) / N; here the target is missing, so y is not used.

    The gradients are the same whatever y is. All logits would be pushed down, the true class most
    of all where the network is right.

    Check: change one label; the gradients should change.
    """
    logits = hidden_layer(X, params)[2]
    return all_gradients(X, y, params, row_softmax(logits) / len(y))


@mlp_loss_and_grads.mistake("loss-of-a-second-softmax", at="loss", rows="C18")
def _(X: Array, y: Array, params: Params) -> Any:
    """The cross-entropy takes logits and applies softmax itself; here it is given probabilities.

    Softmax of numbers between 0 and 1 is nearly uniform, so the loss stays near log(K) even for a
    perfect network. The gradients are right, but they do not belong to this loss.

    Check: multiply W2 and b2 by 100; the loss of a right answer should approach 0.
    """
    return cross_entropies(row_softmax(hidden_layer(X, params)[2]), y).mean()


@mlp_loss_and_grads.mistake("softmax-applied-twice", rows="C18")
def _(X: Array, y: Array, params: Params) -> Any:
    """The last layer is linear and the loss applies softmax once; here softmax is applied twice.

    Both the loss and the gradients are computed from the softmax of a softmax. The probabilities
    are all near 1/K, so the loss never falls far below log(K).

    Check: multiply W2 and b2 by 100; the loss of a right answer should approach 0.
    """
    flat = row_softmax(hidden_layer(X, params)[2])
    dlogits = (row_softmax(flat) - np.eye(flat.shape[1])[y]) / len(y)
    return cross_entropies(flat, y).mean(), all_gradients(X, y, params, dlogits)


@mlp_loss_and_grads.mistake("probabilities-overwritten", at="loss", rows="C19")
def _(X: Array, y: Array, params: Params) -> Any:
    """Subtracting 1 in place turns p into the gradient, so the loss takes the log of a negative
    number.

    The loss is nan, but the gradients are right. `p` and the gradient are two names for one array,
    so writing into one changes the other. Compute the loss first, or keep a copy.

    Check: print the smallest probability just before the logarithm.
    """
    rows = np.arange(len(y))
    p = row_softmax(hidden_layer(X, params)[2])
    dlogits = p
    dlogits[rows, y] -= 1
    return -np.log(p[rows, y]).mean()


@mlp_loss_and_grads.mistake("labels-off-by-one", rows="C21")
def _(X: Array, y: Array, params: Params) -> Any:
    """Labels run from 0 to K - 1 and are already column numbers; subtracting 1 picks the wrong
    class.

    Every example is compared with its neighbouring class, and class 0 with the last one, because
    index -1 counts from the end. There is no error.

    Check: with label 0, column 0 of the gradient at the logits should be negative.
    """
    z, h, logits = hidden_layer(X, params)
    shifted = (y - 1) % logits.shape[1]
    dlogits = (row_softmax(logits) - np.eye(logits.shape[1])[shifted]) / len(y)
    return cross_entropies(logits, shifted).mean(), all_gradients(X, y, params, dlogits)


@mlp_loss_and_grads.mistake("logarithm-to-base-two", at="loss", rows="C22")
def _(X: Array, y: Array, params: Params) -> Any:
    """The loss uses the natural logarithm; in base 2 it is 1.4427 times larger.

    The loss is then measured in bits. The gradients are right and belong to the natural logarithm,
    whose slope is 1/p without a factor.

    Check: a network whose logits are all 0 should have the loss np.log(K).
    """
    return cross_entropies(hidden_layer(X, params)[2], y).mean() / math.log(2)


@mlp_loss_and_grads.mistake(
    "loss-with-a-ceiling", at="loss", rows="C23", family={"small": SMALL_NUMBERS}
)
def _(X: Array, y: Array, params: Params, *, small: float = 1e-12) -> Any:
    """A small number in log(p + small) limits the loss, 1e-12 to 27.6; the true loss grows with the
    logits.

    For small logits the loss is right to many digits. Where the network is sure and wrong, p is 0
    in float64 and the loss stops growing. The logits still know how wrong it is.

    Check: logits [0, 1000] with label 0 should give a loss of 1000.
    """
    p = row_softmax(hidden_layer(X, params)[2])
    return -np.log(p[np.arange(len(y)), y] + small).mean()


@mlp_loss_and_grads.mistake("loss-of-a-vanished-probability", at="loss", rows="A33")
def _(X: Array, y: Array, params: Params) -> Any:
    """A probability below about 1e-308 is 0 in float64, and -log(0) is inf.

    The loss is large but finite: about the difference between the largest logit and the true
    one. Computing the probability first loses it.

    Next: write the loss in terms of the logits: log-sum-exp, minus the logit of the label.
    """
    p = row_softmax(hidden_layer(X, params)[2])
    return -np.log(p[np.arange(len(y)), y]).mean()


@mlp_loss_and_grads.mistake("loss-overflow", at="loss", rows="A26")
def _(X: Array, y: Array, params: Params) -> Any:
    """exp overflows above about 709, so log(sum(exp(logits))) is inf; it needs a shift.

    The largest logit of each row can be subtracted before exp and added again after the log.

    Check: add 1000 to b2; the loss should not change.
    """
    logits = hidden_layer(X, params)[2]
    return (np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(y)), y]).mean()


@mlp_loss_and_grads.mistake("gradient-through-a-vanished-probability", at="grads", rows="A33")
def _(X: Array, y: Array, params: Params) -> Any:
    """-1 / p is infinite where a probability is 0 in float64, and 0 * inf is nan.

    The two slopes, that of the log and that of the softmax, are right by themselves. Multiplied
    on paper the p cancels, and (p - onehot) / N remains.

    Next: simplify the product of the two slopes on paper before you program it.
    """
    p = row_softmax(hidden_layer(X, params)[2])
    dp = -np.eye(p.shape[1])[y] / p / len(y)
    return all_gradients(X, y, params, p * (dp - (dp * p).sum(axis=1, keepdims=True)))


@mlp_loss_and_grads.mistake("softmax-overflow-in-the-network", rows="A26")
def _(X: Array, y: Array, params: Params) -> Any:
    """exp overflows above about 709, and inf / inf is nan; large logits need a shift before exp.

    With small logits everything is right. With large ones the loss and the gradients are nan, and
    after one step so is the whole network. Softmax does not change when a constant is subtracted
    from a row.

    Check: add 1000 to b2; neither the loss nor the gradients should change.
    """
    logits = hidden_layer(X, params)[2]
    E = np.exp(logits)
    p = E / E.sum(axis=1, keepdims=True)
    dlogits = (p - np.eye(p.shape[1])[y]) / len(y)
    return -np.log(p[np.arange(len(y)), y]).mean(), all_gradients(X, y, params, dlogits)


@mlp_loss_and_grads.mistake("softmax-over-the-batch", rows="A29")
def _(X: Array, y: Array, params: Params) -> Any:
    """Each row is one example, so its probabilities sum to 1; here the columns do.

    The examples of the batch then compete with each other. The answer for one example changes when
    another one is replaced.

    Check: print the sums of the probabilities over axis 1; each should be 1.
    """
    p = row_softmax(hidden_layer(X, params)[2].T).T
    dlogits = (p - np.eye(p.shape[1])[y]) / len(y)
    with np.errstate(divide="ignore"):
        loss = -np.log(p[np.arange(len(y)), y]).mean()
    return loss, all_gradients(X, y, params, dlogits)


@mlp_loss_and_grads.mistake("biases-left-out", rows="B10")
def _(X: Array, y: Array, params: Params) -> Any:
    """A dense layer is X @ W + b; without b it is a different network with a different loss.

    The loss and all gradients are off, even those of the kernels, because the pre-activations are.
    With biases of 0, as at the start of training, the mistake does not show.

    Check: changing b2 should change the loss.
    """
    bare = {**params, "b1": 0 * params["b1"], "b2": 0 * params["b2"]}
    _, _, dlogits, _ = blame(X, y, bare)
    loss = cross_entropies(hidden_layer(X, bare)[2], y).mean()
    return loss, all_gradients(X, y, bare, dlogits)


@mlp_loss_and_grads.mistake("relu-skipped-on-the-way-back", at="grads", rows="A12")
def _(X: Array, y: Array, params: Params) -> Any:
    """The backward pass goes through every step of the forward pass: dL/dz = dL/dh * relu'(z).

    The gradients of W2 and b2 are right, those of W1 and b1 are not: units that were off in the
    forward pass get a gradient too. A gate that tests relu(z) >= 0 is always open and gives the
    same numbers.

    Check: a unit whose z is negative for the whole batch should have a b1 gradient of 0.
    """
    _, h, dlogits, dh = blame(X, y, params)
    return layer_gradients(X, dh, h, dlogits)


@mlp_loss_and_grads.mistake("hidden-gate-from-the-blame", at="grads", rows="A11")
def _(X: Array, y: Array, params: Params) -> Any:
    """The sign of z in the forward pass decides whether the gate is open, not the gradient's sign.

    The gradients of W2 and b2 are right. Those of W1 and b1 contain only positive gradients,
    whatever z was.

    Check: which array decides the gate, and does it come from the forward pass?
    """
    _, h, dlogits, dh = blame(X, y, params)
    return layer_gradients(X, dh * (dh > 0), h, dlogits)


@mlp_loss_and_grads.mistake("hidden-slope-one-at-zero", at="grads", rows="A13", convention=True)
def _(X: Array, y: Array, params: Params) -> Any:
    """ReLU has a corner at z = 0; some books use the slope 1 there, this course uses 0.

    Only units with z exactly 0 differ, for example all of them for an empty input when the biases
    start at 0. Keras uses 0 as well.

    Check: with X = 0 and b1 = 0 the gradient of b1 should be 0.
    """
    z, h, dlogits, dh = blame(X, y, params)
    return layer_gradients(X, dh * (z >= 0), h, dlogits)


@mlp_loss_and_grads.mistake("blame-times-the-hidden-output", at="grads")
def _(X: Array, y: Array, params: Params) -> Any:
    """The slope of relu is 1 where it is open; here the gradient is multiplied by its output h.

    The gradients of W2 and b2 are right; those of W1 and b1 have zeros in the right places, but the
    wrong sizes.

    Check: where z is positive, the gradient before and after the gate should be equal.
    """
    _, h, dlogits, dh = blame(X, y, params)
    return layer_gradients(X, dh * h, h, dlogits)


@mlp_loss_and_grads.mistake("hidden-output-before-the-bend", at="grads")
def _(X: Array, y: Array, params: Params) -> Any:
    """The second layer's input was h = relu(z), so the gradient of its kernel uses h, not z.

    Only the gradient of W2 is wrong. A layer's gradient needs the input that the layer received in
    the forward pass, which is why each layer keeps it.

    Check: a unit whose z is negative for the whole batch should have a W2 gradient of 0.
    """
    z, _, dlogits, dh = blame(X, y, params)
    return layer_gradients(X, dh * (z > 0), z, dlogits)


@mlp_loss_and_grads.mistake("kernels-gradients-transposed", at="grads", rows="B01")
def _(X: Array, y: Array, params: Params) -> Any:
    """A gradient has the shape of its parameter: W1 is (D, H), but its gradient here is (H, D).

    The gradients of both kernels are transposed. In a network whose layers have equal sizes the
    shapes happen to be right, but the numbers are wrong.

    Check: compare the shape of every gradient with that of its parameter.
    """
    _, _, dlogits, _ = blame(X, y, params)
    right = all_gradients(X, y, params, dlogits)
    return {**right, "W1": right["W1"].T, "W2": right["W2"].T}


@mlp_loss_and_grads.mistake("bias-gradients-over-units", at="grads", rows="B06")
def _(X: Array, y: Array, params: Params) -> Any:
    """All N examples share one bias, so its gradient is summed over the examples, not over the
    units.

    The biases' gradients have one entry for each example, (N,). With equal sizes everywhere the
    shape happens to be right.

    Check: compare the shape of every gradient with that of its parameter.
    """
    z, _, dlogits, dh = blame(X, y, params)
    right = all_gradients(X, y, params, dlogits)
    return {**right, "b1": (dh * (z > 0)).sum(axis=1), "b2": dlogits.sum(axis=1)}


@mlp_loss_and_grads.mistake("bias-gradients-one-number", at="grads", rows="B03")
def _(X: Array, y: Array, params: Params) -> Any:
    """Each bias has its own slope; a sum over everything gives a single number for all of them.

    For b2 that number is always 0, because each row of the gradient at the logits sums to 0. All
    biases of a layer would be nudged by the same amount.

    Check: compare the shape of every gradient with that of its parameter.
    """
    z, _, dlogits, dh = blame(X, y, params)
    right = all_gradients(X, y, params, dlogits)
    return {**right, "b1": (dh * (z > 0)).sum(), "b2": dlogits.sum()}


@mlp_loss_and_grads.mistake("bias-gradients-two-axes", at="grads", rows="B07")
def _(X: Array, y: Array, params: Params) -> Any:
    """A gradient has the shape of its parameter: b1 is (H,), but its gradient here is (1, H).

    The numbers are right, but the first step would turn the biases into matrices with one row.

    Check: compare the shape of every gradient with that of its parameter.
    """
    _, _, dlogits, _ = blame(X, y, params)
    right = all_gradients(X, y, params, dlogits)
    return {**right, "b1": right["b1"][None, :], "b2": right["b2"][None, :]}
