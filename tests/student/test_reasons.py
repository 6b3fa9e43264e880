"""Does a check of a right choice show the student's reason beside a model answer, and only then?"""

from __future__ import annotations

import pytest

from autograder import check
from autograder.judging.judge import Judge
from autograder.questions import catalogue, references
from autograder.questions.choice import choice, seal
from autograder.questions.references import PUBLIC_SECRET
from autograder.records import Outcome, Verdict
from autograder.student.reasons import SUFFIX, with_reason

WHO_LEARNS = catalogue.question("who_learns")
MODEL = f"A model answer: {WHO_LEARNS.because}"


def checked(letter: str, **more: object) -> str:
    """What the check says in a notebook with this letter and these variables."""
    notebook = {"check": check, "who_learns": letter, **more}
    exec("verdict = check('who_learns')", notebook)
    verdict = notebook["verdict"]
    assert isinstance(verdict, Verdict) and verdict.right == (letter == "c")
    return verdict.message


def test_does_the_reason_stand_beside_the_model_answer():
    message = checked("c", who_learns_because="the weights\n   turn after each photo")
    assert message.splitlines() == [
        "who_learns",
        "The answer is right.",
        "Your reason: the weights turn after each photo",
        MODEL,
    ]


@pytest.mark.parametrize("reason", [None, "", "  ", "...", " – ", 7, ["because"]])
def test_is_a_missing_reason_asked_for_before_the_model_answer_is_shown(reason):
    """The dots of the comment above are no reason."""
    message = checked("c", **{} if reason is None else {f"who_learns{SUFFIX}": reason})
    assert "The answer is right." in message and MODEL not in message
    assert 'Next: say why, in one line above: who_learns_because = "..."' in message


@pytest.mark.parametrize("letter", ["a", "b", "d"])
def test_does_a_wrong_choice_show_no_model_answer(letter):
    message = checked(letter, who_learns_because="the pictures change")
    assert WHO_LEARNS.because not in message and "pictures change" not in message


def test_is_a_long_reason_cut():
    message = checked("c", who_learns_because="word " * 1000)
    assert len(message) < 600 and "word …" in message


def test_does_nbgrader_take_a_right_letter_without_a_reason(monkeypatch):
    notebook = {"check": check, "who_learns": "c"}
    for mode, expected in (("validate", 0.0), ("autograde", 0.0)):
        monkeypatch.setenv("NBGRADER_EXECUTION", mode)
        exec("points = check('who_learns')", notebook)
        assert notebook["points"] == expected


def test_does_a_choice_without_a_model_answer_ask_for_no_reason():
    """Such as one in a course's own week."""
    plain = choice("why", correct=seal("why", "a"), wrong={seal("why", "b"): "It is not."})
    right = Verdict("why", 0.0, 0.0, Outcome.RIGHT, "why\nThe answer is right.")
    assert with_reason(plain, right, {"why_because": "so it is"}) is right


def test_does_the_feedback_on_a_right_choice_hold_the_model_answer():
    """The student's own reason stands in the cell above it."""
    week = catalogue.week("week00")
    public = references.public(week.questions.values(), week.stem)
    graded = Judge(week.questions, public, public, PUBLIC_SECRET)
    probe = graded.probes["who_learns"][0]
    for letter, right in (("c", True), ("a", False)):
        answer = _returned(letter if not right else probe.expected.value)
        verdict = graded.judge("who_learns", [answer])
        assert verdict.right == right
        assert (MODEL in verdict.message) == right


def _returned(value):
    from autograder.answer import Answer, Status

    return Answer(Status.RETURNED, value)
