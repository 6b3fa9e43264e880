"""Does the page of a week say what the gradebook, the queue and the outbox know?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from autograder.gradebook.extensions import extend
from autograder.service import outbox, queue
from autograder.service.grades import Grade
from autograder.service.web.student_week import StudentWeek, shown
from tests.service.conftest import add_lms
from tests.service.web.conftest import DUE, RIGHT, STEM, WRONG, graded, notebook


def accept(service, student="ada", at=None):
    return queue.accept(service.engine, student, STEM, notebook(), "page", now=at)


@pytest.fixture
def week(of_week):
    """Looks at ada's week as it is now."""
    return lambda: StudentWeek(of_week, "ada", STEM)


def test_has_a_student_an_own_date(of_week, week):
    assert (week().dates.until, week().is_over) == (DUE, False)
    extend(of_week.course, STEM, "ada", "2 days")
    assert week().dates.until == DUE + timedelta(days=2)
    late = accept(of_week, at=DUE + timedelta(days=3))
    assert week().late(late) == timedelta(days=1)


def test_is_the_verdict_of_each_attempt_its_own(of_week, week):
    first, second = accept(of_week), accept(of_week)
    graded(of_week, first, WRONG)
    assert week().report_on(second) is None
    graded(of_week, week().attempts[0], RIGHT)
    newest, oldest = week().attempts
    assert week().report_on(oldest).verdicts[0].question == "dense_backward"
    assert week().report_on(newest).verdicts[0].right


def test_is_the_last_attempt_shown_as_it_was_graded_again(of_week, week):
    graded(of_week, accept(of_week), WRONG)
    (again,) = queue.regrade(of_week.engine, ["ada"], STEM)
    graded(of_week, again, RIGHT)
    (only,) = week().attempts
    assert week().report_on(only).verdicts[0].right


def test_is_the_grade_hidden_while_it_is_held(of_week, week):
    outbox.hold(of_week.engine, STEM, "Dr. Grace")
    assert week().is_held and week().grade is None


def test_is_a_verdict_shown_with_its_points(of_week):
    graded(of_week, accept(of_week), WRONG)
    (each,) = shown(StudentWeek(of_week, "ada", STEM).report)
    assert (each.points, each.max_points, each.verdict.kind) == (0.5, 2.0, "wrong")
    assert shown(None) == []


def test_is_what_the_lms_has_the_students_own(of_week, week):
    add_lms(of_week.engine, students={"7": "ada", "8": "bob"})
    both = {each: Grade(each, 3.0, 4.0, True, "", None) for each in ("ada", "bob")}
    with of_week.engine.begin() as connection:
        outbox.want(connection, STEM, both)
    assert [row.student for row in week().in_lms] == ["ada"]
