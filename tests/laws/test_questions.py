"""Laws that hold for every question there will ever be."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from autograder.answer import Answer, Status, ask
from autograder.judging.compare import differences, pairs
from autograder.judging.judge import Judge
from autograder.questions import catalogue, references
from autograder.questions.define import Mistake, Question
from autograder.questions.tolerance import tolerance
from autograder.records import Difference, Outcome, Verdict
from autograder.tree import copy_tree, same_tree
from tests.conftest import EXHAUSTIVE, SECRETS, judge, source

WEEKS = [catalogue.week(stem) for stem in catalogue.stems()]
QUESTIONS = [(week, question) for week in WEEKS for question in week.questions.values()]
MISTAKES = [(w, q, mistake) for w, q in QUESTIONS for mistake in q.mistakes.values()]
ALTERNATIVES = [(w, q, other) for w, q in QUESTIONS for other in q.alternatives.values()]

every_question = pytest.mark.parametrize(
    ("week", "question"), QUESTIONS, ids=[question.name for _, question in QUESTIONS]
)
# `tests/laws/test_weeks.py` trains it too, in the sandbox.
BRIEF = [each for each in QUESTIONS if EXHAUSTIVE or each[1].seconds < 60]
every_question_but_long_training = pytest.mark.parametrize(
    ("week", "question"), BRIEF, ids=[question.name for _, question in BRIEF]
)
every_mistake = pytest.mark.parametrize(
    ("week", "question", "mistake"), MISTAKES, ids=[f"{q.name}-{m.name}" for _, q, m in MISTAKES]
)
every_alternative = pytest.mark.parametrize(
    ("week", "question", "other"),
    ALTERNATIVES,
    ids=[f"{q.name}-{o.name}" for _, q, o in ALTERNATIVES],
)
on_three_secrets = pytest.mark.parametrize(
    "secret", SECRETS if EXHAUSTIVE else SECRETS[:1], ids=lambda secret: secret.decode()
)

BORDER = "border"
"""How cases begin whose inputs lie on a stated border, where the next number has another answer."""
VISIBLE = 100
"""How many tolerances a mistake has to show on at least one case."""


@cache
def solutions(stem: str) -> dict[str, Any]:
    namespace: dict[str, Any] = {"check": lambda name: None}
    for cell in source(stem).cells:
        mark = cell.metadata.get("nbgrader", {})
        experiment = "experiment" in cell.metadata.get("tags", ())
        if cell.cell_type == "code" and not experiment and not mark.get("grade"):
            exec(cell.source, namespace)
    return namespace


def answers(judge: Judge, question: Question, target: Any) -> list[Answer]:
    return [
        ask(target, question.handed(probe.inputs), question.drive)
        for probe in judge.probes[question.name]
    ]


def mistaken(judge: Judge, question: Question, mistake: Mistake) -> list[Answer]:
    return [
        question.mistaken(mistake, probe.inputs, probe.expected.value)
        for probe in judge.probes[question.name]
    ]


def judged(judge: Judge, question: Question, given: list[Answer]) -> Verdict:
    """The verdict, reached without altering an answer: a class shares those that are equal."""
    before = [copy_tree(answer.value) for answer in given]
    verdict = judge.judge(question.name, given)
    assert all(same_tree(old, new.value) for old, new in zip(before, given, strict=True))
    return verdict


@on_three_secrets
@every_question_but_long_training
def test_does_the_solution_score_full_marks(week, question, secret, reference_cache):
    judge_ = judge(week.stem, secret, reference_cache)
    target = solutions(week.stem)[question.calls]
    verdict = judged(judge_, question, answers(judge_, question, target))
    assert verdict.right, verdict.message
    assert verdict.points == question.points


@every_question_but_long_training
def test_does_a_solution_run_in_float32_pass(week, question, reference_cache):
    """N04: single precision is not what a week asks for, and not a wrong answer either."""
    judge_ = judge(week.stem, SECRETS[0], reference_cache)
    target = solutions(week.stem)[question.calls]
    for probe in judge_.probes[question.name]:
        coarse = references.single_precision(probe.inputs)
        answer = question.measured(ask(target, question.handed(coarse), question.drive), coarse)
        assert answer.status is Status.RETURNED
        # As a student would hand it in who works in float32 to the end.
        rounded = replace(answer, value=references.single_precision(answer.value))
        assert not differences(rounded, probe.expected, question.returns), probe.case


@every_question_but_long_training
def test_does_rounding_alone_never_fail(week, question, reference_cache):
    """Inputs moved by half a unit in the last place stand for every other order of summing."""
    judge_ = judge(week.stem, SECRETS[EXHAUSTIVE], reference_cache)
    target = solutions(week.stem)[question.calls]
    rng = np.random.default_rng(0)
    for probe in judge_.probes[question.name]:
        if probe.case.startswith(BORDER):
            continue
        nudged = _nudged(probe.inputs, rng)
        answer = question.measured(ask(target, question.handed(nudged), question.drive), nudged)
        assert not differences(answer, probe.expected, question.returns), probe.case


def _nudged(value: Any, rng: np.random.Generator) -> Any:
    if isinstance(value, np.ndarray) and value.dtype == np.float64:
        return value * (1 + rng.choice([-1, 1], value.shape) * 2.0**-53)
    if isinstance(value, dict):
        return {key: _nudged(item, rng) for key, item in value.items()}
    return value


@every_question
def test_is_an_unwritten_answer_not_attempted(week, question, reference_cache):
    judge_ = judge(week.stem, SECRETS[0], reference_cache)

    def stub(*arguments: Any) -> None:
        raise NotImplementedError

    target = stub if question.parameters else None
    verdict = judge_.judge(question.name, answers(judge_, question, target))
    assert (verdict.points, verdict.outcome) == (0.0, Outcome.NOT_ATTEMPTED)


@on_three_secrets
@every_alternative
def test_does_every_alternative_pass(week, question, other, secret, reference_cache):
    judge_ = judge(week.stem, secret, reference_cache)
    verdict = judge_.judge(question.name, answers(judge_, question, other.formula))
    assert verdict.right, verdict.message
    assert verdict.points == question.points


@on_three_secrets
@every_mistake
def test_does_every_mistake_lose_points_and_get_its_name(
    week, question, mistake, secret, reference_cache
):
    judge_ = judge(week.stem, secret, reference_cache)
    verdict = judged(judge_, question, mistaken(judge_, question, mistake))
    assert not verdict.right
    assert verdict.points < question.points or question.points == 0
    assert verdict.mistake == mistake.name, verdict.message
    assert mistake.why in verdict.message


@every_mistake
def test_is_every_mistake_visible_from_far(week, question, mistake, reference_cache):
    """A mistake that hides near the tolerance on every case calls for a better case."""
    judge_ = judge(week.stem, SECRETS[0], reference_cache)
    trials = zip(judge_.probes[question.name], mistaken(judge_, question, mistake), strict=True)
    assert any(_visible(question, probe, answer) for probe, answer in trials)


def _visible(question: Question, probe: Any, answer: Answer) -> bool:
    answer = question.measured(answer, probe.inputs)
    found = differences(answer, probe.expected, question.returns)
    if any(difference.outcome is not Outcome.VALUES for difference in found):
        return True
    for pair in pairs(answer.value, probe.expected, question.returns):
        if isinstance(pair, Difference) or not isinstance(pair.expected, np.ndarray):
            return True
        gap = np.max(np.abs(np.asarray(pair.yours, float) - pair.expected), initial=0.0)
        if gap > VISIBLE * tolerance(pair.allowed, np.dtype(np.float64)):
            return True
    return False


@every_question
def test_can_nothing_hide_in_a_case(week, question):
    for secret in SECRETS:
        catalogue.refuse_weak_cases(question, secret)


@pytest.mark.parametrize(
    "question",
    [question for _, question in QUESTIONS if question.parameters],
    ids=lambda question: question.name,
)
def test_are_hidden_inputs_new(question):
    """A case that draws nothing at random could be memorised from the notebook's check."""
    from autograder.tree import same_tree

    for case in question.cases.values():
        hidden = references.inputs(question, case, SECRETS[0])
        shown = references.inputs(question, case, references.PUBLIC_SECRET)
        assert not same_tree(hidden, shown), case.name


