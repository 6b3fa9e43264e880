"""CPU seconds a submission: `autograder grade` against plain `nbgrader autograde`.

    python benchmarks/against_nbgrader.py [--submissions 20] [--rounds 2]

All grade the same submissions of week 06, in turn. The plain course has the same notebook, its
check cells written as plain asserts on the same public cases, and nbgrader's own configuration.
Plain nbgrader runs every cell of a notebook; so that nobody has to take our skipping of the
experiments for granted, a third course has them emptied.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

import nbformat
import numpy as np

from autograder import course, demo, release
from autograder.assignment import Assignment, load_assignment
from autograder.intake.restore import Role, role_of
from autograder.questions import catalogue

WEEK = "week06"
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


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--submissions", type=int, default=20)
    options.add_argument("--rounds", type=int, default=2)
    chosen = options.parse_args()
    # nbgrader's launcher looks for alembic and jupyter on the path.
    os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    with tempfile.TemporaryDirectory() as folder:
        ours, plain, emptied = (Path(folder, name) for name in ("ours", "plain", "emptied"))
        make_our_course(ours, chosen.submissions)
        make_plain_course(ours, plain, with_experiments=True)
        make_plain_course(ours, emptied, with_experiments=False)
        grade = [str(BIN / "autograder"), "grade", WEEK, "--force"]
        autograde = [str(BIN / "nbgrader"), "autograde", catalogue.week(WEEK).stem, "--force"]
        commands = {
            "autograder grade": (grade, ours),
            "nbgrader autograde": (autograde, plain),
            "nbgrader autograde, experiments emptied": (autograde, emptied),
        }
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(chosen.rounds):
            for name, (command, root) in commands.items():
                spent = cpu_seconds(command, root) / chosen.submissions
                seconds[name].append(spent)
                print(f"{spent:8.3f} CPU seconds a submission: {name}", flush=True)
        our, *theirs = seconds.items()
        for name, spent_theirs in theirs:
            ratios = [their / mine for mine, their in zip(our[1], spent_theirs, strict=True)]
            print(f"{', '.join(f'{ratio:.1f}' for ratio in ratios)} times ours: {name}")


def make_our_course(root: Path, count: int) -> None:
    """A course with `count` submissions that any grader can run: no hostile ones."""
    opened = course.init(root)
    release.release(opened, catalogue.week(WEEK))
    demo.hand_in(opened, demo.harmless(count))
    # The hidden reference values are computed once a course; that is not a submission's cost.
    load_assignment(opened, WEEK)


def make_plain_course(
    ours: Path, root: Path, *, with_experiments: bool, partial_credit: Collection[str] = ()
) -> None:
    """The same week and submissions for nbgrader as it comes.

    Args:
        ours: the course that is copied.
        root: where to make it.
        with_experiments: whether the cells that no question depends on are kept.
        partial_credit: questions with one number as answer, worth their share of right cases.
    """
    stem = catalogue.week(WEEK).stem
    root.mkdir()
    (root / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.course_id = "plain"\n'
        f"c.CourseDirectory.root = {str(root)!r}\n"
    )
    assignment = load_assignment(course.load(ours), WEEK)
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


def cpu_seconds(command: list[str], root: Path) -> float:
    """User and system time of a command and everything that it started."""
    shutil.rmtree(root / "autograded", ignore_errors=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = subprocess.run(command, cwd=root, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if not list(root.glob("autograded/*/*/*.ipynb")):
        sys.exit(f"{command} graded nothing:\n{result.stdout}{result.stderr}")
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


if __name__ == "__main__":
    main()
