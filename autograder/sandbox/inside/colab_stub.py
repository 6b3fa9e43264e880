"""What `google.colab` is inside the sandbox: a notebook that comes from Colab runs without it.

Everything in it is a function that does nothing, so that the cell around it goes on.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


def _do_nothing(*_: object, **__: object) -> None:
    pass


def _upload(*_: object, **__: object) -> dict[str, bytes]:
    """The files that a student chose, here none."""
    return {}


class _Module(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _do_nothing


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return _module(name)


def _module(name: str) -> ModuleType:
    return sys.modules.setdefault(f"{__name__}.{name}", _Module(f"{__name__}.{name}"))


_module("files").upload = _upload  # type: ignore[attr-defined]
for _each in ("auth", "data_table", "drive", "output", "patches", "userdata", "widgets"):
    _module(_each)
