"""A mended question is judged again from kept answers; no student's code is run.

    report + its answers ──questions that have changed──▶ judge ──▶ report, and what is new in it

What the answers do not hold (a new case, other inputs, a driver that asks otherwise) is not
guessed: that submission has to be run again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from autograder.answer import Answer
from autograder.course.directory import Course
from autograder.gradebook import answers as kept_answers
from autograder.grading.assignment import Assignment
from autograder.grading.pipeline import nothing, verdict_on
from autograder.grading.recorded_answers import KeptBook, NotInBook, Page
from autograder.questions.define import Inputs, Question
from autograder.records import Outcome, Report, Verdict


@dataclass(frozen=True)
class Regraded:
    """A report as it stands now, and the questions whose verdict is not what it was."""

    report: Report
    changed: tuple[str, ...]


def judge_again(
    course: Course, assignment: Assignment, report: Report, named: Collection[str] = ()
) -> Regraded | None:
    """Judge anew, from kept answers, the questions that have changed since a report was made.

    Args:
        course: where the answers are kept.
        assignment: the week, its questions as they are now.
        report: what an earlier run found in a submission that is still the same.
        named: judge these questions whether they have changed or not, and leave others as they
            are; empty for those that have changed.

    Returns:
        The report with new verdicts; the same report where nothing had to be judged. None where
        the kept answers do not suffice, so that the submission has to be run again.
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
    except NotInBook:
        return None
    except Exception:
        # A fault of the grader's own: the run that follows meets it too, and records it.
        return None
    now = {verdict.question: verdict for verdict in verdicts}
    changed = [name for name in now if replace(now[name], key="") != replace(before[name], key="")]
    stopped = report.stopped + _stopped(verdicts) - _stopped(report.verdicts)
    report = replace(report, verdicts=tuple(verdicts), stopped=stopped, judged_again=True)
    return Regraded(report, tuple(changed))


def _verdicts(
    course: Course, assignment: Assignment, report: Report, due: Collection[str]
) -> list[Verdict]:
    """Every question's verdict: new where it is due, and where one that it builds on turned."""
    if report.unreadable:
        zeros = nothing(assignment, report.unreadable)
        pairs = zip(zeros, report.verdicts, strict=True)
        return [new if new.question in due else old for new, old in pairs]
    book = KeptBook(kept_answers.find(course.root, assignment.week.stem, report))
    verdicts: list[Verdict] = []
    turned: set[str] = set()
    for old in report.verdicts:
        new = old
        question = assignment.week.questions[old.question]
        if old.question in due or turned & set(question.builds_on):
            judged = _judged(assignment, book.page(old.question), old.question, verdicts)
            new = replace(judged, seconds=old.seconds)
        if new.right != old.right:
            turned.add(old.question)
        verdicts.append(new)
    return verdicts


def _judged(assignment: Assignment, page: Page, name: str, before: Sequence[Verdict]) -> Verdict:
    def ask_again(
        question: Question, given: Sequence[Inputs], replaced: Sequence[str]
    ) -> list[Answer]:
        return page.read(assignment.digests(question, given, replaced))

    return verdict_on(assignment, name, page.read(assignment.asked[name]), before, ask_again)


def _stopped(verdicts: Sequence[Verdict]) -> int:
    return sum(verdict.outcome in (Outcome.TIMED_OUT, Outcome.CRASHED) for verdict in verdicts)
