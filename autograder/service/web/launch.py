"""Somebody comes from the LMS: login, launch, our public keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from autograder.lms.lti import addresses, keys
from autograder.lms.lti.launch import Launch, read_launch
from autograder.lms.lti.login import GOOD_FOR, Login, begin_again, start_login
from autograder.lms.lti.people import Person
from autograder.lms.lti.roles import Role
from autograder.service import logs, people
from autograder.service.web import instructor, student
from autograder.service.web.errors import NotAllowed
from autograder.service.web.pages import page
from autograder.service.web.state import Service, service
from autograder.service.web.visitor import sign_in

_FRAMES = ("iframe", "frame")
LARGEST = 256 * 1024
"""Bytes of a login or a launch."""


async def login(request: Request) -> Response:
    """The platform says that somebody is coming; send the browser to its sign-in."""
    shared = service(request)
    shared.limits.take_login(request.client.host if request.client else "")
    given = await _parameters(request)
    begun = await run_in_threadpool(
        start_login, shared.engine, given, redirect_uri(shared), shared.clock()
    )
    if request.headers.get("sec-fetch-dest") in _FRAMES:
        # The window has to be opened before the platform's sign-in, whose answer is good once.
        window = f"{addresses.AGAIN}?{urlencode({'state': begun.state})}"
        answer = page(request, "frame.html.jinja", next=begun.url, window=window)
    else:
        answer = RedirectResponse(begun.url, status_code=302)
    return with_state(answer, begun)


def with_state(answer: Response, begun: Login) -> Response:
    """The answer with the cookie that this browser shows at the launch."""
    return _with_cookie(answer, begun.state, int(GOOD_FOR.total_seconds()))


def _with_cookie(answer: Response, state: str, seconds: int) -> Response:
    # In a frame it is partitioned: kept for the LMS that shows the frame, where no other cookie
    # is. Starlette's own `set_cookie` can say so from Python 3.14 on.
    flags = "Path=/lti/; HttpOnly; Secure; SameSite=None; Partitioned"
    value = f"{cookie_of(state)}={state}; Max-Age={seconds}; {flags}"
    answer.headers.append("set-cookie", value)
    return answer


async def launch(request: Request) -> Response:
    """The platform's signed message: who is here, in which role, for which week."""
    given = await _parameters(request)
    state = given.get("state", "")
    return await arrive(request, given, request.cookies.get(cookie_of(state)))


async def again(request: Request) -> Response:
    """Begin the login once more, in a window: in its frame the browser keeps no cookie of ours."""
    shared = service(request)
    state = request.query_params.get("state", "")
    begun = await run_in_threadpool(
        begin_again, shared.engine, state, redirect_uri(shared), shared.clock()
    )
    return with_state(RedirectResponse(begun.url, status_code=302), begun)


async def arrive(request: Request, given: Mapping[str, str], browser_state: str | None) -> Response:
    """Check a launch, sign the person in, and show what they came for.

    Args:
        request: to which the session belongs.
        given: the platform's `id_token` and `state`.
        browser_state: the state that this browser holds.

    Raises:
        Refused: when the launch is not right.
        NotInTheCourse: when a student is not on the roster.
        NotAllowed: when the person is neither a student nor staff.
    """
    shared = service(request)
    arrived, person = await run_in_threadpool(_welcome, shared, given, browser_state)
    answer = await _shown(request, arrived, person)
    _with_cookie(answer, given.get("state", ""), 0)
    logs.event(
        "launch",
        message=arrived.message,
        role=arrived.role.value,
        platform=arrived.platform.id,
        week=arrived.week or "",
    )
    return answer


def _welcome(
    shared: Service, given: Mapping[str, str], browser_state: str | None
) -> tuple[Launch, Person]:
    now = shared.clock()
    arrived = read_launch(shared.engine, given, browser_state, now, redirect_uri(shared))
    return arrived, people.welcome(shared.engine, shared.course, arrived, now)


async def _shown(request: Request, arrived: Launch, person: Person) -> Response:
    if arrived.role is Role.NOBODY:
        raise NotAllowed(
            "The LMS says that you are neither a learner nor an instructor of the course. Your "
            "role in it has to be changed in the LMS, by an instructor."
        )
    who = sign_in(request, arrived, person)
    if arrived.message == "deep-link":
        return await run_in_threadpool(instructor.pick, request, arrived)
    home = instructor.HOME if who.is_staff else student.HOME
    where = f"{home}/{arrived.week[:6]}" if arrived.week else home
    return RedirectResponse(where, status_code=303)


def published_keys(request: Request) -> Response:
    """Our public keys, with which platforms check what we sign."""
    headers = {"cache-control": "public, max-age=300"}
    return JSONResponse(keys.jwks(service(request).engine), headers=headers)


def redirect_uri(shared: Service) -> str:
    """The launch address as it is registered with platforms."""
    return f"{shared.address}{addresses.LAUNCH}"


def cookie_of(state: str) -> str:
    """The name of the cookie of one login: several tabs may be on their way at once."""
    return f"lti-{''.join(letter for letter in state[:16] if letter.isalnum())}"


async def _parameters(request: Request) -> dict[str, str]:
    found: dict[str, Any] = dict(request.query_params)
    if request.method == "POST":
        async with request.form(max_files=0, max_fields=50, max_part_size=LARGEST) as form:
            found |= dict(form)
    return {name: value for name, value in found.items() if isinstance(value, str)}


ROUTES = [
    Route(addresses.LOGIN, login, methods=["GET", "POST"], max_body_size=LARGEST),
    Route(addresses.LAUNCH, launch, methods=["POST"], max_body_size=LARGEST),
    Route(addresses.AGAIN, again, methods=["GET"]),
    Route(addresses.KEYSET, published_keys, methods=["GET"]),
]
