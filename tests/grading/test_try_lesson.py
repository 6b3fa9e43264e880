"""Is a lesson tried as a submission before students get it?"""

from __future__ import annotations

import nbformat
import pytest

from autograder.grading.try_lesson import try_lesson
from autograder.questions import catalogue
from autograder.release.generate import make_assignment
from autograder.release.lesson import source_notebook
from autograder.release.validate import validate
from tests.own_weeks import LESSON, write_week

SECRET = b"secret"


@pytest.fixture
def tried(tmp_path):
    def of(lesson=LESSON):
        folder = write_week(tmp_path / "weeks", lesson=lesson)
        catalogue.use(tmp_path / "weeks")
        week = catalogue.week("16")
        validate(week, SECRET, tmp_path / "hidden.npz")
        (tmp_path / "solutions").mkdir(exist_ok=True)
        (tmp_path / "solutions" / f"{folder.name}.py").write_text(lesson)
        released = nbformat.read(make_assignment(tmp_path, week), as_version=4)
        solved = source_notebook(week.lesson, week.points_by_name, week.answer_cells)
        return try_lesson(week, solved, released, SECRET, tmp_path / "hidden.npz", "process")

    yield of
    catalogue.use(None)


@pytest.mark.slow
def test_is_nothing_wrong_with_a_right_lesson(tried):
    assert tried() == {}


@pytest.mark.slow
def test_is_a_solution_told_that_students_receive(tried):
    shown = "    if len(X):\n        return X / 2\n    ### BEGIN SOLUTION\n"
    (told,) = tried(LESSON.replace("    ### BEGIN SOLUTION\n", shown))["halve"]
    assert told.startswith("the notebook as students receive it earns 10 points")


@pytest.mark.slow
def test_is_a_cell_told_that_fails_in_the_sandbox(tried):
    found = tried(LESSON.replace("# %% solution", "# %%\nopen('my.csv')\n\n# %% solution"))
    assert "of the lesson raises FileNotFoundError" in found[""][0]
