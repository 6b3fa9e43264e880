"""Find the submissions in nbgrader's tree: submitted/<student>/<assignment>/<assignment>.ipynb."""

from __future__ import annotations

import os
from pathlib import Path

from autograder.course.roster import MARKUP
from autograder.errors import CourseError
from autograder.records import Submission

_LONGEST_TIME = 100


def find_submissions(submitted: Path, assignment: str, week: str) -> list[Submission]:
    """Every submission of an assignment, in the order of the students' names.

    A folder without a fitting notebook, or one that cannot be read, is a submission too: its path
    is then the folder, which `read_notebook` explains. A student folder without folders in it may
    hold the notebook itself.

    Args:
        submitted: nbgrader's folder of submissions.
        assignment: name of the assignment and of its notebook, such as week06_backpropagation.
        week: such as week06.

    Raises:
        CourseError: when there is no such folder, it cannot be read, or a folder in it has a name
            that no student's id may have.
    """
    if not submitted.is_dir():
        raise CourseError(
            f"{submitted} does not exist; put the submissions in "
            f"{submitted.name}/<student>/{assignment}/{assignment}.ipynb"
        )
    try:
        students = sorted(folder for folder in submitted.iterdir() if _visible_folder(folder))
    except OSError as error:
        raise CourseError(f"{submitted} cannot be read: {error.strerror}") from None
    for student in students:
        if set(student.name) & set(MARKUP):
            raise CourseError(
                f"the folder {student.name!r} in {submitted} is named after no student: "
                f"an id has none of {' '.join(MARKUP)}; rename it to the student's id"
            )
    return [found for each in students if (found := _of_student(each, assignment, week))]


def _of_student(student: Path, assignment: str, week: str) -> Submission | None:
    """What a student handed in; None where that is of other assignments only."""
    try:
        folder = _folder_of(student, assignment)
        if folder is None:
            return None
        # A link could lead to another student's folder.
        for path in (student, folder):
            if path.is_symlink():
                return Submission(student.name, week, path)
        return Submission(student.name, week, _notebook_in(folder, assignment), _timestamp(folder))
    except OSError as error:
        # One folder without its permissions must not cost the rest of the class its grades.
        return Submission(student.name, week, Path(error.filename or student))


def _visible_folder(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith(".")


def _folder_of(student: Path, assignment: str) -> Path | None:
    if (student / assignment).is_dir():
        return student / assignment
    return None if any(map(_visible_folder, student.iterdir())) else student


def _notebook_in(folder: Path, assignment: str) -> Path:
    """The assignment's notebook, or the only one there is under another name."""
    # A link could lead to another student's file.
    files = [folder / name for name in os.listdir(folder) if name.endswith(".ipynb")]
    found = [file for file in files if file.is_file() and not file.is_symlink()]
    named = [file for file in found if file.stem == assignment]
    return (named or (found if len(found) == 1 else [folder]))[0]


def _timestamp(folder: Path) -> str:
    path = folder / "timestamp.txt"
    # A link could lead anywhere, and a reader of a pipe would wait forever.
    if path.is_symlink() or not path.is_file():
        return ""
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(_LONGEST_TIME).strip()
    except (OSError, UnicodeDecodeError):
        return ""
