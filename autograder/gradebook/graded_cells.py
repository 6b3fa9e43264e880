"""The points and comments of each graded cell, as a feedback page shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import select

from autograder.course.database import connected
from autograder.light_imports import api


class Score(NamedTuple):
    """The points of one cell; `waiting` means that a person still has to grade it."""

    points: float
    max_points: float
    waiting: bool


@dataclass
class GradedCells:
    """One submission: its scores and comments by the cell's name, and what being late costs."""

    scores: dict[str, Score] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    late_penalty: float = 0.0

    @property
    def earned(self) -> float:
        """The points so far, without what being late costs."""
        return max(0.0, sum(score.points for score in self.scores.values()) - self.late_penalty)

    @property
    def worth(self) -> float:
        """The points of all cells."""
        return sum(score.max_points for score in self.scores.values())

    @property
    def waiting(self) -> float:
        """The points of the cells that a person still has to grade."""
        return sum(score.max_points for score in self.scores.values() if score.waiting)


def graded_cells(db_url: str, assignment: str, student: str = "") -> Mapping[str, GradedCells]:
    """What the gradebook holds about each cell of a week, by student.

    Args:
        db_url: of the gradebook.
        assignment: nbgrader's name for the week, such as week06_backpropagation.
        student: whose cells are read; empty for everybody's.

    Returns:
        Only students who have been graded.

    Raises:
        CourseError: when the gradebook cannot be read.
    """
    found: defaultdict[str, GradedCells] = defaultdict(GradedCells)
    with connected(db_url) as connection:
        for kind in (api.GradeCell, api.TaskCell):
            for who, penalty, name, *score in connection.execute(
                _scores(assignment, student, kind)
            ):
                found[who].late_penalty = penalty or 0.0
                found[who].scores[name] = Score(*score)
        for who, name, comment in connection.execute(_comments(assignment, student)):
            found[who].comments[name] = comment
    return dict(found)


def _scores(assignment: str, student: str, kind: Any) -> Any:
    """One row for each graded cell of a kind in each submission."""
    submission, notebook, grade = api.SubmittedAssignment, api.SubmittedNotebook, api.Grade
    return (
        select(
            submission.student_id,
            notebook.late_submission_penalty,
            kind.name,
            grade.score,
            kind.max_score,
            grade.needs_manual_grade,
        )
        .join(notebook, notebook.assignment_id == submission.id)
        .join(grade, grade.notebook_id == notebook.id)
        .join(kind, kind.id == grade.cell_id)
        .join(api.Assignment, api.Assignment.id == submission.assignment_id)
        .where(api.Assignment.name == assignment, *_of(student))
    )


def _comments(assignment: str, student: str) -> Any:
    """One row for each comment that says something."""
    submission, notebook = api.SubmittedAssignment, api.SubmittedNotebook
    return (
        select(submission.student_id, api.BaseCell.name, api.Comment.comment)
        .join(notebook, notebook.assignment_id == submission.id)
        .join(api.Comment, api.Comment.notebook_id == notebook.id)
        .join(api.BaseCell, api.BaseCell.id == api.Comment.cell_id)
        .join(api.Assignment, api.Assignment.id == submission.assignment_id)
        .where(api.Assignment.name == assignment, *_of(student), api.Comment.comment != "")
    )


def _of(student: str) -> tuple[Any, ...]:
    """The condition that a submission is this student's; none for an empty name."""
    return (api.SubmittedAssignment.student_id == student,) if student else ()
