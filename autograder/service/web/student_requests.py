"""A student asks in a sentence for another look at a question; the answer stands on the page."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from autograder.service import logs, regrade_requests
from autograder.service.regrade_requests import UnusableRequest
from autograder.service.web.state import service
from autograder.service.web.student_page import WEEK, week_page
from autograder.service.web.student_week import week_of
from autograder.service.web.visitor import student_of


async def ask(request: Request) -> Response:
    """Store a request."""
    async with request.form(max_files=0, max_fields=5) as form:
        given = {name: value for name, value in form.items() if isinstance(value, str)}
    return await run_in_threadpool(_ask, request, given.get("question", ""), given)


def _ask(request: Request, question: str, given: dict[str, str]) -> Response:
    _, student = student_of(request)
    shared = service(request)
    week = week_of(request, student)
    sentence = given.get("sentence", "")
    known = {each.question for each in week.report.verdicts} if week.report else set()
    try:
        if not week.attempts:
            raise UnusableRequest(
                "You have handed in nothing in this week. Next: hand in your notebook; when it "
                "is graded, you can ask for another look."
            )
        # A name that is no question of this week is the week as a whole.
        about = question if question in known else ""
        regrade_requests.ask(shared.engine, student, week.stem, about, sentence, shared.clock())
    except UnusableRequest as error:
        return week_page(request, week, 422, str(error), sentence=sentence, asked_about=question)
    logs.event("regrade asked", week=week.stem)
    return RedirectResponse(f"/weeks/{week.name}#requests", status_code=303)


ROUTES = [Route(WEEK + "/requests", ask, methods=["POST"])]
