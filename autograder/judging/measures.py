"""Measures of answers: what is judged in place of an answer, where a question has a `measure`."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.answer import Answer
from autograder.questions.define import Inputs, Question

Figures = tuple[tuple[str, float], ...]


class Measures:
    """Measures answers in this process: for a student's own machine, and for trusted answers."""

    def measured(
        self, question: Question, answers: Sequence[Answer], given: Sequence[Inputs]
    ) -> list[Answer]:
        """Answers as they are judged: unchanged, or measured.

        Args:
            question: what was asked.
            answers: one per case.
            given: the inputs of each case.
        """
        return [question.measured(*pair) for pair in zip(answers, given, strict=True)]

    def expect(
        self, question: Question, answers: Sequence[Answer], given: Sequence[Inputs]
    ) -> None:
        """Take note of what right answers look like; the arguments are those of `measured`."""

    def figures(self, question: Question, answer: Answer, given: Inputs) -> Figures:
        """The answer's numbers for a leaderboard, by name; empty if the answer is not usable."""
        return question.figures(answer, given)
