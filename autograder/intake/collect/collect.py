"""Collect a platform's export into nbgrader's folder `submitted/`, completely or not at all.

Read `collect` first; `by_student` decides what becomes of each student's attempts. Replaced
submissions are kept in `.autograder/earlier/ASSIGNMENT/STUDENT/`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from autograder.course import roster
from autograder.course.directory import Course
from autograder.course.people import Roster
from autograder.errors import UnusableSource
from autograder.intake import moodle_worksheet
from autograder.intake.collect import archives, canvas, moodle, sources
from autograder.intake.collect import groups as groups_of
from autograder.intake.collect.attempts import Attempt
from autograder.intake.collect.by_student import LEFT_OUT, ByStudent, Line
from autograder.intake.moodle_worksheet import MoodleWorksheet
from autograder.intake.week_of import names_in_file


@dataclass(frozen=True)
class Collection:
    """The result of collecting.

    Attributes:
        kind: the platform.
        lines: one per student or unmatched submission.
        missing: ids of students who handed in nothing.
        times_known: whether the files' times are submission times.
        notes: sentences about the source.
        alarms: sentences about times that cannot be right.
    """

    kind: str
    lines: tuple[Line, ...]
    missing: tuple[str, ...]
    times_known: bool
    notes: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()

    @property
    def left_out(self) -> list[Line]:
        return [line for line in self.lines if line.result == LEFT_OUT]


def collect(
    course: Course,
    assignment: str,
    week: str,
    source: Path,
    *,
    kind: str = "",
    dry_run: bool = False,
    worksheet: Path | None = None,
    zone: tzinfo | None = None,
    groups: Path | None = None,
    records: Sequence[canvas.Submitted] = (),
) -> Collection:
    """Put a class's submissions where they are graded.

    Args:
        course: the course, whose roster says who its students are.
        assignment: nbgrader's name for the week, such as week06_backpropagation.
        week: such as week06, which many students use as the file name.
        source: a zip archive or a folder.
        kind: a name in `platforms.PARSERS`, such as canvas; empty to detect it.
        dry_run: change nothing.
        worksheet: Moodle's grading worksheet of the assignment, which names everybody.
        zone: of the local times in an archive; None for the course's own, if it states one.
        groups: a CSV file of the groups that hand in together.
        records: what Canvas says of everybody's submission.

    Raises:
        UnusableSource: if the source is refused; then nothing has changed.
        CourseError: if the course has no students, or cannot be written.
    """
    students = roster.enrolled(course.db_url)
    people = Roster(students)
    if source.resolve().is_relative_to((course.root / "submitted").resolve()):
        raise UnusableSource(
            f"{source} is where submissions are collected to. Next: grade them as they are"
        )
    with archives.entries(source) as entries:
        kind, attempts = sources.attempts(entries, assignment, week, kind)
        sheet = _worksheet(kind, worksheet, groups)
        confirmed = sheet is not None and moodle.times_are_confirmed(attempts, sheet)
        if kind == "moodle":
            listed = groups_of.by_group(groups_of.read(groups)) if groups else moodle.NO_GROUPS
            attempts = moodle.identify(attempts, sheet, people, listed)
        own_zone = "" if zone else course.settings.timezone
        attempts, times = sources.settle_times(
            kind,
            attempts,
            ZoneInfo(own_zone) if own_zone else zone,
            unpacked=source.is_dir(),
            assumed=bool(own_zone),
            confirmed=confirmed,
        )
        attempts, alarm = _with_groups(kind, attempts, groups, records, people)
        if records:
            times = sources.Times(True)
        names = names_in_file(course.notebook("release", assignment))
        work = ByStudent(course, assignment, week, kind, times.known, names)
        work.times_stated = bool(records) or kind in sources.SAY_TIMES
        lines = work.match(attempts, people)
        if not dry_run:
            with work.store.staging() as staging:
                work.write(staging)
    collected = {line.student for line in lines if line.student}
    missing = tuple(student.id for student in students if student.id not in collected)
    left_out = sum(line.result == LEFT_OUT for line in lines)
    about_people = moodle.advice(left_out, sheet) if kind == "moodle" else ""
    about_late = moodle.about_lateness(_handed_in(lines), course.settings.due.get(week))
    notes = tuple(filter(None, (times.about, about_people, about_late if sheet else "")))
    alarms = (*_alarms(times), *filter(None, [alarm]))
    return Collection(kind, tuple(lines), missing, times.known, notes, alarms)


def _handed_in(lines: Sequence[Line]) -> list[tuple[str, bool, datetime]]:
    return [(line.student, line.late, line.time) for line in lines if line.student and line.time]


def _worksheet(kind: str, worksheet: Path | None, groups: Path | None) -> MoodleWorksheet | None:
    if worksheet is None:
        return None
    if groups:
        raise UnusableSource(
            "Moodle's worksheet names the members of groups itself. Next: leave --groups out"
        )
    if kind != "moodle":
        raise UnusableSource(
            f"--worksheet is for Moodle's archives, and this one is from {kind}. Next: leave it out"
        )
    return moodle_worksheet.read(worksheet)


def _with_groups(
    kind: str,
    attempts: list[Attempt],
    file: Path | None,
    records: Sequence[canvas.Submitted],
    students: Roster,
) -> tuple[list[Attempt], str]:
    """The attempts with every member of a group, and a warning if groups are likely and unknown."""
    if records:
        if kind != "canvas":
            raise UnusableSource(
                f"Canvas was asked for the times, and this archive is from {kind}. Next: leave "
                "--course-id and --assignment-id out"
            )
        return canvas.with_records(attempts, records)
    if file and kind != "moodle":
        return groups_of.with_members(attempts, groups_of.read(file)), ""
    return attempts, canvas.about_groups(attempts, students) if kind == "canvas" else ""


def _alarms(times: sources.Times) -> tuple[str, ...]:
    if not times.in_future:
        return ()
    shown = ", ".join(times.in_future[:5]) + (", ..." if len(times.in_future) > 5 else "")
    return (
        f"{len(times.in_future)} times lie in the future and are not used ({shown}). Next: set the "
        "clock of this machine, or of the one that wrote them.",
    )
