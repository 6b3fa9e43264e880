"""What travels between the stages: plain, frozen records.

A `Submission` is run and gives `Answer`s (see `answer`); an answer beside its `Expected` is a
`Trial`; the trials of a question give one `Verdict`; the verdicts of a notebook are its `Report`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from autograder.answer import Answer
from autograder.output.text import as_html
from autograder.tree import Tree


class Outcome(StrEnum):
    """The first test that an answer fails, in the order in which they are made."""

    RIGHT = "right"
    NOT_ATTEMPTED = "not attempted"
    MISSING = "missing"
    RAISED = "raised"
    TIMED_OUT = "timed out"
    CRASHED = "crashed"
    CHANGED_ARGUMENTS = "changed its arguments"
    STRUCTURE = "structure"
    SHAPE = "shape"
    DTYPE = "dtype"
    NOT_FINITE = "not finite"
    VALUES = "values"
    WARNED = "floating-point warning"


@dataclass(frozen=True)
class Expected:
    """A reference answer and how far rounding alone may move it.

    `value` is a tree of float64 (or integer) arrays. `rounding` is a tree of the same structure
    with one number a leaf: the reference's own rounding error, in units of the dtype's unit
    roundoff (see `questions.tolerance`).
    """

    value: Tree
    rounding: Tree


@dataclass(frozen=True)
class Trial:
    """One case put to a student's function: what went in, what was expected, what came back."""

    case: str
    public: bool
    weight: float
    inputs: Mapping[str, Any]
    expected: Expected
    answer: Answer


@dataclass(frozen=True)
class Difference:
    """Where and how an answer departs from its reference; the first test that it fails.

    `part` is the quantity in the student's own symbols (`dW`, `grads["W1"]`), `yours` and
    `expected` are that leaf's values where the test got so far as to have them. `values_right` says
    that the numbers are right and only their form is not as asked.
    """

    outcome: Outcome
    part: str = ""
    detail: str = ""
    yours: Any = None
    expected: Any = None
    values_right: bool = False


@dataclass(frozen=True, repr=False)
class Verdict:
    """A question's grade and its message.

    `mistake` names the catalogued misconception that alone explains the answer, or is empty.
    `answered` is a digest of a wrong answer: two students who have it answered the same.
    `figures` are numbers of the answer that are worth a leaderboard, by name. `key` says what of
    the grader decided it (see `questions.keys`). `decision` says that the instructor decided the
    points (see `grading.decisions`); `earned` is then the share that the answer itself had earned.
    `plain` says that it is no question but a cell of the instructor's own (see
    `grading.plain_cells`). `lost` are the parts that lost points, each with the way in which it is
    wrong, and `lost_cases` the cases that lost points for wrong numbers, of a function that several
    questions look at (see `judging.charged`). `calls` are wrong questions that the answer calls and
    its question does not list (see `grading.called`).
    """

    question: str
    points: float
    max_points: float
    outcome: Outcome
    message: str
    part: str = ""
    mistake: str = ""
    seconds: float = 0.0
    answered: str = ""
    figures: tuple[tuple[str, float], ...] = ()
    key: str = ""
    decision: str = ""
    earned: float = 0.0
    plain: bool = False
    lost: tuple[tuple[str, str], ...] = ()
    lost_cases: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        """Whether nothing is wrong; the points cannot say so of a question worth 0."""
        return self.outcome is Outcome.RIGHT

    @property
    def at_fault(self) -> bool:
        """Whether an answer that builds on it may be wrong because of it."""
        return not self.right or bool(self.decision and self.earned < 1.0)

    @property
    def attempted(self) -> bool:
        return self.outcome not in (Outcome.NOT_ATTEMPTED, Outcome.MISSING)

    def __repr__(self) -> str:
        return self.message

    def _repr_html_(self) -> str:
        # The heading of what is not attempted says so itself.
        outcome = "Right" if self.right else "Not right yet" if self.attempted else ""
        return as_html(self.message, right=self.right, attempted=self.attempted, outcome=outcome)


@dataclass(frozen=True)
class Submission:
    """One student's notebook file, as it was handed in; `key` is its result's (`result_key`)."""

    student: str
    week: str
    path: Path
    timestamp: str = ""
    key: str = ""


@dataclass(frozen=True)
class Report:
    """Everything that grading one submission found.

    `notebook` is the notebook (nbformat 4) with what its cells showed, or None when the file could
    not be read; verdicts are put under its checks where it is written. `problems` are sentences
    about the notebook as a whole, such as a cell that was put back; `stopped` counts the cells and
    questions that had to be ended from outside. `key` says what decided the answers (see
    `result_key`); it is empty where the result should not be relied upon by a later run. `answers`
    are what the questions answered (see `grading.recorded_answers`). `texts` has a digest of what
    each cell was graded for (see `gradebook.answer_texts`). `kept` says that an earlier run graded
    it, `judged_again` that its kept answers were judged again.
    """

    student: str
    week: str
    verdicts: tuple[Verdict, ...]
    notebook: Any = None
    problems: tuple[str, ...] = ()
    stopped: int = 0
    unreadable: str = ""
    isolation: str = ""
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_memory: int = 0
    key: str = ""
    kept: bool = False
    judged_again: bool = False
    texts: tuple[tuple[str, str], ...] = ()
    answers: bytes = field(default=b"", repr=False)

    @property
    def right(self) -> bool:
        return not self.unreadable and all(verdict.right for verdict in self.verdicts)

    @property
    def points(self) -> float:
        return round(sum(verdict.points for verdict in self.verdicts), 2)

    @property
    def max_points(self) -> float:
        return sum(verdict.max_points for verdict in self.verdicts)
