"""Is a second release told before it happens, and does it lose nothing of the instructor's?"""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import nbformat
import pytest

from autograder.course.settings import Settings
from autograder.errors import CourseError
from autograder.release import record
from autograder.release.generate import release
from autograder.release.merge import PACKAGE, YOURS
from autograder.release.plan import plan_release
from tests.release.test_generate import GELU, submit
from tests.tiny_course import LESSON, POINTS, TINY_WEEK, course, write_lesson

__all__ = ["course"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]
STEM = TINY_WEEK.stem
BETTER = LESSON.replace("A hint.", "A better hint.")


def edit(course, **changed):
    """Edit cells of the instructor's notebook by id: a source, or points."""
    path = course.notebook("source", STEM)
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if (new := changed.get(cell.id.replace("-", "_"))) is not None:
            if isinstance(new, str):
                cell.source = new
            else:
                cell.metadata.nbgrader.points = new
    nbformat.write(notebook, path)
    return path


def cells(course, step="release"):
    notebook = nbformat.read(course.notebook(step, STEM), as_version=4)
    return {cell.id: cell for cell in notebook.cells}


def test_does_nothing_change_where_nothing_has(course, tmp_path):
    before = {s: course.notebook(s, STEM).read_bytes() for s in ("source", "release")}
    plan = plan_release(course, TINY_WEEK, write_lesson(tmp_path))
    assert (plan.again, plan.changes, plan.edits, plan.conflicts) == (True, (), (), ())
    release(course, TINY_WEEK, write_lesson(tmp_path))
    assert {s: course.notebook(s, STEM).read_bytes() for s in before} == before
    assert not (course.root / record.FOLDER / "replaced").exists()


def test_do_edits_and_files_stay_and_reach_the_students(course, tmp_path):
    folder = edit(course, relu=20, text_1="# My own title").parent
    (folder / "images").mkdir()
    (folder / "images" / "bend.png").write_bytes(b"png")
    (course.folder("release", STEM) / "note.txt").write_text("put beside it")
    lessons = write_lesson(tmp_path, BETTER)
    plan = plan_release(course, TINY_WEEK, lessons)
    assert plan.changes == ("text cells: 1 changed",)
    assert plan.edits == ("points: relu 4 → 20", "text cells: 1 changed")
    release(course, TINY_WEEK, lessons)
    released = cells(course)
    assert released["text-1"].source == "# My own title"
    assert released["text-3"].source == "A better hint."
    assert released["relu"].metadata.nbgrader.points == 20
    found = course.folder("release", STEM)
    assert (found / "images" / "bend.png").read_bytes() == b"png"
    assert (found / "note.txt").read_text() == "put beside it"
    assert (folder / "images" / "bend.png").is_file()


def test_is_what_students_have_still_known_after_another_release(course, tmp_path):
    lessons = write_lesson(tmp_path)
    stub = "### BEGIN SOLUTION\n### END SOLUTION"
    for setup in ("import numpy as np", "import numpy"):
        edit(course, setup=setup, why_bends=f"Why?\n\n{stub}")
        for _ in range(2):
            release(course, TINY_WEEK, lessons)
    found = record.load(course, STEM)
    assert found is not None
    assert sorted(found.former.values()) == ["setup", "setup", "why_bends"]


def test_is_a_file_gone_that_the_instructor_has_deleted(course, tmp_path):
    slip = course.folder("source", STEM) / "solutions.txt"
    slip.write_text("not for students")
    lessons = write_lesson(tmp_path)
    release(course, TINY_WEEK, lessons)
    (course.folder("release", STEM) / "note.txt").write_text("for students")
    slip.unlink()
    for _ in range(2):
        release(course, TINY_WEEK, lessons)
        found = {path.name for path in course.folder("release", STEM).iterdir()}
        assert found == {f"{STEM}.ipynb", "note.txt"}


