"""The way back through a whole pile of residual blocks."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Formula, Inputs, Rng, question
from autograder.questions.week08_vanishing.blocks import a_block_back, a_block_forward
from autograder.questions.week08_vanishing.formulas import Params, loss_slope
from autograder.questions.week08_vanishing.residual_pile import (
    first_gate_on_its_corner,
    gradients,
    norms_of,
    parts_of,
    pile,
    scale_of,
    walk,
    way_back,
)
from course_lib.gradients import vector_jacobian_product


def logits_of(ops: Any, X: Any, params: dict[str, Any], shifts: list[Any]) -> Any:
    """Logits of a pile whose blocks' outputs are shifted, so that their slopes can be read off."""
    scale = 1 / len(shifts) ** 0.5
    for block, shift in enumerate(shifts):
        n = 2 * block + 1
        hidden = ops.relu(ops.matmul(X, params[f"W{n}"]) + params[f"b{n}"])
        branch = ops.matmul(hidden, params[f"W{n + 1}"]) + params[f"b{n + 1}"]
        X = X + scale * branch + shift
    last = 2 * len(shifts) + 1
    return ops.matmul(X, params[f"W{last}"]) + params[f"b{last}"]


@question(
    points=27,
    returns=("grads", "norms"),
    parts={"grads": 3, "norms": 1},
    builds_on=("residual_forward", "residual_backward"),
)
def residual_pile_grads(X: Array, y: Array, params: Params) -> Any:
    """Every parameter's gradient in a pile of residual blocks, and what arrives at each block.

    Args:
        X: inputs, shape (N, D), float64.
        y: labels from 0 to K - 1, shape (N,), int64.
        params: of B >= 1 blocks, from D features to D: W1, b1, W2, b2 of the first block, W3, b3,
            W4, b4 of the second, and so on; and a last linear layer from D features to K logits.

    Returns:
        A dict with the keys and shapes of params, the gradients of the mean softmax
        cross-entropy; and the norms, shape (B,), first block first, of the blame that arrives at
        each block's output.

    Source: tf.GradientTape through keras.ops and Keras' loss; every branch has the factor
    1 / sqrt(B).
    """
    import keras
    from keras import ops

    blocks = len(params) // 4
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype=X.dtype.name)

    def loss_at(*arrays: Any) -> Any:
        named = dict(zip(params, arrays, strict=False))
        return loss(y, logits_of(ops, ops.convert_to_tensor(X), named, list(arrays[len(params) :])))

    shifts = [np.zeros_like(X) for _ in range(blocks)]
    found = vector_jacobian_product(loss_at, [*params.values(), *shifts])
    return dict(zip(params, found, strict=False)), norms_of(found[len(params) :])


@residual_pile_grads.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return pile(rng, 7, 5, 3, 4, 6)


@residual_pile_grads.case("one-block", square="a batch of one keeps its axis")
def _(rng: Rng) -> Inputs:
    return pile(rng, 1, 4, 3, 5)


@residual_pile_grads.case("empty-picture")
def _(rng: Rng) -> Inputs:
    return first_gate_on_its_corner(rng)


@residual_pile_grads.case(
    "deep", weight=2, square="in a deep pile all layers are often of one width"
)
def _(rng: Rng) -> Inputs:
    # Thirteen layers: in the order of names as text, W10 would come before W2.
    return pile(rng, 4, 4, 4, *6 * [4])


@residual_pile_grads.made_of(
    but="relu-after-the-sum blame-of-the-skip-lost blame-of-the-branch-lost"
)
def _(
    X: Array,
    y: Array,
    params: Params,
    *,
    residual_forward: Formula = a_block_forward,
    residual_backward: Formula = a_block_back,
) -> Any:
    blocks = len(params) // 4
    scale, last = scale_of(params), 2 * blocks + 1
    received = [X]
    for block in range(blocks):
        W1, b1, W2, b2 = parts_of(params, block)
        received.append(residual_forward(received[-1], W1, b1, scale * W2, scale * b2))
    bill = loss_slope(received[-1] @ params[f"W{last}"] + params[f"b{last}"], y)
    grads = {f"W{last}": received[-1].T @ bill, f"b{last}": bill.sum(axis=0)}
    dout, arrived = bill @ params[f"W{last}"].T, []
    for block in range(blocks - 1, -1, -1):
        arrived.append(dout)
        W1, b1, W2, _ = parts_of(params, block)
        dout, dW1, db1, dW2, db2 = residual_backward(dout, received[block], W1, b1, scale * W2)
        n = 2 * block + 1
        grads |= {f"W{n}": dW1, f"b{n}": db1, f"W{n + 1}": scale * dW2, f"b{n + 1}": scale * db2}
    return grads, norms_of(arrived[::-1])


