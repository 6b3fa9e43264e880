"""Moodle: fill the downloaded grading worksheet, and zip the feedback pages.

Source: Moodle 4.5, mod/assign/feedback/offline/importgradeslib.php and locallib.php: what its
import skips, overrides and creates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from autograder.course.person import Person
from autograder.errors import CourseError
from autograder.intake import moodle_words, moodle_worksheet
from autograder.intake.collect import moodle as archive
from autograder.intake.moodle_words import decimal
from autograder.intake.moodle_worksheet import ALONE, GROUPS, UNSURE, Columns
from autograder.lms import moodle_feedback_zip as feedback_zip
from autograder.lms.csv_template.fill import Filling, filled_name
from autograder.lms.csv_template.worksheet import Worksheet, read
from autograder.lms.exporter import Export, Template, WeekGrades, one_week, people
from autograder.lms.moodle_comments import merged
from autograder.lms.moodle_feedback_zip import Row

TICK = (
    "Allow updating records that have been modified more recently in Moodle than in the "
    "spreadsheet."
)
"""The box of Moodle's upload form; without it, newer grades stay as they are."""

Feedback = Annotated[
    Path | None,
    typer.Option(help="Also write a zip here for `Upload multiple feedback files in a zip`."),
]
Submissions = Annotated[
    Path | None,
    typer.Option(
        help="For group submission with --feedback: the submissions archive of the assignment, "
        "whose folders hold the groups' numbers."
    ),
]


def export(
    weeks: Sequence[WeekGrades],
    *,
    template: Template,
    feedback: Feedback = None,
    submissions: Submissions = None,
) -> Export:
    """Fill the grading worksheet of a Moodle assignment, and zip the feedback files."""
    week = one_week(weeks, "Moodle")
    sheet = read(template)
    columns = moodle_worksheet.find_columns(_table(sheet), sheet.name)
    maximum = _maximum(sheet, columns)

    def person(row: int) -> Person:
        return moodle_worksheet.person_of([sheet.value(row, number) for number in columns.known])

    filling = Filling(sheet, week, columns.grade, maximum, person, cap=True)
    students = _fill(filling, columns)
    _about_locked(filling, columns)
    filling.notes += _about_upload(filling, columns, students)
    made = filling.finish(filled_name(template))
    if feedback is None:
        return made
    rows = [_row(sheet, columns, row, students) for row in range(1, len(sheet.rows))]
    together = columns.together
    if together == UNSURE and submissions:
        people_of_it = moodle_worksheet.read(template)
        together = ALONE if archive.hand_in_alone(submissions, people_of_it) else GROUPS
    if together == ALONE:
        zipped = feedback_zip.for_people(week, rows)
    else:
        zipped = _for_groups(week, sheet, columns, rows, submissions)
    problems = (*made.problems, *zipped.problems)
    if not zipped.pages and zipped.problems:
        return Export(made.files, made.notes, problems)
    files = {**made.files, str(feedback.absolute()): feedback_zip.written(zipped, week)}
    return Export(files, (*made.notes, *zipped.notes), problems)


def _fill(filling: Filling, columns: Columns) -> dict[int, str]:
    """Write grades and comments; returns the students whose grade is written, by row."""
    sheet, week = filling.sheet, filling.week
    mark = moodle_words.decimal_mark(sheet.value(1, columns.maximum))
    locked_words = _locked_words(sheet, columns)
    students: dict[int, str] = {}
    locked, kept, doubtful = [], [], []
    for row, total in filling.rows():
        if sheet.value(row, columns.changeable) in locked_words:
            locked.append(total.student)
            continue
        filling.grade(row, total)
        grade = filling.changes[row, columns.grade]
        filling.changes[row, columns.grade] = grade.replace(".", mark)
        students[row] = total.student
        if columns.comments >= 0 and (comment := week.comments.get(total.student)):
            cell = merged(sheet.value(row, columns.comments), comment)
            filling.changes[row, columns.comments] = cell.text
            kept += [total.student] * cell.kept
            doubtful += [total.student] * cell.doubtful
    if locked:
        filling.problems.append(
            f"{people(locked)} unchanged: the worksheet says that their grade cannot be changed "
            "(it is locked or overridden in Moodle's gradebook)."
        )
    if kept:
        filling.notes.append(f"Comments that people wrote are kept above ours: {people(kept)}.")
    if doubtful:
        filling.notes.append(
            f"Look at the comments of {people(doubtful)}: an earlier version wrote ours without a "
            "mark at its end, so what stands above the new one may be a person's words or an old "
            "reason of ours. Next: delete what is out of date, in Moodle or in the file."
        )
    if columns.comments < 0:
        filling.notes.append(_about_comments(sheet, columns))
    return students


def _table(sheet: Worksheet) -> list[list[str]]:
    return [[cell.value for cell in row] for row in sheet.rows]


