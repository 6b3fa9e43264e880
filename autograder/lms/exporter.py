"""The interface of an exporter: one function, found by its entry point.

    def export(weeks: Sequence[WeekGrades], *, template: Template) -> Export:
        "One line, which `autograder export --help` shows."

It receives the weeks' grades and returns finished files as bytes. Reading the gradebook, writing
the files and printing are done for it. Its keyword parameters, annotated for typer, become its
options on the command line. Another distribution adds an exporter with

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
from autograder.feedback.comment import NOBODY, comment
from autograder.gradebook.by_hand import ByHand, by_hand
from autograder.gradebook.reports import load
from autograder.gradebook.totals import Total, totals
from autograder.output.did_you_mean import hint
from autograder.output.files import write_whole
from autograder.records import Report

GROUP = "autograder.exporters"

Template = Annotated[
    Path, typer.Option(help="The file downloaded from the LMS. A filled copy is written.")
]
Column = Annotated[
    str, typer.Option(help="The column to fill, by id or title. Not needed if just one matches.")
]


@dataclass(frozen=True)
class WeekGrades:
    """One week's grades, ready to be exported.

    Attributes:
        totals: the students whose grade is exported, sorted by id; points of None mean that
            nothing was handed in.
        held_back: ids of students who are left out until their manual grading is done.
        waiting: ids of students who are exported although their manual grading is not done.
        everyone: all students of the course, for matching people.
        by_hand: what people have added to the automatic grades, by student.
    """

    course: Course = field(repr=False)
    week: str
    stem: str
    title: str
    totals: tuple[Total, ...]
    held_back: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    everyone: tuple[Total, ...] = ()
    by_hand: Mapping[str, ByHand] = field(default_factory=dict, repr=False)

    @property
    def max_points(self) -> float:
        """The points that the week is worth in the gradebook."""
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
        """The reports by student; empty if autograder graded nothing."""
        try:
            found = load(self.course, self.stem)
        except CourseError:
            return {}
        return {report.student: report for report in found}

    @cached_property
    def comments(self) -> Mapping[str, str]:
        """The text for the comment field of each exported student."""
        exported = {total.student: total for total in self.totals}
        found = {each: report for each, report in self.reports.items() if each in exported}
        return {
            student: comment(report, exported[student], self.by_hand.get(student, NOBODY))
            for student, report in found.items()
        }


@dataclass(frozen=True)
class Export:
    """The result of an exporter.

    Attributes:
        files: names and contents, the main file first. `--output` renames the main file; the
            others are written beside it.
        notes: sentences to print.
        problems: sentences to print about students who were left out; exit code 3.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


Exporter = Callable[..., Export]


def one_week(weeks: Sequence[WeekGrades], name: str) -> WeekGrades:
    """The only week, for an LMS whose file holds a single assignment.

    Raises:
        CourseError: if there are several.
    """
    if len(weeks) != 1:
        raise CourseError(
            f"{name} takes one week at a time, received "
            f"{', '.join(each.week for each in weeks)}. Next: run it once per week"
        )
    return weeks[0]


def names() -> list[str]:
    """Names of the installed exporters."""
    return sorted({point.name for point in entry_points(group=GROUP)})


def find(name: str) -> Exporter:
    """The exporter called `name`.

    Raises:
        UnknownName: if there is none; the message suggests similar names.
        CourseError: if it is installed and cannot be loaded.
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
    """Read a week's grades from the gradebook.

    Args:
        course: whose gradebook is read.
        week, stem, title: of the week, as the catalogue has them.
        with_waiting: also export students whose manual grading is not done.

    Raises:
        CourseError: if the week is not in the gradebook.
    """
    everyone = tuple(totals(course, stem))
    waiting = tuple(total.student for total in everyone if total.waiting)
    people = by_hand(course, stem)
    if with_waiting:
        return WeekGrades(course, week, stem, title, everyone, (), waiting, everyone, people)
    kept = tuple(total for total in everyone if not total.waiting)
    return WeekGrades(course, week, stem, title, kept, waiting, (), everyone, people)


def write(files: Mapping[str, bytes], output: Path | None) -> list[Path]:
    """Write an export's files, each completely or not at all.

    Args:
        files: names and contents, the main file first.
        output: path of the main file, with the others beside it; None: the working directory.

    Returns:
        The paths of the files.

    Raises:
        CourseError: if one cannot be written.
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
    """A sentence about the students whose manual grading is not done, if there are any."""
    if week.held_back:
        return [
            f"{week.week}: {people(week.held_back)} left out until manual grading is done; "
            "--with-waiting exports the points so far."
        ]
    if week.waiting:
        return [
            f"{week.week}: {people(week.waiting)} exported with the points so far; "
            "their manual grading is not done."
        ]
    return []


def people(students: Sequence[str], shown: int = 20) -> str:
    """How many and who, such as `3 students (ada, bob, eve)`; of many, only the first are named."""
    few = ", ".join(students[:shown]) + (", ..." if len(students) > shown else "")
    return f"{len(students)} student{'' if len(students) == 1 else 's'} ({few})"


def everybody(students: Sequence[str]) -> str:
    """The same with every name, for students whom the instructor has to look at."""
    return people(students, len(students))
