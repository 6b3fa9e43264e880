"""The laws that hold for every question, whoever wrote it.

Each function states one law about one question. It returns what breaks it, in sentences for the
question's author, each with what to do; nothing if the law holds. The tests of the package call
them for all of its questions, `autograder validate` for one week of a course.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograder.answer import Answer, Status, ask
from autograder.errors import QuestionError
from autograder.judging.charged import follows
from autograder.judging.compare import differences, pairs
from autograder.judging.judge import Judge, Probe
from autograder.questions import catalogue, references, time_limit
from autograder.questions.define import Alternative, Inputs, Mistake, Question
from autograder.questions.time_limit import at_most
from autograder.questions.tolerance import tolerance
from autograder.records import Difference, Outcome, Trial, Verdict
from autograder.tree import copy_tree, map_tree, same_tree

BORDER = "border"
"""How cases begin whose inputs lie on a stated border, where the next number has another answer."""
VISIBLE = 100
"""How many tolerances a mistake has to show on at least one case."""
_SLIPS = ("NameError", "UnboundLocalError", "ImportError", "ModuleNotFoundError")
"""A mistake may raise, as a student's code does, but not for these reasons."""


def solution_is_right(judge: Judge, question: Question, solution: Any) -> Iterator[str]:
    """The lesson's own solution earns all points."""
    verdict = judged(judge, question, _answers(judge, question, solution))
    if not verdict.right or verdict.points != question.points:
        yield (
            f"the lesson's solution earns {verdict.points:g} of {question.points:g} points; "
            f"correct the solution or the reference: {_in_one_line(verdict)}"
        )


def single_precision_is_right(judge: Judge, question: Question, solution: Any) -> Iterator[str]:
    """The solution passes in float32, too: single precision is not a wrong answer."""
    for probe in judge.probes[question.name]:
        coarse = references.single_precision(probe.inputs)
        answer = question.measured(_answer(question, probe.case, coarse, solution), coarse)
        # As a student would hand it in who works in float32 to the end.
        rounded = replace(answer, value=references.single_precision(answer.value))
        if answer.status is not Status.RETURNED or differences(
            rounded, probe.expected, question.returns
        ):
            yield (
                f"case {probe.case}: the solution fails if it is run in float32; choose inputs on "
                "which rounding matters less"
            )


def rounding_changes_nothing(
    judge: Judge, question: Question, solution: Any, rng: np.random.Generator
) -> Iterator[str]:
    """Inputs moved by half a unit in the last place, as by another order of summing, still pass."""
    for probe in judge.probes[question.name]:
        if probe.case.startswith(BORDER):
            continue
        nudged = map_tree(lambda leaf: _nudged(leaf, rng), probe.inputs)
        answer = question.measured(_answer(question, probe.case, nudged, solution), nudged)
        if differences(answer, probe.expected, question.returns):
            yield (
                f"case {probe.case}: the solution fails if its inputs change in the last bit; "
                f"choose inputs off the border, or call the case {BORDER}-... if it lies on one "
                "that the question states"
            )


def stub_is_not_attempted(judge: Judge, question: Question) -> Iterator[str]:
    """What students start from earns nothing and counts as not attempted."""

    def stub(*arguments: Any) -> None:
        raise NotImplementedError

    target = stub if question.parameters else None
    verdict = judge.judge(question.name, _answers(judge, question, target))
    if verdict.points or verdict.outcome is not Outcome.NOT_ATTEMPTED:
        yield (
            f"an answer that is not written earns {verdict.points:g} points and counts as "
            f"{verdict.outcome}; expected 0 points and not attempted"
        )


def alternative_is_right(judge: Judge, question: Question, other: Alternative) -> Iterator[str]:
    """Another right formula earns all points."""
    verdict = judge.judge(question.name, _answers(judge, question, other.formula))
    if not verdict.right or verdict.points != question.points:
        yield (
            f"the alternative {other.name} earns {verdict.points:g} of {question.points:g} points; "
            f"correct it, or make it a mistake: {_in_one_line(verdict)}"
        )


def parts_follow(judge: Judge, question: Question) -> Iterator[str]:
    """What is said to follow from other parts of the answer does so in the right answer."""
    for probe in judge.probes[question.name]:
        right = Answer(Status.RETURNED, probe.expected.value)
        given = question.handed(probe.inputs)
        trial = Trial(probe.case, probe.public, probe.weight, given, probe.expected, right)
        for part, rule in question.following.items():
            if not follows(question, trial, part, rule):
                yield (
                    f"case {probe.case}: {part} is not what follows({part!r}, ...) makes of "
                    f"{' and '.join(rule.of)}; correct its formula"
                )


