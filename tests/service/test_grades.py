"""Does the LMS get what the gradebook has: manual grades, penalties, and whether it is final?"""

from __future__ import annotations

from autograder.course.database import opened as engine_of
from autograder.course.enrolment import enrol
from autograder.course.gradebook import opened
from autograder.course.roster import Student
from autograder.gradebook.reports import save
from autograder.records import Outcome, Report, Verdict
from autograder.service.grades import gradebook_stamp, grades
from tests.tiny_course import TINY_WEEK, course  # noqa: F401

STEM = TINY_WEEK.stem


def grade(course, student, auto, by_hand=None):  # noqa: F811
    """Give points for what is checked, and by hand for what is written."""
    with opened(course) as gradebook:
        submission = gradebook.add_submission(STEM, student)
        for each in (each for notebook in submission.notebooks for each in notebook.grades):
            written = each.cell.name.startswith("why")
            each.auto_score = None if written else auto
            each.manual_score = by_hand if written else None
            each.needs_manual_grade = written and by_hand is None
        gradebook.db.commit()
    report = Report(student, "week99", (Verdict("relu", auto, 4.0, Outcome.RIGHT, "relu"),))
    save(course.root, STEM, report)


def test_is_a_grade_final_once_nothing_waits_for_a_person(course):  # noqa: F811
    enrol(course, [Student("ada"), Student("bob"), Student("cy")])
    grade(course, "ada", 2.0)
    grade(course, "bob", 2.0, 7.5)
    found = grades(course, STEM)
    assert set(found) == {"ada", "bob"}
    assert not found["ada"].final
    assert (found["bob"].final, found["bob"].points) == (True, 11.5)
    assert found["bob"].max_points == 16.5
    assert found["bob"].comment.startswith("Automatic checks: 2 of 4 points.")


def test_are_only_the_grades_read_that_are_asked_for(course):  # noqa: F811
    enrol(course, [Student("ada"), Student("bob")])
    for student in ("ada", "bob"):
        grade(course, student, 1.0, 1.0)
    assert set(grades(course, STEM, {"bob"})) == {"bob"}


def test_does_a_report_that_is_known_need_no_file(course):  # noqa: F811
    enrol(course, [Student("ada")])
    grade(course, "ada", 1.0, 1.0)
    new = Report("ada", "week99", (), unreadable="It is a picture.")
    found = grades(course, STEM, None, {"ada": new})
    assert "It is a picture." in found["ada"].comment


def test_does_the_stamp_change_with_the_gradebook(course):  # noqa: F811
    before = gradebook_stamp(course)
    assert gradebook_stamp(course) == before
    with engine_of(course.db_url) as engine, engine.begin() as connection:
        connection.exec_driver_sql("UPDATE assignment SET duedate = '2030-01-01 00:00:00.000000'")
    assert gradebook_stamp(course) != before
