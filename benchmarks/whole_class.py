"""Rate and peak memory of the grader while it grades a growing class: both should stay flat.

python -m benchmarks.whole_class [--submissions 1000] [--workers 2]
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

from autograder.dispatch import local
from autograder.grading import grade_class
from benchmarks import demo_class

PARTS = 10


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--submissions", type=int, default=1000)
    options.add_argument("--workers", type=int, default=local.cores())
    chosen = options.parse_args()
    count = chosen.submissions
    with tempfile.TemporaryDirectory() as folder:
        course, assignment, handed_in = demo_class.make(Path(folder, "course"), count)
        started = latest = time.perf_counter()
        reports = grade_class.grade_course(course, assignment, handed_in, workers=chosen.workers)
        for number, _ in enumerate(reports, start=1):
            if number % max(1, count // PARTS) == 0:
                now = time.perf_counter()
                rate = count // PARTS / (now - latest)
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                print(f"{number:6} submissions: {rate:5.1f} a second, peak {peak:4.0f} MB")
                latest = now
    seconds = time.perf_counter() - started
    rate = count / seconds
    print(f"{count} submissions, {chosen.workers} workers: {seconds:.0f} s, {rate:.1f} a second")


if __name__ == "__main__":
    main()
