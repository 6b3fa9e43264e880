"""Answers become verdicts: comparison first, then diagnosis.

A full run and the notebook's `check` both end here, so they cannot disagree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograder.answer import Answer, Status
from autograder.double_precision import FLOAT32
from autograder.judging import precision, rests_on, wording
from autograder.judging.agreement import Entry, MistakenAnswer, footprint, mistaken_answer
from autograder.judging.charged import (
    Charged,
    Excused,
    explaining,
    lost_before,
    named,
    on_same_function,
)
from autograder.judging.compare import differences_of
from autograder.judging.derivative import matches_own_function
from autograder.judging.measures import Measures
from autograder.judging.mistakes import mistakes_behind
from autograder.judging.points import (
    NOT_AS_ASKED,
    WHOLE,
    concerns,
    earned,
    losses,
    with_wrong_numbers,
)
from autograder.judging.rests_on import Needs
from autograder.questions import references, time_limit
from autograder.questions.define import Inputs, Mistake, Question
from autograder.questions.references import References
from autograder.questions.time_limit import at_most
from autograder.records import Difference, Expected, Outcome, Trial, Verdict
from autograder.tree import leaves, same_tree


@dataclass(frozen=True)
class Probe:
    """One public or hidden case of a question, and its reference answer.

    `weight` is the case's share of the question's points.
    """

    case: str
    public: bool
    weight: float
    inputs: Inputs
    expected: Expected


AskAgain = Callable[[Question, Sequence[Inputs], Sequence[str]], Sequence[Answer]]
"""Calls the student's function with other inputs, the named functions replaced by correct ones.

`FLOAT32` among the names replaces float32 by float64 (see `double_precision`)."""

MistakenAnswers = Sequence[tuple[str, Sequence[Answer]]]
"""A mistake's name and its answers to every case as they are judged; see `agreement.Entry`."""

Wrong = list[tuple[Trial, list[Difference]]]

_AT_ONCE = 2**16
_STOPPED = (Outcome.TIMED_OUT, Outcome.CRASHED)


