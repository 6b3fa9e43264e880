"""Does the short comment say what cost points and why, and nothing about others?"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.feedback.comment import LONGEST, OPENING, comment
from autograder.gradebook.by_hand import ByHand, Part
from autograder.gradebook.totals import Total
from autograder.judging.judge import Judge
from autograder.questions import catalogue, references
from autograder.records import Outcome, Report, Verdict


def verdict(name="relu", points=1.0, outcome=Outcome.VALUES, message="", mistake=""):
    return Verdict(name, points, 4.0, outcome, message, mistake=mistake)


RIGHT = verdict("tanh", 4.0, Outcome.RIGHT, "tanh · 4 of 4 points\nAll 3 cases are right.")
KNOWN = verdict(
    message=(
        "relu · z · 1 of 4 points · no-gate\n"
        "z differs in 2 of 9 entries.\n"
        "  z[0, 1]: yours 3, expected 0\n"
        "The gate is open where z > 0.\n"
        "Right: typical. Not yet: edge.\n"
        "Check: call it at z = 0."
    ),
    mistake="no-gate",
)


def test_does_it_state_points_mistake_and_reason():
    assert comment(Report("ada", "week06", (RIGHT, KNOWN))) == (
        "Automatic checks: 5 of 8 points.\n"
        "Right: tanh.\n"
        "\n"
        "relu: 1 of 4 points, no-gate\n"
        "The gate is open where z > 0."
    )


def test_do_two_mistakes_get_two_reasons():
    both = verdict(
        message="h\nIt differs.\nThis is another convention.\nWhy one.\nWhy two.\nNext: x.",
        mistake="one + two",
    )
    text = comment(Report("ada", "week06", (both,)))
    assert text.endswith("one + two\nWhy one.\nWhy two.")


def test_is_the_reason_told_whatever_follows_it():
    message = KNOWN.message.replace(
        "Right: typical",
        "Right parts: w, b.\nToo slow for N = 9: stopped.\nYour notebook changes `z` after this "
        "check.\nRight: typical",
    )
    carried = "\nWith a correct tanh in place of yours, it earns 2 points.\nNext: fix tanh.\n"
    for each in (message, message.replace("\n", carried, 1)):
        text = comment(Report("ada", "week06", (verdict(message=each, mistake="no-gate"),)))
        assert text.endswith("relu: 1 of 4 points, no-gate\nThe gate is open where z > 0.")


@pytest.mark.slow
def test_is_every_catalogued_mistake_told_by_its_reason():
    week = catalogue.week("week06")
    judge = Judge(week.questions, references.public(week.questions.values(), week.stem))
    for question in week.questions.values():
        for mistake, answers in judge.answers_of_mistakes(question).items():
            found = judge.judge(question.name, answers)
            told = comment(Report("ada", "week06", (found,))).splitlines()
            assert told[-1] == question.mistakes[mistake].why


def test_is_an_unexplained_answer_described():
    raised = verdict(
        outcome=Outcome.RAISED, message="h\nIt raised KeyError: 'x'.\nNext: print the shapes."
    )
    text = comment(Report("ada", "week06", (raised,)))
    assert text.endswith("relu: 1 of 4 points, raised\nIt raised KeyError: 'x'.")


def test_are_an_unreadable_notebook_and_a_restored_cell_mentioned():
    unreadable = Report("ada", "week06", (RIGHT,), unreadable="it is no JSON")
    said = comment(unreadable)
    assert said == "Automatic checks: the notebook could not be graded: it is no JSON"
    report = Report("ada", "week06", (RIGHT,), problems=("A cell was put back.",))
    assert comment(report).endswith("\n\nA cell was put back.")


def test_does_it_explain_the_whole_grade():
    """Not 5 of 8 points beside a grade of 0."""
    people = ByHand(
        (Part("tanh", 2.0, 4.0, 4.0), Part("why_bends", 7.5, 10.0)),
        (("solution-why_bends", "Name\nthe kink."),),
        datetime(2026, 11, 27, 23, 0),
    )
    total = Total("ada", points=0.0, max_points=18.0, late_penalty=13.5, extra_credit=1.0)
    total = replace(total, handed_in=datetime(2026, 11, 29, 1, 31))
    assert comment(Report("ada", "week06", (RIGHT, KNOWN)), total, people) == (
        "Automatic checks: 5 of 8 points.\n"
        "tanh: 2 of 4 points, by hand (before: 4).\n"
        "why_bends: 7.5 of 10 points, by hand.\n"
        "Extra credit: 1 point.\n"
        "Late (handed in 2026-11-29 01:31, due 2026-11-27 23:00 UTC): minus 13.5 points.\n"
        "Grade: 0 of 18 points.\n"
        "\n"
        "Remarks of the person who graded:\n"
        "why_bends: Name the kink.\n"
        "\n"
        "Right: tanh.\n"
        "\n"
        "relu: 1 of 4 points, no-gate\n"
        "The gate is open where z > 0."
    )


def test_is_it_said_what_still_waits_and_nothing_where_the_checks_are_all():
    report = Report("ada", "week06", (RIGHT, KNOWN))
    assert comment(report, Total("ada", points=5.0, max_points=8.0)) == comment(report)
    waiting = ByHand((Part("why_bends", None, 10.0),))
    text = comment(report, Total("ada", points=5.0, max_points=18.0, waiting=True), waiting)
    assert text.splitlines()[1:3] == [
        "why_bends: up to 10 points, not graded yet.",
        "Grade so far: 5 of 18 points.",
    ]


@pytest.mark.slow
@given(st.lists(st.text(max_size=600), max_size=12), st.booleans())
def test_is_it_short_and_printable_whatever_a_message_contains(messages, known):
    verdicts = tuple(
        verdict(str(n), message=f"h\n{text}\n{'long ' * 100}", mistake="m" if known else "")
        for n, text in enumerate(messages)
    )
    text = comment(Report("ada", "week06", verdicts))
    assert len(text) <= LONGEST and text.startswith(OPENING)
    assert all(c.isprintable() or c == "\n" for c in text)
    if len(text) > LONGEST - 600:
        assert text.endswith(("The rest is on the feedback page.", "long "))
