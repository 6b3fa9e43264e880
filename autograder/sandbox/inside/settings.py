"""Settings of the whole process that a cell can change and a function may depend on."""

from __future__ import annotations

import ctypes
import os
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

_LONGEST_PATH = 4096
_GETCWD = {"x86_64": 79, "aarch64": 17}.get(os.uname().machine)
_LIBC = ctypes.CDLL(None, use_errno=True)


def _folder() -> str:
    """The working folder, as the kernel has it.

    The C library goes up folder by folder where the path is too long for the kernel, which takes
    seconds for the deepest; there is no way back to such a folder by its name.
    """
    if _GETCWD is None:
        return os.getcwd()
    path = ctypes.create_string_buffer(_LONGEST_PATH)
    if _LIBC.syscall(_GETCWD, path, _LONGEST_PATH) < 0:
        raise OSError(ctypes.get_errno(), "the working folder has no path")
    return os.fsdecode(path.value)


def _set_path(path: list[str]) -> None:
    sys.path[:] = path


def _set_filters(filters: list[Any]) -> None:
    if list(warnings.filters) != filters:
        # It also forgets which warnings were shown once already.
        warnings.resetwarnings()
        warnings.filters[:] = filters  # type: ignore[index]


_SETTINGS: tuple[tuple[Callable[[], Any], Callable[[Any], object]], ...] = (
    (_folder, os.chdir),
    (lambda: list(sys.path), _set_path),
    (sys.getrecursionlimit, sys.setrecursionlimit),
    (np.geterr, lambda kinds: np.seterr(**kinds)),
    (np.geterrcall, np.seterrcall),
    (np.get_printoptions, lambda options: np.set_printoptions(**options)),
    (lambda: list(warnings.filters), _set_filters),
)

Settings = list[tuple[Callable[[Any], object], Any]]
"""How to set each of them, and to what."""


def read() -> Settings:
    """The settings as they are now, for `put_back`."""
    found: Settings = []
    for get, put in _SETTINGS:
        # A cell may have deleted the working folder.
        with suppress(Exception):
            found.append((put, get()))
    return found


def put_back(settings: Settings) -> None:
    """Set everything to what `read` found."""
    for put, value in settings:
        with suppress(Exception):
            put(value)
