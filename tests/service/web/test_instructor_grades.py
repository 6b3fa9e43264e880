"""Do holding, extending and grading again do what the commands do?"""

from __future__ import annotations

import pytest

from autograder.gradebook.extensions import deadlines
from autograder.lms.lti.store import reading
from autograder.service import actions, outbox, queue
from autograder.service.queue import State
from autograder.service.tables import UPLOADS
from tests.service.web.conftest import STEM, notebook

WEEK = "/teach/week06"


def waiting(service):
    with reading(service.engine) as connection:
        return [
            (each.student, each.question) for each in queue.in_states(connection, State.WAITING)
        ]


def test_are_grades_held_back_and_released(grace, taught):
    grace.post(f"{WEEK}/hold")
    assert outbox.is_held(taught.engine, STEM)
    page = grace.get(WEEK).text
    assert "The grades are held back." in page and "Release the grades" in page
    grace.post(f"{WEEK}/release")
    assert not outbox.is_held(taught.engine, STEM)
    assert [row.action for row in actions.latest(taught.engine)] == [
        "release grades",
        "hold grades",
    ]


def test_is_a_student_given_more_time(grace, taught):
    answer = grace.post(f"{WEEK}/extend", data={"student": "ada", "time": "2d"})
    assert deadlines(taught.course, "ada")[STEM].extension.days == 2
    assert "ada has time until 2030-12-03 22:59 UTC." in grace.get(answer.headers["location"]).text
    grace.post(f"{WEEK}/extend", data={"student": "ada", "time": "0"})
    assert not deadlines(taught.course, "ada")[STEM].extension


def test_is_a_time_that_is_none_explained(grace, taught):
    answer = grace.post(f"{WEEK}/extend", data={"student": "ada", "time": "soon"})
    page = grace.get(answer.headers["location"]).text
    assert "Not done." in page and "expected a length such as 48h" in page
    newest, asked = actions.latest(taught.engine)
    assert newest.details.startswith("not done: ") and asked.details == "soon"
    assert grace.post(f"{WEEK}/extend", data={"student": "eve", "time": "2d"}).status_code == 404


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, [("ada", ""), ("bob", "")]),
        ({"student": "bob"}, [("bob", "")]),
        ({"question": "relu_backward"}, [("ada", "relu_backward"), ("bob", "relu_backward")]),
        ({"question": "why_blame_is_cheap"}, []),
    ],
)
def test_are_a_week_a_student_and_a_question_graded_again(tom, taught, given, wanted):
    tom.post(f"{WEEK}/regrade", data=given)
    assert waiting(taught) == wanted
    # A request of staff is no attempt of the student's.
    assert queue.count(taught.engine, "ada", STEM) == 0


def test_is_what_failed_graded_again_unless_something_newer_was_handed_in(tom, taught):
    for student in ("ada", "ada", "bob"):
        made = queue.accept(taught.engine, student, STEM, notebook(), "page")
        queue.fail(taught.engine, [made], "The grader ended 20 times.")
    assert "2 uploads could not be graded" in tom.get(WEEK).text
    tom.post(f"{WEEK}/grade-failed")
    assert waiting(taught) == [("ada", ""), ("bob", "")]


def test_is_sent_again_what_the_lms_refused(grace, taught):
    from autograder.service.grades import Grade
    from tests.service.conftest import add_lms

    add_lms(taught.engine)
    with taught.engine.begin() as connection:
        outbox.want(connection, STEM, {"ada": Grade("ada", 2.5, 24, True, "", None)})
        connection.execute(outbox.SCORES.update().values(state=outbox.State.REFUSED))
    grace.post(f"{WEEK}/send-again")
    assert [row.state for row in outbox.states(taught.engine, STEM)] == [outbox.State.DUE]


def test_says_a_week_without_work_that_there_is_nothing_to_grade(grace, taught):
    import shutil

    shutil.rmtree(taught.course.root / "submitted")
    answer = grace.post(f"{WEEK}/regrade")
    assert "nothing to grade again" in grace.get(answer.headers["location"]).text
    with reading(taught.engine) as connection:
        assert not connection.execute(UPLOADS.select()).all()
