"""ILIAS's download of all submissions: a folder `Lastname_Firstname_login_number` for each person.

A team's folder stands around the folders of its members, and what one of them handed in is all of
theirs. Names are in ASCII (`Müller` is `Mueller`), so that people are found by their login. Late
files begin with a remark.

Source: ILIAS, Modules/Exercise/classes/class.ilExSubmission.php.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from autograder.course.person import LMS_ID, Identifier, Person
from autograder.intake.collect.archives import Entry
from autograder.intake.collect.attempts import Attempt, File, work_time

_PERSON = re.compile(r"(?P<before>[^_]+_.+)_(?P<number>\d+)")
_ABOVE = ("abgaben", "submissions")
_TEAM = re.compile(r"team\b.*|team_.*", re.IGNORECASE)
_LATE = re.compile(r"(?:late submission|versp(?:ae|ä)tete abgabe)\s*-\s*", re.IGNORECASE)


def parse(entries: Sequence[Entry], assignment: str, week: str) -> list[Attempt]:
    """What was handed in, an attempt for each person or team."""
    grouped: dict[PurePosixPath, tuple[dict[str, Person], list[tuple[File, bool]]]] = {}
    for entry in entries:
        folders = entry.path.parts[:-1]
        above = [n for n, part in enumerate(folders) if part.casefold() in _ABOVE][:1]
        start = above[0] + 1 if above else 0
        # The outermost, since a student may have given a folder any name.
        place = next((n for n in range(start, len(folders)) if _is_person(folders[n])), None)
        # STUDENT/ASSIGNMENT is nbgrader's, whatever the student's id looks like.
        if place is None or (not above and folders[place + 1 : place + 2] == (assignment,)):
            continue
        team = place > 0 and bool(_TEAM.fullmatch(folders[place - 1]))
        owner = PurePosixPath(*folders[: place if team else place + 1])
        people, files = grouped.setdefault(owner, ({}, []))
        people.setdefault(folders[place], _person(folders[place]))
        name = _LATE.sub("", entry.path.name, count=1)
        files.append((File(name, entry), name != entry.path.name))
    return [_attempt(tuple(people.values()), files) for people, files in grouped.values()]


def _attempt(people: tuple[Person, ...], found: list[tuple[File, bool]]) -> Attempt:
    files = tuple(file for file, _ in found)
    return Attempt(people, files, time=work_time(files), late=any(late for _, late in found))


def _is_person(folder: str) -> bool:
    match = _PERSON.fullmatch(folder)
    return bool(match) and folder.count("_") >= 3 and "assignsubmission" not in folder


def _person(folder: str) -> Person:
    match = _PERSON.fullmatch(folder)
    assert match is not None
    parts = match["before"].split("_")
    # The login may hold underscores, and so may names.
    logins = tuple("_".join(parts[start:]) for start in range(2, len(parts)))
    ids = (
        Identifier(logins, field="login"),
        Identifier((match["number"],), (LMS_ID,), LMS_ID),
    )
    return Person(f"{folder} (ILIAS)", ids, (" ".join(parts[:-1]),), squeezed=True)
