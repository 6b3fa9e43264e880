"""Does code of a course that never ends become a sentence?"""

from __future__ import annotations

import threading
import time
from contextlib import suppress

import numpy as np
import pytest

from autograder.answer import Answer, Status
from autograder.errors import QuestionError
from autograder.judging import laws
from autograder.judging.judge import Judge
from autograder.questions import interrupt, references, time_limit
from autograder.questions.define import Question, question
from autograder.questions.time_limit import at_most


def forever() -> None:
    while True:
        pass


@pytest.fixture(autouse=True)
def brief(monkeypatch):
    monkeypatch.setattr(time_limit, "CASE_SECONDS", 0.1)
    monkeypatch.setattr(time_limit, "REFERENCE_SECONDS", 0.1)
    monkeypatch.setattr(interrupt, "_AGAIN", 0.01)
    monkeypatch.setattr(references, "_may_use_keras", lambda question: False)


@pytest.mark.parametrize("in_thread", [False, True])
def test_is_a_loop_ended_in_any_thread(in_thread):
    """A class is graded in several."""
    said = []

    def run() -> None:
        try:
            with at_most(0.1, "week06, the case typical"):
                forever()
        except QuestionError as error:
            said.append(str(error))

    if in_thread:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join(20)
    else:
        run()
    assert said == [
        "week06, the case typical did not end within 0.1 s; look for a loop that never ends, "
        "or choose smaller inputs"
    ]


def test_is_a_loop_ended_that_catches_every_exception():
    with pytest.raises(QuestionError), at_most(0.05, "it"):
        while True:
            with suppress(Exception):
                time.sleep(0.001)


def test_does_what_ends_in_time_go_on():
    with at_most(0.05, "it", allowed=1.0):
        time.sleep(0.1)
    time.sleep(0.1)


def test_are_other_errors_passed_on():
    with pytest.raises(ZeroDivisionError), at_most(5.0, "it"):
        1 / 0  # noqa: B018


def endless(where: str) -> Question:
    """A question of which one function never ends."""

    @question(points=1)
    def doubled(x):
        """Twice x."""
        if where == "the reference":
            forever()
        return 2 * x

    @doubled.case("typical")
    def _(rng):
        if where == "the case typical":
            forever()
        return {"x": rng.normal(size=3)}

    @doubled.mistake("not-doubled")
    def _(x):
        """It is not doubled.

        Next: double it.
        """
        if where == "the mistake not-doubled":
            forever()
        return x

    @doubled.alternative("sum")
    def _(x):
        if where == "its answer":
            forever()
        return x + x

    doubled.week, doubled.module = "week90", __name__
    return doubled


@pytest.mark.parametrize("where", ["the reference", "the case typical"])
def test_is_the_case_or_the_reference_named(where):
    made = endless(where)
    with pytest.raises(QuestionError, match=f"doubled: {where} did not end within"):
        given = references.inputs(made, made.cases["typical"], references.PUBLIC_SECRET)
        references.compute(made, given)


def judge_of(made: Question) -> Judge:
    given = references.inputs(made, made.cases["typical"], references.PUBLIC_SECRET)
    expected = references.compute(made, given)
    return Judge({made.name: made}, {(made.name, "typical"): expected})


def test_is_the_mistake_named_by_validate_and_when_an_answer_is_judged():
    judge = judge_of(endless("the mistake not-doubled"))
    made = judge.questions["doubled"]
    said = "doubled: the mistake not-doubled did not end within"
    with pytest.raises(QuestionError, match=said):
        list(laws.mistake_is_named(judge, made, made.mistakes["not-doubled"]))
    with pytest.raises(QuestionError, match=said):
        judge.judge("doubled", [Answer(Status.RETURNED, np.zeros(3))])


def test_is_an_alternative_or_a_solution_named():
    judge = judge_of(endless("its answer"))
    made = judge.questions["doubled"]
    with pytest.raises(QuestionError, match="doubled: an answer to the case typical did not end"):
        list(laws.alternative_is_right(judge, made, made.alternatives["sum"]))
