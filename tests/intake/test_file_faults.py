"""Is every file that is not the week's notebook named for what it is, wherever it is met?

`faults.txt` has every sentence. After a wanted change: `UPDATE_SNAPSHOTS=1 .venv/bin/python -m
pytest tests/intake/test_file_faults.py`, and read.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest

from autograder.course.directory import Course
from autograder.errors import AutograderError
from autograder.grading import pipeline, single_notebook
from autograder.grading.decisions import Decisions
from autograder.intake.find import find_submissions
from autograder.intake.week_of import names_in_file
from autograder.records import Report
from tests.intake.collect.difficult_class import CLASS, enrol, take
from tests.intake.file_faults import STEM, Files, faults
from tests.tiny_course import course

__all__ = ["course"]

SNAPSHOT = Path(__file__).with_name("faults.txt")
WEEK = STEM[:6]
FOLDER = "Ann Lee_7_assignsubmission_file"


def hand_in(folder: Path, files: Files) -> Path:
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def graded(course: Course, files: Files) -> str:
    """What `grade` says, which for these needs no sandbox."""
    hand_in(course.folder("submitted", STEM, "ann"), files)
    names = names_in_file(course.notebook("release", STEM))
    (found,) = find_submissions(course.root / "submitted", STEM, WEEK, names)
    week = SimpleNamespace(name=WEEK, questions={})
    assignment: Any = SimpleNamespace(
        week=week,
        question_keys={},
        cell_names=names,
        decisions=Decisions(),
        worth_of_tests={},
    )
    return pipeline.grade(found, assignment, None).unreadable  # type: ignore[arg-type]


def checked(folder: Path, files: Files) -> str:
    """What `check` says of the first file, or of the folder where there is none."""
    hand_in(folder, files)
    path = next((folder / name for name in files), folder)
    try:
        report = single_notebook.check_file(path, "process")
    except AutograderError as error:
        return str(error).replace(str(folder), "…")
    return f"judged as {report.week}; {' '.join(report.problems)}"


def collected(course: Course, source: Path, files: Files) -> str:
    """What `collect` says, of one student among others."""
    hand_in(source / FOLDER, files)
    hand_in(source / FOLDER.replace("Ann Lee_7", "Séan O'Neil-Straße_8"), {"x.ipynb": b"{}"})
    lines = [line for line in take(course, source).lines if "Ann" in line.shown]
    return "; ".join(f"{line.result}; {line.note}" for line in lines) or "no line"


def twin(course: Course, root: Path) -> Course:
    """A course with the same release and students, and nothing handed in."""
    for folder in (".autograder", "submitted"):
        (root / folder).mkdir(parents=True)
    (root / "release").symlink_to(course.root / "release")
    return replace(course, root=root)


def right(course: Course) -> dict[str, Any]:
    notebook = nbformat.read(course.notebook("release", STEM), as_version=4)
    return json.loads(nbformat.writes(notebook))  # type: ignore[no-any-return]


@pytest.mark.slow
def test_is_every_fault_named_in_a_sentence_wherever_it_is_met(course, tmp_path, monkeypatch):
    # Only what is no fault for `check`, another week's notebook, would be run.
    monkeypatch.setattr(
        single_notebook, "_persistently", lambda _, __, week, *___: Report("", week.week.name, ())
    )
    enrol(course, CLASS)
    lines = []
    for number, (name, files) in enumerate(faults(right(course)).items()):
        place = tmp_path / str(number)
        lines += [
            name,
            f"  grade: {graded(twin(course, place / 'graded'), files)}",
            f"  check: {checked(place / 'mine', files)}",
            f"  collect: {collected(twin(course, place / 'collects'), place / 'export', files)}",
        ]
    text = "\n".join(lines) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(text)
    assert text == SNAPSHOT.read_text()
