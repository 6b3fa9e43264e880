"""Is every kind of function asked: methods, instances that are called, partial, threads?

The solution of every question is handed in again as each of them.
"""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.laws.public_points import lost_by
from tests.laws.test_packing import on_arrays, read_only


class Holder:
    def __init__(self, function: Any) -> None:
        self.function = function

    def __call__(self, *arguments: Any) -> Any:
        return self.function(*arguments)

    def method(self, *arguments: Any, **keywords: Any) -> Any:
        return self.function(*arguments, **keywords)

    @staticmethod
    def static(function: Any) -> Any:
        return function


def by_class_method(solution: Any) -> Any:
    class Answers:
        @classmethod
        def answer(cls, *arguments: Any) -> Any:
            return solution(*arguments)

    return Answers.answer


def by_inheritance(solution: Any) -> Any:
    class Base:
        def __call__(self, *arguments: Any) -> Any:
            raise NotImplementedError

    class Own(Base):
        def __call__(self, *arguments: Any) -> Any:
            return solution(*arguments)

    return Own()


def decorated(solution: Any) -> Any:
    @functools.wraps(solution)
    def counted(*arguments: Any, **keywords: Any) -> Any:
        counted.calls += 1  # type: ignore[attr-defined]
        return solution(*arguments, **keywords)

    counted.calls = 0  # type: ignore[attr-defined]
    return counted


def by_keywords(solution: Any) -> Any:
    names = inspect.signature(solution).parameters
    return lambda *arguments: solution(**dict(zip(names, arguments, strict=False)))


def with_defaults(solution: Any) -> Any:
    return lambda *arguments, unused=None, **more: solution(*arguments)


def in_a_thread(solution: Any) -> Any:
    def call(*arguments: Any) -> Any:
        found: list[Any] = []
        thread = threading.Thread(target=lambda: found.append(solution(*arguments)))
        thread.start()
        thread.join()
        return found[0]

    return call


def from_a_generator(solution: Any) -> Any:
    def answers(*arguments: Any) -> Any:
        yield solution(*arguments)

    return lambda *arguments: next(answers(*arguments))


def in_a_try(solution: Any) -> Any:
    def call(*arguments: Any) -> Any:
        try:
            raise KeyError("missing")
        except KeyError:
            return solution(*arguments)

    return call


CALLABLES: dict[str, Callable[[Any], Any]] = {
    "partial": functools.partial,
    "instance-that-is-called": Holder,
    "bound-method": lambda solution: Holder(solution).method,
    "static-method": Holder.static,
    "class-method": by_class_method,
    "inherited-call": by_inheritance,
    "decorated": decorated,
    "by-keywords": by_keywords,
    "any-arguments-and-defaults": with_defaults,
    "in-a-thread": in_a_thread,
    "from-a-generator": from_a_generator,
    "in-a-try": in_a_try,
    "arguments-copied": lambda solution: lambda *a: solution(*on_arrays(np.copy)(a)),
    "arguments-read-only": lambda solution: lambda *a: solution(*on_arrays(read_only)(a)),
    "arguments-in-fortran-order": lambda solution: (
        lambda *a: solution(*on_arrays(np.asfortranarray)(a))
    ),
}


REFUSED = {("arguments-read-only", "keep_best"): "The training that it receives works in place."}


@pytest.mark.parametrize("kind", CALLABLES)
def test_is_every_kind_of_function_asked(kind):
    assert not lost_by(CALLABLES[kind], kind, REFUSED)
