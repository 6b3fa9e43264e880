"""What Moodle 4.5 does with an uploaded worksheet and feedback zip: what it skips and overrides.

Written from what its source does (mod/assign/feedback/offline and mod/assign/feedback/file), and
stricter in nothing: a row that Moodle drops without a word is dropped here too.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from html import unescape

ENGLISH = {
    "identifier": "Identifier",
    "participant": "Participant ",
    "grade": "Grade",
    "maximum": "Maximum grade",
    "graded": "Last modified (grade)",
    "comments": "Feedback comments",
    "yes": "Yes",
    "no": "No",
    "mark": ".",
    "days": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
}
GERMAN = {
    "identifier": "ID",
    "participant": "Teilnehmer/in",
    "grade": "Bewertung",
    "maximum": "Bestwertung",
    "graded": "Zuletzt geändert (Bewertung)",
    "comments": "Feedback als Kommentar",
    "yes": "Ja",
    "no": "Nein",
    "mark": ",",
    "days": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
}
_DATE = re.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (.*)")


@dataclass
class Person:
    """A participant: `group` is the id of the group they hand in with, 0 for none."""

    number: int
    name: str
    email: str
    group: int = 0
    grade: float | None = None
    modified: datetime | None = None
    comment: str = ""
    locked: bool = False
    files: dict[str, bytes] = field(default_factory=dict)


@dataclass
class Assignment:
    """An assignment in Moodle: its people, and what its pages are set to.

    Args:
        people: who takes part.
        groups: names by id, if groups hand in together; else empty.
        words: of the interface's language.
        zone: of the teacher's profile; dates that are read are the server's, which is UTC.
        numbers_are_groups: whether the feedback zip's numbers are groups' ids where groups hand in
            together, as in Moodle 4.5; before, they were participants' there too.
    """

    people: list[Person]
    groups: dict[int, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=lambda: ENGLISH)
    zone: tzinfo = UTC
    maximum: float = 100.0
    numbers_are_groups: bool = True

    def worksheet(self) -> bytes:
        """`Download grading worksheet`."""
        words = self.words
        header = [words["identifier"], "Full name", "Email address", "Status"]
        header += ["Group"] if self.groups else []
        header += [words["grade"], words["maximum"], "Grade can be changed"]
        header += ["Last modified (submission)", words["graded"], words["comments"]]
        buffer = io.StringIO(newline="")
        csv.writer(buffer, lineterminator="\n").writerows([header, *map(self._row, self.people)])
        return buffer.getvalue().encode("utf-8-sig")

    def _row(self, person: Person) -> list[str]:
        words = self.words
        who = [f"{words['participant']}{person.number}".strip(), person.name, person.email]
        status = ["Submitted for grading -  - "]
        if self.groups:
            status.append(self.groups.get(person.group, "Default group"))
        grade = "" if person.grade is None else f"{person.grade:.2f}".replace(".", words["mark"])
        changeable = words["no" if person.locked else "yes"]
        maximum = f"{self.maximum:.2f}".replace(".", words["mark"])
        date = self._date(person.modified) if person.modified else "-"
        comment = unescape(re.sub("<[^<>]*>", "", person.comment))
        return [*who, *status, grade, maximum, changeable, self._date(NOW), date, comment + "   "]

    def _date(self, time: datetime) -> str:
        local = time.astimezone(self.zone)
        day = self.words["days"].split()[local.weekday()]
        return f"{day}, {local.day} November 2026, {local:%I:%M %p}"

    def upload(self, content: bytes, now: datetime, tick: bool = False) -> tuple[int, int]:
        """`Upload grading worksheet`: how many grades and comments were updated."""
        header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        place = {name: header.index(self.words[name]) for name in ("identifier", "grade", "graded")}
        comments = header.index(self.words["comments"])
        by_number = {person.number: person for person in self.people}
        grades = feedback = 0
        for row in rows:
            person = by_number[int(row[place["identifier"]][len(self.words["participant"]) :])]
            stale = person.modified is not None and (
                person.modified.timestamp() > _strtotime(row[place["graded"]]) + 60
            )
            points = _unformat(row[place["grade"]], self.words["mark"])
            before = grades + feedback
            if (
                points is not None
                and points != person.grade
                and (tick or not stale)
                and not person.locked
                and 0 <= points <= self.maximum
            ):
                person.grade = points
                grades += 1
            # Comments of locked rows are replaced too; an empty cell replaces a comment.
            if (tick or not stale) and row[comments] != person.comment:
                person.comment = row[comments]
                feedback += 1
            if grades + feedback > before:
                person.modified = now
        return grades, feedback

    def upload_feedback(self, content: bytes) -> None:
        """`Upload multiple feedback files in a zip`."""
        readers: dict[int, list[Person]] = {}
        for person in self.people:
            if not (self.groups and self.numbers_are_groups):
                readers.setdefault(person.number, []).append(person)
            elif person.group:
                readers.setdefault(person.group, []).append(person)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert archive.testzip() is None
            for name in archive.namelist():
                for number, file in _owner(name, readers):
                    for person in readers[number]:
                        person.files[file] = archive.read(name)

    def submissions(self) -> dict[str, str]:
        """`Download all submissions`: the folders' names."""
        if not self.groups:
            return {f"{_clean(p.name)}_{p.number}_assignsubmission_file": "x" for p in self.people}
        ids = {person.group for person in self.people}
        named = [f"{_clean(self.groups[each])}_{each}" if each else "Default group" for each in ids]
        return {f"{name}_assignsubmission_file": "x" for name in named}


NOW = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)


def _owner(path: str, readers: dict[int, list[Person]]) -> list[tuple[int, str]]:
    """The number and file name that Moodle takes out of a path, if anybody has the number."""
    parts = path.split("/")
    if parts[-1].startswith((".", "~")):
        return []
    while parts:
        info = parts.pop(0).split("_", 4)
        if len(info) < 4 or not info[1].isdigit() or int(info[1]) not in readers:
            continue
        if info[2:4] != ["assignfeedback", "file"]:
            continue
        return [(int(info[1]), "/".join([*info[4:5], *parts]).lstrip("/"))]
    return []


def _strtotime(text: str) -> float:
    """PHP's: the seconds of an English date in the server's zone; 0 for anything else."""
    match = _DATE.fullmatch(text)
    if not match:
        return 0.0
    return datetime.strptime(match[1], "%d %B %Y, %I:%M %p").replace(tzinfo=UTC).timestamp()


def _unformat(text: str, mark: str) -> float | None:
    plain = text.replace(" ", "").replace(mark, ".")
    return float(plain) if plain else None


def _clean(name: str) -> str:
    escaped = name.replace("&", "&amp;")
    return re.sub(r"[&<>\"`|':\\/\x00-\x1f\x7f]", "", escaped.replace("_", " "))