@pytest.mark.parametrize(("prefer", "hint"), [(YOURS, "My hint."), (PACKAGE, "A better hint.")])
def test_is_a_conflict_left_to_the_instructor(course, tmp_path, prefer, hint):
    path = edit(course, text_3="My hint.")
    before = path.read_bytes()
    lessons = write_lesson(tmp_path, BETTER)
    (conflict,) = plan_release(course, TINY_WEEK, lessons).conflicts
    assert (conflict.yours, conflict.package) == ("My hint.", "A better hint.")
    with pytest.raises(CourseError, match="both changed .*--keep .*--replace"):
        release(course, TINY_WEEK, lessons)
    assert path.read_bytes() == before
    release(course, TINY_WEEK, lessons, prefer=prefer)
    assert cells(course)["text-3"].source == hint
    kept = [p.read_bytes() for p in (course.root / record.FOLDER / "replaced").glob("*source*")]
    assert kept == ([before] if prefer == PACKAGE else [])


def test_is_work_that_is_there_already_counted(course, tmp_path):
    course.folder("submitted", STEM, "ann").mkdir(parents=True)
    course.folder("submitted", STEM, "bob").mkdir(parents=True)
    submit(course, "ann")
    plan = plan_release(course, TINY_WEEK, write_lesson(tmp_path, BETTER))
    assert (plan.handed_in, plan.graded) == (2, 1)
    with_gelu = SimpleNamespace(**vars(TINY_WEEK) | {"points_by_name": POINTS | {"gelu": 1.0}})
    with pytest.raises(CourseError, match="adds gelu"):
        plan_release(course, with_gelu, write_lesson(tmp_path, LESSON + GELU))


def test_is_a_graded_cell_of_another_kind_one_line(course, tmp_path):
    submit(course, "ann")
    path = course.notebook("source", STEM)
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.id == "setup":
            cell.metadata.nbgrader |= {"locked": False, "solution": True}
    nbformat.write(notebook, path)
    with pytest.raises(CourseError, match="of another kind.*--as-released"):
        release(course, TINY_WEEK, write_lesson(tmp_path))


def test_is_a_damaged_source_one_line(course, tmp_path):
    course.notebook("source", STEM).write_text("{")
    with pytest.raises(CourseError, match="cannot be read .*delete it") as caught:
        plan_release(course, TINY_WEEK, write_lesson(tmp_path))
    assert "\n" not in str(caught.value)


def test_does_a_course_without_a_record_keep_its_edits(course, tmp_path):
    """Courses that an earlier version released have none."""
    (course.root / record.FOLDER / f"{STEM}.json").unlink()
    lessons = write_lesson(tmp_path)
    assert plan_release(course, TINY_WEEK, lessons).conflicts == ()
    edit(course, text_3="My hint.")
    assert [c.cell for c in plan_release(course, TINY_WEEK, lessons).conflicts] == ["text-3"]
    release(course, TINY_WEEK, lessons, prefer=YOURS)
    assert cells(course)["text-3"].source == "My hint."
    assert plan_release(course, TINY_WEEK, lessons).conflicts == ()


def test_are_hand_grades_rescaled_with_their_points(course, tmp_path):
    from nbgrader.api import Gradebook

    submit(course, "ann")
    with Gradebook(course.db_url, course.course_id) as gradebook:
        for grade in gradebook.find_submission_notebook(STEM, STEM, "ann").grades:
            grade.manual_score = 2.0 if grade.name == "why_bends" else None
        gradebook.db.commit()
    edit(course, why_bends=20, relu=8)
    release(course, TINY_WEEK, write_lesson(tmp_path))
    with Gradebook(course.db_url, course.course_id) as gradebook:
        grades = gradebook.find_submission_notebook(STEM, STEM, "ann").grades
        found = {grade.name: (grade.manual_score, grade.max_score) for grade in grades}
    assert found["why_bends"] == (4.0, 20.0) and found["relu"] == (None, 8.0)


def test_does_a_week_that_does_not_count_stay_unreleased(course, tmp_path):
    other = replace(course, settings=Settings(weeks=("week01",)))
    with pytest.raises(CourseError, match="week99 is not among the weeks of .*course.toml; add it"):
        plan_release(other, TINY_WEEK, write_lesson(tmp_path))


def test_is_the_language_of_the_lesson_in_the_notebook(course, tmp_path):
    german = replace(course, settings=Settings(language="de"))
    release(german, TINY_WEEK, write_lesson(tmp_path))
    notebook = nbformat.read(course.notebook("release", STEM), as_version=4)
    assert notebook.metadata.lang == "de"
