"""What is sent into the sandbox, and what it gives back."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from cachetools import LRUCache

from autograder.answer import Answer, Status
from autograder.sandbox.inside import inward

_ROOM = 8 * 2**20
_LARGEST = 2**14
_OVERHEAD = 1_000
"""Bytes that Python takes for a small answer and its place in a cache."""


class KnownAnswers:
    """A thread-safe LRU cache of decoded answers, bounded in bytes.

    Many students give the same answer, and decoding a frame takes ten times as long as finding it
    here. Answers of more than 16 KiB are not cached, since students choose their size.

    Args:
        room: bytes of frames and answers that the cache may hold.
    """

    def __init__(self, room: int = _ROOM) -> None:
        self._answers: LRUCache[tuple[int, bytes], tuple[Answer, int]] = LRUCache(
            room, getsizeof=operator.itemgetter(1)
        )
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._answers)

    def find(self, number: int, frame: bytes) -> Answer | None:
        """The answer that an equal frame gave to ask `number`; None if it is not cached."""
        with self._lock:
            found = self._answers.get((number, frame))
        return found[0] if found else None

    def keep(self, number: int, frame: bytes, answer: Answer) -> None:
        """Cache the answer that a frame gave to ask `number`."""
        size = 2 * len(frame) + _OVERHEAD
        if len(frame) > _LARGEST or size > self._answers.maxsize:
            return
        with self._lock:
            self._answers.setdefault((number, frame), (answer, size))


@dataclass(frozen=True)
class Cell:
    """A code cell to run; `index` is its position in the notebook.

    No question depends on an `optional` cell, an experiment: its time is not charged to the
    notebook, and stopping it costs nothing.
    """

    index: int
    source: str
    optional: bool = False


@dataclass(frozen=True)
class Hold:
    """A question's check: the object named `calls` at this point is held, to be asked later."""

    index: int
    question: str
    calls: str


Steps = Sequence[Cell | Hold]


@dataclass(frozen=True)
class CellResult:
    """The result of a cell.

    Attributes:
        index: the cell's position in the notebook.
        outputs: nbformat 4 outputs.
        error: the last line of its exception; if it was stopped, a sentence that says how.
        status: RETURNED also if it raised; TIMED_OUT or CRASHED if it was stopped.
    """

    index: int
    outputs: tuple[dict[str, Any], ...] = ()
    error: str = ""
    status: Status = Status.RETURNED


@dataclass(frozen=True)
class Ask:
    """One case of one question, to be asked of a submission.

    Attributes:
        id: identifies the answer.
        question: the question's name.
        driver: source of a function `drive` that makes the call; empty for a plain call.
        arguments: in the order of the question's signature.
        replace: names of the notebook's functions whose calls are answered from outside.
        seconds: wall time that it may take; 0 for the time that the limits give.
        hidden: whether the arguments are secret. Hidden asks are sent last, so that no answer
            that a student is shown can contain what was hidden.
    """

    id: int
    question: str
    driver: str
    arguments: Mapping[str, Any]
    replace: tuple[str, ...] = ()
    seconds: float = 0.0
    hidden: bool = False


@dataclass(frozen=True)
class EncodedAsks:
    """Asks, encoded once for a whole class.

    Attributes:
        asks: the asks.
        frame: the message that sends all of them.
        known: a cache of answers to them.
    """

    asks: tuple[Ask, ...]
    frame: bytes
    known: KnownAnswers = field(compare=False)

    def where(self, chosen: Callable[[Ask], bool]) -> EncodedAsks:
        """The asks for which `chosen` is true."""
        return encode_asks(filter(chosen, self.asks))


@dataclass(frozen=True)
class Usage:
    """CPU seconds of all processes of a submission, and the peak memory of the largest in bytes."""

    cpu_seconds: float
    peak_memory: int


Answers = dict[int, Answer]


def encode_asks(asks: Iterable[Ask], known: KnownAnswers | None = None) -> EncodedAsks:
    """Encode asks once, to send them to many submissions.

    Args:
        asks: asks with different ids.
        known: a cache of answers to share with other asks; a new one by default.
    """
    asks = tuple(asks)
    return EncodedAsks(asks, write_asks(asks), KnownAnswers() if known is None else known)


def write_asks(asks: Sequence[Ask]) -> bytes:
    """The message that sends these asks to a student's process."""
    return inward.write(
        [
            {
                "id": ask.id,
                "question": ask.question,
                "driver": ask.driver,
                "arguments": dict(ask.arguments),
                "replace": ask.replace,
            }
            for ask in asks
        ]
    )
