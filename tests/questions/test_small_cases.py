"""Are the shipped small cases those of the questions as they are, and right?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from autograder.answer import ask, conditions_met
from autograder.judging.compare import differences
from autograder.questions import catalogue, small_cases
from autograder.questions.small_cases import SmallCases, Step
from autograder.records import Expected
from autograder.tree import leaves, same_tree

WEEKS = catalogue.weeks()
SMALL = [
    (question, found)
    for week in WEEKS
    for question in week.questions.values()
    if question.parameters and (found := small_cases.load(question))
]
AT_LEAST = 90
"""Questions with small cases; what is measured, drawn at random or trained has none."""


def test_are_they_there_for_most_questions():
    assert len(SMALL) >= AT_LEAST
    assert sum(len(found.fresh) == 2 for _, found in SMALL) >= AT_LEAST - 5


def test_is_none_stale():
    """After a change of a reference: `python -m autograder.release.make_small_cases WEEK`."""
    for week in WEEKS:
        path = small_cases.file_of(week.name)
        for name, (key, _) in small_cases.unpack(path.read_bytes()).items():
            assert key == small_cases.key_of(week.questions[name]), name


def test_are_they_small_and_finite():
    for question, found in SMALL:
        for step in (found.worked, *found.before, *found.raised, *found.fresh):
            numbers = [each for each in leaves(step.inputs) if isinstance(each, np.ndarray)]
            assert sum(each.size for each in numbers) <= 60, question.name
            assert list(step.inputs) == list(question.parameters), question.name
            for leaf in leaves(step.expected.value):
                assert isinstance(leaf, str) or np.isfinite(leaf).all(), question.name


@pytest.mark.slow
def test_does_every_other_right_answer_agree_with_them():
    for question, found in SMALL:
        for step in (found.worked, *found.fresh):
            for other in question.alternatives.values():
                given = question.handed(step.inputs)
                answer = ask(other.formula, given, question.drive, conditions_met)
                wrong = differences(answer, step.expected, question.returns, stability=False)
                assert not wrong, (question.name, other.name)


def test_are_fresh_cases_of_other_numbers():
    for question, found in SMALL:
        cases = [found.worked, *found.fresh]
        for place, one in enumerate(cases):
            for two in cases[place + 1 :]:
                assert not same_tree(one.inputs, two.inputs), question.name
                assert not same_tree(one.expected.value, two.expected.value), question.name


def test_is_what_is_packed_unpacked():
    step = Step("say", {"x": np.ones(2), "how": {"n": 3}}, Expected([np.ones(2)], [1.0]))
    cases = SmallCases(step, (), (step,), (step, step))
    ((key, found),) = small_cases.unpack(small_cases.pack({"q": ("k", cases)})).values()
    assert key == "k" and found.before == () and len(found.fresh) == 2
    assert same_tree(found.worked.inputs, step.inputs) and found.raised[0].say == "say"


def test_has_an_adapted_question_none():
    """Its values may be others; a week without a file has none at all."""
    question = catalogue.question("dense_backward")
    changed = replace(question, cases={})
    assert small_cases.load(question) and not small_cases.load(changed)
    assert small_cases.load(replace(question, week="week99")) is None
    assert small_cases.of_week("week06", [changed]) == b""


@pytest.mark.parametrize("name", ["dense_backward", "relu_backward"])
def test_does_a_package_hold_what_it_is_asked_for(name):
    question = catalogue.question(name)
    held = small_cases.unpack(small_cases.of_week("week06", [question]))
    assert list(held) == [name]
