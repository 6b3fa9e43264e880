"""The outputs of a graded check cell: the message, and the points as nbgrader reads them.

nbgrader gives full marks for an output that does not parse or is negative, none to a cell that
wrote to stderr, and fails on points above the maximum, even by a rounding error. So a check cell
gets exactly one message and one plain float between 0 and the maximum.
"""

from __future__ import annotations

import html
from typing import Any

from autograder.light_imports import NotebookNode, from_dict
from autograder.records import Outcome, Report, Verdict

UNREADABLE_ID = "unreadable"


def is_check(cell: NotebookNode) -> bool:
    """Whether nbgrader reads the cell's points from its output."""
    # Access by key: attribute access on a NotebookNode runs Python code.
    stamp = cell["metadata"].get("nbgrader", {})
    return bool(stamp.get("grade") and not stamp.get("solution"))


def clamped_points(cell: NotebookNode, verdict: Verdict | None) -> float:
    """A check cell's points as a plain float that nbgrader accepts; 0 without a verdict."""
    maximum = float(cell["metadata"]["nbgrader"]["points"])
    earned = float(verdict.points) if verdict else 0.0
    # NaN compares false, so it counts as 0.
    return min(earned, maximum) if earned > 0.0 else 0.0


def write_outputs(notebook: NotebookNode, report: Report) -> None:
    """Replace the outputs of each check cell in `notebook` by its verdict from `report`."""
    verdicts = {verdict.question: verdict for verdict in report.verdicts}
    for cell in notebook["cells"]:
        if is_check(cell):
            verdict = verdicts.get(cell["metadata"]["nbgrader"]["grade_id"])
            if verdict and verdict.plain and not report.unreadable:
                # What the instructor's own test shows is its verdict, as in nbgrader.
                continue
            cell["execution_count"] = None
            cell["outputs"] = [
                _message(verdict or _ungraded(cell, report)),
                _points(clamped_points(cell, verdict)),
            ]


def explain_unreadable(released: NotebookNode, reason: str) -> NotebookNode:
    """The released notebook, with the reason why the submission could not be graded on top."""
    text = f"**This submission could not be graded.** {html.escape(reason)}\n\nNothing was graded."
    heading = {
        "id": UNREADABLE_ID,
        "cell_type": "markdown",
        "metadata": {"autograder": {"unreadable": reason}},
        "source": text,
    }
    return from_dict(released | {"cells": [heading, *released.cells]})


def _ungraded(cell: NotebookNode, report: Report) -> Verdict:
    """The verdict shown below a check that has none."""
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
    # Twenty per submission; nbformat's `from_dict` and `new_output` are much slower.
    return NotebookNode(output_type=kind, data=NotebookNode(data), metadata=NotebookNode(), **more)
