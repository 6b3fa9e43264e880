"""Send what is due in the outbox: never an older grade after a newer one, and none twice.

Before a score is sent, its timestamp is stored. So whoever goes on after a kill knows what may have
arrived: it asks the LMS for the result, and where that cannot be told it sends the same score with
the same timestamp again, which an LMS takes once.

Timestamps rise for each column and person, and none lies in the future: an LMS that has taken one
of next year refuses all real ones after it.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Engine, Row, select, update

from autograder.lms.lti import platforms
from autograder.lms.lti.errors import ServiceError
from autograder.lms.lti.platforms import Platform
from autograder.lms.lti.scores import Conflict, Rejected, Score, Sent, TryLater
from autograder.lms.lti.services import Result, Services
from autograder.lms.lti.store import reading
from autograder.lms.lti.tables import LINE_ITEMS
from autograder.service import logs
from autograder.service.outbox import State
from autograder.service.tables import HOLDS, SCORES

SENDERS = 4
"""Requests at once; an LMS answers in tenths of a second, and a class hands in within minutes."""
MOST_AT_ONCE = 200
LOOK_SECONDS = 0.5
LEASE = timedelta(minutes=2)
"""Nobody else sends a row within this time, so long as the process that took it lives."""
BACKOFF_SECONDS = (2.0, 5.0, 15.0, 60.0, 300.0)
"""How long the first tries wait for the next; the last holds for all others."""
FOR_GOOD = ("not-accepted", "line-item-gone", "no-score")
"""Refusals that concern one score; all others concern the connection with the LMS."""
CLOCK_WAS_WRONG = timedelta(minutes=1)
"""A last timestamp that lies further in the future is not waited for."""


class Sender(Protocol):
    """What a platform's `Services` offers the outbox."""

    def send_score(self, line_item: str, score: Score) -> Sent | Conflict | Rejected | TryLater:
        """Send one score."""

    def results(self, line_item: str, user: str = "") -> list[Result]:
        """What the LMS holds."""


@dataclass(frozen=True)
class _Sending:
    """A row that is being sent: what stood in it, and the timestamp it goes out with."""

    row: Row[Any]
    platform: Platform
    time: datetime
    perhaps_there: bool


