"""When a submission was handed in: what `timestamp.txt` says, in UTC, or why it says nothing."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from autograder.light_imports import parse_utc

FILE = "timestamp.txt"
_LONGEST = 100
_EXPECTED = "expected a time such as 2026-12-03 18:00:00 UTC or 2026-12-03 18:00:00 +0100"
_NEXT = "Next: correct the file and grade again."
_OFFSET = re.compile(r"\s+(?=[+-]\d\d:?\d\d$)")
_NAMED_ZONE = re.compile(r".*\d\s+([A-Za-z][\w/+-]*)$")
# The day and the month of 03/12/2026 change places between countries.
_AMBIGUOUS = re.compile(r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b")
_CLOCKS_DIFFER = timedelta(hours=1)


def text_in(folder: Path) -> str:
    """The text of a submission's `timestamp.txt`; empty if there is none."""
    path = folder / FILE
    try:
        # A link could lead anywhere, and a reader of a pipe would wait forever.
        if path.is_symlink() or (path.exists() and not path.is_file()):
            return "(not a regular file)"
        with path.open("rb") as file:
            start = file.read(_LONGEST)
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"({error.strerror})"
    return start.decode("utf-8-sig", "replace").strip()


def in_utc(text: str) -> datetime | None:
    """The time that a text states, in UTC and without a zone; None if it states none.

    Without a zone it is UTC, as for nbgrader.
    """
    # The form that nbgrader and we write; nbgrader's parser, which accepts any, is slow.
    with suppress(ValueError):
        time = datetime.fromisoformat(_OFFSET.sub("", text.removesuffix(" UTC")))
        return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time
    # Of few digits, such as in `Tuesday 9`, dateutil would make a time of this week.
    few = len(re.findall(r"\d", text)) < 6
    if few or _AMBIGUOUS.match(text) or not _zone_is_known(text):
        return None
    try:
        read: datetime = parse_utc(text)
    except (ValueError, OverflowError, TypeError):
        return None
    return read


def about(text: str) -> str:
    """A sentence about a time that cannot be used or lies in the future; empty if all is well."""
    if not text:
        return ""
    time = in_utc(text)
    if time is None:
        return (
            "The time of this submission is unknown, so no late penalty was computed: "
            f"{FILE} reads {text!r}; {_EXPECTED}. {_NEXT}"
        )
    if time > datetime.now(UTC).replace(tzinfo=None) + _CLOCKS_DIFFER:
        return (
            f"The time of this submission lies in the future: {FILE} reads {text!r}, which is "
            f"{time:%Y-%m-%d %H:%M} in UTC. Its date or its time zone is wrong. {_NEXT}"
        )
    return ""


def _zone_is_known(text: str) -> bool:
    """Whether a zone that is written as a word can be told: CEST and the like cannot."""
    named = _NAMED_ZONE.match(text)
    if named is None or named[1].lower() in ("am", "pm", "utc", "gmt", "z"):
        return True
    try:
        ZoneInfo(named[1])
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
