"""A layer computed with two loops."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week03_forward.formulas import random_params
from course_lib.models import to_keras


@question(points=10)
def neuron_by_neuron(x: Array, W: Array, b: Array) -> Any:
    """One layer for one example: z[j] = b[j] + sum over i of x[i] * W[i, j].

    Args:
        x: one example, shape (D,), float64.
        W: the kernel, shape (D, M), float64; column j belongs to neuron j.
        b: the biases, shape (M,), float64 or whole numbers.

    Returns:
        z, shape (M,), float64.

    Source: a Keras Dense layer of course_lib.models with these weights, for a batch of one.
    """
    return to_keras({"W1": W, "b1": b})(x[None, :])[0]


def layer(rng: Rng, D: int, M: int) -> Inputs:
    """One example and a layer's parameters."""
    params = random_params(rng, D, M)
    return {"x": rng.normal(size=D), "W": params["W1"], "b": params["b1"]}


@neuron_by_neuron.case("typical", weight=2)
def _(rng: Rng) -> Inputs:
    return layer(rng, 5, 3)


@neuron_by_neuron.case("many-neurons", weight=2)
def _(rng: Rng) -> Inputs:
    return layer(rng, 4, 9)


@neuron_by_neuron.case("square", square="with D = M exchanged indices raise nothing")
def _(rng: Rng) -> Inputs:
    return layer(rng, 4, 4)


@neuron_by_neuron.case("whole-number-biases", square="one neuron's answer is still an array")
def _(rng: Rng) -> Inputs:
    return {**layer(rng, 6, 1), "b": rng.integers(1, 9, 1)}


@neuron_by_neuron.alternative("one-product")
def _(x: Array, W: Array, b: Array) -> Any:
    return x @ W + b


@neuron_by_neuron.mistake("neuron-bias-left-out", rows="B10")
def _(x: Array, W: Array, b: Array) -> Any:
    """A neuron adds its bias to its sum, z[j] = b[j] + sum of x[i] * W[i, j]; here b is not used.

    Every neuron is off by its own bias. With biases of 0, as at the start of training, the mistake
    does not show.

    Check: for x = 0 the result should be b.
    """
    return x @ W


@neuron_by_neuron.mistake("neuron-bias-at-every-input")
def _(x: Array, W: Array, b: Array) -> Any:
    """Each neuron adds its bias once; here it is added D times, once for every input.

    Every neuron is off by (D - 1) times its bias. A line that is indented one level too deep runs
    once for each input.

    Check: for x = 0 the result should be b, not D times b.
    """
    return x @ W + len(x) * b


@neuron_by_neuron.mistake("neuron-total-carried-over")
def _(x: Array, W: Array, b: Array) -> Any:
    """The running total is never reset, so neuron j also contains all neurons before it.

    The first neuron is right; each later one is off by the sum of those before it. Each neuron
    needs a new sum.

    Check: swapping two columns of W and b should swap two results and change no others.
    """
    return np.cumsum(x @ W + b)


@neuron_by_neuron.mistake("neuron-last-product-only")
def _(x: Array, W: Array, b: Array) -> Any:
    """The neuron adds up all D products; here the loop keeps only the last one.

    The result depends only on the last input. The running total has to grow with each input, not be
    replaced.

    Check: changing x[0] should change the result.
    """
    return x[-1] * W[-1] + b


@neuron_by_neuron.mistake("neuron-index-order", rows="B18", convention=True)
def _(x: Array, W: Array, b: Array) -> Any:
    """Here neurons are the rows, W[j, i]; in this course, as in Keras, they are the columns, W[i,
    j].

    W has the shape (D, M). With D different from M an index soon leaves the array. With D = M there
    is no error, but every weight connects the wrong input and neuron. PyTorch stores kernels the
    other way round, as (M, D).

    Check: which index of W runs over the inputs? W.shape[0] should be len(x).
    """
    z = []
    for j in range(len(b)):
        total = b[j]
        for i in range(len(x)):
            total = total + x[i] * W[j, i]
        z.append(total)
    return np.array(z)


@neuron_by_neuron.mistake("neuron-whole-number-total")
def _(x: Array, W: Array, b: Array) -> Any:
    """A copy of whole-number biases is an integer array, which drops the decimals of every sum.

    With float biases the result is right. With integers every addition loses the decimals, and
    NumPy gives no warning.

    Check: call it with b = np.array([1, 2, 3]) and with np.array([1.0, 2.0, 3.0]).
    """
    z = b.copy()
    for j in range(len(b)):
        for i in range(len(x)):
            z[j] += x[i] * W[i, j]
    return z


@neuron_by_neuron.mistake("neuron-biases-overwritten", rows="N05")
def _(x: Array, W: Array, b: Array) -> Any:
    """z = b makes a second name for the caller's array, so adding to z changes the biases.

    With float biases the returned numbers are right, but the network's biases are overwritten, and
    the next picture is computed with the wrong ones. With integer biases the decimals are lost as
    well.

    Check: keep a copy of b, call your function, and compare b with the copy.
    """
    z = b
    for j in range(len(b)):
        for i in range(len(x)):
            z[j] += x[i] * W[i, j]
    return z


@neuron_by_neuron.mistake("neuron-first-only")
def _(x: Array, W: Array, b: Array) -> Any:
    """A layer has M neurons; here only the first is computed and the others are still 0.

    A `return` inside the outer loop ends the function after one iteration.

    Check: how far is your return indented?
    """
    z = np.zeros(len(b))
    z[0] = x @ W[:, 0] + b[0]
    return z


@neuron_by_neuron.mistake("neuron-sum-over-neurons")
def _(x: Array, W: Array, b: Array) -> Any:
    """A neuron sums over its D inputs; here the sum runs over the M neurons for each input.

    The result has one entry for each input, (D,), and M biases do not fit it. With D = M its shape
    happens to be right.

    Check: the result should have len(b) entries, and changing x[0] should change all of them.
    """
    return (x[:, None] * W).sum(axis=1)


@neuron_by_neuron.mistake("neuron-products-not-summed", rows="B17")
def _(x: Array, W: Array, b: Array) -> Any:
    """x[i] * W[i, j] gives D * M products; neuron j is the sum of the D products in its column.

    The result is a table (D, M) with the bias added to each row. The sum over i is still missing.

    Check: the result should have the shape of b.
    """
    return x[:, None] * W + b
