"""Python's memory, arranged so that a new process has few pages to copy.

Python gives objects memory from pools of one size each. A process that has long run has many pools
with a little room; its fork would write into all of them and have each page copied for the sake of
a few objects. Where all pools are full, what is new lies together in new ones.
"""

from __future__ import annotations

from collections.abc import Callable

# As in Python's obmalloc.c: the bytes of a pool, of its header, and of the largest object in one.
_POOL, _HEADER, _LARGEST = 2**14, 48, 512
_STEP = 16
_EMPTY_BYTES = 33
_MOST_TURNS = 8
"""A Python built with another allocator has no such pools."""

_filling: list[list[object]] = []


def fill() -> None:
    """Fill the pools that have room, for as long as this process lives."""
    for size in range(_STEP, _LARGEST + 1, _STEP):
        make = _maker(size)
        for _ in range(_MOST_TURNS):
            objects = [make() for _ in range((_POOL - _HEADER) // size)]
            _filling.append(objects)
            # As many as a pool holds: they lie in one and the next, but for a gap made meanwhile.
            if len({id(each) // _POOL for each in objects}) <= 3:
                break


def _maker(size: int) -> Callable[[], object]:
    """What makes an object that takes so many bytes, rounded up to a step."""
    if size == _STEP:
        return object
    if size < _EMPTY_BYTES:
        return lambda: float("0.5")
    return lambda: bytes(size - _EMPTY_BYTES)
