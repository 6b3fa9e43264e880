"""Does a lesson get nbgrader's metadata, and does its author read what is wrong with it?"""

from __future__ import annotations

import re

import nbformat
import pytest

from autograder.errors import QuestionError
from autograder.release.lesson import source_notebook
from tests.tiny_course import LESSON, POINTS, TINY_WEEK, write_lesson

CELL = '# %% solution="{0}"\n### BEGIN SOLUTION\n{0} = 1\n### END SOLUTION\n'
CHECK = '# %% check="{0}"\ncheck("{0}")\n'


def lesson(folder, text):
    return write_lesson(folder, text) / f"{TINY_WEEK.stem}.py"


def test_are_nbgraders_metadata_and_points_stamped(tmp_path):
    notebook = source_notebook(lesson(tmp_path, LESSON), POINTS)
    nbformat.validate(notebook)
    stamps = {cell.id: cell.metadata.get("nbgrader") for cell in notebook.cells}
    assert list(stamps) == [
        *("install_checks", "text-1", "setup", "text-2", "solution-relu", "text-3", "relu"),
        "experiment-1",
        *("solution-best_bend", "best_bend", "why_bends"),
    ]
    assert stamps["relu"] == {
        "schema_version": 3,
        "grade_id": "relu",
        "grade": True,
        "solution": False,
        "locked": True,
        "points": 4.0,
    }
    assert "points" not in stamps["solution-relu"] and stamps["why_bends"]["points"] == 10.0


WRONG_LESSONS = {
    "unknown question": (LESSON + CELL.format("gelu"), "solution='gelu' is not a question"),
    "unknown written": (LESSON.replace('"why_bends"', '"why"'), "written='why' is not a question"),
    "no check": (LESSON.replace(CHECK.format("relu"), ""), "relu has no check cell"),
    "no solution": (re.sub(r"# %% solution=\"relu(.|\n)*?\n\n", "", LESSON), "no solution cell"),
    "check first": (CHECK.format("relu") + LESSON.replace(CHECK.format("relu"), ""), "swap"),
    "two solutions": (LESSON + CELL.format("relu"), '2 cells are marked solution="relu"'),
    "two checks": (LESSON + CHECK.format("relu"), '2 cells are marked check="relu"'),
    "two setups": (LESSON + '# %% locked="setup"\nx = 1\n', '2 cells are marked locked="setup"'),
    "clash": (
        LESSON + '# %% locked="relu"\nx = 1\n',
        "the name of a locked cell and of a question",
    ),
    "wrong check": (
        LESSON.replace('check("relu")\n\n', 'check("tanh")\n\n'),
        'expected check("relu")',
    ),
    "two markers": (LESSON.replace('check="relu"', 'check="relu" locked="a"'), "one marker"),
    "experiment": (
        LESSON.replace('# %% check="relu"', '# %% tags=["experiment"]\n1\n\n# %% check="relu"'),
        "between the solution of relu and its check",
    ),
    "markdown check": (
        LESSON.replace('%% check="relu"', '%% [markdown] check="relu"'),
        "code cell",
    ),
    "code written": (LESSON.replace("[markdown] written", "written"), "expected a markdown cell"),
    "no solution marks": (LESSON.replace("    ### BEGIN SOLUTION\n", "", 1), "BEGIN SOLUTION"),
    "odd name": (LESSON.replace('locked="setup"', "locked=1"), "expected a name"),
}


@pytest.mark.parametrize(("text", "reason"), WRONG_LESSONS.values(), ids=WRONG_LESSONS)
def test_does_the_author_read_what_is_wrong_with_a_lesson(tmp_path, text, reason):
    with pytest.raises(QuestionError) as caught:
        source_notebook(lesson(tmp_path, text), POINTS)
    assert reason in str(caught.value)
    assert str(caught.value).startswith("week99_bends.py: ")
    assert "\n" not in str(caught.value)
