"""Do an instructor's own cells count by nbgrader's rule, beside the package's questions?"""

from __future__ import annotations

import sqlite3
from contextlib import closing

import nbformat
import pytest

from autograder.cli import demo
from autograder.course.directory import load, run_converter
from autograder.gradebook.by_hand import by_hand
from tests.cli.conftest import run  # noqa: F401
from tests.submissions import write_submission

STEM = demo.STEM
TEST = """\
assert relu_backward(np.ones(1), np.ones(1)) == 1.0
### BEGIN HIDDEN TESTS
assert (slope_at == 2.0) and open("table.csv").read() == "1,2"
### END HIDDEN TESTS"""


def own(name: str, kind: str, source: str, points: float, *, solution: bool, task: bool = False):
    stamp = {
        "grade_id": name,
        "grade": not task,
        "solution": solution,
        "locked": not solution,
        "points": points,
        "schema_version": 3,
        "task": task,
    }
    cell = {"id": name, "cell_type": kind, "metadata": {"nbgrader": stamp}, "source": source}
    return nbformat.from_dict(
        cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})
    )


@pytest.fixture
def with_own_cells(fresh_course):
    """Week 06 with a test, an answer graded by hand, and a task, all of the instructor's own."""
    from nbgrader.converters import GenerateAssignment

    course = load(fresh_course)
    path = course.notebook("source", STEM)
    notebook = nbformat.read(path, as_version=4)
    answer = "### BEGIN SOLUTION\nslope_at = 2.0\n### END SOLUTION"
    stamp = {"grade_id": "slope_at", "grade": False, "solution": True, "locked": False}
    solution = own("slope_at", "code", answer, 0, solution=True)
    solution.metadata.nbgrader = nbformat.from_dict(stamp | {"schema_version": 3, "task": False})
    notebook.cells += [
        solution,
        own("my_test", "code", TEST, 4, solution=False),
        own("my_words", "markdown", "In words?", 3, solution=True),
        own("my_task", "markdown", "Draw it.", 2, solution=False, task=True),
    ]
    nbformat.write(notebook, path)
    path.with_name("table.csv").write_text("1,2")
    run_converter(GenerateAssignment, course.config, STEM)
    return course


def rows(course) -> dict[tuple[str, str], tuple[float | None, int]]:
    query = """
        select submitted_assignment.student_id, base_cell.name,
               grade.auto_score, grade.needs_manual_grade
        from grade join base_cell on base_cell.id = grade.cell_id
        join submitted_notebook on submitted_notebook.id = grade.notebook_id
        join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
    """
    with closing(sqlite3.connect(course.root / "gradebook.db")) as database:
        return {row[:2]: row[2:] for row in database.execute(query)}


def handed_in(course, student: str, slope: str) -> None:
    """The solution of the week, with this answer to the instructor's own question."""
    notebook = nbformat.read(course.notebook("source", STEM), as_version=4)
    released = nbformat.read(course.notebook("release", STEM), as_version=4)
    hidden = {cell.id: cell.source for cell in released.cells}
    for cell in notebook.cells:
        if cell.id == "slope_at":
            cell.source = f"slope_at = {slope}"
        elif cell.id.startswith("my_"):
            cell.source = hidden[cell.id]
    assert "HIDDEN" not in hidden["my_test"]
    folder = course.folder("submitted", STEM, student)
    write_submission(folder / f"{STEM}.ipynb", nbformat.writes(notebook).encode())


@pytest.mark.bubblewrap
def test_are_both_kinds_of_cells_scored_and_kept(with_own_cells, run):  # noqa: F811
    course = with_own_cells
    handed_in(course, "right", "2.0")
    handed_in(course, "wrong", "3.0")
    code, out, _ = run("grade", "week06", "--course", course.root)
    assert code == 0 and "84/84" in out and "80/84" in out
    found = rows(course)
    assert found["right", "my_test"] == (4.0, 0)
    assert found["wrong", "my_test"] == (0.0, 0)
    assert found["right", "relu_backward"] == found["wrong", "relu_backward"]
    assert found["right", "relu_backward"][0] > 0
    for name in ("my_words", "my_task"):
        assert found["right", name][1] == (0 if name == "my_words" else 1)
    # What a comment in the LMS says of grades by hand knows the task too.
    assert "my_task" in [part.name for part in by_hand(course, STEM)["right"].parts]
    _, out, _ = run("grade", "week06", "--course", course.root)
    assert "2 had been graded before and are unchanged" in out
    code, _, _ = run("feedback", "week06", "--course", course.root)
    page = (course.root / "feedback" / "wrong" / STEM / f"{STEM}.html").read_text()
    assert code == 0 and "AssertionError" in page and 'id="question-my_task"' in page


@pytest.mark.bubblewrap
def test_are_other_points_of_a_test_rescaled_without_a_run(with_own_cells, run):  # noqa: F811
    from nbgrader.converters import GenerateAssignment

    course = with_own_cells
    handed_in(course, "right", "2.0")
    run("grade", "week06", "--course", course.root)
    path = course.notebook("source", STEM)
    notebook = nbformat.read(path, as_version=4)
    (test,) = (cell for cell in notebook.cells if cell.id == "my_test")
    test.metadata.nbgrader.points = 10
    nbformat.write(notebook, path)
    run_converter(GenerateAssignment, course.config, STEM)
    _, out, _ = run("grade", "week06", "--course", course.root)
    assert "90/90" in out and "0 were run" in out
    assert rows(course)["right", "my_test"] == (10.0, 0)
