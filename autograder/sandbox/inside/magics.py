"""The magics that Jupyter has and IPython's shell has not.

Runs inside the sandbox. A magic that means something only to somebody who sits in front of a
notebook does nothing, so that the rest of its cell runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from IPython.core.displaypub import publish_display_data
from IPython.core.error import UsageError

_FOR_NOBODY = (
    *("clear", "connect_info", "debug", "ed", "edit", "man", "notebook", "pastebin", "pdb"),
    *("qtconsole", "subshell"),
)
_INSTALLERS = ("pip", "conda", "mamba", "micromamba", "uv")


def register(shell: Any) -> None:
    """Add Jupyter's magics to IPython's.

    Args:
        shell: IPython's.
    """
    shell.extension_manager.load_extension("storemagic")
    for name in _FOR_NOBODY:
        shell.register_magic_function(_do_nothing, "line", name)
    for name in _INSTALLERS:
        shell.register_magic_function(_install, "line", name)
    for name, magic in {"autosave": _autosave, "less": _less, "more": _less}.items():
        shell.register_magic_function(magic, "line", name)


def _do_nothing(line: str) -> None:
    """Nothing, in place of what opens a window, a terminal or a prompt, or saves the history."""


def _install(line: str) -> None:
    """Say that nothing can be installed, for `%pip install`."""
    print("Packages cannot be installed while a notebook is graded.")


def _autosave(line: str) -> None:
    """Say what Jupyter says, for `%autosave 60`."""
    try:
        seconds = int(line)
    except ValueError:
        raise UsageError(f"%autosave requires an integer, received {line!r}") from None
    order = f"IPython.notebook.set_autosave_interval({1000 * seconds})"
    publish_display_data({"application/javascript": order})
    print(f"Autosaving every {seconds} seconds" if seconds else "Autosave disabled")


def _less(line: str) -> None:
    """Read a file, for the pager that nobody sees."""
    if not line:
        raise UsageError("Missing filename.")
    Path(line).read_bytes()
