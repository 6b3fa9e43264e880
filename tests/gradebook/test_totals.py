"""Do exported grades hold everything that nbgrader itself would count?"""

from __future__ import annotations

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.errors import CourseError
from autograder.gradebook.bulk import BulkWriter
from autograder.gradebook.totals import fingerprints, totals
from autograder.records import Outcome, Report, Verdict
from tests.tiny_course import TINY_WEEK, course

__all__ = ["course"]
STEM = TINY_WEEK.stem


def graded(opened, student, points):
    folder = opened.folder("submitted", STEM, student)
    folder.mkdir(parents=True)
    (folder / "timestamp.txt").write_text("2026-10-02 12:00:00 UTC\n")
    notebook = nbformat.read(opened.notebook("source", STEM), as_version=4)
    verdict = Verdict("relu", points, 4.0, Outcome.VALUES, "")
    with BulkWriter(opened, STEM) as writer:
        writer.write([Report(student, TINY_WEEK.name, (verdict,), notebook)])


def test_are_manual_grades_credit_and_penalties_counted(course):
    graded(course, "ada", 3.0)
    graded(course, "bob", 1.0)
    with Gradebook(course.db_url) as gradebook:
        gradebook.add_student("eve", first_name="Eve", last_name="O'Neil, Jr.")
        notebook = gradebook.find_submission_notebook(STEM, STEM, "ada")
        notebook.late_submission_penalty = 1.5
        grades = {grade.name: grade for grade in notebook.grades}
        grades["why_bends"].manual_score = 8.0
        grades["why_bends"].needs_manual_grade = False
        grades["relu"].extra_credit = 0.5
        gradebook.db.commit()
        theirs = {each.student_id: each.score for each in gradebook.assignment_submissions(STEM)}
    found = {total.student: total for total in totals(course, STEM)}
    assert list(found) == ["ada", "bob", "eve"]
    assert found["ada"].points == theirs["ada"] - 1.5 == 3.0 + 0.5 + 8.0 - 1.5
    assert (found["ada"].extra_credit, found["ada"].late_penalty) == (0.5, 1.5)
    assert not found["ada"].waiting and found["bob"].waiting
    assert found["bob"].points == theirs["bob"] == 1.0
    assert found["eve"].points is None and found["eve"].last_name == "O'Neil, Jr."
    assert {total.max_points for total in found.values()} == {16.5}
    assert str(found["ada"].handed_in) == "2026-10-02 12:00:00"


def test_does_extra_credit_wait_for_a_score(course):
    """nbgrader counts it only beside a score, and its pages show that sum to the instructor."""
    graded(course, "ada", 3.0)
    with Gradebook(course.db_url) as gradebook:
        notebook = gradebook.find_submission_notebook(STEM, STEM, "ada")
        grades = {grade.name: grade for grade in notebook.grades}
        assert grades["why_bends"].auto_score is None
        grades["why_bends"].extra_credit = 2.0
        gradebook.db.commit()
        (theirs,) = [each.score for each in gradebook.assignment_submissions(STEM)]
    (ada,) = [total for total in totals(course, STEM) if total.student == "ada"]
    assert ada.points == theirs == 3.0 and ada.extra_credit == 0.0


def test_is_a_penalty_never_more_than_everything(course):
    graded(course, "ada", 3.0)
    with Gradebook(course.db_url) as gradebook:
        gradebook.find_submission_notebook(STEM, STEM, "ada").late_submission_penalty = 99
        gradebook.db.commit()
    assert totals(course, STEM)[0].points == 0.0


def test_is_an_unknown_week_reported(course):
    with pytest.raises(CourseError, match="run `autograder release week07`"):
        totals(course, "week07_sgd")


def toggle(grade):
    grade.needs_manual_grade = not grade.needs_manual_grade


def test_does_a_weeks_fingerprint_change_with_every_kind_of_grade_and_remark(course):
    graded(course, "ada", 3.0)
    seen = [fingerprints(course)]
    assert fingerprints(course) == seen[0]
    assert set(seen[0]) == {STEM}

    def change(make):
        with Gradebook(course.db_url) as gradebook:
            notebook = gradebook.find_submission_notebook(STEM, STEM, "ada")
            make(notebook)
            gradebook.db.commit()
        found = fingerprints(course)
        assert found not in seen
        seen.append(found)

    change(lambda notebook: setattr(notebook.grades[0], "manual_score", 2.0))
    change(lambda notebook: setattr(notebook.grades[0], "extra_credit", 1.0))
    for grade in range(2):
        change(lambda notebook, grade=grade: toggle(notebook.grades[grade]))
    change(lambda notebook: setattr(notebook, "late_submission_penalty", 1.0))
    change(lambda notebook: setattr(notebook.comments[0], "manual_comment", "Well argued."))
    graded(course, "bob", 0.0)
    assert fingerprints(course) not in seen
