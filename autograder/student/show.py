"""Small cases as text: what goes in, and the student's numbers beside the expected ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.answer import Answer, Status
from autograder.judging.compare import Pair, differences, pairs
from autograder.questions.define import Question
from autograder.questions.small_cases import Step
from autograder.records import Difference
from autograder.tree import leaves

_MOST_SHOWN = 24
_MOST_PARTS = 3
_WIDTH = 60


def count(given: Any) -> int:
    """How many numbers stand in these inputs."""
    return sum(int(np.size(leaf)) for leaf in leaves(given))


def inputs_shown(question: Question, step: Step, *, few: bool = True) -> list[str]:
    """The inputs that the student's code receives, one after the other."""
    handed = question.handed(step.inputs)
    return [line for name, value in handed.items() for line in _named(name, value, few=few)]


def beside(question: Question, step: Step, answer: Answer | None) -> tuple[list[str], bool]:
    """An answer beside what is expected, part by part, and whether anything is wrong.

    Args:
        question: what was asked.
        step: the inputs and what is expected for them.
        answer: the student's, as it is judged; None to show what is expected alone.
    """
    if answer is None:
        expected = list(pairs(step.expected.value, step.expected, question.returns))
        shown = [each for each in expected if isinstance(each, Pair)]
        return [line for p in shown for line in _named(_part(p, "expected"), p.expected)], False
    if answer.status is not Status.RETURNED:
        what = f"it raised {answer.error}" if answer.status is Status.RAISED else answer.status
        lines, _ = beside(question, step, None)
        return [f"  yours: {what}", *lines], True
    wrong = differences(answer, step.expected, question.returns, stability=False)
    parts = {each.part for each in wrong}
    lines, right, more = list[str](), list[str](), list[str]()
    count_shown = 0
    for pair in pairs(answer.value, step.expected, question.returns):
        if isinstance(pair, Difference):
            lines.append(f"  {pair.part or 'the result'}: {pair.detail}")
        elif pair.part in parts and count_shown == _MOST_PARTS:
            more.append(pair.part)
        elif pair.part in parts:
            count_shown += 1
            lines += _named(_part(pair, "yours"), pair.yours)
            lines += _named(_part(pair, "expected"), pair.expected)
        else:
            right.append(pair.part or "the result")
    if more:
        lines.append(f"  wrong too: {', '.join(more)}")
    if right:
        lines.append(f"  right: {', '.join(right)}")
    return lines, bool(wrong)


def telling_change(
    question: Question,
    before: Step,
    answer: Answer,
    changed: Sequence[tuple[Step, Answer]],
) -> tuple[list[str], bool]:
    """The change of one input to which an answer responds most wrongly, and whether it does.

    Args:
        question: what was asked.
        before: the case.
        answer: the student's answer to it.
        changed: copies of the case with one number changed, and the answers to these.
    """
    found: list[tuple[float, str]] = []
    for step, other in changed:
        for one, two in zip(
            _pairs(question, before, answer), _pairs(question, step, other), strict=False
        ):
            found += _moved(step.say, one, two)
    largest = max(found, default=(0.0, ""))
    return ([largest[1]], True) if largest[0] > 1e-6 else ([], False)


def _moved(say: str, before: Pair, after: Pair) -> list[tuple[float, str]]:
    values = [before.yours, after.yours, before.expected, after.expected]
    if not all(isinstance(each, np.ndarray) and each.dtype.kind in "iuf" for each in values):
        return []
    if len({each.shape for each in values}) > 1 or not values[0].size:
        return []
    with np.errstate(all="ignore"):
        gap = np.abs((values[1] - values[0]) - (values[3] - values[2]))
    gap = np.nan_to_num(gap, nan=0.0, posinf=0.0, neginf=0.0)
    index = np.unravel_index(int(np.argmax(gap)), gap.shape)
    yours, then, right, right_then = (f"{float(each[index]) + 0.0:.4g}" for each in values)
    place = f"[{', '.join(str(int(each)) for each in index)}]" if index else ""
    text = (
        f"{say}, {before.part or 'the result'}{place} should go from {right} to {right_then}; "
        f"yours goes from {yours} to {then}."
    )
    scale = max(1.0, float(np.max(np.abs(values[3]))))
    return [(float(gap[index]) / scale, text)]


def _pairs(question: Question, step: Step, answer: Answer) -> list[Pair]:
    if answer.status is not Status.RETURNED:
        return []
    found = pairs(answer.value, step.expected, question.returns)
    return [each for each in found if isinstance(each, Pair)]


def _part(pair: Pair, whose: str) -> str:
    return f"{pair.part}, {whose}" if pair.part else whose


def _named(name: str, value: Any, *, few: bool = True) -> list[str]:
    """`name = value` on lines that begin with two spaces, which are set in monospace.

    What a dict or a list holds stands on lines of its own, named as in the student's code.
    """
    if isinstance(value, dict) and value:
        inside = ((f'{name}["{key}"]', each) for key, each in value.items())
        return [line for one, each in inside for line in _named(one, each, few=few)]
    if isinstance(value, (list, tuple)) and any(isinstance(each, np.ndarray) for each in value):
        listed = ((f"{name}[{place}]", each) for place, each in enumerate(value))
        return [line for one, each in listed for line in _named(one, each, few=few)]
    start = f"  {name} = "
    first, *more = _text(value, few=few).splitlines() or [""]
    return [start + first, *(" " * len(start) + line for line in more)]


def _text(value: Any, *, few: bool) -> str:
    if isinstance(value, np.ndarray):
        if value.size > _MOST_SHOWN and not (few and value.size <= 2 * _MOST_SHOWN):
            start = ", ".join(f"{each:.4g}" for each in value.reshape(-1)[:3].astype(float))
            return f"an array of shape {value.shape} that begins {start}"
        return _array(value)
    if isinstance(value, float):
        return f"{value:.6g}"
    return repr(value)


def _array(value: Any) -> str:
    """An array with four digits of every number, in columns."""
    if value.dtype.kind != "f":
        return np.array2string(value, separator=", ", max_line_width=_WIDTH)
    # Adding 0 turns -0 into 0: showing the sign of zero would only confuse.
    width = max((len(f"{each + 0.0:.4g}") for each in value.reshape(-1).tolist()), default=0)
    return np.array2string(
        value,
        separator=", ",
        max_line_width=_WIDTH,
        formatter={
            "float_kind": lambda each: f"{each + 0.0:.4g}".rjust(width if value.ndim else 0)
        },
    )
