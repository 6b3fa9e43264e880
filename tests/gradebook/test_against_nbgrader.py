"""Does `autograder grade` leave every row of every table as `nbgrader autograde` does?"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from autograder.cli import demo
from autograder.course.directory import Course
from tests.command import autograder
from tests.faults.a_class import DUE, LATE, set_due_date
from tests.gradebook.databases import server, settle
from tests.gradebook.tables import every_row
from tests.submissions import hand_in

__all__ = ["server", "settle"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.bubblewrap,
]
STEM = demo.STEM
LATER = "2026-11-21 09:00:00 UTC"
ON_TIME = ("right", "transposes-dW", "one-number-db", "deletes-cells", "corrupt-json", "untouched")
BEHIND = ("averages-twice", "tanh-squared-missing")


def nbgrader(course: Course, *words: str) -> None:
    """A command as a person types it in the course directory."""
    repository = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=course.root,
        env={**os.environ, "PYTHONPATH": repository},
        capture_output=True,
        text=True,
    )
    assert done.returncode in (0, 3), done.stdout + done.stderr


def graded_by_a_person(course: Course, student: str) -> None:
    with Gradebook(course.db_url, course.course_id) as gradebook:
        notebook = gradebook.find_submission_notebook(STEM, STEM, student)
        for grade in notebook.grades:
            if grade.auto_score is None:
                grade.manual_score, grade.needs_manual_grade = 7.5, False
            if grade.name == "tanh_backward":
                grade.manual_score, grade.extra_credit = 1.0, 0.25
        for comment in notebook.comments:
            comment.manual_comment = "Seen."
        gradebook.db.commit()


def first_time(course: Course) -> None:
    with Gradebook(course.db_url, course.course_id) as gradebook:
        gradebook.add_student("never-came", last_name="O'Neil", lms_user_id="17")
        gradebook.add_student("right", first_name="Zoë")
    hand_in(course, *ON_TIME)
    hand_in(course, *BEHIND, at=LATE)
    (course.folder("submitted", STEM, "one-number-db") / "timestamp.txt").unlink()


def second_time(course: Course) -> None:
    """A person has graded; three hand in again, one of them late, and one starts to."""
    for student in ("transposes-dW", "right", "deletes-cells"):
        graded_by_a_person(course, student)
    hand_in(course, transposes_dW="mean-error", corrupt_json="right", at=LATER)
    hand_in(course, deletes_cells="corrupt-json", at="2026-11-20 12:15:00 UTC")
    hand_in(course, "ignores-dout")


def test_are_all_rows_of_all_tables_the_same(released_course, tmp_path, settle):
    courses = []
    for name in ("ours", "theirs"):
        root = Path(shutil.copytree(released_course, tmp_path / name))
        config = root / "nbgrader_config.py"
        config.write_text(config.read_text() + "\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
        courses.append(settle(root))
        set_due_date(courses[-1].db_url, DUE)
    ours, theirs = courses
    for step in (first_time, second_time):
        step(ours)
        step(theirs)
        autograder(ours.root, "grade", "week06", "--new-students")
        nbgrader(theirs, "autograde", STEM)
        rows = every_row(ours.db_url)
        assert rows == every_row(theirs.db_url)
        assert_it_holds_what_it_should(step, rows)


def assert_it_holds_what_it_should(step, rows) -> None:
    """Equal tables would prove little if what is hard were not in them."""
    notebooks = {name.split(" / ")[1]: row for name, row in rows["submitted_notebook"].items()}
    grades = {
        (name.split(" / ")[1], row["cell_id"].rpartition(" / ")[2]): row
        for name, row in rows["grade"].items()
    }
    late = {name for name, row in notebooks.items() if row["late_submission_penalty"]}
    assert "never-came" in rows["student"] and "never-came" not in notebooks
    assert grades["right", "tanh_backward"]["auto_score"] > 0
    if step is first_time:
        assert len(notebooks) == 8 and late == set(BEHIND)
        assert not any(r["auto_score"] for (n, _), r in grades.items() if n == "corrupt-json")
        assert grades["deletes-cells", "dense_backward"]["auto_score"] is not None
    else:
        assert len(notebooks) == 9 and late == {*BEHIND, "transposes-dW", "corrupt-json"}
        assert grades["transposes-dW", "tanh_backward"]["manual_score"] == 1.0
        assert grades["transposes-dW", "tanh_backward"]["needs_manual_grade"]
        assert not grades["right", "tanh_backward"]["needs_manual_grade"]
        # A hand grade of prose stands while the prose does, whatever became of the code.
        by_hand = {n: r for (n, _), r in grades.items() if r["manual_score"] == 7.5}
        assert not by_hand["right"]["needs_manual_grade"]
        assert not by_hand["transposes-dW"]["needs_manual_grade"]
        assert by_hand["deletes-cells"]["needs_manual_grade"]
