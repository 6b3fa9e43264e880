"""Hints in three steps: where an answer goes wrong, why, and a small case with its numbers.

No step names a line of code or writes one: the third shows the student's own numbers beside those
that are expected, first for a part of a small case, then for all of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from autograder.answer import Answer
from autograder.judging.advice.values import UNEXPLAINED
from autograder.questions import small_cases
from autograder.questions.define import Inputs, Mistake, Question
from autograder.questions.small_cases import SmallCases, Step
from autograder.records import Verdict
from autograder.student.show import beside, count, inputs_shown, telling_change

STEPS = ("where", "why", "a small case")
Ask = Callable[[Inputs], Answer]
"""Calls the student's function with other inputs."""

_MOST_NUMBERS = 60
_NEXT = re.compile(r"(?:Check|Next): ")
_LINE = re.compile(r", at line \d+ of the cell, `.*`")
_CONVENTION = "This is a different convention, valid elsewhere; the course uses the one stated."
_UNWRITTEN = (
    "Nothing is computed yet. The docstring says what goes in (Args), of which shape, and what "
    "comes out (Returns)."
)
_UNKNOWN = (
    "It is none of the mistakes that this course knows, so only you can find the reason: one "
    "number at a time, from the inputs to the first that you did not expect."
)


def hinted(
    question: Question, verdict: Verdict, step: object, ask: Ask, public: list[Step]
) -> Verdict:
    """The verdict with a hint as its message.

    Args:
        question: what was asked.
        verdict: what `check` says of the answer.
        step: 1, 2 or 3.
        ask: calls the student's function, as the verdict's check did.
        public: the public cases, for questions that have no small ones.
    """
    if not isinstance(step, int) or isinstance(step, bool) or not 1 <= step <= len(STEPS):
        text = f"{question.name}\nExpected hint=1 (where), 2 (why) or 3 (a small case), received "
        return replace(verdict, message=f"{text}hint={step!r}.")
    if verdict.right:
        text = (
            f"{verdict.message}\nThere is nothing to hint at. Next: "
            f'`from autograder import again`, then again("{question.name}") asks for the same '
            "idea with other numbers."
        )
        return replace(verdict, message=text)
    names = verdict.mistake.split(" + ") if verdict.mistake else []
    mistakes = [question.mistakes[name] for name in names]
    head = " · ".join(
        each for each in (question.name, verdict.part, f"hint {step} of {len(STEPS)}") if each
    )
    if step == 1:
        lines = _where(question, verdict, mistakes)
    elif step == 2:
        lines = _why(verdict, mistakes)
    else:
        lines = _worked(question, verdict, mistakes, ask, public)
    if step < len(STEPS):
        lines.append(f'Next: check("{question.name}", hint={step + 1}) shows {STEPS[step]}.')
    return replace(verdict, message="\n".join([head, *lines]))


def _where(question: Question, verdict: Verdict, mistakes: list[Mistake]) -> list[str]:
    """What the check observed, without its reasons and its advice."""
    said = {each.why for each in mistakes} | {UNEXPLAINED, _CONVENTION}
    lines = [
        _LINE.sub("", line)
        for line in verdict.message.splitlines()[1:]
        if line not in said and not _NEXT.match(line)
    ]
    parts = list(dict.fromkeys(each.at for each in mistakes if each.at))
    if parts:
        lines.insert(0, f"Look at {' and '.join(parts)}.")
    elif verdict.part:
        lines.insert(0, f"Look at {verdict.part}.")
    elif not lines:
        lines = [f"Look at the value of `{question.calls}`: it is not what is asked for."]
    return lines


def _why(verdict: Verdict, mistakes: list[Mistake]) -> list[str]:
    """The reasons: all that the catalogue says of the mistakes but for the next step."""
    if mistakes:
        lines = [line for each in mistakes for line in (each.paragraphs[:-1] or [each.why])]
        return [*([_CONVENTION] if any(each.convention for each in mistakes) else []), *lines]
    if not verdict.attempted:
        return [_UNWRITTEN]
    advice = [
        line
        for line in verdict.message.splitlines()
        if _NEXT.match(line) and "`" not in line and "=" not in line
    ]
    return [_UNKNOWN, *advice]


def _worked(
    question: Question,
    verdict: Verdict,
    mistakes: list[Mistake],
    ask: Ask,
    public: list[Step],
) -> list[str]:
    steps = [each.next_step for each in mistakes[:1]]
    if not question.parameters:
        return _without_inputs(question, mistakes)
    small = small_cases.load(question)
    shown = _shown(question, small, ask, attempted=verdict.attempted) if small else []
    if not shown:
        smallest = min(public, key=lambda each: count(each.inputs))
        wrong = [each for each in public if beside(question, each, _asked(question, ask, each))[1]]
        smallest = min(wrong, key=lambda each: count(each.inputs), default=smallest)
        few = count(smallest.inputs) <= _MOST_NUMBERS
        told = "The smallest public case that goes wrong:" if wrong else "The smallest public case:"
        lines, _ = beside(question, smallest, _asked(question, ask, smallest))
        shown = [told, *inputs_shown(question, smallest, few=few), *lines]
    return [*shown, *steps]


def _shown(question: Question, small: SmallCases, ask: Ask, *, attempted: bool) -> list[str]:
    """The small case, step by step; empty if the answer to all of it is right."""
    lines = ["A small case, to work by hand:", *inputs_shown(question, small.worked)]
    if not attempted:
        expected, _ = beside(question, small.worked, None)
        return [*lines, *expected]
    wrong_somewhere = False
    for step in small.before:
        said, wrong = beside(question, step, _asked(question, ask, step))
        wrong_somewhere = wrong_somewhere or wrong
        lines += [f"{step.say}:", *said]
    whole = _asked(question, ask, small.worked)
    said, wrong = beside(question, small.worked, whole)
    lines += ["With all of it:" if small.before else "What comes out:", *said]
    changes = [(each, _asked(question, ask, each)) for each in small.raised]
    change, moved_wrong = telling_change(question, small.worked, whole, changes)
    return [*lines, *change] if wrong or wrong_somewhere or moved_wrong else []


def _asked(question: Question, ask: Ask, step: Step) -> Answer:
    return question.measured(ask(step.inputs), step.inputs)


def _without_inputs(question: Question, mistakes: list[Mistake]) -> list[str]:
    """A choice, or numbers that were worked out by hand: nothing can be put in."""
    steps = [each.next_step for each in mistakes[:1]]
    if question.points == 0:
        return [
            "For each letter that is left, write down in one sentence what would have to be true "
            "for it; then look for the sentence of the section that says so, or the opposite.",
            *steps,
        ]
    return [
        f"`{question.calls}` is set by hand. Work it out on paper once more, and write down every "
        "number in between; the first that you cannot explain is the place.",
        *steps,
    ]
