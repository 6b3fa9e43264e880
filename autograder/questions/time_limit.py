"""A limit on what a question's own code may take: nothing else ends a loop that never does.

It is for code of the course, which runs in this process: cases, references, mistakes, lessons. A
student's code never runs here; the sandbox has limits of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from autograder.errors import QuestionError

CASE_SECONDS = 60.0
"""What a case, or a formula's answer to one, may take at least."""
REFERENCE_SECONDS = 600.0
"""What one run of a reference, perhaps in Keras, or of a lesson may take at least."""
NOT_ENDED = "did not end within"
"""What the message says, before the number of seconds."""
_TIMES_AS_LONG = 10.0
"""The same, as a multiple of the time that a student's answer may take."""


@contextmanager
def at_most(seconds: float, what: str, allowed: float = 0.0) -> Iterator[None]:
    """End what runs in this thread if it takes too long.

    A loop in Python is ended; a single call into a library is not, until it returns.

    Args:
        seconds: how long it may take at least.
        what: names it at the beginning of the message.
        allowed: how long a student's answer to the question may take.

    Raises:
        QuestionError: when it takes longer.
    """
    try:
        from autograder.questions.interrupt import TooLong, interrupted_after
    except ModuleNotFoundError:
        # A students' package has none of the course's code, and a browser has no threads.
        yield
        return
    limit = max(seconds, _TIMES_AS_LONG * allowed)
    try:
        with interrupted_after(limit):
            yield
    except TooLong:
        raise QuestionError(
            f"{what} {NOT_ENDED} {limit:g} s; look for a loop that never ends, "
            "or choose smaller inputs"
        ) from None
