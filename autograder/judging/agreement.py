"""How an answer agrees with a catalogued mistake's answer to the same case, part by part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
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
from autograder.judging.points import concerns
from autograder.questions.define import Question
from autograder.records import Difference, Expected, Outcome, Trial
from autograder.tree import Tree, leaves, map_tree

_QUARTERS = 4.0
_CAUSES = {"overflow", "divide"}
"""The floating-point conditions from which nan and inf come; "invalid value" follows from them."""


class Level(IntEnum):
    """How far two answers agree."""

    NOT = 0
    WHERE_FINITE = 1
    """Both fail, with nan or inf and for the same cause, and their other numbers are equal."""
    EQUAL = 2


@dataclass(frozen=True)
class MistakenAnswer:
    """A catalogued mistake's answer to one case, and the same answer as a reference.

    `wrong` are the parts in which it differs from the right answer; `drops_decimals` says that
    it is wrong because it holds whole numbers.
    """

    answer: Answer
    reference: Expected
    wrong: frozenset[str]
    drops_decimals: bool

    @cached_property
    def fails(self) -> bool:
        """Whether it raises, or contains nan or inf."""
        return self.answer.status is Status.RAISED or not _finite(self.answer.value)


def mistaken_answer(
    answer: Answer, expected: Expected, returns: tuple[str, ...] = ()
) -> MistakenAnswer:
    """Prepare a mistake's answer to be compared with those of a whole class.

    Args:
        answer: the mistake's answer to a case.
        expected: that case's reference; its allowance is scaled to the mistake's magnitude.
        returns: names of the parts of a returned tuple, or of the one value.
    """
    allowances = _allowances(answer.value, _relative_allowance(expected))
    found = differences(answer, expected, returns)
    return MistakenAnswer(
        answer,
        Expected(answer.value, allowances),
        frozenset(each.part for each in found),
        any(each.outcome is Outcome.DTYPE for each in found),
    )


def footprint(answers: Iterable[MistakenAnswer]) -> frozenset[str]:
    """The parts in which a mistake differs from the right answer in any case."""
    return frozenset().union(*(made.wrong for made in answers))


class Seen:
    """A student's answer to one case, and what is compared of it with every mistake.

    Args:
        question: what was asked.
        trial: the case and the answer.
    """

    def __init__(self, question: Question, trial: Trial) -> None:
        self.trial = trial
        self._returns = question.returns
        self._stability = question.cases[trial.case].stability
        self.found = differences_of(question, trial)
        self.wrong = frozenset(each.part for each in self.found)
        self._drops_decimals = any(each.outcome is Outcome.DTYPE for each in self.found)

    @cached_property
    def telling(self) -> frozenset[str]:
        """The wrong parts whose numbers hardly two mistakes have in common."""
        return frozenset(each.part for each in self.found if _telling(each))

    @cached_property
    def guarded(self) -> bool:
        """Whether the answer is what a guard gives: an exception, or 0 or nan in every place."""
        if self.trial.answer.status is Status.RAISED:
            return True
        found = list(leaves(self.trial.answer.value))
        numbers = all(isinstance(leaf, np.ndarray) and leaf.dtype.kind in "biuf" for leaf in found)
        return numbers and (
            not any(leaf.any() for leaf in found) or all(np.isnan(leaf).all() for leaf in found)
        )

    def whole(self, made: MistakenAnswer) -> Level:
        """How far the whole answer agrees with a mistake's."""
        yours, mistaken = self.trial.answer, made.answer
        if yours.status is not mistaken.status:
            return Level.NOT
        if yours.status is Status.RAISED:
            same = _without_numbers(yours.error) == _without_numbers(mistaken.error)
            return Level.EQUAL if same else Level.NOT
        if yours.status is not Status.RETURNED or yours.changed != mistaken.changed:
            return Level.NOT
        level = Level.EQUAL
        for pair in pairs(yours.value, made.reference, self._returns):
            level = min(level, self._level(pair, made))
            if level is Level.NOT:
                return level
        # Warnings only identify a mistake when the values are right: a student may silence them.
        if self._stability and all(each.outcome is Outcome.WARNED for each in self.found):
            return level if bool(yours.warned) == bool(mistaken.warned) else Level.NOT
        return level

    def parts(self, made: MistakenAnswer, named: Iterable[str]) -> Level:
        """How far these parts of the answer agree with a mistake's; `named` is not empty."""
        levels: list[Level] = []
        for pair in pairs(self.trial.answer.value, made.reference, self._returns):
            if any(concerns(pair.part, part) for part in named):
                levels.append(self._level(pair, made))
                if levels[-1] is Level.NOT:
                    break
        return min(levels, default=Level.NOT)

    def fails_like(self, made: MistakenAnswer) -> bool:
        """Whether NumPy warned of the same cause of nan and inf here and in the mistake.

        Where numbers overflow, a division by 0 may follow from that, or not.
        """
        yours, mistaken = _causes(self.trial.answer), _causes(made.answer)
        if "overflow" in yours | mistaken:
            return "overflow" in yours & mistaken
        return bool(yours & mistaken)

    def _same_cause(self, made: MistakenAnswer) -> bool:
        """Whether equal infinities may have one cause; of warnings that are off nobody knows."""
        if not self.trial.answer.warned or self.fails_like(made):
            return True
        return not _causes(self.trial.answer) and not _causes(made.answer)

    def _level(self, pair: Pair | Difference, made: MistakenAnswer) -> Level:
        if isinstance(pair, Difference):
            return Level.NOT
        yours, mistaken = pair.yours, pair.expected
        if isinstance(yours, str) and isinstance(mistaken, str):
            # As `compare` takes texts: "B " is the letter b, right or wrong.
            return _equal(yours.strip().lower() == mistaken.lower())
        if not isinstance(mistaken, np.ndarray) or not isinstance(yours, np.ndarray):
            return _equal(type(yours) is type(mistaken) and yours == mistaken)
        if yours.shape != mistaken.shape or yours.dtype.kind not in "biuf":
            return Level.NOT
        if (yours.dtype.kind == "f") != (mistaken.dtype.kind == "f") and (
            made.drops_decimals or self._drops_decimals
        ):
            return Level.NOT
        if not wrong_entries(yours, mistaken, pair.allowed).any():
            return _equal(bool(np.isfinite(mistaken).all()) or self._same_cause(made))
        alike = _equal_where_finite(yours, mistaken, pair.allowed) and self.fails_like(made)
        return Level.WHERE_FINITE if alike else Level.NOT