class Judge:
    """Judges answers to a set of questions, whose cases and references it holds.

    The answers that catalogued mistakes would give are computed at the first wrong answer and
    cached for the rest of the class.

    Args:
        questions: the questions by name, in the order of the notebook.
        public: reference answers to the public cases.
        hidden: reference answers to the hidden cases; None to judge by public cases alone.
        secret: seeds the inputs of the hidden cases.
        measures: measures students' answers; by default in this process, without limits.
        not_as_asked: the share of its points that is kept by what is right but not as asked.
        mistaken: for questions whose mistakes have no formulas here, these mistakes' answers.
    """

    def __init__(
        self,
        questions: Mapping[str, Question],
        public: References,
        hidden: References | None = None,
        secret: bytes = references.PUBLIC_SECRET,
        measures: Measures | None = None,
        not_as_asked: float = NOT_AS_ASKED,
        mistaken: Mapping[str, MistakenAnswers] | None = None,
    ) -> None:
        self.questions = questions
        self._mistaken = mistaken or {}
        self._not_as_asked = not_as_asked
        self._measures = measures or Measures()
        self.probes = {
            name: self._probes(question, public, hidden, secret)
            for name, question in questions.items()
        }
        self._needs = {
            name: _needs(question, self.probes[name]) for name, question in questions.items()
        }
        self._mistaken_answers: dict[str, list[Entry]] = {}
        self._made_by_charged: dict[tuple[str, str, str], list[Sequence[MistakenAnswer]]] = {}

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
        before: Sequence[Verdict] = (),
    ) -> Verdict:
        """The verdict on one question.

        Args:
            name: the question.
            answers: one for each of its probes, in their order.
            ask_again: calls the student's function with other inputs; needed for follow-through,
                and to tell a wrong loss from a wrong derivative.
            culprits: functions that the answer may have called and that are, or may be, wrong.
            replaceable: whether `ask_again` can replace them by correct ones. An instructor's
                machine has these; a student's does not.
            before: the verdicts on the questions before it; what they took points for in the
                function that is asked for here is not charged again.

        Returns:
            Points between 0 and the question's, the outcome, and the message.
        """
        question = self.questions[name]
        trials = self._trials(question, self.probes[name], answers)
        # Of the last probe, which is hidden if any is: nobody can have tuned for it.
        figures = self._measures.figures(question, answers[-1], self.probes[name][-1].inputs)
        verdict = self._judge(question, trials, ask_again, before)
        if ask_again:
            verdict = self._in_double_precision(question, trials, verdict, ask_again)
        verdict = replace(verdict, figures=figures)
        if verdict.right:
            given = [probe.inputs for probe in self.probes[name]]
            self._measures.expect(question, answers, given)
        elif message := self._charged_already(question, trials, verdict, before):
            verdict = _verdict(question, question.points, Outcome.RIGHT, message, trials)
            return replace(verdict, figures=figures)
        # Whatever is wrong may be a wrong function's: who calls an unwritten one looks unwritten,
        # who calls one that never ends does not end, and a cell with an error may define nothing.
        if not culprits or not ask_again or verdict.right:
            return verdict
        if not replaceable:
            # What is not defined calls nothing.
            if verdict.outcome is Outcome.MISSING:
                return verdict
            return replace(verdict, message=wording.start_there(verdict.message, culprits))
        again = self._follow_through(question, culprits, ask_again, before)
        if again.right or again.points > verdict.points:
            return again
        # Where a function that it calls never ends, only `again` has what this one does by itself.
        asked_now = verdict.outcome in _STOPPED and again.outcome not in _STOPPED
        return again if asked_now and again.points == verdict.points else verdict

    def public_outcome(self, name: str, answers: Sequence[Answer]) -> Outcome:
        """The outcome of a question's public cases alone, before any hidden case is asked.

        Args:
            name: the question.
            answers: one for each of its public probes, in their order.
        """
        question = self.questions[name]
        found = self._wrong(question, self._public_trials(question, answers))
        return wording.told(found)[1].outcome if found else Outcome.RIGHT

    def depends_on_precision(self, name: str, answers: Sequence[Answer]) -> bool:
        """Whether the answers to a question's public cases are to be asked for in float64 too.

        Args:
            name: the question.
            answers: one for each of its public probes, in their order.
        """
        question = self.questions[name]
        if question.measured_by:
            return False
        trials = self._public_trials(question, answers)
        right = not self._wrong(question, trials)
        return precision.may_decide(question, trials, right=right)

    def _public_trials(self, question: Question, answers: Sequence[Answer]) -> list[Trial]:
        public = [probe for probe in self.probes[question.name] if probe.public]
        return self._trials(question, public, answers)

    def _in_double_precision(
        self,
        question: Question,
        trials: Sequence[Trial],
        verdict: Verdict,
        ask_again: AskAgain,
        replaced: Sequence[str] = (),
    ) -> Verdict:
        """The verdict once float32 in the student's code means float64, where that may decide.

        What was right and is right again stays as it is. An answer in float32 is worth no more
        than the same code is in float64.
        """
        if not precision.may_decide(question, trials, right=verdict.right):
            return verdict
        probes = self.probes[question.name]
        given = [probe.inputs for probe in probes]
        answers = ask_again(question, given, (*replaced, FLOAT32))
        again = self._trials(question, probes, answers)
        pairs = zip(trials, again, strict=True)
        if all(same_tree(old.answer.value, new.answer.value) for old, new in pairs):
            return verdict
        own = self._judge(question, again, None)
        if verdict.right and own.right:
            return verdict
        returned = all(trial.answer.status is Status.RETURNED for trial in again)
        counts = own.points > verdict.points or (returned and precision.is_single(trials))
        decisive = own if counts else verdict
        return replace(decisive, message=wording.in_double_precision(decisive.message))

    def _follow_through(
        self,
        question: Question,
        culprits: Sequence[str],
        ask_again: AskAgain,
        before: Sequence[Verdict],
    ) -> Verdict:
        probes = self.probes[question.name]
        answers = ask_again(question, [probe.inputs for probe in probes], culprits)
        trials = self._trials(question, probes, answers)
        own = self._judge(question, trials, None, before)
        own = self._in_double_precision(question, trials, own, ask_again, culprits)
        if not own.right and (message := self._charged_already(question, trials, own, before)):
            return _verdict(question, question.points, Outcome.RIGHT, message, trials)
        message = wording.carried(question, culprits, own.points, right=own.right)
        if not own.right:
            message = f"{message}\n{own.message.partition(chr(10))[2]}"
        return replace(own, message=message)

    def _charged_already(
        self,
        question: Question,
        trials: list[Trial],
        verdict: Verdict,
        before: Sequence[Verdict],
    ) -> str:
        """The message where mistakes charged before explain all that is wrong, or ""."""
        if any(trial.answer.stopped for trial in trials):
            return ""
        charged = self._charged(question, verdict, before)
        entries = [
            (name, made)
            for name, each in charged.items()
            for made in self._prepared_whole(question, each)
        ]
        if behind := explaining(question, trials, entries):
            where = list(dict.fromkeys(charged[name].question for name in behind))
            return wording.charged_already(question, behind, where)
        found = self._wrong(question, trials)
        if not found:
            # The verdict is on what was asked again in float64.
            return ""
        names = verdict.mistake.split(" + ")
        mistakes = [each for each in question.mistakes.values() if each.name in names]
        conventions = self._conventional_parts(question, mistakes)
        excused = self._excused(question, found, conventions, before)
        if any(loss not in excused.losses for loss in verdict.lost):
            return ""
        if not verdict.lost and not {trial.case for trial, _ in found} <= excused.cases.keys():
            return ""
        again = {each: excused.losses[each] for each in verdict.lost}
        return wording.charged_already(question, (), (), again, excused.cases)

    def _excused(
        self,
        question: Question,
        found: Wrong,
        conventions: Collection[str],
        before: Sequence[Verdict],
        ask_again: AskAgain | None = None,
    ) -> Excused:
        """What of a wrong answer costs nothing; see `earned` for the conventions."""
        earlier = on_same_function(question.name, self.questions, before)
        again = lost_before(question, found, earlier) if found and earlier else {}
        needs = self._needs[question.name]
        # An answer that is right in no case has shown nothing.
        if {trial.case for trial, _ in found} == question.cases.keys():
            return Excused(again, {})
        wrong = with_wrong_numbers(question, found, conventions)
        lost = rests_on.lost_before(earlier, self._needs)

        def built(case: str, lost: Needs) -> list[str]:
            trials = [trial for trial, _ in found if trial.case == case]
            if ask_again is None:
                return []
            return rests_on.built_of(
                question, trials, lost, lambda given: ask_again(question, given, ())
            )

        return Excused(again, rests_on.resting(wrong, needs, lost, built))

    def _charged(
        self, question: Question, verdict: Verdict, before: Sequence[Verdict]
    ) -> dict[str, Charged]:
        """Mistakes, by name, that earlier questions on this function took points for."""
        found: dict[str, Charged] = {}
        for wrong in on_same_function(question.name, self.questions, before):
            earlier = self.questions[wrong.question]
            for mistake in named(wrong, earlier):
                found.setdefault(mistake.name, Charged(earlier.name, earlier.name, mistake))
            # It may have a name here alone. The earlier answer is kept as a digest.
            for mistake in named(verdict, question):
                charged = Charged(earlier.name, question.name, mistake)
                for made in self._prepared_whole(earlier, charged):
                    if wrong.answered == _digest([each.answer for each in made]):
                        found[mistake.name] = charged
        return found

    def _prepared_whole(
        self, question: Question, charged: Charged
    ) -> list[Sequence[MistakenAnswer]]:
        """What each member of a mistake answers to this question; cached for the class."""
        key = question.name, charged.listed, charged.mistake.name
        if key not in self._made_by_charged:
            only = replace(question, mistakes={charged.mistake.name: charged.mistake})
            self._made_by_charged[key] = [
                self._prepared(question, answers) for _, answers in self._computed(only)
            ]
        return self._made_by_charged[key]

    def _judge(
        self,
        question: Question,
        trials: list[Trial],
        ask_again: AskAgain | None,
        before: Sequence[Verdict] = (),
    ) -> Verdict:
        found = self._wrong(question, trials)
        if not found:
            message = wording.right(question, trials, self._told(question.points))
            return _verdict(question, question.points, Outcome.RIGHT, message, trials)
        named = self._mistakes_behind(question, trials)
        mistakes = [question.mistakes[name] for name in named]
        conventions = self._conventional_parts(question, mistakes)
        excused = self._excused(question, found, conventions, before, ask_again)
        points = earned(
            question,
            found,
            conventions=conventions,
            not_as_asked=self._not_as_asked,
            charged=excused.losses,
            resting=excused.cases,
        )
        own = "" if mistakes else self._own_function(question, found, ask_again)
        left = self._unexplained(question, found, named)
        if left:
            found = [(t, sorted(each, key=lambda d: d.part in left)) for t, each in found]
        message = wording.wrong(question, found, self._told(points), mistakes, own, left)
        shared = sum(each.calls == question.calls for each in self.questions.values()) > 1
        lost = losses(question, found, conventions, excused.cases) if shared else []
        again = {loss: each for loss, each in excused.losses.items() if loss in lost}
        if again or excused.cases:
            message = wording.not_counted_again(message, again, excused.cases)
        _, first = wording.told(found)
        verdict = _verdict(
            question, points, first.outcome, message, trials, first.part, " + ".join(named)
        )
        wrong = with_wrong_numbers(question, found, conventions) if shared else []
        charged = tuple(case for case in wrong if case not in excused.cases)
        return replace(verdict, lost=tuple(lost), lost_cases=charged)

    def _told(self, points: float) -> float | None:
        """The points that a message tells."""
        # Without hidden cases nobody knows yet. A worker of a cluster adds its own after a while.
        probes = (probe for of_question in self.probes.values() for probe in of_question)
        return None if all(probe.public for probe in probes) else points

    def _mistakes_behind(self, question: Question, trials: Sequence[Trial]) -> tuple[str, ...]:
        if any(trial.answer.stopped or trial.answer.unwritten for trial in trials):
            # A mistake explains every case or is not named, and none explains this one.
            return ()
        return mistakes_behind(question, trials, self.prepared_mistakes(question))

    def _trials(
        self, question: Question, probes: Sequence[Probe], answers: Sequence[Answer]
    ) -> list[Trial]:
        given = [probe.inputs for probe in probes]
        measured = self._measures.measured(question, answers, given)
        return [
            Trial(probe.case, probe.public, probe.weight, handed, probe.expected, answer)
            for probe, answer, handed in zip(
                probes, measured, map(question.handed, given), strict=True
            )
        ]

    def _wrong(self, question: Question, trials: Sequence[Trial]) -> Wrong:
        pairs = [(trial, differences_of(question, trial)) for trial in trials]
        return [(trial, found) for trial, found in pairs if found]

    def _own_function(self, question: Question, found: Wrong, ask_again: AskAgain | None) -> str:
        """Name of the student's function whose correct derivative this wrong gradient is, or ""."""
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

    def _conventional_parts(self, question: Question, mistakes: Sequence[Mistake]) -> set[str]:
        """The parts of an answer that follow another book's convention."""
        return self._parts_of(question, {each.name for each in mistakes if each.convention})

    def _unexplained(self, question: Question, found: Wrong, named: Sequence[str]) -> list[str]:
        """The wrong parts that have nothing to do with the named mistakes; empty without these."""
        parts = self._parts_of(question, named)
        wrong = dict.fromkeys(each.part for _, differences in found for each in differences)
        if not parts or WHOLE in wrong:
            return []
        return [part for part in wrong if not any(concerns(each, part) for each in parts)]

    def _parts_of(self, question: Question, named: Collection[str]) -> set[str]:
        """The parts of an answer that these mistakes change."""
        if not named:
            return set()
        catalogued = self.prepared_mistakes(question)
        return {part for name, made in catalogued if name in named for part in footprint(made)}

    def answers_of_mistakes(self, question: Question) -> dict[str, list[Answer]]:
        """The answers of each catalogued mistake to this question's probes, by its name."""
        return {
            name: self._answers_of(question, mistake) for name, mistake in question.mistakes.items()
        }

    def _answers_of(self, question: Question, mistake: Mistake) -> list[Answer]:
        return [
            question.mistaken(mistake, probe.inputs, probe.expected.value)
            for probe in self.probes[question.name]
        ]

    def mistaken_answers(self, question: Question) -> MistakenAnswers:
        """The answers of every mistake, with each choice of its constants, as they are judged."""
        if question.name in self._mistaken:
            return self._mistaken[question.name]
        return self._computed(question)

    def _computed(self, question: Question) -> MistakenAnswers:
        probes = self.probes[question.name]
        return [
            (
                mistake.name,
                [
                    self._measured_mistake(question, mistake, answer, probe)
                    for answer, probe in zip(
                        self._answers_of(question, member), probes, strict=True
                    )
                ],
            )
            for mistake in question.mistakes.values()
            for member in mistake.members
        ]

    @staticmethod
    def _measured_mistake(
        question: Question, mistake: Mistake, answer: Answer, probe: Probe
    ) -> Answer:
        if question.measured_by is None:
            return answer
        what = f"{question.name}: measuring the mistake {mistake.name}"
        with at_most(time_limit.CASE_SECONDS, what, question.seconds):
            return question.measured(answer, probe.inputs)

    def prepared_mistakes(self, question: Question) -> list[Entry]:
        """The mistakes' answers, ready for comparison; computed once and cached for the class."""
        if question.name not in self._mistaken_answers:
            self._mistaken_answers[question.name] = [
                (name, self._prepared(question, answers))
                for name, answers in self.mistaken_answers(question)
            ]
        return self._mistaken_answers[question.name]

    def _prepared(self, question: Question, answers: Sequence[Answer]) -> list[MistakenAnswer]:
        return [
            mistaken_answer(answer, probe.expected, question.returns)
            for answer, probe in zip(answers, self.probes[question.name], strict=True)
        ]


