"""Where a course stands: weeks and students, from hand-in to the LMS, and what to do next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from autograder.course.database import connected
from autograder.course.directory import Course
from autograder.errors import CourseError
from autograder.gradebook.exported import Exported, recall
from autograder.gradebook.totals import Total, totals
from autograder.intake import hand_in_time
from autograder.intake.find import find_submissions
from autograder.intake.read import read_notebook
from autograder.intake.week_of import graded_names
from autograder.light_imports import api
from autograder.records import Submission

_A_WEEK = re.compile(r"week\d\d_")


@dataclass(frozen=True)
class StudentStatus:
    """One student's work for one week.

    Attributes:
        student: the id.
        handed_in: whether a submission lies in the course.
        late: how late it was, extension included; zero if it was on time or the time is unknown.
        extension: more time that the student has.
        points: the grade; None if it is not graded.
        waiting: whether a part has to be graded by hand.
        exported: whether the last export had this grade.
    """

    student: str
    handed_in: bool = False
    late: timedelta = timedelta()
    extension: timedelta = timedelta()
    points: float | None = None
    waiting: bool = False
    exported: bool = False

    @property
    def text(self) -> str:
        """The state in a few words, for a table."""
        if not self.handed_in and self.points is None:
            return "missing"
        if self.points is None:
            return "handed in"
        state = "waiting for a person" if self.waiting else "graded"
        return f"{state}, exported" if self.exported else state


@dataclass(frozen=True)
class WeekStatus:
    """One week of the course.

    Attributes:
        week: such as week06.
        stem: nbgrader's name for it, such as week06_backpropagation.
        due: in UTC; None without a due date.
        worth: the points that it is worth in the gradebook.
        students: everybody on the roster.
        strangers: folders of submissions that belong to nobody on the roster.
        export: the last export.
    """

    week: str
    stem: str = ""
    due: datetime | None = None
    worth: float = 0.0
    students: tuple[StudentStatus, ...] = ()
    strangers: tuple[str, ...] = ()
    export: Exported | None = field(default=None, repr=False)

    def having(self, name: str) -> list[str]:
        """The ids of students whose attribute of this name holds."""
        return [each.student for each in self.students if getattr(each, name)]

    @property
    def missing(self) -> list[str]:
        """Who has handed in nothing."""
        return [each.student for each in self.students if each.text == "missing"]

    @property
    def to_grade(self) -> list[str]:
        """Whose work has not been graded."""
        return [each.student for each in self.students if each.handed_in and each.points is None]

    @property
    def graded(self) -> list[str]:
        """Whose work has been graded, by hand or not."""
        return [each.student for each in self.students if each.points is not None]

    @property
    def next_step(self) -> str:
        """The command that comes next."""
        graded = self.graded
        if self.to_grade:
            return f"autograder grade {self.week}"
        if not graded:
            return "wait for submissions, or autograder collect"
        if self.having("waiting"):
            return "jupyter lab, and there Nbgrader > Formgrader"
        if len(self.having("exported")) < len(graded):
            return f"autograder export FORMAT {self.week}"
        return "nothing"


def status(course: Course, stems: Sequence[str] = ()) -> list[WeekStatus]:
    """The weeks of a course that are released, in order.

    Args:
        course: whose gradebook and submissions are read.
        stems: names of weeks, such as week06_backpropagation; those that are not released are
            left out. Without any, all assignments of the course.

    Raises:
        CourseError: when the gradebook cannot be read.
    """
    with connected(course.db_url) as connection:
        due = {
            row.name: row.duedate
            for row in connection.execute(select(api.Assignment.name, api.Assignment.duedate))
        }
    # Weeks sort before the instructor's own assignments, in their order.
    wanted = stems or sorted(due, key=lambda name: (not _A_WEEK.match(name), name))
    return [_week(course, stem, due[stem]) for stem in wanted if stem in due]


def _week(course: Course, stem: str, due: datetime | None) -> WeekStatus:
    week = stem.partition("_")[0] if _A_WEEK.match(stem) else stem
    everyone = totals(course, stem)
    handed_in = {each.student: each for each in _handed_in(course, stem, week)}
    extensions = _extensions(course, stem)
    export = recall(course, stem)
    students = tuple(
        _student(each, handed_in.get(each.student), due, extensions.get(each.student), export)
        for each in everyone
    )
    strangers = tuple(sorted(set(handed_in) - {each.student for each in everyone}))
    worth = max((each.max_points for each in everyone), default=0.0)
    return WeekStatus(week, stem, due, worth, students, strangers, export)


def _student(
    total: Total,
    handed_in: Submission | None,
    due: datetime | None,
    extension: timedelta | None,
    export: Exported | None,
) -> StudentStatus:
    time = total.handed_in or (hand_in_time.in_utc(handed_in.timestamp) if handed_in else None)
    more = extension or timedelta()
    late = max(timedelta(), time - due - more) if time and due else timedelta()
    points = export.points.get(total.student) if export else None
    return StudentStatus(
        total.student,
        handed_in is not None,
        late,
        more,
        total.points,
        total.waiting,
        total.points is not None and points == total.points,
    )


def _handed_in(course: Course, stem: str, week: str) -> list[Submission]:
    released = course.notebook("release", stem)
    names = graded_names(read_notebook(released)) if released.is_file() else ()
    try:
        return find_submissions(course.root / "submitted", stem, week, names)
    except CourseError:
        return []


def _extensions(course: Course, stem: str) -> dict[str, timedelta]:
    owner = api.SubmittedAssignment
    with connected(course.db_url) as connection:
        rows = connection.execute(
            select(owner.student_id, owner.extension)
            .join(api.Assignment, api.Assignment.id == owner.assignment_id)
            .where(api.Assignment.name == stem, owner.extension.is_not(None))
        )
        return {row.student_id: row.extension for row in rows}
