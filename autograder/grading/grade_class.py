"""A class becomes rows in the gradebook: each submission takes `pipeline.grade`, many at once.

submitted/ ──what is new or changed──▶ sandboxes ──reports as they complete──▶ gradebook
           ──where a question has changed──▶ its kept answers ──new verdicts──▶
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from typing import Generic, TypeVar

from autograder.course import directory as courses
from autograder.course.directory import Course
from autograder.dispatch import local
from autograder.errors import ClusterError, CourseError, UnknownName, UnreadableNotebook
from autograder.gradebook import reports as saved
from autograder.gradebook.bulk import BulkWriter
from autograder.grading.assignment import Assignment
from autograder.grading.pipeline import (
    Content,
    grade,
    read,
    unreadable,
)
from autograder.grading.regrade import regrade_report
from autograder.grading.remote import portable, unpack_report
from autograder.grading.result_key import ResultKeys
from autograder.intake.find import find_submissions
from autograder.output.did_you_mean import hint
from autograder.records import Report, Submission
from autograder.sandbox.limits import Limits

Item = TypeVar("Item")

BATCH = 32
"""Reports that go to the database in one transaction, at most."""
SECONDS_UNWRITTEN = 3.0
"""A report waits no longer for its batch to fill while others complete: a kill costs no more."""
REWRITTEN = 128
"""Reports with some new verdicts that go there together: they come faster and are smaller."""
SUBMISSIONS_A_SANDBOX = 24
"""Starting a sandbox costs as much as grading several submissions, so a few share one."""


def submissions(course: Course, assignment: Assignment) -> list[Submission]:
    """What has been handed in for this week.

    Raises:
        CourseError: when nothing has.
    """
    folder = course.root / "submitted"
    found = find_submissions(folder, assignment.week.stem, assignment.week.name)
    if not found:
        raise CourseError(
            f"nothing is handed in for {assignment.week.name}; put notebooks at "
            f"{folder}/STUDENT/{assignment.week.stem}/{assignment.week.stem}.ipynb"
        )
    return found


def only(handed_in: Sequence[Submission], students: Collection[str]) -> list[Submission]:
    """The submissions of these students.

    Raises:
        UnknownName: when one of them has handed nothing in, with the nearest names.
    """
    known = [submission.student for submission in handed_in]
    for student in students:
        if student not in known:
            raise UnknownName(
                f"{student!r} has handed in nothing for this week{hint(student, known)}"
            )
    return [submission for submission in handed_in if submission.student in students]


def grade_course(
    course: Course,
    assignment: Assignment,
    handed_in: Sequence[Submission],
    *,
    workers: int = 0,
    isolation: str = "bubblewrap",
    limits: Limits | None = None,
    force: bool = False,
    questions: Collection[str] = (),
    cluster: str = "",
) -> Generator[Report]:
    """Grade submissions in parallel into the gradebook; yield reports as they complete.

    What an earlier run has graded and nothing has changed since is not run again. Where only
    questions have changed, they are judged again from the answers that it has kept.

    Args:
        workers: how many sandboxes; 0 for as many as the cores and the class justify.
        force: run everything.
        questions: judge these again in any case, and no others that have changed.
        cluster: a Dask scheduler's address whose workers grade, or local:N; empty for this process.

    Raises:
        SandboxError: when the asked isolation is not to be had on this machine.
        ClusterError: when the cluster is not to be had, or its workers do not fit.
        CourseError: when the gradebook cannot be written, or another run is grading the course.
        UnknownName: when the week has no question of that name.
    """
    _refuse_unknown(questions, assignment)
    allowed = assignment.limits(limits)
    with courses.alone(course), BulkWriter(course, assignment.week.stem) as writer:
        writer.sweep()
        waiting: list[Submission] = []
        unchanged: list[str] = []
        complete = set() if force else writer.complete()
        keyed = ResultKeys(assignment, isolation, allowed).with_keys(handed_in)
        with _Batches(writer.rewrite, REWRITTEN) as batches:
            for submission in keyed:
                earlier = _earlier(course, assignment, submission, complete)
                again = regrade_report(course, assignment, earlier, questions) if earlier else None
                if earlier is None or again is None:
                    waiting.append(submission)
                    continue
                if again.report.verdicts != earlier.verdicts:
                    batches.add((again.report, again.changed))
                if not again.changed:
                    unchanged.append(submission.student)
                yield replace(again.report, kept=not again.report.judged_again)
        writer.renew_penalties(unchanged)
        if not waiting:
            return
        if cluster:
            reports = _graded_on_cluster(waiting, assignment, cluster, isolation, allowed)
        else:
            reports = _graded_here(waiting, assignment, workers, isolation, allowed)
        # Also when the run is stopped, what was graded is kept.
        with _Batches(writer.write, BATCH) as batches, closing(reports):
            for report in reports:
                batches.add(report)
                yield report


class _Batches(AbstractContextManager["_Batches[Item]"], Generic[Item]):
    """Gathers what goes to the database in one transaction; writes the rest at the end."""

    def __init__(self, write: Callable[[list[Item]], None], largest: int) -> None:
        self._write = write
        self._largest = largest
        self._batch: list[Item] = []
        self._written = time.monotonic()

    def add(self, item: Item) -> None:
        """Take one more; write them all where they are enough or have waited long."""
        self._batch.append(item)
        waited = time.monotonic() - self._written
        if len(self._batch) >= self._largest or waited > SECONDS_UNWRITTEN:
            self._flush()

    def _flush(self) -> None:
        full, self._batch = self._batch, []
        self._write(full)
        self._written = time.monotonic()

    def __exit__(self, *error: object) -> None:
        self._flush()


def _refuse_unknown(questions: Collection[str], assignment: Assignment) -> None:
    known = list(assignment.week.questions)
    for name in questions:
        if name not in known:
            raise UnknownName(f"{assignment.week.name} has no question {name!r}{hint(name, known)}")


def _earlier(
    course: Course, assignment: Assignment, submission: Submission, complete: set[str]
) -> Report | None:
    """The report of an earlier run, where running the submission again would change no answer."""
    if submission.student not in complete or not submission.key:
        return None
    report = saved.find(course.root, assignment.week.stem, submission.student)
    return report if report and report.key == submission.key else None


def _graded_here(
    waiting: Sequence[Submission],
    assignment: Assignment,
    workers: int,
    isolation: str,
    limits: Limits,
) -> Generator[Report]:
    """Reports as this machine's sandboxes complete them."""
    return local.run(
        waiting,
        lambda submission, sandbox: grade(submission, assignment, sandbox),
        lost=lambda submission, error: unreadable(submission, assignment, str(error)),
        workers=workers or min(local.cores(), 1 + len(waiting) // SUBMISSIONS_A_SANDBOX),
        isolation=isolation,
        limits=limits,
        libraries=assignment.libraries,
    )


def _graded_on_cluster(
    waiting: Sequence[Submission],
    assignment: Assignment,
    address: str,
    isolation: str,
    limits: Limits,
) -> Generator[Report]:
    """Reports as a Dask cluster's workers complete them."""
    try:
        from autograder.dispatch import cluster
    except ModuleNotFoundError as missing:
        raise ClusterError(
            f"--cluster needs {missing.name}, which is not installed; run pip install with the "
            "`cluster` extra"
        ) from None
    zeros: list[Report] = []

    def readable() -> Iterator[tuple[Submission, Content]]:
        for submission in waiting:
            try:
                yield submission, read(submission)
            except UnreadableNotebook as reason:
                zero = unreadable(submission, assignment, str(reason))
                zeros.append(replace(zero, key=submission.key))

    reports = cluster.run(
        readable(),
        portable(assignment, isolation, limits),
        unpack_report,
        address=address,
        lost=lambda submission, error: unreadable(submission, assignment, str(error)),
    )
    with closing(reports):
        for report in reports:
            yield report
            while zeros:
                yield zeros.pop()
    yield from zeros
