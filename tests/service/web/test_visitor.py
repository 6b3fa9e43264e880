"""Does the session hold what the LMS said, and nobody see more than it allows?"""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from starlette.requests import Request

from autograder.lms.lti.roles import Role
from autograder.service.web.errors import NotAllowed, SignedOut
from autograder.service.web.visitor import STAFF, sign_in, sign_out, student_of, visitor


def request(session=None):
    return Request({"type": "http", "session": {} if session is None else session})


def come(where, role=Role.STUDENT, **known):
    launch = SimpleNamespace(
        role=role,
        platform=SimpleNamespace(id=1),
        subject="7",
        name="Ada Lovelace",
        context_key=3,
        test_user=False,
        week="week06",
        return_url="https://lms.example/back",
        locale="en",
    )
    vars(launch).update(known)
    return sign_in(where, launch, SimpleNamespace(id=5, student="ada"))


def test_is_what_the_lms_said_remembered():
    where = request()
    who = come(where)
    assert visitor(where) == who
    assert student_of(where) == (who, "ada")
    assert (who.week, who.context, who.person) == ("week06", 3, 5)


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.ASSISTANT])
def test_is_staff_no_student_though_on_the_roster(role):
    where = request()
    assert come(where, role).student is None
    assert visitor(where, *STAFF).is_staff
    with pytest.raises(NotAllowed, match="for students of the course"):
        student_of(where)


def test_hands_the_lms_s_test_user_nothing_in():
    where = request()
    launch = come(where, test_user=True)
    assert launch.test_user
    where.session["visitor"]["student"] = None
    with pytest.raises(NotAllowed, match="nothing can be handed in from there"):
        student_of(where)


def test_ends_a_session_when_told():
    where = request()
    come(where)
    sign_out(where)
    with pytest.raises(SignedOut):
        visitor(where)


@pytest.mark.parametrize("old", [{"role": "king"}, {"role": "student", "rank": 1}, {}])
def test_is_a_session_of_an_earlier_version_nobodys(old):
    with pytest.raises(SignedOut):
        visitor(request({"visitor": old}))


def test_does_a_long_address_not_make_the_cookie_too_large():
    assert come(request(), return_url="https://lms.example/" + "x" * 3000).return_url == ""
    assert len(come(request(), name="y" * 999).name) == 200
