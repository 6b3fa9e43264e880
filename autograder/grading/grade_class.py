"""Grade a class into the gradebook: many submissions at once, each through `pipeline.grade`.

submitted/ ──new or changed submissions──▶ sandboxes ──────────▶ reports ──▶ gradebook
           ──changed questions───────────▶ recorded answers ──▶ verdicts ─┘
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import replace
from typing import Generic, TypeVar

from autograder.course import directory as courses
from autograder.course.directory import Course
from autograder.dispatch import local
from autograder.dispatch.warm import WarmSandboxes
from autograder.errors import (
    ClusterError,
    CourseError,
    UnknownName,
    UnreadableNotebook,
    WorkerLost,
)
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
from autograder.sandbox.session import Sandbox

Item = TypeVar("Item")

BATCH = 32
"""The most reports written to the database in one transaction."""
SECONDS_UNWRITTEN = 3.0
"""The longest that a finished report waits to be written: a kill loses no more than that."""
REWRITTEN = 128
"""The same for regraded reports, which arrive faster and are smaller."""
SUBMISSIONS_A_SANDBOX = 24
"""Starting a sandbox costs as much as grading several submissions, so small classes share one."""


def submissions(course: Course, assignment: Assignment) -> list[Submission]:
    """All submissions handed in for this week.

    Raises:
        CourseError: when there are none.
    """
    folder = course.root / "submitted"
    week = assignment.week
    found = find_submissions(folder, week.stem, week.name, assignment.cell_names)
    if not found:
        raise CourseError(
            f"nothing is handed in for {assignment.week.name}; put notebooks at "
            f"{folder}/STUDENT/{assignment.week.stem}/{assignment.week.stem}.ipynb"
        )
    return found


def only(handed_in: Sequence[Submission], students: Collection[str]) -> list[Submission]:
    """The submissions of these students.

    Raises:
        UnknownName: when one of them has handed in nothing; the message has the nearest names.
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
    sandboxes: WarmSandboxes | None = None,
    locked: bool = False,
) -> Generator[Report]:
    """Grade submissions in parallel into the gradebook; yield reports as they complete.

    Submissions that an earlier run graded and that have not changed since are not run again. If
    only questions have changed, those are regraded from recorded answers.

    Args:
        course: the course, whose gradebook is written.
        assignment: the week.
        handed_in: the submissions to grade.
        workers: number of sandboxes (0: choose from cores and class size).
        isolation: "bubblewrap" or "process" (see `Sandbox`).
        limits: what each submission may use; the default limits if None.
        force: run every submission again.
        questions: regrade these, changed or not, and no others; empty for those that changed.
        cluster: address of a Dask scheduler, or local:N; empty to grade on this machine.
        sandboxes: of this isolation, that outlast this run; by default new ones.
        locked: whether the caller holds the course's lock. Several of these may then run at once,
            as long as each grades other students.

    Raises:
        SandboxError: when this isolation is not available on this machine.
        ClusterError: when the cluster is not available, or its workers differ from this machine.
        CourseError: when the gradebook cannot be written, or another run is grading the course.
        UnknownName: when the week has no question of that name.
    """
    _refuse_unknown(questions, assignment)
    allowed = assignment.limits(limits)
    lock = nullcontext() if locked else courses.alone(course)
    with lock, BulkWriter(course, assignment.week.stem) as writer:
        if not locked:
            writer.sweep()
        writer.match_points()
        complete = set() if force else writer.complete()
        keyed = ResultKeys(assignment, isolation, allowed).with_keys(handed_in)
        waiting = yield from _regraded(course, assignment, keyed, complete, questions, writer)
        if not waiting:
            return
        if cluster:
            reports = _graded_on_cluster(waiting, assignment, cluster, isolation, allowed)
        else:
            reports = _graded_here(waiting, assignment, workers, isolation, allowed, sandboxes)
        # The batch is also written when the run is interrupted, so no finished report is lost.
        with _Batches(writer.write, BATCH) as batches, closing(reports):
            for report in reports:
                report = _with_earlier(course, assignment, report)
                batches.add(report)
                yield report


def _regraded(
    course: Course,
    assignment: Assignment,
    keyed: Sequence[Submission],
    complete: set[str],
    questions: Collection[str],
    writer: BulkWriter,
) -> Generator[Report, None, list[Submission]]:
    """Yield reports on submissions that need not be run again; return the other submissions.

    Args:
        course: the course.
        assignment: the week.
        keyed: the submissions, with their result keys.
        complete: students whose earlier report is in the gradebook.
        questions: as in `grade_course`.
        writer: writes new verdicts into the gradebook.
    """
    waiting: list[Submission] = []
    unchanged: list[str] = []
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
    return waiting


class _Batches(AbstractContextManager["_Batches[Item]"], Generic[Item]):
    """Collects items and writes them in batches; the rest is written on exit.

    Args:
        write: writes one batch in one transaction.
        largest: the most items in a batch.
    """

    def __init__(self, write: Callable[[list[Item]], None], largest: int) -> None:
        self._write = write
        self._largest = largest
        self._batch: list[Item] = []
        self._written = time.monotonic()

    def add(self, item: Item) -> None:
        """Add an item; write the batch if it is full or has waited `SECONDS_UNWRITTEN`."""
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
    """An earlier run's report, if running the submission again could not change its answers."""
    if submission.student not in complete or not submission.key:
        return None
    report = saved.find(course.root, assignment.week.stem, submission.student)
    return report if report and report.key == submission.key else None


def _with_earlier(course: Course, assignment: Assignment, report: Report) -> Report:
    """A new report that keeps what an earlier run found of questions that are gone since."""
    gone = assignment.decisions.gone
    earlier = saved.find(course.root, assignment.week.stem, report.student) if gone else None
    if earlier is None or report.unreadable:
        return report
    questions = assignment.week.questions
    judged = [verdict for verdict in report.verdicts if verdict.question in questions]
    others = [each for each in report.verdicts if each.question not in {*questions, *gone}]
    settled = assignment.decisions.settle(judged, earlier.verdicts)
    return replace(report, verdicts=(*settled, *others))


def _graded_here(
    waiting: Sequence[Submission],
    assignment: Assignment,
    workers: int,
    isolation: str,
    limits: Limits,
    sandboxes: WarmSandboxes | None,
) -> Generator[Report]:
    """Reports as this machine's sandboxes complete them."""

    def do(submission: Submission, sandbox: Sandbox) -> Report:
        return grade(submission, assignment, sandbox)

    def lost(submission: Submission, error: WorkerLost) -> Report:
        return unreadable(submission, assignment, str(error))

    if sandboxes:
        return sandboxes.run(waiting, do, lost=lost, limits=limits, libraries=assignment.libraries)
    return local.run(
        waiting,
        do,
        lost=lost,
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
