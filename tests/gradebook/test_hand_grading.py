"""Is what a person gives in the gradebook as formgrader would have written it?"""

from __future__ import annotations

import shutil

import pytest

from autograder.course import directory
from autograder.course.gradebook import opened
from autograder.errors import CourseError, UnknownName
from autograder.gradebook.by_hand import by_hand
from autograder.gradebook.hand_grading import (
    ChangedMeanwhile,
    answer_of,
    give,
    questions,
    standings,
)
from autograder.gradebook.totals import totals
from tests.service.conftest import empty_course  # noqa: F401
from tests.service.web.conftest import STEM, course_with_a_week, graded_course  # noqa: F401
from tests.service.web.taught import WRITTEN


@pytest.fixture
def course(graded_course, tmp_path):  # noqa: F811
    return directory.load(shutil.copytree(graded_course, tmp_path / "course"))


def total(course, student):
    return next(each for each in totals(course, STEM) if each.student == student)


def test_come_questions_that_wait_for_a_person_first(course):
    found = questions(course, STEM)
    assert [each.question for each in found] == [WRITTEN, "dense_backward", "relu_backward"]
    assert (found[0].max_points, found[0].answers, found[0].waiting) == (20, 2, 2)
    assert (found[1].waiting, found[1].by_people) == (0, 0)


def test_is_the_answer_what_the_student_wrote(course):
    written = answer_of(course, STEM, WRITTEN, "ada")
    assert (written.kind, written.text) == ("markdown", "The blame is **reused**.")
    assert written.waiting and written.points is None
    code = answer_of(course, STEM, "relu_backward", "bob")
    assert code.kind == "code" and code.text.startswith("def relu_backward")
    assert code.automatic == 2


def test_count_points_and_comment_as_formgraders_do(course):
    give(
        course,
        STEM,
        WRITTEN,
        "ada",
        14.5,
        "Well said.",
        answer_of(course, STEM, WRITTEN, "ada").seen,
    )
    assert (total(course, "ada").points, total(course, "ada").waiting) == (17, False)
    assert by_hand(course, STEM)["ada"].remarks == ((WRITTEN, "Well said."),)
    with opened(course) as gradebook:
        grade = gradebook.find_grade(WRITTEN, STEM, STEM, "ada")
        assert (grade.manual_score, grade.needs_manual_grade) == (14.5, False)
    assert total(course, "bob").waiting


def test_waits_an_answer_again_when_points_are_taken_back(course):
    for points in (3.0, None):
        seen = answer_of(course, STEM, WRITTEN, "ada").seen
        give(course, STEM, WRITTEN, "ada", points, "", seen)
    assert total(course, "ada").waiting
    assert answer_of(course, STEM, WRITTEN, "ada").comment == ""


def test_replaces_a_person_the_points_of_the_checks_and_gives_them_back(course):
    for points, counted in ((1.5, 3.5), (None, 2.5)):
        seen = answer_of(course, STEM, "dense_backward", "ada").seen
        give(course, STEM, "dense_backward", "ada", points, "Near.", seen)
        assert total(course, "ada").points == counted
    assert by_hand(course, STEM)["ada"].remarks == (("solution-dense_backward", "Near."),)


def test_writes_nobody_over_what_another_has_written(course):
    seen = answer_of(course, STEM, WRITTEN, "ada").seen
    give(course, STEM, WRITTEN, "ada", 14, "", seen)
    with pytest.raises(ChangedMeanwhile, match="somebody else has graded it"):
        give(course, STEM, WRITTEN, "ada", 2, "", seen)
    assert answer_of(course, STEM, WRITTEN, "ada").manual == 14


def test_counts_a_grade_for_the_answer_that_was_read(course):
    seen = answer_of(course, STEM, WRITTEN, "ada").seen
    path = course.notebook("autograded", STEM, "ada")
    text = path.read_text()
    path.chmod(0o644)
    path.write_text(text.replace("reused", "copied"))
    with pytest.raises(ChangedMeanwhile, match="something new was handed in"):
        give(course, STEM, WRITTEN, "ada", 2, "", seen)


@pytest.mark.parametrize("points", [-1, 20.5, float("nan"), float("inf")])
def test_are_impossible_points_refused(course, points):
    seen = answer_of(course, STEM, WRITTEN, "ada").seen
    with pytest.raises(CourseError, match="Expected 0 to 20 points"):
        give(course, STEM, WRITTEN, "ada", points, "", seen)


def test_is_there_no_answer_of_who_has_handed_in_nothing(course):
    with opened(course) as gradebook:
        gradebook.remove_submission(STEM, "bob")
        gradebook.add_submission(STEM, "bob")
        for grade in gradebook.find_submission(STEM, "bob").notebooks[0].grades:
            grade.needs_manual_grade = False
        gradebook.db.commit()
    assert [each.student for each in standings(course, STEM, WRITTEN)] == ["ada"]
    with pytest.raises(UnknownName):
        answer_of(course, STEM, WRITTEN, "bob")


def test_can_a_damaged_notebook_be_graded(course):
    path = course.notebook("autograded", STEM, "ada")
    path.chmod(0o644)
    path.write_text("{")
    found = answer_of(course, STEM, WRITTEN, "ada")
    assert found.text == ""
    give(course, STEM, WRITTEN, "ada", 0, "Unreadable.", found.seen)
    assert not total(course, "ada").waiting
