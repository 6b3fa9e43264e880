"""Canvas: fills one column of the instructor's own exported gradebook CSV, or pushes by its API.

Canvas makes a new assignment of a column that it does not know and sets an assignment's points
from the row `Points Possible`, so nothing but the column's cells is ever written.

Source: the rules of Canvas's own gradebook importer and exporter.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from autograder.errors import CourseError
from autograder.lms.canvas.notes import (
    NUMBER,
    about_points,
    lost,
    same_number,
    strangers,
)
from autograder.lms.csv_template.cells import (
    Cell,
    delimiter_of,
    replace,
    scan,
)
from autograder.lms.exporter import Column, Export, WeekGrades, one_week, people
from autograder.lms.matching import Matched, Person, match
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
        bool, typer.Option("--dry-run", help="With --push: print what would change.")
    ] = False,
    course_id: Annotated[str, typer.Option(help="With --push: the number in /courses/N.")] = "",
    assignment_id: Annotated[
        str, typer.Option(help="With --push: the number in /assignments/N.")
    ] = "",
) -> Export:
    """Fill a gradebook CSV of Canvas, or push grades and comments to Canvas."""
    week = one_week(weeks, "canvas")
    if push or dry_run:
        from autograder.lms.canvas.push import push_week

        if template or column:
            raise CourseError("--push and --template exclude each other; use one of them")
        return push_week(week, course_id, assignment_id, dry_run=dry_run)
    if template is None:
        raise CourseError(
            "canvas needs --template gradebook.csv (in Canvas: Grades, Export, Export Entire "
            "Gradebook), or --push with --course-id and --assignment-id"
        )
    return fill(week, template, column)


@dataclass(frozen=True)
class Gradebook:
    """An exported gradebook: its text and where everything stands in it."""

    name: str
    text: str
    header: list[Cell]
    possible: list[Cell]
    students: list[list[Cell]]

    def value(self, row: Sequence[Cell], column: int) -> str:
        return row[column].value.strip() if column < len(row) else ""


def fill(week: WeekGrades, template: Path, column: str = "") -> Export:
    """The template with one column filled; every other byte is as it was.

    Args:
        week: whose grades are written.
        template: a gradebook CSV exported from Canvas.
        column: the assignment's id or title; empty where one title names the week.

    Raises:
        CourseError: when the file is no such export, or the column is not certain.
    """
    book = read_gradebook(template)
    place = find_column(book, column, week)
    matched = match([*_persons(book)], week.everyone)
    changes, notes = _changes(book, place, week, matched)
    content = replace(book.text, changes).encode("utf-8")
    title = book.header[place].value
    return Export(
        {f"canvas-{week.week}.csv": content},
        (
            f"Filled {title!r}: {len(changes)} cells changed.",
            *about_points(book.value(book.possible, place), week),
        )
        + notes
        + strangers(matched),
        lost(week, matched),
    )


def read_gradebook(path: Path) -> Gradebook:
    """Read a gradebook export.

    Raises:
        CourseError: when it cannot be read or is none.
    """
    text = _read_text(path)
    # A byte-order mark stands before the first cell, and is no part of it.
    start = 1 if text.startswith("\ufeff") else 0
    rows = scan(text, delimiter_of(text, ",;", start), start)
    rows = [row for row in rows if any(cell.value for cell in row)]
    header = rows[0] if rows else []
    names = [cell.value.strip() for cell in header]
    if (
        not (
            (names[:1] == ["Student"] and names[1:2] == ["ID"])
            or (names[:2] == ["LastName", "FirstName"] and names[2:3] == ["ID"])
        )
        or "Section" not in names
    ):
        raise CourseError(
            f"{path.name} is no gradebook of Canvas: expected a first line that begins with "
            f"Student,ID and has a column Section, received {','.join(names)[:60]!r}; "
            "in Canvas: Grades, Export, Export Entire Gradebook"
        )
    rest = rows[1:]
    possible = next((row for row in rest if _POSSIBLE in row[0].value.lower()), [])
    students = [
        row
        for row in rest
        if row is not possible and not all(_HIDDEN_ROW.fullmatch(cell.value) for cell in row)
    ]
    return Gradebook(path.name, text, header, possible, students)


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise CourseError(
            f"{path.name} is not UTF-8, so a spreadsheet has saved it anew; "
            "export it from Canvas again and do not open it in between"
        ) from None
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}") from None


def find_column(book: Gradebook, wanted: str, week: WeekGrades) -> int:
    """The index of the assignment's column.

    Raises:
        CourseError: when none or several fit, or Canvas would not read it.
    """
    headers = [cell.value.strip() for cell in book.header]
    first = headers.index("Section") + 1
    titles = {
        place: _title_and_id(headers[place])
        for place in range(first, len(headers))
        if not _TOTALS.search(headers[place]) and _is_assignment(book, place)
    }
    every = range(first, len(headers))
    found = (
        [p for p in every if wanted in (headers[p], *_title_and_id(headers[p]))]
        or [p for p in every if wanted.casefold() == _title_and_id(headers[p])[0].casefold()]
        if wanted
        else [p for p, (title, _) in titles.items() if _names_week(title, week)]
    )
    if len(found) != 1:
        raise CourseError(_uncertain(book, wanted or week.title, found, titles))
    if found[0] not in titles:
        raise CourseError(
            f"{book.name}: {headers[found[0]]!r} is no assignment whose grades Canvas reads back "
            "(read only, a total or a custom column); choose another with --column"
        )
    return found[0]


def _is_assignment(book: Gradebook, place: int) -> bool:
    possible = book.value(book.possible, place)
    if _READ_ONLY.search(possible):
        return False
    return bool(_WITH_ID.fullmatch(book.header[place].value) or NUMBER.fullmatch(possible))


def _title_and_id(header: str) -> tuple[str, str]:
    found = _WITH_ID.fullmatch(header)
    return (found["title"].strip(), found["id"]) if found else (header, "")


def _names_week(title: str, week: WeekGrades) -> bool:
    digits = int(week.week.removeprefix("week"))
    named = re.search(rf"\bweek\s*0*{digits}(?!\d)", title, re.IGNORECASE)
    return bool(named) or week.title.casefold() in title.casefold()


def _uncertain(
    book: Gradebook, wanted: str, found: Sequence[int], titles: dict[int, tuple[str, str]]
) -> str:
    if found:
        fitting = ", ".join(repr(book.header[place].value) for place in found)
        return f"{book.name}: {wanted!r} fits {fitting}; name one by its id with --column"
    known = {title: f"{title} ({number})" for title, number in titles.values()}
    nearest = difflib.get_close_matches(wanted, known, 3, 0.3) or list(known)[:3]
    listed = ", ".join(repr(known[title]) for title in nearest)
    return (
        f"{book.name} has no assignment {wanted!r}; nearest: {listed or 'it has none at all'}. "
        "Name one by its id or title with --column, or make it in Canvas and export again."
    )


def _persons(book: Gradebook) -> Iterable[Person]:
    names = [cell.value.strip() for cell in book.header]
    info = names[: names.index("Section") + 1]
    login = [info.index(name) for name in ("SIS User ID", "SIS Login ID") if name in info]
    for line, row in enumerate(book.students):
        name = book.value(row, 0)
        if info[0] == "LastName":
            name = f"{name}, {book.value(row, 1)}"
        if name == "Student, Test":
            continue
        ids = tuple(book.value(row, place) for place in login)
        yield Person(str(line), book.value(row, info.index("ID")), ids, name)


def _changes(
    book: Gradebook, place: int, week: WeekGrades, matched: Matched
) -> tuple[dict[Cell, str], tuple[str, ...]]:
    """The cells to rewrite, and who keeps what Canvas has."""
    comma = "," in book.value(book.possible, place)
    changes: dict[Cell, str] = {}
    kept, nothing = [], []
    for key, total in matched.students.items():
        if total.student in week.held_back:
            continue
        row = book.students[int(key)]
        if place >= len(row):
            raise CourseError(
                f"{book.name}: the line of {total.student} has {len(row)} cells, expected "
                f"{len(book.header)}; export it from Canvas again"
            )
        cell = row[place]
        if cell.value.strip().lower() in KEPT:
            kept.append(f"{total.student} {cell.value.strip()}")
        elif total.points is None:
            nothing.append(total.student)
        elif not same_number(cell.value, points := number(total.points)):
            changes[cell] = points.replace(".", ",") if comma else points
    notes = []
    if kept:
        notes.append(f"Kept as Canvas has them: {', '.join(kept)}.")
    if nothing:
        notes.append(f"Nothing handed in, cell left as it was: {people(nothing)}.")
    return changes, tuple(notes)
