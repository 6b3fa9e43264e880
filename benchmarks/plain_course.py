"""A course of nbgrader as it comes: the demo's week and class, and plain asserts for checks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

import nbformat
import numpy as np

from autograder.grading.assignment import Assignment
from autograder.intake.restore import Role, role_of
from benchmarks import demo_class

BIN = Path(sys.executable).parent
ASSERTS = """\
def numbers(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return np.concatenate([numbers(item) for item in value])
    return np.ravel(value)


for arguments, expected in cases:
    np.testing.assert_allclose(numbers(ask(*arguments)), numbers(expected), rtol=1e-6, atol=1e-6)
"""


PARTIAL_CREDIT = """\
right = sum(abs(ask(*arguments) - expected) <= 1e-6 for arguments, expected in cases)
points * right / len(cases)
"""
"""As nbgrader's documentation shows it: the number that ends a check is what it is worth."""


def make_plain_course(
    made: demo_class.DemoClass,
    root: Path,
    *,
    with_experiments: bool,
    partial_credit: Collection[str] = (),
) -> None:
    """The same week and submissions for nbgrader as it comes.

    Args:
        made: the class that is copied.
        root: where to make it.
        with_experiments: whether the cells that no question depends on are kept.
        partial_credit: questions with one number as answer, worth their share of right cases.
    """
    ours, assignment = made.course.root, made.assignment
    stem = assignment.week.stem
    root.mkdir()
    (root / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.course_id = "plain"\n'
        f"c.CourseDirectory.root = {str(root)!r}\n"
    )
    source = nbformat.from_dict(assignment.source)
    for cell in source.cells:
        stamp = cell.metadata.get("nbgrader", {})
        if stamp.get("grade") and not stamp.get("solution"):
            name = stamp["grade_id"]
            cell.source = plain_asserts(assignment, name, name in partial_credit)
        if role_of(cell) is Role.EXPERIMENT and not with_experiments:
            cell.source = ""
    target = root / "source" / stem / f"{stem}.ipynb"
    target.parent.mkdir(parents=True)
    nbformat.write(source, target)
    subprocess.run(
        [BIN / "nbgrader", "generate_assignment", stem],
        cwd=root,
        check=True,
        capture_output=True,
    )
    checks = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in source.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    for path in ours.glob(f"submitted/*/{stem}/{stem}.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            if name in checks and cell.cell_type == "code":
                cell.source = checks[name]
            if role_of(cell) is Role.EXPERIMENT and not with_experiments:
                cell.source = ""
        copy = root / path.relative_to(ours)
        copy.parent.mkdir(parents=True)
        nbformat.write(notebook, copy)


def plain_asserts(assignment: Assignment, name: str, partial_credit: bool = False) -> str:
    """A check cell as an instructor writes it for plain nbgrader."""
    question = assignment.week.questions[name]
    probes = [probe for probe in assignment.judge.probes[name] if probe.public]
    if not question.parameters:
        return f"assert {question.calls} == {probes[0].expected.value!r}"
    cases = [(list(probe.inputs.values()), probe.expected.value) for probe in probes]
    if partial_credit:
        cases = [(given, float(expected)) for given, expected in cases]
    lines = ["import numpy as np", "from numpy import array, nan, inf"]
    with np.printoptions(threshold=sys.maxsize, floatmode="unique"):
        lines.append(f"cases = {literal(cases)}")
    driver = question.driver_source
    call = f"drive({question.calls}, *arguments)" if driver else f"{question.calls}(*arguments)"
    lines += [driver, f"def ask(*arguments):\n    return {call}"]
    if partial_credit:
        lines += [f"points = {question.points}", PARTIAL_CREDIT]
    else:
        lines.append(ASSERTS)
    return "\n".join(lines)


def literal(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"array({value.tolist()!r}, dtype={str(value.dtype)!r})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(literal(item) for item in value) + "]"
    return repr(value)
