"""Value with + - * / and **."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week06_backpropagation.engine import (
    ONE_LEAF,
    CorrectValue,
    drive_expression,
    in_other_engines,
    operations,
    signed,
    tensor_expression,
)

BUILT = {
    "-a": ("a * -1", "0 - a"),
    "a - b": ("a + -b", "a + b * -1"),
    "a / b": ("a * b ** -1",),
}
"""What operations are made of in many an engine."""


@question(points=8, calls="Value", returns=("data", "grad"))
def value_arithmetic(expression: str, values: Array) -> Any:
    """Value with + - * / and **, between Values and with plain numbers on either side.

    Args:
        expression: what to compute, with leaves a, b, c ...
        values: of the leaves, a row for each time it is computed, shape (R, V), float64.

    Returns:
        The expression's data (R,), and after backward() the grad of every leaf (R, V).

    Source: the same expression on tensors, by tf.GradientTape.
    """
    return tensor_expression(expression, values)


value_arithmetic.driver(drive_expression)


@value_arithmetic.needs
def _(expression: str, values: Array) -> set[str]:
    return operations(expression)


@value_arithmetic.rewritten
def _(expression: str, values: Array) -> list[Inputs]:
    return [{"expression": each} for each in BUILT.get(expression, ())]


@value_arithmetic.case("sum", weight=2)
def _(rng: Rng) -> Inputs:
    return {"expression": "(a + b) + c", "values": signed(rng, 2, 3)}


@value_arithmetic.case("product", weight=4)
def _(rng: Rng) -> Inputs:
    return {"expression": "a * b", "values": signed(rng, 3, 2)}


@value_arithmetic.case("power", weight=3, square=ONE_LEAF)
def _(rng: Rng) -> Inputs:
    return {"expression": "a ** 2.5", "values": rng.uniform(0.5, 2.0, (3, 1))}


@value_arithmetic.case("chain-of-products", weight=6)
def _(rng: Rng) -> Inputs:
    return {"expression": "(a * b) * c * (d * e)", "values": signed(rng, 4, 5)}


@value_arithmetic.case("chain-of-powers", weight=2, square=ONE_LEAF)
def _(rng: Rng) -> Inputs:
    return {"expression": "(a ** 1.5) ** -2", "values": rng.uniform(0.5, 2.0, (3, 1))}


@value_arithmetic.case("minus", square=ONE_LEAF)
def _(rng: Rng) -> Inputs:
    return {"expression": "-a", "values": signed(rng, 2, 1)}


@value_arithmetic.case("difference", weight=2)
def _(rng: Rng) -> Inputs:
    return {"expression": "a - b", "values": signed(rng, 3, 2)}


@value_arithmetic.case("quotient", weight=4)
def _(rng: Rng) -> Inputs:
    return {"expression": "a / b", "values": signed(rng, 3, 2)}


@value_arithmetic.case("numbers-on-the-right", weight=2)
def _(rng: Rng) -> Inputs:
    return {"expression": "(a + 1.5) + b * 3 + (c - 2) + d / 4", "values": signed(rng, 3, 4)}


@value_arithmetic.case("numbers-on-the-left", weight=2)
def _(rng: Rng) -> Inputs:
    return {"expression": "(1.5 + a) + 3 * b + (2 - c) + 5 / d", "values": signed(rng, 3, 4)}


@value_arithmetic.case("mixed", weight=4)
def _(rng: Rng) -> Inputs:
    expression = "(2 * a + 1.5) * (3 - b) - c ** 3 / d - (e ** -1 - 2) * -f"
    values = np.c_[signed(rng, 4, 2), rng.uniform(0.5, 2.0, (4, 4))]
    return {"expression": expression, "values": values}


@value_arithmetic.mistake("root-without-blame", otherwise=in_other_engines)
class RootWithoutBlame(CorrectValue):
    """The backward pass starts with dL/dL = 1 at the result; if that stays 0, everything is 0.

    All gradients are 0, but the data is right. The result's own gradient starts at 0 like that of
    every other value, and products with 0 stay 0.

    Check: after backward() the grad of the result itself should be 1.
    """

    def backward(self) -> None:
        for node in self.order():
            for parent, slope in zip(node.parents, node.slopes, strict=True):
                parent.grad += slope * node.grad


@value_arithmetic.mistake("chain-not-multiplied", rows="A06", otherwise=in_other_engines)
class ChainNotMultiplied(CorrectValue):
    """The chain rule multiplies the local slope by the gradient from above, slope * node.grad.

    Here a parent gets only the slope. For a single operation that is right, since the grad of the
    result is 1; in a longer expression only the last operation is right.

    Check: in c = a * b and d = 10 * c, the grad of a should be 10 times b.
    """

    def backward(self) -> None:
        nodes = self.order()
        for node in nodes:
            node.grad = 0.0
        self.grad = 1.0
        for node in nodes:
            for parent, slope in zip(node.parents, node.slopes, strict=True):
                parent.grad += slope


@value_arithmetic.mistake("chain-added", rows="A07", otherwise=in_other_engines)
class ChainAdded(CorrectValue):
    """Along a path slopes are multiplied, slope * node.grad; here they are added.

    Sums belong where several paths meet in one value. Along one path a small slope should make the
    gradient small, and a sum does not.

    Check: in c = 0 * a the grad of a should be 0.
    """

    def backward(self) -> None:
        nodes = self.order()
        for node in nodes:
            node.grad = 0.0
        self.grad = 1.0
        for node in nodes:
            for parent, slope in zip(node.parents, node.slopes, strict=True):
                parent.grad += slope + node.grad


@value_arithmetic.mistake("product-with-its-own-factor", otherwise=in_other_engines)
class ProductWithItsOwnFactor(CorrectValue):
    """In a * b the slope with respect to a is b, the other factor; here it is a.

    If a changes a little, the product changes b times as much. With equal factors the mistake does
    not show.

    Check: in a * b with a = 2 and b = 5 the grad of a should be 5.
    """

    def __mul__(self, other: Any) -> Any:
        other = self.lift(other)
        return self.result(self.data * other.data, (self, self.data), (other, other.data))

    __rmul__ = __mul__


@value_arithmetic.mistake("difference-with-two-pluses", otherwise=in_other_engines)
class DifferenceWithTwoPluses(CorrectValue):
    """In a - b the slope with respect to b is -1: when b grows, the difference falls.

    The data is right, but every gradient that passes the right side of a minus has the wrong sign.
    The backward part was probably copied from the addition.

    Check: in a - b the grad of b should be -1.
    """

    def __sub__(self, other: Any) -> Any:
        other = self.lift(other)
        return self.result(self.data - other.data, (self, 1.0), (other, 1.0))


@value_arithmetic.mistake("power-without-its-factor", otherwise=in_other_engines)
class PowerWithoutItsFactor(CorrectValue):
    """The slope of a**k is k * a**(k - 1); here the factor k is missing.

    Squares come out half as steep. A division that is built on the power -1 gets the wrong sign
    from the same mistake.

    Check: in a ** 2 with a = 3 the grad of a should be 6.
    """

    def __pow__(self, k: Any) -> Any:
        return self.result(self.data**k, (self, self.data ** (k - 1)))


@value_arithmetic.mistake("power-not-lowered", otherwise=in_other_engines)
class PowerNotLowered(CorrectValue):
    """The slope of a**k is k * a**(k - 1); here the exponent is still k.

    The result is a times too large. At a = 1 the mistake does not show.

    Check: in a ** 2 with a = 3 the grad of a should be 6.
    """

    def __pow__(self, k: Any) -> Any:
        return self.result(self.data**k, (self, k * self.data**k))


@value_arithmetic.mistake("quotient-sign", otherwise=in_other_engines)
class QuotientSign(CorrectValue):
    """In a / b the slope with respect to b is -a / b**2: a larger divisor makes the quotient
    smaller.

    The size is right, but the sign is not. The numerator's gradient is right.

    Check: in a / b with positive a and b the grad of b should be negative.
    """

    def __truediv__(self, other: Any) -> Any:
        other = self.lift(other)
        a, b = self.data, other.data
        return self.result(a / b, (self, 1 / b), (other, a / b**2))


@value_arithmetic.mistake("quotient-divisor-not-squared", otherwise=in_other_engines)
class QuotientDivisorNotSquared(CorrectValue):
    """In a / b the slope with respect to b is -a / b**2; here b is not squared.

    The sign is right, but the size is off by a factor of b. At b = 1 the mistake does not show.

    Check: in a / b with a = 8 and b = 2 the grad of b should be -2.
    """

    def __truediv__(self, other: Any) -> Any:
        other = self.lift(other)
        a, b = self.data, other.data
        return self.result(a / b, (self, 1 / b), (other, -a / b))


@value_arithmetic.mistake("plain-number-on-the-left", otherwise=in_other_engines)
class PlainNumberOnTheLeft(CorrectValue):
    """In 3 - a the 3 is not a Value, so Python calls a.__rsub__(3), where a is on the right.

    The data and the signs are those of a - 3, and 5 / a comes out as a / 5. Sums and products may
    swap their sides; differences and quotients may not.

    Check: (3 - Value(1)).data should be 2 and (8 / Value(2)).data should be 4.
    """

    def __rsub__(self, other: Any) -> Any:
        return self - other

    def __rtruediv__(self, other: Any) -> Any:
        return self / other


@value_arithmetic.mistake("difference-turned-around", otherwise=in_other_engines)
class DifferenceTurnedAround(CorrectValue):
    """In 3 - a the 3 is not a Value, so Python calls a.__rsub__(3), where a is on the right.

    The data and the gradient have the wrong sign. Quotients are right. In __rsub__ the plain number
    comes first, although the argument is called `other`.

    Check: (3 - Value(1)).data should be 2.
    """

    def __rsub__(self, other: Any) -> Any:
        return self - other


@value_arithmetic.mistake("plain-numbers-not-wrapped", otherwise=in_other_engines)
class PlainNumbersNotWrapped(CorrectValue):
    """A plain number has no data, grad or parents, so it has to become a Value first.

    Expressions with only Values work. As soon as one side is a number, Python raises an
    AttributeError.

    Check: Value(2) + 1 should be a Value with data 3.
    """

    def lift(self, other: Any) -> Any:
        return other
