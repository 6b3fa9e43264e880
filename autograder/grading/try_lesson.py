"""A lesson run as a submission: its solutions must earn all points, and its stubs none."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from autograder.grading.assignment import Assignment
from autograder.grading.pipeline import grade_notebook
from autograder.questions.catalogue import Week
from autograder.records import Outcome, Report
from autograder.sandbox.session import Sandbox


def try_lesson(
    week: Week, solved: Any, released: Any, secret: bytes, hidden: Path, isolation: str
) -> dict[str, list[str]]:
    """Grade the lesson as it is and as students receive it, in the sandbox.

    Args:
        week: the lesson's week.
        solved: the lesson's notebook with its solutions.
        released: the notebook that students receive.
        secret: the course's secret.
        hidden: the file with the values of the week's hidden cases.
        isolation: "bubblewrap" or "process" (see `Sandbox`).

    Returns:
        What is wrong, by question; under "" what is not about one question.
    """
    assignment = Assignment(week, released, solved, secret, hidden)
    with Sandbox(isolation, assignment.limits(), assignment.libraries) as sandbox:
        full = grade_notebook(copy.deepcopy(solved), "solution", assignment, sandbox)
        untouched = grade_notebook(copy.deepcopy(released), "stub", assignment, sandbox)
    found: dict[str, list[str]] = {}
    for verdict in full.verdicts:
        if not verdict.right or verdict.points != verdict.max_points:
            found.setdefault(verdict.question, []).append(
                f"the lesson, run as a submission, earns {verdict.points:g} of "
                f"{verdict.max_points:g} points: {' '.join(verdict.message.split())}"
            )
    for verdict in untouched.verdicts:
        if verdict.points or verdict.outcome is not Outcome.NOT_ATTEMPTED:
            found.setdefault(verdict.question, []).append(
                f"the notebook as students receive it earns {verdict.points:g} points and counts "
                f"as {verdict.outcome}; is a part of the solution outside ### BEGIN SOLUTION and "
                "### END SOLUTION?"
            )
    if failed := _failed_cells(full):
        found.setdefault("", []).extend(failed)
    return found


def _failed_cells(report: Report) -> list[str]:
    cells = report.notebook.cells if report.notebook else []
    raised = [
        f"the cell {cell.id} of the lesson raises {output.ename}: {output.evalue}"
        for cell in cells
        for output in cell.get("outputs", ())
        if output.output_type == "error"
    ]
    return [*raised, *report.problems]
