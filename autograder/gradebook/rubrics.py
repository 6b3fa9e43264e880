"""The rubric beside each answer that a person grades: formgrader shows it, students never see it.

It is a cell of its own in the graded notebook, below the answer. Feedback leaves it out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from autograder.errors import UnknownName
from autograder.light_imports import NotebookNode
from autograder.questions import catalogue

STEP = "autograder.grading.nbgrader_steps.WithoutRubrics"
"""nbgrader's own feedback leaves rubrics out where its settings name this step."""
_ID = "rubric-"
_ITEM = re.compile(r"(\d+(?:\.\d+)?) points?: ")


def rubrics(assignment: str, config: Any) -> dict[str, str]:
    """The rubrics of an assignment's written questions, by question.

    Args:
        assignment: nbgrader's name for the week.
        config: the course's settings; without `STEP` among them there are none, since nbgrader's
            own feedback would show them to students.
    """
    if STEP not in config.GenerateFeedback.get("preprocessors", ()):
        return {}
    try:
        written = catalogue.week(assignment).written
    except UnknownName:
        return {}
    return {name: question.rubric for name, question in written.items() if question.rubric}


class RubricItem(NamedTuple):
    """One thing that earns points."""

    points: float
    text: str


def items(rubric: str, points: float) -> list[RubricItem]:
    """A rubric, item by item: `8 points: the shapes. 2 points: the cost.`

    Args:
        rubric: the text; empty if there is none.
        points: what the question is worth in this course.

    Returns:
        One item with all points where the text names no points, or others than the question's.
    """
    parts = _ITEM.split(rubric.strip())
    found = [
        RubricItem(float(worth), text.strip())
        for worth, text in zip(parts[1::2], parts[2::2], strict=True)
    ]
    if parts[0].strip() or sum(each.points for each in found) != points:
        return [RubricItem(points, rubric.strip())]
    return found


def add_rubrics(notebook: NotebookNode, texts: Mapping[str, str]) -> None:
    """Put each rubric below its answer, in place of an earlier one."""
    if not texts:
        return
    cells = []
    for cell in notebook["cells"]:
        if is_rubric(cell):
            continue
        cells.append(cell)
        stamp = cell["metadata"].get("nbgrader", {})
        if stamp.get("grade") and stamp.get("grade_id") in texts:
            cells.append(_cell(stamp["grade_id"], texts[stamp["grade_id"]]))
    notebook["cells"] = cells


def is_rubric(cell: NotebookNode) -> bool:
    """Whether a cell of a graded notebook is a rubric."""
    return str(cell.get("id", "")).startswith(_ID) and "nbgrader" not in cell["metadata"]


def _cell(question: str, text: str) -> NotebookNode:
    source = f"**Rubric of `{question}`, for graders only.** {text}"
    return NotebookNode(
        id=f"{_ID}{question}"[:64], cell_type="markdown", metadata=NotebookNode(), source=source
    )
