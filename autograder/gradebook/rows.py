"""The rows of nbgrader's tables that a batch of graded submissions leaves.

They are those of nbgrader's own path (`update_or_create_submission`, SaveAutoGrades,
AssignLatePenalties), read and written for the whole batch at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from nbgrader import api
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

Row = dict[str, Any]

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
        late = self._write_submissions(session, outcomes)
        notebooks = self._notebooks(session, list(outcomes))
        totals = self._write_grades(session, outcomes, notebooks)
        self._write_comments(session, outcomes, notebooks)
        penalties = [
            {
                "id": notebooks[student],
                "late_submission_penalty": _penalty(late_policy, student, totals[student], seconds),
            }
            for student, seconds in late.items()
        ]
        session.execute(update(api.SubmittedNotebook), penalties)

    def _write_submissions(
        self, session: Session, outcomes: Mapping[str, Outcome]
    ) -> dict[str, float]:
        """Create or update every submission; the seconds by which each is late."""
        table = api.SubmittedAssignment
        rows = session.execute(
            select(table.student_id, table.id, table.timestamp, table.extension).where(
                table.assignment_id == self.assignment_id, table.student_id.in_(outcomes)
            )
        )
        known = {row.student_id: row for row in rows}
        created: list[Row] = []
        changed: list[Row] = []
        for student, outcome in outcomes.items():
            row = {"timestamp": outcome.timestamp}
            if student not in known:
                owner = {"assignment_id": self.assignment_id, "student_id": student}
                created.append(row | owner | {"id": uuid4().hex})
            elif outcome.timestamp:
                changed.append(row | {"id": known[student].id})
        _save(session, table, created, changed)
        return {
            student: self._seconds_late(outcome, known.get(student))
            for student, outcome in outcomes.items()
        }

    def _seconds_late(self, outcome: Outcome, known: Any) -> float:
        timestamp = outcome.timestamp or (known and known.timestamp)
        if timestamp is None or self.due is None:
            return 0.0
        due = self.due + known.extension if known and known.extension else self.due
        return max(0.0, float((timestamp - due).total_seconds()))

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
    ) -> dict[str, float]:
        """Write every score that is not a person's; each student's total, theirs included."""
        known = _known(session, api.Grade, _GRADE_FIELDS, notebooks)
        created: list[Row] = []
        changed: list[Row] = []
        totals = dict.fromkeys(outcomes, 0.0)
        for student, outcome in outcomes.items():
            for name, cell_id in self.grade_cells.items():
                key = {"notebook_id": notebooks[student], "cell_id": cell_id}
                old = known.get((notebooks[student], cell_id))
                row = _grade(outcome.scores.get(name), old)
                totals[student] += _score(row)
                (changed if old else created).append(row | key)
        _save(session, api.Grade, created, changed)
        return totals

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


def _score(row: Mapping[str, Any]) -> float:
    """A person's score goes before the automatic one; either carries the extra credit."""
    base = row["auto_score"] if row["manual_score"] is None else row["manual_score"]
    return 0.0 if base is None else float(base + (row["extra_credit"] or 0.0))


def _penalty(policy: LatePolicy, student: str, score: float, seconds: float) -> float | None:
    """What lateness takes off, between nothing and everything; None where it is not late."""
    penalty = policy(student, score, seconds) if seconds > 0 else None
    return None if penalty is None else min(max(penalty, 0), score)
