"""How long an upload waits: an honest estimate, from what the last ones took."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from statistics import fmean

from sqlalchemy import Connection, Engine, select

from autograder.lms.lti.store import reading
from autograder.service import queue
from autograder.service.queue import BATCH, State, Upload
from autograder.service.tables import UPLOADS

USUAL_SECONDS = 1.5
"""What an upload is expected to take before any has been graded."""
_MEASURED = 24


@dataclass(frozen=True)
class Place:
    """How many uploads are graded before one, and in how many seconds its verdict is expected."""

    ahead: int
    seconds: float


def place(engine: Engine, upload: Upload, now: datetime | None = None) -> Place:
    """Where an upload that is not graded stands in the queue."""
    return places(engine, now).get(upload.id, Place(0, 0.0))


def places(engine: Engine, now: datetime | None = None) -> dict[int, Place]:
    """The places of all uploads that wait or run, by number."""
    now = now or datetime.now(UTC)
    with reading(engine) as connection:
        # In one query: between two, an upload could pass from the one state to the other.
        unfinished = queue.in_states(connection, State.WAITING, State.RUNNING)
        waiting = {each.id: each for each in unfinished if each.state is State.WAITING}
        running = [each for each in unfinished if each.state is State.RUNNING]
        order = queue.order(connection, waiting, now)
        seconds = _Seconds(connection)
    # Of what is being graded, half is done.
    left = sum(seconds.of(upload) for upload in running) / 2
    found = {upload.id: Place(0, max(seconds.of(upload), left)) for upload in running}
    until = list(accumulate((seconds.of(waiting[number]) for number in order), initial=left))
    for ahead, number in enumerate(order):
        # Results are written when those that are graded together are all done.
        end = min(len(order), ahead + BATCH)
        found[number] = Place(ahead + len(running), until[end])
    return found


def wait_for_another(engine: Engine, now: datetime | None = None) -> float:
    """In how many seconds the verdict on one more upload, by a new student, would be expected."""
    found = places(engine, now)
    with reading(engine) as connection:
        each = _Seconds(connection).usual
    return max((place.seconds for place in found.values()), default=0.0) + each


class _Seconds:
    """What an upload takes: the mean of the last ones of its week, or of all.

    Args:
        connection: to the service's database.
    """

    def __init__(self, connection: Connection) -> None:
        last = connection.execute(
            select(UPLOADS.c.assignment, UPLOADS.c.seconds)
            .where(UPLOADS.c.state == State.GRADED, UPLOADS.c.seconds.is_not(None))
            .order_by(UPLOADS.c.id.desc())
            .limit(_MEASURED)
        ).all()
        of_week: dict[str, list[float]] = defaultdict(list)
        for row in last:
            of_week[row.assignment].append(row.seconds)
        self._of_week = {week: fmean(seconds) for week, seconds in of_week.items()}
        self.usual = fmean([row.seconds for row in last]) if last else USUAL_SECONDS

    def of(self, upload: Upload) -> float:
        """The seconds that this one is expected to take."""
        return self._of_week.get(upload.assignment, self.usual)
