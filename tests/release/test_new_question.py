"""Is a new question written so that it fits its week, and an unusable one refused?"""

from __future__ import annotations

import ast
import re
import shutil

import pytest

from autograder.errors import CourseError, QuestionError
from autograder.questions import catalogue
from autograder.release.lesson import source_notebook
from autograder.release.new_question import write_question
from tests.conftest import REPOSITORY

QUESTIONS = "autograder/questions"


def copy_week(stem, root):
    """A folder with one week's questions and its lesson."""
    shutil.copytree(REPOSITORY / QUESTIONS / stem, root / QUESTIONS / stem)
    (root / "solutions").mkdir()
    shutil.copy(REPOSITORY / "solutions" / f"{stem}.py", root / "solutions")
    return root


def files(root):
    return {path: path.read_text() for path in root.rglob("*.py")}


@pytest.mark.parametrize("stem", catalogue.stems())
def test_do_the_cells_fit_into_every_weeks_lesson(stem, tmp_path):
    week = catalogue.week(stem)
    written = write_question(week, "new_one", copy_week(stem, tmp_path))
    points, answers = week.points_by_name | {"new_one": 0.0}, week.answer_cells
    before = source_notebook(REPOSITORY / "solutions" / f"{stem}.py", week.points_by_name, answers)
    after = source_notebook(written.lesson, points, answers)
    ids = [cell.id for cell in after.cells]
    place = ids.index("solution-new_one")
    assert ids[place + 1] == "new_one"
    assert after.cells[place + 1].source == 'check("new_one")'
    assert after.cells[place + 2].source.startswith("## ")
    # Nothing else has changed: where the new cells split a cell, both its parts are still there.
    rest = [cell.source for cell in after.cells if cell.id not in ids[place - 1 : place + 2]]
    assert "\n\n".join(rest) == "\n\n".join(cell.source for cell in before.cells)
    assert written.lesson.read_text().splitlines()[written.line - 1] == "# %% [markdown]"


@pytest.mark.parametrize("stem", catalogue.stems())
def test_does_the_question_come_before_the_self_check_in_parts(stem, tmp_path):
    write_question(catalogue.week(stem), "new_one", copy_week(stem, tmp_path))
    old, new = ((root / QUESTIONS / stem / "__init__.py") for root in (REPOSITORY, tmp_path))
    *others, last = parts(old.read_text())
    assert last == "self_check"
    assert parts(new.read_text()) == [*others, "new_one", last]
    removed = re.sub(r'"new_one",\s+', "", new.read_text())
    assert removed == old.read_text()


def parts(text):
    values = [node.value for node in ast.parse(text).body if "PARTS" in ast.unparse(node)]
    return list(ast.literal_eval(values[-1]))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("relu", "week02 already has a question called relu"),
        ("why_blame_is_cheap", "week06 already has a question called why_blame_is_cheap"),
        ("formulas", "formulas.py already exists"),
        ("dense_forward", "already has a question"),
        ("2x", "cannot be a question's name"),
        ("scale backward", "cannot be a question's name"),
        ("../scale", "cannot be a question's name"),
        ("Scale", "cannot be a question's name"),
        ("scale_", "cannot be a question's name"),
        ("scale\n", "cannot be a question's name"),
        ("", "cannot be a question's name"),
        ("class", "one of Python's own names"),
        ("sum", "one of Python's own names"),
        ("network_loss", "the lesson already defines network_loss"),
        ("plots", "the lesson already defines plots"),
    ],
)
def test_is_an_unusable_name_refused_and_nothing_written(name, words, tmp_path):
    root = copy_week("week06_backpropagation", tmp_path)
    before = files(root)
    with pytest.raises(QuestionError) as refused:
        write_question(catalogue.week("week06"), name, root)
    assert words in str(refused.value) and "\n" not in str(refused.value)
    assert files(root) == before


def test_is_a_second_question_of_the_same_name_refused(tmp_path):
    root = copy_week("week06_backpropagation", tmp_path)
    write_question(catalogue.week("week06"), "new_one", root)
    before = files(root)
    with pytest.raises(QuestionError, match="already exists"):
        write_question(catalogue.week("week06"), "new_one", root)
    assert files(root) == before


def test_is_a_missing_lesson_told(tmp_path):
    with pytest.raises(CourseError, match="checkout of the course's repository"):
        write_question(catalogue.week("week06"), "new_one", tmp_path)
