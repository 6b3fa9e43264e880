"""Mistakes that a question knows because its answer is made of what other questions ask for.

The answer to `residual_backward` passes a relu on the way back. Who gets that wrong there makes a
mistake of `relu_backward`, which is known by its name:

    @residual_backward.made_of(but="relu-upstream-added")
    def _(dout, X, W1, b1, W2, *, relu_backward=gate): ...   # a right formula of these parts

Its keyword-only parameters are questions, of this week or an earlier one; their defaults are right.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial, wraps
from typing import TYPE_CHECKING, Any

from autograder.errors import QuestionError

if TYPE_CHECKING:
    from autograder.questions.define import Formula, Mistake, Question


@dataclass(frozen=True)
class MadeOf:
    """A right formula of a question's answer, in which other questions' functions are called.

    `but` names mistakes of these that cannot be known here: the answer would be right, the same as
    with another mistake, or the same as with a mistake of this question's own.
    """

    formula: Formula
    but: frozenset[str]

    @property
    def parts(self) -> dict[str, Formula]:
        """The right function of each question whose function it calls, by the question's name."""
        named = inspect.signature(self.formula).parameters.values()
        return {each.name: each.default for each in named if each.kind is each.KEYWORD_ONLY}


def shared_mistakes(
    question: Question, find: Callable[[str], Question | None]
) -> Mapping[str, Mistake]:
    """The mistakes of the questions that a question's answer is made of, by name.

    A mistake of its own with the same name takes their place.

    Args:
        question: says what it is made of.
        find: a question of this week or an earlier one; None where a course has removed it.

    Raises:
        QuestionError: when it is made of what cannot be called, or `but` names no mistake.
    """
    made_of = question.composition
    if made_of is None:
        return {}
    own = {name for name, mistake in question.mistakes.items() if not mistake.of}
    parts = {name: find(name) for name in made_of.parts}
    found: dict[str, Mistake] = {}
    for name, right in made_of.parts.items():
        if part := parts[name]:
            _refuse_no_plain_call(question, part)
            for mistake in part.mistakes.values():
                if mistake.name not in own | made_of.but:
                    found.setdefault(mistake.name, _inside(made_of, part, mistake, right))
    known = {each for part in parts.values() if part for each in part.mistakes}
    if all(parts.values()) and (unknown := made_of.but - known):
        raise QuestionError(
            f"{question.name}: but={min(unknown)!r} is no mistake of what it is made of; remove it"
        )
    return found


def _refuse_no_plain_call(question: Question, part: Question) -> None:
    if part.drive or part.measured_by or part.names_a_class:
        raise QuestionError(
            f"{question.name}: it cannot be made of {part.name}, whose answer is no plain call; "
            "leave it out"
        )


def _inside(made_of: MadeOf, part: Question, mistake: Mistake, right: Formula) -> Mistake:
    """A mistake as it shows in the answer to a question that is made of `part`."""

    def within(wrong: Formula) -> Formula:
        made = as_function(part, replace(mistake, formula=wrong), right).formula

        @wraps(wrong)
        def formula(*given: Any, **constants: Any) -> Any:
            return made_of.formula(*given, **{part.name: partial(made, **constants)})

        return formula

    return replace(
        mistake,
        formula=within(mistake.formula),
        otherwise=tuple(within(wrong) for wrong in mistake.otherwise),
        at="",
        of=mistake.of or part.name,
    )


def as_function(question: Question, mistake: Mistake, right: Formula) -> Mistake:
    """The mistake as the whole function that a student would have written.

    Args:
        question: the mistake's own.
        mistake: one whose formula may return only one part of the answer.
        right: the right function, which gives the other parts.
    """
    if not mistake.at or len(question.returns) < 2:
        return replace(mistake, at="")
    place = question.returns.index(mistake.at)

    def whole(*given: Any, **constants: Any) -> Any:
        parts = list(right(*given))
        parts[place] = mistake.formula(*given, **constants)
        return tuple(parts)

    return replace(mistake, formula=whole, at="")
