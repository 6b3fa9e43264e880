"""A student makes a token for `submit()`, sees it once, and revokes it with a click."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from autograder.service import logs, tokens
from autograder.service.web.state import service
from autograder.service.web.student_page import WEEK, week_page
from autograder.service.web.student_week import week_of
from autograder.service.web.visitor import student_of


def make(request: Request) -> Response:
    """A new token; it stands on this one page and nowhere else."""
    _, student = student_of(request)
    shared = service(request)
    week = week_of(request, student)
    token = tokens.make(shared.engine, student, shared.clock())
    logs.event("token made")
    # With the address, so that a program needs one line of text and no more.
    return week_page(request, week, token=f"{shared.address}#{token}")


def revoke(request: Request) -> Response:
    """Make the token worthless."""
    _, student = student_of(request)
    shared = service(request)
    week = week_of(request, student)
    tokens.revoke(shared.engine, student, shared.clock())
    logs.event("token revoked")
    return RedirectResponse(f"/weeks/{week.name}#token", status_code=303)


ROUTES = [
    Route(WEEK + "/token", make, methods=["POST"]),
    Route(WEEK + "/token/revoke", revoke, methods=["POST"]),
]
