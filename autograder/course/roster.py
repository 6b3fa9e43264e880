"""The class list: a CSV file becomes students, or one line that says what to fix."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course.database import connected
from autograder.course.roster_titles import (
    EMAIL,
    FIRST,
    ID,
    LAST,
    LMS_ID,
    NAME,
    Columns,
    columns,
)
from autograder.errors import CourseError

COLUMNS = (ID, LAST, FIRST, EMAIL)
_OPTIONAL = (LMS_ID,)
MARKUP = '<>"&'
"""Not allowed in ids: the formgrader writes them into its pages unescaped."""
# The formgrader does the same with names. LMSs drop these two from names anyway.
_NO_TAGS = str.maketrans("", "", "<>")
# A student's id becomes a folder name that nbgrader matches as a pattern.
_FOLDER_NAME = re.compile(
    rf"[^\s./\\*?\[\]{{}}+,{MARKUP}][^/\\*?\[\]{{}}+,\x00-\x1f{MARKUP}]{{0,127}}"
)
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_MARK = "#"
# Excel's own first line.
_SEPARATOR = re.compile(r'"?sep=(.)"?\s*\n', re.IGNORECASE)
_STAFF = re.compile(
    r"\b(?:teachers?|teacherenrollment|instructors?|ta|taenrollment|teaching assistants?|readers?|"
    r"managers?|observers?|designers?|course creators?)\b"
)
# What a spreadsheet makes of a number: 1001.0, 1,23457E+11.
_RECKONED = re.compile(r"\d+[.,]0+|\d+(?:[.,]\d+)?[Ee]\+\d+")
_SUM = re.compile(
    r"(?:(?:grand )?totals?|sum|summe|gesamt|anzahl|count|somme|totale)\b\W*[\d.,]*\W*\w*",
    re.IGNORECASE,
)


Row = tuple[int, list[str]]
"""A line's number and its cells."""


@dataclass(frozen=True)
class Student:
    """One line of the roster; fields are named as in nbgrader's table."""

    id: str
    last_name: str | None = None
    first_name: str | None = None
    email: str | None = None
    lms_user_id: str | None = None


def read_roster(path: Path) -> list[Student]:
    """Read a class list: id, last_name, first_name, email; or a file that an LMS exported.

    A byte-order mark, `;` or tabs as separators, and other usual titles are accepted, and a column
    `name` (`Doe, Jane` or `Jane Doe`) in place of the two. Only `id` is required; `lms_user_id`
    (Canvas's number for a student) is read if present, and other columns are ignored. Canvas's
    gradebook is read without its rows that are no students, and Moodle's list of participants,
    which has no id, with the e-mail addresses as ids.

    Raises:
        CourseError: with the line that cannot be used.
    """
    (first, header), rows = read_table(path)
    try:
        layout = columns(header)
    except ValueError as error:
        raise CourseError(f"{path.name}, line {first}: {error}") from None
    if layout.canvas:
        rows = [(line, row) for line, row in rows if not _is_canvas_own(row)]
    for line, row in rows:
        _refuse_shifted(f"{path.name}, line {line}", row, header)
    rows = [(line, row) for line, row in rows if not _is_staff(row, layout.role)]
    if not rows:
        raise CourseError(f"{path.name} has no students below its first line")
    return _students(path.name, layout, rows)


def read_table(path: Path) -> tuple[Row, list[Row]]:
    """The first line of a CSV file that is not empty, and the others.

    Raises:
        CourseError: if it is empty, cannot be read, or is no CSV.
    """
    text = _read_text(path)
    if not text.strip():
        raise CourseError(f"{path.name} is empty; its first line should be {','.join(COLUMNS)}")
    return _rows(path.name, text)


def about(students: Sequence[Student]) -> str:
    """How many people were read, and of how many names and addresses are known."""
    named = sum(bool(each.last_name or each.first_name) for each in students)
    addressed = sum(bool(each.email) for each in students)
    said = (
        f"{len(students)} student{'s' * (len(students) != 1)}, {named or 'none'} with a name and "
        f"{addressed or 'none'} with an e-mail address"
    )
    if students and all(each.id == each.email for each in students):
        return f"{said}, which is also the id: the list has no other"
    return said


def one_student(id: str, last_name: str, first_name: str, email: str, lms_id: str) -> Student:
    """A student whose details a person typed; empty ones are unknown.

    Raises:
        CourseError: when the id cannot be used.
    """
    typed = (id, last_name, first_name, email, lms_id)
    return _student("the student", dict(zip((*COLUMNS, *_OPTIONAL), typed, strict=True)))


def enrolled(db_url: str) -> list[Student]:
    """The students in a course's gradebook, in the order of their ids.

    Raises:
        CourseError: when there are none, an id cannot be a folder's name, or the gradebook cannot
            be read.
    """
    found = all_students(db_url)
    if not found:
        raise CourseError(
            "the gradebook has no students, so no submission can be matched; "
            "add them with `autograder roster update FILE`, or one of them with `autograder roster "
            "add ID`"
        )
    return found


