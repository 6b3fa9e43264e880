"""Errors that an earlier question on the same function has charged already.

`batchnorm_forward` and `batchnorm_over_batches` call one function, and four questions use the class
`Value`. Where one catalogued mistake alone reproduces the answers to two of them, everything else
that the later one asks about is right. Where no mistake is known, a part that lost points there
loses none here in the same way, and a case that rests on another one (see `rests_on`)
loses none where that one did.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from autograder.answer import Answer, Status
from autograder.judging.agreement import Entry, Level, MistakenAnswer, Seen, mistaken_answer
from autograder.judging.compare import Pair, pairs
from autograder.judging.points import (
    FORM,
    NUMBERS,
    WHOLE,
    Loss,
    Wrong,
    concerns,
    losses,
    right_parts,
)
from autograder.questions import made_of
from autograder.questions.define import Follows, Mistake, Question
from autograder.records import Trial, Verdict


@dataclass(frozen=True)
class Charged:
    """A mistake as a whole function.

    `question` took points for it, and `listed` is the question that lists it.
    """

    question: str
    listed: str
    mistake: Mistake


@dataclass(frozen=True)
class Before:
    """Why a loss costs nothing: the earlier question that took points for it.

    Or for the parts `of` the answer from which this one follows.
    """

    question: str
    of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Excused:
    """What is wrong with an answer and costs nothing.

    `losses` were charged before, and `cases` rest on others that were, in this question or before:
    of each the names, such as `product of value_arithmetic`.
    """

    losses: Mapping[Loss, Before]
    cases: Mapping[str, Sequence[str]]


def on_same_function(
    name: str, questions: Mapping[str, Question], before: Iterable[Verdict]
) -> list[Verdict]:
    """The wrong verdicts on earlier questions that call the function that this one calls.

    Args:
        name: the question.
        questions: all questions of the week.
        before: the verdicts on the questions before it.
    """
    calls = questions[name].calls
    wrong = [each for each in before if each.question in questions and not each.right]
    return [each for each in wrong if questions[each.question].calls == calls]


def named(verdict: Verdict, question: Question) -> list[Mistake]:
    """The mistakes that a verdict names, each as the whole function of a student who made it.

    Args:
        verdict: on `question`.
        question: its mistakes are looked up by name; an earlier run may have named others.
    """
    known = [question.mistakes.get(each) for each in verdict.mistake.split(" + ")]
    whole = [as_function(question, each) for each in known if each]
    return [each for each in whole if each]


def explaining(question: Question, trials: Sequence[Trial], entries: Sequence[Entry]) -> list[str]:
    """The names of the mistakes that explain all that is wrong; empty if anything is left.

    Args:
        question: what was asked.
        trials: the student's answers, some of them wrong.
        entries: the answers of the mistakes that were charged before to the same trials.
    """
    found: dict[str, None] = {}
    for place, trial in enumerate(trials):
        seen = Seen(question, trial)
        for part in seen.wrong:
            behind = [name for name, made in entries if _gives(question, seen, made[place], part)]
            if not behind:
                return []
            found |= dict.fromkeys(behind[:1])
    return list(found)


def lost_before(question: Question, found: Wrong, before: Iterable[Verdict]) -> dict[Loss, Before]:
    """What this answer loses that earlier questions on the same function took points for.

    Right numbers in another form are charged once for a function, and so is a part with wrong
    numbers and what follows from it, as long as something else is right, or follows as it should:
    an answer in which nothing does has shown nothing.

    Args:
        question: what was asked.
        found: the wrong trials with their differences.
        before: the wrong verdicts on these earlier questions.

    Returns:
        Each loss, and what was charged with it.
    """
    charged = {loss: Before(each.question) for each in reversed([*before]) for loss in each.lost}
    followed = _followed(question, found, charged)
    if followed or right_parts(question, found):
        charged |= followed
    else:
        charged = {loss: each for loss, each in charged.items() if loss[1] == FORM}
    if forms := [each for (_, way), each in charged.items() if way == FORM]:
        # An axis that one part has too many soon stands in the others as well.
        charged |= {loss: forms[0] for loss in losses(question, found) if loss[1] == FORM}
    return charged


def _followed(
    question: Question, found: Wrong, charged: Mapping[Loss, Before]
) -> dict[Loss, Before]:
    """The parts with wrong numbers that follow from wrong ones which were charged before."""
    lost = losses(question, found)
    followed = {}
    for part, rule in question.following.items():
        behind = [(each, NUMBERS) for each in rule.of if (each, NUMBERS) in lost]
        if (
            behind
            and all(loss in charged for loss in behind)
            and all(
                follows(question, trial, part, rule)
                for trial, differences in found
                if any(concerns(each.part, part) for each in differences)
            )
        ):
            followed[part, NUMBERS] = Before(charged[behind[0]].question, rule.of)
    return followed


def follows(question: Question, trial: Trial, part: str, rule: Follows) -> bool:
    """Whether a part is what the rule's formula makes of the student's own other parts."""
    if trial.answer.status is not Status.RETURNED or not isinstance(trial.expected.value, list):
        return False
    yours = {
        pair.part: pair.yours
        for pair in pairs(trial.answer.value, trial.expected, question.returns)
        # The formula runs outside the sandbox: arrays of other shapes could take all memory.
        if isinstance(pair, Pair) and _is_like(pair.yours, pair.expected)
    }
    if any(each not in yours for each in rule.of):
        return False
    with np.errstate(all="ignore"):
        made = np.asarray(rule.formula(*(yours[each] for each in rule.of), *trial.inputs.values()))
    if not np.isfinite(made).all():
        return False
    names = zip(question.returns, trial.expected.value, strict=True)
    answer = Answer(Status.RETURNED, [made if name == part else value for name, value in names])
    wanted = mistaken_answer(answer, trial.expected, question.returns)
    return Seen(question, trial).parts(wanted, [part]) is Level.EQUAL


def _is_like(yours: object, expected: object) -> bool:
    """Whether both are arrays of real numbers, of one shape."""
    return (
        isinstance(yours, np.ndarray)
        and isinstance(expected, np.ndarray)
        and yours.shape == expected.shape
        and yours.dtype.kind in "iuf"
    )


def _gives(question: Question, seen: Seen, made: MistakenAnswer, part: str) -> bool:
    """Whether a mistake gives a wrong part as the student did."""
    if seen.whole(made) is not Level.NOT:
        return True
    # What is measured is often equal by chance, and so one part of it proves nothing.
    if (
        part == WHOLE
        or question.measured_by is not None
        or seen.trial.answer.status is not Status.RETURNED
    ):
        return False
    return seen.parts(made, [part]) is not Level.NOT


def as_function(question: Question, mistake: Mistake) -> Mistake | None:
    """The mistake as the whole function that a student would have written.

    Args:
        question: the mistake's own. Its first alternative is the right function.
        mistake: one whose formula may return only one part of the answer.

    Returns:
        None when the formula gives one part and no alternative gives the others.
    """
    if not mistake.at or len(question.returns) < 2:
        return replace(mistake, at="")
    if not question.alternatives:
        return None
    right = next(iter(question.alternatives.values())).formula
    return made_of.as_function(question, mistake, right)
