"""Regrade a corrected question from recorded answers, without running students' code.

    report + recorded answers ──changed questions──▶ judge ──▶ report + names of changed verdicts

If an answer was never recorded (a new case, other inputs, a changed driver), nothing is guessed:
that submission has to be run again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from autograder.answer import Answer
from autograder.course.directory import Course
from autograder.gradebook import answers as answer_files
from autograder.grading.assignment import Assignment
from autograder.grading.pipeline import verdict_on, zeros
from autograder.grading.recorded_answers import NotRecorded, QuestionAnswers, RecordedAnswers
from autograder.questions.define import Inputs, Question
from autograder.records import Outcome, Report, Verdict


@dataclass(frozen=True)
class Regraded:
    """An updated report, and the questions whose verdicts changed."""

    report: Report
    changed: tuple[str, ...]


def regrade_report(
    course: Course, assignment: Assignment, report: Report, named: Collection[str] = ()
) -> Regraded | None:
    """Judge again the questions that have changed since a report was made.

    Args:
        course: where the answers were recorded.
        assignment: the week, with its questions as they are now.
        report: an earlier report on a submission that has not changed since.
        named: judge exactly these questions; empty for those that have changed.

    Returns:
        The report with new verdicts, or the same report if no question was due. None if the
        recorded answers do not suffice, so that the submission has to be run again.
    """
    before = {verdict.question: verdict for verdict in report.verdicts}
    known = {*assignment.week.questions, *assignment.decisions.gone, *assignment.tests}
    if before.keys() != known:
        return None
    due = set(named) or _due(assignment, before)
    try:
        verdicts = _verdicts(course, assignment, report, due)
    except NotRecorded:
        return None
    except Exception:
        # A bug in the grader: the run that follows will hit it too, and report it.
        return None
    now = {verdict.question: verdict for verdict in verdicts}
    if not due and now == before:
        return Regraded(report, ())
    changed = [name for name in now if replace(now[name], key="") != replace(before[name], key="")]
    stopped = report.stopped + _stopped(verdicts) - _stopped(report.verdicts)
    report = replace(report, verdicts=tuple(verdicts), stopped=stopped, judged_again=True)
    return Regraded(report, tuple(changed))


def _due(assignment: Assignment, before: Mapping[str, Verdict]) -> set[str]:
    """The questions to judge: corrected ones, ones with other points, and ones decided no more."""
    keys = assignment.question_keys
    return {
        name
        for name, question in assignment.week.questions.items()
        if (old := before[name]).key != keys[name]
        or old.max_points != question.points
        or (old.decision and not assignment.decisions.about(name))
    }


def _verdicts(
    course: Course, assignment: Assignment, report: Report, due: Collection[str]
) -> list[Verdict]:
    """All verdicts: new for questions that are due or build on one that became right or wrong."""
    if report.unreadable:
        now = {each.question: each for each in zeros(assignment, report.unreadable)}
        return [now[old.question] if old.question in due else old for old in report.verdicts]
    recorded = RecordedAnswers(answer_files.find(course.root, assignment.week.stem, report))
    verdicts: list[Verdict] = []
    flipped: set[str] = set()
    moved: set[str] = set()
    for old in report.verdicts:
        new = old
        question = assignment.week.questions.get(old.question)
        if question is None:
            continue
        built_on = flipped & {*question.builds_on, *old.calls}
        # An error in a function is charged in the first question that shows it.
        if old.question in due or built_on or question.calls in moved:
            try:
                answers = recorded.question(old.question)
                judged = _judged(assignment, answers, old, verdicts)
                new = replace(judged, seconds=old.seconds)
            except NotRecorded:
                if built_on or question.calls in moved or not _differs_in_points(assignment, old):
                    raise
                new = _rescaled(old, question.points)
        if new.at_fault != old.at_fault:
            flipped.add(old.question)
        if _charged(new) != _charged(old):
            moved.add(question.calls)
        verdicts.append(new)
    return [
        *assignment.decisions.settle(verdicts, report.verdicts),
        *(_at_its_worth(old, assignment) for old in report.verdicts if old.plain),
    ]


def _charged(verdict: Verdict) -> tuple[object, ...]:
    """What later questions on the same function look at, in order not to charge it again."""
    return verdict.mistake, verdict.answered, verdict.lost, verdict.lost_cases


def _at_its_worth(old: Verdict, assignment: Assignment) -> Verdict:
    """The verdict on one of the instructor's own tests, which may be worth something else now."""
    worth = assignment.worth_of_tests[old.question]
    return old if worth == old.max_points or not old.max_points else _rescaled(old, worth)


def _differs_in_points(assignment: Assignment, old: Verdict) -> bool:
    """Whether a verdict would be the same but for the points that its question is worth."""
    worth = assignment.week.questions[old.question].points
    same = old.key == assignment.question_keys[old.question] and not old.decision
    return same and old.max_points > 0 and old.max_points != worth


def _rescaled(verdict: Verdict, worth: float) -> Verdict:
    """The same verdict on a question that is worth something else now."""
    points = round(verdict.points / verdict.max_points * worth, 2)
    told, new = (
        f" · {part:g} of {whole:g} points"
        for part, whole in ((verdict.points, verdict.max_points), (points, worth))
    )
    heading, newline, rest = verdict.message.partition("\n")
    message = heading.replace(told, new) + newline + rest
    return replace(verdict, points=points, max_points=worth, message=message)


def _judged(
    assignment: Assignment, recorded: QuestionAnswers, old: Verdict, before: Sequence[Verdict]
) -> Verdict:
    def ask_again(
        question: Question, given: Sequence[Inputs], replaced: Sequence[str]
    ) -> list[Answer]:
        return recorded.read(assignment.follow_up_digests(question, given, replaced))

    answers = recorded.read(assignment.digests[old.question])
    return verdict_on(assignment, old.question, answers, before, ask_again, old.calls)


def _stopped(verdicts: Sequence[Verdict]) -> int:
    return sum(verdict.outcome in (Outcome.TIMED_OUT, Outcome.CRASHED) for verdict in verdicts)
