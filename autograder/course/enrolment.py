"""Who is in a course: students join late, change their address, and leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograder.course.directory import Course
from autograder.course.gradebook import opened
from autograder.course.roster import Student
from autograder.errors import CourseError, UnknownName
from autograder.output.did_you_mean import hint
from autograder.output.text import fold

_COLUMNS = ("last_name", "first_name", "email", "lms_user_id")


@dataclass(frozen=True)
class Changes:
    """What a class list changed.

    Attributes:
        added: ids of students who are new in the gradebook.
        changed: for each student whose details changed, what was and what is now, by column.
        unchanged: ids of students whose details are as they were.
        absent: ids of students in the gradebook whom the list does not have; they stay.
    """

    added: tuple[str, ...] = ()
    changed: Mapping[str, Mapping[str, tuple[str | None, str]]] = field(default_factory=dict)
    unchanged: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


def enrol(course: Course, students: Sequence[Student]) -> Changes:
    """Add students, and update the details of those who are in the gradebook already.

    A detail that is missing in the list stays as it is. Nobody is removed.

    Args:
        course: whose gradebook is changed, completely or not at all.
        students: the class list, or a part of it.

    Raises:
        CourseError: when an id differs from a student's only in case, which would make two
            students of one; or when the gradebook cannot be changed.
    """
    from nbgrader.api import Student as Row

    with opened(course) as gradebook:
        rows = {row.id: row for row in gradebook.students}
        _refuse_look_alikes(students, list(rows))
        changed = {}
        for student in students:
            if student.id not in rows:
                gradebook.db.add(Row(**vars(student)))
            elif different := _different(rows[student.id], student):
                changed[student.id] = different
                for column, (_, new) in different.items():
                    setattr(rows[student.id], column, new)
        gradebook.db.commit()
    given = [student.id for student in students]
    return Changes(
        tuple(each for each in given if each not in rows),
        changed,
        tuple(each for each in given if each in rows and each not in changed),
        tuple(sorted(set(rows) - set(given))),
    )


def graded_weeks(course: Course, student: str) -> list[str]:
    """The assignments for which the gradebook holds grades of this student.

    Raises:
        UnknownName: when there is no such student; the message has the nearest ids.
    """
    with opened(course) as gradebook:
        row = _row(gradebook, student)
        return sorted(each.assignment.name for each in row.submissions if _is_graded(each))


def remove(course: Course, student: str) -> None:
    """Remove a student and their grades from the gradebook; files stay where they are.

    Raises:
        UnknownName: when there is no such student; the message has the nearest ids.
    """
    with opened(course) as gradebook:
        _row(gradebook, student)
        gradebook.remove_student(student)


def _row(gradebook: Any, student: str) -> Any:
    from nbgrader.api import MissingEntry

    try:
        return gradebook.find_student(student)
    except MissingEntry:
        known = [row.id for row in gradebook.students]
        raise UnknownName(f"There is no student {student!r}{hint(student, known)}") from None


def _is_graded(submission: Any) -> bool:
    """Whether there is more than an extension."""
    return any(
        grade.needs_manual_grade or grade.auto_score is not None or grade.manual_score is not None
        for notebook in submission.notebooks
        for grade in notebook.grades
    )


def _different(row: Any, student: Student) -> dict[str, tuple[str | None, str]]:
    return {
        column: (getattr(row, column), new)
        for column in _COLUMNS
        if (new := getattr(student, column)) and new != getattr(row, column)
    }


def _refuse_look_alikes(students: Sequence[Student], known: Sequence[str]) -> None:
    """`S001` beside `s001` is one person, as a rule, and would be two in every export."""
    folded = {fold(each): each for each in known}
    for student in students:
        like = folded.get(fold(student.id), student.id)
        if like != student.id and student.id not in known:
            raise CourseError(
                f"{student.id!r} and {like!r}, who is in the gradebook, differ only in case or "
                f"spaces; nothing was changed. Write the id as {like!r}, or remove that student "
                f"first with `autograder roster remove {like}`"
            )
