"""Laws that hold for every question there will ever be; `autograder.judging.laws` states most."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
import pytest

from autograder.answer import Answer, Status
from autograder.judging import laws
from autograder.judging.judge import Judge
from autograder.questions import catalogue, references
from autograder.records import Outcome, Verdict
from autograder.release.validate import solved
from tests.conftest import EXHAUSTIVE, SECRETS, judge, one_in, source
from tests.laws.test_weeks import TRAINED_ONCE

WEEKS = [catalogue.week(stem) for stem in catalogue.stems()]
QUESTIONS = [(week, question) for week in WEEKS for question in week.questions.values()]
MISTAKES = [(w, q, mistake) for w, q in QUESTIONS for mistake in q.mistakes.values()]
ALTERNATIVES = [(w, q, other) for w, q in QUESTIONS for other in q.alternatives.values()]

every_question = pytest.mark.parametrize(
    ("week", "question"), QUESTIONS, ids=[question.name for _, question in QUESTIONS]
)
BRIEF = [each for each in QUESTIONS if EXHAUSTIVE or each[1].seconds < 60]
# `tests/laws/test_weeks.py` trains the rest, in the sandbox.
TRAINED_HERE = [each for each in QUESTIONS if each in BRIEF or each[0].stem == TRAINED_ONCE]
every_question_but_long_training = pytest.mark.parametrize(
    ("week", "question"), BRIEF, ids=[question.name for _, question in BRIEF]
)
# On hidden cases, of every third question: `tests/judging/test_wording.py` names all mistakes on
# public ones.
every_mistake = pytest.mark.parametrize(
    ("week", "question", "mistake"),
    one_in(4, MISTAKES, by=lambda each: each[1].name),
    ids=[f"{q.name}-{m.name}" for _, q, m in MISTAKES],
)
every_alternative = pytest.mark.parametrize(
    ("week", "question", "other"),
    ALTERNATIVES,
    ids=[f"{q.name}-{o.name}" for _, q, o in ALTERNATIVES],
)
on_three_secrets = pytest.mark.parametrize(
    "secret", SECRETS if EXHAUSTIVE else SECRETS[:1], ids=lambda secret: secret.decode()
)


@cache
def solutions(stem: str) -> dict[str, Any]:
    return solved(source(stem))


@on_three_secrets
@pytest.mark.parametrize(
    ("week", "question"),
    TRAINED_HERE,
    ids=[question.name for _, question in TRAINED_HERE],
)
def test_does_the_solution_score_full_marks(week, question, secret, reference_cache):
    judge_ = judge(week.stem, secret, reference_cache)
    target = solutions(week.stem)[question.calls]
    assert not list(laws.solution_is_right(judge_, question, target))


@every_question_but_long_training
def test_does_a_solution_run_in_float32_pass(week, question, reference_cache):
    """N04: single precision is not what a week asks for, and not a wrong answer either."""
    judge_ = judge(week.stem, SECRETS[0], reference_cache)
    target = solutions(week.stem)[question.calls]
    assert not list(laws.single_precision_is_right(judge_, question, target))


@every_question_but_long_training
def test_does_rounding_alone_never_fail(week, question, reference_cache):
    """Inputs moved by half a unit in the last place stand for every other order of summing."""
    judge_ = judge(week.stem, SECRETS[EXHAUSTIVE], reference_cache)
    target = solutions(week.stem)[question.calls]
    rng = np.random.default_rng(0)
    assert not list(laws.rounding_changes_nothing(judge_, question, target, rng))


@every_question
def test_is_an_unwritten_answer_not_attempted(week, question, reference_cache):
    judge_ = judge(week.stem, SECRETS[0], reference_cache)
    assert not list(laws.stub_is_not_attempted(judge_, question))


@on_three_secrets
@every_alternative
def test_does_every_alternative_pass(week, question, other, secret, reference_cache):
    judge_ = judge(week.stem, secret, reference_cache)
    assert not list(laws.alternative_is_right(judge_, question, other))


@on_three_secrets
@every_mistake
def test_does_every_mistake_lose_points_and_get_its_name(
    week, question, mistake, secret, reference_cache
):
    judge_ = judge(week.stem, secret, reference_cache)
    assert not list(laws.mistake_is_named(judge_, question, mistake))


@every_mistake
def test_is_every_mistake_visible_from_far(week, question, mistake, reference_cache):
    """A mistake that hides near the tolerance on every case calls for a better case."""
    judge_ = judge(week.stem, SECRETS[0], reference_cache)
    assert not list(laws.mistake_is_visible(judge_, question, mistake))


@every_question
def test_can_nothing_hide_in_a_case(week, question):
    for secret in SECRETS:
        assert not list(laws.cases_show_mix_ups(question, secret))


@pytest.mark.parametrize(
    "question",
    [question for _, question in QUESTIONS if question.parameters],
    ids=lambda question: question.name,
)
def test_are_hidden_inputs_new(question):
    """A case that draws nothing at random could be memorised from the notebook's check."""
    assert not list(laws.hidden_inputs_are_new(question, SECRETS[0]))


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
    assert not list(laws.stability_is_asked(question))


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
