"""From what a platform exported to nbgrader's folder `submitted/`: all of it, or nothing.

Read `collect` first. Everything is read and written beside before the first folder changes. What a
newer submission replaces is kept in `.autograder/earlier/ASSIGNMENT/STUDENT/`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder import earlier
from autograder.course import Course
from autograder.errors import CourseError, UnusableSource
from autograder.intake import archives, choosing, sources
from autograder.intake.matching import Match, Roster, describe
from autograder.intake.sources import Attempt, Claims, File
from autograder.roster import Student

TIMESTAMP = "timestamp.txt"
NEW, REPLACES, UNCHANGED, OLDER = "new", "replaces an earlier one", "unchanged", "older: kept aside"
LEFT_OUT = "left out"
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """What became of one student's work, or of work that no student could be found for."""

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
class Collection:
    """What one call found: `missing` students handed in nothing; see `times_known` for times."""

    kind: str
    lines: tuple[Line, ...]
    missing: tuple[str, ...]
    times_known: bool

    @property
    def left_out(self) -> list[Line]:
        return [line for line in self.lines if line.result == LEFT_OUT]


@dataclass(frozen=True)
class _Found:
    """An attempt of a student, before it is read."""

    attempt: Attempt
    claims: Claims
    match: Match


@dataclass(frozen=True)
class _Version:
    """One attempt of a student as it will be kept: its files by the names they get."""

    found: _Found
    files: Mapping[str, File]
    digest: str
    note: str

    @property
    def time(self) -> datetime | None:
        return self.found.attempt.time

    @property
    def age(self) -> tuple[datetime, int]:
        return self.time or _LONG_AGO, self.found.attempt.order


def collect(
    course: Course,
    assignment: str,
    week: str,
    source: Path,
    *,
    kind: str = "",
    dry_run: bool = False,
) -> Collection:
    """Put a class's submissions where they are graded.

    Args:
        course: whose roster decides who is who.
        assignment: nbgrader's name for the week, such as week06_backpropagation.
        week: such as week06; many students name their file so.
        source: a zip archive or a folder.
        kind: canvas, moodle, gradescope, nbgrader or plain; empty to recognise it.
        dry_run: find out everything and change nothing.

    Raises:
        UnusableSource: when the source is refused; then nothing has changed.
        CourseError: when the course has no students, or cannot be written.
    """
    students = _enrolled(course)
    if source.resolve().is_relative_to((course.root / "submitted").resolve()):
        raise UnusableSource(f"{source} is where submissions are put; grade them as they are")
    with archives.entries(source) as entries, _staging(course, dry_run) as staging:
        kind, attempts = sources.attempts(entries, assignment, week, kind)
        attempts, times_known = sources.without_download_times(kind, attempts)
        work = _Work(course, assignment, week, kind, times_known)
        lines = work.match(attempts, Roster(students))
        if staging is not None:
            work.write(staging)
    collected = {line.student for line in lines if line.student}
    missing = tuple(student.id for student in students if student.id not in collected)
    return Collection(kind, tuple(lines), missing, times_known)


