"""What a grader holds while it grades a large class in which every twentieth attacks it.

    python -m benchmarks.hostile_class [--submissions 2000]

Each attack of tests/attacks that is handed in as a notebook takes its turn, under short limits so
that what hangs costs seconds. Memory, descriptors, processes and temporary files should be flat.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from autograder.course.directory import Course
from autograder.grading import grade_class
from benchmarks import demo_class
from tests.faults.footprint import SHORT, attacks, footprint, hand_in_class

SHARE = 20
LINES = 10


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--submissions", type=int, default=2000)
    options.add_argument("--workers", type=int, default=2)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = demo_class.make(Path(folder, "course"), chosen.submissions, hand_in)
        place = Path(folder, "temporary")
        place.mkdir()
        os.environ["TMPDIR"] = tempfile.tempdir = str(place)
        hostile = chosen.submissions // SHARE
        print(f"{len(made.handed_in)} submissions, {hostile} of them hostile")
        started = time.perf_counter()
        show("before", place, started)
        reports = grade_class.grade_course(*made, workers=chosen.workers, limits=SHORT)
        wrong = 0
        for number, report in enumerate(reports, start=1):
            wrong += "grader failed" in report.unreadable
            if number % (chosen.submissions // LINES or 1) == 0:
                show(str(number), place, started)
        show("after", place, started)
        print(f"{wrong} submissions on which the grader failed")


def hand_in(opened: Course, count: int) -> None:
    hand_in_class(opened, count, attacks(), SHARE)


def show(when: str, place: Path, started: float) -> None:
    held = footprint(place)
    print(
        f"{when:>6}: {held.memory / 2**20:4.0f} MB, {held.descriptors} descriptors, "
        f"{held.processes} processes, {held.files} temporary files, "
        f"{time.perf_counter() - started:.0f} s",
        flush=True,
    )


if __name__ == "__main__":
    main()
