"""Every message, word for word.

After a wanted change: `UPDATE_SNAPSHOTS=1 .venv/bin/python -m pytest tests/judging`, and read.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from autograder.answer import Answer, Status
from autograder.judging.judge import Judge
from autograder.judging.points import WHOLE, shares
from autograder.questions import catalogue, references
from autograder.questions.define import Question
from autograder.records import Outcome, Verdict
from tests.conftest import EXHAUSTIVE

SNAPSHOTS = Path(__file__).parent / "messages"
UPDATE = bool(os.environ.get("UPDATE_SNAPSHOTS"))
# Their mistakes are networks that take seconds to train: for `make test-all`.
TRAINED_LONG = {
    question.name
    for stem in catalogue.stems()
    for question in catalogue.week(stem).questions.values()
    if question.seconds >= 60 and not (EXHAUSTIVE or UPDATE)
}
_SCORE = re.compile(r" · \S+ of \S+ (?:points|public cases?)")
# Some of these weeks' mistakes are networks that have to be trained.
every_week = pytest.mark.parametrize(
    "stem",
    [
        pytest.param(
            stem,
            marks=[pytest.mark.slow]
            if any(question.seconds for question in catalogue.week(stem).questions.values())
            else [],
        )
        for stem in catalogue.stems()
    ],
)
FORBIDDEN = re.compile(r"!|\byou forgot\b|\bobviously\b|\bsimply\b|\bwrong,", re.IGNORECASE)


@cache
def verdicts(stem: str) -> dict[tuple[str, str], Verdict]:
    """The verdict on every mistake of a week, as a student sees it on the public cases."""
    week = catalogue.week(stem)
    judge = Judge(week.questions, references.public(week.questions.values(), stem))
    return {
        (question.name, mistake): judge.judge(question.name, answers)
        for question in week.questions.values()
        if question.name not in TRAINED_LONG
        for mistake, answers in judge.answers_of_mistakes(question).items()
    }


def without_score(message: str) -> str:
    """The message as its snapshot holds it: `check` tells cases there, and a grade tells points."""
    message = _SCORE.sub("", message, count=1)
    # The mistake's line number is that of the question's file, not of a cell.
    message = re.sub(r"line \d+ of the cell", "line 3 of the cell", message)
    # Versions of Python report endless recursion differently.
    return re.sub(r"(recursion depth exceeded).*", r"\1.", message)


@every_week
def test_are_the_messages_those_of_the_snapshots(stem):
    messages = [without_score(verdict.message) for verdict in verdicts(stem).values()]
    snapshot = SNAPSHOTS / f"{stem}.txt"
    if UPDATE:
        snapshot.parent.mkdir(exist_ok=True)
        snapshot.write_text("\n\n".join(messages) + "\n")
    kept = snapshot.read_text().removesuffix("\n").split("\n\n")
    assert messages == [each for each in kept if each.partition(" · ")[0] not in TRAINED_LONG]


@every_week
def test_is_every_message_calm_and_complete(stem):
    for (question, mistake), verdict in verdicts(stem).items():
        message = verdict.message
        heading, *rest = message.splitlines()
        assert heading.startswith(question) and heading.endswith(mistake)
        assert rest[-1].startswith(("Check:", "Next:")), message
        assert not FORBIDDEN.search(message), message


@every_week
def test_does_the_heading_state_the_right_public_cases_and_no_points(stem):
    """And once: hidden cases decide the points, so `check` does not know them."""
    questions = catalogue.week(stem).questions
    for (name, mistake), verdict in verdicts(stem).items():
        question = questions[name]
        heading, *rest = verdict.message.splitlines()
        assert not re.search(r"\d points?\b", verdict.message)
        weights = {case.name: case.weight for case in question.cases.values()}
        listed = [line for line in rest if line.startswith("Right: ")]
        right = listed[0].removeprefix("Right: ").partition(". Not yet:")[0] if listed else ""
        count = len(right.split(", ")) if right else 0
        cases = "public case" if len(weights) == 1 else "public cases"
        told = f" · {count} of {len(weights)} {cases} · "
        assert told in heading if question.parameters else "public" not in heading
        earned = sum(weights[case] for case in right.split(", ") if case)
        # Cases that rest on others which lost points keep their own.
        resting = re.search(r"is not counted again in (.+), which rests? on it", verdict.message)
        if resting:
            earned += sum(weights[case] for case in re.split(", | and ", resting[1]))
        of_cases = round(question.points * earned / sum(weights.values()), 2)
        # Right parts earn their share too, and right numbers in another form most of theirs.
        alone = counts_as_a_whole(question) and not question.mistakes[mistake].convention
        alone = alone and verdict.outcome not in (Outcome.SHAPE, Outcome.STRUCTURE)
        assert verdict.points == of_cases if alone else verdict.points >= of_cases


def counts_as_a_whole(question: Question) -> bool:
    """Whether no part of an answer earns points by itself."""
    case = next(iter(question.cases))
    expected = references.public([question], catalogue.week(question.week).stem)[
        question.name, case
    ]
    return set(shares(question, expected)) == {WHOLE}


@pytest.mark.parametrize("name", ["softmax", "tanh"])
def test_does_a_grade_state_points_where_the_check_states_cases(name):
    question = catalogue.question(name)
    public = references.public([question], catalogue.week(question.week).stem)
    graded = Judge({name: question}, public, public)
    checked = Judge({name: question}, public)
    for mistake, answers in checked.answers_of_mistakes(question).items():
        grade, check = graded.judge(name, [*answers, *answers]), checked.judge(name, answers)
        assert grade.points == check.points
        assert f" · {grade.points:g} of {question.points:g} points · {mistake}" in grade.message
        assert " public case" not in grade.message and " public case" in check.message
        assert without_score(grade.message) == without_score(check.message)
    right = [Answer(Status.RETURNED, probe.expected.value) for probe in checked.probes[name]]
    count = len(right)
    assert graded.judge(name, [*right, *right]).message == (
        f"{name} · {question.points:g} of {question.points:g} points\nAll {count} cases are right."
    )
    assert checked.judge(name, right).message == (
        f"{name}\n{count} of {count} public cases are right; hidden cases count when you hand in."
    )


def _judge() -> Judge:
    week = catalogue.week("week02")
    return Judge(
        {"softmax": week.questions["softmax"]},
        references.public([week.questions["softmax"]], week.stem),
        # Hidden cases are generated from another secret, but compared with the public
        # references, so that every answer to them is wrong.
        references.public([week.questions["softmax"]], week.stem),
        b"hidden",
    )


@pytest.mark.parametrize(
    "answer",
    [
        Answer(Status.RAISED, error="ValueError: 0.123456", line="line 2 of the cell, `secret`"),
        Answer(Status.RAISED, error="LeakedX0123: 0.123456"),
        Answer(Status.RAISED, error="unusable: 0.123456"),
        Answer(Status.CRASHED, error="softmax ended with exit status 123456"),
        Answer(Status.RETURNED, np.full((2, 2), 0.123456)),
        Answer(Status.RETURNED, {"0.123456": np.ones(3)}),
        Answer(Status.RETURNED, np.full((5, 3), 0.123456)),
    ],
)
def test_does_a_message_reveal_nothing_of_a_hidden_case(answer):
    judge = _judge()
    answers = [
        Answer(Status.RETURNED, probe.expected.value) if probe.public else answer
        for probe in judge.probes["softmax"]
    ]
    message = judge.judge("softmax", answers).message
    assert "123456" not in message and "secret" not in message and "0123" not in message
    assert "hidden" in message


@pytest.mark.parametrize(
    ("status", "error", "told"),
    [
        (
            Status.RAISED,
            "NameError: name 'x' is not defined. Did you mean: 'y'?",
            "It raised NameError: name 'x' is not defined.",
        ),
        (
            Status.RAISED,
            "NameError: name 'x' is not defined. Did you mean: 'y'? Or did you forget to import "
            "'x'? (you define it in cell 3, which raised KeyError)",
            "It raised NameError: name 'x' is not defined (you define it in cell 3, which raised "
            "KeyError).",
        ),
        (
            Status.MISSING,
            "the cell above it raised NameError: name 'x' is not defined. Did you mean: 'y'?",
            "`softmax` is not defined when its check runs: the cell above it raised NameError: "
            "name 'x' is not defined.",
        ),
        (Status.RAISED, "ValueError: no.", "It raised ValueError: no."),
        (Status.RAISED, "numpy.exceptions.AxisError: axis 2", "It raised AxisError: axis 2."),
        (Status.RAISED, "numpy._core._exceptions._Odd: a.b", "It raised Odd: a.b."),
    ],
)
def test_is_an_exception_told_by_its_name_and_text_alone(status, error, told):
    judge = _judge()
    answers = [Answer(status, error=error) for _ in judge.probes["softmax"]]
    _, observed, last = judge.judge("softmax", answers).message.splitlines()
    assert observed == told and last.startswith("Next: ")


def test_does_an_unusable_answer_say_what_to_compare():
    judge = _judge()
    answers = [Answer(Status.RAISED, error="unusable: no W1") for _ in judge.probes["softmax"]]
    message = judge.judge("softmax", answers).message
    assert "What it returned is unusable: no W1." in message
    assert message.endswith("compare what you return with `Returns` in the docstring.")
