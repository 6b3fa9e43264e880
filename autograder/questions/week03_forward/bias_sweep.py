"""The bias as a gatekeeper."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week03_forward.formulas import stable_sigmoid


@question(points=8)
def bias_sweep(x: Array, w: Array, biases: Array) -> Any:
    """What one neuron says to one picture, for many biases: sigmoid(w . x + b) for every b.

    Args:
        x: the picture, shape (D,), float64.
        w: the neuron's weights, shape (D,), float64.
        biases: the biases to try, shape (B,), float64, up to 10,000 in size.

    Returns:
        Activations between 0 and 1, shape (B,), float64.

    Source: keras.ops.dot and keras.activations.sigmoid.
    """
    import keras

    return keras.activations.sigmoid(keras.ops.dot(x, w) + keras.ops.convert_to_tensor(biases))


def neuron(rng: Rng, D: int, biases: Array) -> Inputs:
    """A picture and weights whose weighted sum lies between 1 and 2, of either sign."""
    x, w = rng.uniform(0.2, 1.0, D), rng.normal(size=D)
    aim = rng.choice([-1.0, 1.0]) * rng.uniform(1.0, 2.0)
    w += (aim - w @ x) * x / (x @ x)
    return {"x": x, "w": w, "biases": biases}


@bias_sweep.case("typical", weight=3)
def _(rng: Rng) -> Inputs:
    return neuron(rng, 6, rng.uniform(-4, 4, 9))


@bias_sweep.case("one-bias", square="the answer to one bias is still an array")
def _(rng: Rng) -> Inputs:
    return neuron(rng, 9, rng.uniform(-3, 3, 1))


@bias_sweep.case("square", square="with as many biases as pixels x * w + b has the right shape")
def _(rng: Rng) -> Inputs:
    return neuron(rng, 5, rng.uniform(-3, 3, 5))


@bias_sweep.case("stability", stability=True)
def _(rng: Rng) -> Inputs:
    return neuron(rng, 4, rng.uniform(800, 1e4, 7) * np.resize([1.0, -1.0], 7))


@bias_sweep.alternative("one-bias-at-a-time")
def _(x: Array, w: Array, biases: Array) -> Any:
    return [float(stable_sigmoid(np.dot(w, x) + b)) for b in biases]


@bias_sweep.mistake("sweep-without-sigmoid")
def _(x: Array, w: Array, biases: Array) -> Any:
    """These are the pre-activations w . x + b; the neuron's activation is sigmoid(w . x + b).

    A weighted sum can be any number; an activation lies between 0 and 1.

    Check: every entry should lie between 0 and 1.
    """
    return x @ w + biases


@bias_sweep.mistake("sweep-bias-after-sigmoid")
def _(x: Array, w: Array, biases: Array) -> Any:
    """The bias belongs inside the sigmoid, sigmoid(w . x + b); here it is added afterwards.

    The result is then a straight line in b, and it leaves the range from 0 to 1.

    Check: every entry should lie between 0 and 1.
    """
    return stable_sigmoid(x @ w) + biases


@bias_sweep.mistake("sweep-bias-subtracted", convention=True)
def _(x: Array, w: Array, biases: Array) -> Any:
    """Some books subtract a threshold, w . x - t; this course adds a bias, which is b = -t.

    The gate then opens where it should close.

    Check: a large positive bias should give a value near 1.
    """
    return stable_sigmoid(x @ w - biases)


@bias_sweep.mistake("sweep-bias-multiplied")
def _(x: Array, w: Array, biases: Array) -> Any:
    """The bias is added to the weighted sum; here the two are multiplied.

    A factor makes the neuron's response steeper or flips it. With b = 0 the result is 0.5 for every
    picture.

    Check: for x = 0 the result should be sigmoid(b).
    """
    return stable_sigmoid((x @ w) * biases)


@bias_sweep.mistake("sweep-bias-ignored", rows="B10")
def _(x: Array, w: Array, biases: Array) -> Any:
    """Each entry has its own bias, sigmoid(w . x + b); here all entries are equal.

    The array has the right shape, but the sweep shows a flat line.

    Check: a larger bias should give a larger value.
    """
    return np.full(len(biases), stable_sigmoid(x @ w))


@bias_sweep.mistake("sweep-biases-piled-up")
def _(x: Array, w: Array, biases: Array) -> Any:
    """Each bias is tried on its own; here each one is added to the sum of all earlier ones.

    The first entry is right. A `+=` in a loop keeps what earlier iterations added.

    Check: reversing the array of biases should only reverse the result.
    """
    return stable_sigmoid(x @ w + np.cumsum(biases))


@bias_sweep.mistake("sweep-products-not-summed", rows="B17")
def _(x: Array, w: Array, biases: Array) -> Any:
    """x * w holds D products; the neuron adds them up to one number before it adds a bias.

    With as many biases as pixels the shapes happen to fit, and each pixel gets its own bias. With
    other sizes NumPy raises an error.

    Check: print the weighted sum; it should be a single number.
    """
    return stable_sigmoid(x * w + biases)


@bias_sweep.mistake("sweep-as-column", rows="B11 N03")
def _(x: Array, w: Array, biases: Array) -> Any:
    """The result should have the shape of biases, (B,); here it is a column, (B, 1).

    NumPy adds a single number to every entry of an array, so no reshape is needed.

    Check: the result's shape should equal biases.shape.
    """
    return stable_sigmoid(x @ w + biases.reshape(-1, 1))


@bias_sweep.mistake("sweep-hard-step")
def _(x: Array, w: Array, biases: Array) -> Any:
    """This is the step of week 01, 1 where w . x + b > 0; sigmoid rises smoothly from 0 to 1.

    Far from the threshold the two agree.

    Check: where w . x + b is 0 the result should be 0.5.
    """
    return np.where(x @ w + biases > 0, 1.0, 0.0)


@bias_sweep.mistake("sweep-overflow", rows="A02")
def _(x: Array, w: Array, biases: Array) -> Any:
    """For z below about -709, exp(-z) is larger than the largest float64, so it overflows.

    The values are right, because 1 / inf is 0. The warning is the only symptom.

    Next: use the sigmoid from the top of the notebook.
    """
    return 1 / (1 + np.exp(-(x @ w + biases)))


@bias_sweep.mistake("sweep-biases-overwritten", rows="N05")
def _(x: Array, w: Array, biases: Array) -> Any:
    """`+=` writes the weighted sum into the caller's own array of biases.

    The activations are right, but the sweep for the next picture starts from different biases.

    Check: keep a copy of biases, call your function, and compare.
    """
    biases += x @ w
    return stable_sigmoid(biases)
