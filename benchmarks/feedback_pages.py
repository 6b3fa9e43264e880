"""Feedback pages a second for a large class in which no two students wrote the same code.

python -m benchmarks.feedback_pages [--students 1000]
"""

from __future__ import annotations

import argparse
import copy
import random
import tempfile
import time
from pathlib import Path

from autograder.cli import demo
from autograder.course import directory
from autograder.feedback.pages import generate_feedback
from autograder.gradebook.bulk import BulkWriter
from autograder.records import Report
from autograder.release import generate
from benchmarks.class_report import WEEK, verdicts

BATCH = 50


def make(opened: directory.Course, students: int) -> None:
    """A graded class, without grading it: half of each student's answers lose points."""
    rng = random.Random(0)
    complete = demo.solved(opened)
    with BulkWriter(opened, demo.STEM) as writer:
        for start in range(0, students, BATCH):
            reports = []
            for number in range(start, min(start + BATCH, students)):
                notebook = copy.deepcopy(complete)
                for name in sorted({*WEEK.answer_cells.values()}):
                    demo.answer_cell(notebook, name).source += f"\n# {rng.random()}"
                student = f"s{number:05}"
                reports.append(Report(student, WEEK.name, verdicts(rng), notebook))
            writer.write(reports)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--students", type=int, default=1000)
    students = options.parse_args().students
    with tempfile.TemporaryDirectory() as folder:
        opened = directory.init(Path(folder, "course"))
        generate.release(opened, WEEK)
        make(opened, students)
        started, cpu_started = time.perf_counter(), time.process_time()
        pages = generate_feedback(opened, demo.STEM)
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu_started
        size = sum(page.stat().st_size for page in pages) / len(pages)
    print(f"{len(pages)} pages in {seconds:.1f} s, {cpu:.1f} s of CPU")
    print(
        f"{len(pages) / seconds:.0f} pages a second, {1000 * cpu / len(pages):.1f} ms of CPU each"
    )
    print(f"{size / 1000:.0f} kB a page")


if __name__ == "__main__":
    main()
