"""Groups that hand in together, by a CSV file: Canvas's list of its groups, or any like it.

Archives name a group, or one of its members. The file has a column for the group, and at least one
that says who its member is: an id, a login, an e-mail address, Canvas's number or a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.course.person import EMAIL, LMS_ID, Identifier, Person, squeeze
from autograder.course.roster import read_table
from autograder.errors import CourseError
from autograder.intake.collect.attempts import Attempt
from autograder.output.text import fold

_GROUP = ("groupname", "group", "team", "teamname", "gruppe")
_ACCOUNT = ("canvasuserid", "lmsuserid", "canvasid")
_ID = ("id", "userid", "loginid", "login", "username", "studentid", "email", "emailaddress")
_NAME = ("name", "fullname")


@dataclass(frozen=True)
class Member:
    """One line of the file: somebody, their number in the LMS, and their group."""

    group: str
    account: str
    person: Person


def read(path: Path) -> list[Member]:
    """Read who is in which group; people without a group are left out.

    Raises:
        CourseError: with what is missing, or the line that cannot be used.
    """
    (first, header), rows = read_table(path)
    keys = [re.sub(r"[\W_]", "", fold(title)) for title in header]
    group = next((keys.index(key) for key in _GROUP if key in keys), -1)
    known = [n for n, key in enumerate(keys) if key in (*_ACCOUNT, *_ID, *_NAME)]
    if group < 0 or not known:
        raise CourseError(
            f"{path.name}, line {first}: expected a column for the group, such as group_name, and "
            f"one for its members, such as login_id; received {','.join(header)!r}"
        )
    members = []
    for line, row in rows:
        cells = dict(zip(keys, row, strict=False))
        if not cells.get(keys[group]):
            continue
        if not any(cells.get(keys[n]) for n in known):
            raise CourseError(f"{path.name}, line {line}: it is not said who the member is")
        members.append(_member(cells[keys[group]], cells))
    if not members:
        raise CourseError(f"{path.name}: nobody is in a group")
    return members


def _member(group: str, cells: dict[str, str]) -> Member:
    account = next((cells[key] for key in _ACCOUNT if cells.get(key)), "")
    name = next((cells[key] for key in _NAME if cells.get(key)), "")
    ids = {key: cells[key] for key in _ID if cells.get(key)}
    shown = f"{name or next(iter(ids.values()), account)} of {group}"
    identifiers = tuple(
        Identifier((each,), field=EMAIL if key.startswith("email") else key)
        for key, each in ids.items()
    )
    if account:
        identifiers = (Identifier((account,), (LMS_ID,), LMS_ID), *identifiers)
    return Member(group, account, Person(shown, identifiers, (name,) if name else ()))


def by_group(members: Iterable[Member]) -> dict[str, list[Person]]:
    """The people of each group."""
    groups: dict[str, list[Person]] = {}
    for each in members:
        groups.setdefault(each.group, []).append(each.person)
    return groups


def with_members(found: Iterable[Attempt], members: Sequence[Member]) -> list[Attempt]:
    """The attempts, each with everybody of its group; what is no group's stays as it is."""
    completed = []
    for attempt in found:
        group = _group(attempt, members)
        people = tuple(each.person for each in members if each.group == group)
        completed.append(replace(attempt, people=people) if people else attempt)
    return completed


def _group(attempt: Attempt, members: Sequence[Member]) -> str:
    """The group's name, by one member's number or by the name that the archive has."""
    for each in members:
        if attempt.account and each.account == attempt.account:
            return each.group
    names = {squeeze(name) for person in attempt.people for name in person.names} - {""}
    fitting = {each.group for each in members if squeeze(each.group) in names}
    return fitting.pop() if len(fitting) == 1 else ""
