"""How the grader uses a student's `Value`, and the engine that the mistakes start from."""

from __future__ import annotations

import ast
import math
from typing import Any

from autograder.questions.define import Array, Rng
from course_lib.gradients import vector_jacobian_product

# The driver evaluates an expression such as "a * b + 2", once on a student's Values and, in the
# reference, once on tensors. Its text comes from the cases and from nowhere else. Leaves are
# called a, b, c ... in the order of the columns of `values`. Every row is an expression of its
# own, because the rounding error of a single number is too easily small by luck to measure.


ONE_LEAF = "an operation of its own takes one leaf"
"""Why the values of a case have an axis of size 1."""


def tensor_expression(expression: str, values: Array) -> Any:
    """The same expression on tensors, a row at a time: its value, and its slope for every leaf."""
    import tensorflow as tf

    functions = {"exp": tf.exp, "tanh": tf.tanh, "relu": tf.nn.relu}

    def evaluate(values: Any) -> Any:
        columns = tf.unstack(values, axis=1)
        return eval(expression, functions, dict(zip("abcdefgh", columns, strict=False)))

    return evaluate(tf.constant(values)), vector_jacobian_product(evaluate, [values])[0]


def drive_expression(Value: Any, expression: str, values: Array) -> Any:
    """Build the expression of Values, go backward once, and read off value and slopes."""
    functions = {
        "exp": lambda value: value.exp(),
        "tanh": lambda value: value.tanh(),
        "relu": lambda value: value.relu(),
    }
    data, grad = [], []
    for row in values.tolist():
        leaves = [Value(number) for number in row]
        root = eval(expression, functions, dict(zip("abcdefgh", leaves, strict=False)))
        root.backward()
        data.append(root.data)
        grad.append([leaf.grad for leaf in leaves])
    return data, grad


def operations(expression: str) -> set[str]:
    """What an expression needs of `Value`: its operations, and how they are put together.

    "chain" is in it where an operation other than a sum takes another one's result, and "reuse"
    where a value is used more than once.
    """
    # A negative number is an operation on a number, and none on a `Value`.
    nodes = [node for node in ast.walk(ast.parse(expression, mode="eval")) if not _number(node)]
    found = set()
    for node in nodes:
        if isinstance(node, (ast.BinOp, ast.UnaryOp)):
            kind = type(node.op).__name__
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            kind = node.func.id
        else:
            continue
        found.add(kind)
        results = (ast.BinOp, ast.UnaryOp, ast.Call, ast.NamedExpr)
        inner = [each for each in ast.iter_child_nodes(node) if not _number(each)]
        if kind != "Add" and any(isinstance(each, results) for each in inner):
            found.add("chain")
        if isinstance(node, ast.BinOp) and _number(node.left):
            found.add("number on the left")
        if isinstance(node, ast.BinOp) and _number(node.right) and kind != "Pow":
            found.add("number on the right")
    # Leaves and inner values have one letter each.
    used = [node.id for node in nodes if isinstance(node, ast.Name) and len(node.id) == 1]
    return found | ({"reuse"} if len(set(used)) < len(used) else set())


def _number(node: ast.AST) -> bool:
    """Whether this is a plain number, such as 2 or -1."""
    return isinstance(node.operand if isinstance(node, ast.UnaryOp) else node, ast.Constant)


def signed(rng: Rng, *shape: int) -> Array:
    """Numbers of either sign, away from 0."""
    return rng.choice([-1.0, 1.0], shape) * rng.uniform(0.5, 2.0, shape)


class CorrectValue:
    """A correct engine; each mistake changes a part of it."""

    def __init__(self, data: Any, parents: Any = (), slopes: Any = ()) -> None:
        self.data, self.grad = data, 0.0
        self.parents, self.slopes = parents, slopes

    def result(self, data: Any, *parents_and_slopes: tuple[Any, Any]) -> Any:
        parents, slopes = zip(*parents_and_slopes, strict=True)
        return type(self)(data, parents, slopes)

    def lift(self, other: Any) -> Any:
        return other if isinstance(other, CorrectValue) else type(self)(other)

    def __add__(self, other: Any) -> Any:
        other = self.lift(other)
        return self.result(self.data + other.data, (self, 1.0), (other, 1.0))

    def __mul__(self, other: Any) -> Any:
        other = self.lift(other)
        return self.result(self.data * other.data, (self, other.data), (other, self.data))

    def __pow__(self, k: Any) -> Any:
        return self.result(self.data**k, (self, k * self.data ** (k - 1)))

    def __neg__(self) -> Any:
        return self.result(-self.data, (self, -1.0))

    def __sub__(self, other: Any) -> Any:
        return self + -self.lift(other)

    def __rsub__(self, other: Any) -> Any:
        return self.lift(other) - self

    def __truediv__(self, other: Any) -> Any:
        return self * self.lift(other) ** -1

    def __rtruediv__(self, other: Any) -> Any:
        return self.lift(other) / self

    __radd__, __rmul__ = __add__, __mul__

    def exp(self) -> Any:
        e = math.exp(self.data)
        return self.result(e, (self, e))

    def tanh(self) -> Any:
        t = math.tanh(self.data)
        return self.result(t, (self, 1 - t**2))

    def relu(self) -> Any:
        return self.result(max(self.data, 0.0), (self, float(self.data > 0)))

    def order(self) -> list[Any]:
        seen: set[int] = set()
        found: list[Any] = []
        waiting: list[tuple[Any, bool]] = [(self, False)]
        while waiting:
            node, parents_are_in = waiting.pop()
            if parents_are_in:
                found.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                waiting.append((node, True))
                waiting += [(parent, False) for parent in reversed(node.parents)]
        return found[::-1]

    def backward(self) -> None:
        nodes = self.order()
        for node in nodes:
            node.grad = 0.0
        self.grad = 1.0
        for node in nodes:
            for parent, slope in zip(node.parents, node.slopes, strict=True):
                parent.grad += slope * node.grad


class _ByProducts(CorrectValue):
    """A minus is a product with -1, as in the lesson."""

    def __neg__(self) -> Any:
        return self * -1


class _RightSidesByProducts(_ByProducts):
    """Plain numbers on the left are brought to the right."""

    def __sub__(self, other: Any) -> Any:
        return self + self.lift(other) * -1

    def __rsub__(self, other: Any) -> Any:
        return self * -1 + other

    def __rtruediv__(self, other: Any) -> Any:
        return self**-1 * other


class _OwnDifference(CorrectValue):
    """A difference is an operation of its own, and a minus is one from 0."""

    def __neg__(self) -> Any:
        return 0 - self

    def __sub__(self, other: Any) -> Any:
        other = self.lift(other)
        return self.result(self.data - other.data, (self, 1.0), (other, -1.0))


class _OwnQuotient(CorrectValue):
    """A quotient is an operation of its own."""

    def __truediv__(self, other: Any) -> Any:
        other = self.lift(other)
        a, b = self.data, other.data
        return self.result(a / b, (self, 1 / b), (other, -a / b**2))


class _OwnOfBoth(_OwnQuotient, _ByProducts):
    """A difference and a quotient are operations of their own."""

    __sub__ = _OwnDifference.__sub__


_ENGINES = (_ByProducts, _RightSidesByProducts, _OwnDifference, _OwnQuotient, _OwnOfBoth)


def in_other_engines(wrong: type[CorrectValue]) -> list[type[CorrectValue]]:
    """The same wrong methods in engines that make their operations of other operations."""
    methods = {name: each for name, each in vars(wrong).items() if callable(each)}
    return [type(wrong.__name__, (engine,), methods) for engine in _ENGINES]
