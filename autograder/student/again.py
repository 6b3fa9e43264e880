"""`again`: the same idea in a fresh case, to be worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.answer import Status
from autograder.judging.compare import Pair, pairs
from autograder.questions import small_cases
from autograder.questions.define import Question
from autograder.questions.small_cases import Step
from autograder.records import Difference, Outcome, Verdict
from autograder.student.hints import Ask
from autograder.student.show import beside, inputs_shown
from autograder.tree import leaves, to_tree

NOTHING = object()
"""No answer is given yet."""
_BY_HAND = 0.01
"""How far rounding by hand may move a number, as a share of the largest."""


def asked_again(question: Question, answer: Any, number: object, ask: Ask) -> Verdict:
    """A fresh case with its numbers, or what is to be said of an answer to it.

    Args:
        question: what is asked.
        answer: what the student has worked out; `NOTHING` to be asked.
        number: which of the fresh cases, from 1.
        ask: calls the student's function.

    Returns:
        A verdict without points.
    """
    small = small_cases.load(question)
    fresh = small.fresh if small else ()
    if not fresh:
        text = (
            f"{question.name} has no case that is small enough to work out by hand. "
            f'Next: check("{question.name}", hint=3) shows one that a program computes.'
        )
        return _said(question, Outcome.NOT_ATTEMPTED, text)
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= len(fresh):
        text = f"Expected number=1 to {len(fresh)}, one of the fresh cases, received {number!r}."
        return _said(question, Outcome.NOT_ATTEMPTED, text)
    step, which = fresh[number - 1], f"case {number} of {len(fresh)}"
    if answer is NOTHING:
        return _said(question, Outcome.NOT_ATTEMPTED, *_posed(question, step, number, len(fresh)))
    wrong, lines = _compared(question, step, answer)
    if not wrong:
        lines += _of_the_function(question, step, ask)
    outcome = Outcome.VALUES if wrong else Outcome.RIGHT
    return _said(question, outcome, *lines, which=which)


def _said(question: Question, outcome: Outcome, *lines: str, which: str = "") -> Verdict:
    head = " · ".join(each for each in (question.name, "again", which) if each)
    return Verdict(question.name, 0.0, 0.0, outcome, "\n".join([head, *lines]))


def _posed(question: Question, step: Step, number: int, count: int) -> list[str]:
    wanted = [
        f"{pair.part or 'one result'}{_shape(pair.expected)}"
        for pair in pairs(step.expected.value, step.expected, question.returns)
        if isinstance(pair, Pair)
    ]
    more = "" if number == 1 else f", number={number}"
    lines = [
        f"The same idea with other numbers (case {number} of {count}). Work it out with pencil and "
        "paper; your function can wait:",
        *inputs_shown(question, step),
        f"Wanted: {', '.join(wanted)}.",
        f'Next: again("{question.name}", answer{more}) says which of your numbers are right, and '
        "whether your function agrees. Two decimals are enough.",
    ]
    if len(wanted) > 1:
        lines.insert(
            -1,
            "An answer of several parts is a tuple or a dict, as the function's; None "
            "stands for a part that you leave out.",
        )
    return lines


def _shape(value: Any) -> str:
    if not isinstance(value, np.ndarray) or not value.ndim:
        return ""
    return f" of shape ({', '.join(map(str, value.shape))}{',' if value.ndim == 1 else ''})"


def _compared(question: Question, step: Step, answer: Any) -> tuple[bool, list[str]]:
    """Whether anything is wrong, and which numbers are; none of those expected is named."""
    try:
        given = to_tree(answer)
    except ValueError as error:
        return True, [f"The answer cannot be read: {error}."]
    lines, wrong = [], False
    for pair in pairs(given, step.expected, question.returns):
        if isinstance(pair, Difference):
            said = pair.detail or pair.outcome
        else:
            if type(pair.yours).__name__ == "Opaque":
                continue
            said = _entries(pair)
        part = pair.part or "the result"
        lines.append(f"  {part}: {said or 'right'}")
        wrong = wrong or bool(said)
    if not lines:
        return True, ["Expected numbers, received none."]
    if wrong:
        lines.append(
            "Next: work out one of the wrong entries alone, and write down each product "
            "and each sum."
        )
    return wrong, lines


def _entries(pair: Pair) -> str:
    """Which entries are wrong; empty if all are within rounding by hand."""
    yours, expected = pair.yours, pair.expected
    if not isinstance(expected, np.ndarray):
        return "" if yours == expected else f"{yours!r} is not it"
    if not isinstance(yours, np.ndarray) or yours.dtype.kind not in "biufc":
        return "expected numbers"
    if yours.shape != expected.shape:
        return f"expected shape {expected.shape}, received {yours.shape}"
    scale = float(np.max(np.abs(expected.astype(float)), initial=0.0))
    exact = expected.dtype.kind in "biu"
    allowed = 0.0 if exact else _BY_HAND * scale + min(0.006, 0.05 * scale)
    with np.errstate(all="ignore"):
        wrong = ~(np.abs(yours.astype(complex) - expected.astype(complex)) <= allowed)
    if not wrong.any():
        return ""
    if not wrong.ndim:
        return "not right yet"
    places = [f"[{', '.join(map(str, each))}]" for each in np.argwhere(wrong)[:6].tolist()]
    more = " and others" if wrong.sum() > len(places) else ""
    return f"not right yet at {', '.join(places)}{more}"


def _of_the_function(question: Question, step: Step, ask: Ask) -> list[str]:
    answer = ask(step.inputs)
    if answer.unwritten:
        return [f"Right. Next: write `{question.calls}` so that it does what you did by hand."]
    lines, wrong = beside(question, step, question.measured(answer, step.inputs))
    if not wrong:
        return ["Right, and your function gives the same."]
    numbers = any(True for _ in leaves(answer.value)) and answer.status is Status.RETURNED
    told = lines if numbers else lines[:1]
    return ["You are right, and your function does not agree with you yet:", *told]
