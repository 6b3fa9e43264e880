"""What a list, an array or an object of a student's class contains: read, put back, compared.

The object itself stays the same, so that whatever else holds it sees the same change. Nothing here
runs a student's code. Objects of libraries have no content that could be put back.
"""

from __future__ import annotations

import random
import sys
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable
from operator import is_
from types import CellType
from typing import Any, NamedTuple

import numpy as np

MOST_ITEMS = 10_000
"""A container with more items is left as it is."""
MOST_BYTES = 2**20
"""A larger array is left as it is; whether it changed is told by a sample of its entries."""
NOTEBOOK = "__main__"
"""The module of classes that cells define."""
_SAMPLE = 1_000
_MISSING = object()


class Content(NamedTuple):
    """How the content of one kind of object is read, put back and compared."""

    read: Callable[[Any], Any]
    put_back: Callable[[Any, Any], object]
    same: Callable[[Any, Any], bool]


def _set_items(target: list[Any], content: list[Any]) -> None:
    target[:] = content


def _refill(container: Any, content: Any) -> None:
    container.clear()
    container.update(content)


def _refill_deque(queue: deque[Any], content: list[Any]) -> None:
    queue.clear()
    queue.extend(content)


def _set_cell(cell: CellType, content: Any) -> None:
    cell.cell_contents = content


def _set_attributes(target: type, content: dict[str, Any]) -> None:
    now = dict(vars(target))
    for name in now.keys() - content.keys():
        type.__delattr__(target, name)
    for name, value in content.items():
        if now.get(name, _MISSING) is not value:
            type.__setattr__(target, name, value)


def _set_state(generator: np.random.Generator, state: Any) -> None:
    generator.bit_generator.state = state


def _set_entries(array: np.ndarray, content: np.ndarray) -> None:
    if array.flags.writeable:
        array[...] = content
    else:
        array.flags.writeable = True
        array[...] = content
        array.flags.writeable = False


def _sample(array: np.ndarray) -> np.ndarray:
    return array.flat[:: array.size // _SAMPLE + 1]


def _leave(*_: object) -> None:
    """It is too large to be put back."""


def _same_items(before: Iterable[Any], now: Iterable[Any]) -> bool:
    # Not with ==, which would run a student's code.
    left, right = list(before), list(now)
    return len(left) == len(right) and all(map(is_, left, right))


def _same_entries(before: dict[Any, Any], now: dict[Any, Any]) -> bool:
    left, right = ({id(key): id(value) for key, value in each.items()} for each in (before, now))
    return left == right


def _same_members(before: set[Any], now: set[Any]) -> bool:
    return set(map(id, before)) == set(map(id, now))


def _same_array(before: np.ndarray, now: np.ndarray) -> bool:
    return before.shape == now.shape and before.tobytes() == now.tobytes()


def _not_compared(*_: object) -> bool:
    """Every use changes a random generator."""
    return True


_MAPPING = Content(dict, _refill, _same_entries)
_CONTAINERS: dict[type, Content] = {
    list: Content(list, _set_items, _same_items),
    deque: Content(list, _refill_deque, _same_items),
    set: Content(set, _refill, _same_members),
    **dict.fromkeys((dict, OrderedDict, defaultdict, Counter), _MAPPING),
}
_OTHERS: dict[type, Content] = {
    CellType: Content(lambda cell: cell.cell_contents, _set_cell, is_),
    np.ndarray: Content(np.ndarray.copy, _set_entries, _same_array),
    random.Random: Content(random.Random.getstate, random.Random.setstate, _not_compared),
}
_GENERATOR = Content(lambda each: each.bit_generator.state, _set_state, _not_compared)
_RANDOM_STATE = Content(
    lambda each: each.get_state(), lambda each, state: each.set_state(state), _not_compared
)
_CLASS = Content(lambda each: dict(vars(each)), _set_attributes, _same_entries)
_LARGE_ARRAY = Content(_sample, _leave, _same_array)


def content_of(each: Any, room: int = MOST_BYTES) -> Content | None:
    """How this object's content is handled; None if it has none that could be put back.

    Args:
        each: any object.
        room: bytes that are left for what it contains.
    """
    kind = type(each)
    if kind in _CONTAINERS:
        return _CONTAINERS[kind] if len(each) <= MOST_ITEMS and size_of(each) <= room else None
    if kind is np.ndarray and each.nbytes > min(room, MOST_BYTES):
        return _LARGE_ARRAY
    if is_class_of_notebook(each):
        return _CLASS
    return _OTHERS.get(kind) or _content_of_generator(kind)


def _content_of_generator(kind: type) -> Content | None:
    # NumPy imports them when they are first used, and many notebooks use none.
    numpys = sys.modules.get("numpy.random")
    if numpys is None:
        return None
    if kind is numpys.Generator:
        return _GENERATOR
    return _RANDOM_STATE if kind is numpys.RandomState else None


def size_of(each: Any) -> int:
    """Bytes that it takes to remember what an array or a container contains."""
    if type(each) is np.ndarray:
        return int(each.nbytes)
    return 16 * len(each) if type(each) in _CONTAINERS else 0


def is_class_of_notebook(each: Any) -> bool:
    """Whether this is a class that a cell has defined."""
    return issubclass(type(each), type) and vars(each).get("__module__") == NOTEBOOK
