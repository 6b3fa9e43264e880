"""The last lines of a message that names no mistake: what to do next, by the kind of fault.

They state no cause that is not certain. Of a hidden case they follow from what the message tells
anyway: its outcome, and the name of an exception that Python itself has.
"""

from __future__ import annotations

import builtins
import re

from autograder.judging.advice import exceptions, returned, too_slow, values
from autograder.judging.patterns import Pattern
from autograder.questions.define import UNUSABLE, Question
from autograder.records import Difference, Outcome, Trial

RAISED_ABOVE = "the cell above it raised "
"""What stands before the exception in the reason why a name is missing."""

_HIDDEN = (
    "Next: try it on inputs of your own: other sizes, a single example, zeros, negative and large "
    "numbers."
)
_STOPPED = (
    (
        r"memory",
        "Next: look for a list that grows without end, or for a needlessly large array.",
    ),
    (r"processes|threads", "Next: compute in the notebook's own process, without starting others."),
    (r"files", "Next: keep the results in variables; do not write them to files."),
    (r"no result that can be read", "Next: return only what the docstring names under `Returns`."),
    (
        r"already been stopped",
        "Next: correct first what was stopped before it.",
    ),
    (
        r"ended the process",
        "Next: look for a call that ends Python, such as `os._exit`, and for very deep recursion.",
    ),
)


def next_step(
    question: Question, trial: Trial, first: Difference, pattern: Pattern | None = None
) -> list[str]:
    """What to do about an answer that no catalogued mistake explains.

    Args:
        question: what was asked.
        trial: the wrong trial that the message describes.
        first: the difference that the message describes.
        pattern: what is known of the wrong array; None if nothing is.

    Returns:
        One or two lines; the last begins with `Next:` or `Check:`.
    """
    match first.outcome:
        case Outcome.NOT_ATTEMPTED:
            return [_not_attempted(question)]
        case Outcome.MISSING:
            return [_missing(question, first.detail)]
        case Outcome.CHANGED_ARGUMENTS:
            return ["Check: keep a copy of the argument, call, and compare."]
        case Outcome.WARNED:
            return ["Next: find the inputs for which an intermediate value leaves float64's range."]
        case Outcome.RAISED:
            return [_raised(question, trial)]
    if not trial.public:
        return [_HIDDEN]
    match first.outcome:
        case Outcome.CRASHED:
            return [_stopped(first.detail)]
        case Outcome.STRUCTURE | Outcome.SHAPE if not isinstance(first.expected, str):
            return returned.next_step(question, trial, first, pattern)
        case Outcome.VALUES if order := returned.in_another_order(question, trial):
            return order
    return values.next_step(question, trial, first, pattern)


def _not_attempted(question: Question) -> str:
    if not question.parameters:
        return f"Next: give `{question.calls}` a value and run its check again."
    if question.names_a_class:
        return "Next: write it and run its check again."
    return "Next: write it, end it with `return`, and run its check again."


def _missing(question: Question, reason: str) -> str:
    _, above, error = reason.partition(RAISED_ABOVE)
    if above:
        return exceptions.next_step(error, question)
    if found := re.search(r"defines `(\w+)`", reason):
        return f"Next: rename `{found[1]}` to `{question.calls}`, if it is the answer."
    if reason:
        return _stopped(reason)
    return f"Next: define `{question.calls}` in the cell above its check; keep its name."


def _stopped(predicate: str) -> str:
    """The next step after a cell or a function was stopped, by the reason that the grader gave."""
    return next((step for words, step in _STOPPED if re.search(words, predicate)), too_slow.ENDLESS)


def _raised(question: Question, trial: Trial) -> str:
    error = trial.answer.error
    if error.startswith(UNUSABLE):
        return "Next: compare what you return with `Returns` in the docstring."
    if trial.public:
        return exceptions.next_step(error, question)
    name = error.partition(":")[0]
    known = isinstance(getattr(builtins, name, None), type) and exceptions.has_advice(name)
    return exceptions.next_step(name, question) if known else _HIDDEN
