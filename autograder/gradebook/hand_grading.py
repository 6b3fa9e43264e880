"""One question of a week, graded by a person across students, with nbgrader's own API.

What is written is what formgrader writes: a manual score, whether one is still missing, and a
comment. So both can be used side by side.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, or_, select

from autograder.course.database import connected
from autograder.course.directory import Course
from autograder.course.gradebook import opened
from autograder.errors import CourseError, UnknownName
from autograder.gradebook.bulk import BulkWriter
from autograder.light_imports import api

LONGEST_COMMENT = 10_000


class ChangedMeanwhile(CourseError):
    """The answer, its points or its comment are not what the grader has seen any more."""


@dataclass(frozen=True)
class Gradable:
    """A question of a week, and how far people are with it.

    Attributes:
        question: the name of the graded cell.
        max_points: what it is worth.
        answers: how many students have handed in an answer.
        waiting: how many of these wait for a person.
        by_people: how many have a person's points.
    """

    question: str
    max_points: float
    answers: int
    waiting: int
    by_people: int


@dataclass(frozen=True)
class Standing:
    """Where one student's answer to a question stands.

    Attributes:
        student, last_name, first_name: whose.
        automatic: the points of the automatic checks; None if there are none.
        manual: a person's points, which replace them.
        max_points: what the question is worth.
        waiting: whether a person still has to grade it.
        comment: a person's; empty for none.
    """

    student: str
    last_name: str
    first_name: str
    automatic: float | None
    manual: float | None
    max_points: float
    waiting: bool
    comment: str

    @property
    def name(self) -> str:
        """For a table: `Bell, Bob`; the id where no name is known."""
        return ", ".join(filter(None, (self.last_name, self.first_name))) or self.student

    @property
    def points(self) -> float | None:
        """What counts."""
        return self.automatic if self.manual is None else self.manual


@dataclass(frozen=True)
class Answer(Standing):
    """The same with the answer.

    Attributes:
        kind: "markdown" or "code".
        text: what the student has written; empty if there is no such cell.
        attachments: the cell's pictures by name, and in each base64 by media type.
    """

    kind: str
    text: str
    attachments: Mapping[str, Any] = field(default_factory=dict)

    @property
    def seen(self) -> str:
        """Stands for all of this: whoever writes points has to have seen what they are for."""
        parts = [self.text, self.automatic, self.manual, self.waiting, self.comment]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:24]


def questions(course: Course, assignment: str) -> list[Gradable]:
    """The questions of a week, those that wait for a person first.

    Args:
        course: whose gradebook is read.
        assignment: nbgrader's name for the week, such as week06_backpropagation.

    Raises:
        CourseError: when the gradebook cannot be read.
    """
    with connected(course.db_url) as connection:
        found = [
            Gradable(*row)
            for kind in (api.GradeCell, api.TaskCell)
            for row in connection.execute(_counts(assignment, kind))
        ]
    return sorted(found, key=lambda each: (not each.waiting, each.question))


def standings(course: Course, assignment: str, question: str) -> list[Standing]:
    """Where everybody's answer stands, by last name; only of who has handed in.

    Args:
        course: whose gradebook is read.
        assignment: nbgrader's name for the week.
        question: the name of the graded cell.

    Raises:
        CourseError: when the gradebook cannot be read.
    """
    with connected(course.db_url) as connection:
        return list(_standings(connection, assignment, question))


def answer_of(course: Course, assignment: str, question: str, student: str) -> Answer:
    """One student's answer.

    Raises:
        UnknownName: when there is none.
        CourseError: when the gradebook cannot be read.
    """
    with connected(course.db_url) as connection:
        for each in _standings(connection, assignment, question, student):
            return Answer(**vars(each), **_written(course, assignment, question, student))
    raise UnknownName(f"{student} has handed in nothing that has the question {question}")


def give(
    course: Course,
    assignment: str,
    question: str,
    student: str,
    points: float | None,
    comment: str,
    seen: str,
) -> None:
    """Give points and a comment for an answer, in place of earlier ones.

    Args:
        course: whose gradebook is changed.
        assignment: nbgrader's name for the week.
        question: the name of the graded cell.
        student: whose answer it is.
        points: None takes a person's points back: the automatic ones count, or it waits again.
        comment: empty for none.
        seen: `Answer.seen` of what the points are for.

    Raises:
        UnknownName: when there is no such answer.
        ChangedMeanwhile: when it is not what was seen any more; nothing is changed then.
        CourseError: when the points are impossible, or the gradebook cannot be changed.
    """
    found = answer_of(course, assignment, question, student)
    _refuse_impossible(points, comment, found.max_points)
    if found.seen != seen:
        raise ChangedMeanwhile(
            f"The answer of {student}, its points or its comment have changed since you opened "
            "it: something new was handed in, or somebody else has graded it. Nothing was "
            "written. Next: look at what is there now, and grade that."
        )
    with opened(course) as gradebook:
        grade = gradebook.find_grade(question, assignment, assignment, student)
        grade.manual_score = points
        grade.needs_manual_grade = points is None and grade.auto_score is None
        for place in _comments_on(gradebook, assignment, question, student):
            place.manual_comment = comment or None
        gradebook.db.commit()
    with BulkWriter(course, assignment) as writer:
        writer.renew_penalties([student])


def _refuse_impossible(points: float | None, comment: str, most: float) -> None:
    if points is not None and not 0 <= points <= most:
        raise CourseError(
            f"Expected 0 to {most:g} points, received {points:g}; nothing was changed"
        )
    if len(comment) > LONGEST_COMMENT:
        raise CourseError(
            f"Expected a comment of at most {LONGEST_COMMENT} characters, received "
            f"{len(comment)}; nothing was changed"
        )


def _comments_on(gradebook: Any, assignment: str, question: str, student: str) -> Iterator[Any]:
    """The comment of the cell that was answered in; none where nbgrader keeps none."""
    from nbgrader.api import MissingEntry

    for cell in _answered_in(question):
        try:
            yield gradebook.find_comment(cell, assignment, assignment, student)
            return
        except MissingEntry:
            continue


def _answered_in(question: str) -> tuple[str, str]:
    # A check has its solution in a cell of its own; a written answer is graded where it stands.
    return f"solution-{question}", question


def _written(course: Course, assignment: str, question: str, student: str) -> dict[str, Any]:
    """What stands in the cell that a student has answered in; it is never run."""
    path = course.notebook("autograded", assignment, student)
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        stamped = {each["metadata"].get("nbgrader", {}).get("grade_id"): each for each in cells}
        for name in _answered_in(question):
            if name in stamped:
                cell = stamped[name]
                pictures = cell.get("attachments", {})
                text = "".join(cell["source"])
                return {"kind": cell["cell_type"], "text": text, "attachments": pictures}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        # A damaged notebook has nothing to show, and can be graded nevertheless.
        pass
    return {"kind": "markdown", "text": ""}


def _handed_in() -> Any:
    # An extension has rows too, before anything is handed in.
    grade = api.Grade
    return or_(
        grade.auto_score.is_not(None), grade.manual_score.is_not(None), grade.needs_manual_grade
    )


def _counts(assignment: str, kind: Any) -> Any:
    grade = api.Grade
    return (
        select(
            kind.name,
            kind.max_score,
            func.count(grade.id).filter(_handed_in()),
            func.count(grade.id).filter(grade.needs_manual_grade),
            func.count(grade.manual_score),
        )
        .join(api.Notebook, api.Notebook.id == kind.notebook_id)
        .join(api.Assignment, api.Assignment.id == api.Notebook.assignment_id)
        .outerjoin(grade, grade.cell_id == kind.id)
        .where(api.Assignment.name == assignment)
        .group_by(kind.name, kind.max_score)
    )


def _standings(
    connection: Connection, assignment: str, question: str, student: str = ""
) -> Iterator[Standing]:
    said = {
        row.student_id: row.manual_comment
        for row in connection.execute(_comments(assignment, question))
    }
    for kind in (api.GradeCell, api.TaskCell):
        for row in connection.execute(_grades(assignment, question, student, kind)).all():
            yield Standing(
                row.id,
                row.last_name or "",
                row.first_name or "",
                row.auto_score,
                row.manual_score,
                row.max_score,
                bool(row.needs_manual_grade),
                said.get(row.id, ""),
            )


def _grades(assignment: str, question: str, student: str, kind: Any) -> Any:
    who, submission, notebook = api.Student, api.SubmittedAssignment, api.SubmittedNotebook
    grade = api.Grade
    mine = (who.id == student,) if student else ()
    return (
        select(
            who.id,
            who.last_name,
            who.first_name,
            grade.auto_score,
            grade.manual_score,
            kind.max_score,
            grade.needs_manual_grade,
        )
        .join(submission, submission.student_id == who.id)
        .join(api.Assignment, api.Assignment.id == submission.assignment_id)
        .join(notebook, notebook.assignment_id == submission.id)
        .join(grade, grade.notebook_id == notebook.id)
        .join(kind, kind.id == grade.cell_id)
        .where(api.Assignment.name == assignment, kind.name == question, _handed_in(), *mine)
        .order_by(who.last_name, who.first_name, who.id)
    )


def _comments(assignment: str, question: str) -> Any:
    submission, notebook = api.SubmittedAssignment, api.SubmittedNotebook
    return (
        select(submission.student_id, api.Comment.manual_comment)
        .join(notebook, notebook.assignment_id == submission.id)
        .join(api.Comment, api.Comment.notebook_id == notebook.id)
        .join(api.BaseCell, api.BaseCell.id == api.Comment.cell_id)
        .join(api.Assignment, api.Assignment.id == submission.assignment_id)
        .where(api.Assignment.name == assignment, api.BaseCell.name.in_(_answered_in(question)))
        .where(api.Comment.manual_comment.is_not(None))
    )
