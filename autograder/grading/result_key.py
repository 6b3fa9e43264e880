"""A result's key: a hash of everything that decides its answers, so that nothing is run twice.

A report stores the key under which it was made. As long as a submission's key stays the same,
running it again would give the same answers. The key does not cover how answers are judged: each
verdict stores its question's own key (`questions.keys`), so that a corrected question is regraded
without running submissions again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import autograder
from autograder.course import own_functions
from autograder.errors import UnreadableNotebook
from autograder.grading.assignment import Assignment
from autograder.intake.metadata import stamp_of
from autograder.intake.read import read_bytes
from autograder.questions.keys import digest
from autograder.records import Submission
from autograder.sandbox.limits import Limits

_POINTS = ("points", "checksum")
"""nbgrader's checksum of a graded cell covers its points."""


@dataclass(frozen=True)
class ResultKeys:
    """Keys for the submissions of one assignment.

    Args:
        assignment: the week; its notebooks and secret are part of every key.
        isolation: "bubblewrap" or "process".
        limits: what each submission may use.
    """

    assignment: Assignment
    isolation: str
    limits: Limits

    def with_keys(self, submissions: Iterable[Submission]) -> list[Submission]:
        """The same submissions with their keys; a key is empty if the file cannot be read."""
        shared = self._shared()
        return [replace(each, key=_of_submission(shared, each)) for each in submissions]

    def _shared(self) -> bytes:
        given = self.assignment
        return digest(
            autograder.__version__.encode(),
            # The names that checks hold, and what the sandbox has imported.
            repr((given.week.answer_cells, given.libraries)).encode(),
            *(_without_points(each) for each in (given.released, given.source)),
            given.own.encode(),
            given.secret,
            repr((self.isolation, self.limits, given.run_experiments)).encode(),
            *(repr(each).encode() for each in (given.tests, given.companions) if each),
        )


def _without_points(notebook: Any) -> bytes:
    """A notebook of the course; other points change what an answer earns, not the answer."""
    cells = []
    for cell in notebook["cells"]:
        if stamp := stamp_of(cell):
            kept = {key: value for key, value in stamp.items() if key not in _POINTS}
            cell = {**cell, "metadata": {**cell["metadata"], "nbgrader": kept}}
        cells.append(cell)
    return json.dumps({**notebook, "cells": cells}, sort_keys=True).encode()


def _of_submission(shared: bytes, submission: Submission) -> str:
    try:
        content = read_bytes(submission.path)
    except UnreadableNotebook as reason:
        content = str(reason).encode()
    except OSError:
        return ""
    files = json.dumps(own_functions.handed_in(submission.path.parent), sort_keys=True)
    return digest(shared, content, files.encode(), submission.timestamp.encode()).hex()
