"""CPU seconds a submission: `autograder grade`, plain `nbgrader autograde`, `otter run`.

    python -m benchmarks.against_others [--submissions 18] [--class 1000] [--otter VENV]

All grade the same submissions of week 06, made by the demo's generator; ours also a whole class of
them, since it starts up once a class, before and after each of the others: a machine's speed
changes from minute to minute, so ours is the mean. The others' courses have the same notebook, its
check cells written as plain asserts on the same public cases, and their own configuration. Both run
every cell of a notebook; so that nobody has to take our skipping of the experiments for granted,
each has another course in which these are emptied. There are 18 kinds of submissions, so a multiple
of 18 has all of them as often. Otter-grader is run without its container, and with experiments on
the right answers alone: it stops no cell, and answers in loops take it more than five minutes. VENV
is a virtual environment with otter-grader 7 and, for the experiments, this package:

    pip install 'otter-grader==7.*' '.[keras]'
"""

from __future__ import annotations

import argparse
import copy
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

import nbformat
import numpy as np

from autograder import demo
from autograder.assignment import Assignment
from autograder.intake.restore import Role, role_of
from autograder.questions import catalogue
from benchmarks import demo_class

WEEK = demo_class.WEEK
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
    options.add_argument("--submissions", type=int, default=18)
    options.add_argument("--class", type=int, default=1000, dest="whole")
    options.add_argument("--otter", type=Path)
    chosen = options.parse_args()
    # nbgrader's launcher looks for alembic and jupyter on the path.
    os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        few = demo_class.make(root / "few", chosen.submissions)
        demo_class.make(root / "whole", chosen.whole)
        make_plain_course(few, root / "plain", with_experiments=True)
        make_plain_course(few, root / "emptied", with_experiments=False)
        grade = [str(BIN / "autograder"), "grade", WEEK, "--force"]
        autograde = [str(BIN / "nbgrader"), "autograde", demo.STEM, "--force"]
        count = chosen.submissions

        def ours() -> float:
            return cpu_seconds(grade, root / "whole") / chosen.whole

        in_turn = [ours()]
        seconds = {
            f"autograder grade, {count}": cpu_seconds(grade, root / "few") / count,
            "nbgrader autograde": cpu_seconds(autograde, root / "plain") / count,
            "  experiments emptied": cpu_seconds(autograde, root / "emptied") / count,
        }
        in_turn.append(ours())
        if chosen.otter:
            for name, kept in {"otter run": True, "  its experiments emptied": False}.items():
                place = root / f"otter-{kept}"
                seconds[name] = seconds_of_otter(few, chosen.otter, place, with_experiments=kept)
            in_turn.append(ours())
    seconds = {f"autograder grade, {chosen.whole}": statistics.mean(in_turn)} | seconds
    whole, same, *_ = seconds.values()
    print("CPU seconds a submission             times ours in a class of")
    print(f"{chosen.whole:55} {count:8}")
    for name, spent in seconds.items():
        print(f"{spent:8.3f}  {name:33} {spent / whole:11.1f} {spent / same:8.1f}")


def seconds_of_otter(
    made: demo_class.DemoClass, environment: Path, root: Path, *, with_experiments: bool
) -> float:
    """CPU seconds of one `otter run` a submission."""
    # Otter's course takes the plain asserts from here.
    from benchmarks import otter

    def run(command: list[str], folder: Path) -> str:
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        return ""

    complete = demo.solved(made.course)
    grader = otter.Course(
        made.assignment, environment, root, run, complete, with_experiments=with_experiments
    )
    pupils = demo.harmless(len(made.handed_in))
    if with_experiments:
        pupils = [
            demo.Pupil(name, edit) for name, edit in demo.RIGHT.items() if "loops" not in name
        ]
    contents = [pupil.edit(copy.deepcopy(grader.complete)) for pupil in pupils]
    before = demo_class.seconds_used(resource.RUSAGE_CHILDREN)
    points = [grader.grade(content, None).points for content in contents if content]
    if None in points:
        sys.exit(f"otter gave {points.count(None)} of {len(points)} submissions no grade")
    return (demo_class.seconds_used(resource.RUSAGE_CHILDREN) - before) / len(points)


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
    stem = catalogue.week(WEEK).stem
    ours, assignment = made.course.root, made.assignment
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


def cpu_seconds(command: list[str], root: Path) -> float:
    """User and system time of a command and everything that it started."""
    shutil.rmtree(root / "autograded", ignore_errors=True)
    before = demo_class.seconds_used(resource.RUSAGE_CHILDREN)
    result = subprocess.run(command, cwd=root, capture_output=True, text=True)
    spent = demo_class.seconds_used(resource.RUSAGE_CHILDREN) - before
    if not list(root.glob("autograded/*/*/*.ipynb")):
        sys.exit(f"{command} graded nothing:\n{result.stdout}{result.stderr}")
    return spent


if __name__ == "__main__":
    main()
