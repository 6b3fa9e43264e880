"""Where uploads stand, for pages that are shown live.

One look at the database serves all pages that are open: with a class of 300 waiting, each page
asking for itself would be the service's greatest load.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, select
from starlette.concurrency import run_in_threadpool

from autograder.lms.lti.store import reading
from autograder.service import waits
from autograder.service.queue import State
from autograder.service.tables import UPLOADS
from autograder.service.waits import Place

LOOK_SECONDS = 0.4


@dataclass(frozen=True)
class Progress:
    """One thing that happened to an upload.

    Attributes:
        state: "waiting", "running", "question", "graded" or "failed".
        ahead: how many uploads are graded before it; `seconds` until its verdict is expected.
        question: of which the points are known; `points` of `max_points`, and its `outcome`.
        message: a verdict's message; or why it failed.
    """

    state: str
    ahead: int = 0
    seconds: float = 0.0
    question: str = ""
    points: float | None = None
    max_points: float | None = None
    outcome: str = ""
    message: str = ""


class Board:
    """The places of all uploads that are not graded, as they were a moment ago.

    Args:
        engine: the service's database.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._places: dict[int, Place] = {}
        self._looked = 0.0
        self._looking: asyncio.Lock | None = None

    async def place(self, upload: int) -> Place | None:
        """Where an upload stands; None once it neither waits nor runs."""
        if self._looking is None:
            self._looking = asyncio.Lock()
        async with self._looking:
            if time.monotonic() > self._looked + LOOK_SECONDS:
                self._places = await run_in_threadpool(waits.places, self._engine)
                self._looked = time.monotonic()
        return self._places.get(upload)


async def events(engine: Engine, board: Board, number: int) -> AsyncIterator[Progress]:
    """What happens to an upload, until it is graded.

    Args:
        engine: the service's database.
        board: shared by all pages.
        number: of the upload.
    """
    last: Progress | None = None
    while True:
        place = await board.place(number)
        if place is None:
            # The board may be a moment older than the upload.
            done = await run_in_threadpool(_verdicts, engine, number)
            if done:
                break
            place = Place(0, 0.0)
        state = State.WAITING if place.ahead else State.RUNNING
        now = Progress(state.value, place.ahead, round(place.seconds, 1))
        if last is None or (now.state, now.ahead) != (last.state, last.ahead):
            yield now
            last = now
        await asyncio.sleep(LOOK_SECONDS)
    for each in done:
        yield each


def _verdicts(engine: Engine, number: int) -> list[Progress]:
    """What became of an upload; empty while it waits or runs."""
    with reading(engine) as connection:
        row = connection.execute(select(UPLOADS).where(UPLOADS.c.id == number)).one_or_none()
    if row is None:
        return [Progress(State.FAILED.value, message="This upload was deleted.")]
    if row.state in (State.WAITING, State.RUNNING):
        return []
    if row.state == State.FAILED:
        return [Progress(State.FAILED.value, message=row.problem or "")]
    report: dict[str, Any] = json.loads(row.report or "{}")
    found = [
        Progress(
            "question",
            question=each["question"],
            points=each["points"],
            max_points=each["max_points"],
            outcome=each["outcome"],
            message=each["message"],
        )
        for each in report.get("verdicts", ())
    ]
    last = Progress(
        State.GRADED.value,
        points=row.points,
        max_points=row.max_points,
        message=report.get("unreadable", ""),
    )
    return [*found, last]
