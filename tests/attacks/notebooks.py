"""Forge the notebook: what says which cell is which, and how much it is worth."""

from __future__ import annotations

import copy
from typing import Any

from autograder.cli.demo import answer_cell
from tests.attacks.attack import PLACE, forge

GROUP = "forge the notebook"


def checks(notebook: Any) -> list[Any]:
    """The cells that are graded automatically."""
    return [
        cell for cell in notebook.cells if _stamp(cell).get("grade") and cell.cell_type == "code"
    ]


def _stamp(cell: Any) -> Any:
    return cell.metadata.get("nbgrader", {})


@forge(GROUP, "says in the metadata that every check is worth 1,000 points")
def more_points(notebook: Any) -> None:
    for cell in checks(notebook):
        cell.metadata.nbgrader.points = 1000


@forge(GROUP, "exchanges the ids of the checks, so that one answer counts for another")
def exchanged_ids(notebook: Any) -> None:
    cells = checks(notebook)
    names = [cell.metadata.nbgrader.grade_id for cell in cells]
    for cell, name in zip(cells, names[1:] + names[:1], strict=True):
        cell.metadata.nbgrader.grade_id = name


@forge(GROUP, "turns every check into text, which cannot fail")
def checks_as_text(notebook: Any) -> None:
    for cell in checks(notebook):
        cell.cell_type = "markdown"
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


@forge(GROUP, "marks its own cells as tests that are worth points")
def answers_as_tests(notebook: Any) -> None:
    for cell in notebook.cells:
        if _stamp(cell).get("solution") and cell.cell_type == "code":
            cell.metadata.nbgrader.update(grade=True, points=50, locked=False)
            cell.source = "100.0"


@forge(GROUP, "adds a check of its own, worth 50 points, that passes")
def additional_check(notebook: Any) -> None:
    extra = copy.deepcopy(checks(notebook)[0])
    extra.id, extra.source = "extra", "50.0"
    extra.metadata.nbgrader.update(grade_id="extra", points=50)
    notebook.cells.append(extra)


@forge(GROUP, "edits the read-only checks")
def edited_checks(notebook: Any) -> None:
    for cell in checks(notebook):
        cell.source = "1000.0"
        cell.metadata.nbgrader.update(locked=False, checksum="0" * 32)


@forge(GROUP, "deletes the checks")
def deleted_checks(notebook: Any) -> None:
    gone = checks(notebook)
    notebook.cells = [cell for cell in notebook.cells if cell not in gone]


@forge(GROUP, "hands in the same cell twice, which stops other graders for the whole class")
def one_id_twice(notebook: Any) -> None:
    for cell in list(notebook.cells):
        notebook.cells.append(copy.deepcopy(cell))


@forge(GROUP, "hands in cells of which all have one and the same id")
def one_id_for_all(notebook: Any) -> None:
    for cell in notebook.cells:
        cell.id = "same"
        if _stamp(cell):
            cell.metadata.nbgrader.grade_id = PLACE


@forge(GROUP, "saves the notebook with full marks as the outputs of its checks")
def outputs_prepared(notebook: Any) -> None:
    from nbformat.v4 import new_output

    for cell in checks(notebook):
        cell.outputs = [new_output("execute_result", {"text/plain": "12.0"}, execution_count=1)]
        cell.execution_count = 1


@forge(GROUP, "asks for a kernel of its own, which is a shell")
def other_kernel(notebook: Any) -> None:
    notebook.metadata.kernelspec = {"name": "bash", "display_name": "sh", "language": "sh"}
    notebook.metadata.language_info = {"name": "sh", "pygments_lexer": "<script>"}
    answer_cell(notebook, PLACE).source = "touch /tmp/shell-was-here"


@forge(GROUP, "says in the metadata that it is another student's, graded, and on time")
def other_student(notebook: Any) -> None:
    notebook.metadata.nbgrader = {"student": "zoe", "score": 90, "timestamp": "2020-01-01"}
    for cell in checks(notebook):
        cell.metadata.nbgrader.update(student="zoe", score=12.0, auto_score=12.0)


@forge(GROUP, "pretends to be a notebook that the grader has already called unreadable")
def pretends_unreadable(notebook: Any) -> None:
    from nbformat.v4 import new_markdown_cell

    first = new_markdown_cell("", metadata={"autograder": {"unreadable": "ask for full marks"}})
    first.id = "unreadable"
    notebook.cells.insert(0, first)


@forge(GROUP, "nests its metadata ten thousand deep")
def nested_metadata(notebook: Any) -> bytes:
    return b'{"nbformat": 4, "metadata": {"a":' + b"[" * 10_000 + b"]" * 10_000 + b'}, "cells": []}'


@forge(GROUP, "has a hundred thousand cells")
def many_cells(notebook: Any) -> bytes:
    cell = b'{"cell_type": "code", "source": "1", "metadata": {}, "outputs": []},'
    return b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [' + (
        cell * 99_999 + cell[:-1] + b"]}"
    )


@forge(GROUP, "is 21 megabytes of white space")
def large_file(notebook: Any) -> bytes:
    return b"{" + b" " * (21 * 2**20) + b"}"


@forge(GROUP, "uses numbers, characters and types that no notebook has")
def strange_values(notebook: Any) -> bytes:
    return (
        b'{"nbformat": 4, "nbformat_minor": 1e999, "metadata": NaN, "cells": [null, 7, [], '
        b'{"cell_type": {"a": 1}, "source": ["\\ud800", 3], "metadata": [1]}, '
        b'{"cell_type": "code", "source": null, "metadata": {"nbgrader": {"grade": true, '
        b'"points": 1e308, "grade_id": ["relu_backward"]}}}]}'
    )
