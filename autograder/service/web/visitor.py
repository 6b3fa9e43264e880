"""Who is asking: what the session remembers of a launch.

The session is a signed cookie, good for some hours. It holds what the LMS said at the launch, so
that a role which somebody loses in the LMS ends with the session.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from starlette.requests import Request

from autograder.lms.lti.launch import Launch
from autograder.lms.lti.people import Person
from autograder.lms.lti.roles import Role
from autograder.service.web.errors import NotAllowed, SignedOut

SESSION_SECONDS = 8 * 3600
STAFF = (Role.INSTRUCTOR, Role.ASSISTANT)
_KEY = "visitor"
_LONGEST = 200
_SPOKEN = {
    Role.STUDENT: "students",
    Role.ASSISTANT: "assistants",
    Role.INSTRUCTOR: "instructors",
}


@dataclass(frozen=True)
class Visitor:
    """Somebody who has come from the LMS.

    Attributes:
        role: in the LMS's course, from membership roles alone.
        student: the id on the roster; None for staff and for the LMS's test user.
        person: the id in PEOPLE; `platform` and `subject` are the LMS's names for them.
        name: as the LMS shows it.
        context: the id in CONTEXTS: the LMS's course.
        test_user: nobody real, such as the student in Canvas's student view.
        week: which week the link opens, such as week06; None if it does not say.
        return_url: back to the LMS; empty if it does not say.
    """

    role: Role
    student: str | None
    person: int
    platform: int
    subject: str
    name: str
    context: int
    test_user: bool = False
    week: str | None = None
    return_url: str = ""
    locale: str = ""

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF


def sign_in(request: Request, launch: Launch, person: Person) -> Visitor:
    """Let the person of a launch in, in place of whoever was signed in before."""
    visitor = Visitor(
        role=launch.role,
        student=person.student if launch.role is Role.STUDENT else None,
        person=person.id,
        platform=launch.platform.id,
        subject=launch.subject,
        name=launch.name[:_LONGEST],
        context=launch.context_key,
        test_user=launch.test_user,
        week=launch.week,
        # A browser drops a cookie of more than 4 KiB.
        return_url=launch.return_url if len(launch.return_url) <= 1000 else "",
        locale=launch.locale,
    )
    request.session.clear()
    request.session[_KEY] = asdict(visitor) | {"role": visitor.role.value}
    return visitor


def sign_out(request: Request) -> None:
    """End the session in this browser."""
    request.session.clear()


def visitor(request: Request, *roles: Role) -> Visitor:
    """Who is asking.

    Args:
        request: with its session.
        roles: who may see this page; by default everybody who is signed in.

    Raises:
        SignedOut: when nobody is signed in.
        NotAllowed: when somebody else is.
    """
    found: dict[str, Any] | None = request.session.get(_KEY)
    if found is None:
        raise SignedOut
    try:
        who = Visitor(**{**found, "role": Role(found["role"])})
    except (TypeError, ValueError, KeyError):
        # A cookie of an earlier version of this service.
        raise SignedOut from None
    if roles and who.role not in roles:
        for_whom = " and ".join(_SPOKEN[each] for each in roles)
        raise NotAllowed(
            f"It is for {for_whom} of the course, and the LMS says that you are "
            f"{'nobody in it' if who.role is Role.NOBODY else f'one of its {_SPOKEN[who.role]}'}. "
            "If that is wrong, your role in the LMS's course has to be changed there."
        )
    return who


def student_of(request: Request) -> tuple[Visitor, str]:
    """The student who is asking, and their id on the roster.

    Raises:
        SignedOut, NotAllowed: when it is nobody, or no student.
    """
    who = visitor(request, Role.STUDENT)
    if who.student is None:
        raise NotAllowed(
            "The student view of an LMS is nobody's: nothing can be handed in from there. Ask a "
            "student of the course, or make an account that is one."
        )
    return who, who.student
