"""The rows of nbgrader's tables that a batch of graded submissions leaves.

They are those of nbgrader's own path (`update_or_create_submission`, SaveAutoGrades,
AssignLatePenalties), read and written for the whole batch at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from nbgrader import api
from sqlalchemy import case, func, insert, select, update
from sqlalchemy.orm import Session

Row = dict[str, Any]

_OWNER = api.SubmittedAssignment.student_id
_GRADE_FIELDS = ("id", "notebook_id", "cell_id", "manual_score", "extra_credit")

LatePolicy = Callable[[str, float, float], float | None]
"""The penalty for (student, score, seconds late), or None where nothing is taken off."""


@dataclass(frozen=True)
class Outcome:
    """What one submission leaves in the gradebook: scores and comments by cell name.

    A score of None waits for a person.
    """

    student: str
    timestamp: datetime | None
    scores: Mapping[str, float | None]
    comments: Mapping[str, str | None]


@dataclass(frozen=True)
class AssignmentRows:
    """An assignment of one notebook, as the gradebook knows it: ids, due date, cells' ids."""

    assignment_id: str
    notebook_id: str
    due: datetime | None
    grade_cells: Mapping[str, str]
    solution_cells: Mapping[str, str]

    @classmethod
    def find(cls, session: Session, assignment: str) -> AssignmentRows | None:
        """Look an assignment up by its name, which is its notebook's too."""
        found = session.execute(
            select(api.Assignment.id, api.Notebook.id, api.Assignment.duedate)
            .join(api.Notebook, api.Notebook.assignment_id == api.Assignment.id)
            .where(api.Assignment.name == assignment, api.Notebook.name == assignment)
        ).one_or_none()
        if found is None:
            return None
        cells = [
            {name: cell_id for name, cell_id in session.execute(_cells(kind, found[1]))}
            for kind in (api.GradeCell, api.SolutionCell)
        ]
        return cls(found[0], found[1], found[2], *cells)

    def write(
        self, session: Session, outcomes: Mapping[str, Outcome], late_policy: LatePolicy
    ) -> None:
        """Write everything that a batch leaves; `outcomes` are keyed by student."""
        _create_students(session, list(outcomes))
        self._write_submissions(session, outcomes)
        notebooks = self._notebooks(session, list(outcomes))
        self._write_grades(session, outcomes, notebooks)
        self._write_comments(session, outcomes, notebooks)
        self.write_penalties(session, list(outcomes), late_policy)

    def write_scores(
        self,
        session: Session,
        scores: Mapping[str, Mapping[str, float]],
        late_policy: LatePolicy,
    ) -> None:
        """Write some new automatic scores, by student and cell, of submissions that have rows.

        A person is asked to look again where that person's own score stands, and nowhere else.
        """
        notebooks = self._notebooks(session, list(scores))
        known = _known(session, api.Grade, _GRADE_FIELDS, notebooks)
        changed = [
            _grade(score, known[notebooks[student], self.grade_cells[name]])
            for student, by_name in scores.items()
            for name, score in by_name.items()
        ]
        _save(session, api.Grade, [], changed)
        self.write_penalties(session, list(scores), late_policy)

    def write_penalties(
        self, session: Session, students: Sequence[str], late_policy: LatePolicy
    ) -> None:
        """Work out what lateness takes off these students' rows, and write what has changed."""
        changed = []
        for row in session.execute(self._totals().where(_OWNER.in_(students))):
            seconds = self._seconds_late(row.timestamp, row.extension)
            penalty = _penalty(late_policy, row.student_id, row.total, seconds)
            if penalty != row.late_submission_penalty:
                changed.append({"id": row.id, "late_submission_penalty": penalty})
        _save(session, api.SubmittedNotebook, [], changed)

    def complete(self, session: Session) -> set[str]:
        """The students who have a row for every grade."""
        rows = session.execute(self._totals())
        return {row.student_id for row in rows if row.grades == len(self.grade_cells)}

    def _totals(self) -> Any:
        """One row a submission: when it came, its penalty, and its grades' number and sum."""
        submission, notebook, grade = api.SubmittedAssignment, api.SubmittedNotebook, api.Grade
        # A person's score goes before the automatic one; either carries the extra credit.
        base = func.coalesce(grade.manual_score, grade.auto_score)
        score = case((base.is_(None), 0.0), else_=base + func.coalesce(grade.extra_credit, 0.0))
        columns = (
            submission.student_id,
            submission.timestamp,
            submission.extension,
            notebook.id,
            notebook.late_submission_penalty,
        )
        return (
            select(*columns, func.sum(score).label("total"), func.count().label("grades"))
            .join(notebook, notebook.assignment_id == submission.id)
            .join(grade, grade.notebook_id == notebook.id)
            .where(
                submission.assignment_id == self.assignment_id,
                notebook.notebook_id == self.notebook_id,
            )
            .group_by(*columns)
        )

    def _write_submissions(self, session: Session, outcomes: Mapping[str, Outcome]) -> None:
        """Create every submission, or bring it up to date."""
        table = api.SubmittedAssignment
        rows = session.execute(
            select(table.student_id, table.id).where(
                table.assignment_id == self.assignment_id, table.student_id.in_(outcomes)
            )
        )
        known = {row.student_id: row.id for row in rows}
        created: list[Row] = []
        changed: list[Row] = []
        for student, outcome in outcomes.items():
            row = {"timestamp": outcome.timestamp}
            if student not in known:
                owner = {"assignment_id": self.assignment_id, "student_id": student}
                created.append(row | owner | {"id": uuid4().hex})
            elif outcome.timestamp:
                changed.append(row | {"id": known[student]})
        _save(session, table, created, changed)

    def _seconds_late(self, timestamp: datetime | None, extension: timedelta | None) -> float:
        if timestamp is None or self.due is None:
            return 0.0
        due = self.due + (extension or timedelta())
        return max(0.0, (timestamp - due).total_seconds())

    def _notebooks(self, session: Session, students: Sequence[str]) -> dict[str, str]:
        """The id of every student's row for the notebook, made where it is missing."""
        submission, notebook = api.SubmittedAssignment, api.SubmittedNotebook
        of_submission = (notebook.assignment_id == submission.id) & (
            notebook.notebook_id == self.notebook_id
        )
        rows = session.execute(
            select(submission.student_id, submission.id, notebook.id)
            .outerjoin(notebook, of_submission)
            .where(
                submission.assignment_id == self.assignment_id,
                submission.student_id.in_(students),
            )
        ).all()
        ids = {student: known or uuid4().hex for student, _, known in rows}
        created = [
            {"id": ids[student], "assignment_id": parent, "notebook_id": self.notebook_id}
            for student, parent, known in rows
            if known is None
        ]
        _save(session, notebook, created, [])
        return ids

    def _write_grades(
        self, session: Session, outcomes: Mapping[str, Outcome], notebooks: Mapping[str, str]
    ) -> None:
        """Write every score that is not a person's."""
        known = _known(session, api.Grade, _GRADE_FIELDS, notebooks)
        created: list[Row] = []
        changed: list[Row] = []
        for student, outcome in outcomes.items():
            for name, cell_id in self.grade_cells.items():
                key = {"notebook_id": notebooks[student], "cell_id": cell_id}
                old = known.get((notebooks[student], cell_id))
                row = _grade(outcome.scores.get(name), old)
                (changed if old else created).append(row | key)
        _save(session, api.Grade, created, changed)

    def _write_comments(
        self, session: Session, outcomes: Mapping[str, Outcome], notebooks: Mapping[str, str]
    ) -> None:
        known = _known(session, api.Comment, ("id", "notebook_id", "cell_id"), notebooks)
        created: list[Row] = []
        changed: list[Row] = []
        for student, outcome in outcomes.items():
            for name, cell_id in self.solution_cells.items():
                old = known.get((notebooks[student], cell_id))
                row = {
                    "id": old["id"] if old else uuid4().hex,
                    "notebook_id": notebooks[student],
                    "cell_id": cell_id,
                    "auto_comment": outcome.comments.get(name),
                }
                (changed if old else created).append(row)
        _save(session, api.Comment, created, changed)


