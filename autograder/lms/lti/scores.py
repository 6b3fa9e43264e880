"""A score on its way to an LMS's gradebook, and what the LMS may answer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from autograder.lms.lti.differences import Differences


@dataclass(frozen=True)
class Score:
    """A score of one person.

    Attributes:
        user: the platform's id of the person.
        given: the points; None takes a score back.
        maximum: what `given` is out of; the LMS rescales it to its own maximum.
        time: aware; has to be later than the last one for this person and line item.
        comment: for the person; empty for none.
        final: whether it is fully graded. A score that is not is only sent to platforms on which
            it deletes nothing (`Differences.sends_unfinished`).
        submitted: when the work was handed in, if that is known.
        new_attempt: whether it is the score of a new submission, and not a regrade of an old one.
    """

    user: str
    given: float | None
    maximum: float
    time: datetime
    comment: str = ""
    final: bool = True
    submitted: datetime | None = None
    new_attempt: bool = False

    def body(self, differences: Differences) -> dict[str, Any]:
        """The score as the platform's service takes it."""
        if not math.isfinite(self.maximum) or self.maximum <= 0:
            raise ValueError(f"expected a maximum above 0, received {self.maximum}")
        body: dict[str, Any] = {
            "userId": self.user,
            "scoreMaximum": self.maximum,
            "timestamp": timestamp(self.time),
            "activityProgress": "Completed",
            "gradingProgress": "FullyGraded" if self.final else "PendingManual",
        }
        if self.given is None:
            body |= {"activityProgress": "Initialized", "gradingProgress": "NotReady"}
        elif not math.isfinite(self.given) or self.given < 0:
            raise ValueError(f"expected points of 0 or more, received {self.given}")
        else:
            body["scoreGiven"] = self.given
        if self.comment:
            body["comment"] = self.comment
        if self.submitted:
            body["submission"] = {"submittedAt": timestamp(self.submitted)}
        if differences.new_submission:
            body[differences.new_submission] = {"new_submission": self.new_attempt} | (
                {"submitted_at": timestamp(self.submitted)} if self.submitted else {}
            )
        return body


@dataclass(frozen=True)
class Sent:
    """The platform has the score."""


@dataclass(frozen=True)
class Conflict:
    """The platform has a score of this time or a later one; send it again with a later time."""

    message: str


@dataclass(frozen=True)
class Rejected:
    """The platform will not take it, now or later.

    Attributes:
        reason: such as "not-accepted", "line-item-gone", "not-allowed".
        message: for the instructor, with what to do.
    """

    reason: str
    message: str


@dataclass(frozen=True)
class TryLater:
    """The platform may take it later.

    Attributes:
        after: seconds that the platform asks for; None if it does not say.
        perhaps_stored: whether the platform may have stored it and only its answer was lost.
    """

    message: str
    after: float | None = None
    perhaps_stored: bool = False


def timestamp(time: datetime) -> str:
    """A time as scores carry it: ISO 8601 with milliseconds, in UTC."""
    if time.tzinfo is None:
        raise ValueError(f"expected a time with a time zone, received {time!r}")
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
