"""Does the desk show where a course stands, give more time, save it, and forget a student?"""

from __future__ import annotations

import json
import os
import sqlite3
import zipfile
from contextlib import closing
from types import SimpleNamespace

import pytest

from autograder.course import enrolment
from autograder.course.directory import load
from autograder.course.gradebook import opened
from autograder.course.roster import Student
from autograder.gradebook.totals import totals
from tests.submissions import write_submission
from tests.tiny_course import TINY_WEEK, course  # noqa: F401

STEM = TINY_WEEK.stem
STUDENTS = [
    Student("ada", "Lovelace", "Ada", "ada@example.org", "4711"),
    Student("bob", "Builder", "Bob"),
    Student("eve", "Even", "Eve"),
]


@pytest.fixture
def weeks(monkeypatch):
    """The tiny week is the only one."""
    from autograder.questions import catalogue

    monkeypatch.setattr(catalogue, "stems", lambda: [STEM])
    week = SimpleNamespace(**{**vars(TINY_WEEK), "title": "Bends"})
    monkeypatch.setattr(catalogue, "week", lambda name: week)


@pytest.fixture
def desk(course, weeks, run):  # noqa: F811
    """A course with three students: ada is graded, bob has handed in, eve has not."""
    enrolment.enrol(course, STUDENTS)
    for student in ("ada", "bob"):
        folder = course.folder("submitted", STEM, student)
        write_submission(folder / f"{STEM}.ipynb", course.notebook("release", STEM).read_bytes())
        write_submission(folder / "timestamp.txt", "2026-11-20 12:00:00 UTC")
    _grade(course, "ada")

    def call(*arguments: object) -> tuple[int, str, str]:
        return run(*arguments, "--course", course.root)

    call.course = course
    return call


def _grade(course, student: str) -> None:  # noqa: F811
    """The rows that grading writes, without a sandbox."""
    with opened(course) as gradebook:
        gradebook.update_or_create_submission(STEM, student, timestamp="2026-11-20 12:00:00 UTC")
        (notebook,) = gradebook.find_submission(STEM, student).notebooks
        for grade in notebook.grades:
            grade.auto_score, grade.needs_manual_grade = 1.0, False
        gradebook.db.commit()


@pytest.mark.slow
def test_does_status_count_every_state_and_name_the_next_step(desk):
    code, out, _ = desk("status", "--json")
    (week,) = json.loads(out)
    states = {each["student"]: (each["handed_in"], each["points"]) for each in week["students"]}
    assert code == 0
    assert states == {"ada": (True, 3.0), "bob": (True, None), "eve": (False, None)}
    _, out, _ = desk("status")
    assert "autograder grade week99" in out
    _, out, _ = desk("status", "week99")
    assert "1 missing" in out and "Next: autograder grade week99" in out


def test_does_status_name_a_folder_that_is_nobodys(desk):
    write_submission(desk.course.folder("submitted", STEM, "typo99") / f"{STEM}.ipynb")
    assert "typo99" in desk("status")[1]
    assert "typo99" in desk("status", "week99")[1]


def test_does_an_export_count_until_the_grade_changes(desk, tmp_path):
    desk("export", "csv", "week99", "--output", tmp_path / "grades.csv")
    assert "graded, exported" in desk("status", "week99")[1]
    with closing(sqlite3.connect(desk.course.root / "gradebook.db")) as database:
        database.execute("UPDATE grade SET manual_score = 2")
        database.commit()
    assert "graded, exported" not in desk("status", "week99")[1]


@pytest.mark.parametrize(
    ("text", "hours"), [("48h", 48), ("2d", 48), ("1w 12h", 180), ("90 min", 1.5), ("0", 0)]
)
def test_is_an_extension_there_before_anything_is_handed_in(desk, text, hours):
    code, out, _ = desk("extend", "eve", "week99", text)
    (week,) = json.loads(desk("status", "week99", "--json")[1])
    (eve,) = (each for each in week["students"] if each["student"] == "eve")
    assert code == 0 and "eve" in out
    assert eve["extension"] == hours * 3600
    # It is no submission: nobody waits for a person, and no grade is exported.
    assert eve["points"] is None and not eve["waiting"] and not eve["handed_in"]
    assert {each.student: each.points for each in totals(desk.course, STEM)}["eve"] is None


def test_does_an_extension_replace_the_one_before_and_keep_the_grade(desk):
    desk("extend", "ada", "week99", "1d")
    desk("extend", "ada", "week99", "2d")
    (week,) = json.loads(desk("status", "week99", "--json")[1])
    (ada,) = (each for each in week["students"] if each["student"] == "ada")
    assert ada["extension"] == 2 * 86400 and ada["points"] == 3.0


