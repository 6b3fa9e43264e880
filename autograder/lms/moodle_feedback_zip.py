"""Zip feedback pages for Moodle's `Upload multiple feedback files in a zip`.

Moodle delivers a file to whom the number in its folder's name means: a participant where people
hand in alone, a whole group where groups do (Moodle 4.5; before, a participant there too). A page
in a wrong folder is read by a stranger. So a number is written only if the worksheet proves what
it means: a participant's in the first case; in the second the group's, which stands in the
submissions archive, if nobody in the worksheet has it for a participant's number.

Source: Moodle 4.5, mod/assign/feedback/file/importziplib.php.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from autograder.errors import CourseError
from autograder.intake.moodle_worksheet import participant_number
from autograder.lms import feedback_pages
from autograder.lms.exporter import WeekGrades, people
from autograder.lms.feedback_pages import counted, zipped


@dataclass(frozen=True)
class Row:
    """A row of the worksheet: who it is for Moodle, and for us if their grade is exported."""

    identifier: str
    name: str
    group: str = ""
    student: str = ""


@dataclass
class FeedbackZip:
    """The files of the archive by folder, and sentences about it."""

    pages: dict[str, bytes] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def for_people(week: WeekGrades, rows: Iterable[Row]) -> FeedbackZip:
    """A folder for each student whose grade is exported."""
    known = feedback_pages.pages(week)
    found = {
        folder_name(row.name, row.identifier): known.found[row.student].read_bytes()
        for row in rows
        if row.student in known.found
    }
    return FeedbackZip(found, [f"{counted(len(found))} in the zip.", *known.notes])


def for_groups(week: WeekGrades, rows: Iterable[Row], numbers: Mapping[str, int]) -> FeedbackZip:
    """A folder for each group, which Moodle delivers to all of its members.

    Args:
        week: the grades, and where the pages are.
        rows: the whole worksheet.
        numbers: the ids of the groups, by name.
    """
    rows = list(rows)
    known = feedback_pages.pages(week)
    made = FeedbackZip(notes=[*known.notes])
    pages = {each: page.read_bytes() for each, page in known.found.items()}
    participants = {participant_number(row.identifier) for row in rows}
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append(row)
    reached = 0
    for group, members in groups.items():
        students = [member.student for member in members if member.student in pages]
        if not students:
            continue
        reason = _why_not(members, pages, numbers.get(group), participants)
        if reason:
            made.problems.append(
                f"{people(students)} of the group {group!r} {_get(students)} no page from the zip: "
                f"{reason}. Next: attach their pages in Moodle by hand."
            )
            continue
        made.pages[folder_name(group, str(numbers[group]))] = pages[students[0]]
        reached += len(members)
    made.notes.insert(
        0,
        f"{counted(len(made.pages))} in the zip, one for each group, {reached} students in all. "
        "Before Moodle takes the zip, it lists who gets which file.",
    )
    return made


def written(made: FeedbackZip, week: WeekGrades) -> bytes:
    """The archive.

    Raises:
        CourseError: if there is no page in it.
    """
    if not made.pages:
        reasons = " ".join(made.problems)
        raise CourseError(
            f"there are no feedback pages of {week.week} to zip. "
            f"{reasons or f'Next: run `autograder feedback {week.week}`'}"
        )
    return zipped({f"{folder}/{week.stem}.html": page for folder, page in made.pages.items()})


def folder_name(name: str, identifier: str) -> str:
    """The name of the folder whose files Moodle gives to a participant or group.

    Args:
        name: as in the worksheet; only people read it.
        identifier: such as `Participant 12`, or a group's id.
    """
    number = participant_number(identifier)
    assert number
    # Moodle reads the number between the first two underscores.
    plain = " ".join(re.sub(r"[_/\\\"'<>:|?*\x00-\x1f]", " ", name).split()).strip(".~ ")
    return f"{plain or 'Participant'}_{number}_assignfeedback_file_"


def _why_not(
    members: list[Row], pages: Mapping[str, bytes], number: int | None, participants: set[str]
) -> str:
    """Why one page cannot be given to a whole group; empty if it can."""
    if number is None:
        return "Moodle has no number for it in the submissions archive"
    if str(number) in participants:
        return f"its number {number} is a participant's too, and older Moodles would mean that one"
    if any(member.student not in pages for member in members):
        return "not everybody in it has a grade that is exported and a page"
    if len({pages[member.student] for member in members}) > 1:
        return "its members' pages differ, and each of them would get the one in the zip"
    return ""


def _get(students: list[str]) -> str:
    return "gets" if len(students) == 1 else "get"
