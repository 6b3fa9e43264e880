"""Does a page get the points and comments that nbgrader itself would show?"""

from __future__ import annotations

import dataclasses

from nbgrader.api import Gradebook

from autograder.gradebook.graded_cells import Score, graded_cells
from tests.gradebook.test_totals import STEM, course, graded

__all__ = ["course"]


def test_are_points_and_comments_nbgrader_s_own(course):
    graded(course, "ada", 3.0)
    graded(course, "bob", 1.0)
    with Gradebook(course.db_url) as gradebook:
        gradebook.add_student("eve")
        notebook = gradebook.find_submission_notebook(STEM, STEM, "ada")
        notebook.late_submission_penalty = 1.5
        grades = {grade.name: grade for grade in notebook.grades}
        grades["relu"].extra_credit = 0.5
        for comment in notebook.comments:
            comment.auto_comment = "No response."
        first, *_ = notebook.comments
        first.manual_comment = "Well done."
        gradebook.db.commit()
        expected = {
            grade.name: (grade.score, grade.max_score, grade.needs_manual_grade)
            for grade in notebook.grades
        }
        comments = {comment.name: comment.comment for comment in notebook.comments}
    found = graded_cells(course.db_url, STEM)
    assert set(found) == {"ada", "bob"}
    assert graded_cells(course.db_url, STEM, "ada") == {"ada": found["ada"]}
    assert found["ada"].scores == expected and found["ada"].scores["relu"] == Score(3.5, 4.0, False)
    assert found["ada"].scores["why_bends"].waiting
    assert found["ada"].comments == comments and "Well done." in comments.values()
    assert found["ada"].late_penalty == 1.5
    bob = dataclasses.asdict(found["bob"])
    assert (bob["late_penalty"], bob["comments"]) == (0.0, {})


def test_has_a_week_that_is_not_in_the_gradebook_no_cells(course):
    assert graded_cells(course.db_url, "week98_nothing") == {}
