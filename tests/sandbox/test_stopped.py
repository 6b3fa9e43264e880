"""Has every case its chance, and no submission more time than it is given?"""

from __future__ import annotations

from autograder.double_precision import FLOAT32
from autograder.sandbox.requests import Ask
from autograder.sandbox.stopped import Asked, StoppedQuestions, asked

SLOW, ENDLESS = Asked("slow"), Asked("endless")


def test_a_question_that_answers_is_asked_on() -> None:
    """Is only what never answers given up, after its second case?"""
    stopped = StoppedQuestions(60.0)
    stopped.answered(SLOW)
    assert [stopped.ask_on(SLOW) for _ in range(4)] == [True] * 4
    assert [stopped.ask_on(ENDLESS) for _ in range(3)] == [True, False, False]
    stopped.answered(ENDLESS)
    assert stopped.ask_on(ENDLESS)


def test_stopped_cases_have_a_limited_time_together() -> None:
    """Is every question given up at once when that time is over, also one that answers?"""
    stopped = StoppedQuestions(60.0)
    stopped.answered(SLOW)
    stopped.spend(59.0)
    assert stopped.ask_on(SLOW)
    stopped.spend(2.0)
    assert not stopped.ask_on(SLOW)
    assert not stopped.ask_on(ENDLESS)


def test_has_a_question_new_chances_with_other_functions_in_place_of_those_it_calls() -> None:
    """Does it end there, though without them it never does, and is precision no other function?"""
    stopped = StoppedQuestions(60.0)
    ways = [
        asked(Ask(0, "train", "", {}, names)) for names in ((), (FLOAT32,), ("sgd_step", FLOAT32))
    ]
    assert ways == [Asked("train"), Asked("train"), Asked("train", ("sgd_step",))]
    assert [stopped.ask_on(each) for each in ways] == [True, False, True]
