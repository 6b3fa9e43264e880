"""Which cases a submission is still asked after some of them had to be stopped."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from autograder.double_precision import FLOAT32
from autograder.sandbox.requests import Ask

_ENOUGH = 2


class Asked(NamedTuple):
    """A question, and the functions that are replaced while it is asked."""

    question: str
    replaced: tuple[str, ...] = ()


def asked(ask: Ask) -> Asked:
    """What an ask belongs to: all that is asked in the same way ends or hangs together."""
    return Asked(ask.question, tuple(name for name in ask.replace if name != FLOAT32))


class StoppedQuestions:
    """Counts what stops a submission's process, and decides when a question has had its chances.

    Each case counts by itself: the process is stopped, and the other cases are asked in a fresh
    one. A question whose cases all hang must not take the time limit for each of them, so the rest
    of its cases counts as stopped, too, once two were stopped and none was answered. The same
    holds once the submission has used up the time for such cases.

    Args:
        seconds: the time for stopped cases and the runs of the notebook after them.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._stopped: Counter[Asked] = Counter()
        self._answered: set[Asked] = set()

    def spend(self, seconds: float) -> None:
        """Count time that was lost with a stopped case."""
        self._seconds -= seconds

    def answered(self, what: Asked) -> None:
        """Count a case that was answered."""
        self._answered.add(what)

    def ask_on(self, what: Asked) -> bool:
        """Count a case that was stopped.

        Returns:
            Whether to ask the question's other cases.
        """
        self._stopped[what] += 1
        hangs = self._stopped[what] >= _ENOUGH and what not in self._answered
        return self._seconds > 0 and not hangs
