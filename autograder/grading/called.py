"""Which wrong functions an answer calls that its question does not list.

A question lists what a right answer may call (`builds_on`), and students call what nobody thought
of: `designed_bend` through a `sigmoid` of their own. The notebook's text says so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from autograder.intake.names import names_in
from autograder.questions.define import Question


class Called:
    """Finds calls between the answers of one notebook.

    Args:
        sources: the cells that run.
        questions: the week's questions by name.
    """

    def __init__(self, sources: Sequence[str], questions: Mapping[str, Question]) -> None:
        self._sources = sources
        self._questions = questions
        self._callers: dict[str, set[str]] = {}

    def by(self, name: str, wrong: Collection[str]) -> tuple[str, ...]:
        """Those of the wrong questions that the answer to this one calls and it does not list.

        Args:
            name: the question.
            wrong: names of questions before it.
        """
        asked = self._questions[name]
        return tuple(
            each
            for each in self._questions
            if each in wrong
            and each not in asked.builds_on
            # Another question may look at the function from another side, as at `train`.
            and self._questions[each].calls == each != asked.calls
            and asked.calls in self._callers_of(each)
        )

    def is_named(self, name: str) -> bool:
        """Whether cells name what this question asks for, besides one that defines it."""
        return sum(self._questions[name].calls in source for source in self._sources) > 1

    def _callers_of(self, function: str) -> set[str]:
        """The names that cells define which use this function, or use such a name in turn."""
        if function not in self._callers:
            found, reached = set[str](), {function}
            waiting = list(self._sources)
            while reached:
                # Most cells name none of them, and need not be parsed.
                named = [each for each in waiting if any(word in each for word in reached)]
                using = [each for each in named if names_in(each).used & reached]
                reached = {word for each in using for word in names_in(each).defined} - found
                found |= reached
                waiting = [each for each in waiting if each not in using]
            self._callers[function] = found
        return self._callers[function]
