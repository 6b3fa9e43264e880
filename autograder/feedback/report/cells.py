"""Students' solution cells, parsed from the graded notebooks and never run."""

from __future__ import annotations

import ast
import json
import warnings
from pathlib import Path
from typing import Any

_LONGEST = 20_000


def solution_cells(notebook: Path) -> dict[str, str]:
    """The source of every solution cell in a notebook file, by the name it should define.

    A missing or damaged file has none: the report uses what is there.
    """
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        return dict(found for cell in cells if (found := _solution(cell)))
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}


def _solution(cell: dict[str, Any]) -> tuple[str, str] | None:
    name = str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))
    if cell["cell_type"] != "code" or not name.startswith("solution-"):
        return None
    return name.removeprefix("solution-"), "".join(cell["source"])


def syntax(source: str) -> ast.Module | None:
    """A cell's syntax tree without docstrings; None if it is not plain Python.

    Comments and docstrings are free text that may name people; the tree has neither.
    """
    if len(source) > _LONGEST:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)):
            node.body = [each for each in node.body if not _is_text(each)]
            if not node.body and not isinstance(node, ast.Module):
                node.body = [ast.Pass()]
    return tree


def _is_text(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def bare_code(source: str) -> str:
    """A cell's code without comments and docstrings, uniformly formatted; empty if not Python."""
    tree = syntax(source)
    try:
        return ast.unparse(tree) if tree else ""
    except (RecursionError, ValueError):
        return ""
