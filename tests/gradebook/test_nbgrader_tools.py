"""Do nbgrader's own tools work on what `autograder grade` wrote, on SQLite and PostgreSQL?"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import urllib.error
from pathlib import Path

import pytest

from autograder.cli import demo
from tests.command import autograder
from tests.gradebook.databases import server, settle
from tests.gradebook.formgrader import REPOSITORY, running
from tests.gradebook.tables import every_row
from tests.submissions import hand_in

__all__ = ["server", "settle"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.bubblewrap,
]
STEM = demo.STEM
NAMES = ["averages-twice", "corrupt-json", "mean-error", "one-number-db", "right", "transposes-dW"]


@pytest.fixture(scope="module")
def graded(released_course, tmp_path_factory, settle):
    """A course with a graded class; each test below has students of its own in it."""
    root = tmp_path_factory.mktemp("tools") / "course"
    course = settle(Path(shutil.copytree(released_course, root)))
    hand_in(course, **{name: name for name in NAMES})
    autograder(course.root, "grade", "week06")
    return course


@pytest.fixture(scope="module")
def formgrader(graded, tmp_path_factory):
    with running(graded.root, tmp_path_factory.mktemp("jupyter") / "home") as started:
        yield started


def nbgrader(course, *words: str, code: int) -> str:
    """A command as a person types it in the course directory; what it printed."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=course.root,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
    )
    said = done.stdout + done.stderr
    assert done.returncode == code, said
    return said


RUBRIC = "for graders only"


def submission(formgrader, student: str):
    """A student's line in the table from which a person chooses what to grade."""
    (found,) = [
        each
        for each in formgrader.get(f"submitted_notebooks/{STEM}/{STEM}")
        if each["student"] == student
    ]
    return found


def grades(course, student: str):
    """The rows of a student's grades by question."""
    rows = every_row(course.db_url)["grade"]
    own = f"{STEM} / {student} / "
    return {name.rpartition(" / ")[2]: row for name, row in rows.items() if name.startswith(own)}


def test_are_the_pages_of_the_formgrader_whole(formgrader):
    (assignment,) = formgrader.get("assignments")
    assert assignment["num_submissions"] == len(NAMES)
    assert (assignment["max_score"], assignment["max_written_score"]) == (100.0, 20.0)
    for page in (
        "manage_assignments",
        f"manage_submissions/{STEM}",
        "gradebook",
        f"gradebook/{STEM}",
        f"gradebook/{STEM}/{STEM}",
        "manage_students",
        "manage_students/right",
        f"manage_students/right/{STEM}",
    ):
        assert "nbgrader formgrade" in formgrader.page(page)
    scores = {each["student"]: each["score"] for each in formgrader.get(f"submissions/{STEM}")}
    assert (scores["right"], scores["transposes-dW"], scores["corrupt-json"]) == (80, 76, 0)
    assert {each["id"] for each in formgrader.get("students")} >= set(NAMES)
    for student, words in [
        ("transposes-dW", "kernel-gradient-transposed"),
        ("corrupt-json", "This submission could not be graded."),
    ]:
        page = formgrader.page(f"submissions/{submission(formgrader, student)['id']}/")
        assert words in page
    assert RUBRIC in formgrader.page(f"submissions/{submission(formgrader, 'right')['id']}/")
    following = formgrader.page(f"submissions/{submission(formgrader, 'right')['id']}/next")
    assert "formgrade" in following
    with pytest.raises(urllib.error.HTTPError, match="404"):
        formgrader.page("submissions/none/")


def test_is_what_a_person_saves_in_the_formgrader_kept(graded, formgrader):
    student = "averages-twice"
    ask = f"submission_id={submission(formgrader, student)['id']}"
    (waiting,) = [each for each in formgrader.get(f"grades?{ask}") if each["needs_manual_grade"]]
    (comment,) = [c for c in formgrader.get(f"comments?{ask}") if c["name"] == waiting["name"]]
    saved = formgrader.put(f"grade/{waiting['id']}", manual_score=8.5, extra_credit=0.5)
    assert (saved["manual_score"], saved["needs_manual_grade"]) == (8.5, False)
    formgrader.put(f"comment/{comment['id']}", manual_comment="Well put.")
    before = grades(graded, student)
    written = before[waiting["name"]]
    assert (written["manual_score"], written["extra_credit"]) == (8.5, 0.5)

    assert "6 had been graded before" in autograder(graded.root, "grade", "week06")
    assert grades(graded, student) == before

    hand_in(graded, **{student: "right"})
    assert "5 had been graded before" in autograder(graded.root, "grade", "week06")
    after = grades(graded, student)
    assert after["dense_backward"]["auto_score"] > before["dense_backward"]["auto_score"]
    # The answer in words is the same, so its grade stands and nobody has to look again.
    assert after[waiting["name"]] == written
    comments = every_row(graded.db_url)["comment"]
    assert [row["manual_comment"] for name, row in comments.items() if student in name].count(
        "Well put."
    ) == 1
    assert submission(formgrader, student)["score"] == 89.0


