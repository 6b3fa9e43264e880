"""The pages for students."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from autograder.service.web.pages import page
from autograder.service.web.visitor import visitor

HOME = "/weeks"


def weeks(request: Request) -> Response:
    """All weeks of the course."""
    visitor(request)
    return page(request, "weeks.html.jinja")


ROUTES = [
    Route(HOME, weeks, methods=["GET"]),
    Route(HOME + "/{week}", weeks, methods=["GET"]),
]
