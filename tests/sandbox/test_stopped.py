"""Has every case its chance, and no submission more time than it is given?"""

from __future__ import annotations

from autograder.sandbox.stopped import StoppedQuestions


def test_a_question_that_answers_is_asked_on() -> None:
    """Is only what never answers given up, after its second case?"""
    stopped = StoppedQuestions(60.0)
    stopped.answered("slow")
    assert [stopped.ask_on("slow") for _ in range(4)] == [True] * 4
    assert [stopped.ask_on("endless") for _ in range(3)] == [True, False, False]
    stopped.answered("endless")
    assert stopped.ask_on("endless")


def test_stopped_cases_have_a_limited_time_together() -> None:
    """Is every question given up at once when that time is over, also one that answers?"""
    stopped = StoppedQuestions(60.0)
    stopped.answered("slow")
    stopped.spend(59.0)
    assert stopped.ask_on("slow")
    stopped.spend(2.0)
    assert not stopped.ask_on("slow")
    assert not stopped.ask_on("endless")