@residual_pile_grads.mistake("voice-not-lowered", rows="K08")
def _(X: Array, y: Array, params: Params) -> Any:
    """Each branch is multiplied by 1 / sqrt(B); here it has its full voice.

    With one block that is the same. With many, their sum grows, and the logits with it.

    Check: print the factor that you use for B = 4; it should be 0.5.
    """
    grads, bills, _ = way_back(y, params, walk(X, params, 1.0), 1.0)
    return grads, norms_of(bills)


@residual_pile_grads.mistake("voice-divided-by-the-count", rows="K08")
def _(X: Array, y: Array, params: Params) -> Any:
    """Each branch is multiplied by 1 / sqrt(B); here it is multiplied by 1 / B.

    Variances of independent branches add up, so a sum of B of them is sqrt(B) times as large as
    one, not B times.

    Check: print the factor that you use for B = 4; it should be 0.5.
    """
    scale = scale_of(params) ** 2
    grads, bills, _ = way_back(y, params, walk(X, params, scale), scale)
    return grads, norms_of(bills)


@residual_pile_grads.mistake("voice-lowered-on-the-way-out-only", rows="K08")
def _(X: Array, y: Array, params: Params) -> Any:
    """A branch's factor is passed on the way back as well; here it is used on the way forward only.

    The slope of scale * F is scale times that of F. So dout is multiplied by the factor before it
    enters the branch.

    Check: compare the gradient of W1 with a central difference, for a pile of two blocks.
    """
    scale = scale_of(params)
    grads, bills, _ = way_back(y, params, walk(X, params, scale), 1.0)
    return grads, norms_of(bills)


@residual_pile_grads.mistake("second-layer-hears-the-full-bill", rows="K08")
def _(X: Array, y: Array, params: Params) -> Any:
    """A branch's second kernel and bias are multiplied by 1 / sqrt(B), and so are their gradients;
    here these lack the factor.

    It happens when the kernel is handed over as scale * W2: what comes back is the gradient for
    scale * W2, and that for W2 is scale times it.

    Check: compare the gradient of b2 with a central difference, for a pile of two blocks.
    """
    return gradients(X, y, params, kept=1 / scale_of(params))


@residual_pile_grads.mistake("branch-hears-the-full-bill", rows="K08")
def _(X: Array, y: Array, params: Params) -> Any:
    """On its way through a branch the bill is multiplied by 1 / sqrt(B) once; here W2 is used
    without the factor, so the first layer and the input get too much.

    The gradients of the second layer are right.

    Check: compare the gradient of b1 with a central difference, for a pile of two blocks.
    """
    return gradients(X, y, params, passed_on=1 / scale_of(params))


@residual_pile_grads.mistake("corridor-scaled-as-well")
def _(X: Array, y: Array, params: Params) -> Any:
    """Only the branch is multiplied by 1 / sqrt(B), and the corridor stays as it is; here the
    factor is on their sum.

    Each block would shrink the nudge, and the pile would vanish like a plain one.

    Check: with all second kernels and biases 0, every block should return its input.
    """
    scale = scale_of(params)
    received = walk(X, params, scale, lambda X, branch, scale: scale * (X + branch))
    grads, bills, _ = way_back(
        y, params, received, scale, join=lambda dout, branch: scale * dout + branch
    )
    return grads, norms_of(bills)


@residual_pile_grads.mistake("door-across-the-corridor", rows="K04")
def _(X: Array, y: Array, params: Params) -> Any:
    """Nothing follows the sum of corridor and branch; here a ReLU does.

    The first residual networks had it. Whatever is negative cannot pass such a door.

    Check: with all second kernels and biases 0, every block should return its input.
    """
    scale = scale_of(params)
    received = walk(X, params, scale, lambda X, branch, scale: np.maximum(X + scale * branch, 0))
    grads, bills, _ = way_back(y, params, received, scale)
    return grads, norms_of(bills)


@residual_pile_grads.mistake("corridor-lost-on-the-way-back", rows="K01")
def _(X: Array, y: Array, params: Params) -> Any:
    """A block hands on two bills, of the corridor and of the branch, and they are added; here only
    that of the branch goes on.

    The last block's gradients are right, and before it the nudge dies as in a plain pile.

    Check: with all second kernels and biases 0, all norms should be equal.
    """
    return gradients(X, y, params, join=lambda dout, branch: branch)


