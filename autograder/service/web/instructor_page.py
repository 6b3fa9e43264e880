"""What the instructor's pages share: who asks, which week, the fields of a form, what is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from autograder.course.directory import Course
from autograder.course.roster import Student, all_students
from autograder.lms.lti.roles import Role
from autograder.questions import catalogue
from autograder.service import logs
from autograder.service.actions import By
from autograder.service.web.errors import NotFound
from autograder.service.web.pages import page
from autograder.service.web.state import service
from autograder.service.web.student_week import released
from autograder.service.web.visitor import STAFF, Visitor, visitor

TEACH = "/teach"
WEEK = TEACH + "/{week}"
FOLLOWS = "x-follows"
"""A header of requests by pages that follow by themselves."""
_TOLD = "told"
_MOST_FIELDS = 100
_LONGEST = 300
"""Letters of a message: the session is a cookie, of which a browser keeps 4 KiB."""


class Form:
    """The fields of a form; files and fields that are not there are empty."""

    def __init__(self, fields: Iterable[tuple[str, object]] = ()) -> None:
        self._fields = [(name, value) for name, value in fields if isinstance(value, str)]

    def get(self, name: str) -> str:
        """The value of a field, without space around it."""
        return next(iter(self.every(name)), "")

    def every(self, name: str) -> list[str]:
        """The values of all fields of this name, such as of boxes that were ticked."""
        return [value.strip() for field, value in self._fields if field == name]


@dataclass(frozen=True)
class TaughtWeek:
    """A released week, as its pages name it: `name` is such as week06."""

    stem: str

    @property
    def name(self) -> str:
        return self.stem[:6]

    @property
    def title(self) -> str:
        return f"Week {self.name[4:]}: {catalogue.title(self.stem)}"

    @property
    def address(self) -> str:
        return f"{TEACH}/{self.name}"

    def page_of(self, student: str) -> str:
        """The page of a student's work for this week."""
        return f"{self.address}/students/{quote(student, safe='')}"


def weeks_of(course: Course) -> list[TaughtWeek]:
    """The weeks that are released."""
    return [TaughtWeek(stem) for stem in released(course)]


def week_of(request: Request) -> TaughtWeek:
    """The week that the address names.

    Raises:
        NotFound: when there is none, or it is not released.
    """
    name = request.path_params["week"]
    for each in weeks_of(service(request).course):
        if name in (each.stem, each.name):
            return each
    raise NotFound(
        "There is no such week in this course, or it is not released yet. Next: release it with "
        "`autograder release`, or choose one of the weeks under Weeks and students."
    )


def student_on_roster(course: Course, student: str) -> Student:
    """Somebody on the roster.

    Raises:
        NotFound: when nobody there has this id.
    """
    for each in all_students(course.db_url):
        if each.id == student:
            return each
    raise NotFound("Nobody on the roster has this id. Next: choose somebody from the week's table.")


def name_of(student: Student | None, student_id: str = "") -> str:
    """A name for a table: `Bell, Bob`; the id where no name is known."""
    if student is None:
        return student_id
    return ", ".join(filter(None, (student.last_name, student.first_name))) or student.id


def staff(request: Request) -> Visitor:
    """An instructor or an assistant, who is asking."""
    return visitor(request, *STAFF)


def instructor(request: Request) -> Visitor:
    """An instructor who is asking; assistants may not do this."""
    return visitor(request, Role.INSTRUCTOR)


def by(who: Visitor) -> By:
    """Who it is, for the record of actions."""
    return By(who.platform, who.subject, who.name)


def with_form(
    act: Callable[[Request, Form], Response],
) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that gets the fields of the form that was sent, and may take its time."""

    async def endpoint(request: Request) -> Response:
        async with request.form(max_files=0, max_fields=_MOST_FIELDS) as form:
            given = Form(form.multi_items())
        return await run_in_threadpool(act, request, given)

    endpoint.__doc__ = act.__doc__
    return endpoint


def told(request: Request, text: str, where: str, *, bad: bool = False) -> Response:
    """Go to a page, which says what was done, or why it was not."""
    shown = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    request.session[_TOLD] = [shown, bad]
    return RedirectResponse(where, status_code=303)


def staff_page(request: Request, template: str, status: int = 200, **context: Any) -> Response:
    """A page for staff; what the last form has led to stands at its top."""
    text, bad = "", False
    if FOLLOWS not in request.headers:
        text, bad = request.session.pop(_TOLD, [text, bad])
    is_instructor = visitor(request).role is Role.INSTRUCTOR
    more = {
        "told": text,
        "told_bad": bad,
        "is_instructor": is_instructor,
        "name_of": name_of,
    }
    return page(request, template, status, **(more | context))


def done(name: str, week: str = "") -> None:
    """Log that staff have done something; about whom stands in the record of actions alone."""
    logs.event("staff", action=name, week=week)
