"""What a graded check cell shows: the message, and the points in the form nbgrader reads.

nbgrader gives full marks for an output that does not parse or is negative, nothing for a cell
that wrote to stderr, and stops at a rounding above the maximum. So these cells get exactly one
message and one plain float between 0 and the maximum, and nothing else.
"""

from __future__ import annotations

import html
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from autograder.records import Report, Verdict

UNREADABLE_ID = "unreadable"
_STYLE = "white-space: pre-wrap; word-break: break-word"


def is_check(cell: NotebookNode) -> bool:
    """Whether nbgrader reads the cell's points from its output."""
    stamp = cell.metadata.get("nbgrader", {})
    return bool(stamp.get("grade") and not stamp.get("solution"))


def clamped_points(cell: NotebookNode, verdict: Verdict | None) -> float:
    """A check cell's points as a plain float that nbgrader accepts; 0 without a verdict."""
    maximum = float(cell.metadata.nbgrader["points"])
    earned = float(verdict.points) if verdict else 0.0
    # A NaN fails both comparisons and counts as nothing.
    return min(earned, maximum) if earned > 0.0 else 0.0


def write_outputs(notebook: NotebookNode, report: Report) -> None:
    """Replace the outputs of every check cell of `notebook` by its verdict in `report`."""
    verdicts = {verdict.question: verdict for verdict in report.verdicts}
    for cell in notebook.cells:
        if is_check(cell):
            verdict = verdicts.get(cell.metadata.nbgrader["grade_id"])
            message = verdict.message if verdict else _ungraded(report)
            points = clamped_points(cell, verdict)
            cell.execution_count = None
            cell.outputs = [_message(message), _points(points)]


def explain_unreadable(released: NotebookNode, reason: str) -> NotebookNode:
    """The released notebook, headed by why nothing of the submission could be graded."""
    from nbformat import from_dict

    text = f"**This submission could not be read.** {html.escape(reason)}\n\nNothing was graded."
    heading = {
        "id": UNREADABLE_ID,
        "cell_type": "markdown",
        "metadata": {"autograder": {"unreadable": reason}},
        "source": text,
    }
    return from_dict(released | {"cells": [heading, *released.cells]})


def _ungraded(report: Report) -> str:
    return report.unreadable or "This question was not graded."


def _message(text: str) -> Any:
    markup = f'<pre style="{_STYLE}">{html.escape(text)}</pre>'
    return new_output("display_data", data={"text/plain": text, "text/html": markup}, metadata={})


def _points(points: float) -> Any:
    return new_output(
        "execute_result", data={"text/plain": repr(points)}, metadata={}, execution_count=None
    )
