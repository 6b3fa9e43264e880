"""Blackboard: fill the file from `Work Offline` > `Download`, for `Upload`.

Blackboard turns a column that it does not know into a new text column. So only columns with its
own number, such as `Week 6 [Total Pts: 100 Score] |1234567`, are filled.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograder.course.people import Person, in_grade_file
from autograder.errors import CourseError
from autograder.lms.csv_template.fill import (
    Filling,
    decimal,
    filled_name,
    grade_column,
)
from autograder.lms.csv_template.worksheet import read
from autograder.lms.exporter import Column, Export, Template, WeekGrades, one_week

_OWN = re.compile(r"\|\s*_?\d[\d_]*$")
_MAXIMUM = re.compile(r"\[[^\]:]*:\s*(?:up to\s*)?([\d.,]+)[^\]]*\]", re.IGNORECASE)
_LAST, _FIRST, _LOGIN = 0, 1, 2
"""The first columns of every download, in any language."""


def export(weeks: Sequence[WeekGrades], *, template: Template, column: Column = "") -> Export:
    """Fill the grade download of Blackboard."""
    week = one_week(weeks, "Blackboard")
    sheet = read(template)
    places = {title.casefold(): number for number, title in enumerate(sheet.header)}
    candidates = [n for n, title in enumerate(sheet.header) if _OWN.search(title)]
    if len(sheet.header) < 3 or not candidates:
        raise CourseError(
            f"{sheet.name}: expected Last Name, First Name, Username and columns that end with "
            f"`|number`, received {', '.join(sheet.header)}. "
            "Next: download it again from `Work Offline`"
        )
    number = grade_column(sheet, candidates, week, column, "column with Blackboard's number")
    stated = _MAXIMUM.search(sheet.header[number])
    maximum = decimal(stated[1]) if stated else None

    def person(row: int) -> Person:
        first = sheet.value(row, places.get("first name", _FIRST))
        last = sheet.value(row, places.get("last name", _LAST))
        login = sheet.value(row, places.get("username", _LOGIN))
        student = sheet.value(row, places.get("student id", -1))
        return in_grade_file("", (login, student), f"{first} {last}".strip())

    filling = Filling(sheet, week, number, maximum or 0.0, person)
    for row, total in filling.rows():
        filling.grade(row, total)
    return filling.finish(filled_name(template))
