"""What an instructor does in a term, by commands in a course, and what everybody then has."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from autograder.cli import demo
from autograder.cli.main import app
from autograder.course import directory
from autograder.errors import AutograderError
from autograder.gradebook.totals import totals
from tests.command import autograder

STEM = demo.STEM


def command(root: Path, *words: str, code: int = 0) -> str:
    """Run a command in a course; what it printed, or the error that ended it."""
    try:
        return " ".join(autograder(root, *words, codes=[code]).split())
    except AutograderError as error:
        assert code == 1, error
        return str(error)


def graded(root: Path, *words: str, code: int = 0) -> dict[str, dict[str, Any]]:
    """Grade week 06; the reports by student, as `--json` prints them."""
    done = CliRunner().invoke(app, ["grade", "6", "--json", "--course", str(root), *words])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == code, done.output
    return {each["student"]: each for each in json.loads(done.stdout)["submissions"]}


def edit(root: Path, change: Callable[[str, Any], None], step: str = "source") -> Path:
    """Change graded cells of a notebook of week 06: `change` gets a name and a cell."""
    path = directory.load(root).notebook(step, STEM)
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        change(cell.metadata.get("nbgrader", {}).get("grade_id", cell.id), cell)
    nbformat.write(notebook, path)
    return path


def worth(**points: float) -> Callable[[str, Any], None]:
    """An edit that gives questions other points."""

    def change(name: str, cell: Any) -> None:
        if name in points and cell.metadata.nbgrader.get("grade"):
            cell.metadata.nbgrader.points = points[name]

    return change


def grades(root: Path, student: str) -> dict[str, Any]:
    """A student's rows in the gradebook, by cell."""
    course = directory.load(root)
    with Gradebook(course.db_url, course.course_id) as gradebook:
        notebook = gradebook.find_submission_notebook(STEM, STEM, student)
        return {
            grade.name: {
                "auto": grade.auto_score,
                "manual": grade.manual_score,
                "waits": grade.needs_manual_grade,
                "worth": grade.max_score,
            }
            for grade in notebook.grades
        }


def grade_by_hand(root: Path, student: str, cell: str, score: float) -> None:
    """What a person saves in the formgrader."""
    course = directory.load(root)
    with Gradebook(course.db_url, course.course_id) as gradebook:
        notebook = gradebook.find_submission_notebook(STEM, STEM, student)
        (grade,) = [each for each in notebook.grades if each.name == cell]
        grade.manual_score, grade.needs_manual_grade = score, False
        gradebook.db.commit()


def shares(root: Path) -> dict[str, float]:
    """Every student's share of the week's points, as exporters read it."""
    found = totals(directory.load(root), STEM)
    return {
        each.student: each.points / each.max_points for each in found if each.points is not None
    }


def page(root: Path, student: str) -> str:
    """A student's feedback page."""
    path = root / "feedback" / student / STEM / f"{STEM}.html"
    return path.read_text(encoding="utf-8")
