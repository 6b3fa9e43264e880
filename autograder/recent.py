"""What a class has in common is worked out once: results by what they follow from."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Result = TypeVar("Result")

SHARE = 500
"""A result that alone takes more than this part of the room is not kept."""
OVERHEAD = 1_000
"""Bytes that Python takes for a small result and its place here."""


class Recent(Generic[Key, Result]):
    """The results that were wanted most recently, with room for so many bytes of them.

    Students choose how large the values are that they return, and how often they differ: so the
    results that nobody wants any more give way to new ones.

    Args:
        room: for how many bytes of results.
    """

    def __init__(self, room: int) -> None:
        self._largest = room / SHARE
        self._left = room
        self._results: OrderedDict[Key, tuple[Result, int]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._results)

    def find(self, key: Key) -> Result | None:
        """The result that was kept for an equal key, if it still is."""
        with self._lock:
            if key not in self._results:
                return None
            self._results.move_to_end(key)
            return self._results[key][0]

    def keep(self, key: Key, result: Result, size: int) -> None:
        """Keep a result for the next that has an equal key.

        Args:
            size: about how many bytes the key and the result hold.
        """
        size += OVERHEAD
        with self._lock:
            if key in self._results or size > self._largest:
                return
            self._results[key] = result, size
            self._left -= size
            while self._left < 0:
                _, (_, freed) = self._results.popitem(last=False)
                self._left += freed
