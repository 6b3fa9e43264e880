"""Which student of the roster a person of the LMS is, once that is known.

A person is recognised by what students cannot change themselves, which the platform's differences
name, and never by an e-mail address. From then on the platform's own id of the person (`sub`)
counts alone; somebody with another id is somebody else until an instructor links them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from autograder.course.roster import Student
from autograder.errors import CourseError
from autograder.lms.lti.differences import differences
from autograder.lms.lti.launch import Launch
from autograder.lms.lti.store import reading, write
from autograder.lms.lti.tables import PEOPLE


@dataclass(frozen=True)
class Person:
    """Somebody of a platform.

    Attributes:
        id: their number in our database.
        student: the id in the roster; None while it is not known.
    """

    id: int
    platform: int
    subject: str
    student: str | None
    name: str
    email: str
    login: str
    sourced_id: str


def recognise(engine: Engine, launch: Launch, students: Iterable[Student], now: datetime) -> Person:
    """The person of a launch, linked with the roster where that is certain.

    Args:
        students: the roster.
    """
    known = {"name": launch.name, "email": launch.email, "seen": now}
    known |= {"login": launch.login, "sourced_id": launch.sourced_id}
    same = (PEOPLE.c.platform == launch.platform.id) & (PEOPLE.c.subject == launch.subject)
    roster = list(students)

    def remember(connection: Connection) -> Person:
        row = connection.execute(select(PEOPLE).where(same)).mappings().one_or_none()
        if row is None:
            key = {"platform": launch.platform.id, "subject": launch.subject}
            connection.execute(insert(PEOPLE).values(key | known))
        else:
            connection.execute(update(PEOPLE).where(same).values(known))
        if (row is None or row["student"] is None) and not launch.test_user:
            student = _certain(connection, launch, roster)
            connection.execute(update(PEOPLE).where(same).values(student=student))
        return _person(connection, same)

    return write(engine, remember)


def link(engine: Engine, person: int, student: str | None) -> Person:
    """Say which student a person is; None for nobody.

    Raises:
        CourseError: when there is no such person, or the student is somebody else's already.
    """
    same = PEOPLE.c.id == person
    with engine.begin() as connection:
        platform = connection.scalar(select(PEOPLE.c.platform).where(same))
        if platform is None:
            raise CourseError(f"nobody from an LMS has the number {person}")
        taken = select(PEOPLE.c.id).where(
            PEOPLE.c.platform == platform, PEOPLE.c.student == student, PEOPLE.c.id != person
        )
        if student is not None and connection.scalar(taken) is not None:
            raise CourseError(
                f"{student} is linked with another account of this LMS; unlink that one first"
            )
        connection.execute(update(PEOPLE).where(same).values(student=student))
        return _person(connection, same)


def every(engine: Engine) -> list[Person]:
    """Everybody who has come from an LMS."""
    with reading(engine) as connection:
        rows = connection.execute(select(PEOPLE).order_by(PEOPLE.c.id)).mappings().all()
    return [_as_person(row) for row in rows]


def subject_of(engine: Engine, platform: int, student: str) -> str | None:
    """The platform's id of a student, to which grades are sent; None if it is not known."""
    same = (PEOPLE.c.platform == platform) & (PEOPLE.c.student == student)
    with reading(engine) as connection:
        return connection.scalar(select(PEOPLE.c.subject).where(same))


def account_of(
    family: str, account: str, login: str, sourced_id: str, roster: Iterable[Student]
) -> str | None:
    """The one student of the roster to whom an account of an LMS certainly belongs.

    Args:
        family: of the platform; its differences name the fields that students cannot change.
        account: the LMS's own number.
    """
    for field in differences(family).account_fields:
        if field in ("subject", "custom"):
            matching = {each.id for each in roster if account and account == each.lms_user_id}
        else:
            given = login if field == "login" else sourced_id
            matching = {each.id for each in roster if _same_id(given, each.id)}
        if matching:
            return matching.pop() if len(matching) == 1 else None
    return None


def _certain(connection: Connection, launch: Launch, roster: Iterable[Student]) -> str | None:
    """The student of a launch, if it is certain and nobody else is linked with them."""
    student = account_of(
        launch.platform.family, launch.account, launch.login, launch.sourced_id, roster
    )
    taken = select(PEOPLE.c.id).where(
        PEOPLE.c.platform == launch.platform.id, PEOPLE.c.student == student
    )
    return None if student and connection.scalar(taken) is not None else student


def _same_id(given: str, student: str) -> bool:
    """Whether two ids are the same; letters that only look alike are not."""
    if given.isascii() and student.isascii():
        return bool(given) and given.strip().lower() == student.lower()
    return given.strip() == student


def _person(connection: Connection, same: Any) -> Person:
    return _as_person(connection.execute(select(PEOPLE).where(same)).mappings().one())


def _as_person(row: Any) -> Person:
    return Person(**{name: value for name, value in row.items() if name != "seen"})
