"""What a graded check cell shows: the message, and the points in the form nbgrader reads.

nbgrader gives full marks for an output that does not parse or is negative, nothing for a cell
that wrote to stderr, and stops at a rounding above the maximum. So these cells get exactly one
message and one plain float between 0 and the maximum, and nothing else.
"""

from __future__ import annotations

import html
from typing import Any

from autograder.light_imports import NotebookNode, from_dict
from autograder.records import Outcome, Report, Verdict

UNREADABLE_ID = "unreadable"


def is_check(cell: NotebookNode) -> bool:
    """Whether nbgrader reads the cell's points from its output."""
    # By key: an attribute of a notebook's node is found by a function in Python.
    stamp = cell["metadata"].get("nbgrader", {})
    return bool(stamp.get("grade") and not stamp.get("solution"))


def clamped_points(cell: NotebookNode, verdict: Verdict | None) -> float:
    """A check cell's points as a plain float that nbgrader accepts; 0 without a verdict."""
    maximum = float(cell["metadata"]["nbgrader"]["points"])
    earned = float(verdict.points) if verdict else 0.0
    # A NaN fails both comparisons and counts as nothing.
    return min(earned, maximum) if earned > 0.0 else 0.0


def write_outputs(notebook: NotebookNode, report: Report) -> None:
    """Replace the outputs of every check cell of `notebook` by its verdict in `report`."""
    verdicts = {verdict.question: verdict for verdict in report.verdicts}
    for cell in notebook["cells"]:
        if is_check(cell):
            verdict = verdicts.get(cell["metadata"]["nbgrader"]["grade_id"])
            cell["execution_count"] = None
            cell["outputs"] = [
                _message(verdict or _ungraded(cell, report)),
                _points(clamped_points(cell, verdict)),
            ]


def explain_unreadable(released: NotebookNode, reason: str) -> NotebookNode:
    """The released notebook, headed by why nothing of the submission could be graded."""
    text = f"**This submission could not be read.** {html.escape(reason)}\n\nNothing was graded."
    heading = {
        "id": UNREADABLE_ID,
        "cell_type": "markdown",
        "metadata": {"autograder": {"unreadable": reason}},
        "source": text,
    }
    return from_dict(released | {"cells": [heading, *released.cells]})


def _ungraded(cell: NotebookNode, report: Report) -> Verdict:
    """What stands under a check that nothing was asked for."""
    stamp = cell.metadata.nbgrader
    reason = report.unreadable or "This question was not graded."
    return Verdict(stamp["grade_id"], 0.0, float(stamp["points"]), Outcome.MISSING, reason)


def _message(verdict: Verdict) -> NotebookNode:
    data = {"text/plain": verdict.message, "text/html": verdict._repr_html_()}
    return _output("display_data", data)


def _points(points: float) -> NotebookNode:
    data = {"text/plain": repr(points)}
    return _output("execute_result", data, execution_count=None)


def _output(kind: str, data: dict[str, str], **more: Any) -> NotebookNode:
    # Twenty a submission: nbformat's own `from_dict` and `new_output` look far deeper.
    return NotebookNode(output_type=kind, data=NotebookNode(data), metadata=NotebookNode(), **more)
