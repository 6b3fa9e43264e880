"""Why a name is missing that the student did define: where it stands, and why that did not run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from autograder.answer import Status
from autograder.intake.edited import kept_lines
from autograder.intake.names import names_in
from autograder.sandbox.requests import CellResult, Steps

_MISSING = re.compile(r"NameError: (?:free variable|name) '(\w+)'")


class NotRun:
    """What a notebook defines in places that did not run.

    Args:
        notebook: the restored submission.
        steps: what of it was run.
        cells: how its cells ended, by index.
    """

    def __init__(self, notebook: Any, steps: Steps, cells: Mapping[int, CellResult]) -> None:
        self._notebook = notebook
        self._steps = steps
        self._cells = cells
        self._known: dict[str, str] = {}

    def explained(self, error: str) -> str:
        """The error and, if a name is missing that stands in a place that did not run, that place.

        Args:
            error: the last line of an exception, or a sentence that contains it.
        """
        missing = _MISSING.search(error)
        if not missing:
            return error
        place = self.place_of(missing[1])
        return f"{error} ({place})" if place else error

    def place_of(self, name: str) -> str:
        """Where a name stands, in words; empty if nowhere, or in a cell that ran to its end."""
        if name not in self._known:
            self._known[name] = self._place(name)
        return self._known[name]

    def _place(self, name: str) -> str:
        run = {step.index for step in self._steps}
        for index, cell in reversed(list(enumerate(self._notebook["cells"]))):
            source = cell["source"]
            if name not in source:
                continue
            if cell["cell_type"] == "code" and (kept := kept_lines(source)):
                if name in names_in(kept[1]).defined:
                    return f"you define it in the read-only cell {kept[0]}, which was restored"
            elif name not in names_in(source, parse=cell["cell_type"] == "code").defined:
                continue
            elif cell["cell_type"] != "code":
                return (
                    f"you define it in cell {index}, a {cell['cell_type']} cell, which does not run"
                )
            elif index not in run:
                return f"it is defined in cell {index}, an experiment, which was not run"
            elif reason := self._why_not_to_its_end(index):
                return f"you define it in cell {index}, which {reason}"
        return ""

    def _why_not_to_its_end(self, index: int) -> str:
        result = self._cells.get(index)
        if result is None:
            return ""
        if result.status is not Status.RETURNED:
            return result.error.removeprefix(f"cell {index} ")
        return f"raised {result.error.partition(':')[0]}" if result.error else ""
