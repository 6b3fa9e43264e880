"""Weeks and students as they stand: the same table as `autograder status`, and what the LMS has."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Row

from autograder.course.directory import Course
from autograder.course.roster import Student, all_students
from autograder.gradebook.status import StudentStatus, WeekStatus, status
from autograder.service import outbox, queue, regrade_requests
from autograder.service.outbox import State
from autograder.service.queue import Upload
from autograder.service.web.instructor_page import TaughtWeek, name_of, weeks_of
from autograder.service.web.state import Service

RECENT_SECONDS = 8.0
_LOOKING = threading.Lock()
_seen: WeakKeyDictionary[Engine, tuple[float, Overview | None]] = WeakKeyDictionary()
# What needs attention is last.
_IN_LMS = {
    State.DELIVERED: "delivered",
    State.UNFINISHED: "sent once all is graded",
    State.DUE: "on its way",
    State.REFUSED: "refused",
}


@dataclass(frozen=True)
class Standing:
    """One student in one week.

    Attributes:
        status: as `autograder status` has it.
        in_lms: what the LMS has, in a few words; empty for nothing.
        problem: why the LMS refuses the grade.
    """

    status: StudentStatus
    in_lms: str = ""
    problem: str = ""

    @property
    def text(self) -> str:
        """The state in a few words; exports are the command line's."""
        return self.status.text.removesuffix(", exported")

    @property
    def kind(self) -> str:
        """How the table marks it: "missing", "waiting" or "graded"."""
        if self.status.points is None:
            return "waiting" if self.status.handed_in else "missing"
        return "waiting" if self.status.waiting else "graded"


@dataclass(frozen=True)
class Taught:
    """One week with its students.

    Attributes:
        week: which one.
        status: as `autograder status` has it.
        students: by id.
        is_held: whether its grades are held back from the LMS.
        failed: uploads that could not be graded, through no fault of theirs.
        requests: how many requests for another look are not answered.
    """

    week: TaughtWeek
    status: WeekStatus
    students: Mapping[str, Standing]
    is_held: bool
    failed: list[Upload] = field(default_factory=list)
    requests: int = 0

    @property
    def due(self) -> datetime | None:
        """When it is due; None without a date."""
        return self.status.due.replace(tzinfo=UTC) if self.status.due else None

    @property
    def to_do(self) -> list[str]:
        """What waits for staff."""
        counted = (
            (len(self.status.having("waiting")), "to grade by hand"),
            (self.requests, "to answer"),
            (len(self.failed), "not graded"),
            (self.in_lms[_IN_LMS[State.REFUSED]], "refused by the LMS"),
        )
        held = ["held back"] if self.is_held else []
        return [f"{count} {what}" for count, what in counted if count] + held

    def page_of(self, student: str) -> str:
        """The page of a student's work for this week."""
        return self.week.page_of(student)

    @property
    def in_lms(self) -> Counter[str]:
        """How many grades stand how in the LMS."""
        return Counter(each.in_lms for each in self.students.values() if each.in_lms)


@dataclass(frozen=True)
class Overview:
    """All weeks and all students."""

    weeks: list[Taught]
    roster: list[Student]


def overview(shared: Service) -> Overview:
    """All released weeks with everybody on the roster."""
    course = shared.course
    weeks = weeks_of(course)
    return Overview(_weeks(shared, course, weeks) if weeks else [], roster(course))


def recent(shared: Service) -> Overview:
    """The same, at most some seconds old: pages that follow by themselves share one look."""
    with _LOOKING:
        when, found = _seen.get(shared.engine, (-RECENT_SECONDS, None))
        if found is None or time.monotonic() - when >= RECENT_SECONDS:
            found = overview(shared)
            _seen[shared.engine] = time.monotonic(), found
        return found


def one_week(shared: Service, week: TaughtWeek) -> Taught:
    """One week with everybody on the roster."""
    return _weeks(shared, shared.course, [week])[0]


def roster(course: Course) -> list[Student]:
    """Everybody, by last name."""
    found = all_students(course.db_url)
    return sorted(found, key=lambda each: (name_of(each).casefold(), each.id))


def _weeks(shared: Service, course: Course, weeks: list[TaughtWeek]) -> list[Taught]:
    known = {each.stem: each for each in weeks}
    requests = regrade_requests.unanswered(shared.engine)
    return [
        Taught(
            known[each.stem],
            each,
            _students(each, outbox.states(shared.engine, each.stem)),
            outbox.is_held(shared.engine, each.stem),
            queue.failed(shared.engine, each.stem),
            requests.get(each.stem, 0),
        )
        for each in status(course, list(known))
    ]


def _students(week: WeekStatus, rows: list[Row[Any]]) -> dict[str, Standing]:
    # Who is in two courses of an LMS has two columns; what needs attention is shown.
    order = list(_IN_LMS)
    sent = {row.student: row for row in sorted(rows, key=lambda row: order.index(row.state))}
    found = {}
    for each in week.students:
        row_of = sent.get(each.student)
        words = _IN_LMS[State(row_of.state)] if row_of else ""
        found[each.student] = Standing(each, words, (row_of.problem or "") if row_of else "")
    return found
