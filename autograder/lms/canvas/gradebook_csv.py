"""Canvas: fill one column of the gradebook CSV that the instructor exported, or push by API.

Canvas turns a column that it does not know into a new assignment, and sets an assignment's points
from the row `Points Possible`. So nothing but cells of that one column is ever written.

Source: the rules of Canvas's gradebook importer and exporter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from autograder.course.people import Matched
from autograder.course.person import Person, in_grade_file
from autograder.errors import CourseError
from autograder.lms.canvas.notes import (
    NUMBER,
    about_points,
    lost,
    same_number,
    strangers,
)
from autograder.lms.csv_template.fill import decimal
from autograder.lms.csv_template.grade_column import Item, grade_column
from autograder.lms.csv_template.worksheet import Worksheet, read_table
from autograder.lms.exporter import Column, Export, WeekGrades, one_week, people
from autograder.output.spreadsheet import number

KEPT = ("ex", "n/a")
_POSSIBLE = "points possible"
_READ_ONLY = re.compile(r"read\s+only", re.IGNORECASE)
_TOTALS = re.compile("(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)")
_WITH_ID = re.compile(r"(?P<title>.*?)\s*\((?P<id>\d+)\)\s*", re.DOTALL)
_HIDDEN_ROW = re.compile(r"\s*(Muted|Manual Posting.*)?\s*", re.IGNORECASE)


def export(
    weeks: Sequence[WeekGrades],
    *,
    template: Annotated[
        Path | None, typer.Option(help="The gradebook CSV exported from Canvas.")
    ] = None,
    column: Column = "",
    push: Annotated[bool, typer.Option("--push", help="Send the grades to Canvas.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what --push would change, and send nothing.")
    ] = False,
    pages: Annotated[
        bool,
        typer.Option(help="With --push: attach each student's feedback page to a comment."),
    ] = True,
    other_points: Annotated[
        bool,
        typer.Option(
            "--other-points",
            help="With --push: send the points although the assignment is worth others.",
        ),
    ] = False,
    course_id: Annotated[str, typer.Option(help="With --push: the number in /courses/N.")] = "",
    assignment_id: Annotated[
        str, typer.Option(help="With --push: the number in /assignments/N.")
    ] = "",
) -> Export:
    """Fill a gradebook CSV of Canvas, or push grades, comments and feedback pages to Canvas."""
    week = one_week(weeks, "canvas")
    if push or dry_run:
        from autograder.lms.canvas.push import push_week

        if template or column:
            raise CourseError("--push cannot be combined with --template or --column")
        return push_week(
            week,
            course_id,
            assignment_id,
            dry_run=dry_run,
            attach=pages,
            other_points=other_points,
        )
    if template is None:
        raise CourseError(
            "canvas needs --template gradebook.csv (in Canvas: Grades, Export, Export Entire "
            "Gradebook), or --push with --course-id and --assignment-id"
        )
    return fill(week, template, column)


@dataclass(frozen=True)
class Gradebook:
    """An exported gradebook.

    Attributes:
        sheet: the table.
        points_row: the row `Points Possible`; 0 if there is none.
        students: the rows of students.
    """

    sheet: Worksheet
    points_row: int
    students: tuple[int, ...]

    @property
    def name(self) -> str:
        return self.sheet.name

    @property
    def header(self) -> list[str]:
        return self.sheet.header

    def possible(self, column: int) -> str:
        """The points that an assignment is worth in Canvas."""
        return self.sheet.value(self.points_row, column) if self.points_row else ""


def fill(week: WeekGrades, template: Path, column: str = "") -> Export:
    """Fill one column of the template; every other byte is unchanged.

    Args:
        week: the grades.
        template: a gradebook CSV exported from Canvas.
        column: the assignment's id or title; empty to find it by the week.

    Raises:
        CourseError: if the file is not such an export, or not exactly one column matches.
    """
    book = read_gradebook(template)
    place = find_column(book, column, week)
    matched = week.roster.match_all(_people(book))
    changes, notes = _changes(book, place, week, matched)
    cells = f"{len(changes)} cell{'s' * (len(changes) != 1)}"
    return Export(
        {f"canvas-{week.week}.csv": book.sheet.filled(changes)},
        (
            f"Filled {book.header[place]!r}: {cells} changed.",
            *about_points(book.possible(place), week),
        )
        + notes
        + strangers(matched),
        lost(week, matched),
    )


def read_gradebook(path: Path) -> Gradebook:
    """Read a gradebook that Canvas exported.

    Raises:
        CourseError: if it cannot be read, or is something else.
    """
    sheet = read_table(path)
    names = sheet.header
    if (
        (names[:2] != ["Student", "ID"] and names[:3] != ["LastName", "FirstName", "ID"])
        or "Section" not in names
        # Canvas itself writes nothing else.
        or sheet.encoding != "utf-8"
        or sheet.separator not in ",;"
    ):
        raise CourseError(
            f"{path.name} is no gradebook of Canvas: expected CSV in UTF-8 whose first line begins "
            f"with Student,ID and has a column Section, received {','.join(names)[:60]!r}. "
            "Next: in Canvas, choose Grades, Export, Export Entire Gradebook"
        )
    below = range(1, len(sheet.rows))
    points_row = next((row for row in below if _POSSIBLE in sheet.value(row, 0).lower()), 0)
    students = tuple(
        row
        for row in below
        if row != points_row
        and not all(_HIDDEN_ROW.fullmatch(cell.value) for cell in sheet.rows[row])
    )
    return Gradebook(sheet, points_row, students)


def find_column(book: Gradebook, wanted: str, week: WeekGrades) -> int:
    """The number of the assignment's column.

    Raises:
        CourseError: if it is not certain which one is meant, or Canvas would not import it.
    """
    first = book.header.index("Section") + 1
    items = [_item(book, place) for place in range(first, len(book.header))]
    assignments = [each for each in items if _is_assignment(book, each.column)]
    named = [each for each in items if wanted in (each.header, each.title, each.id)]
    if wanted and named and not any(each in assignments for each in named):
        raise CourseError(
            f"{book.name}: {named[0].header!r} is no assignment whose grades Canvas imports "
            "(it is read only, a total or a custom column). Next: name another with --column"
        )
    return grade_column(book.name, assignments, week, wanted, "assignment").column


def _item(book: Gradebook, place: int) -> Item:
    header, possible = book.header[place], book.possible(place)
    found = _WITH_ID.fullmatch(header)
    points = decimal(possible) if NUMBER.fullmatch(possible) else None
    if found:
        return Item(place, header, found["title"].strip(), found["id"], points)
    return Item(place, header, header, points=points)


def _is_assignment(book: Gradebook, place: int) -> bool:
    possible = book.possible(place)
    header = book.header[place]
    if any(map(_READ_ONLY.search, (possible, header))) or _TOTALS.search(header):
        return False
    return bool(_WITH_ID.fullmatch(book.header[place]) or NUMBER.fullmatch(possible))


def _people(book: Gradebook) -> dict[int, Person]:
    info = book.header[: book.header.index("Section") + 1]
    login = [info.index(name) for name in ("SIS User ID", "SIS Login ID") if name in info]
    found = {}
    for row in book.students:
        name = book.sheet.value(row, 0)
        if info[0] == "LastName":
            name = f"{name}, {book.sheet.value(row, 1)}"
        if name != "Student, Test":
            ids = [book.sheet.value(row, place) for place in login]
            found[row] = in_grade_file(book.sheet.value(row, info.index("ID")), ids, name)
    return found


def _changes(
    book: Gradebook, place: int, week: WeekGrades, matched: Matched
) -> tuple[dict[tuple[int, int], str], tuple[str, ...]]:
    """The new values by row and column, and notes on cells that keep what they have."""
    comma = "," in book.possible(place)
    totals = {total.student: total for total in week.everyone}
    changes: dict[tuple[int, int], str] = {}
    kept, nothing = [], []
    for row, student in matched.students.items():
        if student in week.held_back:
            continue
        before, points = book.sheet.value(row, place), totals[student].points
        if before.lower() in KEPT:
            kept.append(f"{student} {before}")
        elif points is None:
            nothing.append(student)
        elif not same_number(before, after := number(points)):
            changes[row, place] = after.replace(".", ",") if comma else after
    notes = []
    if kept:
        notes.append(f"Unchanged, as Canvas has them: {', '.join(kept)}.")
    if nothing:
        notes.append(f"Nothing handed in, so the cell is unchanged: {people(nothing)}.")
    return changes, tuple(notes)
