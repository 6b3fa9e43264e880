"""Every message, word for word. After a wanted change: UPDATE_SNAPSHOTS=1 make check, and read."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest

from autograder.answer import Answer, Status
from autograder.judging.judge import Judge
from autograder.questions import catalogue, references

SNAPSHOTS = Path(__file__).parent / "messages"
FORBIDDEN = re.compile(r"!|\byou forgot\b|\bobviously\b|\bsimply\b|\bwrong,", re.IGNORECASE)


def messages(stem: str) -> dict[str, str]:
    """The message of every mistake of a week, as a student sees it on the public cases."""
    week = catalogue.week(stem)
    judge = Judge(week.questions, references.public(week.questions.values(), stem))
    found = {}
    for question in week.questions.values():
        for mistake in question.mistakes.values():
            answers = [
                question.mistaken(mistake, probe.inputs, probe.expected.value)
                for probe in judge.probes[question.name]
            ]
            message = judge.judge(question.name, answers).message
            # Here a mistake's lines are counted in the question's file, not in a cell.
            message = re.sub(r"line \d+ of the cell", "line 3 of the cell", message)
            # Where a recursion ends, and in which words, differs between versions of Python.
            message = re.sub(r"(recursion depth exceeded).*", r"\1.", message)
            found[f"{question.name} {mistake.name}"] = message
    return found


@pytest.mark.parametrize("stem", catalogue.stems())
def test_are_the_messages_those_that_were_read(stem):
    text = "\n\n".join(messages(stem).values()) + "\n"
    snapshot = SNAPSHOTS / f"{stem}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        snapshot.parent.mkdir(exist_ok=True)
        snapshot.write_text(text)
    assert text == snapshot.read_text()


@pytest.mark.parametrize("stem", catalogue.stems())
def test_is_every_message_calm_and_complete(stem):
    for name, message in messages(stem).items():
        heading, *rest = message.splitlines()
        assert heading.startswith(name.split()[0]) and heading.endswith(name.split()[1])
        assert rest[-1].startswith(("Check:", "Next:")), message
        assert not FORBIDDEN.search(message), message


def _judge() -> Judge:
    week = catalogue.week("week02")
    return Judge(
        {"softmax": week.questions["softmax"]},
        references.public([week.questions["softmax"]], week.stem),
        # Hidden cases from another secret, judged against the public values: all of them wrong.
        references.public([week.questions["softmax"]], week.stem),
        b"hidden",
    )


@pytest.mark.parametrize(
    "answer",
    [
        Answer(Status.RAISED, error="ValueError: 0.123456", line="line 2 of the cell, `secret`"),
        Answer(Status.RAISED, error="LeakedX0123: 0.123456"),
        Answer(Status.CRASHED, error="softmax ended with exit status 123456"),
        Answer(Status.RETURNED, np.full((2, 2), 0.123456)),
        Answer(Status.RETURNED, {"0.123456": np.ones(3)}),
        Answer(Status.RETURNED, np.full((5, 3), 0.123456)),
    ],
)
def test_does_a_hidden_case_show_nothing_that_came_from_it(answer):
    judge = _judge()
    answers = [
        Answer(Status.RETURNED, probe.expected.value) if probe.public else answer
        for probe in judge.probes["softmax"]
    ]
    message = judge.judge("softmax", answers).message
    assert "123456" not in message and "secret" not in message and "0123" not in message
    assert "hidden" in message
