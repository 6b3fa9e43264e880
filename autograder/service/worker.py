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
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from autograder.course import directory as courses
from autograder.course.directory import Course
from autograder.course.roster import all_students
from autograder.dispatch.local import cores
from autograder.dispatch.warm import WarmSandboxes
from autograder.errors import AutograderError, CourseBusy, CourseError
from autograder.gradebook import reports
from autograder.gradebook.totals import Fingerprint, fingerprints
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
"""After the database was gone."""
SPARE = 1
"""Sandboxes beyond one per core: for one submission that hangs until its time limit."""
CLUSTER_BATCH = 64
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

    Several uploads, or groups of them, are graded at once, each in a lane of its own: one that
    hangs until its time limit holds up its lane and nobody else's. As long as a lane is busy, the
    worker holds the course's lock.

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
        sandboxes = (self._how.workers or cores()) + SPARE
        # A cluster spreads one call over its workers.
        self._lanes = 1 if self._how.cluster else sandboxes + 1
        self._sandboxes = WarmSandboxes(sandboxes, self._how.isolation)
        self._taking = threading.Lock()
        self._busy = 0
        self._lock = ExitStack()
        self._followed = 0.0
        self._following = threading.Lock()
        self._stamp: tuple[tuple[int, int] | None, outbox.Reach] | None = None
        self._known: dict[str, tuple[Fingerprint | None, outbox.Reach]] = {}

    def run(self, stop: threading.Event) -> None:
        """Grade until told to stop; what is being graded then is finished first."""
        while not stop.is_set():
            try:
                queue.recover(self._engine)
                break
            except SQLAlchemyError as error:
                logs.trouble("database", error)
                stop.wait(BUSY_SECONDS)
        with self._sandboxes:
            lanes = [threading.Thread(target=self._lane, args=(stop,)) for _ in range(self._lanes)]
            for lane in lanes:
                lane.start()
            for lane in lanes:
                lane.join()

    def _lane(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                if not self.step():
                    self.follow_gradebook()
                    stop.wait(LOOK_SECONDS)
            except Exception as error:
                # The database, or a bug.
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
        taken = self._take()
        if not taken:
            return 0
        try:
            self._grade_or_put_back(taken)
        except Exception as error:
            # The database is gone, or a bug: these uploads must not stay in nobody's hands.
            logs.trouble("worker", error, week=taken[0].assignment)
            self._recover(taken)
        finally:
            self._leave()
        return len(taken)

    def _grade_or_put_back(self, taken: Sequence[Upload]) -> None:
        try:
            self._grade(taken)
            return
        except AutograderError as error:
            logs.trouble("not graded", error, week=taken[0].assignment)
            problem = str(error)
        except OSError as error:
            logs.trouble("not graded", error, week=taken[0].assignment)
            problem = f"a file cannot be used: {error.strerror}"
        due = datetime.now(UTC) + timedelta(seconds=TROUBLE_SECONDS)
        queue.put_back(self._engine, taken, problem, due)

    def _take(self) -> list[Upload]:
        """Take what is next, and the course's lock if no lane has it."""
        with self._taking:
            if not queue.is_waiting(self._engine):
                return []
            if not self._busy:
                try:
                    self._lock.enter_context(courses.alone(self._weeks.course))
                except CourseBusy:
                    # `autograder grade` or `backup` is running.
                    return []
            taken: list[Upload] = []
            try:
                most = queue.BATCH if not self._how.cluster else CLUSTER_BATCH
                taken = queue.take(self._engine, most=most)
            finally:
                if taken:
                    self._busy += 1
                elif not self._busy:
                    self._lock.close()
        return taken

    def _leave(self) -> None:
        with self._taking:
            self._busy -= 1
            if not self._busy:
                self._lock.close()

    def _recover(self, taken: Sequence[Upload]) -> None:
        """Let uploads wait again after an error; while the database is gone, try it again."""
        while True:
            try:
                queue.recover(self._engine, [each.id for each in taken])
                return
            except SQLAlchemyError as error:
                logs.trouble("database", error)
                time.sleep(BUSY_SECONDS)

    def follow_gradebook(self) -> None:
        """Tell the outbox of grades that changed by other ways: by hand, `extend`, `grade`."""
        if time.monotonic() < self._followed + FOLLOW_SECONDS:
            return
        if not self._following.acquire(blocking=False):
            return
        try:
            self._follow(self._weeks.course)
        except CourseError as error:
            logs.trouble("gradebook", error)
        finally:
            self._followed = time.monotonic()
            self._following.release()

    def _follow(self, course: Course) -> None:
        stamp = gradebook_stamp(course), outbox.reach(self._engine)
        if stamp[0] is not None and stamp == self._stamp:
            return
        now = fingerprints(course)
        for stem in outbox.weeks(self._engine, catalogue.stems()):
            known = now.get(stem), stamp[1]
            if known == self._known.get(stem):
                continue
            with self._taking:
                # What is being graded is in the gradebook before it is in the outbox.
                if self._busy:
                    return
                self._tell_outbox(course, stem)
            self._known[stem] = known
        self._stamp = stamp

    def _tell_outbox(self, course: Course, stem: str) -> None:
        graded = grades(course, stem)
        send_unfinished = course.settings.service.grades == "so far"
        with self._engine.begin() as connection:
            if outbox.want(connection, stem, graded, send_unfinished=send_unfinished):
                self._told()

    def _grade(self, taken: Sequence[Upload]) -> None:
        began = time.monotonic()
        stem = taken[0].assignment
        course = self._weeks.course
        assignment = self._weeks.assignment(stem)
        on_roster = {student.id for student in all_students(course.db_url)}
        if gone := [each for each in taken if each.student not in on_roster]:
            queue.fail(self._engine, gone, GONE)
        uploads = {each.student: each for each in taken if each.student in on_roster}
        if not uploads:
            return
        handed_in = [self._hand_in(each) for each in uploads.values()]
        found = self._reports(assignment, handed_in, taken[0])
        graded = grades(course, stem, set(found), found)
        seconds = (time.monotonic() - began) / len(taken) / max(1, self._busy)
        self._write(uploads, found, graded, seconds)
        logs.event(
            "graded",
            week=stem,
            uploads=[each.id for each in uploads.values()],
            seconds=round(time.monotonic() - began, 3),
        )
        self._told()

    def _hand_in(self, upload: Upload) -> Submission:
        course = self._weeks.course
        if upload.is_regrade:
            return submitted.submission(course, upload)
        return submitted.put(course, upload, queue.files(self._engine, upload))

    def _reports(
        self, assignment: Assignment, handed_in: Sequence[Submission], first: Upload
    ) -> dict[str, Report]:
        """The reports by student; everything is in the gradebook when this returns."""
        # A question that is gone since it was asked for leaves a new run of everything.
        questions = {first.question} & assignment.week.questions.keys()
        made = grade_course(
            self._weeks.course,
            assignment,
            handed_in,
            isolation=self._how.isolation,
            workers=self._how.workers,
            cluster=self._how.cluster,
            force=first.is_regrade and not questions,
            questions=questions,
            sandboxes=self._sandboxes,
            locked=True,
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
