"""The pages for instructors and assistants."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from autograder.lms.lti.launch import Launch
from autograder.service.web.errors import NotFound
from autograder.service.web.pages import page
from autograder.service.web.visitor import STAFF, visitor

HOME = "/teach"


def weeks(request: Request) -> Response:
    """Weeks and students."""
    visitor(request, *STAFF)
    return page(request, "weeks.html.jinja")


def pick(request: Request, launch: Launch) -> Response:
    """The instructor picks the weeks that become links in the LMS."""
    raise NotFound


ROUTES = [
    Route(HOME, weeks, methods=["GET"]),
    Route(HOME + "/{week}", weeks, methods=["GET"]),
]
