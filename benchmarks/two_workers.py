"""What a second worker is worth: the rate of two against twice the rate of one.

    python -m benchmarks.two_workers [--submissions 200] [--rounds 3]

The same class is graded by one worker and by two in turn. Starting the sandboxes is in both.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from autograder import grading
from benchmarks import demo_class


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--submissions", type=int, default=200)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = demo_class.make(Path(folder, "course"), chosen.submissions)
        ratios = []
        for _ in range(chosen.rounds):
            rates = [rate(made, workers) for workers in (1, 2)]
            ratios.append(rates[1] / (2 * rates[0]))
            print(f"one {rates[0]:5.1f} a second, two {rates[1]:5.1f}: {ratios[-1]:.0%} efficient")
    print(f"median of {len(ratios)} rounds: {statistics.median(ratios):.0%}")


def rate(made: demo_class.DemoClass, workers: int) -> float:
    """Submissions a second, everything graded anew."""
    started = time.perf_counter()
    for _ in grading.grade_course(*made, workers=workers, force=True):
        pass
    return len(made.handed_in) / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
