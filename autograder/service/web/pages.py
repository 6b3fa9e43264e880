"""Render a page from a template of ours, which all extend `base.html.jinja`."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response
from starlette.templating import Jinja2Templates

from autograder.feedback import verdict
from autograder.lms.lti.roles import Role
from autograder.service.limits import spoken
from autograder.service.web.errors import SignedOut
from autograder.service.web.state import service
from autograder.service.web.visitor import Visitor, visitor

TEMPLATES = Path(__file__).with_name("templates")


def page(request: Request, template: str, status: int = 200, **context: Any) -> Response:
    """A page.

    Args:
        request: whose visitor the head of the page names.
        template: a file in `templates/`.
        status: of the answer.
        context: what the template shows; it also has `visitor` (None if nobody is signed in),
            `course_title`, `language` and the filters `points`, `time` and `spoken`.
    """
    who = _who(request)
    settings = service(request).course.settings
    common = {
        "visitor": who,
        "is_staff": who is not None and who.is_staff,
        "is_student": who is not None and who.role is Role.STUDENT,
        "course_title": settings.title,
        "timezone": settings.timezone,
    }
    return _templates().TemplateResponse(request, template, common | context, status_code=status)


def _who(request: Request) -> Visitor | None:
    try:
        return visitor(request)
    except (SignedOut, AssertionError):
        # Without a session, where the request was refused before there was one.
        return None


@cache
def _templates() -> Jinja2Templates:
    environment = Environment(
        # The pages and the feedback lay verdicts out by the same macro.
        loader=FileSystemLoader([TEMPLATES, Path(verdict.__file__).parent]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"points": _points, "time": time_text, "spoken": spoken}
    return Jinja2Templates(env=environment)


def _points(value: float | None) -> str:
    """`7.5`, `8`; a dash for none."""
    return "–" if value is None else f"{round(value, 2):g}"


def time_text(value: datetime | None, zone: str = "") -> str:
    """`2026-11-29 17:42 UTC`, or in the course's time zone."""
    if value is None:
        return "–"
    local = value.astimezone(ZoneInfo(zone)) if zone else value
    return f"{local:%Y-%m-%d %H:%M} {local.tzname()}"
