"""How long every lesson takes from top to bottom, in a real kernel: solved, and as students get it.

python -m benchmarks.notebooks
"""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from autograder.questions import catalogue
from autograder.questions.places import SOLUTIONS
from autograder.release.lesson import source_notebook


def run(notebook: nbformat.NotebookNode) -> tuple[float, float]:
    """Wall and CPU seconds of a notebook's whole run."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(notebook, timeout=600, resources={"metadata": {"path": folder}}).execute()
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    print(f"{'week':24} {'solved':>16} {'untouched':>16}   (wall, CPU seconds)")
    for stem in catalogue.stems():
        week = catalogue.week(stem)
        solved = source_notebook(SOLUTIONS / f"{stem}.py", week.points_by_name, week.answer_cells)
        path = Path("assignments", stem, f"{stem}.ipynb")
        untouched = nbformat.read(path, as_version=4)
        times = [f"{wall:8.1f} {cpu:7.1f}" for wall, cpu in map(run, (solved, untouched))]
        print(f"{stem:24} {'  '.join(times)}", flush=True)


if __name__ == "__main__":
    main()
