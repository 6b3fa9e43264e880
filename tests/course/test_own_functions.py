"""Can students build on their own functions of earlier weeks, without losing points again?"""

from __future__ import annotations

import ast
import shutil

import nbformat
import pytest

from autograder.course import directory, own_functions
from autograder.errors import CourseError
from autograder.grading import grade_class, pipeline
from autograder.grading.assignment import load_assignment
from autograder.questions import catalogue
from autograder.records import Outcome
from autograder.release import generate
from autograder.sandbox.session import Sandbox

STEM = "week06_backpropagation"


@pytest.fixture
def opened(fresh_course):
    opened = directory.load(fresh_course)
    generate.release(opened, catalogue.week("week06"), own=True)
    return opened


def reports(opened, own_file):
    """The report on the lesson's own solution, submitted with this file of the student's."""
    folder = opened.folder("submitted", STEM, "ada")
    folder.mkdir(parents=True)
    shutil.copy(opened.notebook("source", STEM), folder)
    if own_file is not None:
        (folder / own_functions.FILE).write_text(own_file)
    assignment = load_assignment(opened, "week06")
    (submission,) = grade_class.submissions(opened, assignment)
    with Sandbox(limits=assignment.limits(), libraries=assignment.libraries) as sandbox:
        return pipeline.grade(submission, assignment, sandbox)


def test_do_students_receive_the_names_and_not_the_code(opened):
    released = opened.notebook("release", STEM)
    text = released.with_name(own_functions.FILE).read_text()
    full = opened.notebook("source", STEM).with_name(own_functions.FILE).read_text()
    assert own_functions.names(text) == own_functions.names(full)
    assert "softmax" in own_functions.names(text)
    functions = [each for each in ast.parse(text).body if isinstance(each, ast.FunctionDef)]
    assert all(ast.unparse(each.body[-1]) == "raise NotImplementedError" for each in functions)
    assert all(map(ast.get_docstring, functions))
    cells = {cell.id: cell for cell in nbformat.read(released, as_version=4).cells}
    assert cells[own_functions.CELL].source.startswith("from earlier_weeks import sigmoid, ")
    assert cells[own_functions.CELL].metadata.nbgrader.locked


@pytest.mark.bubblewrap
def test_does_a_right_file_of_ones_own_score_full_marks(opened):
    full = opened.notebook("source", STEM).with_name(own_functions.FILE).read_text()
    report = reports(opened, full)
    assert report.points == report.max_points
    assert all("follow-through" not in verdict.message for verdict in report.verdicts)


@pytest.mark.bubblewrap
def test_does_an_old_error_cost_no_new_points(opened):
    full = opened.notebook("source", STEM).with_name(own_functions.FILE).read_text()
    wrong = full.replace("np.maximum(z, 0)", "np.minimum(z, 0)")
    assert wrong != full
    report = reports(opened, wrong)
    assert report.points == report.max_points
    carried = [v for v in report.verdicts if "follow-through" in v.message]
    assert "mlp_loss_and_grads" in [verdict.question for verdict in carried]
    assert all("The first error is in sigmoid, tanh, relu" in v.message for v in carried)


@pytest.mark.bubblewrap
def test_does_a_missing_file_cost_no_new_points(opened):
    report = reports(opened, None)
    assert report.points == report.max_points
    assert {verdict.outcome for verdict in report.verdicts} == {Outcome.RIGHT}


def test_is_a_link_or_a_huge_file_left_alone(tmp_path):
    (tmp_path / "another.py").write_text("x = 1")
    (tmp_path / own_functions.FILE).symlink_to(tmp_path / "another.py")
    assert own_functions.handed_in(tmp_path) == {}
    (tmp_path / own_functions.FILE).unlink()
    (tmp_path / own_functions.FILE).write_text("#" * (own_functions.MAX_BYTES + 1))
    assert own_functions.handed_in(tmp_path) == {}


def test_is_a_week_without_earlier_functions_refused(opened):
    with pytest.raises(CourseError, match="release it without --own"):
        generate.release(opened, catalogue.week("week01"), own=True)


def test_does_the_cell_keep_what_else_it_defines():
    """Week 08 has a table of functions, which students do not write."""
    cell = nbformat.v4.new_code_cell(
        "# From earlier weeks.\ndef relu(z):\n    return z\n\n\nBENDS = {\n    'relu': relu,\n}\n",
        id=own_functions.CELL,
    )
    notebook = nbformat.v4.new_notebook(cells=[cell])
    text = own_functions.leave_to_students(notebook, "week08")
    assert own_functions.names(text) == ["relu"]
    assert cell.source == ("from earlier_weeks import relu\n\nBENDS = {\n    'relu': relu,\n}")
