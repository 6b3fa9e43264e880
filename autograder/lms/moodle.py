"""Moodle: fill the downloaded grading worksheet and zip the feedback files.

Moodle finds columns by their translated titles, students by `Participant N`, and the student of a
feedback file by the number in its folder's name.

Source: Moodle 4.5, mod/assign/feedback/offline/importgradeslib.php and file/importziplib.php.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Annotated

import typer

from autograder.course.people import Person, in_grade_file
from autograder.errors import CourseError
from autograder.gradebook.totals import Total
from autograder.lms.csv_template.fill import Filling, decimal, filled_name
from autograder.lms.csv_template.worksheet import Worksheet, read
from autograder.lms.exporter import Export, Template, WeekGrades, one_week, people

_PARTICIPANT = re.compile(r"\D*(\d+)\s*")
_COMMENTS = frozenset(
    (
        "feedback comments",  # English
        "feedback als kommentar",  # German
        "feedback-kommentare",
        "comentarios de retroalimentación",  # Spanish
        "feedback par commentaires",  # French
        "commentaires",
        "commenti di feedback",  # Italian
        "commenti",
        "feedback via opmerkingen",  # Dutch
        "comentários do feedback",  # Portuguese
        "comentários de feedback",
    )
)
_NO = frozenset(
    ("no", "nein", "non", "nee", "não", "nej", "nei", "ei", "nie", "ne", "nem", "nu", "hayır")
    + ("нет", "ні", "όχι", "いいえ", "否", "不", "아니오", "لا", "לא")
)
_EPOCH = (1980, 1, 1, 0, 0, 0)

Feedback = Annotated[
    Path | None,
    typer.Option(help="Also write a zip here for `Upload multiple feedback files in a zip`."),
]


@dataclass(frozen=True)
class Columns:
    """The numbers of the worksheet's columns; -1 for a column that is missing.

    `known` are the columns between the identifier and the grade, which say who a student is.
    """

    identifier: int
    known: range
    grade: int
    maximum: int
    changeable: int
    comments: int


def export(weeks: Sequence[WeekGrades], *, template: Template, feedback: Feedback = None) -> Export:
    """Fill the grading worksheet of a Moodle assignment, and zip the feedback files."""
    week = one_week(weeks, "Moodle")
    sheet = read(template)
    columns = find_columns(sheet)
    written = sheet.value(1, columns.maximum)

    def person(row: int) -> Person:
        known = tuple(sheet.value(row, number) for number in columns.known)
        return in_grade_file("", known, known[0] if known else "")

    filling = Filling(
        sheet, week, columns.grade, _maximum(sheet, columns), person, "," in written, True
    )
    locked: list[str] = []
    exported: list[tuple[int, Total]] = []
    for row, total in filling.rows():
        if sheet.value(row, columns.changeable).casefold() in _NO:
            locked.append(total.student)
            continue
        filling.grade(row, total)
        exported.append((row, total))
        if columns.comments >= 0 and (comment := week.comments.get(total.student)):
            filling.changes[row, columns.comments] = as_html(comment)
    if locked:
        filling.problems.append(
            f"{people(locked)} unchanged: the worksheet says that their grade cannot be changed "
            "(it is locked or overridden in Moodle's gradebook)."
        )
    if columns.comments < 0:
        filling.notes.append(
            f"{sheet.name} has no column for comments, so none were written. To have them, enable "
            "`Feedback comments` in the assignment and download the worksheet again."
        )
    made = filling.finish(filled_name(template))
    if feedback is None:
        return made
    content, notes = feedback_zip(week, sheet, columns, exported)
    files = {**made.files, str(feedback.absolute()): content}
    return Export(files, (*made.notes, *notes), made.problems)


def find_columns(sheet: Worksheet) -> Columns:
    """Find a worksheet's columns, in whatever language their titles are.

    Moodle always writes the grade, the maximum grade and whether the grade can be changed in this
    order, and the maximum grade is the column that holds a single number.

    Raises:
        CourseError: if it is not a grading worksheet.
    """
    header = [title.casefold() for title in sheet.header]
    identified = all(_PARTICIPANT.fullmatch(text) for text in sheet.column(0))
    maximum = _titled(header, "maximum grade")
    if maximum < 0:
        constant = [
            number
            for number in range(2, len(header) - 2)
            if len(values := set(sheet.column(number))) == 1 and decimal(values.pop())
        ]
        maximum = constant[0] if len(constant) == 1 else -1
    if not identified or maximum < 2:
        raise CourseError(
            f"{sheet.name}: expected Moodle's grading worksheet, whose columns begin with "
            f"Identifier (`Participant 12`) and hold Grade and Maximum grade; received "
            f"{', '.join(sheet.header)}. Next: in the assignment, download the grading worksheet"
        )
    grade = _titled(header, "grade", maximum - 1)
    changeable = _titled(header, "grade can be changed", maximum + 1)
    comments = next((n for n, title in enumerate(header) if title in _COMMENTS), -1)
    # After `Grade can be changed` come the dates of the submission and of the grade.
    last = maximum + 4
    if comments < 0 and len(header) == last + 1:
        comments = last
    return Columns(0, range(1, grade), grade, maximum, changeable, comments)


def _titled(header: Sequence[str], title: str, otherwise: int = -1) -> int:
    return list(header).index(title) if title in header else otherwise


def _maximum(sheet: Worksheet, columns: Columns) -> float:
    found = set(sheet.column(columns.maximum))
    value = decimal(found.pop()) if len(found) == 1 else None
    if value is None or value <= 0:
        raise CourseError(
            f"{sheet.name}: expected the same maximum grade above 0 in every row, received "
            f"{sheet.value(1, columns.maximum)!r}. Next: set the assignment's grade to the type "
            "Point"
        )
    return value


def as_html(text: str) -> str:
    """A plain text as HTML, which is what Moodle's comments are."""
    return "<p>" + "<br>".join(escape(line, quote=False) for line in text.splitlines()) + "</p>"


