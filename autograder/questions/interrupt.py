"""Ending what runs in a thread, from another one.

Limits are set for thousands of short calls, so one thread watches them all: setting a limit takes
microseconds, and starting a thread for each took longer than most of the calls.
"""

from __future__ import annotations

import ctypes
import itertools
import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_AGAIN = 1.0


class TooLong(BaseException):
    """Raised in the code that takes too long; not an Exception, which that code may catch."""


@contextmanager
def interrupted_after(seconds: float) -> Iterator[None]:
    """Raise TooLong in what runs inside, once it has taken so many seconds."""
    number = _watch.begin(seconds)
    try:
        yield
    finally:
        _watch.end(number)


class _Watch:
    """A thread that knows when the time of others is over, and wakes up for the first of them."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._numbers = itertools.count()
        self._limits: dict[int, tuple[float, int]] = {}
        self._wakes_at = math.inf
        self._thread: threading.Thread | None = None

    def begin(self, seconds: float) -> int:
        """Limit what the calling thread does from now on; the number is for `end`."""
        until, number = time.monotonic() + seconds, next(self._numbers)
        with self._changed:
            self._limits[number] = (until, threading.get_ident())
            # In a forked process it has ended.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()
            elif until < self._wakes_at:
                self._changed.notify()
        return number

    def end(self, number: int) -> None:
        with self._changed:
            self._limits.pop(number, None)

    def _run(self) -> None:
        with self._changed:
            while True:
                now = time.monotonic()
                for number in [each for each, (until, _) in self._limits.items() if until <= now]:
                    self._interrupt(number, now)
                self._wakes_at = min(
                    (until for until, _ in self._limits.values()), default=math.inf
                )
                self._changed.wait(None if self._wakes_at == math.inf else self._wakes_at - now)

    def _interrupt(self, number: int, now: float) -> None:
        """Raise in the thread, and again later where that was caught on the way."""
        _, thread = self._limits[number]
        reached = ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread), ctypes.py_object(TooLong)
        )
        if reached:
            self._limits[number] = (now + _AGAIN, thread)
        else:
            del self._limits[number]


_watch = _Watch()
