"""Anonymous examples: a message that one student read, and the code it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from autograder.feedback.report.cells import bare_code
from autograder.feedback.report.findings import Group
from autograder.feedback.report.people import People

_MOST_LINES = 40
# Reading a notebook takes 10 ms, and few texts name anybody.
_MOST_TRIES = 10


@dataclass(frozen=True)
class Example:
    """One answer of a group. Either text is empty if it is missing or names somebody."""

    question: str
    message: str
    code: str


class Examples:
    """Finds an example for a group of wrong answers.

    Args:
        people: those who must not be named.
        cells_of: returns a student's solution cells, by the name that each defines.
        cell_names: the name that answers each question; questions may share one.
    """

    def __init__(
        self,
        people: People,
        cells_of: Callable[[str], Mapping[str, str]],
        cell_names: Mapping[str, str],
    ) -> None:
        self._people = people
        self._cells_of = cache(cells_of)
        self._cell_names = cell_names

    def of(self, group: Group) -> Example:
        """The first complete example, in an order that reveals nothing about the student."""
        verdicts = dict(group.verdicts)
        best = Example(group.questions[0], "", "")
        for student in self._people.shuffled(verdicts)[:_MOST_TRIES]:
            verdict = verdicts[student]
            example = Example(
                verdict.question,
                self.nameless(verdict.message),
                self.code(student, verdict.question),
            )
            if example.message and example.code:
                return example
            best = max(best, example, key=lambda each: (bool(each.message), bool(each.code)))
        return best

    def code(self, student: str, question: str) -> str:
        """A student's answer without comments; empty if it is not Python or names somebody."""
        source = self._cells_of(student).get(self._cell_names.get(question, question), "")
        lines = bare_code(source).splitlines()
        if len(lines) > _MOST_LINES:
            lines = [*lines[:_MOST_LINES], f"# ... {len(lines) - _MOST_LINES} more lines"]
        return self.nameless("\n".join(lines))

    def nameless(self, text: str) -> str:
        """The text, or an empty one if it names somebody."""
        return "" if self._people.names_somebody(text) else text