def feedback_zip(
    week: WeekGrades, sheet: Worksheet, columns: Columns, exported: Sequence[tuple[int, Total]]
) -> tuple[bytes, list[str]]:
    """Zip the students' feedback pages under the names that Moodle's upload expects.

    Returns:
        The zip, and sentences about it.

    Raises:
        CourseError: if there is no feedback page at all.
    """
    buffer = io.BytesIO()
    missing, old, count = [], [], 0
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for row, total in exported:
            page = week.course.folder("feedback", week.stem, total.student) / f"{week.stem}.html"
            if not page.is_file():
                missing.append(total.student)
                continue
            graded = week.course.notebook("autograded", week.stem, total.student)
            if graded.is_file() and graded.stat().st_mtime > page.stat().st_mtime:
                old.append(total.student)
            folder = folder_name(sheet.value(row, 1), sheet.value(row, columns.identifier))
            entry = zipfile.ZipInfo(f"{folder}/{week.stem}.html", _EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, page.read_bytes())
            count += 1
    advice = f"run `autograder feedback {week.week}`"
    if not count:
        raise CourseError(f"there are no feedback pages of {week.week} to zip. Next: {advice}")
    notes = [f"{count} feedback pages in the zip."]
    if missing:
        notes.append(f"{people(missing)} have no feedback page; {advice}.")
    if old:
        notes.append(f"The pages of {people(old)} are older than their grades; {advice}.")
    return buffer.getvalue(), notes


def folder_name(full_name: str, identifier: str) -> str:
    """The name of the folder in which Moodle looks for a participant's feedback.

    Args:
        full_name: as in the worksheet; only people read it.
        identifier: such as `Participant 12`.
    """
    number = _PARTICIPANT.fullmatch(identifier)
    assert number is not None
    # Moodle reads the number between the first two underscores.
    name = " ".join(re.sub(r"[_/\\\"'<>:|?*\x00-\x1f]", " ", full_name).split()).strip(".~ ")
    return f"{name or 'Participant'}_{int(number[1])}_assignfeedback_file_"
