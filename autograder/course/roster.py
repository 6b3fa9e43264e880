"""The class list: a CSV file becomes students, or one line that says what to fix."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course.database import connected
from autograder.errors import CourseError

COLUMNS = ("id", "last_name", "first_name", "email")
_OPTIONAL = ("lms_user_id",)
_SPELLINGS = {
    "studentid": "id",
    "student": "id",
    "username": "id",
    "surname": "last_name",
    "familyname": "last_name",
    "lastname": "last_name",
    "firstname": "first_name",
    "givenname": "first_name",
    "emailaddress": "email",
    "mail": "email",
    "lmsuserid": "lms_user_id",
    "lmsid": "lms_user_id",
    "canvasid": "lms_user_id",
}
MARKUP = '<>"&'
"""Not allowed in ids: the formgrader writes them into its pages unescaped."""
# The formgrader does the same with names. LMSs drop these two from names anyway.
_NO_TAGS = str.maketrans("", "", "<>")
# A student's id becomes a folder name that nbgrader matches as a pattern.
_FOLDER_NAME = re.compile(
    rf"[^\s./\\*?\[\]{{}}+,{MARKUP}][^/\\*?\[\]{{}}+,\x00-\x1f{MARKUP}]{{0,127}}"
)


@dataclass(frozen=True)
class Student:
    """One line of the roster; fields are named as in nbgrader's table."""

    id: str
    last_name: str | None = None
    first_name: str | None = None
    email: str | None = None
    lms_user_id: str | None = None


def read_roster(path: Path) -> list[Student]:
    """Read a class list with the columns id, last_name, first_name and email.

    A byte-order mark, `;` or tabs as separators, and common spellings of the header are accepted.
    Only `id` is required; `lms_user_id` (Canvas's number for a student) is read if present, and
    other columns are ignored.

    Raises:
        CourseError: with the line that cannot be used.
    """
    text = _read_text(path)
    if not text.strip():
        raise CourseError(f"{path.name} is empty; its first line should be {','.join(COLUMNS)}")
    separator = max(",;\t", key=text.partition("\n")[0].count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    header = [_column(name) for name in next(rows)]
    if "id" not in header:
        raise CourseError(
            f"{path.name}, line 1: no column is called id; "
            f"expected {','.join(COLUMNS)}, received {separator.join(header)!r}"
        )
    return _students(path.name, header, rows)


def enrolled(db_url: str) -> list[Student]:
    """The students in a course's gradebook, in the order of their ids.

    Raises:
        CourseError: when there are none, an id cannot be a folder's name, or the gradebook cannot
            be read.
    """
    from nbgrader import api
    from sqlalchemy import select

    columns: Any = (
        api.Student.id,
        api.Student.last_name,
        api.Student.first_name,
        api.Student.email,
        api.Student.lms_user_id,
    )
    with connected(db_url) as connection:
        found = [Student(*row) for row in connection.execute(select(*columns).order_by(columns[0]))]
    unusable = [each.id for each in found if "/" in each.id or each.id.startswith(".")]
    if unusable:
        raise CourseError(f"the student's id {unusable[0]!r} cannot be a folder's name")
    if not found:
        raise CourseError(
            "the gradebook has no students, so no submission can be matched; "
            "add them in formgrader, or create the course with `autograder init --roster`"
        )
    return found


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise CourseError(f"{path.name} is not UTF-8; save it as 'CSV UTF-8'") from None
    except OSError as error:
        raise CourseError(f"the roster {path} cannot be read: {error.strerror}") from None


def _column(name: str) -> str:
    squeezed = re.sub(r"[\s_\-]", "", name).lower()
    return _SPELLINGS.get(squeezed, squeezed)


def _students(name: str, header: list[str], rows: Any) -> list[Student]:
    students: dict[str, tuple[int, Student]] = {}
    try:
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            where = f"{name}, line {rows.line_num}"
            student = _student(where, dict(zip(header, row, strict=False)))
            if student.id in students:
                raise CourseError(
                    f"{where}: the id {student.id!r} also stands on line "
                    f"{students[student.id][0]}; every student needs an id of their own"
                )
            students[student.id] = (rows.line_num, student)
    except csv.Error as error:
        raise CourseError(f"{name}, line {rows.line_num}: {error}") from None
    return [student for _, student in students.values()]


def _student(where: str, fields: dict[str, str]) -> Student:
    given = {column: fields.get(column, "").strip() for column in (*COLUMNS, *_OPTIONAL)}
    student = given.pop("id")
    if not student:
        raise CourseError(f"{where}: the id is missing")
    if not _FOLDER_NAME.fullmatch(student):
        raise CourseError(
            f"{where}: the id {student!r} cannot be a folder's name; "
            "use letters, digits, '-', '_', '.' and '@'"
        )
    for column in ("last_name", "first_name"):
        given[column] = given[column].translate(_NO_TAGS).strip()
    return Student(student, **{column: value or None for column, value in given.items()})
