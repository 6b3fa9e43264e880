"""The worker: takes what waits, grades it as `autograder grade` does, and fills the outbox.

    queue ──▶ submitted/ ──▶ grade_course ──▶ gradebook, report ──▶ upload graded + outbox (one
                                                                    transaction)

Every step can be done twice without harm. So a worker that is killed loses nothing: the next one
takes up the uploads that were in its hands, and runs nobody's code again whose result was written.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from autograder.course.roster import enrolled
from autograder.dispatch.warm import WarmSandboxes
from autograder.errors import AutograderError, CourseBusy, CourseError
from autograder.gradebook import reports
from autograder.grading.assignment import Assignment
from autograder.grading.grade_class import grade_course
from autograder.questions import catalogue
from autograder.records import Report, Submission
from autograder.service import logs, outbox, queue, submitted
from autograder.service.grades import Grade, gradebook_stamp, grades
from autograder.service.queue import Upload
from autograder.service.weeks import Weeks

LOOK_SECONDS = 0.2
"""How often an idle worker looks for uploads."""
BUSY_SECONDS = 1.0
"""While `autograder grade` is running in the course."""
FOLLOW_SECONDS = 5.0
"""How often it looks whether the gradebook was changed by somebody else."""
TROUBLE_SECONDS = 20.0
"""After something else failed, such as a week that is not as it was released."""
GONE = (
    "This student is not on the roster any more. The notebook is kept. "
    "Next: the instructor adds the student, and grades it again."
)


@dataclass(frozen=True)
class How:
    """How submissions are run; see `grade_course`."""

    isolation: str = "bubblewrap"
    workers: int = 0
    cluster: str = ""


class Worker:
    """Grades what waits in the queue; only one may run for a course.

    Args:
        engine: the service's database.
        weeks: the course.
        how: how submissions are run.
        told: is called when there is something to send.
    """

    def __init__(
        self,
        engine: Engine,
        weeks: Weeks,
        how: How | None = None,
        told: Callable[[], None] = lambda: None,
    ) -> None:
        self._engine = engine
        self._weeks = weeks
        self._how = how or How()
        self._told = told
        self._sandboxes = WarmSandboxes(self._how.workers, self._how.isolation)
        self._followed = 0.0
        self._stamp: tuple[int, int] | None = None

    def run(self, stop: threading.Event) -> None:
        """Grade until told to stop; what is being graded then is finished first."""
        unsure = True
        with self._sandboxes:
            while not stop.is_set():
                try:
                    if unsure:
                        queue.recover(self._engine)
                        unsure = False
                    if not self.step():
                        self.follow_gradebook()
                        stop.wait(LOOK_SECONDS)
                except Exception as error:
                    # The database, or a bug; what is marked as running is in nobody's hands now.
                    unsure = True
                    logs.trouble("worker", error)
                    stop.wait(BUSY_SECONDS)

    def warm_up(self, stems: Sequence[str]) -> None:
        """Load weeks and start their sandboxes, before the first upload."""
        for stem in stems:
            try:
                assignment = self._weeks.assignment(stem)
                if not self._how.cluster:
                    self._sandboxes.start(assignment.limits(), assignment.libraries)
            except AutograderError as error:
                logs.trouble("week not ready", error, week=stem)

    def step(self) -> int:
        """Grade the uploads that are next, together; how many there were."""
        taken = queue.take(self._engine)
        if not taken:
            return 0
        try:
            self._grade(taken)
        except CourseBusy as error:
            self._put_back(taken, str(error), BUSY_SECONDS)
        except AutograderError as error:
            logs.trouble("not graded", error, week=taken[0].assignment)
            self._put_back(taken, str(error), TROUBLE_SECONDS)
        except OSError as error:
            logs.trouble("not graded", error, week=taken[0].assignment)
            self._put_back(taken, f"a file cannot be used: {error.strerror}", TROUBLE_SECONDS)
        return len(taken)

    def follow_gradebook(self) -> None:
        """Tell the outbox of grades that changed by other ways: by hand, `extend`, `grade`."""
        now = time.monotonic()
        if now < self._followed + FOLLOW_SECONDS:
            return
        self._followed = now
        try:
            course = self._weeks.course
            stamp = gradebook_stamp(course)
            if stamp is not None and stamp == self._stamp:
                return
            send_unfinished = course.settings.service.grades == "so far"
            for stem in outbox.weeks(self._engine, catalogue.stems()):
                graded = grades(course, stem)
                with self._engine.begin() as connection:
                    if outbox.want(connection, stem, graded, send_unfinished=send_unfinished):
                        self._told()
            self._stamp = stamp
        except CourseError as error:
            logs.trouble("gradebook", error)

    def _put_back(self, taken: Sequence[Upload], problem: str, seconds: float) -> None:
        due = datetime.now(UTC) + timedelta(seconds=seconds)
        queue.put_back(self._engine, taken, problem, due)

    def _grade(self, taken: Sequence[Upload]) -> None:
        began = time.monotonic()
        stem = taken[0].assignment
        course = self._weeks.course
        assignment = self._weeks.assignment(stem)
        on_roster = {student.id for student in enrolled(course.db_url)}
        if gone := [each for each in taken if each.student not in on_roster]:
            queue.fail(self._engine, gone, GONE)
        uploads = {each.student: each for each in taken if each.student in on_roster}
        if not uploads:
            return
        handed_in = [self._hand_in(each) for each in uploads.values()]
        found = self._reports(assignment, handed_in, force=taken[0].is_regrade)
        graded = grades(course, stem, set(found), found)
        seconds = (time.monotonic() - began) / len(taken)
        self._write(uploads, found, graded, seconds)
        logs.event(
            "graded",
            week=stem,
            uploads=[each.id for each in uploads.values()],
            seconds=round(seconds * len(taken), 3),
        )
        self._told()

    def _hand_in(self, upload: Upload) -> Submission:
        course = self._weeks.course
        if upload.is_regrade:
            return submitted.submission(course, upload)
        return submitted.put(course, upload, queue.files(self._engine, upload))

    def _reports(
        self, assignment: Assignment, handed_in: Sequence[Submission], *, force: bool
    ) -> dict[str, Report]:
        """The reports by student; everything is in the gradebook when this returns."""
        made = grade_course(
            self._weeks.course,
            assignment,
            handed_in,
            isolation=self._how.isolation,
            workers=self._how.workers,
            cluster=self._how.cluster,
            force=force,
            sandboxes=self._sandboxes,
        )
        with closing(made):
            return {report.student: report for report in made}

    def _write(
        self,
        uploads: Mapping[str, Upload],
        found: Mapping[str, Report],
        graded: Mapping[str, Grade],
        seconds: float,
    ) -> None:
        send_unfinished = self._weeks.course.settings.service.grades == "so far"
        with self._engine.begin() as connection:
            for student, upload in uploads.items():
                grade = graded.get(student)
                queue.finish(
                    connection,
                    upload,
                    seconds=seconds,
                    points=grade.points if grade else None,
                    max_points=grade.max_points if grade else None,
                    report=_told_to_students(found[student]),
                )
            for is_new in (True, False):
                outbox.want(
                    connection,
                    next(iter(uploads.values())).assignment,
                    {
                        student: grade
                        for student, grade in graded.items()
                        if uploads[student].is_regrade != is_new
                    },
                    new_attempts=is_new,
                    send_unfinished=send_unfinished,
                )


def _told_to_students(report: Report) -> str:
    """A report as JSON, without what only the grader needs."""
    plain = reports.as_plain(report) | {"texts": ()}
    return json.dumps(plain)
