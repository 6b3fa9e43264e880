"""Can a course let one network grow through the term, out of the students' own functions?"""

from __future__ import annotations

import ast
import shutil

import nbformat
import pytest

from autograder import course, earlier, grading, pipeline, release
from autograder.assignment import load_assignment
from autograder.errors import CourseError
from autograder.questions import catalogue
from autograder.records import Outcome
from autograder.sandbox.session import Sandbox
from autograder.sandbox.view import isolation_available

STEM = "week06_backpropagation"
with_bubblewrap = pytest.mark.skipif(
    isolation_available() != "bubblewrap", reason=isolation_available()
)


@pytest.fixture
def opened(fresh_course):
    opened = course.load(fresh_course)
    release.release(opened, catalogue.week("week06"), own=True)
    return opened


def reports(opened, own_file):
    """The report on the lesson's own solution, beside which stands this file of the student's."""
    folder = opened.folder("submitted", STEM, "ada")
    folder.mkdir(parents=True)
    shutil.copy(opened.notebook("source", STEM), folder)
    if own_file is not None:
        (folder / earlier.FILE).write_text(own_file)
    assignment = load_assignment(opened, "week06")
    (submission,) = grading.submissions(opened, assignment)
    with Sandbox(limits=assignment.limits(), flavour=assignment.flavour) as sandbox:
        return pipeline.grade(submission, assignment, sandbox)


def test_do_students_receive_the_names_and_not_the_code(opened):
    released = opened.notebook("release", STEM)
    text = released.with_name(earlier.FILE).read_text()
    full = opened.notebook("source", STEM).with_name(earlier.FILE).read_text()
    assert earlier.names(text) == earlier.names(full)
    assert "softmax" in earlier.names(text)
    functions = [each for each in ast.parse(text).body if isinstance(each, ast.FunctionDef)]
    assert all(ast.unparse(each.body[-1]) == "raise NotImplementedError" for each in functions)
    assert all(map(ast.get_docstring, functions))
    cells = {cell.id: cell for cell in nbformat.read(released, as_version=4).cells}
    assert cells[earlier.CELL].source.startswith("from earlier_weeks import sigmoid, ")
    assert cells[earlier.CELL].metadata.nbgrader.locked


@with_bubblewrap
def test_does_a_right_file_of_ones_own_score_full_marks(opened):
    full = opened.notebook("source", STEM).with_name(earlier.FILE).read_text()
    report = reports(opened, full)
    assert report.points == report.max_points
    assert all("follow-through" not in verdict.message for verdict in report.verdicts)


@with_bubblewrap
def test_does_an_old_error_cost_no_new_points(opened):
    full = opened.notebook("source", STEM).with_name(earlier.FILE).read_text()
    wrong = full.replace("np.maximum(z, 0)", "np.minimum(z, 0)")
    assert wrong != full
    report = reports(opened, wrong)
    assert report.points == report.max_points
    carried = [v for v in report.verdicts if "follow-through" in v.message]
    assert "mlp_loss_and_grads" in [verdict.question for verdict in carried]
    assert all("The first error is in sigmoid, tanh, relu" in v.message for v in carried)


@with_bubblewrap
def test_does_a_missing_file_cost_no_new_points(opened):
    report = reports(opened, None)
    assert report.points == report.max_points
    assert {verdict.outcome for verdict in report.verdicts} == {Outcome.RIGHT}


def test_is_a_link_or_a_huge_file_left_alone(tmp_path):
    (tmp_path / "another.py").write_text("x = 1")
    (tmp_path / earlier.FILE).symlink_to(tmp_path / "another.py")
    assert earlier.handed_in(tmp_path) == {}
    (tmp_path / earlier.FILE).unlink()
    (tmp_path / earlier.FILE).write_text("#" * (earlier.MAX_BYTES + 1))
    assert earlier.handed_in(tmp_path) == {}


def test_is_a_week_without_earlier_functions_refused(opened):
    with pytest.raises(CourseError, match="release it without --own"):
        release.release(opened, catalogue.week("week01"), own=True)
