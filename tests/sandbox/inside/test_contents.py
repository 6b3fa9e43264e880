"""Does an object contain what it did, and stay the same object?"""

from __future__ import annotations

import random
import types
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograder.sandbox.inside.contents import MOST_BYTES, MOST_ITEMS, content_of


def a_class() -> type:
    return type("Layer", (), {"__module__": "__main__", "size": 3, "run": lambda self: 1})


def read_only(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array


Change = Callable[[Any], object]
OBJECTS: list[tuple[Any, Change]] = [
    ([1, 2], lambda each: each.append(3)),
    ([1, 2], lambda each: each.reverse()),
    ({"a": 1}, lambda each: each.update(a=2)),
    ({"a": 1}, lambda each: each.update(b=1)),
    ({"a": 1}, dict.clear),
    (OrderedDict(a=1), lambda each: each.popitem()),
    (defaultdict(list, a=[1]), lambda each: each["b"]),
    (Counter("aab"), lambda each: each.update("b")),
    ({1, 2}, lambda each: each.add(3)),
    (deque([1, 2], maxlen=2), lambda each: each.append(3)),
    (types.CellType(1), lambda each: setattr(each, "cell_contents", 2)),
    (np.zeros((2, 3)), lambda each: each.__setitem__(0, 1)),
    (np.array([np.nan, 1.0]), lambda each: each.fill(0)),
    (np.array([None, "a"]), lambda each: each.__setitem__(0, 1)),
    (np.zeros((2, 3))[:, ::2], lambda each: each.fill(2)),
    (np.array(5), lambda each: each.fill(2)),
    (a_class(), lambda each: setattr(each, "size", 4)),
    (a_class(), lambda each: delattr(each, "run")),
    (a_class(), lambda each: setattr(each, "__add__", lambda a, b: 0)),
]
GENERATORS: list[tuple[Any, Change]] = [
    (np.random.default_rng(0), lambda each: each.random()),
    (np.random.RandomState(0), lambda each: each.rand()),
    (random.Random(0), lambda each: each.random()),
]


@pytest.mark.parametrize(("each", "change"), OBJECTS)
def test_is_a_change_seen_and_undone(each: Any, change: Change) -> None:
    kind = content_of(each)
    assert kind
    before = kind.read(each)
    assert kind.same(before, kind.read(each))
    change(each)
    assert not kind.same(before, kind.read(each))
    kind.put_back(each, before)
    assert kind.same(before, kind.read(each))


@pytest.mark.parametrize(("each", "draw"), GENERATORS)
def test_does_a_random_generator_draw_the_same_again(each: Any, draw: Change) -> None:
    kind = content_of(each)
    assert kind
    before = kind.read(each)
    first = draw(each)
    kind.put_back(each, before)
    assert draw(each) == first
    assert kind.same(before, kind.read(each)), "its use is no change of the notebook"


def test_is_an_array_put_back_that_became_read_only() -> None:
    array = np.zeros(2)
    kind = content_of(array)
    assert kind
    before = kind.read(array)
    array += 1
    kind.put_back(read_only(array), before)
    assert array.tolist() == [0, 0] and not array.flags.writeable


def test_is_a_large_array_left_alone_and_its_change_seen() -> None:
    array = np.zeros(MOST_BYTES)
    kind = content_of(array)
    assert kind
    before = kind.read(array)
    assert before.nbytes < MOST_BYTES / 10
    array *= 2
    assert kind.same(before, kind.read(array))
    array += 1
    assert not kind.same(before, kind.read(array))
    kind.put_back(array, before)
    assert array[0] == 1


@pytest.mark.parametrize(
    "each",
    [None, 3, "text", (1, [2]), len, np, np.exp, Counter, list(range(MOST_ITEMS + 1)), iter([1])],
)
def test_has_nothing_else_content(each: Any) -> None:
    """Libraries' classes, and what can only be used up."""
    assert content_of(each) is None
