"""The feedback pages of exported students: which there are, and a zip with a folder for each.

Moodle's folders have other names, since Moodle delivers by numbers: see `moodle_feedback_zip`.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from autograder.errors import CourseError
from autograder.gradebook.totals import Total
from autograder.lms.exporter import Export, WeekGrades, people

_EPOCH = (1980, 1, 1, 0, 0, 0)
# What some system does not take in a file's name.
_NO_FILE_NAME = re.compile(r"[/\\<>:\"|?*\x00-\x1f\x7f]")

Feedback = Annotated[
    Path | None,
    typer.Option(help="Also write a zip here with the feedback pages, a folder for each student."),
]


@dataclass(frozen=True)
class Pages:
    """The pages by student, and sentences about those that are missing or too old."""

    found: Mapping[str, Path]
    notes: tuple[str, ...] = ()


def pages(week: WeekGrades) -> Pages:
    """The pages that belong to the exported grades; one that is older than its grade does not."""
    found, missing, old = {}, [], []
    for total in week.totals:
        if total.points is None:
            continue
        folder = week.course.folder("feedback", week.stem, total.student)
        page = folder / f"{week.stem}.html"
        graded = week.course.notebook("autograded", week.stem, total.student)
        if not page.is_file():
            missing.append(total.student)
        elif graded.is_file() and graded.stat().st_mtime > page.stat().st_mtime:
            old.append(total.student)
        else:
            found[total.student] = page
    advice = f"Next: run `autograder feedback {week.week}` and export again."
    notes = []
    if missing:
        notes.append(f"Without a feedback page: {people(missing)}. {advice}")
    if old:
        notes.append(f"Left out, as the page is older than the grade: {people(old)}. {advice}")
    return Pages(found, tuple(notes))


def folder_name(total: Total) -> str:
    """A student's folder: the name for people, and the id, which makes it the only one."""
    name = ", ".join(part for part in (total.last_name, total.first_name) if part)
    plain = " ".join(_NO_FILE_NAME.sub(" ", name).split())
    return f"{plain} ({total.student})" if plain else total.student


def with_folders(
    made: Export,
    weeks: Iterable[WeekGrades],
    target: Path | None,
    reached: Collection[str] | None = None,
) -> Export:
    """The export with a zip of the pages, such as `Lovelace, Ada (ada)/week06_nudge.html`.

    Args:
        made: the export.
        weeks: whose pages are zipped.
        target: where the zip goes; None for no zip.
        reached: the students who are known in the LMS; None for everybody. A page of anybody else
            might be attached to a person of the same name.

    Raises:
        CourseError: if there is no page at all.
    """
    if target is None:
        return made
    notes: list[str] = []
    found: dict[str, bytes] = {}
    for week in weeks:
        known = pages(week)
        notes += known.notes
        names = {each.student: folder_name(each) for each in week.totals}
        for student, page in known.found.items():
            if reached is None or student in reached:
                found[f"{names[student]}/{week.stem}.html"] = page.read_bytes()
    if not found:
        raise CourseError(f"there are no feedback pages to zip. {' '.join(notes)}".strip())
    said = f"{counted(len(found))} in the zip, a folder for each student."
    files = {**made.files, str(target.absolute()): zipped(found)}
    return Export(files, (*made.notes, said, *notes), made.problems)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """An archive of these files by name, the same each time."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return packed.getvalue()


def counted(count: int) -> str:
    """Such as `1 feedback page`."""
    return f"{count} feedback page{'s' * (count != 1)}"
