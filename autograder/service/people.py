"""Which student of the roster somebody from the LMS is, and who joins the course."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, insert, update

from autograder.course.directory import Course
from autograder.course.enrolment import enrol
from autograder.course.roster import Student, all_students, one_student
from autograder.errors import AutograderError, CourseError
from autograder.lms.lti import people
from autograder.lms.lti.launch import Launch
from autograder.lms.lti.people import Person
from autograder.lms.lti.roles import Role
from autograder.output.text import fold
from autograder.service.tables import MEMBERS


class NotInTheCourse(AutograderError):
    """Somebody whom the LMS calls a learner, and who is nobody on the roster.

    Attributes:
        title: as a heading; `str` of the error is the paragraph below it.
        reason: for logs.
    """

    title = "You are not on this course's list yet"
    reason = "not-on-the-roster"


def welcome(engine: Engine, course: Course, launch: Launch, now: datetime) -> Person:
    """The person of a launch, with their student id where they are a student.

    Whoever is recognised stays linked by the platform's own id of the person. A learner who is
    nobody on the roster joins it if course.toml says so.

    Raises:
        NotInTheCourse: when a student is not on the roster, and may not join it.
        CourseError: when the gradebook cannot be used.
    """
    person = people.recognise(engine, launch, all_students(course.db_url), now)
    _remember(engine, launch, person, now)
    if launch.role is not Role.STUDENT or launch.test_user or person.student:
        return person
    if not course.settings.service.new_students:
        raise NotInTheCourse(_ask_the_instructor(launch))
    student = _new_student(course, launch)
    enrol(course, [student])
    return people.link(engine, person.id, student.id)


def _remember(engine: Engine, launch: Launch, person: Person, now: datetime) -> None:
    """Which course of the LMS the person is in, and as what."""
    # Who is in the student view of an LMS is nobody, and has no grades.
    role = Role.NOBODY if launch.test_user else launch.role
    key = {"context": launch.context_key, "person": person.id}
    same = (MEMBERS.c.context == launch.context_key) & (MEMBERS.c.person == person.id)
    values = {"role": role.value, "seen": now}
    with engine.begin() as connection:
        if not connection.execute(update(MEMBERS).where(same).values(values)).rowcount:
            connection.execute(insert(MEMBERS).values(key | values))


def _new_student(course: Course, launch: Launch) -> Student:
    """A student made of what the LMS says; never one who is on the roster already.

    Raises:
        NotInTheCourse: when the LMS names no id that can be used, or it is another account's.
    """
    number = launch.sourced_id or launch.login or launch.subject
    if any(fold(number) == fold(each.id) for each in all_students(course.db_url)):
        raise NotInTheCourse(
            f"The course knows {number}, and another account of the LMS, or none that can be told "
            "from its number, belongs to it. For the instructor: `autograder lti link` says who "
            "this is."
        )
    first, _, last = launch.name.strip().rpartition(" ")
    try:
        return one_student(number, last, first, launch.email, launch.account)
    except CourseError:
        # A name or an address that no class list takes is no reason to turn somebody away.
        try:
            return one_student(number, "", "", "", "")
        except CourseError as error:
            raise NotInTheCourse(
                f"The LMS names you by a number that cannot be used here ({error}). For the "
                "instructor: add the student to the roster, and link the account with "
                "`autograder lti link`."
            ) from None


def _ask_the_instructor(launch: Launch) -> str:
    known = [each for each in (launch.sourced_id, launch.login) if each]
    named = f"as {' or '.join(known)}" if known else "by no number or account name"
    return (
        f"The LMS knows you {named}, and nobody on this course's list has that id. Send this text "
        "to your instructor. For the instructor: add the student with `autograder roster add`, or "
        "say who it is with `autograder lti link`; `new_students = true` in the section [service] "
        "of course.toml lets everybody join whom the LMS calls a learner."
    )
