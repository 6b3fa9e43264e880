"""What is said of a case in which a function took too long.

A hidden draw of a case is told without its sizes and times.
"""

from __future__ import annotations

from collections.abc import Sequence

from autograder.questions.define import Question
from autograder.records import Difference, Outcome, Trial

Wrong = Sequence[tuple[Trial, Sequence[Difference]]]

ENDLESS = "Next: look for a loop whose condition never becomes false."
_SLOW = (
    "Next: replace the innermost loop by one NumPy operation on whole arrays, and compute once, "
    "before the loop, what stays the same in it."
)


def observed(question: Question, trial: Trial, first: Difference, found: Wrong) -> str:
    """The sentence about the trial that a message describes.

    Args:
        question: what was asked.
        trial: a trial that was stopped.
        first: its difference, whose detail says when it was stopped.
        found: every wrong trial with its differences.
    """
    if not trial.public:
        return f"The public cases are right; a hidden draw of the case {trial.case} is too slow."
    if _endless(question, found):
        return f"Every case is too slow: {first.detail or 'the function did not return'}."
    return _sentence(question, trial, first)


def others(question: Question, found: Wrong) -> list[str]:
    """A sentence about the first public case that was too slow; nothing if there is none."""
    slow = [(trial, first) for trial, (first, *_) in found if _is_slow(first) and trial.public]
    return [_sentence(question, *slow[0])] if slow else []


def next_step(question: Question, found: Wrong) -> str:
    """What to do where the trial that a message describes is too slow."""
    return ENDLESS if _endless(question, found) else _SLOW


def _sentence(question: Question, trial: Trial, first: Difference) -> str:
    sizes = question.sizes(trial.inputs)
    listed = ", ".join(f"{symbol} = {size:,}" for symbol, size in sizes.items())
    place = f"for {listed} (the case {trial.case})" if listed else f"in the case {trial.case}"
    return f"Too slow {place}: {first.detail or 'the function did not return'}."


def _endless(question: Question, found: Wrong) -> bool:
    """Whether every case was too slow, and so the smallest one."""
    slow = {trial.case for trial, (first, *_) in found if _is_slow(first) and trial.public}
    return slow == set(question.cases)


def _is_slow(difference: Difference) -> bool:
    return difference.outcome is Outcome.TIMED_OUT
