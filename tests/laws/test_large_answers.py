"""Does judging a large answer take memory in proportion to it, in every question?"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from autograder.answer import Answer, Status
from autograder.judging.judge import Judge
from autograder.questions import catalogue, references
from autograder.records import Outcome
from tests.conftest import one_in
from tests.laws.test_measures import forget_peak, peak

SIZE = 4 * 2**20
"""Bytes of an answer; a sandbox may send eight times as many for all cases of a question."""
TIMES, SLACK = 3, 4 * 2**20
PLAIN = [
    (stem, name)
    for stem in catalogue.stems()
    for name, question in catalogue.week(stem).questions.items()
    if not question.measured_by and not question.seconds
]
LARGE: dict[str, Any] = {
    "one axis": np.zeros(SIZE, np.int8),
    "a row": np.zeros((1, SIZE), np.int8),
    "a column": np.zeros((SIZE, 1), bool),
    "unusual numbers": np.full(SIZE // 2, np.nan, np.float16),
    "a list of rows": [np.zeros(SIZE // 4, np.int8) for _ in range(4)],
    "a dict of rows": {f"W{n}": np.zeros(SIZE // 4, np.int8) for n in range(4)},
}


@cache
def judge(stem: str) -> Judge:
    questions = catalogue.week(stem).questions
    return Judge(questions, references.public(questions.values(), stem))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("stem", "name"), one_in(36, PLAIN, by=lambda each: each), ids=lambda part: str(part)
)
def test_does_a_large_answer_take_a_few_times_its_memory_at_most(stem, name):
    """Numbers of one byte grow eightfold as float64, and again with every intermediate result."""
    question = catalogue.week(stem).questions[name]
    small = [Answer(Status.RETURNED, np.zeros(3)) for _ in judge(stem).probes[name]]
    judge(stem).judge(name, small)  # the mistakes' answers are computed once for a class
    for value in LARGE.values():
        whole = [value] * len(question.returns) if len(question.returns) > 1 else value
        answers = [Answer(Status.RETURNED, whole) for _ in judge(stem).probes[name]]
        forget_peak()
        before = peak()
        verdict = judge(stem).judge(name, answers)
        # Each case's answer, and each of its parts, would really be one of its own.
        sent = SIZE * len(answers) * max(len(question.returns), 1)
        assert peak() - before < TIMES * sent + SLACK
        assert verdict.outcome in (Outcome.STRUCTURE, Outcome.SHAPE)