def _equal(same: bool) -> Level:
    return Level.EQUAL if same else Level.NOT


def _equal_where_finite(yours: Any, mistaken: Any, allowed: float) -> bool:
    """Whether both contain nan or inf, in one place at least together, and else equal numbers."""
    left, right = np.isfinite(yours), np.isfinite(mistaken)
    if not (~left & ~right).any():
        return False
    both = left & right
    return not wrong_entries(yours[both], mistaken[both], allowed).any()


def _causes(answer: Answer) -> set[str]:
    return {each.partition(" ")[0] for each in answer.warned} & _CAUSES


def _finite(tree: Tree) -> bool:
    return all(
        bool(np.isfinite(leaf).all())
        for leaf in leaves(tree)
        if isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f"
    )


def _telling(difference: Difference) -> bool:
    """Whether a wrong part holds wrong numbers that hardly two mistakes have in common.

    Zeros, ones and other round numbers, and texts, are often equal by chance.
    """
    yours, expected = difference.yours, difference.expected
    if not isinstance(yours, np.ndarray) or yours.dtype.kind != "f":
        return False
    wrong = np.isfinite(yours)
    if yours.shape == np.shape(expected):
        wrong &= ~np.isclose(yours, expected, rtol=1e-9, atol=0.0)
    numbers = _QUARTERS * yours[wrong].astype(np.float64)
    return bool((numbers != np.round(numbers)).any())


def _without_numbers(error: str) -> str:
    """An exception's text without numbers, and without names that a notebook happens to have."""
    return re.sub(r"[\d.,]+", "", error.partition(" Did you mean")[0])


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


Entry = tuple[str, Sequence[MistakenAnswer]]
"""A mistake's name and its answers to every case; a mistake with a family has several entries."""
