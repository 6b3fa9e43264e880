"""A lesson script becomes the instructor's notebook, with nbgrader's metadata on its cells.

A lesson is a percent script whose cells are marked with a question's name (`solution="relu"`,
`check="relu"`, `locked="setup"`, `written="why_bends"`) or have the tag `experiment`. Points come
from the questions. A text's `quotes={"85 of 100": "right for {}%"}`, the numbers that it takes from
what cells print, are for the tests and reach no notebook.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.errors import QuestionError
from autograder.release.start_here.first_cell import put_first_cell

if TYPE_CHECKING:
    from nbformat import NotebookNode

MARKERS = ("solution", "check", "locked", "written")
_SCHEMA_VERSION = 3
_STAMPS = {
    "solution": {"grade": False, "solution": True, "locked": False},
    "check": {"grade": True, "solution": False, "locked": True},
    "locked": {"grade": False, "solution": False, "locked": True},
    "written": {"grade": True, "solution": True, "locked": False},
}
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_NAME = re.compile(r"[A-Za-z]\w*", re.ASCII)


def source_notebook(
    script: Path, points: Mapping[str, float], answers: Mapping[str, str] | None = None
) -> NotebookNode:
    """The instructor's notebook of a lesson, with solutions and nbgrader's metadata.

    Its first cell, which no lesson has, installs the students' package where it is missing.

    Args:
        script: a lesson in jupytext's percent format.
        points: the points of every question of the week, written ones included, by name.
        answers: for questions that share one solution cell, that cell's name.

    Raises:
        QuestionError: when the lesson and the questions do not match.
    """
    import jupytext

    from autograder.light_imports import nbformat

    try:
        lesson = jupytext.read(script, fmt="py:percent")
    except Exception as error:
        raise QuestionError(f"{script.name} is not a percent script: {error}") from None
    marked = [_marker(script.name, cell) for cell in lesson.cells]
    answered_in = {name: (answers or {}).get(name, name) for name in points}
    _validate(script.name, list(zip(marked, lesson.cells, strict=True)), points, answered_in)
    counts: Counter[str] = Counter()
    cells = [
        _stamped(cell, marker, points, counts)
        for marker, cell in zip(marked, lesson.cells, strict=True)
    ]
    notebook = nbformat.from_dict(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": _METADATA, "cells": cells}
    )
    put_first_cell(notebook)
    return notebook


def _marker(script: str, cell: NotebookNode) -> tuple[str, str]:
    """A cell's marker and its name; the tag `experiment` counts as a marker."""
    found = [(marker, cell.metadata[marker]) for marker in MARKERS if marker in cell.metadata]
    if "experiment" in cell.metadata.get("tags", []):
        found.append(("experiment", ""))
    if len(found) > 1:
        raise QuestionError(
            f"{script}: a cell is marked as {' and '.join(marker for marker, _ in found)}; "
            "expected one marker"
        )
    marker, name = found[0] if found else ("", "")
    if marker in MARKERS and not (isinstance(name, str) and _NAME.fullmatch(name)):
        raise QuestionError(f'{script}: {marker}={name!r}; expected a name such as {marker}="relu"')
    return marker, name


def _validate(
    script: str,
    cells: list[tuple[tuple[str, str], NotebookNode]],
    points: Mapping[str, float],
    answered_in: Mapping[str, str],
) -> None:
    for (marker, name), cell in cells:
        known = answered_in.values() if marker == "solution" else points
        _validate_cell(script, marker, name, cell, list(dict.fromkeys(known)))
    order = [mark for mark, _ in cells]
    for mark, count in Counter(order).items():
        if mark[1] and count > 1:
            raise QuestionError(
                f'{script}: {count} cells are marked {mark[0]}="{mark[1]}"; keep one'
            )
    written = {name for marker, name in order if marker == "written"}
    if clash := {name for marker, name in order if marker == "locked"} & set(points):
        raise QuestionError(
            f"{script}: {clash.pop()} is the name of a locked cell and of a question; rename one"
        )
    for name in points:
        if name not in written:
            _validate_question(script, name, answered_in[name], order)


def _validate_cell(
    script: str, marker: str, name: str, cell: NotebookNode, known: list[str]
) -> None:
    if marker in {"solution", "check", "written"} and name not in known:
        raise QuestionError(
            f"{script}: {marker}={name!r} is not a question of this week, which has "
            f"{', '.join(known)}"
        )
    kind = "markdown" if marker == "written" else "code"
    if marker and cell.cell_type != kind:
        raise QuestionError(
            f"{script}: the cell {marker} {name} is a {cell.cell_type} cell; expected a {kind} cell"
        )
    if marker == "check" and cell.source.strip() != f'check("{name}")':
        raise QuestionError(
            f'{script}: the check of {name} reads {cell.source.strip()!r}; expected check("{name}")'
        )
    if marker in {"solution", "written"} and not _has_solution(cell.source):
        raise QuestionError(
            f"{script}: the cell {marker}={name!r} has no ### BEGIN SOLUTION and ### END SOLUTION"
        )


def _has_solution(source: str) -> bool:
    begun = source.count("### BEGIN SOLUTION")
    return begun > 0 and begun == source.count("### END SOLUTION")


def _validate_question(script: str, name: str, answer: str, order: list[tuple[str, str]]) -> None:
    for marker, cell in (("solution", answer), ("check", name)):
        if (marker, cell) not in order:
            raise QuestionError(
                f'{script}: {name} has no {marker} cell; add one marked {marker}="{cell}" '
                "or, for prose, written=..."
            )
    solution, check = order.index(("solution", answer)), order.index(("check", name))
    if check < solution:
        raise QuestionError(f"{script}: the check of {name} comes before its solution; swap them")
    between = [
        mark for mark in order[solution + 1 : check] if mark[0] in ("experiment", "solution")
    ]
    if between:
        raise QuestionError(
            f"{script}: another code cell comes between the solution of {name} and its check; "
            "move the check up, so that nothing graded depends on that cell"
        )


def _stamped(
    cell: NotebookNode,
    mark: tuple[str, str],
    points: Mapping[str, float],
    counts: Counter[str],
) -> dict[str, Any]:
    """One cell with nbgrader's metadata, and an id that depends only on the lesson."""
    marker, name = mark
    kind = marker if marker == "experiment" else {"markdown": "text"}.get(cell.cell_type, "code")
    stamped: dict[str, Any] = {
        "cell_type": cell.cell_type,
        "metadata": {"tags": cell.metadata.tags} if "tags" in cell.metadata else {},
        "source": cell.source,
    }
    if cell.cell_type == "code":
        stamped |= {"execution_count": None, "outputs": []}
    if marker not in MARKERS:
        counts[kind] += 1
        return {"id": f"{kind}-{counts[kind]}"} | stamped
    grade_id = f"solution-{name}" if marker == "solution" else name
    stamp: dict[str, Any] = {"schema_version": _SCHEMA_VERSION, "grade_id": grade_id}
    stamp |= _STAMPS[marker]
    if stamp["grade"]:
        stamp["points"] = points[name]
    stamped["metadata"]["nbgrader"] = stamp
    return {"id": grade_id[:64]} | stamped
