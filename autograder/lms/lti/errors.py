"""What goes wrong between us and a platform, each with a reason that tests and logs can name.

AutograderError
├── Refused        somebody comes from a platform, or says so, and is not let in
└── ServiceError   a platform does not do what we ask of it
"""

from __future__ import annotations

from autograder.errors import AutograderError
from autograder.lms.lti.refusals import REFUSALS
from autograder.output.text import printable

LONGEST_SHOWN = 200


class Refused(AutograderError):
    """A login, launch or registration that is refused.

    Attributes:
        reason: a key of `refusals.REFUSALS`, such as "state-used"; holds nothing about a person.
        title: the refusal as a heading. `str` of the error is the paragraph below it: what was
            expected, what was received, what to do next.
    """

    def __init__(self, reason: str, **facts: object) -> None:
        self.reason = reason
        self.title, text = REFUSALS[reason]
        super().__init__(text.format(**{name: shown(value) for name, value in facts.items()}))


class ServiceError(AutograderError):
    """A service of a platform that failed.

    Attributes:
        reason: such as "keyset-blocked" or "unreachable".
        again: whether the same request may succeed later.
        after: seconds to wait before that, if the platform says so.
    """

    def __init__(
        self, reason: str, message: str, *, again: bool = False, after: float | None = None
    ) -> None:
        self.reason, self.again, self.after = reason, again, after
        super().__init__(message)


def shown(value: object) -> str:
    """Something that came from outside, as a message quotes it: one short line."""
    text = " ".join(printable(str(value)).split())
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
