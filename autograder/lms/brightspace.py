"""Brightspace: fill the file from `Enter Grades` > `Export`, for `Import`.

The titles are in the language of the teacher. They are known in English; in another language a
column is known by its place and content: ids begin with `#`, an item's title ends with its maximum
in angle brackets, and the last column holds nothing but `#`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from autograder.course.person import Person, in_grade_file
from autograder.errors import CourseError
from autograder.lms.csv_template.fill import Filling, decimal, filled_name
from autograder.lms.csv_template.grade_column import Item, grade_column
from autograder.lms.csv_template.worksheet import Worksheet, read
from autograder.lms.exporter import Column, Export, Template, WeekGrades, one_week
from autograder.lms.feedback_pages import Feedback, with_folders

END = "End-of-Line Indicator"
_MARK = "#"
_IDS, _NAMES, _EMAIL = ("orgdefinedid", "username"), ("firstname", "lastname"), "email"
_GRADE = re.compile(r"\bPoints Grade\b(?!.*\bPoints Grade\b)", re.IGNORECASE)
_MAXIMUM = re.compile(r"MaxPoints:\s*(\d+(?:\.\d+)?)", re.IGNORECASE)
_ITEM = re.compile(r"(?P<title>.*\S)\s*<[^<>\d]*(?P<maximum>\d+(?:[.,]\d+)?)[^<>]*>", re.DOTALL)
_POINTS = re.compile(r"\d+(?:[.,]\d+)?|")


@dataclass(frozen=True)
class _Columns:
    """The numbers of the columns that say who somebody is."""

    ids: Sequence[int]
    names: Sequence[int]
    email: int = -1


def export(
    weeks: Sequence[WeekGrades],
    *,
    template: Template,
    column: Column = "",
    feedback: Feedback = None,
) -> Export:
    """Fill the grade export of Brightspace."""
    week = one_week(weeks, "Brightspace")
    sheet = read(template)
    items = _items(sheet)
    columns = _columns(sheet, items)
    if not columns.ids:
        raise CourseError(
            f"{sheet.name}: expected a column OrgDefinedId or Username, received "
            f"{', '.join(sheet.header)}. Next: export with the key field `Both`"
        )
    item = grade_column(sheet.name, items, week, column, "`Points Grade` column")
    comma = any("," in value for value in sheet.column(item.column))
    filling = Filling(
        sheet,
        week,
        item.column,
        item.points or 0.0,
        lambda row: _person(sheet, columns, row),
        comma,
    )
    for row, total in filling.rows():
        filling.grade(row, total)
    if _plain(END) not in map(_plain, sheet.header) and not _is_marked(sheet, -1):
        filling.problems.append(
            f"{sheet.name} has no last column {END!r}, and Brightspace rejects a file without it. "
            "Next: export it again."
        )
    made = filling.finish(filled_name(template))
    return with_folders(made, [week], feedback, filling.reached)


def _items(sheet: Worksheet) -> list[Item]:
    """The columns that hold points, such as `Week 6 Points Grade <Numeric MaxPoints:50>`."""
    found = []
    for number, header in enumerate(sheet.header):
        if grade := _GRADE.search(header):
            stated = _MAXIMUM.search(header, grade.end())
            points = float(stated[1]) if stated else None
            found.append(Item(number, header, header[: grade.start()].strip(), points=points))
    return found or _items_by_content(sheet)


def _items_by_content(sheet: Worksheet) -> list[Item]:
    """The same in another language: columns of numbers whose title ends with a maximum."""
    found = []
    for number, header in enumerate(sheet.header):
        titled = _ITEM.fullmatch(header)
        if titled and all(map(_POINTS.fullmatch, sheet.column(number))):
            found.append(Item(number, header, titled["title"], points=decimal(titled["maximum"])))
    shared = _shared_end([each.title.split() for each in found])
    return [replace(each, title=" ".join(each.title.split()[: -shared or None])) for each in found]


def _shared_end(titles: Sequence[Sequence[str]]) -> int:
    """How many words all titles end with, which say `Points Grade`; 0 of a single title."""
    if len(titles) < 2:
        return 0
    longest = min(map(len, titles)) - 1
    ends = (n for n in range(longest, 0, -1) if len({tuple(each[-n:]) for each in titles}) == 1)
    return next(ends, 0)


def _columns(sheet: Worksheet, items: Sequence[Item]) -> _Columns:
    titles = [_plain(title) for title in sheet.header]
    places = {title: number for number, title in enumerate(titles)}
    if ids := [places[title] for title in _IDS if title in places]:
        names = [places[title] for title in _NAMES if title in places]
        return _Columns(ids, names, places.get(_EMAIL, -1))
    before = range(min((each.column for each in items), default=0))
    ids = [number for number in before if _is_marked(sheet, number)]
    emails = [number for number in before if any("@" in text for text in sheet.column(number))]
    names = [number for number in before if number not in (*ids, *emails)]
    others = [number for number in emails if number not in ids]
    return _Columns(ids, names, next(iter(others), -1))


def _is_marked(sheet: Worksheet, number: int) -> bool:
    """Whether all values of a column begin with Brightspace's mark."""
    values = sheet.column(number % len(sheet.header))
    return any(values) and all(each.startswith(_MARK) for each in values if each)


def _person(sheet: Worksheet, columns: _Columns, row: int) -> Person:
    def value(number: int) -> str:
        # Brightspace writes `#` before ids and logins, so that spreadsheets keep them as text.
        return sheet.value(row, number).removeprefix(_MARK)

    name = " ".join(filter(None, map(value, columns.names)))
    return in_grade_file("", map(value, columns.ids), name, value(columns.email))


def _plain(title: str) -> str:
    return re.sub(r"[\s_-]", "", title).casefold()
