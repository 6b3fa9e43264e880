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
from autograder.judging.compare import at_key
from autograder.judging.mistakes import mistakes_behind
from autograder.judging.points import WHOLE, concerns
from autograder.questions import catalogue
from autograder.questions.define import Question
from autograder.records import Trial
from tests.conftest import EXHAUSTIVE
from tests.laws.public_points import ASKED, judge, verdict_on

PAIRS = 5
"""How many pairs of mistakes `make test` tries of a question; `make test-all` tries all."""
SHARED_PAIRS = 400
"""How many pairs with a mistake that is made in a part of the work; of a question's own, all."""
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

    def is_the_answer_where_it_shows(self, name: str, answers: Sequence[Answer]) -> bool:
        """Whether a mistake gives the whole answer in all cases in which it differs from right."""
        seen = [Seen(self.question, trial) for trial in self.trials(answers)]
        for own, made in self.known:
            # Where this member of a family shows, which may be elsewhere than another one does.
            shown = [at for at, each in enumerate(made) if each.wrong]
            equal = (seen[at].whole(made[at]) is Level.EQUAL for at in shown)
            if own == name and shown and all(equal):
                return True
        return False

    def pairs(self) -> list[tuple[str, str]]:
        pairs = list(permutations(self.question.mistakes, 2))
        chosen = np.random.default_rng(0).permutation(len(pairs))
        if not EXHAUSTIVE:
            return [pairs[place] for place in chosen[:PAIRS]]
        kinds = self.question.mistakes
        drawn = [pairs[place] for place in chosen]
        shared = [pair for pair in drawn if any(kinds[name].of for name in pair)]
        own = [pair for pair in drawn if not any(kinds[name].of for name in pair)]
        return own + shared[:SHARED_PAIRS]


def part_name(question: Question, part: str | int) -> str:
    """What messages call a part: by its key, its name, or its place in the one list returned."""
    if isinstance(part, int) and len(question.returns) > 1:
        return question.returns[part]
    whole = "".join(question.returns[:1])
    return at_key(whole, part) if isinstance(part, str) else f"{whole or 'result'}[{part}]"


def _agree(seen: Seen, made: MistakenAnswer, parts: frozenset[str]) -> bool:
    if seen.trial.answer.status is not Status.RETURNED and WHOLE not in parts:
        return False
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
            name = part_name(question, part)
            wrong += [
                (first, second, part, found)
                for found in set(named.names(combined)) - {first, second}
                # Another mistake that is equal to one of the two in all that it does, or to both.
                if not named.concerns_one_of(found, name)
                and not named.equals(found, combined, range(len(combined)))
                # Two other mistakes, each in cases of its own, have this very answer as well.
                and not named.is_the_answer_where_it_shows(found, combined)
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


def network(softmax, loss, slopes, gate):
    """A student's two-layer network out of these pieces."""

    def loss_and_grads(X, y, params):
        z = X @ params["W1"] + params["b1"]
        h = np.maximum(z, 0)
        logits = h @ params["W2"] + params["b2"]
        p, onehot = softmax(logits), np.eye(logits.shape[1])[y]
        dlogits = slopes(p, onehot) / len(X)
        dz = gate(dlogits @ params["W2"].T, z)
        grads = {"W1": X.T @ dz, "b1": dz.sum(0), "W2": h.T @ dlogits, "b2": dlogits.sum(0)}
        return loss(p, onehot, logits), grads

    return loss_and_grads


SHIFTED = {
    True: lambda logits: SHIFTED[False](logits - logits.max(1, keepdims=True)),
    False: lambda logits: np.exp(logits) / np.exp(logits).sum(1, keepdims=True),
}
LOSSES = {
    "log": lambda p, onehot, logits: -np.log(p[onehot == 1]).mean(),
    "table": lambda p, onehot, logits: -(onehot * np.log(p)).sum(1).mean(),
    "sum": lambda p, onehot, logits: (np.log(np.exp(logits).sum(1)) - logits[onehot == 1]).mean(),
}
SLOPES = {
    "short": lambda p, onehot: p - onehot,
    "chain": lambda p, onehot: p * (-onehot / p + (onehot / p * p).sum(1, keepdims=True)),
}
GATES = [lambda above, z: above * (z > 0), lambda above, z: np.where(z > 0, above, 0.0)]


@pytest.mark.filterwarnings("default::RuntimeWarning")
@pytest.mark.parametrize("shifted", [True, False])
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("slopes", SLOPES)
@pytest.mark.parametrize("gate", GATES)
def test_is_a_network_that_overflows_named_by_what_overflows(shifted, loss, slopes, gate):
    """Where nan and inf stand differs from one right-looking program to the next."""
    question = catalogue.question("mlp_loss_and_grads")
    target = network(SHIFTED[shifted], LOSSES[loss], SLOPES[slopes], gate)
    found = verdict_on("week06_backpropagation", question, target).mistake.split(" + ")
    if loss == "sum":
        assert found == ["loss-overflow"]
    elif not shifted:
        assert found == ["softmax-overflow-in-the-network"]
    else:
        chain = ["gradient-through-a-vanished-probability"] if slopes == "chain" else []
        assert found == ["loss-of-a-vanished-probability", *chain]


FAMILIES = [
    (stem, question, mistake)
    for stem, question in TRIED
    for mistake in question.mistakes.values()
    if mistake.family or mistake.otherwise
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
