"""Everything that a course holds about one student: to hand it over, or to delete it."""

from __future__ import annotations

import json
import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.course import database as databases
from autograder.course import directory as courses
from autograder.course import enrolment, service_data
from autograder.course.directory import Course
from autograder.course.gradebook import opened
from autograder.course.person import full_names
from autograder.course.roster import Student
from autograder.errors import CourseError, UnknownName
from autograder.output.files import PRIVATE, write_whole

STEPS = ("submitted", "autograded", "feedback")
_RECORDS = (".json", ".answers", ".html")
_LARGEST_READ = 50 * 2**20
PATIENCE = 5.0
"""Seconds to wait until a service has graded what it has in its hands."""


@dataclass(frozen=True)
class Forgotten:
    """What was deleted, and which files of the course still mention the student."""

    deleted: tuple[Path, ...]
    mentioned_in: tuple[Path, ...]


def forget(course: Course, student: str) -> Forgotten:
    """Delete a student from the gradebook, and every file that is about them alone.

    Args:
        course: where the student is deleted.
        student: the id.

    Raises:
        UnknownName: when the course holds nothing about such a student.
        CourseError: when something cannot be deleted, or the course is being graded.
    """
    with courses.alone(course, PATIENCE):
        person = _person(course, student)
        # First, so that the service grades nothing of theirs while their files are deleted.
        stored = service_data.forget(course, student)
        places = list(_places(course.root, student))
        if person is None and not places and not stored:
            raise UnknownName(f"the course holds nothing about a student {student!r}")
        names = [student, *(_details(person) if person else ())]
        try:
            for place in places:
                _delete(place)
            for record in _shared_records(course.root):
                _drop(record, names)
        except OSError as error:
            raise CourseError(
                f"{error.filename} cannot be deleted: {error.strerror}; "
                "correct this and run the command again"
            ) from None
        if person is not None:
            enrolment.remove(course, student)
            _compact(course)
    return Forgotten(tuple(places), tuple(_mentions(course.root, names)))


def export_data(course: Course, student: str, target: Path) -> int:
    """Write one zip with the student's files and what the tables hold about them.

    The gradebook's rows are in `gradebook.json`, those of `autograder serve` in `service.json`.

    Args:
        course: whose data is exported.
        student: the id.
        target: the zip to write.

    Returns:
        The number of the student's files in it.

    Raises:
        UnknownName: when the course holds nothing about such a student.
        CourseError: when the zip cannot be written.
    """
    rows = _rows(course, student)
    stored = service_data.rows(course, student)
    places = list(_places(course.root, student))
    if not rows and not places and not stored:
        raise UnknownName(f"the course holds nothing about a student {student!r}")
    files = [file for place in places for file in _files(place)]
    try:
        with target.open("xb") as raw, zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as made:
            os.chmod(target, PRIVATE)
            made.writestr("gradebook.json", json.dumps(rows, indent=1, default=str))
            if stored:
                made.writestr("service.json", json.dumps(stored, indent=1, default=str))
            for file in files:
                made.write(file, file.relative_to(course.root))
    except FileExistsError:
        raise CourseError(f"{target} exists already; nothing was changed") from None
    except OSError as error:
        raise CourseError(f"{target} cannot be written: {error.strerror}") from None
    return len(files)


def _places(root: Path, student: str) -> Iterator[Path]:
    """The folders and files that are about this student alone."""
    yield from (place for step in STEPS if _exists(place := root / step / student))
    for place in sorted((root / ".autograder").glob("*/*/*")):
        # The file `a.json` is about the student `a`, even where another one is called `a.json`.
        own = place.stem if place.is_file() and place.suffix in _RECORDS else place.name
        if own == student:
            yield place


def _exists(path: Path) -> bool:
    return path.is_symlink() or path.exists()


def _files(place: Path) -> Iterator[Path]:
    """A place's regular files; a link could lead to another student's work."""
    if place.is_symlink():
        return
    if place.is_file():
        yield place
    for folder, _, names in os.walk(place):
        paths = (Path(folder, name) for name in sorted(names))
        yield from (path for path in paths if path.is_file() and not path.is_symlink())


def _delete(place: Path) -> None:
    if place.is_symlink() or place.is_file():
        place.unlink()
    else:
        shutil.rmtree(place)


def _shared_records(root: Path) -> Iterator[Path]:
    """Records about many students, which are kept by id: what was exported or sent."""
    for folder in ("exported", "pushed"):
        yield from sorted((root / ".autograder" / folder).glob("*.json"))


def _drop(record: Path, names: list[str]) -> None:
    try:
        plain = json.loads(record.read_text(encoding="utf-8"))
    except ValueError:
        return
    kept = _without(plain, set(names))
    if kept != plain:
        write_whole(record, json.dumps(kept, indent=1).encode())


def _without(plain: Any, names: set[str]) -> Any:
    if isinstance(plain, dict):
        return {key: _without(value, names) for key, value in plain.items() if key not in names}
    if isinstance(plain, list):
        return [_without(value, names) for value in plain if str(value) not in names]
    return plain


def _person(course: Course, student: str) -> Student | None:
    from nbgrader.api import MissingEntry

    with opened(course) as gradebook:
        try:
            row = gradebook.find_student(student)
        except MissingEntry:
            return None
        return Student(row.id, row.last_name, row.first_name, row.email, row.lms_user_id)


def _details(person: Student) -> list[str]:
    return [each for each in (person.email, person.lms_user_id, *full_names(person)) if each]


def _rows(course: Course, student: str) -> dict[str, Any]:
    """What the gradebook holds about a student; empty if there is no such student."""
    person = _person(course, student)
    if person is None:
        return {}
    with opened(course) as gradebook:
        submissions = gradebook.find_student(student).submissions
        weeks = {each.assignment.name: _submission(each) for each in submissions}
    return {**vars(person), "weeks": weeks}


def _submission(row: Any) -> dict[str, Any]:
    (*notebooks,) = row.notebooks
    return {
        "handed_in_utc": row.timestamp,
        "extension": row.extension,
        "late_penalty": sum(each.late_submission_penalty or 0.0 for each in notebooks),
        "points": row.score,
        "max_points": row.max_score,
        "cells": {
            grade.name: {
                "points": grade.score,
                "max_points": grade.max_score,
                "by_hand": grade.manual_score,
                "extra_credit": grade.extra_credit,
                "waiting_for_a_person": grade.needs_manual_grade,
            }
            for notebook in notebooks
            for grade in notebook.grades
        },
        "comments": {
            comment.name: comment.comment
            for notebook in notebooks
            for comment in notebook.comments
            if comment.comment
        },
    }


def _compact(course: Course) -> None:
    """Rewrite the database file, in which deleted rows are otherwise still readable."""
    from sqlalchemy import text

    if course.db_url.startswith(databases.SQLITE):
        with databases.opened(course.db_url) as engine, engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM"))


def _mentions(root: Path, names: list[str]) -> Iterator[Path]:
    """Files that the course's owner has to look at, such as a class list or an export."""
    # As words: `ada` is not in `nadam`.
    words = "|".join(re.escape(each) for each in names)
    wanted = re.compile(rf"(?<!\w)(?:{words})(?!\w)".encode())
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(each for each in folders if Path(folder, each) != root / ".git")
        for name in sorted(files):
            path = Path(folder, name)
            if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST_READ:
                continue
            if wanted.search(path.read_bytes()):
                yield path
