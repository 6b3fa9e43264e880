"""Does a function of the other process answer as one of this process would?"""

from __future__ import annotations

import threading
from collections import OrderedDict, namedtuple
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from queue import Queue
from typing import Any

import numpy as np
import pytest

from autograder.sandbox.inside.calls import Calls, Message
from autograder.sandbox.inside.wire import decode, encode

Function = Callable[..., Any]


@contextmanager
def two_processes(**functions: Function) -> Iterator[Calls]:
    """Calls of a student's process; the solution's, with these functions, is a thread here."""
    there: Queue[Any] = Queue()
    back: Queue[Any] = Queue()
    student = Calls(lambda each: there.put(encode(each)), lambda: decode(back.get()), {})
    solution = Calls(lambda each: back.put(encode(each)), lambda: decode(there.get()), functions)

    def serve() -> None:
        while frame := there.get():
            solution.serve(decode(frame))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield student
    there.put(b"")
    thread.join(5)
    assert not thread.is_alive() and not student._shared and not solution._shared


def same(left: Any, right: Any) -> bool:
    if isinstance(left, np.ndarray):
        return left.dtype == right.dtype and np.array_equal(left, right)
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    return type(left) is type(right) and bool(left == right)


VALUES = [
    *(None, True, 3, -(2**100), 0.5, "relu", "a" * 1_000, np.float32(0.1), np.bool_(True), 1j),
    *(np.arange(6).reshape(2, 3), np.zeros((0, 3)), np.array(2.5), np.array([True])),
    *([], [1, 2.0, "x"], (1, (2, [3])), {"a": {"b": (None,)}}, {1: "one", (2, 3): [4]}, {3, 4}),
    *([np.ones(2), np.ones(3)], [[1, 2], [3]], frozenset("a")),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:20])
def test_is_a_value_there_what_it_is_here(value: Any) -> None:
    """Also as a keyword, and on the way back; a tree of arrays would make it an array."""
    seen = []

    def echo(first: Any, *, second: Any) -> Any:
        seen.append(first)
        return second

    with two_processes(echo=echo) as calls:
        back = calls.stand_in("echo")(value, second=value)
    expected = np.complex128(value) if isinstance(value, complex) else value
    assert same(expected, seen[0]) and same(expected, back)


Pair = namedtuple("Pair", "a b")


def test_is_what_has_no_like_there_its_nearest() -> None:
    with two_processes(echo=lambda each: each) as calls:
        echo = calls.stand_in("echo")
        assert same(echo(range(3)), [0, 1, 2])
        assert same(echo(Pair(1, 2.0)), (1, 2.0))
        assert same(echo(OrderedDict(a=1)), {"a": 1})
        assert same(echo(Fraction(1, 4)), 0.25)
        assert same(echo(each for each in "ab"), ["a", "b"])
        assert same(echo(np.array(["a", "b"])), ["a", "b"])
        with pytest.raises(TypeError, match="of type object cannot be passed on"):
            echo([object()])
        assert echo(1) == 1


def test_does_a_generator_go_on_where_the_other_process_left_it() -> None:
    """In both directions, also in the middle of a call, and one of two."""

    def draw(first: Any, second: Any, between: Function) -> Any:
        return [first.normal(), between(), first.integers(9, size=2), second.normal()]

    def run(draw: Function) -> Any:
        rng, other = np.random.default_rng(1), np.random.default_rng(2)
        rng.integers(5, dtype=np.uint32)
        drawn = [draw(rng, other, lambda: rng.normal(size=3)) for _ in range(2)]
        return [drawn, rng.normal(), other.normal()]

    with two_processes(draw=draw) as calls:
        assert same(run(calls.stand_in("draw")), run(draw))


def test_is_a_generator_the_same_object_wherever_it_is_named() -> None:
    def draw(pair: Any, named: Any) -> bool:
        return pair[0] is pair[1] is named["rng"]

    rng = np.random.default_rng(1)
    with two_processes(draw=draw) as calls:
        assert calls.stand_in("draw")([rng, rng], {"rng": rng})


def test_may_calls_go_back_and_forth() -> None:
    """A function that is passed on, called back, and passed back unchanged."""

    def outer(f: Function, n: int) -> Any:
        return f(n, f) if n else "end"

    with two_processes(outer=outer) as calls:
        stand_in = calls.stand_in("outer")

        def f(n: int, own: Function) -> Any:
            assert own is f
            return [n, stand_in(f, n - 1)]

        assert stand_in(f, 3) == [3, [2, [1, "end"]]]


def test_is_a_replaced_function_that_is_passed_on_called_where_it_is() -> None:
    sent = []
    with two_processes(apply=lambda f, x: f(x), double=lambda x: 2 * x) as calls:
        send = calls._send

        def noted(message: Message) -> None:
            sent.append(message)
            send(message)

        calls._send = noted
        assert calls.stand_in("apply")(calls.stand_in("double"), 4) == 8
    assert len(sent) == 1 and sent[0]["shared"] == ["double"]


def test_is_an_exception_an_exception_on_the_other_side() -> None:
    def divide(a: Any, b: Any) -> Any:
        return a / b

    def apply(f: Function) -> Any:
        return f(1)

    def fails(x: Any) -> Any:
        raise KeyError("mine")

    with two_processes(divide=divide, apply=apply, large=lambda: [0] * 50_000) as calls:
        with pytest.raises(RuntimeError, match="^divide: ZeroDivisionError"):
            calls.stand_in("divide")(1, 0)
        with pytest.raises(RuntimeError, match="^apply: .*KeyError: 'mine'"):
            calls.stand_in("apply")(fails)
        with pytest.raises(RuntimeError, match="too many parts"):
            calls.stand_in("large")()
        with pytest.raises(RuntimeError, match="^unknown: KeyError"):
            calls.stand_in("unknown")()
        assert calls.stand_in("divide")(1, 2) == 0.5


CALL: Message = {"call": "f", "arguments": [], "keywords": {}, "shared": []}
STATE = np.random.PCG64(1).state


@pytest.mark.parametrize(
    "message",
    [
        CALL | {"call": 7},
        CALL | {"arguments": [["shared", 5]]},
        CALL | {"arguments": [["eval", []]]},
        CALL | {"arguments": [["set", [["list", []]]]]},
        CALL | {"arguments": [["dict", [[1]]]]},
        CALL | {"shared": ["no function"]},
        CALL | {"shared": [STATE | {"bit_generator": "MT19937"}]},
        CALL | {"shared": [STATE | {"state": {"state": -1, "inc": 2**200}}]},
        CALL | {"shared": [STATE | {"state": {"state": "1", "inc": 0.5}}]},
        CALL | {"shared": [STATE | {"has_uint32": 2**70}]},
        CALL | {"shared": [{}]},
    ],
    ids=range(11),
)
def test_is_a_forged_message_an_error_and_no_more(message: Message) -> None:
    """A student's process chooses what the solution's receives."""
    sent: list[Message] = []
    calls = Calls(sent.append, dict, {"f": lambda *given: 1})
    calls.serve(message)
    assert list(sent[0]) == ["error", "shared"]
    calls.serve(CALL)
    assert sent[1]["value"] == 1
