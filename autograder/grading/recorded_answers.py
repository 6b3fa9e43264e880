"""A submission's recorded answers, so that a corrected question is regraded without a new run.

For each question this file stores digests of everything that was asked and the answers to it: the
question's own cases first, then whatever the judge asked next (follow-through, the derivative of a
student's own function). An answer is reused only for an identical ask. Each question is encoded in
the sandbox's wire format after a checksum; a question whose checksum does not match is ignored.
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

MAX_QUESTION_BYTES = 2 * 2**20
"""A question with more bytes of answers is not recorded; regrading it needs a new run."""
MAX_SUBMISSION_BYTES = 4 * 2**20
_DIGEST_SIZE = 12


class NotRecorded(AutograderError):
    """An answer is needed that was not recorded."""


def ask_digest(ask: Ask) -> bytes:
    """A digest that is equal for asks that a function cannot tell apart, whatever their ids."""
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


def encode_submission(questions: Mapping[str, bytes]) -> bytes:
    """All recorded questions of a submission as bytes.

    Args:
        questions: what `encode_question` returned, by the question's name. Questions beyond
            `MAX_SUBMISSION_BYTES` are left out.
    """
    kept: dict[str, np.ndarray] = {}
    left = MAX_SUBMISSION_BYTES
    for name, encoded in questions.items():
        if encoded and len(encoded) <= left:
            left -= len(encoded)
            kept[name] = np.frombuffer(encoded, np.uint8)
    return encode(kept)


class RecordedAnswers:
    """The answers that an earlier run recorded; damaged content counts as no answers.

    Args:
        content: what `encode_submission` returned.
    """

    def __init__(self, content: bytes) -> None:
        try:
            self._questions = decode(content) if content else {}
        except ProtocolError:
            self._questions = {}

    def question(self, question: str) -> QuestionAnswers:
        """The answers to one question.

        Raises:
            NotRecorded: when there are none, or they cannot be read.
        """
        try:
            asked, answers = _decode_question(self._questions[question].tobytes())
        except (ProtocolError, KeyError, TypeError, ValueError, AttributeError):
            raise NotRecorded(f"no answers to {question} are kept that can be read") from None
        return QuestionAnswers(question, asked, answers)


class QuestionAnswers:
    """What was asked to judge one question, and the answers."""

    def __init__(self, question: str, asked: Sequence[bytes], answers: Sequence[Answer]) -> None:
        self._question = question
        self._answers: dict[bytes, deque[Answer]] = defaultdict(deque)
        for each, answer in zip(asked, answers, strict=True):
            self._answers[each].append(answer)

    def read(self, asked: Sequence[bytes]) -> list[Answer]:
        """The next recorded answer to each ask.

        Args:
            asked: digests of the asks (see `ask_digest`).

        Raises:
            NotRecorded: when one of them was never asked.
        """
        try:
            # A function may answer the same ask differently the second time.
            return [self._answers[each].popleft() for each in asked]
        except IndexError:
            raise NotRecorded(f"{self._question} has not been asked this before") from None


def encode_question(asked: Sequence[bytes], answers: Sequence[Answer]) -> bytes:
    """One question's answers as bytes; empty when they exceed `MAX_QUESTION_BYTES`.

    Args:
        asked: digests of everything that was asked to judge it (see `ask_digest`).
        answers: one for each of them.
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
                answer.quoted,
                list(answer.changed_later),
            ]
            for answer in answers
        ],
    }
    try:
        frame = encode(tree)
    except ProtocolError:
        return b""
    return _digest(frame) + frame if len(frame) <= MAX_QUESTION_BYTES else b""


def _decode_question(encoded: bytes) -> tuple[list[bytes], list[Answer]]:
    digest, frame = encoded[:_DIGEST_SIZE], encoded[_DIGEST_SIZE:]
    if _digest(frame) != digest:
        raise ProtocolError("the checksum of recorded answers does not match")
    tree = decode(frame)
    asked = tree["asked"].tobytes()
    answers = [
        Answer(
            Status(status), value, tuple(changed), tuple(warned), error, line, quoted, tuple(later)
        )
        for status, value, changed, warned, error, line, quoted, later in tree["answers"]
    ]
    places = range(0, len(asked), _DIGEST_SIZE)
    return [asked[place : place + _DIGEST_SIZE] for place in places], answers


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_DIGEST_SIZE).digest()
