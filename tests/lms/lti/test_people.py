"""Is somebody from an LMS taken for a student of the roster only where that is certain?"""

from __future__ import annotations

import pytest

from autograder.course.roster import Student
from autograder.errors import CourseError
from autograder.lms.lti import people

ADA, ASA = (
    Student("s01", "Lovelace", "Ada", "ada@example.org", "3"),
    Student("s12", "Lind", "Åsa", "asa@example.org", "14"),
)


def recognised(world, now, user, roster):
    world.launch("2")
    return people.recognise(world.engine, world.launch(user), roster, now)


def test_is_a_person_known_by_the_lmss_own_number(worlds, now):
    world = worlds("moodle")
    found = recognised(world, now, "3", [ADA, ASA])
    assert (found.student, found.name) == ("s01", "Ada Lovelace")
    assert people.subject_of(world.engine, world.platform.id, "s01") == "3"


def test_is_a_person_known_by_the_account_that_nobody_can_change(worlds, now):
    world = worlds("moodle")
    assert recognised(world, now, "3", [Student("S01")]).student == "s01".upper()


def test_does_an_address_claim_nobody(worlds, now):
    """Whoever may change their address would get another's grades."""
    world = worlds("moodle")
    other = Student("x", email="ada@example.org")
    assert recognised(world, now, "3", [other]).student is None


def test_does_a_number_that_students_may_change_claim_nobody(worlds, now):
    """In Moodle the ID number is a field of one's own profile."""
    world = worlds("moodle", quirks=["no-login-name"])
    assert recognised(world, now, "3", [Student("s01")]).student is None


def test_does_another_account_not_take_over_a_student(worlds, now):
    """A changed `sub` is somebody else until an instructor says otherwise."""
    world = worlds("moodle")
    first = recognised(world, now, "3", [ADA])
    world.emulator.records.users["77"] = world.emulator.records.users.pop("3")
    world.emulator.records.users["77"].id = "77"
    second = people.recognise(world.engine, world.launch("77"), [ADA], now)
    assert (first.student, second.student) == ("s01", None)
    with pytest.raises(CourseError, match="another account"):
        people.link(world.engine, second.id, "s01")
    people.link(world.engine, first.id, None)
    assert people.link(world.engine, second.id, "s01").student == "s01"
    assert people.subject_of(world.engine, world.platform.id, "s01") == "77"


def test_does_a_link_stay_whatever_the_lms_says_later(worlds, now):
    world = worlds("moodle")
    recognised(world, now, "3", [ADA])
    world.emulator.records.users["3"].login = "s12"
    assert people.recognise(world.engine, world.launch("3"), [ASA], now).student == "s01"


def test_is_the_test_user_nobodys_account(worlds, now):
    world = worlds("moodle", quirks=["test-user"])
    assert recognised(world, now, "3", [ADA]).student is None


def test_is_an_unknown_person_refused_a_link(engine):
    with pytest.raises(CourseError, match="nobody"):
        people.link(engine, 4711, "s01")
