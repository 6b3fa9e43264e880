"""The class report of a week, as `autograder report` writes it."""

from __future__ import annotations

import threading

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from autograder.errors import CourseError
from autograder.feedback.pages import POLICY
from autograder.feedback.report.contents import Contents
from autograder.feedback.report.page import render
from autograder.feedback.report.tables import as_csv
from autograder.feedback.report.write import gather
from autograder.questions import catalogue
from autograder.service.web.errors import NotFound
from autograder.service.web.instructor_page import WEEK, TaughtWeek, staff, week_of
from autograder.service.web.state import service

REPORT = WEEK + "/report"
_DRAWING = threading.Lock()
"""Matplotlib draws one figure at a time."""


def report(request: Request) -> Response:
    """The page."""
    made = _made(request, week_of(request))
    with _DRAWING:
        text = render(made)
    # A student's text may hold half a surrogate pair.
    content = text.encode("utf-8", "replace")
    return HTMLResponse(content, headers={"content-security-policy": POLICY})


def table(request: Request) -> Response:
    """One of its tables."""
    week = week_of(request)
    name = request.path_params["name"]
    text = as_csv(_made(request, week)).get(name)
    if text is None:
        raise NotFound("The report has no such table.")
    file = f'attachment; filename="{week.stem}-{name}.csv"'
    content = text.encode("utf-8", "replace")
    return Response(content, headers={"content-disposition": file}, media_type="text/csv")


def _made(request: Request, week: TaughtWeek) -> Contents:
    staff(request)
    shared = service(request)
    anonymous = request.query_params.get("anonymous") == "yes"
    try:
        return gather(shared.course, catalogue.week(week.stem), anonymous=anonymous)
    except CourseError as error:
        raise NotFound(f"There is no report yet: {error}.") from None


ROUTES = [
    Route(REPORT, report, methods=["GET"]),
    Route(REPORT + "/{name}.csv", table, methods=["GET"]),
]
