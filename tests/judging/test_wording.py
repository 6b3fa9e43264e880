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
from autograder.questions import catalogue, references
from autograder.records import Verdict

SNAPSHOTS = Path(__file__).parent / "messages"
_POINTS = re.compile(r" · \S+ of \S+ points")
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
        for mistake, answers in judge.answers_of_mistakes(question).items()
    }


def without_points(message: str) -> str:
    """The message as its snapshot holds it: points of one question depend on its neighbours'."""
    message = _POINTS.sub("", message, count=1)
    # The mistake's line number is that of the question's file, not of a cell.
    message = re.sub(r"line \d+ of the cell", "line 3 of the cell", message)
    # Versions of Python report endless recursion differently.
    return re.sub(r"(recursion depth exceeded).*", r"\1.", message)


@every_week
def test_are_the_messages_those_of_the_snapshots(stem):
    messages = [without_points(verdict.message) for verdict in verdicts(stem).values()]
    text = "\n\n".join(messages) + "\n"
    snapshot = SNAPSHOTS / f"{stem}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        snapshot.parent.mkdir(exist_ok=True)
        snapshot.write_text(text)
    assert text == snapshot.read_text()


@every_week
def test_is_every_message_calm_and_complete(stem):
    for (question, mistake), verdict in verdicts(stem).items():
        message = verdict.message
        heading, *rest = message.splitlines()
        assert heading.startswith(question) and heading.endswith(mistake)
        assert rest[-1].startswith(("Check:", "Next:")), message
        assert not FORBIDDEN.search(message), message


@every_week
def test_does_the_heading_state_the_points_of_the_right_cases(stem):
    """And once, so that no point is left in a snapshot?"""
    questions = catalogue.week(stem).questions
    for (name, _), verdict in verdicts(stem).items():
        question = questions[name]
        heading, *rest = verdict.message.splitlines()
        assert f" · {verdict.points:g} of {question.points:g} points · " in heading
        assert not re.search(r"\d points?\b", "\n".join(rest))
        weights = {case.name: case.weight for case in question.cases.values()}
        listed = [line for line in rest if line.startswith("Right: ")]
        right = listed[0].removeprefix("Right: ").partition(". Not yet:")[0] if listed else ""
        earned = sum(weights[case] for case in right.split(", ") if case)
        assert verdict.points == round(question.points * earned / sum(weights.values()), 2)


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


def test_does_an_unusable_answer_say_what_to_compare():
    judge = _judge()
    answers = [Answer(Status.RAISED, error="unusable: no W1") for _ in judge.probes["softmax"]]
    message = judge.judge("softmax", answers).message
    assert "What it returned is unusable: no W1." in message
    assert message.endswith("compare what you return with `Returns` in the docstring.")
