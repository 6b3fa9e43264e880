"""Any number of linear layers is one."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Formula, Inputs, Rng, question


@question(points=10, returns=("W", "b"), builds_on=("collapse_linear",))
def collapse_pile(weights: list[Array], biases: list[Array]) -> Any:
    """The one layer that equals a pile of linear layers, X -> X W + b.

    Args:
        weights: the kernels from the first layer to the last, float64; each has as many rows as
            the one before has columns.
        biases: the biases of the same layers, float64.

    Returns:
        W, from the first layer's inputs to the last one's outputs, and b.

    Source: keras.ops.matmul.
    """
    from keras import ops

    W, b = weights[0], biases[0]
    for kernel, bias in zip(weights[1:], biases[1:], strict=True):
        W, b = ops.matmul(W, kernel), ops.matmul(b, kernel) + bias
    return W, b


def pile(rng: Rng, *widths: int) -> Inputs:
    """Random layers between these widths."""
    pairs = list(zip(widths, widths[1:], strict=False))
    return {
        "weights": [rng.normal(size=shape) for shape in pairs],
        "biases": [rng.normal(size=after) for _, after in pairs],
    }


@collapse_pile.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return pile(rng, 5, 7, 4, 3)


@collapse_pile.case("deep")
def _(rng: Rng) -> Inputs:
    return pile(rng, 3, 6, 2, 5, 4, 7)


@collapse_pile.case("one-layer")
def _(rng: Rng) -> Inputs:
    return pile(rng, 4, 1)


@collapse_pile.case("square", weight=2)
def _(rng: Rng) -> Inputs:
    return pile(rng, 4, 4, 4, 4)


@collapse_pile.made_of(
    but="bias-as-a-column both-biases-carried first-bias-dropped first-bias-not-carried "
    "kernels-multiplied-by-entry second-bias-dropped"
)
def _(
    weights: list[Array],
    biases: list[Array],
    *,
    collapse_linear: Formula = lambda W1, b1, W2, b2: (W1 @ W2, b1 @ W2 + b2),
) -> Any:
    W, b = weights[0], biases[0]
    for kernel, bias in zip(weights[1:], biases[1:], strict=True):
        W, b = collapse_linear(W, b, kernel, bias)
    return W, b


@collapse_pile.mistake("pile-upside-down", rows="B19")
def _(weights: list[Array], biases: list[Array]) -> Any:
    """X passes through the first layer first, so W = W1 W2 W3; here the product starts at the end.

    Where all layers have the same width there is no error; otherwise NumPy raises one.

    Check: compare (X W1 + b1) W2 + b2 with X W + b for a pile of two layers.
    """
    W, b = weights[-1], biases[-1]
    for kernel, bias in zip(weights[-2::-1], biases[-2::-1], strict=True):
        W, b = W @ kernel, b @ kernel + bias
    return W, b


@collapse_pile.mistake("pile-of-two-only", rows="L16")
def _(weights: list[Array], biases: list[Array]) -> Any:
    """Every layer of the pile has to be merged; here only the first two are.

    A `return` inside the loop ends it after the first iteration. A pile of one or two layers is
    right.

    Check: W should have as many columns as the last kernel.
    """
    W, b = weights[0], biases[0]
    for kernel, bias in zip(weights[1:2], biases[1:2], strict=True):
        W, b = W @ kernel, b @ kernel + bias
    return W, b


@collapse_pile.mistake("last-layer-left-out", rows="L02 G38")
def _(weights: list[Array], biases: list[Array]) -> Any:
    """The loop ends one layer too early, so the last kernel and bias are never used.

    A range that ends at len(weights) - 1 stops just before the last index, which is len(weights) -
    1.

    Check: W should have as many columns as the last kernel.
    """
    W, b = weights[0], biases[0]
    for kernel, bias in zip(weights[1:-1], biases[1:-1], strict=True):
        W, b = W @ kernel, b @ kernel + bias
    return W, b


@collapse_pile.mistake("pile-needs-two-layers")
def _(weights: list[Array], biases: list[Array]) -> Any:
    """A pile may consist of a single layer, which is then the answer; here it needs at least two.

    weights[1] does not exist for it, so Python raises an IndexError. Larger piles are right.

    Check: call it with lists of one kernel and one bias.
    """
    W, b = weights[0] @ weights[1], biases[0] @ weights[1] + biases[1]
    for kernel, bias in zip(weights[2:], biases[2:], strict=True):
        W, b = W @ kernel, b @ kernel + bias
    return W, b


@collapse_pile.mistake("first-layer-entered-twice")
def _(weights: list[Array], biases: list[Array]) -> Any:
    """W starts as the first kernel, so the loop starts with the second; here the first is used
    twice.

    The shapes fit only if the first kernel is square; otherwise NumPy raises an error.

    Check: for a pile of one layer W should be that layer's kernel.
    """
    W, b = weights[0], biases[0]
    for kernel, bias in zip(weights, biases, strict=True):
        W, b = W @ kernel, b @ kernel + bias
    return W, b


@collapse_pile.mistake("pile-biases-not-carried", at="b")
def _(weights: list[Array], biases: list[Array]) -> Any:
    """Every bias passes through all later kernels; here the biases are added unchanged.

    The shapes fit only where all layers have the same width. W is right.

    Check: for X of zeros only the biases act; the pile's output there should equal b.
    """
    return sum(biases)


@collapse_pile.mistake("pile-last-bias-only", at="b", rows="B10")
def _(weights: list[Array], biases: list[Array]) -> Any:
    """Every layer's bias contributes to b; here only the last one does.

    W is right. Each iteration of the loop has to carry over the b of the iterations before it.

    Check: for X of zeros only the biases act; the pile's output there should equal b.
    """
    return biases[-1]


@collapse_pile.mistake("pile-first-bias-lost", at="b", rows="B10")
def _(weights: list[Array], biases: list[Array]) -> Any:
    """The first layer has a bias too; here b starts as zeros and the loop with the second layer.

    W is right. For a pile of one layer b is 0.

    Check: for a pile of one layer b should be that layer's bias.
    """
    b = np.zeros(weights[0].shape[1])
    for kernel, bias in zip(weights[1:], biases[1:], strict=True):
        b = b @ kernel + bias
    return b


@collapse_pile.mistake("pile-later-biases-lost", at="b", rows="B10")
def _(weights: list[Array], biases: list[Array]) -> Any:
    """Each layer adds its own bias after its kernel; here only the first bias is carried through.

    W is right. For a pile of one layer b is right too.

    Check: with biases of zeros except the last, b should be the last.
    """
    b = biases[0]
    for kernel in weights[1:]:
        b = b @ kernel
    return b


@collapse_pile.mistake("pile-bias-added-too-early", at="b")
def _(weights: list[Array], biases: list[Array]) -> Any:
    """A layer multiplies first and then adds its bias; here the bias is added before the kernel.

    Each later bias passes through its own kernel as well, which it should not. Unless the widths
    are equal, NumPy raises an error.

    Check: with biases of zeros except the last, b should be the last.
    """
    b = biases[0]
    for kernel, bias in zip(weights[1:], biases[1:], strict=True):
        b = (b + bias) @ kernel
    return b


@collapse_pile.mistake("bias-through-the-whole-product", at="b")
def _(weights: list[Array], biases: list[Array]) -> Any:
    """b passes through the next kernel only; here it is multiplied by the whole product so far.

    This happens when W is updated before b is computed. A single layer is right.

    Check: collapse two layers by hand: b should be b1 W2 + b2.
    """
    W, b = weights[0], biases[0]
    for kernel, bias in zip(weights[1:], biases[1:], strict=True):
        W = W @ kernel
        b = b @ W + bias
    return b


@collapse_pile.mistake("pile-multiplied-by-entry", at="W", rows="B17")
def _(weights: list[Array], biases: list[Array]) -> Any:
    """`*` multiplies entry by entry; layers applied in turn give a matrix product, W1 W2.

    Unless the shapes happen to fit, NumPy raises an error. In square layers there is no error.

    Check: W should have as many rows as the first kernel and as many columns as the last.
    """
    W = weights[0]
    for kernel in weights[1:]:
        W = W * kernel
    return W


@collapse_pile.mistake("pile-changed", rows="N05")
def _(weights: list[Array], biases: list[Array]) -> Any:
    """A list argument is not a copy: removing layers from it removes them for the caller too.

    The returned values are right, but the pile is empty afterwards. Storing a merged layer in the
    list, at weights[k], changes the caller's pile as well.

    Check: keep copies of both lists, call your function, and compare.
    """
    W, b = weights.pop(0), biases.pop(0)
    while weights:
        kernel = weights.pop(0)
        W, b = W @ kernel, b @ kernel + biases.pop(0)
    return W, b
