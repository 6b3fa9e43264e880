"""Which of a lesson's experiments run: no question depends on them, and they take seconds.

An experiment that the student changed runs. So does one that defines a name which the student's
own code takes from it: in Jupyter, where everything ran, that code worked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from autograder.intake.edited import same_code
from autograder.intake.names import Names, names_in
from autograder.intake.released import GUARDED, Released, Role, content_of
from autograder.light_imports import NotebookNode

_MOST_PARSED = 300_000
"""Characters of one notebook that are parsed; what is beyond is searched for words."""


class Experiments:
    """The experiments of a released notebook; once for a class."""

    def __init__(self, released: Released) -> None:
        self._released = released
        by_role: dict[bool, dict[str, Names]] = {True: {}, False: {}}
        for name, cell in released.cells.items():
            if cell["cell_type"] == "code":
                is_experiment = released.roles[name] is Role.EXPERIMENT
                by_role[is_experiment][name] = names_in(cell["source"])
        self._names = by_role[True]
        ours: set[str] = set().union(*(names.defined for names in by_role[False].values()))
        defined = set().union(*(names.defined for names in self._names.values())) - ours
        # Most cells contain none of these words, and need not be parsed.
        words = "|".join(map(re.escape, sorted(defined))) or r"(?!)"
        self._words = re.compile(rf"\b(?:{words})\b")

    def name_of(self, cell: NotebookNode) -> str:
        """The experiment that a cell is, or an unchanged copy of; empty if it is none."""
        name = cell["id"]
        if name not in self._released.cells:
            name = self._released.by_content.get(content_of(cell), "")
        return name if name in self._names else ""

    def to_run(self, cells: Sequence[NotebookNode]) -> set[int]:
        """The positions of the experiments that run.

        Args:
            cells: those of a restored notebook, in which each experiment has its released id.
        """
        unchanged: dict[int, Names] = {}
        students: list[str] = []
        found: set[int] = set()
        for index, cell in enumerate(cells):
            source = cell["source"]
            if cell["cell_type"] != "code":
                continue
            if name := self.name_of(cell):
                if same_code(source, self._released.cells[name]["source"]):
                    unchanged[index] = self._names[name]
                else:
                    found.add(index)
                    students.append(source)
            elif self._released.roles.get(cell["id"]) not in GUARDED and self._words.search(source):
                students.append(source)
        wanted, defined = _wanted(students, self._words)
        return found | set(_needed(unchanged, wanted - defined))


def _wanted(sources: Sequence[str], words: re.Pattern[str]) -> tuple[set[str], set[str]]:
    """The names that the student's cells use, and those that they define themselves."""
    used: set[str] = set()
    defined: set[str] = set()
    left = _MOST_PARSED
    for source in sources:
        left -= len(source)
        names = names_in(source, parse=left >= 0)
        used |= names.used
        defined |= names.defined
    return {name for name in used if words.fullmatch(name)}, defined


def _needed(unchanged: dict[int, Names], wanted: set[str]) -> Iterator[int]:
    """The experiments that define what is wanted, and what those take from others."""
    waiting = dict(unchanged)
    while found := [index for index, names in waiting.items() if names.defined & wanted]:
        for index in found:
            yield index
            wanted = wanted | waiting.pop(index).used
