"""Blackboard's `Assignment File Download`: flat files whose names hold login and time.

    Week 6_jdoe_attempt_2026-10-02-12-30-05_week06.ipynb
    Week 6_jdoe_attempt_2026-10-02-12-30-05.txt

The text file tells whose attempt it is, also where the login has an underscore. The times are the
server's local ones.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from autograder.course.person import Identifier, Person
from autograder.intake.collect.archives import Entry
from autograder.intake.collect.attempts import Attempt, File

# The word for `attempt` is in the language of the teacher. The first time is Blackboard's; another
# may stand in the name that a student gave to a file.
_NAME = re.compile(
    r"(?P<head>.+?)_[^\W\d_]+_(?P<time>\d{4}(?:-\d{2}){5})(?:_(?P<file>.+)|\.txt)", re.DOTALL
)
_ABOUT = re.compile(r"^[^:\n]+: (?P<name>.*) \((?P<login>[^()\n]+)\)\s*$", re.MULTILINE)
_LARGEST_ABOUT = 100_000


def parse(entries: Sequence[Entry], assignment: str, week: str) -> list[Attempt]:
    """What was handed in, an attempt for each login and time."""
    grouped: dict[tuple[str, str], list[tuple[Entry, str]]] = {}
    for entry in entries:
        if match := _NAME.fullmatch(entry.path.name):
            owner = match["head"], match["time"]
            grouped.setdefault(owner, []).append((entry, match["file"] or ""))
    return [_attempt(head, said, parts) for (head, said), parts in grouped.items()]


def _attempt(head: str, said: str, parts: list[tuple[Entry, str]]) -> Attempt:
    try:
        time = datetime.strptime(said, "%Y-%m-%d-%H-%M-%S").replace(tzinfo=UTC)
    except ValueError:
        time = None
    files = tuple(
        File(name, replace(entry, time=time, local=True)) for entry, name in parts if name
    )
    about = next((entry for entry, name in parts if not name), None)
    person = _person(head, about)
    return Attempt((person,), files, time=time, order=int(said.replace("-", "")))


def _person(head: str, about: Entry | None) -> Person:
    """Whose attempt it is: by the text file, or by the end of what stands before the time."""
    if about and about.size <= _LARGEST_ABOUT:
        first = about.read().decode("utf-8", "replace").lstrip("\ufeff").partition("\n")[0]
        if match := _ABOUT.match(first.strip()):
            name, login = match["name"].strip(), match["login"]
            return Person(f"{name} ({login})", (Identifier((login,), field="login"),), (name,))
    parts = head.split("_")
    logins = tuple("_".join(parts[start:]) for start in range(1, len(parts))) or (head,)
    return Person(f"{logins[-1]} (Blackboard)", (Identifier(logins),))
