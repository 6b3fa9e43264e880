"""What a second worker is worth: the rate of two against twice the rate of one.

    python -m benchmarks.two_workers [--submissions 1000] [--rounds 3]

The same class is graded by one worker and by two, starting the sandboxes included. Beside them
stands what this machine has to give: two runs of one worker each, at the same time, in processes
that share nothing, against one such run alone.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from autograder.course import directory
from autograder.grading import grade_class
from autograder.grading.assignment import load_assignment
from benchmarks import demo_class


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--submissions", type=int, default=1000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--grade", type=Path, help=argparse.SUPPRESS)
    options.add_argument("--workers", type=int, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.grade:
        print(*graded(chosen.grade, chosen.workers))
        return
    with tempfile.TemporaryDirectory() as folder:
        roots = [Path(folder, "course"), Path(folder, "another")]
        for root in roots:
            demo_class.make(root, chosen.submissions)
        ratios, machine = [], []
        for _ in range(chosen.rounds):
            one, two, apart = (
                runs * chosen.submissions / seconds(roots[:runs], workers)
                for runs, workers in ((1, 1), (1, 2), (2, 1))
            )
            ratios.append(two / (2 * one))
            machine.append(apart / (2 * one))
            print(
                f"one {one:5.1f} a second, two {two:5.1f}: {ratios[-1]:.0%} efficient; "
                f"two apart {apart:5.1f}: {machine[-1]:.0%}"
            )
    print(
        f"median of {len(ratios)} rounds: {statistics.median(ratios):.0%} efficient; "
        f"two apart {statistics.median(machine):.0%}"
    )


def seconds(roots: list[Path], workers: int) -> float:
    """From the start of the first run to the end of the last, all at the same time."""
    command = [sys.executable, "-m", "benchmarks.two_workers", "--workers", str(workers)]
    runs = [
        subprocess.Popen([*command, "--grade", str(root)], stdout=subprocess.PIPE, text=True)
        for root in roots
    ]
    times = [tuple(map(float, run.communicate()[0].split())) for run in runs]
    return max(ended for _, ended in times) - min(started for started, _ in times)


def graded(root: Path, workers: int) -> tuple[float, float]:
    """Grade everything again; when that began and when it ended."""
    opened = directory.load(root)
    assignment = load_assignment(opened, demo_class.WEEK)
    handed_in = grade_class.submissions(opened, assignment)
    started = time.monotonic()
    for _ in grade_class.grade_course(opened, assignment, handed_in, workers=workers, force=True):
        pass
    return started, time.monotonic()


if __name__ == "__main__":
    main()
