"""The notebook that students received, and what each of its cells is for."""

from __future__ import annotations

from enum import Enum

from autograder.intake.edited import bare_lines
from autograder.intake.metadata import grade_id_of, is_experiment, stamp_of
from autograder.light_imports import NotebookNode


class Role(Enum):
    """What a cell of the released notebook is for."""

    LOCKED = "locked"
    SOLUTION = "solution"
    CHECK = "check"
    WRITTEN = "written"
    EXPERIMENT = "experiment"
    OTHER = "other"


# The student's words and code stay in these; the guarded ones come back as they were released.
ANSWERS = frozenset({Role.SOLUTION, Role.WRITTEN})
GUARDED = frozenset({Role.LOCKED, Role.CHECK})


def role_of(cell: NotebookNode) -> Role:
    """What a cell is for, from the metadata that `release` stamped on it."""
    stamp = stamp_of(cell)
    if stamp.get("grade"):
        return Role.WRITTEN if stamp.get("solution") else Role.CHECK
    if stamp.get("solution"):
        return Role.SOLUTION
    if stamp.get("locked"):
        return Role.LOCKED
    return Role.EXPERIMENT if is_experiment(cell) else Role.OTHER


def content_of(cell: NotebookNode) -> tuple[str, str]:
    """A cell's type and source."""
    return cell["cell_type"], cell["source"]


class Released:
    """What students received, made by `release`, and how its cells are told; once for a class."""

    def __init__(self, notebook: NotebookNode) -> None:
        self.metadata = notebook["metadata"]
        self.cells: dict[str, NotebookNode] = {cell["id"]: cell for cell in notebook["cells"]}
        self.roles = {name: role_of(cell) for name, cell in self.cells.items()}
        self.by_grade_id = {
            grade_id: name for name, cell in self.cells.items() if (grade_id := grade_id_of(cell))
        }
        self.by_content = {content_of(cell): name for name, cell in self.cells.items()}
        self.lines = {line for cell in self.cells.values() for line in bare_lines(cell["source"])}
        self.first_check = self._first_checks()
        self._by_ink = {_ink(cell): cell["source"] for cell in self.cells.values()}

    def respaced(self, cell: NotebookNode) -> NotebookNode:
        """The cell, with the released source where it differs from that in white space alone."""
        if content_of(cell) in self.by_content:
            return cell
        same = self._by_ink.get(_ink(cell))
        return cell if same is None else NotebookNode(cell, source=same)

    def _first_checks(self) -> dict[str, str]:
        """The first check below each answer cell, by the cell's name."""
        checks: dict[str, str] = {}
        answer = ""
        for name, role in self.roles.items():
            answer = name if role is Role.SOLUTION else answer
            if role is Role.CHECK and answer:
                checks.setdefault(answer, name)
        return checks


def _ink(cell: NotebookNode) -> tuple[str, str]:
    """A cell's type and source without spaces at the ends of lines and empty lines around it."""
    kind, source = content_of(cell)
    return kind, "\n".join([line.rstrip() for line in source.split("\n")]).strip("\n")
