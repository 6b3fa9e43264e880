"""What one submission answered to everything that was asked of it, kept so that a mended question
can be judged again without running the student's code.

A book has one page for each question that was judged. A page holds what was asked for that
verdict, as digests, and the answers: to the question's own cases, and to whatever the judge asked
after them (follow-through, the derivative of a student's own function). An answer is used again
only for the very same ask. Pages are frames of the sandbox's wire format behind a digest of
theirs: a page that is not as it was written is none.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence

import numpy as np

from autograder.answer import Answer, Status
from autograder.errors import AutograderError, ProtocolError
from autograder.sandbox.inside.wire import decode, encode
from autograder.sandbox.requests import Ask

MAX_PAGE = 2 * 2**20
"""A question whose answers are larger is run again instead."""
MAX_BOOK = 4 * 2**20
_DIGEST_SIZE = 12


class NotInBook(AutograderError):
    """Something is to be asked that the submission has not been asked before."""


def ask_digest(ask: Ask) -> bytes:
    """Equal for two asks that a function cannot tell apart, whatever their place in a list."""
    frame = encode(
        {
            "question": ask.question,
            "driver": ask.driver,
            "arguments": [[name, value] for name, value in ask.arguments.items()],
            "replace": list(ask.replace),
            "seconds": ask.seconds,
            "hidden": ask.hidden,
        }
    )
    return _digest(frame)


def bind(pages: Mapping[str, bytes]) -> bytes:
    """A book of pages by their questions; those for which there is no room are left out."""
    bound: dict[str, np.ndarray] = {}
    room = MAX_BOOK
    for question, page in pages.items():
        if page and len(page) <= room:
            room -= len(page)
            bound[question] = np.frombuffer(page, np.uint8)
    return encode(bound)


class KeptBook:
    """A book that an earlier run has kept; one that cannot be read has no pages."""

    def __init__(self, content: bytes) -> None:
        try:
            self._pages = decode(content) if content else {}
        except ProtocolError:
            self._pages = {}

    def page(self, question: str) -> Page:
        """What is kept of one question.

        Raises:
            NotInBook: when there is no such page, or it cannot be read.
        """
        try:
            asked, answers = _decode_page(self._pages[question].tobytes())
        except (ProtocolError, KeyError, TypeError, ValueError, AttributeError):
            raise NotInBook(f"no answers to {question} are kept that can be read") from None
        return Page(question, asked, answers)


class Page:
    """What was asked in order to judge one question, and what came back."""

    def __init__(self, question: str, asked: Sequence[bytes], answers: Sequence[Answer]) -> None:
        self._question = question
        self._answers: dict[bytes, deque[Answer]] = defaultdict(deque)
        for each, answer in zip(asked, answers, strict=True):
            self._answers[each].append(answer)

    def read(self, asked: Sequence[bytes]) -> list[Answer]:
        """The answers to the same asks, in the order in which they were given.

        Raises:
            NotInBook: when one of them was never asked.
        """
        try:
            # A function may answer the same ask differently the second time.
            return [self._answers[each].popleft() for each in asked]
        except IndexError:
            raise NotInBook(f"{self._question} has not been asked this before") from None


def encode_page(asked: Sequence[bytes], answers: Sequence[Answer]) -> bytes:
    """The page of one question; empty where it would be too large.

    Args:
        asked: the digests of everything that was asked in order to judge it.
        answers: what came back.
    """
    tree = {
        "asked": np.frombuffer(b"".join(asked), np.uint8),
        "answers": [
            [
                str(answer.status),
                answer.value,
                list(answer.changed),
                list(answer.warned),
                answer.error,
                answer.line,
            ]
            for answer in answers
        ],
    }
    try:
        frame = encode(tree)
    except ProtocolError:
        return b""
    return _digest(frame) + frame if len(frame) <= MAX_PAGE else b""


def _decode_page(page: bytes) -> tuple[list[bytes], list[Answer]]:
    digest, frame = page[:_DIGEST_SIZE], page[_DIGEST_SIZE:]
    if _digest(frame) != digest:
        raise ProtocolError("a page is not as it was written")
    tree = decode(frame)
    asked = tree["asked"].tobytes()
    answers = [
        Answer(Status(status), value, tuple(changed), tuple(warned), error, line)
        for status, value, changed, warned, error, line in tree["answers"]
    ]
    places = range(0, len(asked), _DIGEST_SIZE)
    return [asked[place : place + _DIGEST_SIZE] for place in places], answers


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_DIGEST_SIZE).digest()
