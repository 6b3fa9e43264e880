"""Blackboard: fill the file from `Work Offline` > `Download`, for `Upload`.

Blackboard turns a column that it does not know into a new text column. So only columns with its
own number, such as `Week 6 [Total Pts: 100 Score] |1234567`, are filled.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograder.course.person import Person, in_grade_file
from autograder.errors import CourseError
from autograder.lms.csv_template.fill import Filling, decimal, filled_name
from autograder.lms.csv_template.grade_column import Item, grade_column
from autograder.lms.csv_template.worksheet import Worksheet, read
from autograder.lms.exporter import Column, Export, Template, WeekGrades, one_week
from autograder.lms.feedback_pages import Feedback, with_folders

_OWN = re.compile(r"\s*\|\s*(_?\d[\d_]*)$")
_MAXIMUM = re.compile(r"\[[^\]:]*:\s*(?:up to\s*)?([\d.,]+)([^\]]*)\]\s*$", re.IGNORECASE)
_NO_POINTS = ("percentage", "letter", "text", "complete/incomplete")
"""How Blackboard may show a column; it then reads what is uploaded in that form."""
_LAST, _FIRST, _LOGIN = 0, 1, 2
"""The first columns of every download, in any language."""


def export(
    weeks: Sequence[WeekGrades],
    *,
    template: Template,
    column: Column = "",
    feedback: Feedback = None,
) -> Export:
    """Fill the grade download of Blackboard."""
    week = one_week(weeks, "Blackboard")
    sheet = read(template)
    places = {title.casefold(): number for number, title in enumerate(sheet.header)}
    items = _items(sheet)
    if len(sheet.header) < 3 or not items:
        raise CourseError(
            f"{sheet.name}: expected Last Name, First Name, Username and columns that end with "
            f"`|number`, received {', '.join(sheet.header)}. "
            "Next: download it again from `Work Offline`"
        )
    item = grade_column(sheet.name, items, week, column, "column with Blackboard's number")
    _refuse_other_display(sheet.name, item)

    def person(row: int) -> Person:
        first = sheet.value(row, places.get("first name", _FIRST))
        last = sheet.value(row, places.get("last name", _LAST))
        login = sheet.value(row, places.get("username", _LOGIN))
        student = sheet.value(row, places.get("student id", -1))
        return in_grade_file(login, (login, student), f"{first} {last}".strip())

    filling = Filling(sheet, week, item.column, item.points or 0.0, person)
    for row, total in filling.rows():
        filling.grade(row, total)
    made = filling.finish(filled_name(template))
    return with_folders(made, [week], feedback, filling.reached)


def _items(sheet: Worksheet) -> list[Item]:
    """The columns that Blackboard knows, such as `Week 6 [Total Pts: 100 Score] |1234567`."""
    found = []
    for number, header in enumerate(sheet.header):
        if own := _OWN.search(header):
            title = header[: own.start()]
            stated = _MAXIMUM.search(title)
            points = decimal(stated[1]) if stated else None
            title = title[: stated.start()].strip() if stated else title
            found.append(Item(number, header, title, own[1], points))
    return found


def _refuse_other_display(name: str, item: Item) -> None:
    stated = _MAXIMUM.search(_OWN.sub("", item.header))
    shown = stated[2].strip() if stated else ""
    if shown.casefold() in _NO_POINTS:
        raise CourseError(
            f"{name}: Blackboard shows {item.title!r} as {shown}, and would read points as that. "
            "Next: set the column's Primary Display to Score and download the file again"
        )
