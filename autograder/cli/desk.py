"""The instructor's desk: `status`, `extend`, `backup`, `restore`, `forget` and `export-data`."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from autograder.cli.display import screen
from autograder.cli.options import CourseOption
from autograder.errors import CourseError
from autograder.output.text import printable

StudentArgument = Annotated[str, typer.Argument(metavar="STUDENT", help="The student's id.")]
_MANY = 12


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (status, extend, backup, restore, forget):
        app.command()(command)
    app.command("export-data")(export_data)


def status(
    week: Annotated[
        str, typer.Argument(help="A week, to see every student; by default all weeks.")
    ] = "",
    course: CourseOption = Path("."),
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Show where every week stands, who is missing, and what to do next."""
    from autograder.course import directory as courses
    from autograder.gradebook import status as statuses
    from autograder.grading.plain_assignment import names_of
    from autograder.questions import catalogue

    opened = courses.load(course)
    weeks = catalogue.stems()
    names = names_of(opened, week) if week else ()
    found = statuses.status(opened, names[1:2])
    if not week:
        # Weeks in the instructor's order, then assignments of the instructor's own.
        counted = opened.settings.counted(weeks)
        found = [
            *(each for stem in counted for each in found if each.stem == stem),
            *(each for each in found if each.stem not in weeks),
        ]
    if not found:
        released = f"{names[0]} is not released" if names else "no week is released"
        raise CourseError(f"{released} in this course; run `autograder release WEEK`")
    if as_json:
        print(json.dumps([asdict(each) for each in found], indent=1, default=_as_text))
    elif week:
        _print_students(found[0])
    else:
        _print_weeks(found)


def extend(
    student: StudentArgument,
    week: Annotated[str, typer.Argument(help="The week, such as week06 or 6.")],
    extension: Annotated[
        str,
        typer.Argument(
            metavar="TIME", help="Such as 48h, 2d, 1w or '2026-12-03 23:59'; 0 takes it back."
        ),
    ],
    course: CourseOption = Path("."),
) -> None:
    """Give a student more time for a week, also before anything is handed in."""
    from autograder.course import directory as courses
    from autograder.gradebook import extensions
    from autograder.grading.plain_assignment import names_of

    opened = courses.load(course)
    name, stem, _ = names_of(opened, week)
    given = extensions.extend(opened, stem, student, extension)
    if not given.extension:
        _line(f"{student} has no extension for {name} any more.")
    elif given.until is None:
        _line(
            f"{student} has {_length(given.extension)} more for {name}, which has no due "
            "date yet: the extension counts from the day when it gets one."
        )
    else:
        _line(
            f"{student} has until {given.until:%Y-%m-%d %H:%M} UTC for {name}, "
            f"{_length(given.extension)} after the due date."
        )


def backup(
    output: Annotated[
        Path | None,
        typer.Option(help="The file to write (default: beside the course, with the time)."),
    ] = None,
    course: CourseOption = Path("."),
) -> None:
    """Write the whole course, with its gradebook and secret, into one file."""
    from autograder.course import backup as backups
    from autograder.course import directory as courses

    opened = courses.load(course)
    with screen.status("Writing the backup"):
        path = backups.back_up(opened, output)
    _line(f"Wrote {path} ({path.stat().st_size / 2**20:.1f} MB).")
    _line("It holds all grades and the secret behind the hidden cases: keep it private.")
    _line(f"To make the course from it, here or elsewhere: autograder restore {path.name} FOLDER")


def restore(
    archive: Annotated[Path, typer.Argument(help="A file that `autograder backup` wrote.")],
    directory: Annotated[Path, typer.Argument(help="Where: a new or empty directory.")],
    database: Annotated[
        str,
        typer.Option(
            metavar="URL", help="An empty PostgreSQL database, for a course that used one."
        ),
    ] = "",
) -> None:
    """Make a course from a backup."""
    from autograder.course import backup as backups

    made = backups.restore(archive, directory, database)
    _line(f"Restored the course {made.course_id} to {made.root}.")
    _line(f"Next: cd {made.root} && autograder doctor")


