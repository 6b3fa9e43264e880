"""Which catalogued mistake explains an answer: the one that alone reproduces it on every case."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.answer import Answer, Status
from autograder.judging.compare import (
    Pair,
    differences,
    pairs,
    wrong_entries,
)
from autograder.questions.define import Question
from autograder.records import Difference, Expected, Trial
from autograder.tree import Tree, map_tree


@dataclass(frozen=True)
class Suspect:
    """What a catalogued mistake answers to one case, and the same as a reference."""

    answer: Answer
    reference: Expected


def suspect(answer: Answer, expected: Expected) -> Suspect:
    """A mistake's answer, made ready once to be held against those of a whole class.

    Args:
        answer: what the mistake answers to a case.
        expected: that case's reference; its allowance is scaled to the mistake's own size.
    """
    allowances = _allowances(answer.value, _relative_allowance(expected))
    return Suspect(answer, Expected(answer.value, allowances))


def explaining(
    question: Question, trials: Sequence[Trial], suspects: Mapping[str, Sequence[Suspect]]
) -> tuple[str, ...]:
    """Names of the mistakes behind an answer; empty when the cause is not certain.

    Args:
        question: what was asked.
        trials: the student's answers, some of them wrong.
        suspects: for every catalogued mistake, what it answers to the same trials.

    Returns:
        One name when exactly one mistake reproduces the whole answer on every case. Otherwise,
        when every wrong part is reproduced by exactly one mistake that is made at that part, all
        of these. Otherwise nothing.
    """
    whole = [
        name
        for name, answers in suspects.items()
        if all(
            _reproduces(trial, made, question.returns)
            for trial, made in zip(trials, answers, strict=True)
        )
    ]
    if whole:
        return tuple(whole) if len(whole) == 1 else ()
    return _part_by_part(question, trials, suspects)


def _part_by_part(
    question: Question, trials: Sequence[Trial], suspects: Mapping[str, Sequence[Suspect]]
) -> tuple[str, ...]:
    wrong_parts = {
        difference.part
        for trial in trials
        for difference in differences(trial.answer, trial.expected, question.returns)
    }
    if not wrong_parts or not wrong_parts <= set(question.returns):
        return ()
    found = []
    for part in sorted(wrong_parts, key=question.returns.index):
        place = question.returns.index(part)
        candidates = [
            name
            for name, answers in suspects.items()
            if question.mistakes[name].at == part
            and all(
                _same_value(trial.answer.value[place], _at(made.reference, place))
                for trial, made in zip(trials, answers, strict=True)
                if isinstance(trial.answer.value, list) and isinstance(made.answer.value, list)
            )
        ]
        if len(candidates) != 1:
            return ()
        found.append(candidates[0])
    return tuple(found)


def _reproduces(trial: Trial, made: Suspect, returns: tuple[str, ...]) -> bool:
    yours, mistaken = trial.answer, made.answer
    if yours.status is not mistaken.status:
        return False
    if yours.status is Status.RAISED:
        return _without_numbers(yours.error) == _without_numbers(mistaken.error)
    if yours.status is not Status.RETURNED or yours.changed != mistaken.changed:
        return False
    if not _same_value(yours.value, made.reference):
        return False
    # A warning is the signature only where the values are right: a student may have silenced it.
    unwarned = Answer(Status.RETURNED, yours.value)
    values_right = not differences(unwarned, trial.expected, returns)
    return not values_right or bool(yours.warned) == bool(mistaken.warned)


def _without_numbers(error: str) -> str:
    """An exception's text without the sizes and values that differ from call to call."""
    return re.sub(r"[\d.,]+", "", error)


def _at(reference: Expected, place: int) -> Expected:
    return Expected(reference.value[place], reference.rounding[place])


def _same_value(yours: Tree, reference: Expected) -> bool:
    """Whether an answer is equal to a mistake's up to rounding."""
    for pair in pairs(yours, reference):
        if isinstance(pair, Difference) or not _same_leaf(pair):
            return False
    return True


def _same_leaf(pair: Pair) -> bool:
    yours, mistaken = pair.yours, pair.expected
    if not isinstance(mistaken, np.ndarray) or not isinstance(yours, np.ndarray):
        return bool(type(yours) is type(mistaken) and yours == mistaken)
    if yours.shape != mistaken.shape or yours.dtype.kind == "c":
        return False
    # An integer answer is not what a floating-point formula gives, and the other way round.
    if (yours.dtype.kind == "f") != (mistaken.dtype.kind == "f"):
        return False
    return not wrong_entries(yours, mistaken, pair.allowed).any()


def _relative_allowance(expected: Expected) -> float:
    """The largest allowance of any leaf, relative to that leaf's magnitude."""
    ratios = [4.0]
    for pair in pairs(expected.value, expected):
        if isinstance(pair, Pair) and isinstance(pair.expected, np.ndarray) and pair.expected.size:
            magnitude = float(np.max(np.abs(pair.expected.astype(np.float64))))
            if np.isfinite(magnitude) and magnitude > 0:
                ratios.append(pair.allowed / magnitude)
    return max(ratios)


def _allowances(tree: Tree, relative: float) -> Tree:
    def allowed(leaf: Any) -> float:
        if not isinstance(leaf, np.ndarray):
            return 0.0
        finite = np.abs(leaf[np.isfinite(leaf)])
        return relative * float(finite.max()) if finite.size else 0.0

    return map_tree(allowed, tree)
