"""Seconds until the grades of a large class are exported.

python -m benchmarks.export_speed [--students 1000]
"""

from __future__ import annotations

import argparse
import csv
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook, Student

from autograder.course import directory
from autograder.gradebook.bulk import BulkWriter
from autograder.lms import exporter, plain_csv
from autograder.lms.canvas import gradebook_csv
from autograder.questions import catalogue
from autograder.records import Outcome, Report, Verdict
from autograder.release import generate

WEEK = "week06"
WIDTH = 40
BATCH = 50


def make_class(root: Path, count: int) -> directory.Course:
    """A course of that many students, all graded, whose written answers were graded too."""
    week = catalogue.week(WEEK)
    opened = directory.init(root)
    generate.release(opened, week)
    notebook = nbformat.read(opened.notebook("source", week.stem), as_version=4)
    verdicts = tuple(
        Verdict(name, item.points / 2, item.points, Outcome.VALUES, f"{name}\nReason.", mistake="m")
        for name, item in week.questions.items()
    )
    names = [f"s{number:05}" for number in range(count)]
    for name in names:
        folder = opened.folder("submitted", week.stem, name)
        folder.mkdir(parents=True)
        (folder / "timestamp.txt").write_text("2026-11-20 12:00:00 UTC")
    with BulkWriter(opened, week.stem) as writer:
        for start in range(0, count, BATCH):
            batch = names[start : start + BATCH]
            writer.write([Report(name, WEEK, verdicts, notebook) for name in batch])
    with Gradebook(opened.db_url, opened.course_id) as gradebook:
        for student in gradebook.db.query(Student):
            student.first_name, student.last_name = "Zoë", f"O'Neil {student.id}, Jr."
        gradebook.db.commit()
    return opened


def make_gradebook(path: Path, count: int) -> None:
    """A Canvas export with that many lines and some forty columns."""
    others = [f"Task {number} ({number})" for number in range(WIDTH)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Student", "ID", "SIS Login ID", "Section", *others, "Week 6 (99)"])
        writer.writerow(["    Points Possible", "", "", "", *["10.00"] * WIDTH, "110.00"])
        for number in range(count):
            name = f"O'Neil s{number:05}, Jr., Zoë"
            writer.writerow([name, number, f"s{number:05}", "A", *["7.50"] * WIDTH, ""])


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--students", type=int, default=1000)
    count = options.parse_args().students
    with tempfile.TemporaryDirectory() as folder:
        opened = make_class(Path(folder, "course"), count)
        template = Path(folder, "gradebook.csv")
        make_gradebook(template, count)
        week = catalogue.week(WEEK)

        def seconds(export: object) -> float:
            started = time.perf_counter()
            grades = exporter.grades(opened, week.name, week.stem, week.title, True)
            made = export([grades])  # type: ignore[operator]
            exporter.write(made.files, Path(folder, "out.csv"))
            return time.perf_counter() - started

        print(f"{count} students, plain CSV:     {seconds(plain_csv.export):.2f} s")
        filled = seconds(lambda weeks: gradebook_csv.export(weeks, template=template))
        print(f"{count} students, Canvas CSV:    {filled:.2f} s")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        command = [sys.executable, "-m", "autograder", "export", "canvas", WEEK, "--with-waiting"]
        command += ["--course", str(opened.root), "--template", str(template)]
        command += ["--output", str(Path(folder, "out.csv"))]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        wall = time.perf_counter() - started
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
        print(f"the command, with Python's start: {wall:.2f} s, {cpu:.2f} s of CPU")


if __name__ == "__main__":
    main()
