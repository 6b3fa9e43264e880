"""Records of what was handed in, and how platforms write file names and times."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from autograder.course.person import Person
from autograder.intake.collect.archives import Entry
from autograder.intake.file_names import is_notebook

_TYPED = "onlinetext.html"
_OFFSET = re.compile(r" (?=(?:[+-]\d\d:?(?:\d\d)?|Z)$)")
_COPY = re.compile(r"(?: ?\((\d{1,9})\)|[-_ ](\d{1,2})|[-_ ][Cc]opy(\d{0,9}))$")


@dataclass(frozen=True)
class File:
    """One file of an attempt, under the student's name for it.

    `order` is the platform's running number, or 0.
    """

    name: str
    entry: Entry
    order: int = 0


@dataclass(frozen=True)
class Attempt:
    """What one person or group handed in at one time.

    Attributes:
        people: who handed it in, as the platform knows them.
        files: everything that was handed in.
        account: the platform's id, which tells apart people of the same name; may be empty.
        time: when it was handed in; None if unknown.
        order: the platform's running number, to sort attempts without a time.
        late: whether the platform marks it as late.
    """

    people: tuple[Person, ...]
    files: tuple[File, ...]
    account: str = ""
    time: datetime | None = None
    order: int = 0
    late: bool = False


def work_time(files: Sequence[File]) -> datetime | None:
    """The newest time of the notebooks, or of all files if there are none.

    Moodle stamps the text that was typed beside a file with the time of the download.
    """
    notebooks = [file for file in files if is_notebook(file.name)]
    others = [file for file in files if file.name != _TYPED]
    return max((file.entry.time for file in notebooks or others if file.entry.time), default=None)


def base_name(stem: str) -> str:
    """A file's name without the ` (1)` or `-2` that browsers and platforms add to copies."""
    return _COPY.sub("", stem)


def copy_number(stem: str) -> int:
    """The number of a copy; 0 for an original."""
    match = _COPY.search(stem)
    return int(next((number for number in match.groups() if number), "1")) if match else 0


def parse_time(said: Any) -> datetime | None:
    """A platform's time in UTC; None if it cannot be read."""
    from nbgrader.utils import parse_utc

    try:
        if isinstance(said, str) and (exact := _OFFSET.sub("", said)) != said:
            # nbgrader reads +0200 as 200 seconds.
            said = datetime.fromisoformat(exact)
        time = parse_utc(said) if isinstance(said, (str, datetime)) else None
    except (ValueError, OverflowError):
        return None
    return time.replace(tzinfo=UTC) if time else None
