"""An LMS registers the tool by itself, at the address that `autograder lti invite` has printed."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from autograder.lms.lti import addresses, registration
from autograder.service import logs
from autograder.service.web.pages import page
from autograder.service.web.state import service


async def register(request: Request) -> Response:
    """Agree with the LMS on all settings, and say what to do next.

    Raises:
        Refused: when the address is not good any more, or the LMS does not play along.
    """
    shared = service(request)
    title = shared.course.settings.title or registration.TITLE
    made = await run_in_threadpool(
        registration.register,
        shared.engine,
        request.query_params,
        shared.address,
        shared.clock(),
        title,
    )
    logs.event("registered", platform=made.id, family=made.family)
    return page(request, "registered.html.jinja", platform=made)


ROUTES = [Route(addresses.REGISTER, register, methods=["GET"])]
