"""Do nbgrader's own commands grade calmly what stops them in a plain course?"""

from __future__ import annotations

import json

import nbformat
import pytest

from autograder.course.directory import run_converter
from autograder.errors import CourseError
from autograder.feedback.pages import generate_feedback
from autograder.gradebook.outputs import write_outputs
from autograder.grading import single_notebook
from autograder.records import Outcome, Report, Verdict
from tests.conftest import source
from tests.gradebook.test_bulk import STEM, execute
from tests.submissions import write_submission
from tests.tiny_course import course

__all__ = ["course"]

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


@pytest.fixture
def full_marks(monkeypatch):
    """In place of the sandbox: every check scores 2 points."""

    def graded(notebook, root, week, student):
        verdicts = tuple(
            Verdict(name, 2.0, 4.0, Outcome.VALUES, f"{name} · 2 of 4 points")
            for name in ("relu", "best_bend")
        )
        report = Report(student, week, verdicts, notebook)
        write_outputs(notebook, report)
        return report

    monkeypatch.setattr(single_notebook, "grade_for_nbgrader", graded)


def autograde(course):
    from nbgrader.converters import Autograde

    run_converter(Autograde, course.config, STEM)


def scores(course):
    rows = execute(course, "SELECT student_id, score FROM (" + SCORES + ")")
    return dict(rows)


SCORES = """
    SELECT a.student_id, SUM(g.auto_score) AS score FROM grade g
    JOIN submitted_notebook s ON s.id = g.notebook_id
    JOIN submitted_assignment a ON a.id = s.assignment_id GROUP BY a.student_id
"""


@pytest.mark.slow
def test_does_no_submission_stop_the_batch(course, full_marks):
    released = nbformat.read(course.notebook("release", STEM), as_version=4)
    twice = nbformat.from_dict(released)
    twice.cells.append(nbformat.from_dict(twice.cells[6] | {"id": "copy"}))
    forged = nbformat.from_dict(released)
    forged.cells[6].metadata.nbgrader |= {"schema_version": 99, "points": 400}
    pretended = nbformat.from_dict(forged)
    pretended.cells[0] |= {"id": "unreadable", "metadata": {"autograder": {"unreadable": "no"}}}
    files = {
        "a-corrupt": "<<<<<<< HEAD",
        "b-duplicate": twice,
        "c-forged": forged,
        "d-empty": nbformat.v4.new_notebook(),
        "e-old": json.dumps({"nbformat": 2, "worksheets": []}),
        "f-pretended": pretended,
        "g-fine": released,
    }
    for student, content in files.items():
        write_submission(course.notebook("submitted", STEM, student), content)
    autograde(course)
    assert scores(course) == {
        "a-corrupt": 0.0,
        "b-duplicate": 4.0,
        "c-forged": 4.0,
        "d-empty": 4.0,
        "e-old": 4.0,
        "f-pretended": 4.0,
        "g-fine": 4.0,
    }


def test_does_nbgrader_read_and_refuse_what_grade_does(course, full_marks):
    released = nbformat.read(course.notebook("release", STEM), as_version=4)
    files = {
        "a-utf-16": nbformat.writes(released).encode("utf-16"),
        "b-a-brace-too-many": nbformat.writes(released).encode() + b"}",
        "c-another-week": source("week07_sgd"),
    }
    for student, content in files.items():
        write_submission(course.notebook("submitted", STEM, student), content)
    autograde(course)
    assert scores(course) == {"a-utf-16": 4.0, "b-a-brace-too-many": 4.0, "c-another-week": 0.0}
    *_, page = generate_feedback(course, STEM)
    assert "This is the notebook of week 07, not of week 99." in page.read_text()


def test_does_feedback_show_the_message_and_the_reason(course, full_marks):
    released = nbformat.read(course.notebook("release", STEM), as_version=4)
    write_submission(course.notebook("submitted", STEM, "ann"), released)
    write_submission(course.notebook("submitted", STEM, "bob"), "not a notebook")
    autograde(course)
    ann, bob = generate_feedback(course, STEM)
    assert ann == course.root / "feedback" / "ann" / STEM / f"{STEM}.html"
    assert "relu · 2 of 4 points" in ann.read_text()
    assert "does not begin as one" in bob.read_text()


@pytest.mark.slow
def test_is_nbgraders_own_feedback_the_same_page(course, full_marks):
    """Formgrader's button runs the same. Courses made before still get nbgrader's page."""
    from nbgrader.converters import GenerateFeedback

    released = nbformat.read(course.notebook("release", STEM), as_version=4)
    for student in ("ann", "bob"):
        write_submission(course.notebook("submitted", STEM, student), released)
    autograde(course)
    pages = generate_feedback(course, STEM)
    ours = [page.read_text() for page in pages]
    run_converter(GenerateFeedback, course.config, STEM)
    assert [page.read_text() for page in pages] == ours
    del course.config.GenerateFeedback["exporter_class"]
    run_converter(GenerateFeedback, course.config, STEM)
    assert all("relu · 2 of 4 points" in page.read_text() for page in pages)
    assert [page.read_text() for page in pages] != ours


def test_is_feedback_before_grading_told(course):
    with pytest.raises(CourseError, match="run `autograder grade week99`"):
        generate_feedback(course, STEM)


def test_is_an_answer_below_its_question_left_to_a_person(course, full_marks):
    released = nbformat.read(course.notebook("release", STEM), as_version=4)
    write_submission(course.notebook("submitted", STEM, "ann"), released)
    released.cells.append(nbformat.v4.new_markdown_cell("Without bends it is one linear map."))
    write_submission(course.notebook("submitted", STEM, "bob"), released)
    autograde(course)
    found = execute(
        course,
        f"SELECT student_id, g.auto_score, g.needs_manual_grade FROM ({GRADES}) AS g "
        "WHERE g.name = 'why_bends' ORDER BY student_id",
    )
    assert found == [("ann", 0.0, 0), ("bob", None, 1)]


GRADES = """
    SELECT a.student_id, c.name, g.auto_score, g.needs_manual_grade FROM grade g
    JOIN base_cell c ON c.id = g.cell_id JOIN submitted_notebook s ON s.id = g.notebook_id
    JOIN submitted_assignment a ON a.id = s.assignment_id
"""
