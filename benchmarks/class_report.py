"""Seconds in which the class report of a large class is made, with and without similar pairs.

python -m benchmarks.class_report [--students 1000]
"""

from __future__ import annotations

import argparse
import copy
import random
import tempfile
import time
from pathlib import Path

from nbgrader.api import Gradebook

from autograder.cli import demo
from autograder.course import directory
from autograder.feedback.report.write import write_report
from autograder.gradebook.bulk import BulkWriter
from autograder.questions import catalogue
from autograder.records import Outcome, Report, Verdict
from autograder.release import generate

WEEK = catalogue.week(demo.WEEK)
STYLES = [demo.to_bytes, demo.LOOPS, demo.EINSUM, demo.FLOAT32, *demo.MISTAKES.values()]


def verdicts(rng: random.Random) -> tuple[Verdict, ...]:
    """What one student answered: the stronger, the fewer of the catalogued mistakes."""
    strength = rng.random()
    found = []
    for name, question in WEEK.questions.items():
        if rng.random() < 0.4 + 0.6 * strength:
            found.append(Verdict(name, question.points, question.points, Outcome.RIGHT, "right"))
        else:
            mistake = rng.choice([*question.mistakes, ""])
            answered = mistake or f"{rng.randrange(100):024x}"
            message = f"{name} · {mistake or 'unexplained'}\n  yours 1.5, expected 2.5"
            found.append(
                Verdict(
                    *(name, 0.0, question.points, Outcome.VALUES, message),
                    mistake=mistake,
                    answered=answered,
                )
            )
    return tuple(found)


def make(opened: directory.Course, students: int) -> None:
    """A graded class, without grading it."""
    rng = random.Random(0)
    complete = demo.solved(opened)
    notebooks = []
    for style in STYLES:
        notebook = copy.deepcopy(complete)
        style(notebook)
        notebooks.append(notebook)
    with Gradebook(opened.db_url) as gradebook:
        for number in range(students):
            gradebook.add_student(f"s{number:05}", first_name="Ada", last_name=f"Nr{number}")
    with BulkWriter(opened, demo.STEM) as writer:
        for number in range(students):
            notebook = copy.copy(rng.choice(notebooks))
            writer.write([Report(f"s{number:05}", WEEK.name, verdicts(rng), notebook, seconds=0.1)])


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--students", type=int, default=1000)
    students = options.parse_args().students
    with tempfile.TemporaryDirectory() as folder:
        opened = directory.init(Path(folder, "course"))
        generate.release(opened, WEEK)
        make(opened, students)
        for similarity in (False, True):
            started, cpu_started = time.perf_counter(), time.process_time()
            page, *_ = write_report(opened, WEEK, similarity=similarity)
            seconds = time.perf_counter() - started
            cpu = time.process_time() - cpu_started
            label = "with similar pairs" if similarity else "without"
            took = f"{seconds:5.2f} s, CPU {cpu:.2f} s"
            print(f"{students} students, {label:18} {took}, {page.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
