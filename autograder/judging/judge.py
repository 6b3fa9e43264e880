"""Answers become verdicts: comparison first, then diagnosis. The sandbox's run and the
notebook's `check` both end here, so they cannot disagree."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograder.answer import Answer
from autograder.judging import wording
from autograder.judging.compare import differences
from autograder.judging.derivative import matches_own_function
from autograder.judging.mistakes import Suspect, explaining, suspect
from autograder.questions import references
from autograder.questions.define import Inputs, Question
from autograder.questions.references import References
from autograder.records import Difference, Expected, Outcome, Trial, Verdict
from autograder.tree import leaves


@dataclass(frozen=True)
class Probe:
    """One case that is put to a question, public or hidden, and its reference."""

    case: str
    public: bool
    weight: float
    inputs: Inputs
    expected: Expected


AskAgain = Callable[[Question, Sequence[Inputs], Sequence[str]], Sequence[Answer]]
"""Puts new inputs to the student's function, the named functions replaced by right ones."""

Wrong = list[tuple[Trial, list[Difference]]]


class Judge:
    """Knows the cases and references of a set of questions, and judges answers to them.

    What catalogued mistakes answer is worked out when the first wrong answer asks for it, and
    kept for the rest of the class.
    """

    def __init__(
        self,
        questions: Mapping[str, Question],
        public: References,
        hidden: References | None = None,
        secret: bytes = references.PUBLIC_SECRET,
    ) -> None:
        self.questions = questions
        self.probes = {
            name: self._probes(question, public, hidden, secret)
            for name, question in questions.items()
        }
        self._suspects: dict[str, dict[str, list[Suspect]]] = {}

    @staticmethod
    def _probes(
        question: Question, public: References, hidden: References | None, secret: bytes
    ) -> list[Probe]:
        probes = []
        for is_public, values, key in (
            (True, public, references.PUBLIC_SECRET),
            (False, hidden, secret),
        ):
            if values is None or (not is_public and not question.parameters):
                continue
            probes += [
                Probe(
                    case.name,
                    is_public,
                    case.weight,
                    references.inputs(question, case, key),
                    values[question.name, case.name],
                )
                for case in question.cases.values()
            ]
        return probes

    def judge(
        self,
        name: str,
        answers: Sequence[Answer],
        ask_again: AskAgain | None = None,
        culprits: Sequence[str] = (),
        *,
        replaceable: bool = True,
    ) -> Verdict:
        """The verdict on one question.

        Args:
            name: the question.
            answers: one for each of its probes, in their order.
            ask_again: asks the student's function anew; needed for follow-through and for
                telling a wrong loss from a wrong derivative.
            culprits: functions that the answer may have called and that are, or may be, wrong.
            replaceable: whether `ask_again` has right functions to put in their place, as an
                instructor's machine has and a student's has not.

        Returns:
            Points, outcome and message; points lie between 0 and the question's.
        """
        question = self.questions[name]
        trials = _trials(question, self.probes[name], answers)
        # The last probe's: a hidden one, where there is one, is what nobody could train for.
        figures = question.figures(answers[-1], self.probes[name][-1].inputs)
        verdict = replace(self._judge(question, trials, ask_again), figures=figures)
        if not culprits or not ask_again or not worth_asking_again(verdict.outcome):
            return verdict
        if not replaceable:
            return replace(verdict, message=f"{verdict.message}\n{wording.begin_there(culprits)}")
        again = self._follow_through(question, culprits, ask_again)
        return again if again.right or again.points > verdict.points else verdict

    def public_outcome(self, name: str, answers: Sequence[Answer]) -> Outcome:
        """How a question's public cases came out, before any hidden one is asked.

        Args:
            name: the question.
            answers: one for each of its public probes, in their order.
        """
        question = self.questions[name]
        public = [probe for probe in self.probes[name] if probe.public]
        found = self._wrong(question, _trials(question, public, answers))
        return found[0][1][0].outcome if found else Outcome.RIGHT

    def _follow_through(
        self, question: Question, culprits: Sequence[str], ask_again: AskAgain
    ) -> Verdict:
        probes = self.probes[question.name]
        answers = ask_again(question, [probe.inputs for probe in probes], culprits)
        trials = _trials(question, probes, answers)
        found = self._wrong(question, trials)
        points = _points(question, found)
        message = wording.carried(question, culprits, points, right=not found)
        if not found:
            return _verdict(question, points, Outcome.RIGHT, message, trials)
        own = self._judge(question, trials, None)
        return replace(own, message=f"{message}\n{own.message.partition(chr(10))[2]}")

    def _judge(
        self, question: Question, trials: list[Trial], ask_again: AskAgain | None
    ) -> Verdict:
        found = self._wrong(question, trials)
        points = _points(question, found)
        if not found:
            return _verdict(
                question, points, Outcome.RIGHT, wording.right(question, trials), trials
            )
        named = explaining(question, trials, self._suspects_of(question))
        mistakes = [question.mistakes[name] for name in named]
        own = "" if mistakes else self._own_function(question, found, ask_again)
        message = wording.wrong(question, found, points, mistakes, own)
        first = next((d for t, d in found if t.public), found[0][1])[0]
        return _verdict(
            question, points, first.outcome, message, trials, first.part, " + ".join(named)
        )

    def _wrong(self, question: Question, trials: Sequence[Trial]) -> Wrong:
        pairs = [(t, differences(t.answer, t.expected, question.returns)) for t in trials]
        return [(trial, found) for trial, found in pairs if found]

    def _own_function(self, question: Question, found: Wrong, ask_again: AskAgain | None) -> str:
        """The student's own function whose right derivative this wrong gradient is, if any."""
        rule = question.derivative
        trial, differences_ = found[0]
        if rule is None or ask_again is None or differences_[0].outcome is not Outcome.VALUES:
            return ""
        function = self.questions.get(rule.of)
        if function is None:
            return ""
        gradient = trial.answer.value
        if rule.gradient:
            place = question.returns.index(rule.gradient)
            gradient = gradient[place] if isinstance(gradient, list) else gradient[rule.gradient]
        matched = matches_own_function(
            function,
            rule,
            dict(trial.inputs),
            gradient,
            lambda of, given: ask_again(of, given, ()),
        )
        return (rule.value or function.name) if matched else ""

    def answers_of_mistakes(self, question: Question) -> dict[str, list[Answer]]:
        """What each catalogued mistake answers to this question's probes."""
        return {
            name: [
                question.mistaken(mistake, probe.inputs, probe.expected.value)
                for probe in self.probes[question.name]
            ]
            for name, mistake in question.mistakes.items()
        }

    def _suspects_of(self, question: Question) -> dict[str, list[Suspect]]:
        """The mistakes' answers as they are judged; worked out once and kept for the class."""
        if question.name not in self._suspects:
            probes = self.probes[question.name]
            self._suspects[question.name] = {
                name: [
                    suspect(question.measured(answer, probe.inputs), probe.expected)
                    for answer, probe in zip(answers, probes, strict=True)
                ]
                for name, answers in self.answers_of_mistakes(question).items()
            }
        return self._suspects[question.name]


