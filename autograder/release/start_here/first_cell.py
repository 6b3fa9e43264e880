"""The first cell of every released notebook, which installs the students' package."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from autograder.light_imports import from_dict

CELL = "install_checks"
"""The cell's name."""
_FIRST_LINE = "# @title"
_CALL = "_install_checks()"
_METADATA = {
    # Closed, though it can be opened and read: in JupyterLab and VS Code, and in Colab.
    "jupyter": {"source_hidden": True},
    "cellView": "form",
    "nbgrader": {
        "schema_version": 3,
        "grade_id": CELL,
        "grade": False,
        "solution": False,
        "locked": True,
    },
}


def put_first_cell(notebook: Any) -> None:
    """Put the cell at the top of a notebook; below that, texts say "run the next three cells"."""
    notebook["cells"].insert(0, _cell())


def set_link(notebook: Any, link: str) -> None:
    """Let the cell of a notebook download the students' package from there if it is missing."""
    for cell in notebook["cells"]:
        if cell["id"] == CELL:
            cell["source"] = source(link)


def leave_out(notebook: Any) -> None:
    """Take the cell out of a notebook."""
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] != CELL]


def source(link: str = "") -> str:
    """The cell's text.

    Args:
        link: where the students' package can be downloaded; empty for nowhere.
    """
    text = _text()
    return f"{text.removesuffix(_CALL)}{_CALL[:-1]}{link!r})" if link else text


@cache
def _text() -> str:
    # Read, not imported: that would run it.
    text = Path(__file__).with_name(f"{CELL}.py").read_text(encoding="utf-8")
    return text[text.index(_FIRST_LINE) :].strip()


def _cell() -> Any:
    cell: dict[str, Any] = {
        "id": CELL,
        "cell_type": "code",
        "metadata": _METADATA,
        "source": source(),
        "execution_count": None,
        "outputs": [],
    }
    return from_dict(cell)
