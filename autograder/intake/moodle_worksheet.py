"""Read Moodle's grading worksheet, in whatever language its titles are.

Moodle translates the titles, `Participant 12`, `Yes` and `No`, the dates and the decimal mark. The
order of the columns is always the same, so they are found by place and content:

    identifier, full name, e-mail and other ids, status, group, marker, grade, maximum grade,
    workflow state, grade can be changed, last modified (submission), online text,
    last modified (grade), feedback comments

Only the identifier, the status, the grade, the maximum (or the scale), `can be changed` and the
date of the grade are always there. A group column beside the status means group submission, and a
marker column does not: where a title is unknown, what it means is `UNSURE`.

Source: Moodle 4.5, mod/assign/gradingtable.php; titles in `moodle_titles.json`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.course.person import Person, in_grade_file
from autograder.errors import CourseError
from autograder.intake.moodle_words import decimal, titles
from autograder.output.text import fold

ALONE, GROUPS, UNSURE = "alone", "groups", "unsure"
NONE = -1
_IDENTIFIER = re.compile(r"\D*(\d+)\s*")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?!\d)")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_UNITS = re.compile(r"(?<!\d)\d{1,3}(?!\d)")

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Columns:
    """The numbers of the worksheet's columns; -1 for a column that is missing.

    Attributes:
        known: the columns that say who somebody is; empty with anonymous submissions.
        group: the group's name, if groups hand in together.
        together: `ALONE`, `GROUPS`, or `UNSURE` where the file does not prove either.
        scale: whether the grades are words of a scale, not points.
    """

    identifier: int
    known: range
    status: int
    group: int
    together: str
    grade: int
    maximum: int
    scale: bool
    workflow: int
    changeable: int
    submitted: int
    graded: int
    comments: int

    @property
    def anonymous(self) -> bool:
        return not self.known


@dataclass(frozen=True)
class Participant:
    """One row: who it is, their group, and what Moodle says of the time of their work.

    Attributes:
        late: whether Moodle calls the work late.
        submitted: when it was handed in, in Moodle's language and an unnamed time zone.
    """

    number: str
    person: Person
    group: str = ""
    late: bool = False
    submitted: str = ""

    def agrees_with(self, time: datetime) -> bool:
        """Whether a local time has the day, hour and minute at which the work was handed in."""
        clocks = _CLOCK.findall(self.submitted)
        if not clocks:
            return False
        # The time comes last, after a date such as 17.11.2026.
        hour, minute = map(int, clocks[-1])
        days = {int(each) for each in _UNITS.findall(self.submitted)}
        # Half of the languages write 1:41 PM.
        return time.day in days and (hour - time.hour) % 12 == 0 and minute == time.minute


@dataclass(frozen=True)
class MoodleWorksheet:
    """The people of one Moodle assignment, by participant number."""

    name: str
    together: str
    anonymous: bool
    participants: Mapping[str, Participant]


def read(path: Path) -> MoodleWorksheet:
    """Who the participants of an assignment are, as its grading worksheet says.

    Raises:
        CourseError: if it is not a grading worksheet.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CourseError(f"the worksheet {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CourseError(
            f"{path.name} is not UTF-8; expected Moodle's grading worksheet. Next: download it "
            "again, and do not save it in a spreadsheet program"
        ) from None
    separator = max(",;\t", key=text.partition("\n")[0].count)
    rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row]
    columns = find_columns(rows, path.name)
    found = (_participant(row, columns) for row in rows[1:])
    by_number = {each.number: each for each in found}
    if len(by_number) < len(rows) - 1:
        raise CourseError(f"{path.name} holds a participant twice. Next: download it again")
    return MoodleWorksheet(path.name, columns.together, columns.anonymous, by_number)


def participant_number(identifier: str) -> str:
    """The number in `Participant 12`, without leading zeros; empty if it is no such text."""
    match = _IDENTIFIER.fullmatch(identifier)
    return str(int(match[1])) if match else ""


def person_of(known: Sequence[str]) -> Person:
    """Who somebody is, by the cells of the columns `Columns.known`."""
    name, *others = known
    # The e-mail address is known by its form, since the titles are in any language.
    email = next((each for each in others if "@" in each), "")
    return in_grade_file("", ("" if each == email else each for each in others), name, email)


def _participant(row: Sequence[str], columns: Columns) -> Participant:
    known = [_value(row, number) for number in columns.known]
    number = participant_number(_value(row, columns.identifier))
    person = person_of(known) if known else Person(f"participant {number}")
    group = _value(row, columns.group)
    late = is_late(_value(row, columns.status))
    return Participant(number, person, group, late, _value(row, columns.submitted))