def test_does_the_button_that_autogrades_change_no_row(graded, formgrader):
    rows = every_row(graded.db_url)
    said = formgrader.press(f"submission/{STEM}/mean-error/autograde")
    assert said["success"], said
    assert every_row(graded.db_url) == rows


def test_does_a_due_date_set_in_the_formgrader_cost_the_late(graded, formgrader):
    config = graded.root / "nbgrader_config.py"
    text = config.read_text()
    config.write_text(text + "\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    due = {"duedate_notimezone": "2026-11-20T12:30", "duedate_timezone": "+0100"}
    formgrader.put(f"assignment/{STEM}", **due)
    autograder(graded.root, "grade", "week06")
    assert penalty(graded, "right") == 80.0
    formgrader.put(f"assignment/{STEM}", duedate_notimezone=None, duedate_timezone=None)
    config.write_text(text)
    autograder(graded.root, "grade", "week06")
    assert penalty(graded, "right") is None


def penalty(course, student: str):
    (row,) = [
        row
        for name, row in every_row(course.db_url)["submitted_notebook"].items()
        if name.startswith(f"{STEM} / {student} / ")
    ]
    return row["late_submission_penalty"]


@pytest.mark.beyond_sample
def test_does_nbgrader_export_hold_every_student(graded):
    nbgrader(graded, "export", "--to", "grades.csv", code=0)
    lines = list(csv.DictReader((graded.root / "grades.csv").read_text().splitlines()))
    assert {line["student_id"] for line in lines} >= set(NAMES)
    (right,) = [line for line in lines if line["student_id"] == "right"]
    assert right["assignment"] == STEM
    assert (float(right["raw_score"]), float(right["max_score"])) == (80.0, 100.0)


@pytest.mark.beyond_sample
def test_do_the_commands_of_nbgrader_db_work(graded):
    def db(*words: str, code: int = 0) -> str:
        return nbgrader(graded, "db", *words, code=code)

    assert STEM in db("assignment", "list")
    db("student", "add", "zoe", "--last-name=O'Neil", "--first-name=Zoë", "--email=z@x.org")
    assert "zoe (O'Neil, Zoë) -- z@x.org, None" in db("student", "list")

    db("student", "remove", "one-number-db", "--force")
    rows = every_row(graded.db_url)
    assert not [name for table in rows.values() for name in table if "one-number-db" in name]
    autograder(graded.root, "grade", "week06", "--new-students")
    again = every_row(graded.db_url)
    assert "one-number-db" in again["student"]
    assert len(again["grade"]) == len(rows["grade"]) + len(again["grade_cells"])


@pytest.mark.beyond_sample
def test_does_nbgrader_find_nothing_to_upgrade(graded):
    rows = every_row(graded.db_url)
    nbgrader(graded, "db", "upgrade", code=0)
    assert every_row(graded.db_url) == rows


def test_does_nbgrader_make_the_feedback(graded):
    nbgrader(graded, "generate_feedback", STEM, "--student=transposes-dW", code=0)
    page = graded.root / "feedback" / "transposes-dW" / STEM / f"{STEM}.html"
    made = page.read_text()
    assert "kernel-gradient-transposed" in made
    # Only graders see it.
    assert RUBRIC not in made
    autograder(graded.root, "feedback", "week06", codes=[0])
    assert page.read_text() == made


@pytest.mark.beyond_sample
def test_does_nbgrader_make_feedback_in_a_course_of_before(graded):
    """Its settings name no exporter of ours: the page is nbgrader's own."""
    config = graded.root / "nbgrader_config.py"
    now = config.read_text()
    line = next(each for each in now.splitlines() if "FeedbackExporter" in each)
    config.write_text(now.replace(line, ""))
    options = ("--student=transposes-dW", "--force")
    nbgrader(graded, "generate_feedback", STEM, *options, code=0)
    page = graded.root / "feedback" / "transposes-dW" / STEM / f"{STEM}.html"
    made = page.read_text()
    assert "kernel-gradient-transposed" in made and RUBRIC not in made
    config.write_text(now)
    nbgrader(graded, "generate_feedback", STEM, *options, code=0)
    assert page.read_text() != made
