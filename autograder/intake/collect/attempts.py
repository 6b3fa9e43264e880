"""Records of what was handed in, and what platforms write into names and times."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from autograder.course.people import Person
from autograder.intake.collect.archives import Entry

_OFFSET = re.compile(r" (?=(?:[+-]\d\d:?(?:\d\d)?|Z)$)")
_COPY = re.compile(r"(?: ?\((\d+)\)|[-_ ](\d{1,2})|[-_ ][Cc]opy(\d*))$")


@dataclass(frozen=True)
class File:
    """One file of an attempt under the name that the student gave it.

    `order` is the platform's own running number, where it has one.
    """

    name: str
    entry: Entry
    order: int = 0


@dataclass(frozen=True)
class Attempt:
    """What one person, or one group, handed in at one time.

    `account` tells two people of the platform apart who have the same name. `time` is None where
    nothing says when it was handed in; `order` is then the platform's own running number.
    """

    people: tuple[Person, ...]
    files: tuple[File, ...]
    account: str = ""
    time: datetime | None = None
    order: int = 0
    late: bool = False


def base_name(stem: str) -> str:
    """A file's name without what a browser or platform adds to a copy: ` (1)`, `-2`."""
    return _COPY.sub("", stem)


def copy_number(stem: str) -> int:
    """The number in what was added, 0 for an original."""
    match = _COPY.search(stem)
    return int(next((number for number in match.groups() if number), "1")) if match else 0


def parse_time(said: Any) -> datetime | None:
    """A platform's own time in UTC, or None when it cannot be understood."""
    from nbgrader.utils import parse_utc

    try:
        if isinstance(said, str) and (exact := _OFFSET.sub("", said)) != said:
            # nbgrader reads +0200 as 200 seconds.
            said = datetime.fromisoformat(exact)
        time = parse_utc(said) if isinstance(said, (str, datetime)) else None
    except (ValueError, OverflowError):
        return None
    return time.replace(tzinfo=UTC) if time else None
