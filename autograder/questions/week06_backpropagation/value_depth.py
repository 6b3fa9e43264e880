"""Value in long expressions and in those with many paths."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week06_backpropagation.engine import CorrectValue, signed
from course_lib.gradients import vector_jacobian_product


@question(points=3, calls="Value", returns=("data", "grad"))
def value_depth(step: str, depth: int, values: Array) -> Any:
    """

    Args:
        step: computes the next y from y and the leaves b, c ...; y begins as a.
        depth: how many steps.
        values: of the leaves, a row for each time it is computed, shape (R, V), float64.

    Returns:
        The last y's data (R,), and after backward() the grad of every leaf (R, V).

    Source: the same steps on tensors, by tf.GradientTape.
    """
    import tensorflow as tf

    code = compile(step, "step", "eval")

    def repeat(values: Any) -> Any:
        names = dict(zip("abcdefgh", tf.unstack(values, axis=1), strict=False))
        y = names["a"]
        for _ in range(depth):
            y = eval(code, {}, {**names, "y": y})
        return y

    return repeat(tf.constant(values)), vector_jacobian_product(repeat, [values])[0]


@value_depth.driver
def _(Value: Any, step: str, depth: int, values: Array) -> Any:
    names = "abcdefgh"[: values.shape[1]]
    advance = eval(f"lambda y, {', '.join(names)}: {step}")
    data, grad = [], []
    for row in values.tolist():
        leaves = [Value(number) for number in row]
        y = leaves[0]
        for _ in range(depth):
            y = advance(y, *leaves)
        y.backward()
        data.append(y.data)
        grad.append([leaf.grad for leaf in leaves])
    return data, grad


@value_depth.case(
    "chain",
    weight=2,
    square="one row, because 10,000 operations take a while",
    # Still three times as deep as Python's calls may nest.
    hidden={"depth": 1_500},
)
def _(rng: Rng) -> Inputs:
    return {
        "step": "y * b + c",
        "depth": 5_000,
        "values": np.c_[signed(rng, 1), rng.uniform(0.2, 0.4, 1), signed(rng, 1)],
    }


@value_depth.case("many-paths")
def _(rng: Rng) -> Inputs:
    # Two or more ways through each of 60 steps: to walk every path would take forever.
    return {
        "step": "y * b + (y + y * c * d) * 0.5",
        "depth": 60,
        "values": np.c_[signed(rng, 6), rng.uniform(0.3, 0.6, 6), rng.uniform(0.3, 0.5, (6, 2))],
    }


@value_depth.mistake("walk-by-recursion")
class WalkByRecursion(CorrectValue):
    """Python stops after about 1,000 nested calls; this walk nests one call for each operation.

    Short expressions are right. In a long one Python raises a RecursionError. A deep network over a
    batch easily has 10,000 operations in a row. A list that you manage yourself has no such limit.

    Next: replace the nested calls with a loop over a list of values that still have to be visited.
    """

    def order(self) -> list[Any]:
        seen: set[int] = set()
        found: list[Any] = []

        def visit(node: Any) -> None:
            if id(node) not in seen:
                seen.add(id(node))
                for parent in node.parents:
                    visit(parent)
                found.append(node)

        visit(self)
        return found[::-1]


@value_depth.mistake("queue-for-order")
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


@value_depth.mistake("stack-for-order")
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