def mistake_is_named(judge: Judge, question: Question, mistake: Mistake) -> Iterator[str]:
    """A mistake loses points, and a student who makes it reads its name and its reason."""
    answers = mistaken(judge, question, mistake)
    if slips := [answer.error for answer in answers if answer.error.startswith(_SLIPS)]:
        yield f"the mistake {mistake.name} cannot be computed ({slips[0]}); correct its formula"
        return
    verdict = judged(judge, question, answers)
    if verdict.right:
        yield (
            f"the mistake {mistake.name} does not differ from the reference on any case; choose a "
            "case that shows it"
        )
    elif question.points and verdict.points >= question.points:
        yield f"the mistake {mistake.name} loses no points; give its case or its part more weight"
    elif verdict.mistake != mistake.name:
        named = f": its answer is named {verdict.mistake}" if verdict.mistake else ""
        yield (
            f"the mistake {mistake.name} is not told apart from the others{named}; choose a case "
            "on which they differ"
        )
    elif mistake.why not in verdict.message:
        yield f"the mistake {mistake.name} is named, but its reason is not told"


def mistake_is_visible(judge: Judge, question: Question, mistake: Mistake) -> Iterator[str]:
    """A mistake that hides near the tolerance on every case calls for a better case."""
    trials = zip(judge.probes[question.name], mistaken(judge, question, mistake), strict=True)
    if not any(_visible(question, probe, answer) for probe, answer in trials):
        yield (
            f"the mistake {mistake.name} is close to the tolerance on every case; choose a case "
            f"in which it is off by {VISIBLE} times the tolerance"
        )


def cases_show_mix_ups(question: Question, secret: bytes) -> Iterator[str]:
    """No transpose and no missing 1/N goes unnoticed in a case."""
    try:
        catalogue.refuse_weak_cases(question, secret)
    except QuestionError as error:
        yield str(error).removeprefix(f"{question.name}, ")


def hidden_inputs_are_new(question: Question, secret: bytes) -> Iterator[str]:
    """A case that draws nothing at random could be memorised from the notebook's check."""
    if not question.parameters:
        return
    for case in question.cases.values():
        hidden = references.inputs(question, case, secret)
        if same_tree(hidden, references.inputs(question, case, references.PUBLIC_SECRET)):
            yield (
                f"case {case.name}: its hidden inputs are the public ones, so that an answer can "
                "be memorised; draw something with rng, or give hidden=..."
            )


def stability_is_asked(question: Question) -> Iterator[str]:
    """A case called stability is marked as one, so that a warning costs points there."""
    for case in question.cases.values():
        if case.name == "stability" and not case.stability:
            yield "the case stability should have stability=True"


def judged(judge: Judge, question: Question, answers: Sequence[Answer]) -> Verdict:
    """The verdict, reached without altering an answer: a class shares those that are equal."""
    before = [copy_tree(answer.value) for answer in answers]
    verdict = judge.judge(question.name, answers)
    if not all(same_tree(old, new.value) for old, new in zip(before, answers, strict=True)):
        raise QuestionError(f"{question.name}: judging an answer changes it; copy it first")
    return verdict


def mistaken(judge: Judge, question: Question, mistake: Mistake) -> list[Answer]:
    """What a mistake answers to each of a question's probes."""
    return [
        question.mistaken(mistake, probe.inputs, probe.expected.value)
        for probe in judge.probes[question.name]
    ]


def _answers(judge: Judge, question: Question, target: Any) -> list[Answer]:
    return [
        _answer(question, probe.case, probe.inputs, target) for probe in judge.probes[question.name]
    ]


def _answer(question: Question, case: str, given: Inputs, target: Any) -> Answer:
    what = f"{question.name}: an answer to the case {case}"
    with at_most(time_limit.CASE_SECONDS, what, question.seconds):
        return ask(target, question.handed(given), question.drive)


def _nudged(leaf: Any, rng: np.random.Generator) -> Any:
    if isinstance(leaf, np.ndarray) and leaf.dtype == np.float64:
        return leaf * (1 + rng.choice([-1, 1], leaf.shape) * 2.0**-53)
    return leaf


def _visible(question: Question, probe: Probe, answer: Answer) -> bool:
    answer = question.measured(answer, probe.inputs)
    found = differences(answer, probe.expected, question.returns)
    if any(difference.outcome is not Outcome.VALUES for difference in found):
        return True
    for pair in pairs(answer.value, probe.expected, question.returns):
        if isinstance(pair, Difference) or not isinstance(pair.expected, np.ndarray):
            return True
        gap = np.max(np.abs(np.asarray(pair.yours, float) - pair.expected), initial=0.0)
        if gap > VISIBLE * tolerance(pair.allowed, np.dtype(np.float64)):
            return True
    return False


def _in_one_line(verdict: Verdict) -> str:
    return " ".join(verdict.message.split())
