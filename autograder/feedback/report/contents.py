"""The contents of the report, from which the page, the CSV files and the JSON are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autograder.feedback.report.examples import Example, Examples
from autograder.feedback.report.findings import MOST_COSTLY, Findings, Group
from autograder.feedback.report.people import People
from autograder.feedback.report.similarity import Pair, SharedAnswer, SharedCode
from autograder.judging import explain
from autograder.questions.catalogue import Week


@dataclass(frozen=True)
class Misconception:
    """A catalogued mistake: how many students made it, what it cost, and how to teach it.

    Only the costliest ones have an `example` and a `page` (Markdown).
    """

    name: str
    questions: tuple[str, ...]
    students: int
    points_lost: float
    reason: str
    example: Example | None = None
    page: str = ""


@dataclass(frozen=True)
class Unexplained:
    """A wrong answer that no catalogued mistake explains, and how many students gave it."""

    question: str
    answered: str
    outcome: str
    students: int
    points_lost: float
    example: Example | None = None


@dataclass(frozen=True)
class PairToLookAt:
    """Two students by their labels, and everything unusual that they share, with both codes."""

    first: str
    second: str
    surprise: float
    answers: tuple[SharedAnswer, ...]
    codes: tuple[tuple[SharedCode, str, str], ...]


@dataclass(frozen=True)
class Contents:
    """The report: findings, with explanations from the catalogue and examples from notebooks."""

    week: str
    title: str
    anonymous: bool
    findings: Findings
    misconceptions: tuple[Misconception, ...]
    unexplained: tuple[Unexplained, ...]
    pairs: tuple[PairToLookAt, ...] | None
    course: str = ""


# This many groups of unexplained answers get an example; the rest are only in the CSV file.
MOST_UNEXPLAINED = 20


def contents(
    week: Week,
    findings: Findings,
    people: People,
    examples: Examples,
    pairs: Sequence[Pair] | None,
) -> Contents:
    """Add the catalogue's pages and anonymous examples to the findings.

    Args:
        week: supplies the catalogue.
        findings: the counts.
        people: the students' labels.
        examples: finds examples.
        pairs: submissions that share something unusual, or None if not asked for.
    """
    misconceptions = tuple(
        _misconception(week, group, examples if place < MOST_COSTLY else None)
        for place, group in enumerate(findings.misconceptions)
    )
    # An answer that many students gave deserves a catalogue entry first.
    groups = sorted(findings.unexplained, key=lambda each: (-each.students, -each.points_lost))
    unexplained = tuple(
        _unexplained(group, examples if place < MOST_UNEXPLAINED else None)
        for place, group in enumerate(groups)
    )
    shown = None if pairs is None else tuple(_pair(pair, people, examples) for pair in pairs)
    return Contents(
        week.name, week.title, people.anonymous, findings, misconceptions, unexplained, shown
    )


def _misconception(week: Week, group: Group, examples: Examples | None) -> Misconception:
    known = [
        (question, question.mistakes[group.name])
        for question in week.questions.values()
        if question.name in group.questions and group.name in question.mistakes
    ]
    return Misconception(
        group.name,
        group.questions,
        group.students,
        group.points_lost,
        known[0][1].why if known else "",
        examples.of(group) if examples else None,
        explain.page(known) if examples and known else "",
    )


def _unexplained(group: Group, examples: Examples | None) -> Unexplained:
    return Unexplained(
        group.questions[0],
        group.name,
        str(group.verdicts[0][1].outcome),
        group.students,
        group.points_lost,
        examples.of(group) if examples else None,
    )


def _pair(pair: Pair, people: People, examples: Examples) -> PairToLookAt:
    # In the order of labels, so that the same student is always on the left.
    first, second = people.shuffled((pair.first, pair.second))
    answers = tuple(
        SharedAnswer(each.question, each.students, people.cleared(each.message))
        for each in pair.answers
    )
    codes = tuple(
        (each, examples.code(first, each.cell), examples.code(second, each.cell))
        for each in pair.codes
    )
    return PairToLookAt(people.label(first), people.label(second), pair.surprise, answers, codes)
