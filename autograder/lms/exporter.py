"""What an exporter is: one function in one file, found by its entry point.

    def export(weeks: Sequence[WeekGrades], *, template: Template) -> Export:
        "One line, which `autograder export --help` shows."

It is given the weeks' grades and returns the finished files as bytes; reading the gradebook,
writing the files and printing are done for it. Its keyword parameters, annotated as typer wants
them, are its own options on the command line. Another distribution adds one by

    [project.entry-points."autograder.exporters"]
    my-lms = "my_package.my_lms:export"
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Annotated, Any

import typer

from autograder.course.directory import Course
from autograder.course.people import Roster
from autograder.course.roster import Student
from autograder.errors import CourseError, UnknownName
from autograder.feedback.comment import comment
from autograder.gradebook.reports import load
from autograder.gradebook.totals import Total, totals
from autograder.output.did_you_mean import hint
from autograder.output.files import write_whole
from autograder.records import Report

GROUP = "autograder.exporters"

Template = Annotated[
    Path, typer.Option(help="The file downloaded from the LMS, which is filled in.")
]
Column = Annotated[
    str, typer.Option(help="The column to fill: its id or title. Not needed where one matches.")
]


@dataclass(frozen=True)
class WeekGrades:
    """What is known of one week when its grades go home.

    `totals` are the students whose grade may be exported, in the order of their ids; `points` of
    None means that nothing was handed in. `held_back` are those who wait for a person's grading
    and are left out, `waiting` those who wait and are exported all the same. `everyone` is the
    whole course, to find people by.
    """

    course: Course = field(repr=False)
    week: str
    stem: str
    title: str
    totals: tuple[Total, ...]
    held_back: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    everyone: tuple[Total, ...] = ()

    @property
    def max_points(self) -> float:
        """What the week is worth in the gradebook."""
        return max((total.max_points for total in self.everyone or self.totals), default=0.0)

    @cached_property
    def roster(self) -> Roster:
        """Everybody, held back or not: two who share a name must not be taken for one."""
        return Roster(
            Student(each.student, each.last_name, each.first_name, each.email, each.lms_id)
            for each in self.everyone
        )

    @cached_property
    def reports(self) -> Mapping[str, Report]:
        """What grading found, by student; empty where nothing was graded by autograder."""
        try:
            found = load(self.course, self.stem)
        except CourseError:
            return {}
        return {report.student: report for report in found}

    @cached_property
    def comments(self) -> Mapping[str, str]:
        """The short plain text for each exported student's comment field, by student."""
        exported = {total.student for total in self.totals}
        return {
            student: comment(report)
            for student, report in self.reports.items()
            if student in exported
        }


@dataclass(frozen=True)
class Export:
    """What an exporter made.

    `files` maps a file's name to its bytes, the main one first: `--output` renames that one, the
    others are written beside it. `notes` are printed sentences; `problems` too, and they make the
    command end with exit code 3, since students were left out.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


Exporter = Callable[..., Export]


def one_week(weeks: Sequence[WeekGrades], name: str) -> WeekGrades:
    """The only week, for an LMS whose file holds one assignment.

    Raises:
        CourseError: when there are several.
    """
    if len(weeks) != 1:
        raise CourseError(
            f"{name} takes one week at a time, received "
            f"{', '.join(each.week for each in weeks)}; run it once for each"
        )
    return weeks[0]


def names() -> list[str]:
    """The exporters that are installed."""
    return sorted({point.name for point in entry_points(group=GROUP)})


def find(name: str) -> Exporter:
    """The exporter called `name`.

    Raises:
        UnknownName: when there is none, with the nearest names.
        CourseError: when it is installed and cannot be loaded.
    """
    found = [point for point in entry_points(group=GROUP) if point.name == name]
    if not found:
        installed = ", ".join(names()) or "none at all, so install this package again"
        raise UnknownName(
            f"There is no exporter {name!r}{hint(name, names()) or f'; installed: {installed}'}"
        )
    return _load(found[0])


def _load(point: EntryPoint) -> Exporter:
    try:
        exporter: Any = point.load()
    except Exception as error:
        raise CourseError(
            f"the exporter {point.name} ({point.value}) cannot be loaded: "
            f"{type(error).__name__}: {error}"
        ) from None
    if not callable(exporter):
        raise CourseError(
            f"the exporter {point.name} ({point.value}) is {type(exporter).__name__}, "
            "expected a function"
        )
    found: Exporter = exporter
    return found


def grades(course: Course, week: str, stem: str, title: str, with_waiting: bool) -> WeekGrades:
    """A week's grades out of the gradebook.

    Args:
        course: whose gradebook is read.
        week, stem, title: of the week, as the catalogue has them.
        with_waiting: keep the students for whom a person has still to grade a part.

    Raises:
        CourseError: when the week is not in the gradebook.
    """
    everyone = tuple(totals(course, stem))
    waiting = tuple(total.student for total in everyone if total.waiting)
    if with_waiting:
        return WeekGrades(course, week, stem, title, everyone, (), waiting, everyone)
    kept = tuple(total for total in everyone if not total.waiting)
    return WeekGrades(course, week, stem, title, kept, waiting, (), everyone)


def write(files: Mapping[str, bytes], output: Path | None) -> list[Path]:
    """Write an export's files, each whole or not at all.

    Args:
        files: their names and bytes, the main one first.
        output: where the main one goes; the others stand beside it. None: the working directory.

    Raises:
        CourseError: when one cannot be written.
    """
    folder = output.parent if output else Path()
    paths = [folder / name for name in files]
    if output and paths:
        paths[0] = output
    try:
        for path, content in zip(paths, files.values(), strict=True):
            write_whole(path, content)
    except OSError as error:
        raise CourseError(f"{path} cannot be written: {error.strerror}") from None
    return paths


def about_waiting(week: WeekGrades) -> list[str]:
    """What is said of the students whose manual grading is open; nothing where there are none."""
    if week.held_back:
        return [
            f"{week.week}: {people(week.held_back)} left out, for a part is still to be graded "
            "by a person; --with-waiting exports the points they have so far."
        ]
    if week.waiting:
        return [
            f"{week.week}: {people(week.waiting)} exported with the points they have so far; "
            "a part is still to be graded by a person."
        ]
    return []


def people(students: Sequence[str], shown: int = 20) -> str:
    """`3 students (ada, bob, eve)`: how many and who, the first of them where they are many."""
    few = ", ".join(students[:shown]) + (", ..." if len(students) > shown else "")
    return f"{len(students)} student{'' if len(students) == 1 else 's'} ({few})"


def everybody(students: Sequence[str]) -> str:
    """The same with no name left out, for those whom a person has to look after."""
    return people(students, len(students))