@pytest.mark.parametrize("text", ["soon", "", "-3h", "3 fortnights", "9999w", "2026-12-01"])
def test_is_an_unusable_extension_refused_in_a_sentence(desk, run, text):
    course = ("--course", desk.course.root)  # noqa: F811
    code, _, err = run("extend", *course, "--", "eve", "week99", text)
    assert code == 1 and err.startswith("autograder: ") and "Traceback" not in err


def test_is_an_unknown_student_told_the_nearest(desk):
    code, _, err = desk("extend", "evee", "week99", "1d")
    assert code == 1 and "eve" in err


def test_is_a_restored_course_the_same(desk, run, tmp_path):
    os.symlink("nowhere", desk.course.root / "a-link")
    code, _, _ = desk("backup", "--output", tmp_path / "saved.tar.gz")
    assert code == 0 and (tmp_path / "saved.tar.gz").stat().st_mode & 0o077 == 0
    code, _, _ = run("restore", tmp_path / "saved.tar.gz", tmp_path / "elsewhere")
    assert code == 0
    restored = load(tmp_path / "elsewhere")
    assert restored.secret == desk.course.secret
    assert totals(restored, STEM) == totals(desk.course, STEM)
    left_out = {".autograder/grading.lock", "gradebook.db"}
    names = {_name(path, desk.course.root) for path in desk.course.root.rglob("*")} - left_out
    for name in names:
        one, other = desk.course.root / name, restored.root / name
        assert one.is_dir() == other.is_dir() and one.is_symlink() == other.is_symlink(), name
        assert one.lstat().st_mode == other.lstat().st_mode, name
        assert not one.is_file() or one.read_bytes() == other.read_bytes(), name


def _name(path, root) -> str:
    return path.relative_to(root).as_posix()


def test_is_a_directory_that_is_taken_left_alone(desk, run, tmp_path):
    desk("backup", "--output", tmp_path / "saved.tar.gz")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine").write_text("mine")
    code, _, err = run("restore", tmp_path / "saved.tar.gz", tmp_path / "taken")
    assert code == 1 and "not empty" in err
    assert [each.name for each in (tmp_path / "taken").iterdir()] == ["mine"]


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b\x08\x00"])
def test_is_what_is_no_backup_refused_and_nothing_left(run, tmp_path, content):
    (tmp_path / "saved.tar.gz").write_bytes(content)
    code, _, err = run("restore", tmp_path / "saved.tar.gz", tmp_path / "new")
    assert code == 1 and "saved.tar.gz" in err and "Traceback" not in err
    assert [each.name for each in tmp_path.iterdir()] == ["saved.tar.gz"]


def test_is_nothing_left_of_a_forgotten_student(desk):
    root = desk.course.root
    for place in ("reports", "answers", "earlier"):
        write_submission(root / ".autograder" / place / STEM / "ada.json")
    write_submission(root / ".autograder" / "earlier" / STEM / "ada" / "a1b2" / "old.ipynb")
    write_submission(root / ".autograder" / "pushed" / "canvas-1-2.json", '{"4711": "x", "9": "y"}')
    write_submission(root / "feedback" / "ada" / STEM / f"{STEM}.html", "Ada Lovelace")
    write_submission(root / "class list.txt", "Lovelace, Ada and Ada Lovelace")
    code, out, _ = desk("forget", "ada", "--yes")
    assert code == 0 and "class list.txt" in out
    mentioned = [
        _name(path, root)
        for path in root.rglob("*")
        if path.is_file() and any(word in path.read_bytes() for word in (b"Lovelace", b"4711"))
    ]
    assert mentioned == ["class list.txt"]
    assert not [path for path in root.rglob("*ada*") if path.stem == "ada"]
    assert [each.student for each in totals(desk.course, STEM)] == ["bob", "eve"]
    assert desk("forget", "ada", "--yes")[0] == 1


def test_is_all_that_is_known_of_a_student_in_one_zip(desk, tmp_path):
    target = tmp_path / "ada.zip"
    code, _, _ = desk("export-data", "ada", "--output", target)
    with zipfile.ZipFile(target) as made:
        rows = json.loads(made.read("gradebook.json"))
        names = made.namelist()
    assert code == 0
    assert rows["email"] == "ada@example.org" and rows["weeks"][STEM]["points"] == 3.0
    assert f"submitted/ada/{STEM}/{STEM}.ipynb" in names
    assert not any("bob" in name for name in names)
    assert desk("export-data", "ada", "--output", target)[0] == 1
    assert desk("export-data", "nobody", "--output", tmp_path / "nobody.zip")[0] == 1


def test_does_every_question_wait_for_a_yes(desk, monkeypatch):
    monkeypatch.setattr("typer.confirm", lambda text: False)
    for command in (("forget", "ada"), ("roster", "remove", "ada")):
        assert desk(*command)[0] == 1
    assert [each.student for each in totals(desk.course, STEM)] == ["ada", "bob", "eve"]
