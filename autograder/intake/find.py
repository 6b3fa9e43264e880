"""Find the submissions in nbgrader's tree: submitted/<student>/<assignment>/<assignment>.ipynb."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from autograder.course.roster import MARKUP
from autograder.errors import CourseError, UnreadableNotebook
from autograder.intake import hand_in_time
from autograder.intake.collect.attempts import base_name
from autograder.intake.file_names import is_clutter, notebook_stem
from autograder.intake.folder import contents
from autograder.intake.read import read_bytes
from autograder.intake.week_of import fault_of_file, holds
from autograder.records import Submission

_MOST_READ = 10
_A_WEEK = re.compile(r"week[ _-]?\d", re.IGNORECASE)


def find_submissions(
    submitted: Path, assignment: str, week: str, names: Collection[str] = ()
) -> list[Submission]:
    """Every submission of an assignment, in the order of the students' names.

    A folder without a fitting notebook, or one that cannot be read, is a submission too: its path
    is then the folder, which `read_notebook` explains. A student folder may hold the notebook
    itself.

    Args:
        submitted: nbgrader's folder of submissions.
        assignment: name of the assignment and of its notebook, such as week06_backpropagation.
        week: such as week06.
        names: of the week's graded cells, which tell its notebook from others beside it.

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
    wanted = Wanted(assignment, week, names)
    return [found for each in students if (found := _of_student(each, wanted))]


@dataclass(frozen=True)
class Wanted:
    """What is looked for; see `find_submissions`."""

    assignment: str
    week: str
    names: Collection[str]


def _of_student(student: Path, wanted: Wanted) -> Submission | None:
    """What a student handed in; None where that is of other assignments only."""
    week = wanted.week
    try:
        folder = _folder_of(student, wanted)
        if folder is None:
            return None
        # A link could lead to another student's folder.
        for path in (student, folder):
            if path.is_symlink():
                return Submission(student.name, week, path)
        time = hand_in_time.text_in(folder)
        return Submission(student.name, week, notebook_in(folder, wanted), time)
    except OSError as error:
        # One folder without its permissions must not cost the rest of the class its grades.
        return Submission(student.name, week, Path(error.filename or student))


def _visible_folder(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith(".") and not is_clutter(path.name)


def _folder_of(student: Path, wanted: Wanted) -> Path | None:
    if (student / wanted.assignment).is_dir():
        return student / wanted.assignment
    folders = sorted(filter(_visible_folder, student.iterdir()))
    # Students who make their folder themselves name it after the week.
    named = [each for each in folders if _is_named(each.name, wanted)]
    if len(named) == 1:
        return named[0]
    if not folders:
        return student
    # Elsewhere it is theirs if it has the week's cells; most folders are of other assignments.
    unnamed = [each for each in folders if not _A_WEEK.match(each.name)]
    places = [each for each in named or unnamed if _is_in(each, wanted)]
    places += [student] if _is_in(student, wanted, subfolders=False) else []
    # In several places it is unclear which one counts, as it is within one folder.
    unclear = len(places) > 1 or (named and not places)
    return student if unclear else next(iter(places), None)


def _is_in(place: Path, wanted: Wanted, *, subfolders: bool = True) -> bool:
    """Whether a folder, which is no link, holds a notebook of the week."""
    if place.is_symlink():
        return False
    files = contents(place, subfolders=subfolders).notebooks[:_MOST_READ]
    return any(holds(_read(path), wanted.names) for path in files)


def _is_named(name: str, wanted: Wanted) -> bool:
    """Whether a folder is named after the week: `Week 6`, `week06_backpropagation (1)`."""
    week = wanted.week.replace("week0", "week")
    named = {_letters(each) for each in (wanted.assignment, wanted.week, week)}
    return _letters(name) in named or _letters(base_name(name)) in named


def _letters(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).casefold()


def notebook_in(folder: Path, wanted: Wanted) -> Path:
    """The notebook to grade in a folder, or the folder where it is unclear which one that is.

    A file that is alone is taken whatever its name: reading it tells what it is.
    """
    found = contents(folder)
    files = found.notebooks or found.others
    if len(files) == 1:
        return files[0]
    named = [path for path in found.notebooks if _has_name(path, wanted)]
    exact = [path for path in named if path.name == f"{wanted.assignment}.ipynb"] or named
    # The name counts, unless the file is damaged or of another week and another one is not.
    if len(exact) == 1 and not fault_of_file(exact[0], wanted.week, wanted.names):
        return exact[0]
    if len(found.notebooks) <= _MOST_READ:
        contents_of = {path: _read(path) for path in found.notebooks}
        fitting = [path for path, read in contents_of.items() if holds(read, wanted.names)]
        if len({contents_of[path] for path in fitting}) == 1:
            return fitting[0]
    return exact[0] if len(exact) == 1 else folder


def _has_name(path: Path, wanted: Wanted) -> bool:
    return (notebook_stem(path.name) or "").casefold() == wanted.assignment.casefold()


def _read(path: Path) -> bytes:
    try:
        return read_bytes(path)
    except UnreadableNotebook:
        return b""
