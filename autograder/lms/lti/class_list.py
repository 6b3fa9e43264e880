"""An LMS's class list beside the roster: who is who, and who is missing on one of the two.

What is certain is linked by itself when somebody comes. The rest an instructor decides: that the
LMS's person with a student's e-mail address or name is that student.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, insert, select, update

from autograder.course.person import full_names, words
from autograder.course.roster import Student, one_student
from autograder.errors import CourseError
from autograder.lms.lti import people
from autograder.lms.lti.platforms import Platform
from autograder.lms.lti.roles import Role
from autograder.lms.lti.services import Member
from autograder.lms.lti.store import write
from autograder.lms.lti.tables import PEOPLE
from autograder.output.text import fold

LINKED, ACCOUNT, EMAIL, NAME = "linked", "account", "e-mail", "name"


@dataclass(frozen=True)
class Match:
    """A learner of the LMS, and the student that this is.

    Attributes:
        student: the id in the roster; None if nobody fits, or several do.
        by: LINKED is known already and ACCOUNT certain; EMAIL and NAME are for an instructor to
            decide; empty for none.
    """

    member: Member
    student: str | None
    by: str = ""


def compare(
    engine: Engine, platform: Platform, members: Iterable[Member], students: Iterable[Student]
) -> list[Match]:
    """Every active learner of the class list, with the student of the roster.

    Nobody is matched with a student who is linked with another account, or fits two.
    """
    roster = list(students)
    learners = [each for each in members if each.role is Role.STUDENT and each.active]
    linked = {
        each.subject: each.student
        for each in people.every(engine)
        if each.platform == platform.id and each.student
    }
    found = [Match(each, linked.get(each.user), LINKED) for each in learners]
    for by in (ACCOUNT, EMAIL, NAME):
        taken = {*linked.values(), *(each.student for each in found)}
        free = [each for each in roster if each.id not in taken]
        found = _only_one_each([_proposed(each, by, platform, free) for each in found])
    return [each if each.student else Match(each.member, None) for each in found]


def _proposed(match: Match, by: str, platform: Platform, free: list[Student]) -> Match:
    if match.student:
        return match
    return Match(match.member, _fitting(by, platform, match.member, free), by)


def _only_one_each(matches: list[Match]) -> list[Match]:
    """The matches, without students whom several people fit."""
    count = Counter(each.student for each in matches)
    return [each if count[each.student] == 1 else Match(each.member, None) for each in matches]


def accept(
    engine: Engine, platform: Platform, matches: Collection[Match], now: datetime | None = None
) -> int:
    """Link everybody who has a student, as an instructor has decided; how many are new."""
    now = now or datetime.now(UTC)

    def store(connection: Connection) -> int:
        new = 0
        for match in matches:
            if not match.student or match.by == LINKED:
                continue
            member = match.member
            same = (PEOPLE.c.platform == platform.id) & (PEOPLE.c.subject == member.user)
            if connection.scalar(select(PEOPLE.c.id).where(same)) is None:
                row = {"platform": platform.id, "subject": member.user, "seen": now}
                row |= {"name": member.name, "email": member.email, "login": member.login}
                row |= {"sourced_id": member.sourced_id}
                connection.execute(insert(PEOPLE).values(row))
            connection.execute(update(PEOPLE).where(same).values(student=match.student))
            new += 1
        return new

    return write(engine, store)


def as_students(
    platform: Platform, members: Iterable[Member], students: Iterable[Student]
) -> list[Student]:
    """People of the class list as new students of the roster, in the same order.

    Nobody gets an id that somebody on the roster has: in Moodle people can change their ID number.

    Raises:
        CourseError: when the LMS names no id that can be used.
    """
    taken = {each.id.lower() for each in students}
    made = []
    for member in members:
        number = next((each for each in _ids(platform, member) if each.lower() not in taken), "")
        if not number:
            raise CourseError(
                f"{member.name or member.user} has no id in the LMS that is free on the roster; "
                "add them with `autograder roster add`, and link them with `autograder lti link`"
            )
        taken.add(number.lower())
        made.append(_as_student(platform, member, number))
    return made


def _ids(platform: Platform, member: Member) -> list[str]:
    """What could be the id of a person: first what they cannot change themselves."""
    ids = {"sourced_id": member.sourced_id, "login": member.login}
    fixed = [ids[each] for each in platform.differences.account_fields if each in ids]
    return [each for each in (*fixed, *ids.values(), member.user) if each]


def _as_student(platform: Platform, member: Member, number: str) -> Student:
    first, last = member.given_name, member.family_name
    if not (first or last):
        first, _, last = member.name.rpartition(" ")
    account = member.user if "subject" in platform.differences.account_fields else ""
    try:
        return one_student(number, last, first, member.email, account)
    except CourseError:
        # A name or an address that no roster takes is no reason to leave somebody out.
        return one_student(number, "", "", "", account)


def _fitting(by: str, platform: Platform, member: Member, free: list[Student]) -> str | None:
    """The one student who fits a person."""
    if by == ACCOUNT:
        number = member.user if "subject" in platform.differences.account_fields else ""
        return people.account_of(platform.family, number, member.login, member.sourced_id, free)
    if by == EMAIL:
        address = fold(member.email)
        fitting = [each.id for each in free if address and address in _addresses(each)]
    else:
        name = words(member.name)
        fitting = [each.id for each in free if name and name in map(words, full_names(each))]
    return fitting[0] if len(fitting) == 1 else None


def _addresses(student: Student) -> tuple[str, str]:
    """The e-mail address, and the id, which is one where Moodle's list of participants was read."""
    return fold(student.email or ""), fold(student.id)
