"""What somebody may do here, from their roles in the LMS's course and nothing else.

Canvas gives a student an *institution* role of Instructor if they teach elsewhere, so institution
and system roles are never read.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

_MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
_TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"


class Role(Enum):
    """What somebody is in the course."""

    STUDENT = "student"
    ASSISTANT = "assistant"
    INSTRUCTOR = "instructor"
    NOBODY = "nobody"


_PRINCIPAL = {
    "Instructor": Role.INSTRUCTOR,
    "Administrator": Role.INSTRUCTOR,
    "Learner": Role.STUDENT,
    # Bare names in use before LTI 1.3, which some platforms still send.
    "Teacher": Role.INSTRUCTOR,
    "Student": Role.STUDENT,
    "TeachingAssistant": Role.ASSISTANT,
}
# Sub-roles of Instructor that grade, and do not run the course.
_ASSISTING = ("TeachingAssistant", "Grader")


def role(roles: Iterable[str]) -> Role:
    """The role in the course, from the roles of an id_token or of the class list.

    Whoever is a teaching assistant is one, also where the platform adds Instructor, as Canvas
    does. Otherwise the role with the most rights counts.
    """
    held = {_held(*named) for each in roles if (named := _membership(each))}
    order = (Role.ASSISTANT, Role.INSTRUCTOR, Role.STUDENT)
    return next((each for each in order if each in held), Role.NOBODY)


def is_test_user(roles: Iterable[str]) -> bool:
    """Whether it is nobody real, such as the student in Canvas's student view."""
    return _TEST_USER in roles


def _held(principal: str, sub_role: str) -> Role:
    if principal == "Instructor" and sub_role.startswith(_ASSISTING):
        return Role.ASSISTANT
    return _PRINCIPAL.get(principal, Role.NOBODY)


def _membership(given: str) -> tuple[str, str] | None:
    """A membership role as principal role and sub-role; None for any other role.

    `…/membership#Learner` is a principal role, `…/membership/Instructor#Grader` a sub-role of
    Instructor, and `…/membership/Learner#Instructor` one of Learner. The class list of Moodle has
    bare names, such as `Learner`.
    """
    place, _, name = given.rpartition("#")
    if "#" not in given:
        return (name, "") if ":" not in name and "/" not in name else None
    if place == _MEMBERSHIP:
        return name, ""
    principal = place.removeprefix(f"{_MEMBERSHIP}/")
    return (principal, name) if principal != place else None
