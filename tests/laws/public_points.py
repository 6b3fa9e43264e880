"""What a function earns on the public cases of its question, judged in this process."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Container, Sequence
from contextlib import nullcontext
from typing import Any

from autograder.answer import Answer, ask
from autograder.double_precision import FLOAT32, double_precision
from autograder.judging.judge import Judge
from autograder.questions import catalogue, references
from autograder.questions.define import Question
from autograder.records import Verdict
from autograder.tree import pack, same_tree, unpack
from tests.conftest import EXHAUSTIVE
from tests.laws.test_questions import solutions

WEEKS = [catalogue.week(stem) for stem in catalogue.stems()]
ASKED = [
    (week, question)
    for week in WEEKS
    for question in week.questions.values()
    if question.parameters and question.seconds < 30 and "keras" not in week.libraries
]


@functools.cache
def judge(stem: str) -> Judge:
    """A judge of a week's public cases."""
    questions = catalogue.week(stem).questions
    return Judge(questions, references.public(questions.values(), stem))


def verdict_on(
    stem: str, question: Question, target: Any, namespace: dict[str, Any] | None = None
) -> Verdict:
    """The verdict on a function by the public cases.

    Args:
        stem: the week.
        question: the question.
        target: what the notebook defines for it.
        namespace: the notebook's, if its functions may use float32.
    """

    def ask_again(other: Question, given: Sequence[Any], replaced: Sequence[str]) -> list[Answer]:
        with double_precision(namespace or {}) if FLOAT32 in replaced else nullcontext():
            answers = [ask(target, other.handed(inputs), other.drive) for inputs in given]
        for answer in answers:
            text, buffers = pack(answer.value)
            # What the sandbox sends is what the notebook's `check` judges.
            assert same_tree(unpack(text, memoryview(b"".join(buffers))), answer.value)
        return answers

    given = [probe.inputs for probe in judge(stem).probes[question.name]]
    return judge(stem).judge(question.name, ask_again(question, given, ()), ask_again)


def points_of(stem: str, question: Question, target: Any) -> str:
    """What is said of a function that loses points on the public cases; empty for full points."""
    verdict = verdict_on(stem, question, target)
    return "" if verdict.points == question.points else verdict.message


def lost_by(
    handed_in: Callable[[Any], Any], way: str, refused: Container[tuple[str, str]] = ()
) -> dict[str, str]:
    """The questions in which a way to hand in the solution loses points, and what is said.

    Args:
        handed_in: makes what a student defines from the solution's function.
        way: the name of that way.
        refused: ways and the questions that refuse them.
    """
    lost = {}
    # Every sixth question for each way, and all in `make test-all`.
    first = sum(map(ord, way)) % 6
    for week, question in ASKED if EXHAUSTIVE else ASKED[first::6]:
        solution = solutions(week.stem)[question.calls]
        if (way, question.name) not in refused and not inspect.isclass(solution):
            lost[question.name] = points_of(week.stem, question, handed_in(solution))
    return {name: message for name, message in lost.items() if message}
