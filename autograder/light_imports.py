"""Load libraries without what they load beside and no command of ours uses, and without pauses."""

from __future__ import annotations

import gc
import importlib
import sys
import types
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any


@contextmanager
def loading() -> Iterator[None]:
    """Within it, nothing is searched for garbage, and what was loaded never is.

    Modules stay: looking through them takes a quarter of the time in which they are loaded.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def absent(*names: str) -> Iterator[None]:
    """Within it, modules that a library can do without seem not to be installed.

    Args:
        names: in full; those that are loaded already stay so.
    """
    # Python's own way of saying so: importing a name that stands for None fails.
    with _standing_in(dict.fromkeys(names)):
        yield


@contextmanager
def later(*names: str) -> Iterator[None]:
    """Within it, modules are imported without being loaded; calling one of their functions does.

    Args:
        names: in full; those that are loaded already stay so.
    """
    with _standing_in({name: _LaterModule(name) for name in names}):
        yield


@contextmanager
def _standing_in(modules: Mapping[str, types.ModuleType | None]) -> Iterator[None]:
    loaded: dict[str, Any] = sys.modules
    chosen = {name: module for name, module in modules.items() if name not in loaded}
    loaded.update(chosen)
    try:
        yield
    finally:
        for name in chosen:
            del loaded[name]


class _LaterModule(types.ModuleType):
    """Stands in for a module while another imports functions from it; they load it when called."""

    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)

        def call(*arguments: Any, **keywords: Any) -> Any:
            module = importlib.import_module(self.__name__)
            return getattr(module, name)(*arguments, **keywords)

        return call
