"""Whether float32 in a student's code may decide a verdict.

An answer in float32 has room for what float32's arithmetic needs, and in that room a wrong formula
can hide. An answer in float64 has no such room, and fails if anything behind it rounds to float32.
In both cases the function is asked again with float64 in place of float32, which tells a right
formula from a wrong one (see `double_precision`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograder.answer import Status
from autograder.judging.compare import Pair, pairs, wrong_entries
from autograder.questions.define import Question
from autograder.records import Trial
from autograder.tree import Tree

_SINGLE = np.dtype(np.float32)
_UNITS = 2.0**29
"""float32's unit roundoff in units of float64's."""


def may_decide(question: Question, trials: Sequence[Trial], *, right: bool) -> bool:
    """Whether the answers are to be asked for again in double precision.

    Args:
        question: what was asked.
        trials: its cases with the student's answers.
        right: whether every case is right.
    """
    if question.measured_by or question.float32:
        return False
    return is_single(trials) or (not right and any(_is_near(question, t) for t in trials))


def is_single(trials: Sequence[Trial]) -> bool:
    """Whether any part of the answers is float32."""
    return any(_has_single(trial.answer.value) for trial in trials)


def _has_single(tree: Tree) -> bool:
    if isinstance(tree, np.ndarray):
        return bool(tree.dtype == _SINGLE)
    if isinstance(tree, dict):
        return any(map(_has_single, tree.values()))
    return isinstance(tree, (list, tuple)) and any(map(_has_single, tree))


def _is_near(question: Question, trial: Trial) -> bool:
    """Whether any part is wrong, and would be right as float32."""
    if trial.answer.status is not Status.RETURNED:
        return False
    return any(
        isinstance(pair, Pair) and _would_be_right(pair)
        for pair in pairs(trial.answer.value, trial.expected, question.returns)
    )


def _would_be_right(pair: Pair) -> bool:
    yours, expected = pair.yours, pair.expected
    if not isinstance(yours, np.ndarray) or not isinstance(expected, np.ndarray):
        return False
    if yours.dtype.kind != "f" or yours.shape != expected.shape:
        return False
    if not wrong_entries(yours, expected, pair.allowed).any():
        return False
    return not wrong_entries(yours, expected, _UNITS * pair.allowed).any()