@pytest.mark.parametrize(
    ("week", "question"),
    [each for each in QUESTIONS if not each[1].measured_by],
    ids=[question.name for _, question in QUESTIONS if not question.measured_by],
)
def test_does_a_warning_cost_points_in_a_case_for_stability_alone(week, question):
    """Elsewhere it is a remark, and the message says so."""
    public = references.public([question], week.stem)
    judge_ = Judge({question.name: question}, public)
    probes = judge_.probes[question.name]

    def warned_in(cases: set[str]) -> Verdict:
        return judge_.judge(
            question.name,
            [
                Answer(
                    Status.RETURNED,
                    probe.expected.value,
                    warned=("overflow in exp",) if probe.case in cases else (),
                )
                for probe in probes
            ],
        )

    stability = {case.name for case in question.cases.values() if case.stability}
    for name in question.cases:
        verdict = warned_in({name})
        assert verdict.right == (name not in stability)
        assert "NumPy warned" in verdict.message and "overflow in exp" in verdict.message
        if verdict.right:
            assert verdict.points == question.points
            assert f"in the case {name}. The values are right" in verdict.message
        else:
            assert verdict.outcome is Outcome.WARNED
    assert "NumPy warned" not in warned_in(set()).message


@every_question
def test_is_a_case_called_stability_there_for_it(week, question):
    assert all(case.stability for case in question.cases.values() if case.name == "stability")


@pytest.mark.parametrize(
    ("week", "question"),
    [each for each in QUESTIONS if not each[1].measured_by and each[1].parameters],
    ids=[q.name for _, q in QUESTIONS if not q.measured_by and q.parameters],
)
def test_does_a_case_that_is_too_slow_cost_itself(week, question):
    """The message says for which sizes it is, and of a hidden draw no number."""
    public = references.public([question], week.stem)
    # The hidden draw is the public one, whose references need no Keras.
    judge_ = Judge({question.name: question}, public, public, references.PUBLIC_SECRET)
    probes = judge_.probes[question.name]
    total = sum(case.weight for case in question.cases.values())

    def too_slow_in(name: str, *, public: bool) -> Verdict:
        stopped = Answer(Status.TIMED_OUT, error=f"{question.name} was stopped after 5 s")
        return judge_.judge(
            question.name,
            [
                stopped
                if probe.case == name and probe.public is public
                else Answer(Status.RETURNED, probe.expected.value)
                for probe in probes
            ],
        )

    for case in question.cases.values():
        for draw in (True, False):
            verdict = too_slow_in(case.name, public=draw)
            kept = question.points * (1 - case.weight / total)
            assert verdict.points == pytest.approx(kept, abs=0.01)
            heading, sentence, *rest = verdict.message.splitlines()
            assert heading.endswith("timed out") and rest[-1].startswith("Next: ")
            if draw:
                assert "oo slow" in sentence and "was stopped after 5 s" in sentence
                assert case.name in sentence or len(question.cases) == 1
            else:
                assert f"a hidden draw of the case {case.name} is too slow" in sentence
                assert not re.search(r"\d", sentence)
