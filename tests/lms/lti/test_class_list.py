"""Is an LMS's class list compared with the roster so that nobody is taken for another?"""

from __future__ import annotations

import pytest

from autograder.course.roster import Student
from autograder.errors import CourseError
from autograder.lms.lti import class_list, people
from autograder.lms.lti.class_list import accept, as_students, compare
from autograder.lms.lti.roles import Role
from autograder.lms.lti.services import Member, Services


def member(user, name="", email="", login="", number="", role=Role.STUDENT, active=True):
    given, _, family = name.rpartition(" ")
    return Member(user, name, given, family, email, login, number, role, active)


def found(world, members, roster):
    matches = compare(world.engine, world.platform, members, roster)
    return [(each.member.user, each.student, each.by) for each in matches]


def test_is_everybody_matched_by_the_best_that_is_known(worlds):
    world = worlds("moodle")
    roster = [Student("s01"), Student("b@x.org"), Student("c", "Curie", "Marie"), Student("d")]
    members = [
        member("1", login="s01"),
        member("2", "Bo", "B@x.org"),
        member("3", "Marie Curie"),
        member("4", "Nobody Known"),
        member("5", "A Teacher", role=Role.INSTRUCTOR),
        member("6", "Has Left", active=False),
    ]
    assert found(world, members, roster) == [
        ("1", "s01", "account"),
        ("2", "b@x.org", "e-mail"),
        ("3", "c", "name"),
        ("4", None, ""),
    ]


def test_is_nobody_matched_where_two_fit(worlds):
    world = worlds("moodle")
    twins = [Student("a", "Lee", "Kim"), Student("b", "Lee", "Kim")]
    assert found(world, [member("1", "Kim Lee")], twins) == [("1", None, "")]
    one = [Student("a", "Lee", "Kim")]
    both = [member("1", "Kim Lee"), member("2", "Kim Lee")]
    assert found(world, both, one) == [("1", None, ""), ("2", None, "")]


def test_does_a_match_stay_once_it_is_accepted(worlds):
    world = worlds("moodle")
    roster = [Student("a", "Lee", "Kim"), Student("b", "Lee", "Kit")]
    first = compare(world.engine, world.platform, [member("1", "Kim Lee")], roster)
    assert accept(world.engine, world.platform, first) == 1
    assert people.subject_of(world.engine, world.platform.id, "a") == "1"
    renamed = [member("1", "Kit Lee"), member("2", "Kim Lee")]
    assert found(world, renamed, roster) == [("1", "a", "linked"), ("2", None, "")]
    again = compare(world.engine, world.platform, renamed, roster)
    assert accept(world.engine, world.platform, again) == 0


def test_can_whoever_is_missing_join_the_roster(worlds):
    world = worlds("moodle")
    people = [
        member("14", "Åsa Lind", "asa@x.org", "s12", "777"),
        member("15", "x\n<b>", "no address", "s13"),
    ]
    first, odd = as_students(world.platform, people, [])
    assert first == Student("s12", "Lind", "Åsa", "asa@x.org", "14")
    assert odd.id == "s13"


def test_does_nobody_join_as_somebody_who_is_there(worlds):
    """In Moodle everybody may write another's ID number into their profile."""
    world = worlds("moodle")
    roster = [Student("S01")]
    (made,) = as_students(world.platform, [member("66", "Eve", number="s01")], roster)
    assert made.id == "66"
    with pytest.raises(CourseError, match="roster add"):
        as_students(world.platform, [member("66", "Eve", number="s01")], [*roster, Student("66")])
    twice = as_students(world.platform, [member("1", login="a"), member("2", login="A")], [])
    assert [each.id for each in twice] == ["a", "2"]


def test_is_a_real_class_list_understood(worlds):
    """Moodle's, with its escaped names."""
    world = worlds("moodle")
    listed = Services(world.engine, world.platform).members(f"{world.emulator.base}/members/2")
    roster = [Student("x", "Lind/Berg & Co.", "Åsa"), Student("s01")]
    assert found(world, listed, roster) == [("3", "s01", "account"), ("14", "x", "name")]
    assert class_list.LINKED == "linked"
