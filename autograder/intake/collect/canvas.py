"""Canvas's submissions zip: flat files, each with a name, `LATE`, and two numbers before its own.

Canvas stamps every file when it makes the zip, so that it does not say when anything was handed in.
Where groups hand in together, the name is the group's and the number is one member's. Canvas itself
tells both to who has a token: see `Submitted`.

Source: canvas-lms, lib/content_zipper.rb.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from autograder.course.people import Roster
from autograder.course.person import LMS_ID, Identifier, Person, full_names, squeeze
from autograder.intake.collect.archives import Entry
from autograder.intake.collect.attempts import Attempt, File, work_time

_FILE = re.compile(
    r"(?:(?P<name>.*?)_(?P<late>LATE_)?(?P<user>\d+)|(?P<hidden_late>LATE_)?(?P<hidden>anon_[^\W_]+))"
    r"_(?:(?P<attachment>\d{1,18})_(?P<file>.+)|(?P<entry>text|link)\.html)",
    re.DOTALL,
)
ABOUT_GROUPS = (
    "in Canvas, under People, open the groups, choose Import and `Download Course Roster CSV`, and "
    "collect with --groups GROUPS.csv; or with --course-id and --assignment-id, and your token in "
    "CANVAS_TOKEN"
)


@dataclass(frozen=True)
class Submitted:
    """What Canvas's API says of one user's submission.

    Attributes:
        user: Canvas's number for the user.
        person: who that is.
        time: when it was handed in; None if nothing was.
        late: whether Canvas marks it as late.
        group: Canvas's number for the group that handed it in; may be empty.
        attachments: Canvas's numbers for the files.
    """

    user: str
    person: Person
    time: datetime | None = None
    late: bool = False
    group: str = ""
    attachments: frozenset[int] = frozenset()


def parse(entries: Sequence[Entry], assignment: str, week: str) -> list[Attempt]:
    """What was handed in, by the names of the files alone."""
    grouped: dict[str, list[tuple[re.Match[str], Entry]]] = {}
    for entry in entries:
        if match := _FILE.fullmatch(entry.path.name):
            grouped.setdefault(match["user"] or match["hidden"], []).append((match, entry))
    return [_attempt(user, parts) for user, parts in grouped.items()]


def _attempt(user: str, parts: list[tuple[re.Match[str], Entry]]) -> Attempt:
    name = parts[0][0]["name"] or ""
    anonymous = user.startswith("anon_")
    person = Person(
        user if anonymous else f"{name} (Canvas user {user})",
        (Identifier((user,), (LMS_ID,), LMS_ID),),
        () if anonymous or not name else (name,),
        squeezed=True,
    )
    files = tuple(
        File(match["file"] or f"{match['entry']}.html", entry, int(match["attachment"] or 0))
        for match, entry in parts
    )
    return Attempt(
        (person,),
        files,
        user,
        work_time(files),
        max(file.order for file in files),
        any(match["late"] or match["hidden_late"] for match, _ in parts),
    )


def with_records(
    found: Iterable[Attempt], records: Iterable[Submitted]
) -> tuple[list[Attempt], str]:
    """The attempts with the times and the members of groups that Canvas itself states.

    Returns:
        The attempts, and a warning about those that Canvas no longer has like this.
    """
    by_user = {each.user: each for each in records}
    completed, changed = [], []
    for attempt in found:
        record = by_user.get(attempt.account)
        if record is None:
            completed.append(replace(attempt, time=None))
            continue
        members = [each for each in by_user.values() if record.group and each.group == record.group]
        people = tuple(each.person for each in members or [record])
        numbers = {file.order for file in attempt.files if file.order}
        newer = bool(numbers and record.attachments) and not numbers & record.attachments
        if newer:
            changed.append(attempt.people[0].shown)
        time = None if newer else record.time
        completed.append(replace(attempt, people=people, time=time, late=record.late))
    return completed, _about_changed(changed)


def _about_changed(shown: Sequence[str]) -> str:
    if not shown:
        return ""
    return (
        f"Handed in again since the archive was made: {', '.join(shown)}. Next: download the "
        "archive from Canvas again and collect it"
    )


def about_groups(found: Sequence[Attempt], students: Roster) -> str:
    """A warning if the names are not the students' whose numbers stand beside them."""
    named = [attempt.people[0] for attempt in found if attempt.people[0].names]
    if len(named) > 1 and not any(students.match(person).fitting for person in named):
        return (
            "No file's name or number fits a student. Where groups hand in together, the names are "
            f"the groups'. Next: {ABOUT_GROUPS}."
        )
    strange = 0
    for attempt in found:
        (person,) = attempt.people
        student = students.match(Person("", person.identifiers)).student
        known = {squeeze(name) for name in full_names(student)} if student else set()
        if not known or not person.names:
            continue
        if squeeze(person.names[0]) in known:
            return ""
        strange += 1
    if strange < 2:
        return ""
    return (
        f"The names in {strange} file names are not those of the students whose numbers stand "
        "beside them. So groups seem to hand in together, and only one member of each was "
        f"collected. Next: {ABOUT_GROUPS}."
    )
