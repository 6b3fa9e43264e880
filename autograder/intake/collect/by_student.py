"""What becomes of each student's attempts: which one is graded, kept aside or left out.

Everything is staged in a temporary folder before the first submission changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from autograder.course import own_functions
from autograder.course.directory import Course
from autograder.course.people import Match, Roster
from autograder.course.person import Person, describe
from autograder.course.roster import Student
from autograder.intake.collect import choose, store
from autograder.intake.collect.attempts import Attempt, File
from autograder.intake.week_of import fault, fault_of_file

NEW, REPLACES, UNCHANGED, OLDER = "new", "replaces an earlier one", "unchanged", "older: kept aside"
LEFT_OUT = "left out"
_QUARTER_HOUR = timedelta(minutes=15)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """What became of one student's work, or of work that matches no student."""

    shown: str
    student: str = ""
    by: str = ""
    file: str = ""
    time: datetime | None = None
    late: bool = False
    result: str = LEFT_OUT
    note: str = ""
    nearest: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Found:
    """An attempt and its student, before its files are read."""

    attempt: Attempt
    person: Person
    match: Match


@dataclass(frozen=True)
class _Version:
    """An attempt as it will be stored: its files by their new names."""

    found: _Found
    files: Mapping[str, File]
    digest: str
    note: str
    fault: str

    @property
    def time(self) -> datetime | None:
        return self.found.attempt.time

    @property
    def age(self) -> tuple[datetime, int]:
        return self.time or _LONG_AGO, self.found.attempt.order


