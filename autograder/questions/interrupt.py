"""Ending what runs in this thread, from another one."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_AGAIN = 1.0


class TooLong(BaseException):
    """Raised in the code that takes too long; not an Exception, which that code may catch."""


@contextmanager
def interrupted_after(seconds: float) -> Iterator[None]:
    """Raise TooLong in what runs inside, once it has taken so many seconds."""
    ended = threading.Event()
    watch = threading.Thread(
        target=_interrupt, args=(threading.get_ident(), seconds, ended), daemon=True
    )
    watch.start()
    try:
        yield
    finally:
        ended.set()


def _interrupt(thread: int, seconds: float, ended: threading.Event) -> None:
    """Raise in a thread once its time is over, and again where that was caught on the way."""
    if ended.wait(seconds):
        return
    while not ended.is_set():
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread), ctypes.py_object(TooLong)
        )
        ended.wait(_AGAIN)
