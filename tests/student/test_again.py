"""Does `again` pose a fresh case, and judge what was worked out by hand?"""

from __future__ import annotations

import numpy as np
import pytest

from autograder.answer import ask
from autograder.questions import catalogue, small_cases
from autograder.records import Outcome
from autograder.student.again import NOTHING, asked_again
from tests.conftest import EXHAUSTIVE


def right(dout, X, W):
    return dout @ W.T, X.T @ dout, dout.sum(axis=0)


def wrong(dout, X, W):
    return dout @ W.T, X.T @ dout / len(X), dout.sum(axis=0)


@pytest.fixture(scope="module")
def question():
    return catalogue.question("dense_backward")


@pytest.fixture(scope="module")
def fresh(question):
    return small_cases.load(question).fresh


def said(question, answer=NOTHING, number=1, function=right):
    return asked_again(question, answer, number, lambda inputs: ask(function, inputs))


def test_are_the_numbers_shown_and_no_answer(question, fresh):
    text = said(question).message
    assert text.count("\n  ") >= 3 and "dout = [[" in text
    assert "Wanted: dX of shape" in text and "expected" not in text
    shown = [np.array2string(each, separator=", ") for each in fresh[0].expected.value]
    assert not any(each in text for each in shown)
    assert said(question, number=2).message != text


def test_is_rounding_by_hand_allowed(question, fresh):
    answer = tuple(np.round(each, 2) for each in fresh[0].expected.value)
    verdict = said(question, answer)
    assert verdict.outcome is Outcome.RIGHT
    assert verdict.message.endswith("Right, and your function gives the same.")


def test_is_a_function_that_disagrees_told(question, fresh):
    verdict = said(question, tuple(fresh[0].expected.value), function=wrong)
    assert verdict.outcome is Outcome.RIGHT
    assert "your function does not agree with you yet" in verdict.message
    assert "dW, yours" in verdict.message


def test_are_wrong_entries_named_and_not_the_right_numbers(question, fresh):
    dX, dW, db = (each.copy() for each in fresh[0].expected.value)
    told = f"{dW[0, 1]:.4g}"
    dW[0, 1] += 5
    verdict = said(question, (dX, dW, db))
    assert "  dW: not right yet at [0, 1]" in verdict.message and "  dX: right" in verdict.message
    assert told not in verdict.message


def test_may_a_part_be_left_out(question, fresh):
    verdict = said(question, (None, fresh[0].expected.value[1], None))
    assert verdict.outcome is Outcome.RIGHT and "dX" not in verdict.message


@pytest.mark.slow
@pytest.mark.parametrize("answer", ["text", None, [], 3, (1, 2), [object()], {"dX": 1}])
def test_is_what_is_no_answer_told(question, answer):
    assert said(question, answer).outcome is Outcome.VALUES


@pytest.mark.parametrize("number", [0, 3, "2", True, None])
def test_is_another_number_told(question, number):
    assert "Expected number=1 to 2" in said(question, number=number).message


def test_is_a_question_without_small_cases_told():
    text = said(catalogue.question("who_learns")).message
    assert "no case that is small enough" in text


def fresh_of_every_question():
    for week in catalogue.weeks():
        for each in week.questions.values():
            small = small_cases.load(each) if each.parameters else None
            for number, step in enumerate(small.fresh if small else (), 1):
                yield each, number, step


def test_does_it_know_the_right_answer_of_every_question():
    for each, number, step in fresh_of_every_question():
        posed = asked_again(each, NOTHING, number, lambda inputs: ask(None, {}))
        assert "Wanted: " in posed.message, each.name
        value = step.expected.value
        answer = tuple(value) if isinstance(value, list) else value
        verdict = asked_again(each, answer, number, lambda inputs: ask(None, {}))
        assert verdict.outcome is Outcome.RIGHT, (each.name, verdict.message)


@pytest.mark.skipif(not EXHAUSTIVE, reason="asks a thousand mistakes, some of them in Keras")
def test_does_it_refuse_most_mistakes():
    """All but those of large numbers and of edges, which no small case shows."""
    passed, tried = [], 0
    for each, number, step in fresh_of_every_question():
        for mistake in each.mistakes.values() if number == 1 else ():
            given = each.mistaken(mistake, step.inputs, step.expected.value).value
            verdict = asked_again(each, given, number, lambda inputs: ask(None, {}))
            tried += 1
            passed += [mistake.name] if verdict.outcome is Outcome.RIGHT else []
    assert tried > 900 and len(passed) < tried / 4, (len(passed), tried, passed)