def _cells(kind: Any, notebook_id: str) -> Any:
    return select(kind.name, kind.id).where(kind.notebook_id == notebook_id)


def _create_students(session: Session, students: Sequence[str]) -> None:
    known = set(session.scalars(select(api.Student.id).where(api.Student.id.in_(students))))
    _save(session, api.Student, [{"id": each} for each in students if each not in known], [])


def _known(
    session: Session, table: Any, fields: Sequence[str], notebooks: Mapping[str, str]
) -> dict[tuple[str, str], Row]:
    """The batch's rows of a table that hangs on notebooks and cells, by the ids of both."""
    rows = session.execute(
        select(*(getattr(table, field) for field in fields)).where(
            table.notebook_id.in_(notebooks.values())
        )
    )
    return {(row.notebook_id, row.cell_id): row._asdict() for row in rows}


def _save(session: Session, table: Any, created: list[Row], changed: list[Row]) -> None:
    if created:
        session.execute(insert(table), created)
    if changed:
        session.execute(update(table), changed)


def _grade(score: float | None, old: Mapping[str, Any] | None) -> Row:
    """A new automatic score; what a person gave stays, and is to be looked at again."""
    manual = old["manual_score"] if old else None
    return {
        "id": old["id"] if old else uuid4().hex,
        "auto_score": score,
        "manual_score": manual,
        "extra_credit": old["extra_credit"] if old else None,
        "needs_manual_grade": manual is not None or score is None,
    }


def _penalty(policy: LatePolicy, student: str, score: float, seconds: float) -> float | None:
    """What lateness takes off, between nothing and everything; None where it is not late."""
    penalty = policy(student, score, seconds) if seconds > 0 else None
    return None if penalty is None else min(max(penalty, 0), score)
