"""Two sandboxes of this process against two workers of a Dask cluster: submissions a second.

python benchmarks/cluster_speed.py [--submissions 240] [--rounds 3]

Each round grades the same class of week 06 both ways, each in a process of its own and a fresh
course. The rate counts from the first fifth of the class on, when everything has started; what
comes before, and the end, are named beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from autograder import course, demo, grading, release
from autograder.assignment import load_assignment
from autograder.questions import catalogue

WAYS = {"-j 2": {"workers": 2}, "--cluster local:2": {"cluster": "local:2"}}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--submissions", type=int, default=240)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--one", nargs=2, metavar=("WAY", "COURSE"), help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.one:
        print(json.dumps(_measure(*given.one)))
        return
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "course")
        _class_of(root, given.submissions)
        found: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
        for _ in range(given.rounds):
            for way in WAYS:
                fresh = Path(shutil.copytree(root, root.with_name("fresh")))
                found[way].append(_in_own_process(way, fresh))
                shutil.rmtree(fresh)
                print(way, json.dumps(found[way][-1]), file=sys.stderr)
    _print(found, given.submissions)


def _class_of(root: Path, count: int) -> None:
    opened = course.init(root)
    release.release(opened, catalogue.week(demo.WEEK))
    demo.hand_in(opened, demo.harmless(count))
    # TensorFlow computes the hidden cases' references once a course, in a process of its own.
    prepare = "import sys; from pathlib import Path; from autograder import course, assignment; "
    prepare += f"assignment.load_assignment(course.load(Path(sys.argv[1])), {demo.WEEK!r})"
    subprocess.run([sys.executable, "-c", prepare, str(root)], check=True)


def _in_own_process(way: str, root: Path) -> dict[str, float]:
    """What one way takes; CPU seconds are those of everything that it started."""
    before = os.times()
    command = [sys.executable, __file__, "--one", way, str(root)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    after = os.times()
    used = sum(after[2:4]) - sum(before[2:4])
    found: dict[str, float] = json.loads(done.stdout)
    return {**found, "CPU ms a submission": 1000 * used / found.pop("submissions")}


def _measure(way: str, root: str) -> dict[str, float]:
    opened = course.load(Path(root))
    assignment = load_assignment(opened, demo.WEEK)
    handed_in = grading.submissions(opened, assignment)
    choice: dict[str, Any] = WAYS[way]
    started = time.perf_counter()
    at = [
        time.perf_counter() - started
        for _ in grading.grade_course(opened, assignment, handed_in, **choice)
    ]
    ended = time.perf_counter() - started
    warm = len(at) // 5
    return {
        "submissions": len(at),
        "first result, seconds": at[0],
        "submissions a second": (len(at) - warm) / (at[-1] - at[warm - 1]),
        "end, seconds": ended - at[-1],
    }


def _print(found: dict[str, list[dict[str, float]]], count: int) -> None:
    names = list(next(iter(found.values()))[0])
    print(f"\n{count} submissions, {platform.processor() or platform.machine()}, ", end="")
    print(
        f"Python {platform.python_version()}; medians of {len(next(iter(found.values())))} rounds"
    )
    print(f"\n| | {' | '.join(names)} |\n| --- |{' --- |' * len(names)}")
    for way, runs in found.items():
        medians = (f"{statistics.median(run[name] for run in runs):.3g}" for name in names)
        print(f"| `{way}` | {' | '.join(medians)} |")
    rate = "submissions a second"
    ratios = [there[rate] / here[rate] for here, there in zip(*found.values(), strict=True)]
    print(f"\nThe cluster's rate is {statistics.median(ratios):.0%} of the local one ", end="")
    print(f"(rounds: {', '.join(f'{ratio:.0%}' for ratio in ratios)}).")


if __name__ == "__main__":
    main()
