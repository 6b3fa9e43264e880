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

    pip install 'otter-grader==7.*' ipykernel '.[keras]'
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
from pathlib import Path

from autograder.cli import demo
from benchmarks import demo_class, otter
from benchmarks.plain_course import BIN, make_plain_course

WEEK = demo_class.WEEK


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
