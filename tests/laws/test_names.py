"""Is no answer ever given the name of a mistake that was not made?

Every catalogued mistake is combined with every other of its question, as students do who make two:
in one part the one and in another part the other, or in some cases the one and in others the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from autograder.answer import Answer, Status
from autograder.judging.agreement import Entry, Level, MistakenAnswer, Seen, footprint
from autograder.judging.mistakes import mistakes_behind
from autograder.judging.points import WHOLE, concerns
from autograder.questions.define import Question
from autograder.records import Trial
from tests.conftest import EXHAUSTIVE
from tests.laws.public_points import ASKED, judge

PAIRS = 5
"""How many pairs of mistakes `make test` tries of a question; `make test-all` tries all."""
TRIED = [(week.stem, each) for week, each in ASKED if each.seconds < 10]

every_question = pytest.mark.parametrize(
    ("stem", "question"),
    TRIED if EXHAUSTIVE else TRIED[::3],
    ids=lambda each: each.name if isinstance(each, Question) else "",
)


class Named:
    """A question's mistakes, their answers, and what an answer is named."""

    def __init__(self, stem: str, question: Question) -> None:
        self.question = question
        self.probes = judge(stem).probes[question.name]
        self.answers = judge(stem).answers_of_mistakes(question)
        self.known: Sequence[Entry] = judge(stem).prepared_mistakes(question)

    def trials(self, answers: Sequence[Answer]) -> list[Trial]:
        measured = [
            self.question.measured(answer, probe.inputs)
            for answer, probe in zip(answers, self.probes, strict=True)
        ]
        return [
            Trial(each.case, each.public, each.weight, each.inputs, each.expected, answer)
            for each, answer in zip(self.probes, measured, strict=True)
        ]

    def names(self, answers: Sequence[Answer]) -> tuple[str, ...]:
        return mistakes_behind(self.question, self.trials(answers), self.known)

    def equals(self, name: str, answers: Sequence[Answer], cases: Collection[int]) -> bool:
        """Whether a mistake gives these answers in these cases, in all parts that it changes.

        Then it is as right a name as that of the mistake from which the answers are.
        """
        seen = [Seen(self.question, trial) for trial in self.trials(answers)]
        return any(
            all(_agree(seen[at], made[at], footprint(made)) for at in cases)
            for own, made in self.known
            if own == name
        )

    def concerns_one_of(self, name: str, part: str) -> bool:
        """Whether all of a mistake is in this part, or nothing of it."""
        inside = {
            concerns(each, part)
            for own, made in self.known
            if own == name
            for each in footprint(made)
        }
        return len(inside) == 1

    def shown_in(self, name: str) -> set[int]:
        """The cases in which a mistake differs from the right answer."""
        answers = next(made for own, made in self.known if own == name)
        return {at for at, made in enumerate(answers) if made.wrong}

    def pairs(self) -> list[tuple[str, str]]:
        pairs = list(permutations(self.question.mistakes, 2))
        chosen = np.random.default_rng(0).permutation(len(pairs))
        return [pairs[place] for place in (chosen if EXHAUSTIVE else chosen[:PAIRS])]


def _agree(seen: Seen, made: MistakenAnswer, parts: frozenset[str]) -> bool:
    level = seen.whole(made) if WHOLE in parts else seen.parts(made, parts)
    return level is not Level.NOT


def with_parts(one: Answer, other: Answer) -> Iterator[tuple[str | int, Answer]]:
    """One mistake's answer with each part in turn taken from the other's."""
    left, right = one.value, other.value
    if one.status is not Status.RETURNED or other.status is not Status.RETURNED:
        return
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right) > 1:
        for place, part in enumerate(right):
            yield place, replace(one, value=[*left[:place], part, *left[place + 1 :]])
    elif isinstance(left, dict) and isinstance(right, dict):
        for key in left.keys() & right.keys():
            yield key, replace(one, value={**left, key: right[key]})


@every_question
def test_is_an_answer_with_two_mistakes_in_different_parts_named_by_these_or_by_none(
    stem, question
):
    named = Named(stem, question)
    wrong = []
    for first, second in named.pairs():
        cases = zip(named.answers[first], named.answers[second], strict=True)
        mixed = [dict(with_parts(one, other)) for one, other in cases]
        for part in set.intersection(*map(set, mixed)):
            combined = [case[part] for case in mixed]
            name = question.returns[part] if isinstance(part, int) and question.returns else part
            wrong += [
                (first, second, part, found)
                for found in set(named.names(combined)) - {first, second}
                # Another mistake that is equal to one of the two in all that it does, or to both.
                if not named.concerns_one_of(found, str(name))
                and not named.equals(found, combined, range(len(combined)))
            ]
    assert wrong == []


@every_question
def test_is_an_answer_with_another_mistake_in_one_case_named_by_these_or_by_none(stem, question):
    named = Named(stem, question)
    wrong = []
    for first, second in named.pairs():
        for at, other in enumerate(named.answers[second]):
            combined = [*named.answers[first]]
            combined[at] = other
            rest = set(range(len(combined))) - {at}
            wrong += [
                (first, second, at, found)
                for found in set(named.names(combined)) - {first, second}
                if not named.equals(found, combined, rest)
                and not named.equals(found, combined, {at})
                and not named.shown_in(found) <= {at}
            ]
    assert wrong == []


FAMILIES = [
    (stem, question, mistake)
    for stem, question in TRIED
    for mistake in question.mistakes.values()
    if mistake.family
]


@pytest.mark.parametrize(
    ("stem", "question", "mistake"), FAMILIES, ids=[f"{q.name}-{m.name}" for _, q, m in FAMILIES]
)
def test_has_every_member_of_a_family_the_name_of_its_mistake(stem, question, mistake):
    named = Named(stem, question)
    for member in mistake.members:
        answers = [
            question.mistaken(member, probe.inputs, probe.expected.value) for probe in named.probes
        ]
        assert named.names(answers) == (mistake.name,), member.formula
