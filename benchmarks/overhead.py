"""What grading adds to the students' own work: CPU milliseconds a submission.

    python -m benchmarks.overhead [--submissions 500]

All CPU of the grader and its sandboxes while a class is graded, minus what the same cells and the
same calls of the students' functions take alone, each submission in a plain process of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import io
import os
import struct
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from autograder import calling, grading
from autograder.assignment import Assignment
from autograder.intake.notebooks import read_notebook
from autograder.intake.restore import restore
from autograder.records import Submission
from autograder.sandbox.steps import Cell, Steps
from benchmarks import demo_class

SECONDS = struct.Struct("<d")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--submissions", type=int, default=500)
    count = options.parse_args().submissions
    with tempfile.TemporaryDirectory() as folder:
        course, assignment, handed_in = demo_class.make(Path(folder, "course"), count)
        # As in the sandbox: what is older than a submission is not searched for cycles.
        gc.collect()
        gc.freeze()
        alone = sum(seconds_alone(each, assignment) for each in handed_in)
        before = demo_class.seconds_used()
        for _ in grading.grade_course(course, assignment, handed_in, workers=1):
            pass
        spent = demo_class.seconds_used() - before
    print(f"{1000 * spent / count:6.1f} ms a submission: grading {count}, sandboxes started anew")
    print(f"{1000 * alone / count:6.1f} ms a submission: the students' own code alone")
    print(f"{1000 * (spent - alone) / count:6.1f} ms a submission: what grading adds")


def seconds_alone(submission: Submission, assignment: Assignment) -> float:
    """CPU seconds of a notebook's cells and of its functions' calls, in a process of their own."""
    notebook, _ = restore(read_notebook(submission.path), assignment.released)
    steps = assignment.steps(notebook)
    asks = assignment.asks.asks
    drivers = {ask.driver: driver(ask.driver) for ask in asks}
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        warnings.simplefilter("ignore")
        before = demo_class.seconds_used()
        with contextlib.redirect_stdout(io.StringIO()):
            held = run(steps)
            for ask in asks:
                arguments = calling.copy_tree(list(ask.arguments.values()))
                call(held.get(ask.question), drivers[ask.driver], arguments)
        os.write(writing, SECONDS.pack(demo_class.seconds_used() - before))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        (seconds,) = SECONDS.unpack(pipe.read())
    os.waitpid(child, 0)
    return float(seconds)


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
