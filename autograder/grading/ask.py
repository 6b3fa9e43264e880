"""The order in which a submission is asked its cases.

First come the public cases, then those public cases that follow-through needs and those that are
asked in double precision too, then all hidden ones.
A process that has seen hidden inputs is never asked a public case again, since it could put them
into its answer, which the student is shown. When only hidden cases reveal a mistake, the sandbox
has to run the notebook again in a fresh process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from autograder.answer import Answer, Status
from autograder.double_precision import FLOAT32, mentions_float32
from autograder.grading.assignment import Assignment
from autograder.grading.called import Called
from autograder.grading.follow_through import SolutionFunctions
from autograder.grading.hidden_answers import without_words
from autograder.grading.not_run import NotRun
from autograder.intake.names import names_in
from autograder.judging.advice.next_step import RAISED_ABOVE
from autograder.output.did_you_mean import nearest
from autograder.questions.define import Inputs, Question
from autograder.records import Outcome
from autograder.sandbox.open_calls import Solution
from autograder.sandbox.requests import Answers, CellResult, EncodedAsks
from autograder.sandbox.session import Session


class Asker:
    """Asks one submission the cases of its assignment.

    Args:
        assignment: the questions and their cases.
        session: the submission in the sandbox.
        solution: answers calls to functions that the student got wrong.
        called: tells which functions answers call.
        not_run: tells where a missing name stands; None to say nothing of it.
    """

    def __init__(
        self,
        assignment: Assignment,
        session: Session,
        solution: SolutionFunctions,
        called: Called,
        not_run: NotRun | None = None,
    ) -> None:
        self._assignment = assignment
        self._called = called
        self._not_run = not_run
        self._session = session
        self._solution = solution
        self._prefetched: dict[tuple[str, tuple[str, ...]], list[Answer]] = {}
        self._known: dict[tuple[str, tuple[str, ...]], list[Answer]] = {}

    def ask_all(self) -> dict[str, list[Answer]]:
        """The answers to all cases of every question, in the order of the judge's probes."""
        answers = self._ask(self._assignment.public_asks)
        self._prefetch(self._by_question(answers))
        stopped = self._stopped_already(answers)
        hidden = self._assignment.hidden_asks
        if stopped:
            hidden = hidden.where(lambda ask: ask.id not in stopped)
        answers |= self._ask(hidden) | stopped
        answers |= self._why_missing(answers)
        found = self._by_question(answers)
        self._known = {(name, ()): each for name, each in found.items()}
        return found

    def ask_again(
        self, question: Question, given: Sequence[Inputs], replaced: Sequence[str]
    ) -> list[Answer]:
        """Call a question's function with other inputs, some functions replaced by the solution's.

        Args:
            question: the question.
            given: one set of named inputs per call.
            replaced: names of the functions to replace; and `FLOAT32`, by float64, where the
                same cases have been asked without it.

        Returns:
            One answer per set of inputs.
        """
        others = tuple(name for name in replaced if name != FLOAT32)
        if FLOAT32 in replaced and not self._mentions_float32:
            return self._known[question.name, others]
        prefetched = self._prefetched.get((question.name, tuple(replaced)), [])
        public = map(id, self._public(question.name))
        before = dict(zip(public, prefetched, strict=False))
        left = [inputs for inputs in given if id(inputs) not in before]
        asks = self._assignment.follow_up_asks(question, left, replaced)
        if others and left:
            self._solution.start()
        answers = self._ask(asks, self._solution)
        new = (answers[ask.id] for ask in asks.asks)
        found = [before[id(each)] if id(each) in before else next(new) for each in given]
        if replaced:
            self._known[question.name, tuple(replaced)] = found
        return found

    @cached_property
    def _mentions_float32(self) -> bool:
        return mentions_float32(self._session.source)

    def _ask(self, asks: EncodedAsks, solution: Solution | None = None) -> Answers:
        """The answers, without the words of those to hidden cases."""
        answers = self._session.ask(asks, solution, self._assignment.callees)
        for ask in asks.asks:
            answer = answers[ask.id]
            if ask.hidden and (answer.error or answer.line):
                cell = self._session.source_above(ask.question)
                answers[ask.id] = without_words(answer, cell)
            elif (error := self._explained(answer.error)) != answer.error:
                answers[ask.id] = replace(answer, error=error)
        return answers

    def _explained(self, error: str) -> str:
        """The error, with the place of a name that is missing."""
        return self._not_run.explained(error) if self._not_run else error

    def _prefetch(self, answers: dict[str, list[Answer]]) -> None:
        """Ask now for the public cases that the judge will want again, replaced or in float64.

        Once hidden cases have been asked, these would need a fresh process.
        """
        answers = {name: self._decisive(name, public) for name, public in answers.items()}
        week, judge = self._assignment.week, self._assignment.judge
        if self._assignment.source is None:
            return
        listed = {name for each in week.questions.values() for name in each.builds_on}
        at_fault: set[str] = set()
        for name, question in week.questions.items():
            concerned = name in listed or question.builds_on or self._called.is_named(name)
            if not (concerned or at_fault or self._assignment.own_functions):
                continue
            outcome = judge.public_outcome(name, answers[name])
            calls = self._called.by(name, at_fault)
            culprits = self._assignment.culprits(name, at_fault, calls)
            if culprits and outcome is not Outcome.RIGHT:
                again = self.ask_again(question, self._public(name), culprits)
                self._prefetched[name, tuple(culprits)] = again
                outcome = judge.public_outcome(name, self._decisive(name, again, culprits))
            # As for the judge, one that is right by follow-through is not at fault.
            if outcome is not Outcome.RIGHT:
                at_fault.add(name)

    def _decisive(
        self, name: str, public: Sequence[Answer], replaced: Sequence[str] = ()
    ) -> list[Answer]:
        """The answers to public cases that the judge will go by: in float64 if it asks for that.

        Args:
            name: the question.
            public: its answers in its own precision.
            replaced: the functions that were replaced by the solution's.
        """
        judge = self._assignment.judge
        if not self._mentions_float32 or not judge.depends_on_precision(name, public):
            return list(public)
        names = (*replaced, FLOAT32)
        question = self._assignment.week.questions[name]
        self._prefetched[name, names] = self.ask_again(question, self._public(name), names)
        return self._prefetched[name, names]

    def _stopped_already(self, public: Answers) -> Answers:
        """The answers to hidden cases whose public draw was stopped.

        They are not asked: the case is lost, and would take its time limit once more.
        """
        stopped: dict[tuple[str, str], Answer] = {}
        found: Answers = {}
        probes = (
            probe
            for name in self._assignment.week.questions
            for probe in self._assignment.judge.probes[name]
        )
        for ask, probe in zip(self._assignment.asks.asks, probes, strict=True):
            case = ask.question, probe.case
            if probe.public and public[ask.id].stopped:
                stopped[case] = public[ask.id]
            elif case in stopped:
                found[ask.id] = stopped[case]
        return found

    def _public(self, name: str) -> list[Inputs]:
        return [p.inputs for p in self._assignment.judge.probes[name] if p.public]

    def _by_question(self, answers: Answers) -> dict[str, list[Answer]]:
        found: dict[str, list[Answer]] = {name: [] for name in self._assignment.week.questions}
        for ask in self._assignment.asks.asks:
            if ask.id in answers:
                found[ask.question].append(answers[ask.id])
        return found

    def _why_missing(self, answers: Answers) -> Answers:
        """The missing answers, each with the reason: how the cell above its check ended."""
        explained: Answers = {}
        for ask in self._assignment.asks.asks:
            if answers[ask.id].status is Status.MISSING:
                above = self._session.above(ask.question)
                error = self._explained(_ended(above)) if above else ""
                error = error or self._named_otherwise(ask.question) or self._place(ask.question)
                explained[ask.id] = replace(answers[ask.id], error=error)
        return explained

    def _place(self, question: str) -> str:
        """Where the name that is asked for stands in a place that did not run; empty if nowhere."""
        calls = self._assignment.week.questions[question].calls
        return self._not_run.place_of(calls) if self._not_run else ""

    def _named_otherwise(self, question: str) -> str:
        """What the cell above a check defines under a similar name; empty if nothing."""
        questions = self._assignment.week.questions
        above = names_in(self._session.source_above(question)).defined
        own = above - {each.calls for each in questions.values()}
        near = nearest(questions[question].calls, sorted(own), 1, 0.7)
        return f"the cell above it defines `{near[0]}`" if near else ""


def _ended(cell: CellResult) -> str:
    if cell.status is not Status.RETURNED:
        return cell.error
    return f"{RAISED_ABOVE}{cell.error}" if cell.error else ""
