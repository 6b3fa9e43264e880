"""Is the grader unharmed by whatever a student's arrays are, in every question that measures them?

The answers of catalogued mistakes have the structure that a question's measure expects; their
arrays are replaced by such as broadcast, overflow or exhaust memory.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.answer import Answer, Status
from autograder.judging.bounded_measures import SECONDS, BoundedMeasures
from autograder.questions import catalogue, references
from autograder.questions.catalogue import Week
from autograder.questions.define import Inputs, Question
from autograder.tree import Tree, map_tree, same_tree
from tests.conftest import EXHAUSTIVE, one_in

pytestmark = pytest.mark.slow

MEASURED = [
    (week, question)
    for week in map(catalogue.week, catalogue.stems())
    for question in week.questions.values()
    if question.measured_by or question.figured_by
]
KERAS = [pytest.mark.slow, pytest.mark.beyond_sample]
every_measured_question = pytest.mark.parametrize(
    ("week", "question"),
    [pytest.param(*each, marks=KERAS if "keras" in each[0].libraries else []) for each in MEASURED],
    ids=[question.name for _, question in MEASURED],
)
# They start a process for each question.
in_a_process = pytest.mark.parametrize(
    ("week", "question"),
    one_in(6, MEASURED, by=lambda each: each[1].name),
    ids=[question.name for _, question in MEASURED],
)

LARGEST = 8 * 2**20
"""Bytes of one array; a sandbox may send four times as many for all cases of a question."""
ROOM = 20 * LARGEST
"""What the grader may use in order to send such answers on."""

BOMBS: dict[str, list[Any]] = {
    "broadcast": [np.ones((5000, 1, 1, 1)), np.ones((20, 1, 1, 1, 1)), np.ones((1, 3000, 1, 1, 1))],
    "rows and columns": [np.ones((40_000, 1)), np.ones((1, 40_000))],
    "no axes": [np.ones(())],
    "eight axes": [np.ones((2,) * 8), np.ones((1,) * 8)],
    "no entries": [np.ones((0, 4)), np.ones((0,))],
    "a long axis": [np.zeros(LARGEST, np.int8)],
    "many rows": [np.zeros((LARGEST // 4, 4), np.int8)],
    "many columns": [np.zeros((3, LARGEST // 4), np.int8)],
    "large numbers": [np.full(4, 2**62), np.full((3, 3), -(2**62))],
    "not finite": [np.full((4, 4), np.nan), np.full(4, np.inf)],
    "text": ["nan", ""],
}


NUMBERS = (0.0, 1.0, -1.0, 1e6, -1e300, 1e300, 1e-320, np.inf, np.nan)


def cases(week: Week, question: Question) -> Iterator[tuple[Inputs, Tree]]:
    """Cases, each with an answer of the right structure."""
    for case in list(question.cases.values())[: None if EXHAUSTIVE else 1]:
        given = references.inputs(question, case, references.PUBLIC_SECRET)
        yield given, structure(week.stem, question.name, case.name)


@cache
def structure(stem: str, name: str, case: str) -> Tree:
    """What a mistake answers that needs no training, or what is written here."""
    question = catalogue.week(stem).questions[name]
    given = references.inputs(question, question.cases[case], references.PUBLIC_SECRET)
    if name == "train_capstone":
        norm = {"kind": "BatchNormalization", "epsilon": 1e-3, "center": True, "scale": True}
        dense = {"kind": "Dense", "activation": "linear", "use_bias": True}
        weights = [
            np.ones(64),
            np.ones(64),
            np.ones(64),
            np.ones(64),
            np.ones((64, 10)),
            np.ones(10),
        ]
        return {"layers": [{"kind": "Flatten"}, norm, dense], "weights": weights}
    for mistake in question.mistakes.values():
        answer = question.mistaken(mistake, given, [None] * len(question.returns))
        if answer.status is Status.RETURNED and not mistake.at:
            return answer.value
    raise AssertionError(f"{name} has no mistake that returns an answer")


def replaced(tree: Tree, bombs: list[Any]) -> Tree:
    """The tree with its arrays replaced by the bombs in turn, as far as a sandbox would send it."""
    turns = itertools.cycle(bombs)
    left = [3 * LARGEST]

    def turn(leaf: Any) -> Any:
        bomb = next(turns)
        left[0] -= bomb.nbytes if isinstance(bomb, np.ndarray) else 0
        return bomb if isinstance(leaf, np.ndarray) and left[0] > 0 else leaf

    return map_tree(turn, tree)


def peak() -> int:
    """Bytes of the most memory that this process has used since `forget_peak`."""
    (line,) = [each for each in Path("/proc/self/status").read_text().splitlines() if "HWM" in each]
    return 1024 * int(line.split()[1])


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


@in_a_process
def test_do_a_students_arrays_cost_their_question_alone(week, question):
    """Memory and work stay bounded, and the next answer is measured as ever."""
    measures = BoundedMeasures(week.stem)
    for given, honest in cases(week, question):
        answer = Answer(Status.RETURNED, honest)
        (expected,) = measures.measured(question, [answer], [given])
        figures = measures.figures(question, answer, given)
        bombs = [replaced(honest, bomb) for bomb in BOMBS.values()]
        bombs += [bomb[0] for bomb in BOMBS.values()]
        for value in bombs:
            forget_peak()
            before, started = peak(), time.monotonic()
            hostile = Answer(Status.RETURNED, value)
            (found,) = measures.measured(question, [hostile], [given])
            measures.figures(question, hostile, given)
            assert found.status in (Status.RETURNED, Status.RAISED)
            assert found.status is Status.RETURNED or found.error.startswith("unusable: ")
            assert peak() - before < ROOM
            # A busy machine needs longer than the CPU time that the limit is in.
            assert time.monotonic() - started < 8 * SECONDS
        (again,) = measures.measured(question, [answer], [given])
        assert again.status is expected.status and same_tree(again.value, expected.value)
        assert measures.figures(question, answer, given) == figures


@every_measured_question
def test_do_the_numbers_in_arrays_of_right_shapes_cost_little(week, question):
    """Such answers are measured in place, so only shapes and types may decide what they take."""
    measures = BoundedMeasures(week.stem)
    for given, honest in cases(week, question):
        # What it imports is not the answer's.
        question.measured(Answer(Status.RETURNED, honest), given)
        for number in NUMBERS:
            answer = Answer(Status.RETURNED, map_tree(partial(filled, number), honest))
            measures.expect(question, [answer], [given])
            forget_peak()
            before, started = peak(), time.process_time()
            (found,) = measures.measured(question, [answer], [given])
            measures.figures(question, answer, given)
            assert found.status in (Status.RETURNED, Status.RAISED)
            assert peak() - before < ROOM
            assert time.process_time() - started < SECONDS
    assert not measures._idle


def filled(number: float, leaf: Any) -> Any:
    """An array filled with a number, as far as its type can hold it."""
    if not isinstance(leaf, np.ndarray):
        return leaf
    kind = np.iinfo(leaf.dtype) if leaf.dtype.kind in "iu" else None
    fits = (
        number if kind is None else int(np.clip(np.nan_to_num(number), kind.min / 2, kind.max / 2))
    )
    return np.full_like(leaf, fits)


@in_a_process
def test_is_a_measure_apart_the_same_as_in_place(week, question):
    """For wrong answers and for other right ones."""
    measures = BoundedMeasures(week.stem)
    for given, honest in cases(week, question):
        answers = [Answer(Status.RETURNED, honest)]
        answers += [
            question.mistaken(mistake, given, [None] * len(question.returns))
            for mistake in question.mistakes.values()
            if not mistake.at and question.seconds < 60
        ]
        apart = measures.measured(question, answers, [given] * len(answers))
        for answer, found in zip(answers, apart, strict=True):
            here = question.measured(answer, given)
            assert (found.status, found.error) == (here.status, here.error)
            assert found.value is here.value is None or close(found.value, here.value)


def close(left: Tree, right: Tree) -> bool:
    """Equal but for the last bits, which depend on the number of threads."""

    def near(one: Any, other: Any) -> bool:
        if isinstance(one, np.ndarray):
            return bool(np.allclose(one, other, rtol=1e-9, atol=1e-12, equal_nan=True))
        return bool(one == other)

    found: list[bool] = []
    map_tree(lambda one, other: found.append(near(one, other)), left, right)
    return all(found)
