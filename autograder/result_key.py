"""The key of a result: what decides it, as one hash, so that nothing has to be run twice.

A report keeps the key under which it was made. While a submission's key is still the same,
running it again could only give the same report.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import autograder
from autograder import earlier, questions
from autograder.assignment import Assignment
from autograder.errors import UnreadableNotebook
from autograder.intake.notebooks import read_bytes
from autograder.records import Submission
from autograder.sandbox.limits import Limits


@dataclass(frozen=True)
class ResultKeys:
    """Keys for the submissions of one assignment.

    Args:
        assignment: its questions, notebooks and secret count.
        isolation: "bubblewrap" or "process".
        limits: what each submission may use.
    """

    assignment: Assignment
    isolation: str
    limits: Limits

    def with_keys(self, submissions: Iterable[Submission]) -> list[Submission]:
        """The same submissions, each with its key; empty where a file cannot be read."""
        shared = self._shared()
        return [replace(each, key=_of_submission(shared, each)) for each in submissions]

    def _shared(self) -> bytes:
        given = self.assignment
        folder = Path(questions.__path__[0])
        sources = sorted([*folder.glob("*.py"), *(folder / given.week.stem).glob("*.py")])
        return _digest(
            autograder.__version__.encode(),
            *(source.read_bytes() for source in sources),
            *(json.dumps(each, sort_keys=True).encode() for each in (given.released, given.source)),
            given.own.encode(),
            given.secret,
            repr((self.isolation, self.limits, given.run_experiments)).encode(),
        )


def _of_submission(shared: bytes, submission: Submission) -> str:
    try:
        content = read_bytes(submission.path)
    except UnreadableNotebook as reason:
        content = str(reason).encode()
    except OSError:
        return ""
    files = json.dumps(earlier.handed_in(submission.path.parent), sort_keys=True)
    return _digest(shared, content, files.encode(), submission.timestamp.encode()).hex()


def _digest(*parts: bytes) -> bytes:
    """One hash of several parts, each with its length so that no two lists look alike."""
    digest = hashlib.blake2b(digest_size=24)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()
