"""What one student may ask of the service, and when the service asks everybody to wait."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from limits import RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import Engine

from autograder.course.settings import Settings
from autograder.errors import AutograderError
from autograder.service import queue, waits

TOKEN_TRIES_A_MINUTE = 60
"""Requests with a token from one address; a guess has one chance in 2 to the power of 256."""
FILES_A_MINUTE = 10
"""Requests with a file from one student, whether they are taken or not."""
LOGINS_A_MINUTE = 600
"""Logins from one address, which a whole class may share; each is a row in the database."""
LEAST_FREE = 2 * 2**30
"""Bytes that have to be free on the course's disk."""


class TooMany(AutograderError):
    """A limit is reached.

    Attributes:
        reason: for logs and tests.
        after: seconds after which it can be tried again; None for never.
    """

    def __init__(self, reason: str, text: str, after: float | None = None) -> None:
        self.reason = reason
        self.after = after
        super().__init__(text)


class Limits:
    """The limits of one course's service.

    Args:
        engine: the service's database.
        root: the course directory, whose disk is watched.
        settings: the course's, as they are now.
    """

    def __init__(self, engine: Engine, root: Path, settings: Callable[[], Settings]) -> None:
        self._engine = engine
        self._root = root
        self._settings = settings
        self._rates = MovingWindowRateLimiter(MemoryStorage())

    def attempts_left(self, student: str, assignment: str) -> int | None:
        """How many uploads of a week a student has left; None for as many as they like."""
        allowed = self._settings().service.attempts
        if not allowed:
            return None
        return max(0, allowed - queue.count(self._engine, student, assignment))

    def take_upload(self, student: str) -> None:
        """Count one upload of a student; `queue.accept` counts the attempts of a week.

        Raises:
            TooMany: when it is one too many, or the service has too much to do.
        """
        self.refuse_when_full()
        hourly = RateLimitItemPerHour(self._settings().service.uploads_per_hour)
        if not self._rates.hit(hourly, "upload", student):
            again = self._rates.get_window_stats(hourly, "upload", student).reset_time
            after = max(1.0, again - time.time())
            raise TooMany(
                "uploads-per-hour",
                f"You have handed in {hourly.amount} times within an hour, which is the most. "
                f"Next: try again in {spoken(after)}. What you handed in last is kept and graded.",
                after,
            )

    def take_request(self, student: str) -> None:
        """Count one request with a file, before it is read: one that is refused costs time, too.

        Raises:
            TooMany: when there were too many of this student.
        """
        if not self._rates.hit(RateLimitItemPerMinute(FILES_A_MINUTE), "file", student):
            raise TooMany(
                "files-per-minute",
                f"You have sent {FILES_A_MINUTE} files within a minute, which is the most. "
                "Next: wait a minute. What you handed in last is kept and graded.",
                60.0,
            )

    def take_login(self, address: str) -> None:
        """Count one login that an LMS sends.

        Raises:
            TooMany: when there were too many from this address.
        """
        if not self._rates.hit(RateLimitItemPerMinute(LOGINS_A_MINUTE), "login", address):
            raise TooMany(
                "logins-per-minute",
                "Too many logins come from your network. Next: wait a minute, and open the link "
                "in the LMS again.",
                60.0,
            )

    def take_token_try(self, address: str) -> None:
        """Count one request with a token.

        Raises:
            TooMany: when there were too many from this address.
        """
        if not self._rates.hit(RateLimitItemPerMinute(TOKEN_TRIES_A_MINUTE), "token", address):
            raise TooMany("tokens-per-minute", "Too many requests. Next: wait a minute.", 60.0)

    def refuse_when_full(self) -> None:
        """Refuse uploads while there is more to do than the course wants to let wait.

        Raises:
            TooMany: with an estimate of when it is worth trying again.
        """
        if shutil.disk_usage(self._root).free < LEAST_FREE:
            raise TooMany(
                "disk-full",
                "The service's disk is nearly full, so nothing more can be taken. Next: tell your "
                "instructor, and try again in an hour.",
                3600.0,
            )
        longest = 60.0 * self._settings().service.longest_wait_minutes
        wait = waits.wait_for_another(self._engine)
        if wait > longest:
            raise TooMany(
                "queue-full",
                f"So many notebooks wait that yours would take {spoken(wait)}. It was not taken. "
                f"Next: try again in {spoken(wait - longest)}.",
                wait - longest,
            )


def spoken(seconds: float) -> str:
    """A time for people: "20 seconds", "3 minutes", "2 hours"; never less than it is."""
    for size, word in ((3600, "hour"), (60, "minute")):
        if seconds > 1.5 * size:
            count = -int(-seconds // size)
            return f"{count} {word}s"
    count = max(1, -int(-seconds // 1))
    return f"{count} second{'' if count == 1 else 's'}"
