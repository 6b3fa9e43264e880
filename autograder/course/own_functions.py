"""Functions of earlier weeks from the student's own file, so that one network grows all term.

A week's notebook has the earlier functions it needs in one read-only cell. Released with `--own`,
that cell instead imports them from `earlier_weeks.py` next to the notebook, into which students
copy what they wrote. The file is submitted with the notebook and runs in the same sandbox.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.errors import CourseError

if TYPE_CHECKING:
    from nbformat import NotebookNode

CELL = "earlier_weeks"
FILE = f"{CELL}.py"
MAX_BYTES = 2**20

_HEADER = (
    '"""Your own functions of earlier weeks. The notebook beside this file imports them."""\n\n'
    "import numpy as np\n"
)


def leave_to_students(notebook: NotebookNode, week: str) -> str:
    """Make the cell with earlier functions import them from the student's file.

    Args:
        notebook: the instructor's notebook, changed in place.
        week: named in the error.

    Returns:
        The course's own version of that file: the former content of the cell.

    Raises:
        CourseError: when the week needs no earlier functions.
    """
    for cell in notebook.cells:
        if cell.id == CELL:
            text = f"{_HEADER}\n{cell.source.strip()}\n"
            imports = f"from {CELL} import {', '.join(names(text))}"
            cell.source = "\n\n".join([imports, *_statements(cell.source)])
            return text
    raise CourseError(f"{week} needs no functions of earlier weeks; release it without --own")


def names(text: str) -> list[str]:
    """The functions and classes that a file defines, in order."""
    return [
        statement.name
        for statement in ast.parse(text).body
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef))
    ]


def _statements(source: str) -> list[str]:
    """What the cell defines besides functions and classes, such as a table of them."""
    found = (
        ast.get_source_segment(source, statement)
        for statement in ast.parse(source).body
        if not isinstance(statement, (ast.FunctionDef, ast.ClassDef))
    )
    return [each for each in found if each]


def stubs(text: str) -> str:
    """The file as students receive it: signatures and docstrings, without bodies."""
    lines = text.splitlines()
    # From the end, so that earlier line numbers stay valid.
    for statement in reversed(ast.parse(text).body):
        if not isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            continue
        body = statement.body[1:] if ast.get_docstring(statement) else statement.body
        first = statement.body[0].lineno if len(body) == len(statement.body) else body[0].lineno
        lines[first - 1 : statement.end_lineno] = [
            "    raise NotImplementedError  # your code of an earlier week"
        ]
    return "\n".join(lines) + "\n"


def handed_in(folder: Path) -> dict[str, str]:
    """The student's file by its name; empty if there is none or it cannot be read."""
    path = folder / FILE
    try:
        # A symbolic link could point to another student's file.
        if path.is_symlink() or not path.is_file() or path.stat().st_size > MAX_BYTES:
            return {}
        return {FILE: path.read_text(encoding="utf-8")}
    except (OSError, UnicodeDecodeError):
        return {}
