"""What we use of nbgrader in Python: its tables, and how it reads times and tells a change.

Import it from here. Where nbgrader is not loaded yet, this loads it without what only its pages for
Jupyter need.
"""

from __future__ import annotations

import importlib
import sys
import types
from typing import Any

__all__ = ["api", "compute_checksum", "parse_utc"]

# What nbgrader imports at once and no command of ours calls: the servers of its four pages, and
# the unpacking of archives, which loads all of setuptools. Together they take most of a second.
_LATER = (
    "nbgrader.server_extensions.assignment_list",
    "nbgrader.server_extensions.course_list",
    "nbgrader.server_extensions.validate_assignment",
    "nbgrader.server_extensions.formgrader",
    "setuptools",
    "setuptools.archive_util",
)


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


def _import_nbgrader() -> None:
    if "nbgrader" in sys.modules:
        return
    stand_ins = {name: _LaterModule(name) for name in _LATER if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        importlib.import_module("nbgrader.api")
    finally:
        for name in stand_ins:
            del sys.modules[name]


_import_nbgrader()

from nbgrader import api  # noqa: E402
from nbgrader.utils import compute_checksum, parse_utc  # noqa: E402
