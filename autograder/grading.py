"""A class becomes rows in the gradebook: each submission takes `pipeline.grade`, many at once.

submitted/ ──what is new or changed──▶ sandboxes ──reports as they complete──▶ gradebook
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

from autograder import course as courses
from autograder.assignment import Assignment
from autograder.course import Course
from autograder.dispatch import local
from autograder.errors import CourseError
from autograder.gradebook import reports as saved
from autograder.gradebook.bulk import BulkWriter
from autograder.intake.folders import find_submissions
from autograder.pipeline import grade, unreadable
from autograder.records import Report, Submission
from autograder.result_key import ResultKeys
from autograder.sandbox.limits import Limits

BATCH = 32
"""Reports that go to the database in one transaction, at most."""
SECONDS_UNWRITTEN = 1.0
"""A report waits no longer for its batch to fill while others complete: a kill costs no more."""
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


def grade_course(
    course: Course,
    assignment: Assignment,
    handed_in: Sequence[Submission],
    *,
    workers: int = 0,
    isolation: str = "bubblewrap",
    limits: Limits | None = None,
    force: bool = False,
) -> Iterator[Report]:
    """Grade submissions in parallel into the gradebook; yield reports as they complete.

    Args:
        workers: how many sandboxes; 0 for as many as the cores and the class justify.
        force: also run what an earlier run has graded and nothing has changed since.

    Raises:
        SandboxError: when the asked isolation is not to be had on this machine.
        CourseError: when the gradebook cannot be written, or another run is grading the course.
    """
    allowed = assignment.limits(limits)
    with courses.alone(course), BulkWriter(course, assignment.week.stem) as writer:
        writer.sweep()
        waiting: list[Submission] = []
        kept: list[str] = []
        complete = set() if force else writer.complete()
        for submission in ResultKeys(assignment, isolation, allowed).with_keys(handed_in):
            report = _kept(course, assignment, submission, complete)
            if report is None:
                waiting.append(submission)
            else:
                kept.append(submission.student)
                yield report
        writer.renew_penalties(kept)
        reports = _graded_here(waiting, assignment, workers, isolation, allowed)
        batch: list[Report] = []
        written = time.monotonic()
        try:
            for report in reports:
                batch.append(report)
                yield report
                if len(batch) >= BATCH or time.monotonic() - written > SECONDS_UNWRITTEN:
                    full, batch = batch, []
                    writer.write(full)
                    written = time.monotonic()
        finally:
            # Also when the run is stopped: what was graded is kept.
            reports.close()
            writer.write(batch)


def _kept(
    course: Course, assignment: Assignment, submission: Submission, complete: set[str]
) -> Report | None:
    """The report of an earlier run, where running the submission again could change nothing."""
    if submission.student not in complete or not submission.key:
        return None
    report = saved.find(course.root, assignment.week.stem, submission.student)
    return replace(report, kept=True) if report and report.key == submission.key else None


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
        flavour=assignment.flavour,
    )
