"""Does a grader that is killed at any moment go on where it was, to the same gradebook?"""

from __future__ import annotations

import itertools
import json
import random
import shutil
import time
from datetime import datetime
from pathlib import Path

import pytest

from autograder.cli import demo
from autograder.course import directory
from tests.conftest import EXHAUSTIVE
from tests.faults.a_class import (
    course_of,
    grade,
    leftovers,
    report_files,
    rows,
    set_due_date,
    start,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.bubblewrap,
]


def assert_nothing_is_half_written(root: Path) -> None:
    for pattern in (f"autograded/*/*/{demo.STEM}.ipynb", ".autograder/reports/*/[!.]*.json"):
        for path in root.glob(pattern):
            json.loads(path.read_text())
    directory.load(root)  # checks the database's health


def grade_with_kills(root: Path, duration: float, moments: random.Random, most: int) -> int:
    """Start and kill `grade` until one run comes to its end; how many were killed."""
    for killed in range(most + 1):
        before = report_files(root)
        process = start(root)
        if killed < most:
            try:
                process.wait(moments.uniform(0.3, duration))
            except Exception:
                process.kill()
        out, err = process.communicate(timeout=600)
        assert "Traceback" not in err
        assert_nothing_is_half_written(root)
        after = report_files(root)
        again = [name for name, moment in before.items() if after[name] != moment]
        assert not again, f"run again although they were done: {again}"
        if process.returncode == 3:
            kept = f"{len(before)} had been graded before and are unchanged."
            assert not before or kept in " ".join(out.split())
            return killed
    raise AssertionError(f"the run that was not killed ended with {process.returncode}: {err}")


@pytest.mark.parametrize(("kills", "count"), [(50, 100) if EXHAUSTIVE else (2, 20)])
def test_does_a_killed_run_end_with_the_gradebook_of_an_undisturbed_one(
    released_course, tmp_path, kills, count
):
    undisturbed = course_of(released_course, tmp_path / "undisturbed", count)
    untouched = Path(shutil.copytree(undisturbed, tmp_path / "untouched"))
    started = time.monotonic()
    process = start(undisturbed)
    process.communicate(timeout=600)
    duration = time.monotonic() - started
    assert process.returncode == 3
    expected = rows(directory.load(undisturbed).db_url)
    assert len(expected["submission"]) == count
    assert any(row[1] for row in expected["notebook"])  # late penalties are among them

    moments = random.Random(20261120)
    # A run may be too fast to be killed at all.
    killed, turns = 0, itertools.count()
    while killed < kills:
        root = Path(shutil.copytree(untouched, tmp_path / f"killed-{next(turns)}"))
        killed += grade_with_kills(root, duration, moments, kills - killed)
        assert rows(directory.load(root).db_url) == expected
        assert sorted(report_files(root)) == sorted(report_files(undisturbed))
        assert not leftovers(root)


def test_does_force_run_everything_again(released_course, tmp_path):
    root = course_of(released_course, tmp_path / "course", 6)
    grade(root)
    first, expected = report_files(root), rows(directory.load(root).db_url)
    assert "6 had been graded before" in grade(root)
    assert report_files(root) == first
    assert "before" not in grade(root, "--force")
    again = report_files(root)
    assert all(again[name] != first[name] for name in first)
    assert rows(directory.load(root).db_url) == expected


def test_is_only_what_changed_run_again(released_course, tmp_path):
    root = course_of(released_course, tmp_path / "course", 8)
    grade(root)
    opened = directory.load(root)
    first = report_files(root)
    names = sorted(path.stem for path in (root / ".autograder/reports" / demo.STEM).iterdir())
    changed = opened.notebook("submitted", demo.STEM, names[-1])
    changed.write_bytes(changed.read_bytes() + b"\n")
    opened.notebook("autograded", demo.STEM, names[-2]).unlink()
    (opened.folder("submitted", demo.STEM, names[-3]) / "earlier_weeks.py").write_text("a = 1\n")
    (root / ".autograder/reports" / demo.STEM / f"{names[-4]}.json").write_text("{")
    grade(root)
    again = [name for name, moment in report_files(root).items() if first[name] != moment]
    assert sorted(again) == [f"{name}.json" for name in names[-4:]]


def test_is_a_new_due_date_heeded_without_running_anything(released_course, tmp_path):
    root = course_of(released_course, tmp_path / "course", 6)
    grade(root)
    opened, first = directory.load(root), report_files(root)
    late = [row for row in rows(opened.db_url)["notebook"] if row[1]]
    set_due_date(opened.db_url, datetime(2026, 11, 20, 11, 0))  # before everybody's
    grade(root)
    later = [row for row in rows(opened.db_url)["notebook"] if row[1]]
    assert 0 < len(late) < len(later)
    set_due_date(opened.db_url, datetime(2026, 11, 21))
    grade(root)
    assert not [row for row in rows(opened.db_url)["notebook"] if row[1]]
    assert report_files(root) == first


def test_is_a_second_run_at_once_refused(released_course, tmp_path):
    root = course_of(released_course, tmp_path / "course", 4)
    with directory.alone(directory.load(root)):
        process = start(root)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1 and "another run is grading this course" in err
    grade(root)
