"""Cells that are graded as nbgrader grades them: the instructor's own asserts, in the sandbox.

An assert runs where the student's code runs, so it is no safer than in nbgrader: a student can
write code that makes it pass. The package's own questions are asked from outside.
"""

from __future__ import annotations

import atexit
import importlib.metadata
import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from autograder.answer import Status
from autograder.feedback.sanitize import shown
from autograder.intake.metadata import grade_id_of, stamp_of
from autograder.light_imports import NotebookNode, from_dict
from autograder.records import Outcome, Verdict
from autograder.sandbox.libraries import Libraries
from autograder.sandbox.requests import Cell, CellResult
from autograder.sandbox.session import Sandbox

_NOT_FOR_STUDENTS = frozenset({"autograder", "course_lib", "tests"})
_MOST_BYTES = 32 * 2**20
_NOT_RUN = "This cell was not run, since the notebook was stopped before it."
PASSED, FAILED, PARTLY = (
    "This test ran without an error.",
    "This test ended in an error or a warning, which it shows.",
    "This test gave {points:g} of {worth:g} points.",
)


def is_test(cell: NotebookNode) -> bool:
    """Whether nbgrader takes the cell's points from what it shows: an assert, as a rule."""
    stamp = stamp_of(cell)
    return bool(cell["cell_type"] == "code" and stamp.get("grade") and not stamp.get("solution"))


def put_tests(notebook: NotebookNode, tests: Mapping[str, str]) -> None:
    """Put in the hidden parts of tests, which students do not receive."""
    for cell in notebook["cells"] if tests else ():
        if (name := grade_id_of(cell)) in tests:
            cell["source"] = tests[name]


def verdict_on(cell: NotebookNode, result: CellResult | None) -> Verdict:
    """The verdict on a test by nbgrader's rule.

    An error or anything on stderr gives nothing, a number as the cell's value that many points,
    and anything else all points.

    Args:
        cell: the released cell.
        result: what running it showed; None if it was not run.
    """
    name, worth = grade_id_of(cell), float(stamp_of(cell).get("points", 0.0))
    if result is None or result.status is not Status.RETURNED:
        reason = result.error if result else ""
        said = f"{reason[:1].upper()}{reason[1:]}." if reason else _NOT_RUN
        return Verdict(name, 0.0, worth, Outcome.RAISED, said, plain=True)
    points = _points(result.outputs, worth)
    if points >= worth:
        return Verdict(name, worth, worth, Outcome.RIGHT, PASSED, plain=True)
    if points > 0.0:
        said = PARTLY.format(points=points, worth=worth)
        return Verdict(name, points, worth, Outcome.VALUES, said, plain=True)
    return Verdict(name, 0.0, worth, Outcome.RAISED, FAILED, plain=True)


def _points(outputs: Sequence[Mapping[str, Any]], worth: float) -> float:
    for output in outputs:
        kind = output["output_type"]
        if kind == "error" or (kind == "stream" and output.get("name") == "stderr"):
            return 0.0
        if kind == "execute_result":
            try:
                points = float(output["data"]["text/plain"])
            except (KeyError, ValueError):
                return worth
            # As for nbgrader, a negative number is no partial credit.
            return min(points, worth) if points >= 0.0 else worth
    return worth


def run_all(notebook: NotebookNode, folder: Path) -> None:
    """Run every code cell in the sandbox, in place of nbgrader's own step; keep what it shows.

    Args:
        notebook: nbformat 4, with the instructor's tests; changed in place.
        folder: what stands beside it may be read by its cells.
    """
    steps = [
        Cell(index, cell.source)
        for index, cell in enumerate(notebook.cells)
        if cell.cell_type == "code"
    ]
    with _sandbox().open(steps, files_beside(folder)) as session:
        for index, result in session.cells.items():
            cell = notebook.cells[index]
            cell.execution_count = None
            cell.outputs = [from_dict(each) for each in shown(result.outputs)]
            if result.status is not Status.RETURNED:
                cell.outputs.append(_stopped(result))


@cache
def _sandbox() -> Sandbox:
    """One sandbox for all notebooks of a command; they may import whatever is installed."""
    installed = set(importlib.metadata.packages_distributions()) - _NOT_FOR_STUDENTS
    sandbox = Sandbox(libraries=Libraries(rest=tuple(sorted(installed))))
    atexit.register(sandbox.close)
    return sandbox


def files_beside(folder: Path) -> dict[str, bytes]:
    """The content of a folder's files and subfolders but notebooks, by their path in it."""
    files: dict[str, bytes] = {}
    left = _MOST_BYTES
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(place, name)
            # A link could lead to another student's file, and reading a pipe could block forever.
            if path.is_symlink() or not path.is_file() or path.suffix == ".ipynb":
                continue
            left -= path.stat().st_size
            if left >= 0:
                files[path.relative_to(folder).as_posix()] = path.read_bytes()
    return files


def _stopped(result: CellResult) -> NotebookNode:
    reason = f"{result.error[:1].upper()}{result.error[1:]}."
    return NotebookNode(
        output_type="error", ename="Stopped", evalue=reason, traceback=[f"Stopped: {reason}"]
    )
