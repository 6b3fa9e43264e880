"""Calls between the student's process and the solution's; this stands in both.

A call of a replaced function is sent to the grader, which passes it on to the other process. One
of the two always waits for the other, also where the call comes back:

    student   train_xor ──"train"──▶ ┐               ┌ loss, grads ──▶ ┐            ┌ goes on
    solution                         └ train ──(0)──▶ ┘                 └ returns ──▶ ┘

Values travel as trees that say what they are. Functions and random generators stay where they are:
both processes number them alike. A function is called back by its number; a generator's state is
sent with every message, so that the draws of both processes are those of one generator.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np

from autograder.errors import ProtocolError
from autograder.tree import MAX_ITEMS, Tree

_MOST_TEXT = 300
_PLAIN = (str, int, float, bool, type(None))
_CONTAINERS: dict[str, Callable[..., Any]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
}

Message = dict[str, Any]


class Calls:
    """The calls of one process, of its own functions and of the other process's.

    Args:
        send: sends a message to the other process.
        receive: waits for its next message.
        functions: this process's own functions, by the names under which the other calls them.
    """

    def __init__(
        self,
        send: Callable[[Message], None],
        receive: Callable[[], Message],
        functions: Mapping[str, Any],
    ) -> None:
        self._send = send
        self._receive = receive
        self._functions = functions
        self._stand_ins: dict[str, Callable[..., Any]] = {}
        self._shared: list[Any] = []
        self._depth = 0

    def stand_in(self, name: str) -> Callable[..., Any]:
        """A function that calls the other process's function of this name."""
        if name not in self._stand_ins:
            self._stand_ins[name] = self._stand_in(name)
        return self._stand_ins[name]

    def serve(self, message: Message) -> None:
        """Make the call that the other process asks for, and send it what comes of it."""
        with self._deeper():
            try:
                self._synchronize(message["shared"])
                function = self._function(message["call"])
                arguments = [self._rebuilt(each) for each in message["arguments"]]
                keywords = {name: self._rebuilt(each) for name, each in message["keywords"].items()}
                reply = {"value": self._described(function(*arguments, **keywords))}
            except BaseException as error:
                reply = {"error": _in_words(error)}
            try:
                self._send(reply | {"shared": self._states()})
            except ProtocolError as error:
                self._send({"error": _in_words(error), "shared": self._states()})

    def _call(self, name: str | int, arguments: Sequence[Any], keywords: Mapping[str, Any]) -> Any:
        with self._deeper():
            message = {
                "call": name,
                "arguments": [self._described(each) for each in arguments],
                "keywords": {key: self._described(each) for key, each in keywords.items()},
            }
            self._send(message | {"shared": self._states()})
            while "call" in (reply := self._receive()):
                self.serve(reply)
            self._synchronize(reply["shared"])
            if "error" in reply:
                what = name if isinstance(name, str) else "a function that was passed to it"
                raise RuntimeError(f"{what}: {reply['error']}")
            return self._rebuilt(reply["value"])

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        """Share functions and generators until the outermost call ends."""
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if not self._depth:
                self._shared.clear()

    def _stand_in(self, name: str | int) -> Callable[..., Any]:
        def call(*arguments: Any, **keywords: Any) -> Any:
            return self._call(name, arguments, keywords)

        return call

    def _function(self, name: str | int) -> Any:
        return self._functions[name] if isinstance(name, str) else self._shared[name]

    def _states(self) -> list[Tree]:
        """For all that is shared: a generator's state, a replaced function's name, or None."""
        names = {id(each): name for name, each in self._stand_ins.items()}
        return [
            each.bit_generator.state if type(each) is np.random.Generator else names.get(id(each))
            for each in self._shared
        ]

    def _synchronize(self, states: Sequence[Tree]) -> None:
        """Let generators go on where the other process left them, and number what is new."""
        for number, state in enumerate(states):
            new = number == len(self._shared)
            if isinstance(state, dict):
                if new:
                    self._shared.append(np.random.Generator(np.random.PCG64(0)))
                self._shared[number].bit_generator.state = state
            elif new and state is None:
                self._shared.append(self._stand_in(number))
            elif new:
                self._shared.append(self._functions[state])

    def _number(self, value: Any) -> int:
        for number, each in enumerate(self._shared):
            if each is value:
                return number
        self._shared.append(value)
        return len(self._shared) - 1

    def _described(self, value: Any) -> Tree:
        """A value as a tree of what can be sent; a container is a list that begins with its kind.

        Raises:
            TypeError: when the value is an object that cannot be sent.
        """
        if type(value) in _PLAIN:
            return value
        if isinstance(value, (np.ndarray, np.generic)):
            return value if value.dtype.kind in "biufc" else self._described(value.tolist())
        if isinstance(value, Mapping):
            pairs = ([self._described(key), self._described(value[key])] for key in value)
            return ["dict", list(pairs)]
        for kind in type(value).__mro__:
            if kind.__name__ in _CONTAINERS and kind.__module__ == "builtins":
                return [kind.__name__, [self._described(each) for each in value]]
        return self._described_otherwise(value)

    def _described_otherwise(self, value: Any) -> Tree:
        if isinstance(value, str):
            return str.__str__(value)
        if isinstance(value, complex):
            return np.complex128(value)
        if isinstance(value, (int, Real, Decimal)):
            return int(value) if isinstance(value, int) else float(value)
        if callable(value) or _can_be_shared(value):
            return ["shared", self._number(value)]
        if hasattr(value, "__array__"):
            return self._described(np.asarray(value))
        if isinstance(value, Iterable):
            return self._described(list(itertools.islice(value, MAX_ITEMS)))
        raise TypeError(f"a value of type {type(value).__name__} cannot be passed on")

    def _rebuilt(self, tree: Tree) -> Any:
        match tree:
            case ["shared", int(number)]:
                return self._shared[number]
            case ["dict", list(pairs)]:
                return {self._rebuilt(key): self._rebuilt(value) for key, value in pairs}
            case [str(kind), list(parts)] if kind in _CONTAINERS:
                return _CONTAINERS[kind](self._rebuilt(each) for each in parts)
        if isinstance(tree, (np.ndarray, np.generic, *_PLAIN)):
            return tree
        raise ProtocolError("expected a value that was passed on, received something else")


def _in_words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:_MOST_TEXT]


def _can_be_shared(value: Any) -> bool:
    """Whether this is a random generator of the kind that `np.random.default_rng` makes."""
    return type(value) is np.random.Generator and type(value.bit_generator) is np.random.PCG64
