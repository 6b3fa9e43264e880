"""A class with difficult names, and its work as platforms export it."""

from __future__ import annotations

from pathlib import Path

import nbformat
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from autograder.course.directory import Course
from autograder.course.roster import Student
from autograder.intake.collect.collect import Collection, collect
from tests.intake.exports import canvas_name, moodle_folder, write_zip

STEM, WEEK = "week99_bends", "week99"
NB = f"{STEM}.ipynb"
CLASS = [
    Student("ann", "Lee", "Ann", "ann@x.org", "501"),
    Student("bob", "O'Neil-Straße", "Séan", "bob@x.org", "502"),
    Student("cem_2", "Öz_türk", "İnci, Jr.", "cem@x.org", "503"),
    Student("dana", "حسين", "محمد", "dana@x.org"),
]


def enrol(course: Course, students: list[Student]) -> None:
    from nbgrader import api

    engine = create_engine(course.db_url)
    with Session(engine) as session:
        session.add_all([api.Student(**vars(student)) for student in students])
        session.commit()
    engine.dispose()


def take(course: Course, source: Path, **options) -> Collection:
    return collect(course, STEM, WEEK, source, **options)


def results(collection: Collection) -> dict[str, str]:
    return {line.student or line.shown: line.result for line in collection.lines}


def content(course: Course, student: str, name: str = NB) -> str | None:
    path = course.folder("submitted", STEM, student) / name
    return path.read_text(encoding="utf-8") if path.exists() else None


def snapshot(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def moodle(path: Path, students: list[Student], name: str = NB) -> Path:
    return write_zip(
        path,
        {
            f"{moodle_folder(f'{s.first_name} {s.last_name}', 900 + n)}/{name}": s.id
            for n, s in enumerate(students)
        },
    )


def canvas(path: Path, students: list[Student], name: str = NB) -> Path:
    return write_zip(
        path,
        {
            canvas_name(f"{s.last_name}, {s.first_name}", f"{501 + n}", 70 + n, name): s.id
            for n, s in enumerate(students)
        },
    )


def whole(course, text: str = "") -> str:
    """A notebook of the course's week."""
    notebook = nbformat.read(course.notebook("release", STEM), as_version=4)
    notebook.cells[0].source += text
    return nbformat.writes(notebook)
