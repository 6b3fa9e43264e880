"""Is every exporter a command with its own options, and does the exit code say who is missing?"""

from __future__ import annotations

import csv
import io
import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.course.directory import init, load
from autograder.gradebook.bulk import BulkWriter
from autograder.questions import catalogue
from autograder.records import Outcome, Report, Verdict
from autograder.release import generate

STEM = "week06_backpropagation"
MODULE = '''
from typing import Annotated
import typer
from autograder.lms.exporter import Export

def export(weeks, *, greeting: Annotated[str, typer.Option(help="A word.")] = "hello"):
    """Write a list of names."""
    names = [total.student for week in weeks for total in week.totals]
    return Export({"names.txt": f"{greeting} {names}".encode(), "other.txt": b"beside"})

def clashing(weeks, *, output: str = ""):
    """Takes an option that all exporters have."""

def bare(weeks, *, word=""):
    """Does not say what its option is."""
'''


@pytest.fixture
def third_party(tmp_path, monkeypatch):
    """Another distribution with an exporter, as pip would leave it on sys.path."""
    site = tmp_path / "site"
    info = site / "their_lms-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "their_lms.py").write_text(MODULE)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: their-lms\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[autograder.exporters]\ntheirs = their_lms:export\n"
        "clashing = their_lms:clashing\nbare = their_lms:bare\n"
        "broken = their_lms:nothing\nabsent = no_such_module:export\nnumber = their_lms:__name__\n"
    )
    monkeypatch.syspath_prepend(site)
    yield site
    sys.modules.pop("their_lms", None)


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A course that has released week 06; its reference values are not needed here."""
    opened = init(tmp_path_factory.mktemp("courses") / "nn")
    generate.release(opened, catalogue.week("week06"))
    return opened.root


@pytest.fixture
def graded(released, tmp_path):
    """A course in which ada is graded to the end, bob waits for a person, eve did nothing."""
    opened = load(Path(shutil.copytree(released, tmp_path / "course")))
    questions = catalogue.week("week06").questions
    for student in ("ada", "bob"):
        folder = opened.folder("submitted", STEM, student)
        folder.mkdir(parents=True)
        (folder / "timestamp.txt").write_text("2026-10-02 12:00:00 UTC\n")
        notebook = nbformat.read(opened.notebook("source", STEM), as_version=4)
        verdicts = tuple(
            Verdict(name, item.points, item.points, Outcome.RIGHT, "")
            for name, item in questions.items()
        )
        with BulkWriter(opened, STEM) as writer:
            writer.write([Report(student, "week06", verdicts, notebook)])
    with Gradebook(opened.db_url, opened.course_id) as gradebook:
        gradebook.add_student("eve", first_name="=HYPERLINK(1)", last_name="O'Neil, Jr.")
        notebook = gradebook.find_submission_notebook(STEM, STEM, "ada")
        for grade in notebook.grades:
            if grade.needs_manual_grade:
                grade.manual_score, grade.needs_manual_grade = 8.0, False
        notebook.late_submission_penalty = 2.5
        gradebook.db.commit()
    return opened.root


def rows(path):
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


@pytest.mark.slow
def test_is_a_third_party_exporter_a_command_with_its_own_options(third_party, graded, run):
    code, out, _ = run("export", "--help")
    assert code == 0 and "Write a list of names." in out and "Cannot be loaded" in out
    output = graded / "list.txt"
    code, out, err = run(
        "export", "theirs", "6", "--course", graded, "--output", output, "--greeting", "hi"
    )
    assert (code, err) == (0, "")
    assert output.read_text() == "hi ['ada', 'eve']"
    assert (graded / "other.txt").read_text() == "beside"
    assert f"Wrote {output}" in out
    code, out, _ = run("export", "theirs", "--help")
    assert "--greeting" in out and "A word." in out and "--with-waiting" in out


def test_is_an_exporter_that_cannot_be_loaded_one_sentence(third_party, graded, run):
    for name, said in (
        ("broken", "their_lms:nothing) cannot be loaded: AttributeError"),
        ("absent", "cannot be loaded: ModuleNotFoundError"),
        ("clashing", "its parameter output should be keyword-only, annotated, and none of weeks,"),
        ("bare", "its parameter word should be"),
        ("number", "is str, expected a function"),
    ):
        code, _, err = run("export", name, "6", "--course", graded)
        assert code == 1 and said in err and "Traceback" not in err


def test_does_csv_hold_manual_grades_and_penalties_and_say_who_waits(graded, run):
    output = graded / "grades.csv"
    code, out, _ = run("export", "csv", "week06", "6", "--course", graded, "--output", output)
    assert code == 0
    assert "week06: 1 student (bob) left out until manual grading is done" in out
    found = {each["id"]: each for each in rows(output)}
    assert set(found) == {"ada", "eve"}
    automatic = sum(item.points for item in catalogue.week("week06").questions.values())
    assert float(found["ada"]["week06"]) == automatic + 8.0 - 2.5
    assert found["ada"]["week06 state"] == "graded"
    assert (found["eve"]["week06"], found["eve"]["week06 state"]) == ("", "not handed in")
    assert found["eve"]["first_name"] == "'=HYPERLINK(1)"
    assert found["eve"]["last_name"] == "O'Neil, Jr."
    code, out, _ = run(
        "export", "csv", "6", "--course", graded, "--output", output, "--with-waiting"
    )
    assert code == 0 and "week06: 1 student (bob) exported with the points so far" in out
    assert {each["id"]: each for each in rows(output)}["bob"]["week06 state"] == "waiting"


def test_does_canvas_end_with_3_where_a_grade_found_no_place(graded, run):
    template = graded / "gradebook.csv"
    template.write_text(
        "Student,ID,SIS Login ID,Section,Week 6 (42)\n    Points Possible,,,,100.00\nBob,1,bob,A,\n"
    )
    output = graded / "filled.csv"
    arguments = ("export", "canvas", "6", "--course", graded, "--output", output)
    code, out, _ = run(*arguments, "--template", template)
    assert code == 3
    assert "Has a grade, but was not found in Canvas: 1 student (ada)." in out
    assert output.read_bytes() == template.read_bytes()
    template.write_text(template.read_text() + "Ada,2,ada,A,\n")
    code, out, _ = run(*arguments, "--template", template)
    assert code == 0 and "Filled 'Week 6 (42)': 1 cell changed." in out
    code, _, err = run(*arguments)
    assert code == 1 and "canvas needs --template" in err


def test_is_nothing_written_where_the_column_is_not_certain(graded, run):
    """Neither the attendance of the week, nor one of other points, without being named."""
    template, output = graded / "gradebook.csv", graded / "asked.csv"
    for header, possible in (
        ("Attendance Week 6 (41),HW Backprop (42)", "5.00,100.00"),
        ("Attendance Week 6 (41),Labs (42)", "100.00,100.00"),
        ("Week 6 (42),Labs (43)", "5.00,100.00"),
    ):
        template.write_text(
            f"Student,ID,SIS Login ID,Section,{header}\n"
            f"    Points Possible,,,,{possible}\nAda,2,ada,A,,\nBob,1,bob,A,,\n"
        )
        arguments = ("export", "canvas", "6", "--course", graded, "--output", output)
        code, out, err = run(*arguments, "--template", template)
        assert (code, out) == (1, "") and "Next: name it with --column" in err
        assert not output.exists()
        code, _, _ = run(*arguments, "--template", template, "--column", "42")
        assert code == 0 and output.exists()
        output.unlink()


def test_is_a_week_that_is_not_released_one_sentence(released, run):
    code, _, err = run("export", "csv", "7", "--course", released)
    assert code == 1 and "run `autograder release week07`" in err
