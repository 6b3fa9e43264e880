"""Does a case that is too slow cost itself, and does its message say for which sizes?"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from autograder.answer import Answer, Status
from autograder.judging.judge import Judge
from autograder.questions import catalogue, references
from autograder.records import Outcome, Verdict

STOPPED = "softmax_cross_entropy was stopped after 5 s"


def judged(
    slow: Collection[str] = (), slow_hidden: Collection[str] = (), wrong: Collection[str] = ()
) -> Verdict:
    """The verdict on an answer that is too slow in some cases and wrong in others."""
    week = catalogue.week("week05_losses")
    question = week.questions["softmax_cross_entropy"]
    public = references.public([question], week.stem)
    # The hidden draw is the public one, whose references need no Keras.
    judge = Judge({question.name: question}, public, public, references.PUBLIC_SECRET)
    answers = []
    for probe in judge.probes[question.name]:
        too_slow = probe.case in (slow if probe.public else slow_hidden)
        value = np.asarray(probe.expected.value + 7.0 * (probe.case in wrong))
        answers.append(
            Answer(Status.TIMED_OUT, error=STOPPED) if too_slow else Answer(Status.RETURNED, value)
        )
    return judge.judge(question.name, answers)


def test_do_finished_cases_keep_their_points():
    verdict = judged({"vocabulary"}, {"vocabulary"})
    assert (verdict.points, verdict.outcome) == (round(9 * 6 / 7, 2), Outcome.TIMED_OUT)
    assert verdict.message.splitlines() == [
        "softmax_cross_entropy · 7.71 of 9 points · timed out",
        f"Too slow for N = 1, K = 50,000 (the case vocabulary): {STOPPED}.",
        "Right: typical, square, stability. Not yet: vocabulary.",
        "Next: replace the innermost loop by one NumPy operation on whole arrays, and compute "
        "once, before the loop, what stays the same in it.",
    ]


def test_is_an_endless_loop_suspected_only_where_no_case_ended():
    every = ["typical", "square", "stability", "vocabulary"]
    message = judged(every, every).message
    assert message.splitlines()[1:] == [
        f"Every case is too slow: {STOPPED}.",
        "Next: look for a loop whose condition never becomes false.",
    ]
    assert "never becomes false" not in judged(every[1:], every).message


def test_is_an_error_told_before_what_is_too_slow():
    verdict = judged({"vocabulary"}, {"vocabulary"}, wrong={"stability"})
    assert (verdict.points, verdict.outcome) == (round(9 * 4 / 7, 2), Outcome.VALUES)
    assert "expected" in verdict.message
    assert f"Too slow for N = 1, K = 50,000 (the case vocabulary): {STOPPED}." in verdict.message
    # An error in a hidden draw says less than a public case that is too slow.
    assert judged({"typical"}, {"typical"}).outcome is Outcome.TIMED_OUT


def test_is_a_hidden_draw_told_without_numbers():
    verdict = judged(slow_hidden={"vocabulary"})
    assert verdict.points == round(9 * 6 / 7, 2)
    heading, sentence, *_ = verdict.message.splitlines()
    assert sentence == (
        "The public cases are right; a hidden draw of the case vocabulary is too slow."
    )