def _needs(question: Question, probes: Sequence[Probe]) -> Needs:
    """What each case needs, in order; nothing where the question does not say it."""
    if question.needed_by is None:
        return {}
    return {
        probe.case: frozenset(question.needed_by(*question.handed(probe.inputs).values()))
        for probe in probes
        if probe.public
    }


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
        answered="" if outcome is Outcome.RIGHT else _digest([each.answer for each in trials]),
    )


def _digest(answers: Sequence[Answer]) -> str:
    """A digest of the answers in float32 precision, so that rounding does not change it."""
    digest = hashlib.blake2b(digest_size=12)
    for answer in answers:
        digest.update(answer.status.encode())
        for leaf in leaves(answer.value):
            for part in _coarse_bytes(leaf):
                digest.update(part)
    return digest.hexdigest()


def _coarse_bytes(leaf: Any) -> Iterator[bytes]:
    """The bytes of a leaf in float32 precision, in parts: a student chose its size."""
    if not isinstance(leaf, np.ndarray) or leaf.dtype.kind not in "biuf":
        yield str(leaf).encode("utf-8", "replace")
        return
    entries = leaf.reshape(-1)
    with np.errstate(all="ignore"):
        for begin in range(0, leaf.size, _AT_ONCE):
            yield entries[begin : begin + _AT_ONCE].astype(np.float32).tobytes()
