"""A student hands in, watches the grading, and reads the verdict of each attempt."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict
from pathlib import PurePosixPath
from typing import Any

from sse_starlette import EventSourceResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from autograder.course import own_functions
from autograder.errors import UnreadableNotebook
from autograder.service import checks, limits, logs, progress, queue, waits
from autograder.service.queue import State, Upload
from autograder.service.web.pages import page
from autograder.service.web.state import Service, service
from autograder.service.web.student_page import WEEK, week_page
from autograder.service.web.student_week import StudentWeek, shown, upload_of, week_of
from autograder.service.web.visitor import student_of

LARGEST = 22 * 2**20
"""Bytes of a request with an upload: the largest that a course may allow, and the file beside."""
ATTEMPT = WEEK + "/attempts/{number:int}"
_FILES, _FIELDS = 4, 10


async def upload(request: Request) -> Response:
    """Take a notebook, and show what becomes of it."""
    _, student = student_of(request)
    week = await run_in_threadpool(week_of, request, student)
    try:
        service(request).limits.take_request(student)
        async with request.form(max_files=_FILES, max_fields=_FIELDS) as form:
            files = await files_in(form)
        made = await run_in_threadpool(take, service(request), week, files, "page")
    except (UnreadableNotebook, limits.TooMany) as error:
        status = 429 if isinstance(error, limits.TooMany) else 422
        return await run_in_threadpool(week_page, request, week, status, str(error))
    return RedirectResponse(f"/weeks/{week.name}/attempts/{made.id}", status_code=303)


async def files_in(form: FormData) -> dict[str, bytes]:
    """The files of a form by the names that their programs gave them, without folders."""
    found = {}
    for value in form.getlist("notebook"):
        if isinstance(value, UploadFile) and value.filename:
            # Windows's programs may send a whole path.
            name = PurePosixPath(value.filename.replace("\\", "/")).name
            found[name] = await value.read()
    return found


def take(shared: Service, week: StudentWeek, files: Mapping[str, bytes], came_by: str) -> Upload:
    """Put an upload into the queue.

    Args:
        shared: the service.
        week: whose notebook it should be.
        files: one notebook by its name, and beside it the student's own functions, if any.
        came_by: "page" or "token".

    Raises:
        UnreadableNotebook: when it cannot be graded.
        TooMany, NoAttemptsLeft: when a limit is reached.
    """
    notebook, beside = _sorted(files, week)
    checks.refuse_unusable(week.course, week.stem, notebook)
    shared.limits.take_upload(week.student)
    most = week.course.settings.service.attempts
    made = queue.accept(
        shared.engine,
        week.student,
        week.stem,
        notebook,
        came_by,
        beside=beside,
        most=most,
        now=shared.clock(),
    )
    logs.event("accepted", week=week.stem, upload=made.id, size=made.size, came_by=came_by)
    return made


def _sorted(files: Mapping[str, bytes], week: StudentWeek) -> tuple[bytes, Mapping[str, bytes]]:
    """The notebook, and what lies beside it."""
    own = {name: each for name, each in files.items() if name == own_functions.FILE}
    others = [name for name in files if name not in own]
    allowed = f" and, if you like, {own_functions.FILE}" if week.takes_own_functions else ""
    if len(others) != 1:
        raise UnreadableNotebook(
            f"Expected one notebook{allowed}, received "
            f"{', '.join(sorted(files)) or 'no file'}. Next: choose {week.stem}.ipynb, "
            "and send it again."
        )
    if any(len(each) > own_functions.MAX_BYTES for each in own.values()):
        raise UnreadableNotebook(
            f"{own_functions.FILE} is larger than 1 MB. Next: keep only your functions in it."
        )
    return files[others[0]], own


def attempt(request: Request) -> Response:
    """One attempt: where it stands, or its verdict question by question."""
    _, student = student_of(request)
    week = week_of(request, student)
    found = upload_of(request, week)
    report = week.report_on(found)
    is_open = found.state in (State.WAITING, State.RUNNING)
    return page(
        request,
        "attempt.html.jinja",
        week=week,
        upload=found,
        is_open=is_open,
        place=waits.place(service(request).engine, found) if is_open else None,
        report=report,
        verdicts=shown(report),
    )


async def events(request: Request) -> Response:
    """What happens to an attempt, as server-sent events."""
    _, student = student_of(request)
    week = await run_in_threadpool(week_of, request, student)
    found = await run_in_threadpool(upload_of, request, week)
    shared = service(request)
    return EventSourceResponse(_told(shared, found.id))


async def _told(shared: Service, number: int) -> AsyncIterator[Mapping[str, Any]]:
    async for each in progress.events(shared.engine, shared.board, number):
        plain = asdict(each) | {"wait": limits.spoken(each.seconds) if each.seconds else ""}
        yield {"event": "progress", "data": json.dumps(plain)}


ROUTES = [
    Route(WEEK + "/attempts", upload, methods=["POST"], max_body_size=LARGEST),
    Route(ATTEMPT, attempt, methods=["GET"]),
    Route(ATTEMPT + "/events", events, methods=["GET"]),
]
