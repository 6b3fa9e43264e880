"""Find the cell in which a student defines an answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograder.intake.names import names_in
from autograder.intake.released import GUARDED, Released
from autograder.light_imports import NotebookNode

_TARGET_OF_STUB = re.compile(r"^(?:(?:def|class)\s+(\w+)|(\w+)\s*=)", re.MULTILINE)


def target_of(stub: NotebookNode) -> str:
    """The name that an answer's cell defines, from its released source; empty if it has none."""
    defined = _TARGET_OF_STUB.search(stub["source"])
    return (defined[1] or defined[2]) if defined else ""


class Definitions:
    """What the cells of one submission define.

    Args:
        released: what students received.
        most_parsed: characters that are parsed; what is beyond is searched for words.
    """

    def __init__(self, released: Released, most_parsed: int) -> None:
        self._released = released
        self._left = most_parsed
        self._known: dict[str, frozenset[str]] = {}

    def of(self, source: str) -> frozenset[str]:
        """The names that a code cell defines."""
        if source not in self._known:
            self._left -= len(source)
            self._known[source] = names_in(source, parse=self._left >= 0).defined
        return self._known[source]

    def has(self, source: str, name: str) -> bool:
        """Whether a code cell defines a name."""
        text = f"\n{source}"
        # The usual beginnings need no parser, which takes a tenth of a millisecond.
        usual = any(
            f"\n{begin}" in text for begin in (f"def {name}(", f"{name} =", f"class {name}")
        )
        return usual or (name in source and name in self.of(source))

    def last(
        self, cells: Sequence[tuple[str, NotebookNode]], stub: NotebookNode, *, in_text: bool
    ) -> int | None:
        """Position of the last of the student's cells that defines what a stub defines.

        Args:
            cells: pairs: a released cell's name, or "" for one of the student's own, and a cell.
            stub: the answer's cell as released.
            in_text: whether a function in a text cell will do, if no code cell defines it.
        """
        target = target_of(stub)
        if not target:
            return None
        text = None
        for position in reversed(range(len(cells))):
            name, cell = cells[position]
            source = cell["source"]
            if target not in source or self._released.roles.get(name) in GUARDED:
                continue
            if source in (stub["source"], self._released.cells.get(name, stub)["source"]):
                continue
            if cell["cell_type"] == "code" and self.has(source, target):
                return position
            if in_text and text is None and not name and source.startswith(f"def {target}("):
                text = position
        return text
