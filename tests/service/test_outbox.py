"""Whose grades go where: to students alone, and only into columns of a course that uses ours."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from autograder.lms.lti.roles import Role
from autograder.lms.lti.tables import PEOPLE
from autograder.service import outbox
from autograder.service.grades import Grade
from autograder.service.outbox import State
from tests.service.conftest import NOON, STEM, add_lms

GRADE = {"ada": Grade("ada", 8.0, 10.0, True, "", NOON)}


def want(engine, grades=GRADE, **how):
    with engine.begin() as connection:
        return outbox.want(connection, STEM, grades, now=NOON, **how)


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.ASSISTANT, Role.NOBODY])
def test_has_staff_no_grade(engine, role):
    add_lms(engine, role=role)
    assert want(engine) == 0


def test_does_an_unconnected_course_get_nothing(engine):
    add_lms(engine, connected=False)
    assert want(engine) == 0
    assert outbox.weeks(engine, [STEM]) == []


def test_does_a_course_get_only_the_grades_of_its_own_people(engine):
    add_lms(engine, "https://one.example", {"7": "ada"})
    add_lms(engine, "https://two.example", {"8": "bob"})
    assert want(engine) == 1
    (row,) = outbox.states(engine, STEM)
    assert (row.subject, row.student) == ("7", "ada")


def test_does_somebody_who_comes_late_get_what_was_graded_before(engine):
    assert want(engine) == 0
    add_lms(engine)
    assert outbox.weeks(engine, ["week01_perceptron", STEM]) == [STEM]
    assert want(engine) == 1


def test_does_the_grade_follow_when_an_account_turns_out_to_be_another_students(engine):
    add_lms(engine)
    want(engine)
    with engine.begin() as connection:
        connection.execute(update(PEOPLE).values(student="bob"))
    same = {"bob": Grade("bob", 8.0, 10.0, True, "", NOON)}
    assert want(engine, same) == 1
    (row,) = outbox.states(engine, STEM)
    assert (row.student, row.revision) == ("bob", 2)


def test_are_points_sent_before_a_person_has_graded_where_the_course_wants_it(engine):
    add_lms(engine)
    waiting = {"ada": Grade("ada", 8.0, 10.0, False, "", NOON)}
    want(engine, waiting, send_unfinished=True)
    (row,) = outbox.states(engine, STEM, "ada")
    assert (row.state, row.final) == (State.DUE, True)
    assert outbox.states(engine, STEM, "bob") == []
