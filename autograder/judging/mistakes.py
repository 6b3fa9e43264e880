"""Which catalogued mistake explains an answer: the only one that reproduces it on every case."""

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
    differences_of,
    pairs,
    wrong_entries,
)
from autograder.questions.define import Question
from autograder.records import Difference, Expected, Trial
from autograder.tree import Tree, map_tree


@dataclass(frozen=True)
class MistakenAnswer:
    """A catalogued mistake's answer to one case, and the same answer as a reference."""

    answer: Answer
    reference: Expected


def mistaken_answer(answer: Answer, expected: Expected) -> MistakenAnswer:
    """Prepare a mistake's answer to be compared with those of a whole class.

    Args:
        answer: the mistake's answer to a case.
        expected: that case's reference; its allowance is scaled to the mistake's magnitude.
    """
    allowances = _allowances(answer.value, _relative_allowance(expected))
    return MistakenAnswer(answer, Expected(answer.value, allowances))


def mistakes_behind(
    question: Question, trials: Sequence[Trial], catalogued: Mapping[str, Sequence[MistakenAnswer]]
) -> tuple[str, ...]:
    """The names of the mistakes behind an answer; empty when the cause is uncertain.

    Args:
        question: what was asked.
        trials: the student's answers, some of them wrong.
        catalogued: the answers of every catalogued mistake to the same trials, by its name.

    Returns:
        One name when exactly one mistake reproduces the whole answer on every case. Otherwise the
        mistakes made at single parts, when each wrong part is reproduced by exactly one of them.
        Otherwise nothing.
    """
    whole = [
        name
        for name, answers in catalogued.items()
        if all(
            _reproduces(question, trial, made) for trial, made in zip(trials, answers, strict=True)
        )
    ]
    if whole:
        return tuple(whole) if len(whole) == 1 else ()
    return _part_by_part(question, trials, catalogued)


def _part_by_part(
    question: Question, trials: Sequence[Trial], catalogued: Mapping[str, Sequence[MistakenAnswer]]
) -> tuple[str, ...]:
    wrong_parts = {
        difference.part for trial in trials for difference in differences_of(question, trial)
    }
    if not wrong_parts or not wrong_parts <= set(question.returns):
        return ()
    found = []
    for part in sorted(wrong_parts, key=question.returns.index):
        place = question.returns.index(part)
        candidates = [
            name
            for name, answers in catalogued.items()
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


def _reproduces(question: Question, trial: Trial, made: MistakenAnswer) -> bool:
    yours, mistaken = trial.answer, made.answer
    if yours.status is not mistaken.status:
        return False
    if yours.status is Status.RAISED:
        return _without_numbers(yours.error) == _without_numbers(mistaken.error)
    if yours.status is not Status.RETURNED or yours.changed != mistaken.changed:
        return False
    if not _same_value(yours.value, made.reference):
        return False
    # Warnings only identify a mistake when the values are right: a student may silence them.
    unwarned = Answer(Status.RETURNED, yours.value)
    values_right = not differences(unwarned, trial.expected, question.returns)
    counts = values_right and question.cases[trial.case].stability
    return not counts or bool(yours.warned) == bool(mistaken.warned)


def _without_numbers(error: str) -> str:
    """An exception's text without numbers, and without names that a notebook happens to have."""
    return re.sub(r"[\d.,]+", "", error.partition(" Did you mean")[0])


def _at(reference: Expected, place: int) -> Expected:
    return Expected(reference.value[place], reference.rounding[place])


def _same_value(yours: Tree, reference: Expected) -> bool:
    """Whether an answer equals a mistake's answer up to rounding error."""
    for pair in pairs(yours, reference):
        if isinstance(pair, Difference) or not _same_leaf(pair):
            return False
    return True


def _same_leaf(pair: Pair) -> bool:
    yours, mistaken = pair.yours, pair.expected
    if isinstance(yours, str) and isinstance(mistaken, str):
        # As `compare` takes texts: "B " is the letter b, right or wrong.
        return yours.strip().lower() == mistaken.lower()
    if not isinstance(mistaken, np.ndarray) or not isinstance(yours, np.ndarray):
        return bool(type(yours) is type(mistaken) and yours == mistaken)
    if yours.shape != mistaken.shape or yours.dtype.kind == "c":
        return False
    # A floating-point formula does not give integers, and an integer one gives no floats.
    if (yours.dtype.kind == "f") != (mistaken.dtype.kind == "f"):
        return False
    return not wrong_entries(yours, mistaken, pair.allowed).any()


def _relative_allowance(expected: Expected) -> float:
    """The largest allowance of any leaf, relative to the leaf's magnitude; at least 4 roundoffs."""
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
