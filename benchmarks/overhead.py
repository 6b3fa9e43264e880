"""What grading adds to the students' own work: CPU milliseconds a submission.

    python benchmarks/overhead.py [--submissions 200]

All CPU of the grader and its sandboxes while a class of week 06 is graded, minus what the same
cells and the same calls of the students' functions take alone, in a plain Python process each.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import io
import os
import resource
import struct
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

from autograder import calling, course, demo, grading, release
from autograder.assignment import Assignment, load_assignment
from autograder.intake.notebooks import read_notebook
from autograder.intake.restore import restore
from autograder.questions import catalogue
from autograder.records import Submission
from autograder.sandbox.steps import Cell

WEEK = "week06"
PREPARE = f"""
import sys
from pathlib import Path
from autograder import course
from autograder.assignment import load_assignment
load_assignment(course.load(Path(sys.argv[1])), {WEEK!r})
"""
SECONDS = struct.Struct("<d")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--submissions", type=int, default=200)
    options.add_argument("--workers", type=int, default=1)
    chosen = options.parse_args()
    count = chosen.submissions
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "course")
        opened = course.init(root)
        release.release(opened, catalogue.week(WEEK))
        demo.hand_in(opened, demo.harmless(count))
        # TensorFlow computes the hidden cases' references once a course, in a process of its own.
        subprocess.run([sys.executable, "-c", PREPARE, str(root)], check=True)
        assignment = load_assignment(opened, WEEK)
        handed_in = grading.submissions(opened, assignment)
        # As in the sandbox: what is older than a submission is not searched for cycles.
        gc.collect()
        gc.freeze()
        alone = sum(seconds_alone(each, assignment) for each in handed_in)
        before = seconds_used()
        started = time.perf_counter()
        for _ in grading.grade_course(opened, assignment, handed_in, workers=chosen.workers):
            pass
        rate = count / (time.perf_counter() - started)
        spent = seconds_used() - before
    print(f"{1000 * spent / count:6.1f} ms a submission: grading, with starting its sandboxes")
    print(f"{1000 * alone / count:6.1f} ms a submission: the students' own code alone")
    print(f"{1000 * (spent - alone) / count:6.1f} ms a submission: what grading adds")
    print(f"{rate:6.1f} submissions a second with {chosen.workers} workers")


def seconds_used() -> float:
    """CPU seconds of this process and of all that it started and that have ended."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


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
        started = time.process_time()
        with contextlib.redirect_stdout(io.StringIO()):
            held = run(steps)
            for ask in asks:
                arguments = calling.copy_tree(list(ask.arguments.values()))
                call(held.get(ask.question), drivers[ask.driver], arguments)
        os.write(writing, SECONDS.pack(time.process_time() - started))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        (seconds,) = SECONDS.unpack(pipe.read())
    os.waitpid(child, 0)
    return float(seconds)


def run(steps):
    """Run the cells in plain Python; the functions as they stand at their checks."""
    names = {"__name__": "__main__"}
    held = {}
    for step in steps:
        if isinstance(step, Cell):
            with contextlib.suppress(Exception):
                exec(compile(step.source, "cell", "exec"), names)
        else:
            held[step.question] = names.get(step.calls)
    return held


def driver(source):
    """The function with which a question uses what a student wrote; None for a plain call."""
    names = {"np": __import__("numpy")}
    exec(source, names)
    return names.get("drive")


def call(function, drive, arguments):
    """One call, whatever comes of it."""
    with contextlib.suppress(Exception):
        if drive:
            drive(function, *arguments)
        elif callable(function):
            function(*arguments)


if __name__ == "__main__":
    main()
