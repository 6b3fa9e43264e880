"""Brightspace: fill the file from `Enter Grades` > `Export`, for `Import`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograder.course.person import Person, in_grade_file
from autograder.errors import CourseError
from autograder.lms.csv_template.fill import Filling, filled_name
from autograder.lms.csv_template.grade_column import Item, grade_column
from autograder.lms.csv_template.worksheet import Worksheet, read
from autograder.lms.exporter import Column, Export, Template, WeekGrades, one_week
from autograder.lms.feedback_pages import Feedback, with_folders

END = "End-of-Line Indicator"
_GRADE = re.compile(r"\bPoints Grade\b(?!.*\bPoints Grade\b)", re.IGNORECASE)
_MAXIMUM = re.compile(r"MaxPoints:\s*(\d+(?:\.\d+)?)", re.IGNORECASE)


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
    places = {_plain(title): number for number, title in enumerate(sheet.header)}
    if not {"orgdefinedid", "username"} & set(places):
        raise CourseError(
            f"{sheet.name}: expected a column OrgDefinedId or Username, received "
            f"{', '.join(sheet.header)}. Next: export with the key field `Both`"
        )
    item = grade_column(sheet.name, _items(sheet), week, column, "`Points Grade` column")

    filling = Filling(
        sheet,
        week,
        item.column,
        item.points or 0.0,
        lambda row: _person(sheet, places, row),
    )
    for row, total in filling.rows():
        filling.grade(row, total)
    if _plain(END) not in places:
        filling.problems.append(
            f"{sheet.name} has no last column {END!r}, and Brightspace rejects a file without it. "
            "Next: export it again."
        )
    return with_folders(filling.finish(filled_name(template)), [week], feedback)


def _items(sheet: Worksheet) -> list[Item]:
    """The columns that hold points, such as `Week 6 Points Grade <Numeric MaxPoints:50>`."""
    found = []
    for number, header in enumerate(sheet.header):
        if grade := _GRADE.search(header):
            stated = _MAXIMUM.search(header, grade.end())
            points = float(stated[1]) if stated else None
            found.append(Item(number, header, header[: grade.start()].strip(), points=points))
    return found


def _person(sheet: Worksheet, places: dict[str, int], row: int) -> Person:
    def value(title: str) -> str:
        # Brightspace writes `#` before ids and logins, so that spreadsheets keep them as text.
        return sheet.value(row, places.get(title, -1)).removeprefix("#")

    ids = (value("orgdefinedid"), value("username"))
    name = f"{value('firstname')} {value('lastname')}".strip()
    return in_grade_file("", ids, name, value("email"))


def _plain(title: str) -> str:
    return re.sub(r"[\s_-]", "", title).casefold()
