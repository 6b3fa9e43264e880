"""Value with exp, tanh and relu."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week06_backpropagation.engine import (
    ONE_LEAF,
    CorrectValue,
    drive_expression,
    operations,
    signed,
    tensor_expression,
)


@question(points=6, calls="Value", returns=("data", "grad"))
def value_functions(expression: str, values: Array) -> Any:
    """Value with exp, tanh and relu.

    Args:
        expression: what to compute, with leaves a, b, c ...
        values: of the leaves, a row for each time it is computed, shape (R, V), float64.

    Returns:
        The expression's data (R,), and after backward() the grad of every leaf (R, V).

    Source: the same expression on tensors, by tf.GradientTape.
    """
    return tensor_expression(expression, values)


value_functions.driver(drive_expression)


@value_functions.needs
def _(expression: str, values: Array) -> set[str]:
    return operations(expression)


@value_functions.case("exp", weight=4, square=ONE_LEAF)
def _(rng: Rng) -> Inputs:
    return {"expression": "exp(a)", "values": signed(rng, 4, 1)}


@value_functions.case("tanh", weight=4, square=ONE_LEAF)
def _(rng: Rng) -> Inputs:
    return {"expression": "tanh(a)", "values": signed(rng, 4, 1)}


@value_functions.case("relu", weight=4, square=ONE_LEAF)
def _(rng: Rng) -> Inputs:
    return {
        "expression": "relu(a)",
        "values": np.c_[[-1.0, 1.0, 1.0]] * rng.uniform(0.5, 2, (3, 1)),
    }


@value_functions.case("edge", weight=2)
def _(rng: Rng) -> Inputs:
    # An exact 0, and what is next to it.
    near = [0.0, 0.0, 1e-6, -1e-6]
    return {"expression": "relu(a) + relu(b)", "values": np.c_[near, signed(rng, 4, 1)]}


@value_functions.case("tanh-far-from-zero", weight=5, stability=True, square=ONE_LEAF)
def _(rng: Rng) -> Inputs:
    large = rng.uniform(800, 1e4, (4, 1))
    return {"expression": "tanh(a)", "values": large * np.c_[[1, -1, 1, -1]]}


@value_functions.case("exp-far-below-zero", stability=True, square=ONE_LEAF)
def _(rng: Rng) -> Inputs:
    return {"expression": "exp(a)", "values": -rng.uniform(800, 1e4, (3, 1))}


@value_functions.case("mixed", weight=4)
def _(rng: Rng) -> Inputs:
    expression = "exp(a) * b + tanh(c) * d + relu(e * f) * tanh(exp(g))"
    return {"expression": expression, "values": signed(rng, 4, 7)}


@value_functions.mistake("exp-of-the-power-rule")
class ExpOfThePowerRule(CorrectValue):
    """exp is its own slope; the power rule is for a**k, where the base varies, not the exponent.

    The gradient through exp is a * exp(a - 1) here. The data is right.

    Check: in exp(a) with a = 0 the grad of a should be 1.
    """

    def exp(self) -> Any:
        return self.result(math.exp(self.data), (self, self.data * math.exp(self.data - 1)))


@value_functions.mistake("exp-with-its-input")
class ExpWithItsInput(CorrectValue):
    """The slope of exp at a is exp(a), its output; here it is the input a.

    For negative a the sign is wrong too, although exp rises everywhere.

    Check: in exp(a) with a = 0 the grad of a should be 1.
    """

    def exp(self) -> Any:
        return self.result(math.exp(self.data), (self, self.data))


@value_functions.mistake("tanh-with-its-input", rows="A08")
class TanhWithItsInput(CorrectValue):
    """The slope of tanh is 1 minus the square of its output, 1 - tanh(a)**2, not 1 - a**2.

    For a above 1 the slope comes out negative, although tanh rises everywhere; for large a it is
    enormous where the curve is flat.

    Check: in tanh(a) with a = 3 the grad of a should be 0.00987.
    """

    def tanh(self) -> Any:
        return self.result(math.tanh(self.data), (self, 1 - self.data**2))


@value_functions.mistake("tanh-of-its-output", rows="A08")
class TanhOfItsOutput(CorrectValue):
    """With t = tanh(a) the slope is 1 - t**2; here tanh is applied to t again.

    The slope never falls below 0.42. A flat tanh should stop the gradient, but this one cannot.

    Check: in tanh(a) with a = 20 the grad of a should be 0.
    """

    def tanh(self) -> Any:
        t = math.tanh(self.data)
        return self.result(t, (self, 1 - math.tanh(t) ** 2))


@value_functions.mistake("tanh-by-exponentials", rows="A10")
class TanhByExponentials(CorrectValue):
    """math.exp raises an OverflowError above about 709, and this formula of tanh squares exp(a).

    Small inputs are right. tanh itself always lies between -1 and 1, so the overflow comes from the
    formula, not from the result. The standard library has a tanh that avoids it.

    Next: which function of `math` computes tanh without any exponential of your own?
    """

    def tanh(self) -> Any:
        e = math.exp(2 * self.data)
        t = (e - 1) / (e + 1)
        return self.result(t, (self, 1 - t**2))


@value_functions.mistake("relu-gate-always-open", rows="A12")
class ReluGateAlwaysOpen(CorrectValue):
    """relu(a) stays 0 for negative a when a changes a little, so the slope there is 0, not 1.

    The data is right, but the gradient passes through a shut gate.

    Check: in relu(a) with a = -1 the grad of a should be 0.
    """

    def relu(self) -> Any:
        return self.result(max(self.data, 0.0), (self, 1.0))


@value_functions.mistake("relu-times-its-output")
class ReluTimesItsOutput(CorrectValue):
    """The slope of relu is 1 where it is open; here its output a is used instead.

    Where the gate is shut both are 0. Where it is open the gradient is a times too large.

    Check: in relu(a) with a = 5 the grad of a should be 1.
    """

    def relu(self) -> Any:
        return self.result(max(self.data, 0.0), (self, max(self.data, 0.0)))


@value_functions.mistake("value-slope-one-at-zero", rows="A13", convention=True)
class ValueSlopeOneAtZero(CorrectValue):
    """ReLU has a corner at 0; some books use the slope 1 there, this course uses 0.

    Only an input of exactly 0 differs. Keras uses 0 as well.

    Check: in relu(a) with a = 0 the grad of a should be 0.
    """

    def relu(self) -> Any:
        return self.result(max(self.data, 0.0), (self, float(self.data >= 0)))
