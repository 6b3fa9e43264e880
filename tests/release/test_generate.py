"""Does a lesson become what students receive, and is a wrong lesson told to its author?"""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from types import SimpleNamespace

import nbformat
import pytest

from autograder.errors import CourseError, QuestionError
from autograder.release.generate import make_assignment, release, source_notebook
from tests.tiny_course import LESSON, POINTS, TINY_WEEK, course, write_lesson

__all__ = ["course"]

# nbgrader's own, while it adds a submission.
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

CELL = '# %% solution="{0}"\n### BEGIN SOLUTION\n{0} = 1\n### END SOLUTION\n'
CHECK = '# %% check="{0}"\ncheck("{0}")\n'


def lesson(folder, text):
    return write_lesson(folder, text) / f"{TINY_WEEK.stem}.py"


def test_are_nbgraders_metadata_and_points_stamped(tmp_path):
    notebook = source_notebook(lesson(tmp_path, LESSON), POINTS)
    nbformat.validate(notebook)
    stamps = {cell.id: cell.metadata.get("nbgrader") for cell in notebook.cells}
    assert list(stamps) == [
        *("text-1", "setup", "text-2", "solution-relu", "text-3", "relu", "experiment-1"),
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


def test_do_students_receive_no_solution(tmp_path):
    write_lesson(tmp_path)
    path = make_assignment(tmp_path, TINY_WEEK)
    assert path == tmp_path / "assignments" / TINY_WEEK.stem / f"{TINY_WEEK.stem}.ipynb"
    cells = {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}
    assert cells["solution-relu"].source == (
        'def relu(z):\n    """max(z, 0), elementwise."""\n'
        "    raise NotImplementedError  # your code here"
    )
    assert cells["solution-best_bend"].source == (
        '# One of "a" and "b".\nbest_bend = ...  # your answer here'
    )
    assert cells["why_bends"].source.endswith("*Your answer here.*")
    assert "linear map" not in path.read_text() and "maximum" not in path.read_text()
    assert cells["relu"].metadata.editable is False


def test_do_equal_lessons_give_equal_bytes(tmp_path):
    write_lesson(tmp_path)
    first = make_assignment(tmp_path, TINY_WEEK).read_bytes()
    assert make_assignment(tmp_path, TINY_WEEK).read_bytes() == first


def test_does_a_course_release_what_assignments_holds(course, tmp_path):
    write_lesson(tmp_path)
    made = make_assignment(tmp_path, TINY_WEEK)
    assert course.notebook("release", TINY_WEEK.stem).read_bytes() == made.read_bytes()
    assert "linear map" in course.notebook("source", TINY_WEEK.stem).read_text()
    with closing(sqlite3.connect(course.root / "gradebook.db")) as database:
        points = database.execute(
            "SELECT name, max_score FROM grade_cells JOIN base_cell USING (id)"
        )
        assert dict(points) == POINTS


WRONG_LESSONS = {
    "unknown question": (LESSON + CELL.format("gelu"), "solution='gelu' is no question"),
    "unknown written": (LESSON.replace('"why_bends"', '"why"'), "written='why' is no question"),
    "no check": (LESSON.replace(CHECK.format("relu"), ""), "relu has no check cell"),
    "no solution": (re.sub(r"# %% solution=\"relu(.|\n)*?\n\n", "", LESSON), "no solution cell"),
    "check first": (CHECK.format("relu") + LESSON.replace(CHECK.format("relu"), ""), "swap"),
    "two solutions": (LESSON + CELL.format("relu"), '2 cells are marked solution="relu"'),
    "two checks": (LESSON + CHECK.format("relu"), '2 cells are marked check="relu"'),
    "two setups": (LESSON + '# %% locked="setup"\nx = 1\n', '2 cells are marked locked="setup"'),
    "clash": (LESSON + '# %% locked="relu"\nx = 1\n', "names a locked cell and a question"),
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
def test_is_a_wrong_lesson_told_to_its_author(tmp_path, text, reason):
    with pytest.raises(QuestionError) as caught:
        source_notebook(lesson(tmp_path, text), POINTS)
    assert reason in str(caught.value)
    assert str(caught.value).startswith("week99_bends.py: ")
    assert "\n" not in str(caught.value)


def test_is_a_missing_lesson_told(tmp_path):
    with pytest.raises(CourseError, match="checkout of the course's repository"):
        make_assignment(tmp_path, TINY_WEEK)


def test_is_a_release_that_nbgrader_refuses_undone(course, tmp_path):
    submit(course, "ann")
    before = {step: course.notebook(step, TINY_WEEK.stem).read_bytes() for step in STEPS}
    text = LESSON + "\n" + CELL.format("gelu") + "\n" + CHECK.format("gelu")
    changed = SimpleNamespace(**vars(TINY_WEEK) | {"points_by_name": POINTS | {"gelu": 1.0}})
    with pytest.raises(CourseError, match="there are submissions associated with it") as caught:
        release(course, changed, write_lesson(tmp_path, text))
    assert "\n" not in str(caught.value)
    assert {step: course.notebook(step, TINY_WEEK.stem).read_bytes() for step in STEPS} == before
    assert not list(course.root.glob(".release-*"))


def test_may_prose_change_after_submissions(course, tmp_path):
    submit(course, "ann")
    text = LESSON.replace("A hint.", "A better hint.")
    path = release(course, TINY_WEEK, write_lesson(tmp_path, text))
    assert "A better hint." in json.loads(path.read_text())["cells"][4]["source"]


STEPS = ("source", "release")


def submit(course, student):
    from nbgrader.api import Gradebook

    with Gradebook(course.db_url, course.course_id) as gradebook:
        gradebook.add_student(student)
        gradebook.add_submission(TINY_WEEK.stem, student)


@pytest.mark.slow
def test_is_a_locked_gradebook_one_line(course, tmp_path, caplog):
    other = sqlite3.connect(course.root / "gradebook.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    text = LESSON + "\n" + CELL.format("gelu") + "\n" + CHECK.format("gelu")
    changed = SimpleNamespace(**vars(TINY_WEEK) | {"points_by_name": POINTS | {"gelu": 1.0}})
    with pytest.raises(CourseError, match="database is locked; close whatever") as caught:
        release(course, changed, write_lesson(tmp_path, text))
    other.close()
    assert "\n" not in str(caught.value) and "Traceback" not in caplog.text
    assert release(course, changed, write_lesson(tmp_path, text)).is_file()
