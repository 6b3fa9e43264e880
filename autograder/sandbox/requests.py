"""What the sandbox is given and what it gives back, as frozen records."""

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
    """The answers that a class gave most recently, by the frame in which each was received.

    Many students give the same answer, and reading a frame costs ten times what finding it does.
    An answer of more than 16 KiB is not kept: a student chooses how large it is.

    Args:
        room: for how many bytes of frames and answers.
    """

    def __init__(self, room: int = _ROOM) -> None:
        self._answers: LRUCache[tuple[int, bytes], tuple[Answer, int]] = LRUCache(
            room, getsizeof=operator.itemgetter(1)
        )
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._answers)

    def find(self, number: int, frame: bytes) -> Answer | None:
        """What ask `number` was answered by an equal frame, if it is still kept."""
        with self._lock:
            found = self._answers.get((number, frame))
        return found[0] if found else None

    def keep(self, number: int, frame: bytes, answer: Answer) -> None:
        """Keep the answer that a frame gave to ask `number`."""
        size = 2 * len(frame) + _OVERHEAD
        if len(frame) > _LARGEST or size > self._answers.maxsize:
            return
        with self._lock:
            self._answers.setdefault((number, frame), (answer, size))


@dataclass(frozen=True)
class Cell:
    """A code cell to run; `index` is its place in the notebook, by which its result is found."""

    index: int
    source: str


@dataclass(frozen=True)
class Hold:
    """The check of a question: what the notebook calls `calls` here is kept to be asked later."""

    index: int
    question: str
    calls: str


Steps = Sequence[Cell | Hold]


@dataclass(frozen=True)
class CellResult:
    """What running a cell gave.

    `outputs` are nbformat 4 outputs. `error` is the last line of its exception, or, where
    `status` is TIMED_OUT or CRASHED, a sentence about how it was stopped.
    """

    index: int
    outputs: tuple[dict[str, Any], ...] = ()
    error: str = ""
    status: Status = Status.RETURNED


@dataclass(frozen=True)
class Ask:
    """One case to put to one question.

    `arguments` stand in the order of the question's signature. `driver` is the source of a
    function `drive`, or empty for a plain call. While this is asked, the notebook's functions
    named in `replace` are answered from outside. `seconds` is the wall time it may take, 0 for
    what the limits say. What is `hidden` is sent when everything else has been answered, so that
    no answer that a student is shown can carry what was hidden.
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
    """Asks in the form in which they are sent together, made once for a whole class.

    `known` are answers to them that have been read before.
    """

    asks: tuple[Ask, ...]
    frame: bytes
    known: KnownAnswers = field(compare=False)

    def where(self, chosen: Callable[[Ask], bool]) -> EncodedAsks:
        """Some of them."""
        return encode_asks(filter(chosen, self.asks))


@dataclass(frozen=True)
class Usage:
    """What all processes of a submission used together: CPU seconds and the largest one's bytes."""

    cpu_seconds: float
    peak_memory: int


Answers = dict[int, Answer]


def encode_asks(asks: Iterable[Ask], known: KnownAnswers | None = None) -> EncodedAsks:
    """Encode asks once, to put them to many submissions.

    Args:
        asks: with ids of their own.
        known: where answers to them are kept; a place of their own by default.
    """
    asks = tuple(asks)
    return EncodedAsks(asks, write_asks(asks), KnownAnswers() if known is None else known)


def write_asks(asks: Sequence[Ask]) -> bytes:
    """The message that puts these asks to a student's process."""
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
