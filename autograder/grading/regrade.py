"""Regrade a corrected question from recorded answers, without running students' code.

    report + recorded answers ──changed questions──▶ judge ──▶ report + names of changed verdicts

If an answer was never recorded (a new case, other inputs, a changed driver), nothing is guessed:
that submission has to be run again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
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
    if list(before) != list(assignment.week.questions):
        return None
    keys = assignment.question_keys
    due = set(named) or {name for name in before if before[name].key != keys[name]}
    if not due:
        return Regraded(report, ())
    try:
        verdicts = _verdicts(course, assignment, report, due)
    except NotRecorded:
        return None
    except Exception:
        # A bug in the grader: the run that follows will hit it too, and report it.
        return None
    now = {verdict.question: verdict for verdict in verdicts}
    changed = [name for name in now if replace(now[name], key="") != replace(before[name], key="")]
    stopped = report.stopped + _stopped(verdicts) - _stopped(report.verdicts)
    report = replace(report, verdicts=tuple(verdicts), stopped=stopped, judged_again=True)
    return Regraded(report, tuple(changed))


def _verdicts(
    course: Course, assignment: Assignment, report: Report, due: Collection[str]
) -> list[Verdict]:
    """All verdicts: new for questions that are due or build on one that became right or wrong."""
    if report.unreadable:
        verdicts_now = zeros(assignment, report.unreadable)
        pairs = zip(verdicts_now, report.verdicts, strict=True)
        return [new if new.question in due else old for new, old in pairs]
    recorded = RecordedAnswers(answer_files.find(course.root, assignment.week.stem, report))
    verdicts: list[Verdict] = []
    flipped: set[str] = set()
    for old in report.verdicts:
        new = old
        question = assignment.week.questions[old.question]
        if old.question in due or flipped & set(question.builds_on):
            answers = recorded.question(old.question)
            judged = _judged(assignment, answers, old.question, verdicts)
            new = replace(judged, seconds=old.seconds)
        if new.right != old.right:
            flipped.add(old.question)
        verdicts.append(new)
    return verdicts


def _judged(
    assignment: Assignment, recorded: QuestionAnswers, name: str, before: Sequence[Verdict]
) -> Verdict:
    def ask_again(
        question: Question, given: Sequence[Inputs], replaced: Sequence[str]
    ) -> list[Answer]:
        return recorded.read(assignment.follow_up_digests(question, given, replaced))

    answers = recorded.read(assignment.digests[name])
    return verdict_on(assignment, name, answers, before, ask_again)


def _stopped(verdicts: Sequence[Verdict]) -> int:
    return sum(verdict.outcome in (Outcome.TIMED_OUT, Outcome.CRASHED) for verdict in verdicts)
