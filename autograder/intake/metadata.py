"""What a cell's metadata says about its grading.

A student's editor, or a student, may have put anything there: what has another type than nbgrader
and Jupyter write counts as absent. Both a submission and, in `autograder check`, the only notebook
there is are read this way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autograder.light_imports import NotebookNode

_NOTHING: Mapping[str, Any] = {}


def stamp_of(cell: NotebookNode) -> Mapping[str, Any]:
    """nbgrader's data on the cell; empty if there is none."""
    # By key: an attribute of a notebook's node is found by a function in Python.
    stamp = cell["metadata"].get("nbgrader")
    return stamp if isinstance(stamp, dict) else _NOTHING


def grade_id_of(cell: NotebookNode) -> str:
    """nbgrader's id of the cell; "" if it has none."""
    name = stamp_of(cell).get("grade_id")
    return name if isinstance(name, str) else ""


def points_of(notebook: NotebookNode) -> dict[str, float]:
    """The points of every graded cell of a released notebook, by its id."""
    found = {}
    for cell in notebook.cells:
        points = stamp_of(cell).get("points")
        if stamp_of(cell).get("grade") and isinstance(points, (int, float)) and points >= 0:
            found[grade_id_of(cell)] = float(points)
    return found


def checks_in(notebook: NotebookNode) -> list[str]:
    """The questions that a released notebook asks with `check("name")`, in its order."""
    return [
        name
        for cell in notebook.cells
        if (name := grade_id_of(cell))
        and stamp_of(cell).get("grade")
        and cell["source"].strip() == f'check("{name}")'
    ]


def is_experiment(cell: NotebookNode) -> bool:
    """Whether the cell has the tag `experiment`."""
    tags = cell["metadata"].get("tags")
    return isinstance(tags, list) and "experiment" in tags
