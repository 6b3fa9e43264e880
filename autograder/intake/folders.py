"""Find the submissions in nbgrader's tree: submitted/<student>/<assignment>/<assignment>.ipynb."""

from __future__ import annotations

from pathlib import Path

from autograder.errors import CourseError
from autograder.records import Submission

_LONGEST_TIME = 100


def find_submissions(submitted: Path, assignment: str, week: str) -> list[Submission]:
    """Every submission of an assignment, in the order of the students' names.

    A folder without a fitting notebook is a submission too: its path is then the folder, which
    `read_notebook` explains. A student folder without folders in it may hold the notebook itself.

    Args:
        submitted: nbgrader's folder of submissions.
        assignment: name of the assignment and of its notebook, such as week06_backpropagation.
        week: such as week06.

    Raises:
        CourseError: when there is no such folder.
    """
    if not submitted.is_dir():
        raise CourseError(
            f"{submitted} does not exist; put the submissions in "
            f"{submitted.name}/<student>/{assignment}/{assignment}.ipynb"
        )
    students = sorted(folder for folder in submitted.iterdir() if _visible_folder(folder))
    return [
        Submission(student.name, week, _notebook_in(folder, assignment), _timestamp(folder))
        for student in students
        if (folder := _folder_of(student, assignment))
    ]


def _visible_folder(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith(".")


def _folder_of(student: Path, assignment: str) -> Path | None:
    if (student / assignment).is_dir():
        return student / assignment
    return None if any(map(_visible_folder, student.iterdir())) else student


def _notebook_in(folder: Path, assignment: str) -> Path:
    """The assignment's notebook, or the only one there is under another name."""
    # A link could lead to another student's file.
    found = [file for file in folder.glob("*.ipynb") if file.is_file() and not file.is_symlink()]
    named = [file for file in found if file.stem == assignment]
    return (named or (found if len(found) == 1 else [folder]))[0]


def _timestamp(folder: Path) -> str:
    path = folder / "timestamp.txt"
    # A link could lead anywhere, and a reader of a pipe would wait for ever.
    if path.is_symlink() or not path.is_file():
        return ""
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(_LONGEST_TIME).strip()
    except (OSError, UnicodeDecodeError):
        return ""
