"""Is what a person graded and remarked read as nbgrader keeps it?"""

from __future__ import annotations

from datetime import datetime, timedelta

from nbgrader.api import Gradebook

from autograder.gradebook.by_hand import ByHand, Part, by_hand
from tests.gradebook.test_totals import STEM, graded
from tests.tiny_course import course

__all__ = ["course"]


def test_are_the_parts_and_remarks_of_people_read(course):
    for student in ("ada", "bob"):
        graded(course, student, 3.0)
    with Gradebook(course.db_url) as gradebook:
        notebook = gradebook.find_submission_notebook(STEM, STEM, "ada")
        grades = {grade.name: grade for grade in notebook.grades}
        grades["why_bends"].manual_score = 8.0
        grades["why_bends"].needs_manual_grade = False
        grades["relu"].manual_score = 4.0
        notebook.comments[0].manual_comment = "Well explained."
        cell = notebook.comments[0].name
        worth = grades["why_bends"].max_score
        notebook.late_submission_penalty = 1.0
        submission = gradebook.find_submission(STEM, "ada")
        submission.assignment.duedate = datetime(2026, 10, 1)
        submission.extension = timedelta(hours=12)
        gradebook.db.commit()
    found = by_hand(course, STEM)
    assert found["ada"] == ByHand(
        (Part("relu", 4.0, 4.0, 3.0), Part("why_bends", 8.0, worth)),
        ((cell, "Well explained."),),
        datetime(2026, 10, 1, 12),
    )
    assert found["bob"] == ByHand((Part("why_bends", None, worth),))


def test_is_nobody_named_before_anything_is_graded(course):
    assert by_hand(course, STEM) == {}
