"""What `submit()` calls from a notebook: hand in, and read the verdict on one's own upload.

A request has the student's personal token and no cookie. Answers are JSON; an error is a sentence.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from autograder.errors import UnreadableNotebook
from autograder.gradebook import reports
from autograder.service import limits, logs, queue, tokens
from autograder.service.queue import NoAttemptsLeft, State, Upload
from autograder.service.waits import Place
from autograder.service.web.errors import NoPage, NotFound
from autograder.service.web.guard import TOKEN_API
from autograder.service.web.state import Service, service
from autograder.service.web.student_upload import LARGEST, files_in, take
from autograder.service.web.student_week import StudentWeek, week_of

SUBMIT = TOKEN_API + "submit/{week}"
VERDICT = TOKEN_API + "uploads/{number:int}"
_VERDICT = ("question", "points", "max_points", "outcome", "message", "part", "mistake")
"""What a notebook shows of a verdict."""


class BadToken(NoPage):
    """A request without a token that is good."""

    status = 401
    reason = "bad-token"
    title = "This token is not valid"

    def __init__(self) -> None:
        super().__init__(
            "Expected your personal token, received none or one that was revoked or has expired. "
            "Next: open the week in your LMS, make a new token there, and call "
            "submit(new_token=True)."
        )


def _as_json(
    answer: Callable[[Request], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint whose refusals are JSON, for a program rather than a person."""

    async def answered(request: Request) -> Response:
        try:
            return await answer(request)
        except (NoPage, UnreadableNotebook, limits.TooMany, NoAttemptsLeft) as error:
            status = getattr(error, "status", 429 if isinstance(error, limits.TooMany) else 422)
            logs.event("refused", reason=getattr(error, "reason", "unusable"))
            return JSONResponse({"error": str(error)}, status)

    return answered


@_as_json
async def submit(request: Request) -> Response:
    """Take a notebook, as the page of the week does."""
    shared = service(request)
    student = await run_in_threadpool(_student, request)
    week = await run_in_threadpool(week_of, request, student)
    shared.limits.take_request(student)
    async with request.form(max_files=4, max_fields=10) as form:
        files = await files_in(form)
    before = await run_in_threadpool(_handed_in_before, week, files)
    if before is None:
        made = await run_in_threadpool(take, shared, week, files, "token")
    else:
        made = before
    place = await shared.board.place(made.id)
    answer = await run_in_threadpool(_plain, shared, made, place)
    return JSONResponse(answer | {"again": before is not None}, 200 if before else 202)


def _handed_in_before(week: StudentWeek, files: Mapping[str, bytes]) -> Upload | None:
    """The last upload if it is this very file: "Run All" uses no attempt where nothing changed."""
    if len(files) != 1 or not week.attempts or week.attempts[0].state is State.FAILED:
        return None
    (content,) = files.values()
    same = hashlib.sha256(content).hexdigest() == week.attempts[0].digest
    return week.attempts[0] if same else None


@_as_json
async def verdict(request: Request) -> Response:
    """Where the student's own upload stands, or its verdict."""
    shared = service(request)
    found = await run_in_threadpool(_own_upload, request)
    # The board is one look at the queue for everybody who asks within a moment.
    place = await shared.board.place(found.id)
    return JSONResponse(await run_in_threadpool(_plain, shared, found, place))


def _own_upload(request: Request) -> Upload:
    student = _student(request)
    found = queue.find(service(request).engine, int(request.path_params["number"]))
    if found is None or found.student != student:
        raise NotFound("You have no upload of that number.")
    return found


def _student(request: Request) -> str:
    """Whose token the request has; a guess is counted, a good token is not."""
    shared = service(request)
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    now = shared.clock()
    student = tokens.student_with(shared.engine, token.strip(), now)
    if kind.lower() != "bearer" or student is None:
        shared.limits.take_token_try(request.client.host if request.client else "")
        raise BadToken
    if request.method == "POST":
        tokens.note_use(shared.engine, token.strip(), now)
    return student


def _plain(shared: Service, upload: Upload, place: Place | None) -> dict[str, Any]:
    """An upload for a program: its state, and when it is graded its verdicts."""
    found: dict[str, Any] = {
        "upload": upload.id,
        "state": upload.state.value,
        "ahead": place.ahead if place else 0,
        "seconds": round(place.seconds, 1) if place else 0.0,
        "problem": upload.problem if upload.state is State.FAILED else "",
    }
    if upload.state is State.GRADED and upload.report:
        report = reports.from_plain(json.loads(upload.report))
        week = StudentWeek(shared, upload.student, upload.assignment)
        found |= {
            "late": bool(week.late(upload)),
            "attempts_left": week.attempts_left,
            "points": report.points,
            "max_points": report.max_points,
            "unreadable": report.unreadable,
            "problems": list(report.problems),
            "verdicts": [
                {name: getattr(each, name) for name in _VERDICT} for each in report.verdicts
            ],
        }
    return found


ROUTES = [
    Route(SUBMIT, submit, methods=["POST"], max_body_size=LARGEST),
    Route(VERDICT, verdict, methods=["GET"]),
]
