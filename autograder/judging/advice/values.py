"""The next step when an answer has the right form and wrong values, by the kind of answer."""

from __future__ import annotations

import string
from typing import Any

import numpy as np

from autograder.judging.advice import returned
from autograder.judging.patterns import Pattern
from autograder.questions.define import Question
from autograder.records import Difference, Outcome, Trial

UNEXPLAINED = "No catalogued mistake explains it."

_NEARLY = 1e-4
_BY_HAND = "Next: work one small example by hand and print every intermediate value."
_OF_A_TYPE = {
    "complex": "Next: find the root or the power of a negative number: it makes numbers complex.",
    "float16": "Next: compute in float64, which is what NumPy uses where no dtype is named.",
    "integer": (
        "Next: make the array with `dtype=float`: an array of whole numbers drops the decimals of "
        "what is written into it."
    ),
}


def next_step(
    question: Question, trial: Trial, first: Difference, pattern: Pattern | None
) -> list[str]:
    """What to do about wrong values of a public case; see `advice.next_step`."""
    if first.outcome is Outcome.DTYPE:
        return [_of_dtype(first.yours)]
    if isinstance(first.expected, str):
        return [_of_text(question, trial, first)]
    if question.measured_by is not None:
        return [returned.of_a_measure(first)]
    if first.outcome is Outcome.NOT_FINITE:
        return [
            "Next: print the intermediate values, and find the first that is nan or inf: from a "
            "division by 0, the log of 0, or exp of a large number."
        ]
    if pattern is not None:
        return [pattern.next_step]
    if first.expected.dtype.kind == "b":
        return [UNEXPLAINED, "Next: print both sides of the comparison for one small example."]
    if _nearly_right(first.yours, first.expected):
        return [
            "Next: look for a rounded constant, a float32 array, differences in place of a "
            "formula, or a small number that is added, such as 1e-8."
        ]
    if not question.parameters:
        return [UNEXPLAINED, "Next: compute it once more by hand, step by step."]
    if question.names_a_class:
        return [
            UNEXPLAINED,
            f"Next: take one small example, and print what each `{question.calls}` holds after "
            "every operation.",
        ]
    return [UNEXPLAINED, _BY_HAND]


def _of_dtype(yours: Any) -> str:
    kind = {"c": "complex", "f": "float16"}.get(yours.dtype.kind, "integer")
    return _OF_A_TYPE[kind]


def _of_text(question: Question, trial: Trial, first: Difference) -> str:
    expected, yours = first.expected, str(first.yours).strip()
    if not trial.inputs:
        if (listed := letters(question, expected)) and yours.lower() not in listed:
            return f'Next: write one of these letters in quotes, such as `{question.calls} = "a"`.'
        return "Next: reread the section and choose again."
    if not isinstance(first.yours, str):
        return returned.in_place_of_text(first)
    if question.measured_by is not None:
        return "Next: read again what the docstring asks for, and measure it yourself."
    if f'"{expected}"' in (question.reference.__doc__ or ""):
        if f'"{yours}"' in (question.reference.__doc__ or ""):
            return "Next: print the values that decide between the two texts in this case."
        return "Next: return one of the texts that the docstring lists."
    return "Next: compare the two texts character by character; spaces and punctuation count."


def letters(question: Question, expected: str) -> tuple[str, ...]:
    """The letters of a multiple-choice question; empty for any other question."""
    if question.parameters or len(expected) != 1:
        return ()
    # Each wrong letter is a mistake.
    return tuple(string.ascii_lowercase[: max(len(question.mistakes) + 1, 2)])


def _nearly_right(yours: Any, expected: Any) -> bool:
    scale = float(np.max(np.abs(expected), initial=0.0))
    with np.errstate(all="ignore"):
        gap = float(np.max(np.abs(yours.astype(float) - expected.astype(float)), initial=0.0))
    return bool(gap <= _NEARLY * scale)
