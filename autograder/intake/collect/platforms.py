"""Parsers of the platforms' exports: each turns a list of files into attempts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from autograder.course.person import EMAIL, ID, LMS_ID, Identifier, Person
from autograder.errors import UnusableSource
from autograder.intake.collect import blackboard, brightspace, canvas, ilias, moodle
from autograder.intake.collect.archives import Entry
from autograder.intake.collect.attempts import (
    Attempt,
    File,
    base_name,
    copy_number,
    parse_time,
    work_time,
)
from autograder.intake.file_names import notebook_stem

_INBOUND = re.compile(r"(?P<student>[^+]+)\+(?P<assignment>[^+]+)\+(?P<time>\d{4}-[^+]+)(?:\+.*)?")
LISTING = "submission_metadata.yml"
_TIMESTAMP = "timestamp.txt"

Parser = Callable[[Sequence[Entry], str, str], list[Attempt]]


def _gradescope(entries: Sequence[Entry], assignment: str, week: str) -> list[Attempt]:
    """A folder per submission, and a YAML file that says whose it is."""
    listing = next((each for each in entries if each.path.name == LISTING), None)
    if listing is None:
        return []
    grouped: dict[str, list[File]] = {}
    root = len(listing.path.parts) - 1
    for entry in entries:
        if (
            len(entry.path.parts) > root + 1
            and entry.path.parts[:root] == listing.path.parts[:root]
        ):
            grouped.setdefault(entry.path.parts[root], []).append(File(entry.path.name, entry))
    document = _yaml(listing)
    found = []
    for folder in dict.fromkeys((*grouped, *map(str, document))):
        files = grouped.get(folder, [])
        about = document.get(folder)
        about = about if isinstance(about, dict) else {}
        submitters = about.get(":submitters")
        people = tuple(
            _of_gradescope(person)
            for person in (submitters if isinstance(submitters, list) else [])
            if isinstance(person, dict)
        ) or (Person(folder),)
        found.append(Attempt(people, tuple(files), folder, parse_time(about.get(":created_at"))))
    return found


def _of_gradescope(person: dict[Any, Any]) -> Person:
    # Only text and numbers: nested aliases could become endless text.
    name, sid, email = (
        str(value) if isinstance(value := person.get(key), (str, int)) else ""
        for key in (":name", ":sid", ":email")
    )
    said = (
        Identifier((email,), (EMAIL,), EMAIL),
        Identifier((sid,), (ID, LMS_ID), "student id"),
    )
    return Person(f"{name or email or sid} (Gradescope)", said, (name,))


def _yaml(listing: Entry) -> dict[Any, Any]:
    import yaml

    try:
        # Everything stays text: a student's number 0012 is not ten.
        document = yaml.load(listing.read(), getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = str(error).partition("\n")[0]
        raise UnusableSource(f"{listing.path} cannot be read: {reason}") from None
    return document if isinstance(document, dict) else {}


def _nbgrader(entries: Sequence[Entry], assignment: str, week: str) -> list[Attempt]:
    """STUDENT/ASSIGNMENT/ as in submitted/, or the folders of an exchange's `inbound`."""
    grouped: dict[tuple[str, ...], list[Entry]] = {}
    for entry in entries:
        folders = entry.path.parts[:-1]
        place = next((i for i, part in enumerate(folders) if _is_attempt(part, assignment)), None)
        if place is not None and (place > 0 or _INBOUND.fullmatch(folders[0])):
            grouped.setdefault(folders[: place + 1], []).append(entry)
    return [_of_nbgrader(folders, parts) for folders, parts in grouped.items()]


def _is_attempt(folder: str, assignment: str) -> bool:
    inbound = _INBOUND.fullmatch(folder)
    return inbound["assignment"] == assignment if inbound else folder == assignment


def _of_nbgrader(folders: tuple[str, ...], parts: list[Entry]) -> Attempt:
    inbound = _INBOUND.fullmatch(folders[-1])
    student = inbound["student"] if inbound else folders[-2]
    time = parse_time(inbound["time"]) if inbound else None
    for entry in parts:
        if entry.path.name == _TIMESTAMP and entry.size < 200:
            time = parse_time(entry.read().decode("utf-8", "replace").strip()) or time
    files = tuple(File(each.path.name, each) for each in parts if each.path.name != _TIMESTAMP)
    # The folder's name is the only thing that says who it is.
    return Attempt((Person(student, (Identifier((student,)),)),), files, "", time)


def _plain(entries: Sequence[Entry], assignment: str, week: str) -> list[Attempt]:
    """A folder per person, or a file named after each."""
    depth = _shared_depth(entries)
    grouped: dict[str, list[File]] = {}
    for entry in entries:
        inside = entry.path.parts[depth:]
        stem = notebook_stem(entry.path.name)
        who = inside[0] if len(inside) > 1 else stem or entry.path.stem
        # A flat file is named after its person.
        flat = len(inside) == 1 and stem is not None
        name = f"{assignment}.ipynb" if flat else entry.path.name
        grouped.setdefault(who, []).append(File(name, entry))
    return [
        Attempt(
            (_of_plain(who, assignment, week),),
            tuple(files),
            "",
            work_time(files),
            copy_number(who),
        )
        for who, files in grouped.items()
    ]


def _shared_depth(entries: Sequence[Entry]) -> int:
    """How many outer folders only wrap the students' folders, as in most zips."""
    folders = [entry.path.parts[:-1] for entry in entries]
    depth = 0
    while all(len(parts) > depth + 1 for parts in folders) and (
        len({parts[depth] for parts in folders}) == 1
    ):
        depth += 1
    wraps_files = all(len(parts) > depth for parts in folders) and (
        len({parts[depth] for parts in folders}) == 1
    )
    # A folder of several flat files is a wrapper; a folder of one file is a person's.
    return depth + 1 if wraps_files and len(entries) > 1 and _are_people(entries) else depth


def _are_people(entries: Sequence[Entry]) -> bool:
    stems = (notebook_stem(entry.path.name) for entry in entries)
    names = {base_name(stem) for stem in stems if stem is not None}
    return len(names) > 1


def _of_plain(who: str, assignment: str, week: str) -> Person:
    pattern = rf"(?:^|[\s_.-])(?:{re.escape(assignment)}|{re.escape(week)})(?=$|[\s_.-])"
    bare = re.sub(pattern, " ", who, flags=re.IGNORECASE).strip(" _.-")
    # Unchanged first, since an id may end in a number.
    forms = tuple(dict.fromkeys(form for form in (who, bare, base_name(bare)) if form))
    return Person(who, (Identifier(forms, (ID, EMAIL, LMS_ID)),), forms)


PARSERS: dict[str, Parser] = {
    "gradescope": _gradescope,
    "moodle": moodle.parse,
    "blackboard": blackboard.parse,
    "brightspace": brightspace.parse,
    "canvas": canvas.parse,
    "nbgrader": _nbgrader,
    "ilias": ilias.parse,
    "plain": _plain,
}