class ByStudent:
    """The state of one call: each student's attempts, and what will change."""

    def __init__(
        self,
        course: Course,
        assignment: str,
        week: str,
        kind: str,
        times_known: bool,
        names: frozenset[str],
    ) -> None:
        self.store = store.Store(
            course.root, assignment, (f"{assignment}.ipynb", own_functions.FILE)
        )
        self.assignment = assignment
        self.week = week
        self.kind = kind
        self.times_known = times_known
        self.times_stated = False
        self.names = names
        self.newest: list[tuple[str, _Version]] = []
        self.older: list[tuple[str, _Version]] = []

    def match(self, attempts: Sequence[Attempt], students: Roster) -> list[Line]:
        """Match every attempt; returns a line per student and per unmatched submission."""
        lines: list[Line] = []
        by_student: dict[str, list[_Found]] = {}
        compared = students.compared_fields(who for each in attempts for who in each.people)
        for attempt in attempts:
            for person in attempt.people:
                match = students.match(person, compared)
                if match.student is None:
                    like = match.fitting or students.nearest(person)
                    lines.append(_unmatched(attempt, person, match.reason, like))
                else:
                    found = _Found(attempt, person, match)
                    by_student.setdefault(match.student.id, []).append(found)
        for student, found_ones in by_student.items():
            lines += self._of_student(student, found_ones)
        return sorted(lines, key=lambda line: (line.student == "", line.student, line.shown))

    def _of_student(self, student: str, found: list[_Found]) -> list[Line]:
        named = [each for each in found if each.match.by == "name"]
        accounts = {each.attempt.account for each in found}
        if named and len(accounts) > 1 and self.kind in ("canvas", "moodle"):
            reason = f"{len(accounts)} people on the platform fit the same student"
            # An id or e-mail outweighs a name that two people share.
            sure = [each for each in found if each.match.by != "name"]
            unsure = [_left_out(each, reason) for each in (named if sure else found)]
            return unsure + (self._newest_of(student, sure) if sure else [])
        return self._newest_of(student, found)

    def _newest_of(self, student: str, found: list[_Found]) -> list[Line]:
        versions, lines = self._versions(found)
        if not versions:
            return lines
        *older, newest = sorted(versions, key=lambda version: version.age)
        older = [version for version in older if version.digest != newest.digest]
        if any(version.age == newest.age for version in older):
            reason = f"handed in {len(versions)} times, and it is unclear which is the newest"
            return lines + [_left_out(version.found, reason) for version in versions]
        # An unusable attempt counts too if it is the newest.
        if without := [line for line in lines if (line.time or _LONG_AGO) > newest.age[0]]:
            return without
        if newest.fault and (any(not each.fault for each in older) or self._holds_better(student)):
            return [_left_out(newest.found, f"{newest.fault} What came before is not replaced.")]
        result = self._result(student, newest)
        if result in (NEW, REPLACES):
            self.newest.append((student, newest))
        elif result == OLDER:
            older.append(newest)
        self.older += [(student, version) for version in older]
        return [self._line(student, newest, result, len(older) - (result == OLDER))]

    def _versions(self, found: list[_Found]) -> tuple[list[_Version], list[Line]]:
        versions, lines = [], []
        for each in found:
            chosen, note = choose.notebook(
                each.attempt.files,
                self.assignment,
                self.week,
                times=self.times_known,
                names=self.names,
            )
            if chosen is None:
                lines.append(_left_out(each, note))
                continue
            files = {f"{self.assignment}.ipynb": chosen}
            companion = choose.beside(
                each.attempt.files, own_functions.FILE, times=self.times_known
            )
            if companion and companion.entry.size <= own_functions.MAX_BYTES:
                files[own_functions.FILE] = companion
            contents = {name: file.entry.read() for name, file in files.items()}
            wrong = fault(contents[f"{self.assignment}.ipynb"], self.week, self.names)
            own = self._at_its_own_time(each, chosen)
            versions.append(_Version(own, files, store.digest(contents), note, wrong))
        return versions, lines

    def _at_its_own_time(self, found: _Found, notebook: File) -> _Found:
        """Other files of the attempt may be newer, such as the text beside it in Moodle."""
        if self.times_stated or not found.attempt.time:
            return found
        return replace(found, attempt=replace(found.attempt, time=notebook.entry.time))

    def _holds_better(self, student: str) -> bool:
        """Whether a notebook of this week is already there, so that no other work replaces it."""
        path = self.store.folder(student) / f"{self.assignment}.ipynb"
        return self.store.holds(student) and not fault_of_file(path, self.week, self.names)

    def _result(self, student: str, version: _Version) -> str:
        if not self.store.holds(student):
            return NEW
        before = self.store.time(student)
        # nbgrader stores whole seconds.
        time = version.time.replace(microsecond=0) if version.time else None
        if self.store.digest(self.store.folder(student)) == version.digest:
            again = time is not None and (before is None or time > before)
            return REPLACES if again or self._corrects(time, before) else UNCHANGED
        if time and before:
            # The same time but other content: somebody has fixed the collected file by hand.
            if time == before:
                return UNCHANGED
            return REPLACES if time > before else OLDER
        return UNCHANGED if self.store.earlier(student, version.digest).exists() else REPLACES

    def _corrects(self, time: datetime | None, before: datetime | None) -> bool:
        """Whether the same file is now read in another time zone, which differ by quarter hours."""
        if self.times_stated or time is None or before is None:
            return False
        return time != before and (before - time) % _QUARTER_HOUR == timedelta()

    def _line(self, student: str, version: _Version, result: str, older: int) -> Line:
        found = version.found
        notes = [note for note in (version.note, version.fault) if note]
        if len(found.attempt.people) > 1:
            notes.append(f"a group of {len(found.attempt.people)}")
        if older:
            notes.append(f"{older} earlier kept")
        file = version.files[f"{self.assignment}.ipynb"].name
        return Line(
            found.person.shown,
            student,
            found.match.by,
            file,
            version.time,
            found.attempt.late,
            result,
            "; ".join(notes),
        )

    def write(self, staging: Path) -> None:
        """Write everything to the staging folder, then move each submission to its place."""
        prepared = []
        for number, (student, version) in enumerate(self.newest + self.older):
            folder = staging / str(number)
            contents = {name: file.entry.read() for name, file in version.files.items()}
            store.write(folder, contents, version.time)
            prepared.append((folder, student, version.digest))
        for folder, student, digest in prepared[len(self.newest) :]:
            self.store.keep(folder, student, digest, folder)
        for folder, student, _ in prepared[: len(self.newest)]:
            self.store.put(folder, student)


def _unmatched(attempt: Attempt, person: Person, reason: str, like: Sequence[Student]) -> Line:
    return Line(
        person.shown,
        time=attempt.time,
        late=attempt.late,
        note=reason,
        nearest=tuple(describe(student) for student in like),
    )


def _left_out(found: _Found, reason: str) -> Line:
    student = found.match.student
    assert student is not None
    return Line(
        found.person.shown,
        time=found.attempt.time,
        late=found.attempt.late,
        note=reason,
        nearest=(describe(student),),
    )