def forget(
    student: StudentArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    course: CourseOption = Path("."),
) -> None:
    """Delete all that the course holds about a student: grades, submissions and pages."""
    from autograder.course import directory as courses
    from autograder.course import personal_data

    opened = courses.load(course)
    question = f"Delete the grades, submissions and pages of {student} for good?"
    if not yes and not typer.confirm(printable(question)):
        raise CourseError("nothing was changed")
    gone = personal_data.forget(opened, student)
    _line(f"Deleted {student} from the gradebook, and {len(gone.deleted)} files and folders.")
    if gone.mentioned_in:
        names = [str(path.relative_to(opened.root)) for path in gone.mentioned_in[:_MANY]]
        more = f" and {len(gone.mentioned_in) - _MANY} more" if gone.mentioned_in[_MANY:] else ""
        _line(f"These files still mention them; look at each: {', '.join(names)}{more}.")
    _line("Backups, nbgrader's exchange and your LMS are not in the course: delete there as well.")


def export_data(
    student: StudentArgument,
    output: Annotated[
        Path | None, typer.Option(help="The zip to write (default: STUDENT-data.zip here).")
    ] = None,
    course: CourseOption = Path("."),
) -> None:
    """Write all that the course holds about a student into one zip."""
    from autograder.course import directory as courses
    from autograder.course import personal_data

    opened = courses.load(course)
    path = output or Path(f"{student}-data.zip")
    files = personal_data.export_data(opened, student, path)
    _line(f"Wrote {path}: what the tables hold, and {files} files.")
    _line("It holds results on hidden cases too: decide what to hand over before you send it.")


def _print_weeks(weeks: list[Any]) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("week")
    table.add_column("due (UTC)")
    for title in ("handed in", "missing", "late", "graded", "by hand", "exported"):
        table.add_column(title, justify="right")
    table.add_column("next", overflow="fold")
    for each in weeks:
        table.add_row(
            each.week,
            f"{each.due:%Y-%m-%d %H:%M}" if each.due else "none",
            *map(
                str,
                (
                    len(each.students) - len(each.missing),
                    len(each.missing),
                    len(each.having("late")),
                    len(each.graded),
                    len(each.having("waiting")),
                    len(each.having("exported")),
                ),
            ),
            escape(each.next_step),
        )
    screen.print(table)
    for each in weeks:
        if each.strangers:
            _line(f"{each.week}: {_about_strangers(each.strangers)}")
    _line("`autograder status WEEK` shows every student.")


def _print_students(week: Any) -> None:
    table = Table(box=None, pad_edge=False)
    for title in ("student", "state", "points", "late", "extension"):
        table.add_column(title, justify="right" if title == "points" else "left")
    for each in week.students:
        points = "" if each.points is None else f"{each.points:g}/{week.worth:g}"
        table.add_row(
            escape(printable(each.student)),
            each.text,
            points,
            _length(each.late) if each.late else "",
            _length(each.extension) if each.extension else "",
        )
    screen.print(table)
    due = f"due {week.due:%Y-%m-%d %H:%M} UTC" if week.due else "no due date"
    _line(
        f"{week.week}, {due}: {len(week.students)} students, {len(week.missing)} missing, "
        f"{len(week.graded)} graded, {len(week.having('waiting'))} waiting for a person."
    )
    if week.export:
        exported = f"{len(week.having('exported'))} of {len(week.graded)} grades as they are now"
        _line(f"Last exported for {week.export.to} at {week.export.when} UTC: {exported}.")
    if week.strangers:
        _line(_about_strangers(week.strangers))
    _line(f"Next: {week.next_step}")


def _about_strangers(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:_MANY]) + (", ..." if names[_MANY:] else "")
    return (
        f"nobody on the roster has the name of these folders in submitted/: {shown}. "
        "Rename them, or add the students with `autograder roster add`."
    )


def _length(time: timedelta) -> str:
    """A length of time in its two largest units."""
    minutes = int(time.total_seconds()) // 60
    units = {"day": minutes // 1440, "hour": minutes // 60 % 24, "minute": minutes % 60}
    parts = [f"{count} {name}{'' if count == 1 else 's'}" for name, count in units.items() if count]
    return " ".join(parts[:2]) or "less than a minute"


def _as_text(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _line(text: str) -> None:
    screen.print(escape(printable(text)), highlight=False, soft_wrap=True)
