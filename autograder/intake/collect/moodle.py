"""Moodle's submissions zip: a folder or name prefix per person, or per group.

The number in a folder's name is a participant's number if people hand in alone, a group's id if
groups do, and missing for those who are in no group. The folder does not say which. The grading
worksheet does, and it is the only file that names the members of a group.

Source: Moodle 4.5, mod/assign/classes/downloader.php.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from autograder.course.people import Roster
from autograder.course.person import Person
from autograder.errors import UnusableSource
from autograder.intake.collect import archives
from autograder.intake.collect.archives import Entry
from autograder.intake.collect.attempts import Attempt, File, work_time
from autograder.intake.collect.folder_owners import GroupNames, Owners
from autograder.intake.moodle_words import is_nobodys_name
from autograder.intake.moodle_worksheet import MoodleWorksheet, Participant

_FOLDER = re.compile(
    r"(?P<name>.*?)(?:_(?P<number>\d+))?_assignsubmission_[a-z]+(?:_(?P<file>.+)|_?)", re.DOTALL
)
_ANONYMOUS = (
    "Moodle has hidden who handed in (anonymous submissions), so nobody can be matched. Nothing "
    "was collected. Next: in the assignment, under Submissions, Actions, choose `Reveal student "
    "identities`, and download the submissions and the worksheet again"
)
NO_GROUPS: Mapping[str, Sequence[Person]] = {}
_ABOUT_WORKSHEET = (
    "in the assignment, under Submissions, Actions, choose `Download grading worksheet`, and "
    "collect with --worksheet WORKSHEET.csv"
)


def is_folder(name: str) -> bool:
    """Whether Moodle names a folder like this."""
    return bool(_FOLDER.fullmatch(name))


def parse(entries: Sequence[Entry], assignment: str, week: str) -> list[Attempt]:
    """What was handed in, by the names of the folders alone."""
    grouped: dict[tuple[str, str], list[File]] = {}
    for entry in entries:
        for part in entry.path.parts:
            if match := _FOLDER.fullmatch(part):
                owner = match["name"], match["number"] or ""
                grouped.setdefault(owner, []).append(File(match["file"] or entry.path.name, entry))
                break
    # Elsewhere the group's name stands before every student's.
    in_groups = len(grouped) > 1 and all("-" in name for name, _ in grouped)
    return [_attempt(name, number, files, in_groups) for (name, number), files in grouped.items()]


def _attempt(name: str, number: str, files: list[File], in_groups: bool) -> Attempt:
    parts = name.split("-") if in_groups else [name]
    names = tuple("-".join(parts[start:]) for start in range(len(parts)))
    shown = f"{name} (participant {number})" if number else f"{name} (without a number)"
    return Attempt((Person(shown, names=names),), tuple(files), number, work_time(files))


def identify(
    found: Sequence[Attempt],
    sheet: MoodleWorksheet | None,
    students: Roster,
    groups: Mapping[str, Sequence[Person]] = NO_GROUPS,
) -> list[Attempt]:
    """The same attempts, each with the people whose it is.

    Args:
        found: from `parse`.
        sheet: the assignment's grading worksheet; None if it was not given.
        students: of the course.
        groups: the members of groups by the group's name, from a list of groups.

    Raises:
        UnusableSource: if nobody can be told, or the worksheet is another assignment's.
    """
    if (sheet and sheet.anonymous) or (not sheet and _is_anonymous(found, students)):
        raise UnusableSource(_ANONYMOUS)
    if sheet is None and groups:
        names = GroupNames(groups)
        return [_of_group(each, names.called(_name(each)), groups) for each in found]
    if sheet is None:
        if unnumbered := [_name(each) for each in found if not each.account]:
            raise UnusableSource(
                f"The folder {unnumbered[0]!r} has no number, so groups hand in together here, and "
                f"the archive does not name their members. Nothing was collected. Next: "
                f"{_ABOUT_WORKSHEET}, or with --groups GROUPS.csv"
            )
        return list(found)
    finder = Owners(sheet, nameless=len(found) > 1 and len(set(map(_name, found))) == 1)
    owners = [finder.owners(_name(each), each.account) for each in found]
    if not any(people for people, _ in owners):
        raise UnusableSource(
            f"{sheet.name} names nobody whose work is in the archive, so it is the worksheet of "
            f"another assignment. Nothing was collected. Next: {_ABOUT_WORKSHEET}"
        )
    return [_with(each, *owner) for each, owner in zip(found, owners, strict=True)]


def times_are_confirmed(found: Sequence[Attempt], sheet: MoodleWorksheet) -> bool:
    """Whether the files' times are those of the worksheet, and so not those of a download.

    Args:
        found: from `parse`.
        sheet: the assignment's grading worksheet.
    """
    finder = Owners(sheet)
    agreed = []
    for attempt in found:
        people, _ = finder.owners(_name(attempt), attempt.account)
        if people and attempt.time:
            agreed.append(any(each.agrees_with(attempt.time) for each in people))
    # Who has changed the text beside the file since has another time in the worksheet.
    return 2 * sum(agreed) > len(agreed)


def advice(left_out: int, sheet: MoodleWorksheet | None) -> str:
    """What may help where folders fit no student or two; empty if there is nothing."""
    if not left_out or sheet:
        return ""
    return (
        "A folder of Moodle's may be a group's, or two people may have one name; the grading "
        f"worksheet tells. Next: {_ABOUT_WORKSHEET}."
    )


def hand_in_alone(source: Path, sheet: MoodleWorksheet) -> bool:
    """Whether every folder of an archive is, by number and name, one participant's.

    Raises:
        UnusableSource: if it is no archive.
    """
    finder = Owners(sheet)
    with archives.entries(source) as entries:
        found = [(_name(each), each.account) for each in parse(entries, "", "")]
    return bool(found) and all(finder.is_alone(name, number) for name, number in found)


def group_numbers(source: Path, groups: Iterable[str]) -> dict[str, int]:
    """The numbers of groups that hand in together, from the folders of a submissions archive.

    Args:
        source: the archive, or the folder that it was unpacked to.
        groups: the groups' names, as the worksheet has them.

    Returns:
        The numbers by name; without groups that handed in nothing, have no number, or share their
        name with another one.

    Raises:
        UnusableSource: if it is no archive of Moodle's, or none of these groups is in it.
    """
    names = GroupNames(groups)
    found: dict[str, set[int]] = {}
    with archives.entries(source) as entries:
        for attempt in parse(entries, "", ""):
            fitting = names.called(_name(attempt))
            if len(fitting) == 1 and attempt.account:
                found.setdefault(fitting[0], set()).add(int(attempt.account))
    if not found:
        raise UnusableSource(
            f"{source.name} holds no folder of the worksheet's groups; expected the archive from "
            "`Download all submissions` of the same assignment"
        )
    return {group: numbers.pop() for group, numbers in found.items() if len(numbers) == 1}


def about_lateness(handed_in: Iterable[tuple[str, bool, datetime]], due: datetime | None) -> str:
    """A sentence on work that is late for Moodle and not for the course, or the other way round.

    Args:
        handed_in: who handed in, whether Moodle calls it late, and when in UTC.
        due: when the course says that the week is due.
    """
    differ = [who for who, late, time in handed_in if due and late != (time > due)]
    if not differ:
        return ""
    shown = ", ".join(differ[:10]) + (", ..." if len(differ) > 10 else "")
    return (
        f"Moodle and course.toml differ on who is late: {shown}. Next: compare the due date in "
        f"Moodle with {due:%Y-%m-%d %H:%M} UTC, and --timezone with the server's zone; a student's "
        "own extension in Moodle is not in course.toml either (see `autograder extend`)."
    )


def _name(attempt: Attempt) -> str:
    return attempt.people[0].names[0]


def _is_anonymous(found: Sequence[Attempt], students: Roster) -> bool:
    names = {_name(each) for each in found}
    if len(names) != 1 or students.match(found[0].people[0]).fitting:
        return False
    return len(found) > 1 or is_nobodys_name(names.pop())


def _with(attempt: Attempt, people: Sequence[Participant], problem: str) -> Attempt:
    if not people:
        shown = attempt.people[0].shown
        return replace(attempt, people=(Person(f"{shown}; {problem}"),))
    return replace(
        attempt,
        people=tuple(each.person for each in people),
        late=any(each.late for each in people),
    )


def _of_group(
    attempt: Attempt, called: Sequence[str], groups: Mapping[str, Sequence[Person]]
) -> Attempt:
    if len(called) != 1:
        return attempt
    return replace(attempt, people=tuple(groups[called[0]]))
