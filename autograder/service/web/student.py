"""The pages for students: all weeks, and one week with its files, its attempts and the grade."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from autograder.feedback.pages import POLICY, page_of
from autograder.release.start_here.write import zip_of
from autograder.service.web import student_api, student_requests, student_token, student_upload
from autograder.service.web.errors import NotAllowed, NotFound
from autograder.service.web.pages import page
from autograder.service.web.state import service
from autograder.service.web.student_page import WEEK, WEEKS, week_page
from autograder.service.web.student_week import overview, week_of
from autograder.service.web.visitor import student_of, visitor

HOME = WEEKS
_FORMS = ("attempts", "requests", "token", "token/revoke")
_ANY_FILE = "application/octet-stream"
"""A browser saves it and shows nothing."""


def weeks(request: Request) -> Response:
    """All weeks of the course."""
    who = visitor(request)
    rows = overview(service(request), who.student)
    return page(request, "my_weeks.html.jinja", rows=rows)


def week(request: Request) -> Response:
    """One week."""
    _, student = student_of(request)
    return week_page(request, week_of(request, student))


def back(request: Request) -> Response:
    """The week, for a browser that asks once more for what a form has answered."""
    return RedirectResponse(f"{HOME}/{request.path_params['week'][:6]}", status_code=303)


def file(request: Request) -> Response:
    """One of the week's files."""
    _, student = student_of(request)
    files = week_of(request, student).files
    # Only a name of the listing: what the address says is never a path.
    path = files.get(request.path_params["name"])
    if path is None:
        raise NotFound("This week has no such file.")
    return FileResponse(path, filename=path.name, media_type=_ANY_FILE)


def all_files(request: Request) -> Response:
    """All of the week's files in one."""
    _, student = student_of(request)
    found = week_of(request, student)
    headers = {"content-disposition": f'attachment; filename="{found.name}.zip"'}
    content = zip_of(service(request).course, [found.stem])
    return Response(content, headers=headers, media_type="application/zip")


def feedback(request: Request) -> Response:
    """The student's notebook as it was graded, with verdicts and remarks where they belong."""
    from nbformat import v4

    _, student = student_of(request)
    found = week_of(request, student)
    if found.is_held:
        raise NotAllowed("Your instructor holds the grades of this week back until all are ready.")
    path = found.course.notebook("autograded", found.stem, student)
    if found.grade is None or not path.is_file():
        raise NotFound("Nothing of yours has been graded in this week yet.")
    notebook = v4.reads(path.read_text(encoding="utf-8"))
    text = page_of(notebook, found.stem, found.grade, found.course.settings)
    return HTMLResponse(text, headers={"content-security-policy": POLICY})


ROUTES = [
    Route(HOME, weeks, methods=["GET"]),
    Route(WEEK, week, methods=["GET"]),
    Route(WEEK + "/files.zip", all_files, methods=["GET"]),
    Route(WEEK + "/files/{name:path}", file, methods=["GET"]),
    Route(WEEK + "/feedback", feedback, methods=["GET"]),
    *(Route(f"{WEEK}/{form}", back, methods=["GET"]) for form in _FORMS),
    *student_upload.ROUTES,
    *student_requests.ROUTES,
    *student_token.ROUTES,
    *student_api.ROUTES,
]