def all_students(db_url: str) -> list[Student]:
    """The students in a course's gradebook, in the order of their ids; there may be none.

    Raises:
        CourseError: when an id cannot be a folder's name, or the gradebook cannot be read.
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
    return found


def _read_text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CourseError(f"the roster {path} cannot be read: {error.strerror}") from None
    if content.startswith(_WORKBOOKS):
        raise CourseError(f"{path.name} is a workbook, not CSV; save it as 'CSV UTF-8'")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CourseError(f"{path.name} is not UTF-8; save it as 'CSV UTF-8'") from None


def _rows(name: str, text: str) -> tuple[Row, list[Row]]:
    """The lines that are not empty, the first apart from the others."""
    named = _SEPARATOR.match(text)
    first = text.lstrip().partition("\n")[0]
    separator = named[1] if named else max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[Row] = []
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells) and not (named and reader.line_num == 1):
                rows.append((reader.line_num, cells))
    except csv.Error as error:
        last = rows[-1][0] + 1 if rows else 1
        raise CourseError(
            f"{name}, line {last}: {error}. Next: check its quotes, and those of the lines below"
        ) from None
    if not rows:
        raise CourseError(f"{name} has no first line with titles")
    return rows[0], rows[1:]


def _is_canvas_own(row: Sequence[str]) -> bool:
    """Whether a row of Canvas's gradebook is no student: points, posting policy, test student."""
    first = row[0].casefold()
    return first.startswith("points possible") or first == "student, test" or not any(row[:2])


def _is_staff(row: Sequence[str], role: int) -> bool:
    """Whether the column of roles says that somebody teaches and is no student."""
    said = row[role].casefold() if 0 <= role < len(row) else ""
    return bool(_STAFF.search(said)) and "student" not in said


def _refuse_shifted(where: str, row: Sequence[str], header: Sequence[str]) -> None:
    if len(row) > len(header):
        raise CourseError(
            f"{where}: {len(row)} cells, expected {len(header)} as in line 1. "
            'Next: put quotes around what holds a separator, such as "Doe, Jane"'
        )
    given = [cell for cell in row if cell]
    counted = len(given) == 1 or (len(given) == 2 and given[1].isdecimal())
    if len(header) > 1 and counted and _SUM.fullmatch(given[0]):
        raise CourseError(f"{where}: {' '.join(given)!r} is no student. Next: delete this line")


def _students(name: str, layout: Columns, rows: Sequence[Row]) -> list[Student]:
    def cell(row: Sequence[str], place: int) -> str:
        return row[place] if place < len(row) else ""

    complete = [n for n in layout.ids if all(cell(row, n) for _, row in rows)]
    ids = (*complete, *layout.ids)[0]
    marked = ids in layout.marked and all(cell(row, ids).startswith(_MARK) for _, row in rows)
    students: dict[str, tuple[int, Student]] = {}
    for line, row in rows:
        where = f"{name}, line {line}"
        fields = {field: cell(row, place) for field, place in layout.places.items()}
        student = cell(row, ids).removeprefix(_MARK) if marked else cell(row, ids)
        read = _student(where, {**_in_two(fields), ID: student})
        if read.id in students:
            raise CourseError(
                f"{where}: the id {read.id!r} also stands on line "
                f"{students[read.id][0]}; every student needs an id of their own"
            )
        students[read.id] = (line, read)
    return [student for _, student in students.values()]


def _in_two(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields with a whole name split: `Doe, Jane`, or the last word of `Jane Doe`."""
    split = dict(fields)
    last, first = fields.get(LAST, ""), fields.get(FIRST, "")
    name = split.pop(NAME, "")
    if not last and not first:
        last, comma, first = name.partition(",")
        if not comma:
            first, _, last = name.rpartition(" ")
    elif not first:
        last, _, first = last.partition(",")
    return {**split, LAST: last, FIRST: first}


def _student(where: str, fields: dict[str, str]) -> Student:
    given = {column: fields.get(column, "").strip() for column in (*COLUMNS, *_OPTIONAL)}
    if broken := next((value for value in given.values() if "\n" in value or "\r" in value), ""):
        raise CourseError(
            f"{where}: {broken!r} goes over several lines. Next: check the quotes there"
        )
    student = given.pop(ID)
    if not student:
        raise CourseError(f"{where}: the id is missing")
    _refuse_unlikely(where, student, given)
    if not _FOLDER_NAME.fullmatch(student):
        raise CourseError(
            f"{where}: the id {student!r} cannot be a folder's name; "
            "use letters, digits, '-', '_', '.' and '@'"
        )
    if any(letter.isspace() or not letter.isprintable() for letter in student):
        raise CourseError(
            f"{where}: the id {student!r} has a space or an invisible character in it. Next: "
            "delete this line if it is no student"
        )
    for column in (LAST, FIRST):
        given[column] = given[column].translate(_NO_TAGS).strip()
    return Student(student, **{column: value or None for column, value in given.items()})


def _refuse_unlikely(where: str, student: str, given: Mapping[str, str]) -> None:
    """Refuse what a class list's author did not mean: notes, sums, and changed numbers."""
    if student.startswith((_MARK, "=")):
        raise CourseError(
            f"{where}: the id {student!r} begins with {student[0]!r}. Next: delete this line, or "
            "the mark"
        )
    for field, value in (("id", student), (LMS_ID, given[LMS_ID])):
        if _RECKONED.fullmatch(value):
            raise CourseError(
                f"{where}: the {field} {value!r} was changed by a spreadsheet, which also drops "
                "leading zeros. Next: format the column as text, enter it again and save"
            )
    if given[EMAIL] and not _ADDRESS.fullmatch(given[EMAIL]):
        raise CourseError(
            f"{where}: {given[EMAIL]!r} is no e-mail address. Next: check that every cell stands "
            "in its column"
        )
