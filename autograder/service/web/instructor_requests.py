"""Staff answer what students have asked to be looked at again."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from autograder.service import regrade_requests
from autograder.service.actions import recorded
from autograder.service.regrade_requests import UnusableRequest
from autograder.service.web.instructor_overview import roster
from autograder.service.web.instructor_page import (
    WEEK,
    Form,
    by,
    done,
    staff,
    staff_page,
    told,
    week_of,
    with_form,
)
from autograder.service.web.state import service

REQUESTS = WEEK + "/requests"


def requests(request: Request) -> Response:
    """All requests of a week, those that are not answered first."""
    staff(request)
    return _page(request)


def answer(request: Request, given: Form) -> Response:
    """Answer a request; the student reads it on the page of the week."""
    who = staff(request)
    shared, week = service(request), week_of(request)
    number = int(request.path_params["number"])
    text = given.get("answer").replace("\r\n", "\n")
    known = {row.id: row.student for row in regrade_requests.of_week(shared.engine, week.stem)}
    student = known.get(number, "")
    try:
        with recorded(shared.engine, by(who), "answer a request", week.stem, student, text):
            regrade_requests.answer(
                shared.engine, week.stem, number, text, who.name, shared.clock()
            )
    except UnusableRequest as error:
        return _page(request, 422, str(error), number, text)
    done("answer", week.name)
    return told(request, f"{student} reads your answer now.", f"{week.address}/requests")


def _page(
    request: Request, status: int = 200, refusal: str = "", number: int = 0, text: str = ""
) -> Response:
    shared, week = service(request), week_of(request)
    return staff_page(
        request,
        "teach_requests.html.jinja",
        status,
        week=week,
        rows=regrade_requests.of_week(shared.engine, week.stem),
        names={each.id: each for each in roster(shared.course)},
        refusal=refusal,
        refused=number,
        typed=text,
    )


ROUTES = [
    Route(REQUESTS, requests, methods=["GET"]),
    Route(REQUESTS + "/{number:int}", with_form(answer), methods=["POST"]),
]
