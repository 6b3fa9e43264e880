"""Does an extension count from the due date, whatever form it is written in?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from autograder.course import enrolment
from autograder.course.gradebook import opened
from autograder.course.roster import Student
from autograder.errors import CourseError
from autograder.gradebook.extensions import deadlines, extend
from tests.tiny_course import TINY_WEEK, course  # noqa: F401

DUE = datetime(2026, 12, 1, 22, 59)


@pytest.fixture
def with_due_date(course):  # noqa: F811
    enrolment.enrol(course, [Student("ada")])
    with opened(course) as gradebook:
        gradebook.update_or_create_assignment(TINY_WEEK.stem, duedate=DUE)
    return course


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("1 day", DUE + timedelta(days=1)),
        ("1.5h", DUE + timedelta(minutes=90)),
        ("1 week and 2 days", DUE + timedelta(days=9)),
        ("2026-12-03T22:59+00:00", DUE + timedelta(days=2)),
        ("2026-12-03 23:59+01:00", DUE + timedelta(days=2)),
    ],
)
def test_is_the_new_due_date_what_was_meant(with_due_date, text, until):
    assert extend(with_due_date, TINY_WEEK.stem, "ada", text).until == until


def test_is_a_date_before_the_due_date_refused(with_due_date):
    with pytest.raises(CourseError, match="not after the due date"):
        extend(with_due_date, TINY_WEEK.stem, "ada", "2026-11-30 12:00+00:00")


def test_is_a_date_refused_where_there_is_no_due_date(course):  # noqa: F811
    enrolment.enrol(course, [Student("ada")])
    with pytest.raises(CourseError, match="no due date"):
        extend(course, TINY_WEEK.stem, "ada", "2026-11-30 12:00+00:00")


def test_is_a_week_that_is_not_released_named(with_due_date):
    with pytest.raises(CourseError, match="autograder release week07"):
        extend(with_due_date, "week07_sgd", "ada", "1d")


def test_is_every_week_known_with_its_due_date_and_the_students_own(with_due_date):
    enrolment.enrol(with_due_date, [Student("bob")])
    extend(with_due_date, TINY_WEEK.stem, "ada", "1 day")
    due = DUE.replace(tzinfo=UTC)
    ada = deadlines(with_due_date, "ada")[TINY_WEEK.stem]
    assert (ada.due, ada.until, ada.extension) == (due, due + timedelta(days=1), timedelta(days=1))
    bob = deadlines(with_due_date, "bob")[TINY_WEEK.stem]
    assert (bob.due, bob.until, bob.extension) == (due, due, timedelta())


def test_has_a_week_without_a_due_date_none(course):  # noqa: F811
    found = deadlines(course, "ada")[TINY_WEEK.stem]
    assert (found.due, found.until) == (None, None)