@residual_pile_grads.mistake("branch-lost-on-the-way-back")
def _(X: Array, y: Array, params: Params) -> Any:
    """A block hands on two bills, of the corridor and of the branch, and they are added; here only
    that of the corridor goes on.

    It happens when what residual_backward returns first does not become the next dout.

    Check: the norms should differ from block to block.
    """
    return gradients(X, y, params, join=lambda dout, branch: dout)


@residual_pile_grads.mistake("blocks-walked-forwards")
def _(X: Array, y: Array, params: Params) -> Any:
    """The way back begins at the last block; here it begins at the first.

    The bill of the logits belongs to what the last block returned.

    Check: print the numbers of the blocks in the order in which your second loop visits them.
    """
    return gradients(X, y, params, order=lambda blocks: range(blocks))


@residual_pile_grads.mistake("every-block-fed-with-x")
def _(X: Array, y: Array, params: Params) -> Any:
    """On the way back each block needs what it received on the way forward; here all get X.

    The first block's gate and gradients are right for the bill that they get.

    Check: keep a list of what each block received, and print how many entries it has.
    """
    return gradients(X, y, params, inputs=lambda block: X)


@residual_pile_grads.mistake("block-fed-with-its-output")
def _(X: Array, y: Array, params: Params) -> Any:
    """On the way back each block needs what it received; here it gets what it returned.

    The list of what the blocks received is off by one: what the last block returned belongs to
    the last layer.

    Check: for the first block, the input that you hand over should be X.
    """
    received = walk(X, params, scale_of(params))
    return gradients(X, y, params, inputs=lambda block: received[block + 1])


@residual_pile_grads.mistake("pile-summed-over-the-batch", rows="B09 C15")
def _(X: Array, y: Array, params: Params) -> Any:
    """The loss is a mean over N examples, so its gradient carries 1/N; here the 1/N is missing.

    The 1/N enters once, at the logits.

    Check: list every row and label twice; no gradient should change.
    """
    grads, norms = gradients(X, y, params)
    return {name: len(y) * gradient for name, gradient in grads.items()}, len(y) * norms


@residual_pile_grads.mistake("norms-last-block-first", at="norms")
def _(X: Array, y: Array, params: Params) -> Any:
    """The norms stand first block first; here they stand in the order of the way back.

    All numbers are there, and a diagnosis would take a healthy pile for its mirror image.

    Check: the last norm should be that of the bill that leaves the last layer.
    """
    return gradients(X, y, params)[1][::-1]


@residual_pile_grads.mistake("norms-of-what-a-block-hands-on", at="norms")
def _(X: Array, y: Array, params: Params) -> Any:
    """A norm is that of the bill that arrives at a block's output; here it is of the bill that the
    block hands on to its input.

    All are off by one block: the last bill is missing, and that of X is among them.

    Check: the last norm should be that of the bill that leaves the last layer.
    """
    scale = scale_of(params)
    _, bills, first = way_back(y, params, walk(X, params, scale), scale)
    return norms_of([first, *bills[:-1]])


@residual_pile_grads.mistake("norms-without-a-root", at="norms", rows="K06")
def _(X: Array, y: Array, params: Params) -> Any:
    """A norm is the root of the sum of squares; here the root is missing.

    Check: a bill with the entries 3 and 4 should have the norm 5.
    """
    return gradients(X, y, params)[1] ** 2


@residual_pile_grads.mistake("norms-of-kernels", at="norms", rows="K06")
def _(X: Array, y: Array, params: Params) -> Any:
    """A norm is that of the bill that arrives at a block; here it is that of the gradient of the
    block's first kernel.

    Both are measures of a nudge. This one also depends on what the block received.

    Check: the last norm should be that of the bill that leaves the last layer.
    """
    grads, _ = gradients(X, y, params)
    return norms_of([grads[f"W{2 * block + 1}"] for block in range(len(params) // 4)])


@residual_pile_grads.mistake("pile-params-changed", rows="N05")
def _(X: Array, y: Array, params: Params) -> Any:
    """The gradients are written into params, which belongs to the caller; they should go into a
    dict of their own.

    The returned values are right, but the network has lost its weights.

    Check: keep a copy of params, call your function, and compare.
    """
    grads, norms = gradients(X, y, params)
    params.update(grads)
    return params, norms
