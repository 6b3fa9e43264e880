"""Cases that rest on others which lost points: what is wrong there is not charged again.

A case rests on another one where it needs all that the other needs, as a long expression of
`Value`s needs the product in it. It also does where a student built what it asks for of what the
other asks for, a - b of a product with -1: then the rewritten case has the same wrong answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from autograder.answer import Answer, Status
from autograder.judging.agreement import Level, Seen, mistaken_answer
from autograder.questions.define import Inputs, Question
from autograder.records import Trial, Verdict

Needs = Mapping[str, frozenset[str]]
"""What each case of a question needs of a student's function, by the case's name."""

LostCases = dict[str, frozenset[str]]
"""Cases that lost points, as messages call them, and what each needs."""

Ask = Callable[[Sequence[Inputs]], Sequence[Answer]]
"""Puts other inputs of the same question to the student's function."""


def lost_before(
    before: Iterable[Verdict], needed: Mapping[str, Needs]
) -> dict[str, frozenset[str]]:
    """The cases of earlier questions that lost points, as messages call them: what each needs.

    Args:
        before: the wrong verdicts on earlier questions on the same function.
        needed: what the cases of every question need, by the question's name.
    """
    return {
        f"{case} of {each.question}": needed[each.question][case]
        for each in before
        for case in each.lost_cases
        # An earlier version's case may not be there any more.
        if case in needed.get(each.question, {})
    }


def resting(
    wrong: Sequence[str],
    needs: Needs,
    before: Needs,
    built: Callable[[str, Needs], Sequence[str]],
) -> dict[str, list[str]]:
    """The cases that rest on others which lost points, and what these are called.

    Args:
        wrong: the cases of a question with wrong numbers.
        needs: of the question, in its order.
        before: the cases of earlier questions that lost points.
        built: of which of these cases, which lost points, a student built what a case asks for.
    """
    lost = dict(before)
    charged = {name: [name] for name in before}
    found: dict[str, list[str]] = {}
    for case in [case for case in needs if case in wrong]:
        if behind := smallest(lost, needs[case]) or built(case, lost):
            found[case] = list(dict.fromkeys(name for each in behind for name in charged[each]))
        lost[case] = needs[case]
        charged[case] = found.get(case, [case])
    return found


def smallest(lost: Needs, needed: frozenset[str]) -> list[str]:
    """The cases that need some of this and nothing else, without those that rest on others."""
    inside = [name for name, words in lost.items() if words <= needed]
    return [name for name in inside if not any(lost[other] < lost[name] for other in inside)]


def built_of(question: Question, trials: Sequence[Trial], lost: Needs, ask: Ask) -> list[str]:
    """Of which cases that lost points a student built what one case asks for; empty if of none.

    Args:
        question: says how the case can be rewritten, and what it needs then.
        trials: the case's wrong trials.
        lost: what each case needs that lost points.
        ask: asks for the rewritten case.
    """
    if question.rewritten_by is None or question.needed_by is None:
        return []
    # An answer that has no numbers, or that a guard gives, is too easily the same.
    if any(trial.answer.status is not Status.RETURNED for trial in trials):
        return []
    for changes in question.rewritten_by(*trials[0].inputs.values()):
        given = [{**trial.inputs, **changes} for trial in trials]
        behind = smallest(lost, frozenset(question.needed_by(*given[0].values())))
        if behind and _same(question, trials, ask(given)):
            return behind
    return []


def _same(question: Question, trials: Sequence[Trial], answers: Sequence[Answer]) -> bool:
    """Whether these answers are the same wrong ones."""
    return all(
        Seen(question, trial).whole(mistaken_answer(answer, trial.expected, question.returns))
        is Level.EQUAL
        for trial, answer in zip(trials, answers, strict=True)
    )
