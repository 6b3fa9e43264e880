"""Blackboard: fills the file that `Work Offline` > `Download` wrote, for `Upload`.

Blackboard makes a new text column of one that it does not know, so only columns that carry its
own number, such as `Week 6 [Total Pts: 100 Score] |1234567`, are filled.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograder.errors import CourseError
from autograder.lms.exporter import Column, Export, Template, WeekGrades, one_week
from autograder.lms.filling import Filling, decimal, filled_name, grade_column
from autograder.lms.people import People, names
from autograder.lms.worksheet import read

_OWN = re.compile(r"\|\s*_?\d[\d_]*$")
_MAXIMUM = re.compile(r"\[[^\]:]*:\s*(?:up to\s*)?([\d.,]+)[^\]]*\]", re.IGNORECASE)
_LAST, _FIRST, _LOGIN = 0, 1, 2
"""The columns that every download begins with, in whatever language."""


def export(weeks: Sequence[WeekGrades], *, template: Template, column: Column = "") -> Export:
    """Fill the grade download of Blackboard."""
    week = one_week(weeks, "Blackboard")
    sheet = read(template)
    places = {title.casefold(): number for number, title in enumerate(sheet.header)}
    candidates = [n for n, title in enumerate(sheet.header) if _OWN.search(title)]
    if len(sheet.header) < 3 or not candidates:
        raise CourseError(
            f"{sheet.name}: expected Last Name, First Name, Username and columns that end with "
            f"`|number`, received {', '.join(sheet.header)}. Next: download it from `Work Offline`"
        )
    number = grade_column(sheet, candidates, week, column, "column with Blackboard's number")
    stated = _MAXIMUM.search(sheet.header[number])
    maximum = decimal(stated[1]) if stated else None

    def identify(everyone: People, row: int) -> str:
        login = sheet.value(row, places.get("username", _LOGIN))
        student = sheet.value(row, places["student id"]) if "student id" in places else ""
        return everyone.find(
            [login] if "@" in login else [],
            [login, student],
            names(
                sheet.value(row, places.get("first name", _FIRST)),
                sheet.value(row, places.get("last name", _LAST)),
            ),
        )

    filling = Filling(sheet, week, number, maximum or 0.0, identify)
    for row, total in filling.rows():
        filling.grade(row, total)
    return filling.finish(filled_name(template))
