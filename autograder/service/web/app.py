"""The web application: routes, sessions, and a page for everything that goes wrong."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from autograder.errors import AutograderError
from autograder.lms.lti.errors import Refused
from autograder.service import limits, logs, queue
from autograder.service.people import NotInTheCourse
from autograder.service.web import health, instructor, launch, register, student
from autograder.service.web.errors import NoPage, NotFound, TooMany
from autograder.service.web.guard import OwnFormsOnly, SafeHeaders
from autograder.service.web.pages import page
from autograder.service.web.state import Service, service
from autograder.service.web.visitor import SESSION_SECONDS, visitor

STATIC = Path(__file__).with_name("static")
LARGEST_FORM = 2**20
"""Bytes of a request, but for an upload, whose route allows more."""
_UNKNOWN = 503, "The service cannot do this now"


def make_app(shared: Service) -> Starlette:
    """The application of one course's service."""
    app = Starlette(
        routes=[
            Route("/", home, methods=["GET"]),
            *health.ROUTES,
            *launch.ROUTES,
            *register.ROUTES,
            *student.ROUTES,
            *instructor.ROUTES,
            Mount("/static", StaticFiles(directory=STATIC), name="static"),
        ],
        middleware=[
            Middleware(Measured),
            Middleware(SafeHeaders),
            Middleware(
                SessionMiddleware,
                secret_key=shared.secret("sessions"),
                session_cookie="nn-session",
                max_age=SESSION_SECONDS,
                # An LMS shows our pages in a frame, where a browser sends only such cookies. Being
                # partitioned, it belongs to that LMS's frames alone.
                same_site="none",
                https_only=True,
                partitioned=True,
            ),
        ],
        exception_handlers={
            NoPage: refused,
            limits.TooMany: refused,
            Refused: refused,
            NotInTheCourse: refused,
            queue.NoAttemptsLeft: refused,
            AutograderError: cannot,
            SQLAlchemyError: cannot,
            HTTPException: no_such_page,
            Exception: failed,
        },
        max_body_size=LARGEST_FORM,
    )
    # Inside of what shows errors as pages, so that its refusal is a page, too.
    app.router.middleware_stack = OwnFormsOnly(app.router.middleware_stack, shared.origin)
    app.state.service = shared
    return app


def home(request: Request) -> Response:
    """Where somebody belongs who opens the service's own address."""
    who = visitor(request)
    return RedirectResponse(instructor.HOME if who.is_staff else student.HOME, status_code=303)


def refused(request: Request, error: Exception) -> Response:
    """The page for a refusal that has a reason: what was expected, what came, what to do."""
    reason = str(getattr(error, "reason", "refused"))
    title = str(getattr(error, "title", "Not now"))
    status = int(getattr(error, "status", 429 if isinstance(error, limits.TooMany) else 403))
    service(request).metrics.refusals.labels(reason).inc()
    logs.event("refused", reason=reason)
    answer = _error_page(request, status, title, str(error), reason)
    if isinstance(error, (TooMany, limits.TooMany)) and error.after is not None:
        answer.headers["retry-after"] = str(int(error.after) + 1)
    return answer


def cannot(request: Request, error: Exception) -> Response:
    """The page for what the course or its database cannot do now."""
    logs.trouble("cannot", error)
    who = request.scope.get("session", {}).get("visitor") or {}
    is_staff = who.get("role") in ("instructor", "assistant")
    status, title = _UNKNOWN
    text = (
        "Nothing that was handed in is lost. Next: try again in a minute. If it happens again, "
        "tell your instructor."
    )
    if is_staff and isinstance(error, AutograderError):
        text = str(error)
    return _error_page(request, status, title, text, "unavailable")


def no_such_page(request: Request, error: Exception) -> Response:
    """The page for what the framework refuses: unknown addresses, methods, large bodies."""
    assert isinstance(error, HTTPException)
    texts = {
        404: (NotFound.title, str(NotFound())),
        405: ("This address takes no such request", "Open the link in your course in the LMS."),
        413: (
            "That was too large",
            "The file or the text is larger than this service takes. Next: clear the outputs of "
            "all cells, save the notebook, and send it again.",
        ),
    }
    title, text = texts.get(error.status_code, (f"Error {error.status_code}", str(error.detail)))
    return _error_page(request, error.status_code, title, text, f"status-{error.status_code}")


def failed(request: Request, error: Exception) -> Response:
    """The page for a bug."""
    logs.trouble("bug", error)
    text = (
        "This is a mistake in the service, and it has been noted. Nothing that was handed in is "
        "lost. Next: go back and try again; if it happens again, tell your instructor."
    )
    return _error_page(request, 500, "Something went wrong", text, "bug")


def _error_page(request: Request, status: int, title: str, text: str, reason: str) -> Response:
    try:
        return page(request, "error.html.jinja", status, title=title, text=text, reason=reason)
    except AutograderError:
        # The page names the course, which cannot be read.
        return PlainTextResponse(f"{title}\n\n{text}\n", status_code=status)


class Measured:
    """Times every request by the pattern of its route, which names nobody."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._note(scope, status, time.perf_counter() - began)
            await send(message)

        await self._app(scope, receive, noting)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route: Any = scope.get("route")
        pattern = getattr(route, "path", "(none)")
        shared: Service = scope["app"].state.service
        shared.metrics.requests.labels(pattern, scope["method"], status).observe(seconds)
