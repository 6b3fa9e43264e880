"""What a student's page of a week shows, read from the course and from the service's database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Row
from starlette.requests import Request

from autograder.course import own_functions
from autograder.course.directory import Course
from autograder.feedback.verdict import ShownVerdict, of_verdict
from autograder.gradebook import reports
from autograder.gradebook.extensions import Extended, deadlines
from autograder.gradebook.graded_cells import GradedCells, graded_cells
from autograder.questions import catalogue
from autograder.records import Report
from autograder.release.start_here.write import for_students
from autograder.service import outbox, queue, regrade_requests, tokens
from autograder.service.queue import State, Upload
from autograder.service.web.errors import NotFound
from autograder.service.web.state import Service, service

NO_DATES = Extended(None, None, timedelta())
_WEEK = 6
"""Letters of a week's short name, such as week06."""


class StudentWeek:
    """One week as one student sees it; each part is read when a page first shows it.

    Args:
        shared: the service.
        student: the id on the roster.
        stem: nbgrader's name for the week, which is released.
    """

    def __init__(self, shared: Service, student: str, stem: str) -> None:
        self._shared = shared
        self.student = student
        self.stem = stem
        self.name = stem[:_WEEK]
        self.title = catalogue.title(stem)

    @property
    def course(self) -> Course:
        return self._shared.course

    @cached_property
    def dates(self) -> Extended:
        """When it is due, and the student's own extension."""
        return deadlines(self.course, self.student).get(self.stem, NO_DATES)

    @cached_property
    def files(self) -> dict[str, Path]:
        """What was released, by name."""
        return for_students(self.course, self.stem)

    @property
    def takes_own_functions(self) -> bool:
        """Whether the notebook imports the student's own functions of earlier weeks."""
        return own_functions.FILE in self.files

    @cached_property
    def attempts(self) -> list[Upload]:
        """The uploads, the newest first."""
        return queue.attempts(self._shared.engine, self.student, self.stem)

    @property
    def attempts_left(self) -> int | None:
        """How many more there may be; None for any number."""
        return self._shared.limits.attempts_left(self.student, self.stem)

    @property
    def last_graded(self) -> Upload | None:
        """The newest upload that has a verdict."""
        return next((each for each in self.attempts if each.state is State.GRADED), None)

    @cached_property
    def report(self) -> Report | None:
        """What grading found last, also by `autograder grade` or after a regrade."""
        return reports.find(self.course.root, self.stem, self.student)

    def report_on(self, upload: Upload) -> Report | None:
        """What grading found about one upload; None as long as it is not graded."""
        if upload.state is not State.GRADED or not upload.report:
            return None
        last = self.last_graded
        if last and last.id == upload.id and upload == self.attempts[0] and self.report:
            # It may have been graded again since.
            return self.report
        return reports.from_plain(json.loads(upload.report))

    @cached_property
    def is_held(self) -> bool:
        """Whether the instructor holds the grades back."""
        return outbox.is_held(self._shared.engine, self.stem)

    @cached_property
    def grade(self) -> GradedCells | None:
        """The grade with what people have added; None before it is graded or while it is held."""
        if self.is_held:
            return None
        return graded_cells(self.course.db_url, self.stem, self.student).get(self.student)

    @cached_property
    def in_lms(self) -> Sequence[Row[Any]]:
        """What the LMS has, or gets next; one row for each column there."""
        return outbox.states(self._shared.engine, self.stem, self.student)

    @cached_property
    def requests(self) -> Sequence[Row[Any]]:
        """The student's requests for another look, the newest first."""
        return regrade_requests.of_student(self._shared.engine, self.student, self.stem)

    @cached_property
    def token(self) -> tokens.Token | None:
        """The student's token for `submit()`."""
        return tokens.find(self._shared.engine, self.student, self._shared.clock())

    def late(self, upload: Upload) -> timedelta:
        """How late an upload was; zero if it was in time."""
        until = self.dates.until
        return max(timedelta(), upload.accepted - until) if until else timedelta()

    @property
    def is_over(self) -> bool:
        """Whether work is late from now on."""
        until = self.dates.until
        return until is not None and self._shared.clock() > until


@dataclass(frozen=True)
class Shown:
    """One question of a report, as the pages show it."""

    question: str
    points: float
    max_points: float
    verdict: ShownVerdict


def shown(report: Report | None) -> list[Shown]:
    """The verdicts of a report in the notebook's order."""
    found = report.verdicts if report else ()
    return [Shown(v.question, v.points, v.max_points, of_verdict(v)) for v in found]


def released(course: Course) -> list[str]:
    """nbgrader's names of the weeks that are released, in order."""
    return [each for each in catalogue.stems() if course.notebook("release", each).is_file()]


def week_of(request: Request, student: str) -> StudentWeek:
    """The week that the address names.

    Raises:
        NotFound: when there is none, or it is not released.
    """
    shared = service(request)
    name = request.path_params["week"]
    for stem in released(shared.course):
        if name in (stem, stem[:_WEEK]):
            return StudentWeek(shared, student, stem)
    raise NotFound(
        "There is no such week in this course, or it is not released yet. Open the link in your "
        "course in the LMS again, or choose one of your weeks."
    )


def upload_of(request: Request, week: StudentWeek) -> Upload:
    """The student's own upload whose number the address has.

    Raises:
        NotFound: when there is none, or it is somebody else's.
    """
    number = int(request.path_params["number"])
    for each in week.attempts:
        if each.id == number:
            return each
    raise NotFound("You have no attempt of that number in this week.")


def overview(shared: Service, student: str | None) -> list[Mapping[str, Any]]:
    """All released weeks, and where a student stands in each."""
    course = shared.course
    dates = deadlines(course, student or "")
    last = queue.attempts_by_week(shared.engine, student) if student else {}
    return [
        {
            "name": stem[:_WEEK],
            "title": catalogue.title(stem),
            "dates": dates.get(stem, NO_DATES),
            "last": last.get(stem),
        }
        for stem in released(course)
    ]
