"""Does a week that is worth 0 points go all the way, and still tell right from wrong?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder.course import directory
from autograder.course.directory import Course, run_converter
from autograder.feedback.pages import generate_feedback
from autograder.grading import grade_class, single_notebook
from autograder.grading.assignment import load_assignment
from autograder.questions import catalogue
from autograder.records import Outcome
from autograder.release import generate
from tests.conftest import EXHAUSTIVE, source
from tests.gradebook.test_bulk import execute
from tests.test_validate import validate

STEM = "week00_start"
WRONG = 'def greet_robot(name):\n    return "Hello, {name}. Do you see a cat?"'

pytestmark = [
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.bubblewrap,
    pytest.mark.slow,
]


def mistaken() -> Any:
    """The solution, with a mistake in its only function."""
    notebook = nbformat.from_dict(source(STEM))
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "solution-greet_robot":
            cell.source = WRONG
    return notebook


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Week 00 released, with a right, a wrong and an untouched notebook handed in."""
    opened = directory.init(tmp_path_factory.mktemp("courses") / "practice")
    released = generate.release(opened, catalogue.week(STEM))
    untouched = nbformat.read(released, as_version=4)
    for student, notebook in {"ann": source(STEM), "bob": mistaken(), "cem": untouched}.items():
        path = opened.notebook("submitted", STEM, student)
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    return opened


def rows(opened: Course) -> list[Any]:
    return execute(
        opened,
        "SELECT g.auto_score, c.max_score, g.needs_manual_grade FROM grade g "
        "JOIN base_cell b ON b.id = g.cell_id JOIN grade_cells c ON c.id = b.id",
    )


def test_is_it_graded_by_outcome(practice):
    assignment = load_assignment(practice, "week00")
    reports = {
        report.student: report
        for report in grade_class.grade_course(
            practice, assignment, grade_class.submissions(practice, assignment), workers=1
        )
    }
    assert reports["ann"].right and not reports["bob"].right and not reports["cem"].right
    greeted = {name: report.verdicts[0] for name, report in reports.items()}
    assert greeted["bob"].mistake == "braces-without-f"
    assert greeted["cem"].outcome is Outcome.NOT_ATTEMPTED
    assert {verdict.points for verdict in greeted.values()} == {0.0}
    assert set(rows(practice)) == {(0.0, 0.0, 0)}
    pages = {page.parts[-3]: page.read_text() for page in generate_feedback(practice, STEM)}
    assert "✓ greet_robot · 0 of 0 points" in pages["ann"]
    assert "△ greet_robot · 0 of 0 points · braces-without-f" in pages["bob"]


def test_does_nbgrader_grade_it_too(practice):
    from nbgrader.converters import Autograde

    run_converter(Autograde, practice.config, STEM)
    assert set(rows(practice)) == {(0.0, 0.0, 0)}


def test_does_check_tell_right_from_wrong(tmp_path: Path):
    nbformat.write(mistaken(), tmp_path / f"{STEM}.ipynb")
    report = single_notebook.check_file(tmp_path / f"{STEM}.ipynb", "bubblewrap")
    assert report.points == report.max_points == 0 and not report.right


@pytest.mark.slow
@pytest.mark.skipif(not EXHAUSTIVE, reason="here `test_validate` asks it of another week")
def test_does_validate_tell_right_from_wrong(tmp_path: Path):
    path = tmp_path / f"{STEM}.ipynb"
    nbformat.write(source(STEM), path)
    assert "Success! Your notebook passes all the tests." in validate(path)
    nbformat.write(mistaken(), path)
    assert "greet_robot · 0 of 3 public cases · braces-without-f" in validate(path)