def _trials(question: Question, probes: Sequence[Probe], answers: Sequence[Answer]) -> list[Trial]:
    return [
        Trial(
            probe.case,
            probe.public,
            probe.weight,
            probe.inputs,
            probe.expected,
            question.measured(answer, probe.inputs),
        )
        for probe, answer in zip(probes, answers, strict=True)
    ]


def _points(question: Question, found: Wrong) -> float:
    """The weight of the cases that are right, public and hidden, as a share of the points."""
    failed = {trial.case for trial, _ in found}
    if not failed:
        return question.points
    total = sum(case.weight for case in question.cases.values())
    earned = sum(case.weight for case in question.cases.values() if case.name not in failed)
    return round(question.points * earned / total, 2)


def worth_asking_again(outcome: Outcome) -> bool:
    """Whether right functions in place of wrong ones could change how a question came out."""
    # A function that calls an unwritten one looks unwritten itself, so that one is asked again.
    return outcome not in (
        Outcome.RIGHT,
        Outcome.MISSING,
        Outcome.TIMED_OUT,
        Outcome.CRASHED,
    )


def _verdict(
    question: Question,
    points: float,
    outcome: Outcome,
    message: str,
    trials: Sequence[Trial],
    part: str = "",
    mistake: str = "",
) -> Verdict:
    return Verdict(
        question.name,
        points,
        question.points,
        outcome,
        message,
        part,
        mistake,
        answered="" if outcome is Outcome.RIGHT else _digest(trials),
    )


def _digest(trials: Sequence[Trial]) -> str:
    """Equal for equal answers, however they were rounded; the same for the whole class."""
    digest = hashlib.blake2b(digest_size=12)
    for trial in trials:
        digest.update(trial.answer.status.encode())
        for leaf in leaves(trial.answer.value):
            digest.update(_coarse_bytes(leaf))
    return digest.hexdigest()


def _coarse_bytes(leaf: Any) -> bytes:
    if isinstance(leaf, np.ndarray) and leaf.dtype.kind in "biuf":
        with np.errstate(all="ignore"):
            return leaf.astype(np.float32).tobytes()
    return str(leaf).encode("utf-8", "replace")
