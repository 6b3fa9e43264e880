"""Do students receive a lesson without its solutions, and is a refused release undone?"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from types import SimpleNamespace

import nbformat
import pytest

from autograder.errors import CourseError
from autograder.release.generate import make_assignment, release
from tests.tiny_course import LESSON, POINTS, TINY_WEEK, course, write_lesson

__all__ = ["course"]

# nbgrader's own, while it adds a submission.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]

GELU = """
# %% solution="gelu"
### BEGIN SOLUTION
gelu = 1
### END SOLUTION

# %% check="gelu"
check("gelu")
"""


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


def test_is_a_missing_lesson_told(tmp_path):
    with pytest.raises(CourseError, match="checkout of the course's repository"):
        make_assignment(tmp_path, TINY_WEEK)


def test_are_the_graded_cells_kept_once_there_are_grades(course, tmp_path):
    submit(course, "ann")
    before = {step: course.notebook(step, TINY_WEEK.stem).read_bytes() for step in STEPS}
    changed = SimpleNamespace(**vars(TINY_WEEK) | {"points_by_name": POINTS | {"gelu": 1.0}})
    with pytest.raises(CourseError, match="it adds gelu, solution-gelu, and 1 sub") as caught:
        release(course, changed, write_lesson(tmp_path, LESSON + GELU))
    assert "\n" not in str(caught.value) and "--as-released" in str(caught.value)
    assert {step: course.notebook(step, TINY_WEEK.stem).read_bytes() for step in STEPS} == before
    assert not list(course.root.glob(".release-*"))


def test_may_prose_change_after_submissions(course, tmp_path):
    submit(course, "ann")
    text = LESSON.replace("A hint.", "A better hint.")
    path = release(course, TINY_WEEK, write_lesson(tmp_path, text))
    assert "A better hint." in json.loads(path.read_text())["cells"][5]["source"]


STEPS = ("source", "release")


def submit(course, student):
    from nbgrader.api import Gradebook

    with Gradebook(course.db_url, course.course_id) as gradebook:
        gradebook.add_student(student)
        gradebook.add_submission(TINY_WEEK.stem, student)


@pytest.mark.slow
@pytest.mark.beyond_sample
def test_is_a_locked_gradebook_one_line(course, tmp_path, caplog):
    before = {step: course.notebook(step, TINY_WEEK.stem).read_bytes() for step in STEPS}
    other = sqlite3.connect(course.root / "gradebook.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    changed = SimpleNamespace(**vars(TINY_WEEK) | {"points_by_name": POINTS | {"gelu": 1.0}})
    with pytest.raises(CourseError, match="database is locked; close whatever") as caught:
        release(course, changed, write_lesson(tmp_path, LESSON + GELU))
    other.close()
    assert {step: course.notebook(step, TINY_WEEK.stem).read_bytes() for step in STEPS} == before
    assert not list(course.root.glob(".release-*"))
    assert "\n" not in str(caught.value) and "Traceback" not in caplog.text
    assert release(course, changed, write_lesson(tmp_path, LESSON + GELU)).is_file()