class Outbox:
    """Sends what is due, until it is stopped.

    Args:
        engine: the service's database.
        sender: makes the services of a platform.
        clock: the time, aware.
        told: is called with a week and the points that an LMS has taken, by student.
    """

    def __init__(
        self,
        engine: Engine,
        sender: Callable[[Engine, Platform], Sender] = Services,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        told: Callable[[str, Mapping[str, float]], None] = lambda week, points: None,
    ) -> None:
        self._engine = engine
        self._told = told
        self._sender = sender
        self._clock = clock
        self._wake = threading.Event()

    def wake(self) -> None:
        """Look at once for what is due."""
        self._wake.set()

    def run(self, stop: threading.Event) -> None:
        """Send until told to stop; requests that are under way are finished first."""
        unsure = True
        while not stop.is_set():
            try:
                if unsure:
                    self.recover()
                    unsure = False
                self.deliver()
            except Exception as error:
                # Whatever it is, the scores are in the database and are tried again.
                unsure = True
                logs.trouble("outbox", error)
            self._wake.wait(LOOK_SECONDS)
            self._wake.clear()

    def recover(self) -> None:
        """Make due at once what was being sent when a process was killed; no other may send."""
        now = self._clock()
        with self._engine.begin() as connection:
            connection.execute(
                update(SCORES)
                .where(SCORES.c.state == State.DUE, SCORES.c.unanswered, SCORES.c.due > now)
                .values(due=now)
            )

    def deliver(self) -> int:
        """Send everything that is due now; how many scores were sent."""
        by_number = {each.id: each for each in platforms.every(self._engine)}
        taken = [
            each
            for row in self._due()
            if row.platform in by_number and (each := self._take(row, by_number[row.platform]))
        ]
        if taken:
            with ThreadPoolExecutor(SENDERS) as senders:
                arrived = [*senders.map(self._send, taken)]
            points: dict[str, dict[str, float]] = defaultdict(dict)
            for each, has_arrived in zip(taken, arrived, strict=True):
                if has_arrived:
                    points[each.row.assignment][each.row.student] = each.row.points
            for week, given in points.items():
                self._told(week, given)
        return len(taken)

    def _due(self) -> list[Row[Any]]:
        held = select(HOLDS.c.assignment)
        found = (
            select(SCORES, LINE_ITEMS.c.url, LINE_ITEMS.c.platform)
            .join(LINE_ITEMS, LINE_ITEMS.c.id == SCORES.c.line_item)
            .where(SCORES.c.state == State.DUE, SCORES.c.due <= self._clock())
            .where(SCORES.c.assignment.not_in(held))
            .order_by(SCORES.c.due)
            .limit(MOST_AT_ONCE)
        )
        with reading(self._engine) as connection:
            return list(connection.execute(found))

    def _take(self, row: Row[Any], platform: Platform) -> _Sending | None:
        """Store the timestamp of what is sent next; None if it is not its time yet."""
        now = self._clock()
        perhaps_there = row.unanswered and row.sent_revision == row.revision
        time = row.sent_at if perhaps_there else now
        same = (SCORES.c.id == row.id) & (SCORES.c.revision == row.revision)
        if not perhaps_there and not is_later(now, row.sent_at, platform.differences.time_step):
            wait = timedelta(seconds=platform.differences.time_step)
            with self._engine.begin() as connection:
                connection.execute(update(SCORES).where(same).values(due=row.sent_at + wait))
            return None
        with self._engine.begin() as connection:
            result = connection.execute(
                update(SCORES)
                .where(same, SCORES.c.state == State.DUE)
                .values(
                    sent_at=time,
                    sent_revision=row.revision,
                    unanswered=True,
                    tries=SCORES.c.tries + 1,
                    due=now + LEASE,
                )
            )
        # Another grade may have replaced it meanwhile: then that one is sent next.
        return _Sending(row, platform, time, perhaps_there) if result.rowcount else None

    def _send(self, sending: _Sending) -> bool:
        """Send a score; whether the LMS has it now."""
        row = sending.row
        sender = self._sender(self._engine, sending.platform)
        answer: Sent | Conflict | Rejected | TryLater
        if sending.perhaps_there and _is_there(sender, row):
            answer = Sent()
        else:
            answer = _answer(sender, row, sending.time)
            if sending.perhaps_there and isinstance(answer, Conflict):
                # It has this timestamp already: the first time had arrived.
                answer = Sent()
        self._record(sending, answer)
        logs.event("score", answer=type(answer).__name__, week=row.assignment, score=row.id)
        return isinstance(answer, Sent)

    def _record(self, sending: _Sending, answer: Sent | Conflict | Rejected | TryLater) -> None:
        row, now = sending.row, self._clock()
        mine = (SCORES.c.id == row.id) & (SCORES.c.sent_at == sending.time)
        # If another grade has come meanwhile, the row stays due for that one.
        current = mine & (SCORES.c.revision == row.revision)
        values: dict[str, Any]
        match answer:
            case Sent():
                values = {"state": State.DELIVERED, "problem": None, "tries": 0}
            case Conflict(message=message):
                later = backoff(row.tries, sending.platform.differences.time_step)
                values = {"due": now + later, "problem": message}
            case Rejected(reason=reason, message=message) if reason in FOR_GOOD:
                values = {"state": State.REFUSED, "problem": message}
            case Rejected(message=message):
                # Somebody has to change a setting, here or in the LMS; then it goes through.
                values = {"due": now + backoff(row.tries, 0.0), "problem": message}
            case TryLater(message=message, after=after):
                values = {"due": now + backoff(row.tries, after or 0.0), "problem": message}
        unanswered = isinstance(answer, TryLater) and answer.perhaps_stored
        delivered = {"delivered_revision": row.revision} if isinstance(answer, Sent) else {}
        with self._engine.begin() as connection:
            connection.execute(
                update(SCORES).where(mine).values(unanswered=unanswered, **delivered)
            )
            connection.execute(update(SCORES).where(current).values(**values))
            connection.execute(
                update(SCORES)
                .where(mine, SCORES.c.revision != row.revision, SCORES.c.state == State.DUE)
                .values(due=now)
            )


def _answer(sender: Sender, row: Row[Any], time: datetime) -> Sent | Conflict | Rejected | TryLater:
    score = Score(
        user=row.subject,
        given=row.points,
        maximum=row.max_points,
        time=time,
        comment=row.comment,
        final=row.final,
        submitted=row.submitted,
        new_attempt=row.new_attempt,
    )
    try:
        return sender.send_score(row.url, score)
    except ValueError as error:
        # A week that is worth nothing has no grade that an LMS would take.
        return Rejected("no-score", str(error))


def is_later(now: datetime, last: datetime | None, step: float) -> bool:
    """Whether a platform takes a score of now after the last one.

    Args:
        now: the time.
        last: the timestamp of the last score for the same column and person; None for none.
        step: the seconds that the platform tells apart: Moodle compares whole ones.
    """
    if last is None or last > now + CLOCK_WAS_WRONG:
        return True
    if step < 1.0:
        return now - last >= timedelta(seconds=step)
    return now.replace(microsecond=0) > last.replace(microsecond=0)


def backoff(tries: int, least: float) -> timedelta:
    """How long to wait after so many tries before this one, and at least so many seconds."""
    seconds = BACKOFF_SECONDS[min(tries, len(BACKOFF_SECONDS) - 1)]
    return timedelta(seconds=max(seconds, least))


def _is_there(sender: Sender, row: Row[Any]) -> bool:
    """Whether the LMS holds this score; False also where it does not say."""
    try:
        found = sender.results(row.url, row.subject)
    except ServiceError:
        return False
    share = row.points / row.max_points if row.max_points and row.points is not None else None
    return any(
        share is not None
        and each.score is not None
        and each.maximum
        and abs(each.score / each.maximum - min(1.0, share)) < 1e-4
        and (not row.comment or not each.comment or each.comment[:40] == row.comment[:40])
        for each in found
    )
