"""Bring a submitted notebook back to the shape of the released one, keeping the student's work.

A student may move, copy, delete, rename or retype cells, by accident or with intent. Grading
needs every graded cell once, with the released points, and each check after its answer. What the
student wrote stays, in the student's order, also what stood in a cell of the course's; what the
course wrote comes from the released notebook (see `recognise`, `edited` and `written`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.intake.definitions import Definitions, target_of
from autograder.intake.edited import Edited, as_comments, compare, own_lines
from autograder.intake.metadata import stamp_of
from autograder.intake.recognise import COPY, recognise, recognise_changed
from autograder.intake.released import ANSWERS, GUARDED, Released, Role, content_of, role_of
from autograder.intake.written import find_written_answers
from autograder.light_imports import NotebookNode

__all__ = ["Released", "Role", "restore", "role_of"]

MOST_PARSED = 300_000
"""Characters of one notebook that are parsed; what is beyond is searched for words."""

_GRADING_DATA = ("grade_id", "grade", "solution", "locked", "points")


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
    restoration.find_written_answers()
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
        self._all = released
        self.released = released.cells
        self.roles = released.roles
        self.cells: list[tuple[str, NotebookNode]] = []
        self.notes: list[str] = []
        self._added_to: set[str] = set()
        self._reformatted: set[str] = set()
        self._definitions = Definitions(released, MOST_PARSED)
        self._may_parse = MOST_PARSED

    def recognise(self, submitted: list[NotebookNode]) -> None:
        """Find out which submitted cell is which released cell; a second copy is none."""
        cells = [self._all.respaced(cell) for cell in submitted]
        for name, cell in zip(recognise(cells, self._all), cells, strict=True):
            original = name.removeprefix(COPY)
            edited = self._edited(original, cell)
            before, after = [edited.before], [edited.after]
            if self.roles.get(original) is Role.LOCKED:
                # What it adds may use what the cell imports.
                before, after = [], before + after
            if edited.not_run:
                after.append(as_comments(original, edited.not_run))
            self.cells += [_own(original, source) for source in before if source]
            if name == original:
                self.cells.append((name, cell))
            else:
                self._keep_copy(original, cell)
            self.cells += [_own(original, source) for source in after if source]
        # What was merged into a read-only cell may be an experiment.
        names = [name for name, _ in self.cells]
        recognise_changed(names, [cell for _, cell in self.cells], self._all, {Role.EXPERIMENT})
        self.cells = [(name, cell) for name, (_, cell) in zip(names, self.cells, strict=True)]

    def _edited(self, name: str, cell: NotebookNode) -> Edited:
        """What a student wrote into a read-only cell; it stays beside it."""
        if self.roles.get(name) not in GUARDED or cell["source"] == self.released[name]["source"]:
            return Edited()
        released = self.released[name]["source"]
        self._may_parse -= len(cell["source"])
        if cell["cell_type"] != "code" or self._may_parse < 0:
            return Edited(not_run=own_lines(cell["source"], released))
        edited = compare(released, cell["source"])
        if edited.before or edited.after:
            self._added_to.add(name)
        elif edited.is_reformatted and not edited.not_run:
            self._reformatted.add(name)
        return edited

    def _keep_copy(self, name: str, cell: NotebookNode) -> None:
        """A second copy of a cell that is there already."""
        role = self.roles[name]
        if role in GUARDED:
            self.notes.append(f"A second copy of the cell {name} was left out.")
            return
        if role in ANSWERS:
            self.notes.append(f"A second copy of the cell {name} runs as a cell of its own.")
        self.cells.append(("", cell))

    def adopt_lost_answers(self) -> None:
        """An answer written in a cell of the student's own takes the place of its cell.

        That cell may be lost, or have no answer: the student wrote a new one beside it.
        """
        places = {name: index for index, (name, _) in enumerate(self.cells) if name}
        emptied = set()
        for name in (name for name, role in self.roles.items() if role is Role.SOLUTION):
            place, stub = places.get(name), self.released[name]
            if place is not None and self._has_answer(place, stub):
                continue
            position = self._definitions.last(self.cells, stub, in_text=place is None)
            if position is None:
                continue
            state = "was missing"
            if place is not None:
                check = places.get(self._all.first_check.get(name, ""), place)
                untouched = self.cells[place][1]["source"] == stub["source"]
                if place < position < check or (position < check and not untouched):
                    continue  # what it defines counts where it is
                state = "was untouched" if untouched else "held no answer"
                if untouched:
                    emptied.add(place)
                self.cells[place] = ("", self.cells[place][1])
            if self.cells[position][0]:
                continue  # a cell with several answers; the stub is put back without its code
            self.cells[position] = (name, self.cells[position][1])
            self.notes.append(f"The cell {name} {state}; the cell that defines it was taken.")
        if emptied:
            self.cells = [cell for index, cell in enumerate(self.cells) if index not in emptied]

    def _has_answer(self, place: int, stub: NotebookNode) -> bool:
        source = self.cells[place][1]["source"]
        return source != stub["source"] and self._definitions.has(source, target_of(stub))

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
        if role in ANSWERS:
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
        changed = cell["source"] != original["source"] and name not in self._reformatted
        if role in GUARDED and changed:
            rest = "; what was added to it runs beside it" if name in self._added_to else ""
            self.notes.append(f"The read-only cell {name} had been edited and was restored{rest}.")
        stamp, ours = stamp_of(cell), stamp_of(original)
        # Most are the same as a whole, which is found out sooner.
        if stamp and stamp != ours and _grading_data(stamp) != _grading_data(ours):
            self.notes.append(
                f"The grading data of the cell {name} had been changed and was restored."
            )

    def insert_missing(self) -> None:
        """Put back lost locked, answer and check cells after what preceded them when released."""
        wanted = self._missing(*GUARDED, *ANSWERS)
        order = list(self.released)
        for name in wanted:
            cell = NotebookNode(self.released[name])
            position = self._after_nearest(order[: order.index(name)])
            if self.roles[name] is Role.SOLUTION:
                defined_at = self._definitions.last(self.cells, cell, in_text=False)
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

    def find_written_answers(self) -> None:
        """An answer in words may stand in another cell than its question."""
        self.notes += find_written_answers(self.cells, self._all)

    def rename_clashing_ids(self) -> None:
        """A student's own cell cannot keep an id that belongs to a released cell."""
        taken = set(self.released) | {cell["id"] for _, cell in self.cells}
        number = 0
        for name, cell in self.cells:
            if not name and cell["id"] in self.released:
                while f"own-{number}" in taken or not number:
                    number += 1
                cell["id"] = f"own-{number}"
                taken.add(cell["id"])

    def _missing(self, *roles: Role) -> list[str]:
        present = {name for name, _ in self.cells}
        return [name for name, role in self.roles.items() if role in roles and name not in present]


def _own(name: str, source: str) -> tuple[str, NotebookNode]:
    """A new code cell; its id clashes, so that it gets one of its own."""
    cell = {
        "id": name,
        "cell_type": "code",
        "metadata": NotebookNode(),
        "source": source.strip("\n"),
    }
    return "", NotebookNode(cell | {"execution_count": None, "outputs": []})


def _grading_data(stamp: Mapping[str, Any]) -> list[Any]:
    return [stamp.get(key) for key in _GRADING_DATA]


def _bare(cell: NotebookNode, name: str) -> NotebookNode:
    """The student's own cell without metadata: tags and stamps decide how a cell is graded."""
    kind, source = content_of(cell)
    bare = {"id": name, "cell_type": kind, "metadata": NotebookNode(), "source": source}
    if kind == "code":
        bare |= {"execution_count": None, "outputs": []}
    elif "attachments" in cell:
        bare["attachments"] = cell["attachments"]
    return NotebookNode(bare)
