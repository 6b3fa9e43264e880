"""The cells of the notebook that is running, where its editor says which one it is.

A kernel does not know its notebook. Jupyter's server names the file in the environment, VS Code in
a variable, and Colab hands over the cells as they are on the screen. Elsewhere it is the only
notebook in the working directory that has the same checks.
"""

from __future__ import annotations

import ast
import importlib
import json
import os
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_VS_CODE = "__vsc_ipynb_file__"
_JUPYTER = "JPY_SESSION_NAME"
_SECONDS = 5


@dataclass(frozen=True)
class CodeCell:
    """A code cell; `number` counts from 1 among all code cells, `ran` says that it shows a run."""

    number: int
    source: str
    ran: bool


@dataclass(frozen=True)
class NotebookFile:
    """The code cells of a notebook; `saved` is the time of its file, None for the screen's.

    `content` is the whole file; `folder` is where it lies, None for the screen's.
    """

    name: str
    cells: tuple[CodeCell, ...]
    saved: float | None = None
    content: bytes = field(default=b"", repr=False, compare=False)
    folder: Path | None = field(default=None, repr=False, compare=False)

    @property
    def checks(self) -> list[str]:
        """The questions that its cells check, in order."""
        found = (name for cell in self.cells for name in checked_in(cell.source))
        return list(dict.fromkeys(found))


def read(path: Path) -> NotebookFile:
    """The notebook in a file.

    Raises:
        OSError: when it cannot be read.
        ValueError: when it is no notebook.
    """
    content = path.read_bytes()
    cells = tuple(_code_cells(json.loads(content)))
    return NotebookFile(path.name, cells, path.stat().st_mtime, content, path.parent)


def running(namespace: Mapping[str, Any], checked: Collection[str]) -> NotebookFile | None:
    """The notebook that runs this code; None if that cannot be known.

    Args:
        namespace: the notebook's variables.
        checked: questions that it has checked, by which a file is recognised.
    """
    if found := _of_colab():
        return found
    named = [namespace.get(_VS_CODE), os.environ.get(_JUPYTER)]
    paths = [Path(each) for each in named if isinstance(each, str) and each.endswith(".ipynb")]
    # Jupyter's name may be relative to the server's folder; the kernel starts in the notebook's.
    for path in [*paths, *(Path(each.name) for each in paths)]:
        if found := _read(path):
            return found
    beside = [each for path in sorted(Path().glob("*.ipynb")) if (each := _read(path))]
    same = [each for each in beside if checked and set(checked) <= set(each.checks)]
    return same[0] if len(same) == 1 else None


def checked_in(source: str) -> Iterator[str]:
    """The questions that a cell's `check("...")` names."""
    if "check" not in source:
        return
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Name("check") | ast.Attribute(attr="check"),
                args=[ast.Constant(str() as name), *_],
            ):
                yield name


def _read(path: Path) -> NotebookFile | None:
    try:
        found = read(path)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return found if found.cells else None


def _of_colab() -> NotebookFile | None:
    if "google.colab" not in sys.modules:
        return None
    try:
        messages = importlib.import_module("google.colab._message")
        answer = messages.blocking_request("get_ipynb", request="", timeout_sec=_SECONDS)
        cells = tuple(_code_cells(answer["ipynb"]))
        content = json.dumps(answer["ipynb"]).encode("utf-8", "replace")
        return NotebookFile("the notebook", cells, content=content)
    except Exception:
        # An interface that Colab does not promise: without it, less is known.
        return None


def _code_cells(content: Any) -> Iterator[CodeCell]:
    cells = [each for each in content["cells"] if each.get("cell_type") == "code"]
    for number, cell in enumerate(cells, 1):
        source = cell["source"]
        text = source if isinstance(source, str) else "".join(source)
        ran = cell.get("execution_count") is not None or bool(cell.get("outputs"))
        yield CodeCell(number, text, ran)