def find_columns(rows: Rows, name: str) -> Columns:
    """Find the columns of a worksheet.

    Args:
        rows: the header and the rows below it.
        name: of the file, for messages.

    Raises:
        CourseError: if it is not a grading worksheet.
    """
    header = [fold(title) for title in rows[0]] if rows else []
    body = rows[1:]
    grade, scale = _grade_column(header, body)
    identified = bool(body) and all(participant_number(_value(row, 0)) for row in body)
    # A comment may be a dash, as a date that is missing is.
    later = [
        n for n in range(grade + 3, len(header)) if header[n] not in titles("feedback comments")
    ]
    dates = [n for n in later if _all(body, n, _is_date)]
    if grade < 2 or not identified or not dates:
        raise CourseError(
            f"{name}: expected Moodle's grading worksheet, whose columns begin with Identifier "
            "(`Participant 12`) and hold Grade and Maximum grade; received "
            f"{', '.join(rows[0]) if rows else 'an empty file'}. Next: in the assignment, "
            "under Submissions, Actions, choose `Download grading worksheet`"
        )
    status = _status_column(header, body, grade)
    between = range(status + 1, grade)
    group, together = _group_column(header, between) if status > 0 else (NONE, UNSURE)
    changeable = dates[0] - 1
    return Columns(
        identifier=0,
        known=range(1, status) if status > 0 else range(1, grade),
        status=status,
        group=group,
        together=together,
        grade=grade,
        maximum=grade + 1,
        scale=scale,
        workflow=changeable - 1 if changeable > grade + 2 else NONE,
        changeable=changeable,
        submitted=dates[0] if len(dates) > 1 else NONE,
        graded=dates[-1],
        comments=_comments_column(header, dates[-1]),
    )


def _grade_column(header: Sequence[str], body: Rows) -> tuple[int, bool]:
    """The grade's column, and whether the column after it is a scale; -1 if there is none."""
    last = len(header) - 2
    candidates = [n for n in range(1, last) if body and _all(body, n, _is_grade)]
    # The later one, since a number in a profile field comes before the status.
    for number in reversed(candidates):
        if (decimal(_value(body[0], number + 1)) or 0) > 0 and _constant(body, number + 1):
            return number, False
    titled = [n for n in range(1, last) if header[n + 1] in titles("scale")]
    places = range(1, last) if body else ()
    words = [n for n in places if _constant(body, n + 1) and "   " in _value(body[0], n + 1)]
    if found := titled or words:
        return found[0], True
    # A worksheet whose maximum is `-`, or differs from row to row, is told about later.
    named = [n for n in range(1, last) if header[n + 1] in titles("maximum grade")]
    return (named[0] if named else NONE), False


def _status_column(header: Sequence[str], body: Rows, grade: int) -> int:
    """Moodle ends every status with ` - `; no other text ends so in every row."""
    places = range(1, min(grade, len(header)))
    ended = [n for n in places if _all(body, n, lambda text: text.endswith("-"))]
    named = [n for n in places if header[n] in titles("status")]
    found = named or ended
    return found[-1] if found else NONE


def _group_column(header: Sequence[str], between: range) -> tuple[int, str]:
    """The group's column, and whether people hand in alone or in groups."""
    if not between:
        return NONE, ALONE
    # With both, the group comes before the marker.
    place = between[0]
    if header[place] in titles("group"):
        return place, GROUPS
    if len(between) == 1 and header[place] in titles("marker"):
        return NONE, ALONE
    return place, UNSURE


def _comments_column(header: Sequence[str], graded: int) -> int:
    """The column of the feedback comments, which comes after the date of the grade."""
    places = range(graded + 1, len(header))
    named = [n for n in places if header[n] in titles("feedback comments")]
    found = named or list(places)
    return found[0] if len(found) == 1 else NONE


def is_late(status: str) -> bool:
    """Whether a status says for how long the work is late, such as `23 hours 50 mins late`.

    Where nothing was handed in, Moodle writes how long it is overdue, in the same place. A date,
    such as that of an extension, has a year.
    """
    parts = [part for part in status.split(" - ") if part.strip()]
    return any(_UNITS.search(part) and not _YEAR.search(part) for part in parts[1:])


def _is_grade(text: str) -> bool:
    return text in ("", "-") or decimal(text) is not None


def _is_date(text: str) -> bool:
    return text == "-" or bool(_CLOCK.search(text) and _YEAR.search(text))


def _all(body: Rows, number: int, fits: object) -> bool:
    assert callable(fits)
    return all(fits(_value(row, number)) for row in body)


def _constant(body: Rows, number: int) -> bool:
    return len({_value(row, number) for row in body}) == 1


def _value(row: Sequence[str], number: int) -> str:
    """A cell without the spaces around it; empty if the row is too short."""
    return row[number].strip() if 0 <= number < len(row) else ""
