"""What grading adds to the students' own work: CPU milliseconds a submission.

    python -m benchmarks.overhead [--submissions 1008]

All CPU of the grader and its sandboxes while a class is graded, starting up included, minus what
the same cells and the same calls of the students' functions take alone, each submission in an
interpreter of its own which has loaded what they import. Every fourteenth is measured alone as the
class goes on, since a machine's speed changes from minute to minute. The grader rests meanwhile:
cores that work side by side slow each other, and alone has to be alone.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import io
import pickle
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from autograder.grading import grade_class
from autograder.grading.assignment import Assignment
from autograder.intake.read import read_notebook
from autograder.intake.restore import restore
from autograder.records import Submission
from autograder.sandbox.requests import Ask, Cell, Steps
from autograder.tree import copy_tree
from benchmarks import demo_class

EVERY = 14
REST_SECONDS = 1.0
"""Its sandbox has then filled the queue of results, which nobody takes, and waits."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--submissions", type=int, default=1008)
    options.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.alone:
        print(run_alone(*pickle.load(sys.stdin.buffer)))
        return
    count = chosen.submissions
    with tempfile.TemporaryDirectory() as folder:
        course, assignment, handed_in = demo_class.make(Path(folder, "course"), count)
        alone, aside = [], 0.0
        before = demo_class.seconds_used()
        for done, _ in enumerate(
            grade_class.grade_course(course, assignment, handed_in, workers=1)
        ):
            if done % EVERY == 0:
                time.sleep(REST_SECONDS)
                seconds, cost = measure_alone(handed_in[done], assignment)
                alone.append(seconds)
                aside += cost
        spent = (demo_class.seconds_used() - before - aside) / count
    own = sum(alone) / len(alone)
    print(f"{1000 * spent:6.1f} ms a submission: grading {count}, starting up included")
    print(f"{1000 * own:6.1f} ms a submission: the students' own code alone")
    more, share = 1000 * (spent - own), (spent - own) / own
    print(f"{more:6.1f} ms a submission: what grading adds, {share:.0%} of their own")


def measure_alone(submission: Submission, assignment: Assignment) -> tuple[float, float]:
    """CPU seconds of a submission's own code, and of everything that was done to learn that."""
    before = time.thread_time() + demo_class.seconds_used(resource.RUSAGE_CHILDREN)
    notebook, _ = restore(read_notebook(submission.path), assignment.released_cells)
    asks = assignment.asks.asks
    given = pickle.dumps((assignment.libraries.statements, assignment.steps(notebook), asks))
    command = [sys.executable, "-m", "benchmarks.overhead", "--alone"]
    said = subprocess.run(command, input=given, stdout=subprocess.PIPE, check=True).stdout
    after = time.thread_time() + demo_class.seconds_used(resource.RUSAGE_CHILDREN)
    return float(said), after - before


def run_alone(imports: tuple[str, ...], steps: Steps, asks: tuple[Ask, ...]) -> float:
    """CPU seconds of a notebook's cells and of its functions' calls in this process."""
    for statement in imports:
        exec(statement, {})
    drivers = {ask.driver: driver(ask.driver) for ask in asks}
    warnings.simplefilter("ignore")
    # As in the sandbox: what is older than a submission is not searched for cycles.
    gc.collect()
    gc.freeze()
    before = demo_class.seconds_used()
    with contextlib.redirect_stdout(io.StringIO()):
        held = run(steps)
        for ask in asks:
            arguments = copy_tree(list(ask.arguments.values()))
            call(held.get(ask.question), drivers[ask.driver], arguments)
    return demo_class.seconds_used() - before


def run(steps: Steps) -> dict[str, Any]:
    """Run the cells as plain Python; the functions as they stand at their checks."""
    names: dict[str, Any] = {"__name__": "__main__"}
    held = {}
    for step in steps:
        if isinstance(step, Cell):
            with contextlib.suppress(Exception):
                exec(compile(step.source, "cell", "exec"), names)
        else:
            held[step.question] = names.get(step.calls)
    return held


def driver(source: str) -> Callable[..., Any] | None:
    """How a question uses what a student wrote; None for a plain call."""
    names: dict[str, Any] = {"np": np}
    exec(source, names)
    return names.get("drive")


def call(function: Any, drive: Callable[..., Any] | None, arguments: list[Any]) -> None:
    """One call, whatever comes of it."""
    with contextlib.suppress(Exception):
        if drive:
            drive(function, *arguments)
        elif callable(function):
            function(*arguments)


if __name__ == "__main__":
    main()
