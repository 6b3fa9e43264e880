"""Milliseconds a submission, and rows a second, until grades are in the gradebook.

    python benchmarks/database_writes.py [--submissions 1000] [--database postgresql://USER@HOST/NAME]

Writes the rows of week 06 as `autograder grade` does, in its batches, first into an empty gradebook
and then once more, when every row is there already. The URL is that of an empty PostgreSQL
database; the benchmark leaves its rows there. CPU is this process's; a server's own is not in it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import datetime
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from autograder.course import directory
from autograder.gradebook.rows import AssignmentRows, Outcome
from autograder.grading.grade_class import BATCH
from autograder.questions import catalogue
from autograder.release import generate

WEEK = "week06"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--submissions", type=int, default=1000)
    options.add_argument("--database", default="", help="an empty PostgreSQL database")
    chosen = options.parse_args()
    print("database     rows are    rows   rows a second   ms a submission   of it CPU")
    for name, url in [("SQLite", ""), ("PostgreSQL", chosen.database)]:
        if url or name == "SQLite":
            with tempfile.TemporaryDirectory() as folder:
                opened = directory.init(Path(folder, "course"), database=url)
                generate.release(opened, catalogue.week(WEEK))
                measure(name, opened.db_url, chosen.submissions)


def measure(name: str, db_url: str, count: int) -> None:
    engine = create_engine(db_url)
    with Session(engine) as session:
        assignment = AssignmentRows.find(session, catalogue.week(WEEK).stem)
    assert assignment is not None
    made = [outcome(assignment, number) for number in range(count)]
    each = 3 + len(assignment.grade_cells) + len(assignment.solution_cells)
    for done in ("new", "changed"):
        wall, cpu = time.perf_counter(), time.process_time()
        for start in range(0, count, BATCH):
            batch = {each.student: each for each in made[start : start + BATCH]}
            with Session(engine) as session, session.begin():
                assignment.write(session, batch, lambda student, score, seconds: score)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(
            f"{name:11}  {done:8} {count * each:7} {count * each / wall:15.0f}"
            f" {1000 * wall / count:17.2f} {1000 * cpu / count:11.2f}",
            flush=True,
        )
    engine.dispose()


def outcome(assignment: AssignmentRows, number: int) -> Outcome:
    """A submission with points for every question, and a written answer that waits."""
    scores = dict.fromkeys(assignment.grade_cells, float(number % 7))
    return Outcome(
        f"s{number:06}",
        datetime(2026, 11, 20, 12),
        scores,
        dict.fromkeys(assignment.solution_cells),
    )


if __name__ == "__main__":
    main()
