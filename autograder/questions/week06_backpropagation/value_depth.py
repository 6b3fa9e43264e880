"""Value in long expressions and in those with many paths."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from autograder.questions.define import Array, Inputs, Rng, question
from autograder.questions.week06_backpropagation.engine import (
    ONE_LEAF,
    CorrectValue,
    operations,
    signed,
)
from course_lib.gradients import vector_jacobian_product


@question(
    points=3,
    calls="Value",
    returns=("data", "grad"),
    few_mistakes="What else goes wrong in long expressions shows in value_reuse.",
)
def value_depth(step: str, depth: int, values: Array) -> Any:
    """

    Args:
        step: computes the next y from y, the leaves b, c ... and new ones; y begins as a.
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
            y = eval(code, {"new": float}, {**names, "y": y})
        return y

    return repeat(tf.constant(values)), vector_jacobian_product(repeat, [values])[0]


@value_depth.driver
def _(Value: Any, step: str, depth: int, values: Array) -> Any:
    names = "abcdefgh"[: values.shape[1]]
    advance = eval(f"lambda y, {', '.join(names)}: {step}", {"new": Value})
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


@value_depth.needs
def _(step: str, depth: int, values: Array) -> set[str]:
    # Two steps in a row need what many do.
    return operations(re.sub(r"\by\b", f"({step})", step))


# Deeper than Python's calls may nest; thousands of operations take a while.
@value_depth.case("chain-of-sums", square=ONE_LEAF, hidden={"depth": 1_200})
def _(rng: Rng) -> Inputs:
    # No value is used twice, and every slope is 1.
    return {"step": "y + new(0.5)", "depth": 3_000, "values": signed(rng, 1, 1)}


@value_depth.case("chain-of-products", square="one row is enough", hidden={"depth": 1_200})
def _(rng: Rng) -> Inputs:
    values = np.c_[signed(rng, 1), rng.uniform(0.9995, 0.9999, 1)]
    return {"step": "y * b", "depth": 5_000, "values": values}


@value_depth.case("many-paths")
def _(rng: Rng) -> Inputs:
    # Two or more ways through each of 60 steps: to walk every path would take forever.
    return {
        "step": "y * b + (y + y * c * d) * e",
        "depth": 60,
        "values": np.c_[
            signed(rng, 4),
            rng.uniform(0.3, 0.6, 4),
            rng.uniform(0.3, 0.5, (4, 2)),
            rng.uniform(0.4, 0.6, 4),
        ],
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
