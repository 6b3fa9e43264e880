"""Do courses made before version 2 still grade, with the names in their nbgrader_config.py?"""

from __future__ import annotations

import nbformat
import pytest
from nbgrader.converters import Autograde
from traitlets.utils.importstring import import_item

from autograder.course.directory import CONFIG_FILE, Course, load, run_converter
from autograder.gradebook import preprocessors
from autograder.gradebook.outputs import write_outputs
from autograder.gradebook.totals import totals
from autograder.grading import single_notebook
from autograder.records import Outcome, Report, Verdict
from tests.tiny_course import TINY_WEEK, course

__all__ = ["course"]
STEM = TINY_WEEK.stem
OLD, NEW = "autograder.gradebook.preprocessors", "autograder.grading.nbgrader_steps"

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


@pytest.fixture
def old_course(course: Course) -> Course:
    """A course whose configuration has the old names."""
    config = course.root / CONFIG_FILE
    text = config.read_text()
    for name in preprocessors.__all__:
        assert f"{NEW}.{name}" in text
        text = text.replace(f"{NEW}.{name}", f"{OLD}.{name}")
    config.write_text(text)
    return load(course.root)


def test_is_every_old_name_the_new_class():
    assert len(preprocessors.__all__) == 4
    for name in preprocessors.__all__:
        assert import_item(f"{OLD}.{name}") is import_item(f"{NEW}.{name}")


def test_does_nbgrader_grade_an_old_course(old_course, monkeypatch):
    def graded(notebook: nbformat.NotebookNode, root: object, week: str, student: str) -> Report:
        report = Report(
            student, week, (Verdict("relu", 3.0, 4.0, Outcome.VALUES, "relu"),), notebook
        )
        write_outputs(notebook, report)
        return report

    monkeypatch.setattr(single_notebook, "grade_for_nbgrader", graded)
    submitted = old_course.notebook("submitted", STEM, "ada")
    submitted.parent.mkdir(parents=True)
    submitted.write_bytes(old_course.notebook("release", STEM).read_bytes())
    run_converter(Autograde, old_course.config, STEM)
    (ada,) = totals(old_course, STEM)
    assert (ada.student, ada.points) == ("ada", 3.0)
