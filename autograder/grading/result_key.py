"""The key of a result: what decides its answers, as one hash, so that nothing is run twice.

A report keeps the key under which it was made. While a submission's key is still the same,
running it again could only give the same answers. What judges those is not in it: each verdict
keeps its question's own key (`questions.keys`), so that a mended question is judged again and not
run again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

import autograder
from autograder.course import own_functions
from autograder.errors import UnreadableNotebook
from autograder.grading.assignment import Assignment
from autograder.intake.read import read_bytes
from autograder.questions.keys import digest
from autograder.records import Submission
from autograder.sandbox.limits import Limits


@dataclass(frozen=True)
class ResultKeys:
    """Keys for the submissions of one assignment.

    Args:
        assignment: its notebooks and secret count.
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
        return digest(
            autograder.__version__.encode(),
            # Which names the checks hold, and what the sandbox has loaded.
            repr((given.week.answer_cells, given.libraries)).encode(),
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
    files = json.dumps(own_functions.handed_in(submission.path.parent), sort_keys=True)
    return digest(shared, content, files.encode(), submission.timestamp.encode()).hex()
