"""Bring a submitted notebook back to the shape of the released one, keeping the student's work.

A student may move, copy, delete, rename or retype cells, by accident or with intent. Grading
needs every graded cell once, with the released points, and each check after its answer. What the
student wrote stays, in the student's order; what the course wrote comes from the released
notebook. Cells are told by nbgrader's id, by their cell id, by unchanged source, and an answer
whose cell was lost by the name that it defines.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any

from autograder.intake.metadata import grade_id_of, is_experiment, stamp_of
from autograder.light_imports import NotebookNode

_DEFINED = re.compile(r"^(?:(?:def|class)\s+(\w+)|(\w+)\s*=)", re.MULTILINE)


class Role(Enum):
    """What a cell of the released notebook is for."""

    LOCKED = "locked"
    SOLUTION = "solution"
    CHECK = "check"
    WRITTEN = "written"
    EXPERIMENT = "experiment"
    OTHER = "other"


# The student's words and code stay in these; the others come back as they were released.
_ANSWERS = frozenset({Role.SOLUTION, Role.WRITTEN})
_GUARDED = frozenset({Role.LOCKED, Role.CHECK})
_GRADING_DATA = ("grade_id", "grade", "solution", "locked", "points")


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


class Released:
    """What students received, made by `release`, and how its cells are told; once for a class."""

    def __init__(self, notebook: NotebookNode) -> None:
        self.metadata = notebook["metadata"]
        self.cells: dict[str, NotebookNode] = {cell["id"]: cell for cell in notebook["cells"]}
        self.roles = {name: role_of(cell) for name, cell in self.cells.items()}
        self.by_grade_id = {
            grade_id: name for name, cell in self.cells.items() if (grade_id := grade_id_of(cell))
        }
        self.by_content = {_content(cell): name for name, cell in self.cells.items()}


def restore(submitted: NotebookNode, released: Released) -> tuple[NotebookNode, list[str]]:
    """The student's notebook with everything that is not the student's restored.

    Args:
        submitted: what `read_notebook` returned.
        released: what students received.

    Returns:
        A new notebook, and one sentence for each thing that was restored. It shares its metadata
        with `released`: a whole class does.
    """
    restoration = _Restoration(released)
    restoration.recognise(submitted.cells)
    restoration.adopt_lost_answers()
    restoration.rebuild()
    restoration.insert_missing()
    restoration.put_checks_after_answers()
    restoration.rename_clashing_ids()
    notebook = NotebookNode(
        nbformat=4,
        nbformat_minor=5,
        metadata=released.metadata,
        cells=[cell for _, cell in restoration.cells],
    )
    return notebook, restoration.notes


class _Restoration:
    """One notebook on its way back; `cells` are pairs: a released cell's id or "", and a cell."""

    def __init__(self, released: Released) -> None:
        self.released = released.cells
        self.roles = released.roles
        self.by_grade_id = released.by_grade_id
        self.by_content = released.by_content
        self.cells: list[tuple[str, NotebookNode]] = []
        self.notes: list[str] = []

    def recognise(self, submitted: list[NotebookNode]) -> None:
        """Find out which submitted cell is which released cell; a second copy is none."""
        names = [self.by_grade_id.get(grade_id_of(cell), "") for cell in submitted]
        names = [
            name or (cell["id"] if cell["id"] in self.released else "")
            for name, cell in zip(names, submitted, strict=True)
        ]
        known = set(names)
        taken: set[str] = set()
        for name, cell in zip(names, submitted, strict=True):
            if not name:
                same = self.by_content.get(_content(cell), "")
                name = "" if same in known else same
            if name in taken:
                if self.roles[name] in _GUARDED:
                    self.notes.append(f"A second copy of the cell {name} was left out.")
                    continue
                if self.roles[name] in _ANSWERS:
                    self.notes.append(
                        f"A second copy of the cell {name} runs as a cell of its own."
                    )
                name = ""
            taken.add(name)
            taken.discard("")
            self.cells.append((name, cell))

    def adopt_lost_answers(self) -> None:
        """An answer written in a cell of the student's own takes the place of its lost cell."""
        for name in self._missing(Role.SOLUTION):
            position = self._last_definition(self.released[name])
            if position is not None and not self.cells[position][0]:
                self.cells[position] = (name, self.cells[position][1])
                self.notes.append(
                    f"The cell {name} was missing; the cell that defines it was taken."
                )

    def rebuild(self) -> None:
        """Give every cell its released metadata and type and, where it is guarded, source."""
        self.cells = [(name, self._rebuilt(name, cell)) for name, cell in self.cells]

    def _rebuilt(self, name: str, cell: NotebookNode) -> NotebookNode:
        role = self.roles.get(name, Role.OTHER)
        if role is Role.OTHER:
            return _bare(cell, name or cell["id"])
        original = self.released[name]
        if role is Role.EXPERIMENT:
            return NotebookNode(_bare(cell, name), metadata=original["metadata"])
        self._note_changes(name, cell, original, role)
        rebuilt = NotebookNode(original)
        if role in _ANSWERS:
            rebuilt["source"] = cell["source"]
            if role is Role.WRITTEN and "attachments" in cell:
                rebuilt["attachments"] = cell["attachments"]
        return rebuilt

    def _note_changes(
        self, name: str, cell: NotebookNode, original: NotebookNode, role: Role
    ) -> None:
        if cell["cell_type"] != original["cell_type"]:
            self.notes.append(
                f"The cell {name} was a {cell.cell_type} cell; "
                f"it is a {original.cell_type} cell again."
            )
        if role in _GUARDED and cell["source"] != original["source"]:
            self.notes.append(f"The read-only cell {name} had been edited and was restored.")
        stamp, ours = stamp_of(cell), stamp_of(original)
        if stamp and _grading_data(stamp) != _grading_data(ours):
            self.notes.append(
                f"The grading data of the cell {name} had been changed and was restored."
            )

    def insert_missing(self) -> None:
        """Put back lost locked, answer and check cells after what preceded them when released."""
        wanted = self._missing(*_GUARDED, *_ANSWERS)
        order = list(self.released)
        for name in wanted:
            cell = NotebookNode(self.released[name])
            position = self._after_nearest(order[: order.index(name)])
            if self.roles[name] is Role.SOLUTION:
                defined_at = self._last_definition(cell)
                if defined_at is not None:
                    # The untouched stub would undo what the student defined in a shared cell.
                    cell.source = "# This cell was missing; its answer is in a cell above."
                    position = defined_at + 1
            self.cells.insert(position, (name, cell))
            self.notes.append(f"The cell {name} was missing and was put back.")

    def _after_nearest(self, predecessors: list[str]) -> int:
        positions = {name: position for position, (name, _) in enumerate(self.cells)}
        present = [positions[name] for name in reversed(predecessors) if name in positions]
        return present[0] + 1 if present else 0

    def put_checks_after_answers(self) -> None:
        """A check takes the function as it stands there, so it must follow its answer."""
        answer = ""
        for name, role in self.roles.items():
            answer = name if role is Role.SOLUTION else answer
            if role is not Role.CHECK or not answer:
                continue
            names = [each for each, _ in self.cells]
            if names.index(name) < names.index(answer):
                check = self.cells.pop(names.index(name))
                self.cells.insert(names.index(answer), check)
                self.notes.append(
                    f"The check {name} stood before its answer and was moved after it."
                )

    def rename_clashing_ids(self) -> None:
        """A student's own cell cannot keep an id that belongs to a released cell."""
        taken = set(self.released) | {cell["id"] for _, cell in self.cells}
        for name, cell in self.cells:
            if not name and cell["id"] in self.released:
                number = 1
                while f"own-{number}" in taken:
                    number += 1
                cell.id = f"own-{number}"
                taken.add(cell.id)

    def _missing(self, *roles: Role) -> list[str]:
        present = {name for name, _ in self.cells}
        return [name for name, role in self.roles.items() if role in roles and name not in present]

    def _last_definition(self, stub: NotebookNode) -> int | None:
        """Position of the last of the student's code cells that defines what the stub defines."""
        defined = _DEFINED.search(stub.source)
        if not defined:
            return None
        target = defined[1] or defined[2]
        pattern = re.compile(rf"^(?:(?:def|class)\s+{target}\b|{target}\s*=[^=])", re.MULTILINE)
        found = [
            position
            for position, (name, cell) in enumerate(self.cells)
            if cell.cell_type == "code"
            and self.roles.get(name) not in {*_GUARDED, Role.EXPERIMENT}
            and pattern.search(cell.source)
        ]
        return found[-1] if found else None


def _content(cell: NotebookNode) -> tuple[str, str]:
    return cell["cell_type"], cell["source"]


def _grading_data(stamp: Mapping[str, Any]) -> list[Any]:
    return [stamp.get(key) for key in _GRADING_DATA]


def _bare(cell: NotebookNode, name: str) -> NotebookNode:
    """The student's own cell without metadata: tags and stamps decide how a cell is graded."""
    kind, source = _content(cell)
    bare = {"id": name, "cell_type": kind, "metadata": NotebookNode(), "source": source}
    if kind == "code":
        bare |= {"execution_count": None, "outputs": []}
    elif "attachments" in cell:
        bare["attachments"] = cell["attachments"]
    return NotebookNode(bare)
