"""Whose submissions are graded, who has handed in nothing, and what in `submitted/` is in no place.

A new student is never made without a word: a folder that nobody on the roster has the name of is
named, and graded only if the instructor says so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from autograder.course.database import connected
from autograder.course.directory import Course
from autograder.course.enrolment import enrol
from autograder.course.roster import Student
from autograder.intake import hand_in_time
from autograder.intake.file_names import is_clutter, is_notebook, shown
from autograder.intake.folder import contents
from autograder.light_imports import api
from autograder.output.did_you_mean import hint
from autograder.output.text import fold
from autograder.records import Submission

_MOST_NAMED = 20
_A_WEEK = "week"


@dataclass(frozen=True)
class Attendance:
    """What was found in `submitted/`, held against the roster.

    Attributes:
        graded: the submissions to grade.
        added: ids that become students with this run, since the instructor allowed it or the
            roster was empty.
        not_graded: what is not graded and why, by its name in `submitted/`.
        doubtful: sentences about submissions that are graded, by student: a time that says nothing.
        missing: students who have handed in nothing.
    """

    graded: tuple[Submission, ...]
    added: tuple[str, ...] = ()
    not_graded: Mapping[str, str] = field(default_factory=dict)
    doubtful: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    @property
    def notes(self) -> list[str]:
        """Sentences for below the table."""
        notes = []
        if self.added:
            notes.append(f"New in the gradebook: {_named(self.added)}.")
        if self.missing:
            notes.append(f"Nothing handed in: {_named(self.missing)}.")
        return notes


def attendance(
    course: Course,
    week: str,
    stem: str,
    handed_in: Sequence[Submission],
    *,
    new_students: bool = False,
) -> Attendance:
    """Hold what was handed in against the roster.

    Args:
        course: the course, whose gradebook is the roster.
        week: such as week06.
        stem: the folder's name, such as week06_backpropagation.
        handed_in: what `find_submissions` found.
        new_students: whether a folder that fits nobody makes a new student.
    """
    known = _students(course)
    found = {submission.student for submission in handed_in}
    strangers = sorted(found - set(known))
    allowed = new_students or not known
    refused = {
        name: reason
        for name in strangers
        if (
            reason := _slip(name, known, week, stem)
            or (not allowed and _about_stranger(name, known))
        )
    }
    added = tuple(name for name in strangers if name not in refused)
    missing = tuple(student for student in known if student not in found)
    not_graded = refused | _misplaced(course.root, missing, week, stem)
    graded = tuple(each for each in handed_in if each.student not in refused)
    times = {each.student: hand_in_time.about(each.timestamp) for each in graded}
    doubtful = {student: reason for student, reason in times.items() if reason}
    return Attendance(graded, added, not_graded, doubtful, missing)


def enrol_new(course: Course, found: Attendance, chosen: Sequence[Submission]) -> None:
    """Make students of those who are new, all at once: a run that is stopped leaves none out.

    Args:
        course: whose gradebook is changed.
        found: what `attendance` found.
        chosen: the submissions that this run grades.
    """
    new = set(found.added) & {submission.student for submission in chosen}
    if new:
        enrol(course, [Student(name) for name in sorted(new)])


def _students(course: Course) -> list[str]:
    with connected(course.db_url) as connection:
        return list(connection.scalars(select(api.Student.id).order_by(api.Student.id)))


def _slip(name: str, known: Sequence[str], week: str, stem: str) -> str:
    """What is wrong with a folder's name that is certainly no new student's."""
    if name.startswith(week):
        return (
            "Not graded: this is the week's name, and the student's folder comes first. Next: move "
            f"each notebook to submitted/STUDENT/{stem}/{stem}.ipynb."
        )
    same = [student for student in known if fold(student) == fold(name)]
    if same:
        return f"Not graded: the student's id is {same[0]!r}. Next: rename the folder to it."
    return ""


def _about_stranger(name: str, known: Sequence[str]) -> str:
    return (
        f"Not graded: nobody on the roster has this id{hint(name, known) or '.'} Next: rename the "
        f"folder, or add the student with `autograder roster add {name}`; --new-students adds all."
    )


def _misplaced(root: Path, missing: Sequence[str], week: str, stem: str) -> dict[str, str]:
    """Notebooks that no student's folder, or no assignment's, holds."""
    submitted = root / "submitted"
    others = {folder.name for folder in (root / "source").glob("*")}
    try:
        loose = sorted(path for path in submitted.iterdir() if not path.is_dir())
    except OSError:
        return {}
    named = {
        path.name: "Not graded: it is in no student's folder. Next: move it to "
        f"submitted/STUDENT/{stem}/{stem}.ipynb."
        for path in loose
        if is_notebook(path.name) and not is_clutter(path.name)
    }
    for student in missing:
        if elsewhere := _elsewhere(submitted / student, others):
            named[student] = (
                f"Not graded: nothing in this folder is of {week}; it holds "
                f"{', '.join(elsewhere)}. Next: if that is the student's work for {week}, "
                f"name the folder {stem}."
            )
    return named


def _elsewhere(folder: Path, others: Collection[str]) -> list[str]:
    """The notebooks in a student's folder that no assignment's holds, by their path in it.

    Args:
        folder: the student's.
        others: the names of the course's assignments.
    """
    found: list[Path] = []
    try:
        for each in sorted(folder.iterdir()) if not folder.is_symlink() else ():
            named = each.name in others or each.name.lower().startswith((_A_WEEK, "."))
            if each.is_file() and is_notebook(each.name):
                found.append(each)
            elif each.is_dir() and not each.is_symlink() and not named:
                found += contents(each).notebooks
    except OSError:
        # Nothing is there, or nobody may look into it; then the student is missing.
        return []
    return [shown(path.relative_to(folder).as_posix()) for path in found[:3]]


def _named(students: Sequence[str]) -> str:
    few = ", ".join(map(shown, students[:_MOST_NAMED]))
    more = f" and {len(students) - _MOST_NAMED} more" if len(students) > _MOST_NAMED else ""
    count = f"{len(students)} student{'' if len(students) == 1 else 's'}"
    return f"{count}: {few}{more}"
