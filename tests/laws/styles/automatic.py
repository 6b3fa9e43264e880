"""Week 06's `Value`, and week 14's functions that need no Keras."""

from __future__ import annotations

import dataclasses
import itertools
import math
from graphlib import TopologicalSorter
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import signal


class Closures:
    """As in micrograd: every result knows how to send its blame back."""

    def __init__(self, data: Any, *parents: Any) -> None:
        self.data, self.grad, self.parents = np.float64(data), 0.0, parents
        self.send: Any = lambda: None

    def _made(self, data: Any, *slopes: Any) -> Any:
        """A result with (parent, slope) pairs."""
        result = Closures(data, *(parent for parent, _ in slopes))

        def send() -> None:
            for parent, slope in slopes:
                parent.grad += slope * result.grad

        result.send = send
        return result

    def _of(self, other: Any) -> Any:
        return other if isinstance(other, Closures) else Closures(other)

    def __add__(self, other: Any) -> Any:
        other = self._of(other)
        return self._made(self.data + other.data, (self, 1), (other, 1))

    def __mul__(self, other: Any) -> Any:
        other = self._of(other)
        return self._made(self.data * other.data, (self, other.data), (other, self.data))

    def __pow__(self, n: Any) -> Any:
        return self._made(self.data**n, (self, n * self.data ** (n - 1)))

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Any:
        return -1 * self

    def __sub__(self, other: Any) -> Any:
        return self + (-other)

    def __rsub__(self, other: Any) -> Any:
        return other + (-self)

    def __truediv__(self, other: Any) -> Any:
        return self * self._of(other) ** -1

    def __rtruediv__(self, other: Any) -> Any:
        return other * self**-1

    def exp(self) -> Any:
        return self._made(np.exp(self.data), (self, np.exp(self.data)))

    def tanh(self) -> Any:
        return self._made(math.tanh(self.data), (self, 1 - math.tanh(self.data) ** 2))

    def relu(self) -> Any:
        return self._made(max(0, self.data), (self, self.data > 0))

    def backward(self) -> None:
        order, waiting = {}, [self]
        while waiting:
            node = waiting.pop()
            if id(node) not in order:
                order[id(node)] = node
                waiting += node.parents
        graph = {key: [id(parent) for parent in node.parents] for key, node in order.items()}
        for node in order.values():
            node.grad = 0.0
        self.grad = 1.0
        for key in reversed([*TopologicalSorter(graph).static_order()]):
            order[key].send()


@dataclasses.dataclass(eq=False, slots=True)
class Numbered:
    """A dataclass with slots: what is made later has a larger number, so no sorting is needed."""

    data: Any
    edges: tuple[Any, ...] = ()
    grad: Any = dataclasses.field(default_factory=lambda: np.zeros(()))
    number: int = dataclasses.field(default_factory=itertools.count().__next__)

    @classmethod
    def of(cls, other: Any) -> Any:
        return other if isinstance(other, cls) else cls(np.array(other))

    def __add__(self, other: Any) -> Any:
        other = self.of(other)
        return Numbered(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other: Any) -> Any:
        other = self.of(other)
        return Numbered(self.data * other.data, ((self, other.data), (other, self.data)))

    __radd__, __rmul__ = __add__, __mul__
    __neg__ = lambda self: self * -1.0  # noqa: E731
    __sub__ = lambda self, other: self + -1.0 * other  # noqa: E731
    __rsub__ = lambda self, other: -1.0 * self + other  # noqa: E731

    def __pow__(self, n: Any) -> Any:
        return self.bent(np.power(self.data, float(n)), n * np.power(self.data, n - 1.0))

    def __truediv__(self, other: Any) -> Any:
        other = self.of(other)
        slopes = (self, 1 / other.data), (other, -self.data / other.data**2)
        return Numbered(self.data / other.data, slopes)

    def __rtruediv__(self, other: Any) -> Any:
        return self.of(other) / self

    def bent(self, data: Any, slope: Any) -> Any:
        return Numbered(data, ((self, slope),))

    def exp(self) -> Any:
        return self.bent(np.exp(self.data), np.exp(self.data))

    def tanh(self) -> Any:
        return self.bent(np.tanh(self.data), 1 - np.tanh(self.data) ** 2)

    def relu(self) -> Any:
        return self.bent(np.where(self.data > 0, self.data, 0), np.where(self.data > 0, 1, 0))

    def backward(self) -> None:
        found, waiting = {self}, [self]
        while waiting:
            new = {parent for parent, _ in waiting.pop().edges} - found
            found |= new
            waiting += new
        for node in found:
            node.grad = np.zeros(())
        self.grad = np.ones(())
        for node in sorted(found, key=lambda each: -each.number):
            for parent, slope in node.edges:
                parent.grad = parent.grad + slope * node.grad


VALUES = {"closures": Closures, "numbered-dataclass": Numbered}

STYLES: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("value_arithmetic", "value_functions", "value_reuse", "value_depth"), VALUES),
    "feature_map": {
        "scipy": lambda image, kernel: signal.correlate2d(image, kernel, mode="valid"),
        "windows": lambda image, kernel: np.einsum(
            "ijab,ab", sliding_window_view(image, kernel.shape), kernel
        ),
        "lists": lambda image, kernel: [
            [
                float((image[i : i + len(kernel), j : j + kernel.shape[1]] * kernel).sum())
                for j in range(image.shape[1] - kernel.shape[1] + 1)
            ]
            for i in range(len(image) - len(kernel) + 1)
        ],
        "shifted-sums": lambda image, kernel: sum(
            kernel[a, b]
            * image[
                a : image.shape[0] - kernel.shape[0] + a + 1,
                b : image.shape[1] - kernel.shape[1] + b + 1,
            ]
            for a, b in np.ndindex(kernel.shape)
        ),
    },
}
