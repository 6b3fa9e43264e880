"""The page of a week, which several routes answer with."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from autograder.service.web.pages import page
from autograder.service.web.state import service
from autograder.service.web.student_week import StudentWeek, shown

WEEKS = "/weeks"
WEEK = WEEKS + "/{week}"


def week_page(
    request: Request, week: StudentWeek, status: int = 200, refusal: str = "", **more: Any
) -> Response:
    """The page of a week.

    Args:
        request: the student's.
        week: which one.
        status: of the answer.
        refusal: why what was just sent is not taken; empty if nothing was.
        more: `token`, shown once when it was just made; `sentence`, of a request not taken.
    """
    context = {
        "week": week,
        "verdicts": shown(week.report),
        "largest_mb": service(request).course.settings.service.largest_mb,
        "largest_bytes": service(request).course.settings.service.largest_bytes,
        "refusal": refusal,
        "token": "",
        "sentence": "",
        "asked_about": request.query_params.get("question", ""),
    }
    return page(request, "week.html.jinja", status, **(context | more))
