"""Brightspace's download of an assignment: a folder or prefix of the name for each submission.

    39786-640693 - Jane Doe - Oct 10, 2026 1022 AM/week06.ipynb

The numbers are Brightspace's own. Some institutions put their own id before the name. The times
are local ones; in a group assignment the name is the group's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from autograder.course.person import ID, LMS_ID, Identifier, Person
from autograder.intake.collect.archives import Entry
from autograder.intake.collect.attempts import Attempt, File

_FOLDER = re.compile(
    r"(?P<numbers>\d+-\d+) - (?P<who>.+?) ?- (?P<time>[^-]*\d{4}[^-]*?)(?: - (?P<file>.+))?",
    re.DOTALL,
)
_MONTHS = ("%b %d, %Y", "%B %d, %Y", "%d %B, %Y", "%d %b, %Y", "%d %B %Y", "%d %b %Y")
_FORMATS = [f"{day} {clock}" for day in _MONTHS for clock in ("%I%M %p", "%H%M")]


def parse(entries: Sequence[Entry], assignment: str, week: str) -> list[Attempt]:
    """What was handed in, an attempt for each folder."""
    grouped: dict[tuple[str, str, str], list[File]] = {}
    for entry in entries:
        for part in entry.path.parts:
            if match := _FOLDER.fullmatch(part):
                owner = match["numbers"], match["who"], match["time"].strip()
                file = File(match["file"] or entry.path.name, entry)
                grouped.setdefault(owner, []).append(file)
                break
    return [_attempt(*owner, files) for owner, files in grouped.items()]


def _attempt(numbers: str, who: str, said: str, files: list[File]) -> Attempt:
    time = _time(said)
    order = int(f"{time:%Y%m%d%H%M}") if time else 0
    dated = tuple(
        replace(file, entry=replace(file.entry, time=time, local=time is not None))
        for file in files
    )
    *before, name = who.split(" - ")
    ids = tuple(Identifier((each.strip(),), (ID, LMS_ID), "id") for each in before)
    shown = f"{name.strip()} (Brightspace {numbers})"
    return Attempt((Person(shown, ids, (name.strip(),)),), dated, time=time, order=order)


def _time(said: str) -> datetime | None:
    for form in _FORMATS:
        try:
            return datetime.strptime(said, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None
