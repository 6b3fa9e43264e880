"""Import nbformat and nbgrader without the optional dependencies that no command of ours uses.

    from autograder.light_imports import nbformat, api

nbformat's schema checker builds grammars of addresses and durations where their packages are
installed, as they are beside JupyterLab; nbgrader imports the servers of its four pages, the web
client of JupyterHub's users and all of setuptools. Left out, a command starts a second sooner.
"""

from __future__ import annotations

import gc
import importlib
import sys
import types
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import nbformat
    from nbformat import NotebookNode, from_dict
    from nbgrader import api
    from nbgrader.utils import compute_checksum, parse_utc

__all__ = [
    "NotebookNode",
    "absent",
    "api",
    "compute_checksum",
    "from_dict",
    "later",
    "loading",
    "nbformat",
    "parse_utc",
]

_UNUSED_BY_NBFORMAT = ("rfc3987_syntax", "isoduration")
_UNUSED_BY_NBGRADER = (
    "nbgrader.server_extensions.assignment_list",
    "nbgrader.server_extensions.course_list",
    "nbgrader.server_extensions.validate_assignment",
    "nbgrader.server_extensions.formgrader",
    "requests",
    "setuptools",
    "setuptools.archive_util",
)


def __getattr__(name: str) -> Any:
    """Import nbformat or nbgrader when the first of their names is asked for."""
    if name in ("nbformat", "NotebookNode", "from_dict"):
        with absent(*_UNUSED_BY_NBFORMAT):
            module = importlib.import_module("nbformat")
        return module if name == "nbformat" else getattr(module, name)
    if name in ("api", "compute_checksum", "parse_utc"):
        __getattr__("nbformat")
        with later(*_UNUSED_BY_NBGRADER):
            api = importlib.import_module("nbgrader.api")
        return api if name == "api" else getattr(importlib.import_module("nbgrader.utils"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@contextmanager
def loading() -> Iterator[None]:
    """Import a command's modules without garbage collection, and keep them out of later ones.

    Modules live as long as the process: collecting among them takes a quarter of their import.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def absent(*names: str) -> Iterator[None]:
    """Make optional modules look uninstalled while the body imports the library that has them.

    Args:
        names: in full; modules that are already loaded stay so.
    """
    # Python's own way of saying so: importing a name that stands for None fails.
    with _replaced(dict.fromkeys(names)):
        yield


@contextmanager
def later(*names: str) -> Iterator[None]:
    """Let the body import from modules that are loaded only when one of their functions is called.

    Args:
        names: in full; modules that are already loaded stay so.
    """
    with _replaced({name: _LazyModule(name) for name in names}):
        yield


@contextmanager
def _replaced(modules: Mapping[str, types.ModuleType | None]) -> Iterator[None]:
    loaded: dict[str, Any] = sys.modules
    chosen = {name: module for name, module in modules.items() if name not in loaded}
    loaded.update(chosen)
    try:
        yield
    finally:
        for name in chosen:
            del loaded[name]


class _LazyModule(types.ModuleType):
    """A placeholder whose functions load the real module when they are called."""

    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)

        def call(*arguments: Any, **keywords: Any) -> Any:
            module = importlib.import_module(self.__name__)
            return getattr(module, name)(*arguments, **keywords)

        return call