class _Work:
    """The state of one call: what every student handed in, and what is to change."""

    def __init__(
        self, course: Course, assignment: str, week: str, kind: str, times_known: bool
    ) -> None:
        self.course = course
        self.assignment = assignment
        self.week = week
        self.kind = kind
        self.times_known = times_known
        self.newest: list[tuple[str, _Version]] = []
        self.older: list[tuple[str, _Version]] = []

    def match(self, attempts: Sequence[Attempt], roster: Roster) -> list[Line]:
        """Give every attempt its student; one line a student, and one for each without."""
        lines: list[Line] = []
        by_student: dict[str, list[_Found]] = {}
        for attempt in attempts:
            for claims in attempt.claims:
                match = roster.match(claims)
                if match.student is None:
                    lines.append(_unmatched(attempt, claims, match))
                else:
                    found = _Found(attempt, claims, match)
                    by_student.setdefault(match.student.id, []).append(found)
        for student, found_ones in by_student.items():
            lines += self._of_student(student, found_ones)
        return sorted(lines, key=lambda line: (line.student == "", line.student, line.shown))

    def _of_student(self, student: str, found: list[_Found]) -> list[Line]:
        named = [each for each in found if each.match.by == "name"]
        accounts = {each.attempt.account for each in found}
        if named and len(accounts) > 1 and self.kind in ("canvas", "moodle"):
            reason = f"{len(accounts)} people of the platform fit one student"
            return [_left_out(each, reason) for each in found]
        versions, lines = self._versions(found)
        if not versions:
            return lines
        *older, newest = sorted(versions, key=lambda version: version.age)
        if any(v.age == newest.age and v.digest != newest.digest for v in older):
            reason = f"handed in {len(versions)} times, and nothing says which is the newest"
            return lines + [_left_out(version.found, reason) for version in versions]
        # What cannot be used counts too where it is the newest.
        if without := [line for line in lines if (line.time or _LONG_AGO) > newest.age[0]]:
            return without
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
            chosen, note = choosing.notebook(
                each.attempt.files, self.assignment, self.week, times=self.times_known
            )
            if chosen is None:
                lines.append(_left_out(each, note))
                continue
            files = {f"{self.assignment}.ipynb": chosen}
            companion = choosing.beside(each.attempt.files, earlier.FILE, times=self.times_known)
            if companion and companion.entry.size <= earlier.MAX_BYTES:
                files[earlier.FILE] = companion
            contents = {name: file.entry.read() for name, file in files.items()}
            versions.append(_Version(each, files, _digest(contents), note))
        return versions, lines

    def _result(self, student: str, version: _Version) -> str:
        folder = self.course.folder("submitted", self.assignment, student)
        if not folder.exists():
            return NEW
        before = _time_of(folder)
        if _digest_of(folder, self.assignment) == version.digest:
            again = version.time is not None and (before is None or version.time > before)
            return REPLACES if again else UNCHANGED
        if version.time and before:
            # The same time and other content: someone has mended the collected file by hand.
            if version.time == before:
                return UNCHANGED
            return REPLACES if version.time > before else OLDER
        return UNCHANGED if self._earlier(student, version.digest).exists() else REPLACES

    def _line(self, student: str, version: _Version, result: str, older: int) -> Line:
        found = version.found
        notes = [version.note] if version.note else []
        if len(found.attempt.claims) > 1:
            notes.append(f"a group of {len(found.attempt.claims)}")
        if older:
            notes.append(f"{older} earlier kept")
        file = version.files[f"{self.assignment}.ipynb"].name
        return Line(
            found.claims.shown,
            student,
            found.match.by,
            file,
            version.time,
            found.attempt.late,
            result,
            "; ".join(notes),
        )

    def write(self, staging: Path) -> None:
        """Write everything beside, then put one folder after the other in its place."""
        places = []
        for number, (student, version) in enumerate(self.newest + self.older):
            folder = staging / str(number)
            folder.mkdir()
            for name, file in version.files.items():
                (folder / name).write_bytes(file.entry.read())
            if version.time:
                (folder / TIMESTAMP).write_text(f"{version.time:%Y-%m-%d %H:%M:%S} UTC\n")
            places.append((folder, student, version.digest))
        for folder, student, digest in places[len(self.newest) :]:
            self._keep_aside(folder, student, digest)
        for folder, student, _ in places[: len(self.newest)]:
            target = self.course.folder("submitted", self.assignment, student)
            if target.exists():
                self._keep_aside(target, student, _digest_of(target, self.assignment))
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(folder, target)

    def _keep_aside(self, folder: Path, student: str, digest: str) -> None:
        place = self._earlier(student, digest)
        if place.exists():
            shutil.rmtree(folder)
            return
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.replace(folder, place)

    def _earlier(self, student: str, digest: str) -> Path:
        kept = self.course.root / ".autograder" / "earlier"
        return kept / self.assignment / student / digest


def _unmatched(attempt: Attempt, claims: Claims, match: Match) -> Line:
    return Line(
        claims.shown,
        time=attempt.time,
        late=attempt.late,
        note=match.reason,
        nearest=match.nearest,
    )


def _left_out(found: _Found, reason: str) -> Line:
    student = found.match.student
    assert student is not None
    return Line(
        found.claims.shown,
        time=found.attempt.time,
        late=found.attempt.late,
        note=reason,
        nearest=(describe(student),),
    )


def _digest(contents: Mapping[str, bytes]) -> str:
    total = hashlib.sha256()
    for name, content in sorted(contents.items()):
        total.update(f"{name}\0{len(content)}\0".encode() + content)
    return total.hexdigest()[:32]


def _digest_of(folder: Path, assignment: str) -> str:
    paths = [folder / name for name in (f"{assignment}.ipynb", earlier.FILE)]
    return _digest({path.name: path.read_bytes() for path in paths if path.is_file()})


def _time_of(folder: Path) -> datetime | None:
    try:
        return sources.parse_time((folder / TIMESTAMP).read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError):
        return None


@contextmanager
def _staging(course: Course, dry_run: bool) -> Iterator[Path | None]:
    """A folder of the course's own disk, so that a finished folder moves in one step."""
    folder = None
    try:
        if not dry_run:
            parent = course.root / ".autograder"
            folder = Path(tempfile.mkdtemp(prefix="collecting-", dir=parent))
        yield folder
    except OSError as error:
        raise CourseError(
            f"the submissions cannot be written: {error.filename}: {error.strerror}; "
            "mend this and collect again"
        ) from None
    finally:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


def _enrolled(course: Course) -> list[Student]:
    from nbgrader import api
    from sqlalchemy import create_engine, select
    from sqlalchemy.exc import SQLAlchemyError
    from sqlalchemy.orm import Session

    columns: Any = (
        api.Student.id,
        api.Student.last_name,
        api.Student.first_name,
        api.Student.email,
        api.Student.lms_user_id,
    )
    engine = create_engine(course.db_url)
    try:
        with Session(engine) as session:
            found = [
                Student(*row) for row in session.execute(select(*columns).order_by(columns[0]))
            ]
    except SQLAlchemyError as error:
        reason = str(error).partition("\n")[0]
        raise CourseError(f"the gradebook cannot be read: {reason}") from None
    finally:
        engine.dispose()
    unusable = [each.id for each in found if "/" in each.id or each.id.startswith(".")]
    if unusable:
        raise CourseError(f"the student's id {unusable[0]!r} cannot be a folder's name")
    if not found:
        raise CourseError(
            "the gradebook has no students, so nobody can be recognised; "
            "add them in formgrader, or make the course with `autograder init --roster`"
        )
    return found
