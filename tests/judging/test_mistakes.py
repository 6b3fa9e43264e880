"""Is a mistake named exactly when it alone explains the whole answer?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import combinations

import numpy as np
import pytest

from autograder.answer import Answer, Status
from autograder.judging.agreement import Entry, mistaken_answer
from autograder.judging.judge import Judge, Probe
from autograder.judging.mistakes import mistakes_behind
from autograder.questions import catalogue, references
from autograder.questions.define import Mistake, Question
from autograder.records import Trial
from autograder.release.validate import solved
from autograder.tree import map_tree
from tests.conftest import source
from tests.laws.public_points import verdict_on

WEEK = catalogue.week("week06")
JUDGE = Judge(WEEK.questions, references.public(WEEK.questions.values(), WEEK.stem))
COMPUTED = [q for q in WEEK.questions.values() if q.parameters]
# A part that is a dict is named entry by entry, and so is never one mistake's alone.
SEVERAL_ARRAYS = [
    question
    for question in COMPUTED
    if len({mistake.at for mistake in question.mistakes.values() if mistake.at}) > 1
    and all(isinstance(part, np.ndarray) for part in JUDGE.probes[question.name][0].expected.value)
]

every_question = pytest.mark.parametrize("question", COMPUTED, ids=lambda each: each.name)


def answers_of(question: Question) -> dict[str, list[Answer]]:
    return JUDGE.answers_of_mistakes(question)


def catalogued(question: Question) -> list[Entry]:
    return list(_catalogued(question.name))


@cache
def _catalogued(name: str) -> list[Entry]:
    question, probes = WEEK.questions[name], JUDGE.probes[name]
    return [
        (
            name,
            [
                mistaken_answer(answer, probe.expected, question.returns)
                for answer, probe in zip(answers, probes, strict=True)
            ],
        )
        for name, answers in answers_of(question).items()
    ]


def trials(question: Question, answers: Sequence[Answer]) -> list[Trial]:
    def trial(probe: Probe, answer: Answer) -> Trial:
        return Trial(probe.case, probe.public, probe.weight, probe.inputs, probe.expected, answer)

    return [trial(p, a) for p, a in zip(JUDGE.probes[question.name], answers, strict=True)]


def named(question: Question, answers: Sequence[Answer]) -> tuple[str, ...]:
    return mistakes_behind(question, trials(question, answers), catalogued(question))


def rounded(answer: Answer) -> Answer:
    """The same answer, each number moved by about one unit in its last place."""

    def moved(leaf):
        whole = not isinstance(leaf, np.ndarray) or leaf.dtype.kind != "f"
        return leaf if whole else np.asarray(leaf * (1 + np.finfo(leaf.dtype).eps))

    return replace(answer, value=map_tree(moved, answer.value))


@pytest.mark.slow
@every_question
def test_is_every_mistake_named_by_its_own_answers_up_to_rounding(question):
    for name, answers in answers_of(question).items():
        assert named(question, answers) == (name,)
        assert named(question, [rounded(answer) for answer in answers]) == (name,)


@every_question
def test_is_a_right_answer_nobodys_mistake(question):
    right = [Answer(Status.RETURNED, p.expected.value) for p in JUDGE.probes[question.name]]
    assert named(question, right) == ()


@every_question
def test_is_nothing_named_when_one_case_is_unlike_the_mistake(question):
    probes = JUDGE.probes[question.name]
    for answers in answers_of(question).values():
        elsewhere = map_tree(
            lambda leaf: leaf + 0.125 if isinstance(leaf, np.ndarray) else leaf,
            probes[0].expected.value,
        )
        other = Answer(Status.RETURNED, elsewhere)
        assert named(question, [other, *answers[1:]]) == ()


@every_question
def test_is_nothing_named_that_two_mistakes_explain(question):
    known = catalogued(question)
    answers = next(iter(answers_of(question).values()))
    known.append(("the-same-again", known[0][1]))
    assert mistakes_behind(question, trials(question, answers), known) == ()


def at_different_parts(question: Question) -> list[tuple[Mistake, Mistake]]:
    """Pairs of mistakes in the order of their parts; the whole answer has both parts."""
    order = question.returns.index
    made = answers_of(question)
    parts = [
        mistake
        for name, mistake in question.mistakes.items()
        if mistake.at and all(answer.status is Status.RETURNED for answer in made[name])
    ]
    pairs = combinations(sorted(parts, key=lambda each: order(each.at)), 2)
    return [(first, second) for first, second in pairs if first.at != second.at]


@pytest.mark.parametrize("question", SEVERAL_ARRAYS, ids=lambda each: each.name)
def test_are_two_mistakes_in_different_parts_both_named(question):
    """As long as no single mistake is both of them at once."""
    made = answers_of(question)
    known = [each for each in catalogued(question) if question.mistakes[each[0]].at]
    pairs = at_different_parts(question)
    assert pairs
    for first, second in pairs:
        place = question.returns.index(second.at)
        both = []
        for one, other in zip(made[first.name], made[second.name], strict=True):
            value = list(one.value)
            value[place] = other.value[place]
            both.append(replace(one, value=value))
        found = mistakes_behind(question, trials(question, both), known)
        assert found == (first.name, second.name)


@pytest.mark.parametrize(
    "changed",
    [
        {"status": Status.RAISED, "error": "ValueError: 3 and 4"},
        {"changed": ("z",)},
        {"status": Status.TIMED_OUT},
    ],
)
def test_is_an_answer_that_ends_otherwise_not_the_mistakes(changed):
    question = WEEK.questions["relu_backward"]
    for answers in answers_of(question).values():
        assert named(question, [replace(each, **changed) for each in answers]) == ()


def test_does_a_warning_tell_mistakes_apart_only_where_it_costs_points():
    question = WEEK.questions["relu_backward"]
    for name, answers in answers_of(question).items():
        if all(each.status is Status.RETURNED for each in answers):
            warned = [replace(each, warned=("overflow in exp",)) for each in answers]
            assert named(question, warned) == (name,)


def test_are_exceptions_the_same_when_only_their_numbers_differ():
    question = WEEK.questions["relu_backward"]
    expected = JUDGE.probes[question.name][0].expected
    seen, made = (
        Answer(Status.RAISED, error=f"ValueError: shapes {shapes} do not fit")
        for shapes in ("(7,5) (5,3)", "(4,2) (2,9)")
    )
    known = [("transposed", [mistaken_answer(made, expected)])]
    trial = Trial("typical", True, 1.0, {}, expected, seen)
    assert mistakes_behind(question, [trial], known) == ("transposed",)
    other = replace(trial, answer=replace(seen, error="TypeError: no"))
    assert mistakes_behind(question, [other], known) == ()


def without_case(question: Question, name: str, other: str, at: str) -> list[Answer]:
    """One mistake's answers, and in one case another's; `right` names the right answer."""
    made = answers_of(question)
    right = [Answer(Status.RETURNED, p.expected.value) for p in JUDGE.probes[question.name]]
    instead = right if other == "right" else made[other]
    cases = [probe.case for probe in JUDGE.probes[question.name]]
    return [
        theirs if case == at else own
        for case, own, theirs in zip(cases, made[name], instead, strict=True)
    ]


@pytest.mark.slow
def test_is_a_mistake_named_that_a_guard_hides_in_an_edge_case():
    question = WEEK.questions["mlp_loss_and_grads"]
    guarded = without_case(question, "sum-for-mean", "right", "edge")
    assert named(question, guarded) == ("sum-for-mean",)
    raising = [
        Answer(Status.RAISED, error="ValueError: no biases") if case.case == "edge" else answer
        for case, answer in zip(JUDGE.probes[question.name], guarded, strict=True)
    ]
    assert named(question, raising) == ("sum-for-mean",)
    # Most of the question's weight is in this case: nothing is known of the rest.
    assert named(question, without_case(question, "sum-for-mean", "right", "typical")) == ()


def test_are_two_mistakes_named_of_which_each_shows_in_other_cases():
    question = catalogue.question("softmax_cross_entropy_grad")
    judge = Judge(
        {question.name: question},
        references.public([question], catalogue.week(question.week).stem),
    )
    made = judge.answers_of_mistakes(question)
    cases = [probe.case for probe in judge.probes[question.name]]
    mixed = [
        overflown if case == "stability" else averaged
        for case, averaged, overflown in zip(
            cases,
            made["cross-entropy-gradient-not-averaged"],
            made["gradient-overflow"],
            strict=True,
        )
    ]
    found = judge.judge(question.name, mixed).mistake
    assert set(found.split(" + ")) == {"cross-entropy-gradient-not-averaged", "gradient-overflow"}


def test_is_a_part_named_beside_another_that_nothing_explains():
    question = WEEK.questions["dense_backward"]
    answers = [
        replace(answer, value=[answer.value[0], answer.value[1] * 1.7, answer.value[2]])
        for answer in answers_of(question)["bias-gradient-averaged"]
    ]
    assert named(question, answers) == ("bias-gradient-averaged",)


def test_is_a_mistake_in_the_whole_known_where_another_part_is_wrong_too():
    question = WEEK.questions["dense_backward"]
    answers = [
        replace(answer, value=[answer.value[0] * 1.7, *answer.value[1:]])
        for answer in answers_of(question)["batch-mean-taken-twice"]
    ]
    assert named(question, answers) == ("batch-mean-taken-twice",)


def test_is_a_wrong_product_named_in_the_lessons_own_value(monkeypatch):
    """There a minus is a product with -1, which is then wrong as well."""
    value = solved(source("week06_backpropagation"))["Value"]

    def product(self, other):
        other = value.wrap(other)
        return value(self.data * other.data, (self, other), (self.data, other.data))

    monkeypatch.setattr(value, "__mul__", product)
    monkeypatch.setattr(value, "__rmul__", product)
    question = catalogue.question("value_arithmetic")
    verdict = verdict_on("week06_backpropagation", question, value)
    assert verdict.mistake == "product-with-its-own-factor"
