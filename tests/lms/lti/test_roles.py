"""Does what somebody may do come from their roles in the course, and from nothing else?"""

from __future__ import annotations

import pytest

from autograder.lms.lti.roles import Role, is_test_user, role

M = "http://purl.imsglobal.org/vocab/lis/v2/membership"
I_ = "http://purl.imsglobal.org/vocab/lis/v2/institution/person"
S = "http://purl.imsglobal.org/vocab/lis/v2/system/person"


@pytest.mark.parametrize(
    ("roles", "found"),
    [
        ([f"{M}#Learner"], Role.STUDENT),
        ([f"{M}#Instructor"], Role.INSTRUCTOR),
        ([f"{M}#Instructor", f"{M}/Instructor#TeachingAssistant"], Role.ASSISTANT),
        ([f"{M}/Instructor#TeachingAssistantSection"], Role.ASSISTANT),
        ([f"{M}/Instructor#Grader"], Role.ASSISTANT),
        ([f"{M}/Instructor#PrimaryInstructor"], Role.INSTRUCTOR),
        ([f"{M}#Learner", f"{I_}#Instructor"], Role.STUDENT),
        ([f"{M}#Learner", f"{I_}#Administrator", f"{S}#SysAdmin"], Role.STUDENT),
        ([f"{I_}#Instructor"], Role.NOBODY),
        ([f"{S}#Administrator"], Role.NOBODY),
        ([f"{M}#Administrator"], Role.INSTRUCTOR),
        ([f"{M}#Mentor"], Role.NOBODY),
        ([f"{M}#ContentDeveloper"], Role.NOBODY),
        ([f"{M}#Learner", f"{M}/Learner#Instructor"], Role.STUDENT),
        ([f"{M}#Learner", f"{M}#Instructor"], Role.INSTRUCTOR),
        (["Learner"], Role.STUDENT),
        (["Instructor"], Role.INSTRUCTOR),
        (["TeachingAssistant", "Instructor"], Role.ASSISTANT),
        (["urn:lti:role:ims/lis/Instructor"], Role.NOBODY),
        (["urn:lti:instrole:ims/lis/Instructor"], Role.NOBODY),
        (["http://evil.example/membership#Instructor"], Role.NOBODY),
        ([f"{M}evil#Instructor"], Role.NOBODY),
        (["#Instructor"], Role.NOBODY),
        ([""], Role.NOBODY),
        ([], Role.NOBODY),
    ],
)
def test_which_role_is_it(roles, found):
    assert role(roles) is found
    assert role(reversed(roles)) is found


def test_is_the_student_view_told():
    assert is_test_user(
        [f"{M}#Learner", "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"]
    )
    assert not is_test_user([f"{M}#Learner"])
