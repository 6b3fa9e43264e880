"""Value where one value is used several times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week06_backpropagation.engine import (
    ONE_LEAF,
    CorrectValue,
    operations,
    signed,
    tensor_expression,
)


@question(points=5, calls="Value", returns=("data", "grad"))
def value_reuse(expression: str, values: Array, calls: int) -> Any:
    """Value where one value is used several times: blame from every use adds up.

    Args:
        expression: what to compute, with leaves a, b, c ...
        values: of the leaves, a row for each time it is computed, shape (R, V), float64.
        calls: how often backward() is called; each call starts from scratch.

    Returns:
        The expression's data (R,), and after backward() the grad of every leaf (R, V).

    Source: the same expression on tensors, by tf.GradientTape.
    """
    return tensor_expression(expression, values)


@value_reuse.driver
def _(Value: Any, expression: str, values: Array, calls: int) -> Any:
    data, grad = [], []
    for row in values.tolist():
        leaves = [Value(number) for number in row]
        root = eval(expression, {}, dict(zip("abcdefgh", leaves, strict=False)))
        for _ in range(calls):
            root.backward()
        data.append(root.data)
        grad.append([leaf.grad for leaf in leaves])
    return data, grad


@value_reuse.needs
def _(expression: str, values: Array, calls: int) -> set[str]:
    return operations(expression) | ({"calls"} if calls > 1 else set())


# Sums alone, products alone, and both: reuse can be shown where one of these operations is wrong.
@value_reuse.case("leaf-twice", weight=4, square=ONE_LEAF)
def _(rng: Rng) -> Inputs:
    return {"expression": "a + a", "values": signed(rng, 3, 1), "calls": 1}


@value_reuse.case("step-twice-in-sums", weight=4)
def _(rng: Rng) -> Inputs:
    # The step is used far from the result first, and then next to it.
    expression = "(s := a + b) + c + a + s"
    return {"expression": expression, "values": signed(rng, 4, 3), "calls": 1}


@value_reuse.case("step-twice-in-products", weight=4)
def _(rng: Rng) -> Inputs:
    expression = "(s := a * b) * c * a * s"
    return {"expression": expression, "values": signed(rng, 4, 3), "calls": 1}


@value_reuse.case("sums-and-products", weight=4)
def _(rng: Rng) -> Inputs:
    expression = "(s := a * b + c) + (s * d + a) * s * a"
    return {"expression": expression, "values": signed(rng, 6, 4), "calls": 1}


@value_reuse.case("called-twice", weight=2)
def _(rng: Rng) -> Inputs:
    return {"expression": "(s := a + b) + s", "values": signed(rng, 3, 2), "calls": 2}


@value_reuse.case("called-twice-in-products", weight=2)
def _(rng: Rng) -> Inputs:
    return {"expression": "(s := a * b) * s * c", "values": signed(rng, 4, 3), "calls": 2}


@value_reuse.mistake("blame-overwritten", rows="B14")
class BlameOverwritten(CorrectValue):
    """A value that is used twice affects the result in two ways, and the two gradients add up.

    Each use overwrites what the previous one left, so only the last one counts. Values that are
    used once are right, which is why simple tests pass.

    Check: in a + a the grad of a should be 2.
    """

    def backward(self) -> None:
        self.grad = 1.0
        for node in self.order():
            for parent, slope in zip(node.parents, node.slopes, strict=True):
                parent.grad = slope * node.grad


@value_reuse.mistake("backward-before-all-blame-is-in")
class BackwardBeforeAllBlameIsIn(CorrectValue):
    """A value passes on its gradient once, after all its uses have added to it; here after each
    use.

    What the first use added is passed on again with the second. Leaves before a shared value get
    too much. Every value has to wait until all values that use it are done.

    Check: in s = 2 * a and d = s + s the grad of a should be 4.
    """

    def backward(self) -> None:
        self.grad = 1.0
        # Where paths double at every step, as in value_depth, it would never end.
        self.hand_on(iter(range(10_000)))

    def hand_on(self, left: Iterator[int]) -> None:
        next(left)
        for parent, slope in zip(self.parents, self.slopes, strict=True):
            parent.grad += slope * self.grad
            parent.hand_on(left)


@value_reuse.mistake("blame-of-the-last-call-kept", rows="B14", convention=True)
class BlameOfTheLastCallKept(CorrectValue):
    """Some libraries accumulate over calls of backward(); in this course every call starts from 0.

    One call is right. At the second call the old gradients are still there, including those of
    inner values, and are passed on once more.

    Check: calling backward() twice should leave the same gradients as calling it once.
    """

    def backward(self) -> None:
        self.grad = 1.0
        for node in self.order():
            for parent, slope in zip(node.parents, node.slopes, strict=True):
                parent.grad += slope * node.grad


@value_reuse.mistake("each-value-asked-once")
class EachValueAskedOnce(CorrectValue):
    """In a * a the factor is used twice, so its slope counts twice; a set of parents holds it once.

    A set, or a dictionary keyed by parent, keeps a repeated parent only once. The grad of a in a *
    a is then a, not 2 * a. Values shared between different operations are right.

    Check: in a * a with a = 3 the grad of a should be 6.
    """

    def result(self, data: Any, *parents_and_slopes: tuple[Any, Any]) -> Any:
        slopes = dict(parents_and_slopes)
        return type(self)(data, tuple(slopes), tuple(slopes.values()))


@value_reuse.mistake("queue-for-order")
class QueueForOrder(CorrectValue):
    """A value has to wait for everything that uses it, near or far; a queue goes only by distance.

    A value that is used by the last operation and, farther away, by another one is visited too
    early: it passes on its gradient before the farther use has added its part. Chains without such
    shortcuts are right.

    Check: in s = 2 * a and d = s + 3 * s * 5 the grad of a should be 32.
    """

    def order(self) -> list[Any]:
        found, seen = [self], {id(self)}
        for node in found:
            for parent in node.parents:
                if id(parent) not in seen:
                    seen.add(id(parent))
                    found.append(parent)
        return found


@value_reuse.mistake("stack-for-order")
class StackForOrder(CorrectValue):
    """Taking the newest entry of a list first follows one path to its end before starting the
    others.

    A value that is used several times is visited after its first use, and passes on its gradient
    before the others have added their part. In a correct order every value comes after all values
    that use it.

    Check: in s = 2 * a and d = 3 * s * 5 + s the grad of a should be 32.
    """

    def order(self) -> list[Any]:
        waiting, seen, found = [self], {id(self)}, []
        while waiting:
            node = waiting.pop()
            found.append(node)
            for parent in node.parents:
                if id(parent) not in seen:
                    seen.add(id(parent))
                    waiting.append(parent)
        return found
