"""Find out which submitted cell is which released cell, whatever happened to metadata and ids.

Cells are told by nbgrader's id, by their cell id, by unchanged source, and by the lines that they
share with a released cell that is missing. Colab, Kaggle, Deepnote and old versions of the format
lose one or the other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Sequence

from autograder.intake.edited import bare_lines, same_text
from autograder.intake.metadata import grade_id_of
from autograder.intake.released import GUARDED, Released, Role, content_of
from autograder.light_imports import NotebookNode

_ALIKE = 0.5
"""The share of a released cell's characters that a changed version has on equal lines."""
_SAME_HEADING = 0.6
_OFTEN_CHANGED = frozenset({Role.LOCKED, Role.WRITTEN, Role.EXPERIMENT})


def recognise(submitted: Sequence[NotebookNode], released: Released) -> list[str]:
    """The released cell that each submitted cell is, by name; "" for a cell of the student's own.

    Of several copies one has the name: of a guarded cell the unchanged one, of a written question
    the one that is answered, and else the first. The others' names begin with COPY.
    """
    names = [
        released.by_grade_id.get(grade_id_of(cell), "")
        or (cell["id"] if cell["id"] in released.cells else "")
        for cell in submitted
    ]
    known = set(names)
    for index, cell in enumerate(submitted):
        if not names[index]:
            same = released.by_content.get(content_of(cell), "")
            names[index] = "" if same in known else same
    recognise_changed(names, submitted, released)
    chosen = _chosen(names, submitted, released)
    return [
        f"{COPY}{name}" if name and chosen[name] != index else name
        for index, name in enumerate(names)
    ]


COPY = "copy of "
"""How the name of a second copy begins; no cell's name contains a space."""


def _chosen(
    names: Sequence[str], submitted: Sequence[NotebookNode], released: Released
) -> dict[str, int]:
    """Which cell counts for each name."""
    chosen: dict[str, int] = {}
    for index, name in enumerate(names):
        if name not in chosen:
            chosen[name] = index
            continue
        role = released.roles.get(name)
        if role in GUARDED or role is Role.WRITTEN:
            untouched = [
                same_text(submitted[each]["source"], released.cells[name]["source"])
                for each in (chosen[name], index)
            ]
            if untouched == ([False, True] if role in GUARDED else [True, False]):
                chosen[name] = index
    return chosen


def recognise_changed(
    names: list[str],
    submitted: Sequence[NotebookNode],
    released: Released,
    roles: Container[Role] = _OFTEN_CHANGED,
) -> None:
    """Name the cells that have the lines of missing released cells, best match first.

    Args:
        names: the name of each submitted cell, changed in place; "" for one of the student's own.
        submitted: the cells.
        released: what students received.
        roles: what the released cells are for that are looked for.
    """
    present = set(names)
    missing = [
        name for name, role in released.roles.items() if role in roles and name not in present
    ]
    if not missing:
        return
    lines = _Lines(missing, released)
    matches = [
        (likeness, -index, name)
        for index, cell in enumerate(submitted)
        if not names[index]
        for name, likeness in lines.likeness(cell)
    ]
    for _, index, name in sorted(matches, reverse=True):
        if not names[-index] and name not in present:
            names[-index] = name
            present.add(name)


class _Lines:
    """The lines of some released cells."""

    def __init__(self, names: Container[str], released: Released) -> None:
        self._released = released
        self._having: dict[str, set[str]] = defaultdict(set)
        self._sizes: Counter[str] = Counter()
        self._headings: dict[str, str] = {}
        times = Counter(
            line for cell in released.cells.values() for line in bare_lines(cell["source"])
        )
        for name, cell in released.cells.items():
            if name not in names:
                continue
            for number, line in enumerate(bare_lines(cell["source"])):
                self._having[line].add(name)
                self._sizes[name] += len(line)
                is_heading = not number and cell["source"].lstrip().startswith("#")
                if is_heading and released.roles[name] is Role.WRITTEN and times[line] == 1:
                    self._headings[line] = name

    def likeness(self, cell: NotebookNode) -> Iterator[tuple[str, float]]:
        """The released cells that this one may be, and how much of them it has."""
        shared: Counter[str] = Counter()
        heading = ""
        for line in set(bare_lines(cell["source"])):
            heading = self._headings.get(line, heading)
            for name in self._having.get(line, ()):
                shared[name] += len(line)
        for name, size in shared.items():
            is_text = self._released.roles[name] is Role.WRITTEN
            if not is_text and cell["cell_type"] != "code":
                continue
            likeness = size / self._sizes[name]
            if name == heading:
                likeness = max(likeness, _SAME_HEADING)
            if likeness >= _ALIKE:
                yield name, likeness