def _maximum(sheet: Worksheet, columns: Columns) -> float:
    """The assignment's maximum grade.

    Raises:
        CourseError: if the worksheet names nobody, or the grades are no points.
    """
    if columns.anonymous:
        raise CourseError(
            f"{sheet.name}: Moodle has hidden who the participants are (anonymous submissions), so "
            "nobody can be matched. Next: in the assignment, under Submissions, Actions, choose "
            "`Reveal student identities`, and download the worksheet again"
        )
    found = set(sheet.column(columns.maximum))
    value = decimal(next(iter(found))) if len(found) == 1 else None
    if columns.scale or value is None or value <= 0:
        what = "a scale" if columns.scale else "no points"
        raise CourseError(
            f"{sheet.name}: the assignment is graded with {what} "
            f"({' '.join(sheet.value(1, columns.maximum).split())!r}), expected the same maximum "
            "grade above 0 in every row. Next: in the assignment's settings, under Grade, set the "
            "grade type to Point (Moodle allows it until the first grade is given), and download "
            "the worksheet again"
        )
    return value


def _locked_words(sheet: Worksheet, columns: Columns) -> set[str]:
    """What `Grade can be changed` says in rows that Moodle has locked."""
    words = set(sheet.column(columns.changeable))
    meaning = {word: moodle_words.is_locked(word) for word in words}
    locked = {word for word, is_locked in meaning.items() if is_locked}
    if not locked and False in meaning.values():
        # Of two words, one of which is yes, the other is no.
        locked = {word for word, is_locked in meaning.items() if is_locked is None}
    return locked


def _about_locked(filling: Filling, columns: Columns) -> None:
    words = sorted(set(filling.sheet.column(columns.changeable)))
    if len(words) > 1 and all(moodle_words.is_locked(word) is None for word in words):
        filling.notes.append(
            f"The column {filling.sheet.header[columns.changeable]!r} says {' or '.join(words)}, "
            "in a language that is not known here. All rows were filled; Moodle itself skips the "
            "grades of those that it has locked."
        )


def _about_comments(sheet: Worksheet, columns: Columns) -> str:
    titles = sheet.header[columns.graded + 1 :]
    if titles:
        return f"None of the columns {', '.join(titles)} is known to hold comments; none written."
    return (
        f"{sheet.name} has no column for comments, so none were written. To have them, enable "
        "`Feedback comments` in the assignment and download the worksheet again."
    )


def _about_upload(filling: Filling, columns: Columns, students: Mapping[int, str]) -> list[str]:
    """What Moodle does without a word when the worksheet is uploaded."""
    sheet = filling.sheet
    graded = [row for row in students if sheet.value(row, columns.graded) not in ("", "-")]
    english = all(moodle_words.is_in_english(sheet.value(r, columns.graded)) for r in graded)
    names = people([students[row] for row in graded])
    notes = []
    if graded and english:
        notes.append(
            f"{names} had a grade when the worksheet was downloaded. If that was not just now, or "
            f"your time zone in Moodle is not the server's, tick `{TICK}` when you upload it: "
            "without it, Moodle keeps the newer grades and comments and says nothing. With it, "
            "what anybody has changed in Moodle since the download is overridden."
        )
    elif graded:
        notes.append(
            f"{names} had a grade when the worksheet was downloaded. Tick `{TICK}` when you upload "
            "it (in your language, the box below the file): Moodle reads its own dates only in "
            "English, so without it these grades and comments stay as they are, and Moodle says "
            "nothing. What anybody has changed in Moodle since the download is overridden then."
        )
    elif students:
        notes.append(
            "A worksheet is good for one upload. For a regrade, download a new one: Moodle keeps "
            f"grades that are newer than the worksheet and says nothing, unless `{TICK}` is ticked."
        )
    if columns.workflow >= 0:
        notes.append(
            "The assignment uses marking workflow: students see grades and feedback when you set "
            "their state to Released in Moodle."
        )
    return notes


def _row(sheet: Worksheet, columns: Columns, row: int, students: Mapping[int, str]) -> Row:
    return Row(
        sheet.value(row, columns.identifier),
        sheet.value(row, columns.known[0]),
        sheet.value(row, columns.group),
        students.get(row, ""),
    )


def _for_groups(
    week: WeekGrades,
    sheet: Worksheet,
    columns: Columns,
    rows: Sequence[Row],
    submissions: Path | None,
) -> feedback_zip.FeedbackZip:
    """The pages of groups, by the numbers that only the submissions archive holds."""
    if submissions is None:
        return feedback_zip.FeedbackZip(problems=[_about_groups(sheet, columns)])
    numbers = archive.group_numbers(submissions, {row.group for row in rows if row.group})
    return feedback_zip.for_groups(week, rows, numbers)


def _about_groups(sheet: Worksheet, columns: Columns) -> str:
    what = (
        f"The column {sheet.header[columns.group]!r} of {sheet.name}" if columns.group > 0 else ""
    )
    return (
        f"No zip of feedback pages was written. {what or sheet.name} says that groups hand in "
        "together, or may say so; Moodle then delivers a page by the group's number, which only "
        "the submissions archive holds. Next: add --submissions SUBMISSIONS.zip, from the same "
        "assignment."
    )
