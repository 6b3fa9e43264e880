"""`autograder roster`: see who is in the course, add students, update details, remove students."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from autograder.cli.display import screen
from autograder.cli.options import CourseOption
from autograder.course.enrolment import Changes
from autograder.errors import CourseError
from autograder.output.text import printable

_app = typer.Typer(help="See who is in the course; add, update and remove students.")

_NAMES = {"last_name": "last name", "first_name": "first name", "lms_user_id": "LMS id"}


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(_app, name="roster")


@_app.command("list")
def list_students(course: CourseOption = Path(".")) -> None:
    """Print every student of the course."""
    from autograder.course import directory as courses
    from autograder.course.roster import enrolled

    opened = courses.load(course)
    table = Table(box=None, pad_edge=False)
    for title in ("id", "last name", "first name", "e-mail", "LMS id"):
        table.add_column(title)
    students = enrolled(opened.db_url)
    for each in students:
        cells = (each.id, each.last_name, each.first_name, each.email, each.lms_user_id)
        table.add_row(*(escape(printable(cell or "")) for cell in cells))
    screen.print(table)
    screen.print(f"{len(students)} student{'' if len(students) == 1 else 's'}.")


@_app.command()
def add(
    student: Annotated[str, typer.Argument(metavar="ID", help="The student's id.")],
    last_name: Annotated[str, typer.Option(help="The last name.")] = "",
    first_name: Annotated[str, typer.Option(help="The first name.")] = "",
    email: Annotated[str, typer.Option(help="The e-mail address.")] = "",
    lms_id: Annotated[str, typer.Option(help="The LMS's own number for the student.")] = "",
    course: CourseOption = Path("."),
) -> None:
    """Add a student who joined late, or change the details of one who is there."""
    from autograder.course import directory as courses
    from autograder.course.enrolment import enrol
    from autograder.course.roster import one_student

    opened = courses.load(course)
    person = one_student(student, last_name, first_name, email, lms_id)
    _print(enrol(opened, [person]), with_absent=False)


@_app.command()
def update(
    roster: Annotated[
        Path, typer.Argument(metavar="FILE", help="A CSV file, as for `autograder init --roster`.")
    ],
    course: CourseOption = Path("."),
) -> None:
    """Add the new students of a class list and update the others; nobody is removed."""
    from autograder.course import directory as courses
    from autograder.course.enrolment import enrol
    from autograder.course.roster import read_roster

    opened = courses.load(course)
    students = read_roster(roster)
    screen.print(f"Read {len(students)} student{'' if len(students) == 1 else 's'}.")
    _print(enrol(opened, students), with_absent=True)


@_app.command()
def remove(
    student: Annotated[str, typer.Argument(metavar="ID", help="The student's id.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    course: CourseOption = Path("."),
) -> None:
    """Remove a student and their grades from the gradebook; their files stay."""
    from autograder.course import directory as courses
    from autograder.course.enrolment import graded_weeks, remove

    opened = courses.load(course)
    weeks = graded_weeks(opened, student)
    grades = f"with the grades of {', '.join(weeks)}" if weeks else "who has no grades"
    if not yes and not typer.confirm(f"Remove {student}, {grades}?"):
        raise CourseError("nothing was changed")
    remove(opened, student)
    screen.print(escape(f"Removed {student}, {grades}."))
    if (opened.root / "submitted" / student).exists():
        screen.print(
            escape(
                f"Their files stay, and `grade` will name submitted/{student} as nobody's. "
                f"`autograder forget {student}` deletes the files as well."
            ),
            soft_wrap=True,
        )


def _print(changes: Changes, *, with_absent: bool) -> None:
    if changes.added:
        _line(f"Added {len(changes.added)}: {', '.join(changes.added)}")
    for student, columns in changes.changed.items():
        _line(
            f"Changed {student}: "
            + ", ".join(
                f"{_NAMES.get(column, column)} {old or 'empty'} → {new}"
                for column, (old, new) in columns.items()
            )
        )
    if changes.unchanged:
        _line(f"Unchanged: {len(changes.unchanged)}")
    if with_absent and changes.absent:
        _line(
            f"Not in the file, and still in the course: {', '.join(changes.absent)}. "
            "`autograder roster remove ID` removes one."
        )


def _line(text: str) -> None:
    screen.print(escape(printable(text)), highlight=False, soft_wrap=True)
