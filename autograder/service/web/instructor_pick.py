"""An instructor picks weeks in the LMS's own dialog; they become links, each with its grade."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC

from itsdangerous import BadData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from autograder.gradebook.status import WeekStatus, status
from autograder.lms.lti import addresses, contexts, deep_linking, platforms
from autograder.lms.lti.launch import DeepLink, Launch
from autograder.lms.lti.platforms import Platform
from autograder.service.actions import recorded
from autograder.service.web.errors import NoPage
from autograder.service.web.guard import POLICY
from autograder.service.web.instructor_page import (
    TEACH,
    Form,
    TaughtWeek,
    by,
    done,
    instructor,
    weeks_of,
    with_form,
)
from autograder.service.web.pages import page
from autograder.service.web.state import Service, service
from autograder.service.web.visitor import Visitor

PICK = TEACH + "/pick"
GOOD_FOR = 3600
"""Seconds in which weeks can be picked."""
_PURPOSE = "deep link"


class StalePick(NoPage):
    """A dialog that was open for too long, or is somebody else's."""

    status = 403
    reason = "stale-pick"
    title = "This dialog is out of date"

    def __init__(self) -> None:
        super().__init__(
            "Expected weeks that were picked within an hour of opening the dialog, by whoever "
            "opened it. Nothing was changed. Next: close the dialog, and open it in the LMS again."
        )


@dataclass(frozen=True)
class Asked:
    """What is kept of the launch until weeks have been picked."""

    platform: Platform
    deployment: str
    deep_link: DeepLink


@dataclass(frozen=True)
class Offered:
    """A week that can be picked; `is_there` says that the LMS's course has its grades already."""

    week: TaughtWeek
    status: WeekStatus
    is_there: bool


def pick(request: Request, launch: Launch) -> Response:
    """The dialog: which weeks become links."""
    who = instructor(request)
    shared = service(request)
    assert launch.deep_link is not None
    kept = {
        "platform": launch.platform.id,
        "deployment": launch.deployment,
        "deep_link": asdict(launch.deep_link),
        "person": who.person,
    }
    return page(
        request,
        "pick.html.jinja",
        offered=_offered(shared, who),
        deep_link=launch.deep_link,
        kept=shared.signed(_PURPOSE).dumps(kept),
    )


def _offered(shared: Service, who: Visitor) -> list[Offered]:
    weeks = {each.stem: each for each in weeks_of(shared.course)}
    found = status(shared.course, list(weeks)) if weeks else []
    return [
        Offered(
            weeks[each.stem],
            each,
            contexts.line_item_of(shared.engine, who.context, each.week) is not None,
        )
        for each in found
    ]


def answer(request: Request, given: Form) -> Response:
    """Send what was picked back to the LMS, by a form that the browser posts there."""
    who = instructor(request)
    shared = service(request)
    asked = _asked(shared, who, given.get("kept"))
    items = [
        _item(shared, each)
        for each in _offered(shared, who)
        if each.week.name in given.every("week")
    ]
    names = ", ".join(each.week for each in items)
    with recorded(shared.engine, by(who), "make links", details=names or "none"):
        address, token = deep_linking.response(shared.engine, asked, items, shared.clock())
    done("make links")
    shown = page(request, "picked.html.jinja", address=address, token=token, picked=items)
    # The one form of ours that goes elsewhere: back to where the instructor came from.
    to_lms = f"form-action 'self' {addresses.origin_text(address)}"
    shown.headers["content-security-policy"] = POLICY.replace("form-action 'self'", to_lms)
    return shown


def _asked(shared: Service, who: Visitor, signed: str) -> Asked:
    try:
        kept = shared.signed(_PURPOSE).loads(signed, max_age=GOOD_FOR)
    except BadData:
        raise StalePick from None
    if (kept["person"], kept["platform"]) != (who.person, who.platform):
        raise StalePick
    platform = platforms.get(shared.engine, kept["platform"])
    return Asked(platform, kept["deployment"], DeepLink(**kept["deep_link"]))


def _item(shared: Service, offered: Offered) -> deep_linking.Item:
    due = offered.status.due
    return deep_linking.Item(
        offered.week.name,
        offered.week.title,
        f"{shared.address}{addresses.LAUNCH}",
        offered.status.worth,
        due=due.replace(tzinfo=UTC) if due else None,
    )


ROUTES = [Route(PICK, with_form(answer), methods=["POST"])]
