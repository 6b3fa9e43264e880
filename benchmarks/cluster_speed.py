"""Two workers of a Dask cluster against two of one process: submissions a second.

    python -m benchmarks.cluster_speed [--submissions 200] [--rounds 3]

The same class is graded both ways in turn, each time in a fresh course and a process of its own.
The rate counts from the first fifth of the class on, when everything has started; how long that
took, and the end, stand beside it. CPU is that of everything that was started, start and end too.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from autograder.course import directory
from autograder.grading import grade_class
from autograder.grading.assignment import load_assignment
from benchmarks import demo_class

WAYS: dict[str, dict[str, Any]] = {"-j 2": {"workers": 2}, "local:2": {"cluster": "local:2"}}
# A file of its own would be imported again by every one of Dask's workers.
_MEASURE = "import sys; from benchmarks.cluster_speed import measure; measure(*sys.argv[1:])"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--submissions", type=int, default=200)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "course")
        demo_class.make(root, chosen.submissions)
        for _ in range(chosen.rounds):
            rates = [graded(way, root) for way in WAYS]
            ratios.append(rates[1] / rates[0])
    print(f"median of {len(ratios)} rounds: {statistics.median(ratios):.0%} of the local rate")


def graded(way: str, root: Path) -> float:
    """Submissions a second of one way, once it has started; prints what else it took."""
    fresh = Path(shutil.copytree(root, root.with_name("fresh")))
    before = demo_class.seconds_used(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, way, str(fresh)],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    used = demo_class.seconds_used(resource.RUSAGE_CHILDREN) - before
    shutil.rmtree(fresh)
    took = json.loads(done.stdout)
    print(
        f"{way:8} {took['rate']:5.1f} a second; first after {took['first']:.1f} s, "
        f"end {took['end']:.1f} s; CPU {1000 * used / took['submissions']:.0f} ms a submission",
        flush=True,
    )
    return float(took["rate"])


def measure(way: str, root: str) -> None:
    """Grade a course in one way, and print what that took as JSON."""
    opened = directory.load(Path(root))
    assignment = load_assignment(opened, demo_class.WEEK)
    handed_in = grade_class.submissions(opened, assignment)
    started = time.perf_counter()
    reports = grade_class.grade_course(opened, assignment, handed_in, **WAYS[way])
    at = [time.perf_counter() - started for _ in reports]
    ended = time.perf_counter() - started
    warm = len(at) // 5
    rate = (len(at) - warm) / (at[-1] - at[warm - 1])
    took = {"submissions": len(at), "rate": rate, "first": at[0], "end": ended - at[-1]}
    print(json.dumps(took))


if __name__ == "__main__":
    main()
